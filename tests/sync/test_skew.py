"""Programs of different age on the two sides: clear words, nothing lost, and taken up again after the update."""

from __future__ import annotations

from typing import Any

import pytest

from pos_member.domain import codec, events
from pos_member.domain.errors import Reason
from pos_member.domain.events import EventKind, ShiftOpened
from pos_member.headoffice import settling
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.transport import Answer
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, new_id, open_exceptions, rows
from tests.log_watch import ExpectLog
from tests.sync.disaster_support import Counter


class Aged(DirectLine):
    """Head office as another build: what it says to ``hello`` is changed."""

    def __init__(self, office: HeadOffice, **said: Any) -> None:
        super().__init__(office)
        self.said = said

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        answer = super().exchange(method, path, **more)
        return Answer(200, {**answer.data, **self.said}) if path == "/v1/hello" else answer


@pytest.mark.parametrize(
    ("speaks", "reason"),
    [(0, Reason.TILL_OUTDATED), (2, Reason.TILL_OUTDATED)],
    ids=["says nothing", "newer"],
)
def test_a_till_that_is_behind_is_told_to_update(
    office: HeadOffice, till: Counter, speaks: int, reason: Reason
) -> None:
    till.sell(2)
    outcome = till.sync(Aged(office, advice="upgrade", protocol=speaks))
    assert (outcome.reason, outcome.pushed) == (reason, 0)
    assert till.store.queue_status().waiting == 2
    assert till.sync(DirectLine(office)).applied == 2


def test_a_head_office_that_is_behind_is_named(
    office: HeadOffice, till: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sell(1)
    behind = Aged(office, advice="upgrade", protocol=protocol.PROTOCOL)
    monkeypatch.setattr(protocol, "PROTOCOL", protocol.PROTOCOL + 1)
    assert till.sync(behind).reason is Reason.HEADOFFICE_OUTDATED
    assert till.state_shown().line == "refused"


def test_answers_with_fields_of_a_newer_build_are_read(office: HeadOffice, till: Counter) -> None:
    till.sell(1)
    assert till.sync(Aged(office, gift="a field that does not exist yet")).applied == 1


def test_an_event_of_a_newer_till_is_kept_raw_and_taken_in_after_the_update(
    office: HeadOffice, till: Counter, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    identity = till.store.identity()
    assert identity is not None and till.folder is not None
    opened = ShiftOpened("shift", "staff", identity.id, CLOCK.now(), CLOCK.now().date(), 100)
    with till.folder.store.transaction() as tx:
        tx.announce(EventKind.SHIFT_OPENED, "event-1", opened, 2)
    till.sell(2)
    expected_logs("set aside|put event 1 aside")
    outcome = till.sync()
    assert (outcome.applied, outcome.quarantined, outcome.reason) == (2, 1, None)
    [aside] = rows(office.database, "quarantine")
    [kept] = [row for row in rows(office.database, "event") if row.event_id == "event-1"]
    assert (aside.event_id, kept.payload) == ("event-1", codec.canonical_bytes(opened))
    assert any(kind == "poison" for kind, _ in open_exceptions(office.database))
    monkeypatch.setitem(events.PAYLOADS, (EventKind.SHIFT_OPENED, 2), ShiftOpened)
    by = settling.sign(new_id, "ann", "after the update", CLOCK.now())
    assert by is not None
    with office.database.write() as connection:
        assert settling.reapply(connection, identity.id, office.limits.event_bytes, by) == (1, 0)
    assert rows(office.database, "quarantine") == []
    assert not [key for key in open_exceptions(office.database) if key[0] == "poison"]
