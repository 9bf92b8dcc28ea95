"""GS1 element strings: what a GS1-128, DataBar or GS1 DataMatrix says besides the product's number.

Three dresses: with brackets as printed below the bars, ``(01)08850999320007(3103)000350``; as scanned, with a group
separator after what has no fixed length; and as a web address, ``https://…/01/08850999320007`` (GS1 Digital Link).
Only a string that is understood from its first to its last character counts: half a reading is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pos_member.domain.check_digits import gs1_holds, is_digits
from pos_member.domain.money import Rounding, round_ratio

#: What readers put in front of GS1 data (ISO/IEC 15424): GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode.
_GS1_AIM = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_SEPARATOR = "\x1d"
#: Symbols whose data have a fixed length, by the first two digits of the application identifier.
_FIXED = {"00": 18, "01": 14, "02": 14, "20": 2}
_FIXED |= dict.fromkeys(("11", "12", "13", "15", "16", "17"), 6)
#: Application identifiers of three and four digits begin with these; the others have two.
_THREE = ("24", "25", "40", "41", "42")
_FOUR = ("31", "32", "33", "34", "35", "36", "39", "43", "70", "71", "72", "80", "81", "82")
_VARIABLE_MAX = 90
_BRACKETS = re.compile(r"\(([0-9]{2,4})\)([^(]+)")
_LINK = re.compile(r"https?://[^/\s]+(?:/[^/\s?#]+)*?/01/([0-9]{8,14})(?:[/?#].*)?", re.IGNORECASE)
_BAHT = "764"
#: Longest figure after AI 310n, 392n and 393n that is read.
_FIGURES_MAX = 15


@dataclass(frozen=True)
class ElementString:
    """``gtin`` as in AI 01 (14 digits, check digit right). Thousandths of a kilogram, satang; None where not told."""

    gtin: str
    quantity_milli: int | None = None
    price_satang: int | None = None


def read_element_string(text: str) -> ElementString | None:
    """The product and what the code says of its weight and price, or None where ``text`` is no such string."""
    link = _LINK.fullmatch(text.strip())
    if link is not None:
        gtin = link[1].rjust(14, "0")
        return ElementString(gtin) if gs1_holds(gtin) else None
    marked = text.startswith(_GS1_AIM)
    plain = text[3:] if marked else text
    plain = plain.strip(" \t\r\n\x02\x03").strip(_SEPARATOR)
    if plain.startswith("("):
        found = _bracketed(plain)
    elif marked or _SEPARATOR in plain or plain.startswith("01"):
        found = _scanned(plain)
    else:
        found = None
    return _meant(found) if found is not None else None


def _bracketed(text: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    at = 0
    for part in _BRACKETS.finditer(text):
        if part.start() != at:
            return None
        at = part.end()
        if not _told(found, part[1], part[2].strip()):
            return None
    return found if at == len(text) else None


def _scanned(text: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    while text:
        head = text[:2]
        if not is_digits(head) or len(head) < 2:
            return None
        size = 3 if head in _THREE else 4 if head in _FOUR else 2
        ai, rest = text[:size], text[size:]
        fixed = _FIXED.get(head) or (6 if head in ("31", "32", "33", "34", "35", "36") else 0)
        fixed = fixed or (13 if head == "41" else 0)
        if fixed:
            data, text = rest[:fixed], rest[fixed:].removeprefix(_SEPARATOR)
        else:
            data, _, text = rest.partition(_SEPARATOR)
        if not is_digits(ai) or len(ai) < size or not data or len(data) < fixed or len(data) > _VARIABLE_MAX:
            return None
        if not _told(found, ai, data):
            return None
    return found


def _told(found: dict[str, str], ai: str, data: str) -> bool:
    """Take down what ``ai`` says. False for a string that says two things of one product: neither can be believed."""
    return found.setdefault(ai, data) == data


def _meant(found: Mapping[str, str]) -> ElementString | None:
    gtin = found.get("01", "")
    if len(gtin) != 14 or not gs1_holds(gtin):
        return None
    weight = price = None
    for ai, data in found.items():
        if not is_digits(data) or len(data) > _FIGURES_MAX or not ai[-1].isdigit():
            continue
        if ai.startswith("310") and len(ai) == 4:
            weight = _scaled(int(data), 3 - int(ai[3]))
        elif ai.startswith("392") and len(ai) == 4:
            price = _scaled(int(data), 2 - int(ai[3]))
        elif ai.startswith("393") and len(ai) == 4 and data.startswith(_BAHT):
            price = _scaled(int(data[3:] or "0"), 2 - int(ai[3]))
    return ElementString(gtin, weight, price)


def _scaled(figure: int, places: int) -> int:
    """``figure`` moved by decimal ``places``, halves up."""
    return figure * 10**places if places >= 0 else round_ratio(figure, 10**-places, Rounding.HALF_UP)
