"""Money: splitting, rounding, reading and showing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import line_amount
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import (
    AMOUNT_MAX_SATANG,
    Rounding,
    allocate,
    format_baht,
    least_with_vat,
    parse_baht,
    round_fraction,
    round_ratio,
    vat_included,
    without_vat,
)

_weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@given(st.integers(-(10**12), 10**12), _weights)
def test_parts_sum_to_the_total(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert tuple(-part for part in parts) == allocate(-total, weights)


@given(_weights, st.data())
def test_no_part_is_further_than_one_from_its_share_nor_beyond_its_weight(
    weights: list[int], data: st.DataObject
) -> None:
    whole = sum(weights)
    total = data.draw(st.integers(0, whole))
    for part, weight in zip(allocate(total, weights), weights, strict=True):
        assert 0 <= part <= weight
        if whole:
            assert abs(part - Fraction(total * weight, whole)) < 1


def test_ties_go_to_the_earlier_part() -> None:
    assert allocate(2, (1, 1, 1)) == (1, 1, 0)
    assert allocate(100, (1, 1, 1)) == (34, 33, 33)
    assert allocate(5, (0, 0)) == (5, 0)
    assert allocate(0, ()) == ()
    with pytest.raises(ValueError):
        allocate(1, ())


@given(st.fractions(-1_000, 1_000), st.sampled_from(Rounding))
def test_rounding_mirrors_about_zero(value: Fraction, rounding: Rounding) -> None:
    assert round_fraction(-value, rounding) == -round_fraction(value, rounding)
    assert abs(round_fraction(value, rounding) - value) < 1
    assert round_ratio(value.numerator * 7, value.denominator * 7, rounding) == round_fraction(value, rounding)


@pytest.mark.parametrize(
    ("value", "down", "half_up", "up"),
    [("5/2", 2, 3, 3), ("-5/2", -2, -3, -3), ("7/3", 2, 2, 3), ("8/3", 2, 3, 3), ("4", 4, 4, 4), ("0", 0, 0, 0)],
)
def test_each_rounding(value: str, down: int, half_up: int, up: int) -> None:
    rounded = [round_fraction(Fraction(value), rounding) for rounding in (Rounding.DOWN, Rounding.HALF_UP, Rounding.UP)]
    assert rounded == [down, half_up, up]


def test_a_weighed_line_rounds_half_up() -> None:
    assert line_amount(1_500, 333) == 500  # 499.5
    assert line_amount(333, 100) == 33
    assert line_amount(9_999_000, 100) == 999_900


@pytest.mark.parametrize(
    ("text", "satang"),
    [
        ("1", 100),
        ("1,250", 125_000),
        ("1250.5", 125_050),
        ("๑๒๕๐.๒๕", 125_025),
        (" ฿ 99.99 ", 9_999),
        ("0.01", 1),
        ("１２", 1_200),
        ("100000000", AMOUNT_MAX_SATANG),
    ],
)
def test_amounts_as_people_type_them(text: str, satang: int) -> None:
    assert parse_baht(text) == satang


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.AMOUNT_INVALID),
        ("abc", Reason.AMOUNT_INVALID),
        ("-5", Reason.AMOUNT_INVALID),
        ("1.234", Reason.AMOUNT_INVALID),
        ("1e9", Reason.AMOUNT_INVALID),
        ("1" * 1_000_000, Reason.AMOUNT_INVALID),
        ("0", Reason.AMOUNT_OUT_OF_RANGE),
        ("0.00", Reason.AMOUNT_OUT_OF_RANGE),
        ("100000000.01", Reason.AMOUNT_OUT_OF_RANGE),
        ("885000012345", Reason.AMOUNT_OUT_OF_RANGE),
    ],
)
def test_amounts_that_are_none(text: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        parse_baht(text)
    assert refused.value.reason is reason
    assert len(str(refused.value.params.get("text", ""))) <= 40


@given(st.integers(1, AMOUNT_MAX_SATANG))
def test_what_is_shown_is_read_back(satang: int) -> None:
    assert parse_baht(format_baht(satang)) == satang
    assert parse_baht(format_baht(satang, symbol=False, trim=True)) == satang


def test_showing_money() -> None:
    assert format_baht(125_000) == "฿1,250.00"
    assert format_baht(125_000, trim=True) == "฿1,250"
    assert format_baht(-50) == "−฿0.50"


@given(st.integers(0, AMOUNT_MAX_SATANG), st.integers(0, 5_000))
def test_vat_inside_mirrors_and_stays_inside(gross: int, rate_bp: int) -> None:
    assert vat_included(-gross, rate_bp) == -vat_included(gross, rate_bp)
    assert 0 <= vat_included(gross, rate_bp) <= gross


def test_seven_percent_of_one_hundred_and_seven() -> None:
    assert vat_included(10_700, 700) == 700


@given(st.integers(-5, 10**9), st.sampled_from([0, 700, 1_000]))
def test_the_least_amount_with_vat_that_leaves_a_figure(net: int, rate: int) -> None:
    least = least_with_vat(net, rate)
    assert without_vat(least, rate) >= net
    if least:
        assert without_vat(least - 1, rate) < net


def test_prices_without_their_vat() -> None:
    assert [without_vat(satang, 700) for satang in (10_700, 10_699, 10_701, 1, 0)] == [10_000, 9_999, 10_001, 1, 0]
    assert [least_with_vat(satang, 700) for satang in (10_000, 1, 0, -3)] == [10_700, 1, 0, 0]
