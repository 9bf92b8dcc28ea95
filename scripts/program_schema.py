"""Writes ``docs/programs.schema.json`` from the dataclasses and their rules: ``python -m scripts.program_schema``."""

from __future__ import annotations

import json
from pathlib import Path

from pos_member.domain.program_schema import schema

FILE = Path(__file__).resolve().parents[1] / "docs" / "programs.schema.json"


def text() -> str:
    """The schema as it is kept."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
