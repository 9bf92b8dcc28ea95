"""What is at risk now: rights that tills hold, tills that are cut off and the most they can lose, what was lost.

Rights are set aside from balances and lose nothing. What can be lost is what the floor limits let tills pass beyond
them while head office does not hear of it: bounded for each till, so the sum over tills that are cut off is the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from pos_member.domain.org import Settings
from pos_member.domain.rights import FloorLimits
from pos_member.headoffice import rights_grants, rule_books, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState
from pos_member.headoffice.rights_ledger import RightState
from pos_member.headoffice.schema_sync import coupon_hold, spending_right

#: A till not heard for so long counts as cut off.
CUT_OFF_AFTER = timedelta(hours=1)
_HELD = (RightState.LIVE.value, RightState.RECALLED.value)
_COUPON_CASES = (
    ExceptionKind.COUPON_TWICE,
    ExceptionKind.COUPON_UNKNOWN,
    ExceptionKind.COUPON_VOID_USED,
    ExceptionKind.EXPIRED_USED,
)


@dataclass(frozen=True)
class TillExposure:
    """One till. ``held``: points of rights it may spend; ``unheard``: of rights whose time is over, which it may have
    spent and not told yet. ``loss_satang``: the most it can have lost since its last contact; 0 while it is heard."""

    till_id: str
    number: int
    branch_id: str
    revoked: bool
    heard_at: datetime | None
    cut_off: bool
    held: int
    unheard: int
    loss_satang: int


@dataclass(frozen=True)
class Exposure:
    """The organisation. Points in ``points``-named figures, the rest satang; cases are open ones."""

    tills: tuple[TillExposure, ...]
    held_points: int
    held_satang: int
    unheard_points: int
    cut_off: int
    loss_satang: int
    provisional_cases: int
    provisional_points: int
    provisional_satang: int
    coupon_cases: int
    coupon_satang: int
    coupons_held: int


def loss_at_most(limits: FloorLimits, point_value_satang: int) -> int:
    """Satang that one till can lose beyond rights before it is heard again, whatever it does within its limits."""
    points = 0
    if min(limits.per_bill, limits.per_member, limits.per_till, limits.count_per_till) > 0:
        points = min(limits.per_till, limits.count_per_till * limits.per_bill)
    coupons = limits.coupons_satang_per_till if limits.coupons_per_till > 0 else 0
    return points * point_value_satang + max(0, coupons)


def exposure(connection: Connection, now: datetime) -> Exposure:
    """As of ``now``, tills with most at risk first."""
    settings = rule_books.settings(connection)
    rights = _rights(connection, settings, now)
    loss = loss_at_most(settings.floor, settings.point_value_satang)
    tills = []
    for row in connection.execute(select(schema.till).order_by(schema.till.c.number)):
        heard_at = None if row.last_contact_at is None else times.read(row.last_contact_at)
        cut_off = heard_at is None or now - heard_at > CUT_OFF_AFTER
        held, unheard = rights.get(row.id, (0, 0))
        # A till that says hello may none the less hold bills of the last minutes: it counts once it is cut off.
        lost = loss if cut_off and heard_at is not None else 0
        tills.append(
            TillExposure(row.id, row.number, row.branch_id, row.revoked, heard_at, cut_off, held, unheard, lost)
        )
    provisional = _cases(connection, (ExceptionKind.PROVISIONAL_OVERDRAWN,))
    coupons = _cases(connection, _COUPON_CASES)
    held_points = sum(each.held for each in tills)
    value = settings.point_value_satang
    return Exposure(
        tills=tuple(sorted(tills, key=lambda each: (-each.loss_satang, -each.held - each.unheard, each.number))),
        held_points=held_points,
        held_satang=held_points * value,
        unheard_points=sum(each.unheard for each in tills),
        cut_off=sum(each.cut_off for each in tills),
        loss_satang=sum(each.loss_satang for each in tills),
        provisional_cases=provisional[0],
        provisional_points=provisional[1],
        provisional_satang=provisional[1] * value,
        coupon_cases=coupons[0],
        coupon_satang=coupons[2],
        coupons_held=connection.execute(select(func.count()).select_from(coupon_hold)).scalar_one(),
    )


def _rights(connection: Connection, settings: Settings, now: datetime) -> dict[str, tuple[int, int]]:
    """Points of rights by till: those it may spend, and those whose time is over by every clock."""
    table = spending_right
    over = times.stored(now - rights_grants.margin(settings))
    left = table.c.points - table.c.used
    lapsed = table.c.lapses_at <= over
    query = select(
        table.c.till_id,
        func.sum(case((lapsed, 0), else_=left)),
        func.sum(case((lapsed, left), else_=0)),
    ).where(table.c.state.in_(_HELD), left > 0)
    rows = connection.execute(query.group_by(table.c.till_id))
    return {till_id: (int(held), int(unheard)) for till_id, held, unheard in rows}


def _cases(connection: Connection, kinds: tuple[ExceptionKind, ...]) -> tuple[int, int, int]:
    """(subjects, points, satang) of open cases; what two of them say of one subject counts once."""
    table = schema.exception
    here = table.c.kind.in_([kind.value for kind in kinds]) & (table.c.state == ExceptionState.OPEN.value)
    worst = (
        select(func.max(table.c.points).label("points"), func.max(table.c.amount_satang).label("satang"))
        .where(here)
        .group_by(table.c.shard, table.c.subject_id)
        .subquery()
    )
    query = select(func.count(), func.sum(worst.c.points), func.sum(worst.c.satang)).select_from(worst)
    count, points, satang = connection.execute(query).one()
    return int(count), int(points or 0), int(satang or 0)
