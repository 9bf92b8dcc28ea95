"""What a printer can do. Models come from python-escpos's capability data; our own knowledge is laid over it.

Only the data file of python-escpos is read: importing its ``capabilities`` module configures the root logger,
makes a temporary folder and parses YAML for half a second, which a till must not pay for a table of widths.
Our own knowledge is ``resources/printers/models.json``: models that are missing there, and what is missing of others.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pos_member.config import resource
from pos_member.domain.printers import DOTS_58_MM, Answers, Cut, PrinterProfile

GENERIC_80 = PrinterProfile("Generic 80 mm")
GENERIC_58 = PrinterProfile("Generic 58 mm", dots=DOTS_58_MM, cut=Cut.NONE)
VIRTUAL_80 = PrinterProfile("Virtual printer", answers=Answers.YES, process_id=True)
VIRTUAL_58 = PrinterProfile("Virtual printer 58 mm", dots=DOTS_58_MM, answers=Answers.YES, process_id=True)
OWN: Mapping[str, PrinterProfile] = {
    "generic-80": GENERIC_80,
    "generic-58": GENERIC_58,
    "virtual-80": VIRTUAL_80,
    "virtual-58": VIRTUAL_58,
}
#: What the virtual printer says of itself, and the model it is, for 80 mm.
VIRTUAL_NAME, VIRTUAL_KEY = "POS Member virtual printer", "virtual-80"
#: Font A is twelve dots wide on all but a few.
FONT_A_DOTS = 12
#: Stated columns outside this are a slip of the data (a letter's width in place of a count).
_CELL_DOTS_MIN, _CELL_DOTS_MAX = 8, 20
_THAI = frozenset({"CP874"})
_WORD = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True)
class Model:
    """A printer one can buy: what it can do, and what helps to set it up.

    ``thai_pages``: the n of ``ESC t n`` where its Thai is said to lie, likeliest first (hints: a person still picks
    from paper); ``names`` what it calls itself, ``*`` at the end for what may follow; ``asks_process_id``: it may be
    asked ``GS ( H`` without printing the question.
    """

    key: str
    maker: str
    profile: PrinterProfile
    thai_pages: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    asks_process_id: bool = False


def _letter_dots(dots: int, columns: int) -> int:
    """The narrowest letter of which no more than ``columns`` stand in ``dots``."""
    return next(wide for wide in range(_CELL_DOTS_MIN, _CELL_DOTS_MAX + 1) if dots // wide <= columns)


@cache
def _capabilities() -> Mapping[str, Mapping[str, Any]]:
    found = importlib.util.find_spec("escpos")
    if found is None or found.origin is None:
        return {}
    data = json.loads((Path(found.origin).parent / "capabilities.json").read_text(encoding="utf-8"))
    profiles: Mapping[str, Mapping[str, Any]] = data["profiles"]
    return profiles


@cache
def _own_data() -> Mapping[str, Mapping[str, Any]]:
    data: Mapping[str, Mapping[str, Any]] = json.loads(resource("printers", "models.json").read_text(encoding="utf-8"))[
        "models"
    ]
    return data


def _usable(data: Mapping[str, Any]) -> bool:
    return bool(data["features"].get("bitImageRaster")) and _dots(data) >= 200


def _stated_columns(data: Mapping[str, Any]) -> int:
    columns = data["fonts"].get("0", {}).get("columns", 0)
    return columns if isinstance(columns, int) else 0


def _dots(data: Mapping[str, Any]) -> int:
    """The printable width, a whole number of bytes: the last dots of a width such as 546 stay white."""
    width = data["media"].get("width", {}).get("pixels")
    if isinstance(width, int):
        return width // 8 * 8
    # No width stated: what its own letters take certainly fits. Not where the letters are those of another language
    # (Star) or of nobody in particular.
    if data["features"].get("starCommands") or data.get("vendor") == "Generic":
        return 0
    return _stated_columns(data) * FONT_A_DOTS // 8 * 8


@cache
def models() -> Mapping[str, Model]:
    """Every printer that takes raster images, by key: our own general ones first, then models by name."""
    known = {
        key: Model(key, "", profile, names=(VIRTUAL_NAME,) if key == VIRTUAL_KEY else ())
        for key, profile in OWN.items()
    }
    named = {key: _from_model(key, data) for key, data in _capabilities().items() if _usable(data)}
    named |= {key: _overlaid(key, named.get(key), data) for key, data in _own_data().items()}
    virtual = {key: replace(known[key], asks_process_id=True) for key in ("virtual-80", "virtual-58")}
    return known | virtual | dict(sorted(named.items()))


@cache
def known_profiles() -> Mapping[str, PrinterProfile]:
    """The profile of every model, in the order of ``models``."""
    return {key: model.profile for key, model in models().items()}


def _from_model(key: str, data: Mapping[str, Any]) -> Model:
    features, media = data["features"], data["media"]
    dpi, dots = media.get("dpi"), _dots(data)
    part, full = features.get("paperPartCut"), features.get("paperFullCut")
    profile = PrinterProfile(
        f"{data.get('vendor', '')} {data['name']}".strip(),
        dots=dots,
        dpi=dpi if isinstance(dpi, int) else 203,
        cut=Cut.PARTIAL if part else Cut.FULL if full else Cut.NONE,
    )
    columns = _stated_columns(data)
    if columns and _CELL_DOTS_MIN <= dots // columns <= _CELL_DOTS_MAX:
        profile = replace(profile, letter_dots=_letter_dots(dots, columns))
    pages = tuple(sorted(int(page) for page, encoding in data["codePages"].items() if encoding in _THAI))
    return Model(key, data.get("vendor", ""), profile, pages, (key,))


def _overlaid(key: str, known: Model | None, data: Mapping[str, Any]) -> Model:
    """Our own entry ``data`` over what is ``known``; without that it must state everything."""
    names = tuple(data.get("names", (key,)))
    asks = bool(data.get("process_id", False))
    if known is not None and "dots" not in data:
        pages = tuple(data.get("thai_pages", known.thai_pages))
        return replace(known, thai_pages=pages, names=names, asks_process_id=asks)
    label = f"{data['maker']} {data['name']}".strip()
    profile = PrinterProfile(
        label,
        dots=data["dots"],
        dpi=data["dpi"],
        cut=Cut(data["cut"]),
        letter_dots=_letter_dots(data["dots"], data["columns"]),
    )
    return Model(key, data["maker"], profile, tuple(data["thai_pages"]), names, asks)


# --- from the names a device gives itself to a model ----------------------------------------------------------


def guess(maker: str, model_text: str) -> str:
    """The key of the model that ``model_text`` names, or empty: ``EPSON TM-T20II Receipt`` is ``TM-T20II``.

    Whole names only (``TM-T88VI`` is no ``TM-T88V``); the longest name wins, a whole one before a family's. ``maker``
    settles nothing but a tie: clones give themselves the makers of others.
    """
    spoken = set(_joined(model_text))
    wanted = "".join(_WORD.findall(maker.upper()))
    best: tuple[int, int, int, str] | None = None
    for model in models().values():
        for name in model.names:
            rank = _rank(name, spoken)
            if rank is None:
                continue
            own = "".join(_WORD.findall(model.maker.upper()))
            found = (*rank, int(bool(own) and own in wanted), model.key)
            best = found if best is None else max(best, found)
    return "" if best is None else best[3]


def _rank(name: str, spoken: set[str]) -> tuple[int, int] | None:
    """(whole name rather than family, length), or None where ``name`` was not spoken."""
    bare = "".join(_WORD.findall(name.upper()))
    if bare in spoken:
        return 1, len(bare)
    if name.endswith("*") and any(word.startswith(bare) for word in spoken):
        return 0, len(bare)
    return None


def _joined(text: str) -> Iterator[str]:
    """Every run of neighbouring words of ``text``, written together: names come with hyphens, blanks or neither."""
    words = _WORD.findall(text.upper())[:12]
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 4) + 1):
            yield "".join(words[start:end])
