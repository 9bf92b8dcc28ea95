"""What a scrape of ``/metrics`` costs with many tills: nothing that grows with their days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update

from pos_member.domain import codec
from pos_member.domain.chain import GENESIS
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import EventKind
from pos_member.headoffice import days, schema, times
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.metrics import DAYS_KEPT, OpenDays, metrics
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.office_support import BRANCHES, CLOCK
from tests.statements import counted

#: More only make the first count longer: what is held down here is the number of questions.
TILLS = 60
NOW = CLOCK.now()
TODAY = NOW.date()
#: What does not grow with tills or days.
STATEMENTS = 40


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """Tills with a certificate of each of the last two weeks, all of them complete."""
    with office.database.write() as connection:
        fill(connection)
    return office


def fill(connection: Connection) -> None:
    tills, events, certificates = [], [], []
    for number in range(1, TILLS + 1):
        till = f"till-{number:04d}"
        enrolled = times.stored(NOW - timedelta(days=days.DAYS_SHOWN - 1))
        tills.append(till_row(till, number, enrolled))
        for n in range(days.DAYS_SHOWN):
            day = TODAY - timedelta(days=days.DAYS_SHOWN - 1 - n)
            at = NOW - timedelta(days=days.DAYS_SHOWN - 1 - n)
            said = DayClosed(
                id=f"{till}-{n}",
                till_id=till,
                epoch=1,
                business_date=day,
                at=at,
                staff_id="",
                bills=0,
                returns=0,
                total_satang=0,
                refund_satang=0,
                points_earned=0,
                points_redeemed=0,
                last_seq=n,
                chain=GENESIS if n == 0 else f"{n:064x}",
            )
            body = codec.canonical_bytes(said)
            events.append(event_row(till, n + 1, said, body))
            certificates.append(
                {"till_id": till, "id": said.id, "epoch": 1, "seq": n + 1, "business_date": day.isoformat()}
                | {"at": times.stored(at), "last_seq": n, "chain": said.chain, "body": body.decode()}
            )
    for table, rows in ((schema.till, tills), (schema.event, events), (schema.day_certificate, certificates)):
        connection.execute(insert(table), rows)


def till_row(till: str, number: int, enrolled: str) -> dict[str, Any]:
    return {"id": till, "number": number, "branch_id": BRANCHES[0].id, "label": str(number), "public_key": ""} | {
        "epoch": 1, "last_seq": days.DAYS_SHOWN, "chain": "", "revoked": False, "enrolled_at": enrolled,
        "last_contact_at": times.stored(NOW), "app_version": "", "cursor": 0,
    }  # fmt: skip


def event_row(till: str, seq: int, said: DayClosed, body: bytes) -> dict[str, Any]:
    return {"till_id": till, "epoch": 1, "seq": seq, "event_id": said.id, "kind": EventKind.DAY_CLOSED.value} | {
        "version": 1, "payload": body, "sha256": "0" * 64, "chain": f"{seq:064x}", "received_at": times.stored(NOW),
        "created_at": times.stored(NOW),
    }  # fmt: skip


def test_after_the_first_a_scrape_asks_nothing_that_grows_with_days(office: HeadOffice) -> None:
    open_days, counts = OpenDays(), Counts()
    with office.database.read() as connection:
        assert "till_days_open 0" in metrics(connection, NOW, counts, open_days)
        with counted(connection) as asked:
            assert "till_days_open 0" in metrics(connection, NOW + timedelta(seconds=15), counts, open_days)
        assert not any("day_certificate" in statement for statement in asked) and len(asked) < STATEMENTS
        # Counted anew: days that are known to be complete are not looked into again.
        later = NOW + DAYS_KEPT
        with counted(connection) as asked:
            assert "till_days_open 0" in metrics(connection, later, counts, open_days)
        assert any("day_certificate" in statement for statement in asked) and len(asked) < STATEMENTS
    with office.database.write() as connection:
        gone = schema.day_certificate.c.id == "till-0007-3"
        connection.execute(delete(schema.day_certificate).where(gone))
        connection.execute(update(schema.till).where(schema.till.c.id == "till-0007").values(last_contact_at=None))
    with office.database.read() as connection:
        assert "till_days_open 0" in metrics(connection, later + DAYS_KEPT / 2, counts, open_days)
        with counted(connection) as asked:
            assert "till_days_open 1" in metrics(connection, later + DAYS_KEPT, counts, open_days)
        assert len(asked) < STATEMENTS
