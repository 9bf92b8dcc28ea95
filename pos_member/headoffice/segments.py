"""Segments: groups of members that programs speak to, set from a list of member numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member, MemberStatus
from pos_member.headoffice import feed, portable, schema, times
from pos_member.headoffice.accounts import lock_accounts
from pos_member.headoffice.issuing import members_numbered
from pos_member.headoffice.member_rows import load_members, member_row
from pos_member.services.sync_ports import FeedEntity

_TURN = "segments_turn"
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True)
class SegmentSet:
    """``members`` in the segment now; how many came and went; numbers of the list that nobody has."""

    members: int
    added: int
    removed: int
    unknown: int


def set_segment(connection: Connection, code: str, numbers: Iterable[str]) -> SegmentSet:
    """Make the segment hold just the members of these numbers. Raises ``Refusal(PAYLOAD_INVALID)`` for the code.

    One run after the other; of each member only under the lock that everybody takes who changes one.
    """
    if _CODE.fullmatch(code) is None:
        raise Refusal(Reason.PAYLOAD_INVALID, where="segment", want="A-Z a-z 0-9 _ . - (1 … 40)")
    _take_turn(connection)
    asked = set(numbers)
    found, _ = members_numbered(connection, asked)
    concerned = {member.id for member in (*found, *_holding(connection, code))}
    lock_accounts(connection, concerned, times.stored(SystemClock().now()))
    # Read again: until the lock was had, somebody else may have changed them.
    members = [member for _, member in sorted(load_members(connection, concerned).items())]
    wanted = {m.id for m in members if m.number in asked and m.status is not MemberStatus.ERASED}
    added = [
        replace(m, segments=tuple(sorted({*m.segments, code})))
        for m in members
        if m.id in wanted and code not in m.segments
    ]
    removed = [
        replace(m, segments=tuple(each for each in m.segments if each != code))
        for m in members
        if m.id not in wanted and code in m.segments
    ]
    changed = [*added, *removed]
    portable.upsert(connection, schema.member, [member_row(member) for member in changed])
    drafts = [feed.Draft(FeedEntity.MEMBER.value, member.id, codec.to_wire(member)) for member in changed]
    feed.publish(connection, drafts)
    known = {member.number for member in members if member.id in wanted}
    return SegmentSet(len(wanted), len(added), len(removed), len((asked - {""}) - known))


def _take_turn(connection: Connection) -> None:
    """Two runs for one segment would each not see whom the other is putting in."""
    portable.insert_new(connection, schema.setting, [{"name": _TURN, "value": ""}])
    connection.execute(select(schema.setting.c.name).where(schema.setting.c.name == _TURN).with_for_update()).one()


def _holding(connection: Connection, code: str) -> list[Member]:
    table = schema.member
    # The code stands in the body as JSON text; what merely looks like it is sorted out after reading.
    near = select(table.c.body).where(table.c.body.like(f'%"{code.replace("_", "%")}"%'))
    found = [codec.from_wire(Member, json.loads(body)) for body in connection.execute(near).scalars()]
    return sorted((member for member in found if code in member.segments), key=lambda member: member.id)
