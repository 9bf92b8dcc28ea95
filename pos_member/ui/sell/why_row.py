"""Draws one program of the "why" list: icon, name, standing in a word, and the sentence below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
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
_Index = QModelIndex | QPersistentModelIndex


@lru_cache(maxsize=2_048)
def _sentence_height(width: int, sentence: str, scale: float) -> int:
    """Kept: most sentences stay what they were from one scan to the next, and breaking Thai lines takes its time."""
    return _height(width, sentence, "body", 400)


@lru_cache(maxsize=2_048)
def _name_height(width: int, name: str, scale: float) -> int:
    """Of a name, as of a sentence."""
    return _height(width, name, "body", 600)


def _height(width: int, text: str, role: str, weight: int) -> int:
    measure = QFontMetrics(theme.active().font(role, weight))
    return measure.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, wrappable(text)).height()


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
        inner = self._text_width(width)
        name = _name_height(self._name_width(inner, self._word(each)), each.name, look.scale)
        sentence = _sentence_height(inner, each.said, look.scale)
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
        width = self._text_width(area.width())
        room = self._name_width(width, self._word(each))
        line = _name_height(room, each.name, look.scale)
        text = QRect(area.left() + px + 2 * gap, area.top() + pad, width, line)
        self._paint_word(painter, text, self._word(each), colour)
        painter.setFont(bold)
        painter.setPen(look.colour("text"))
        painter.drawText(QRect(text.left(), text.top(), room, line), _WRAPPED, wrappable(each.name))
        painter.setFont(plain)
        painter.setPen(look.colour("soft"))
        below = QRect(text.left(), text.bottom() + 1, text.width(), area.bottom() - text.bottom() - pad)
        painter.drawText(below, _WRAPPED, wrappable(each.said))
        painter.setPen(look.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()

    def _word(self, each: Why) -> str:
        return tr_marked(self._words[each.standing])

    @staticmethod
    def _paint_word(painter: QPainter, name: QRect, word: str, colour: str) -> None:
        """The standing to the right of the name's first line."""
        look = theme.active()
        painter.setFont(look.font("small", 600))
        painter.setPen(look.colour(colour))
        first = QRect(name.left(), name.top(), name.width(), QFontMetrics(look.font("body", 600)).lineSpacing())
        painter.drawText(first, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), word)

    @staticmethod
    def _name_width(width: int, word: str) -> int:
        """What the standing leaves for the name."""
        look = theme.active()
        wide = QFontMetrics(look.font("small", 600)).horizontalAdvance(word)
        return max(1, width - wide - look.px("space", "m"))

    def _text_width(self, width: int) -> int:
        look = theme.active()
        return max(1, width - look.px("touch", "icon") - 3 * look.px("space", "s"))
