"""What has to hold in the end, whatever happened on the way: S1 … S7 and the invariants of the domain."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import select

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.clock import business_date
from pos_member.domain.coupon import Coupon
from pos_member.domain.errors import Reason
from pos_member.domain.events import BillClaimed
from pos_member.domain.member import Member
from pos_member.domain.points import PointKind
from pos_member.headoffice import schema
from pos_member.headoffice.account_figures import as_account
from pos_member.headoffice.accounts import account_of
from pos_member.headoffice.days import DayState, TillDay, till_days
from pos_member.sync.round_figures import SyncOutcome
from tests.db_support import NOW
from tests.simulation.ledger import Fact, content, entries_of
from tests.simulation.template import LOTS, shop_settings
from tests.simulation.till import SimTill
from tests.simulation.world import Broken, Simulation

#: More points than anybody has.
_ANY = 10**9
_FIRST_DAY = NOW.date()
#: A till whose clock is further off has to be looked into.
_DAYS_OFF = timedelta(days=40)
#: What a certified day may be once everything was sent.
_ALL_THERE = frozenset({DayState.COMPLETE, DayState.SET_ASIDE, DayState.GOES_ON})


def require(held: bool, what: str) -> None:
    """Raises ``Broken``."""
    if not held:
        raise Broken(what)


def looked(sim: Simulation, check: Callable[..., object], things: int) -> None:
    """A check had so many things that could have been otherwise."""
    sim.met[f"held {check.__name__}"] += things


def rows(sim: Simulation, table: str) -> list[Any]:
    """All of a table of head office."""
    with sim.worker(0).office.database.read() as connection:
        return list(connection.execute(select(schema.metadata.tables[table])))


def everything(sim: Simulation) -> None:
    """All checks. Raises ``Broken``."""
    held = each_event_once(sim)
    all_is_applied(sim)
    effects_once(sim, held)
    coupons_are_told(sim, held)
    rights_hold(sim, held)
    only_poison_aside(sim)
    days_are_told(sim, held)
    tills_tell_the_same(sim)
    tills_verify(sim)


# Liveness ------------------------------------------------------------------------------------------------------------


def queues_are_empty(sim: Simulation) -> None:
    """With the network well, nothing waits, whatever lies in quarantine."""
    aside = {row.event_id for row in rows(sim, "quarantine")}
    looked(sim, queues_are_empty, len(aside))
    for till in sim.tills:
        status = till.open().sync_store.queue_status()
        require(status.waiting == 0, f"{till}: {status.waiting} events still wait")


def round_was_whole(till: SimTill, outcome: SyncOutcome | None) -> None:
    """A round over a good line goes through to the horizon."""
    wanted = Reason.TILL_REVOKED if till.revoked else None
    require(outcome is not None and outcome.reason is wanted, f"{till}: a round over a good line: {outcome}")


def after_round(sim: Simulation, till: SimTill) -> None:
    """What a till takes for acknowledged is held, at every moment; but where head office itself was set back."""
    if sim.met["office restored"]:
        return
    store = till.open().sync_store
    with till.open().till.read() as connection:
        base = connection.exec_driver_sql("SELECT coalesce(max(epoch_base), 0) FROM till_identity").scalar_one()
    with sim.worker(0).office.database.read() as connection:
        held = set(connection.execute(select(schema.event.c.event_id)).scalars())
    acknowledged = [each for each in till.history[: base + store.acked_seq()] if each in sim.ledger.must]
    looked(sim, after_round, len(acknowledged))
    missing = [each for each in acknowledged if each not in held]
    require(not missing, f"{till}: acknowledged and not held: {_named(sim, missing)}")


# Exactly once --------------------------------------------------------------------------------------------------------


def each_event_once(sim: Simulation) -> dict[str, Fact]:
    """Head office holds every fact once, with the bytes its till committed, and none that nobody made."""
    ledger = sim.ledger
    stored = rows(sim, "event")
    looked(sim, each_event_once, len(stored))
    found = Counter(row.event_id for row in stored)
    twice = [event_id for event_id, times in found.items() if times > 1]
    require(not twice, f"head office holds twice: {_named(sim, twice)}")
    missing = ledger.must - found.keys()
    require(not missing, f"head office never got: {_named(sim, missing)}")
    foreign = found.keys() - ledger.must - ledger.may
    require(not foreign, f"head office holds what no till made: {sorted(foreign)}")
    for row in stored:
        fact = ledger.facts[row.event_id]
        same = (fact.kind, fact.version, fact.payload) == (row.kind, row.version, bytes(row.payload))
        require(same, f"event {row.event_id} is not what its till committed")
    return {event_id: ledger.facts[event_id] for event_id in found}


def _named(sim: Simulation, ids: Iterable[str]) -> str:
    facts = [(sim.ledger.facts.get(each), each) for each in sorted(ids)]
    return ", ".join(
        f"{fact.kind} {each[-6:]} of {fact.maker} ({fact.own_seq})" if fact else each for fact, each in facts
    )


def all_is_applied(sim: Simulation) -> None:
    """What was taken in has had its effects, whoever owed them, and everything told has its number."""
    waiting = {table: len(rows(sim, table)) for table in ("effect", "outgoing")}
    looked(sim, all_is_applied, sim.met["step woken"])
    require(not any(waiting.values()), f"head office still has {waiting} to do")


def effects_once(sim: Simulation, held: dict[str, Fact]) -> None:
    """Every effect of every event once: documents, point entries, sums per member and bucket, visits."""
    said = [content(fact) for fact in held.values()]
    for table, cls in (("bill", Bill), ("bill_return", BillReturn)):
        wanted = sorted(each.id for each in said if isinstance(each, cls))
        stored = sorted(row.id for row in rows(sim, table))
        require(wanted == stored, f"{table}: {len(wanted)} made, {len(stored)} held")
        numbers = Counter((row.till_id, row.number) for row in rows(sim, table))
        known = {key: times for key, times in numbers.items() if key[0] not in sim.ledger.unaware}
        again = sorted(number for (_, number), times in known.items() if times > 1)
        require(not again, f"{table}: numbers given twice: {again}")
    claims_are_told(sim, [each for each in said if isinstance(each, BillClaimed)])
    entries = [entry for each in said for entry in entries_of(each)]
    stored = Counter(row.id for row in rows(sim, "point_entry") if row.till_id != "head_office")
    made = Counter(entry.id for entry in entries)
    looked(sim, effects_once, len(made))
    require(stored == made, f"point entries: {stored - made} too many, {made - stored} missing")
    balances: dict[str, Counter[str]] = defaultdict(Counter)
    for member in sim.shop.members:
        balances[member.id].update({lot.isoformat(): points for lot, points in LOTS.items()})
    for entry in entries:
        if not entry.currency:
            balances[entry.member_id][entry.bucket.isoformat() if entry.bucket else ""] += entry.points
    visits: Counter[str] = Counter()
    for each in said:
        if isinstance(each, Bill | BillClaimed) and each.member_id is not None:
            visits[each.member_id] += 1
        if isinstance(each, BillReturn) and each.member_id is not None and each.complete:
            visits[each.member_id] -= 1
    for row in rows(sim, "account"):
        wanted_lots = {lot: points for lot, points in balances.pop(row.member_id, Counter()).items() if points}
        got = {lot: points for lot, points in json.loads(row.buckets).items() if points}
        require(got == wanted_lots, f"account {row.member_id[-6:]}: {got}, the entries make {wanted_lots}")
        require(row.visits == visits[row.member_id], f"visits {row.member_id[-6:]}: {row.visits}")
    rest = {member: lots for member, lots in balances.items() if any(lots.values())}
    require(not rest, f"no account for {sorted(rest)}")


def claims_are_told(sim: Simulation, claims: list[BillClaimed]) -> None:
    """A bill is claimed once; a second time, by a till that was set back or by its copy, is an open case, once."""
    looked(sim, claims_are_told, len(claims))
    made: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        made[claim.bill_id].add(claim.id)
    held = {row.bill_id: row.id for row in rows(sim, "bill_claim")}
    wrong = [bill_id for bill_id in made.keys() | held.keys() if held.get(bill_id) not in made[bill_id]]
    require(not wrong, f"claims of {wrong}: {[(made[each], held.get(each)) for each in wrong]}")
    twice = {bill_id for bill_id, ids in made.items() if len(ids) > 1}
    told = {row.subject_id for row in rows(sim, "exception") if row.kind == "claimed_twice" and row.state == "open"}
    require(twice == told, f"bills claimed twice {sorted(twice)}, told {sorted(told)}")
    sim.met["bill claimed twice"] += len(twice)


def rights_hold(sim: Simulation, held: dict[str, Fact]) -> None:
    """No right is spent beyond its points, each bill says how its points were spent, and what was guaranteed never
    took more than there was: below zero goes a member only by what was provisional, or taken back."""
    spent: Counter[str] = Counter()
    allowed: Counter[str] = Counter()
    sums: Counter[str] = Counter({member.id: sum(LOTS.values()) for member in sim.shop.members})
    for fact in held.values():
        said = content(fact)
        for entry in entries_of(said):
            if not entry.currency:
                sums[entry.member_id] += entry.points
                if entry.points < 0 and entry.kind is not PointKind.REDEEM:
                    allowed[entry.member_id] -= entry.points
        if isinstance(said, Bill) and said.spending is not None and said.member_id is not None:
            spending = said.spending
            told = sum(use.points for use in spending.rights) + spending.provisional
            require(told == said.points_redeemed, f"bill {said.number}: {told} told, {said.points_redeemed} redeemed")
            allowed[said.member_id] += spending.provisional
            spent.update({use.right_id: use.points for use in spending.rights})
    looked(sim, rights_hold, len(spent))
    for row in rows(sim, "spending_right"):
        require(spent[row.id] <= row.points, f"right {row.id[-6:]}: {spent[row.id]} of {row.points} spent")
    sim.met["points out of rights"] += sum(spent.values())
    # Where disks were lost, rights of a till may have gone with what its bills had added: then nothing is promised.
    if not sim.ledger.may and not sim.met["office restored"]:
        short = {member: total for member, total in sums.items() if total + allowed[member] < 0}
        require(not short, f"guaranteed points overdrew {short}")
        nothing_promised_twice(sim, allowed)


def nothing_promised_twice(sim: Simulation, allowed: Counter[str]) -> None:
    """Σ of what is left of rights, as the tills hold them, is no more than the balance and what took from it without
    a right (``allowed``)."""
    held: Counter[str] = Counter()
    accounts = {row.member_id: account_of(row) for row in rows(sim, "account")}
    settings = shop_settings()
    for till in sim.tills:
        store = till.open().store
        for member_id in accounts:
            standing = store.rights.standing(member_id, "")
            held[member_id] += standing.power(member_id, _ANY, settings, till.clock.now()).guaranteed
    looked(sim, nothing_promised_twice, sum(points > 0 for points in held.values()))
    for member_id, account in accounts.items():
        least = as_account(account).spendable(business_date(sim.office_clock.now(), settings.zone), settings)
        most = max(0, least) + allowed[member_id]
        require(held[member_id] <= most, f"tills hold {held[member_id]} points of {member_id[-6:]}, who has {most}")


def coupons_are_told(sim: Simulation, held: dict[str, Fact]) -> None:
    """A coupon is used once, or its double use is an open case, once."""
    used: dict[str, set[str]] = defaultdict(set)
    given_back: dict[str, set[str]] = defaultdict(set)
    for fact in held.values():
        said = content(fact)
        if isinstance(said, Bill):
            for use in said.coupons_used:
                used[use.code].add(said.id)
        if isinstance(said, BillReturn):
            for code in said.coupons_restored:
                given_back[code].add(said.bill_id)
    looked(sim, coupons_are_told, len(used))
    twice = {code for code, bills in used.items() if len(bills - given_back[code]) > 1}
    told = {row.subject_id for row in rows(sim, "exception") if row.kind == "coupon_twice" and row.state == "open"}
    require(twice == told, f"coupons used twice {sorted(twice)}, told {sorted(told)}")
    if twice:
        sim.met["coupon used twice"] += 1


def only_poison_aside(sim: Simulation) -> None:
    """Nothing lies in quarantine but what was meant to."""
    aside = rows(sim, "quarantine")
    looked(sim, only_poison_aside, len(aside))
    wrong = [(row.event_id, row.reason) for row in aside if row.event_id not in sim.ledger.poison]
    require(not wrong, f"set aside without reason: {wrong}")


def days_are_told(sim: Simulation, held: dict[str, Fact]) -> None:
    """A certified day is complete only when all is there, and all is there once everything was sent."""
    zone = shop_settings().zone
    with sim.worker(0).office.database.read() as connection:
        told = till_days(connection, _FIRST_DAY, business_date(sim.office_clock.now(), zone), zone)
    bills: dict[tuple[str, date], list[int]] = defaultdict(list)
    for fact in held.values():
        said = content(fact)
        if isinstance(said, Bill):
            bills[(said.till_id, said.business_date)].append(said.total_satang)
    # A till that was set back certifies what it has by now; head office still has what it had sent before.
    set_back = {sim.shop.identities[till.place].id for till in sim.tills if till.set_back}
    whole = not sim.ledger.may and not sim.met["office restored"]
    for day in told:
        if day.said is None:
            continue
        looked(sim, days_are_told, 1)
        sim.met[f"day {day.state.value}"] += 1
        mine = bills[(day.till_id, day.day)]
        require((day.held.bills, day.held.total_satang) == (len(mine), sum(mine)), f"{day}: {len(mine)} bills are held")
        if day.state is DayState.COMPLETE:
            same = (day.said.bills, day.said.total_satang) == (len(mine), sum(mine))
            require(same and not day.missing, f"{day} is no complete day: {len(mine)} bills, {sum(mine)} satang")
        if whole and day.till_id not in set_back:
            of_copies = day.state is DayState.DIFFERS and _two_worked(sim, held, day)
            sim.met["day of two copies differs"] += of_copies
            require(day.state in _ALL_THERE or of_copies, f"all was sent, and {day}")


def _two_worked(sim: Simulation, held: dict[str, Fact], day: TillDay) -> bool:
    """Whether head office holds something of that day which the copy whose certificate counts never had: each certifies
    its own work, and the day holds what both did. It is told as different, beside the case of the copy itself."""
    assert day.said is not None
    certified = sim.ledger.facts[day.said.id].maker
    known = {event_id for till in sim.tills if till.name == certified for event_id in till.history}
    others = [content(held[event_id]) for event_id in held.keys() - known]
    here = (day.till_id, day.day)
    counted = [each for each in others if isinstance(each, Bill | BillReturn | BillClaimed)]
    return any((each.till_id, each.business_date) == here for each in counted)


def complete_days_are(sim: Simulation) -> None:
    """At any moment: of a day that head office calls complete nothing is still under way that came before its end."""
    zone = shop_settings().zone
    with sim.worker(0).office.database.read() as connection:
        told = till_days(connection, _FIRST_DAY, business_date(sim.office_clock.now(), zone), zone)
        have = set(connection.execute(select(schema.event.c.event_id)).scalars())
    for day in told:
        if day.said is None:
            continue
        sim.met[f"day {day.state.value} on the way"] += 1
        if day.state is not DayState.COMPLETE or (closed := sim.ledger.facts.get(day.said.id)) is None:
            continue
        # By the order of the book too: a till that came back from a backup gives its numbers again.
        before = takewhile(lambda each: each is not closed, sim.ledger.facts.values())
        mine = [each for each in before if each.maker == closed.maker and each.own_seq < closed.own_seq]
        early = {each.event_id for each in mine} & sim.ledger.must
        looked(sim, complete_days_are, len(early))
        require(early <= have, f"{day} is complete without {_named(sim, early - have)}")


# What tills see ------------------------------------------------------------------------------------------------------


def tills_tell_the_same(sim: Simulation) -> None:
    """Every till tells head office's figures of every member and coupon."""
    accounts = {row.member_id: row for row in rows(sim, "account")}
    members = {row.id: codec.from_wire(Member, json.loads(row.body)) for row in rows(sim, "member")}
    coupons = {row.code: codec.from_wire(Coupon, json.loads(row.body)) for row in rows(sim, "coupon")}
    for till in sim.tills:
        if till.revoked:
            continue
        store = till.open().store
        looked(sim, tills_tell_the_same, len(members) + len(coupons))
        for member_id, member in members.items():
            require(store.members.by_id(member_id) == member, f"{till}: member {member_id[-6:]} is another")
            account = store.members.account(member_id)
            row = accounts.get(member_id)
            held = {lot: points for lot, points in json.loads(row.buckets).items() if points} if row else {}
            told = {lot.isoformat() if lot else "": points for lot, points in account.buckets.items() if points}
            require(told == held, f"{till}: tells {told} of {member_id[-6:]}, head office {held}")
            visits = row.visits if row else 0
            require(account.visits == visits, f"{till}: {account.visits} visits of {member_id[-6:]}, not {visits}")
            require(account.own_points_since == 0, f"{till}: counts own points of {member_id[-6:]} on top")
        for code, coupon in coupons.items():
            mine = store.coupons.by_code(code)
            require(mine is not None, f"{till}: never heard of coupon {code}")
            assert mine is not None
            same = (mine.state, mine.redeemed_bill_id) == (coupon.state, coupon.redeemed_bill_id)
            require(same, f"{till}: coupon {code} is {mine.state}, at head office {coupon.state}")


def tills_verify(sim: Simulation) -> None:
    """``verify`` finds nothing at a till but the poison. It reads everything, so every other run asks one till only."""
    if sim.chance(0.5) and "years" not in sim.profile.troubles:
        return
    poison = {fact.own_seq for fact in sim.ledger.facts.values() if fact.event_id in sim.ledger.poison}
    # One that lost its replica and was revoked gets no other.
    able = [till for till in sim.tills if till.can_sell()]
    off = [till for till in able if abs(till.clock.error) > _DAYS_OFF]
    for till in off or ([sim.dice.choice(able)] if able else []):
        result = till.services.verify.run()
        looked(sim, tills_verify, 1)
        problems = [problem for check in result.checks for problem in check.problems]
        wrong = [each for each in problems if not any(each.startswith(f"queue {seq}:") for seq in poison)]
        require(not wrong, f"{till}: verify: {wrong}")
