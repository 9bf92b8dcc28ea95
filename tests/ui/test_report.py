"""The day report over a real till."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.services.claims import CLAIMS_A_DAY
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.report.tiles import Tiles
from pos_member.ui.screens.report import ReportScreen
from pos_member.ui.widgets import Badge, Button, Table, Text
from tests.services.claiming import claim
from tests.ui.on_screen import Stage, find, press, stage, type_in

__all__ = ["stage"]


def value(screen: ReportScreen, key: str) -> str:
    return find(screen, Text, f"report_{key}_value").said()


def trade(stage: Stage) -> None:
    member = stage.world.enrol()
    bill = stage.world.sell({"beans": 2}, member).bill
    stage.world.sell({"tea": 3})
    returns = stage.world.till.returns
    returns.complete(stage.world.session("1003"), bill.id, {1: 1_000}, return_id=returns.new_id())


def test_the_figures_are_those_of_the_facts(stage: Stage) -> None:
    trade(stage)
    stage.sign_in("1003")
    screen = stage.show(ReportScreen)
    day = stage.world.till.reports.day()
    assert value(screen, "net") == "฿470"
    assert day.net_satang == 47_000
    assert value(screen, "bills") == "2"
    assert value(screen, "refund") == "฿350"
    assert value(screen, "enrolled") == "1"
    assert value(screen, "issued") == f"{day.points_issued:,}"
    assert "21 พ.ย. 2569" in find(screen, Text, "report_note").said()
    cashiers = find(screen, Table, "report_cashiers").shown_rows()
    assert [(each.staff_id, each.bills) for each in cashiers] == [("staff-1001", 2), ("staff-1003", 0)]


def test_a_cashier_is_told_who_may_see_it(stage: Stage) -> None:
    trade(stage)
    screen = stage.show(ReportScreen)
    closed = find(screen, Text, "report_closed")
    assert closed.isVisible()
    assert "F10" in closed.said()
    assert not find(screen, Button, "report_pdf").isEnabled()
    assert value(screen, "net") == ""
    assert stage.said == []


def test_what_needs_attention_comes_first_and_leads_on(stage: Stage) -> None:
    trade(stage)
    stage.sign_in("1003")
    stage.sync_state = SyncStateView(Line.OFFLINE, 2, 5, stage.world.clock.now() - timedelta(hours=2))
    screen = stage.show(ReportScreen)
    assert "5" in find(screen, Badge, "report_unsent").said()
    assert "12:05" in find(screen, Badge, "report_unsent").said()
    find(screen, Button, "report_to_sync").click()
    assert stage.opened == [("sync", {})]
    assert find(screen, Button, "report_to_papers").isHidden()
    assert find(screen, Badge, "report_unsent").y() < screen.findChildren(Tiles)[0].y()


def test_days_by_keys_and_never_past_today(stage: Stage) -> None:
    trade(stage)
    stage.world.clock.forward(timedelta(days=1))
    stage.world.sell({"mug": 1})
    stage.sign_in("1003")
    screen = stage.show(ReportScreen)
    assert value(screen, "net") == "฿200"
    assert not find(screen, Button, "report_after").isEnabled()
    find(screen, Button, "report_before").click()
    stage.settle()
    assert value(screen, "net") == "฿470"
    find(screen, Button, "report_after").click()
    stage.settle()
    assert value(screen, "net") == "฿200"


def test_a_figure_opens_its_rows_filtered_while_typing_and_escape_goes_back(stage: Stage) -> None:
    trade(stage)
    stage.sign_in("1004")
    screen = stage.show(ReportScreen)
    press(find(screen, Button, "report_net"), Qt.Key.Key_Return)
    stage.settle()
    table = find(screen, Table, "report_rows")
    assert len(table.shown_rows()) == 3
    number = table.shown_rows()[0][0]
    type_in(find(screen, QLineEdit, "report_rows_filter"), number)
    assert {row[0] for row in table.shown_rows()} == {number}
    assert screen.back()
    assert find(screen, Button, "report_net").isVisible()
    assert not screen.back()


def test_pdf_and_csv_are_saved_and_it_says_where(stage: Stage, tmp_path: Path) -> None:
    trade(stage)
    stage.sign_in("1004")
    screen = stage.show(ReportScreen)
    screen.folder = tmp_path / "out"
    find(screen, Button, "report_pdf").click()
    stage.settle()
    pdf = tmp_path / "out" / "pos-member-day-2026-11-21.pdf"
    assert pdf.read_bytes().startswith(b"%PDF")
    assert str(pdf) in stage.said[-1].text
    find(screen, Button, "report_csv").click()
    stage.settle()
    text = (tmp_path / "out" / "pos-member-day-2026-11-21.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\xef\xbb\xbf") == 1
    find(screen, Button, "report_bills").click()
    stage.settle()
    find(screen, Button, "report_csv").click()
    stage.settle()
    rows = (tmp_path / "out" / "pos-member-bills-2026-11-21.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 4
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == sorted(
        f"pos-member-{name}-2026-11-21.{ending}" for name, ending in (("day", "pdf"), ("day", "csv"), ("bills", "csv"))
    )


def test_a_folder_that_cannot_be_written_is_said(
    stage: Stage, tmp_path: Path, expected_logs: Callable[..., None]
) -> None:
    expected_logs("file_not_writable")
    trade(stage)
    stage.sign_in("1004")
    screen = stage.show(ReportScreen)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    screen.folder = blocked
    for name in ("report_csv", "report_pdf"):
        stage.said.clear()
        find(screen, Button, name).click()
        stage.settle()
        assert str(blocked) in stage.said[-1].text


def test_points_given_after_bills_are_told_and_many_for_one_member_stand_out(stage: Stage) -> None:
    member = stage.world.enrol()
    stage.sign_in("1003")
    screen = stage.show(ReportScreen)
    badge = find(screen, Badge, "report_claims")
    assert not badge.isVisible()
    for count in range(1, CLAIMS_A_DAY + 2):
        claim(stage.world, stage.world.sell({"mug": 1}).bill, member, approver=stage.world.session("1003"))
        screen.opened()
        stage.settle()
        many = count > CLAIMS_A_DAY
        assert badge.isVisible() and str(count) in badge.said()
        assert ("คนที่ 1001" in badge.said()) is many and member.number not in badge.said()
