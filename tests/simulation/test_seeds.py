"""Seeds, each a run of its own: every promise kept at the end of each.

``POS_MEMBER_SEEDS=50000`` in the environment runs more; ``POS_MEMBER_FIRST_SEED`` begins elsewhere.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.story import Report, run

SEEDS = int(os.environ.get("POS_MEMBER_SEEDS", "1000"))
FIRST = int(os.environ.get("POS_MEMBER_FIRST_SEED", "1"))
#: Seeds of one test: small enough to be spread evenly.
PART = max(10, SEEDS // 500)


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, PART))
def test_every_promise_is_kept(first: int) -> None:
    for seed in range(first, min(first + PART, FIRST + SEEDS)):
        report = run(seed)
        if report.error is not None:
            raise AssertionError(report.told()) from report.error


def test_a_seed_is_the_same_run_every_time() -> None:
    """Else the command that a failing seed prints would be of no use."""
    first, second = _told(run(4242)), _told(run(4242))
    assert first == second


def _told(report: Report) -> list[str]:
    assert report.error is None
    return report.trace
