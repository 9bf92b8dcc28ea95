"""What one database takes and the other does not: it is set aside or refused, never a failure, and holds nothing up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from pos_member.domain.bill import Bill
from pos_member.domain.events import EventKind, MemberEnrolled
from pos_member.headoffice import admin
from pos_member.sync.transport import HttpTransport
from tests.headoffice.office_support import (
    MEMBERS,
    Till,
    database_url,
    enrolled_till,
    make_bill,
    make_coupon,
    make_member,
    open_exceptions,
    rows,
    running_office,
)
from tests.log_watch import ExpectLog

NUL, HUGE = "a\0b", 1 << 70


def _with_nul_in_a_line(bill: Bill) -> Bill:
    return replace(bill, lines=(replace(bill.lines[0], name_th=NUL),))


SPOILT: dict[str, Callable[[Bill], Bill]] = {
    "number": lambda bill: replace(bill, number=NUL),
    "staff": lambda bill: replace(bill, staff_id=NUL),
    "member": lambda bill: replace(bill, member_id=NUL),
    "id": lambda bill: replace(bill, id=bill.id[:-1] + "\0"),
    "line": _with_nul_in_a_line,
    "total": lambda bill: replace(bill, total_satang=HUGE),
    "points": lambda bill: replace(bill, points_earned=HUGE),
    "entry": lambda bill: replace(bill, point_entries=(replace(bill.point_entries[0], points=HUGE),)),
    "entry id": lambda bill: replace(bill, point_entries=(replace(bill.point_entries[0], id=NUL),)),
    "coupon": lambda bill: replace(
        bill,
        coupons_issued=(make_coupon(TillOf(bill), NUL, bill.id),),  # type: ignore[arg-type]
    ),
}


class TillOf:
    """The identity a coupon needs."""

    def __init__(self, bill: Bill) -> None:
        self.id, self.branch_id = bill.till_id, bill.branch_id


def sync(server: Any, till: Till) -> Any:
    line = HttpTransport(server.url)
    try:
        return till.engine(line).sync_once()
    finally:
        line.close()


@pytest.mark.parametrize("what", SPOILT)
def test_a_bill_that_cannot_be_stored_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        till.ring(member=MEMBERS[0], points=3)
        spoilt = SPOILT[what](make_bill(till.identity, 99, member=MEMBERS[1], points=5, redeem=0))
        till.announce(EventKind.BILL_COMPLETED, spoilt)
        till.ring(member=MEMBERS[0], points=4)
        outcome = sync(server, till)
        assert outcome.reason is None and till.folder.sync_store.queue_status().waiting == 0
        database = server.app.state.office.database
        assert {bill.id for bill in till.rung} <= {row.id for row in rows(database, "bill")}
        aside = rows(database, "quarantine")
        assert [row.seq for row in aside] in ([], [2])
        assert len([key for key in open_exceptions(database) if key[0] == "poison"]) == len(aside)
        (kept,) = [row for row in rows(database, "event") if row.seq == 2]
        assert kept.payload, "its bytes are kept either way"
        assert rows(database, "effect") == []
        balance = till.folder.store.members.account(MEMBERS[0].id).balance
        assert balance == 7
    for record in caplog.records:
        if record.levelno >= logging.WARNING and record.exc_info:
            assert "a\0b" not in logging.Formatter().formatException(record.exc_info)


def test_a_member_with_a_nul_is_set_aside_or_known(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        till.announce(EventKind.MEMBER_ENROLLED, MemberEnrolled(replace(make_member(77), first_name=NUL), ()))
        till.ring(member=MEMBERS[0], points=4)
        assert sync(server, till).reason is None
        assert till.folder.sync_store.queue_status().waiting == 0
    assert NUL not in caplog.text


def test_strangers_who_send_a_nul_are_refused(tmp_path: Path, expected_logs: ExpectLog) -> None:
    with running_office(tmp_path) as server:
        password = admin.reset_password(database_url(tmp_path))
        with requests.Session() as browser:
            browser.post(f"{server.url}/login", data={"password": password}, timeout=60)
            for path in ("/members/%00", "/bills/%00", "/tills/%00", "/?q=%00", "/members?q=a%00b", "/nowhere/%00"):
                assert browser.get(server.url + path, timeout=60).status_code < 500, path
            assert browser.post(f"{server.url}/login", data={"password": NUL}, timeout=60).status_code in (400, 403)
        for path, body in (
            ("/v1/token", {"till_id": NUL, "challenge": "", "signature": ""}),
            ("/v1/enrol", {"protocol": 1, "code": NUL, "public_key": NUL, "proof": NUL, "label": NUL}),
        ):
            answer = requests.post(server.url + path, json=body, timeout=60)
            assert 400 <= answer.status_code < 500, answer.text
        headers = {"Authorization": "Bearer a.b.c"}
        assert requests.get(f"{server.url}/v1/pull?after={HUGE}", headers=headers, timeout=60).status_code < 500
