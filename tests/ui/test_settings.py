"""The settings screen in the whole window: what is chosen holds at once and is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import language
from pos_member.ui.ports import UiSettings
from tests.ui.till_window import KEY, Driver

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_language_and_look_change_at_once_and_are_kept(driver: Driver) -> None:
    kept: list[UiSettings] = []
    window = driver.open(save_settings=kept.append)
    driver.sign_in()
    window.shell.open("settings")
    driver.settle()
    assert driver.said("settings_head") == "ตั้งค่า"
    driver.press(KEY.Key_2, CONTROL)
    driver.settle()
    assert (language(), driver.said("settings_head")) == ("en", "Settings")
    driver.press(KEY.Key_4, CONTROL)
    driver.settle()
    assert theme.active().mode == "dark"
    driver.click("settings_light")
    driver.press(KEY.Key_1, CONTROL)
    driver.settle()
    assert (language(), theme.active().mode) == ("th", "light")
    assert [(each.language, each.mode) for each in kept] == [
        ("en", "light"),
        ("en", "dark"),
        ("en", "light"),
        ("th", "light"),
    ]


def test_choosing_what_holds_already_changes_nothing_and_stays_lit(driver: Driver) -> None:
    kept: list[UiSettings] = []
    window = driver.open(save_settings=kept.append)
    driver.sign_in()
    window.shell.open("settings")
    driver.settle()
    driver.click("settings_th")
    driver.settle()
    assert kept == []
    tile = window.findChild(QWidget, "settings_th")
    assert tile is not None
    assert tile.isChecked()
    driver.press(KEY.Key_Escape)
    assert window.navigation.current is driver.sell


def test_with_one_screen_it_is_said_where_the_customers_display_is(driver: Driver) -> None:
    driver.open()
    driver.sign_in("1004")
    driver.window.shell.open("settings")
    driver.settle()
    note = driver.window.findChild(QWidget, "settings_display_note")
    assert note is not None and not note.isVisible()
    driver.press(KEY.Key_7, CONTROL)
    driver.settle()
    assert note.isVisible()
    driver.press(KEY.Key_8, CONTROL)
    driver.settle()
    assert not note.isVisible()
