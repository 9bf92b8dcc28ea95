"""Labelled figures one below the other: the label to the left, the figure to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget

from pos_member.ui.widgets.basic import Button, Card, Text, column, grid, row


@dataclass(frozen=True)
class Fact:
    """One line. ``tone`` as for ``Text``; ``role`` is the figure's size."""

    label: str
    value: str
    tone: str = "none"
    role: str = "strong"


class FactList(QWidget):
    """Shows as many lines as it is given; the widgets are kept."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._cells = grid(self, space="s")
        self._cells.setColumnStretch(1, 1)
        self._labels: list[Text] = []
        self._values: list[Text] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Other lines."""
        while len(self._labels) < len(facts):
            self._add()
        for at, (label, value) in enumerate(zip(self._labels, self._values, strict=True)):
            shown = at < len(facts)
            label.setVisible(shown)
            value.setVisible(shown)
            if shown:
                fact = facts[at]
                label.show_text(fact.label)
                value.setProperty("role", fact.role)
                value.show_text(fact.value, fact.tone)

    def said(self) -> str:
        """Everything as one text."""
        shown = [
            f"{label.said()} {value.said()}"
            for label, value in zip(self._labels, self._values, strict=True)
            if not label.isHidden()
        ]
        return "\n".join(shown)

    def _add(self) -> None:
        at = len(self._labels)
        label, value = Text("soft"), Text("strong", align="right", wrap=True)
        self._cells.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        self._cells.addWidget(value, at, 1)
        self._labels.append(label)
        self._values.append(value)


class OutcomeCard(Card):
    """What came of it: what is said and the way on to the left, the figures to the right."""

    def __init__(self, name: str, said: Sequence[QWidget | QLayout], close: Button, facts: FactList) -> None:
        super().__init__(name=name)
        sides = row(self, space="xxl", margin="xxl")
        left, right = column(space="m"), column()
        for part in said:
            if isinstance(part, QLayout):
                left.addLayout(part)
            else:
                left.addWidget(part)
        left.addStretch(1)
        left.addWidget(close)
        right.addWidget(facts)
        right.addStretch(1)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
