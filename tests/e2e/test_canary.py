"""Personal data stays where it belongs: a member with a name like no other is in no log record, in no audit record, on
no paper and in no export beyond what is masked, and in nothing that head office notes beside the facts."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import pytest

from pos_member.app.load import Shopper, ring
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.consent import Purpose
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.events import EventKind, MemberUpdated
from pos_member.domain.member import Identified, Member
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.enrolment import EnrolRequest
from pos_member.services.exports import export_rows
from tests.e2e.two_tills import TillAt, TwoTills
from tests.headoffice.office_support import rows

FIRST, LAST, PHONE = "คานารีย์", "สีเหลืองสด", "0898765432"
#: What only the member's own row may hold, in any spelling; the first name is shown on the member's own paper.
SECRETS = (LAST, "898765432", "89-876-5432", "98-765-432")
PIN = "271828"


@pytest.fixture
def both(tmp_path: Path) -> TwoTills:
    return TwoTills(tmp_path / "world")


def _day(till: TillAt) -> Member:
    """Everything a cashier does in a day, refusals included."""
    services, world = till.world.till, till.world
    cashier, manager = world.session(), world.session("1004")
    request = EnrolRequest(PHONE, True, (Purpose.MARKETING_LINE,), FIRST, LAST, "29/2/2531")
    member = services.enrolment.enrol(cashier, request).member
    for wrong in (
        request,
        dataclasses.replace(request, phone=f"{PHONE}9"),
        dataclasses.replace(request, birthday=LAST),
    ):
        with pytest.raises(Refusal) as refusal:
            services.enrolment.enrol(cashier, wrong)
        # A refusal may be logged: it says no more than the masked card does.
        assert refusal.value.reason in (Reason.PHONE_TAKEN, Reason.PHONE_INVALID, Reason.DATE_INVALID)
    services.enrolment.correct(cashier, member.id, first_name=f"{FIRST}ๆ")
    services.enrolment.change_consent(cashier, member.id, Purpose.MARKETING_LINE, False, "th")
    assert services.lookup.search_members(LAST) and services.lookup.search_members("5432")
    services.adjustment.adjust(manager, member.id, 400, "ชดเชย")
    services.lookup.unmask(manager, member.id)
    bill = world.pay(world.draft({"giftbox": 2}).with_member(member.id, Identified.PHONE_TYPED)).bill
    list(ring(services, cashier, Shopper([world.product("tea"), world.product("mug")], [member.id], 7), 12))
    services.returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=services.returns.new_id())
    assert services.verify.run().ok
    return member


def _poison(till: TillAt, member: Member) -> None:
    """An event that head office cannot apply, with a person in it."""
    with till.folder.store.transaction() as tx:
        tx.announce(EventKind.MEMBER_UPDATED, "poison", MemberUpdated(dataclasses.replace(member, id="")))


def test_a_member_like_no_other_leaves_no_trace(both: TwoTills, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    till = both.tills[0]
    try:
        member = _day(till)
        _poison(till, member)
        both.do(("sync", 0, "answer", 3))
        assert till.engine.sync_once().reason is None
        facts, evidence = till.folder.store.facts, till.folder.store.evidence
        audit = [row.payload.decode() for row in evidence.queue() if row.kind == EventKind.AUDIT]
        papers = [
            canonical_bytes(document).decode()
            for job in facts.print_jobs(500)
            for _, document in facts.documents_of(job.subject_id)
        ]
        shop = Shop(till.world.context)
        exports = [
            " ".join(row)
            for what in ("bills", "lines", "points", "members", "coupons")
            for row in export_rows(shop, what, FIRST_DAY, LAST_DAY, "th")[1]  # type: ignore[arg-type]
        ]
        noted = [
            json.dumps(row._asdict(), default=str, ensure_ascii=False)
            for table in ("exception", "quarantine", "audit", "bill", "point_entry")
            for row in rows(both.database, table)
        ]
        assert len(rows(both.database, "quarantine")) == 1
        logged = [logging.Formatter().format(record) for record in caplog.records]
        assert audit and papers and exports and noted and logged
        for what in (audit, papers, exports, noted, logged):
            for text in what:
                assert not [secret for secret in (*SECRETS, PIN) if secret in text], text
        for text in (*audit, *noted, *logged):
            assert FIRST not in text and member.number not in text, text
    finally:
        both.close()


def test_what_a_refusal_says_in_a_log_is_masked() -> None:
    """The words for a person may repeat what was typed; the text of the error, which logs show, may not."""
    problem: PosMemberError = Refusal(Reason.PHONE_INVALID, text=f"{PHONE}9")
    assert str(problem) == "phone_invalid(text=<11 characters>)"
