"""What another system's code seems to be, so that a refusal can say what was scanned and what to ask for."""

from __future__ import annotations

import re
from enum import StrEnum


class ForeignHint(StrEnum):
    """Kinds of codes that customers show, and boxes carry, besides ours."""

    PAYMENT = "payment"  # asks for money: PromptPay and other EMV codes, bills, wallets
    SLIP = "slip"  # says that money was sent: the small code on a bank's transfer slip
    CARD = "card"  # the number of a bank card
    LINE = "line"
    WIFI = "wifi"
    CONTACT = "contact"  # a name card, a phone, a message, a place
    TRACKING = "tracking"  # a parcel
    LINK = "link"
    OTHER = "other"


_SHAPES: tuple[tuple[ForeignHint, re.Pattern[str]], ...] = tuple(
    (hint, re.compile(pattern, re.IGNORECASE))
    for hint, pattern in (
        # EMVCo merchant codes (PromptPay among them), Thai cross-bank bills, wallets.
        (
            ForeignHint.PAYMENT,
            r"000201|\|[0-9]{13}|(?:bitcoin|upi|alipays?|weixin|promptpay):",
        ),
        (ForeignHint.SLIP, r"00[0-9]{2}000600000101"),
        (ForeignHint.LINE, r"(?:https?://)?(?:[a-z0-9\-]+\.)*(?:line\.me|lin\.ee)(?:/|$)|line:"),
        (ForeignHint.WIFI, r"wifi:"),
        (ForeignHint.CONTACT, r"(?:begin:v|mecard:|bizcard:|mailto:|matmsg:|tel:|smsto:|sms:|geo:)"),
        (ForeignHint.LINK, r"[a-z][a-z0-9+.\-]{1,15}://|www\.|[a-z0-9\-]+(?:\.[a-z0-9\-]+)+/"),
        (ForeignHint.TRACKING, r"SPXTH[0-9A-Z]{9,16}$|TH[0-9]{8,16}[A-Z][0-9]?$"),
        (ForeignHint.OTHER, r'(?:begin|otpauth|urn|data):|[{\[<]["{<a-z!?]'),
    )
)
# UPU S10: two letters, eight digits, their check digit, the country.
_PARCEL = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}", re.IGNORECASE)
_PARCEL_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_CARD = re.compile(r"[3-6][0-9]{14,18}")
# What a wallet shows to be charged by: eighteen digits, Alipay from 25 to 30, WeChat from 10 to 15.
_WALLET = re.compile(r"(?:2[5-9]|30|1[0-5])[0-9]{16}")


def foreign_hint(text: str) -> ForeignHint | None:
    """What ``text`` (one line, cleaned) seems to be, or None where it has the shape of nothing known here."""
    for hint, shape in _SHAPES:
        if shape.match(text):
            return hint
    parcel = _PARCEL.fullmatch(text)
    if parcel is not None and _s10_digit(parcel[1]) == parcel[2]:
        return ForeignHint.TRACKING
    if _WALLET.fullmatch(text):
        return ForeignHint.PAYMENT
    return ForeignHint.CARD if _CARD.fullmatch(text) and _luhn_holds(text) else None


def _s10_digit(serial: str) -> str:
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_PARCEL_WEIGHTS, serial, strict=True)) % 11
    return str({10: 0, 11: 5}.get(rest, rest))


def _luhn_holds(number: str) -> bool:
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0
