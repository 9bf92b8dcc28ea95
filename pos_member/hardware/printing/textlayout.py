"""Blocks → lines of a printer's own letters: cells instead of dots, spaces instead of positions.

Every line that leaves here fits: its cells times its width are at most the columns of the paper. Nothing is cut off;
what is too long goes on in the next line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pos_member.domain.printers import Marks, PrinterProfile, TextMode
from pos_member.hardware.printing.blocks import (
    Align,
    Banner,
    Block,
    Columns,
    Frame,
    Qr,
    Rule,
    RuleKind,
    Space,
    Style,
    Text,
)
from pos_member.hardware.printing.thai_text import cells, printable
from pos_member.hardware.printing.wrapping import clusters, wrap


@dataclass(frozen=True)
class Look:
    """How the letters of a line stand: so many times as wide and as tall, bold, white on black."""

    wide: int = 1
    tall: int = 1
    bold: bool = False
    inverse: bool = False


@dataclass(frozen=True)
class Line:
    """One line: ``indent`` cells of plain width, then ``text``, whose cells × ``look.wide`` still fit."""

    text: str
    look: Look = Look()
    indent: int = 0


@dataclass(frozen=True)
class Gap:
    """Blank paper, in tenths of a millimetre."""

    height: int


@dataclass(frozen=True)
class Picture:
    """A block that is drawn: codes must be read by machines, and a logo is no text."""

    block: Block


Piece = Line | Gap | Picture

#: The looks of a style, the wished one first; a later one where the text would not fit on one line.
_LOOKS: dict[Style, tuple[Look, ...]] = {
    Style.SMALL: (Look(),),
    Style.BODY: (Look(),),
    Style.STRONG: (Look(bold=True),),
    Style.HEADING: (Look(tall=2, bold=True),),
    Style.TITLE: (Look(2, 2, bold=True), Look(tall=2, bold=True)),
    Style.TOTAL: (Look(2, 2, bold=True), Look(tall=2, bold=True)),
    Style.CODE: (Look(2, 2, bold=True), Look(tall=2, bold=True)),
    Style.BIG: (Look(4, 4, bold=True), Look(3, 3, bold=True), Look(2, 2, bold=True), Look(tall=2, bold=True)),
}
_PLAIN = (Look(),)
#: Figures of a row never push its label below this share of the line, in tenths.
_LABEL_TENTHS = 4
#: The column of quantities ("12 "), and of bullets.
_LEAD_CELLS, _BULLET, _BULLET_CELLS = 3, "*", 2
#: A lead takes at most this part of a line.
_LEAD_SHARE = 3
#: Blank paper lower than this is what lies between two lines anyway.
_GAP_MIN = 12


def lay_out_text(blocks: Iterable[Block], profile: PrinterProfile, text: TextMode) -> list[Piece]:
    """``blocks`` as lines, gaps and pictures for a paper of ``text.columns`` letters, or as many as are on it."""
    setter = _Typesetter(profile, text)
    return [piece for block in blocks for piece in setter.set(block)]


class _Typesetter:
    """Sets one block after another."""

    def __init__(self, profile: PrinterProfile, text: TextMode) -> None:
        # The paper may have become narrower since somebody read the page of code pages.
        self._columns = min(text.columns, profile.letters)
        self._marks: Marks = text.marks
        self._cell_tenths = max(1, profile.dots * 254 // (self._columns * profile.dpi))

    def set(self, block: Block) -> Iterator[Piece]:
        """The pieces of one block."""
        match block:
            case Text():
                yield from self._text(block)
            case Columns():
                yield from self._row(block)
            case Rule():
                yield Line(self._rule(block.kind))
            case Space():
                if block.height >= _GAP_MIN:
                    yield Gap(block.height)
            case Banner():
                yield from self._banner(block.text, block.style)
            case Frame():
                yield from self._banner(block.title, Style.HEADING)
                for inner in block.blocks:
                    yield from self.set(inner)
                yield Line(self._rule(RuleKind.THICK))
            case Qr():
                # Beside a code there is no room for a line of letters: what belongs to it stands above.
                for text in block.beside:
                    yield from self._text(replace(text, align=Align.CENTER, indent=0))
                yield Picture(replace(block, beside=()))
            case _:
                yield Picture(block)

    # --- measures -----------------------------------------------------------------------------------------

    def _cells(self, text: str) -> int:
        return cells(text, self._marks)

    def _wrapped(self, text: str, room: int) -> list[str]:
        lines = wrap(text, room, lambda part: float(self._cells(part)))
        return [piece for line in lines for piece in self._forced(line, room)]

    def _forced(self, line: str, room: int) -> Iterator[str]:
        """A cluster wider than ``room`` is torn after all: the printer would break an overlong line anywhere."""
        if self._cells(line) <= room:
            yield line
            return
        part = ""
        for cluster in clusters(line):
            for piece in (cluster,) if self._cells(cluster) <= room else cluster:
                if part and self._cells(part + piece) > room:
                    yield part
                    part = ""
                part += piece
        yield part

    def _left(self, text: str, room: int) -> str:
        return text + " " * (room - self._cells(text))

    def _right(self, text: str, room: int) -> str:
        return " " * (room - self._cells(text)) + text

    def _centred(self, text: str, room: int) -> str:
        return " " * ((room - self._cells(text)) // 2) + text

    def _indent(self, tenths: int) -> int:
        return min(round(tenths / self._cell_tenths), self._columns // 4)

    def _rule(self, kind: RuleKind) -> str:
        match kind:
            case RuleKind.THIN:
                return "-" * self._columns
            case RuleKind.THICK:
                return "=" * self._columns
            case RuleKind.DASHED:
                return ("- " * self._columns)[: self._columns].rstrip()

    def _look(self, looks: tuple[Look, ...], needed: int, room: int) -> Look:
        return next((look for look in looks if needed * look.wide <= room), looks[-1])

    # --- paragraphs ---------------------------------------------------------------------------------------

    def _text(self, block: Text) -> Iterator[Line]:
        said = printable(block.text)
        indent = self._indent(block.indent)
        across = self._columns - indent
        look = self._look(_LOOKS[block.style], self._cells(said), across)
        for line in self._wrapped(said, across // look.wide):
            free = across - self._cells(line) * look.wide
            # In plain cells, so that large letters stand in the middle as well as small ones.
            before = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[block.align]
            yield Line(line, look, indent + before)

    def _banner(self, text: str, style: Style) -> Iterator[Line]:
        said = printable(text)
        looks = _LOOKS.get(style, _PLAIN)
        look = replace(self._look(looks, self._cells(said) + 2, self._columns), inverse=True)
        room = self._columns // look.wide
        for line in self._wrapped(said, room - 2):
            yield Line(self._left(self._centred(line, room), room), look)

    # --- rows of figures ----------------------------------------------------------------------------------

    def _row(self, block: Columns) -> Iterator[Line]:
        said = [printable(cell).strip() for cell in block.cells]
        lead, indent = printable(block.lead), self._indent(block.indent)
        left = self._hang(lead)
        if left > (self._columns - indent) // _LEAD_SHARE:
            # No quantity is as long as that: it stands above its row.
            yield from self._text(Text(lead, block.style, indent=block.indent))
            lead, left = " ", _LEAD_CELLS
        needed = left + indent + sum(self._cells(cell) + 1 for cell in said) - 1
        look = self._look(_LOOKS[block.style], needed, self._columns)
        indent //= look.wide
        room = self._columns // look.wide - indent - left
        first = " " * indent + (self._left(lead.strip(), left) if left else "")
        for at, text in enumerate(self._cells_of_row(said[0], said[1:], room)):
            yield Line(((first if at == 0 else " " * (indent + left)) + text).rstrip(), look)

    def _hang(self, lead: str) -> int:
        """Cells of the column in which a quantity hangs."""
        if not lead:
            return 0
        least = _BULLET_CELLS if lead.strip() == _BULLET else _LEAD_CELLS
        return max(least, self._cells(lead.strip()) + 1)

    def _cells_of_row(self, label: str, figures: list[str], room: int) -> Iterator[str]:
        if not any(figures):
            yield from self._wrapped(label, room)
            return
        widths = [self._cells(figure) for figure in figures]
        label_least = min(self._cells(label), room * _LABEL_TENTHS // 10)
        share = (room - room * _LABEL_TENTHS // 10) // len(figures)
        if len(figures) > 1 and all(width < share for width in widths):
            rooms = [share] * len(figures)  # rows below each other keep their columns
        elif label_least + sum(width + 1 for width in widths if width) <= room:
            rooms = [width + 1 if width else 0 for width in widths]
        else:
            # No row of this paper holds them: the label first, its figures under it.
            yield from self._wrapped(label, room) if label else ()
            for line in self._wrapped("  ".join(figure for figure in figures if figure), room):
                yield self._right(line, room)
            return
        label_room = room - sum(rooms)
        tail = "".join(self._right(figure, width) for figure, width in zip(figures, rooms, strict=True))
        first, *rest = self._wrapped(label, label_room)
        yield self._left(first, label_room) + tail
        yield from rest
