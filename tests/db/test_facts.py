"""What is written comes back as it was, and as often as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillDraft
from pos_member.domain.coupon import CouponState
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import AuditRecord, EventKind, MemberEnrolled, ShiftClosed, ShiftOpened
from pos_member.services.ports import PinLock
from tests.db.db_values import DAY, bill, bill_return, coupon, entry, member, use
from tests.db_support import NOW, make_store


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path) as made:
        yield made


def add(folder: DataFolder, made: Bill) -> int:
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.BILL_COMPLETED, made.id, made)
        tx.add_bill(made, seq)
    return seq


def test_bill_comes_back_whole(folder: DataFolder) -> None:
    made = bill()
    add(folder, made)
    facts = folder.store.facts
    assert facts.bill(made.id) == made
    assert facts.bill_by_number(made.number) == made
    assert facts.bill_by_receipt_code(made.receipt_code) == made
    assert facts.bill("other") is None
    assert list(facts.entries_between(DAY, DAY)) == list(made.point_entries)
    assert facts.coupons_issued_between(DAY, DAY) == made.coupons_issued


def test_bill_keeps_coupons_as_issued_after_they_were_used(folder: DataFolder) -> None:
    first = bill(1)
    add(folder, first)
    code = first.coupons_issued[0].code
    add(folder, bill(2, coupons_used=(use(code),)))
    used = folder.store.coupons.by_code(code)
    assert used is not None
    assert (used.state, used.redeemed_bill_id) == (CouponState.REDEEMED, "bill-000002")
    assert folder.store.facts.bill(first.id) == first


def test_coupon_is_used_once(folder: DataFolder) -> None:
    first = bill(1)
    add(folder, first)
    code = first.coupons_issued[0].code
    add(folder, bill(2, coupons_used=(use(code),)))
    with pytest.raises(Refusal) as refused:
        add(folder, bill(3, coupons_used=(use(code),)))
    assert refused.value.reason is Reason.COUPON_USED
    assert folder.store.facts.bill("bill-000003") is None


def test_return_comes_back_whole_and_moves_coupons(folder: DataFolder) -> None:
    first = bill(1)
    add(folder, first)
    code = first.coupons_issued[0].code
    add(folder, bill(2, coupons_used=(use(code),)))
    document = bill_return(1, of=2, coupons_restored=(code,), coupons_voided=("8000000000000002",))
    with folder.store.transaction() as tx:
        tx.add_return(document, tx.announce(EventKind.BILL_RETURNED, document.id, document))
    facts, coupons = folder.store.facts, folder.store.coupons
    assert facts.return_by_id(document.id) == document
    assert facts.returns_of("bill-000002") == (document,)
    assert list(facts.returns_between(DAY, DAY)) == [document]
    restored, voided = coupons.by_code(code), coupons.by_code("8000000000000002")
    assert restored is not None and voided is not None
    assert (restored.state, restored.redeemed_bill_id) == (CouponState.REVERSED, None)
    assert voided.state is CouponState.VOIDED_BY_RETURN


@pytest.mark.parametrize("field", ["id", "number", "receipt_code"])
def test_database_refuses_a_second_bill_with(folder: DataFolder, field: str) -> None:
    first = bill(1)
    add(folder, first)
    with pytest.raises(IntegrityError):
        add(folder, bill(2, **{field: getattr(first, field)}))
    assert folder.store.facts.queue_status().head_seq == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_satang": 29_501},
        {"gross_satang": -1},
        {"points_earned": -1},
        {"total_satang": "much"},
    ],
)
def test_database_refuses_a_bill_that_cannot_be(folder: DataFolder, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        add(folder, bill(1, **wrong))
    assert folder.store.facts.bill("bill-000001") is None


def test_pages_cover_every_bill_once_and_in_order(folder: DataFolder) -> None:
    count = 405
    with folder.store.transaction() as tx:
        for n in range(1, count + 1):
            made = bill(n, business_date=DAY + timedelta(days=n % 3))
            tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
    facts = folder.store.facts
    found = list(facts.bills_between(DAY, DAY + timedelta(days=2)))
    assert len(found) == count
    assert [b.business_date for b in found] == sorted(b.business_date for b in found)
    assert len(list(facts.bills_between(DAY + timedelta(days=1), DAY + timedelta(days=1)))) == count // 3
    assert len(list(facts.entries_between(DAY, DAY))) == 2 * count
    assert not list(facts.bills_between(date(2020, 1, 1), DAY - timedelta(days=1)))


def test_recent_mixes_bills_and_returns(folder: DataFolder) -> None:
    for n in (1, 2):
        add(folder, bill(n))
    document = bill_return()
    with folder.store.transaction() as tx:
        tx.add_return(document, tx.announce(EventKind.BILL_RETURNED, document.id, document))
    add(folder, bill(3))
    assert [(each.kind, each.number) for each in folder.store.facts.recent(3)] == [
        ("bill", "B001-000003"),
        ("return", "R001-000001"),
        ("bill", "B001-000002"),
    ]


def test_exception_undoes_everything(folder: DataFolder) -> None:
    made = bill()
    with pytest.raises(KeyError), folder.store.transaction() as tx:
        assert tx.next_counter("bill") == 1
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        assert tx.facts.bill(made.id) == made
        raise KeyError
    assert folder.store.facts.bill(made.id) is None
    assert folder.store.facts.queue_status().head_seq == 0
    with folder.store.transaction() as tx:
        assert [tx.next_counter("bill"), tx.next_counter("bill"), tx.next_counter("member")] == [1, 2, 1]


def test_transaction_inside_a_transaction_is_a_bug(folder: DataFolder) -> None:
    with folder.store.transaction(), pytest.raises(RuntimeError), folder.store.transaction():
        pass


def test_enrolled_members_of_a_day_in_the_shops_zone(folder: DataFolder) -> None:
    # 17:30 UTC is half past midnight of the next day in Bangkok.
    late = member(2, enrolled_at=NOW.replace(hour=17, minute=30))
    elsewhere = member(3, enrolled_till_id="till-9")
    with folder.store.transaction() as tx:
        for each in (member(1), late, elsewhere):
            tx.add_member(each, tx.announce(EventKind.MEMBER_ENROLLED, each.id, MemberEnrolled(each, ())))
        tx.add_member(member(1, first_name="ใหม่"), 9)
    facts = folder.store.facts
    assert facts.members_enrolled_between(DAY, DAY) == (member(1),)
    assert facts.members_enrolled_between(DAY + timedelta(days=1), DAY + timedelta(days=1)) == (late,)


def test_shift_opens_and_closes(folder: DataFolder) -> None:
    opened = ShiftOpened("shift-1", "staff-1", "till-1", NOW, DAY, 100_000)
    closed = ShiftClosed("close-1", "shift-1", "staff-1", NOW, DAY, 120_000, 119_000, 3, 1)
    facts = folder.store.facts
    assert facts.open_shift() is None
    with folder.store.transaction() as tx:
        tx.add_shift_opened(opened, tx.announce(EventKind.SHIFT_OPENED, opened.id, opened))
    assert facts.open_shift() == opened
    with folder.store.transaction() as tx:
        tx.add_shift_closed(closed, tx.announce(EventKind.SHIFT_CLOSED, closed.id, closed))
    assert facts.open_shift() is None
    assert facts.shift_closed("shift-1") == closed


def test_small_state(folder: DataFolder) -> None:
    store = folder.store
    draft = BillDraft("draft-1", NOW).add_amount(5_000)
    with store.transaction() as tx:
        tx.save_draft(BillDraft("draft-0", NOW))
        tx.save_draft(draft)
        tx.park(draft)
        tx.set_pin_lock(PinLock("staff-1", 5, NOW))
        record = AuditRecord("audit-1", "unmask", "staff-1", "", "till-1", NOW, "member-1", "x=1")
        tx.add_audit(record, tx.announce(EventKind.AUDIT, record.id, record))
        tx.add_point_entries([entry(1, 5), entry(2, 6)], 1)
        tx.add_point_entries([entry(3, 7)], 1)
        tx.add_owed("member-000001", 4, 1)
    assert store.facts.draft() == draft
    assert store.facts.parked() == (draft,)
    assert store.facts.pin_lock("staff-1") == PinLock("staff-1", 5, NOW)
    assert store.facts.pin_lock("staff-2") == PinLock("staff-2", 0, None)
    assert store.members.account("member-000001").balance == 18
    assert store.members.owed("member-000001") == 4
    with store.transaction() as tx:
        tx.save_draft(None)
        tx.unpark(draft.id)
        tx.set_pin_lock(PinLock("staff-1", 0, None))
    assert store.facts.draft() is None
    assert store.facts.parked() == ()
    assert store.facts.pin_lock("staff-1").failures == 0


def test_setting_a_coupon_twice_in_one_event_counts_once(folder: DataFolder) -> None:
    first = bill(1)
    add(folder, first)
    issued = first.coupons_issued[0]
    from pos_member.domain.coupon import CouponEventKind

    with folder.store.transaction() as tx:
        second = bill(2, coupons_used=(use(issued.code),))
        seq = tx.announce(EventKind.BILL_COMPLETED, second.id, second)
        tx.set_coupon(issued, CouponEventKind.REDEEMED, NOW, second.id, seq)
        tx.add_bill(second, seq)
        tx.set_coupon(issued, CouponEventKind.REDEEMED, NOW, second.id, seq)
    with folder.till.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind FROM coupon_event WHERE code = ? ORDER BY seq", (issued.code,)
        ).all()
    assert [row[0] for row in rows] == ["issued", "redeemed"]
    assert coupon(1, issued_bill_id=first.id) == issued
