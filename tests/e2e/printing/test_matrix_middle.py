"""What goes wrong after the first byte."""

from __future__ import annotations

import sys

import pytest

from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.simulator import Do, Step
from tests.e2e.printing import rows_middle as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)


@pytest.mark.parametrize("stop", rows.STOPS, ids=lambda stop: stop.fault.value)
def test_the_receipt_stops_and_goes_on(bench: Bench, window: Window, stop: rows.Stop) -> None:
    rows.stops_in_the_receipt(bench, window, stop)


def test_the_receipt_stops_at_a_printer_of_no_known_make(bench: Bench, window: Window) -> None:
    rows.stops_in_the_receipt(bench, window, rows.STOPS[0], GENERIC_80)


@pytest.mark.parametrize("stop", rows.STOPS[:2], ids=lambda stop: stop.fault.value)
def test_the_coupon_stops_and_goes_on(bench: Bench, window: Window, stop: rows.Stop) -> None:
    rows.stops_in_the_coupon(bench, window, stop)


@pytest.mark.parametrize("fault", rows.LINE_BREAKS, ids=lambda fault: fault.value)
@pytest.mark.parametrize("byte", [60, 9_000])
def test_the_line_breaks(bench: Bench, window: Window, fault: Do, byte: int) -> None:
    rows.breaks_off(bench, window, fault, byte)


@pytest.mark.parametrize(
    "row",
    [
        rows.switched_off_while_it_waits,
        rows.keeps_half_an_image,
        rows.the_cutter_jams,
        rows.one_byte_a_second_from_the_first,
    ],
    ids=lambda row: row.__name__,
)
def test_in_the_middle(bench: Bench, window: Window, row: rows.Row) -> None:
    row(bench, window)


@pytest.mark.parametrize("step", rows.STALLS, ids=lambda step: step.do.value)
def test_it_stops_reading(bench: Bench, window: Window, step: Step) -> None:
    rows.stops_reading(bench, window, step)
