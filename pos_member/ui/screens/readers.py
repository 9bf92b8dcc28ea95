"""Cameras and readers of this till: what they send, what it is taken for, and how they are set up."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.permission import Permission
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.readers.camera_part import CameraPart
from pos_member.ui.readers.keyboard_part import KeyboardPart
from pos_member.ui.readers.part import Part
from pos_member.ui.readers.serial_part import SerialPart
from pos_member.ui.readers.words import meaning_words, short
from pos_member.ui.scanning.feedback import tell
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Text, column

_PARTS: tuple[tuple[type[Part], str, str, str], ...] = (
    (CameraPart, mark("Camera"), "camera", "Ctrl+1"),
    (KeyboardPart, mark("Reader that types"), "keyboard", "Ctrl+2"),
    (SerialPart, mark("Serial reader"), "plug", "Ctrl+3"),
)


class ReadersScreen(Page):
    """Anybody may look and try; changing takes the right to manage the till. No scan leaves this page."""

    name = "readers"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._open = False
        self._head = PageHead(self.name)
        self._tabs: list[Button] = []
        self._stack = QStackedWidget()
        self.parts: list[Part] = []
        for at, (made, _, icon, keys) in enumerate(_PARTS):
            tab = Button(name=f"readers_tab_{made.name}", icon=icon, checkable=True)
            tab.setProperty("at", at)
            tab.clicked.connect(self._tab_pressed)
            self.shortcut(keys, tab)
            self._head.beside.addWidget(tab)
            self._tabs.append(tab)
            part = made(shell, self._stack)
            self.parts.append(part)
            self._stack.addWidget(part)
        self._only_look = Text("strong", name="readers_only_look", wrap=True)
        body = QWidget(self)
        inside = column(body, space="s")
        inside.addWidget(self._only_look)
        inside.addWidget(self._stack, 1)
        self.lay_out(self._head, body)
        shell.session_changed.connect(self._somebody_else)
        self.finish()

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Scanners")

    def hint(self) -> str:
        return self.part.hint()

    @property
    def part(self) -> Part:
        """The one that is shown."""
        return self.parts[self._stack.currentIndex()]

    def retranslate(self) -> None:
        self._head.show_text(self.title(), "")
        self._only_look.show_text(
            tr("You can look and try everything here. To change something, a manager has to sign in."), "warn"
        )
        for tab, (_, literal, _, keys) in zip(self._tabs, _PARTS, strict=True):
            tab.show_text(tr_marked(literal), keys)
        for part in self.parts:
            part.retranslate()
        self._show()

    def _show(self) -> None:
        self._only_look.setVisible(self.shell.session is not None and not self.shell.may(Permission.MANAGE_TILL))
        for at, tab in enumerate(self._tabs):
            tab.setChecked(at == self._stack.currentIndex())

    # --- coming and going ----------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        wanted = [each.name for each in self.parts]
        at = wanted.index(str(params["part"])) if params.get("part") in wanted else self._stack.currentIndex()
        self._open = True
        self._go(at)

    def left(self) -> None:
        if self._open:
            self._open = False
            self.part.closed()

    def _go(self, at: int) -> None:
        self.part.closed()
        self._stack.setCurrentIndex(at)
        self.part.opened()
        self._show()
        self.part.first().setFocus()

    def _tab_pressed(self) -> None:
        at = int(self.sender().property("at"))
        if at != self._stack.currentIndex():
            # Through the window: the line above the keys then tells those of the part.
            self.shell.open(self.name, part=self.parts[at].name)
        self._show()

    def _somebody_else(self, session: object) -> None:
        self._show()

    # --- keys and codes ------------------------------------------------------------------------------------

    def go_on(self) -> None:
        self.part.go_on()

    def back(self) -> bool:
        return self.part.back()

    def scanned(self, text: str) -> bool:
        tell(self.shell, Sound.READ, tr("Read: {code} · {meaning}", code=short(text), meaning=meaning_words(text)))
        self.part.scanned(text)
        return True
