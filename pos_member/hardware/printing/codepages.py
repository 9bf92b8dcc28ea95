"""The page of numbered lines by which a person finds a printer's Thai, in its own letters.

Nobody can say by which number a printer knows Thai, and what it does with vowels and tone marks; paper can. For each
number three things are printed: the sample as it is with an ASCII scale under it, on which a closing ``<`` points to
``A`` where marks were stacked and to ``B`` where each took a cell of its own, and, lettered ``C``, a word in rows that
need nothing of the printer. A person says which number reads right, and which letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import Marks, PrinterProfile, PrinterSetup, TextMode
from pos_member.hardware.printing.encoder import feed_and_cut
from pos_member.hardware.printing.thai_text import begin, cells, close_together, encode_line, letters_row, thai_rows

#: Where Thai lies on printers sold in Thailand, likeliest first.
LIKELY_PAGES = (21, 20, 26, 255, 70, 96, 22, 23, 24, 25, 11, 47, 48, 45)
#: Every number ``ESC t`` takes.
ALL_PAGES = tuple(range(256))
#: Rows of marks and letters are printed beside a number up to this many numbers: beyond it the page grows to metres.
ROWS_UP_TO = 20

#: What the letters on the page stand for.
LETTERS: dict[str, Marks] = {"A": Marks.STACKED, "B": Marks.OWN_CELL, "C": Marks.THREE_ROWS}

#: Letters with a vowel above, below, both and none, tone marks on each, and the sign of the baht.
SAMPLE = "ที่นี่มีกุ้งผู้ใหญ่ ฿20"
ROWS_SAMPLE = "กุ้งที่นี่"
#: How far from the left the sample stands: "255 ".
_MARGIN = 4
_SHUT = "<"


def pages_for(thai_pages: Sequence[int] = ()) -> tuple[int, ...]:
    """The numbers worth printing for a model said to have Thai at ``thai_pages``: those, then the likely ones."""
    return tuple(dict.fromkeys((*thai_pages, *LIKELY_PAGES)))


def code_page_pieces(profile: PrinterProfile, pages: Sequence[int] = LIKELY_PAGES, columns: int = 0) -> Iterator[bytes]:
    """The page as ESC/POS, a line at a time: for each of ``pages`` its number, sample, scale and rows, then a cut.

    ``columns``: letters in a line, 0 for what the width tells. Raises ``ValueError`` for a page outside 0–255.
    """
    room = columns or profile.letters
    if any(not 0 <= page <= 255 for page in pages):
        raise ValueError("ESC t takes 0 to 255")
    yield from begin(pages[0] if pages else 0)
    for page in pages:
        yield b"\x1bt" + bytes((page,))
        yield from _block(page, room, with_rows=len(pages) <= ROWS_UP_TO)
    yield from feed_and_cut(profile)


def _block(page: int, room: int, *, with_rows: bool) -> Iterator[bytes]:
    yield encode_line(f"{page:>3} {SAMPLE}{_SHUT}")
    yield encode_line(scale())
    if with_rows:
        rows = thai_rows(ROWS_SAMPLE)
        letters = letters_row(rows)
        *above, last = [encode_line(("  C " if at == letters else "    ") + row) for at, row in enumerate(rows)]
        yield from close_together(above, last)
    yield encode_line("-" * room)


def scale() -> str:
    """The ASCII line below a sample: ``A`` under its end where marks are stacked, ``B`` where they have cells."""
    a, b = (_MARGIN + cells(SAMPLE, marks) for marks in (Marks.STACKED, Marks.OWN_CELL))
    return " " * _MARGIN + "." * (a - _MARGIN) + "A" + "." * (b - a - 1) + "B"


def choose(page: int, letter: str, profile: PrinterProfile, columns: int = 0) -> TextMode:
    """What a person read off the paper as a text mode. Raises ``ValueError`` for a letter that is not on the page."""
    marks = LETTERS.get(letter.strip().upper())
    if marks is None or not 0 <= page <= 255:
        raise ValueError(f"{page}{letter} is not on the page")
    return TextMode(page, columns or profile.letters, marks)


def check_text_mode(setup: PrinterSetup, proved_pages: Collection[int]) -> None:
    """Raises ``Refusal(TEXT_MODE_UNPROVED)`` where a set-up prints letters by a number that was never on paper.

    ``proved_pages``: the numbers printed by ``code_page_pieces`` at this printer, and the one it was saved with.
    """
    text = setup.profile.text
    if text is not None and text.page not in proved_pages:
        raise Refusal(Reason.TEXT_MODE_UNPROVED, printer=setup.name, page=text.page)
