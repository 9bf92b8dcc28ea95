"""What a scanned or typed text means, and that no text at all makes ``classify`` fail."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.codes import (
    format_coupon_code,
    make_coupon_code,
    make_member_number,
    make_receipt_code,
    make_staff_badge,
)
from pos_member.domain.kedmanee import to_thai_keys, to_us_keys
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX, ScanKind, classify

MEMBER = "2907780802207"
COUPON = "8123456789012362"
RECEIPT = "50001200000000034588"
BADGE = make_staff_badge(lambda below: 123_456_789_012_345)
PRODUCT = "8850999320007"
OURS = {
    MEMBER: ScanKind.MEMBER,
    COUPON: ScanKind.COUPON,
    RECEIPT: ScanKind.RECEIPT,
    BADGE: ScanKind.STAFF,
    PRODUCT: ScanKind.PRODUCT,
}
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# Thai Kedmanee under Caps Lock on Windows: the digit row gives its shifted characters.
CAPS_DIGITS = str.maketrans("1234567890", "+๑๒๓๔ู฿๕๖๗")


@pytest.mark.parametrize(("code", "kind"), OURS.items())
def test_each_code_in_every_dress(code: str, kind: ScanKind) -> None:
    dresses = [
        code,
        f"  {code}\r\n",
        f"]Q1{code}",
        f"\x02]E0{code}\x03",
        f"\ufeff{code}\u200b",
        format_coupon_code(code),
        format_coupon_code(code).replace(" ", "-"),
        format_coupon_code(code).replace(" ", " – "),
        "\u00a0".join(code),
        code.translate(THAI_DIGITS),
        to_thai_keys(code),
        to_thai_keys(f"]Q1{code}"),
        to_thai_keys(format_coupon_code(code)),
        code.translate(CAPS_DIGITS),
        code.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]
    for text in dresses:
        meaning = classify(text)
        assert (meaning.kind, meaning.code) == (kind, code), text
        assert meaning.raw == text
        assert meaning.looks_like is None


@pytest.mark.parametrize(("code", "kind"), OURS.items())
def test_one_wrong_digit_says_which_kind_it_looks_like(code: str, kind: ScanKind) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for text in (wrong, format_coupon_code(wrong), to_thai_keys(wrong)):
        meaning = classify(text)
        assert (meaning.kind, meaning.looks_like, meaning.code) == (ScanKind.MISTYPED, kind, wrong)


def test_ean_of_a_member_range_without_the_damm_digit_is_no_member() -> None:
    """Another system's 29-label with a right EAN digit must not pass for a card."""
    meaning = classify("2900000000001")
    assert (meaning.kind, meaning.looks_like) == (ScanKind.MISTYPED, ScanKind.MEMBER)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("036000291452", ScanKind.PRODUCT, "0036000291452"),
        ("04252614", ScanKind.PRODUCT, "0042100005264"),
        ("2012345001503", ScanKind.PRODUCT, "2012345001503"),
        ("0812345678", ScanKind.PHONE, "+66812345678"),
        ("081-234-5678", ScanKind.PHONE, "+66812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", ScanKind.PHONE, "+66812345678"),
        ("(081) 234-5678", ScanKind.PHONE, "+66812345678"),
        ("+66 81 234 5678", ScanKind.PHONE, "+66812345678"),
        ("66812345678", ScanKind.PHONE, "+66812345678"),
        ("02-123-4567", ScanKind.PHONE, "+6621234567"),
        ("+4915112345678", ScanKind.PHONE, "+4915112345678"),
        ("จคๅ/-ภถุึค", ScanKind.PHONE, "+66812345678"),
        ("https://example.com/m?id=1", ScanKind.FOREIGN, "https://example.com/m?id=1"),
        ("HTTP://EXAMPLE.COM", ScanKind.FOREIGN, "HTTP://EXAMPLE.COM"),
        ("www.example.com", ScanKind.FOREIGN, "www.example.com"),
        ("example.com/menu", ScanKind.FOREIGN, "example.com/menu"),
        ("WIFI:T:WPA;S:shop;P:secret;;", ScanKind.FOREIGN, "WIFI:T:WPA;S:shop;P:secret;;"),
        ("BEGIN:VCARD\nVERSION:3.0", ScanKind.FOREIGN, "BEGIN:VCARD VERSION:3.0"),
        ("00020101021129370016A000000677010111", ScanKind.FOREIGN, "00020101021129370016A000000677010111"),
        ('{"id": 1}', ScanKind.FOREIGN, '{"id": 1}'),
        ("4111 1111 1111 1111", ScanKind.FOREIGN, "4111111111111111"),
        ("123456789012345", ScanKind.FOREIGN, "123456789012345"),
        ("", ScanKind.TEXT, ""),
        ("  \r\n\t ", ScanKind.TEXT, ""),
        ("250", ScanKind.TEXT, "250"),
        ("1,250.50", ScanKind.TEXT, "1,250.50"),
        ("-5", ScanKind.TEXT, "-5"),
        ("1234567", ScanKind.TEXT, "1234567"),
        ("081234", ScanKind.TEXT, "081234"),
        ("08123456", ScanKind.TEXT, "08123456"),
        ("12345678", ScanKind.MISTYPED, "12345678"),
        ("8 850999 320007", ScanKind.PRODUCT, "8850999320007"),
        ("สมหญิง  จันทร์เพ็ญ", ScanKind.TEXT, "สมหญิง จันทร์เพ็ญ"),
        ("ตุ๊กตา", ScanKind.TEXT, "ตุ๊กตา"),
        ("Note: call back", ScanKind.TEXT, "Note: call back"),
        ("COFFEE-250G", ScanKind.TEXT, "COFFEE-250G"),
        ("O'Brien", ScanKind.TEXT, "O'Brien"),
        ("👩‍👩‍👧 🎂", ScanKind.TEXT, "👩👩👧 🎂"),
        ("\u202eabc", ScanKind.TEXT, "abc"),
        ("]Q1", ScanKind.TEXT, ""),
    ],
)
def test_meanings(text: str, kind: ScanKind, code: str) -> None:
    meaning = classify(text)
    assert (meaning.kind, meaning.code) == (kind, code)


def test_url_typed_through_a_thai_keyboard_is_foreign() -> None:
    assert classify(to_thai_keys("https://example.com/a")).kind is ScanKind.FOREIGN


def test_too_long_is_foreign_and_cut() -> None:
    for text in ("a" * 1_000_000, "๑" * 1_000_000, " " * 1_000_000, "8" * 1_000_000, "]Q1" * 300_000):
        meaning = classify(text)
        assert meaning.kind is ScanKind.FOREIGN
        assert len(meaning.raw) == SCAN_TEXT_MAX
        assert len(meaning.code) <= SCAN_TEXT_MAX


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=600), st.text(alphabet="0123456789 -๐๑ๅ/ภถุึคตจ]Q+()", max_size=40)))
def test_never_raises_and_is_stable(text: str) -> None:
    meaning = classify(text)
    assert isinstance(meaning.kind, ScanKind)
    assert (meaning.kind is ScanKind.MISTYPED) == (meaning.looks_like is not None)
    assert classify(text) == meaning
    if meaning.kind in (ScanKind.MEMBER, ScanKind.COUPON, ScanKind.STAFF, ScanKind.RECEIPT, ScanKind.PRODUCT):
        assert classify(meaning.code).kind is meaning.kind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_binary_never_raises(data: bytes) -> None:
    classify(data.decode("latin-1"))
    classify(data.decode("utf-8", errors="surrogateescape"))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9_999), st.integers(0, 99_999), st.integers(0, 10**13 - 1))
def test_made_codes_mean_themselves(till: int, counter: int, drawn: int) -> None:
    key = "5a" * 16
    assert classify(make_member_number(key, till, counter)).kind is ScanKind.MEMBER
    assert classify(make_coupon_code(lambda below: drawn)).kind is ScanKind.COUPON
    assert classify(make_receipt_code(till, counter)).kind is ScanKind.RECEIPT


def test_layout_strings_are_one_to_one() -> None:
    keys = "".join(chr(code) for code in range(33, 127))
    assert len(set(to_thai_keys(keys))) == len(keys) == 94
    assert to_us_keys(to_thai_keys(keys)) == keys


def test_thai_names_are_not_taken_for_codes() -> None:
    """Letters alone: 3,000 random words of Thai letters stay text."""
    dice = random.Random(11)
    letters = "กขคงจชซญดตถทธนบปผพฟภมยรลวศสหอะาิีึืุูเแโใไ่้๊"
    for _ in range(3_000):
        word = "".join(dice.choice(letters) for _ in range(dice.randrange(2, 12)))
        assert classify(word).kind is ScanKind.TEXT, word
