"""What papers, styles, parts and placeholders are called."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.documents import DocumentKind
from pos_member.ui.i18n import language, mark, pick, tr, tr_marked
from pos_member.ui.templates.model import Part
from pos_member.wording import keys, say

PAPERS = {
    DocumentKind.RECEIPT: mark("Receipt, tax invoice"),
    DocumentKind.RETURN: mark("Return slip"),
    DocumentKind.COUPON: mark("Coupon"),
    DocumentKind.MEMBER_CARD: mark("Member card"),
    DocumentKind.DAY_REPORT: mark("Shift report"),
    DocumentKind.ORDER_SLIP: mark("Order slip"),
    DocumentKind.TEST_PAGE: mark("Test page"),
}
#: Size and weight of a text, by what it is for.
STYLES = (
    ("small", mark("Small")),
    ("body", mark("Normal")),
    ("strong", mark("Bold")),
    ("heading", mark("Larger")),
    ("title", mark("Large")),
    ("total", mark("As the total")),
    ("code", mark("As a code")),
    ("big", mark("Very large")),
)
#: Tenths of a millimetre that a square of a QR code is wide.
MODULES = (3, 4, 5, 6, 7, 8, 9, 10, 12)


@dataclass(frozen=True)
class Word:
    """A placeholder and what it stands for, in the window's language."""

    name: str
    said: str


def paper_name(kind: DocumentKind) -> str:
    """What a paper is called."""
    return tr_marked(PAPERS[kind])


def word_said(name: str) -> str:
    """What a placeholder stands for."""
    key = f"value_{name}"
    return say("paper", key, language()) if key in keys("paper") else name


def part_name(part: Part) -> str:
    """The part's own name; where the template gives none, what it prints."""
    own = pick(part.name_th, part.name_en)
    if own:
        return own
    values = [value for item in part.items for value in item.values]
    return word_said(values[0]) if values else tr("Line or gap")
