"""The network heals: everything that waits goes up, everything comes down, and nothing may be left over."""

from __future__ import annotations

from datetime import timedelta

from pos_member.headoffice import epochs, stamper
from tests.simulation import checks, ground
from tests.simulation.world import Simulation

#: After the network healed every queue is empty after one round of its till, and every till tells the same once each
#: has had as many rounds as this.
DRAIN_ROUNDS = 2


def drain(sim: Simulation, *, backwards: bool = False) -> None:
    """Everything that waits goes up, and everything comes down everywhere.

    ``backwards``: the tills come online in the opposite order.
    """
    sim.healed = True
    sim.office_fuse = None
    for till in sim.tills:
        till.down, till.fuse = 0, None
    while sim.late and sim.chance(0.7):
        sim.deliver_late()
    sim.late.clear()
    ground.last_sticks(sim)
    if "days" in sim.profile.troubles:
        ground.last_days(sim)
    sim.say("the network heals")
    order = sorted(sim.tills, key=lambda till: till.name)
    sim.dice.shuffle(order)
    if backwards:
        order.reverse()
    for number in range(DRAIN_ROUNDS):
        for till in order:
            if till.set_back or any(each is not till and each.place == till.place for each in order):
                sim.time.forward(epochs.TURN)  # a till and its copy are heard in turns
            outcome = sim.round(till)
            if number:
                checks.round_was_whole(till, outcome)
        if not number:
            checks.queues_are_empty(sim)
        # What one worker took in is numbered by the one that has the lease, in the background, at once.
        sim.time.forward(stamper.LEASE_LASTS + timedelta(seconds=1))
        sim.in_background()
