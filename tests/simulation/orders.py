"""The same world drained twice, its tills coming online in one order and in the other: the same cases are raised."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

from pos_member.headoffice.exceptions import ExceptionKind
from pos_member.headoffice.quarantine import poison_subject
from tests.simulation import cashier, checks
from tests.simulation.draining import drain
from tests.simulation.world import Broken, Simulation

#: Told of who met head office and when, not of what happened in the shops.
_OF_MEETINGS = frozenset(
    {
        ExceptionKind.FORK,
        ExceptionKind.CLONED,
        ExceptionKind.RESTORED,
        ExceptionKind.HEADOFFICE_RESTORED,
        ExceptionKind.CHAIN_BROKEN,
        ExceptionKind.CLOCK_SKEW,
        ExceptionKind.GAP,
    }
)
_OF_TILL = ("history", "revoked", "down", "fuse", "bare", "backups")


def twice(sim: Simulation) -> None:
    """Drain and hold all promises; then go back to before, and again with the tills in the opposite order."""
    _quarrel(sim)
    before = _Before(sim)
    drain(sim)
    checks.everything(sim)
    first = cases(sim)
    before.back()
    sim.say("once more from here, the tills in the opposite order")
    drain(sim, backwards=True)
    checks.everything(sim)
    second = cases(sim)
    if first != second:
        raise Broken(f"cases of one order alone: {sorted(first - second)}; of the other: {sorted(second - first)}")
    sim.met["drained in two orders"] += 1
    sim.met["cases of two orders"] += len(first)


def _quarrel(sim: Simulation) -> None:
    """Every counter takes the same member's points and the same coupons, and none knows of the others."""
    for _ in range(2):
        wanted = sim.dice.choice(sim.members), sim.dice.choice(sim.coupons[-3:]) if sim.coupons else ""
        for till in list(sim.tills):
            if till.can_sell():
                cashier.sell(sim, till, wanted)


def cases(sim: Simulation) -> set[tuple[str, str]]:
    """Open cases of what happened. One of an event that was set aside bears its number on the wire, and in which epoch
    a copy sends it goes by whose turn it was: here it bears the event's id."""
    aside = {poison_subject(row.till_id, row.epoch, row.seq): row.event_id for row in checks.rows(sim, "quarantine")}
    found = [row for row in checks.rows(sim, "exception") if row.state == "open" and row.kind not in _OF_MEETINGS]
    return {(row.kind, aside.get(row.subject_id, row.subject_id)) for row in found}


class _Before:
    """All of the world at one moment: files, and what the run knows of them."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        for till in sim.tills:
            till.stop()
        sim.stop_office()
        self._files: Path = sim.folder.with_name(f"{sim.folder.name} before")
        shutil.rmtree(self._files, ignore_errors=True)
        shutil.copytree(sim.folder, self._files)
        self._tills = [(till, self._of(till), till.clock.error) for till in sim.tills]
        self._ledger = deepcopy(sim.ledger)
        self._rest = {name: list(getattr(sim, name)) for name in ("late", "sticks", "answers", "sold", "coupons")}
        self._at, self._office_error, self._dice = sim.time.at, sim.office_clock.error, sim.dice.getstate()

    @staticmethod
    def _of(till: Any) -> dict[str, Any]:
        found = {name: getattr(till, name) for name in _OF_TILL}
        return {name: list(value) if isinstance(value, list) else value for name, value in found.items()}

    def back(self) -> None:
        sim = self._sim
        for till in sim.tills:
            till.stop()
        sim.stop_office()
        shutil.rmtree(sim.folder)
        self._files.rename(sim.folder)
        for till, fields, error in self._tills:
            till.clock.error = error
            for name, value in fields.items():
                setattr(till, name, value)
        sim.ledger = self._ledger
        for name, value in self._rest.items():
            setattr(sim, name, value)
        sim.cache.kept.clear()
        sim.time.at, sim.office_clock.error, sim.healed = self._at, self._office_error, False
        sim.dice.setstate(self._dice)
