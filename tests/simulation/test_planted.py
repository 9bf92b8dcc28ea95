"""The gate: every planted bug breaks some seed that keeps every promise without it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.planted import BUGS
from tests.simulation.story import run

SEEDS = 300


@pytest.fixture
def quiet() -> Iterator[None]:
    """What breaks on purpose need not be logged."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(before)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name: str, record_property: pytest.RecordProperty) -> None:
    bug = BUGS[name]
    for seed in filter(bug.may_show, range(1, SEEDS + 1)):
        with bug.plant():
            report = run(seed)
        # What breaks without the bug, too, is another matter, and caught by nobody's merit.
        if report.error is not None and run(seed).error is None:
            record_property("seed", seed)
            return
    pytest.fail(f"{name}: {SEEDS} seeds, and every promise kept all the same")
