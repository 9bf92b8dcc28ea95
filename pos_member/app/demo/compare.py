"""The same figures from both sides: what the till knows, what head office holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from pos_member.app.composition import Till
from pos_member.domain.clock import SystemClock
from pos_member.headoffice import schema
from pos_member.headoffice.console import figures
from pos_member.headoffice.database import open_database


@dataclass(frozen=True)
class DayTotals:
    """One branch and day. ``balances``: points of every member who was served, added up; ``coupons``: code → state."""

    bills: int
    sales_satang: int
    refund_satang: int
    points_earned: int
    points_redeemed: int
    balances: int
    coupons: tuple[tuple[str, str], ...]
    last_seq: int


def _served(till: Till, day: date) -> list[str]:
    return sorted({bill.member_id for bill in till.store.facts.bills_between(day, day) if bill.member_id})


def till_day(till: Till) -> DayTotals:
    """From the till's own files."""
    report = till.services.reports.day()
    members = _served(till, report.day)
    codes = sorted(coupon.code for coupon in till.store.facts.coupons_issued_between(report.day, report.day))
    found = [till.store.coupons.by_code(code) for code in codes]
    return DayTotals(
        bills=report.bills,
        sales_satang=report.sales_satang,
        refund_satang=report.refund_satang,
        points_earned=report.points_issued,
        points_redeemed=report.points_redeemed,
        balances=sum(till.store.members.account(member).balance for member in members),
        coupons=tuple((coupon.code, coupon.state.value) for coupon in found if coupon is not None),
        last_seq=till.store.facts.queue_status().head_seq,
    )


def office_day(database_url: str, branch_code: str, till: Till) -> DayTotals:
    """From head office's database, for the members and coupons of the till's day."""
    day = till.services.reports.day().day
    members = _served(till, day)
    codes = sorted(coupon.code for coupon in till.store.facts.coupons_issued_between(day, day))
    database = open_database(database_url)
    try:
        with database.read() as connection:
            seen = figures.overview(connection, SystemClock().now())
            branch = next(row for row in seen.branches if row.code == branch_code)
            account, coupon = schema.account.c, schema.coupon.c
            lots = connection.execute(select(account.buckets).where(account.member_id.in_(members))).scalars()
            states = connection.execute(select(coupon.code, coupon.state).where(coupon.code.in_(codes))).all()
            return DayTotals(
                bills=branch.bills,
                sales_satang=branch.sales_satang,
                refund_satang=branch.refund_satang,
                points_earned=branch.points_earned,
                points_redeemed=branch.points_redeemed,
                balances=sum(sum(json.loads(each).values()) for each in lots),
                coupons=tuple(sorted((row.code, row.state) for row in states)),
                last_seq=max(row.last_seq for row in seen.tills),
            )
    finally:
        database.close()
