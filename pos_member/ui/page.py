"""The base of the screens beside the sell screen: Enter does what the focused button says, or goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pos_member.ui import theme
from pos_member.ui.screen import Screen
from pos_member.ui.widgets.basic import Button, Text, column, row

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Page(Screen):
    """A screen with one way on (``go_on``) and keys of its own (``shortcut``)."""

    def go_on(self) -> None:
        """Enter, wherever no button or table took it."""

    def lay_out(self, head: PageHead, body: QWidget) -> None:
        """Head above, body below, in the margins all pages share (the line that speaks follows below)."""
        layout: QVBoxLayout = column(self, space="m")
        margin = theme.active().px("space", "l")
        layout.setContentsMargins(margin, theme.active().px("space", "s"), margin, 0)
        layout.addWidget(head)
        layout.addWidget(body, 1)

    def shortcut(self, keys: str, button: Button) -> None:
        """``keys`` click ``button`` while this page has the focus and the button can be used."""
        made = QShortcut(QKeySequence(keys), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(button.click)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            focused = self.window().focusWidget()
            if isinstance(focused, Button) and focused.isEnabled():
                focused.click()
                return
            # A field told of its Enter by a signal already.
            if not isinstance(focused, QLineEdit):
                self.go_on()
                return
        super().keyPressEvent(event)


class PageHead(QWidget):
    """Title and, to the right, whatever the page puts beside it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Text("title", name=f"{name}_head")
        self.note = Text("soft", name=f"{name}_note")
        self.beside = row(self, space="m")
        self.beside.addWidget(self.title)
        self.beside.addWidget(self.note)
        self.beside.addStretch(1)

    def show_text(self, title: str, note: str = "") -> None:
        """The title and a few soft words after it."""
        self.title.show_text(title)
        self.note.show_text(note)
