"""Coupons that head office gives by itself: to members of a list, to those who spent most.

Each carries the occasion (or program) it comes from, and a member gets one set per occasion: running it again, after a
stop or with a longer list, gives only what is missing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.codes import make_coupon_code
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.coupons_rules import issue
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member, MemberStatus
from pos_member.headoffice import feed, portable, rule_books, schema, times
from pos_member.headoffice.coupon_records import coupon_row
from pos_member.headoffice.jobs import OFFICE
from pos_member.headoffice.units import Units
from pos_member.services.sync_ports import FeedEntity

OCCASION_MAX = 40
_TRIES_MAX = 100


@dataclass(frozen=True)
class Given:
    """What an occasion did: coupons made now, members who had theirs already, numbers nobody has."""

    coupons: int
    already: int
    unknown: int


def occasion_id(name: str) -> str:
    """What coupons of an occasion are marked with. Raises ``Refusal(PAYLOAD_INVALID)``."""
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= OCCASION_MAX or "|" in cleaned:
        raise Refusal(Reason.PAYLOAD_INVALID, where="occasion", want=f"1 … {OCCASION_MAX}")
    return f"occasion:{cleaned}"


def definition_named(connection: Connection, code: str) -> CouponDefinition:
    """A coupon definition by its code or id. Raises ``Refusal(PAYLOAD_INVALID)``."""
    for definition in rule_books.definitions(connection).values():
        if code in (definition.code, definition.id):
            return definition
    raise Refusal(Reason.PAYLOAD_INVALID, where=f"coupon {code[:40]}", want="the code of a coupon definition")


def members_numbered(connection: Connection, numbers: Iterable[str]) -> tuple[list[Member], int]:
    """Members by number, in the order of their ids, and how many numbers nobody has. Erased members are nobody."""
    table = schema.member
    wanted = sorted({number for number in numbers if number})
    found: list[Member] = []
    for part in portable.chunks(wanted):
        for body in connection.execute(select(table.c.body).where(table.c.number.in_(part))).scalars():
            member = codec.from_wire(Member, json.loads(body))
            if member.status is not MemberStatus.ERASED:
                found.append(member)
    return sorted(found, key=lambda member: member.id), len(wanted) - len({member.number for member in found})


def give(
    connection: Connection,
    definition: CouponDefinition,
    members: Iterable[Member],
    source: str,
    at: datetime,
    today: date,
    random_below: Callable[[int], int] = secrets.randbelow,
    count: int = 1,
) -> tuple[int, int]:
    """Give each member ``count`` coupons of ``source`` and publish them. Returns (coupons made, members who had them).

    The coupon counts as issued at the member's own branch.
    """
    made, already = _made(connection, definition, members, source, at, today, random_below, count)
    _write(connection, made, at)
    return len(made), already


def give_apart(
    units: Units,
    definition: CouponDefinition,
    members: Iterable[Member],
    source: str,
    at: datetime,
    today: date,
    random_below: Callable[[int], int] = secrets.randbelow,
) -> int:
    """As ``give``, a unit of work for each coupon. Returns how many were made; broken off and run again, the rest."""
    with units.database.read() as connection:
        made, _ = _made(connection, definition, members, source, at, today, random_below, 1)
    with units.pack() as pack:
        for part in [made] if pack.shared else [[each] for each in made]:
            with pack.unit() as connection:
                _write(connection, part, at)
    return len(made)


def _made(
    connection: Connection,
    definition: CouponDefinition,
    members: Iterable[Member],
    source: str,
    at: datetime,
    today: date,
    random_below: Callable[[int], int],
    count: int,
) -> tuple[list[Coupon], int]:
    """The coupons that are missing, and how many members had theirs."""
    table = schema.coupon
    query = select(table.c.member_id).where(table.c.program_id == source)
    had = {member_id for member_id in connection.execute(query).scalars() if member_id}
    made: list[Coupon] = []
    already = 0
    codes: set[str] = set()
    for member in members:
        if member.id in had:
            already += 1
            continue
        for _ in range(count):
            code = _new_code(connection, codes, random_below)
            coupon = issue(
                definition,
                code=code,
                member_id=member.id,
                bill_id=None,
                till_id=OFFICE,
                branch_id=member.home_branch_id,
                at=at,
                today=today,
            )
            made.append(replace(coupon, program_id=source))
    return made, already


def _write(connection: Connection, made: Sequence[Coupon], at: datetime) -> None:
    portable.insert_new(connection, schema.coupon, [coupon_row(coupon) for coupon in made])
    drafts = [feed.Draft(FeedEntity.COUPON.value, coupon.code, codec.to_wire(coupon)) for coupon in made]
    feed.publish(connection, drafts, times.stored(at))


def _new_code(connection: Connection, taken: set[str], random_below: Callable[[int], int]) -> str:
    table = schema.coupon
    for _ in range(_TRIES_MAX):
        code = make_coupon_code(random_below)
        known = connection.execute(select(table.c.code).where(table.c.code == code)).first()
        if code not in taken and known is None:
            taken.add(code)
            return code
    raise RuntimeError("no free coupon code")
