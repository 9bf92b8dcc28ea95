"""Limits per member at head office: two tills that are cut off may each let the last one through; then it is a case.

A till keeps these limits by what it knows. What all tills did together is known here, so whoever looks at the cases
sees which program a member got more often than its limit, and a return that puts it right settles it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from pos_member.domain.program import EffectKind
from pos_member.domain.tally import Period, Tally, TallyKind, count_key
from pos_member.headoffice import schema
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.services.sync_ports import FeedEntity

#: Id of program or coupon definition → period → times.
MemberLimits = Mapping[str, Mapping[Period, int]]
#: (member, key, period): one sum that a limit speaks of.
Counted = tuple[str, str, str]
_FIELDS = {
    Period.DAY: "per_member_day",
    Period.MONTH: "per_member_month",
    Period.YEAR: "per_member_year",
    Period.LIFE: "per_member",
}


def member_limits(connection: Connection) -> dict[str, dict[Period, int]]:
    """The limits per member of the catalogue as it stands. A referral is paid once in a member's life."""
    table = schema.catalogue
    kinds = (FeedEntity.PROGRAM.value, FeedEntity.COUPON_DEFINITION.value)
    marked = table.c.body.like('%"per_member%') | table.c.body.like(f'%"{EffectKind.REFERRAL.value}"%')
    query = select(table.c.entity, table.c.id, table.c.body).where(table.c.entity.in_(kinds), marked)
    return {row.id: _limits(row.entity, json.loads(row.body)) for row in connection.execute(query)}


def _limits(entity: str, body: dict[str, Any]) -> dict[Period, int]:
    program = entity == FeedEntity.PROGRAM.value
    limits = body.get("limits", {}) if program else body
    found = {period: int(limits[name]) for period, name in _FIELDS.items() if limits.get(name) is not None}
    if program and body.get("effect", {}).get("kind") == EffectKind.REFERRAL.value:
        found[Period.LIFE] = min(1, found.get(Period.LIFE, 1))
    return found


def counted(tallies: Iterable[Tally]) -> set[Counted]:
    """The sums that these tallies move and that a limit may speak of."""
    return {
        (tally.member_id, tally.key, tally.period)
        for tally in tallies
        if tally.kind is TallyKind.TIMES and tally.member_id is not None
    }


def findings(sums: Iterable[tuple[Counted, Mapping[str, int]]], limits: MemberLimits) -> list[Finding]:
    """A finding per sum that has a limit. ``sums``: each with the counts of its member's account."""
    found = []
    for (member_id, key, period), counts in sums:
        most = limits.get(key, {}).get(_period(period))
        if most is None:
            continue
        times = counts.get(count_key(TallyKind.TIMES, key, period), 0)
        detail = {"key": key, "period": period, "times": times, "limit": most}
        subject = f"{member_id}|{key}|{period}"
        found.append(Finding(ExceptionKind.LIMIT_EXCEEDED, subject, times > most, detail=detail))
    return found


def _period(name: str) -> Period:
    """The kind of period behind its key: ``2026-11-21``, ``2026-11``, ``2026``, or nothing for life."""
    return {0: Period.LIFE, 4: Period.YEAR, 7: Period.MONTH, 8: Period.WEEK}.get(len(name), Period.DAY)
