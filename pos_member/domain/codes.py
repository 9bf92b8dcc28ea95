"""The short codes of the shop: how they are made and how they are checked.

All our own codes are digits only (they survive every keyboard layout and make the smallest QR codes):

=========  ======  ==========================================================
member     13      ``29`` + 9 permuted digits + Damm digit + EAN-13 digit
coupon     16      ``8`` + 13 random digits + MOD 97-10, printed 4-4-4-4
badge      18      ``4`` + 15 random digits + MOD 97-10
receipt    20      ``5`` + till (5) + bill counter (12) + MOD 97-10
=========  ======  ==========================================================

Signed and rotating codes are in ``signed_codes`` and ``rotating_codes``, what a text means in ``scan_meaning``. Test
vectors and the whole table of meanings: ``docs/codes.md``.
"""

from __future__ import annotations

import hashlib
import hmac
from array import array
from collections.abc import Callable
from functools import lru_cache

from pos_member.domain.check_digits import damm_digit, gs1_digit, gs1_holds, is_digits, mod97_digits, mod97_holds

TILL_NUMBER_MAX = 9_999
#: Members one till number can enrol; a till that has used them up needs a new number.
MEMBER_COUNTER_MAX = 99_999
RECEIPT_COUNTER_MAX = 10**12 - 1

MEMBER_PREFIX = "29"
COUPON_PREFIX = "8"
BADGE_PREFIX = "4"
RECEIPT_PREFIX = "5"
_PERMUTED = 10**9
_ROUNDS = 8
#: Marks a place of the memo not yet worked out; halves have 15 bits.
_UNKNOWN = 0xFFFF


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


def _unpermute(secret: bytes, value: int) -> int:
    """The reverse of ``_permute``."""
    while True:
        left, right = value >> 15, value & 0x7FFF
        for round_number in reversed(range(_ROUNDS)):
            digest = hmac.digest(secret, bytes((round_number, left >> 8, left & 0xFF)), hashlib.sha256)
            left, right = right ^ (int.from_bytes(digest[:2], "big") & 0x7FFF), left
        value = left << 15 | right
        if value < _PERMUTED:
            return value


def member_counter(key: str, till_number: int, number: str) -> int | None:
    """The counter that ``make_member_number`` made ``number`` from; ``None`` for one of another till, or none."""
    if not check_member_number(number):
        return None
    till, counter = divmod(_unpermute(_key_bytes(key), member_core(number)), MEMBER_COUNTER_MAX + 1)
    return counter if till == till_number else None


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
    return member_number_of(_permute(_key_bytes(key), till_number * (MEMBER_COUNTER_MAX + 1) + counter))


def check_member_number(text: str) -> bool:
    """Whether ``text`` is exactly a member number: 13 digits, ``29``, both check digits right."""
    return (
        len(text) == 13
        and is_digits(text)
        and text.startswith(MEMBER_PREFIX)
        and damm_digit(text[:11]) == text[11]
        and gs1_holds(text)
    )


def member_core(number: str) -> int:
    """The nine permuted digits of a member number: what longer codes name the member by."""
    return int(number[2:11])


def member_number_of(core: int) -> str:
    """The member number with these nine permuted digits. Raises ``ValueError`` outside 0 … 10⁹-1."""
    if not 0 <= core < _PERMUTED:
        raise ValueError(f"{core} is outside 0 … {_PERMUTED - 1}")
    body = f"{MEMBER_PREFIX}{core:09d}"
    body += damm_digit(body)
    return body + gs1_digit(body)


# --- coupons, badges, receipts ----------------------------------------------------------------------------


def _with_mod97(body: str) -> str:
    return body + mod97_digits(body)


def _check_mod97(text: str, prefix: str, length: int) -> bool:
    return len(text) == length and text.startswith(prefix) and mod97_holds(text)


def make_coupon_code(random_below: Callable[[int], int]) -> str:
    """A new 16-digit coupon code. ``random_below`` is ``secrets.randbelow``: the code must not be guessable."""
    return _with_mod97(f"{COUPON_PREFIX}{random_below(10**13):013d}")


def check_coupon_code(text: str) -> bool:
    """Whether ``text`` is exactly 16 digits with a coupon's first digit and right check digits."""
    return _check_mod97(text, COUPON_PREFIX, 16)


def format_coupon_code(code: str) -> str:
    """``8123 4567 8901 2345``: as printed and read aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def make_staff_badge(random_below: Callable[[int], int]) -> str:
    """A new 18-digit staff badge. It names a person and never replaces the PIN."""
    return _with_mod97(f"{BADGE_PREFIX}{random_below(10**15):015d}")


def check_staff_badge(text: str) -> bool:
    """Whether ``text`` is exactly a staff badge."""
    return _check_mod97(text, BADGE_PREFIX, 18)


def make_receipt_code(till_number: int, counter: int) -> str:
    """The 20-digit code of a till's ``counter``-th bill. Raises ``ValueError`` when either is out of range."""
    if not 1 <= till_number <= TILL_NUMBER_MAX:
        raise ValueError(f"till number {till_number} is outside 1 … {TILL_NUMBER_MAX}")
    if not 0 <= counter <= RECEIPT_COUNTER_MAX:
        raise ValueError(f"bill counter {counter} is outside 0 … {RECEIPT_COUNTER_MAX}")
    return _with_mod97(f"{RECEIPT_PREFIX}{till_number:05d}{counter:012d}")


def check_receipt_code(text: str) -> bool:
    """Whether ``text`` is exactly a receipt code."""
    return _check_mod97(text, RECEIPT_PREFIX, 20)


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
    return None if code.startswith(MEMBER_PREFIX) and len(code) == 13 else code
