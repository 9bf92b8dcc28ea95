"""Seeded runs of random faults lose nothing and print nothing twice; and a spool with a mistake in it is found out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import update

from pos_member.db import print_store
from pos_member.db import schema as s
from pos_member.db.print_store import PrinterJobs
from pos_member.domain.errors import Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.worker import PrintWorker
from pos_member.services import print_jobs
from pos_member.services.print_ports import PrintJobState
from tests.e2e.campaign.judge import Tally, judged
from tests.e2e.campaign.shop import quick
from tests.factories import World, make_world

RUNS = 50
#: A planted mistake must be seen within so many runs.
ENOUGH = 300
_ITS_OWN = "printer = ? AND state IN ('queued', 'blocked')"


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[World]:
    made = make_world(tmp_path)
    logging.disable(logging.CRITICAL)
    try:
        with quick():
            yield made
    finally:
        logging.disable(logging.NOTSET)
        made.folder.close()


@pytest.mark.parametrize("first", [1, 1_001, 2_001])
def test_random_faults_lose_nothing_and_double_nothing(world: World, first: int) -> None:
    tally = Tally()
    for seed in range(first, first + RUNS):
        tally.add(judged(world, seed))
    assert tally.wrong == []
    assert tally.papers > RUNS
    assert tally.deaths and tally.races and tally.deeds
    assert tally.by_fault["none"]["confirmed"] > tally.by_fault["none"]["unconfirmed"]
    assert sum(tally.by_fault["killed"].values()) > tally.by_fault["killed"]["confirmed"]


def _resent(store: PrinterJobs, job_id: str, reason: Reason) -> None:
    store._settle(job_id, PrintJobState.QUEUED)


def _requeued(connection: Any, now_us: int, *which: Any) -> int:
    flying = update(s.print_job).where(print_store._FLYING, *which)
    return int(connection.execute(flying.values(state="queued", updated_at_us=now_us)).rowcount)


def _confirmed_when_sent(store: PrinterJobs, job_id: str) -> None:
    store.mark_confirmed(job_id, Proof.IN_ORDER)


def _pulse_again(store: PrinterJobs, job_id: str, proof: Proof = Proof.NONE) -> None:
    store._settle(job_id, PrintJobState.UNVERIFIABLE, proof=proof)
    with store._till.write() as connection:
        connection.exec_driver_sql("UPDATE print_job SET state = 'queued' WHERE id = ? AND kind = 'drawer'", (job_id,))


def _left_in_flight(store: PrinterJobs, job_id: str, reason: Reason) -> None:
    """Nobody is asked."""


#: How each is planted, what it shows as, and a run that is known to show it: that one is tried first, then the others.
MISTAKES: dict[str, tuple[Callable[[], AbstractContextManager[Any]], set[str], int]] = {
    "sent again by itself": (lambda: patch.object(PrinterJobs, "mark_unconfirmed", _resent), {"doubled"}, 4),
    "a start queues what was in flight": (lambda: patch.object(print_store, "_recover", _requeued), {"doubled"}, 9),
    "confirmed when sent": (lambda: patch.object(PrinterJobs, "mark_sent", _confirmed_when_sent), {"lost"}, 8),
    "a claim that two workers get": (
        lambda: patch.object(print_store, "_CLAIM", print_store._CLAIM.replace(_ITS_OWN, "coalesce(?, '') <> '-'")),
        {"doubled"},
        15,
    ),
    "a pulse given again": (lambda: patch.object(PrinterJobs, "mark_unverifiable", _pulse_again), {"drawer"}, 10),
    "a copy without a mark": (
        lambda: patch.object(print_jobs, "max", lambda *numbers: -1, create=True),
        {"doubled", "other"},
        8,
    ),
    "no blank bytes for a printer that keeps half an image": (
        lambda: patch.object(PrintWorker, "_half", property(lambda self: False, lambda self, half: None), create=True),
        {"lost"},
        76,
    ),
    "an unconfirmed paper nobody is asked about": (
        lambda: patch.object(PrinterJobs, "mark_unconfirmed", _left_in_flight),
        {"lost"},
        8,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(world: World, name: str) -> None:
    plant, kinds, first = MISTAKES[name]
    assert _ITS_OWN in print_store._CLAIM
    with plant():
        for seed in (first, *range(1, ENOUGH)):
            if kinds & {kind for kind, _ in judged(world, seed).wrong}:
                return
    pytest.fail(f"{ENOUGH} runs and nothing was seen")
