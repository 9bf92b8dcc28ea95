"""Weighed and priced goods: what a scale's label says, to the gram and the satang."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import MILLI, BillDraft
from pos_member.domain.check_digits import gs1_digit
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.in_store import InStoreLabel, make_label, read_label, ring_up, usable, value_check_digit
from pos_member.domain.org import InStoreCode, InStoreValue, Product, Settings
from pos_member.domain.settings_check import check_settings

WEIGHT = InStoreCode("21", InStoreValue.WEIGHT)
PRICE = InStoreCode("22", InStoreValue.PRICE)
CHECKED_4 = InStoreCode("23", InStoreValue.PRICE, 5, 4, value_check=True)
CHECKED_5 = InStoreCode("24", InStoreValue.WEIGHT, 4, 5, value_check=True)
RULES = (WEIGHT, PRICE, CHECKED_4, CHECKED_5)
PORK = Product("pork", "P", make_label(WEIGHT, 12345, 0), "หมู", "Pork", "c", "b", 18_999)


def _draft() -> BillDraft:
    return BillDraft("d", datetime(2026, 11, 21, tzinfo=UTC))


def _ean(body: str) -> str:
    return body + gs1_digit(body)


def test_the_check_digits_of_the_gs1_specifications() -> None:
    """The worked examples of the General Specifications 7.9.2 and 7.9.3, and what is worked out by hand."""
    assert value_check_digit("2875") == "9"
    assert value_check_digit("14685") == "6"
    assert value_check_digit("0000") == value_check_digit("00000") == "0"
    # 2- of 1 is 2, 2- of 2 is 4, 3 of 3 is 9, 5- of 4 is 8: 23, times 3 is 69.
    assert value_check_digit("1234") == "9"


@pytest.mark.parametrize("value", ["", "1", "123", "123456", "12a4", "๑๒๓๔"])
def test_other_lengths_have_no_check_digit(value: str) -> None:
    with pytest.raises(ValueError):
        value_check_digit(value)


@pytest.mark.parametrize("size", [4, 5])
def test_a_single_wrong_figure_is_always_found(size: int) -> None:
    for seed in range(0, 10**size, 37):
        value = f"{seed:0{size}d}"
        check = value_check_digit(value)
        for at in range(size):
            for digit in "0123456789":
                other = value[:at] + digit + value[at + 1 :]
                assert (value_check_digit(other) == check) == (other == value), (value, other)


def test_a_label_tells_its_product_and_its_weight() -> None:
    code = _ean("21" + "12345" + "00350")
    assert read_label(code, RULES) == InStoreLabel(PORK.barcode, quantity_milli=350)
    assert read_label(PORK.barcode, RULES) == InStoreLabel(PORK.barcode, quantity_milli=0)


def test_a_label_tells_its_price() -> None:
    assert read_label(_ean("22" + "00042" + "07350"), RULES) == InStoreLabel(make_label(PRICE, 42, 0), None, 7_350)
    checked = _ean("23" + "00777" + "9" + "2875")
    assert read_label(checked, RULES) == InStoreLabel(make_label(CHECKED_4, 777, 0), None, 2_875)
    assert read_label(_ean("24" + "0777" + "6" + "14685"), RULES) == InStoreLabel(
        make_label(CHECKED_5, 777, 0), quantity_milli=14_685
    )


def test_a_wrong_check_digit_of_the_value_is_not_believed() -> None:
    with pytest.raises(Refusal) as refusal:
        read_label(_ean("23" + "00777" + "8" + "2875"), RULES)
    assert refusal.value.reason is Reason.CODE_MISTYPED


@pytest.mark.parametrize(
    "code", ["", "8850999320007", "2112345003509", "211234500350", "29" + "0" * 11, "๒๑๑๒๓๔๕๐๐๓๕๐๕"]
)
def test_other_codes_are_no_labels(code: str) -> None:
    assert read_label(code, RULES) is None


def test_without_a_rule_nothing_is_a_label() -> None:
    assert read_label(_ean("211234500350"), ()) is None
    assert read_label(_ean("271234500350"), RULES) is None


@given(st.sampled_from(RULES), st.integers(0, 9_999), st.integers(0, 9_999))
def test_what_a_scale_prints_is_read_back(rule: InStoreCode, item: int, value: int) -> None:
    label = read_label(make_label(rule, item, value), RULES)
    assert label is not None and label.barcode == make_label(rule, item, 0)
    assert (label.quantity_milli if rule.value is InStoreValue.WEIGHT else label.price_satang) == value


@given(st.text(max_size=20))
def test_no_text_makes_reading_fail_but_by_the_one_refusal(text: str) -> None:
    try:
        read_label(text, RULES)
    except Refusal as refusal:
        assert refusal.reason is Reason.CODE_MISTYPED


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (WEIGHT, True),
        (CHECKED_4, True),
        (replace(WEIGHT, prefix="29"), False),
        (replace(WEIGHT, prefix="19"), False),
        (replace(WEIGHT, prefix="2"), False),
        (replace(WEIGHT, item_digits=6), False),
        (replace(WEIGHT, item_digits=10, value_digits=0), False),
        (replace(WEIGHT, item_digits=6, value_digits=3, value_check=True), False),
    ],
)
def test_rules_that_make_no_code_are_refused_with_the_settings(rule: InStoreCode, good: bool) -> None:
    assert usable(rule) is good
    assert bool(check_settings(Settings(in_store=(rule,)))) is not good
    if not good:
        assert read_label(_ean("211234500350"), (rule,)) is None


def test_a_prefix_means_one_thing() -> None:
    assert check_settings(Settings(in_store=(WEIGHT, replace(PRICE, prefix="21"))))


# --- on the bill -------------------------------------------------------------------------------------------


def test_weight_times_price_halves_up() -> None:
    # 0.350 kg at 189.99 a kilogram is 66.4965: 66.50.
    draft = ring_up(_draft(), PORK, MILLI, weight_milli=350)
    assert (draft.lines[0].quantity_milli, draft.gross_satang) == (350, 66_50)
    # 0.050 kg at 0.10: half a satang.
    assert ring_up(_draft(), replace(PORK, price_satang=10), MILLI, weight_milli=50).gross_satang == 1
    assert ring_up(_draft(), replace(PORK, price_satang=10), MILLI, weight_milli=49).gross_satang == 0


def test_two_packages_of_one_product_weigh_together() -> None:
    draft = ring_up(ring_up(_draft(), PORK, MILLI, weight_milli=350), PORK, MILLI, weight_milli=125)
    assert [line.quantity_milli for line in draft.lines] == [475]


def test_a_price_is_that_of_the_package_and_never_changed() -> None:
    draft = ring_up(_draft(), PORK, MILLI, price_satang=73_50)
    draft = ring_up(draft, PORK, MILLI, price_satang=61_25)
    assert [(line.product_id, line.quantity_milli, line.gross_satang) for line in draft.lines] == [
        ("pork", MILLI, 73_50),
        ("pork", MILLI, 61_25),
    ]
    assert ring_up(_draft(), PORK, 3 * MILLI, price_satang=10_00).gross_satang == 30_00


def test_three_times_a_weight() -> None:
    assert ring_up(_draft(), PORK, 3 * MILLI, weight_milli=350).lines[0].quantity_milli == 1_050


@pytest.mark.parametrize("empty", [{"weight_milli": 0}, {"price_satang": 0}])
def test_a_label_without_a_figure_asks_for_the_weight_and_takes_a_keyed_one(empty: dict[str, int]) -> None:
    with pytest.raises(Refusal) as refusal:
        ring_up(_draft(), PORK, MILLI, **empty)
    assert refusal.value.reason is Reason.LABEL_EMPTY
    assert ring_up(_draft(), PORK, 350, **empty).gross_satang == 66_50


def test_goods_that_are_not_weighed_are_as_before() -> None:
    assert ring_up(_draft(), PORK, MILLI) == _draft().add_product(PORK)
