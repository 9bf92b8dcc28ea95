"""The console's reports over real HTTP: clearing, what ends, draws, top spenders, bills computed again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_member.domain import codec
from pos_member.domain.draw_lots import DrawRecord, verify_draw
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import Account
from pos_member.domain.program import Effect, EffectKind, Window
from pos_member.headoffice import clearing_run, schema
from pos_member.headoffice.console import reports
from pos_member.headoffice.exceptions import ExceptionKind, Finding, record
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.rule_books import organisation
from tests.headoffice.console_support import signed_in
from tests.headoffice.every_kind import TENTH, program
from tests.headoffice.office_support import rows
from tests.headoffice.program_shop import SIGNED, Desk, gaps, open_desk, said

DRAW = "/reports/draws/draw_entries-0"
SOURCE = "First prize of 16 December"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("busy"), bills=14) as desk:
        yield desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, bills=6) as made:
        yield made


def today(desk: Desk) -> date:
    return desk.shop.clock.now().date()


# --- clearing ---


def test_clearing_shows_what_the_run_finds(busy: Desk) -> None:
    found = clearing_run.clear(busy.database, date(2020, 1, 1), today(busy))
    assert found.branches  # somebody redeemed
    page = said(busy.get(f"/reports/clearing?from=2020-01-01&to={today(busy)}"))
    assert f"{found.branches[0].issuer} {found.branches[0].taker} {found.branches[0].points:,}" in page
    assert "Nobody owes anybody." in page and "฿0.10 a point" in page
    answer = busy.browser.get(f"/reports/clearing.csv?from=2020-01-01&to={today(busy)}")
    assert f"clearing-2020-01-01-{today(busy)}.csv" in answer.headers["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    listed = [(row["level"], row["from"], row["to"], int(row["points"])) for row in table if row["row"] == "redeemed"]
    assert listed == [
        *(("branch", p.issuer, p.taker, p.points) for p in found.branches),
        *(("brand", p.issuer, p.taker, p.points) for p in found.brands),
    ]


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("days", "th", "en"),
    [
        ("from=x&to=2026-01-01", "วันที่ไม่ถูกต้อง", "That is no date"),
        ("from=2026-02-01&to=2026-01-01", "วันแรกต้องไม่หลัง", "Turn them round"),
        ("from=2026-02-30", "วันที่ไม่ถูกต้อง", "That is no date"),
    ],
)
def test_days_that_are_none_are_refused(busy: Desk, language: str, days: str, th: str, en: str) -> None:
    busy.browser.get(f"/language/{language}")
    try:
        page = busy.get(f"/reports/clearing?{days}", 400)
        assert (th if language == "th" else en) in page and gaps(page) == []
        busy.get(f"/reports/clearing.csv?{days}", 400)
    finally:
        busy.browser.get("/language/en")


def test_one_day_alone_is_a_day(busy: Desk) -> None:
    day = today(busy).isoformat()
    assert f'name="from" value="{day}"' in busy.get(f"/reports/clearing?to={day}")


# --- what ends ---


def test_what_ends_is_the_sum_of_the_accounts(desk: Desk) -> None:
    with desk.database.write() as connection:
        company = organisation(connection)
        assert company is not None
        cups = (Currency("cup", "แก้ว", "Cup", PointsExpiry.MONTHS, 1),)
        settings = replace(company.settings, points_expiry=PointsExpiry.MONTHS, points_expiry_months=1, currencies=cups)
        import_catalogue(connection, (replace(company, settings=settings),))
    desk.shop.sync()
    desk.shop.trade(8)
    day = today(desk)
    with desk.database.read() as connection:
        found = reports.ending(connection, day)
        lots = [json.loads(row.buckets) for row in connection.execute(schema.account.select())]
    first, last = reports.month_of(reports.month_of(day)[1] + timedelta(days=1))
    inside = [
        sum(points for lot, points in each.items() if lot and first.isoformat() <= lot <= last.isoformat())
        for each in lots
    ]
    following = next(row for row in found if row.currency == "" and row.first == first)
    assert following.points == sum(each for each in inside if each > 0) > 0
    assert following.members == sum(each > 0 for each in inside)
    with signed_in(desk.server) as browser:  # the days that went by ended the session
        page = said(browser.get("/reports/expiry").text)
    assert f"{following.points:,} {following.members}" in page and "Cup" in page


def test_months_of_a_report_end_where_months_end() -> None:
    assert reports.month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert reports.month_of(date(2026, 12, 5)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_points_that_end_by_inactivity_count_too(desk: Desk) -> None:
    account = Account("m", {None: 10}, None, 0, 0, 0, date(2026, 11, 30))
    settings = Settings(points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=1)
    assert account.expiring(date(2026, 12, 1), date(2026, 12, 31), settings)[0] == 10
    with desk.database.write() as connection:
        company = organisation(connection)
        assert company is not None
        import_catalogue(connection, (replace(company, settings=replace(settings, zone=company.settings.zone)),))
    with desk.database.read() as connection:
        found = reports.ending(connection, today(desk))
        held = sum(sum(json.loads(row.buckets).values()) for row in connection.execute(schema.account.select()))
    assert 0 < sum(row.points for row in found) <= held


# --- draws ---


def test_a_draw_from_its_entries_to_a_record_anybody_can_check(desk: Desk) -> None:
    assert "entries of" in said(desk.get(DRAW)) and "List to be closed" in said(desk.get("/reports/draws"))
    assert "Tills not heard of since the last day: 1" in desk.get(DRAW)
    desk.send(f"{DRAW}/hold", 400, seed="123456", prizes="2", **SIGNED)  # there is no list yet
    page = desk.send(f"{DRAW}/close", source=SOURCE, **SIGNED)
    commitment = re.search(r"<b>([0-9a-f]{64})</b>", page)
    assert commitment is not None and SOURCE in page
    assert "It is the one that was published." in desk.get(f"{DRAW}?commitment={commitment[1].upper()}")
    assert "It is not that of the closed list." in desk.get(f"{DRAW}?commitment={'0' * 64}")
    page = desk.send(f"{DRAW}/hold", seed="๑๒๓ ๔๕๖", prizes="2", **SIGNED)
    assert "list, commitment and winners are right" in page and "123456" in page
    raw = desk.browser.get(f"{DRAW}/record.json")
    kept = codec.from_bytes(DrawRecord, raw.content)
    assert verify_draw(kept, commitment[1]) is None
    assert all(winner.number in page for winner in kept.winners) and len(kept.winners) == 2
    assert desk.get(f"{DRAW}/list.txt").startswith("pos-member draw 1\n")
    assert "Held" in said(desk.get("/reports/draws"))
    assert [act[0] for act in desk.acts()] == ["draw", "draw"]
    again = desk.send(f"{DRAW}/hold", 400, seed="654321", prizes="2", **SIGNED)
    assert "654321" not in said(again) and len(desk.acts()) == 2
    for name in ("record.json", "list.txt", "other"):
        desk.get(f"/reports/draws/nothing/{name}", 404)


def test_a_draw_that_runs_is_not_closed(desk: Desk) -> None:
    last = today(desk) + timedelta(days=1)
    desk.add(replace(program(EffectKind.DRAW_ENTRIES, count=1), window=Window(date_to=last), version=2))
    page = desk.get(DRAW)
    assert "The list can be closed after" in page and f"{DRAW}/close" not in page
    assert 'role="alert"' in desk.send(f"{DRAW}/close", 400, source=SOURCE, **SIGNED)
    desk.get(f"{DRAW}/list.txt", 404)
    desk.get(f"{DRAW}/record.json", 404)
    assert desk.acts() == [] and rows(desk.database, "office_run") == []


@pytest.mark.parametrize(
    "fields", [{}, {"who": "Napha"}, {"seed": "", **SIGNED}, {"prizes": "0", **SIGNED}, {"prizes": "many", **SIGNED}]
)
def test_a_draw_is_not_held_by_halves(desk: Desk, fields: dict[str, str]) -> None:
    desk.send(f"{DRAW}/close", source=SOURCE, **SIGNED)
    before = desk.acts()
    page = desk.send(f"{DRAW}/hold", 400, **{"seed": "1", "prizes": "1", **fields})
    assert 'role="alert"' in page and desk.acts() == before
    assert "draw" not in {row.kind for row in rows(desk.database, "office_run")}


def test_draws_need_their_program(desk: Desk) -> None:
    desk.send("/reports/draws/none/close", 404, source=SOURCE, **SIGNED)
    desk.send("/reports/draws/multiply-0/close", 404, source=SOURCE, **SIGNED)


# --- top spenders ---


def test_the_ranking_is_shown_and_rewarded_once(desk: Desk) -> None:
    start = today(desk) - timedelta(days=30)
    running = replace(
        program(EffectKind.TOP_SPENDER, coupon=TENTH.id, count=2),
        window=Window(date_from=start, date_to=today(desk)),
        version=2,
    )
    desk.add(running)
    page = said(desk.get("/reports/top"))
    with desk.database.read() as connection:
        (ranking,) = reports.rankings(connection, today(desk))
    assert ranking.places and ranking.places[0].net_satang >= ranking.places[-1].net_satang
    assert "so far" in page and f"1 {ranking.places[0].who}" in page
    assert all(member.number not in page for member in desk.shop.members)  # masked
    assert 'role="alert"' in desk.send("/reports/top/top_spender-0", 400, **SIGNED)  # it still runs
    ended = replace(running, window=Window(date_from=start, date_to=today(desk) - timedelta(days=1)), version=3)
    desk.add(ended)
    assert "Give your name" in desk.send("/reports/top/top_spender-0", 400)
    before = len(rows(desk.database, "coupon"))
    assert "as it was rewarded" in desk.send("/reports/top/top_spender-0", **SIGNED)
    assert len(rows(desk.database, "coupon")) > before
    desk.send("/reports/top/top_spender-0", **SIGNED)
    assert [act[0] for act in desk.acts()] == ["top_spenders"]
    assert 'role="alert"' in desk.send("/reports/top/multiply-0", 400, **SIGNED)


# --- bills computed again ---


def test_bills_are_computed_again(busy: Desk) -> None:
    page = said(busy.send("/reports/recheck"))
    assert f"Checked {len(busy.shop.bills)}" in page and "Every bill that could be checked agrees." in page


def test_a_bill_that_differs_leads_to_its_case(desk: Desk) -> None:
    with desk.database.write() as connection:
        bill = desk.shop.bills[0]
        listed = [
            {"what": "total", "stored": "10050", "computed": "-9000"},
            {"what": "points earned", "stored": "7", "computed": "<b>8"},
            {"what": "line 3", "stored": "(1, 2)", "computed": "(1, 3)"},
            {"what": "new figure", "stored": "1", "computed": "2"},
        ]
        detail = {"bill_id": bill.id, "number": bill.number, "till_id": bill.till_id, "differences": listed}
        found = Finding(ExceptionKind.EVALUATION_DIFFERS, bill.id, True, 10, 0, detail)
        record(connection, [found], "2026-11-21T00:00:00Z")
    for path in ("/reports", "/reports/recheck"):
        assert "1 differing, to look at" in said(desk.get(path))
    page = desk.get("/exceptions")
    case = said(page)
    assert f"Bill {bill.number}" in case and "Total : the till says ฿100.50, computed again −฿90" in case
    assert "Points earned : the till says 7, computed again <b>8" in case and "again <b>" not in page
    assert "Line 3 : the till says (1, 2), computed again (1, 3)" in case and "Other : the till says 1" in case


def test_a_quota_that_was_passed_names_its_program(desk: Desk) -> None:
    till = desk.shop.bills[0].till_id
    detail = {"key": "discount_amount-0", "till_id": till, "times": 0}
    with desk.database.write() as connection:
        found = Finding(ExceptionKind.QUOTA_EXCEEDED, f"discount_amount-0|{till}", True, 1_000, 0, detail)
        record(connection, [found], "2026-11-21T00:00:00Z")
    assert "Program discount_amount-0" in said(desk.get("/exceptions"))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"from": "2026-01-01", "to": "2026-12-31"}, "At most 31 days"),
        ({"from": "2026-02-01", "to": "2026-01-31"}, "Turn them round"),
        ({"from": "soon", "to": ""}, "That is no date"),
    ],
)
def test_too_many_days_are_not_computed_again(busy: Desk, days: dict[str, str], told: str) -> None:
    page = busy.send("/reports/recheck", 400, **days)
    assert told in page and "Checked" not in said(page)


def test_a_program_of_an_unknown_kind_breaks_no_report(desk: Desk) -> None:
    desk.add(replace(program(EffectKind.MULTIPLY, 9), effect=Effect("time_travel")))
    for path in ("/reports/draws", "/reports/top", "/reports/expiry", "/programs"):
        assert gaps(desk.get(path)) == []
