"""Seeds, each a run of its own: every promise kept at the end of each.

``POS_MEMBER_SEEDS=50000`` in the environment runs more; ``POS_MEMBER_FIRST_SEED`` begins elsewhere.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from itertools import count

import pytest

from tests.simulation import office
from tests.simulation.census import MINIMUM, collected, short_of
from tests.simulation.story import Report, run

SEEDS = int(os.environ.get("POS_MEMBER_SEEDS", "1000"))
FIRST = int(os.environ.get("POS_MEMBER_FIRST_SEED", "1"))
#: Seeds of one test: small enough to be spread evenly.
PART = max(10, SEEDS // 500)


_PARTS = range(FIRST, FIRST + SEEDS, PART)
#: Of fewer seeds the rare is not asked for.
_CENSUS_FROM = 500
#: Runs that ask for what is kept for some seconds.
_TIMED = (8, 14)


@pytest.mark.parametrize("first", _PARTS)
def test_every_promise_is_kept(first: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The part that ends last holds the census of all of them."""
    met: Counter[str] = Counter()
    for seed in range(first, min(first + PART, FIRST + SEEDS)):
        report = run(seed)
        met.update(report.met)
        if report.error is not None:
            raise AssertionError(report.told()) from report.error
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    whole = collected(shared / "census of seeds", first, len(_PARTS), met)
    if whole is not None and SEEDS >= _CENSUS_FROM:
        assert not (short := short_of(whole, SEEDS)), f"{SEEDS} seeds met too little: {short}"


def test_the_census_finds_what_never_happens() -> None:
    """Else it would hold nothing."""
    assert short_of({}, 1000).keys() == MINIMUM.keys()
    assert not short_of(MINIMUM, 1000)
    assert MINIMUM


@pytest.mark.parametrize("seed", [4242, 14])
def test_a_seed_is_the_same_run_every_time(seed: int) -> None:
    """Else the command that a failing seed prints would be of no use. One of them has a till and its copy."""
    first, second = _told(run(seed)), _told(run(seed))
    assert first == second


@pytest.mark.parametrize("seed", [1081])
def test_a_seed_is_the_same_run_whatever_ran_before(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of head office's processes nothing outlives a run, nor what they keep of the feed's segments."""
    monkeypatch.setattr(office, "_FREE", [])
    first = _told(run(seed))
    run(1078)
    run(1079)
    assert _told(run(seed)) == first


def test_a_slow_machine_makes_no_other_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute goes by between any two looks at the machine's own seconds."""
    usual = {seed: _told(run(seed)) for seed in _TIMED}
    seconds = count(start=time.monotonic(), step=30.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    assert {seed: _told(run(seed)) for seed in _TIMED} == usual


def _told(report: Report) -> list[str]:
    assert report.error is None
    return report.trace
