"""Coupons that head office gives by itself: to members of a list, to those who spent most.

Each carries the occasion (or program) it comes from, and a member gets one per occasion: running it again, after a stop
or with a longer list, gives only what is missing. A coupon's code follows from the occasion and the member, by a secret
of this head office: given twice, by whomever, it is the same coupon.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.codes import make_coupon_code
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.coupons_rules import issue
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import MemberStatus
from pos_member.headoffice import feed, leases, portable, rule_books, schema, times
from pos_member.headoffice.asking import among
from pos_member.headoffice.coupon_records import coupon_row
from pos_member.headoffice.jobs import OFFICE, Watch
from pos_member.headoffice.kept import TOKEN_SECRET, read_setting
from pos_member.headoffice.member_rows import load_members
from pos_member.headoffice.outgoing import Key, lock_revisions
from pos_member.headoffice.units import Units
from pos_member.services.sync_ports import FeedEntity

OCCASION_MAX = 40
_TRIES_MAX = 100
#: Members of one transaction where many may share one: uploads of tills wait no longer than that.
_MEMBERS = 500
_COUPON = FeedEntity.COUPON.value
_TAKEN = select(schema.coupon.c.code, schema.coupon.c.member_id, schema.coupon.c.program_id).where(
    among(schema.coupon.c.code, "codes")
)


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


def ids_numbered(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Number → id of the member who has it. Erased members are nobody."""
    table, found = schema.member.c, dict[str, str]()
    for part in portable.chunks(number for number in numbers if number):
        query = select(table.number, table.id).where(table.number.in_(part), table.status != MemberStatus.ERASED.value)
        found.update(connection.execute(query).tuples().all())
    return found


def give(
    units: Units,
    definition: CouponDefinition,
    member_ids: Iterable[str],
    source: str,
    clock: Clock,
    today: date,
    watch: Watch | None = None,
) -> tuple[int, int]:
    """Give each member a coupon of ``source`` and publish it. Returns (coupons made, members who had theirs).

    In parts; where tables lie apart every coupon is a transaction of its own. The coupon counts as issued at the
    member's own branch. Raises ``Refusal(JOB_RUNS)`` where it is being given already, and ``JobStopped``.
    """
    with leases.alone(units.database, f"give:{source}"[:80], clock) as keeps:
        watch = (watch or Watch()).while_(keeps)
        with units.database.read() as connection:
            secret = bytes.fromhex(read_setting(connection, TOKEN_SECRET))
            table = schema.coupon.c
            had = set(connection.execute(select(table.member_id).where(table.program_id == source)).scalars())
        source_of_ids, looked, made, already = iter(member_ids), 0, 0, 0
        while ids := list(islice(source_of_ids, _MEMBERS)):
            if looked:
                watch.step(looked)
            missing = [each for each in ids if each not in had]
            coupons = _missing(units, definition, missing, source, clock, today, secret)
            made, already, looked = made + len(coupons), already + len(ids) - len(missing), looked + len(ids)
            _write_apart(units, coupons, times.stored(clock.now()))
        watch.tell(looked)
    return made, already


def _missing(
    units: Units,
    definition: CouponDefinition,
    member_ids: Sequence[str],
    source: str,
    clock: Clock,
    today: date,
    secret: bytes,
) -> list[Coupon]:
    """A coupon for each of these members who is still one."""
    if not member_ids:
        return []
    with units.database.read() as connection:
        members = [
            member
            for _, member in sorted(load_members(connection, member_ids).items())
            if member.status is not MemberStatus.ERASED
        ]
        codes = _codes(connection, secret, source, [member.id for member in members])
    return [
        replace(
            issue(
                definition,
                code=codes[member.id],
                member_id=member.id,
                bill_id=None,
                till_id=OFFICE,
                branch_id=member.home_branch_id,
                at=clock.now(),
                today=today,
            ),
            program_id=source,
        )
        for member in members
    ]


def _write_apart(units: Units, made: Sequence[Coupon], at: str) -> None:
    with units.pack() as pack:
        for part in pack.units_of(made):
            with pack.unit() as connection:
                _write(connection, part, at)


def _write(connection: Connection, made: Sequence[Coupon], at: str) -> None:
    """Those of them that are not there: what was given before may have been used since."""
    keys: list[Key] = [(coupon.code, _COUPON, coupon.code) for coupon in made]
    lock_revisions(connection, keys)
    there: set[str] = set()
    for part in portable.chunks(coupon.code for coupon in made):
        there.update(row.code for row in connection.execute(_TAKEN, {"codes": part}))
    new = [coupon for coupon in made if coupon.code not in there]
    portable.insert_new(connection, schema.coupon, [coupon_row(coupon) for coupon in new])
    feed.publish(connection, [feed.Draft(_COUPON, coupon.code, codec.to_wire(coupon)) for coupon in new], at)


def _codes(connection: Connection, secret: bytes, source: str, member_ids: Sequence[str]) -> dict[str, str]:
    """Each member's code of this occasion: the first of a row that nobody guesses and that is nobody else's."""
    found: dict[str, str] = {}
    for n in range(_TRIES_MAX):
        drawn = {
            each: make_coupon_code(_drawn(secret, f"{source}|{each}|{n}")) for each in member_ids if each not in found
        }
        if not drawn:
            return found
        held = {row.code: row for row in connection.execute(_TAKEN, {"codes": list(drawn.values())})}
        taken = set(found.values())
        for member_id, code in drawn.items():
            of = held.get(code)
            if code not in taken and (of is None or (of.member_id, of.program_id) == (member_id, source)):
                found[member_id] = code
                taken.add(code)
    raise RuntimeError("no free coupon code")


def _drawn(secret: bytes, words: str) -> Callable[[int], int]:
    """As ``secrets.randbelow``, the same for the same words."""
    drawn = hmac.new(secret, f"coupon|{words}".encode(), hashlib.sha256).digest()
    return lambda below: int.from_bytes(drawn, "big") % below
