"""The kit that screens are made of: text, buttons, cards, fields, forms, tables, number pad, questions."""

from pos_member.ui.widgets.basic import (
    Badge,
    Button,
    Card,
    IconLabel,
    Text,
    column,
    grid,
    row,
    rule,
    scroller,
)
from pos_member.ui.widgets.form import Field, Form
from pos_member.ui.widgets.number_pad import NumberPad
from pos_member.ui.widgets.question import QuestionPanel
from pos_member.ui.widgets.table import Column, RowsModel, Table

__all__ = [
    "Badge", "Button", "Card", "Column", "Field", "Form", "IconLabel", "NumberPad", "QuestionPanel", "RowsModel",
    "Table", "Text", "column", "grid", "row", "rule", "scroller",
]  # fmt: skip
