"""Text mode: the line being put together, and the settings that letters are printed with.

Letters, bit images and codes are placed from left to right on one base line; a line feed prints the line. What does not
fit begins a new line by itself, as the commands' reference has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pos_member.domain.printers import Marks
from pos_member.hardware.printing.virtual.code_pages import BOX, is_mark, page
from pos_member.hardware.printing.virtual.letters import CELLS, Dots, letter

#: Dots of one line feed at the default spacing of 1/6 inch.
LINE_FEED_ROWS = 34
LEFT, CENTRE, RIGHT = range(3)
_TAB = 8


@dataclass
class Settings:
    """What ``ESC @`` sets back."""

    page: int = 0
    font: int = 0
    bold: bool = False
    underline: int = 0
    wide: int = 1
    high: int = 1
    inverse: bool = False
    upside_down: bool = False
    turned: bool = False
    smooth: bool = False
    align: int = LEFT
    spacing: int = LINE_FEED_ROWS
    gap: int = 0
    left: int = 0
    #: Width of the printing area in dots; None = all there is.
    area: int | None = None
    tabs: tuple[int, ...] = tuple(range(_TAB, 256, _TAB))
    bar_height: int = 162
    bar_module: int = 3
    #: Readable figures of bar codes: bit 0 above, bit 1 below.
    bar_text: int = 0
    bar_font: int = 0


@dataclass(frozen=True)
class Language:
    """What the printer's own character generator knows. ``thai_page``: the n of ``ESC t n`` under which Thai lies."""

    thai_page: int | None = None
    marks: Marks = Marks.STACKED


@dataclass
class Line:
    """The line that is being put together on a head of ``dots``; ``settings`` may change between letters."""

    dots: int
    language: Language
    settings: Settings = field(default_factory=Settings)
    _placed: list[tuple[int, Dots]] = field(default_factory=list)
    _x: int = 0
    #: The letter whose marks may still come: (text, where, settings' look).
    _seat: tuple[str, int, Dots] | None = None

    @property
    def empty(self) -> bool:
        """Nothing placed."""
        return not self._placed

    @property
    def room(self) -> int:
        """Width of the printing area in dots."""
        most = max(self.dots - self.settings.left, 1)
        return most if self.settings.area is None else max(1, min(self.settings.area, most))

    def clear(self) -> None:
        """Forget what was placed."""
        self._placed.clear()
        self._x, self._seat = 0, None

    def write(self, codes: bytes) -> list[Dots]:
        """Place the letters of ``codes``; lines that became full, as pictures of the whole head."""
        full: list[Dots] = []
        table = page(self.settings.page, self.language.thai_page)
        for code in codes:
            text = table[code]
            if self._stacks(text):
                continue
            cell = self._cell(text)
            full += self.place(cell)
            self._seat = (text, len(self._placed) - 1, cell) if text != BOX else None
        return full

    def place(self, cell: Dots) -> list[Dots]:
        """Put a picture at the present place; the line before it, where it did not fit beside it."""
        full: list[Dots] = []
        if self._x + cell.shape[1] > self.room and self._placed:
            full = [self.take()]
        self._placed.append((self._x, cell))
        self._x += cell.shape[1] + self.settings.gap * self.settings.wide
        self._seat = None
        return full

    def move(self, x: int) -> None:
        """Go on at ``x`` dots from the margin."""
        self._x = min(max(0, x), self.room)
        self._seat = None

    def move_by(self, dx: int) -> None:
        """Go on ``dx`` dots further right (or left)."""
        self.move(self._x + dx)

    def tab(self) -> None:
        """To the next tab stop; none left = nothing happens."""
        across = CELLS[self.settings.font][0] * self.settings.wide
        stop = next((at * across for at in self.settings.tabs if at * across > self._x), None)
        if stop is not None:
            self.move(stop)

    def take(self) -> Dots:
        """The line as rows of the head, justified, and begin a new one. It must not be empty."""
        high = max(cell.shape[0] for _, cell in self._placed)
        wide = max(x + cell.shape[1] for x, cell in self._placed)
        inside = np.zeros((high, max(wide, 1)), np.uint8)
        for x, cell in self._placed:
            # On one base line: small letters stand at the bottom of a line with large ones.
            inside[high - cell.shape[0] :, x : x + cell.shape[1]] |= cell
        inside = inside[:, : self.room]
        if self.settings.upside_down:
            inside = inside[::-1, ::-1]
        free = self.room - inside.shape[1]
        indent = {CENTRE: free // 2, RIGHT: free}.get(self.settings.align, 0) + self.settings.left
        rows = np.zeros((high, self.dots), np.uint8)
        rows[:, indent : indent + inside.shape[1]] = inside[:, : self.dots - indent]
        self.clear()
        return rows

    def _stacks(self, text: str) -> bool:
        """A mark that this printer puts on the letter before it."""
        if not is_mark(text) or self.language.marks is not Marks.STACKED or self._seat is None:
            return False
        whole, at, old = self._seat[0] + text, self._seat[1], self._seat[2]
        cell = self._cell(whole)
        if cell.shape == old.shape:
            self._placed[at] = (self._placed[at][0], cell)
            self._seat = (whole, at, cell)
        return True

    def _cell(self, text: str) -> Dots:
        look = self.settings
        cell = letter(text, look.font, look.bold)
        if look.underline:
            cell = cell.copy()
            cell[-look.underline :, :] = 1
        if look.inverse:
            cell = 1 - cell
        if look.turned:
            cell = np.rot90(cell, -1)
        if look.wide > 1 or look.high > 1:
            cell = np.kron(cell, np.ones((look.high, look.wide), np.uint8))
        return cell
