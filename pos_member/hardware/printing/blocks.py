"""The pieces a paper is made of, typed and free of any drawing library. Lengths are tenths of a millimetre."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos_member.hardware.printing.bitmap import Bitmap


class Align(StrEnum):
    """Where a text stands in its width."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Style(StrEnum):
    """Size and weight by what the text is for; ``raster.FACES`` says how each is drawn."""

    SMALL = "small"
    BODY = "body"
    STRONG = "strong"
    HEADING = "heading"
    TITLE = "title"
    TOTAL = "total"
    CODE = "code"
    BIG = "big"


class RuleKind(StrEnum):
    """How a line across the paper looks."""

    THIN = "thin"
    THICK = "thick"
    DASHED = "dashed"


@dataclass(frozen=True)
class Text:
    """A paragraph, wrapped at words. ``fit`` shrinks the type until it stands on one line."""

    text: str
    style: Style = Style.BODY
    align: Align = Align.LEFT
    indent: int = 0
    fit: bool = False


@dataclass(frozen=True)
class Columns:
    """One row: the first cell flush left and wrapped, the others flush right on its first line.

    ``lead`` hangs to the left of the first cell (a quantity, a bullet) in a column of its own.
    """

    cells: tuple[str, ...]
    style: Style = Style.BODY
    indent: int = 0
    lead: str = ""


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""

    kind: RuleKind = RuleKind.THIN


@dataclass(frozen=True)
class Space:
    """Blank paper."""

    height: int


@dataclass(frozen=True)
class Banner:
    """White on black across the paper: practice, copy."""

    text: str
    style: Style = Style.STRONG


@dataclass(frozen=True)
class Qr:
    """A QR code, each module a whole number of dots.

    ``module`` is the wished size of a module; it shrinks only as far as the paper's width asks. ``beside``
    puts texts to its right, or above it where the paper is too narrow; without them it stands in the middle.
    ``dots`` asks for modules of so many dots instead, whatever the resolution.
    """

    data: str
    module: int = 7
    beside: tuple[Text, ...] = ()
    dots: int = 0


@dataclass(frozen=True)
class Bars:
    """An EAN-13 bar code; ``data`` has 13 digits."""

    data: str
    height: int = 120


@dataclass(frozen=True)
class Code128:
    """A CODE128 bar code of printable ASCII; ``caption`` is written in small type below the bars.

    Where the paper is too narrow for modules of two dots, the caption stands alone.
    """

    data: str
    height: int = 100
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A 1-bit picture in the middle of the paper, dot for dot (a logo); made smaller where it is too wide."""

    bitmap: Bitmap


@dataclass(frozen=True)
class Ruler:
    """A millimetre scale across the printable width, to see whether the dots and the paper agree."""


@dataclass(frozen=True)
class Density:
    """Fields from fine hatching to full black, to see head and temperature."""


@dataclass(frozen=True)
class Frame:
    """Blocks set apart: ``title`` white on black above them, a thick line below."""

    title: str
    blocks: tuple[Block, ...]


Block = Text | Columns | Rule | Space | Banner | Qr | Bars | Code128 | Picture | Ruler | Density | Frame
