"""What a till makes of its own facts is what head office makes of them: an account does not change by being synced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.domain.bill import BillReturn
from pos_member.domain.events import EventKind
from pos_member.domain.points import Account, PointKind
from pos_member.domain.tiers import MonthSum
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import LOT, MEMBERS, Till, make_return
from tests.headoffice.offices import open_seeded
from tests.headoffice.program_facts import MONTH, rich_bill

WHO, FRIEND = MEMBERS[0].id, MEMBERS[3].id


def sell_and_take_part_back(till: Till, no_longer: int) -> None:
    """Two bills of everything; of the second 60 of 120 points, half the money towards tiers and two stamps come back.

    One stamp and ten points more should have: the member owes them. ``no_longer``: the points that the return says no
    longer count towards tiers; 0 as returns of older builds do.
    """
    store = till.folder.store
    bills = [rich_bill(till.identity, n) for n in (1, 2)]
    for bill in bills:
        with store.transaction() as tx:
            tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
    document = replace(part_of(till, bills[1].id), qualifying_points=no_longer)
    with store.transaction() as tx:
        seq = tx.announce(EventKind.BILL_RETURNED, document.id, document)
        tx.add_return(document, seq)
        tx.add_owed(WHO, 1, seq, "cup")
        tx.add_owed(WHO, 10, seq)


def part_of(till: Till, bill_id: str) -> BillReturn:
    bill = till.folder.store.facts.bill(bill_id)
    assert bill is not None
    taken = {"earn": -50, "bonus": -10, "stamps": -2}
    entries = tuple(
        replace(
            entry, id=f"back-{entry.id}", kind=PointKind.REVERSE, points=taken[entry.program_id], reverses_id=entry.id
        )
        for entry in bill.point_entries
        if entry.program_id in taken
    )
    progress = [replace(tally, amount=-tally.amount // 2) for tally in bill.tallies if tally.line_no is not None]
    return make_return(
        till.identity,
        bill,
        bill_date=bill.business_date,
        point_entries=entries,
        tallies=tuple(progress),
        # As on a bill: satang, not below zero. It is what no longer counts.
        qualifying_satang=bill.qualifying_satang // 2,
        points_owed=10,
        stamps_owed={"cup": 1},
    )


def account(till: Till, member_id: str) -> Account:
    """All that does not say where it comes from; sums that no longer matter are head office's to drop."""
    found = till.folder.store.members.account(member_id)
    counts = {key: amount for key, amount in found.counts.items() if "2001" not in key}
    return replace(found, as_of=None, own_points_since=0, counts=counts)


@pytest.mark.parametrize(("no_longer", "counted"), [(0, 150), (60, 140)])
def test_an_account_is_the_same_before_and_after_the_round(tmp_path: Path, no_longer: int, counted: int) -> None:
    office = open_seeded(tmp_path)
    line = DirectLine(office)
    with line.enrolled(tmp_path) as till:
        engine = till.engine(line)
        engine.sync_once()
        sell_and_take_part_back(till, no_longer)
        alone = {who: account(till, who) for who in (WHO, FRIEND)}
        assert alone[WHO].buckets == {LOT: 180}
        assert alone[WHO].pending == {(LOT, LOT): 30}
        assert alone[WHO].wallets == {"cup": {LOT: 4}}
        assert alone[WHO].months == {MONTH: MonthSum(counted, 60_000, 2)}
        assert (alone[WHO].visits, alone[WHO].qualifying) == (2, 150)
        assert (alone[WHO].owed, alone[WHO].owed_stamps) == (10, {"cup": 1})
        assert (alone[FRIEND].buckets, alone[FRIEND].months, alone[FRIEND].visits) == ({LOT: 100}, {}, 0)
        outcome = engine.sync_once()
        assert outcome.reason is None and outcome.applied == 3
        engine.sync_once()
        assert till.folder.store.members.account(WHO).own_points_since == 0, "head office's figures are all there is"
        assert {who: account(till, who) for who in (WHO, FRIEND)} == alone
    office.database.close()
