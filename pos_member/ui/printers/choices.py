"""A labelled row of buttons of which one holds: by key, by touch, or with the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.ui.widgets import Button, Text, column, row


@dataclass(frozen=True)
class Choice:
    """One button: what it stands for, and the key that presses it (empty: none)."""

    value: object
    keys: str = ""


class Choices(QWidget):
    """``chosen`` carries the value that a person picked; ``set_value`` says nothing.

    ``several``: any number of them may hold; ``chosen`` then carries the value of the one that was pressed.
    """

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[Choice], *, name: str, several: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._several = several
        self._choices = tuple(choices)
        self._values: set[object] = set()
        self.label = Text("label", name=f"{name}_label")
        layout = column(self, space="xs")
        layout.addWidget(self.label)
        line = row(space="s")
        layout.addLayout(line)
        self._buttons: list[Button] = []
        for at, choice in enumerate(self._choices):
            button = Button(name=f"{name}_{choice.value}", checkable=True)
            button.setProperty("at", at)
            button.clicked.connect(self._pressed)
            line.addWidget(button, 1)
            self._buttons.append(button)
            if choice.keys:
                made = QShortcut(QKeySequence(choice.keys), self)  # answers while it is seen, wherever the focus is
                made.activated.connect(button.click)

    def show_texts(self, label: str, texts: Sequence[str]) -> None:
        """Its label and the words of its buttons, in their order."""
        self.label.show_text(label)
        for button, choice, text in zip(self._buttons, self._choices, texts, strict=True):
            button.show_text(text, choice.keys)

    def set_value(self, value: object) -> None:
        """Which one holds."""
        self.set_values((value,))

    def set_values(self, values: Sequence[object]) -> None:
        """Which ones hold."""
        self._values = set(values)
        for button, choice in zip(self._buttons, self._choices, strict=True):
            button.setChecked(choice.value in self._values)

    def value(self) -> object:
        """The one that holds; ``None`` where none does."""
        return next((choice.value for choice in self._choices if choice.value in self._values), None)

    def values(self) -> tuple[object, ...]:
        """Those that hold, in their order."""
        return tuple(choice.value for choice in self._choices if choice.value in self._values)

    def set_usable(self, usable: bool) -> None:
        """Whether any of it can be pressed."""
        for button in self._buttons:
            button.setEnabled(usable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is not None and isinstance(focused, Button) and focused in self._buttons:
            self._buttons[(self._buttons.index(focused) + step) % len(self._buttons)].setFocus()
            return
        super().keyPressEvent(event)

    def _pressed(self) -> None:
        value = self._choices[int(self.sender().property("at"))].value
        if self._several:
            self.set_values(
                [each for each in self._values if each != value] + ([] if value in self._values else [value])
            )
        else:
            self.set_value(value)
        self.chosen.emit(value)
