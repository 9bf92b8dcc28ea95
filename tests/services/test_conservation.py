"""Whatever is sold, redeemed and returned in whatever order: money and points are conserved, and verify is clean."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, Tender
from pos_member.domain.errors import Refusal
from pos_member.domain.org import OwedPolicy
from tests.factories import CARD, CASH, World, make_settings, make_world

REWARD = "01930000-0000-7000-8000-000000000105"
GOODS = ("espresso", "tea", "beans", "mug", "giftbox", "cookie")

SELL = st.tuples(
    st.just("sell"),
    st.dictionaries(st.sampled_from(GOODS), st.integers(1, 4), min_size=1, max_size=4),
    st.sampled_from([None, 0, 1]),  # which member
    st.integers(0, 3),  # rewards wanted
    st.booleans(),  # a coupon, if there is one
    st.booleans(),  # by card
    st.integers(0, 199),  # an odd amount besides, so that cash rounds
)
RETURN = st.tuples(st.just("return"), st.integers(0, 20), st.lists(st.integers(0, 4), min_size=1, max_size=5))
ADJUST = st.tuples(st.just("adjust"), st.sampled_from([0, 1]), st.integers(-300, 300))
LATER = st.tuples(st.just("later"), st.integers(1, 40))
ACTS = st.lists(st.one_of(SELL, SELL, RETURN, ADJUST, LATER), min_size=1, max_size=14)


@dataclass
class _Books:
    """Kept beside the till, by hand."""

    drawer: int = 0
    bills: list[Bill] = field(default_factory=list)
    points: dict[str, int] = field(default_factory=dict)


@contextmanager
def _world(policy: OwedPolicy) -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="pos-member-books-") as folder:
        world = make_world(Path(folder), settings=make_settings(owed_policy=policy))
        try:
            yield world
        finally:
            world.folder.close()


@settings(max_examples=25)
@given(acts=ACTS, policy=st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED]))
def test_nothing_is_made_and_nothing_is_lost(acts: list[tuple], policy: OwedPolicy) -> None:
    with _world(policy) as world:
        members = [world.enrol("0811111111"), world.enrol("0822222222")]
        books = _Books(points={member.id: 0 for member in members})
        for act in acts:
            match act:
                case ("sell", goods, who, times, use_coupon, by_card, odd):
                    member = None if who is None else members[who]
                    _sell(world, books, goods, member, times, use_coupon, by_card, odd)
                case ("return", which, quantities):
                    _return(world, books, which, quantities)
                case ("adjust", who, points):
                    _adjust(world, books, members[who], points)
                case ("later", days):
                    world.clock.forward(timedelta(days=days))
        for member in members:
            panel = world.till.lookup.panel(member.id)
            assert panel.balance == books.points[member.id]
            assert panel.spendable >= 0 and (policy is OwedPolicy.UNLIMITED or panel.balance >= 0)
        sold = sum(bill.total_satang for bill in books.bills)
        back = sum(d.refund_satang for bill in books.bills for d in world.store.facts.returns_of(bill.id))
        assert sold - back == books.drawer >= 0
        result = world.till.verify.run()
        assert result.ok, result


def _sell(world, books, goods, member, times, use_coupon, by_card, odd) -> None:
    draft = world.draft(goods, member)
    if odd:
        draft = draft.add_amount(odd)
    coupons = world.till.lookup.panel(member.id).coupons if member and use_coupon else ()
    try:
        if coupons:
            draft = world.till.redemption.lay_coupon(draft, coupons[0].code)
        if member and times:
            draft = world.till.redemption.choose_reward(draft, REWARD, times)
    except Refusal:
        pass
    preview = world.till.checkout.preview(draft)
    before = world.till.lookup.panel(member.id) if member else None
    total = preview.evaluation.total_satang if by_card else preview.total_cash_satang
    tenders = (Tender(CARD if by_card else CASH, total),) if total else ()
    done = world.till.checkout.complete(world.session(), draft, tenders, seen=preview)
    bill = done.bill
    books.bills.append(bill)
    books.drawer += sum(tender.amount_satang for tender in bill.tenders) - bill.change_satang
    if member and before and done.member_after:
        repaid = before.owed - done.member_after.owed
        assert 0 <= repaid <= bill.points_earned
        books.points[member.id] += bill.points_earned - bill.points_redeemed - repaid
        assert done.member_after.balance == books.points[member.id]


def _return(world, books, which, quantities) -> None:
    if not books.bills:
        return
    bill = books.bills[which % len(books.bills)]
    lines = {line.line_no: n * 1000 for line, n in zip(bill.lines, quantities, strict=False) if n}
    returns = world.till.returns
    try:
        preview = returns.preview(bill.id, lines)
        document = returns.complete(world.session("1003"), bill.id, lines, return_id=returns.new_id()).document
    except Refusal:
        return
    assert (preview.refund_satang, preview.points_owed) == (document.refund_satang, document.points_owed)
    books.drawer -= document.refund_satang
    if bill.member_id is not None:
        books.points[bill.member_id] += document.points_given_back - document.points_taken_back


def _adjust(world, books, member, points) -> None:
    try:
        world.till.adjustment.adjust(world.session("1004"), member.id, points, "ทดสอบ")
    except Refusal:
        return
    books.points[member.id] += points
