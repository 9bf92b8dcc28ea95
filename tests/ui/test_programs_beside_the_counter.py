"""Programs on the screens beside the bill: enrolling, taking back, the member's page, the day report."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.codes import format_coupon_code
from pos_member.ui.report.programs_card import ProgramsCard
from pos_member.ui.report_pdf import write_report_pdf
from tests.ui.program_world import world
from tests.ui.till_window import KEY, Driver

__all__ = ["world"]
CTRL = Qt.KeyboardModifier.ControlModifier


def said(driver: Driver, name: str) -> str:
    return driver.said(name)


# --- who brought them ---------------------------------------------------------------------------------------


def referrer_field(driver: Driver) -> QLineEdit:
    found = driver.window.findChild(QLineEdit, "enrol_referrer")
    assert isinstance(found, QLineEdit)
    return found


def begin(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    driver.key(2)


def test_a_referrer_by_phone_is_named_before_enter(driver: Driver) -> None:
    driver.world.enrol("0899999999", first_name="สมชาย", last_name="รักดี")
    begin(driver)
    driver.type("0812345678")
    referrer_field(driver).setFocus()
    driver.type("0899999999")
    driver.settle()
    assert said(driver, "enrol_referrer_problem") == "แนะนำโดย สมชาย ร."
    driver.plus()
    driver.press(KEY.Key_Return)
    driver.settle()
    member = driver.world.store.members.by_phone("+66812345678")
    assert member is not None and member.referred_by is not None
    assert said(driver, "enrolled_referrer") == "แนะนำโดย สมชาย ร."


def test_nobody_refers_themselves_and_somebody_unknown_is_no_referrer(driver: Driver) -> None:
    begin(driver)
    driver.type("0812345678")
    for wrong in ("0812345678", "0877777777"):
        referrer_field(driver).setText(wrong)
        driver.settle()
        assert referrer_field(driver).property("wrong") is True
    driver.plus()
    driver.press(KEY.Key_Return)
    driver.settle()
    # Not enrolled, and the field that is wrong has the keys.
    assert driver.world.store.members.by_phone("+66812345678") is None
    assert driver.focus() is referrer_field(driver)
    assert said(driver, "enrol_referrer_problem")
    referrer_field(driver).clear()
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.world.store.members.by_phone("+66812345678") is not None


def test_half_a_number_is_no_mistake_until_enter(driver: Driver) -> None:
    begin(driver)
    driver.type("0812345678")
    referrer_field(driver).setText("0899")
    driver.settle()
    assert referrer_field(driver).property("wrong") is not True
    driver.plus()
    driver.press(KEY.Key_Return)
    driver.settle()
    assert referrer_field(driver).property("wrong") is True
    assert driver.world.store.members.by_phone("+66812345678") is None


def test_a_card_scanned_before_anything_is_typed_is_a_member_already_and_goes_to_the_bill(driver: Driver) -> None:
    member = driver.world.enrol()
    begin(driver)
    driver.scan(member.number)
    driver.settle()
    assert driver.window.navigation.current is not driver.sell
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.window.navigation.current is driver.sell
    assert driver.desk.draft.member_id == member.id


# --- goods that come back -----------------------------------------------------------------------------------


def test_a_part_of_a_bill_says_what_else_it_undoes(driver: Driver) -> None:
    member = driver.world.enrol()
    bill = driver.world.sell({"latte": 2, "giftbox": 3, "mug": 1}, member).bill
    assert bill.tier_change is not None
    driver.open()
    driver.sign_in("1003")
    driver.window.shell.open("return", code=bill.receipt_code)
    driver.settle()
    # All of it: the stamps go, the tier falls, the visit does not count.
    facts = said(driver, "return_facts")
    assert "หักดวงคืน ดวงกาแฟ −2" in facts
    assert "ซิลเวอร์ → สมาชิก" in facts
    assert "คืนครบทั้งบิล" in facts
    assert all(format_coupon_code(each.code) in facts for each in bill.coupons_issued)
    # One cup of coffee only.
    driver.press(KEY.Key_Delete)
    driver.settle()
    driver.press(KEY.Key_Right)
    driver.settle()
    facts = said(driver, "return_facts")
    assert "หักดวงคืน ดวงกาแฟ −1" in facts and "→" not in facts and "คืนครบทั้งบิล" not in facts
    # A box: one of the three coupons ends, the tier falls.
    driver.press(KEY.Key_Delete)
    driver.press(KEY.Key_Down)
    driver.press(KEY.Key_Right)
    driver.settle()
    facts = said(driver, "return_facts")
    assert "→" in facts and "ดวง" not in facts
    driver.press(KEY.Key_Return)
    driver.settle()
    document = driver.world.store.facts.returns_of(bill.id)[0]
    assert len(document.coupons_voided) == 1
    done = said(driver, "return_done_facts")
    assert "ซิลเวอร์ → สมาชิก" in done and done.count("\n") == facts.count("\n")


def test_paying_back_another_way_is_reckoned_again(driver: Driver) -> None:
    bill = driver.world.sell({"latte": 1}).bill
    driver.open()
    driver.sign_in("1003")
    driver.window.shell.open("return", code=bill.receipt_code)
    driver.settle()
    driver.click("return_card")
    driver.settle()
    assert said(driver, "return_refund") == "฿70.00"
    driver.click("return_go")
    driver.settle()
    assert driver.world.store.facts.returns_of(bill.id)[0].tender.value == "card"


# --- the member's page --------------------------------------------------------------------------------------


def test_the_member_page_tells_of_tier_stamps_and_who_brought_them(driver: Driver) -> None:
    friend = driver.world.enrol("0899999999", first_name="สมชาย", last_name="รักดี")
    member = driver.world.enrol("0812345678", referred_by=friend.number)
    driver.world.sell({"latte": 2}, member)
    driver.open()
    driver.sign_in()
    driver.key(3)
    driver.type("5678")
    driver.settle()
    assert "อีก ฿860 ถึง ซิลเวอร์" in said(driver, "find_member_tier_way")
    assert said(driver, "find_member_stamps") == "ดวงกาแฟ 2/3"
    assert "แนะนำโดย สมชาย ร." in said(driver, "find_member_visits")


# --- the day ------------------------------------------------------------------------------------------------


def test_the_day_report_has_a_row_for_each_program(driver: Driver) -> None:
    driver.world.sell({"tea": 3, "latte": 1}, driver.world.enrol())
    driver.open()
    driver.sign_in("1003")
    driver.press(KEY.Key_R, CTRL)
    driver.settle()
    driver.press(KEY.Key_G, CTRL)
    card = driver.window.findChild(ProgramsCard)
    assert card is not None and card.isVisible()
    rows = {each.program_id: each for each in card.table.shown_rows()}
    assert rows["prog-tea"].discount_satang == 40_00 and rows["prog-tea"].times == 1
    assert rows["prog-cup"].stamps == 1
    driver.press(KEY.Key_Escape)
    assert not card.isVisible()


def test_another_day_stays_on_the_programs(driver: Driver) -> None:
    driver.world.sell({"tea": 3})
    driver.open()
    driver.sign_in("1003")
    driver.press(KEY.Key_R, CTRL)
    driver.settle()
    driver.press(KEY.Key_G, CTRL)
    driver.press(KEY.Key_Left, CTRL)
    driver.settle()
    card = driver.window.findChild(ProgramsCard)
    assert card is not None and card.isVisible() and card.table.shown_rows() == ()
    assert said(driver, "report_programs_note")


def test_the_day_as_pdf_has_its_programs_on_as_many_pages_as_they_need(driver: Driver, tmp_path: Path) -> None:
    driver.world.sell({"tea": 3, "latte": 1}, driver.world.enrol())
    reports, header = driver.world.till.reports, driver.world.till.lookup.header()
    report = reports.day()
    assert report.programs
    long = replace(report.programs[0], name_th="ซื้อสามชิ้นราคาพิเศษเฉพาะสมาชิกที่มาครบห้าครั้งในเดือนนี้ทุกสาขา")
    sizes = []
    for number in (0, 2, 60):
        path = tmp_path / f"{number}.pdf"
        write_report_pdf(replace(report, programs=(long,) * number), header, path, "th")
        written = path.read_bytes()
        sizes.append((len(re.findall(rb"/Type /Page\b", written)), len(written)))
    assert [pages for pages, _ in sizes] == [1, 1, 4]
    # The two rows are on the one page, beside what was there without them.
    assert sizes[0][1] < sizes[1][1] < sizes[2][1]
