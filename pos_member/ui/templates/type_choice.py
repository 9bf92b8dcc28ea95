"""The type of the whole paper: the program's own font, one of the shop's, or a new one from a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from pos_member.ui.i18n import tr
from pos_member.ui.widgets import Button, row


class TypeChoice(QWidget):
    """``picked`` when a person chose another font: as templates name it, "" for the program's own."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fonts: tuple[tuple[str, str], ...] = ()
        self._shown = ""
        self.choice = QComboBox()
        self.choice.setObjectName("template_font")
        self.choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.choice.setMinimumContentsLength(6)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.go = Button(name="template_font_go", icon="language")
        self.take_in = Button(name="template_font_in", icon="down")
        line = row(self, space="s")
        line.addWidget(self.go)
        line.addWidget(self.choice, 2)
        line.addWidget(self.take_in, 2)
        self.choice.activated.connect(self._activated)
        self.go.clicked.connect(self._go)

    def retranslate(self) -> None:
        """Every text."""
        self.choice.setAccessibleName(tr("The type that the whole paper is printed in"))
        self.go.show_text(tr("Font"), "Ctrl+K")
        self.go.setAccessibleName(f"{tr('Choose the type')} Ctrl+K")
        self.take_in.show_text(tr("From a file"), "Ctrl+F")
        self._fill()

    def offer(self, fonts: Sequence[tuple[str, str]]) -> None:
        """The shop's own fonts: (as a template names it, as people call it)."""
        self._fonts = tuple(fonts)
        self._fill()

    def show_font(self, name: str) -> None:
        """The template's font; one that is not among the shop's is shown as such."""
        if name != self._shown:
            self._shown = name
            self._fill()

    def _fill(self) -> None:
        self.choice.clear()
        self.choice.addItem(tr("As it came"), "")
        for name, said in self._fonts:
            self.choice.addItem(said, name)
        if self.choice.findData(self._shown) < 0:
            self.choice.addItem(tr("{font} (not on this till)", font=self._shown), self._shown)
        self.choice.setCurrentIndex(self.choice.findData(self._shown))

    def _go(self) -> None:
        self.choice.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _activated(self, at: int) -> None:
        self.picked.emit(str(self.choice.itemData(at)))
