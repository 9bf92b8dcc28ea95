"""What tills owe a head office that was put back is known by its numbers, whatever broke off on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pos_member.domain.chain import GENESIS
from pos_member.headoffice import owed, restoring
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.protocol import PROTOCOL, Advice, HelloRequest
from tests.headoffice.office_support import CLOCK
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill


def hello(till: RawTill, **changes: Any) -> HelloRequest:
    said: dict[str, Any] = {
        "protocol": PROTOCOL,
        "app": "test",
        "epoch": till.epoch,
        "head_seq": len(till.queue),
        "head_chain": till.queue[-1].chain if till.queue else GENESIS,
        "acked_seq": 0,
        "cursor": 0,
        "database_id": "a" * 32,
        "at": CLOCK.now(),
    }
    return HelloRequest(**(said | changes))


@pytest.fixture
def till(office: HeadOffice) -> RawTill:
    """Heard, and five of its bills are here."""
    made = RawTill(office.database, TILLS[0])
    office.hello(made.identity.id, hello(made))
    for _ in range(5):
        made.sell(None)
    made.push(office)
    return made


def found(office: HeadOffice) -> list[tuple[str, Any]]:
    with office.database.read() as connection:
        cases, _ = owed.cases(connection, CLOCK.now() + timedelta(hours=25))
    return [(each.subject_id, each.detail["missing"]) for each in cases if each.present]


def test_what_a_till_keeps_no_more_is_known_though_head_office_died_over_its_hello(
    office: HeadOffice, till: RawTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new epoch was begun, and the numbers not noted down yet: the till says the same once more."""
    said = hello(till, head_seq=50, head_chain="b" * 64, acked_seq=40, kept_from=30)

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(restoring, "notice", dies)
        office.hello(till.identity.id, said)
    for _ in range(2):
        assert office.hello(till.identity.id, said).advice is Advice.NEW_EPOCH
        assert found(office) == [(f"{till.identity.id}:epoch-1", [[6, 29]])]
