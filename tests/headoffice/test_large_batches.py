"""Large batches are read and written a few at a time; the next is read while one waits for its disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import event

from pos_member.domain.org import TillIdentity
from pos_member.headoffice import reading, service
from pos_member.headoffice.large_batches import LargeBatches
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.office_support import MEMBERS, new_id, rows
from tests.headoffice.program_facts import BRANCHES
from tests.headoffice.raw_till import RawTill
from tests.patience import eventually

#: More than any place takes, and no till waits for another.
_WAIT_S = 60.0


@pytest.fixture
def tills(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> list[RawTill]:
    """Tills with a few bills each; what they send counts as large."""
    monkeypatch.setattr(service, "LARGE_BYTES", 0)
    named = [TillIdentity(new_id(), n + 1, BRANCHES[0].id, f"T{n}", 1) for n in range(6)]
    made = [RawTill(office.database, identity) for identity in named]
    for till in made:
        for n in range(3):
            till.sell(MEMBERS[n], 1)
    return made


@contextmanager
def sending(office: HeadOffice, tills: list[RawTill]) -> Iterator[None]:
    """All of them at once, in threads of their own, until each was answered."""
    threads = [threading.Thread(target=till.push, args=(office,), daemon=True) for till in tills]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(_WAIT_S)
        assert not thread.is_alive()


class Readers:
    """Counts who reads, and holds them up until told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.most, self.all = 0, 0, 0
        self.go_on = threading.Event()
        self._lock = threading.Lock()
        self._read: Callable[..., list[reading.Read]] = reading.read_events
        monkeypatch.setattr(reading, "read_events", self._held_up)

    def _held_up(self, *given: object) -> list[reading.Read]:
        with self._lock:
            self.now, self.all = self.now + 1, self.all + 1
            self.most = max(self.most, self.now)
        assert self.go_on.wait(_WAIT_S)
        try:
            return self._read(*given)
        finally:
            with self._lock:
                self.now -= 1


def test_as_many_are_read_at_once_as_can_be_written(
    office: HeadOffice, tills: list[RawTill], monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[object] = []
    served = office.traffic.served
    monkeypatch.setattr(office.traffic, "served", lambda **how: came.append(how) or served(**how))
    readers = Readers(monkeypatch)
    most = 1 if office.database.one_writer else 3
    with sending(office, tills):
        assert eventually(lambda: len(came) == len(tills) and readers.now >= most)
        readers.go_on.set()
    assert readers.most == most and readers.all == len(tills)
    assert len(rows(office.database, "event")) == 3 * len(tills)


def test_the_next_is_read_while_one_waits_for_its_disk(
    office: HeadOffice, tills: list[RawTill], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = Readers(monkeypatch)
    readers.go_on.set()
    waited: list[bool] = []

    def disk(_connection: object) -> None:
        # All that do not wait for this very commit are read before it is done, whichever came first.
        if not waited:
            waited.append(eventually(lambda: readers.all >= 2))

    office.settler = lambda: None
    event.listen(office.database.engine, "commit", disk)
    try:
        with sending(office, tills[:2]):
            pass
    finally:
        event.remove(office.database.engine, "commit", disk)
    assert waited == [True]


def test_a_sale_takes_no_place(office: HeadOffice) -> None:
    till = RawTill(office.database, TillIdentity(new_id(), 1, BRANCHES[0].id, "T", 1))
    till.sell(MEMBERS[0], 1)
    with ExitStack() as all_taken:
        for _ in range(1 if office.database.one_writer else 3):
            all_taken.enter_context(office._large.place())
        with sending(office, [till]):
            pass
    assert len(rows(office.database, "event")) == 1


def test_a_place_is_free_again_after_a_failure_and_is_given_back_once() -> None:
    batches = LargeBatches(one_writer=True)
    with pytest.raises(ValueError, match="broken"), batches.place():
        raise ValueError("broken")
    with batches.place() as leave:
        leave()
        leave()
        with batches.place():
            pass
