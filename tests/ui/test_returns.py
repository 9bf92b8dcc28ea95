"""F4 over a real till: whole and part, with approval, once only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.bill import Bill, Tender, TenderKind
from pos_member.ui.returns.lines_card import LinesCard
from pos_member.ui.screens.returns import ReturnsScreen
from pos_member.ui.widgets import Button, Card, Table, Text
from pos_member.ui.widgets.facts import FactList
from tests.ui.on_screen import PINS, Stage, find, press, stage, type_in

__all__ = ["stage"]


def sell(stage: Stage) -> Bill:
    member = stage.world.enrol()
    return stage.world.sell({"beans": 2, "latte": 1}, member).bill


def lines_of(screen: ReturnsScreen) -> Table:
    return find(screen, Table, "return_lines")


def returned(stage: Stage, bill: Bill) -> list[int]:
    return [document.refund_satang for document in stage.world.store.facts.returns_of(bill.id)]


def test_scan_enter_pin_enter_returns_the_whole_bill_and_the_points(stage: Stage) -> None:
    bill = sell(stage)
    assert bill.points_earned
    screen = stage.show(ReturnsScreen)
    assert screen.scanned(bill.receipt_code)
    stage.settle()
    assert find(screen, Text, "return_refund").said() == "฿770.00"
    assert f"−{bill.points_earned:,}" in find(screen, FactList, "return_facts").said()
    assert find(screen, Button, "return_go").accessibleName().startswith("คืน ฿770")
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    # A cashier may not return alone: nothing has happened yet, a supervisor is asked.
    assert returned(stage, bill) == []
    pin = find(screen, QLineEdit, "return_approval_pin")
    type_in(pin, PINS["1003"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    document = stage.world.store.facts.returns_of(bill.id)[0]
    assert (document.refund_satang, document.staff_id, document.approved_by) == (77_000, "staff-1001", "staff-1003")
    assert bill.member_id is not None
    assert stage.world.store.members.account(bill.member_id).balance == 0
    assert find(screen, Text, "return_done_amount").said() == "฿770.00"
    press(find(screen, Button, "return_close"), Qt.Key.Key_Return)
    assert stage.backs == 1


def test_a_supervisor_returns_alone_with_scan_and_enter_even_when_enter_is_faster(stage: Stage) -> None:
    bill = sell(stage)
    stage.sign_in("1003")
    screen = stage.show(ReturnsScreen)
    screen.scanned(bill.receipt_code)
    stage.until(lambda: lines_of(screen).current() is not None)
    press(lines_of(screen), Qt.Key.Key_Return)
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert returned(stage, bill) == [77_000]


def test_part_of_a_line_by_arrows_then_the_rest(stage: Stage) -> None:
    bill = sell(stage)
    stage.sign_in("1003")
    screen = stage.show(ReturnsScreen, code=bill.number)
    press(lines_of(screen), Qt.Key.Key_Delete)
    stage.settle()
    assert not find(screen, Button, "return_go").isEnabled()
    press(lines_of(screen), Qt.Key.Key_Return)
    assert "Ctrl+A" in stage.said[-1].text
    press(lines_of(screen), Qt.Key.Key_Right)
    stage.settle()
    assert find(screen, Text, "return_refund").said() == "฿350.00"
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert returned(stage, bill) == [35_000]
    screen.opened(code=bill.number)
    stage.settle()
    # Never more than is left, however often the key is pressed.
    for _ in range(5):
        press(lines_of(screen), Qt.Key.Key_Right)
    stage.settle()
    assert find(screen, Text, "return_refund").said() == "฿420.00"
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert sum(returned(stage, bill)) == bill.total_satang
    screen.opened(code=bill.number)
    stage.settle()
    assert "ครบ" in stage.said[-1].text
    assert not find(screen, Button, "return_go").isEnabled()


def test_a_wrong_pin_is_said_and_nothing_is_returned(stage: Stage) -> None:
    bill = sell(stage)
    screen = stage.show(ReturnsScreen, code=bill.number)
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    pin = find(screen, QLineEdit, "return_approval_pin")
    type_in(pin, "999999")
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    assert not find(screen, Text, "return_approval_pin_problem").isHidden()
    assert pin.text() == ""
    assert returned(stage, bill) == []
    assert screen.back()
    assert screen.back()
    assert not screen.back()


def test_only_those_who_may_are_offered_and_arrows_choose(stage: Stage) -> None:
    bill = sell(stage)
    screen = stage.show(ReturnsScreen, code=bill.number)
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    offered = [
        button.objectName()
        for button in screen.findChildren(Button)
        if button.objectName().startswith("return_approval_1")
    ]
    assert sorted(offered) == ["return_approval_1003", "return_approval_1004"]
    pin = find(screen, QLineEdit, "return_approval_pin")
    press(pin, Qt.Key.Key_Down)
    type_in(pin, PINS["1004"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.facts.returns_of(bill.id)[0].approved_by == "staff-1004"


def test_a_bill_from_the_list_and_one_typed(stage: Stage) -> None:
    first, second = sell(stage), stage.world.sell({"tea": 1}).bill
    screen = stage.show(ReturnsScreen)
    text = find(screen, QLineEdit, "return_text")
    assert [row.number for row in find(screen, Table, "return_recent").shown_rows()] == [second.number, first.number]
    press(text, Qt.Key.Key_Down)
    press(text, Qt.Key.Key_Return)
    stage.settle()
    assert first.number in find(screen, Text, "return_bill").said()
    screen.back()
    stage.settle()
    type_in(text, second.number.lower())
    press(text, Qt.Key.Key_Return)
    stage.settle()
    assert second.number in find(screen, Text, "return_bill").said()


@pytest.mark.parametrize("typed", ["XX-000001", "😀", "51234", "9" * 64])
def test_an_unknown_bill_is_said_where_it_was_typed(stage: Stage, typed: str) -> None:
    screen = stage.show(ReturnsScreen, code=typed)
    assert not find(screen, Text, "return_text_problem").isHidden()
    assert screen.findChild(LinesCard) is not None
    assert not find(screen, Card, "return_lines_card").isVisible()


def test_money_goes_back_the_way_it_came(stage: Stage) -> None:
    draft = stage.world.draft({"mug": 1})
    bill = stage.world.pay(draft, Tender(TenderKind.CARD, 20_000)).bill
    stage.sign_in("1003")
    screen = stage.show(ReturnsScreen, code=bill.number)
    assert find(screen, Button, "return_card").isChecked()
    press(lines_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.facts.returns_of(bill.id)[0].tender is TenderKind.CARD


def test_a_scan_that_is_no_receipt_goes_to_the_bill(stage: Stage) -> None:
    screen = stage.show(ReturnsScreen)
    assert not screen.scanned(stage.world.product("tea").barcode)
