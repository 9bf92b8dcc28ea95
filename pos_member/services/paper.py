"""What the papers share: their head, labels, and the words for tenders."""

from __future__ import annotations

from pos_member.domain.bill import TenderKind
from pos_member.domain.documents import Seller
from pos_member.services.context import Book, Shop, vat_rate_of


def seller_of(shop: Shop, staff_id: str, language: str) -> Seller:
    """The head of a paper issued now by ``staff_id``. The staff's first name and code stand for the cashier."""
    book = shop.book()
    return Seller(
        name=pick_name(language, book.organisation.name_th, book.organisation.name_en),
        branch_name=pick_name(language, book.branch.name_th, book.branch.name_en),
        address=pick_name(language, book.branch.address_th, book.branch.address_en),
        tax_id=book.organisation.tax_id,
        vat_registered=book.organisation.vat_registered,
        tax_branch=book.branch.tax_branch,
        till_label=book.identity.label,
        cashier_label=cashier_label(book, staff_id, language),
    )


def cashier_label(book: Book, staff_id: str, language: str) -> str:
    """First name and code; the bare id of a person who has left the directory."""
    person = book.staff.get(staff_id)
    if person is None:
        return staff_id
    names = pick_name(language, person.name_th, person.name_en).split()
    return f"{names[0]} {person.code}" if names else person.code


def tender_label(shop: Shop, kind: TenderKind, language: str) -> str:
    """``เงินสด`` / ``Cash`` …"""
    return shop.say(f"tender_{kind.value}", language)


def vat_rate_bp(book: Book) -> int:
    """The rate that is inside the prices: none for a seller who is not registered."""
    return vat_rate_of(book.organisation)


def pick_name(language: str, thai: str, english: str) -> str:
    """The name in ``language``, or in the other one where there is none."""
    return (thai or english) if language == "th" else (english or thai)
