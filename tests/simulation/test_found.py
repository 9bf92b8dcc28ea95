"""What seeds found, told plainly: each of these broke a promise once."""

from __future__ import annotations

import pytest

from tests.simulation import cashier, checks, disasters
from tests.simulation.draining import drain
from tests.simulation.profile import Profile
from tests.simulation.story import quietly
from tests.simulation.till import Restore
from tests.simulation.world import started


@pytest.mark.parametrize("how", list(Restore))
def test_a_till_and_head_office_are_both_set_back(how: Restore) -> None:
    """Head office lost what it had acknowledged, and the till that still has it comes with a new epoch: it sends all of
    it again, not only what it believes to be waiting."""
    with quietly(), started(14, Profile(tills=2)) as sim:
        one = sim.tills[0]
        disasters.back_up_office(sim)
        cashier.sell(sim, one)
        assert sim.round(one) is not None
        one.back_up(sim.folder / "backup")
        cashier.sell(sim, one)
        disasters.restore_office(sim, sim.office_backups[0])
        disasters.restore_till(sim, one, one.backups[0], how)
        drain(sim)
        checks.everything(sim)
