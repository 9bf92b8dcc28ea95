"""Which day of which till is complete: real tills, real uploads, in any order."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, update

from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import EventKind, ShiftClosed
from pos_member.headoffice import days, exceptions, schema, schema_sync, times
from pos_member.headoffice.days import DayState, TillDay
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till, make_return, new_id
from tests.log_watch import ExpectLog

ZONE = "Asia/Bangkok"
TODAY = CLOCK.now().date()


def close_day(till: Till, day: date = TODAY, **lies: Any) -> DayClosed:
    """As the till's own use case does it."""
    with till.folder.store.transaction() as tx:
        head, sums = tx.days.head(), tx.days.sums(day)
        values: dict[str, Any] = {
            "id": new_id(),
            "till_id": till.identity.id,
            "epoch": head.epoch,
            "business_date": day,
            "at": CLOCK.now(),
            "staff_id": "staff",
            "bills": sums.bills,
            "returns": sums.returns,
            "total_satang": sums.total_satang,
            "refund_satang": sums.refund_satang,
            "points_earned": sums.points_earned,
            "points_redeemed": sums.points_redeemed,
            "last_seq": head.seq,
            "chain": head.chain,
            "claims": sums.claims,
        }
        certificate = DayClosed(**(values | lies))
        tx.days.add(certificate, tx.announce(EventKind.DAY_CLOSED, certificate.id, certificate))
    return certificate


def take_back(till: Till, bill: Any) -> None:
    document = make_return(till.identity, bill, receipt_code=f"9{bill.receipt_code[1:]}")
    with till.folder.store.transaction() as tx:
        tx.add_return(document, tx.announce(EventKind.BILL_RETURNED, document.id, document))


def upload(till: Till, office: HeadOffice) -> None:
    assert till.engine(DirectLine(office)).sync_once().reason is None


def day_of(office: HeadOffice, till: Till, day: date = TODAY) -> TillDay:
    with office.database.read() as connection:
        (found,) = days.till_days(connection, day, day, ZONE, till.identity.id)
    return found


def test_a_day_is_complete_once_everything_up_to_its_certificate_is_here(office: HeadOffice, till: Till) -> None:
    bill = till.ring(member=MEMBERS[0], points=5)
    till.ring()
    take_back(till, bill)
    assert day_of(office, till).state is DayState.UNCERTIFIED
    upload(till, office)
    seen = day_of(office, till)
    assert (seen.state, seen.held.bills, seen.said) == (DayState.UNCERTIFIED, 2, None)
    certificate = close_day(till)
    upload(till, office)
    seen = day_of(office, till)
    assert (seen.state, seen.said, seen.missing, seen.differences) == (DayState.COMPLETE, certificate, (), ())
    assert (seen.held.returns, seen.held.points_earned) == (1, 5)


def test_a_day_that_goes_on_is_open_until_it_is_closed_again(office: HeadOffice, till: Till) -> None:
    till.ring()
    close_day(till)
    till.ring()
    upload(till, office)
    seen = day_of(office, till)
    assert (seen.state, seen.more.bills) == (DayState.GOES_ON, 1)
    close_day(till)
    upload(till, office)
    assert day_of(office, till).state is DayState.COMPLETE


def test_totals_that_differ_are_told_by_figure_and_make_a_case(office: HeadOffice, till: Till) -> None:
    bill = till.ring()
    close_day(till, total_satang=bill.total_satang + 500, points_earned=3)
    upload(till, office)
    seen = day_of(office, till)
    assert seen.state is DayState.DIFFERS
    told = {each.figure: each.said - each.held for each in seen.differences}
    assert told == {"total_satang": 500, "points_earned": 3}
    (case,) = days.findings([seen])
    assert (case.present, case.amount_satang, case.detail["figures"]) == (True, 500, ["total_satang", "points_earned"])
    close_day(till)
    upload(till, office)
    (case,) = days.findings([day_of(office, till)])
    assert not case.present


def test_a_closed_day_that_stays_incomplete_is_a_case_until_its_events_come(office: HeadOffice, till: Till) -> None:
    bills = [till.ring() for _ in range(3)]
    close_day(till)
    upload(till, office)
    with office.database.write() as connection:
        table = schema.event
        kept = [dict(row) for row in connection.execute(table.select().where(table.c.seq == 2)).mappings()]
        connection.execute(delete(table).where(table.c.seq == 2))
        connection.execute(delete(schema.bill).where(schema.bill.c.id == bills[1].id))
    seen = day_of(office, till)
    assert (seen.state, seen.missing) == (DayState.MISSING, ((2, 2),))
    (soon,) = days.gaps([seen], CLOCK.now() + days.GAP_AFTER - timedelta(seconds=1))
    assert not soon.present
    (case,) = days.gaps([seen], CLOCK.now() + days.GAP_AFTER)
    assert (case.present, case.amount_satang) == (True, bills[1].total_satang)
    assert case.detail == {"till_id": till.identity.id, "day": TODAY.isoformat(), "missing": [[2, 2]]}
    assert case.key[0] == till.identity.id
    weeks_later = CLOCK.now() + timedelta(days=days.DAYS_SHOWN + 7)
    with office.database.write() as connection:
        assert days.earlier(connection, weeks_later, ZONE) == ()
        exceptions.record(connection, [case], times.stored(CLOCK.now()))
        assert days.earlier(connection, CLOCK.now(), ZONE) == (), "looked at with the others"
        assert days.earlier(connection, weeks_later, ZONE) == (seen,)
        connection.execute(insert(schema.event), kept)
        (case,) = days.gaps(days.earlier(connection, weeks_later, ZONE), weeks_later)
        assert not case.present
        exceptions.record(connection, [case], times.stored(weeks_later))
        assert days.earlier(connection, weeks_later, ZONE) == ()


def test_another_chain_is_told(office: HeadOffice, till: Till) -> None:
    till.ring()
    close_day(till, chain="ab" * 32)
    upload(till, office)
    seen = day_of(office, till)
    assert (seen.state, [each.figure for each in seen.differences]) == (DayState.DIFFERS, ["chain"])


def test_events_that_head_office_lost_are_named(office: HeadOffice, till: Till) -> None:
    for _ in range(6):
        till.ring()
    close_day(till)
    upload(till, office)
    event = schema.event
    with office.database.write() as connection:
        connection.execute(delete(event).where(event.c.seq.in_((2, 3, 6))))
    seen = day_of(office, till)
    assert (seen.state, seen.missing) == (DayState.MISSING, ((2, 3), (6, 6)))


def test_what_is_set_aside_does_not_keep_a_day_open(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    expected_logs("put event 2 aside")
    till.ring()
    at = CLOCK.now()
    till.announce(EventKind.BILL_COMPLETED, ShiftClosed("s", "s", "x", at, at.date(), 1, 1, 1, 0))
    close_day(till)
    upload(till, office)
    seen = day_of(office, till)
    assert (seen.state, seen.set_aside) == (DayState.SET_ASIDE, 1)


def test_a_quiet_day_is_nothing_only_when_the_till_was_heard_of_after_it(office: HeadOffice, till: Till) -> None:
    upload(till, office)
    assert day_of(office, till).state is DayState.UNCERTIFIED  # it may still sell today
    later = datetime.combine(TODAY + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=3)
    with office.database.write() as connection:
        connection.execute(update(schema.till).values(last_contact_at=later.isoformat().replace("+00:00", "Z")))
    assert day_of(office, till).state is DayState.NOTHING
    assert day_of(office, till, TODAY + timedelta(days=1)).state is DayState.UNCERTIFIED


def test_a_day_is_open_until_midnight_in_the_shop_and_then_asks_for_its_certificate(
    office: HeadOffice, till: Till
) -> None:
    till.ring()
    upload(till, office)
    midnight = datetime.combine(TODAY + timedelta(days=1), datetime.min.time(), ZoneInfo(ZONE))

    def seen(now: datetime) -> TillDay:
        with office.database.read() as connection:
            (found,) = [each for each in days.lately(connection, now, ZONE) if each.day == TODAY]
        return found

    today = seen(midnight - timedelta(seconds=1))
    assert (today.state, today.held.bills) == (DayState.OPEN, 1)
    assert days.open_days([today], TODAY + timedelta(days=1)) == 0
    assert seen(midnight).state is DayState.UNCERTIFIED
    close_day(till)
    upload(till, office)
    assert seen(midnight - timedelta(seconds=1)).state is DayState.COMPLETE
    with office.database.write() as connection:
        connection.execute(delete(schema_sync.day_certificate))
        connection.execute(update(schema.till).values(revoked=True))
    assert seen(midnight - timedelta(seconds=1)).state is DayState.UNCERTIFIED  # it sells nothing more


def test_a_certificate_of_an_epoch_that_is_over_does_not_count(office: HeadOffice, till: Till) -> None:
    till.ring()
    close_day(till, epoch=7)
    upload(till, office)
    assert day_of(office, till).state is DayState.UNCERTIFIED
    close_day(till)
    upload(till, office)
    assert day_of(office, till).state is DayState.COMPLETE


def test_two_tills_in_any_order_end_complete_and_are_never_complete_too_soon(
    office: HeadOffice, tmp_path: Path
) -> None:
    line = DirectLine(office)
    dice = random.Random(6)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two", branch=1) as two:
        expected: dict[str, DayState] = {}
        for _ in range(60):
            till = dice.choice((one, two))
            act = dice.random()
            if act < 0.5:
                bill = till.ring(member=dice.choice((None, MEMBERS[1])), points=0)
                if dice.random() < 0.2:
                    take_back(till, bill)
            elif act < 0.7:
                close_day(till)
            else:
                upload(till, office)
                seen = day_of(office, till)
                held, closed = len(till.rung), [each for _, each in till.folder.store.days.certificates()]
                assert seen.held.bills == held
                if not closed:
                    wanted = DayState.UNCERTIFIED
                elif closed[-1].bills == held and closed[-1].returns == seen.held.returns:
                    wanted = DayState.COMPLETE
                else:
                    wanted = DayState.GOES_ON
                assert seen.state is wanted
                expected[till.identity.id] = wanted
        assert len(expected) == 2
        for till in (one, two):
            close_day(till)
            upload(till, office)
        with office.database.read() as connection:
            found = days.lately(connection, CLOCK.now(), ZONE)
        assert [each.state for each in found if each.day == TODAY] == [DayState.COMPLETE] * 2
        assert days.open_days(found, TODAY) == 0
        assert days.open_days(found, TODAY + timedelta(days=1)) == 0
        with office.database.write() as connection:
            connection.execute(delete(schema_sync.day_certificate))
            found = days.lately(connection, CLOCK.now(), ZONE)
            assert [each.state for each in found if each.day == TODAY] == [DayState.OPEN] * 2
            found = days.lately(connection, CLOCK.now() + timedelta(days=1), ZONE)
        assert days.open_days(found, TODAY + timedelta(days=1)) == 2


def test_a_bill_head_office_made_up_differs(office: HeadOffice, till: Till) -> None:
    """A row that came from nowhere: the till's word stands against it."""
    till.ring()
    close_day(till)
    upload(till, office)
    with office.database.write() as connection:
        row = dict(connection.execute(schema.bill.select()).mappings().one())
        connection.execute(insert(schema.bill).values(**(row | {"id": new_id()})))
    seen = day_of(office, till)
    assert (seen.state, {each.figure for each in seen.differences}) == (DayState.DIFFERS, {"bills", "total_satang"})
