"""Segments: groups of members that programs speak to, set from a list of member numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.headoffice import feed, portable, schema
from pos_member.headoffice.issuing import members_numbered
from pos_member.headoffice.member_rows import member_row
from pos_member.services.sync_ports import FeedEntity

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True)
class SegmentSet:
    """``members`` in the segment now; how many came and went; numbers of the list that nobody has."""

    members: int
    added: int
    removed: int
    unknown: int


def set_segment(connection: Connection, code: str, numbers: Iterable[str]) -> SegmentSet:
    """Make the segment hold just the members of these numbers. Raises ``Refusal(PAYLOAD_INVALID)`` for the code."""
    if _CODE.fullmatch(code) is None:
        raise Refusal(Reason.PAYLOAD_INVALID, where="segment", want="A-Z a-z 0-9 _ . - (1 … 40)")
    wanted, unknown = members_numbered(connection, numbers)
    ids = {member.id for member in wanted}
    held = _holding(connection, code)
    added = [replace(m, segments=tuple(sorted({*m.segments, code}))) for m in wanted if code not in m.segments]
    gone = [m for m in held if m.id not in ids]
    removed = [replace(m, segments=tuple(each for each in m.segments if each != code)) for m in gone]
    changed = [*added, *removed]
    portable.upsert(connection, schema.member, [member_row(member) for member in changed])
    drafts = [feed.Draft(FeedEntity.MEMBER.value, member.id, codec.to_wire(member)) for member in changed]
    feed.publish(connection, drafts)
    return SegmentSet(len(wanted), len(added), len(removed), unknown)


def _holding(connection: Connection, code: str) -> list[Member]:
    table = schema.member
    # The code stands in the body as JSON text; what merely looks like it is sorted out after reading.
    near = select(table.c.body).where(table.c.body.like(f'%"{code.replace("_", "%")}"%'))
    found = [codec.from_wire(Member, json.loads(body)) for body in connection.execute(near).scalars()]
    return sorted((member for member in found if code in member.segments), key=lambda member: member.id)
