"""Figures of the tours that test Odoo's till (github.com/odoo/odoo, ``addons/pos_loyalty/static/tests/tours/``)."""

from __future__ import annotations

import pytest

from pos_member.domain.coupon import CouponValueKind, Scope
from pos_member.domain.program import EffectKind
from tests.domain.evaluating import AMOUNT, bill, coupon, definition, keys, program, run
from tests.domain.test_published_odoo import POINT, cheapest, for_free, goods, percent, tagged


@pytest.mark.parametrize(("pens", "total"), [(10, 3_200), (12, 3_200), (13, 3_200), (14, 3_520)])
def test_buy_ten_take_three(pens: int, total: int) -> None:
    """pos_loyalty_loyalty_program_tour.js, test_buy_x_get_y_reward_qty: 12 and 13 pens at 3.20 pay 32.00."""
    assert run(bill(goods(3.2, "pen", pens)), for_free(10, 3, "pen")).total_satang == total


@pytest.mark.parametrize(("price", "pieces", "total"), [(3.2, 5, 1_312), (3.2, 6, 1_632), (5.1, 11, 5_151)])
def test_ninety_percent_off_the_cheapest(price: float, pieces: int, total: int) -> None:
    """pos_loyalty_tour.js, PosLoyaltyTour1 and 2: five pens are 13.12, six 16.32, eleven organizers 51.51."""
    assert run(bill(goods(price, "x", pieces)), cheapest(9_000)).total_satang == total


def test_the_cheapest_and_then_ten_percent() -> None:
    """pos_loyalty_tour.js, PosLoyaltyTour2: six monitor stands at 3.19 are 14.64; without the cheapest 17.23."""
    six = bill(goods(3.19, "stand", 6))
    both = run(six, cheapest(9_000), percent(10))
    assert [one.amount_satang for one in both.discounts] == [287, 163]
    assert both.total_satang == 1_464
    assert run(six, percent(10)).total_satang == 1_723


@pytest.mark.parametrize(("pieces", "total"), [(2, 1_020), (3, 1_020), (6, 2_040), (7, 2_550), (9, 3_060)])
def test_two_organizers_and_one_free(pieces: int, total: int) -> None:
    """pos_loyalty_reward_button_tour.js, PosLoyaltyFreeProductTour; PosLoyaltyTour1: of nine three free, 15.30."""
    assert run(bill(goods(5.1, "organizer", pieces)), for_free(2, 1, "organizer")).total_satang == total


def test_half_price_on_what_is_not_free() -> None:
    """pos_loyalty_tour.js, PosLoyaltyTour2: six organizers, two free, the others at half price: 10.20."""
    half = percent(50, scope=tagged("organizer"))
    assert run(bill(goods(5.1, "organizer", 6)), half, for_free(2, 1, "organizer")).total_satang == 1_020


@pytest.mark.parametrize(("boards", "pens", "total"), [(3, 1, 594), (6, 1, 1_188), (6, 2, 1_188), (6, 3, 1_508)])
def test_a_pen_with_every_three_boards(boards: int, pens: int, total: int) -> None:
    """pos_loyalty_reward_button_tour.js, PosLoyaltyFreeProductTour: three boards and a pen are 5.94, six and two 11.88.

    The third pen of the last case is ours: it is paid.
    """
    gift = program(EffectKind.BUY_X_GET_Y, buy=3, get=1, get_scope=tagged("pen"), scope=tagged("board"))
    assert run(bill(goods(1.98, "board", boards), goods(3.2, "pen", pens)), gift).total_satang == total


def test_two_shelves_and_a_stand_or_a_pad() -> None:
    """pos_loyalty_reward_button_tour.js, PosLoyaltyFreeProductTour: the shelves are 4.81, whichever gift is taken."""
    gift = program(EffectKind.BUY_X_GET_Y, buy=2, get=1, get_scope=tagged("gift"), scope=tagged("shelf"))
    shelves = (goods(1.98, "shelf"), goods(2.83, "shelf"))
    for price in (1.98, 3.19):
        assert run(bill(*shelves, goods(price, "gift")), gift).total_satang == 481


def test_fixed_amounts_on_certain_goods_add_up() -> None:
    """pos_loyalty_reward_button_tour.js, PosLoyaltySpecificDiscountTour: 80 less 10, 10 and 30 is 30."""
    amounts = [
        program(AMOUNT, f"A{i}", amount_satang=satang, scope=tagged("a", "b"))
        for i, satang in enumerate([1_000, 1_000, 3_000])
    ]
    assert run(bill(goods(40, "a"), goods(40, "b")), *amounts).total_satang == 3_000


@pytest.mark.parametrize(("a", "b", "total"), [(3, 0, 200), (3, 3, 1_200), (3, 6, 2_200)])
def test_free_goods_of_two_kinds(a: int, b: int, total: int) -> None:
    """pos_loyalty_tour.js, PosLoyaltyTour12: A at 1, B at 5, each "buy two, get one": 2, 12, 22."""
    lines = [goods(1, "a", a), *([goods(5, "b", b)] if b else [])]
    assert run(bill(*lines), for_free(2, 1, "a", "FA"), for_free(2, 1, "b", "FB")).total_satang == total


def test_a_coupon_for_three_pieces_free() -> None:
    """pos_loyalty_tour.js, PosLoyaltyTour1: nine organizers (45.90) with coupon 1234: 15.30 off."""
    free = definition(3, value_kind=CouponValueKind.PRODUCT, scope=Scope(tags=("organizer",)))
    result = run(bill(goods(5.1, "organizer", 9), coupons=(coupon(free),)), definitions=(free,))
    assert (result.gross_satang, result.discount_satang) == (4_590, 1_530)


def test_points_of_a_bill_with_a_coupon_on_everything() -> None:
    """pos_loyalty_tour.js, PosLoyaltyPointsDiscountNoDomainProgramNoDomain: 150 less 10 % are 135 and 135 points."""
    tenth = definition(1_000, value_kind=CouponValueKind.PERCENT)
    result = run(bill(goods(100, "a"), goods(50, "b"), coupons=(coupon(tenth),)), POINT, definitions=(tenth,))
    assert (result.total_satang, result.points_earned) == (13_500, 135)


def test_no_member_no_points() -> None:
    """pos_loyalty_loyalty_program_tour.js, PosLoyaltyLoyaltyProgram2, order 4: the customer is taken off again."""
    result = run(bill(goods(3.2, "pen", 2), member=None), POINT)
    assert (result.total_satang, result.points_earned, keys(result)) == (640, 0, {POINT.id: "needs_member"})
