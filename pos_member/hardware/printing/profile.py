"""What a printer can do. Models come from python-escpos's capability data; our own knowledge is laid over it.

Only the data file of python-escpos is read: importing its ``capabilities`` module configures the root logger,
makes a temporary folder and parses YAML for half a second, which a till must not pay for a table of widths.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

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


@cache
def _capabilities() -> Mapping[str, Mapping[str, Any]]:
    found = importlib.util.find_spec("escpos")
    if found is None or found.origin is None:
        return {}
    data = json.loads((Path(found.origin).parent / "capabilities.json").read_text(encoding="utf-8"))
    profiles: Mapping[str, Mapping[str, Any]] = data["profiles"]
    return profiles


def _usable(data: Mapping[str, Any]) -> bool:
    width = data["media"].get("width", {}).get("pixels")
    return isinstance(width, int) and width >= 200 and bool(data["features"].get("bitImageRaster"))


@cache
def known_profiles() -> Mapping[str, PrinterProfile]:
    """Every printer that takes raster images, by name: our own first, then python-escpos's models."""
    models = {name: _from_model(name, data) for name, data in sorted(_capabilities().items()) if _usable(data)}
    return {**OWN, **models}


def _from_model(name: str, data: Mapping[str, Any]) -> PrinterProfile:
    features, media = data["features"], data["media"]
    dpi = media.get("dpi")
    part, full = features.get("paperPartCut"), features.get("paperFullCut")
    label = f"{data.get('vendor', '')} {data['name']}".strip()
    return PrinterProfile(
        label,
        # Some models state a width that is no whole number of bytes (546): the last dots stay white.
        dots=int(media["width"]["pixels"]) // 8 * 8,
        dpi=dpi if isinstance(dpi, int) else 203,
        cut=Cut.PARTIAL if part else Cut.FULL if full else Cut.NONE,
    )
