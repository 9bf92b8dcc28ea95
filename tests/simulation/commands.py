"""What a person starts on head office's database: it goes in parts, is stopped or ends in its midst, and is run again.

By the same way as the command line: a database named by its URL, beside workers that go on serving.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from pos_member.domain.member import MemberStatus
from pos_member.headoffice import issuing, leases, schema
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.member_rows import load_members
from pos_member.headoffice.office_jobs import Office
from tests.simulation import checks
from tests.simulation.office import FILE, Worker
from tests.simulation.world import Simulation

_COUPON = "NEXT20"
_NAMES = ("spring", "regulars")


@dataclass
class Command:
    """The newest list of a segment or an occasion. ``done``: it was gone through to its end, and nothing of that was
    lost since."""

    kind: str
    name: str
    numbers: tuple[str, ...]
    done: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {len(self.numbers)}"


def command(sim: Simulation) -> None:
    """A new list, or one that was given before once more."""
    if sim.commands and sim.chance(0.4):
        again(sim)
        return
    kind, name = sim.dice.choice(("segment", "coupons")), sim.dice.choice(_NAMES)
    numbers = {member.number for member in sim.dice.sample(sim.shop.members, sim.dice.randrange(1, 5))}
    before = sim.commands.get((kind, name))
    if kind == "coupons" and before is not None:
        numbers |= set(before.numbers)  # whoever has one keeps it
    new = sim.commands[(kind, name)] = Command(kind, name, tuple(sorted(numbers)))
    if sim.chance(0.4):
        sim.office_fuse, sim.office_fuse_at = sim.dice.randrange(2, 16), ""
    _run(sim, new, stops=sim.chance(0.25))


def again(sim: Simulation) -> None:
    """One that was given before: what it did it does not do twice."""
    sim.met["command again"] += 1
    _run(sim, sim.dice.choice(list(sim.commands.values())))


def finish(sim: Simulation) -> None:
    """Whoever started one sees to it that it comes to its end; one that was killed keeps its like out for a while."""
    sim.office_fuse = None
    for each in sim.commands.values():
        if not each.done:
            sim.time.forward(leases.JOB_LASTS + timedelta(seconds=1))
            _run(sim, each)
            checks.require(each.done, f"{each}: run again with nothing in its way, and not done")


def _run(sim: Simulation, asked: Command, *, stops: bool = False) -> None:
    was_done, numbers = asked.done, asked.numbers
    watch = Watch(lambda _done: None, (lambda: sim.chance(0.4)) if stops else lambda: False)

    def work(worker: Worker) -> bool:
        office = Office(f"sqlite:///{worker.folder / FILE}", "Somsri", "by the list", worker.clock)
        try:
            if asked.kind == "segment":
                office.set_segment(asked.name, numbers, watch)
            else:
                made = office.give_coupons(_COUPON, asked.name, numbers, watch).coupons
                checks.require(not (made and was_done), f"{asked}: {made} given once more")
        except JobStopped:
            sim.met["command stopped"] += 1
            return False
        return True

    restored, died = sim.met["office restored"], sim.met["office died"]
    if sim.at_office(str(asked), work) and sim.met["office restored"] == restored:
        asked.done = True
        sim.met[f"command {asked.kind} done"] += 1
        sim.coupons += [code for code in codes_of(sim, asked.name) if code not in sim.coupons]
    elif sim.met["office died"] > died:
        sim.met["command died"] += 1
    sim.say(f"{asked}: {'done' if asked.done else 'not done'}")


def codes_of(sim: Simulation, occasion: str) -> list[str]:
    """Coupons of an occasion."""
    return [row.code for row in _given(sim, occasion)]


def _given(sim: Simulation, occasion: str) -> list[Any]:
    table = schema.coupon
    with sim.worker(0).office.database.read() as connection:
        query = select(table.c.code, table.c.member_id).where(table.c.program_id == issuing.occasion_id(occasion))
        return list(connection.execute(query.order_by(table.c.code)))


def commands_are_whole(sim: Simulation) -> None:
    """Who is in a segment is who its list names; each member of an occasion's list has one coupon of it."""
    with sim.worker(0).office.database.read() as connection:
        members = load_members(connection, [member.id for member in sim.shop.members])
    live = {each.number: each for each in members.values() if each.status is not MemberStatus.ERASED}
    for asked in sim.commands.values():
        checks.looked(sim, commands_are_whole, len(asked.numbers))
        wanted = live.keys() & set(asked.numbers)
        if asked.kind == "segment":
            inside = {number for number, each in live.items() if asked.name in each.segments}
            checks.require(inside == wanted, f"{asked}: {sorted(inside)} are in it, asked for {sorted(wanted)}")
            continue
        had = Counter(row.member_id for row in _given(sim, asked.name))
        checks.require(max(had.values(), default=1) == 1, f"{asked}: given twice: {had}")
        without = [number for number in wanted if not had[live[number].id]]
        checks.require(not without, f"{asked}: never given to {without}")
