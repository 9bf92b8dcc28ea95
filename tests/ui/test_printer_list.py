"""The list of the till's printers: who may do what, trying, removing, finding, and how each stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QLabel

from pos_member.domain.printers import FoundPrinter, PrinterRole, PrinterSetup, Way
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Fault
from pos_member.ui.i18n import unwrapped
from pos_member.ui.ports import PrinterLight, PrinterStateView, PrinterView
from tests.factories import PINS
from tests.patience import PATIENCE_S
from tests.ui.printer_bench import CONTROL, Bench, bench
from tests.ui.till_window import KEY

__all__ = ["bench"]


def setup_of(bench: Bench, key: str, name: str, **more: object) -> PrinterSetup:
    made = PrinterSetup(key, name, bench.address, VIRTUAL_80, "virtual-80")
    return replace(made, **more)  # type: ignore[arg-type]


def keep(bench: Bench, *setups: PrinterSetup) -> None:
    bench.admin.save(bench.driver.world.session("1004"), setups)
    bench.applied.clear()


def said(bench: Bench) -> list[str]:
    """What the line that speaks says."""
    return [unwrapped(each.text()) for each in bench.driver.window.strip.findChildren(QLabel)]


def test_a_till_without_printers_says_what_to_do_and_enter_begins(bench: Bench) -> None:
    bench.open()
    assert "Ctrl+N" in bench.driver.said("printers_empty")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bench.driver.window.navigation.current.name == "printer_wizard")


def test_it_is_reached_from_the_settings_by_a_key(bench: Bench) -> None:
    bench.open()
    bench.driver.window.shell.open("settings")
    bench.driver.settle()
    bench.driver.press(KEY.Key_5, CONTROL)
    bench.driver.settle()
    assert bench.driver.window.navigation.current.name == "printers"


def test_a_cashier_looks_and_prints_a_page_and_needs_a_manager_for_the_rest(bench: Bench) -> None:
    keep(bench, setup_of(bench, "a", "Counter", drawer=True))
    bench.open("1001")
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert bench.printer.wait_for_pictures(1)
    bench.driver.press(KEY.Key_O, CONTROL)
    bench.driver.settle()
    assert bench.printer.kicks == 0
    bench.driver.press(KEY.Key_Escape)
    assert bench.driver.window.navigation.current.name == "printers"
    bench.driver.press(KEY.Key_O, CONTROL)
    bench.driver.settle()
    bench.driver.type(PINS["1004"])
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bench.printer.kicks == 1)
    bench.driver.settle()
    # Approved once for this visit.
    bench.driver.press(KEY.Key_N, CONTROL)
    bench.until(lambda: bench.driver.window.navigation.current.name == "printer_wizard")


def test_removing_asks_once_lets_go_of_fallbacks_and_comes_back(bench: Bench) -> None:
    first = setup_of(bench, "a", "Counter", fallback="b")
    second = setup_of(bench, "b", "Kitchen", roles=(PrinterRole.KITCHEN,))
    keep(bench, first, second)
    bench.open()
    bench.driver.press(KEY.Key_Down)
    bench.driver.press(KEY.Key_Delete)
    assert bench.driver.window.question.open
    bench.driver.press(KEY.Key_Escape)
    assert bench.saved == (first, second)
    bench.driver.press(KEY.Key_Delete)
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: len(bench.applied) == 1)
    bench.driver.settle()
    assert bench.saved == (replace(first, fallback=""),)
    bench.driver.press(KEY.Key_Z, CONTROL)
    bench.until(lambda: len(bench.applied) == 2)
    assert bench.saved == (first, second)


def test_changing_keeps_key_place_and_what_was_not_changed(bench: Bench) -> None:
    first = setup_of(bench, "a", "Counter")
    second = setup_of(bench, "b", "Bar", roles=(PrinterRole.KITCHEN,))
    keep(bench, first, second)
    bench.open()
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: bench.step == "find")
    for step in ("ask", "paper", "drawer", "page"):
        bench.enter(step)
    bench.driver.press(KEY.Key_Return)
    bench.driver.settle()
    bench.enter("jobs")
    bench.driver.type("Front")
    bench.driver.press(KEY.Key_Return)
    bench.until(lambda: len(bench.applied) == 1)
    changed = bench.saved[0]
    assert changed == replace(first, name="Front", identity=changed.identity)
    assert changed.identity and bench.saved[1] == second


def test_conditions_are_said_in_words_with_what_to_do(bench: Bench) -> None:
    keep(bench, setup_of(bench, "a", "Counter", drawer=True), setup_of(bench, "b", "Bar", roles=()))
    stands = PrinterStateView(
        PrinterLight.TROUBLE,
        1,
        "printer_cover_open",
        printers=(
            PrinterView("a", "Counter", PrinterLight.TROUBLE, "printer_cover_open", drawer_open=True),
            PrinterView("b", "Bar", PrinterLight.READY, paper_low=True),
        ),
    )
    bench.driver.printer = stands
    bench.open(language="en")
    assert bench.driver.said("printers_state") == "Cannot print"
    assert "Close it" in unwrapped(bench.driver.said("printers_why"))
    assert "open now" in bench.driver.said("printers_facts")
    bench.driver.press(KEY.Key_Down)
    assert bench.driver.said("printers_state") == "Ready, paper runs low"
    assert "runs low" in bench.driver.said("printers_facts")
    # It follows while it is open.
    bench.driver.printer = replace(stands, printers=(stands.printers[0], PrinterView("b", "Bar", PrinterLight.BUSY)))
    bench.until(lambda: bench.driver.said("printers_state") == "Printing")


def test_a_page_that_cannot_be_printed_is_said_and_can_be_tried_again(bench: Bench, expected_logs) -> None:
    expected_logs("on lane setup")
    keep(bench, setup_of(bench, "a", "Counter"))
    bench.printer.set_fault(Fault.OFF)
    bench.open(language="en")
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert any("Nothing answers" in each for each in said(bench))
    bench.printer.set_fault(Fault.NONE)
    bench.driver.press(KEY.Key_T, CONTROL)
    bench.driver.settle()
    assert bench.printer.wait_for_pictures(1)


# --- finding ------------------------------------------------------------------------------------------------


def finding(bench: Bench, monkeypatch, find: Callable[[Callable[[], bool]], tuple[FoundPrinter, ...]]) -> None:
    """What stands at a machine is not the same twice; the printers themselves are asked for real."""
    monkeypatch.setattr(bench.admin, "find", find)


def test_a_printer_that_was_found_is_chosen_by_arrow_and_enter(bench: Bench, monkeypatch) -> None:
    held = FoundPrinter(Way.USB, "usb://04b8:0202/X", "EPSON TM-T88V", "TM-T88V", "printer_no_rights")
    there = FoundPrinter(Way.TCP, bench.address, "Found one")
    finding(bench, monkeypatch, lambda stopping: (held, there))
    bench.open()
    bench.begin()
    bench.driver.settle()
    assert bench.driver.said("printer_found_told") == "พบ 2 แห่ง"
    bench.driver.press(KEY.Key_Down)
    assert bench.driver.said("printer_found_why")
    bench.driver.press(KEY.Key_Down)
    assert not bench.driver.said("printer_found_why")
    bench.driver.press(KEY.Key_Return)
    bench.to("ask")
    assert bench.driver.said("printer_ask_state") == "ตอบแล้ว"


def test_a_receipt_printer_that_is_found_stands_in_the_field_and_typing_replaces_it(bench: Bench, monkeypatch) -> None:
    usb = FoundPrinter(Way.USB, "usb://04b8:0202/X", "EPSON TM-T88V", "TM-T88V")
    finding(bench, monkeypatch, lambda stopping: (usb,))
    bench.open()
    bench.begin()
    bench.driver.settle()
    assert bench.widget("printer_address").text() == usb.address  # type: ignore[attr-defined]
    bench.driver.type(bench.address)
    bench.enter("ask")
    assert bench.wizard.draft is not None and bench.wizard.draft.setup.address == bench.address


def test_looking_that_takes_long_is_stopped_by_a_key_and_nothing_waits_for_it(bench: Bench, monkeypatch) -> None:
    began, ended = threading.Event(), threading.Event()

    def slow(stopping: Callable[[], bool]) -> tuple[FoundPrinter, ...]:
        began.set()
        while not stopping():
            ended.wait(0.01)
        ended.set()
        return ()

    finding(bench, monkeypatch, slow)
    bench.open()
    bench.begin()
    assert began.wait(PATIENCE_S)
    assert not ended.is_set()
    bench.driver.press(KEY.Key_S, CONTROL)
    assert ended.wait(PATIENCE_S)
    assert bench.driver.focus().objectName() == "printer_address"
    bench.driver.settle()
    bench.driver.press(KEY.Key_F, CONTROL)
    bench.driver.press(KEY.Key_Escape)
    assert bench.step == "find"
    bench.driver.settle()
