"""The product behind a code, over a real store: exact bar codes first, then labels, then the shop's own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.domain.codes import make_staff_badge
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.in_store import make_label
from pos_member.domain.org import InStoreCode, InStoreValue, Product, Staff
from tests.db_support import put
from tests.factories import QuickHasher, World, make_settings, make_things, make_world

WEIGHT = InStoreCode("21", InStoreValue.WEIGHT)
PRICE = InStoreCode("22", InStoreValue.PRICE, 5, 4, value_check=True)
PORK = Product("pork", "PORK", make_label(WEIGHT, 12345, 0), "หมูสับ", "Minced pork", "cat-goods", "brand-1", 189_00)
BUN = Product("bun", "BUN", make_label(PRICE, 777, 0), "ซาลาเปา", "Bun", "cat-goods", "brand-1", 15_00)
#: A shop that keeps one package under its whole label, a UPC-A with twelve digits, and a number of no known shape.
WHOLE = Product("whole", "W", make_label(WEIGHT, 12345, 500), "หมูถาด", "Tray", "cat-goods", "brand-1", 99_00)
UPC = Product("upc", "U", "036000291452", "ทิชชู", "Tissue", "cat-goods", "brand-1", 20_00)
ODD = Product("odd", "O", "123456789012345", "ของแปลก", "Odd", "cat-goods", "brand-1", 5_00)
PARCEL = Product("parcel", "RR123456785TH", "RR123456785TH", "พัสดุ", "Parcel", "cat-goods", "brand-1", 40_00)
GONE = Product("gone", "G", make_label(WEIGHT, 99, 0), "เลิกขาย", "Gone", "cat-goods", "brand-1", 1_00, (), False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    settings = make_settings(in_store=(WEIGHT, PRICE))
    goods = (PORK, BUN, WHOLE, UPC, ODD, PARCEL, GONE)
    made = make_world(tmp_path, [*make_things(QuickHasher(), settings), *goods])
    yield made
    made.folder.close()


@pytest.mark.parametrize(
    ("text", "product", "weight", "price"),
    [
        (make_label(WEIGHT, 12345, 350), "pork", 350, None),
        (make_label(PRICE, 777, 2875), "bun", None, 2_875),
        (make_label(WEIGHT, 12345, 500), "whole", None, None),
        (PORK.barcode, "pork", 0, None),
        ("036000291452", "upc", None, None),
        ("0036000291452", "upc", None, None),
        ("123456789012345", "odd", None, None),
        ("RR123456785TH", "parcel", None, None),
        ("LATTE", "latte", None, None),
    ],
)
def test_what_a_code_leads_to(world: World, text: str, product: str, weight: int | None, price: int | None) -> None:
    found = world.till.lookup.resolve(text)
    assert found.product is not None and found.product.id == product
    assert (found.quantity_milli, found.price_satang) == (weight, price)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (make_label(WEIGHT, 54321, 350), Reason.PRODUCT_UNKNOWN),
        (make_label(WEIGHT, 99, 350), Reason.PRODUCT_UNKNOWN),  # no longer sold
        (GONE.barcode, Reason.PRODUCT_UNKNOWN),
        ("2200777828753", Reason.CODE_MISTYPED),
        ("", Reason.TEXT_EMPTY),
        ("https://example.com/x", Reason.CODE_FOREIGN),
    ],
)
def test_what_leads_nowhere(world: World, text: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refusal:
        world.till.lookup.resolve(text)
    assert refusal.value.reason is reason


def test_words_that_are_no_number_of_the_shop_stay_words(world: World) -> None:
    for text in ("latte", "LATT", "สินค้า"):
        assert world.till.lookup.resolve(text).product is None


def test_without_rules_a_label_is_an_unknown_product(tmp_path: Path) -> None:
    plain = make_world(tmp_path)
    with pytest.raises(Refusal) as refusal:
        plain.till.lookup.resolve(make_label(WEIGHT, 12345, 350))
    assert refusal.value.reason is Reason.PRODUCT_UNKNOWN
    plain.folder.close()


@pytest.mark.parametrize("text", ["(01)", "สม1", "ab12", "a1b", "''1", '"1"', "%_1", "no 7"])
def test_letters_with_few_figures_are_searched_for(world: World, text: str) -> None:
    world.enrol(first_name="สม1 x")
    found = world.till.lookup.search_members(text)
    assert [row.card.name_masked for row in found] == ([found[0].card.name_masked] if text == "สม1" else [])


def test_a_badge_names_one_active_person_of_this_branch(world: World) -> None:
    mine, twice, away, gone = (make_staff_badge(lambda below, n=n: n) for n in (11, 22, 33, 44))
    people = {each.code: each for each in make_things(QuickHasher()) if isinstance(each, Staff)}
    put(
        world.folder,
        [
            replace(people["1001"], badge=mine),
            replace(people["1002"], badge=twice),
            replace(people["1003"], badge=twice),
            replace(people["2001"], badge=away),
            replace(people["1004"], badge=gone, active=False),
        ],
    )
    assert world.till.staff.by_badge(mine).code == "1001"
    for badge in (
        twice,
        away,
        gone,
        make_staff_badge(lambda below: 55),
        "",
        "1001",
        mine[:-1] + str((int(mine[-1]) + 1) % 10),
    ):
        with pytest.raises(Refusal) as refusal:
            world.till.staff.by_badge(badge)
        assert refusal.value.reason is Reason.BADGE_UNKNOWN
