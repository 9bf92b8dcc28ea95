"""Where keys go while a reader is tried: nothing here is pressed or filled by what an unknown reader types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.ui import theme
from pos_member.ui.page import ENTER
from pos_member.ui.readers.cell_strip import CellStrip
from pos_member.ui.widgets import Card, Text, column, scroller


class HearingBox(Card):
    """Has the focus while readers are tried. ``holding``: Tab stays here as well (it may be a reader's ending)."""

    #: A key that got here: its character, the number of the physical key, Shift.
    keyed = Signal(str, int, bool)
    #: Of the class first: Qt asks for events while the frame is still being made.
    holding = False

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__("sunken", name=name, parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head = Text("strong", name=f"{name}_head", wrap=True)
        self.legend = Text("small", name=f"{name}_legend", wrap=True)
        self.strip = CellStrip(name=f"{name}_keys")
        held = QWidget()
        inside = column(held)
        inside.addWidget(self.strip)
        inside.addStretch(1)
        layout = column(self, space="s", margin="m")
        layout.addWidget(self.head)
        layout.addWidget(scroller(held), 1)
        layout.addWidget(self.legend)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return False if self.holding else super().focusNextPrevChild(forward)

    def event(self, event: QEvent) -> bool:
        if self.holding and isinstance(event, QKeyEvent) and _is_tab(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chord = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if not chord and event.key() in ENTER:
            return
        if not chord and event.text() and event.text().isprintable():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.keyed.emit(event.text(), event.nativeScanCode(), shift)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        theme.mark(self, focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        theme.mark(self, focused=False)


def _is_tab(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
