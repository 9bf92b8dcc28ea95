"""The vectors of docs/sync-protocol.md: the one JSON block of that page."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "sync-protocol.md"


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@cache
def vectors() -> dict[str, Any]:
    """Every vector as the page has it."""
    (block,) = re.findall(r"^```json\n(.*?)^```$", page(), re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found
