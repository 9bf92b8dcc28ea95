"""The customer's display follows the bill, shows a code that pays exactly what is missing, and then gives thanks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pyzbar import pyzbar

from pos_member.app.customer_display import CustomerDisplay
from pos_member.domain.bill import TenderKind
from pos_member.domain.money import format_baht
from pos_member.domain.promptpay import payload
from pos_member.hardware.printing.qr import modules
from pos_member.ui.customer_display.view import Stage
from pos_member.ui.customer_display.window import ROWS_SHOWN, DisplayWindow
from pos_member.ui.ports import UiSettings
from tests.log_watch import ExpectLog
from tests.ui.till_window import KEY, Driver

TARGET = "0105599001236"


class Counter:
    """The cashier's window and the customer's."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.open(qr_modules=lambda text: [[bool(cell) for cell in line] for line in modules(text)])
        self.display = CustomerDisplay(driver.window)
        self.name_the_payee(TARGET)
        self.display.use(UiSettings(customer_display=True))
        driver.sign_in()

    def name_the_payee(self, number: str) -> None:
        header = self.driver.window.shell.header
        assert header is not None
        self.driver.window.shell.set_header(replace(header, promptpay=number))

    @property
    def customer(self) -> DisplayWindow:
        assert self.display.window is not None
        return self.display.window

    @property
    def stage(self) -> Stage:
        return self.customer._view.stage

    def said(self, name: str) -> str:
        widget = self.customer.findChild(QWidget, name)
        assert widget is not None, name
        return widget.said()

    def shown(self, name: str) -> bool:
        widget = self.customer.findChild(QWidget, name)
        assert widget is not None, name
        return widget.isVisibleTo(self.customer)


@pytest.fixture
def counter(driver: Driver) -> Iterator[Counter]:
    made = Counter(driver)
    yield made
    made.display.close()


def codes(widget: QWidget) -> tuple[set[str], set[str]]:
    """What two independent readers see in a widget's picture."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(picture.constBits(), dtype=np.uint8).reshape(picture.height(), picture.bytesPerLine())
    grey = np.ascontiguousarray(grey[:, : picture.width()])
    zxing = {found.text for found in zxingcpp.read_barcodes(grey)}
    zbar = {found.data.decode() for found in pyzbar.decode(grey)}
    return zxing, zbar


def test_it_greets_follows_the_bill_and_gives_thanks(counter: Counter) -> None:
    till = counter.driver
    assert counter.stage is Stage.WELCOME and counter.said("customer_hello")
    member = till.world.enrol()
    till.scan(member.number)
    assert counter.stage is Stage.WELCOME and counter.shown("customer_member_early")
    till.scan(till.world.product("latte").barcode)
    assert counter.stage is Stage.BILL
    assert counter.said("customer_total") == format_baht(till.desk.preview.evaluation.total_satang)
    assert counter.said("customer_line_0")
    till.type("350")
    till.plus()
    till.settle()
    assert counter.stage is Stage.DONE
    done = till.desk.last
    assert f"{done.bill.points_earned}" in counter.said("customer_earned")
    assert counter.shown("customer_coupons") is bool(done.bill.coupons_issued)
    # The next customer's first item takes the thank-you away.
    till.scan(till.world.product("mug").barcode)
    assert counter.stage is Stage.BILL and not counter.shown("customer_points")


def test_nobody_else_reads_a_name_or_a_phone(counter: Counter) -> None:
    member = counter.driver.world.enrol()
    counter.driver.scan(member.number)
    counter.driver.scan(counter.driver.world.product("latte").barcode)
    texts = " ".join(each.said() for each in counter.customer.findChildren(QWidget) if hasattr(each, "said"))
    assert member.last_name not in texts or not member.last_name
    assert member.phone not in texts and member.number not in texts


def test_the_code_pays_exactly_what_is_missing_and_two_readers_agree(counter: Counter, driver: Driver) -> None:
    driver.scan(driver.world.enrol().number)
    driver.scan(driver.world.product("latte").barcode)
    driver.key(8)
    total = driver.desk.preview.evaluation.total_satang
    expected = payload(TARGET, total)
    assert counter.stage is Stage.PAY and counter.shown("customer_qr")
    assert codes(counter.customer) == ({expected}, {expected})
    assert counter.said("customer_pay_amount") == format_baht(total)
    # Part of it in cash first: the code follows what is left.
    driver.press(KEY.Key_Left)
    driver.press(KEY.Key_Left)
    driver.settle()
    assert counter.stage is Stage.BILL and not counter.shown("customer_qr")
    driver.type("20")
    driver.press(KEY.Key_Return)
    driver.key(8)
    left = payload(TARGET, total - 20_00)
    assert codes(counter.customer) == ({left}, {left})
    # The cashier's own window shows the same code: a counter may have one screen only.
    shown = driver.window.findChild(QWidget, "pay_code")
    assert shown is not None and codes(shown) == ({left}, {left})
    driver.press(KEY.Key_Return)
    driver.settle()
    kinds = [tender.kind for tender in driver.desk.last.bill.tenders]
    assert kinds == [TenderKind.CASH, TenderKind.PROMPTPAY] and counter.stage is Stage.DONE


def test_without_a_number_of_head_office_no_code_is_shown(counter: Counter, driver: Driver) -> None:
    counter.name_the_payee("")
    driver.scan(driver.world.product("latte").barcode)
    driver.key(8)
    assert counter.stage is Stage.PAY and not counter.shown("customer_qr") and not counter.shown("customer_payee")
    assert counter.said("customer_pay_amount")
    driver.press(KEY.Key_Escape)
    driver.settle()
    assert counter.stage is Stage.BILL


def test_a_display_that_is_opened_late_shows_the_code_already_asked_for(counter: Counter, driver: Driver) -> None:
    driver.scan(driver.world.product("latte").barcode)
    driver.key(8)
    counter.display.close()
    counter.display.use(UiSettings(customer_display=True))
    expected = payload(TARGET, driver.desk.preview.evaluation.total_satang)
    assert codes(counter.customer) == ({expected}, {expected})


def test_a_number_that_is_none_shows_the_amount_alone(
    counter: Counter, driver: Driver, expected_logs: ExpectLog
) -> None:
    counter.name_the_payee("12345")
    driver.scan(driver.world.product("latte").barcode)
    expected_logs("no PromptPay code")
    driver.key(8)
    assert counter.stage is Stage.PAY and not counter.shown("customer_qr") and counter.said("customer_pay_amount")


def test_a_long_bill_shows_its_latest_lines(counter: Counter, driver: Driver) -> None:
    for amount in range(1, ROWS_SHOWN + 4):
        driver.type(f"{amount}0")
        driver.press(KEY.Key_Return)
        driver.settle()
    assert "3" in counter.said("customer_more") and counter.shown("customer_more")
    assert counter.said(f"customer_line_{ROWS_SHOWN - 1}_amount") == format_baht((ROWS_SHOWN + 3) * 10_00, symbol=False)
    assert counter.said("customer_line_0_amount") == format_baht(40_00, symbol=False)


def test_it_speaks_the_language_of_the_window_and_goes_away_when_not_wanted(counter: Counter, driver: Driver) -> None:
    assert counter.said("customer_hello") == "ยินดีต้อนรับ"
    driver.window.switch_language()
    driver.settle()
    assert counter.said("customer_hello") == "Welcome"
    driver.window.shell.look_wanted.emit(UiSettings("en", customer_display=False))
    assert counter.display.window is None
    driver.settle()


def test_the_choice_is_kept(driver: Driver) -> None:
    kept: list[UiSettings] = []
    driver.open(save_settings=kept.append)
    driver.sign_in()
    driver.window.shell.open("settings")
    driver.click("settings_shown")
    driver.settle()
    assert [each.customer_display for each in kept] == [True]
    driver.click("settings_hidden")
    driver.settle()
    assert [each.customer_display for each in kept] == [True, False]
