"""Members' codes made at head office: signed ones to print or to show, and secrets for apps that make rotating ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pos_member.domain.code_keys import CodeKeyKind
from pos_member.domain.codes import check_member_number
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import MemberStatus
from pos_member.domain.rotating_codes import member_secret
from pos_member.domain.signed_codes import MemberClaims, make_signed_member, member_message
from pos_member.headoffice import code_keys
from pos_member.headoffice.code_keys import MakingKey
from pos_member.headoffice.schema import member

#: The longest life of a signed code.
LIFE_MAX = timedelta(days=3_650)
_PART = 1_000
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedCode:
    """A signed code: 222 digits, good until the end of the minute ``valid_until``."""

    member_id: str
    member_number: str
    key_number: int
    issued_at: datetime
    valid_until: datetime
    code: str


@dataclass(frozen=True)
class AppSecret:
    """What the app of one member makes rotating codes with; ``secret``: 32 bytes, hex."""

    member_id: str
    member_number: str
    generation: int
    secret: str


def signed_code(connection: Connection, number: str, life: timedelta, now: datetime) -> SignedCode:
    """A new code of an active member. Raises ``Refusal(MEMBER_NUMBER_UNKNOWN | PAYLOAD_INVALID)``."""
    member_id = _active(connection, number)
    key = code_keys.making_key(connection, CodeKeyKind.MEMBER)
    return _signed(key, member_id, number, life, now)


def signed_codes(connection: Connection, life: timedelta, now: datetime) -> Iterator[SignedCode]:
    """A new code of every active member with a number of ours, in the order of their ids, in bounded memory.

    Raises ``Refusal(PAYLOAD_INVALID)``.
    """
    key = code_keys.making_key(connection, CodeKeyKind.MEMBER)
    last = ""
    while True:
        here = (member.c.status == MemberStatus.ACTIVE.value) & (member.c.id > last)
        query = select(member.c.id, member.c.number).where(here).order_by(member.c.id).limit(_PART)
        rows = connection.execute(query).all()
        for row in rows:
            if check_member_number(row.number):
                yield _signed(key, row.id, row.number, life, now)
        if len(rows) < _PART:
            return
        last = rows[-1].id


def app_secret(connection: Connection, number: str) -> AppSecret:
    """The secret of an active member. Raises ``Refusal(MEMBER_NUMBER_UNKNOWN | ROTATING_OFF)``."""
    member_id = _active(connection, number)
    key = code_keys.making_key(connection, CodeKeyKind.ROTATING)
    return AppSecret(member_id, number, key.number, member_secret(key.private, number).hex())


def _active(connection: Connection, number: str) -> str:
    """The id of the active member with this number. Raises ``Refusal(MEMBER_NUMBER_UNKNOWN)``."""
    here = (member.c.number == number) & (member.c.status == MemberStatus.ACTIVE.value)
    found = connection.execute(select(member.c.id).where(here).order_by(member.c.id).limit(1)).scalar_one_or_none()
    if found is None or not check_member_number(number):
        raise Refusal(Reason.MEMBER_NUMBER_UNKNOWN, number=number[:20])
    return str(found)


def _signed(key: MakingKey, member_id: str, number: str, life: timedelta, now: datetime) -> SignedCode:
    if not _MINUTE <= life <= LIFE_MAX:
        raise Refusal(Reason.PAYLOAD_INVALID, where="--days", want=f"1 … {LIFE_MAX.days}")
    issued_at = now.replace(second=0, microsecond=0)
    claims = MemberClaims(key.number, member_id, number, issued_at, issued_at + life)
    code = make_signed_member(claims, key.sign(member_message(claims)))
    return SignedCode(member_id, number, key.number, issued_at, claims.valid_until, code)
