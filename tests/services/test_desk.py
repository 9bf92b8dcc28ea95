"""The rest of the desk: looking up, adjusting, shifts, papers again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pos_member.domain.bill import Tender
from pos_member.domain.codes import make_staff_badge
from pos_member.domain.documents import CouponDocument, DayReportDocument, DocumentKind, ReceiptDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.member import MemberStatus
from pos_member.domain.scan_meaning import ScanKind
from pos_member.services.sync_ports import FeedAccount, FeedBucket
from tests.db_support import NOW, make_store, put
from tests.factories import CARD, CASH, QuickHasher, World, gs1, make_things

# --- looking up -------------------------------------------------------------------------------------------


def test_what_a_scan_leads_to(world: World) -> None:
    member = world.enrol()
    bill = world.sell({"giftbox": 1}, member).bill
    resolve = world.till.lookup.resolve
    tea = world.product("tea")
    assert resolve(tea.barcode).product == tea
    for text in (member.number, "081-234-5678", f"]C1{member.number}"):
        found = resolve(text).member
        assert found is not None and found.card.member_id == member.id
    assert resolve(bill.coupons_issued[0].code).coupon == bill.coupons_issued[0]
    assert resolve(bill.receipt_code).bill == bill
    badge = resolve(make_staff_badge(lambda n: n // 3))
    assert badge.meaning.kind is ScanKind.STAFF
    text = resolve("ลาเต้")
    assert text.meaning.kind is ScanKind.TEXT and text.product is None and text.member is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.TEXT_EMPTY),
        ("https://line.me/R/ti/p/x", Reason.CODE_FOREIGN),
        ("2900000000001", Reason.CODE_MISTYPED),
        (gs1("885000000999"), Reason.PRODUCT_UNKNOWN),
        ("0899999999", Reason.MEMBER_UNKNOWN),
    ],
)
def test_what_leads_nowhere_says_which_nowhere(world: World, text: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refusal:
        world.till.lookup.resolve(text)
    assert refusal.value.reason is reason


def test_the_panel_shows_head_offices_figures_and_what_was_done_here_since(world: World) -> None:
    member = world.enrol(birthday="1/11")
    head = world.store.facts.queue_status().head_seq
    buckets = (FeedBucket("2026-12-31", 80), FeedBucket("2028-12-31", 300), FeedBucket("2026-11-20", 5))
    account = FeedAccount(member.id, buckets, qualifying=40, visits=7, last_visit="2026-11-01", owed=0)
    put(world.folder, [replace(member, tier="gold"), account], included_seq=head, as_of=NOW - timedelta(minutes=5))
    world.sell({"giftbox": 1}, member)  # 12 points, doubled in the birthday month: 24
    panel = world.till.lookup.panel(member.id)
    assert (panel.balance, panel.spendable, panel.own_points_since) == (404, 404, 24)  # the 5 have ended
    assert (panel.worth_satang, panel.as_of) == (4_000, NOW - timedelta(minutes=5))
    assert (panel.expiring_points, panel.expiring_on) == (80, date(2026, 12, 31))
    assert (panel.visits, panel.last_visit, panel.birthday_month) == (8, date(2026, 11, 21), True)
    assert (panel.card.tier_name_th, panel.card.tier_name_en) == ("สมาชิกโกลด์", "Gold member")
    assert (panel.card.name_masked, panel.card.phone_masked) == ("สมหญิง จ.", "08x-xxx-5678")
    [coupon] = panel.coupons
    assert (coupon.value_text, coupon.usable, len(coupon.code_shown)) == ("฿20", True, 19)


def test_lists_show_masked_members_and_products_on_sale(world: World) -> None:
    member = world.enrol()
    lookup = world.till.lookup
    [row] = lookup.search_members("สมหญิง")
    assert row.card.member_id == member.id and "8123" not in row.card.phone_masked
    assert lookup.search_members("ส") == () and lookup.search_members("ไม่มีใคร") == ()
    put(world.folder, [replace(world.product("tea"), active=False)])
    names = {product.id for product in lookup.products()}
    assert len(names) == 9 and "tea" not in names
    assert {product.id for product in lookup.products(category_id="cat-drinks")} == {"espresso", "latte"}
    with pytest.raises(Refusal) as refusal:
        lookup.resolve(world.product("tea").barcode)
    assert refusal.value.reason is Reason.PRODUCT_UNKNOWN
    assert [category.id for category in lookup.categories()] == ["cat-drinks", "cat-goods"]
    header = lookup.header()
    assert (header.branch_name_en, header.till_label, header.practice) == ("Silom", "T1", False)


def test_unmasking_is_on_record_before_it_shows(world: World) -> None:
    member = world.enrol()
    assert world.till.lookup.unmask(world.session("1004"), member.id) == member
    last = list(world.store.evidence.queue())[-1].payload.decode()
    assert '"act":"member_unmasked"' in last and member.id in last and "812345678" not in last


def test_an_erased_member_is_not_there(world: World) -> None:
    member = world.enrol()
    head = world.store.facts.queue_status().head_seq
    put(world.folder, [replace(member, status=MemberStatus.ERASED, phone="", first_name="")], included_seq=head)
    for act in (lambda: world.till.lookup.resolve(member.number), lambda: world.sell({"tea": 1}, member)):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is Reason.MEMBER_UNKNOWN


def test_a_till_that_is_not_enrolled_or_not_loaded_says_so(tmp_path) -> None:
    for things, identity, reason in (
        (make_things(QuickHasher()), None, Reason.TILL_NOT_ENROLLED),
        ([], "default", Reason.SHOP_NOT_LOADED),
    ):
        arguments = {"identity": None} if identity is None else {}
        folder = make_store(tmp_path / str(identity), things, **arguments)
        try:
            lonely = World.__new__(World)
            lonely.folder, lonely.clock, lonely.hasher, lonely.seed, lonely._sessions = folder, None, None, 0, {}
            lonely.__post_init__()
            with pytest.raises(EnvironmentProblem) as problem:
                lonely.till.lookup.header()
            assert problem.value.reason is reason
        finally:
            folder.close()


# --- adjusting --------------------------------------------------------------------------------------------


def test_points_are_adjusted_within_limits_with_a_reason(world: World) -> None:
    member, manager = world.enrol(), world.session("1004")
    adjust = world.till.adjustment.adjust
    assert adjust(manager, member.id, 120, "ชดเชยคิวยาว").balance == 120
    assert adjust(manager, member.id, -20, "ใส่เกิน").balance == 100
    for points, reason, expected in (
        (5, "  ", Reason.REASON_REQUIRED),
        (0, "x", Reason.ADJUST_OUT_OF_RANGE),
        (10_001, "x", Reason.ADJUST_OUT_OF_RANGE),
        (-10_001, "x", Reason.ADJUST_OUT_OF_RANGE),
        (-101, "x", Reason.POINTS_SHORT),
    ):
        with pytest.raises(Refusal) as refusal:
            adjust(manager, member.id, points, reason)
        assert refusal.value.reason is expected
    assert world.till.lookup.panel(member.id).balance == 100 and world.till.verify.run().ok


# --- shifts -----------------------------------------------------------------------------------------------


def test_points_that_have_ended_are_not_shown_as_points(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 40)
    panel = world.till.lookup.panel(member.id)
    assert (panel.balance, panel.spendable) == (40, 40)
    world.clock.at = world.clock.at.replace(year=2029)
    panel = world.till.lookup.panel(member.id)
    assert (panel.balance, panel.spendable) == (0, 0)


def test_a_shift_counts_cash_blind(world: World) -> None:
    shifts, cashier = world.till.shifts, world.session()
    assert shifts.current() is None
    with pytest.raises(Refusal) as refusal:
        shifts.figures()
    assert refusal.value.reason is Reason.SHIFT_NOT_OPEN
    before = world.sell({"tea": 1}).bill
    assert before.shift_id is None
    returns = world.till.returns
    returns.complete(world.session("1003"), before.id, {1: 1000}, return_id=returns.new_id())

    opened = shifts.open(cashier, 100_000)
    with pytest.raises(Refusal) as refusal:
        shifts.open(cashier, 0)
    assert refusal.value.reason is Reason.SHIFT_OPEN
    bill = world.pay(world.draft({"mug": 1}), Tender(CASH, 50_000)).bill  # 200 in
    world.pay(world.draft({"cake": 1}), Tender(CARD, 12_000))
    world.pay(world.draft({"cake": 1}), Tender(CARD, 5_000), Tender(CASH, 10_000))  # 70 in
    returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id())  # 200 out
    assert bill.shift_id == opened.id and shifts.figures().expected_satang == 107_000

    done = shifts.close(cashier, 106_950, "th")
    assert (done.closed.expected_satang, done.difference_satang, done.closed.bills, done.closed.returns) == (
        107_000, -50, 3, 1,
    )  # fmt: skip
    assert shifts.current() is None
    with pytest.raises(Refusal) as refusal:
        shifts.close(cashier, 0, "th")
    assert refusal.value.reason is Reason.SHIFT_NOT_OPEN
    [(kind, paper)] = world.store.facts.documents_of(done.closed.id)
    assert kind is DocumentKind.DAY_REPORT and isinstance(paper, DayReportDocument)
    assert ("ผลต่าง (ขาด/เกิน)", "−0.50") in paper.rows
    with pytest.raises(Refusal) as refusal:
        shifts.open(cashier, -1)
    assert refusal.value.reason is Reason.AMOUNT_OUT_OF_RANGE
    assert world.till.verify.run().ok


# --- papers again -----------------------------------------------------------------------------------------


def test_a_clock_set_back_in_the_middle_of_a_shift_loses_no_cash(world: World) -> None:
    """A clock five centuries ahead (the Buddhist year) is put right between two bills: the drawer is still counted."""
    shifts, cashier = world.till.shifts, world.session()
    right = world.clock.at
    world.clock.at = right.replace(year=right.year + 543)
    shifts.open(cashier, 10_000)
    bill = world.sell({"tea": 1}).bill
    world.clock.at = right
    world.sell({"mug": 1})
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id())
    figures = shifts.figures()
    assert (figures.bills, figures.returns, figures.expected_satang) == (2, 1, 30_000)
    assert shifts.close(cashier, 30_000, "th").difference_satang == 0
    assert world.till.verify.run().ok


def test_copies_carry_the_same_code_and_count_up(world: World) -> None:
    bill = world.sell({"giftbox": 2}, world.enrol()).bill
    reprint, cashier = world.till.reprint, world.session()
    original = world.store.facts.documents_of(bill.id)
    for copy_number in (1, 2):
        first = reprint.reprint(cashier, bill.id, DocumentKind.COUPON)
        copies = [job for job in reprint.jobs() if job.kind is DocumentKind.COUPON and job.copy_number == copy_number]
        assert len(copies) == 2 and first in {job.id for job in copies}
    reprint.reprint(cashier, bill.id, DocumentKind.RECEIPT)
    assert world.store.facts.copies(bill.id, DocumentKind.RECEIPT) == 1
    # What was printed first is not touched, and a copy differs from it in its number alone.
    assert world.store.facts.documents_of(bill.id) == original
    papers = _documents(world)
    receipts = [paper for paper in papers if isinstance(paper, ReceiptDocument)]
    assert receipts[1] == replace(receipts[0], copy_number=1)
    coupons = [paper for paper in papers if isinstance(paper, CouponDocument)]
    assert {paper.code for paper in coupons} == {coupon.code for coupon in bill.coupons_issued}
    assert sorted(paper.copy_number for paper in coupons) == [0, 0, 1, 1, 2, 2]
    with pytest.raises(Refusal) as refusal:
        reprint.reprint(cashier, "nothing", DocumentKind.RECEIPT)
    assert refusal.value.reason is Reason.BILL_UNKNOWN


def _documents(world: World) -> list[object]:
    from pos_member.db.repositories.facts import read_document

    with world.folder.till.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, document FROM print_job ORDER BY number").all()
    return [read_document(row.kind, row.document) for row in rows]
