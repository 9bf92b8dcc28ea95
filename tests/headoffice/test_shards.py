"""The rules by which head office's tables can be spread over machines: keys, transactions, and what is not used."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint, delete, insert, update

from pos_member.domain import codec
from pos_member.domain.chain import payload_hash
from pos_member.domain.consent import Consent, Purpose
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import (
    AuditRecord,
    BillClaimed,
    ConsentChanged,
    CouponCancelled,
    EventKind,
    MemberEnrolled,
    MemberUpdated,
    PointsAdjusted,
    ShiftClosed,
    ShiftOpened,
)
from pos_member.domain.member import Identified
from pos_member.domain.points import PointKind
from pos_member.domain.tally import Tally, TallyKind
from pos_member.headoffice import expiring, schema, settling
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from tests.headoffice import shard_work
from tests.headoffice.console_support import signed_in
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    database_url,
    make_bill,
    make_coupon,
    make_entry,
    make_member,
    make_return,
    new_id,
    use,
)
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill, assert_gap_free, worker
from tests.headoffice.shard_recorder import REFERENCE, SHARDS, Work, recorded
from tests.source_tree import modules

CODE = "8000000000000017"
CODE_LIMITED = "limited"


def test_every_table_is_sorted_into_a_shard_or_is_small() -> None:
    tables = set(schema.metadata.tables)
    assert tables == set(SHARDS) | REFERENCE and not set(SHARDS) & REFERENCE


@pytest.mark.parametrize("name", sorted(SHARDS))
def test_keys_begin_with_the_shard_and_nothing_is_unique_across_shards(name: str) -> None:
    table, column = schema.metadata.tables[name], SHARDS[name][1]
    key = [each.name for each in table.primary_key.columns]
    assert key[0] == column
    assert not [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    for index in table.indexes:
        assert not index.unique or next(iter(index.columns)).name == column
    assert not table.foreign_keys


@pytest.mark.parametrize("name", sorted(schema.metadata.tables))
def test_no_number_comes_from_a_sequence(name: str) -> None:
    table = schema.metadata.tables[name]
    assert table.autoincrement_column is None
    assert all(column.default is None and column.identity is None for column in table.columns)


def test_no_locks_notes_or_triggers_of_one_machine() -> None:
    words = r"pg_advisory|pg_try_advisory|\blisten\b\s+\w|\bnotify\b\s+\w|create\s+trigger|nextval"
    banned = re.compile(words, re.IGNORECASE)
    for module in modules():
        if not module.path.startswith("pos_member/headoffice/"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_statement(node.value):
                assert not banned.search(node.value), f"{module.path}:{node.lineno}"
    for one in ("SELECT pg_advisory_lock(1)", "LISTEN feed", "CREATE TRIGGER x"):
        assert _is_statement(one) and banned.search(one)


def _is_statement(text: str) -> bool:
    """Not prose: what is said of these in words is no use of them."""
    return re.match(r"\s*(select|listen|notify|create|insert|update|delete|with|do)\b", text, re.IGNORECASE) is not None


def every_kind(till: RawTill) -> None:
    """An event of every kind there is."""
    now, day = CLOCK.now(), CLOCK.now().date()
    newcomer = make_member(901)
    purpose = next(iter(Purpose))
    consent = Consent(new_id(), newcomer.id, purpose, True, "1", "", "th", "till", "staff", till.identity.id, now)
    shift = new_id()
    till.add(EventKind.SHIFT_OPENED, ShiftOpened(shift, "staff", till.identity.id, now, day, 0))
    till.add(EventKind.MEMBER_ENROLLED, MemberEnrolled(newcomer, (consent,)), newcomer.id)
    till.add(EventKind.MEMBER_UPDATED, MemberUpdated(replace(newcomer, first_name="มาลี")))
    till.add(EventKind.CONSENT_CHANGED, ConsentChanged(replace(consent, id=new_id(), granted=False)))
    given = Tally(TallyKind.TOTAL, CODE_LIMITED, "", 1)
    issued = (make_coupon(till.identity, CODE),)
    till.sell(MEMBERS[0], 10, MEMBERS[1], coupons_issued=issued, tallies=(given,))
    sold = till.sell(MEMBERS[1], 20, coupons_used=(use(CODE),))
    undone = replace(make_entry(till.identity, MEMBERS[1].id, PointKind.REVERSE, -20, sold.id), reason="return")
    back = make_return(till.identity, sold, point_entries=(undone,), points_taken_back=20, coupons_restored=(CODE,))
    till.add(EventKind.BILL_RETURNED, back)
    till.add(EventKind.COUPON_CANCELLED, CouponCancelled(CODE, "staff", "x", now))
    entries = (make_entry(till.identity, MEMBERS[2].id, PointKind.ADJUST, 40, None),)
    till.add(EventKind.POINTS_ADJUSTED, PointsAdjusted(new_id(), MEMBERS[2].id, entries, "ชดเชย", "staff", "boss"))
    plain = till.sell(None)
    earned = (make_entry(till.identity, MEMBERS[3].id, PointKind.EARN, 4, plain.id),)
    claimed = BillClaimed(
        new_id(), plain.id, MEMBERS[3].id, Identified.CARD, till.identity.id, "staff", "boss", now, day, earned
    )
    till.add(EventKind.BILL_CLAIMED, claimed)
    till.add(EventKind.AUDIT, AuditRecord(new_id(), "drawer_opened", "staff", "", till.identity.id, now, "", ""))
    till.add(EventKind.SHIFT_CLOSED, ShiftClosed(new_id(), shift, "staff", now, day, 0, 0, 2, 1))
    seq, chain = till.queue[-1].seq, till.queue[-1].chain
    closed = DayClosed(new_id(), till.identity.id, 1, day, now, "staff", 3, 1, 0, 0, 30, 0, seq, chain)
    till.add(EventKind.DAY_CLOSED, closed)
    till.add_bytes(EventKind.BILL_COMPLETED, b"not a bill", new_id())


@pytest.mark.one_database("the statements are the same; SQLite shows all of them, where PostgreSQL also has COPY")
def test_no_transaction_writes_more_than_one_shard(office: HeadOffice, tmp_path: Path) -> None:
    """Enrolment, every kind of event, an event set aside and taken in again, expiry, numbering: all of it."""
    limited = CouponDefinition(CODE_LIMITED, "LIM", "คูปอง", "Coupon", CouponValueKind.AMOUNT, 2_000, total=50)
    with office.database.write() as connection:
        import_catalogue(connection, (limited,))
    at_work = worker(tmp_path, distributed=True)
    till = RawTill(office.database, TILLS[0])
    every_kind(till)
    assert {event.kind for event in till.queue} == {kind.value for kind in EventKind}
    by = Signature(new_id(), "สมศรี", "แก้แล้ว", CLOCK.now())
    with recorded(at_work.database.engine) as recorder, DirectLine(at_work).enrolled(tmp_path, "real") as enrolled:
        answer = till.push(at_work)
        repair(at_work, till)
        with at_work.database.write() as connection:
            assert settling.reapply(connection, till.identity.id, 10**6, by) == (1, 0)
        at_work.settle_effects()
        for till_id in (enrolled.identity.id, till.identity.id):
            at_work.pull(till_id, 0, 1_000)
        later = CLOCK.now() + timedelta(days=3_000)
        done = expiring.expire(at_work.database, later, new_id, distributed=True)
        at_work.stamp()
    assert [item.status.value for item in answer.items] == ["applied"] * 14 + ["quarantined"] and done.members > 2
    assert_gap_free(office.database)
    assert recorder.faults == []
    written = "till effect event bill bill_return bill_claim shift audit day_certificate quarantine quota tally member "
    written += "consent account applied point_entry coupon coupon_event exception outgoing revision feed"
    assert recorder.tables() >= set(written.split())
    assert len(recorder.committed) > 40
    at_work.database.close()


@pytest.mark.one_database("the statements are the same")
def test_what_reaches_many_members_keeps_to_one_shard_at_a_time(tmp_path: Path) -> None:
    """Hello, rights asked for and given back, redeemed, void, written off; the daily work, commands, the console, a
    stick."""
    with shard_work.apart(tmp_path) as (server, at_work):
        aside = open_database(database_url(tmp_path))
        one, two = shard_work.tills_of(aside)
        with recorded(at_work.database.engine) as recorder:
            shard_work.sales(at_work, one)
            shard_work.rights_go_round(at_work, one, two)
            shard_work.best_customers(at_work, one)
            shard_work.written_off(at_work, two, lambda: signed_in(server))
            shard_work.days(at_work, (one, two))
            shard_work.once_a_day(at_work, aside, one)
            shard_work.commands(at_work)
            shard_work.by_stick(at_work, tmp_path)
            shard_work.restored(at_work, one)
            at_work.stamp()
        aside.close()
    assert recorder.faults == []
    written = (
        "till till_epoch rights_mark spending_right account point_entry coupon_hold denied exception outgoing feed"
    )
    assert recorder.tables() >= set(written.split())


@pytest.mark.one_database("the statements are the same")
def test_rights_of_two_members_ended_at_once_are_seen(office: HeadOffice, tmp_path: Path) -> None:
    """The same hello where the units are packed, as nobody may where tables lie apart."""
    till, _ = shard_work.tills_of(office.database)
    with recorded(office.database.engine) as recorder:
        shard_work.sales(office, till)
    [ended] = [work for work in recorder.faults if work.tables == {"account", "coupon_hold", "spending_right"}]
    assert {shard for kind, shard in ended.touched if kind == "member"} == {each.id for each in shard_work.PEOPLE}


@pytest.mark.one_database("the statements are the same")
def test_the_recorder_sees_what_goes_beyond_a_shard(office: HeadOffice) -> None:
    """Also what the packed way of one database does, which is not meant for several."""
    till = RawTill(office.database, TILLS[0])
    every_kind(till)
    with recorded(office.database.engine) as packed:
        till.push(office)
    assert packed.faults
    table = schema.quota
    row = {"till_id": "t1", "key": "k", "times": 1, "satang": None, "used_times": 0, "used_satang": 0, "closed": False}
    told = {"shard": "m1", "kind": "k", "subject_id": "s", "state": "open", "amount_satang": 0, "points": 0}
    case = told | {"detail": "{}", "first_at": "", "changed_at": ""}

    def planted(*statements: object) -> list[Work]:
        with recorded(office.database.engine) as recorder, office.database.write() as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]
        return recorder.faults

    assert planted(insert(table).values(row)) == []
    assert planted(insert(schema.exception).values(case)) == []
    assert planted(update(table).where(table.c.till_id == "t1").values(times=2)) == []
    assert planted(update(table).values(times=3))
    assert planted(update(table).where(table.c.key == "k").values(times=3))
    assert planted(update(table).where(table.c.till_id.in_(["t1", "t2"])).values(times=3))
    assert planted(insert(table).values([row | {"till_id": "t3"}, row | {"till_id": "t4"}]))
    elsewhere = update(schema.exception).where(schema.exception.c.shard == "m1").values(points=1)
    assert planted(elsewhere) == []
    assert planted(update(table).where(table.c.till_id == "t1").values(times=4), elsewhere)
    assert planted(delete(schema.account).where(schema.account.c.visits == 0))


def repair(office: HeadOffice, till: RawTill) -> None:
    """As an upgrade that can read what was set aside: its bytes are a bill by now."""
    bill = make_bill(till.identity, 99, member=MEMBERS[4], points=3, redeem=0)
    payload = codec.canonical_bytes(bill)
    table = schema.event
    changed = update(table).where(table.c.till_id == till.identity.id, table.c.seq == till.queue[-1].seq)
    with office.database.write() as connection:
        connection.execute(changed.values(payload=payload, sha256=payload_hash(payload)))
