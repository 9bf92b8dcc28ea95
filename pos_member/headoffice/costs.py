"""What programs did and cost until now, from the facts head office holds.

A bill that came back whole counts no more. Of a bill that came back in part the discounts count as they were given;
what counts against a budget (``Limits.budget_satang``) is exact, since its tallies come back by line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from pos_member.domain.coupon import CouponEventKind, CouponState
from pos_member.domain.points import PointKind
from pos_member.domain.tally import TallyKind
from pos_member.headoffice import schema

_FIRST, _LAST = date(1970, 1, 1), date(9999, 12, 31)


@dataclass
class Cost:
    """Of one program, or of one of its days.

    ``bills`` on which it did something; ``points`` earned less those returns took back; ``discount_satang`` it gave;
    coupons issued, those used and what they took off; ``times`` and ``budget_satang``: what counts against its limits.
    """

    bills: int = 0
    points: int = 0
    discount_satang: int = 0
    coupons_issued: int = 0
    coupons_used: int = 0
    coupon_satang: int = 0
    times: int = 0
    budget_satang: int = 0

    def spent_satang(self, point_value_satang: int) -> int:
        """What it cost the shop: discounts, points at their value, coupons when they are used."""
        return self.discount_satang + max(0, self.points) * point_value_satang + self.coupon_satang


def costs(connection: Connection, first: date = _FIRST, last: date = _LAST) -> dict[str, Cost]:
    """Program id → what it cost in these days, both inclusive. Coupons count on the days of their issue and use."""
    found: dict[str, Cost] = {}
    for (program, _), cost in _by(connection, first, last, "", by_day=False).items():
        found[program] = cost
    return found


def costs_by_day(
    connection: Connection, program_id: str, first: date = _FIRST, last: date = _LAST
) -> list[tuple[date, Cost]]:
    """One program's days on which something happened, in order."""
    found = _by(connection, first, last, program_id, by_day=True)
    return [(date.fromisoformat(day), cost) for (_, day), cost in sorted(found.items())]


def _by(
    connection: Connection, first: date, last: date, program_id: str, *, by_day: bool
) -> dict[tuple[str, str], Cost]:
    span = (first.isoformat(), last.isoformat())
    found: dict[tuple[str, str], Cost] = {}

    def cost(program: str, day: str) -> Cost:
        return found.setdefault((program, day if by_day else ""), Cost())

    def grouped(
        program: ColumnElement[Any], day: ColumnElement[Any], sums: Iterable[ColumnElement[Any]], *where: Any
    ) -> list[tuple[Any, ...]]:
        only = [program == program_id] if program_id else [program != ""]
        keys = [program, day] if by_day else [program]
        query = select(*keys, *sums).where(*only, day.between(*span), *where).group_by(*keys)
        return [(row[0], row[1] if by_day else "", *row[len(keys) :]) for row in connection.execute(query)]

    of, back = schema.bill_program.c, schema.bill_return.c
    # Not as "exists": returns have no index by bill, and that would look through all of them for every bill.
    kept = of.bill_id.not_in(select(back.bill_id).where(back.complete.is_(True)))
    sums = (func.count(), func.sum(of.discount_satang))
    for program, day, bills, discount in grouped(of.program_id, of.business_date, sums, kept):
        here = cost(program, day)
        here.bills, here.discount_satang = int(bills), int(discount)
    entry = schema.point_entry.c
    earned = (entry.kind == PointKind.EARN.value) | ((entry.kind == PointKind.REVERSE.value) & (entry.points < 0))
    points = grouped(entry.program_id, entry.business_date, (func.sum(entry.points),), earned, entry.currency == "")
    for program, day, total in points:
        cost(program, day).points = int(total)
    counted = schema.tally.c
    for kind, name in ((TallyKind.TOTAL, "times"), (TallyKind.BUDGET, "budget_satang")):
        for program, day, total in grouped(
            counted.key, counted.business_date, (func.sum(counted.amount),), counted.kind == kind.value
        ):
            setattr(cost(program, day), name, int(total))
    coupon, happened = schema.coupon.c, schema.coupon_event
    standing_issue = coupon.state != CouponState.VOIDED_BY_RETURN.value
    for program, day, count in grouped(coupon.program_id, coupon.issued_on, (func.count(),), standing_issue):
        cost(program, day).coupons_issued = int(count)
    undone = happened.alias()
    used = (happened.c.code == coupon.code) & (happened.c.kind == CouponEventKind.REDEEMED.value)
    same = (undone.c.code == happened.c.code) & (undone.c.subject_id == happened.c.subject_id)
    standing = ~select(undone.c.code).where(same, undone.c.kind == CouponEventKind.REVERSED.value).exists()
    day_used = func.substr(happened.c.at, 1, 10)
    uses = (func.count(), func.sum(happened.c.amount_satang))
    for program, day, times, satang in grouped(coupon.program_id, day_used, uses, used, standing):
        here = cost(program, day)
        here.coupons_used, here.coupon_satang = int(times), int(satang)
    return found
