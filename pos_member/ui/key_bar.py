"""F1 … F12: twelve keys in fixed places, each with its name on it, by key, touch or mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import mark, tr_marked
from pos_member.ui.widgets.basic import Button, IconLabel, Text, column, row

if TYPE_CHECKING:
    from pos_member.domain.permission import Permission


@dataclass(frozen=True)
class KeySpec:
    """A key: the screen it opens, or the window's act (``!name``). ``always``: also while nobody is signed in."""

    number: int
    target: str
    icon: str
    label: str
    permission: Permission | None = None
    always: bool = False


KEYS = (
    KeySpec(1, "help", "help", mark("Help"), always=True),
    KeySpec(2, "enrol", "enrol", mark("Enrol")),
    KeySpec(3, "find", "find", mark("Find")),
    KeySpec(4, "return", "return", mark("Return")),
    KeySpec(5, "!park", "park", mark("Park")),
    KeySpec(6, "reprint", "print", mark("Reprint")),
    KeySpec(7, "adjust", "adjust", mark("Adjust")),
    KeySpec(8, "!promptpay", "qr", mark("PromptPay")),
    KeySpec(9, "shift", "shift", mark("Shift")),
    KeySpec(10, "!lock", "lock", mark("Lock")),
    KeySpec(11, "!language", "language", mark("ไทย/EN"), always=True),
    KeySpec(12, "sync", "sync", mark("Sync")),
)


#: Keys for what stands in the head of the window, and for the sell screen's question why.
HEAD_KEYS = (
    ("Shift+F1", "!why"),
    ("Shift+F6", "coupons"),
    ("Shift+F9", "drawer"),
    ("Ctrl+R", "report"),
    ("Ctrl+P", "print_jobs"),
    ("Ctrl+,", "settings"),
    ("Ctrl+L", "!theme"),
)


class FKey(Button):
    """One key: its number small, its name below, its icon beside."""

    def __init__(self, spec: KeySpec) -> None:
        super().__init__("fkey", name=f"key_f{spec.number}", checkable=not spec.target.startswith("!"))
        self.spec = spec
        self._count = 0
        self._number = Text("small", name=f"key_f{spec.number}_number")
        self._label = Text("strong", name=f"key_f{spec.number}_label")
        words = column(space="")
        words.addStretch(1)
        words.addWidget(self._number)
        words.addWidget(self._label)
        words.addStretch(1)
        # As near as it gets: twelve keys share 1366 px, and "PromptPay" has to fit on one of them.
        layout = row(self, space="xs")
        margin = theme.active().px("space", "xs")
        layout.setContentsMargins(margin, 0, margin, 0)
        layout.addWidget(IconLabel(spec.icon, "accent_ink"))
        layout.addLayout(words, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int) -> None:
        """How much waits behind it (parked bills)."""
        self._count = count
        self.retranslate()

    def retranslate(self) -> None:
        """Its name."""
        label = tr_marked(self.spec.label)
        if self._count:
            label = f"{label} · {self._count}"
        self._number.show_text(f"F{self.spec.number}")
        self._label.show_text(label)
        self.setAccessibleName(f"F{self.spec.number} {label}")


class KeyBar(QWidget):
    """The row of keys. ``pressed`` carries the target."""

    pressed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("key_bar")
        layout = row(self, space="s")
        self._buttons: dict[str, FKey] = {}
        for spec in KEYS:
            button = FKey(spec)
            button.setProperty("target", spec.target)
            button.clicked.connect(self._clicked)
            layout.addWidget(button, 1)
            self._buttons[spec.target] = button
            shortcut = QShortcut(QKeySequence(Qt.Key(Qt.Key.Key_F1 + spec.number - 1)), window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.setProperty("target", spec.target)
            shortcut.activated.connect(self._key)
        self.retranslate()

    def button(self, target: str) -> FKey:
        """The button of a target."""
        return self._buttons[target]

    def set_screen(self, name: str) -> None:
        """Light the key of the screen that is open."""
        for target, button in self._buttons.items():
            button.setChecked(target == name)

    def set_signed_in(self, signed_in: bool) -> None:
        """Only some keys work while nobody is signed in."""
        for spec in KEYS:
            self._buttons[spec.target].setEnabled(signed_in or spec.always)

    def retranslate(self) -> None:
        """The names."""
        for button in self._buttons.values():
            button.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _clicked(self) -> None:
        target = str(self.sender().property("target"))
        button = self._buttons[target]
        if button.isCheckable():
            # The window lights the key once the screen is open.
            button.setChecked(not button.isChecked())
        self.pressed.emit(target)

    def _key(self) -> None:
        target = str(self.sender().property("target"))
        if self._buttons[target].isEnabled():
            self.pressed.emit(target)
