"""What a printer's answers are worth, and papers of odd lengths."""

from __future__ import annotations

import sys

import pytest

from pos_member.hardware.printing.simulator import Do
from tests.e2e.printing import rows_proof as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)


@pytest.mark.parametrize("fault", [Do.WRONG_PROCESS_ID, Do.NO_PROCESS_ID], ids=lambda fault: fault.value)
def test_another_proof_than_this_papers(bench: Bench, window: Window, fault: Do) -> None:
    rows.unproved(bench, window, fault)


@pytest.mark.parametrize(
    "row",
    [
        rows.the_id_of_the_paper_before,
        rows.late,
        rows.answers_the_question_before,
        rows.answers_the_question_before_and_has_no_paper,
        rows.mute,
        rows.three_hundred_lines,
        rows.an_empty_receipt,
    ],
    ids=lambda row: row.__name__,
)
def test_answers_and_papers(bench: Bench, window: Window, row: rows.Row) -> None:
    row(bench, window)
