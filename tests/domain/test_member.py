"""Phones, names, birthdays and what is shown of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import (
    NAME_MAX,
    Birthday,
    clean_name,
    format_phone,
    graphemes,
    mask_name,
    mask_number,
    mask_phone,
    normalise_phone,
)


@pytest.mark.parametrize(
    "text",
    [
        "0812345678",
        "081-234-5678",
        "081 234 5678",
        "(081) 234-5678",
        "081.234.5678",
        "+66812345678",
        "+66 81 234 5678",
        "+66 (0) 81 234 5678",
        "66812345678",
        "0066812345678",
        "0066 81-234-5678",
        "๐๘๑๒๓๔๕๖๗๘",
        "０８１２３４５６７８",
        "081–234–5678",
        "081\u2011234\u20115678",
        "081\u00a0234\u00a05678",
        " 0812345678\n",
        "\u200b0812345678",
        "\ufeff081\u2212234\u20145678",
        "\u202a+66 81 234 5678\u202c",
    ],
)
def test_every_spelling_of_one_mobile_phone(text: str) -> None:
    assert normalise_phone(text) == "+66812345678"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("02-123-4567", "+6621234567"),
        ("021234567", "+6621234567"),
        ("6621234567", "+6621234567"),
        ("053123456", "+6653123456"),
        ("0612345678", "+66612345678"),
        ("0912345678", "+66912345678"),
        ("+1 202 555 0123", "+12025550123"),
        ("+856 20 5555 1234", "+8562055551234"),
        ("00447911123456", "+447911123456"),
    ],
)
def test_other_phones(text: str, phone: str) -> None:
    assert normalise_phone(text) == phone
    assert normalise_phone(phone) == phone
    assert normalise_phone(format_phone(phone)) == phone


@pytest.mark.parametrize(
    "text",
    (
        *("", " ", "0", "1669", "08123456", "081234567", "08123456789", "0112345678", "+66112345678", "+6681234567"),
        *("+668123456789", "+0812345678", "++66812345678", "abc", "081-CALL-ME", "0812345678 ext 5", "-", "+", "+66"),
        *("0812345678" * 100_000, "\x00" * 9, "😀😀😀", "081234567²", "0812345678/0898765432", "1234567890123"),
    ),
)
def test_what_is_no_phone(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        normalise_phone(text)
    assert refused.value.reason is Reason.PHONE_INVALID


@given(st.text(max_size=30))
def test_a_phone_is_refused_or_normal(text: str) -> None:
    try:
        phone = normalise_phone(text)
    except Refusal:
        return
    assert phone.startswith("+") and phone[1:].isascii() and phone[1:].isdigit()
    assert normalise_phone(phone) == phone


def test_masked_phones_show_the_end_only() -> None:
    assert mask_phone("+66812344567") == "08x-xxx-4567"
    assert mask_phone("+6621234567") == "02x-xxx-4567"
    assert mask_phone("+12025550123") == "+12xxxxx0123"
    assert mask_phone("") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("   ", ""),
        ("  สมหญิง   ใจดี ", "สมหญิง ใจดี"),
        ("สม\nหญิง\tใจดี", "สม หญิง ใจดี"),
        ("José", "José"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("สม\x00หญิง\x1b", "สมหญิง"),
        ("👩‍👩‍👧 ครอบครัว", "👩‍👩‍👧 ครอบครัว"),
        ("ไอ❤️ที", "ไอ❤️ที"),
        ("عبد الله", "عبد الله"),
        ("\u202eevil\u202c", "evil"),
        ("ab\ufeffc", "abc"),
        ("zero\u200bwidth", "zerowidth"),
        ("x\ud800y", "xy"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 1_000_000, Reason.TEXT_TOO_LONG),
        ("ก" * (NAME_MAX + 1), Reason.TEXT_TOO_LONG),
        ("\x00\x01\x02", Reason.TEXT_NOT_PRINTABLE),
        ("\u200b\u202e\ufeff", Reason.TEXT_NOT_PRINTABLE),
        ("\ud800\udfff", Reason.TEXT_NOT_PRINTABLE),
        ("\u200d\ufe0f", Reason.TEXT_NOT_PRINTABLE),
    ],
)
def test_names_that_are_refused(text: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        clean_name(text)
    assert refused.value.reason is reason


@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1"))))
def test_a_cleaned_name_is_fit_to_store_and_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except Refusal:
        return
    assert clean_name(name) == name
    assert len(name) <= NAME_MAX
    assert name == unicodedata.normalize("NFC", name)
    name.encode()
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for char in name)


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("กี่", ["กี่"]),
        ("น้ำ", ["น้ำ"]),
        ("👩‍👩‍👧x", ["👩‍👩‍👧", "x"]),
        ("👍🏽a", ["👍🏽", "a"]),
        ("🇹🇭🇱🇦", ["🇹🇭", "🇱🇦"]),
        ("e\u0301b", ["e\u0301", "b"]),
        ("", []),
    ],
)
def test_graphemes(text: str, clusters: list[str]) -> None:
    assert graphemes(text) == clusters


@given(st.text())
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("first", "last", "masked"),
    [
        ("สมหญิง", "ใจดี", "สมหญิง จ."),
        ("สมชาย", "ก้องเกียรติ", "สมชาย ก."),
        ("Anna", "Österberg", "Anna Ö."),
        ("Anna", "e\u0301toile", "Anna e\u0301."),
        ("Anna", "", "Anna"),
        ("", "ใจดี", "จ."),
        ("สม", "เ", "สม"),
        ("Kid", "👩‍👩‍👧x", "Kid 👩‍👩‍👧."),
    ],
)
def test_masked_names(first: str, last: str, masked: str) -> None:
    assert mask_name(first, last) == masked


def test_masked_member_numbers_keep_their_ends() -> None:
    assert mask_number("2900000014821") == "29•••••••4821"


def test_birthdays() -> None:
    assert Birthday(29, 2).year is None
    for day, month, year in ((29, 2, 2023), (31, 4, None), (0, 1, None), (1, 13, None), (1, 1, 10_000), (1, 1, -1)):
        with pytest.raises(Refusal) as refused:
            Birthday(day, month, year)
        assert refused.value.reason is Reason.DATE_INVALID
