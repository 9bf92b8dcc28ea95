"""Imported before the rows: what their assertions compared is shown when one fails."""

from __future__ import annotations

import pytest

MODULES = tuple(
    f"tests.e2e.printing.{name}"
    for name in (
        "bench",
        "papers",
        "words",
        "rows_before",
        "rows_middle",
        "rows_persons",
        "rows_proof",
        "rows_till",
        "rows_ways",
    )
)
pytest.register_assert_rewrite(*MODULES)
