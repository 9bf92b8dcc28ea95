"""The crash sweep: one plain story, and each point at which a process could die in it, struck once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.simulation import cashier, checks
from tests.simulation.draining import drain
from tests.simulation.profile import Profile
from tests.simulation.story import quietly
from tests.simulation.world import Simulation, started

_FAR = 10**6
_PLAIN = Profile(tills=2)
#: Points struck by one test.
PART = 12


def _story(sim: Simulation) -> None:
    """Both tills sell, send, read, take back and sell again."""
    one, two = sim.tills
    for till in (one, two):
        cashier.sell(sim, till)
        cashier.sell(sim, till)
        sim.round(till)
    cashier.take_back(sim, one)
    cashier.enrol(sim, two)
    cashier.sell(sim, two)
    for till in (one, two):
        sim.round(till)


def _struck(profile: Profile, *, till: int | None = None, office: int | None = None) -> tuple[int, int]:
    """The story with a fuse on one side. Returns how many points each side's fuse passed."""
    with quietly(), started(7, profile) as sim:
        sim.tills[0].open()
        sim.tills[0].fuse = _FAR if till is None else till
        sim.office_fuse = _FAR if office is None else office
        _story(sim)
        passed = tuple(_FAR - (fuse if fuse is not None else _FAR) for fuse in (sim.tills[0].fuse, sim.office_fuse))
        died = sim.met["till died"] + sim.met["office died"]
        assert died == (till is not None or office is not None), sim.trace
        drain(sim)
        checks.everything(sim)
        return passed[0], passed[1]


@cache
def _points(distributed: bool) -> tuple[int, int]:
    """How many points the story passes on either side, told once for all parts that a process runs."""
    return _struck(replace(_PLAIN, distributed=distributed))


#: (distributed, side) → parts of the sweep; the test says when the story has come to need more.
_PARTS = {(False, "till"): 2, (False, "office"): 9, (True, "office"): 19}


@pytest.mark.parametrize(
    ("distributed", "side", "part"),
    [(distributed, side, part) for (distributed, side), parts in _PARTS.items() for part in range(parts)],
)
def test_a_death_at_any_point_breaks_no_promise(distributed: bool, side: str, part: int) -> None:
    profile = replace(_PLAIN, distributed=distributed)
    till, office = _points(distributed)
    count = till if side == "till" else office
    assert count <= PART * _PARTS[(distributed, side)], f"{side}: {count} points, more parts are needed"
    for point in range(part * PART, min((part + 1) * PART, count)):
        _struck(profile, **{side: point})
