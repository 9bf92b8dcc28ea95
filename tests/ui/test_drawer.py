"""Shift+F9: the cash drawer without a sale, by somebody who answers for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterProfile, PrinterSetup
from pos_member.ui.key_bar import HEAD_KEYS
from pos_member.ui.screens.drawer import DrawerScreen
from pos_member.ui.widgets import Button
from tests.ui.on_screen import PINS, Stage, find, press, stage, type_in

__all__ = ["stage"]

COUNTER = PrinterSetup("counter", "เคาน์เตอร์", "tcp://10.0.0.9:9100", PrinterProfile("counter"), drawer=True)


def pulses(stage: Stage) -> int:
    return sum(1 for job in stage.world.till.reprint.jobs() if job.kind is DocumentKind.DRAWER)


def test_a_supervisor_opens_it_with_enter(stage: Stage) -> None:
    stage.world.printers = (COUNTER,)
    stage.sign_in("1003")
    screen = stage.show(DrawerScreen)
    press(find(screen, Button, "drawer_go"), Qt.Key.Key_Return)
    stage.settle()
    assert pulses(stage) == 1 and stage.backs == 1
    assert "ลิ้นชัก" in stage.said[-1].text


def test_a_cashier_has_it_approved_by_a_pin(stage: Stage) -> None:
    stage.world.printers = (COUNTER,)
    screen = stage.show(DrawerScreen)
    screen.go_on()
    stage.settle()
    assert pulses(stage) == 0
    pin = find(screen, QLineEdit, "drawer_approval_pin")
    type_in(pin, PINS["1003"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    assert pulses(stage) == 1 and stage.backs == 1


def test_a_till_without_a_drawer_says_so(stage: Stage) -> None:
    stage.sign_in("1004")
    screen = stage.show(DrawerScreen)
    screen.go_on()
    stage.settle()
    assert pulses(stage) == 0
    assert "ลิ้นชัก" in stage.said[-1].text and stage.backs == 1


def test_it_has_a_key_of_its_own() -> None:
    assert dict(HEAD_KEYS)["Shift+F9"] == "drawer"
