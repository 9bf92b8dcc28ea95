"""F2 by keyboard, on a real till."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea

from pos_member.domain.consent import Purpose
from pos_member.services.ports import PrintJobState
from pos_member.ui.screens.enrol import EnrolScreen
from pos_member.ui.shell import Answered, Question
from pos_member.ui.widgets import Badge, Button, Text
from pos_member.ui.widgets.qr_view import QrView
from tests.log_watch import ExpectLog
from tests.ui.office_at_hand import Office
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
    assert not find(screen, Button, "enrol_consent").isChecked(), "the customer says so, not the Enter that asked"


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


PHONE, STORED = "0865551234", "+66865551234"


def with_office(stage: Stage, office: Office, **params: object) -> EnrolScreen:
    stage.shell.services = replace(stage.shell.services, online=office)  # type: ignore[arg-type]
    return stage.show(EnrolScreen, **params)


def told(screen: EnrolScreen) -> str:
    """What stands under the phone."""
    badge, text = find(screen, Badge, "enrol_phone_state"), find(screen, Text, "enrol_not_asked")
    return " ".join(each.said() for each in (badge, text) if not each.isHidden())


def test_a_member_of_another_branch_is_shown_and_not_enrolled_again(stage: Stage) -> None:
    office = Office(lambda: stage.world.enrol(PHONE, first_name="วิภา", last_name="ทองดี"))
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.until(lambda: "สมาชิกอยู่แล้ว" in told(screen))
    stage.settle()
    member = stage.world.store.members.by_phone(STORED)
    assert member is not None and office.asked == [PHONE]
    assert "วิภา ท." in told(screen) and member.number not in told(screen)
    assert stage.members == [] and stage.world.till.reprint.jobs()[0].subject_id == member.id, "nobody new"
    press(phone_of(screen), Qt.Key.Key_Return)
    assert stage.members == [member.id]


def test_where_head_office_knows_nobody_the_enter_that_waited_enrols(stage: Stage) -> None:
    office = Office()
    office.answers.clear()
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    stage.until(lambda: office.asked == [PHONE])
    press(phone_of(screen), Qt.Key.Key_Return)
    assert "กำลังถามสำนักงานใหญ่" in told(screen)
    type_in(find(screen, QLineEdit, "enrol_first_name"), "วิภา")
    assert stage.world.store.members.by_phone(STORED) is None
    office.answers.set()
    stage.until(lambda: stage.world.store.members.by_phone(STORED) is not None)
    stage.settle()
    member = stage.world.store.members.by_phone(STORED)
    assert member is not None and member.first_name == "วิภา", "nothing waited for the answer but the Enter"
    assert office.asked == [PHONE]


def test_nobody_waits_for_head_office_who_enrols_all_the_same(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_slow")
    office = Office()
    office.answers.clear()
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    stage.until(lambda: office.asked == [PHONE])
    assert not find(screen, Button, "enrol_all_the_same").isHidden()
    type_in(phone_of(screen), "*")
    stage.until(lambda: stage.world.store.members.by_phone(STORED) is not None)
    assert office.given_up
    stage.settle()


def test_without_a_line_to_ask_again_comes_before_enrolling_and_each_is_one_key(
    stage: Stage, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_down")
    office = Office()
    office.line_up, office.lost = False, True
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    stage.settle()
    assert office.asked == [], "nobody waits for a line that was down when it was last tried"
    assert "086-555-1234" in told(screen) and "ถามสำนักงานใหญ่ไม่ได้" in told(screen) and "สองครั้ง" in told(screen)
    assert "ถามอีกครั้ง" in find(screen, Button, "enrol_go").text()
    for times in (1, 2):
        press(phone_of(screen), Qt.Key.Key_Return)
        stage.until(lambda times=times: len(office.asked) == times)
        stage.settle()
        assert len(office.asked) == times and "ต่อเน็ตไม่ได้" in stage.said[-1].text
    assert stage.world.store.members.by_phone(STORED) is None
    type_in(phone_of(screen), "*")
    stage.settle()
    assert phone_of(screen).text() == PHONE and len(office.asked) == 2
    assert stage.world.store.members.by_phone(STORED) is not None


def test_asked_again_when_the_line_is_back_the_member_is_shown(stage: Stage) -> None:
    office = Office(lambda: stage.world.enrol(PHONE))
    office.line_up = False
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE)
    stage.settle()
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.until(lambda: "สมาชิกอยู่แล้ว" in told(screen))
    assert stage.members == [] and "ใช้สมาชิกคนนี้" in find(screen, Button, "enrol_go").text()


def test_to_enrol_all_the_same_is_no_way_round_the_consent(stage: Stage) -> None:
    office = Office()
    office.line_up = False
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE)
    stage.settle()
    type_in(phone_of(screen), "*")
    stage.settle()
    assert stage.world.store.members.by_phone(STORED) is None and "ถามลูกค้า" in told(screen)
    assert screen.focusWidget() is find(screen, Button, "enrol_consent")
    type_in(phone_of(screen), "+")
    assert "ไม่ได้ถามสำนักงานใหญ่" in told(screen), "what was asked of the customer has been answered"
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.members.by_phone(STORED) is not None, "said once, it holds for this phone"


def test_another_phone_is_another_question(stage: Stage) -> None:
    office = Office()
    office.line_up = False
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE)
    stage.settle()
    type_in(phone_of(screen), "*")
    phone_of(screen).setText("0865550000")
    stage.settle()
    assert "ถามสำนักงานใหญ่ไม่ได้" in told(screen) and "086-555-0000" in told(screen)


def test_escape_ends_the_question_and_keeps_what_was_typed(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_slow")
    office = Office()
    office.answers.clear()
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE)
    stage.until(lambda: office.asked == [PHONE])
    press(phone_of(screen), Qt.Key.Key_Return)
    assert screen.back() and office.given_up
    stage.settle()
    assert phone_of(screen).text() == PHONE and "ถามสำนักงานใหญ่ไม่ได้" in told(screen)
    assert screen.back() and phone_of(screen).text() == ""


def test_a_till_of_no_head_office_enrols_as_ever(stage: Stage) -> None:
    office = Office()
    office.line_up = office.belongs = False
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.members.by_phone(STORED) is not None and office.asked == []


def test_what_was_decided_on_another_page_is_not_asked_about_again(stage: Stage) -> None:
    office = Office()
    office.line_up = False
    screen = with_office(stage, office, phone="086-555-1234", all_the_same=True)
    assert "ไม่ได้ถามสำนักงานใหญ่" in told(screen)
    type_in(phone_of(screen), "+")
    press(phone_of(screen), Qt.Key.Key_Return)
    stage.settle()
    assert stage.world.store.members.by_phone(STORED) is not None


def test_an_answer_to_a_phone_that_was_corrected_changes_nothing(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_slow")
    office = Office(lambda: stage.world.enrol(PHONE))
    office.answers.clear()
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE)
    stage.until(lambda: office.asked == [PHONE])
    phone_of(screen).setText(PHONE[:-1])
    stage.settle()
    assert office.given_up and "พิมพ์เบอร์" in told(screen), "nobody is asked any more, and nobody was found"
    office.known = None
    phone_of(screen).setText("0865550000")
    stage.until(lambda: "ยังไม่มีใครใช้" in told(screen))
    assert office.asked == [PHONE, "0865550000"] and "086-555-0000" in told(screen)


def test_who_brought_them_may_be_a_member_of_another_branch(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_down")
    office = Office()
    screen = with_office(stage, office)
    type_in(phone_of(screen), PHONE + "+")
    stage.settle()
    office.lost = True
    referrer = find(screen, QLineEdit, "enrol_referrer")
    type_in(referrer, "0865550000")
    stage.until(lambda: "0865550000" in office.asked)
    stage.settle()
    problem = find(screen, Text, "enrol_referrer_problem")
    assert "ถามสำนักงานใหญ่ไม่ได้" in problem.said()
    office.lost, office.known = False, lambda: stage.world.enrol("0865550000", first_name="วิภา")
    press(referrer, Qt.Key.Key_Return)
    stage.until(lambda: "วิภา" in problem.said())
    stage.settle()
    press(referrer, Qt.Key.Key_Return)
    stage.settle()
    brought = stage.world.store.members.by_phone("+66865550000")
    member = stage.world.store.members.by_phone(STORED)
    assert member is not None and brought is not None and member.referred_by == brought.id


def test_a_card_nobody_here_knows_is_asked_about(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_down")
    asked: list[tuple[Question, Answered]] = []
    stage.shell.asked.connect(lambda question, answered: asked.append((question, answered)))
    office = Office()
    office.lost = True
    screen = with_office(stage, office)
    screen.scanned("2977208766558")
    stage.until(lambda: len(asked) == 1)
    question, answered = asked[0]
    assert "ถามสำนักงานใหญ่ไม่ได้" in question.text and [each.key for each in question.answers] == ["ask", "no"]
    office.lost = False
    answered("ask", "")
    stage.until(lambda: any("ไม่พบสมาชิก" in notice.text for notice in stage.said))
    assert office.asked == ["2977208766558"] * 2
