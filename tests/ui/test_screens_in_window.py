"""The screens beside the sell screen inside the whole window: journeys counted, sizes, names, languages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from pos_member.ui import theme
from pos_member.ui.ports import UiSettings
from pos_member.ui.screens import SCREENS
from tests.factories import PINS
from tests.ui.till_window import KEY, SIZE, Driver

#: (F-key or 0, name in the registry).
_SCREENS = tuple(name for name in SCREENS if name not in ("sign_in", "sell"))
_QT_OWN = ("QTableCornerButton", "QAbstractButton")


def stocked(till: Driver) -> None:
    """A day with everything in it, so that the screens have something to show."""
    member = till.world.enrol(birthday="21/11/2533")
    till.world.give_points(member, 1_234)
    bill = till.world.sell({"beans": 2, "giftbox": 1, "tea": 3}, member).bill
    till.world.sell({"mug": 1})
    returns = till.world.till.returns
    returns.complete(till.world.session("1003"), bill.id, {1: 1_000}, return_id=returns.new_id())


@pytest.fixture
def till(driver: Driver) -> Driver:
    driver.open()
    driver.sign_in("1004")
    stocked(driver)
    return driver


def show(till: Driver, name: str) -> QWidget:
    till.window.shell.open(name)
    till.settle()
    QApplication.processEvents()
    screen = till.window.navigation.current
    assert screen is not None
    assert screen.name == name
    return screen


# --- journeys -----------------------------------------------------------------------------------------------


def test_enrol_takes_the_phone_consent_and_enter_and_ends_on_the_bill(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    driver.key(2)
    driver.type("0812345678")
    driver.plus()
    driver.settle()
    driver.press(KEY.Key_Return)
    driver.settle()
    # F2, +, Enter: the figures of the phone are not counted.
    assert driver.interactions == 3
    member = driver.world.store.members.by_phone("+66812345678")
    assert member is not None
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.window.navigation.current is driver.sell
    assert driver.desk.draft.member_id == member.id


def test_a_whole_bill_comes_back_by_scan_enter_pin_enter(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    bill = driver.world.sell({"beans": 2, "tea": 1}, driver.world.enrol()).bill
    driver.key(4)
    driver.scan(bill.receipt_code)
    driver.press(KEY.Key_Return)
    driver.settle()
    driver.type(PINS["1003"])
    driver.press(KEY.Key_Return)
    driver.settle()
    # F4, the scan, Enter, Enter; the figures of the PIN are not counted.
    assert driver.interactions == 4
    returned = driver.world.store.facts.returns_of(bill.id)
    assert [each.refund_satang for each in returned] == [bill.total_satang]
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.window.navigation.current is driver.sell


def test_a_product_found_by_name_lands_on_the_bill(till: Driver) -> None:
    till.key(3)
    till.press(KEY.Key_2, Qt.KeyboardModifier.ControlModifier)
    till.type("latte")
    till.settle()
    till.press(KEY.Key_Return)
    till.settle()
    assert till.window.navigation.current is till.sell
    assert [line.product_id for line in till.desk.draft.lines] == ["latte"]


def test_a_member_found_lands_on_the_bill(till: Driver) -> None:
    till.key(3)
    till.type("5678")
    till.settle()
    till.press(KEY.Key_Return)
    till.settle()
    assert till.window.navigation.current is till.sell
    assert till.desk.draft.member_id is not None


def test_no_key_of_a_screen_is_one_of_the_window(till: Driver) -> None:
    def keys(shortcuts: list[QShortcut]) -> set[str]:
        return {each.key().toString() for each in shortcuts}

    screens = [till.sell, *(till.window.navigation.screen(name) for name in SCREENS)]
    inside = {each for screen in screens for each in screen.findChildren(QShortcut)}
    of_window = [each for each in till.window.findChildren(QShortcut) if each not in inside]
    assert len(keys(of_window)) == len(of_window) >= 18
    for screen in screens:
        # Qt does neither where two want the same key.
        assert keys(screen.findChildren(QShortcut)) & keys(of_window) == set(), screen.name


def test_closing_the_shift_asks_once_in_place(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    driver.key(9)
    driver.type("500")
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.world.till.shifts.current() is not None
    driver.type("500")
    driver.press(KEY.Key_Return)
    assert driver.window.question.open
    driver.press(KEY.Key_Escape)
    assert driver.world.till.shifts.current() is not None
    driver.press(KEY.Key_Return)
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.world.till.shifts.current() is None
    assert driver.said("shift_verdict") == "เงินตรง"


def test_the_bill_is_still_there_after_every_screen(till: Driver) -> None:
    till.scan(till.world.product("mug").barcode)
    before = till.desk.draft
    for name in _SCREENS:
        show(till, name)
        for _ in range(4):
            if till.window.navigation.current is not till.sell:
                till.press(KEY.Key_Escape)
                till.settle()
        assert till.window.navigation.current is till.sell, name
    assert till.desk.draft == before


# --- sizes, names, languages --------------------------------------------------------------------------------


def too_small(screen: QWidget) -> list[str]:
    """Buttons that a finger misses."""
    least = theme.active().px("touch", "target")
    buttons = screen.findChildren(QAbstractButton)
    return [each.objectName() for each in buttons if each.isVisible() and each.objectName() and each.height() < least]


def nameless(screen: QWidget) -> list[str]:
    """Buttons and fields that a screen reader has no word for."""
    asked = [*screen.findChildren(QAbstractButton), *screen.findChildren(QLineEdit)]
    found = [each for each in asked if each.isVisible() and not each.accessibleName()]
    # A check box is read by its text.
    silent = [each for each in found if not (isinstance(each, QAbstractButton) and each.text())]
    return [name for each in silent if (name := each.objectName() or type(each).__name__) not in _QT_OWN]


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_screen_fits_is_touchable_and_named(driver: Driver, language: str) -> None:
    driver.open(settings=UiSettings(language=language))
    driver.sign_in("1004")
    stocked(driver)
    for name in _SCREENS:
        screen = show(driver, name)
        needed = driver.window.centralWidget().minimumSizeHint()
        assert needed.width() <= SIZE[0] and needed.height() <= SIZE[1], (name, needed)
        assert driver.window.size() == QSize(*SIZE), name
        assert (name, too_small(screen), nameless(screen)) == (name, [], [])
        driver.window.shell.back()


def fits(till: Driver, what: str) -> None:
    till.settle()
    QApplication.processEvents()
    needed = till.window.centralWidget().minimumSizeHint()
    screen = till.window.navigation.current
    assert screen is not None
    assert needed.width() <= SIZE[0] and needed.height() <= SIZE[1], (what, needed)
    assert till.window.size() == QSize(*SIZE), what
    assert (what, too_small(screen)) == (what, [])


def test_the_fuller_states_fit_too(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    stocked(driver)
    show(driver, "find")
    driver.type("5678")
    fits(driver, "a member with coupons")
    driver.press(KEY.Key_Escape)
    driver.press(KEY.Key_Escape)
    driver.key(2)
    driver.type("0898765432")
    driver.plus()
    driver.press(KEY.Key_Return)
    fits(driver, "enrolled")
    bill = driver.world.sell({"beans": 2, "giftbox": 4, "tea": 3}, driver.desk.draft.member_id).bill
    driver.window.shell.back()
    driver.window.shell.open("return", code=bill.receipt_code)
    fits(driver, "lines of a return")
    driver.press(KEY.Key_Return)
    fits(driver, "approval of a return")
    driver.type(PINS["1003"])
    driver.press(KEY.Key_Return)
    fits(driver, "returned")
    show(driver, "adjust")
    driver.type("5678")
    driver.settle()
    driver.press(KEY.Key_Return)
    fits(driver, "points to put right")
    driver.type("999999")
    driver.press(KEY.Key_Return)
    driver.type("x")
    driver.press(KEY.Key_Return)
    fits(driver, "approval of points")
    driver.type(PINS["1004"])
    driver.press(KEY.Key_Return)
    fits(driver, "points refused")


def test_every_screen_changes_its_language_while_it_is_open(till: Driver) -> None:
    for name in _SCREENS:
        screen = show(till, name)
        till.key(11)
        till.settle()
        assert screen.title().isascii(), name
        texts = [each.text() for each in screen.findChildren(QAbstractButton) if each.isVisible()]
        thai = [text for text in texts if any("\u0e00" <= char <= "\u0e7f" for char in text)]
        # People keep their names, and the tile of the Thai language names itself.
        assert [text for text in thai if "ภาษาไทย" not in text] == [], name
        till.key(11)
        till.settle()
        till.window.shell.back()
        till.settle()
