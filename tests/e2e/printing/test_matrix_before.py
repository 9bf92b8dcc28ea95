"""What is wrong before the first byte."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from tests.e2e.printing import rows_before as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)


@pytest.mark.parametrize(
    "row",
    [
        rows.refused,
        rows.never_reads_and_is_known_to_answer,
        rows.never_reads_and_nobody_knows_it,
        rows.paper_low,
        rows.another_printer_behind_the_address,
        rows.goes_to_the_fallback,
    ],
    ids=lambda row: row.__name__,
)
def test_before_the_first_byte(bench: Bench, window: Window, row: rows.Row) -> None:
    row(bench, window)


@pytest.mark.parametrize("row", rows.STANDING, ids=lambda row: row.fault.value)
def test_the_printer_says_what_is_wrong(bench: Bench, window: Window, row: rows.Standing) -> None:
    rows.not_ready(bench, window, row)


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1)], ids=["back", "forward"])
def test_the_clock_is_set_while_papers_wait(bench: Bench, window: Window, jump: timedelta) -> None:
    rows.clock_set(bench, window, jump)
