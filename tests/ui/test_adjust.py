"""F7 over a real till."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.member import Member
from pos_member.ui.screens.adjust import AdjustScreen
from pos_member.ui.widgets import Button, Text
from tests.ui.on_screen import PINS, Stage, find, press, stage, type_in

__all__ = ["stage"]


def line(screen: AdjustScreen, name: str) -> QLineEdit:
    return find(screen, QLineEdit, f"adjust_{name}")


def balance(stage: Stage, member: Member) -> int:
    return stage.world.store.members.account(member.id).balance


def test_find_points_why_and_the_pin_of_a_manager(stage: Stage) -> None:
    member = stage.world.enrol()
    screen = stage.show(AdjustScreen)
    type_in(line(screen, "text"), "สมหญิง")
    stage.settle()
    press(line(screen, "text"), Qt.Key.Key_Return)
    stage.settle()
    type_in(line(screen, "points"), "+50")
    assert "50" in find(screen, Text, "adjust_after").said()
    press(line(screen, "points"), Qt.Key.Key_Return)
    type_in(line(screen, "reason"), "ลืมให้แต้มเมื่อวาน")
    press(line(screen, "reason"), Qt.Key.Key_Return)
    stage.settle()
    assert balance(stage, member) == 0
    pin = find(screen, QLineEdit, "adjust_approval_pin")
    type_in(pin, PINS["1004"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    assert balance(stage, member) == 50
    assert find(screen, Text, "adjust_member_points").said() == "50"
    today = stage.world.clock.now().date()
    entry = list(stage.world.store.facts.entries_between(today, today))[-1]
    assert (entry.points, entry.reason, entry.staff_id) == (50, "ลืมให้แต้มเมื่อวาน", "staff-1001")


def test_enter_that_is_faster_than_the_search_takes_the_right_one(stage: Stage) -> None:
    stage.world.enrol("0812345678", first_name="สมชาย")
    wanted = stage.world.enrol("0898765432", first_name="สมหญิง")
    screen = stage.show(AdjustScreen)
    line(screen, "text").setText("สมชาย")
    stage.settle()
    line(screen, "text").setText("สมหญิง")
    press(line(screen, "text"), Qt.Key.Key_Return)
    stage.settle()
    assert find(screen, Text, "adjust_member_name").said().startswith("สมหญิง")
    assert balance(stage, wanted) == 0


def test_a_supervisor_is_not_offered_as_approver(stage: Stage) -> None:
    stage.world.enrol()
    screen = stage.show(AdjustScreen)
    type_in(line(screen, "text"), "สมหญิง")
    stage.settle()
    press(line(screen, "text"), Qt.Key.Key_Return)
    stage.settle()
    line(screen, "points").setText("5")
    find(screen, Button, "adjust_reason_0").click()
    press(line(screen, "reason"), Qt.Key.Key_Return)
    stage.settle()
    offered = [b.objectName() for b in screen.findChildren(Button) if b.objectName().startswith("adjust_approval_1")]
    assert offered == ["adjust_approval_1004"]


@pytest.mark.parametrize(("points", "word"), [("-500", "แต้ม"), ("999999999", "แต้ม"), ("๕๐", None), ("-๑๐", None)])
def test_limits_are_said_at_the_field_and_thai_digits_are_read(stage: Stage, points: str, word: str | None) -> None:
    member = stage.world.enrol()
    stage.world.give_points(member, 100)
    stage.sign_in("1004")
    screen = stage.show(AdjustScreen, member_id=member.id)
    line(screen, "points").setText(points)
    line(screen, "reason").setText("ทดสอบ")
    press(line(screen, "reason"), Qt.Key.Key_Return)
    stage.settle()
    problem = find(screen, Text, "adjust_points_problem")
    if word is None:
        assert problem.isHidden()
        assert balance(stage, member) == 100 + (50 if points == "๕๐" else -10)
    else:
        assert word in problem.said()
        assert balance(stage, member) == 100


@pytest.mark.parametrize("points", ["", "0", "abc", "1.5", "😀"])
def test_what_is_no_number_of_points_goes_nowhere(stage: Stage, points: str) -> None:
    member = stage.world.enrol()
    stage.sign_in("1004")
    screen = stage.show(AdjustScreen, member_id=member.id)
    line(screen, "points").setText(points)
    press(line(screen, "points"), Qt.Key.Key_Return)
    assert not find(screen, Text, "adjust_points_problem").isHidden()
    assert balance(stage, member) == 0


def test_the_sign_can_be_turned_by_touch(stage: Stage) -> None:
    member = stage.world.enrol()
    stage.world.give_points(member, 100)
    screen = stage.show(AdjustScreen, member_id=member.id)
    find(screen, Button, "adjust_pad_5").click()
    find(screen, Button, "adjust_sign").click()
    assert line(screen, "points").text() == "-5"
    assert "95" in find(screen, Text, "adjust_after").said()
    find(screen, Button, "adjust_sign").click()
    assert line(screen, "points").text() == "5"


def test_a_reason_is_needed_and_escape_walks_back(stage: Stage) -> None:
    member = stage.world.enrol()
    stage.sign_in("1004")
    screen = stage.show(AdjustScreen)
    assert screen.scanned(member.number)
    stage.settle()
    line(screen, "points").setText("5")
    press(line(screen, "reason"), Qt.Key.Key_Return)
    assert not find(screen, Text, "adjust_reason_problem").isHidden()
    assert balance(stage, member) == 0
    assert screen.back()
    assert not find(screen, Button, "adjust_go").isEnabled()
    assert not screen.back()
