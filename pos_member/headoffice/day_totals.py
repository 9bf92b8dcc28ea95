"""One branch's day in totals, for comparing with what a till knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pos_member.headoffice import schema
from pos_member.headoffice.console import figures
from pos_member.headoffice.database import open_database


@dataclass(frozen=True)
class DayTotals:
    """``balances``: points of the members asked for, added up; ``coupons``: (code, state) of those asked for;
    ``last_seq``: the highest event held of any till."""

    bills: int
    sales_satang: int
    refund_satang: int
    points_earned: int
    points_redeemed: int
    balances: int
    coupons: tuple[tuple[str, str], ...]
    last_seq: int


def branch_day(
    database_url: str, branch_code: str, now: datetime, member_ids: Sequence[str], coupon_codes: Sequence[str]
) -> DayTotals:
    """Today at a branch as head office holds it. Raises ``StopIteration`` for an unknown branch."""
    database = open_database(database_url)
    try:
        with database.read() as connection:
            seen = figures.overview(connection, now)
            branch = next(row for row in seen.branches if row.code == branch_code)
            account, coupon = schema.account.c, schema.coupon.c
            lots = connection.execute(select(account.buckets).where(account.member_id.in_(member_ids))).scalars()
            states = connection.execute(select(coupon.code, coupon.state).where(coupon.code.in_(coupon_codes))).all()
            return DayTotals(
                bills=branch.bills,
                sales_satang=branch.sales_satang,
                refund_satang=branch.refund_satang,
                points_earned=branch.points_earned,
                points_redeemed=branch.points_redeemed,
                balances=sum(sum(json.loads(each).values()) for each in lots),
                coupons=tuple(sorted((row.code, row.state) for row in states)),
                last_seq=max((row.last_seq for row in seen.tills), default=0),
            )
    finally:
        database.close()
