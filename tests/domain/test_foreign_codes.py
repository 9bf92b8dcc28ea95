"""GS1 strings lead to their product; what other systems' codes are is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.foreign_codes import ForeignHint, foreign_hint
from pos_member.domain.gs1_strings import ElementString, read_element_string
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.wording import keys

GTIN = "08850999320007"
EAN = "8850999320007"
GS = "\x1d"


@pytest.mark.parametrize(
    ("text", "weight", "price"),
    [
        (f"(01){GTIN}", None, None),
        (f"(01){GTIN}(10)LOT-7(17)271231", None, None),
        (f"(01){GTIN}(3103)000350", 350, None),
        (f"(01){GTIN}(3102)000035", 350, None),
        (f"(01){GTIN}(3105)034950", 350, None),  # 0.34950 kg, halves up
        (f"(01){GTIN}(3922)7350", None, 7_350),
        (f"(01){GTIN}(3920)73", None, 7_300),
        (f"(01){GTIN}(3932)7647350", None, 7_350),
        (f"(01){GTIN}(3932)8407350", None, None),  # dollars
        (f"]C101{GTIN}", None, None),
        (f"]e001{GTIN}3103000350", 350, None),
        (f"]d201{GTIN}10LOT-7{GS}3103000350", 350, None),
        (f"01{GTIN}10LOT-7{GS}17271231", None, None),
        (f"{GS}01{GTIN}21X{GS}", None, None),
        (f"01{GTIN}", None, None),
        (f"https://id.gs1.org/01/{GTIN}", None, None),
        (f"https://example.com/shop/01/{GTIN}/10/LOT?17=271231", None, None),
        (f"HTTPS://EXAMPLE.COM/01/{EAN}", None, None),
    ],
)
def test_a_gs1_string_means_its_product(text: str, weight: int | None, price: int | None) -> None:
    assert read_element_string(text) == ElementString(GTIN, weight, price)
    meaning = classify(text)
    assert (meaning.kind, meaning.code) == (ScanKind.PRODUCT, EAN)
    assert (meaning.quantity_milli, meaning.price_satang) == (weight, price)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01",
        f"(01){GTIN[:-1]}8",  # its check digit is wrong
        f"(01){GTIN}(10",
        f"(01){GTIN} and more",
        f"01{GTIN}31030003",  # cut off
        f"(01){GTIN}(3103)001500(3103)002500",  # two weights of one package
        f"01{GTIN}0118850999320004",  # two products
        f"01{GTIN}ZZ",
        "(10)LOT-7",  # no product
        f"]C1{EAN}",
        "https://example.com/01/menu",
        "01" + "๐" * 14,
        f"(๐๑){GTIN}",
    ],
)
def test_half_a_string_is_none(text: str) -> None:
    assert read_element_string(text) is None


def test_a_case_of_goods_is_a_product_of_its_own() -> None:
    meaning = classify("(01)18850999320004")
    assert (meaning.kind, meaning.code) == (ScanKind.PRODUCT, "18850999320004")
    assert classify("18850999320004").kind is ScanKind.PRODUCT


def test_a_members_number_in_a_gs1_string_is_no_member() -> None:
    assert classify("(01)02907780802207").kind is ScanKind.TEXT


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("00020101021129370016A000000677010111", ForeignHint.PAYMENT),
        ("|099400016550100\r12345\r6789\r0", ForeignHint.PAYMENT),
        ("286012345678901234", ForeignHint.PAYMENT),
        ("bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", ForeignHint.PAYMENT),
        ("0041000600000101030140225202611211234567890123455102TH9104ABCD", ForeignHint.SLIP),
        ("4111 1111 1111 1111", ForeignHint.CARD),
        ("https://line.me/R/ti/p/@shop", ForeignHint.LINE),
        ("https://lin.ee/AbCdEf", ForeignHint.LINE),
        ("line://ti/p/@shop", ForeignHint.LINE),
        ("WIFI:T:WPA;S:shop;P:secret;;", ForeignHint.WIFI),
        ("BEGIN:VCARD\nVERSION:3.0", ForeignHint.CONTACT),
        ("mailto:a@example.com", ForeignHint.CONTACT),
        ("RR123456785TH", ForeignHint.TRACKING),
        ("SPXTH01234567890", ForeignHint.TRACKING),
        ("https://example.com/online.menu", ForeignHint.LINK),
        ("example.com/menu", ForeignHint.LINK),
        ('{"id": 1}', ForeignHint.OTHER),
        ("123456789012345", ForeignHint.OTHER),
    ],
)
def test_what_a_foreign_code_seems_to_be(text: str, hint: ForeignHint) -> None:
    meaning = classify(text)
    assert (meaning.kind, meaning.hint) == (ScanKind.FOREIGN, hint)


@pytest.mark.parametrize("text", ["RR123456784TH", "COFFEE-250G", "250", "สมหญิง", "Tel me", "4111", "line", ""])
def test_what_is_none_of_them(text: str) -> None:
    assert foreign_hint(text) is None


def test_every_hint_but_the_last_has_words_of_its_own() -> None:
    assert keys("foreign") == {hint.value for hint in ForeignHint} - {ForeignHint.OTHER.value}


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), st.text(alphabet="0123456789()]CedQ\x1d ๐๑|THRline:/.", max_size=60)))
def test_no_text_makes_either_fail(text: str) -> None:
    found = read_element_string(text)
    assert found is None or len(found.gtin) == 14
    foreign_hint(text)
    meaning = classify(text)
    assert (meaning.hint is not None) == (meaning.kind is ScanKind.FOREIGN)
