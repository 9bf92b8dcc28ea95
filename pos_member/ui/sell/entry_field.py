"""The field that is always live: codes, phones, amounts; its keys also steer the bill while it is empty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_member.domain.scan_meaning import SCAN_TEXT_MAX
from pos_member.ui.wedge_filter import TAKES_SCANS


class EntryField(QLineEdit):
    """Enter → ``entered``; ``+`` → ``exact``; arrows and Delete → ``steered`` (``up down less more remove``)."""

    entered = Signal(str)
    exact = Signal(str)
    steered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entry")
        self.setProperty("role", "entry")
        self.setProperty(TAKES_SCANS, True)
        self.setMaxLength(SCAN_TEXT_MAX)

    def event(self, event: QEvent) -> bool:
        # A line edit claims Ctrl+Z and Ctrl+Delete for its own text; with no text in it they are the bill's.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Delete)
            and not self.text()
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.text())
            return
        if event.text() == "+" and not self.text().startswith("+") and not self._may_be_phone():
            self.exact.emit(self.text())
            return
        steps = {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
        if not self.text():
            steps |= {Qt.Key.Key_Left: "less", Qt.Key.Key_Right: "more", Qt.Key.Key_Delete: "remove"}
        if plain and key in steps:
            self.steered.emit(steps[key])
            return
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def _may_be_phone(self) -> bool:
        # "+66 81 …" begins with the sign; one inside a text (an e-mail, a note) is a character like others.
        return bool(self.text()) and not all(char.isdigit() or char in ".,*×xX฿ " for char in self.text())
