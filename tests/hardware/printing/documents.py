"""Random documents of every kind, as Hypothesis strategies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from pos_member.domain.documents import Document, PaperAmount, PaperLine
from tests.hardware.printing import samples

WORDS = st.lists(
    st.sampled_from(
        ["กาแฟ", "เย็น", "น้ำผึ้ง", "ที่", "ผู้ใหญ่", "ปี่", "ญี่ปุ่น", "ฟื้นฟู", "latte", "W", "i", "฿", "7-11", "(", "…", " ", "·", "I"]
    ),
    max_size=9,
).map("".join)
TEXTS = WORDS | st.text(max_size=30)
SATANG = st.integers(-(10**9), 10**9)
LANGUAGES = st.sampled_from(["th", "en"])
MOMENTS = st.integers(0, 10**6).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
DIGITS = st.text(alphabet="0123456789", min_size=16, max_size=16)
LINES = st.lists(
    st.builds(PaperLine, TEXTS, st.integers(1, 10**6), SATANG, SATANG, st.integers(0, 10**4)), max_size=6
).map(tuple)
AMOUNTS = st.lists(st.builds(PaperAmount, TEXTS, SATANG), max_size=3).map(tuple)
NOTES = st.lists(TEXTS, max_size=4).map(tuple)
SELLERS = st.builds(
    lambda name, branch, vat: replace(samples.SELLER_TH, name=name, branch_name=branch, vat_registered=vat),
    TEXTS,
    TEXTS,
    st.booleans(),
)
_MARKS = {"copy_number": st.integers(0, 3), "practice": st.booleans()}


def documents() -> st.SearchStrategy[Document]:
    """Any document that could be printed."""
    receipt = {"lines": LINES, "discounts": AMOUNTS, "tenders": AMOUNTS, "notes": NOTES, "total_satang": SATANG}
    receipt |= {"seller": SELLERS, "language": LANGUAGES, "issued_at": MOMENTS, "receipt_code": DIGITS, **_MARKS}
    coupon = {"seller": SELLERS, "title": TEXTS, "value_text": TEXTS, "code": DIGITS | TEXTS, "terms": NOTES, **_MARKS}
    coupon |= {"language": LANGUAGES, "where_text": TEXTS, "minimum_spend_satang": st.integers(0, 10**7)}
    slip = {"lines": LINES, "notes": NOTES, "number": TEXTS, "language": LANGUAGES, "issued_at": MOMENTS, **_MARKS}
    rows = st.lists(st.lists(TEXTS, min_size=1, max_size=3).map(tuple), max_size=8).map(tuple)
    report = {"seller": SELLERS, "title": TEXTS, "rows": rows, "issued_at": MOMENTS, **_MARKS}
    return st.one_of(
        _changed(samples.RECEIPT_TH, receipt),
        _changed(samples.RETURN_TH, receipt),
        _changed(samples.COUPON_TH, coupon),
        _changed(samples.ORDER_SLIP_TH, slip),
        _changed(samples.MEMBER_CARD_TH, {"seller": SELLERS, "member_name_masked": TEXTS, "language": LANGUAGES}),
        _changed(samples.DAY_REPORT_TH, report),
        _changed(samples.TEST_PAGE, {"printer_name": TEXTS, "language": LANGUAGES, "qr_text": st.text(max_size=40)}),
    )


def _changed(sample: Document, fields: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(fields).map(lambda values: replace(sample, **values))
