"""A run from its seed: things happen and go wrong; then the network heals, everything drains, and all is held
against the ledger."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from pos_member.headoffice import certificates
from tests.simulation import cashier, checks, commands, disasters, ground, orders, replicas
from tests.simulation.crashing import Died
from tests.simulation.draining import drain
from tests.simulation.profile import Profile
from tests.simulation.till import Restore, SimTill
from tests.simulation.world import Broken, Simulation, started


@dataclass
class Report:
    """What came of a seed. ``error`` is ``None`` when every promise was kept."""

    seed: int
    error: BaseException | None = None
    trace: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def command(self) -> str:
        """What runs it again."""
        return f".venv/bin/python -m tests.simulation {self.seed}"

    def told(self) -> str:
        """For a person: what happened, what broke, how to see it again."""
        error = self.error
        what = "all promises kept" if error is None else f"{type(error).__name__}: {error}"
        return "\n".join([*self.trace, "", what, f"again: {self.command()}"])


def run(seed: int, profile: Profile | None = None) -> Report:
    """One whole run. Whatever breaks is in the report: a broken promise, or an error nobody expected."""
    report = Report(seed)
    with quietly(), started(seed, profile) as sim:
        report.trace, report.met = sim.trace, sim.met
        sim.say(f"seed {seed}: {sim.profile}")
        sim.meanwhile = lambda till: _meanwhile(sim, till)
        sim.on_replica = replicas.Watch(sim).look
        try:
            for _ in range(sim.profile.steps):
                _step(sim)
            _last_readers(sim)
            commands.finish(sim)
            if sim.profile.two_orders:
                orders.twice(sim)
            else:
                drain(sim)
                checks.everything(sim)
            commands.commands_are_whole(sim)
        except Died as died:
            report.error = Broken(f"nobody caught the death of {died.who}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the seed found
            report.error = error
    return report


@contextmanager
def quietly() -> Iterator[None]:
    """Trouble is what a run is about: only what no trouble explains is logged."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)


def _step(sim: Simulation) -> None:
    acts: list[tuple[Callable[[Simulation], None], int]] = [
        (_counter, 14),
        (_round, 9),
        (_time, 2),
        (_late, 2),
        (_background, 1),
    ]
    acts += [(TROUBLES[name], OFTEN.get(name, 1)) for name in sorted(sim.profile.troubles)]
    for till in sim.tills:
        till.down = max(0, till.down - 1)
    sim.dice.choices([act for act, _ in acts], [weight for _, weight in acts])[0](sim)
    sim.passes(timedelta(minutes=2))


def _counter(sim: Simulation) -> None:
    cashier.anything(sim, sim.dice.choice(sim.tills))


def _round(sim: Simulation) -> None:
    till = sim.dice.choice(sim.tills)
    if sim.round(till) is not None:
        checks.after_round(sim, till)
        if sim.chance(0.5) and sim.listens(till) is not None:
            checks.after_round(sim, till)
        if "days" in sim.profile.troubles:
            checks.complete_days_are(sim)


def _time(sim: Simulation) -> None:
    sim.passes(timedelta(hours=sim.dice.choice((1, 1, 8, 30))))


def _background(sim: Simulation) -> None:
    sim.in_background()


def _late(sim: Simulation) -> None:
    sim.deliver_late()


def _meanwhile(sim: Simulation, till: SimTill | None) -> None:
    if till is None:
        chosen = sim.dice.random()
        if chosen < 0.3 and sim.settles_beside():
            return
        if chosen < 0.3:
            sim.in_background()
            return
        if chosen < 0.4 and sim.late:
            sim.deliver_late()
            return
        if chosen < 0.5 and sim.sticks:
            ground.carry_stick(sim, *sim.dice.choice(sim.sticks))
            return
        if chosen < 0.55 and sim.commands:
            commands.again(sim)
            return
        others = [each for each in sim.tills if not each.syncing]
        if others:
            other = sim.dice.choice(others)
            sim.round(other) if sim.chance(0.7) else cashier.anything(sim, other)
        return
    cashier.anything(sim, till)


# What goes wrong besides the line ------------------------------------------------------------------------------------


def _till_dies(sim: Simulation) -> None:
    """A till will die soon over anything, or does over what head office tells it, where points are few."""
    till = sim.dice.choice(sim.tills)
    if sim.chance(0.5):
        till.open()
        till.fuse, till.fuse_at = sim.dice.randrange(12), ""
    else:
        _dies_reading(sim, till)


def _dies_reading(sim: Simulation, till: SimTill) -> None:
    till.open()
    till.fuse, till.fuse_at = sim.dice.randrange(4), "replica:"
    sim.round(till)


def _last_readers(sim: Simulation) -> None:
    """Where tills die they do so once more while there is much to read, and little comes after that would mend it."""
    if "till_dies" in sim.profile.troubles:
        for till in list(sim.tills):
            _dies_reading(sim, till)


def _office_dies(sim: Simulation) -> None:
    """Head office will die soon over anything, or does over what a till brings at once: often with a batch just taken
    in and nothing else of it done, the one moment at which what is owed must be known to the database alone."""
    if sim.chance(0.5):
        sim.office_fuse, sim.office_fuse_at = sim.dice.randrange(24), ""
        return
    till = sim.dice.choice(sim.tills)
    if sim.chance(0.3) or not till.can_sell():
        cashier.anything(sim, till)
        sim.office_fuse, sim.office_fuse_at = sim.dice.randrange(16), ""
    else:
        cashier.sell(sim, till)
        sim.office_fuse, sim.office_fuse_at = 0, "taken"
    sim.round(till)


def _poison(sim: Simulation) -> None:
    cashier.poison(sim, sim.dice.choice(sim.tills))


def _clock(sim: Simulation) -> None:
    who = sim.dice.choice([*(till.clock for till in sim.tills), sim.office_clock])
    who.error = timedelta(minutes=sim.dice.choice((0, -7, 7, -55, 90, 1_500)))
    sim.say(f"a clock is now {who.error} off")


def _long_down(sim: Simulation) -> None:
    till = sim.dice.choice(sim.tills)
    till.down = sim.dice.randrange(3, 20)
    sim.say(f"{till}: the line is down")


def _token(sim: Simulation) -> None:
    sim.passes(timedelta(hours=3))


def _revoke(sim: Simulation) -> None:
    if any(till.revoked for till in sim.tills):
        return
    till = sim.dice.choice(sim.tills)
    identity = sim.shop.identities[till.place]
    with sim.worker(0).office.database.write() as connection:
        certificates.end_rights(connection, identity.id, sim.office_clock.now())
    for each in sim.tills:
        each.revoked = each.place == till.place  # its copies bear the same name
    sim.say(f"{till} is revoked")


def _restore(sim: Simulation) -> None:
    """A till's files are copied away, or an earlier copy is put back."""
    till = sim.dice.choice(sim.tills)
    if till.syncing:
        return
    if not till.backups or sim.chance(0.3):
        sim.say(f"{till}: is backed up")
        till.back_up(sim.folder / f"backup {till.name} {sim.births()}")
        cashier.anything(sim, till)
        sim.round(till)
        return
    how = sim.dice.choice(list(Restore))
    disasters.restore_till(sim, till, sim.dice.choice(till.backups), how)
    # What comes next bears numbers that head office may hold already.
    for _ in range(sim.dice.randrange(3)):
        cashier.anything(sim, till)


def _clone(sim: Simulation) -> None:
    """A till's folder is copied to a second counter, and both go on."""
    till = sim.dice.choice(sim.tills)
    if len(sim.tills) <= sim.profile.tills:
        disasters.clone_till(sim, till)


def _office_restore(sim: Simulation) -> None:
    """Head office's file is copied away, or an earlier copy is put back."""
    if not sim.office_backups or sim.chance(0.3):
        disasters.back_up_office(sim)
    else:
        disasters.restore_office(sim, sim.dice.choice(sim.office_backups))
        if sim.chance(0.5):
            _goes_on_without(sim, sim.dice.choice(sim.tills))


def _goes_on_without(sim: Simulation, away: SimTill) -> None:
    """The others are heard, and head office soon has numbers again that the one away knows as other changes."""
    for till in [each for each in sim.tills if each is not away]:
        for _ in range(2):
            cashier.anything(sim, till)
        sim.round(till)


TROUBLES: dict[str, Callable[[Simulation], None]] = {
    "till_dies": _till_dies,
    "office_dies": _office_dies,
    "late": _late,
    "poison": _poison,
    "clock": _clock,
    "long_down": _long_down,
    "token": _token,
    "revoke": _revoke,
    "restore": _restore,
    "clone": _clone,
    "office_restore": _office_restore,
    "stick": ground.stick,
    "snapshot": ground.snapshot,
    "online": ground.tries_online,
    "days": ground.day_ends,
    "weeks": ground.weeks_without_line,
    "years": ground.years_off,
    "leave": ground.leave,
    "command": commands.command,
}

#: Those that come more often than once or twice in a run.
OFTEN = {
    "restore": 8,
    "clone": 2,
    "office_restore": 3,
    "till_dies": 4,
    "office_dies": 3,
    "stick": 8,
    "snapshot": 4,
    "days": 2,
    "leave": 4,
    "online": 4,
    "weeks": 2,
    "years": 3,
    "command": 4,
}
