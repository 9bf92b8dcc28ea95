"""What came in, piece by piece: cells of one width that wrap, a character large and two small figures below it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_member.domain.readers import BurstReport
from pos_member.ui import theme
from pos_member.ui.readers.words import control_name

#: More than this is a paper, not a code to look at key by key.
CELLS_MAX = 300
_CIRCLE = "\N{DOTTED CIRCLE}"


@dataclass(frozen=True)
class Cell:
    """``top`` large, ``middle`` and ``bottom`` small below it; ``tone`` colours the last."""

    top: str
    middle: str
    bottom: str = ""
    tone: str = ""


class CellStrip(QWidget):
    """Grows in height with what it is given; put it into a scroller."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.cells: tuple[Cell, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_cells(self, cells: Sequence[Cell], spoken: str) -> None:
        """Other cells; ``spoken`` is what a screen reader says of them."""
        self.cells = tuple(cells[:CELLS_MAX])
        self.setAccessibleName(spoken)
        self.updateGeometry()
        self.update()

    def said(self) -> str:
        """Every cell on a line of its own."""
        return "\n".join(" ".join(part for part in (c.top, c.middle, c.bottom) if part) for c in self.cells)

    def redress(self) -> None:
        """The theme changed."""
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        cell, gap = self._cell(), self._gap()
        across = max(1, (width + gap) // (cell.width() + gap))
        rows = -(-len(self.cells) // across)
        return max(1, rows) * (cell.height() + gap) - gap

    def sizeHint(self) -> QSize:
        return QSize(self._cell().width() * 6, self.heightForWidth(max(self.width(), self._cell().width())))

    def minimumSizeHint(self) -> QSize:
        return self._cell()

    def _gap(self) -> int:
        return theme.active().px("space", "xs")

    def _cell(self) -> QSize:
        look = theme.active()
        large, small = QFontMetrics(look.font("heading", 600)), QFontMetrics(look.font("small"))
        lines = 2 if any(each.bottom for each in self.cells) else 1
        return QSize(small.horizontalAdvance("0000") + 2 * self._gap(), large.height() + lines * small.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look, cell, gap = theme.active(), self._cell(), self._gap()
        large, small = look.font("heading", 600), look.font("small")
        top_high, line = QFontMetrics(large).height(), QFontMetrics(small).height()
        across = max(1, (self.width() + gap) // (cell.width() + gap))
        painter = QPainter(self)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        for at, each in enumerate(self.cells):
            x, y = at % across * (cell.width() + gap), at // across * (cell.height() + gap)
            if y > event.rect().bottom() or y + cell.height() < event.rect().top():
                continue
            painter.fillRect(QRect(x, y, cell.width(), cell.height()), look.colour("sunken"))
            painter.setFont(large if len(each.top) <= 2 else small)
            painter.setPen(look.colour("text"))
            painter.drawText(QRect(x, y, cell.width(), top_high), centre, each.top)
            painter.setFont(small)
            painter.setPen(look.colour("soft"))
            painter.drawText(QRect(x, y + top_high, cell.width(), line), centre, each.middle)
            if each.bottom:
                painter.setPen(look.colour(f"{each.tone}_ink") if each.tone else look.colour("soft"))
                painter.drawText(QRect(x, y + top_high + line, cell.width(), line), centre, each.bottom)
        painter.end()


def shown_char(char: str) -> str:
    """A character as a cell shows it: control characters by name, marks on a dotted circle."""
    if not char:
        return "–"
    if len(char) == 1 and (ord(char) < 32 or ord(char) == 127):
        return control_name(ord(char))
    if char == " ":
        return "SP"
    return f"{_CIRCLE}{char}" if unicodedata.category(char[0]) == "Mn" else char


def cells_of_keys(report: BurstReport, gap_max_ms: int) -> list[Cell]:
    """Character, number of the physical key ("–" where it is not told), milliseconds since the key before."""
    cells = []
    for at, key in enumerate(report.keys):
        gap = (key.gap_us + 500) // 1_000
        shown = "" if not at else (f"{gap}" if gap < 10_000 else "…")
        char = {"\r": "Enter", "\n": "Enter", "\t": "Tab"}.get(key.char, "") or shown_char(key.char)
        physical = f"{key.scan_code:02X}" if key.scan_code else "–"
        cells.append(Cell(char, f"⇧{physical}" if key.shift else physical, shown, "warn" if gap > gap_max_ms else ""))
    return cells


def cells_of_bytes(raw: bytes) -> list[Cell]:
    """Each byte as a character and in hexadecimal."""
    return [Cell(chr(byte) if 33 <= byte < 127 else _byte_name(byte), f"{byte:02X}") for byte in raw]


def _byte_name(byte: int) -> str:
    return shown_char(chr(byte)) if byte <= 32 or byte == 127 else "·"
