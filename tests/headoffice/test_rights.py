"""Rights at head office, one by one: who gets which, how long they keep points aside, how they end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from pos_member.domain.clock import business_date
from pos_member.domain.rights import RightKind, RightUse, Spending, SpendingRight
from pos_member.headoffice import (
    denials,
    rights_aside,
    rights_ends,
    rights_grants,
    rights_home,
    rights_ledger,
    schema,
    times,
)
from pos_member.headoffice.denials import DeniedKind
from pos_member.headoffice.rights_aside import SetAside
from pos_member.headoffice.rights_ledger import Kept, RightState
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.units import Units
from tests.headoffice.office_support import CLOCK, MEMBERS, new_id, open_exceptions, rows
from tests.headoffice.rights_support import (
    MEMBER,
    MemoryTill,
    account,
    admit,
    give,
    kept,
    memory_till,
    reserved,
    upload,
)


def till_of(office: HeadOffice, n: int, branch: int = 1) -> MemoryTill:
    till = memory_till(n, branch, CLOCK.now())
    admit(office.database, till)
    return till


def touch(office: HeadOffice, till: MemoryTill) -> int:
    """Ask for a right; returns what the till then holds."""
    with office.database.write() as connection:
        till.hold(*rights_grants.touch(connection, till.id, till.epoch, [MEMBER.id], CLOCK.now(), new_id))
    return till.guaranteed()


def hello(office: HeadOffice, till: MemoryTill, applied: int | None = None) -> None:
    held = till.acked if applied is None else applied
    acked, head, now = till.acked, till.seq, CLOCK.now()
    rights_ends.heard(office.units, till.id, till.epoch, acked_seq=acked, head_seq=head, applied_seq=held, now=now)


def aside(office: HeadOffice) -> int:
    with office.database.read() as connection:
        return reserved(connection, CLOCK.now())


def later(*tills: MemoryTill, hours: int) -> None:
    CLOCK.forward(timedelta(hours=hours))
    for till in tills:
        till.now = CLOCK.now()


def test_what_one_till_holds_no_other_is_given(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    assert touch(office, one) == 300
    assert touch(office, two) == 0
    assert touch(office, one) == 300  # asked again it is the same
    assert len(rows(office.database, "spending_right")) == 1


def test_a_right_is_topped_up_where_it_is_worth_it(office: HeadOffice) -> None:
    one = till_of(office, 1)
    give(office, 300)
    touch(office, one)
    give(office, 20)
    assert touch(office, one) == 300  # twenty are not worth another right
    give(office, 100)
    assert touch(office, one) == 420


def test_a_cut_off_till_keeps_points_aside_until_it_was_heard(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    touch(office, one)
    one.sell(spend=200)
    later(one, two, hours=48)
    assert touch(office, two) == 0  # long lapsed; and who knows what of it was spent
    upload(office, one)
    hello(office, one)
    assert touch(office, two) == 100
    assert not open_exceptions(office.database)


def test_a_lost_tills_rights_are_written_off_once_their_time_is_over(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    touch(office, one)
    assert rights_ends.write_off(office.units, one.id, CLOCK.now()) == 0
    later(two, hours=13)
    assert rights_ends.write_off(office.units, one.id, CLOCK.now()) == 1
    assert touch(office, two) == 300


def test_what_was_earned_here_is_spent_here_and_then_everyones(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    bill = one.sell(earn=80)
    assert one.guaranteed() == 80  # nobody was asked
    one.sell(spend=30)
    upload(office, one)
    right = kept(office.database, bill.id)
    assert (right.right.kind, right.right.points, right.used) == (RightKind.OWN, 80, 30)
    assert touch(office, two) == 0
    hello(office, one)
    assert touch(office, two) == 50
    assert not open_exceptions(office.database)


def test_a_till_that_never_stops_selling_is_settled_by_what_it_said_before(office: HeadOffice) -> None:
    one = till_of(office, 1)
    one.sell(earn=80)
    upload(office, one)
    one.sell(earn=10)
    hello(office, one)  # its queue is not empty
    assert aside(office) == 80
    upload(office, one)
    one.sell(earn=10)
    hello(office, one)
    assert (
        aside(office) == 10
    )  # the first sale's right was forgotten at the first hello; the second's is not known to be


def test_what_is_given_back_keeps_what_its_bills_will_take(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    touch(office, one)
    one.sell(spend=120)
    told = [one.give_back(each) for each in list(one.held)]
    for _ in range(2):  # said twice it counts once
        assert rights_ends.release(office.units, one.id, told, CLOCK.now()) == tuple(one.held)
    assert aside(office) == 120
    assert touch(office, two) == 180
    upload(office, one)
    assert sum(account(office.database).buckets.values()) == 180


def test_more_spent_than_was_said_when_it_was_given_back_is_a_case(office: HeadOffice) -> None:
    one = till_of(office, 1)
    give(office, 300)
    touch(office, one)
    (right_id,) = one.held
    rights_ends.release(office.units, one.id, [RightUse(right_id, 10)], CLOCK.now())
    one.sell(spend=50)
    upload(office, one)
    case = open_exceptions(office.database)[("right_overused", right_id)]
    assert (case.points, case.till_id, case.shard) == (40, one.id, MEMBER.id)


def test_a_new_epoch_voids_rights_at_once_or_when_they_lapse(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    touch(office, one)
    assert rights_ends.void_epoch(office.units, one.id, 1, None, CLOCK.now()) == 1
    assert touch(office, two) == 0  # a copy may still be selling
    later(one, two, hours=13)
    assert touch(office, two) == 300
    rights_ends.void_epoch(office.units, two.id, 1, CLOCK.now(), CLOCK.now())
    three = till_of(office, 3)
    assert touch(office, three) == 300
    two.sell(spend=40)
    two.now = CLOCK.now()
    later(two, hours=2)
    right_id = next(iter(two.held))
    two.sell(provisional=10, spending=Spending((RightUse(right_id, 10),)))
    upload(office, two)
    case = open_exceptions(office.database)[("right_void", right_id)]
    assert case.points == 10  # what was spent before the copy was found was right when it was spent


def test_no_rights_while_head_office_does_not_know_what_is_out(office: HeadOffice) -> None:
    one = till_of(office, 1)
    give(office, 300)
    with office.database.write() as connection:
        rights_grants.freeze(connection, CLOCK.now() + timedelta(hours=80))
    assert touch(office, one) == 0
    later(one, hours=81)
    assert touch(office, one) == 300


def test_no_rights_over_who_is_blocked_denied_or_unknown(office: HeadOffice) -> None:
    one = till_of(office, 1)
    for member in MEMBERS[:2]:
        give(office, 100, member_id=member.id)
    table = schema.member
    with office.database.write() as connection:
        denials.add(connection, DeniedKind.MEMBER, MEMBER.number, "lost phone", CLOCK.now())
        connection.execute(update(table).where(table.c.id == MEMBERS[1].id).values(status="blocked"))
        asked = [MEMBER.id, MEMBERS[1].id, new_id()]
        assert rights_grants.touch(connection, one.id, 1, asked, CLOCK.now(), new_id) == []


def test_a_bill_at_home_gives_a_right_ahead(office: HeadOffice) -> None:
    home, away = till_of(office, 1, branch=0), till_of(office, 2, branch=1)
    give(office, 1_000)
    away.sell(earn=1)
    upload(office, away)
    assert not [row for row in rows(office.database, "spending_right") if row.kind == "home"]
    bill = home.sell(earn=1)
    upload(office, home)
    (row,) = [row for row in rows(office.database, "spending_right") if row.kind == "home"]
    assert (row.id, row.till_id, row.points) == (f"{bill.id}:home", home.id, 500)
    told = [row for row in rows(office.database, "outgoing") + rows(office.database, "feed") if row.entity == "right"]
    assert {(each.id, each.scope) for each in told} == {(row.id, f"till:{home.id}")}
    home.sell(earn=1)
    upload(office, home)  # it has enough
    assert len([row for row in rows(office.database, "spending_right") if row.kind == "home"]) == 1


def test_rights_never_outlive_the_lots_they_stand_on(office: HeadOffice) -> None:
    one = till_of(office, 1)
    give(office, 100, CLOCK.now().date())
    give(office, 60)
    assert touch(office, one) == 60  # twelve hours on, the hundred will be over


def test_asked_back_and_given_back(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    give(office, 300)
    touch(office, one)
    with office.database.write() as connection:
        refused = rights_grants.for_bill(connection, two.id, 1, MEMBER.id, new_id(), 200, CLOCK.now())
        recalled = rights_ends.recalls_for(connection, one.id)
    assert (refused.rights, refused.free, refused.elsewhere) == ((), 0, 300)
    assert refused.elsewhere_until == CLOCK.now() + timedelta(hours=12, minutes=30)
    assert recalled == tuple(one.held)
    rights_ends.release(office.units, one.id, [one.give_back(each) for each in recalled], CLOCK.now())
    with office.database.read() as connection:
        assert rights_ends.recalls_for(connection, one.id) == ()
    assert touch(office, two) == 300
    assert kept(office.database, recalled[0]).state is RightState.RELEASED


def test_what_was_let_through_settles_itself_where_it_was_there(office: HeadOffice) -> None:
    one, two = till_of(office, 1), till_of(office, 2)
    earned = two.sell(earn=100)
    one.sell(provisional=60)
    upload(office, one)  # the spending comes first
    case = open_exceptions(office.database)[("provisional_overdrawn", MEMBER.id)]
    assert (case.points, case.till_id) == (60, one.id)
    assert ("overdraft", MEMBER.id) not in open_exceptions(office.database)
    upload(office, two)
    assert not open_exceptions(office.database), earned
    (settled,) = [row for row in rows(office.database, "exception") if row.kind == "provisional_overdrawn"]
    assert (settled.state, settled.resolution) == ("settled", "facts")


def test_once_a_day_a_right_ahead_for_who_was_seen_lately(office: HeadOffice) -> None:
    home, away = till_of(office, 1, branch=0), till_of(office, 2, branch=1)
    home.sell(earn=400)
    away.sell(earn=100)
    upload(office, home)
    upload(office, away)
    for till in (home, away):
        hello(office, till)  # what was earned there is everyone's now
    later(home, away, hours=40)
    table = schema.till
    for heard, given in ((CLOCK.now() - timedelta(days=2), 0), (CLOCK.now(), 1)):
        with office.database.write() as connection:
            connection.execute(update(table).values(last_contact_at=times.stored(heard)))
        assert rights_home.give_ahead(Units(office.database), CLOCK.now()) == given
    assert rights_home.give_ahead(Units(office.database, distributed=True), CLOCK.now()) == 0  # once a day
    right = kept(office.database, f"{MEMBER.id}:{business_date(CLOCK.now(), 'Asia/Bangkok'):%Y%m%d}")
    assert (right.right.kind, right.right.till_id, right.right.points) == (RightKind.HOME, home.id, 250)


def test_broken_off_between_two_members_the_next_hello_makes_it_good(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where tables lie apart each member is a transaction of its own; what was said counts when all are through."""
    till = till_of(office, 1)
    now = CLOCK.now()
    for member in MEMBERS[:3]:
        right = SpendingRight(new_id(), member.id, till.id, 1, RightKind.TOUCH, 50, now, now + timedelta(hours=12))
        with office.database.write() as connection:
            rights_ledger.write(connection, [Kept(right)])
    CLOCK.forward(timedelta(hours=20))
    units, write, turns = Units(office.database, distributed=True), rights_ledger.write, iter((0, 1))

    def breaks_off(connection: Connection, rights: list[Kept]) -> None:
        if next(turns):
            raise RuntimeError("the process ends here")
        write(connection, rights)

    def states() -> list[str]:
        return sorted(row.state for row in rows(office.database, "spending_right"))

    monkeypatch.setattr(rights_ledger, "write", breaks_off)
    with pytest.raises(RuntimeError):
        rights_ends.heard(units, till.id, 1, acked_seq=0, head_seq=0, applied_seq=0, now=CLOCK.now())
    assert states() == ["lapsed", "live", "live"] and not rows(office.database, "rights_mark")
    monkeypatch.undo()
    assert rights_ends.heard(units, till.id, 1, acked_seq=0, head_seq=0, applied_seq=0, now=CLOCK.now()) == 2
    assert states() == ["lapsed"] * 3 and len(rows(office.database, "rights_mark")) == 1
    assert rights_ends.heard(units, till.id, 1, acked_seq=0, head_seq=0, applied_seq=0, now=CLOCK.now()) == 0


def test_more_than_one_hello_can_end_are_not_held_up_by_those_that_wait(
    office: HeadOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights of the first members stay aside for a bill in quarantine; those behind them end none the less."""
    monkeypatch.setattr(rights_ends, "ENDED_MAX", 2)
    till = till_of(office, 1)
    now, named = CLOCK.now(), []
    for member in sorted(MEMBERS, key=lambda each: each.id):
        right = SpendingRight(new_id(), member.id, till.id, 1, RightKind.TOUCH, 50, now, now + timedelta(hours=12))
        named.append(right.id)
        with office.database.write() as connection:
            rights_ledger.write(connection, [Kept(right)])
    aside = SetAside(dict.fromkeys(named[:4], 50))
    monkeypatch.setattr(rights_aside, "read", lambda _connection, _till_id: aside)
    CLOCK.forward(timedelta(hours=20))
    for _ in range(4):
        rights_ends.heard(office.units, till.id, 1, acked_seq=0, head_seq=0, applied_seq=0, now=CLOCK.now())
    states = {row.id: row.state for row in rows(office.database, "spending_right")}
    assert [states[each] for each in named] == ["released"] * 4 + ["lapsed"]
