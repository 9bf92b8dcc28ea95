"""Whatever the order of bills, returns, uploads and the feed: every figure of an account is every fact once."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.events import EventKind
from pos_member.domain.points import Account, PointKind
from pos_member.domain.tally import OF_PROGRAM, count_key
from pos_member.domain.tiers import MonthSum
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedPending
from tests.db.db_values import DAY, bill, member
from tests.db.program_values import REFERRER, WHO, full_bill, full_return
from tests.db_support import NOW, TILL, make_store, put

Fact = Bill | BillReturn

#: A bill (plain or full) so many days on; a return of the n-th full bill; head office including n facts more; its
#: figures coming down; the till enrolled anew.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["plain", "full"]), st.integers(0, 70)),
        st.tuples(st.just("return"), st.integers(0, 5)),
        st.tuples(st.just("upload"), st.integers(1, 4)),
        st.tuples(st.just("feed"), st.just(0)),
        st.tuples(st.just("epoch"), st.just(0)),
    ),
    max_size=16,
)


def figures(facts: list[Fact], who: str) -> dict[str, Any]:
    """What the facts say of a member, by the plain words of the ports."""
    buckets: Counter[date | None] = Counter()
    pending: Counter[tuple[date, date | None]] = Counter()
    wallets: Counter[tuple[str, date | None]] = Counter()
    counts: Counter[str] = Counter()
    owed: Counter[str] = Counter()
    months: dict[str, MonthSum] = {}
    visits = 0
    for fact in facts:
        points = 0
        for entry in fact.point_entries:
            if entry.member_id != who:
                continue
            if entry.currency:
                wallets[entry.currency, entry.bucket] += entry.points
                continue
            buckets[entry.bucket] += entry.points
            if entry.spendable_from is not None:
                pending[entry.spendable_from, entry.bucket] += entry.points
            earned = entry.kind is PointKind.EARN or (entry.kind is PointKind.REVERSE and entry.points < 0)
            points += entry.points if entry.qualifying and earned else 0
        for tally in fact.tallies:
            if tally.member_id == who:
                counts[count_key(tally.kind, tally.key, tally.period)] += tally.amount
        if fact.member_id != who:
            continue
        if isinstance(fact, Bill):
            day, more = fact.business_date, MonthSum(points, fact.qualifying_satang, 1)
        else:
            day = fact.bill_date or fact.business_date
            more = MonthSum(-fact.qualifying_points or points, -fact.qualifying_satang, -1 if fact.complete else 0)
            owed.update(fact.stamps_owed)
        month = day.isoformat()[:7]
        months[month] = months.get(month, MonthSum()) + more
        visits += more.visits
    return {
        "buckets": {lot: n for lot, n in buckets.items() if n},
        "pending": {key: n for key, n in pending.items() if n},
        "wallets": {key: n for key, n in wallets.items() if n},
        "counts": {key: n for key, n in counts.items() if n},
        "owed_stamps": {currency: n for currency, n in owed.items() if n > 0},
        "months": {month: each for month, each in months.items() if each != MonthSum()},
        "visits": visits,
    }


def figures_of(account: Account) -> dict[str, Any]:
    return {
        "buckets": account.buckets,
        "pending": account.pending,
        "wallets": {(currency, lot): n for currency, lots in account.wallets.items() for lot, n in lots.items()},
        "counts": account.counts,
        "owed_stamps": account.owed_stamps,
        "months": account.months,
        "visits": account.visits,
    }


def told(facts: list[Fact], who: str) -> FeedAccount:
    """Head office's figures of the facts it holds."""
    found = figures(facts, who)
    wallets: dict[str, list[FeedBucket]] = {}
    for (currency, lot), stamps in found["wallets"].items():
        wallets.setdefault(currency, []).append(FeedBucket(lot and lot.isoformat(), stamps))
    return FeedAccount(
        who,
        tuple(FeedBucket(lot and lot.isoformat(), points) for lot, points in found["buckets"].items()),
        visits=found["visits"],
        pending=tuple(
            FeedPending(first.isoformat(), lot and lot.isoformat(), points)
            for (first, lot), points in found["pending"].items()
        ),
        wallets={currency: tuple(lots) for currency, lots in wallets.items()},
        months=found["months"],
        counts=found["counts"],
        owed_stamps=found["owed_stamps"],
    )


def given_away(facts: list[Fact]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for fact in facts:
        for tally in fact.tallies:
            if tally.kind in OF_PROGRAM:
                sums[count_key(tally.kind, tally.key, "")] += tally.amount
    return {key: amount for key, amount in sums.items() if amount}


@settings(max_examples=25)
@given(steps=STEPS)
def test_an_account_is_every_fact_once(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name, make_store(Path(name), [member(1), member(2)]) as folder:
        facts: list[Fact] = []
        full: dict[int, Bill] = {}
        held = acked = 0
        epoch = 1
        for n, (what, number) in enumerate(steps, 1):
            day = DAY + timedelta(days=number)
            if what in ("plain", "full"):
                made: Fact = (bill if what == "plain" else full_bill)(n, business_date=day)
                if isinstance(made, Bill) and what == "full":
                    full[n] = made
            elif what == "return":
                if not full:
                    continue
                of, sold = full.popitem()
                later = day + timedelta(days=40)
                no_longer = 45 * (number % 2)
                made = full_return(
                    n, of, business_date=later, bill_date=sold.business_date, qualifying_points=no_longer
                )
            else:
                if what == "upload":
                    held = min(len(facts), held + number)
                elif what == "feed":
                    # What the feed includes is acknowledged with it.
                    folder.sync_store.mark_acked(held - acked, NOW)
                    put(folder, [told(facts[:held], who) for who in (WHO, REFERRER)], included_seq=held - acked)
                elif held and folder.sync_store.acked_seq() == held - acked:
                    epoch, acked = epoch + 1, held
                    folder.sync_store.set_identity(replace(TILL, epoch=epoch), "http://127.0.0.1:8080")
                continue
            with folder.store.transaction() as tx:
                if isinstance(made, Bill):
                    tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
                else:
                    seq = tx.announce(EventKind.BILL_RETURNED, made.id, made)
                    tx.add_return(made, seq)
                    for currency, stamps in made.stamps_owed.items():
                        tx.add_owed(WHO, stamps, seq, currency)
            facts.append(made)
            for who in (WHO, REFERRER):
                assert figures_of(folder.store.members.account(who)) == figures(facts, who)
            assert folder.store.facts.given() == given_away(facts)
        for who in (WHO, REFERRER):
            assert figures_of(folder.store.members.account(who)) == figures(facts, who)
