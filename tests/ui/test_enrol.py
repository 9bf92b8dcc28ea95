"""F2 by keyboard, on a real till."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea

from pos_member.domain.consent import Purpose
from pos_member.services.ports import PrintJobState
from pos_member.ui.screens.enrol import EnrolScreen
from pos_member.ui.widgets import Badge, Button, Text
from pos_member.ui.widgets.qr_view import QrView
from tests.ui.on_screen import Stage, find, press, stage, type_in

__all__ = ["stage"]


def phone_of(screen: EnrolScreen) -> QLineEdit:
    return find(screen, QLineEdit, "enrol_phone")


def test_phone_consent_enter_is_enough_and_the_member_goes_on_the_bill(stage: Stage) -> None:
    screen = stage.show(EnrolScreen)
    phone = phone_of(screen)
    type_in(phone, "0812345678+")
    stage.settle()
    press(phone, Qt.Key.Key_Return)
    stage.settle()
    member = stage.world.store.members.by_phone("+66812345678")
    assert member is not None
    assert find(screen, Text, "enrolled_number").said().replace(" ", "") == member.number
    assert find(screen, QrView, "enrolled_qr").isVisible()
    job = stage.world.till.reprint.jobs()[0]
    assert (job.subject_id, job.state) == (member.id, PrintJobState.QUEUED)
    press(find(screen, Button, "enrolled_use"), Qt.Key.Key_Return)
    assert stage.members == [member.id]
    assert stage.backs == 1


def test_enter_at_once_enrols_but_never_uses_a_member_unseen(stage: Stage) -> None:
    taken = stage.world.enrol("0899999999")
    screen = stage.show(EnrolScreen)
    for phone in ("0812345678", "0899999999"):
        type_in(phone_of(screen), phone + "+")
        press(phone_of(screen), Qt.Key.Key_Return)
        stage.settle()
        if phone == "0812345678":
            assert stage.world.store.members.by_phone("+66812345678") is not None
            screen.opened()
    assert stage.members == []
    press(phone_of(screen), Qt.Key.Key_Return)
    assert stage.members == [taken.id]


def test_only_what_was_ticked_is_agreed_to_and_the_notice_is_recorded(stage: Stage) -> None:
    screen = stage.show(EnrolScreen)
    boxes = {p: find(screen, QCheckBox, f"enrol_{p.value}") for p in Purpose if p is not Purpose.MEMBERSHIP}
    assert not any(box.isChecked() for box in boxes.values())
    assert not find(screen, Button, "enrol_consent").isChecked()
    boxes[Purpose.MARKETING_LINE].setChecked(True)
    notice = stage.world.till.enrolment.notice("th")
    assert find(screen, Text, "enrol_notice").said() == notice.text
    assert notice.version in find(screen, Text, "enrol_notice_version").said()
    type_in(phone_of(screen), "0898765432+")
    stage.settle()
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    member = stage.world.store.members.by_phone("+66898765432")
    assert member is not None
    consents = stage.world.store.members.consents(member.id)
    granted = {consent.purpose for consent in consents if consent.granted}
    assert granted == {Purpose.MEMBERSHIP, Purpose.MARKETING_LINE}
    assert {consent.notice_sha256 for consent in consents} == {notice.sha256}


def test_without_consent_nobody_is_enrolled_and_the_screen_says_what_is_missing(stage: Stage) -> None:
    screen = stage.show(EnrolScreen)
    type_in(phone_of(screen), "0812345678")
    stage.settle()
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.members.by_phone("+66812345678") is None
    assert "ถามลูกค้า" in find(screen, Badge, "enrol_phone_state").said()
    assert screen.focusWidget() is find(screen, Button, "enrol_consent")


def test_a_phone_that_is_taken_offers_the_member_masked(stage: Stage) -> None:
    member = stage.world.enrol("0812345678")
    screen = stage.show(EnrolScreen)
    type_in(phone_of(screen), "081-234-5678")
    stage.settle()
    shown = find(screen, Badge, "enrol_phone_state").said()
    assert "สมหญิง จ." in shown
    assert member.number not in shown
    press(phone_of(screen), Qt.Key.Key_Return)
    assert stage.members == [member.id]


@pytest.mark.parametrize(
    ("typed", "year"), [("21/11/2530", 1987), ("๒๑/๑๑/๒๕๓๐", 1987), ("21-11-1987", 1987), ("21/11", None)]
)
def test_birthdays_as_people_write_them(stage: Stage, typed: str, year: int | None) -> None:
    screen = stage.show(EnrolScreen)
    type_in(phone_of(screen), "+66812345678")
    birthday = find(screen, QLineEdit, "enrol_birthday")
    type_in(birthday, typed + "+")
    stage.settle()
    press(birthday, Qt.Key.Key_Return)
    stage.settle()
    member = stage.world.store.members.by_phone("+66812345678")
    assert member is not None
    assert member.birthday is not None
    assert (member.birthday.day, member.birthday.month, member.birthday.year) == (21, 11, year)


@pytest.mark.parametrize("typed", ["0812", "สวัสดี", "😀", "1" * 64])
def test_a_wrong_phone_is_complained_of_at_its_field(stage: Stage, typed: str) -> None:
    screen = stage.show(EnrolScreen)
    phone = phone_of(screen)
    phone.setText(typed)
    press(phone, Qt.Key.Key_Return)
    stage.settle()
    problem = find(screen, Text, "enrol_phone_problem")
    assert not problem.isHidden()
    assert "เบอร์" in problem.said()


def test_a_wrong_birthday_keeps_everything_typed(stage: Stage) -> None:
    screen = stage.show(EnrolScreen)
    type_in(phone_of(screen), "0812345678+")
    find(screen, QLineEdit, "enrol_birthday").setText("31/02/2530")
    stage.settle()
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert not find(screen, Text, "enrol_birthday_problem").isHidden()
    assert phone_of(screen).text() == "0812345678"
    assert find(screen, Button, "enrol_go").isEnabled()


def test_escape_clears_first_then_leaves_and_leaving_forgets_the_person(stage: Stage) -> None:
    screen = stage.show(EnrolScreen, phone="0812345678")
    assert phone_of(screen).text() == "0812345678"
    assert screen.back()
    assert phone_of(screen).text() == ""
    assert not screen.back()
    find(screen, QLineEdit, "enrol_first_name").setText("สมหญิง")
    screen.left()
    assert find(screen, QLineEdit, "enrol_first_name").text() == ""


def test_a_long_notice_is_read_by_keyboard(stage: Stage) -> None:
    screen = stage.show(EnrolScreen)
    find(screen, Text, "enrol_notice").show_text("ข้อความยาว " * 500)
    area = find(screen, QScrollArea, "enrol_notice_area")
    stage.until(lambda: area.verticalScrollBar().maximum() > 0)
    press(phone_of(screen), Qt.Key.Key_PageDown)
    assert area.verticalScrollBar().value() > 0
    press(phone_of(screen), Qt.Key.Key_PageUp)
    assert area.verticalScrollBar().value() == 0
