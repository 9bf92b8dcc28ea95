"""What Enter will do with what stands in the entry field, in words."""

from __future__ import annotations

from pos_member.domain.bill import MILLI
from pos_member.domain.money import format_baht
from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.entry import Amount, Entry, Look, Times
from pos_member.ui.i18n import tr
from pos_member.ui.sell.bill_card import format_quantity


def reading_of(entry: Entry) -> str:
    """One line under the field, so that a cashier sees an amount from a phone before pressing Enter."""
    match entry:
        case Amount(amount, quantity):
            sale = format_baht(amount, trim=True)
            if quantity != MILLI:
                sale = f"{format_quantity(quantity)} × {sale}"
            return tr("Enter = sale of {sale}   + = and exact cash", sale=sale)
        case Times(quantity):
            return tr("Enter = next item × {quantity}", quantity=format_quantity(quantity))
        case Look(_, kind, _):
            return _of_kind(kind)
    return tr("Up to 7 digits = amount · 10 digits = phone")


def _of_kind(kind: ScanKind) -> str:
    match kind:
        case ScanKind.PHONE:
            return tr("Enter = the member with this phone")
        case ScanKind.MEMBER | ScanKind.MEMBER_SIGNED | ScanKind.MEMBER_ROTATING:
            return tr("Enter = this member")
        case ScanKind.PRODUCT:
            return tr("Enter = this product")
        case ScanKind.COUPON | ScanKind.COUPON_SIGNED:
            return tr("Enter = use this coupon")
        case ScanKind.RECEIPT:
            return tr("Enter = return from this receipt")
        case ScanKind.STAFF:
            return tr("Enter = this person signs in next")
        case ScanKind.TEXT:
            return tr("Enter = look it up")
    return tr("This code is not complete or not ours")
