"""The gate: every planted bug breaks some seed that keeps every promise without it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.planted import BUGS, first_shown

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
    seed = first_shown(BUGS[name], BUGS[name].seeds(SEEDS))
    assert seed is not None, f"{name}: {SEEDS} seeds, and every promise kept all the same"
    record_property("seed", seed)
