"""A list of facts that scrolls where there is no room for all of them, and stays together at the top where there is."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget

from pos_member.ui.widgets import column, scroller
from pos_member.ui.widgets.facts import FactList


def facts_area(facts: FactList) -> QScrollArea:
    """``facts`` at the top of an area that takes whatever height there is."""
    held = QWidget()
    inside = column(held)
    inside.addWidget(facts)
    inside.addStretch(1)
    return scroller(held)
