"""Writers take turns; who is in no hurry lets others go first, but not for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pos_member.domain.org import TillIdentity
from pos_member.headoffice.app import THREADS
from pos_member.headoffice.calls import ROOMS, SALE_BYTES_MAX, Lane, lane_of
from pos_member.headoffice.service import INLINE_EVENTS
from pos_member.headoffice.turns import Turns
from tests.headoffice.office_support import BRANCHES, new_id
from tests.headoffice.offices import open_seeded
from tests.headoffice.raw_till import RawTill
from tests.headoffice.until import WITHIN_S

WITHOUT = pytest.mark.one_database("no database is asked")


def begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def until(condition: threading.Condition, met: Callable[[], bool]) -> None:
    with condition:
        assert condition.wait_for(met, WITHIN_S)


def in_line(turns: Turns, count: int) -> None:
    """Once so many threads wait for their turn; nobody tells of that."""
    looked, pause = 0, threading.Event()
    while len(turns._changed._waiters) < count and looked < 20_000:  # type: ignore[attr-defined]
        looked += 1
        pause.wait(0.001)


class Line:
    """Writers that note the order in which they had their turn."""

    def __init__(self, patience_s: float) -> None:
        self.turns = Turns(patience_s)
        self.order: list[str] = []
        self.asking = 0
        self.changed = threading.Condition()

    def write(self, name: str, *, later: bool) -> threading.Thread:
        def work() -> None:
            with self.changed:
                self.asking += 1
                self.changed.notify_all()
            if later:
                with self.turns.later():
                    assert self.turns.take(WITHIN_S)
            else:
                assert self.turns.take(WITHIN_S)
            with self.changed:
                self.order.append(name)
                self.changed.notify_all()
            self.turns.give_back()

        return begun(work)

    def asked(self, count: int) -> None:
        until(self.changed, lambda: self.asking == count)
        in_line(self.turns, count)


@WITHOUT
def test_who_is_in_no_hurry_comes_after_those_who_asked_later() -> None:
    line = Line(patience_s=20)
    assert line.turns.take(0)
    threads = [line.write("batch", later=True)]
    line.asked(1)
    threads += [line.write("sale", later=False), line.write("sale", later=False)]
    line.asked(3)
    line.turns.give_back()
    for thread in threads:
        thread.join(60)
    assert line.order == ["sale", "sale", "batch"]


@WITHOUT
def test_patience_ends() -> None:
    line = Line(patience_s=0.0)
    assert line.turns.take(0)
    waits = line.write("batch", later=True)
    line.asked(1)
    line.turns.give_back()
    waits.join(60)
    assert line.order == ["batch"]


@WITHOUT
def test_a_turn_that_does_not_come_is_given_up() -> None:
    turns = Turns(0.01)
    assert turns.take(0) and not turns.take(0)
    with turns.later():
        assert not turns.take(0.02)
    turns.give_back()
    assert turns.take(0)


@WITHOUT
def test_a_small_push_has_places_of_its_own() -> None:
    def of(size: bytes, path: str = "/v1/push") -> Lane:
        return lane_of(path, b"", [(b"host", b"x"), (b"content-length", size)])

    assert of(b"700") is of(str(SALE_BYTES_MAX).encode()) is Lane.SALE
    for size in (str(SALE_BYTES_MAX + 1).encode(), b"", b"-1", b"1e3", b"9" * 40, "๑".encode()):
        assert of(size) is Lane.PUSH
    assert of(b"700", "/v1/hello") is Lane.GREETING
    assert lane_of("/v1/push", b"") is Lane.PUSH


@pytest.mark.one_database("PostgreSQL has no turns")
def test_a_sale_passes_the_batches_that_wait(tmp_path: Path) -> None:
    order: list[str] = []

    def step(passed: str) -> None:
        if passed == "locked":
            order.append(threading.current_thread().name)

    office = open_seeded(tmp_path, step)
    tills = [RawTill(office.database, TillIdentity(new_id(), n, BRANCHES[0].id, "x", 1)) for n in (1, 2)]
    for _ in range(INLINE_EVENTS + 1):
        tills[0].sell(None)
    tills[1].sell(None)
    turns = office.database._turns
    assert turns is not None and turns.take(0)
    threads = []
    for till, name in zip(tills, ("days", "sale"), strict=True):
        threads.append(threading.Thread(target=till.push, args=(office,), name=name))
        threads[-1].start()
        in_line(turns, len(threads))
    turns.give_back()
    for thread in threads:
        thread.join(60)
    assert order == ["sale", "days"]


@WITHOUT
def test_who_has_a_place_has_a_thread() -> None:
    waits_without = (Lane.POLL, Lane.PROBE)
    assert sum(room.places for lane, room in ROOMS.items() if lane not in waits_without) < THREADS
