"""More that happens to a shop: sticks, snapshots, days that end, weeks without a line, members who leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from pos_member.domain.consent import Purpose
from pos_member.domain.member import MemberStatus
from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.member_rows import load_members
from pos_member.headoffice.schema import outgoing
from pos_member.sync import carry
from tests.simulation import cashier
from tests.simulation.office import Worker
from tests.simulation.till import SimTill
from tests.simulation.world import Simulation

AWAY = timedelta(days=40)


# Sticks --------------------------------------------------------------------------------------------------------------


def stick(sim: Simulation) -> None:
    """A stick is written, carried in, or comes back; any of them more than once, and in any order."""
    if not sim.sticks or sim.chance(0.35):
        till = sim.dice.choice(sim.tills)
        cashier.anything(sim, till)  # something is on most sticks
        write_stick(sim, till)
        if sim.chance(0.4):
            sim.round(till)  # the line came back before the stick was there
    elif not sim.answers or sim.chance(0.55):
        carry_stick(sim, *sim.dice.choice(sim.sticks))
    else:
        take_answer(sim, *sim.dice.choice(sim.answers))


def write_stick(sim: Simulation, till: SimTill) -> None:
    target = sim.folder / f"stick {sim.births()}.up"
    done = sim.doing(till, "exports", lambda: carry.export(till.open().sync_store, target, till.clock))
    if done is not None:
        sim.sticks.append((till, target))
        sim.met["stick written"] += 1


def carry_stick(sim: Simulation, till: SimTill, file: object) -> None:
    """Head office takes a till's file in; the answer goes on another stick."""
    path = sim.folder / str(file)
    answers = sim.folder / f"answers {sim.births()}"
    answers.mkdir()
    done = sim.at_office(f"carries in {path.name} of {till}", lambda worker: carry_in(worker.office, path, answers))
    if done is None:
        return
    sim.answers.append((till, done.answer))
    sim.met["stick carried in"] += 1
    sim.met["stick brought something"] += bool(done.applied)
    sim.met["stick carried in again or late"] += bool(done.duplicate)
    sim.say(f"{path.name} of {till}: {done.applied} applied, {done.duplicate} known, {done.error or 'whole'}")


def take_answer(sim: Simulation, till: SimTill, file: object) -> None:
    """A till imports head office's answer."""
    path = sim.folder / str(file)
    if till.syncing:
        return
    done = sim.doing(till, f"imports {path.name}", lambda: carry.take_in(till.open().sync_store, path, till.clock))
    if done is not None:
        sim.met["answer imported"] += 1
        sim.met["answer brought changes"] += bool(done.changes)


def last_sticks(sim: Simulation) -> None:
    """Every stick that lies about is carried in once more, and every answer taken, in any order."""
    for way, files in ((carry_stick, sim.sticks), (take_answer, sim.answers)):
        for till, path in sim.dice.sample(files, len(files)):
            way(sim, till, path)


# Snapshots -----------------------------------------------------------------------------------------------------------


def snapshot(sim: Simulation) -> None:
    """Head office makes a snapshot; a till loses its replica and loads it while its cashier goes on."""
    if sim.chance(0.3):
        sim.at_office("a snapshot", partial(make_snapshot, sim))
        sim.met["snapshot made"] += 1
        return
    till = sim.dice.choice(sim.tills)
    if till.syncing:
        return
    loses = sim.chance(0.5)
    if not loses:
        _falls_behind(sim, till)
    sim.at_office("a snapshot", partial(make_snapshot, sim))
    if loses:
        till.lose_replica()
        sim.met["replica lost"] += 1
        sim.say(f"{till}: its replica is gone")
    for _ in range(3):
        sim.round(till)
        if till.open().sync_store.cursor():
            break


def _falls_behind(sim: Simulation, till: SimTill) -> None:
    """Others sell to members and send it, until a snapshot is the shorter way for this one."""
    for other in [each for each in sim.tills if each is not till and not each.syncing]:
        for _ in range(2):
            if other.can_sell():
                cashier.sell(sim, other, (sim.dice.choice(sim.members), ""))
        sim.round(other)
    sim.met["a till fell behind"] += 1


def make_snapshot(sim: Simulation, worker: Worker) -> None:
    worker.office.settle_effects()
    worker.office.stamp()
    made = worker.snapshots.make()
    if made is not None:
        # Where another worker has the stamper's lease: its rows have what the feed does not say yet.
        with worker.office.database.read() as connection:
            waiting = connection.execute(select(outgoing.c.entity, outgoing.c.id)).all()
        sim.ahead_of.setdefault(made.mark, set()).update((row.entity, row.id) for row in waiting)


# Days ----------------------------------------------------------------------------------------------------------------


def day_ends(sim: Simulation) -> None:
    """Midnight passes; some tills say what their day came to."""
    sim.time.forward(timedelta(hours=sim.dice.choice((15, 24, 30))))
    for till in list(sim.tills):
        if sim.chance(0.7):
            close_days(sim, till)


def close_days(sim: Simulation, till: SimTill) -> None:
    days = sim.doing(till, "closes its days", lambda: _caught_up(till))
    if days is not None:
        sim.met["day certified"] += len(days)


def _caught_up(till: SimTill) -> tuple[date, ...]:
    return till.services.days.catch_up()


def last_days(sim: Simulation) -> None:
    """The last midnight: every till that is there closes what is over."""
    sim.time.forward(timedelta(days=1))
    for till in list(sim.tills):
        close_days(sim, till)


def weeks_without_line(sim: Simulation) -> None:
    """A till sells for forty days with its line down; what others sent before that they keep no longer."""
    till = sim.dice.choice(sim.tills)
    others = [each for each in sim.tills if each is not till and not each.syncing]
    if till.syncing or sim.met["forty days without a line"] >= 2:
        return
    till.down = sim.dice.randrange(3, 8)
    before = len(till.history)
    for part in range(4):
        sim.time.forward(AWAY / 4)
        if part == 1:
            cashier.anything(sim, till)
    for other in others:
        sim.round(other)
        kept = len(other.kept())
        sim.met["events let go of after 35 days"] += max(0, len(other.history) - kept)
    sim.met["forty days without a line"] += 1
    sim.say(f"{till}: its line was down for forty days, {len(till.history) - before} events")


def years_off(sim: Simulation) -> None:
    """The clock of a till is wrong by years, or is set right again."""
    off = [till for till in sim.tills if abs(till.clock.error) > timedelta(days=200)]
    if off and sim.chance(0.5):
        till = sim.dice.choice(off)
        till.clock.error = timedelta()
        sim.met["a clock set right after years"] += 1
        sim.say(f"{till}: its clock is right again")
        return
    till = sim.dice.choice(sim.tills)
    till.clock.error = timedelta(days=sim.dice.choice((-2_600, -800, 400, 1_900)))
    sim.met["a clock wrong by years"] += 1
    sim.say(f"{till}: its clock is {till.clock.error.days} days off")
    if till.syncing:
        return
    member = sim.dice.choice(sim.members)
    for _ in range(2):  # what it holds is spent, told and asked for anew by two clocks
        if till.can_sell():
            cashier.sell(sim, till, (member, ""))
        sim.round(till)


def tries_online(sim: Simulation) -> None:
    """Somebody wants to spend, and head office is asked."""
    till = sim.dice.choice(sim.tills)
    if till.can_sell():
        cashier.sell(sim, till)
    else:
        sim.met["a cashier waits for the catalogue"] += 1


# Members who leave ---------------------------------------------------------------------------------------------------


def leave(sim: Simulation) -> None:
    """A member is blocked at a counter, or comes back, or is erased at head office."""
    member_id = sim.dice.choice(sim.members)
    if sim.chance(0.35) and member_id in {member.id for member in sim.shop.members}:
        sim.at_office(f"erases {member_id[-6:]}", lambda worker: _erase(worker, member_id))
        sim.met["member erased"] += 1
        sim.say(f"{member_id[-6:]} is erased")
        return
    till, wanted = sim.dice.choice(sim.tills), sim.chance(0.3)
    if not till.can_sell():
        sim.met["a cashier waits for the catalogue"] += 1
        return

    def work() -> bool:
        session = till.session()
        till.services.enrolment.change_consent(session, member_id, Purpose.MEMBERSHIP, wanted, "th")
        return True

    if sim.doing(till, f"{'takes' if wanted else 'ends'} the membership of {member_id[-6:]}", work):
        sim.met["member blocked" if not wanted else "member back"] += 1


def _erase(worker: Worker, member_id: str) -> None:
    with worker.office.database.write() as connection:
        member = load_members(connection, [member_id])[member_id]
        gone = replace(
            member, status=MemberStatus.ERASED, first_name="", last_name="", phone="", number="", birthday=None
        )
        import_members(connection, [MemberImport(gone)], worker.clock.now())
    worker.office.stamp()
