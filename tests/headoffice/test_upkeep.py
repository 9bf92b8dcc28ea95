"""A large batch is held first and applied after its answer; nothing is left when that is interrupted."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from pos_member.headoffice.service import INLINE_EVENTS, HeadOffice
from pos_member.headoffice.traffic import Traffic
from pos_member.headoffice.upkeep import Upkeep
from tests.headoffice.office_support import MEMBERS, rows
from tests.headoffice.offices import open_seeded
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill, facts, worker


def selling_till(office: HeadOffice, bills: int) -> RawTill:
    till = RawTill(office.database, TILLS[0])
    for n in range(bills):
        till.sell(MEMBERS[n % 3], 1 + n % 5)
    return till


def wanted(folder: Path, till: RawTill) -> dict[str, list[object]]:
    """The facts where every call applies what it brought."""
    folder.mkdir()
    calm = open_seeded(folder)
    RawTill(calm.database, till.identity)
    till.push(calm)
    found = facts(calm.database)
    calm.database.close()
    return found


def test_a_large_batch_is_answered_once_it_is_held(office: HeadOffice, tmp_path: Path) -> None:
    till = selling_till(office, INLINE_EVENTS + 10)
    asked = threading.Event()
    office.settler = asked.set
    answer = till.push(office)
    assert {item.status.value for item in answer.items} == {"applied"} and answer.last_seq == len(till.queue)
    assert asked.is_set()
    assert len(rows(office.database, "effect")) == len(till.queue) and not rows(office.database, "point_entry")
    # A till that asks meanwhile is answered, and told that its own events are not in what it reads.
    page = office.pull(till.identity.id, 0, 1_000)
    assert page.included_seq == 0
    office.settler = None
    office.settle_effects()
    assert facts(office.database) == wanted(tmp_path / "calm", till)
    assert office.pull(till.identity.id, 0, 5_000).included_seq == len(till.queue)


def test_a_sale_is_applied_by_the_call_that_brings_it(office: HeadOffice) -> None:
    office.settler = lambda: pytest.fail("a sale waits for nobody")
    till = selling_till(office, INLINE_EVENTS)
    till.push(office)
    assert not rows(office.database, "effect")


def test_the_thread_applies_what_batches_leave(office: HeadOffice, tmp_path: Path) -> None:
    till = selling_till(office, 3 * INLINE_EVENTS)
    upkeep = Upkeep(office, every_s=60)
    told = threading.Event()
    office.on_published = lambda _horizon: told.set()
    upkeep.start()
    try:
        till.push(office)
        assert told.wait(60)
    finally:
        upkeep.stop()
    assert office.settler is None
    office.settle_effects()  # what the stop may have left
    assert facts(office.database) == wanted(tmp_path / "calm", till)


def test_what_a_stopped_thread_left_is_applied_by_the_next_process(office: HeadOffice, tmp_path: Path) -> None:
    till = selling_till(office, 2 * INLINE_EVENTS)
    office.settler = lambda: None  # it dies before it begins
    till.push(office)
    other = worker(tmp_path)
    other.settle_effects()
    other.database.close()
    assert facts(office.database) == wanted(tmp_path / "calm", till)


def test_who_can_wait_steps_aside_for_a_moment_only() -> None:
    traffic = Traffic()
    assert traffic.step_aside(0.0)
    with traffic.served(), traffic.served():
        assert not traffic.step_aside(0.01)
    freed = threading.Event()
    inside = threading.Event()

    def call() -> None:
        with traffic.served():
            inside.set()
            freed.wait(60)

    thread = threading.Thread(target=call)
    thread.start()
    assert inside.wait(60)
    freed.set()
    assert traffic.step_aside(60)
    thread.join()


def test_for_large_uploads_it_steps_aside_longer_and_not_for_ever() -> None:
    traffic, ended = Traffic(), threading.Event()

    def small_ones() -> None:
        while not ended.is_set():
            with traffic.served():
                ended.wait(0.001)

    began = time.monotonic()
    with traffic.served(large=True):
        assert not traffic.step_aside(0.0, 0.0, 0.2)
        assert not traffic.step_aside(0.2, 0.0, 0.0)
    assert time.monotonic() - began >= 0.4
    thread = threading.Thread(target=small_ones)
    thread.start()
    try:
        # Small ones go on and on; the large one is soon over for long enough, and then they alone do not hold it.
        began = time.monotonic()
        traffic.step_aside(0.0, 0.05, 600.0)
        assert time.monotonic() - began < 60
    finally:
        ended.set()
        thread.join()
