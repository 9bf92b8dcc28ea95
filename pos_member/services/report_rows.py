"""The day report as labelled rows: for CSV and for whoever lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_member.services.context import Shop
from pos_member.services.exports import baht
from pos_member.services.paper import tender_label

if TYPE_CHECKING:
    from pos_member.services.reports import DayReport

_MONEY = ("sales", "discount", "refund", "net", "vat")
_COUNTS = (
    *("bills", "returns", "members_served", "members_enrolled", "points_issued", "points_redeemed"),
    *("points_expired", "points_reversed", "claims", "coupons_issued", "coupons_used", "coupons_voided"),
)


def report_rows(shop: Shop, report: DayReport, language: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """(header, rows) of a day report: the figures beside last week's, then the hours, then the people."""
    week = report.last_week

    def say(key: str) -> str:
        return shop.say(key, language)

    rows: list[tuple[str, ...]] = [(say("report_day"), report.day.isoformat(), week.day.isoformat() if week else "")]
    for name in _MONEY:
        field = f"{name}_satang"
        rows.append((say(f"report_{name}"), baht(getattr(report, field)), baht(getattr(week, field)) if week else ""))
    for name in _COUNTS:
        rows.append((say(f"report_{name}"), str(getattr(report, name)), str(getattr(week, name)) if week else ""))
    before = dict(week.tenders) if week else {}
    for kind, satang in report.tenders:
        rows.append((tender_label(shop, kind, language), baht(satang), baht(before[kind]) if kind in before else ""))
    rows += [(), (say("report_hour"), say("report_bills"), say("report_sales"))]
    rows += [(f"{h.hour:02d}:00", str(h.bills), baht(h.sales_satang)) for h in report.hours]
    people = ("report_cashier", "report_bills", "report_sales", "report_returns", "report_members_enrolled")
    rows += [(), tuple(say(key) for key in people)]
    for person in report.cashiers:
        name = person.name_th if language == "th" else person.name_en
        figures = (str(person.bills), baht(person.sales_satang), str(person.returns), str(person.members_enrolled))
        rows.append((name, *figures))
    if report.many_claims:
        rows += [(), tuple(say(f"report_{key}") for key in ("many_claims", "member", "claims", "points", "approved"))]
    for many in report.many_claims:
        name = many.name_th if language == "th" else many.name_en
        rows.append((name, many.member_number, str(many.claims), str(many.points), str(many.approved)))
    if report.programs:
        head = ("report_program", "report_times", "report_points", "report_stamps", "report_spent")
        rows += [(), tuple(say(key) for key in (*head, "report_discount", "report_coupons_issued", "report_entries"))]
    for each in report.programs:
        name = each.name_th if language == "th" else each.name_en
        counts = (each.times, each.points, each.stamps, each.points_spent)
        rest = (baht(each.discount_satang), str(each.coupons), str(each.entries))
        rows.append((name, *(str(count) for count in counts), *rest))
    return (say("report_title"), say("report_value"), say("report_last_week")), rows
