"""What typed text means, and the pure parts of paying."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import TenderKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.entry import Amount, Look, Nothing, Times, read_entry
from pos_member.ui.tendering import Tendering, quick_notes

CASH, CARD = TenderKind.CASH, TenderKind.CARD


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Nothing()),
        ("   ", Nothing()),
        ("350", Amount(350_00)),
        ("1,250.50", Amount(1_250_50)),
        ("๓๕๐", Amount(350_00)),
        ("0.50", Amount(50)),
        (".75", Amount(75)),
        ("฿40", Amount(40_00)),
        ("9999999", Amount(9_999_999_00)),
        ("5*", Times(5_000)),
        ("0.25 *", Times(250)),
        ("3*45", Amount(45_00, 3_000)),
        ("0812345678", Look("0812345678", ScanKind.PHONE)),
        ("021234567", Look("021234567", ScanKind.PHONE)),
        ("081234", Look("081234", ScanKind.TEXT)),
        ("สมหญิง", Look("สมหญิง", ScanKind.TEXT)),
        ("2*8850000000012", Look("8850000000012", ScanKind.PRODUCT, 2_000)),
    ],
)
def test_meanings(text: str, meaning: object) -> None:
    found = read_entry(text)
    if isinstance(meaning, Look) and meaning.kind is ScanKind.PRODUCT:
        assert isinstance(found, Look) and found.quantity_milli == meaning.quantity_milli
    else:
        assert found == meaning


@pytest.mark.parametrize("text", ["0*", "0.0*5"])
def test_a_quantity_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_entry(text)
    assert refused.value.reason is Reason.QUANTITY_OUT_OF_RANGE


@given(st.text(max_size=60))
def test_any_text_has_one_meaning_or_a_refusal(text: str) -> None:
    try:
        found = read_entry(text)
    except Refusal:
        return
    assert isinstance(found, Nothing | Times | Amount | Look)
    if isinstance(found, Amount):
        assert 0 < found.amount_satang <= 9_999_999_99


@given(st.integers(1, 5_000_00))
def test_quick_notes_are_above_the_sum_rising_and_few(due: int) -> None:
    notes = quick_notes(due)
    assert list(notes) == sorted(set(notes)) and len(notes) <= 4
    assert all(note > due for note in notes)


def test_notes_a_customer_hands_over() -> None:
    assert quick_notes(135_00) == (140_00, 150_00, 200_00, 500_00)
    assert quick_notes(580_00) == (600_00, 1_000_00)


def test_cash_alone_is_rounded_and_mixed_is_not() -> None:
    paying = Tendering(100_30, 100_25)
    assert paying.left_satang(CASH) == 100_25 and paying.left_satang(CARD) == 100_30
    split = paying.note(CARD, 50_00)
    assert split.left_satang(CASH) == 50_30 and not split.settled
    assert split.note(CASH, 60_00).change_satang == 9_70
    assert split.without_last() == paying


def test_a_bill_of_nothing_is_settled() -> None:
    assert Tendering(0, 0).settled and Tendering(0, 0).change_satang == 0
