"""The wizard that sets a printer up, driven by keys alone against a virtual printer on a real socket."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from pos_member.domain.documents import TEST_CODE, TEST_CODE_DOTS
from pos_member.domain.printers import Cut, DrawerSensor, Marks, PrinterRole
from pos_member.hardware.printing.simulator import Do, Fault
from pos_member.ui import i18n
from pos_member.ui.i18n import language, unwrapped
from pos_member.wording import say
from tests.ports import held_port
from tests.ui.printer_bench import CONTROL, Bench, bench
from tests.ui.test_programs_fit import cut
from tests.ui.test_screens_in_window import nameless, too_small
from tests.ui.till_window import KEY, SIZE

__all__ = ["bench"]


def text(bench: Bench, name: str) -> str:
    return unwrapped(bench.driver.said(name))


def test_a_network_printer_is_set_up_with_nine_keys_and_its_address(bench: Bench) -> None:
    bench.open()
    bench.driver.interactions = 0
    setup = bench.set_up()
    # Ctrl+N, the address and Enter, then Enter six times: asked, paper, drawer, print, look, save. One more saves.
    assert bench.driver.interactions <= 9
    assert setup.address == bench.address
    assert setup.name == "POS Member virtual printer"
    assert setup.identity.startswith("POS MEMBER/")
    assert setup.model == "virtual-80"
    assert setup.roles == (PrinterRole.RECEIPT, PrinterRole.COUPON)
    assert bench.applied == [bench.saved] == [(setup,)]
    assert bench.printer.wait_for_pictures(1)
    assert len(bench.printer.pictures) == 1
    assert bench.printer.kicks == 0
    assert bench.driver.window.navigation.current.name == "printers"


def test_what_the_printer_says_is_shown(bench: Bench) -> None:
    bench.open(language="en")
    bench.find()
    assert bench.driver.said("printer_ask_state") == "Answers"
    said = bench.driver.said("printer_ask_facts")
    assert "Maker POS MEMBER" in said
    assert "Paper There is paper" in said
    assert "Says when a paper is out yes" in said


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Fault.COVER_OPEN, "printer_cover_open"), (Fault.PAPER_OUT, "printer_paper_out")],
)
def test_a_fault_is_said_before_and_instead_of_the_page(bench: Bench, fault: Fault, reason: str, expected_logs) -> None:
    expected_logs("on lane setup")
    bench.printer.set_fault(fault)
    bench.open()
    bench.find()
    assert bench.driver.said("printer_ask_state") == "ตอบแล้ว แต่ต้องไปดูเครื่อง"
    for step in ("paper", "drawer", "page"):
        bench.enter(step)
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    assert bench.step == "page"
    told = text(bench, "printer_page_told")
    assert told.endswith("แล้วลองอีกครั้ง") and told != say("reasons", reason, "th")
    assert bench.printer.pictures == ()
    bench.printer.set_fault(Fault.NONE)
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert bench.printer.wait_for_pictures(1)
    # It was off line when it was asked who it is, so it is not known to number papers.
    assert text(bench, "printer_page_told") == "เครื่องพิมพ์ตอบว่า ทำครบแล้ว"


def test_an_address_where_nothing_listens_is_told_and_can_be_gone_on_with(bench: Bench, expected_logs) -> None:
    expected_logs("on lane setup")
    with held_port() as port:
        bench.open()
        bench.find(address := f"127.0.0.1:{port}")
        assert bench.driver.said("printer_ask_state") == "ติดต่อไม่ได้"
        assert "เสียบสาย" in text(bench, "printer_ask_why")
        bench.enter("paper")
        bench.enter("drawer")
        bench.enter("page")
        bench.driver.press(KEY.Key_Return)
        bench.driver.settle()
    assert "เสียบสาย" in text(bench, "printer_page_told")
    bench.enter("jobs")
    bench.driver.type("Bar")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bool(bench.applied))
    assert [(each.name, each.address, each.identity) for each in bench.saved] == [("Bar", address, "")]


def test_a_device_that_takes_connections_and_hangs_does_not_hold_the_window(bench: Bench) -> None:
    bench.printer.set_fault(Fault.HANG)
    bench.open()
    bench.begin()
    bench.driver.type(bench.address)
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bench.step == "ask")
    # While it is asked, the window listens: another language, and back by Esc.
    assert bench.driver.said("printer_ask_state") == "กำลังถาม …"
    bench.driver.press(KEY.Key_F11)
    bench.until(lambda: bench.driver.said("printer_ask_state") == "Asking …")
    bench.driver.press(KEY.Key_Escape)
    assert bench.step == "find"
    bench.enter("ask")
    bench.driver.settle()
    assert bench.driver.said("printer_ask_state") == "Reached, but silent"
    assert bench.saved == ()


def test_what_is_no_address_leads_back_to_the_field(bench: Bench) -> None:
    bench.open()
    bench.begin()
    bench.driver.type("http://printer")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bool(bench.driver.said("printer_address_problem")))
    assert bench.step == "find"
    assert "http://printer" in text(bench, "printer_address_problem")
    assert bench.driver.focus().objectName() == "printer_address"


def test_going_back_and_leaving_keeps_nothing(bench: Bench) -> None:
    bench.open()
    bench.find()
    for step in ("paper", "drawer", "page"):
        bench.enter(step)
    for step in ("drawer", "paper", "ask", "find"):
        bench.driver.press(KEY.Key_Escape)
        bench.until(lambda step=step: bench.step == step)  # type: ignore[misc]
    bench.driver.press(KEY.Key_Escape)
    bench.driver.settle()
    assert bench.driver.window.navigation.current.name == "printers"
    assert bench.saved == () and bench.applied == []
    assert not (bench.folder / "till.json").exists()
    # Nothing of it comes back.
    bench.begin()
    assert bench.wizard.draft is not None and bench.wizard.draft.setup.address == ""


def test_a_scan_in_the_middle_goes_to_the_bill_and_the_wizard_goes_on_where_it_was(bench: Bench) -> None:
    bench.open()
    bench.find()
    bench.enter("paper")
    bench.driver.scan(bench.driver.world.product("mug").barcode)
    assert bench.driver.window.navigation.current is bench.driver.sell
    bench.list()
    bench.driver.press(KEY.Key_N, CONTROL)
    bench.to("paper")
    assert bench.wizard.draft is not None and bench.wizard.draft.setup.address == bench.address


# --- steps --------------------------------------------------------------------------------------------------


def to_step(bench: Bench, wanted: str) -> None:
    bench.find()
    for step in ("paper", "drawer", "page", "jobs"):
        if bench.step == wanted:
            return
        if bench.step == "page":
            bench.driver.press(KEY.Key_Return)
            bench.driver.settle()
        bench.enter(step)


def test_a_model_is_found_by_typing_and_brings_its_width(bench: Bench) -> None:
    bench.open()
    to_step(bench, "paper")
    draft = bench.wizard.draft
    assert draft is not None
    bench.driver.press(KEY.Key_F, CONTROL)
    bench.driver.type("generic 58")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: draft.setup.model == "generic-58")
    assert (draft.profile.dots, draft.profile.cut) == (384, Cut.NONE)
    bench.driver.press(KEY.Key_4, CONTROL)
    bench.driver.press(KEY.Key_6, CONTROL)
    assert (draft.profile.dots, draft.profile.cut) == (640, Cut.FULL)
    # A person chose: what the device says when it is asked again changes none of it.
    bench.driver.press(KEY.Key_Escape)
    bench.to("ask")
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert (draft.setup.model, draft.profile.dots) == ("generic-58", 640)


def test_the_drawer_opens_and_the_wiring_of_its_sensor_is_learned(bench: Bench) -> None:
    bench.open()
    to_step(bench, "drawer")
    bench.driver.press(KEY.Key_2, CONTROL)
    bench.driver.settle()
    bench.driver.press(KEY.Key_O, CONTROL)
    bench.driver.settle()
    assert bench.printer.kicks == 1
    assert text(bench, "printer_sensor_question") == "ตอนนี้ลิ้นชักเปิดอยู่ไหม"
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    bench.printer.undo(Do.DRAWER_OPEN)
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    draft = bench.wizard.draft
    assert draft is not None and draft.setup.drawer
    assert draft.profile.drawer_sensor is DrawerSensor.LOW_IS_OPEN
    assert "ปิด" in bench.driver.said("printer_sensor_state")
    bench.enter("page")
    assert bench.printer.kicks == 1


def test_a_drawer_that_stayed_shut_gets_other_advice_and_pin(bench: Bench) -> None:
    bench.open(language="en")
    to_step(bench, "drawer")
    bench.driver.press(KEY.Key_2, CONTROL)
    bench.driver.settle()
    bench.driver.press(KEY.Key_O, CONTROL)
    bench.driver.settle()
    bench.driver.press(KEY.Key_N, CONTROL)
    bench.driver.settle()
    assert "other pin" in text(bench, "printer_sensor_question")
    bench.driver.press(KEY.Key_4, CONTROL)
    bench.driver.press(KEY.Key_7, CONTROL)
    draft = bench.wizard.draft
    assert draft is not None
    assert (draft.profile.drawer_pin, draft.profile.drawer_on_ms) == (1, 200)
    assert draft.profile.drawer_sensor is DrawerSensor.NONE


def codes_on(paper: Path) -> set[str]:
    found = zxingcpp.read_barcodes(Image.open(paper).convert("L"))
    return {each.text for each in found if each.format == zxingcpp.BarcodeFormat.QRCode}


def test_every_code_of_the_page_is_ticked_when_the_reader_reads_it(bench: Bench) -> None:
    bench.open(language="en")
    to_step(bench, "page")
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    assert bench.printer.wait_for_pictures(1)
    codes = codes_on(bench.printer.pictures[0])
    assert codes == {f"{TEST_CODE}{dots}" for dots in TEST_CODE_DOTS}
    for at, code in enumerate(sorted(codes), 1):
        bench.driver.scan(code)
        assert bench.step == "page"
        read = [dots for dots in TEST_CODE_DOTS if bench.driver.said(f"printer_code_{dots}").endswith("read")]
        assert len(read) == at
    assert "All sizes" in text(bench, "printer_codes_told")
    bench.driver.press(KEY.Key_1, CONTROL)
    bench.driver.press(KEY.Key_3, CONTROL)
    assert "darkness" in text(bench, "printer_page_advice")
    bench.driver.press(KEY.Key_2, CONTROL)
    assert text(bench, "printer_page_advice") == "Everything on the paper is right."


def test_the_picture_beside_it_is_the_page_by_the_renderer_that_prints(bench: Bench) -> None:
    bench.open()
    to_step(bench, "page")
    shown = bench.wizard.step.findChild(QLabel, "printer_page_paper")
    assert shown is not None and not shown.pixmap().isNull()
    assert shown.accessibleName()
    before = shown.pixmap().height()
    bench.driver.press(KEY.Key_Escape)
    bench.driver.press(KEY.Key_Escape)
    bench.to("paper")
    bench.driver.press(KEY.Key_1, CONTROL)
    bench.enter("drawer")
    bench.enter("page")
    assert shown.pixmap().height() != before


def test_letters_only_after_the_page_of_lines_and_a_line_that_is_on_it(bench: Bench) -> None:
    bench.open()
    to_step(bench, "paper")
    draft = bench.wizard.draft
    assert draft is not None
    bench.driver.press(KEY.Key_M, CONTROL)
    page = bench.widget("printer_line")
    assert not page.isEnabled()
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert page.isEnabled() and page.hasFocus()
    bench.driver.type("99")
    bench.driver.press(KEY.Key_Return)
    assert draft.profile.text is None
    for _ in range(2):
        bench.driver.press(KEY.Key_Backspace)
    bench.driver.type("21b")
    bench.driver.press(KEY.Key_Return)
    mode = draft.profile.text
    assert mode is not None
    assert (mode.page, mode.columns, mode.marks) == (21, 48, Marks.OWN_CELL)
    bench.driver.press(KEY.Key_Return)
    QApplication.processEvents()
    bench.driver.press(KEY.Key_Escape)
    assert bench.step == "paper"
    assert "21" in text(bench, "printer_paper_told")
    bench.enter("drawer")
    bench.enter("page")
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    bench.enter("jobs")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bool(bench.applied))
    assert bench.saved[0].profile.text == mode


def test_names_are_needed_and_told_apart(bench: Bench) -> None:
    bench.open()
    first = bench.set_up()
    to_step(bench, "jobs")
    bench.driver.type(first.name.upper())
    bench.driver.press(KEY.Key_Return)
    assert bench.step == "jobs"
    bench.until(lambda: "ใช้ชื่อนี้แล้ว" in text(bench, "printer_name_problem"))
    edit = bench.widget("printer_name")
    edit.clear()  # type: ignore[attr-defined]
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: "ตั้งชื่อก่อน" in text(bench, "printer_name_problem"))
    assert bench.step == "jobs"
    assert len(bench.saved) == 1


def test_a_second_printer_takes_the_kitchen_and_falls_back_on_the_first(bench: Bench) -> None:
    bench.open()
    first = bench.set_up()
    to_step(bench, "jobs")
    bench.driver.type("Kitchen")
    bench.driver.press(KEY.Key_3, CONTROL)
    bench.driver.press(KEY.Key_5, CONTROL)
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: len(bench.applied) == 2)
    kitchen = bench.saved[1]
    assert (kitchen.roles, kitchen.fallback) == ((PrinterRole.KITCHEN,), first.key)
    assert kitchen.key != first.key


# --- languages, sizes ---------------------------------------------------------------------------------------


def test_the_language_changes_at_every_step_and_nothing_is_lost(bench: Bench) -> None:
    bench.open()
    bench.find()
    for step in ("ask", "paper", "drawer", "page", "jobs"):
        assert bench.step == step
        bench.driver.press(KEY.Key_F11)
        bench.driver.settle()
        assert language() == "en"
        texts = [each.text() for each in bench.wizard.findChildren(QAbstractButton) if each.isVisible()]
        assert [each for each in texts if any("\u0e00" <= char <= "\u0e7f" for char in each)] == [], step
        bench.driver.press(KEY.Key_F11)
        bench.driver.settle()
        if step == "page":
            bench.driver.press(KEY.Key_Return)
            bench.driver.settle()
        if step != "jobs":
            bench.driver.press(KEY.Key_Return)
            bench.until(lambda step=step: bench.step != step)  # type: ignore[misc]
            bench.driver.settle()
    assert bench.wizard.draft is not None and bench.wizard.draft.setup.address == bench.address


@pytest.mark.parametrize("wanted", i18n.LANGUAGES)
def test_every_step_fits_is_touchable_and_named(bench: Bench, wanted: str) -> None:
    bench.open(language=wanted)

    def check(what: str) -> None:
        bench.driver.settle()
        QApplication.processEvents()
        needed = bench.driver.window.centralWidget().minimumSizeHint()
        assert needed.width() <= SIZE[0] and needed.height() <= SIZE[1], (what, needed)
        screen = bench.driver.window.navigation.current
        assert (what, too_small(screen), nameless(screen), cut(screen)) == (what, [], [], [])

    bench.begin()
    check("find")
    bench.driver.type(bench.address)
    bench.enter("ask")
    check("ask")
    bench.enter("paper")
    check("paper")
    bench.driver.press(KEY.Key_M, CONTROL)
    bench.driver.press(KEY.Key_T, CONTROL)
    check("more settings")
    bench.driver.press(KEY.Key_Escape)
    bench.enter("drawer")
    bench.driver.press(KEY.Key_2, CONTROL)
    bench.driver.press(KEY.Key_O, CONTROL)
    check("drawer")
    bench.driver.press(KEY.Key_N, CONTROL)
    bench.driver.settle()
    bench.widget("wizard_on").setFocus()
    bench.enter("page")
    check("page before")
    bench.driver.press(KEY.Key_Return)
    check("page printed")
    bench.driver.press(KEY.Key_1, CONTROL)
    check("page with advice")
    bench.enter("jobs")
    check("jobs")


def test_refusals_of_the_till_are_shown_and_nothing_is_kept(bench: Bench, expected_logs) -> None:
    expected_logs("on lane setup")
    expected_logs("the settings could not be read")
    bench.open()
    to_step(bench, "jobs")
    (bench.folder / "till.json").mkdir()
    bench.driver.press(KEY.Key_Return)
    strip = bench.driver.window.strip
    bench.until(lambda: any("till.json" in unwrapped(each.text()) for each in strip.findChildren(QLabel)))
    assert bench.step == "jobs"
    assert bench.applied == []
    # It can be tried again, and then it is kept.
    (bench.folder / "till.json").rmdir()
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: len(bench.applied) == 1)
    assert bench.saved == bench.applied[0]


def test_a_sensor_that_cannot_be_read_is_read_again(bench: Bench, expected_logs) -> None:
    expected_logs("on lane setup")
    bench.open()
    to_step(bench, "drawer")
    bench.driver.press(KEY.Key_2, CONTROL)
    bench.driver.settle()
    state = text(bench, "printer_sensor_state")
    bench.printer.set_fault(Fault.OFF)
    bench.until(lambda: text(bench, "printer_sensor_state") != state)
    bench.printer.set_fault(Fault.NONE)
    bench.until(lambda: text(bench, "printer_sensor_state") == state)
    bench.driver.settle()
