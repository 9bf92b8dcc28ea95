"""A page of two sides: the work on the left; on the right a card with what is said of it and what can be pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from pos_member.ui.widgets.basic import Button, Card, column, row


def two_sides(work: QWidget, said: Sequence[QWidget], buttons: Sequence[Button]) -> QWidget:
    """The body of a page: ``said`` at the top of the card, ``buttons`` at its foot, each in its order."""
    card, body = Card(), QWidget()
    words = column(card, space="m", margin="xl")
    for widget in said:
        words.addWidget(widget)
    words.addStretch(1)
    for button in buttons:
        words.addWidget(button)
    sides = row(body, space="l")
    sides.addWidget(work, 3)
    sides.addWidget(card, 2)
    return body
