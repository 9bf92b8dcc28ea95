"""The matrix must be able to fail: faults planted into the till are found by its very rows."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)

from pos_member.hardware.printing.simulator import Do
from pos_member.services.print_jobs import JobAct
from tests.e2e.printing import rows_before, rows_middle, rows_persons, rows_proof, rows_till, rows_ways
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.plants import PLANTS
from tests.e2e.printing.words import Window

Row = Callable[[Bench, Window], object]


def _breaks_off(bench: Bench, window: Window) -> None:
    rows_middle.breaks_off(bench, window, Do.RESET, 9_000)


def _wrong_id(bench: Bench, window: Window) -> None:
    rows_proof.unproved(bench, window, Do.WRONG_PROCESS_ID)


def _reset_and_printed_again(bench: Bench, window: Window) -> None:
    rows_persons.decided(bench, window, rows_persons.kind("reset"), JobAct.PRINT)


def _paper_out_and_cancelled(bench: Bench, window: Window) -> None:
    rows_persons.decided(bench, window, rows_persons.kind("paper out"), JobAct.CANCEL)


def _killed(row: Callable[[Bench, Window, str], object], plant: str) -> Row:
    """The till that is killed has the fault as well."""
    return lambda bench, window: row(bench, window, plant)


FOUND: tuple[tuple[str, str, Row], ...] = (
    ("sends_again", "line breaks", _breaks_off),
    ("sends_again", "wrong id", _wrong_id),
    ("sends_again", "cutter", rows_middle.the_cutter_jams),
    ("sends_again", "unplugged", rows_ways.unplugged_in_the_middle),
    ("says_nothing_left", "line breaks", _breaks_off),
    ("marks_late", "killed", _killed(rows_till.killed_while_sending, "marks_late")),
    ("takes_what_others_took", "race", rows_till.two_workers_at_two_printers),
    ("sends_unannounced", "full disk", rows_till.the_disk_is_full),
    ("claims_too_much", "mute", rows_proof.mute),
    ("opens_again", "mute", rows_proof.mute),
    ("opens_late", "refused", rows_before.refused),
    ("hides_copies", "person", _reset_and_printed_again),
    ("never_lets_go", "person", _paper_out_and_cancelled),
    ("one_id_for_all", "late id", rows_proof.the_id_of_the_paper_before),
    ("recover_queues", "killed", _killed(rows_till.killed_before_the_verdict, "none")),
    ("recover_opens", "killed", _killed(rows_till.killed_before_the_pulse, "none")),
)


@pytest.mark.parametrize(("plant", "row"), [one[::2] for one in FOUND], ids=[f"{one[0]}-{one[1]}" for one in FOUND])
def test_a_planted_fault_is_found(planted: Callable[[str], tuple[Bench, Window]], plant: str, row: Row) -> None:
    bench, window = planted(plant)
    with pytest.raises(AssertionError):
        row(bench, window)


def test_every_plant_is_tried() -> None:
    assert {plant for plant, _, _ in FOUND} == set(PLANTS) - {"none"}
