"""Head office's jobs: expiry, clearing, top spenders, draws, occasions, segments, programs, what they cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from pos_member.domain import codec
from pos_member.domain.bill import BillDiscount, DiscountKind, ReturnLine
from pos_member.domain.coupon import Coupon
from pos_member.domain.draw_lots import DrawFault, DrawRecord, verify_draw
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.member import Member
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import PointKind
from pos_member.domain.program import Audience, Effect, EffectKind, Program, Window
from pos_member.domain.program_files import ProgramFile, write
from pos_member.domain.tally import TallyKind
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme
from pos_member.headoffice import (
    clearing_run,
    costs,
    draws,
    expiring,
    issuing,
    kept,
    leases,
    programs,
    rule_books,
    schema,
    segments,
    spending,
)
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.jobs import OFFICE, JobStopped, Watch
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.units import Units
from tests.db_support import SetClock
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    COMPANY,
    LOT,
    MEMBERS,
    make_bill,
    make_coupon,
    make_return,
    new_id,
    open_exceptions,
    rows,
    use,
)
from tests.headoffice.program_facts import (
    ONCE,
    TILLS,
    TODAY,
    TWICE,
    empty_office,
    later,
    rich_bill,
    rich_return,
    take_in,
    tally,
)
from tests.headoffice.test_program_facts import account

SOLD, BACK = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED
AFTER = datetime(LOT.year + 1, 1, 2, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_office(tmp_path) as made:
        yield made


def shop_settings(database: Database, **more: Any) -> None:
    with database.write() as connection:
        import_catalogue(connection, (replace(COMPANY, settings=replace(Settings(), **more)),))


def put(database: Database, *items: Program) -> None:
    with database.write() as connection:
        import_catalogue(connection, items)


# --- expiry ---


def test_what_is_past_its_last_day_is_brought_to_zero_once(database: Database) -> None:
    take_in(database, [(TILLS[0], SOLD, rich_bill(TILLS[0], 1))])
    assert expiring.expire(database, CLOCK.now(), new_id) == expiring.Expired()
    done = expiring.expire(database, AFTER, new_id)
    assert (done.members, done.points, done.stamps) == (2, 170, 3)
    row = account(database)
    assert (row.buckets, row.wallets, row.pending) == ("{}", "{}", "{}")
    made = [each for each in rows(database, "point_entry") if each.kind == PointKind.EXPIRE.value]
    assert sum(each.points for each in made) == -173
    assert {each.till_id for each in made} == {OFFICE}
    told = [each for each in rows(database, "feed") if each.entity == "account" and each.id == MEMBERS[0].id]
    assert json.loads(told[-1].body)["buckets"] == []
    assert expiring.expire(database, AFTER, new_id) == expiring.Expired()


def test_a_late_return_into_an_ended_lot_is_evened_out_the_next_time(database: Database) -> None:
    bill = make_bill(TILLS[0], 1, member=MEMBERS[0], points=40, redeem=0)
    take_in(database, [(TILLS[0], SOLD, bill)])
    expiring.expire(database, AFTER, new_id)
    earned = bill.point_entries[0]
    undone = replace(earned, id=new_id(), kind=PointKind.REVERSE, points=-40, reverses_id=earned.id)
    back = make_return(TILLS[0], bill, complete=True, bill_date=TODAY, point_entries=(undone,))
    later(database, (TILLS[0], BACK, back), 2, AFTER.date())
    assert json.loads(account(database).buckets) == {LOT.isoformat(): -40}
    assert open_exceptions(database) == {}
    assert expiring.expire(database, AFTER, new_id).points == -40
    assert account(database).buckets == "{}"


def test_expiry_goes_in_parts_and_goes_on_where_it_was_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "_ACCOUNTS", 2)
    bills = [(TILLS[0], SOLD, make_bill(TILLS[0], n + 1, member=MEMBERS[n], points=10, redeem=0)) for n in range(5)]
    take_in(database, bills)
    with pytest.raises(JobStopped):
        expiring.expire(database, AFTER, new_id, Watch(stopped=lambda: True))
    assert sum(row.buckets == "{}" for row in rows(database, "account")) == 2
    told: list[int] = []
    assert expiring.expire(database, AFTER, new_id, Watch(told.append)).points == 30
    assert told == [2, 4, 5]


def test_an_account_nobody_uses_ends_after_its_months_and_a_week(database: Database) -> None:
    shop_settings(
        database,
        points_expiry=PointsExpiry.INACTIVITY,
        points_expiry_months=12,
        currencies=(Currency("cup", "แก้ว", "Cup"),),
    )
    lots = tuple(replace(each, bucket=None, spendable_from=None) for each in rich_bill(TILLS[0], 1).point_entries)
    bill = rich_bill(TILLS[0], 1, point_entries=lots)
    take_in(database, [(TILLS[0], SOLD, bill)])
    end = datetime(TODAY.year + 1, TODAY.month, TODAY.day, 5, tzinfo=UTC)
    # The one who referred has never bought: nothing to count months from.
    assert expiring.expire(database, end + timedelta(days=expiring.INACTIVITY_GRACE_DAYS), new_id).points == 0
    assert expiring.expire(database, end + timedelta(days=expiring.INACTIVITY_GRACE_DAYS + 1), new_id).points == 120
    assert json.loads(account(database).wallets) == {"cup": {"": 3}}  # stamps of this shop never end


# --- clearing ---


def test_points_given_here_and_spent_there_are_cleared(database: Database) -> None:
    take_in(
        database,
        [
            (TILLS[0], SOLD, make_bill(TILLS[0], 1, member=MEMBERS[0], points=100, redeem=0)),
            (TILLS[1], SOLD, make_bill(TILLS[1], 1, member=MEMBERS[0], points=0, redeem=60)),
            (TILLS[2], SOLD, make_bill(TILLS[2], 1, member=MEMBERS[0], points=0, redeem=10)),
        ],
    )
    _till_rows(database)
    told: list[int] = []
    found = clearing_run.clear(database, TODAY, TODAY, Watch(told.append))
    here, there = BRANCHES[0].code, BRANCHES[1].code
    assert [(p.issuer, p.taker, p.points, p.satang) for p in found.branches] == [
        (here, here, 10, 100),
        (here, there, 60, 600),
    ]
    assert [(d.payer, d.payee, d.points, d.satang) for d in found.net_branches] == [(here, there, 60, 600)]
    assert [(p.issuer, p.taker, p.points) for p in found.brands] == [("CAFE", "CAFE", 70)]
    assert found.net_brands == ()
    assert clearing_run.clear(database, YESTERDAY, YESTERDAY).branches == ()


def test_points_brought_over_are_nobodys(database: Database) -> None:
    _till_rows(database)
    with database.write() as connection:
        here = schema.account.c.member_id == MEMBERS[4].id
        brought = json.dumps({LOT.isoformat(): 50})
        connection.execute(update(schema.account).where(here).values(buckets=brought))
    spent = make_bill(TILLS[1], 1, member=MEMBERS[4], points=0, redeem=30)
    take_in(database, [(TILLS[1], SOLD, spent)])
    found = clearing_run.clear(database, TODAY, TODAY)
    assert [(p.issuer, p.taker, p.points) for p in found.branches] == [("", BRANCHES[1].code, 30)]


def _till_rows(database: Database) -> None:
    """Tills as head office knows them: whose branch they stand in."""
    blank = {"public_key": "", "epoch": 1, "last_seq": 0, "chain": "", "revoked": False, "cursor": 0}
    blank |= {"enrolled_at": "", "app_version": ""}
    listed = [
        {"id": till.id, "number": till.number, "branch_id": till.branch_id, "label": till.label} for till in TILLS
    ]
    with database.write() as connection:
        connection.execute(insert(schema.till), [row | blank for row in listed])


# --- top spenders ---

TOP = Program(
    "top",
    "TOP",
    "ยอดซื้อสูงสุด",
    "Top spenders",
    Effect(EffectKind.TOP_SPENDER.value, coupon=ONCE.id, count=2),
    window=Window(date_from=date(2026, 1, 1), date_to=YESTERDAY),
    format=2,
)


def spend(n: int, member: int, satang: int, day: date = YESTERDAY) -> Any:
    bill = make_bill(TILLS[0], n, member=MEMBERS[member], points=0, redeem=0, business_date=day)
    line = replace(bill.lines[0], gross_satang=satang, net_satang=satang)
    return replace(bill, lines=(line,), gross_satang=satang, total_satang=satang)


def test_the_first_ones_get_their_coupon_once(database: Database) -> None:
    put(database, TOP)
    bills = [spend(1, 0, 50_000), spend(2, 1, 90_000), spend(3, 2, 70_000), spend(4, 3, 900_000, TODAY)]
    take_in(database, [(TILLS[0], SOLD, bill) for bill in bills])
    line = ReturnLine(1, 500, 60_000, 0)
    back = make_return(TILLS[0], bills[1], lines=(line,))
    later(database, (TILLS[0], BACK, back), 5)
    with database.write() as connection:
        found = spending.reward_top_spenders(connection, "TOP", CLOCK.now())
    assert spending.pay_out(Units(database), "TOP", CLOCK) == 2
    assert [(each.member_id, each.net_satang) for each in found.ranked] == [
        (MEMBERS[2].id, 70_000),
        (MEMBERS[0].id, 50_000),
    ]
    assert not found.held_before
    held = [codec.from_wire(Coupon, json.loads(row.body)) for row in rows(database, "coupon")]
    assert sorted(each.member_id or "" for each in held) == sorted((MEMBERS[0].id, MEMBERS[2].id))
    assert {(each.program_id, each.issued_till_id) for each in held} == {("top", OFFICE)}
    assert sum(row.entity == "coupon" for row in rows(database, "outgoing")) == 2
    later(database, (TILLS[0], SOLD, spend(6, 4, 999_000)), 6)
    with database.write() as connection:
        assert spending.held_ranking(connection, "top") == found.ranked
        again = spending.reward_top_spenders(connection, "TOP", CLOCK.now())
    assert (again.ranked, again.held_before) == (found.ranked, True)
    assert spending.pay_out(Units(database), "TOP", CLOCK) == 0
    assert len(rows(database, "coupon")) == 2


def test_winners_are_paid_once_however_many_ask(database: Database) -> None:
    put(database, TOP)
    take_in(database, [(TILLS[0], SOLD, spend(1, 0, 50_000)), (TILLS[0], SOLD, spend(2, 1, 90_000))])
    units, now = Units(database, distributed=True), CLOCK.now()
    assert spending.pay_out(units, "TOP", CLOCK) == 0, "nobody was ranked yet"
    with database.write() as connection:
        assert len(spending.reward_top_spenders(connection, "TOP", now).ranked) == 2
        leases.take(connection, "give:top", "another", now, leases.JOB_LASTS)
    assert spending.pay_out(units, "TOP", CLOCK) == 0, "somebody else is at it"
    with database.write() as connection:
        leases.give_up(connection, "give:top", "another")
    assert [spending.pay_out(units, "TOP", CLOCK) for _ in range(2)] == [2, 0]
    assert len(rows(database, "coupon")) == 2


def test_a_ranking_waits_for_the_end_of_its_window(database: Database) -> None:
    put(database, replace(TOP, window=Window(date_from=date(2026, 1, 1), date_to=TODAY + timedelta(days=1))))
    for code, reason in (("TOP", Reason.PROGRAM_STILL_RUNS), ("NONE", Reason.PROGRAM_UNKNOWN)):
        with pytest.raises(Refusal) as caught, database.write() as connection:
            spending.reward_top_spenders(connection, code, CLOCK.now())
        assert caught.value.reason is reason


def test_only_the_invited_are_ranked(database: Database) -> None:
    put(database, replace(TOP, audience=Audience(segments=("vip",))))
    take_in(database, [(TILLS[0], SOLD, spend(1, 0, 50_000)), (TILLS[0], SOLD, spend(2, 1, 10_000))])
    segments.set_segment(Units(database), "vip", [MEMBERS[1].number], CLOCK)
    with database.write() as connection:
        found = spending.reward_top_spenders(connection, "TOP", CLOCK.now())
    assert [each.member_id for each in found.ranked] == [MEMBERS[1].id]


# --- draws ---

DRAW = Program(
    "draw",
    "DRAW",
    "จับรางวัล",
    "Draw",
    Effect(EffectKind.DRAW_ENTRIES.value, count=1, step_satang=10_000),
    window=Window(date_from=date(2026, 1, 1), date_to=YESTERDAY),
    format=2,
)


def entries(n: int, member: int, count: int, day: date = YESTERDAY) -> Any:
    counted = (tally(TallyKind.ENTRIES, "draw", count, member),)
    return make_bill(TILLS[0], n, member=MEMBERS[member], points=0, redeem=0, tallies=counted, business_date=day)


def test_a_draw_is_closed_published_and_held_once(database: Database) -> None:
    put(database, DRAW)
    bills = [entries(1, 0, 5), entries(2, 1, 3), entries(3, 2, 9, TODAY), entries(4, 1, -1)]
    take_in(database, [(TILLS[0], SOLD, bill) for bill in bills])
    _till_rows(database)
    with database.write() as connection:
        with pytest.raises(Refusal) as caught:
            draws.hold(connection, "DRAW", "123456", 1, CLOCK.now())
        assert caught.value.reason is Reason.DRAW_NOT_LISTED
        so_far = draws.entries_so_far(connection, DRAW, TODAY)
        assert (draws.stored_list(connection, "draw"), draws.stored_record(connection, "draw")) == (None, None)
        closed = draws.close_list(connection, "DRAW", "สลากงวด 1", CLOCK.now())
    assert tuple(so_far) == closed.list.entries
    assert {(each.number, each.entries) for each in closed.list.entries} == {
        (MEMBERS[0].number, 5),
        (MEMBERS[1].number, 2),
    }
    assert (closed.closed_before, closed.silent_tills) == (False, 3)
    later(database, (TILLS[0], SOLD, entries(5, 3, 50)), 5)  # too late: the list is published
    with database.write() as connection:
        again = draws.close_list(connection, "DRAW", "another", CLOCK.now())
        assert (again.list, again.closed_before) == (closed.list, True)
        record = draws.hold(connection, "DRAW", " 123 456 ", 1, CLOCK.now())
        assert draws.hold(connection, "DRAW", "123456", 1, CLOCK.now()) == record
        with pytest.raises(Refusal) as caught:
            draws.hold(connection, "DRAW", "654321", 1, CLOCK.now())
    assert caught.value.reason is Reason.DRAW_HELD
    with database.read() as connection:
        assert draws.stored_record(connection, "draw") == record
    read = codec.from_bytes(DrawRecord, codec.canonical_bytes(record))
    assert verify_draw(read, closed.list.commitment) is None
    assert verify_draw(replace(read, winners=())) is DrawFault.WINNERS
    assert [row.state for row in rows(database, "office_run")] == ["held", "held"]


def test_a_draw_without_entries_or_still_running_is_refused(database: Database) -> None:
    put(
        database,
        DRAW,
        replace(DRAW, id="draw-2", code="DRAW2", window=Window(date_from=date(2026, 1, 1), date_to=TODAY)),
        TOP,
    )
    for code, reason in (
        ("DRAW", Reason.DRAW_EMPTY),
        ("DRAW2", Reason.PROGRAM_STILL_RUNS),
        ("TOP", Reason.PROGRAM_OTHER_KIND),
    ):
        with pytest.raises(Refusal) as caught, database.write() as connection:
            draws.close_list(connection, code, "", CLOCK.now())
        assert caught.value.reason is reason


# --- occasions, segments ---


def test_an_occasion_gives_each_member_one_coupon(database: Database) -> None:
    source = issuing.occasion_id("win back")
    numbers = [MEMBERS[0].number, MEMBERS[1].number, "2999999999999"]
    with database.read() as connection:
        definition = issuing.definition_named(connection, "TWICE")
        members = issuing.ids_numbered(connection, [*numbers, ""])
    assert members == {each.number: each.id for each in MEMBERS[:2]}

    def give(source: str, *ids: str) -> tuple[int, int]:
        return issuing.give(Units(database), definition, ids, source, CLOCK, TODAY)

    assert give(source, *members.values()) == (2, 0)
    assert give(source, *members.values(), MEMBERS[2].id) == (1, 2)
    assert give(issuing.occasion_id("second"), *members.values()) == (2, 0)
    held = [codec.from_wire(Coupon, json.loads(row.body)) for row in rows(database, "coupon")]
    assert len({each.code for each in held}) == 5
    assert {each.definition_id for each in held} == {TWICE.id}
    assert {each.issued_branch_id for each in held} == {BRANCHES[0].id}
    assert len({row.id for row in rows(database, "outgoing") if row.entity == "coupon"}) == 5
    with pytest.raises(Refusal):
        issuing.occasion_id("a|b")
    with pytest.raises(Refusal), database.read() as connection:
        issuing.definition_named(connection, "NONE")


def test_coupons_are_given_in_parts_and_never_twice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped, it goes on; what another run gave unseen is the same coupon, and stays as its bills left it."""
    monkeypatch.setattr(issuing, "_MEMBERS", 2)
    with database.read() as connection:
        definition = issuing.definition_named(connection, "TWICE")
    everybody = [each.id for each in MEMBERS]

    def give(watch: Watch | None = None) -> tuple[int, int]:
        return issuing.give(Units(database), definition, everybody, "occasion:x", CLOCK, TODAY, watch)

    with pytest.raises(JobStopped):
        give(Watch(stopped=lambda: True))
    assert len(rows(database, "coupon")) == 2
    told: list[int] = []
    assert give(Watch(told.append)) == (3, 2)
    assert told == [2, 4, 5]
    before = {row.code: row.member_id for row in rows(database, "coupon")}
    outgoing = len(rows(database, "outgoing"))
    with database.write() as connection:
        connection.execute(update(schema.coupon).values(state="redeemed"))
        secret = bytes.fromhex(kept.read_setting(connection, kept.TOKEN_SECRET))
        again = issuing._codes(connection, secret, "occasion:x", everybody)
    assert again == {member: code for code, member in before.items()}
    # A run that looked before the other gave them:
    coupons = issuing._missing(Units(database), definition, everybody, "occasion:x", CLOCK, TODAY, secret)
    issuing._write_apart(Units(database), coupons, "")
    assert {row.code: row.state for row in rows(database, "coupon")} == dict.fromkeys(before, "redeemed")
    assert len(rows(database, "outgoing")) == outgoing
    with database.write() as connection:
        taken = next(iter(before))
        connection.execute(update(schema.coupon).where(schema.coupon.c.code == taken).values(member_id="another"))
        moved = issuing._codes(connection, secret, "occasion:x", everybody)
    assert taken not in moved.values() and len(set(moved.values())) == len(everybody)


def test_a_segment_holds_just_the_members_of_the_list(database: Database) -> None:
    units = Units(database)
    first = segments.set_segment(units, "vip_1", [MEMBERS[0].number, MEMBERS[1].number, "1"], CLOCK)
    segments.set_segment(units, "vipx1", [MEMBERS[3].number], CLOCK)
    second = segments.set_segment(units, "vip_1", [MEMBERS[1].number, MEMBERS[2].number], CLOCK)
    assert first == segments.SegmentSet(2, 2, 0, 1)
    assert second == segments.SegmentSet(2, 1, 1, 0)
    held = {row.id: codec.from_wire(Member, json.loads(row.body)).segments for row in rows(database, "member")}
    assert [held[member.id] for member in MEMBERS] == [(), ("vip_1",), ("vip_1",), ("vipx1",), ()]
    told = {row.id: row for row in rows(database, "outgoing") if row.entity == "member"}
    assert set(told) >= {MEMBERS[0].id, MEMBERS[1].id, MEMBERS[2].id, MEMBERS[3].id}
    with pytest.raises(Refusal):
        segments.set_segment(units, "a b", [], CLOCK)


# --- programs and what they cost ---


def test_a_program_file_is_taken_in_whole_or_not_at_all(database: Database) -> None:
    file = ProgramFile((TOP, DRAW), (ONCE,))
    with database.write() as connection:
        assert programs.put(connection, write(file)) == programs.PutOutcome(("TOP", "DRAW"), (), ("ONCE",))
        assert programs.put(connection, write(file)).same == ("ONCE", "TOP", "DRAW")
    changed = ProgramFile((replace(TOP, name_en="Best"), replace(DRAW, id="other", code="NEW")), (ONCE,))
    with database.write() as connection:
        assert programs.put(connection, write(changed)) == programs.PutOutcome(("NEW",), ("TOP",), ("ONCE",))
        found = {each.program.code: each.program for each in programs.listed(connection)}
    assert (found["TOP"].version, found["TOP"].name_en, found["DRAW"].version) == (2, "Best", 1)
    data = json.loads(write(ProgramFile((replace(DRAW, id="third", code="THIRD"), TOP), ())))
    data["programs"][1]["effect"]["count"] = -1
    with pytest.raises(Refusal) as caught, database.write() as connection:
        programs.put(connection, json.dumps(data).encode())
    assert caught.value.params["where"] == "programs[1].effect.count"
    data["programs"][1] = {**data["programs"][0], "id": "fourth", "code": "NEW"}
    with pytest.raises(Refusal) as caught, database.write() as connection:
        programs.put(connection, json.dumps(data).encode())
    assert caught.value.params["where"] == "programs[1].code"
    assert "third" not in {row.id for row in rows(database, "catalogue")}


def test_settings_of_a_file_are_taken_only_when_asked_for(database: Database) -> None:
    cup, bowl = Currency("cup", "แก้ว", "Cup"), Currency("bowl", "ชาม", "Bowl")
    shop_settings(database, currencies=(bowl,), points_expiry_months=9)
    data = json.loads(write(ProgramFile((TOP,), (ONCE,))))
    data["settings"] = {"currencies": [codec.to_wire(cup)], "points_expiry_months": 9, "point_value_satang": 25}
    data["settings"]["member_number_key"] = "not the matter of a program file"
    raw = json.dumps(data).encode()
    with database.write() as connection:
        kept = programs.put(connection, raw)
        company = rule_books.organisation(connection)
    assert (kept.settings, kept.settings_left) == ((), ("currencies", "point_value_satang"))
    assert company is not None and company.settings.currencies == (bowl,)
    with database.write() as connection:
        assert programs.put(connection, raw, with_settings=True).settings == ("currencies", "point_value_satang")
        assert programs.put(connection, raw, with_settings=True).settings == ()
        company = rule_books.organisation(connection)
    assert company is not None
    assert (company.settings.currencies, company.settings.point_value_satang) == ((bowl, cup), 25)
    assert (company.settings.points_expiry_months, company.settings.member_number_key) == (9, "")


def test_stamps_that_the_shop_does_not_keep_are_refused(database: Database) -> None:
    shop_settings(database)
    cup = Currency("cup", "แก้ว", "Cup")
    card = replace(TOP, effect=Effect("earn_fixed", points=1, currency="cup"))
    raw = write(ProgramFile((card,), settings=Settings(currencies=(cup,))))
    with pytest.raises(Refusal) as caught, database.write() as connection:
        programs.put(connection, raw)
    assert caught.value.params["where"] == "programs[0].effect.currency"
    with database.write() as connection:
        assert programs.put(connection, raw, with_settings=True).new == ("TOP",)
        assert programs.put(connection, raw).same == ("TOP",), "the shop has them now"


def test_settings_that_no_till_could_work_by_come_in_by_no_way(database: Database) -> None:
    level = TierLevel("gold", "ทอง", "Gold", 5)
    bad = Settings(tiers=TierScheme(TierMetric.SPEND, (level,), window_months=0))
    with pytest.raises(Refusal) as caught, database.write() as connection:
        import_catalogue(connection, (replace(COMPANY, settings=bad),))
    assert caught.value.params["where"] == "organisation.settings.tiers.window_months"
    with pytest.raises(Refusal) as caught, database.write() as connection:
        programs.put(connection, write(ProgramFile((TOP,), (ONCE,), settings=bad)), with_settings=True)
    assert caught.value.params["where"] == "settings.tiers.window_months"
    assert "program" not in {row.entity for row in rows(database, "catalogue")}


def test_what_this_build_cannot_read_is_passed_on(database: Database) -> None:
    data = json.loads(write(ProgramFile((TOP,), (ONCE,))))
    data["programs"][0]["effect"] = {"kind": "hologram", "sparkle": 7}
    with database.write() as connection:
        programs.put(connection, json.dumps(data).encode())
        assert programs.put(connection, json.dumps(data).encode()).same == ("ONCE", "TOP")
    (row,) = [row for row in rows(database, "feed") if row.entity == "program"]
    assert json.loads(row.body)["effect"] == {"kind": "hologram", "sparkle": 7}


def test_what_a_program_cost(database: Database) -> None:
    off = BillDiscount(DiscountKind.PROGRAM, "earn", None, "ลด", "Off", 700)
    coupon = replace(make_coupon(TILLS[0], "8000000000000033"), program_id="earn")
    kept = rich_bill(TILLS[0], 1, discounts=(off,), coupons_issued=(coupon,))
    gone = rich_bill(TILLS[1], 1, member=1, discounts=(off,))
    used = make_bill(TILLS[0], 2, member=None, points=0, redeem=0, coupons_used=(use(coupon.code),))
    take_in(
        database,
        [
            (TILLS[0], SOLD, kept),
            (TILLS[0], SOLD, used),
            (TILLS[1], SOLD, gone),
            (TILLS[1], BACK, rich_return(gone, TILLS[1])),
        ],
    )
    with database.read() as connection:
        found = costs.costs(connection)
        by_day = costs.costs_by_day(connection, "earn")
        assert costs.costs(connection, TODAY + timedelta(days=1), TODAY + timedelta(days=2)) == {}
    earn = found["earn"]
    assert (earn.bills, earn.points, earn.discount_satang) == (1, 100, 700)
    assert (earn.coupons_issued, earn.coupons_used, earn.coupon_satang) == (1, 1, 2_000)
    assert earn.spent_satang(10) == 700 + 1_000 + 2_000
    assert (found["limited"].times, found["limited"].budget_satang) == (2, 1_500)
    assert by_day == [(TODAY, earn)]


# --- every day ---


def test_a_running_head_office_does_its_work_once_a_day(database: Database) -> None:
    clock = SetClock(CLOCK.now())
    work = DailyWork(HeadOffice(database, clock, new_id))
    take_in(database, [(TILLS[0], SOLD, rich_bill(TILLS[0], 1))])
    assert (work.run_if_due(), work.run_if_due()) == (True, False)
    assert json.loads(account(database).buckets) == {LOT.isoformat(): 120}
    clock.at = AFTER
    assert (work.run_if_due(), work.run_if_due()) == (True, False)
    assert account(database).buckets == "{}"
    clock.at = AFTER + timedelta(days=1)
    work.stop()
    with pytest.raises(JobStopped):  # it was asked to end: the day is not done, and comes again
        stopped_within(work, database)
    assert work.run_if_due()


def stopped_within(work: DailyWork, database: Database) -> None:
    many = [(TILLS[0], SOLD, make_bill(TILLS[0], n, member=MEMBERS[n], points=1, redeem=0)) for n in range(1, 4)]
    for seq, event in enumerate(many, 2):
        later(database, event, seq, AFTER.date())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expiring, "_ACCOUNTS", 1)
        work.run_if_due()
