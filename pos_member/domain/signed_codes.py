"""Signed codes: proof that can be checked without a line, in digits alone.

==============  ======  ===================================================================  ==========
member          222     ``6`` + 221 digits: claims (222 bits) and Ed25519 signature of head  QR 6-M, 5-L
                        office
coupon          202     ``9`` + 201 digits: claims (153 bits) and Ed25519 signature of the   QR 5-M
                        till that issued it
==============  ======  ===================================================================  ==========

The number in decimal is ``claims × 2⁵¹² + signature``, the signature read as a big-endian integer. What is signed is
the domain's name, a line feed, and the claims as big-endian bytes. This module knows no cryptography: it takes apart
and puts together; signatures are made and checked behind ``services.code_ports``. Vectors: ``docs/codes.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from pos_member.domain.check_digits import is_digits, mod97_digits
from pos_member.domain.code_keys import KEY_NUMBERS, CodeKeyKind
from pos_member.domain.codes import (
    COUPON_PREFIX,
    TILL_NUMBER_MAX,
    check_coupon_code,
    check_member_number,
    member_core,
    member_number_of,
)
from pos_member.domain.errors import Reason, Refusal

Claims = TypeVar("Claims")

SIGNED_MEMBER_PREFIX = "6"
SIGNED_COUPON_PREFIX = "9"
MEMBER_DOMAIN = b"pos-member member code v1\n"
COUPON_DOMAIN = b"pos-member coupon code v1\n"
SIGNATURE_BYTES = 64
_SIGNATURE_BITS = 8 * SIGNATURE_BYTES
_FORMAT = 1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date()
_MINUTE = timedelta(minutes=1)
_KEY_MIN, _KEY_MAX = KEY_NUMBERS[CodeKeyKind.MEMBER]

#: Fields in their order, with their width in bits.
_MEMBER_FIELDS = (("format", 4), ("key", 8), ("issued", 26), ("until", 26), ("member", 30), ("id", 128))
_COUPON_FIELDS = (("format", 3), ("till", 14), ("serial", 44), ("definition", 32), ("from", 15), ("to", 15), ("of", 30))
_MEMBER_BITS = sum(width for _, width in _MEMBER_FIELDS)
_COUPON_BITS = sum(width for _, width in _COUPON_FIELDS)
#: Digits of the whole code, its first one included.
MEMBER_DIGITS = 1 + len(str(2 ** (_MEMBER_BITS + _SIGNATURE_BITS)))
COUPON_DIGITS = 1 + len(str(2 ** (_COUPON_BITS + _SIGNATURE_BITS)))


@dataclass(frozen=True)
class MemberClaims:
    """What head office says of a member. Times are whole minutes; ``valid_until`` is the last good one."""

    key_number: int
    member_id: str
    member_number: str
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True)
class CouponClaims:
    """What the issuing till says of a coupon: ``code`` is its plain 16-digit code.

    ``definition_tag``: ``definition_tag()`` of its definition's id; value and branches are the definition's.
    ``member_core``: the nine permuted digits of the member it is for, None for whoever holds it. Days are inclusive.
    """

    till_number: int
    code: str
    definition_tag: int
    valid_from: date
    valid_to: date
    member_core: int | None = None


@dataclass(frozen=True)
class Signed(Generic[Claims]):
    """A code taken apart, not yet believed: ``message`` is what ``signature`` must be of."""

    claims: Claims
    message: bytes
    signature: bytes


def definition_tag(definition_id: str) -> int:
    """32 bits that name a coupon definition: the first of the SHA-256 of its id."""
    return int.from_bytes(hashlib.sha256(definition_id.encode()).digest()[:4], "big")


def member_message(claims: MemberClaims) -> bytes:
    """What head office signs. Raises ``ValueError`` for claims that do not fit."""
    return _message(MEMBER_DOMAIN, _member_bits(claims), _MEMBER_BITS)


def coupon_message(claims: CouponClaims) -> bytes:
    """What the issuing till signs. Raises ``ValueError`` for claims that do not fit."""
    return _message(COUPON_DOMAIN, _coupon_bits(claims), _COUPON_BITS)


def make_signed_member(claims: MemberClaims, signature: bytes) -> str:
    """The 222 digits. Raises ``ValueError``."""
    return _digits(SIGNED_MEMBER_PREFIX, _member_bits(claims), signature, MEMBER_DIGITS)


def make_signed_coupon(claims: CouponClaims, signature: bytes) -> str:
    """The 202 digits. Raises ``ValueError``."""
    return _digits(SIGNED_COUPON_PREFIX, _coupon_bits(claims), signature, COUPON_DIGITS)


def read_signed_member(code: str) -> Signed[MemberClaims]:
    """Raises ``Refusal(CODE_MISTYPED)`` for what is not shaped like one or claims the impossible; nothing else."""
    fields, message, signature = _taken_apart(code, SIGNED_MEMBER_PREFIX, MEMBER_DIGITS, _MEMBER_FIELDS, MEMBER_DOMAIN)
    if not _KEY_MIN <= fields["key"] <= _KEY_MAX or fields["until"] < fields["issued"]:
        raise _mistyped("member")
    try:
        claims = MemberClaims(
            key_number=fields["key"],
            member_id=str(UUID(int=fields["id"])),
            member_number=member_number_of(fields["member"]),
            issued_at=_EPOCH + fields["issued"] * _MINUTE,
            valid_until=_EPOCH + fields["until"] * _MINUTE,
        )
    except ValueError:
        raise _mistyped("member") from None
    return Signed(claims, message, signature)


def read_signed_coupon(code: str) -> Signed[CouponClaims]:
    """Raises ``Refusal(CODE_MISTYPED)`` for what is not shaped like one or claims the impossible; nothing else."""
    fields, message, signature = _taken_apart(code, SIGNED_COUPON_PREFIX, COUPON_DIGITS, _COUPON_FIELDS, COUPON_DOMAIN)
    if fields["serial"] >= 10**13 or fields["of"] > 10**9 or fields["to"] < fields["from"]:
        raise _mistyped("coupon")
    if not 1 <= fields["till"] <= TILL_NUMBER_MAX:
        raise _mistyped("coupon")
    body = f"{COUPON_PREFIX}{fields['serial']:013d}"
    claims = CouponClaims(
        till_number=fields["till"],
        code=body + mod97_digits(body),
        definition_tag=fields["definition"],
        valid_from=_EPOCH_DAY + timedelta(days=fields["from"]),
        valid_to=_EPOCH_DAY + timedelta(days=fields["to"]),
        member_core=fields["of"] - 1 if fields["of"] else None,
    )
    return Signed(claims, message, signature)


def shaped_like_member(code: str) -> bool:
    """Whether the digits can be taken apart as a member's signed code; says nothing of the signature."""
    return _shaped(read_signed_member, code)


def shaped_like_coupon(code: str) -> bool:
    """Whether the digits can be taken apart as a signed coupon; says nothing of the signature."""
    return _shaped(read_signed_coupon, code)


def _shaped(read: Callable[[str], object], code: str) -> bool:
    try:
        read(code)
    except Refusal:
        return False
    return True


def _mistyped(looks_like: str) -> Refusal:
    return Refusal(Reason.CODE_MISTYPED, looks_like=looks_like)


def _member_bits(claims: MemberClaims) -> int:
    issued, until = _minutes(claims.issued_at), _minutes(claims.valid_until)
    member_id = UUID(claims.member_id)
    # What does not come back as it went in is no claim: the code would speak of somebody else.
    if not _KEY_MIN <= claims.key_number <= _KEY_MAX or until < issued:
        raise ValueError("no such key, or over before it was made")
    if not check_member_number(claims.member_number) or str(member_id) != claims.member_id:
        raise ValueError("not a member number or not an id")
    values = (_FORMAT, claims.key_number, issued, until, member_core(claims.member_number), member_id.int)
    return _packed(values, _MEMBER_FIELDS)


def _minutes(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return (at - _EPOCH) // _MINUTE


def _coupon_bits(claims: CouponClaims) -> int:
    if not check_coupon_code(claims.code) or not 1 <= claims.till_number <= TILL_NUMBER_MAX:
        raise ValueError("not a coupon code or not a till")
    if claims.valid_to < claims.valid_from or not 0 <= (claims.member_core or 0) < 10**9:
        raise ValueError("over before it begins, or not a member")
    values = (
        _FORMAT,
        claims.till_number,
        int(claims.code[1:14]),
        claims.definition_tag,
        (claims.valid_from - _EPOCH_DAY).days,
        (claims.valid_to - _EPOCH_DAY).days,
        0 if claims.member_core is None else claims.member_core + 1,
    )
    return _packed(values, _COUPON_FIELDS)


def _packed(values: Sequence[int], fields: Sequence[tuple[str, int]]) -> int:
    number = 0
    for value, (name, width) in zip(values, fields, strict=True):
        if not 0 <= value < 1 << width:
            raise ValueError(f"{name} does not fit into {width} bits")
        number = number << width | value
    return number


def _message(domain: bytes, claims: int, bits: int) -> bytes:
    return domain + claims.to_bytes((bits + 7) // 8, "big")


def _digits(prefix: str, claims: int, signature: bytes, digits: int) -> str:
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(f"a signature has {SIGNATURE_BYTES} bytes")
    number = claims << _SIGNATURE_BITS | int.from_bytes(signature, "big")
    return prefix + str(number).rjust(digits - 1, "0")


def _taken_apart(
    code: str, prefix: str, digits: int, fields: Sequence[tuple[str, int]], domain: bytes
) -> tuple[dict[str, int], bytes, bytes]:
    kind = "member" if prefix == SIGNED_MEMBER_PREFIX else "coupon"
    bits = sum(width for _, width in fields)
    if len(code) != digits or not is_digits(code) or not code.startswith(prefix):
        raise _mistyped(kind)
    claims, signature = divmod(int(code[1:]), 1 << _SIGNATURE_BITS)
    if claims >= 1 << bits:
        raise _mistyped(kind)
    found, rest = {}, claims
    for name, width in reversed(fields):
        found[name] = rest & (1 << width) - 1
        rest >>= width
    if found["format"] != _FORMAT:
        raise _mistyped(kind)
    return found, _message(domain, claims, bits), signature.to_bytes(SIGNATURE_BYTES, "big")
