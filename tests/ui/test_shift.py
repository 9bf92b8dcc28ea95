"""F9 over a real till: open, blind count, agree or not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.documents import DocumentKind
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.screens.shift import ShiftScreen
from pos_member.ui.shell import Answered, Question
from pos_member.ui.widgets import Badge, Button, Text
from pos_member.ui.widgets.facts import FactList
from tests.ui.on_screen import Stage, find, press, stage, type_in

__all__ = ["stage"]


class Asked:
    """The question the frame would show."""

    def __init__(self, stage: Stage) -> None:
        self.questions: list[tuple[Question, Answered]] = []
        stage.shell.asked.connect(self._asked)

    def _asked(self, question: Question, answered: Answered) -> None:
        self.questions.append((question, answered))

    def answer(self, key: str) -> None:
        self.questions[-1][1](key, "")


def amount_of(screen: ShiftScreen) -> QLineEdit:
    return find(screen, QLineEdit, "shift_amount")


def everything_said(screen: ShiftScreen) -> str:
    return " ".join(text.said() for text in screen.findChildren(Text) if text.isVisible())


def test_open_sell_count_blind_and_the_drawer_agrees(stage: Stage) -> None:
    asked = Asked(stage)
    screen = stage.show(ShiftScreen)
    type_in(amount_of(screen), "1,000")
    press(amount_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert "เปิดรอบเมื่อ" in find(screen, Badge, "shift_status").said()
    stage.world.sell({"beans": 1})
    screen.opened()
    stage.settle()
    # Blind: neither what is expected nor what was sold is shown to who counts.
    assert "1,350" not in everything_said(screen)
    assert "350" not in everything_said(screen)
    assert find(screen, FactList, "shift_figures").said().splitlines()[2].endswith("1")
    type_in(amount_of(screen), "1350")
    press(amount_of(screen), Qt.Key.Key_Return)
    assert stage.world.till.shifts.current() is not None
    assert "฿1,350" in asked.questions[-1][0].text
    asked.answer("close")
    stage.settle()
    assert find(screen, Text, "shift_verdict").said() == "เงินตรง"
    assert "฿1,350.00" in find(screen, FactList, "shift_done_facts").said()
    assert stage.world.till.shifts.current() is None
    press(find(screen, Button, "shift_close"), Qt.Key.Key_Return)
    assert stage.backs == 1


@pytest.mark.parametrize(("counted", "shown", "word"), [("500", "−฿500.00", "ขาด"), ("1200.50", "฿200.50", "เกิน")])
def test_a_difference_is_named_and_its_sign_is_seen(stage: Stage, counted: str, shown: str, word: str) -> None:
    asked = Asked(stage)
    stage.world.till.shifts.open(stage.world.session(), 100_000)
    screen = stage.show(ShiftScreen)
    type_in(amount_of(screen), counted)
    press(amount_of(screen), Qt.Key.Key_Return)
    asked.answer("close")
    stage.settle()
    assert word in find(screen, Text, "shift_verdict").said()
    assert find(screen, Text, "shift_difference").said() == shown


def test_it_says_how_the_day_stands_at_head_office_until_it_is_there(stage: Stage) -> None:
    asked = Asked(stage)
    stage.world.till.shifts.open(stage.world.session(), 0)
    stage.sync_state = SyncStateView(Line.OFFLINE, 4, 7)
    screen = stage.show(ShiftScreen)
    type_in(amount_of(screen), "0")
    press(amount_of(screen), Qt.Key.Key_Return)
    asked.answer("close")
    stage.settle()
    sent = find(screen, Badge, "shift_sent")
    stage.until(lambda: "4 บิล" in sent.said())
    stage.sync_state = SyncStateView(Line.SENDING, 0, 2)
    stage.until(lambda: "กำลังส่ง" in sent.said())
    stage.sync_state = SyncStateView(Line.ONLINE, 0, 0, None, stage.world.clock.now())
    stage.until(lambda: "14:05" in sent.said())
    stage.sync_state = SyncStateView()
    stage.until(lambda: not sent.isVisible())


def test_counting_again_changes_nothing(stage: Stage) -> None:
    asked = Asked(stage)
    stage.world.till.shifts.open(stage.world.session(), 0)
    screen = stage.show(ShiftScreen)
    type_in(amount_of(screen), "5")
    press(amount_of(screen), Qt.Key.Key_Return)
    asked.answer("no")
    stage.settle()
    assert stage.world.till.shifts.current() is not None
    assert amount_of(screen).text() == "5"


def test_an_empty_drawer_is_a_count_too(stage: Stage) -> None:
    screen = stage.show(ShiftScreen)
    type_in(amount_of(screen), "0")
    press(amount_of(screen), Qt.Key.Key_Return)
    stage.settle()
    shift = stage.world.till.shifts.current()
    assert shift is not None
    assert shift.float_satang == 0


@pytest.mark.parametrize("typed", ["", "abc", "-5", "9" * 20, "1.234"])
def test_what_is_no_amount_is_said_at_the_field(stage: Stage, typed: str) -> None:
    screen = stage.show(ShiftScreen)
    amount_of(screen).setText(typed)
    press(amount_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert not find(screen, Text, "shift_amount_problem").isHidden()
    assert stage.world.till.shifts.current() is None


def test_sales_are_for_those_who_may_see_the_report(stage: Stage) -> None:
    stage.world.till.shifts.open(stage.world.session(), 0)
    stage.world.sell({"beans": 1})
    stage.sign_in("1003")
    screen = stage.show(ShiftScreen)
    assert "฿350.00" in find(screen, FactList, "shift_figures").said()
    find(screen, Button, "shift_report").click()
    assert stage.opened == [("report", {})]


def test_an_x_is_printed_by_whoever_may_see_the_figures_and_the_shift_goes_on(stage: Stage) -> None:
    stage.world.till.shifts.open(stage.world.session(), 10_000)
    screen = stage.show(ShiftScreen)
    assert find(screen, Button, "shift_x").isHidden()
    stage.sign_in("1003")
    screen.opened()
    stage.settle()
    button = find(screen, Button, "shift_x")
    assert not button.isHidden() and button.isEnabled()
    amount = find(screen, QLineEdit, "shift_amount")
    amount.setFocus()
    QTest.keyClick(amount, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert [job.kind for job in stage.world.till.reprint.jobs()] == [DocumentKind.DAY_REPORT]
    assert stage.world.till.shifts.current() is not None
    assert "รายงาน X" in stage.said[-1].text


def test_the_last_z_comes_again_as_a_copy(stage: Stage) -> None:
    shifts, who = stage.world.till.shifts, stage.world.session()
    screen = stage.show(ShiftScreen)
    amount = find(screen, QLineEdit, "shift_amount")
    amount.setFocus()
    QTest.keyClick(amount, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert "ยังไม่เคยปิดรอบ" in stage.said[-1].text
    shifts.open(who, 0)
    shifts.close(who, 0, "th")
    QTest.keyClick(amount, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert [job.copy_number for job in stage.world.till.reprint.jobs()] == [1, 0]
