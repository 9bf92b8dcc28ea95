"""Thai QR payment codes: published codes, and a reader of the format written apart from the writer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.promptpay import AMOUNT_MAX_SATANG, TargetKind, parse_target, payload

#: github.com/dtinth/promptpay-qr, index.test.js: written number, satang, the code that Thai banks' apps read.
PUBLISHED = [
    ("0801234567", None, "00020101021129370016A000000677010111011300668012345675802TH530376463046197"),
    ("080-123-4567", None, "00020101021129370016A000000677010111011300668012345675802TH530376463046197"),
    ("+66-89-123-4567", None, "00020101021129370016A000000677010111011300668912345675802TH5303764630429C1"),
    ("1111111111111", None, "00020101021129370016A000000677010111021311111111111115802TH530376463047B5A"),
    ("1-1111-11111-11-1", None, "00020101021129370016A000000677010111021311111111111115802TH530376463047B5A"),
    ("0123456789012", None, "00020101021129370016A000000677010111021301234567890125802TH530376463040CBD"),
    ("000-000-0000", 422, "00020101021229370016A000000677010111011300660000000005802TH530376454044.226304E469"),
]


@pytest.mark.parametrize(("number", "satang", "code"), PUBLISHED)
def test_codes_are_those_published(number: str, satang: int | None, code: str) -> None:
    assert payload(number, satang) == code


def fields(text: str) -> dict[str, str]:
    """Two digits of id, two of length, the value; until nothing is left."""
    found: dict[str, str] = {}
    while text:
        name, size = text[:2], int(text[2:4])
        assert name not in found and len(text) >= 4 + size
        found[name], text = text[4 : 4 + size], text[4 + size :]
    return found


def crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return value


NUMBERS = st.one_of(
    st.from_regex(r"0[0-9]{9}", fullmatch=True),
    st.from_regex(r"[0-9]{13}", fullmatch=True),
    st.from_regex(r"[0-9]{15}", fullmatch=True),
)


@given(NUMBERS, st.integers(1, AMOUNT_MAX_SATANG))
def test_every_code_reads_back(number: str, satang: int) -> None:
    code = payload(number, satang)
    found = fields(code)
    assert found["00"] == "01" and code.startswith("000201") and list(found)[-1] == "63"
    assert (found["01"], found["53"], found["58"]) == ("12", "764", "TH")
    baht, point, rest = found["54"].partition(".")
    assert point and int(baht) * 100 + int(rest) == satang and len(rest) == 2 and len(found["54"]) <= 13
    account = fields(found["29"])
    assert account["00"] == "A000000677010111"
    kind = {10: "01", 13: "02", 15: "03"}[len(number)]
    assert account[kind] == (f"0066{number[1:]}" if kind == "01" else number)
    assert int(found["63"], 16) == crc(code[:-4].encode())


@pytest.mark.parametrize(
    "wrong",
    ["", "1", "081234567", "8812345678", "08123456789", "12345678901234", "081-234-567x", "๐๘๑๒๓๔๕๖๗๘", "+65812345678"],
)
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_target(wrong)
    assert refused.value.reason is Reason.PROMPTPAY_INVALID


@given(st.text(max_size=40))
def test_nothing_else_is_ever_raised(text: str) -> None:
    try:
        target = parse_target(text)
    except Refusal as refused:
        assert refused.reason is Reason.PROMPTPAY_INVALID
    else:
        assert target.kind in TargetKind and target.value.isdigit() and target.value.isascii()


@pytest.mark.parametrize("satang", [0, -1, AMOUNT_MAX_SATANG + 1])
def test_an_amount_that_is_no_payment_is_a_mistake(satang: int) -> None:
    with pytest.raises(ValueError, match="cannot be paid"):
        payload("0801234567", satang)
