"""A bill in quarantine may have spent points: they stay aside, so that none is spent twice when it is taken in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pos_member.domain import codec
from pos_member.domain.chain import link, payload_hash
from pos_member.domain.events import EventKind
from pos_member.domain.rights import SpendingRight
from pos_member.headoffice import rights_aside, rights_ends, rights_grants, schema, settling
from pos_member.headoffice.exceptions import ExceptionKind, Resolution
from pos_member.headoffice.rights_aside import READ_MAX
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import protocol
from tests.headoffice.office_support import CLOCK, new_id, open_exceptions, rows
from tests.headoffice.rights_support import (
    MEMBER,
    SETTINGS,
    MemoryTill,
    account,
    give,
    strict,
    take_in,
    upload,
)


def touch(office: HeadOffice, till: MemoryTill) -> int:
    with office.database.write() as connection:
        given = rights_grants.touch(connection, till.id, till.epoch, [MEMBER.id], CLOCK.now(), new_id)
    till.now = CLOCK.now()
    till.hold(*given)
    return till.guaranteed()


def hello(office: HeadOffice, till: MemoryTill) -> None:
    """Its queue is empty: all that it did is acknowledged."""
    now, seq = CLOCK.now(), till.seq
    rights_ends.heard(office.units, till.id, till.epoch, acked_seq=till.acked, head_seq=seq, applied_seq=seq, now=now)


def spend(office: HeadOffice, till: MemoryTill) -> None:
    """Two hundred points of a right over three hundred, on a bill that waits."""
    give(office, 300)
    touch(office, till)
    till.sell(spend=200)


def set_aside(office: HeadOffice, till: MemoryTill) -> None:
    """All that waits at the till is in quarantine."""
    upload(strict(office), till, reason="too_large")


def nothing_wrong(office: HeadOffice, points: int) -> None:
    assert sum(account(office.database).buckets.values()) == points
    assert not open_exceptions(office.database)


def test_what_it_names_stays_aside_after_the_right_lapsed(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    spend(office, one)
    set_aside(office, one)
    CLOCK.forward(timedelta(hours=48))
    for _ in range(2):
        hello(office, one)
        assert touch(office, two) == 100, "the rest is free as ever"
    assert take_in(office, one) == 1
    two.sell(spend=100)
    upload(office, two)
    for till in tills:
        hello(office, till)
    assert touch(office, one) == 0
    nothing_wrong(office, 0)


def test_of_what_was_earned_there_too(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    one, two = tills
    one.sell(earn=80)
    one.sell(spend=30)
    upload(office, one, 1)
    set_aside(office, one)
    hello(office, one)
    assert touch(office, two) == 50
    take_in(office, one)
    nothing_wrong(office, 50)


def test_asked_for_again_it_gives_only_the_rest(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    """As a till asks after its bills were acknowledged."""
    one, _ = tills
    one.sell(earn=80)
    one.sell(spend=30)
    upload(office, one, 1)
    set_aside(office, one)
    with office.database.write() as connection:
        forgotten = rights_grants.Forgotten(one.acked, rights_aside.read(connection, one.id))
        given = rights_grants.touch(connection, one.id, 1, [MEMBER.id], CLOCK.now(), new_id, forgotten)
    assert [right.points for right in given] == [50]


def test_of_what_was_given_back(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    one, two = tills
    spend(office, one)
    rights_ends.release(office.units, one.id, [one.give_back(each) for each in list(one.held)], CLOCK.now())
    set_aside(office, one)
    hello(office, one)
    assert touch(office, two) == 100
    take_in(office, one)
    hello(office, one)
    nothing_wrong(office, 100)


def test_of_an_epoch_that_its_till_says_is_over(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    one, two = tills
    spend(office, one)
    set_aside(office, one)
    rights_ends.void_epoch(office.units, one.id, 1, CLOCK.now(), CLOCK.now())
    assert touch(office, two) == 100
    take_in(office, one)
    nothing_wrong(office, 100)


def test_a_person_who_settles_its_case_frees_them(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    one, two = tills
    spend(office, one)
    set_aside(office, one)
    CLOCK.forward(timedelta(hours=48))
    hello(office, one)
    assert touch(office, two) == 100
    [(kind, subject)] = open_exceptions(office.database)
    with office.database.write() as connection:
        by = Signature(new_id(), "ann", "no bill at all", CLOCK.now())
        assert kind == ExceptionKind.POISON and settling.settle(connection, kind, subject, Resolution.MISTAKE, by)
    hello(office, one)
    assert touch(office, two) == 300


def unreadable(office: HeadOffice, till: MemoryTill) -> bytes:
    """Its first waiting bill reaches head office as bytes that nobody can read. Returns what it should have been."""
    (seq, bill), chain = till.queue[0], rows(office.database, "till")[0].chain
    payload = b'{"newer":"' + bill.id.encode() + b'"}'
    sha = payload_hash(payload)
    kind, at = EventKind.BILL_COMPLETED, bill.completed_at
    event = QueuedEvent(seq, bill.id, kind, 1, payload, sha, link(chain, seq, sha), at)
    answer = office.push(till.id, protocol.encode_batch(till.epoch, [event]))
    assert [item.reason for item in answer.items] == ["payload"]
    till.acknowledge(seq)
    return codec.canonical_bytes(bill)


def test_of_one_that_cannot_be_read_everything_the_till_had(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    """And nothing of what it was given afterwards."""
    one, two = tills
    spend(office, one)
    body = unreadable(office, one)
    CLOCK.forward(timedelta(hours=13))
    give(office, 60)
    assert touch(office, one) == 60
    CLOCK.forward(timedelta(hours=48))
    for _ in range(2):
        hello(office, one)
        assert touch(office, two) == 60
    table = schema.event
    with office.database.write() as connection:
        values = {"payload": body, "sha256": payload_hash(body)}
        connection.execute(update(table).where(table.c.till_id == one.id).values(**values))
    assert take_in(office, one) == 1
    hello(office, one)
    assert touch(office, two) == 160
    nothing_wrong(office, 160)


def test_a_till_that_is_written_off_frees_them_at_the_shops_risk(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    spend(office, one)
    unreadable(office, one)
    CLOCK.forward(timedelta(hours=48))
    hello(office, one)
    assert touch(office, two) == 0
    assert rights_ends.write_off(office.units, one.id, CLOCK.now()) == 1
    assert touch(office, two) == 300


def test_bytes_that_are_not_what_the_till_wrote_say_nothing(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, _ = tills
    right = give_right(office, one)
    one.hold(right)
    one.sell(spend=10)
    set_aside(office, one)
    with office.database.read() as connection:
        assert dict(rights_aside.read(connection, one.id).named) == {right.id: 10}
    table = schema.event
    with office.database.write() as connection:
        connection.execute(update(table).where(table.c.till_id == one.id).values(sha256="0" * 64))
        found = rights_aside.read(connection, one.id)
    assert (dict(found.named), len(found.unread)) == ({}, 1)


def given_back(office: HeadOffice, one: MemoryTill) -> None:
    """Two hundred were spent on a bill that is not sent yet."""
    one.sell(spend=200)
    told = [one.give_back(each) for each in list(one.held)]
    rights_ends.release(office.units, one.id, told, CLOCK.now())


@pytest.mark.parametrize("head_seq", [0, 1], ids=["said before, held up by the line", "said after"])
def test_what_bills_on_their_way_spent_of_a_right_given_back_stays_aside(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill], head_seq: int
) -> None:
    """What the till said before it gave the right back is settled by the hello; of this bill it said nothing."""
    one, two = tills
    give(office, 300)
    touch(office, one)
    hello(office, one)
    given_back(office, one)
    now = CLOCK.now()
    rights_ends.heard(office.units, one.id, 1, acked_seq=0, head_seq=head_seq, applied_seq=0, now=now)
    assert touch(office, two) == 100
    two.sell(spend=100)
    for till in tills:
        upload(office, till)
    nothing_wrong(office, 0)


def test_what_was_said_to_be_spent_and_never_came_is_free_in_the_end(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    give(office, 300)
    touch(office, one)
    given_back(office, one)
    one.queue.clear()
    one.seq = 0
    CLOCK.forward(rights_grants.margin(SETTINGS) + timedelta(minutes=1))
    hello(office, one)
    assert touch(office, two) == 300


def test_nothing_ends_while_a_bill_that_was_taken_in_again_waits(
    office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    spend(office, one)
    set_aside(office, one)
    CLOCK.forward(timedelta(hours=48))
    with office.database.write() as connection:
        by = Signature(new_id(), "ann", "taken in", CLOCK.now())
        assert settling.reapply(connection, one.id, protocol.Limits().event_bytes, by) == (1, 0)
    now = CLOCK.now()
    assert rights_ends.release_own(office.units, one.id, 1, 0, now, now, upto=1) == 0
    assert touch(office, two) == 0


def test_of_very_many_nobody_reads_every_one(office: HeadOffice, tills: tuple[MemoryTill, MemoryTill]) -> None:
    one, two = tills
    give(office, 300)
    touch(office, one)
    for _ in range(READ_MAX + 1):
        one.sell(spend=1)
    set_aside(office, one)
    CLOCK.forward(timedelta(hours=48))
    hello(office, one)
    assert touch(office, two) == 0
    assert take_in(office, one) == READ_MAX + 1
    hello(office, one)
    assert touch(office, two) == 300 - READ_MAX - 1
    nothing_wrong(office, 300 - READ_MAX - 1)


def give_right(office: HeadOffice, till: MemoryTill) -> SpendingRight:
    give(office, 50)
    touch(office, till)
    return next(iter(till.held.values())).right
