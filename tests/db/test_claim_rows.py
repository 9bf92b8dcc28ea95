"""Rows of points after the bill: written once, read as written, counted until head office's figures hold them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from pos_member.db.upgrade import migrate
from pos_member.domain.events import EventKind
from pos_member.domain.points import Account
from pos_member.services.sync_ports import FeedAccount, FeedBucket
from tests.db_support import put
from tests.factories import World
from tests.services.claiming import claim
from tests.services.rich import rich_world

EVER = (date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = rich_world(tmp_path)
    try:
        yield made
    finally:
        made.folder.close()


def test_a_claim_reads_as_it_was_given(world: World) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 4, "latte": 2, "syrup": 1}).bill
    given = claim(world, bill, member).claim
    assert given.tier_change is not None and given.basis is not None and given.tallies
    assert world.store.facts.claim_of(bill.id) == given
    assert list(world.store.facts.claims_between(*EVER)) == [given]
    assert list(world.store.facts.claims_between(date(2026, 11, 22), EVER[1])) == []
    assert world.store.facts.claim_of("another") is None
    [seq] = [row.seq for row in world.store.evidence.queue() if row.kind == EventKind.BILL_CLAIMED]
    assert ("bill_claim", seq) in set(world.store.evidence.fact_seqs())
    assert world.store.evidence.as_stored(given, seq) == given
    assert world.store.evidence.as_stored(given, seq + 1) is None


def test_the_table_itself_holds_a_bill_to_one_claim(world: World) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 1}).bill
    given = claim(world, bill, member).claim
    before = world.store.facts.queue_status().head_seq
    with pytest.raises(IntegrityError), world.store.transaction() as tx:
        tx.add_claim(given, tx.announce(EventKind.BILL_CLAIMED, "again", given))
    assert world.store.facts.queue_status().head_seq == before


def figures(account: Account) -> tuple[object, ...]:
    return account.buckets, account.wallets, account.months, account.counts, account.visits, account.qualifying


def test_what_head_office_has_counted_is_not_counted_again(world: World) -> None:
    """Its figures as of an event before the claim leave the claim on top; as of the claim, they are all there is."""
    member = world.enrol()
    world.sell({"latte": 1}, member)
    before = world.store.facts.queue_status().head_seq
    first = world.store.members.account(member.id)
    bill = world.sell({"giftbox": 1, "latte": 3}).bill
    given = claim(world, bill, member).claim
    both = world.store.members.account(member.id)
    assert both.balance == first.balance + given.points_earned and both.visits == 2
    told = FeedAccount(
        member_id=member.id,
        buckets=tuple(FeedBucket(day, points) for day, points in first.buckets.items()),
        qualifying=first.qualifying,
        visits=first.visits,
        last_visit=first.last_visit,
        owed=0,
        months=first.months,
        counts=first.counts,
        wallets={code: tuple(FeedBucket(d, n) for d, n in lots.items()) for code, lots in first.wallets.items()},
    )
    put(world.folder, [told], included_seq=before)
    assert figures(world.store.members.account(member.id)) == figures(both)
    put(world.folder, [told], included_seq=world.store.facts.queue_status().head_seq)
    assert figures(world.store.members.account(member.id)) == figures(first)


def test_down_to_the_older_form_and_up_again(world: World) -> None:
    """The older build has no table for claims; its points stay, as entries of a bill."""
    member, bill = world.enrol(), world.sell({"giftbox": 1}).bill
    given = claim(world, bill, member).claim
    with world.folder.till.write() as connection:
        migrate(connection, "0003")
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        assert not {"bill_claim", "bill_claim_member"} & names
        migrate(connection, "head")
    assert world.store.facts.claim_of(bill.id) is None
    assert world.store.members.account(member.id).balance == given.points_earned
