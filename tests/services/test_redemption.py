"""Each thing that can be wrong with a coupon or a reward has a refusal of its own, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pos_member.domain.codes import format_coupon_code, make_coupon_code
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, CouponValueKind, OfflinePolicy, Scope
from pos_member.domain.errors import Reason, Refusal
from pos_member.services.redemption import TIMES_MAX
from tests.db_support import NOW, put
from tests.factories import World

REWARD = "01930000-0000-7000-8000-000000000105"


def _definition(**more: object) -> CouponDefinition:
    base = CouponDefinition("def-x", "X50", "คูปองลอง", "Trial coupon", CouponValueKind.AMOUNT, 5_000)
    return replace(base, **more)  # type: ignore[arg-type]


def _coupon(seed: int = 7, **more: object) -> Coupon:
    base = Coupon(
        code=make_coupon_code(lambda n: seed * 7_919 % n),
        definition_id="def-x",
        state=CouponState.ISSUED,
        member_id=None,
        issued_bill_id=None,
        issued_till_id="till-9",
        issued_branch_id="branch-2",
        issued_at=NOW - timedelta(days=3),
        valid_from=date(2026, 11, 18),
        valid_to=date(2026, 12, 17),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def _refused(world: World, coupon: str, goods: dict[str, int] | None = None) -> Refusal:
    draft = world.draft(goods or {"mug": 1})
    with pytest.raises(Refusal) as refusal:
        world.till.redemption.lay_coupon(draft, coupon)
    return refusal.value


CASES: list[tuple[Reason, Callable[[], tuple[CouponDefinition, Coupon]]]] = [
    (Reason.COUPON_USED, lambda: (_definition(), _coupon(state=CouponState.REDEEMED, redeemed_bill_id="b"))),
    (Reason.COUPON_CANCELLED, lambda: (_definition(), _coupon(state=CouponState.CANCELLED))),
    (Reason.COUPON_VOIDED, lambda: (_definition(), _coupon(state=CouponState.VOIDED_BY_RETURN))),
    (Reason.COUPON_RESERVED, lambda: (_definition(), _coupon(state=CouponState.RESERVED))),
    (Reason.COUPON_EXPIRED, lambda: (_definition(), _coupon(valid_to=date(2026, 11, 20)))),
    (Reason.COUPON_NOT_YET, lambda: (_definition(), _coupon(valid_from=date(2026, 11, 22)))),
    (Reason.COUPON_OTHER_BRANCH, lambda: (_definition(branches=("branch-2",)), _coupon())),
    (Reason.COUPON_OTHER_BRANCH, lambda: (_definition(offline=OfflinePolicy.ISSUING_BRANCH), _coupon())),
    (Reason.COUPON_ONLINE_ONLY, lambda: (_definition(offline=OfflinePolicy.ONLINE_ONLY), _coupon())),
    (Reason.COUPON_OF_OTHER_MEMBER, lambda: (_definition(bearer=False), _coupon(member_id="somebody"))),
    (Reason.COUPON_MINIMUM, lambda: (_definition(minimum_spend_satang=50_000), _coupon())),
    (Reason.COUPON_NO_EFFECT, lambda: (_definition(scope=Scope(products=("beans",))), _coupon())),
]


@pytest.mark.parametrize(("reason", "make"), CASES, ids=[reason.value for reason, _ in CASES])
def test_a_coupon_that_cannot_be_used_says_why(
    world: World, reason: Reason, make: Callable[[], tuple[CouponDefinition, Coupon]]
) -> None:
    definition, coupon = make()
    put(world.folder, [definition, coupon])
    assert _refused(world, coupon.code).reason is reason


def test_a_usable_coupon_is_taken_scanned_or_typed_in_groups(world: World) -> None:
    definition, coupon = _definition(), _coupon()
    put(world.folder, [definition, coupon])
    for code in (coupon.code, format_coupon_code(coupon.code), f" {coupon.code}\r"):
        laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}), code)
        assert laid.coupon_codes == (coupon.code,)
        preview = world.till.checkout.preview(laid)
        assert preview.evaluation.total_satang == 15_000
        assert [view.code for view in preview.coupons] == [coupon.code] and preview.coupons[0].usable


def test_a_branch_takes_its_own_coupons_whatever_till_gave_them(world: World) -> None:
    definition = _definition(offline=OfflinePolicy.ISSUING_BRANCH)
    put(world.folder, [definition, _coupon(issued_branch_id="branch-1")])
    assert world.till.redemption.lay_coupon(world.draft({"mug": 1}), _coupon().code).coupon_codes


def test_unknown_mistyped_foreign_and_doubled_codes(world: World) -> None:
    coupon = _coupon()
    assert _refused(world, coupon.code).reason is Reason.COUPON_UNKNOWN
    wrong = coupon.code[:-1] + str((int(coupon.code[-1]) + 1) % 10)
    assert _refused(world, wrong).reason is Reason.CODE_MISTYPED
    for foreign in ("https://example.com/c/1", "00020101021129370016A000000677010111", "hello", "", "x" * 5_000):
        assert _refused(world, foreign).reason is Reason.CODE_FOREIGN
    put(world.folder, [_definition(), coupon])
    laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}), coupon.code)
    with pytest.raises(Refusal) as again:
        world.till.redemption.lay_coupon(laid, coupon.code)
    assert again.value.reason is Reason.COUPON_ON_BILL


def test_the_minimum_says_how_much_is_missing(world: World) -> None:
    put(world.folder, [_definition(minimum_spend_satang=50_000), _coupon()])
    refusal = _refused(world, _coupon().code)
    assert refusal.params["missing_satang"] == 30_000 and refusal.params["minimum_satang"] == 50_000


def test_a_second_coupon_of_a_kind_beyond_the_limit_takes_nothing_off_and_is_not_consumed(world: World) -> None:
    first, second = _coupon(1), _coupon(2)
    put(world.folder, [_definition(), first, second])
    laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}), first.code)
    with pytest.raises(Refusal) as refusal:
        world.till.redemption.lay_coupon(laid, second.code)
    assert refusal.value.reason is Reason.COUPON_NO_EFFECT
    # Laid on the draft all the same (an old draft), it stays whole.
    world.pay(laid.with_coupon(second.code))
    kept = world.store.coupons.by_code(second.code)
    assert kept is not None and kept.state is CouponState.ISSUED


def test_a_coupon_used_is_refused_on_the_next_bill_and_its_own_bill_cannot_use_it(world: World) -> None:
    given = world.sell({"giftbox": 1}, world.enrol()).bill.coupons_issued[0]
    own = replace(world.draft({"mug": 1}), id=given.issued_bill_id or "")
    with pytest.raises(Refusal) as same:
        world.till.redemption.lay_coupon(own, given.code)
    assert same.value.reason is Reason.COUPON_SAME_BILL
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), given.code))
    assert _refused(world, given.code).reason is Reason.COUPON_USED


def test_a_coupon_that_ran_out_while_it_lay_on_the_bill_is_shown_left_out_and_refused_at_payment(world: World) -> None:
    put(world.folder, [_definition(), _coupon(valid_to=date(2026, 11, 21))])
    laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}), _coupon().code)
    world.clock.forward(timedelta(days=1))
    preview = world.till.checkout.preview(laid)
    assert preview.evaluation.total_satang == 20_000
    assert [(view.usable) for view in preview.coupons] == [False]
    with pytest.raises(Refusal) as refusal:
        world.pay(laid)
    assert refusal.value.reason is Reason.COUPON_EXPIRED


def test_rewards_need_a_member_enough_points_and_goods(world: World) -> None:
    choose = world.till.redemption.choose_reward
    member = world.enrol()
    world.give_points(member, 250)
    cases = [
        (world.draft({"mug": 1}), REWARD, 1, Reason.POINTS_NEED_MEMBER),
        (world.draft({"mug": 1}, member), REWARD, 3, Reason.POINTS_SHORT),
        (world.draft({"mug": 1}, member), "no-such-program", 1, Reason.REWARD_NOT_USABLE),
        (world.draft({"mug": 1}, member), REWARD, TIMES_MAX + 1, Reason.REWARD_NOT_USABLE),
        (world.draft({}, member), REWARD, 1, Reason.REWARD_NOT_USABLE),
    ]
    for draft, program_id, times, reason in cases:
        with pytest.raises(Refusal) as refusal:
            choose(draft, program_id, times)
        assert refusal.value.reason is reason, (program_id, times)
    chosen = choose(world.draft({"mug": 1}, member), REWARD, 2)
    assert world.till.checkout.preview(chosen).evaluation.total_satang == 18_000
    assert choose(chosen, REWARD, 0).rewards == ()


def test_points_spent_meanwhile_change_the_bill_and_nothing_is_written(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 100)
    chosen = world.till.redemption.choose_reward(world.draft({"mug": 1}, member), REWARD, 1)
    seen = world.till.checkout.preview(chosen)
    world.give_points(member, -50)
    with pytest.raises(Refusal) as refusal:
        world.till.checkout.complete(world.session(), chosen, (), seen=seen)
    assert refusal.value.reason is Reason.BILL_CHANGED
    assert world.store.facts.bill(chosen.id) is None
