"""Points after the bill over a real till: the receipt, the card, Enter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.bill import Bill
from pos_member.domain.member import Identified
from pos_member.services.claims import CLAIMS_A_DAY
from pos_member.ui.screens import SCREENS
from pos_member.ui.screens.claim import ClaimScreen
from pos_member.ui.widgets import Button, Table, Text
from pos_member.ui.widgets.facts import FactList
from tests.services.claiming import claim
from tests.ui.on_screen import PINS, Stage, find, press, stage, type_in

__all__ = ["stage"]


def points(stage: Stage, member_id: str) -> int:
    return stage.world.store.members.account(member_id).balance


def go(screen: ClaimScreen) -> Button:
    return find(screen, Button, "claim_go")


def sold(stage: Stage) -> Bill:
    return stage.world.sell({"giftbox": 2, "tea": 1}).bill


def test_the_member_of_the_open_bill_and_enter(stage: Stage) -> None:
    member, bill = stage.world.enrol(), sold(stage)
    draft = stage.world.draft({}, None).with_member(member.id, Identified.CARD)
    stage.world.till.checkout.save_draft(draft)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    assert bill.number in find(screen, Text, "claim_bill").said()
    assert find(screen, Table, "claim_lines").model().rowCount() == 2
    assert "25" in find(screen, Text, "claim_points").said() and not screen.begun
    press(go(screen), Qt.Key.Key_Return)
    stage.settle()
    assert points(stage, member.id) == 25
    kept = stage.world.store.facts.claim_of(bill.id)
    assert kept is not None and (kept.identified, kept.staff_id) == (Identified.CARD, "staff-1001")
    assert "25" in find(screen, Text, "claim_done_points").said()
    assert "25" in find(screen, FactList, "claim_done_facts").said()
    press(find(screen, Button, "claim_close"), Qt.Key.Key_Return)
    assert stage.backs == 1


@pytest.mark.parametrize("way", ["scan", "typed"])
def test_without_a_member_the_card_or_the_phone_is_asked_for(stage: Stage, way: str) -> None:
    member, bill = stage.world.enrol("0812345678"), sold(stage)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    assert not go(screen).isEnabled() and find(screen, Text, "claim_points").isHidden()
    if way == "scan":
        assert screen.scanned(member.number)
    else:
        who = find(screen, QLineEdit, "claim_who")
        type_in(who, "0812345678")
        press(who, Qt.Key.Key_Return)
    stage.settle()
    press(go(screen), Qt.Key.Key_Return)
    stage.settle()
    assert points(stage, member.id) == 25
    kept = stage.world.store.facts.claim_of(bill.id)
    assert kept is not None and kept.identified is (Identified.CARD if way == "scan" else Identified.PHONE_TYPED)


def test_a_card_right_behind_another_receipt_is_for_that_bill(stage: Stage) -> None:
    """Scans are faster than the disk: the bill still shown is not the one that is meant."""
    member, before, meant = stage.world.enrol(), sold(stage), sold(stage)
    screen = stage.show(ClaimScreen, code=before.receipt_code)
    assert screen.scanned(meant.receipt_code) and screen.scanned(member.number)
    stage.settle()
    assert meant.number in find(screen, Text, "claim_bill").said() and go(screen).isEnabled()
    press(go(screen), Qt.Key.Key_Return)
    stage.settle()
    facts = stage.world.store.facts
    assert facts.claim_of(meant.id) is not None and facts.claim_of(before.id) is None


def test_enter_while_another_bill_is_being_opened_gives_nothing(stage: Stage) -> None:
    member, before, next_one = stage.world.enrol(), sold(stage), sold(stage)
    screen = stage.show(ClaimScreen, code=before.receipt_code)
    screen.scanned(member.number)
    stage.settle()
    assert screen.scanned(next_one.receipt_code)
    go(screen).click()
    stage.settle()
    facts = stage.world.store.facts
    assert facts.claim_of(before.id) is None and facts.claim_of(next_one.id) is None
    assert next_one.number in find(screen, Text, "claim_bill").said()


@pytest.mark.parametrize("claimable", [True, False])
def test_an_answer_behind_somebody_who_left_moves_no_page(stage: Stage, claimable: bool) -> None:
    member, bill = stage.world.enrol(), sold(stage)
    if not claimable:
        claim(stage.world, bill, member)
    screen = stage.show(ClaimScreen, code=sold(stage).receipt_code)
    screen.opened(code=bill.receipt_code)
    screen.left()
    stage.settle()
    assert stage.backs == 0 and find(screen, Text, "claim_bill").said() == ""


def test_enter_twice_gives_once(stage: Stage) -> None:
    member, bill = stage.world.enrol(), sold(stage)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    screen.scanned(member.number)
    stage.settle()
    go(screen).click()
    go(screen).click()
    assert screen.begun and not screen.scanned(bill.receipt_code), "nothing gets between a press and its answer"
    stage.settle()
    assert points(stage, member.id) == 25


def test_a_bill_that_cannot_be_claimed_is_said_and_the_open_bill_comes_back(stage: Stage) -> None:
    member = stage.world.enrol()
    bill = stage.world.sell({"giftbox": 1}, member).bill
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    assert stage.backs == 1 and "มีสมาชิกอยู่แล้ว" in stage.said[-1].text
    # Over a bill that can be, the one that cannot leaves it where it is.
    good = sold(stage)
    screen.opened(code=good.receipt_code)
    stage.settle()
    screen.scanned(bill.receipt_code)
    stage.settle()
    assert stage.backs == 1 and good.number in find(screen, Text, "claim_bill").said()


def test_who_is_no_member_is_said_at_the_field(stage: Stage) -> None:
    bill = sold(stage)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    who = find(screen, QLineEdit, "claim_who")
    for text in ("0899999999", "ใครก็ไม่รู้"):
        who.setText(text)
        press(who, Qt.Key.Key_Return)
        stage.settle()
        assert not find(screen, Text, "claim_who_problem").isHidden()
    assert stage.world.store.facts.claim_of(bill.id) is None


def test_beyond_a_few_a_day_a_supervisor_is_asked_in_place(stage: Stage) -> None:
    member = stage.world.enrol()
    for _ in range(CLAIMS_A_DAY):
        claim(stage.world, stage.world.sell({"mug": 1}).bill, member)
    bill = sold(stage)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    screen.scanned(member.number)
    stage.settle()
    assert str(CLAIMS_A_DAY) in find(screen, FactList, "claim_facts").said()
    go(screen).click()
    stage.settle()
    assert screen.begun and stage.world.store.facts.claim_of(bill.id) is None
    assert screen.back() and not screen.begun
    go(screen).click()
    stage.settle()
    pin = find(screen, QLineEdit, "claim_approval_pin")
    type_in(pin, PINS["1003"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    kept = stage.world.store.facts.claim_of(bill.id)
    assert kept is not None and (kept.staff_id, kept.approved_by) == ("staff-1001", "staff-1003")


def test_another_language_says_the_same(stage: Stage) -> None:
    assert SCREENS["claim"].endswith("ClaimScreen")
    member, bill = stage.world.enrol(), sold(stage)
    screen = stage.show(ClaimScreen, code=bill.receipt_code)
    screen.scanned(member.number)
    stage.settle()
    assert screen.title() == "สะสมแต้มย้อนหลัง" and "แต้ม" in go(screen).text()
    screen.retranslate()
    assert "25" in find(screen, Text, "claim_points").said()
