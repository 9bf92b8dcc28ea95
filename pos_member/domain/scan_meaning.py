"""What a scanned or typed text means: one pure function, one meaning for every text.

Decided by length, first digits and check digits alone. What a meaning *does* on which screen is one table
(``ui.scan_routes``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pos_member.domain import codes
from pos_member.domain.check_digits import is_digits
from pos_member.domain.codes import product_code
from pos_member.domain.errors import Refusal
from pos_member.domain.foreign_codes import ForeignHint, foreign_hint
from pos_member.domain.gs1_strings import read_element_string
from pos_member.domain.kedmanee import has_thai, to_us_keys, unshift_digits
from pos_member.domain.member import normalise_phone
from pos_member.domain.rotating_codes import ROTATING_DIGITS, ROTATING_PREFIX, check_rotating_code
from pos_member.domain.signed_codes import (
    COUPON_DIGITS,
    MEMBER_DIGITS,
    SIGNED_COUPON_PREFIX,
    SIGNED_MEMBER_PREFIX,
    shaped_like_coupon,
    shaped_like_member,
)

#: Longest text looked at; anything longer is another system's code.
SCAN_TEXT_MAX = 512


class ScanKind(StrEnum):
    """What a scanned or typed text is. ``MISTYPED`` has the right shape and wrong check digits.

    Of the signed and rotating kinds only the shape is known yet: whether they hold is for ``services`` to say.
    """

    MEMBER = "member"
    MEMBER_SIGNED = "member_signed"
    MEMBER_ROTATING = "member_rotating"
    COUPON = "coupon"
    COUPON_SIGNED = "coupon_signed"
    PRODUCT = "product"
    STAFF = "staff"
    RECEIPT = "receipt"
    PHONE = "phone"
    FOREIGN = "foreign"
    MISTYPED = "mistyped"
    TEXT = "text"


@dataclass(frozen=True)
class ScanMeaning:
    """The one meaning of a scan.

    ``code`` is the canonical form to look up: digits without spaces, products as EAN-13 (UPC-A gets its
    leading 0, UPC-E is expanded) or EAN-8, phones as E.164, text on one line. ``raw`` is what came in, cut at
    ``SCAN_TEXT_MAX``. ``looks_like`` says which kind a ``MISTYPED`` code seems to be, ``hint`` what a ``FOREIGN`` one
    is. ``quantity_milli`` and ``price_satang`` are what a GS1 code says of a product besides its number (thousandths of
    a kilogram, satang of this package).
    """

    kind: ScanKind
    code: str
    raw: str
    looks_like: ScanKind | None = None
    hint: ForeignHint | None = None
    quantity_milli: int | None = None
    price_satang: int | None = None


# ISO/IEC 15424: a reader may put ']', a letter for the symbology and a modifier in front of the data.
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_GROUPED_DIGITS = re.compile(r"[0-9]+(?:[ \-\u2010-\u2014]+[0-9]+)*")
_NOT_DIGITS = re.compile(r"[^0-9]")
_DIGIT_FORMS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "01234567890123456789")
#: A run of characters without a space longer than this is a token of another system, not a name or a product number.
_TOKEN_MAX = 40
# Thai words read as US keys are full of brackets and dots; only these are believed to be a URL in the wrong layout.
_URL_IN_THAI = re.compile(r"https?://|www\.", re.IGNORECASE)
_OURS: dict[int, tuple[str, ScanKind, Callable[[str], bool]]] = {
    13: (codes.MEMBER_PREFIX, ScanKind.MEMBER, codes.check_member_number),
    16: (codes.COUPON_PREFIX, ScanKind.COUPON, codes.check_coupon_code),
    18: (codes.BADGE_PREFIX, ScanKind.STAFF, codes.check_staff_badge),
    20: (codes.RECEIPT_PREFIX, ScanKind.RECEIPT, codes.check_receipt_code),
    ROTATING_DIGITS: (ROTATING_PREFIX, ScanKind.MEMBER_ROTATING, check_rotating_code),
    MEMBER_DIGITS: (SIGNED_MEMBER_PREFIX, ScanKind.MEMBER_SIGNED, shaped_like_member),
    COUPON_DIGITS: (SIGNED_COUPON_PREFIX, ScanKind.COUPON_SIGNED, shaped_like_coupon),
}


def clean_scan(text: str) -> str:
    """One line without control, format or surrogate characters and without a reader's AIM prefix."""
    kept = "".join(
        " " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return _AIM.sub("", " ".join(kept.split())).strip()


def _phone(text: str) -> str | None:
    try:
        return normalise_phone(text)
    except Refusal:
        return None


def _of_digits(digits: str, raw: str) -> ScanMeaning | None:
    """The meaning of bare digits, or None when they may be anything (an amount, the start of a phone)."""
    prefix, kind, check = _OURS.get(len(digits), ("", ScanKind.TEXT, is_digits))
    if prefix and digits.startswith(prefix):
        if check(digits):
            return ScanMeaning(kind, digits, raw)
        return ScanMeaning(ScanKind.MISTYPED, digits, raw, looks_like=kind)
    product = product_code(digits)
    if product is not None:
        return ScanMeaning(ScanKind.PRODUCT, product, raw)
    phone = _phone(digits) if digits.startswith(("0", "66")) else None
    if phone is not None and (phone.startswith("+66") or len(digits) not in (8, 12, 13)):
        return ScanMeaning(ScanKind.PHONE, phone, raw)
    # Eight digits from 0 are more often a phone cut short than a mistyped UPC-E: they stay text to search for.
    if len(digits) in (12, 13) or (len(digits) == 8 and digits[0] != "0"):
        return ScanMeaning(ScanKind.MISTYPED, digits, raw, looks_like=ScanKind.PRODUCT)
    return _foreign(digits, raw) if len(digits) >= 14 else None


def _foreign(text: str, raw: str) -> ScanMeaning:
    return ScanMeaning(ScanKind.FOREIGN, text, raw, hint=foreign_hint(text) or ForeignHint.OTHER)


def _of_gs1(text: str, raw: str) -> ScanMeaning | None:
    """A product told by a GS1 element string."""
    found = read_element_string(text)
    code = product_code(found.gtin) if found is not None else None
    if found is None or code is None:
        return None
    return ScanMeaning(
        ScanKind.PRODUCT, code, raw, quantity_milli=found.quantity_milli, price_satang=found.price_satang
    )


def _of_shape(text: str, raw: str) -> ScanMeaning | None:
    """The meaning of a text that has a shape we know, or None."""
    plain = text.translate(_DIGIT_FORMS)
    if _GROUPED_DIGITS.fullmatch(plain):
        return _of_digits(_NOT_DIGITS.sub("", plain), raw)
    phone = _phone(plain) if plain.startswith(("+", "0", "(0", "(+", "66")) else None
    if phone is not None:
        return ScanMeaning(ScanKind.PHONE, phone, raw)
    if foreign_hint(text) is not None or (text.isascii() and " " not in text and len(text) > _TOKEN_MAX):
        return _foreign(text, raw)
    return None


def _believable(code: str) -> bool:
    """Whether another system's code found under Thai characters is one, and not a Thai word."""
    return is_digits(code) or _URL_IN_THAI.match(code) is not None


def classify(text: str) -> ScanMeaning:
    """What a scanned or typed text means. Pure; never raises, whatever the text.

    Accepts groups with spaces or dashes, Thai and full-width digits, AIM prefixes, control characters, and
    codes that a reader or a person typed while the keyboard was in Thai. A GS1 element string means its product.
    """
    raw = text[:SCAN_TEXT_MAX]
    cleaned = clean_scan(raw)
    if len(text) > SCAN_TEXT_MAX:
        return _foreign(cleaned, raw)
    # The separators between the parts of a GS1 string are control characters: it is read before they are cleaned away.
    found = _of_gs1(text, raw) or _of_shape(cleaned, raw)
    if (found is None or found.kind is ScanKind.MISTYPED) and has_thai(cleaned):
        typed = to_us_keys(cleaned)
        for candidate in (typed, unshift_digits(typed)):
            mapped = _of_shape(_AIM.sub("", candidate), raw)
            if mapped is not None and mapped.kind is ScanKind.FOREIGN and not _believable(mapped.code):
                mapped = None
            if mapped is not None and mapped.kind is not ScanKind.MISTYPED:
                return mapped
            found = found or mapped
    return found or ScanMeaning(ScanKind.TEXT, cleaned, raw)
