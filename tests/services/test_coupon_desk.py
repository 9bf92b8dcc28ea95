"""Coupons one by one: their life, reservation by other bills, several uses, cancelling, and their paper again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_member.domain.coupon import CouponEventKind, CouponState
from pos_member.domain.documents import CouponDocument, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.wording import say_error
from tests.factories import World, gs1


def _refused(act: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        act()  # type: ignore[operator]
    return refusal.value


def test_the_whole_life_of_a_coupon(world: World) -> None:
    member = world.enrol()
    sold = world.sell({"giftbox": 1}, member).bill
    code = sold.coupons_issued[0].code
    life = world.till.coupons.find(f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}")
    assert (life.state, life.may_cancel, life.issued_bill_number) == (CouponState.ISSUED, True, sold.number)
    assert (life.program_name_en, life.member_masked) == ("A 20-baht coupon for every 300 baht", "สมหญิง จ.")
    assert (life.view.value_text, life.view.uses_left, life.issued_here) == ("฿20", 1, True)
    used = world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code)).bill
    life = world.till.coupons.find(code)
    assert (life.state, life.may_cancel, life.view.uses_left) == (CouponState.REDEEMED, False, 0)
    returns = world.till.returns
    returns.complete(world.session("1003"), used.id, {1: 1000}, return_id=returns.new_id())
    steps = [(step.event, step.bill_number) for step in world.till.coupons.find(code).steps]
    kinds = CouponEventKind
    assert steps == [(kinds.ISSUED, sold.number), (kinds.REDEEMED, used.number), (kinds.REVERSED, used.number)]
    world.clock.forward(timedelta(days=40))
    assert world.till.coupons.find(code).state is CouponState.EXPIRED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("8111111111111111", Reason.CODE_MISTYPED),
        (gs1("885000000000"), Reason.CODE_FOREIGN),
        ("ลาเต้", Reason.CODE_FOREIGN),
        ("8887863560520959", Reason.COUPON_UNKNOWN),
    ],
)
def test_what_is_no_coupon_here_is_said(world: World, text: str, reason: Reason) -> None:
    assert _refused(lambda: world.till.coupons.find(text)).reason is reason


def test_a_cancelled_coupon_is_gone_for_good_and_on_record(world: World) -> None:
    member = world.enrol()
    code = world.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    desk = world.till.coupons
    assert _refused(lambda: desk.cancel(world.session("1003"), code, "  ")).reason is Reason.REASON_REQUIRED
    assert _refused(lambda: desk.cancel(world.session(), code, "เสีย")).reason is Reason.NOT_PERMITTED
    life = desk.cancel(world.session(), code, "กระดาษเสีย", world.session("1003"))
    assert (life.state, life.may_cancel) == (CouponState.CANCELLED, False)
    assert [step.reason for step in life.steps] == ["", "กระดาษเสีย"]
    queue = [(row.kind, row.payload.decode()) for row in world.store.evidence.queue()]
    [(_, told)] = [row for row in queue if row[0] == "coupon.cancelled"]
    assert code in told and "กระดาษเสีย" in told and '"staff-1003"' in told
    [audit] = [text for kind, text in queue if kind == "audit.recorded" and "coupon_cancelled" in text]
    assert '"approved_by":"staff-1003"' in audit and '"staff_id":"staff-1001"' in audit
    lay = lambda: world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code)  # noqa: E731
    assert _refused(lay).reason is Reason.COUPON_CANCELLED
    assert _refused(lambda: desk.cancel(world.session("1003"), code, "อีกครั้ง")).reason is Reason.COUPON_CANCELLED
    assert _refused(lambda: desk.reprint(world.session(), code)).reason is Reason.COUPON_CANCELLED
    assert world.till.verify.run().ok


def test_used_ended_and_held_coupons_are_not_cancelled(world: World) -> None:
    member = world.enrol()
    codes = [coupon.code for coupon in world.sell({"giftbox": 3}, member).bill.coupons_issued]
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), codes[0]))
    draft = world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), codes[1])
    world.till.checkout.save_draft(draft)
    cancel = lambda code: world.till.coupons.cancel(world.session("1003"), code, "ทดสอบ")  # noqa: E731
    assert _refused(lambda: cancel(codes[0])).reason is Reason.COUPON_USED
    assert _refused(lambda: cancel(codes[1])).reason is Reason.COUPON_RESERVED
    world.clock.forward(timedelta(days=40))
    assert _refused(lambda: cancel(codes[2])).reason is Reason.COUPON_EXPIRED


def test_two_drafts_and_one_coupon(world: World) -> None:
    member = world.enrol()
    code = world.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    lay, checkout = world.till.redemption.lay_coupon, world.till.checkout
    first = lay(world.draft({"mug": 1, "tea": 2}, member), code)
    checkout.park(first)
    second = world.draft({"beans": 1}, member)
    refusal = _refused(lambda: lay(second, code))
    assert refusal.reason is Reason.COUPON_RESERVED and refusal.params["draft_id"] == first.id
    told = say_error(refusal, "th")
    assert "14:05" in told and "2 รายการ" in told and "฿280" in told
    life = world.till.coupons.find(code)
    assert (life.state, life.held_by) == (CouponState.RESERVED, first.id)
    # A bill that had it before the other was set aside is not completed with it either.
    assert _refused(lambda: world.pay(second.with_coupon(code))).reason is Reason.COUPON_RESERVED
    taken_up = checkout.unpark(first.id)
    bill = world.pay(taken_up).bill
    assert [use.code for use in bill.coupons_used] == [code]
    assert _refused(lambda: lay(second, code)).reason is Reason.COUPON_USED
    assert world.till.verify.run().ok


def test_the_paper_comes_again_with_the_same_code(world: World) -> None:
    bill = world.sell({"giftbox": 2}, world.enrol()).bill
    first, second = (coupon.code for coupon in bill.coupons_issued)
    desk = world.till.coupons
    for copy in (1, 2):
        job_id = desk.reprint(world.session(), second)
        assert desk.find(second).copies == copy
    job = next(job for job in world.till.reprint.jobs() if job.id == job_id)
    assert (job.kind, job.copy_number, job.subject_id) == (DocumentKind.COUPON, 2, bill.id)
    papers = [job for job in world.till.reprint.jobs() if job.kind is DocumentKind.COUPON]
    assert len(papers) == 4
    originals = [paper for _, paper in world.store.facts.documents_of(bill.id) if isinstance(paper, CouponDocument)]
    assert [paper.code for paper in originals] == [first, second]


def test_a_code_for_three_uses(rich: World) -> None:
    member = rich.enrol()
    rich.give_points(member, 100)
    draft = rich.till.redemption.choose_reward(rich.draft({"giftbox": 1}, member), "buy-coupon", 1)
    bill = rich.pay(draft).bill
    [code] = [coupon.code for coupon in bill.coupons_issued if coupon.definition_id == "three-times"]
    assert (bill.points_redeemed, bill.discount_satang) == (40, 0)
    lay = rich.till.redemption.lay_coupon

    def use() -> str:
        return rich.pay(lay(rich.draft({"giftbox": 1}, member), code)).bill.id

    use()
    assert (rich.till.coupons.find(code).view.uses_left, rich.till.coupons.find(code).state) == (2, CouponState.ISSUED)
    second = use()
    # Two a day and no more; the next day is another.
    with pytest.raises(Refusal):
        use()
    rich.clock.forward(timedelta(days=1))
    third = use()
    life = rich.till.coupons.find(code)
    assert (life.state, life.view.uses_left) == (CouponState.REDEEMED, 0)
    assert _refused(use).reason is Reason.COUPON_USED
    returns = rich.till.returns
    for bill_id in (third, second):
        returns.complete(rich.session("1003"), bill_id, {1: 1000}, return_id=returns.new_id())
    assert rich.till.coupons.find(code).view.uses_left == 2
    use()
    result = rich.till.verify.run()
    assert result.ok, result


def test_words_for_goods_that_are_free(rich: World) -> None:
    member = rich.enrol()
    rich.sell({"filter": 1}, member)
    [view] = rich.till.lookup.panel(member.id).coupons
    assert (view.value_text, view.value_text_en) == ("ชิ้นถูกสุดฟรี 1 ชิ้น", "Cheapest 1 free")
