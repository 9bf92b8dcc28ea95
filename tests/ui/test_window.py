"""The frame: sizes, words of the line, questions, names for those who cannot see."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from itertools import product

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLineEdit, QWidget

from pos_member.ui import theme
from pos_member.ui.ports import (
    CameraLight,
    Line,
    PrinterLight,
    PrinterStateView,
    PrinterView,
    SyncStateView,
    UiSettings,
)
from pos_member.ui.screens import SCREENS
from pos_member.ui.shell import Answer, Question
from tests.ui.till_window import KEY, Driver


@pytest.fixture
def till(driver: Driver) -> Driver:
    driver.open()
    driver.sign_in()
    return driver


def busy_bill(till: Driver) -> None:
    member = till.world.enrol(birthday="21/11/2533")
    till.world.give_points(member, 800)
    till.world.sell({"giftbox": 2}, member)
    till.scan(member.number)
    for name in ("mug", "latte", "beans", "cake", "tea", "syrup", "filter", "cookie", "espresso"):
        till.scan(till.world.product(name).barcode)
    till.alt(1)


@pytest.mark.parametrize(("language", "width", "height"), [(*each,) for each in product(("th", "en"), (1366,), (768,))])
def test_everything_fits_the_small_screen(driver: Driver, language: str, width: int, height: int) -> None:
    driver.open(settings=UiSettings(language=language))
    assert driver.window.minimumSizeHint().width() <= width
    driver.sign_in()
    busy_bill(driver)
    driver.press(KEY.Key_Return)
    QApplication.processEvents()
    needed = driver.window.centralWidget().minimumSizeHint()
    assert needed.width() <= width and needed.height() <= height, needed
    assert driver.window.size() == QSize(width, height)


def test_nothing_to_touch_is_smaller_than_a_finger(till: Driver) -> None:
    busy_bill(till)
    least = theme.active().px("touch", "target")
    small = {}
    for payment in (False, True):
        if payment:
            till.press(KEY.Key_Return)
        QApplication.processEvents()
        for button in till.window.findChildren(QAbstractButton):
            if button.isVisible() and (button.height() < least or button.width() < least):
                small[button.objectName() or button.text()] = button.size().toTuple()
    assert {name: size for name, size in small.items() if not name.startswith("header_")} == {}
    assert till.window.findChild(QWidget, "pay").height() >= 76
    assert till.window.findChild(QWidget, "pad_5").height() >= 56


def test_buttons_and_fields_have_names(till: Driver) -> None:
    busy_bill(till)
    till.press(KEY.Key_Return)
    nameless = [
        widget.objectName() or type(widget).__name__
        for kind in (QAbstractButton, QLineEdit)
        for widget in till.window.findChildren(kind)
        if widget.isVisible() and not widget.accessibleName()
    ]
    assert [name for name in nameless if name not in ("QTableCornerButton", "QAbstractButton")] == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            SyncStateView(Line.OFFLINE, 12, 14, datetime(2026, 11, 21, 5, tzinfo=UTC)),
            "ออฟไลน์ · ขายได้ตามปกติ · รอส่ง 12 บิล",
        ),
        (SyncStateView(Line.OFFLINE), "ออฟไลน์ · ขายได้ตามปกติ"),
        (SyncStateView(Line.ONLINE), "ออนไลน์ · ส่งครบแล้ว"),
        (SyncStateView(Line.ALONE), "ทำงานเครื่องเดียว"),
    ],
)
def test_the_line_is_told_calmly(till: Driver, state: SyncStateView, words: str) -> None:
    till.window.header.show_line(state)
    assert till.said("header_sync") == words


def test_the_line_says_all_of_it_to_who_points_at_it(till: Driver) -> None:
    state = SyncStateView(
        Line.TROUBLE,
        12,
        14,
        datetime(2026, 11, 21, 4, tzinfo=UTC),
        datetime(2026, 11, 21, 5, 4, tzinfo=UTC),
        "sync_fork",
    )
    till.window.header.show_line(state)
    badge = till.window.findChild(QWidget, "header_sync")
    assert badge.toolTip().startswith("12 บิลรอส่ง · เก่าสุด 3 ชม. · ติดต่อล่าสุด 12:04 · สาเหตุ: ")
    assert "แจ้งสำนักงานใหญ่" in badge.toolTip() and "F12" in badge.toolTip()
    till.window.header.show_line(SyncStateView(Line.ONLINE, loading_percent=45))
    assert till.said("header_sync") == "กำลังโหลดสมาชิก · 45%"


def test_the_badges_follow_what_the_line_and_the_printer_say(till: Driver) -> None:
    till.line = SyncStateView(Line.OFFLINE, 3, 3)
    till.printer = PrinterStateView(PrinterLight.TROUBLE, 2, "printer_paper_out")
    till.window.shell.refresh_badges()
    till.settle()
    assert "3" in till.said("header_sync") and "2" in till.said("header_printer")
    assert till.window.findChild(QWidget, "header_printer").toolTip()


def test_a_question_is_answered_by_enter_esc_and_touch_and_gives_the_focus_back(till: Driver) -> None:
    asker = _Asker()
    question = Question("?", (Answer("yes", "คืน ฿350", "primary"), Answer("later", "ไว้ก่อน"), Answer("no", "ไม่คืน")))
    for act, expected in (
        (lambda: till.press(KEY.Key_Return), "yes"),
        (lambda: till.press(KEY.Key_Escape), "no"),
        (lambda: till.click("answer_later"), "later"),
    ):
        till.window.shell.ask(question, asker.answered)
        assert till.window.question.isVisible()
        act()
        assert asker.answers.pop() == (expected, "")
        assert till.focus() is till.sell.entry and till.sell.isEnabled()


def test_a_question_with_a_field_takes_what_is_typed_and_forgets_it(till: Driver) -> None:
    asker = _Asker()
    till.window.shell.ask(Question("PIN?", (Answer("ok", "ตกลง"), Answer("no", "ไม่")), field="pin"), asker.answered)
    till.type("161803")
    till.press(KEY.Key_Return)
    assert asker.answers == [("ok", "161803")]
    assert all("161803" not in field.text() for field in till.window.findChildren(QLineEdit))


def test_a_second_question_answers_the_first(till: Driver) -> None:
    first, second = _Asker(), _Asker()
    question = Question("?", (Answer("yes", "ใช่"), Answer("no", "ไม่")))
    till.window.shell.ask(question, first.answered)
    till.window.shell.ask(question, second.answered)
    till.press(KEY.Key_Return)
    assert (first.answers, second.answers) == ([("no", "")], [("yes", "")])


class _Asker:
    def __init__(self) -> None:
        self.answers: list[tuple[str, str]] = []

    def answered(self, key: str, typed: str) -> None:
        self.answers.append((key, typed))


def test_the_theme_switches_in_the_middle_of_a_bill(till: Driver) -> None:
    busy_bill(till)
    before = till.said("bill_total")
    till.window.switch_theme()
    till.settle()
    assert theme.active().mode == "dark" and till.said("bill_total") == before
    till.window.switch_theme()
    till.settle()


def test_every_registered_screen_can_be_opened(till: Driver) -> None:
    for name in SCREENS:
        if name != "sign_in":
            screen = till.window.navigation.screen(name)
            assert screen.name == name and screen.title(), name
            till.window.shell.open(name)
            till.settle()
            till.window.shell.back()
            till.settle()


def test_the_same_key_leaves_a_screen(till: Driver) -> None:
    till.key(1)
    assert till.window.navigation.current.name == "help"
    till.key(1)
    assert till.window.navigation.current.name == "sell"


def test_what_is_in_the_head_has_keys(till: Driver) -> None:
    for keys in ("R", "P"):
        till.press(KEY(ord(keys)), Qt.KeyboardModifier.ControlModifier)
        till.settle()
    assert till.window.navigation.current.name in ("report", "print_jobs")
    till.press(KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    till.settle()
    assert theme.active().mode == "dark"


def test_what_was_said_of_one_screen_is_not_said_on_the_next(till: Driver) -> None:
    till.type("8123456789012345")
    till.press(KEY.Key_Return)
    till.settle()
    assert till.window.strip.notice is not None
    till.key(4)
    till.settle()
    assert till.window.navigation.current is till.window.navigation.screen("return")
    assert till.window.strip.notice is None


def test_the_window_is_imported_without_what_comes_after_the_first_paint() -> None:
    code = "import sys, pos_member.ui.main_window; print(*(m for m in sys.modules if m in sys.argv[1:]))"
    heavy = (
        "pos_member.services.till",
        "pos_member.services.checkout",
        "pos_member.ui.screens.sell",
        "sqlalchemy",
        "cv2",
    )
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_bug_in_a_task_leaves_the_till_usable(till: Driver, expected_logs) -> None:
    expected_logs("bug on lane db")
    runner = till.window.shell.runner
    runner.run("db", lambda: 1 // 0, till.window, till.window._kept)
    till.settle()
    assert till.window.strip.notice is not None
    till.type("100")
    till.plus()
    till.settle()
    assert till.desk.last is not None


def test_a_code_from_the_camera_comes_in_from_any_thread(till: Driver) -> None:
    from threading import Thread

    member = till.world.enrol()
    thread = Thread(target=till.window.code_read.emit, args=(member.number,))
    thread.start()
    thread.join()
    till.qtbot.waitUntil(lambda: till.desk.draft.member_id == member.id)
    till.settle()


def test_the_camera_is_told_only_where_there_is_one(till: Driver) -> None:
    badge = till.window.findChild(QWidget, "header_camera")
    assert not badge.isVisible()
    for light, words in ((CameraLight.LIVE, "กล้อง"), (CameraLight.LOST, "ไม่พบกล้อง"), (CameraLight.BUSY, "กล้องถูกใช้อยู่")):
        till.window.header.show_camera(light)
        assert badge.isVisible() and till.said("header_camera") == words
    till.key(10)
    assert not badge.isVisible()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PrinterStateView(PrinterLight.READY), "เครื่องพิมพ์พร้อม"),
        (PrinterStateView(PrinterLight.BUSY, 2), "กำลังพิมพ์ 2 ใบ"),
        (PrinterStateView(PrinterLight.TROUBLE, 2, "printer_paper_out"), "กระดาษหมด · รอพิมพ์ 2 ใบ"),
        (PrinterStateView(PrinterLight.TROUBLE, 0, "printer_address_invalid"), "ที่อยู่ไม่ถูก"),
        (PrinterStateView(PrinterLight.TROUBLE, 3, "printer_broke_off", 1), "ดูกระดาษ · 1 ใบ"),
        (PrinterStateView(PrinterLight.READY, printers=(PrinterView("a", "A", paper_low=True),)), "กระดาษใกล้หมด"),
        (PrinterStateView(PrinterLight.READY, printers=(PrinterView("a", "A", drawer_open=True),)), "ลิ้นชักเปิดอยู่"),
    ],
)
def test_the_printers_are_told_in_a_few_words(till: Driver, state: PrinterStateView, words: str) -> None:
    till.window.header.show_printer(state)
    assert till.said("header_printer") == words


def test_each_printer_has_its_line_when_one_asks(till: Driver) -> None:
    views = (PrinterView("a", "เคาน์เตอร์"), PrinterView("b", "ครัว", PrinterLight.TROUBLE, "printer_cover_open"))
    till.window.header.show_printer(PrinterStateView(PrinterLight.TROUBLE, 1, "printer_cover_open", printers=views))
    badge = till.window.findChild(QWidget, "header_printer")
    assert badge is not None
    lines = badge.toolTip().splitlines()
    assert lines[0] == "เคาน์เตอร์: พร้อม" and lines[1].startswith("ครัว: ฝาเครื่องพิมพ์เปิด")
    assert "Ctrl+P" in lines[-1]


@pytest.mark.parametrize(
    ("state", "screen"),
    [
        (PrinterStateView(PrinterLight.READY), "print_jobs"),
        (PrinterStateView(PrinterLight.TROUBLE, 0, "printer_unreachable"), "printers"),
        (PrinterStateView(PrinterLight.TROUBLE, 1, "printer_unreachable"), "print_jobs"),
        (PrinterStateView(PrinterLight.TROUBLE, 0, "printer_broke_off", 1), "print_jobs"),
    ],
)
def test_the_printers_badge_leads_to_what_asks_for_somebody(till: Driver, state: PrinterStateView, screen: str) -> None:
    till.window.header.show_printer(state)
    till.click("header_printer")
    till.settle()
    current = till.window.navigation.current
    assert current is not None and current.name == screen


def test_after_a_sale_the_printers_trouble_is_said_with_what_to_do_and_the_till_sells_on(till: Driver) -> None:
    till.printer = PrinterStateView(PrinterLight.TROUBLE, 1, "printer_paper_out")
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.plus()
    till.settle()
    said = till.window.findChild(QWidget, "done_printer")
    assert said is not None
    till.window.shell.refresh_badges()
    till.settle()
    assert said.isVisible() and "ใส่ม้วนใหม่" in till.said("done_printer") and "Ctrl+P" in till.said("done_printer")
    # The field for the next bill keeps the keys.
    assert till.focus() is till.sell.entry
    till.printer = PrinterStateView(PrinterLight.READY, 0, "", 1)
    till.window.shell.refresh_badges()
    till.settle()
    assert "Ctrl+P" in till.said("done_printer")
    till.printer = PrinterStateView(PrinterLight.READY)
    till.window.shell.refresh_badges()
    till.settle()
    assert not said.isVisible()


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_keys_are_on_one_page_without_scrolling(till: Driver, language: str) -> None:
    if language == "en":
        till.key(11)
    till.key(1)
    help_screen = till.window.navigation.current
    assert help_screen is not None and help_screen.name == "help"
    areas = help_screen.findChildren(QAbstractScrollArea)
    assert areas
    for area in areas:
        assert not area.verticalScrollBar().isVisible() and not area.horizontalScrollBar().isVisible()
