"""The same figures from both sides: what the till knows, what head office holds."""

from __future__ import annotations

from datetime import date

from pos_member.app.composition import Till
from pos_member.headoffice.day_totals import DayTotals, branch_day


def till_day(till: Till) -> DayTotals:
    """From the till's own files, for today."""
    report = till.services.reports.day()
    found = [till.store.coupons.by_code(code) for code in _issued(till, report.day)]
    return DayTotals(
        bills=report.bills,
        sales_satang=report.sales_satang,
        refund_satang=report.refund_satang,
        points_earned=report.points_issued,
        points_redeemed=report.points_redeemed,
        balances=sum(till.store.members.account(member).balance for member in _served(till, report.day)),
        coupons=tuple((coupon.code, coupon.state.value) for coupon in found if coupon is not None),
        last_seq=till.store.facts.queue_status().head_seq,
    )


def office_day(database_url: str, branch_code: str, till: Till) -> DayTotals:
    """From head office's database, for the members served and the coupons issued at the till today."""
    day = till.services.reports.day().day
    return branch_day(database_url, branch_code, till.clock.now(), _served(till, day), _issued(till, day))


def _served(till: Till, day: date) -> list[str]:
    return sorted({bill.member_id for bill in till.store.facts.bills_between(day, day) if bill.member_id})


def _issued(till: Till, day: date) -> list[str]:
    return sorted(coupon.code for coupon in till.store.facts.coupons_issued_between(day, day))
