"""The list of what a bill can use, as a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pos_member.domain.bill import MILLI, BillDraft, CouponUse, DraftLine
from pos_member.domain.pricing import Evaluation, UsableReward
from pos_member.services.checkout import Preview
from pos_member.services.views import CouponView
from pos_member.ui.offers import offers, usual_times
from tests.db_support import NOW

LINE = DraftLine(None, "", "ยอดขาย", "Sale", "", "", (), MILLI, 500_00)
REWARD = UsableReward("points", "100 แต้ม ลด 10 บาท", "100 points", 100, 10_00, 3, 0)


def coupon(code: str, baht: int = 20, *, ends: int = 20, usable: bool = True, minimum_satang: int = 0) -> CouponView:
    return CouponView(
        code, code, f"def-{baht}", f"คูปอง {baht}", f"Coupon {baht}", f"฿{baht}", date(2026, 12, ends),
        minimum_satang, usable,
    )  # fmt: skip


def preview(*held: CouponView, laid: tuple[str, ...] = (), rewards: tuple[UsableReward, ...] = (REWARD,)) -> Preview:
    used = tuple(CouponUse(code, "", 20_00) for code in laid)
    result = Evaluation((), (), 500_00, 0, 500_00, (), 0, 0, used, (), (), rewards, (), None)
    draft = BillDraft("b", NOW, (LINE,), coupon_codes=laid)
    return Preview(draft, result, None, held, 500_00)


def codes(shown: Preview) -> list[str]:
    return [each.coupon.code if each.coupon is not None else "points" for each in offers(shown)]


def test_coupons_that_are_alike_are_one_row_the_first_to_end() -> None:
    held = [coupon(f"c{ends}", ends=ends) for ends in (22, 20, 24)]
    found = offers(preview(*held))
    assert [(each.coupon.code, each.count) for each in found if each.coupon is not None] == [("c20", 3)]
    assert len(found) == 2 and found[0].reward is not None


def test_other_kinds_and_those_that_cannot_be_used_have_rows_of_their_own() -> None:
    held = (coupon("a"), coupon("b", 50), coupon("c", usable=False), coupon("d", 20, minimum_satang=900_00))
    found = offers(preview(*held))
    assert [each.coupon.code for each in found if each.coupon is not None and each.usable] == ["b", "a"]
    unusable = [each for each in found if not each.usable]
    assert len(unusable) == 1 and unusable[0].count == 2 and found[-1] is unusable[0]


def test_laying_one_leaves_every_key_before_it_and_after_it() -> None:
    held = [coupon(f"c{ends}", ends=ends) for ends in (20, 21, 22)]
    low = replace(REWARD, amount_per_time_satang=1_00)
    assert codes(preview(*held, rewards=(low,))) == ["c20", "points"]
    one = preview(*held, laid=("c20",), rewards=(low,))
    assert codes(one) == ["c20", "points", "c21"]
    assert [each.count for each in offers(one)] == [1, 1, 2] and offers(one)[0].chosen
    assert codes(preview(*held, laid=("c20", "c21"), rewards=(low,))) == ["c20", "points", "c21", "c22"]
    assert codes(preview(*held, laid=("c20", "c21", "c22"), rewards=(low,))) == ["c20", "points", "c21", "c22"]


def test_money_off_goes_as_far_as_it_can_and_goods_one_at_a_time() -> None:
    assert usual_times(REWARD) == 3
    assert usual_times(replace(REWARD, kind="reward_product")) == 1
    assert usual_times(replace(REWARD, kind="reward_coupon", times_max=0)) == 0


def test_part_of_the_points_shows_that_part_and_keeps_its_place() -> None:
    part = replace(REWARD, times_chosen=1)
    found = offers(preview(coupon("a"), rewards=(part,)))
    assert found[0].reward == part and found[0].value_satang == 10_00 and found[0].rank_satang == 30_00


def test_a_coupon_taken_on_trust_is_told_from_one_that_is_known() -> None:
    laid = preview(coupon("a"), coupon("b", 50), laid=("a", "b"))
    found = {each.coupon.code: each.uncertain for each in offers(replace(laid, uncertain=("a",))) if each.coupon}
    assert found == {"a": True, "b": False}
