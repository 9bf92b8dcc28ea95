"""What scans are called in the middle of a sentence."""

from __future__ import annotations

from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.i18n import mark, tr_marked

_KINDS = {
    ScanKind.MEMBER: mark("member card"),
    ScanKind.MEMBER_SIGNED: mark("member code"),
    ScanKind.MEMBER_ROTATING: mark("member code from the app"),
    ScanKind.COUPON: mark("coupon"),
    ScanKind.COUPON_SIGNED: mark("coupon code"),
    ScanKind.PRODUCT: mark("bar code of goods"),
    ScanKind.STAFF: mark("staff badge"),
    ScanKind.RECEIPT: mark("receipt"),
    ScanKind.PHONE: mark("phone number"),
    ScanKind.FOREIGN: mark("another system's code"),
    ScanKind.MISTYPED: mark("damaged code"),
    ScanKind.TEXT: mark("code"),
}


def kind_words(kind: ScanKind) -> str:
    """``member card``, ``บัตรสมาชิก``."""
    return tr_marked(_KINDS[kind])
