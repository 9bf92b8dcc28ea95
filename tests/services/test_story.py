"""One customer's way through the till, every figure computed by hand."""

from __future__ import annotations

from datetime import date, timedelta

from pos_member.domain.bill import Tender, TenderKind
from pos_member.domain.coupon import CouponState
from pos_member.domain.documents import CouponDocument, DocumentKind, MemberCardDocument, ReceiptDocument
from pos_member.domain.points import PointKind
from tests.factories import CASH, World

_REWARD = "01930000-0000-7000-8000-000000000105"


def _papers(world: World, subject: str) -> list[tuple[DocumentKind, object]]:
    return list(world.store.facts.documents_of(subject))


def test_from_enrolment_over_coupons_and_points_to_the_return(world: World) -> None:
    till = world.till
    member = world.enrol()
    # The printed card carries the number as it is scanned.
    [(kind, card)] = _papers(world, member.id)
    assert kind is DocumentKind.MEMBER_CARD and isinstance(card, MemberCardDocument)
    assert card.member_number == member.number and card.member_name_masked == "สมหญิง จ."

    # 900 baht: 36 points at 25 baht each, three coupons at 300 baht each, 58.88 baht of VAT inside, 100 baht change.
    panel = till.lookup.resolve(member.number).member
    assert panel is not None and panel.balance == 0
    first = world.pay(world.draft({"giftbox": 3}, member), Tender(CASH, 100_000))
    bill = first.bill
    assert (bill.gross_satang, bill.total_satang, bill.change_satang, bill.vat_satang) == (
        90_000,
        90_000,
        10_000,
        5_888,
    )
    assert (bill.number, bill.points_earned, len(bill.coupons_issued)) == ("BK0101-000001", 36, 3)
    assert first.member_after is not None
    assert (first.member_after.spendable, len(first.member_after.coupons)) == (36, 3)
    assert [(e.kind, e.points, e.bucket) for e in bill.point_entries] == [(PointKind.EARN, 36, date(2028, 12, 31))]

    # One receipt, then one paper per coupon.
    papers = _papers(world, bill.id)
    assert [kind for kind, _ in papers] == [DocumentKind.RECEIPT] + [DocumentKind.COUPON] * 3
    assert len(first.print_job_ids) == 4
    receipt = papers[0][1]
    assert isinstance(receipt, ReceiptDocument) and receipt.points is not None
    assert (receipt.points.before, receipt.points.earned, receipt.points.used, receipt.points.after) == (0, 36, 0, 36)
    assert receipt.seller.vat_registered and receipt.vat_rate_bp == 700 and receipt.notes != ()
    coupon = papers[1][1]
    assert isinstance(coupon, CouponDocument)
    assert (coupon.value_text, coupon.valid_from, coupon.valid_to) == ("฿20", date(2026, 11, 21), date(2026, 12, 20))

    # The next bill takes one coupon: 200 − 20 = 180 baht, 7 points.
    code = bill.coupons_issued[0].code
    draft = till.redemption.lay_coupon(world.draft({"mug": 1}, member), coupon.code)
    second = world.pay(draft).bill
    assert (second.total_satang, second.discount_satang, second.points_earned) == (18_000, 2_000, 7)
    assert [use.code for use in second.coupons_used] == [code]
    used = world.store.coupons.by_code(code)
    assert used is not None and (used.state, used.redeemed_bill_id) == (CouponState.REDEEMED, second.id)

    # 100 points are 10 baht: 57 more points by hand make 100 exactly.
    world.give_points(member, 57)
    draft = till.redemption.choose_reward(world.draft({"espresso": 1}, member), _REWARD, 1)
    third = world.pay(draft)
    assert (third.bill.total_satang, third.bill.points_redeemed, third.bill.points_earned) == (4_500, 100, 1)
    assert third.member_after is not None and third.member_after.spendable == 1

    # Everything comes back: money, points, the coupon used; the coupons issued are void.
    world.clock.forward(timedelta(hours=1))
    _return_all(world, second.id, refund=18_000, taken=1, given=0, owed=6)
    after = world.store.coupons.by_code(code)
    assert after is not None and after.state is CouponState.REVERSED
    _return_all(world, third.bill.id, refund=4_500, taken=1, given=100, owed=0)
    done = _return_all(world, bill.id, refund=90_000, taken=36, given=0, owed=0)
    assert sorted(done.coupons_voided) == sorted(coupon.code for coupon in bill.coupons_issued)
    panel = till.lookup.panel(member.id)
    assert (panel.spendable, panel.owed, panel.coupons) == (63, 6, ())
    result = till.verify.run()
    assert result.ok, result


def _return_all(world: World, bill_id: str, *, refund: int, taken: int, given: int, owed: int):
    returns = world.till.returns
    bill = world.store.facts.bill(bill_id)
    assert bill is not None
    lines = {line.line_no: line.quantity_milli for line in bill.lines}
    preview = returns.preview(bill_id, lines)
    document = returns.complete(
        world.session("1003"), bill_id, lines, return_id=returns.new_id(), tender=TenderKind.CASH
    ).document
    assert preview.refund_satang == document.refund_satang == refund
    assert (document.points_taken_back, document.points_given_back, document.points_owed) == (taken, given, owed)
    return document


def test_the_next_earn_repays_what_a_return_could_not_take_back(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 64)
    earned = world.sell({"giftbox": 3}, member).bill  # 36 points: 100 in all
    world.pay(world.till.redemption.choose_reward(world.draft({"tea": 1}, member), _REWARD, 1))  # 100 spent, 1 earned
    _return_all(world, earned.id, refund=90_000, taken=1, given=0, owed=35)
    assert world.till.lookup.panel(member.id).owed == 35

    # 1,000 baht: 40 points, 35 of which repay the debt.
    paid = world.sell({"mug": 5}, member)
    assert paid.bill.points_earned == 40
    assert paid.member_after is not None and (paid.member_after.spendable, paid.member_after.owed) == (5, 0)
    [(_, receipt), *_] = _papers(world, paid.bill.id)
    assert isinstance(receipt, ReceiptDocument) and receipt.points is not None
    assert (receipt.points.before, receipt.points.earned, receipt.points.after) == (0, 40, 5)
    assert world.till.verify.run().ok
