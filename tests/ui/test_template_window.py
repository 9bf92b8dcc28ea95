"""The template screen in the whole window: the way there, keys that pass through Qt, Esc, sizes, light and dark."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from pos_member.app.template_tools import PaperTemplateTools
from pos_member.domain.documents import DocumentKind
from pos_member.ui import i18n
from pos_member.ui.screens.templates import TemplatesScreen
from pos_member.ui.theme import Theme
from tests.ui.template_stage import CONTROL
from tests.ui.test_screens_in_window import nameless, too_small
from tests.ui.till_window import KEY, Driver


def go(driver: Driver) -> TemplatesScreen:
    """The manager's way: Ctrl+, Ctrl+6."""
    tools = PaperTemplateTools()
    driver.open(template_tools=lambda: tools)
    driver.sign_in("1004")
    driver.press(KEY.Key_Comma, CONTROL)
    driver.settle()
    driver.press(KEY.Key_6, CONTROL)
    rest(driver)
    screen = driver.window.navigation.current
    assert isinstance(screen, TemplatesScreen)
    return screen


def rest(driver: Driver) -> None:
    screen = driver.window.navigation.screen("templates")
    assert isinstance(screen, TemplatesScreen)
    driver.qtbot.waitUntil(lambda: not screen._preview.waiting and not driver.runner.busy())
    QApplication.processEvents()


def press(driver: Driver, key: KEY, *modifiers) -> None:
    driver.press(key, *modifiers)
    rest(driver)


def thanks(driver: Driver) -> None:
    """Into the form of the receipt, down to the words of thanks, into the text."""
    screen = driver.window.navigation.current
    press(driver, KEY.Key_Return)
    while screen._edit.table.current().part.key != "thanks":
        press(driver, KEY.Key_Down)
    press(driver, KEY.Key_Return)
    press(driver, KEY.Key_End)


def test_from_the_bill_to_a_new_word_of_thanks_in_few_keys(driver: Driver) -> None:
    go(driver)
    thanks(driver)
    driver.type("!")
    rest(driver)
    press(driver, KEY.Key_S, CONTROL)
    versions = driver.world.till.templates.kinds("th")
    assert (versions[0].kind, versions[0].version) == (DocumentKind.RECEIPT, 1)
    # There in two, the part in thirteen, into it, its end, the sign, saved.
    assert driver.interactions <= 22


def test_undo_in_a_text_is_the_form_s_own_even_through_qt(driver: Driver) -> None:
    screen = go(driver)
    thanks(driver)
    driver.type("abc")
    rest(driver)
    focused = driver.focus()
    assert isinstance(focused, QLineEdit)
    press(driver, KEY.Key_Z, CONTROL)
    assert focused.text() == "ขอบคุณที่อุดหนุน"
    assert not screen._edit.edits.changed


def test_esc_goes_back_step_by_step_and_asks_in_place(driver: Driver) -> None:
    screen = go(driver)
    thanks(driver)
    driver.type("!")
    rest(driver)
    press(driver, KEY.Key_Escape)
    assert driver.focus() is screen._edit.table
    press(driver, KEY.Key_Escape)
    assert driver.window.question.open
    assert driver.said("answer_drop") == "ทิ้งที่แก้"
    press(driver, KEY.Key_Escape)
    assert not driver.window.question.open and screen._edit.edits.changed
    press(driver, KEY.Key_Escape)
    press(driver, KEY.Key_Return)
    assert driver.world.till.templates.kinds("th")[0].version == 1
    press(driver, KEY.Key_Escape)
    assert driver.window.navigation.current is driver.sell


def test_locked_in_the_middle_the_changes_wait_for_the_manager(driver: Driver) -> None:
    screen = go(driver)
    thanks(driver)
    driver.type("!")
    rest(driver)
    driver.window.lock()
    driver.settle()
    driver.sign_in("1001")
    driver.window.shell.open("templates")
    driver.settle()
    assert driver.window.findChild(QLineEdit, "template_text_0_th").isVisible() is False
    driver.window.lock()
    driver.settle()
    driver.sign_in("1004")
    driver.window.shell.open("templates")
    rest(driver)
    assert screen._edit.isVisible() and screen._edit.edits.changed


@pytest.mark.parametrize("spoken", ["th", "en"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_page_fits_the_window_and_a_finger(driver: Driver, qapp: QApplication, spoken: str, mode: str) -> None:
    screen = go(driver)
    i18n.set_language(spoken)
    Theme.load(mode).apply(qapp)
    rest(driver)

    def fits() -> None:
        rest(driver)
        assert screen.minimumSizeHint().width() <= driver.window.width()
        assert too_small(screen) == [] and nameless(screen) == []
        boxes = [box for box in screen.findChildren(QComboBox) if box.isVisible()]
        assert all(box.accessibleName() and box.height() >= 44 for box in boxes)

    fits()
    press(driver, KEY.Key_H, CONTROL)
    fits()
    press(driver, KEY.Key_Escape)
    press(driver, KEY.Key_Return)
    while True:
        fits()
        before = screen._edit.table.current().part.key
        press(driver, KEY.Key_Down)
        if screen._edit.table.current().part.key == before:
            break
    press(driver, KEY.Key_Up)
    while screen._edit.table.current().part.key != "thanks":
        press(driver, KEY.Key_Up)
    press(driver, KEY.Key_Return)
    press(driver, KEY.Key_I, CONTROL)
    fits()
