"""A replay over several processes gives what one gives; Ctrl-C keeps what is done; a process that dies is told."""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from typing import Any

import pytest

from pos_member.app import replaying
from pos_member.app.replaying import run
from pos_member.domain.pricing import RuleBook
from pos_member.domain.program import Limits
from pos_member.domain.replay_figures import Report
from pos_member.services.past_bills import Fact
from tests.domain.evaluating import AMOUNT, PER_STEP, book, line, program
from tests.domain.replaying import Shop, Source

DRAFT = book(
    program(PER_STEP, "P", points=2, step_satang=1_000),
    program(AMOUNT, "A", amount_satang=700, limits=Limits(per_bill=1, per_member=2)),
)


def _shop(bills: int) -> Shop:
    shop = Shop(book(program(PER_STEP, "P", points=1, step_satang=2_500)))
    for number in range(bills):
        member = f"member-{number % 7}" if number % 5 else None
        bill = shop.ring(line(20 + number), member=member, days=number % 2)
        if number % 6 == 0:
            shop.give_back(bill, {1: 1_000})
    return shop


def _run(source: Source, draft: RuleBook, workers: int) -> Report:
    return run(source, draft, date.min, date.max, workers=workers)


def _figures(report: Report) -> Any:
    return (
        report.total.draft.as_dict(),
        report.total.ran.as_dict(),
        {day: pair.draft.as_dict() for day, pair in report.days.items()},
        {key: pair.draft.as_dict() for key, pair in report.programs.items()},
        report.gains,
        report.winners(5),
    )


def test_the_number_of_processes_changes_nothing() -> None:
    shop = _shop(230)
    one, three = _run(Source(shop), DRAFT, 1), _run(Source(shop), DRAFT, 3)
    assert one.total.draft.bills == 230 and one.total.draft.returns > 0
    assert _figures(three) == _figures(one)
    assert not one.partial and not three.partial


def test_progress_is_told_to_the_end() -> None:
    shop = _shop(20)
    told: list[int] = []
    run(Source(shop), DRAFT, date.min, date.max, workers=1, progress=told.append)
    assert told[-1] == len(shop.facts)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to oneself is POSIX")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_done_and_says_that_it_is_a_part(workers: int) -> None:
    shop = _shop(150)

    def press(number: int) -> None:
        if number == 50:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    report = _run(Source(shop, press), DRAFT, workers)
    assert report.partial
    assert 0 < report.total.draft.bills <= 51
    assert signal.getsignal(signal.SIGINT) is before


def test_a_shared_limit_is_replayed_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> Report:
        raise AssertionError("a total limit needs one process")

    monkeypatch.setattr(replaying, "_together", never)
    draft = book(program(AMOUNT, "A", amount_satang=100, limits=Limits(per_bill=1, total=3)))
    report = _run(Source(_shop(20)), draft, 4)
    assert report.programs["id-A"].draft.bills == 3


class _Broken(Source):
    def facts(self, first: date, last: date) -> Any:
        yield Fact("x", bill=b"no bill")


def test_what_fails_in_a_process_is_raised_in_the_parent() -> None:
    with pytest.raises(RuntimeError, match="Refusal"):
        _run(_Broken(_shop(1)), DRAFT, 2)
