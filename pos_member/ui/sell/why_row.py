"""Draws one program of the "why" list: icon, name, standing in a word, and the sentence below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pos_member.ui import theme
from pos_member.ui.i18n import tr_marked, wrappable
from pos_member.ui.why import Standing, Why

#: Icon and colour by standing; the word comes from the list.
_LOOKS = {
    Standing.FIRED: ("good", "good_ink"),
    Standing.USABLE: ("star", "accent_ink"),
    Standing.NEAR: ("gift", "info_ink"),
    Standing.OPEN: ("minus", "soft"),
    Standing.SHUT: ("clock", "faint"),
}
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_ONE_LINE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_Index = QModelIndex | QPersistentModelIndex


@lru_cache(maxsize=2_048)
def _sentence_height(width: int, sentence: str, scale: float) -> int:
    """Kept: most sentences stay what they were from one scan to the next, and breaking Thai lines takes its time."""
    measure = QFontMetrics(theme.active().font("body"))
    return measure.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, wrappable(sentence)).height()


class WhyRow(QStyledItemDelegate):
    """``words``: a marked literal for each standing. Rows are as wide as the view."""

    def __init__(self, words: Mapping[Standing, str], view: QListView) -> None:
        super().__init__(view)
        self._words = words
        self._width = view.viewport

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        each: Why = index.data(Qt.ItemDataRole.UserRole)
        width = self._width().width()
        look = theme.active()
        name = QFontMetrics(look.font("body", 600)).lineSpacing()
        sentence = _sentence_height(self._text_width(width), each.said, look.scale)
        return QSize(width, name + sentence + 2 * look.px("space", "s"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        each: Why = index.data(Qt.ItemDataRole.UserRole)
        look = theme.active()
        icon, colour = _LOOKS[each.standing]
        area, state = QRect(option.rect), option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.colour("selected"))
        gap, pad = look.px("space", "s"), look.px("space", "s")
        px = look.px("touch", "icon")
        painter.drawPixmap(area.left() + gap, area.top() + pad + 2, px, px, look.pixmap(icon, colour, px, 2.0))
        bold, plain = look.font("body", 600), look.font("body")
        line = QFontMetrics(bold).lineSpacing()
        text = QRect(area.left() + px + 2 * gap, area.top() + pad, self._text_width(area.width()), line)
        room = self._paint_word(painter, text, tr_marked(self._words[each.standing]), colour)
        painter.setFont(bold)
        painter.setPen(look.colour("text"))
        name = QFontMetrics(bold).elidedText(each.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(text.left(), text.top(), room, line), _ONE_LINE, name)
        painter.setFont(plain)
        painter.setPen(look.colour("soft"))
        below = QRect(text.left(), text.bottom() + 1, text.width(), area.bottom() - text.bottom() - pad)
        painter.drawText(below, _WRAPPED, wrappable(each.said))
        painter.setPen(look.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()

    def _paint_word(self, painter: QPainter, line: QRect, word: str, colour: str) -> int:
        """The standing to the right of the name; what is left for the name."""
        look = theme.active()
        font: QFont = look.font("small", 600)
        wide = QFontMetrics(font).horizontalAdvance(word)
        painter.setFont(font)
        painter.setPen(look.colour(colour))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), word)
        return max(0, line.width() - wide - look.px("space", "m"))

    def _text_width(self, width: int) -> int:
        look = theme.active()
        return max(1, width - look.px("touch", "icon") - 3 * look.px("space", "s"))
