"""Segments: groups of members that programs speak to, set from a list of member numbers.

A list may name a million: it is gone through in parts, each member under the lock that everybody takes who changes one.
Stopped and run again it does what is left, for whoever is in already stays as he is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import MemberStatus
from pos_member.headoffice import feed, leases, portable, schema, times
from pos_member.headoffice.accounts import lock_accounts
from pos_member.headoffice.issuing import ids_numbered
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.member_rows import load_members, member_row
from pos_member.headoffice.units import Units
from pos_member.services.sync_ports import FeedEntity

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
#: Members of one transaction where many may share one: uploads of tills wait no longer than that.
_MEMBERS = 500


@dataclass(frozen=True)
class SegmentSet:
    """``members`` in the segment now; how many came and went; numbers of the list that nobody has."""

    members: int
    added: int
    removed: int
    unknown: int


def check_code(code: str) -> None:
    """Raises ``Refusal(PAYLOAD_INVALID)`` for what is no code of a segment."""
    if _CODE.fullmatch(code) is None:
        raise Refusal(Reason.PAYLOAD_INVALID, where="segment", want="A-Z a-z 0-9 _ . - (1 … 40)")


def set_segment(
    units: Units, code: str, numbers: Iterable[str], clock: Clock, watch: Watch | None = None
) -> SegmentSet:
    """Make the segment hold just the members of these numbers.

    Raises ``Refusal`` (PAYLOAD_INVALID for the code, JOB_RUNS where it is being set already) and ``JobStopped``.
    """
    check_code(code)
    asked = {number for number in numbers if number}
    with leases.alone(units.database, f"segment:{code}", clock) as keeps:
        watch = (watch or Watch()).while_(keeps)
        with units.database.read() as connection:
            concerned = sorted({*ids_numbered(connection, asked).values(), *_near(connection, code)})
        known: set[str] = set()
        members = added = removed = 0
        for start in range(0, len(concerned), _MEMBERS):
            if start:
                watch.step(start)
            ids, at = concerned[start : start + _MEMBERS], times.stored(clock.now())
            with units.pack() as pack:
                for part in pack.units_of(ids):
                    with pack.unit() as connection:
                        inside, came, went = _part(connection, part, code, asked, at)
                    known.update(inside)
                    added, removed, members = added + came, removed + went, members + len(inside)
        watch.tell(len(concerned))
    return SegmentSet(members, added, removed, len(asked - known))


def _part(
    connection: Connection, ids: Collection[str], code: str, asked: Collection[str], at: str
) -> tuple[list[str], int, int]:
    """Some of the members: the numbers of those who are in now, how many came, how many went."""
    lock_accounts(connection, ids, at)
    # Read under the lock: until it was had, somebody else may have changed them.
    members = load_members(connection, ids)
    inside = {m.id: m.number for m in members.values() if m.number in asked and m.status is not MemberStatus.ERASED}
    added = [
        replace(m, segments=tuple(sorted({*m.segments, code})))
        for _, m in sorted(members.items())
        if m.id in inside and code not in m.segments
    ]
    removed = [
        replace(m, segments=tuple(each for each in m.segments if each != code))
        for _, m in sorted(members.items())
        if m.id not in inside and code in m.segments
    ]
    changed = [*added, *removed]
    portable.upsert(connection, schema.member, [member_row(member) for member in changed])
    drafts = [feed.Draft(FeedEntity.MEMBER.value, member.id, codec.to_wire(member)) for member in changed]
    feed.publish(connection, drafts, at)
    return list(inside.values()), len(added), len(removed)


def _near(connection: Connection, code: str) -> list[str]:
    """Members in the segment, and some whose text merely looks like it: they are sorted out when they are read."""
    table = schema.member
    written = json.dumps(code).replace("_", "%")
    return list(connection.execute(select(table.c.id).where(table.c.body.like(f"%{written}%"))).scalars())
