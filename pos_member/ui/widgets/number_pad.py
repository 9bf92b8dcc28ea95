"""A pad of large keys that types into whatever has the focus, as a keyboard would."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QSizePolicy, QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import tr
from pos_member.ui.widgets.basic import Button, grid


@cache
def _keys() -> dict[str, Qt.Key]:
    keys = {str(digit): Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)}
    return keys | {".": Qt.Key.Key_Period, "*": Qt.Key.Key_Asterisk, "+": Qt.Key.Key_Plus}


class NumberPad(QWidget):
    """0–9, 00, point, erase, and a free column. Keys go to the target, or to the widget with the focus."""

    pressed = Signal(str)

    def __init__(self, *, name: str = "pad", pin: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._target: QLineEdit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = grid(self, space="s")
        last = ("clear", "0", "erase") if pin else ("00", "0", ".")
        rows = (("7", "8", "9"), ("4", "5", "6"), ("1", "2", "3"), last)
        self._buttons: dict[str, Button] = {}
        for at_row, keys in enumerate(rows):
            for at_column, key in enumerate(keys):
                self._add(layout, key, at_row, at_column)
        if not pin:
            for at_row, key in enumerate(("erase", "*", "clear", "enter")):
                self._add(layout, key, at_row, 3)
        for at_column in range(layout.columnCount()):
            layout.setColumnStretch(at_column, 1)
        self.retranslate()

    def set_target(self, field: QLineEdit | None) -> None:
        """Always type into ``field``; None follows the focus."""
        self._target = field

    def button(self, key: str) -> Button:
        """The button of ``0``…``9``, ``00``, ``.``, ``*``, ``erase``, ``clear``, ``enter``."""
        return self._buttons[key]

    def retranslate(self) -> None:
        """Names of the keys that carry an icon."""
        names = {"erase": tr("Erase"), "clear": tr("Clear"), "enter": tr("Enter"), "*": tr("Times")}
        for key, button in self._buttons.items():
            button.setAccessibleName(names.get(key, key))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _add(self, layout: QGridLayout, key: str, at_row: int, at_column: int) -> None:
        button = Button("pad", name=f"{self.objectName()}_{key}")
        icons = {"erase": "backspace", "enter": "enter"}
        if key in icons:
            button.set_icon(icons[key])
        else:
            # Clear is a letter, as on a calculator: a cross would be taken for the times of ``5 ×``.
            button.setText({"*": "×", "clear": "C"}.get(key, key))
        button.setProperty("pad_key", key)
        if key != "clear":
            button.setAutoRepeat(key == "erase")
        button.clicked.connect(self._clicked)
        self._buttons[key] = button
        layout.addWidget(button, at_row, at_column)

    def _clicked(self) -> None:
        sender: QObject = self.sender()
        key = str(sender.property("pad_key"))
        target = self._target or QApplication.focusWidget()
        self.pressed.emit(key)
        if target is None:
            return
        if key == "clear":
            if isinstance(target, QLineEdit):
                target.clear()
        elif key == "erase":
            self._send(target, Qt.Key.Key_Backspace, "")
        elif key == "enter":
            self._send(target, Qt.Key.Key_Return, "\r")
        else:
            for char in key:
                self._send(target, _keys()[char], char)

    def _send(self, target: QWidget, key: Qt.Key, text: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


def pad_width() -> int:
    """The width that lets four keys be pressed without looking (px)."""
    look = theme.active()
    return 4 * look.px("touch", "key") + 3 * look.px("space", "s") + 60
