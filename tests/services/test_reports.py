"""The day in figures, by hand; and files that a spreadsheet reads without running anything."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from pos_member.domain.bill import Tender, TenderKind
from pos_member.services.csv_text import BYTE_ORDER_MARK, csv_cell, csv_lines
from pos_member.services.exports import baht, quantity
from pos_member.services.reports import CashierFigure
from tests.factories import CARD, CASH, World
from tests.services.claiming import claim

REWARD = "01930000-0000-7000-8000-000000000105"


def _busy_day(world: World) -> None:
    """By hand: 600 + 180 + 120 + 45 = 945 baht in four bills, 600 of them returned."""
    member = world.enrol()
    first = world.pay(world.draft({"giftbox": 2}, member), Tender(CASH, 100_000)).bill  # 24 points, 2 coupons
    code = first.coupons_issued[0].code
    world.clock.forward(timedelta(hours=1))
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code), Tender(CARD, 18_000))  # 7 points
    world.pay(world.draft({"cake": 1}), Tender(CARD, 2_000), Tender(CASH, 10_000), code="1002")
    world.give_points(member, 100)
    world.pay(world.till.redemption.choose_reward(world.draft({"espresso": 1}, member), REWARD, 1))  # 1 point
    world.clock.forward(timedelta(hours=1))
    world.enrol("0898765432")
    returns = world.till.returns
    returns.complete(world.session("1003"), first.id, {1: 2000}, return_id=returns.new_id())


def test_the_day_is_what_was_done(world: World) -> None:
    _busy_day(world)
    report = world.till.reports.day()
    assert (report.day, report.bills, report.sales_satang) == (date(2026, 11, 21), 4, 94_500)
    assert report.discount_satang == 3_000
    # One issued coupon was used: its 20 baht are withheld from the 600.
    assert (report.returns, report.refund_satang, report.net_satang) == (1, 58_000, 36_500)
    # 7/107 of 600, 180, 120, 45 = 39.25 + 11.78 + 7.85 + 2.94, less that of 580 = 37.94.
    assert report.vat_satang == 3_925 + 1_178 + 785 + 294 - 3_794
    assert dict(report.tenders) == {TenderKind.CASH: 60_000 + 10_000 + 4_500, TenderKind.CARD: 20_000}
    assert sum(amount for _, amount in report.tenders) == report.sales_satang
    assert (report.members_served, report.members_enrolled) == (1, 2)
    assert (report.points_issued, report.points_redeemed, report.points_expired) == (24 + 7 + 1, 100, 0)
    assert report.points_reversed == 24
    assert (report.coupons_issued, report.coupons_used, report.coupons_voided) == (2, 1, 1)
    # 14:05 in Bangkok, then an hour later.
    assert {h.hour: (h.bills, h.sales_satang) for h in report.hours if h.bills} == {14: (1, 60_000), 15: (3, 34_500)}
    assert len(report.hours) == 24 and [hour.hour for hour in report.hours] == list(range(24))
    assert report.cashiers == (
        CashierFigure("staff-1001", "คนที่ 1001", "Person 1001", 3, 82_500, 0, 2),
        CashierFigure("staff-1002", "คนที่ 1002", "Person 1002", 1, 12_000, 0, 0),
        CashierFigure("staff-1003", "คนที่ 1003", "Person 1003", 0, 0, 1, 0),
    )
    assert report.generated_at == world.clock.now()
    assert report.last_week is not None and report.last_week.bills == 0 and report.last_week.last_week is None


def test_the_same_weekday_a_week_before_stands_beside(world: World) -> None:
    world.sell({"tea": 1})
    world.clock.forward(timedelta(days=7))
    world.sell({"tea": 2})
    report = world.till.reports.day()
    assert report.sales_satang == 8_000 and report.last_week is not None
    assert (report.last_week.day, report.last_week.sales_satang) == (date(2026, 11, 21), 4_000)
    assert world.till.reports.day(date(2026, 11, 21)).sales_satang == 4_000


def test_a_bill_after_midnight_in_the_shop_belongs_to_the_next_day(world: World) -> None:
    world.clock.forward(timedelta(hours=9, minutes=54))  # 23:59 in Bangkok
    world.sell({"tea": 1})
    world.clock.forward(timedelta(minutes=2))
    world.sell({"tea": 2})
    assert world.till.reports.day(date(2026, 11, 21)).sales_satang == 4_000
    assert world.till.reports.day().sales_satang == 8_000
    assert world.till.reports.day().hours[0].bills == 1


def _read(lines: str) -> list[list[str]]:
    assert not lines.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(lines, newline=""), strict=True))


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_report_as_csv(world: World, language: str) -> None:
    _busy_day(world)
    text = world.till.reports.csv(world.till.reports.day(), language)
    assert text.endswith("\r\n")
    rows = {row[0]: row[1:] for row in _read(text) if row}
    sales, refund, hour = {
        "th": ("ยอดขาย", "เงินคืนลูกค้า", "14:00"),
        "en": ("Sales", "Refunds", "14:00"),
    }[language]
    assert rows[sales] == ["945.00", "0.00"] and rows[refund][0] == "580.00" and rows[hour] == ["1", "600.00"]


def test_facts_as_rows_are_plain_numbers_and_masked_people(world: World) -> None:
    _busy_day(world)
    rows = world.till.reports.rows
    exported = {}
    for what in ("bills", "lines", "points", "members", "coupons"):
        header, found = rows(what, None, None, "en")  # type: ignore[arg-type]
        exported[what] = [dict(zip(header, row, strict=True)) for row in found]
    assert [row["Total"] for row in exported["bills"]] == ["600.00", "180.00", "120.00", "45.00", "-580.00"]
    assert sum(float(row["Total"]) for row in exported["bills"]) == 365.0
    assert [row["Points redeemed"] for row in exported["bills"]] == ["0", "0", "0", "-100", "0"]
    assert len(exported["lines"]) == 4 and exported["lines"][0]["Quantity"] == "2"
    assert sum(int(row["Points"]) for row in exported["points"]) == 24 + 7 + 1 + 100 - 100 - 24
    assert [row["Phone"] for row in exported["members"]] == ["08x-xxx-5678", "08x-xxx-5432"]
    assert {row["State"] for row in exported["coupons"]} == {"Used", "Voided by a return"}
    assert not any("ใจดี" in cell for row in exported["members"] for cell in row.values())
    later = rows("bills", date(2026, 11, 22), None, "en")[1]
    assert list(later) == []
    with pytest.raises(KeyError):
        rows("secrets", None, None, "en")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+66812345678", "'+66812345678"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-", "'-"),
        ("-12.50", "-12.50"),
        ("-3", "-3"),
        ("1e5", "1e5"),
        ("กาแฟ", "กาแฟ"),
        ('say "hi", you', '"say ""hi"", you"'),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_no_cell_runs_and_numbers_stay_numbers(text: str, cell: str) -> None:
    assert csv_cell(text) == cell


def test_a_formula_in_a_name_reaches_the_file_as_text() -> None:
    lines = "".join(csv_lines(("name", "points"), [("=HYPERLINK(1)", "-5"), ("two\nlines", "5")]))
    assert _read(lines) == [["name", "points"], ["'=HYPERLINK(1)", "-5"], ["two\nlines", "5"]]


@pytest.mark.parametrize(("satang", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (125_050, "1250.50")])
def test_baht_are_plain_numbers(satang: int, text: str) -> None:
    assert baht(satang) == text


@pytest.mark.parametrize(("milli", "text"), [(2000, "2"), (350, "0.35"), (1005, "1.005")])
def test_quantities_lose_their_zeros(milli: int, text: str) -> None:
    assert quantity(milli) == text


def test_points_after_the_bill_are_in_the_day_and_many_of_them_stand_out(world: World) -> None:
    member, other = world.enrol("0811111111"), world.enrol("0822222222")
    bills = [world.sell({"giftbox": 1}).bill for _ in range(5)]  # 12 points each
    for bill in bills[:4]:
        claim(world, bill, member, approver=world.session("1003"))
    claim(world, bills[4], other)
    report = world.till.reports.day()
    assert (report.claims, report.points_issued, report.members_served) == (5, 60, 2)
    assert [(row.times, row.points) for row in report.programs if row.points] == [(5, 60)]
    [many] = report.many_claims
    assert (many.staff_id, many.member_id, many.claims, many.points, many.approved) == (
        "staff-1001", member.id, 4, 48, 1,
    )  # fmt: skip
    assert member.number not in many.member_number
    text = world.till.reports.csv(report, "en")
    assert "Bills claimed after payment" in text and "Many claims: cashier" in text
    header, rows = world.till.reports.rows("bills", None, None, "en")
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["Points earned"], row["Member number"]) for row in found] == [
        *[("12", member.number)] * 4, ("12", other.number),
    ]  # fmt: skip
    header, rows = world.till.reports.rows("points", None, None, "en")
    assert {row[header.index("Bill number")] for row in rows} == {bill.number for bill in bills}
    report = world.till.reports.day(date(2026, 11, 20))
    assert (report.claims, report.many_claims) == (0, ())
