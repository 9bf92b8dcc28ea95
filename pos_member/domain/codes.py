"""The codes of the shop: how they are made, how they are checked, and what a scanned or typed text means.

All our own codes are digits only (they survive every keyboard layout and make the smallest QR codes):

=========  ======  ==========================================================
member     13      ``29`` + 9 permuted digits + Damm digit + EAN-13 digit
coupon     16      ``8`` + 13 random digits + MOD 97-10, printed 4-4-4-4
badge      18      ``4`` + 15 random digits + MOD 97-10
receipt    20      ``5`` + till (5) + bill counter (12) + MOD 97-10
=========  ======  ==========================================================

Test vectors and the whole table of meanings: ``docs/codes.md``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pos_member.domain.check_digits import damm_digit, gs1_digit, gs1_holds, is_digits, mod97_digits, mod97_holds
from pos_member.domain.errors import Refusal
from pos_member.domain.kedmanee import has_thai, to_us_keys, unshift_digits
from pos_member.domain.member import normalise_phone

TILL_NUMBER_MAX = 9_999
#: Members one till number can enrol; a till that has used them up needs a new number.
MEMBER_COUNTER_MAX = 99_999
RECEIPT_COUNTER_MAX = 10**12 - 1
#: Longest text looked at; anything longer is another system's code.
SCAN_TEXT_MAX = 512

_MEMBER_PREFIX = "29"
_COUPON_PREFIX = "8"
_BADGE_PREFIX = "4"
_RECEIPT_PREFIX = "5"
_PERMUTED = 10**9
_ROUNDS = 8
#: Marks a place of the memo not yet worked out; halves have 15 bits.
_UNKNOWN = 0xFFFF


class ScanKind(StrEnum):
    """What a scanned or typed text is. ``MISTYPED`` has the right shape and wrong check digits."""

    MEMBER = "member"
    COUPON = "coupon"
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
    ``SCAN_TEXT_MAX``. ``looks_like`` says which kind a ``MISTYPED`` code seems to be.
    """

    kind: ScanKind
    code: str
    raw: str
    looks_like: ScanKind | None = None


# --- member numbers ---------------------------------------------------------------------------------------


def _key_bytes(key: str) -> bytes:
    try:
        secret = bytes.fromhex(key)
    except ValueError:
        raise ValueError("member number key is not hexadecimal") from None
    if len(secret) < 16:
        raise ValueError("member number key is shorter than 16 bytes")
    return secret


@lru_cache(maxsize=4)
def _memo(secret: bytes) -> array[int]:
    """What each round made of each half so far: 512 KiB for a key, so that numbers by the million cost no hashing."""
    return array("H", [_UNKNOWN]) * (_ROUNDS << 15)


def _permute(secret: bytes, value: int) -> int:
    """A keyed permutation of 0 … 10⁹-1: a Feistel network over 30 bits, walked until it lands in range again."""
    memo = _memo(secret)
    while True:
        left, right = value >> 15, value & 0x7FFF
        for round_number in range(_ROUNDS):
            place = round_number << 15 | right
            made = memo[place]
            if made == _UNKNOWN:
                digest = hmac.digest(secret, bytes((round_number, right >> 8, right & 0xFF)), hashlib.sha256)
                made = memo[place] = int.from_bytes(digest[:2], "big") & 0x7FFF
            left, right = right, left ^ made
        value = left << 15 | right
        if value < _PERMUTED:
            return value


def make_member_number(key: str, till_number: int, counter: int) -> str:
    """The 13-digit number of the ``counter``-th member (from 0) enrolled at a till.

    Two tills never make the same number, and numbers tell neither the till nor the order. ``key`` is
    ``Settings.member_number_key`` (hex, 16 bytes or more); the organisation must never change it. Raises
    ``ValueError`` on a bad key, a till outside 1 … 9,999 or a counter outside 0 … 99,999.
    """
    if not 1 <= till_number <= TILL_NUMBER_MAX:
        raise ValueError(f"till number {till_number} is outside 1 … {TILL_NUMBER_MAX}")
    if not 0 <= counter <= MEMBER_COUNTER_MAX:
        raise ValueError(f"member counter {counter} is outside 0 … {MEMBER_COUNTER_MAX}")
    permuted = _permute(_key_bytes(key), till_number * (MEMBER_COUNTER_MAX + 1) + counter)
    body = f"{_MEMBER_PREFIX}{permuted:09d}"
    body += damm_digit(body)
    return body + gs1_digit(body)


def check_member_number(text: str) -> bool:
    """Whether ``text`` is exactly a member number: 13 digits, ``29``, both check digits right."""
    return (
        len(text) == 13
        and is_digits(text)
        and text.startswith(_MEMBER_PREFIX)
        and damm_digit(text[:11]) == text[11]
        and gs1_holds(text)
    )


# --- coupons, badges, receipts ----------------------------------------------------------------------------


def _with_mod97(body: str) -> str:
    return body + mod97_digits(body)


def _check_mod97(text: str, prefix: str, length: int) -> bool:
    return len(text) == length and text.startswith(prefix) and mod97_holds(text)


def make_coupon_code(random_below: Callable[[int], int]) -> str:
    """A new 16-digit coupon code. ``random_below`` is ``secrets.randbelow``: the code must not be guessable."""
    return _with_mod97(f"{_COUPON_PREFIX}{random_below(10**13):013d}")


def check_coupon_code(text: str) -> bool:
    """Whether ``text`` is exactly 16 digits with a coupon's first digit and right check digits."""
    return _check_mod97(text, _COUPON_PREFIX, 16)


def format_coupon_code(code: str) -> str:
    """``8123 4567 8901 2345``: as printed and read aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def make_staff_badge(random_below: Callable[[int], int]) -> str:
    """A new 18-digit staff badge. It names a person and never replaces the PIN."""
    return _with_mod97(f"{_BADGE_PREFIX}{random_below(10**15):015d}")


def check_staff_badge(text: str) -> bool:
    """Whether ``text`` is exactly a staff badge."""
    return _check_mod97(text, _BADGE_PREFIX, 18)


def make_receipt_code(till_number: int, counter: int) -> str:
    """The 20-digit code of a till's ``counter``-th bill. Raises ``ValueError`` when either is out of range."""
    if not 1 <= till_number <= TILL_NUMBER_MAX:
        raise ValueError(f"till number {till_number} is outside 1 … {TILL_NUMBER_MAX}")
    if not 0 <= counter <= RECEIPT_COUNTER_MAX:
        raise ValueError(f"bill counter {counter} is outside 0 … {RECEIPT_COUNTER_MAX}")
    return _with_mod97(f"{_RECEIPT_PREFIX}{till_number:05d}{counter:012d}")


def check_receipt_code(text: str) -> bool:
    """Whether ``text`` is exactly a receipt code."""
    return _check_mod97(text, _RECEIPT_PREFIX, 20)


def split_receipt_code(code: str) -> tuple[int, int]:
    """(till number, bill counter) of a receipt code. Raises ``ValueError`` when it is not one."""
    if not check_receipt_code(code):
        raise ValueError("not a receipt code")
    return int(code[1:6]), int(code[6:18])


# --- products ---------------------------------------------------------------------------------------------


def expand_upc_e(code: str) -> str | None:
    """The 12-digit UPC-A of an 8-digit UPC-E, or None when it is not one (GS1 General Specifications 5.2.2.4)."""
    if len(code) != 8 or not is_digits(code) or code[0] not in "01":
        return None
    system, body, last, check = code[0], code[1:6], code[6], code[7]
    if last in "012":
        item = f"{body[:2]}{last}0000{body[2:]}"
    elif last == "3":
        item = f"{body[:3]}00000{body[3:]}"
    elif last == "4":
        item = f"{body[:4]}00000{body[4:]}"
    else:
        item = f"{body}0000{last}"
    upc_a = system + item + check
    return upc_a if gs1_holds(upc_a) else None


def product_code(text: str) -> str | None:
    """The canonical form of a GS1 product code, or None: the form to store barcodes in and to look them up by.

    EAN-13 and EAN-8 as they are, UPC-A as EAN-13 with a leading 0, UPC-E expanded, GTIN-14 without a leading 0.
    In-store codes (first digits 20 … 28) are plain products; ``29`` belongs to members. Eight digits that
    satisfy both EAN-8 and UPC-E are taken as EAN-8: nothing in the digits tells them apart.
    """
    if not is_digits(text):
        return None
    if len(text) == 8:
        if gs1_holds(text):
            return text
        upc_a = expand_upc_e(text)
        return None if upc_a is None else "0" + upc_a
    if len(text) not in (12, 13, 14) or not gs1_holds(text):
        return None
    if len(text) == 14:
        text = text.removeprefix("0")
    code = text.rjust(13, "0")
    return None if code.startswith(_MEMBER_PREFIX) and len(code) == 13 else code


# --- what a text means ------------------------------------------------------------------------------------

# ISO/IEC 15424: a reader may put ']', a letter for the symbology and a modifier in front of the data.
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_GROUPED_DIGITS = re.compile(r"[0-9]+(?:[ \-\u2010-\u2014]+[0-9]+)*")
_NOT_DIGITS = re.compile(r"[^0-9]")
_DIGIT_FORMS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "01234567890123456789")
_FOREIGN = re.compile(
    r"[a-z][a-z0-9+.\-]{1,15}://"  # a URL
    r"|www\."
    r"|(?:wifi|begin|mecard|mailto|tel|smsto|sms|geo|otpauth|urn|data|bitcoin):"
    r"|[a-z0-9\-]+(?:\.[a-z0-9\-]+)+/"  # a URL without its scheme
    r"|000201"  # EMVCo payment codes, PromptPay among them
    r'|[{\[<]["{<a-z!?]',  # JSON, XML
    re.IGNORECASE,
)
#: A run of characters without a space longer than this is a token of another system, not a name or a product number.
_TOKEN_MAX = 40
# Thai words read as US keys are full of brackets and dots; only these are believed to be a URL in the wrong layout.
_URL_IN_THAI = re.compile(r"https?://|www\.", re.IGNORECASE)
_OURS: dict[int, tuple[str, ScanKind, Callable[[str], bool]]] = {
    13: (_MEMBER_PREFIX, ScanKind.MEMBER, check_member_number),
    16: (_COUPON_PREFIX, ScanKind.COUPON, check_coupon_code),
    18: (_BADGE_PREFIX, ScanKind.STAFF, check_staff_badge),
    20: (_RECEIPT_PREFIX, ScanKind.RECEIPT, check_receipt_code),
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
    return ScanMeaning(ScanKind.FOREIGN, digits, raw) if len(digits) >= 14 else None


def _of_shape(text: str, raw: str) -> ScanMeaning | None:
    """The meaning of a text that has a shape we know, or None."""
    plain = text.translate(_DIGIT_FORMS)
    if _GROUPED_DIGITS.fullmatch(plain):
        return _of_digits(_NOT_DIGITS.sub("", plain), raw)
    phone = _phone(plain) if plain.startswith(("+", "0", "(0", "(+", "66")) else None
    if phone is not None:
        return ScanMeaning(ScanKind.PHONE, phone, raw)
    if _FOREIGN.match(text) or (text.isascii() and " " not in text and len(text) > _TOKEN_MAX):
        return ScanMeaning(ScanKind.FOREIGN, text, raw)
    return None


def _believable(code: str) -> bool:
    """Whether another system's code found under Thai characters is one, and not a Thai word."""
    return is_digits(code) or _URL_IN_THAI.match(code) is not None


def classify(text: str) -> ScanMeaning:
    """What a scanned or typed text means. Pure; never raises, whatever the text.

    Accepts groups with spaces or dashes, Thai and full-width digits, AIM prefixes, control characters, and
    codes that a reader or a person typed while the keyboard was in Thai.
    """
    raw = text[:SCAN_TEXT_MAX]
    cleaned = clean_scan(raw)
    if len(text) > SCAN_TEXT_MAX:
        return ScanMeaning(ScanKind.FOREIGN, cleaned, raw)
    found = _of_shape(cleaned, raw)
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
