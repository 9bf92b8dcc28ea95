"""Thai QR payment made without a line: the text of the QR code that every Thai bank's app reads.

Source: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, with the Thai application id of
PromptPay credit transfer in template 29 (Bank of Thailand, Thai QR Payment). Values are ``id + two-digit length +
value``; the last is a CRC-16 (polynomial 1021, start FFFF) over everything before it with its own id and length.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

from pos_member.domain.errors import Reason, Refusal

APPLICATION = "A000000677010111"
#: What template 54 can hold, less its point and two decimals: ten digits of baht.
AMOUNT_MAX_SATANG = 999_999_999_999
_SEPARATORS = re.compile(r"[\s\-().]")
_DIGITS = frozenset("0123456789")


class TargetKind(StrEnum):
    """What a PromptPay number is; the value is its field inside template 29."""

    MOBILE = "01"
    #: A person's or a company's tax id.
    TAX_ID = "02"
    E_WALLET = "03"


@dataclass(frozen=True)
class Target:
    """Whom the money goes to. ``value`` as it stands in the code: a mobile number as 0066 and nine digits."""

    kind: TargetKind
    value: str


def parse_target(written: str) -> Target:
    """A PromptPay number as a person writes it: ``081-234-5678``, ``+66812345678``, 13 or 15 digits.

    Raises ``Refusal(PROMPTPAY_INVALID, target=…)``.
    """
    digits = _SEPARATORS.sub("", written)
    if digits.startswith("+66"):
        digits = f"0{digits[3:]}"
    if digits and set(digits) <= _DIGITS:
        match len(digits):
            case 10 if digits.startswith("0"):
                return Target(TargetKind.MOBILE, f"0066{digits[1:]}")
            case 13:
                return Target(TargetKind.TAX_ID, digits)
            case 15:
                return Target(TargetKind.E_WALLET, digits)
    raise Refusal(Reason.PROMPTPAY_INVALID, target=written[:30])


def payload(written: str, amount_satang: int | None = None) -> str:
    """The text of the QR code that pays ``amount_satang`` to a PromptPay number, or any amount.

    Raises ``Refusal(PROMPTPAY_INVALID)`` for the number and ``ValueError`` for an amount that is no payment.
    """
    target = parse_target(written)
    if amount_satang is not None and not 0 < amount_satang <= AMOUNT_MAX_SATANG:
        raise ValueError(f"{amount_satang} satang cannot be paid")
    parts = [
        _field("00", "01"),
        # 12: made for one payment; 11: the same code every time.
        _field("01", "11" if amount_satang is None else "12"),
        _field("29", _field("00", APPLICATION) + _field(target.kind.value, target.value)),
        _field("58", "TH"),
        _field("53", "764"),
    ]
    if amount_satang is not None:
        baht, satang = divmod(amount_satang, 100)
        parts.append(_field("54", f"{baht}.{satang:02d}"))
    body = "".join(parts) + "6304"
    return f"{body}{checksum(body)}"


def checksum(body: str) -> str:
    """The CRC of a code whose text is ``body`` up to and including ``6304``: four hexadecimal digits."""
    return f"{binascii.crc_hqx(body.encode('ascii'), 0xFFFF):04X}"


def _field(number: str, value: str) -> str:
    return f"{number}{len(value):02d}{value}"
