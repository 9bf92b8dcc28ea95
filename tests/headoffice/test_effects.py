"""The second stage: whatever is interrupted, tried twice or side by side, every effect of an event happens once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from pos_member.domain.chain import GENESIS
from pos_member.domain.coupon import CouponEventKind
from pos_member.domain.events import CouponCancelled, EventKind, MemberEnrolled
from pos_member.domain.points import PointKind
from pos_member.headoffice import feed, schema, settling, world
from pos_member.headoffice.parts import MemberPart, Part
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import INLINE_EVENTS, HeadOffice
from pos_member.headoffice.settling import Signature
from pos_member.headoffice.stamper import LEASE_LASTS
from pos_member.headoffice.steps import AFTER, INTAKE
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    make_coupon,
    make_entry,
    make_member,
    make_return,
    new_id,
    open_exceptions,
    rows,
    use,
)
from tests.headoffice.offices import open_seeded
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import Crash, RawTill, assert_gap_free, crash_at, facts, worker
from tests.log_watch import ExpectLog

CODE = "8000000000000017"
NEWCOMER = make_member(900)


def busy_till(database: Database, place: int = 0) -> RawTill:
    """Every kind of effect: members, coupons, somebody who brought somebody, a return, an enrolment."""
    till = RawTill(database, TILLS[place])
    code = CODE[:-1] + str(place)
    till.add(EventKind.MEMBER_ENROLLED, MemberEnrolled(replace(NEWCOMER, id=new_id(), number=f"29{place:011d}"), ()))
    till.sell(MEMBERS[0], 10, MEMBERS[1], coupons_issued=(make_coupon(till.identity, code),))
    sold = till.sell(MEMBERS[1], 20, coupons_used=(use(code),))
    undone = replace(make_entry(till.identity, MEMBERS[1].id, PointKind.REVERSE, -20, sold.id), reason="return")
    back = make_return(till.identity, sold, points_taken_back=20, point_entries=(undone,), coupons_restored=(code,))
    till.add(EventKind.BILL_RETURNED, back)
    till.sell(None)
    till.sell(MEMBERS[0], 5)
    return till


def expected(folder: Path, till: RawTill) -> dict[str, list[object]]:
    """The facts of a head office to which nothing happened but this upload."""
    other = open_seeded(folder)
    RawTill(other.database, till.identity)
    till.push(other)
    assert_gap_free(other.database)
    found = facts(other.database)
    other.database.close()
    return found


@pytest.mark.parametrize("distributed", [False, True])
def test_a_crash_anywhere_leaves_nothing_to_do_twice_and_nothing_undone(
    office: HeadOffice, tmp_path: Path, distributed: bool
) -> None:
    """Every place of every turn: the process dies there, another goes on, the till sends again what it did not hear."""
    calm = tmp_path / "calm"
    calm.mkdir()
    passed: Counter[str] = Counter()
    counting = worker(tmp_path, lambda name: passed.update([name]), distributed=distributed)
    till = busy_till(office.database)
    wanted = expected(calm, till)
    till.push(counting)
    counting.database.close()
    assert set(passed) >= {*INTAKE, *AFTER} and facts(office.database) == wanted
    died = 0
    for step, turns in sorted(passed.items()):
        for turn in range(1, turns + 1):
            died += _dies(tmp_path / f"{step}-{turn}", till, step, turn, wanted, distributed=distributed)
    assert died == sum(passed.values())


def _dies(
    folder: Path, till: RawTill, step: str, turn: int, wanted: dict[str, list[object]], *, distributed: bool
) -> int:
    folder.mkdir()
    office = open_seeded(folder)
    RawTill(office.database, till.identity)
    doomed = worker(folder, crash_at(step, turn), distributed=distributed)
    with pytest.raises(Crash):
        till.push(doomed)
    doomed.database.close()
    assert len(rows(office.database, "event")) == (0 if step in INTAKE else len(till.queue))
    next_one = worker(folder, distributed=distributed)
    next_one.settle_effects()
    # Where the dead one held the lease it has to run out first.
    next_one.stamper.run(CLOCK.now() + LEASE_LASTS + timedelta(seconds=1))
    statuses = {item.status.value for item in till.push(next_one).items}
    assert statuses == {"applied" if step in INTAKE else "duplicate"}
    assert_gap_free(office.database)
    assert facts(office.database) == wanted, f"after {step}, turn {turn}"
    for each in (next_one, office):
        each.database.close()
    return 1


def test_two_workers_on_the_same_events_do_each_of_them_once(office: HeadOffice, tmp_path: Path) -> None:
    """Between any two units of one worker another goes through everything."""
    till = busy_till(office.database)
    calm = tmp_path / "calm"
    calm.mkdir()
    wanted = expected(calm, till)
    other = worker(tmp_path, distributed=True)
    helped: Counter[str] = Counter()

    def help_out(step: str) -> None:
        if step in ("unit", "settled", "taken"):
            helped[step] += other.settle_effects()

    busy = worker(tmp_path, help_out, distributed=True)
    till.push(busy)
    assert helped["taken"] == 1
    office.stamp()
    assert_gap_free(office.database)
    assert facts(office.database) == wanted
    for each in (busy, other):
        each.database.close()


@pytest.mark.parametrize(("helps_at", "left"), [(1, 0), (2, 2), (5, 1), (8, 0)])
def test_a_worker_that_is_overtaken_finds_done_what_the_other_did(
    office: HeadOffice, tmp_path: Path, helps_at: int, left: int
) -> None:
    till = busy_till(office.database)
    calm = tmp_path / "calm"
    calm.mkdir()
    wanted = expected(calm, till)
    other = worker(tmp_path, distributed=True)
    units = 0

    def overtake(step: str) -> None:
        nonlocal units
        units += step == "unit"
        if step == "unit" and units == helps_at:
            assert other.settle_effects() == 1

    busy = worker(tmp_path, overtake, distributed=True)
    till.push(busy)
    assert units - helps_at == left, "of the event it was at, the other parts; of those behind it, nothing"
    assert_gap_free(office.database)
    assert facts(office.database) == wanted
    for each in (busy, other):
        each.database.close()


def test_effects_that_were_applied_change_nothing_when_they_come_back(office: HeadOffice) -> None:
    """As when the row that says "to be done" is lost to a crash: done once more, nothing is told once more either."""
    till = busy_till(office.database)
    till.push(office)
    before, told = facts(office.database), len(rows(office.database, "feed"))
    waiting = [
        {"till_id": till.identity.id, "epoch": 1, "seq": event.seq, "at": "", "late": False} for event in till.queue
    ]
    with office.database.write() as connection:
        connection.execute(insert(schema.effect), waiting)
    assert office.settle_effects() == 1
    assert rows(office.database, "outgoing") == [] and rows(office.database, "effect") == []
    assert facts(office.database) == before and len(rows(office.database, "feed")) == told


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{}", b'{"id":'])
def test_an_event_that_cannot_be_read_any_more_holds_nobody_up(
    office: HeadOffice, damaged: bytes, expected_logs: ExpectLog
) -> None:
    """Damaged between the two stages: set aside, with those behind it and other tills applied."""
    office.settler = lambda: None
    tills = [RawTill(office.database, each) for each in sorted(TILLS[:2], key=lambda each: each.id)]
    for till in tills:
        for _ in range(INLINE_EVENTS + 1):
            till.sell(MEMBERS[0], 10)
        till.push(office)
    assert len(rows(office.database, "effect")) == 2 * (INLINE_EVENTS + 1)
    event, first = schema.event, tills[0].identity.id
    with office.database.write() as connection:
        here = (event.c.till_id == first) & (event.c.seq == 3)
        connection.execute(update(event).where(here).values(payload=damaged))
    expected_logs("cannot be read")
    # Another worker: the one that took them in still knows them.
    assert HeadOffice(office.database, CLOCK, new_id).settle_effects() == 2
    assert rows(office.database, "effect") == []
    [aside] = rows(office.database, "quarantine")
    assert (aside.till_id, aside.seq, aside.reason, aside.taken_in) == (first, 3, "payload", True)
    assert sum(row.points for row in rows(office.database, "point_entry")) == 10 * (2 * INLINE_EVENTS + 1)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_uploads_changes_no_fact(office: HeadOffice, tmp_path: Path, order: tuple[int, int]) -> None:
    tills = [busy_till(office.database, place) for place in (0, 1)]
    other = tmp_path / "other"
    other.mkdir()
    straight = open_seeded(other)
    for till in tills:
        RawTill(straight.database, till.identity)
        till.push(straight)
    for place in order:
        tills[place].push(office, 1, 3)
    for place in order:
        tills[place].push(office, 4)
    found, wanted = facts(office.database), facts(straight.database)
    # Rights are given ahead to whoever saw the member last: of that the order is part.
    for each in (found, wanted):
        del each["spending_right"]
        each["told"] = [row for row in each["told"] if row[0] != "right"]
    assert found == wanted
    straight.database.close()


def test_what_a_crash_left_of_a_till_is_applied_before_its_next_events(office: HeadOffice, tmp_path: Path) -> None:
    till = RawTill(office.database, TILLS[0])
    for points in (3, 4, 5):
        till.sell(MEMBERS[0], points)
    doomed = worker(tmp_path, crash_at("taken"))
    with pytest.raises(Crash):
        till.push(doomed, 1, 2)
    doomed.database.close()
    assert rows(office.database, "point_entry") == [] and len(rows(office.database, "effect")) == 2
    till.push(office, 3)
    assert [row.seq for row in rows(office.database, "point_entry")] == [1, 2, 3]
    assert_gap_free(office.database)


def test_a_tills_pull_finds_its_events_applied(office: HeadOffice, tmp_path: Path) -> None:
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 3)
    doomed = worker(tmp_path, crash_at("taken"))
    with pytest.raises(Crash):
        till.push(doomed)
    doomed.database.close()
    page = office.pull(till.identity.id, 0, 10_000)
    assert page.included_seq == 1
    assert [c.body["visits"] for c in page.changes if (c.entity, c.id) == ("account", MEMBERS[0].id)] == [1]


def test_a_figure_says_which_events_it_includes_while_the_page_cannot(office: HeadOffice, tmp_path: Path) -> None:
    """Of an event with two members only the first is applied: the page includes nothing, that account says it does."""
    till = RawTill(office.database, TILLS[0])
    first, second = sorted(MEMBERS[:2], key=lambda member: member.id)
    till.sell(first, 10, brought_by=second)
    doomed = worker(tmp_path, crash_at("unit"), distributed=True)
    with pytest.raises(Crash):
        till.push(doomed)
    doomed.database.close()
    office.stamp()

    def shown() -> tuple[int, dict[str, dict[str, str]]]:
        with office.database.read() as connection:
            page = feed.page(connection, till.identity.id, till.identity.branch_id, 1, 1, 0, 10_000)
        return page.included_seq, {c.id: dict(c.seen) for c in page.changes if c.entity == "account" and c.seen}

    assert shown() == (0, {first.id: {till.identity.id: "1.1"}})
    office.effects.settle(till.identity.id, CLOCK.now())
    assert shown()[0] == 0  # applied, but not told yet
    office.stamp()
    assert shown()[0] == 1
    other = RawTill(office.database, TILLS[1])
    other.sell(first, 1)
    other.push(office)
    (account,) = [row for row in rows(office.database, "account") if row.member_id == first.id]
    assert till.identity.id not in account.seen  # the page says it for all by now


def _fails_for(monkeypatch: pytest.MonkeyPatch, seq: int) -> None:
    honest = world.World.apply

    def faulty(self: world.World, part: Part) -> bool:
        if part.told.seq == seq and isinstance(part, MemberPart) and part.member_id == MEMBERS[1].id:
            raise ZeroDivisionError
        return honest(self, part)

    monkeypatch.setattr(world.World, "apply", faulty)


@pytest.mark.parametrize("distributed", [False, True])
def test_an_effect_that_fails_is_set_aside_with_what_waits_for_it_and_taken_in_later(
    office: HeadOffice, tmp_path: Path, expected_logs: ExpectLog, distributed: bool
) -> None:
    expected_logs("does not apply", 40)
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 1)
    bad = till.sell(MEMBERS[1], 20, brought_by=MEMBERS[2])
    undone = replace(make_entry(till.identity, MEMBERS[1].id, PointKind.REVERSE, -20, bad.id), reason="return")
    till.add(EventKind.BILL_RETURNED, make_return(till.identity, bad, point_entries=(undone,), points_taken_back=20))
    till.sell(MEMBERS[1], 7)
    at_work = worker(tmp_path, distributed=distributed)
    with pytest.MonkeyPatch.context() as patched:
        _fails_for(patched, 2)
        answer = till.push(at_work)
    assert [(item.status.value, item.reason) for item in answer.items] == [
        ("applied", ""),
        ("quarantined", "apply"),
        ("quarantined", "waits"),
        ("applied", ""),
    ]
    assert {row.seq for row in rows(office.database, "point_entry") if row.member_id == MEMBERS[1].id} == {4}
    assert len([key for key in open_exceptions(office.database) if key[0] == "poison"]) == 2
    assert_gap_free(office.database)
    with office.database.write() as connection:
        by = Signature(new_id(), "สมศรี", "แก้แล้ว", CLOCK.now())
        assert settling.reapply(connection, till.identity.id, 10**6, by) == (2, 0)
    at_work.settle_effects()
    at_work.stamp()
    assert sorted(row.seq for row in rows(office.database, "point_entry") if row.member_id == MEMBERS[1].id) == [
        2,
        3,
        4,
    ]
    assert [row.seq for row in rows(office.database, "point_entry") if row.member_id == MEMBERS[2].id] == [2]
    assert open_exceptions(office.database) == {} and rows(office.database, "quarantine") == []
    assert [row.id for row in rows(office.database, "bill")].count(bad.id) == 1
    with office.database.read() as connection:
        late = select(schema.feed.c.origin_seq).where(schema.feed.c.origin_seq.in_((2, 3)))
        assert connection.execute(late).all() == []
    assert_gap_free(office.database)
    at_work.database.close()


def test_an_event_told_again_in_a_new_epoch_is_known_by_its_id(office: HeadOffice) -> None:
    """A restored till tells what it has under new numbers; what it went on to sell there is new."""
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 3)
    till.sell(MEMBERS[0], 4)
    till.push(office)
    before, held = facts(office.database), list(till.queue)
    with office.database.write() as connection:
        here = schema.till.c.id == till.identity.id
        connection.execute(schema.till.update().where(here).values(epoch=2, last_seq=0, chain=GENESIS))
    till.told_anew(2, held[1:])
    till.sell(MEMBERS[1], 9)
    answer = till.push(office)
    assert [item.status.value for item in answer.items] == ["duplicate", "applied"]
    assert {item.status.value for item in till.push(office).items} == {"duplicate"}
    after = facts(office.database)
    assert len(after["bill"]) == len(before["bill"]) + 1
    assert len(after["point_entry"]) == len(before["point_entry"]) + 1
    assert [(row.epoch, row.seq, row.payload) for row in rows(office.database, "event_again")] == [(2, 1, None)]


def test_another_body_under_a_known_id_is_a_fork_kept_with_its_bytes(office: HeadOffice) -> None:
    till = RawTill(office.database, TILLS[0])
    bill = till.sell(MEMBERS[0], 3)
    till.push(office)
    with office.database.write() as connection:
        here = schema.till.c.id == till.identity.id
        connection.execute(schema.till.update().where(here).values(epoch=2, last_seq=0, chain=GENESIS))
    till.told_anew(2, [])
    forged = till.add(EventKind.BILL_COMPLETED, replace(bill, points_earned=99))
    till.sell(MEMBERS[1], 1)
    answer = till.push(office)
    assert [(item.status.value, item.reason) for item in answer.items] == [("quarantined", "fork"), ("applied", "")]
    (kept,) = rows(office.database, "event_again")
    assert (kept.payload, kept.event_id) == (forged.payload, bill.id)
    assert ("fork", f"{till.identity.id}:2:1") in open_exceptions(office.database)
    assert len(rows(office.database, "bill")) == 2
    with office.database.write() as connection:
        by = Signature(new_id(), "สมศรี", "ดูแล้ว", CLOCK.now())
        settling.reapply(connection, till.identity.id, 10**6, by)
    assert len(rows(office.database, "bill")) == 2  # it never slips in


def test_a_coupon_cancelled_at_two_tills_is_told_once(office: HeadOffice) -> None:
    tills = [RawTill(office.database, identity) for identity in TILLS[:2]]
    tills[0].sell(None, coupons_issued=(make_coupon(tills[0].identity, CODE),))
    tills[0].push(office)
    for till in tills:
        till.add(EventKind.COUPON_CANCELLED, CouponCancelled(CODE, "staff", "x", CLOCK.now()))
        till.push(office)
    moves = [(row.kind, row.till_id) for row in rows(office.database, "coupon_event")]
    assert moves == [(CouponEventKind.CANCELLED.value, tills[0].identity.id)]
    assert len([row for row in rows(office.database, "feed") if row.id == CODE]) == 2
