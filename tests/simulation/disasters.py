"""Disasters: a till set back or copied, head office set back. What only a lost disk held may be missing afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from pos_member.headoffice import schema
from tests.simulation.office import FILE
from tests.simulation.till import Backup, Restore, SimTill
from tests.simulation.world import Simulation


def restore_till(sim: Simulation, till: SimTill, backup: Backup, how: Restore) -> None:
    """Put an earlier copy back."""
    gone = till.restore(backup, how)
    sim.met[f"restored {how.value}"] += 1
    if how is Restore.EVERYTHING:
        sim.ledger.unaware.add(sim.shop.identities[till.place].id)
    sim.say(f"{till}: {how.value} comes back from a backup, {len(gone)} events older")
    let_go(sim, gone)


def clone_till(sim: Simulation, till: SimTill) -> None:
    """A second counter begins with a copy of the folder, under another user of the machine."""
    name = f"{till.name}'"
    twin = till.copy(name, sim.folder / name)
    sim.add(twin)
    sim.met["cloned"] += 1
    sim.say(f"{till}: is copied to {name}")


def back_up_office(sim: Simulation) -> None:
    """Copy head office's file while nobody uses it."""
    sim.stop_office()
    target = sim.folder / f"backup office {sim.births()}"
    target.mkdir()
    shutil.copy2(sim.office_folder / FILE, target / FILE)
    sim.office_backups.append(target)
    sim.say("head office is backed up")


def restore_office(sim: Simulation, backup: Path) -> None:
    """Put an earlier copy of head office's file back: what tills still have comes again, the rest is gone."""
    sim.stop_office()
    for file in sorted(sim.office_folder.iterdir()):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    shutil.copy2(backup / FILE, sim.office_folder / FILE)
    sim.say("head office is set back to a backup")
    sim.met["office restored"] += 1
    for command in sim.commands.values():
        command.done = False
    let_go(sim, sorted(sim.ledger.must))
    with sim.worker(0).office.database.read() as connection:
        revoked = set(connection.execute(select(schema.till.c.id).where(schema.till.c.revoked.is_(True))).scalars())
    for till in sim.tills:
        till.revoked = sim.shop.identities[till.place].id in revoked


def let_go(sim: Simulation, ids: Iterable[str]) -> None:
    """Of ``ids``, those that nobody holds any more were lost with a disk."""
    held = held_by_office(sim)
    for till in sim.tills:
        held |= till.kept()
    for event_id in ids:
        if event_id not in held:
            sim.ledger.lost(event_id)
            sim.met["lost with a disk"] += 1


def held_by_office(sim: Simulation) -> set[str]:
    """Ids of the events that head office holds."""
    with sim.worker(0).office.database.read() as connection:
        return set(connection.execute(select(schema.event.c.event_id)).scalars())
