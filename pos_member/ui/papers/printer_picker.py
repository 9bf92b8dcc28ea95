"""Which printer instead: a short list in place, chosen by its figure, the arrows or a touch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.ui.i18n import tr
from pos_member.ui.ports import PrinterLight, PrinterView
from pos_member.ui.printer_faults import fault
from pos_member.ui.widgets import Button, Card, Text, column

#: One figure each; a till with more printers shows the first ones.
PICKED_MAX = 9


class PrinterPicker(Card):
    """``chosen`` carries the key of a printer; Esc is the page's."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="papers_picker", parent=parent)
        self._printers: tuple[PrinterView, ...] = ()
        self._buttons: list[Button] = []
        self._head = Text("heading", name="papers_picker_head", wrap=True)
        self._note = Text("soft", name="papers_picker_note", wrap=True)
        self._list = column(space="s")
        layout = column(self, space="m", margin="l")
        layout.addWidget(self._head)
        layout.addLayout(self._list)
        layout.addStretch(1)
        layout.addWidget(self._note)
        self.retranslate()

    def retranslate(self) -> None:
        """Every text."""
        self._head.show_text(tr("Print it at which printer?"))
        self._note.show_text(tr("A figure or ↑ ↓ and Enter · Esc = leave it"))
        for at, (button, printer) in enumerate(zip(self._buttons, self._printers, strict=True), 1):
            button.show_text(_label(printer), str(at))

    def ask(self, printers: Sequence[PrinterView]) -> None:
        """Show ``printers`` and take the keys."""
        for button in self._buttons:
            button.setObjectName("")
            button.hide()
            button.deleteLater()
        self._printers = tuple(printers[:PICKED_MAX])
        self._buttons = []
        for printer in self._printers:
            icon = "print_off" if printer.light is PrinterLight.TROUBLE else "print"
            button = Button(name=f"papers_picker_{printer.key}", icon=icon)
            button.setProperty("key", printer.key)
            button.clicked.connect(self._clicked)
            self._list.addWidget(button)
            # What is not shown yet takes no focus.
            button.show()
            self._buttons.append(button)
        self.retranslate()
        if self._buttons:
            self._buttons[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._buttons:
            focused = self.focusWidget()
            at = next((at for at, button in enumerate(self._buttons) if button is focused), 0)
            self._buttons[(at + step) % len(self._buttons)].setFocus()
            return
        figure = event.key() - Qt.Key.Key_0
        if 1 <= figure <= len(self._buttons):
            self._buttons[figure - 1].click()
            return
        super().keyPressEvent(event)

    def _clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("key")))


def _label(printer: PrinterView) -> str:
    if printer.light is not PrinterLight.TROUBLE or not printer.reason:
        return printer.name
    return f"{printer.name} · {fault(printer.reason)}"
