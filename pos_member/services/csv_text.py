"""CSV that a spreadsheet opens as it was meant: UTF-8 marked, quoted, and without a cell that runs as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a CSV text, each with its CRLF, the UTF-8 mark in front of the first. Streams."""
    yield BYTE_ORDER_MARK + ",".join(map(csv_cell, header)) + "\r\n"
    for row in rows:
        yield ",".join(map(csv_cell, row)) + "\r\n"
