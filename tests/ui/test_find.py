"""F3 over a real till: members and products while typing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.consent import Purpose
from pos_member.ui.screens.find import FindScreen
from pos_member.ui.shell import Answered, Question
from pos_member.ui.widgets import Button, Table, Text
from tests.log_watch import ExpectLog
from tests.ui.office_at_hand import Office
from tests.ui.on_screen import Stage, find, press, stage, type_in

__all__ = ["stage"]


def field_of(screen: FindScreen) -> QLineEdit:
    return find(screen, QLineEdit, "find_text")


def test_typing_finds_enter_uses_and_nothing_is_shown_in_clear(stage: Stage) -> None:
    stage.world.enrol("0898765432", first_name="ปรีชา", last_name="ทองดี")
    wanted = stage.world.enrol("0812345678", first_name="สมหญิง", last_name="ใจดี")
    screen = stage.show(FindScreen)
    type_in(field_of(screen), "สมห")
    stage.settle()
    table = find(screen, Table, "find_members")
    assert [row.card.member_id for row in table.shown_rows()] == [wanted.id]
    shown = " ".join(label.said() for label in screen.findChildren(Text))
    assert find(screen, Text, "find_member_name").said() == "สมหญิง จ."
    for secret in ("0812345678", "081-234-5678", "ใจดี", wanted.number):
        assert secret not in shown
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == [wanted.id]


def test_arrows_of_the_field_move_in_the_list(stage: Stage) -> None:
    for last in range(3):
        stage.world.enrol(f"081234567{last}", first_name=f"สมชาย{last}")
    screen = stage.show(FindScreen, text="สมชาย")
    table = find(screen, Table, "find_members")
    rows = table.shown_rows()
    assert len(rows) == 3
    press(field_of(screen), Qt.Key.Key_Down)
    press(field_of(screen), Qt.Key.Key_Down)
    stage.settle()
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == [rows[2].card.member_id]


def test_an_older_search_never_overwrites_a_newer_one(stage: Stage) -> None:
    stage.world.enrol("0812345678", first_name="สมหญิง")
    stage.world.enrol("0898765432", first_name="ปรีชา")
    screen = stage.show(FindScreen)
    # No event runs between the keys: all searches are on their way at once.
    for text in ("ปร", "ปรี", "สม", "สมห"):
        field_of(screen).setText(text)
    stage.settle()
    rows = find(screen, Table, "find_members").shown_rows()
    assert [row.card.name_masked[:6] for row in rows] == ["สมหญิง"]
    field_of(screen).setText("")
    stage.settle()
    assert find(screen, Table, "find_members").shown_rows() == ()
    assert not find(screen, Button, "find_use").isEnabled()


def test_enter_that_is_faster_than_the_search_never_takes_somebody_else(stage: Stage) -> None:
    stage.world.enrol("0812345678", first_name="สมชาย")
    wanted = stage.world.enrol("0898765432", first_name="สมหญิง")
    screen = stage.show(FindScreen, text="สมชาย")
    assert len(find(screen, Table, "find_members").shown_rows()) == 1
    field_of(screen).setText("สมหญิง")
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == []
    stage.settle()
    assert stage.members == [wanted.id]


def test_nobody_found_says_what_to_do_and_enter_does_nothing(stage: Stage) -> None:
    screen = stage.show(FindScreen, text="ไม่มีคนนี้")
    assert "F2" in find(screen, Text, "find_empty").said()
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == []
    assert "F2" in stage.said[-1].text


def test_a_blocked_card_is_not_used_and_it_is_said_why(stage: Stage) -> None:
    member = stage.world.enrol()
    stage.world.till.enrolment.change_consent(
        stage.world.session(), member.id, Purpose.MEMBERSHIP, granted=False, language="th"
    )
    screen = stage.show(FindScreen, text="สมหญิง")
    assert not find(screen, Button, "find_use").isEnabled()
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == []
    assert "บัตร" in stage.said[-1].text


def test_a_product_found_by_name_is_rung_as_a_scan(stage: Stage) -> None:
    rung: list[str] = []
    stage.shell.code_wanted.connect(rung.append)
    screen = stage.show(FindScreen, products=True)
    type_in(field_of(screen), "latte")
    stage.settle()
    assert find(screen, Text, "find_price").said() == "฿70.00"
    press(field_of(screen), Qt.Key.Key_Return)
    assert rung == [stage.world.product("latte").barcode]
    assert stage.backs == 1


def test_only_a_manager_unmasks_and_it_is_on_record(stage: Stage) -> None:
    member = stage.world.enrol("0812345678")
    screen = stage.show(FindScreen, text="สมหญิง")
    assert find(screen, Button, "find_unmask").isHidden()
    stage.sign_in("1004")
    screen.opened(text="สมหญิง")
    stage.settle()
    button = find(screen, Button, "find_unmask")
    assert not button.isHidden()
    button.click()
    stage.settle()
    assert "081-234-5678" in find(screen, Text, "find_unmasked").said()
    assert member.number in find(screen, Text, "find_unmasked").said()
    screen.left()
    assert find(screen, Text, "find_unmasked").isHidden()


def test_escape_clears_then_leaves(stage: Stage) -> None:
    screen = stage.show(FindScreen, text="สม")
    assert screen.back()
    assert field_of(screen).text() == ""
    assert not screen.back()


def _with_office(stage: Stage, office: Office) -> FindScreen:
    stage.shell.services = replace(stage.shell.services, online=office)  # type: ignore[arg-type]
    return stage.show(FindScreen)


def test_a_whole_phone_nobody_has_here_is_asked_of_head_office(stage: Stage) -> None:
    office = Office(lambda: stage.world.enrol("0865551234", first_name="วิภา"))
    screen = _with_office(stage, office)
    for shorter in ("08655512", "086555123", "0865551234"):
        field_of(screen).setText(shorter)
    press(field_of(screen), Qt.Key.Key_Return)
    stage.until(lambda: bool(stage.members))
    member = stage.world.store.members.by_phone("+66865551234")
    assert office.asked == ["0865551234"] and member is not None and stage.members == [member.id]


def test_nobody_known_anywhere_is_said_and_asked_once(stage: Stage) -> None:
    office = Office()
    screen = _with_office(stage, office)
    for _ in range(2):
        field_of(screen).setText("0865551234")
        stage.settle()
        field_of(screen).setText("086555123")
        stage.settle()
    field_of(screen).setText("0865551234")
    stage.settle()
    assert office.asked == ["0865551234"] and "F2" in find(screen, Text, "find_empty").said()
    press(field_of(screen), Qt.Key.Key_Return)
    assert stage.members == [] and "F2" in stage.said[-1].text


def test_a_card_nobody_knows_is_refused_once_head_office_has_said_so(stage: Stage) -> None:
    known = stage.world.enrol("0812345678", first_name="สมหญิง")
    office = Office()
    screen = _with_office(stage, office)
    screen.scanned("2977208766558")
    stage.until(lambda: office.asked == ["2977208766558"])
    stage.settle()
    assert any("ไม่พบสมาชิก" in notice.text for notice in stage.said)
    screen.scanned(known.number)
    stage.settle()
    assert office.asked == ["2977208766558"], "a member of whom this till knows is not asked about"
    assert [row.card.member_id for row in find(screen, Table, "find_members").shown_rows()] == [known.id]


def test_without_a_line_what_is_not_known_is_said_and_enter_asks_again(stage: Stage, expected_logs: ExpectLog) -> None:
    """Not "no such member": one of another branch would be enrolled a second time."""
    expected_logs("on lane online: line_down")
    office = Office(lambda: stage.world.enrol("0865551234", first_name="วิภา"))
    office.line_up, office.lost = False, True
    screen = _with_office(stage, office)
    type_in(field_of(screen), "0865551234")
    stage.settle()
    said = find(screen, Text, "find_empty").said()
    assert office.asked == [] and "เครื่องนี้มี" in said and "ถามสำนักงานใหญ่ไม่ได้ (ต่อเน็ตไม่ได้)" in said and "F2" in said
    button = find(screen, Button, "find_use")
    assert button.isEnabled() and "ถามอีกครั้ง" in button.text()
    press(field_of(screen), Qt.Key.Key_Return)
    stage.until(lambda: len(office.asked) == 1)
    stage.settle()
    assert len(office.asked) == 1, "one Enter, one question"
    assert "ถามสำนักงานใหญ่ไม่ได้" in find(screen, Text, "find_empty").said() and stage.members == []
    office.lost = False
    press(field_of(screen), Qt.Key.Key_Return)
    stage.until(lambda: bool(stage.members))
    member = stage.world.store.members.by_phone("+66865551234")
    assert member is not None and stage.members == [member.id]


def test_an_answer_that_was_lost_is_no_nobody(stage: Stage, expected_logs: ExpectLog) -> None:
    expected_logs("on lane online: line_slow")
    office = Office()
    office.answers.clear()
    screen = _with_office(stage, office)
    type_in(field_of(screen), "0865551234")
    stage.until(lambda: office.asked == ["0865551234"])
    assert "กำลังถามสำนักงานใหญ่" in find(screen, Text, "find_empty").said()
    assert screen.back() and office.given_up, "Esc goes on without; what was typed stays"
    stage.settle()
    assert field_of(screen).text() == "0865551234"
    assert "ถามสำนักงานใหญ่ไม่ได้ (ไม่มีคำตอบ)" in find(screen, Text, "find_empty").said()
    assert screen.enrol_params() == {"phone": "086-555-1234", "all_the_same": True}
    assert screen.back() and field_of(screen).text() == ""


def test_part_of_a_name_is_looked_for_here_alone_and_it_is_said(stage: Stage) -> None:
    office = Office()
    screen = _with_office(stage, office)
    type_in(field_of(screen), "วิภา")
    stage.settle()
    said = find(screen, Text, "find_empty").said()
    assert office.asked == [] and "เครื่องนี้มี" in said and "ครบทุกหลัก" in said and "F2" in said
    assert not find(screen, Button, "find_use").isEnabled() and screen.enrol_params() == {}
    office.belongs = False
    screen.retranslate()
    assert find(screen, Text, "find_empty").said() == "ไม่พบสมาชิก กด F2 สมัครใหม่ได้ใน 10 วินาที"


def test_a_card_that_nobody_could_be_asked_about_may_be_asked_about_again(
    stage: Stage, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_down")
    asked: list[tuple[Question, Answered]] = []
    stage.shell.asked.connect(lambda question, answered: asked.append((question, answered)))
    office = Office()
    office.lost = True
    screen = _with_office(stage, office)
    screen.scanned("2977208766558")
    stage.until(lambda: len(asked) == 1)
    question, answered = asked[0]
    assert "ถามสำนักงานใหญ่ไม่ได้" in question.text and [each.key for each in question.answers] == ["ask", "enrol", "no"]
    office.lost = False
    answered("ask", "")
    stage.until(lambda: len(office.asked) == 2)
    stage.settle()
    assert len(asked) == 1 and any("ไม่พบสมาชิก" in notice.text for notice in stage.said)
