"""USB, serial lines and queues that fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.e2e.printing import rows_ways as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window
from tests.hardware.printing.cups_server import CupsServer

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CupsServer]:
    """A CUPS of these tests' own."""
    made = CupsServer(tmp_path_factory.mktemp("c"))
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.mark.parametrize(
    "row",
    [rows.unplugged_before, rows.unplugged_in_the_middle, rows.no_rights, rows.serial_does_not_drain],
    ids=lambda row: row.__name__,
)
def test_devices(bench: Bench, window: Window, row: rows.Row) -> None:
    row(bench, window)


def test_a_paused_queue_of_cups(bench: Bench, window: Window, cups: CupsServer) -> None:
    rows.the_queue_is_paused(bench, window, rows.queue_of_cups(cups))


def test_a_paused_queue_of_windows(bench: Bench, window: Window) -> None:
    rows.the_queue_is_paused(bench, window, rows.queue_of_windows())


def test_a_queue_of_cups_that_fails(bench: Bench, window: Window, cups: CupsServer) -> None:
    rows.the_queue_fails(bench, window, cups)
