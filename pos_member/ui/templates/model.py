"""A template as its form sees it: parts in order, their blocks, their texts. Pure; every change makes a new sheet.

The JSON is that of ``resources/receipts``. A part is a run of blocks at the top that carry the same ``part``; blocks
without one (gaps, rules) belong to the part before them and move along with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
#: The way to a block: its place at the top, then key and place of every list inside.
Way = tuple[int | str, ...]

LABEL = re.compile(r"\{label\.([a-z_]+)\}")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: Tenths of a millimetre of a QR code's squares where a template does not say.
QR_MODULE = 7
_TEXTS = ("text", "banner", "frame")
_CODES = ("qr", "bars", "code128")
_NESTED = ("blocks", "beside")
#: A part's blocks that say nothing by themselves.
_SILENT = ("space", "rule")


@dataclass(frozen=True)
class Item:
    """A block that the form offers something of. ``row``: the rows it repeats for, "" once on the paper.

    ``labels``: names of the template's own texts in it; ``values``: placeholders that stand in it by themselves.
    """

    way: Way
    kind: str
    row: str
    labels: tuple[str, ...]
    values: tuple[str, ...]
    style: str = ""
    module: int = 0


@dataclass(frozen=True)
class Part:
    """A part of the paper: shown names ("" where the template gives none), whether it is printed, its blocks."""

    key: str
    name_th: str
    name_en: str
    on: bool
    items: tuple[Item, ...]


def read(content: str) -> Json:
    """The sheet of a template. Raises ``ValueError``."""
    data = json.loads(content)
    if not isinstance(data, dict):
        raise ValueError("a template is an object")
    return data


def write(sheet: Json) -> str:
    """The sheet as a template's JSON."""
    return json.dumps(sheet, ensure_ascii=False, indent=2)


# --- looking ------------------------------------------------------------------------------------------------


def parts(sheet: Json) -> tuple[Part, ...]:
    """The parts in the order of the paper."""
    return tuple(_part(sheet, key, places) for key, places in _runs(sheet))


def label(sheet: Json, language: str, name: str) -> str:
    """One of the template's own texts."""
    return str(sheet["labels"][language].get(name, ""))


def block_at(sheet: Json, way: Way) -> Json:
    """The block at a place."""
    found: Any = sheet["blocks"]
    for step in way:
        found = found[step]
    block: Json = found
    return block


def strangers(text: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Words in braces that are no placeholder of ``allowed``; "{" for a brace that opens nothing."""
    wrong = [word for word in PLACEHOLDER.findall(text) if word not in allowed]
    if "{" in PLACEHOLDER.sub("", text):
        wrong.append("{")
    return tuple(dict.fromkeys(wrong))


def logo_place(sheet: Json) -> int | None:
    """Where the logo's block stands."""
    return next((at for at, block in enumerate(sheet["blocks"]) if "logo" in block), None)


def has_logo(sheet: Json) -> bool:
    """Whether there is a picture to print."""
    at = logo_place(sheet)
    if at is None or not sheet["blocks"][at]["logo"]:
        return False
    return not sheet["blocks"][at].get("off", False)


def font(sheet: Json) -> str:
    """The shop's own font that the paper is printed in; "" for the one that comes with the program."""
    return str(sheet.get("font", ""))


# --- changing -----------------------------------------------------------------------------------------------


def switched(sheet: Json, key: str, on: bool) -> Json:
    """A part taken off the paper, or put back on it; nothing of it is lost."""

    def change(copy: Json) -> None:
        for at in dict(_runs(copy)).get(key, ()):
            copy["blocks"][at].pop("off", None)
            if not on:
                copy["blocks"][at]["off"] = True

    return _changed(sheet, change)


def moved(sheet: Json, key: str, by: int) -> Json:
    """A part one place up (-1) or down (1); at the end of the paper it stays where it is."""
    runs = list(_runs(sheet))
    at = next((at for at, (name, _) in enumerate(runs) if name == key), -1)
    if at < 0 or not 0 <= at + by < len(runs):
        return sheet
    runs.insert(at + by, runs.pop(at))

    def change(copy: Json) -> None:
        copy["blocks"] = [copy["blocks"][place] for _, places in runs for place in places]

    return _changed(sheet, change)


def worded(sheet: Json, language: str, name: str, text: str) -> Json:
    """One of the template's own texts in one language."""
    return _changed(sheet, lambda copy: copy["labels"][language].__setitem__(name, text))


def optioned(sheet: Json, way: Way, name: str, value: object) -> Json:
    """An option of a block (``style``, ``module`` …)."""
    return _changed(sheet, lambda copy: block_at(copy, way).__setitem__(name, value))


def with_font(sheet: Json, name: str) -> Json:
    """Another font for the whole paper; "" for the one that comes with the program."""

    def change(copy: Json) -> None:
        copy.pop("font", None)
        if name:
            copy["font"] = name

    return _changed(sheet, change)


def with_logo(sheet: Json, picture: str, width: int) -> Json:
    """The logo, in its place where the template has one, else at the head of the paper."""

    def change(copy: Json) -> None:
        at = logo_place(copy)
        if at is None:
            # Below the banners: a practice paper says so before anything else.
            at = next((place for place, block in enumerate(copy["blocks"]) if "banner" not in block), 0)
            copy["blocks"].insert(at, {"logo": picture, "width": width, "part": "logo"})
            copy.setdefault("parts", {}).setdefault("logo", {"th": "โลโก้", "en": "Logo"})
            return
        copy["blocks"][at] |= {"logo": picture, "width": width}
        copy["blocks"][at].pop("off", None)

    return _changed(sheet, change)


def without_logo(sheet: Json) -> Json:
    """No logo on the paper, and no picture in the template."""

    def change(copy: Json) -> None:
        at = logo_place(copy)
        if at is not None:
            copy["blocks"][at] |= {"logo": "", "width": 0}

    return _changed(sheet, change)


# --- inside -------------------------------------------------------------------------------------------------


def _changed(sheet: Json, change: Callable[[Json], object]) -> Json:
    copy = deepcopy(sheet)
    change(copy)
    return copy


def _runs(sheet: Json) -> Iterator[tuple[str, list[int]]]:
    """(key of the part, places of its blocks), in order. A name that comes again gets a number."""
    runs: list[tuple[str, list[int]]] = []
    names: dict[str, int] = {}
    last: str | None = None
    for at, block in enumerate(sheet["blocks"]):
        name = block.get("part")
        joins = runs and (name == last if name is not None else _belongs(block))
        if joins:
            runs[-1][1].append(at)
            continue
        last = name
        plain = name if name is not None else "paper"
        names[plain] = names.get(plain, 0) + 1
        runs.append((plain if names[plain] == 1 else f"{plain}#{names[plain]}", [at]))
    yield from runs


def _belongs(block: Json) -> bool:
    return any(kind in block for kind in _SILENT)


def _part(sheet: Json, key: str, places: Sequence[int]) -> Part:
    shown = sheet.get("parts", {}).get(key.partition("#")[0], {})
    items = tuple(item for at in places for item in _items(sheet["blocks"][at], (at,), ""))
    # A gap behind a part that is left out is no part that is printed.
    telling = [at for at in places if not _belongs(sheet["blocks"][at])] or places
    on = any(not sheet["blocks"][at].get("off", False) for at in telling)
    return Part(key, str(shown.get("th", "")), str(shown.get("en", "")), on, items)


def _items(block: Json, way: Way, row: str) -> Iterator[Item]:
    kind = next((name for name in (*_TEXTS, "columns", *_CODES, "logo") if name in block), "")
    if kind:
        texts = _texts(block, kind)
        labels = tuple(dict.fromkeys(name for text in texts for name in LABEL.findall(text)))
        values = tuple(dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text)))
        # Where squares are given in dots (the test page), that is what is tested.
        module = int(block.get("module", QR_MODULE)) if kind == "qr" and not block.get("dots") else 0
        yield Item(way, kind, row, labels, values, _style(block, kind), module)
    for name in _NESTED:
        for at, inner in enumerate(block.get(name, ())):
            yield from _items(inner, (*way, name, at), str(block.get("each", row)))


def _style(block: Mapping[str, Any], kind: str) -> str:
    plain = {"text": "body", "columns": "body", "banner": "strong"}
    return str(block.get("style", plain[kind])) if kind in plain else ""


def _texts(block: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    if kind == "columns":
        return (*map(str, block["columns"]), str(block.get("lead", "")))
    if kind == "logo":
        return ()
    return (str(block[kind]), str(block.get("caption", "")))
