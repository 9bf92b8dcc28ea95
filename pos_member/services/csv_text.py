"""CSV that a spreadsheet opens as it was meant: quoted, and without a cell that runs as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: In front of a file it tells Excel that Thai text is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
#: A spreadsheet takes a cell that begins like this for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def csv_cell(text: str) -> str:
    """One cell: a number stays a number (a negative one too); what would be a formula gets a leading apostrophe."""
    if text.lstrip(" ").startswith(_FORMULA_STARTS) and _NUMBER.fullmatch(text) is None:
        text = "'" + text
    text = text.replace("\x00", "")
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[str]], end: str = "\r\n") -> Iterator[str]:
    """The lines of a CSV text, each with its ``end``. Streams.

    A file for a spreadsheet begins with ``BYTE_ORDER_MARK`` (write it as ``utf-8-sig``), a pipe does not.
    """
    yield ",".join(map(csv_cell, header)) + end
    for row in rows:
        yield ",".join(map(csv_cell, row)) + end
