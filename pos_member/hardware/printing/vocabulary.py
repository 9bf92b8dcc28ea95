"""Which placeholders, flags and rows a template of each kind may use, and what a tax paper may not lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_member.domain.documents import DocumentKind


@dataclass(frozen=True)
class Vocabulary:
    """The words of one kind of template, or of the rows inside it."""

    values: frozenset[str]
    flags: frozenset[str] = frozenset()
    rows: Mapping[str, Vocabulary] = field(default_factory=dict)


_SELLER = frozenset(
    ["seller_name", "seller_branch", "seller_address", "seller_tax_id", "seller_tax_branch", "till", "cashier"]
)
_LABELLED = Vocabulary(frozenset({"label", "amount"}))
_TEXTS = Vocabulary(frozenset({"text"}))
_RECEIPT = Vocabulary(
    _SELLER
    | frozenset(
        [
            "number",
            "original_number",
            "receipt_code",
            "receipt_code_grouped",
            "issued_on",
            "issued_time",
            "gross",
            "total",
            "vat",
            "vat_rate",
            "change",
            "line_count",
            "copy_number",
            "points_name",
            "points_number",
            "points_tier",
            "points_before",
            "points_earned",
            "points_used",
            "points_after",
            "points_as_of",
        ]
    ),
    frozenset(["vat_registered", "points", "points_used", "change", "discounts", "code", "notes", "copy", "practice"]),
    {
        "lines": Vocabulary(
            frozenset(["name", "quantity", "unit_price", "amount", "discount"]), frozenset({"several", "discounted"})
        ),
        "discounts": _LABELLED,
        "tenders": _LABELLED,
        "stamps": Vocabulary(frozenset({"name", "moved", "after"})),
        "notes": _TEXTS,
    },
)

VOCABULARIES: Mapping[DocumentKind, Vocabulary] = {
    DocumentKind.RECEIPT: _RECEIPT,
    DocumentKind.RETURN: _RECEIPT,
    DocumentKind.COUPON: Vocabulary(
        _SELLER
        | frozenset(
            [
                "title",
                "value",
                "minimum_spend",
                "code",
                "code_grouped",
                "valid_from",
                "valid_to",
                "where",
                "bill_number",
                "copy_number",
            ]
        ),
        frozenset(["minimum", "one_day", "copy", "bill", "practice"]),
        {"terms": _TEXTS},
    ),
    DocumentKind.MEMBER_CARD: Vocabulary(
        _SELLER | frozenset(["member_name", "member_number", "member_number_grouped", "enrolled_on"]),
        frozenset({"practice"}),
    ),
    DocumentKind.DAY_REPORT: Vocabulary(
        _SELLER | frozenset(["title", "issued_on", "issued_time", "copy_number"]),
        frozenset({"copy", "practice"}),
        {"rows": Vocabulary(frozenset({"label", "figures"}), frozenset({"rule", "heading", "figures"}))},
    ),
    DocumentKind.ORDER_SLIP: Vocabulary(
        frozenset(["branch", "till", "number", "issued_on", "issued_time", "copy_number"]),
        frozenset({"notes", "copy", "practice"}),
        {"lines": Vocabulary(frozenset({"name", "quantity"})), "notes": _TEXTS},
    ),
    DocumentKind.TEST_PAGE: Vocabulary(frozenset({"printer_name", "qr_text"})),
}

#: Abbreviated tax invoice, Revenue Code section 86/6: these must reach the paper of a registered seller.
TAX_PLACEHOLDERS = frozenset(
    {"seller_name", "seller_tax_id", "number", "issued_on", "total", "lines.name", "lines.quantity", "lines.amount"}
)
TAX_WORDS = ("ใบกำกับภาษีอย่างย่อ", "ราคารวมภาษีมูลค่าเพิ่มแล้ว")
#: A return is no tax invoice and, without all that section 86/10 asks for, no credit note: its slip must not say so.
FORBIDDEN_WORDS: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.RETURN: ("ใบกำกับภาษี", "ใบลดหนี้", "TAX INVOICE", "CREDIT NOTE"),
}
