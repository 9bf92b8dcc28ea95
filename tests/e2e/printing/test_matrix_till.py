"""The till is killed, prints twice at once, cannot write."""

from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)

from tests.e2e.printing import rows_till as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window


@pytest.mark.parametrize(
    "row",
    [
        rows.killed_before_the_pulse,
        rows.killed_before_the_claim,
        rows.killed_before_the_first_byte,
        rows.killed_while_sending,
        rows.killed_before_the_verdict,
        rows.two_workers_at_two_printers,
        rows.two_workers_at_one_printer,
        rows.the_disk_is_full,
        rows.the_disk_fills_up_under_a_paper,
    ],
    ids=lambda row: row.__name__,
)
def test_the_till_itself(bench: Bench, window: Window, row: rows.Row) -> None:
    row(bench, window)
