"""A claimed bill comes back as if its member had been on it: whatever the order of acts, all of it or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill
from pos_member.domain.documents import DocumentKind, ReceiptDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointKind
from tests.factories import World
from tests.services.claiming import claim, refused
from tests.services.rich import rich_world

GOODS = ("espresso", "latte", "beans", "mug", "giftbox", "cookie", "cake", "syrup", "filter")
SOLD = st.dictionaries(st.sampled_from(GOODS), st.integers(1, 4), min_size=1, max_size=4)
PARTS = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), max_size=4)


def take_back(world: World, bill: Bill, lines: dict[int, int]) -> None:
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, lines, return_id=returns.new_id())


def take_back_all(world: World, bill: Bill) -> None:
    left = {each.line.line_no: each.left_milli for each in world.till.returns.find(bill.number).lines}
    if any(left.values()):
        take_back(world, bill, {number: milli for number, milli in left.items() if milli})


def standing(world: World, member: Member) -> tuple[object, ...]:
    """All that bills and returns move: points, stamps, debts, sums of programs, months."""
    account = world.store.members.account(member.id)
    waiting = {key: points for key, points in account.pending.items() if points}
    return (
        account.buckets, account.wallets, account.owed, account.owed_stamps, account.counts, account.months,
        account.visits, waiting,
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    goods=SOLD,
    parts=PARTS,
    policy=st.sampled_from(list(OwedPolicy)),
    pending=st.sampled_from([0, 7]),
    before=st.booleans(),
    spent=st.sampled_from([0, 5, 1_000]),
)
def test_a_claim_and_its_returns_come_to_nothing(
    goods: dict[str, int], parts: list[list[int]], policy: OwedPolicy, pending: int, before: bool, spent: int
) -> None:
    """Part by part in any order, then the rest: what was earned is back or owed, and nothing else has moved."""
    with tempfile.TemporaryDirectory(prefix="pos-member-claims-") as folder:
        world = rich_world(Path(folder), owed_policy=policy, points_pending_days=pending)
        try:
            member = world.enrol()
            if before:
                world.sell({"latte": 3, "giftbox": 1}, member)
            start, account = standing(world, member), world.store.members.account(member.id)
            owing = account.balance - account.owed
            bill = world.sell(goods).bill
            try:
                done = claim(world, bill, member).claim
            except Refusal as refusal:
                assert refusal.reason is Reason.CLAIM_NOTHING
                return
            spendable = world.till.lookup.panel(member.id).spendable
            taken = min(spent, spendable)
            if taken:
                world.give_points(member, -taken)
            for part in parts:
                lines = {line.line_no: n * 1000 for line, n in zip(bill.lines, part, strict=False) if n}
                try:
                    take_back(world, bill, lines)
                except Refusal as refusal:
                    assert refusal.reason in (Reason.RETURN_EXCEEDS, Reason.RETURN_NOTHING)
            take_back_all(world, bill)
            documents = world.store.facts.returns_of(bill.id)
            assert {document.member_id for document in documents} == {member.id}
            if policy is not OwedPolicy.PENDING_ONLY:
                undone = sum(d.points_taken_back + d.points_owed for d in documents)
                assert undone == done.points_earned
                now = world.store.members.account(member.id)
                assert now.balance - now.owed == owing - taken
            if policy is OwedPolicy.UNLIMITED and not taken:
                assert standing(world, member) == start
            if not taken and policy is not OwedPolicy.PENDING_ONLY:
                assert standing(world, member)[4:7] == start[4:7], "counts, months and visits are as before"
            result = world.till.verify.run()
            assert result.ok, [check for check in result.checks if not check.ok]
        finally:
            world.folder.close()


@settings(max_examples=10, deadline=None)
@given(goods=SOLD, part=st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_a_return_takes_from_who_claimed_what_it_would_have_taken_with_the_card(
    goods: dict[str, int], part: list[int]
) -> None:
    """Goods without a member's price: both bills cost the same, and their returns are the same."""
    goods = {name: count for name, count in goods.items() if name not in ("mug", "filter", "beans")}
    with tempfile.TemporaryDirectory(prefix="pos-member-claims-") as folder:
        world = rich_world(Path(folder), quotas=False)
        try:
            if not goods:
                return
            early, late = world.enrol("0811111111"), world.enrol("0822222222")
            shown, bill = world.sell(goods, early).bill, world.sell(goods).bill
            claim(world, bill, late)
            lines = {
                line.line_no: min(n * 1000, line.quantity_milli) for line, n in zip(bill.lines, part, strict=False) if n
            }
            if not lines:
                return
            previews = [world.till.returns.preview(each.id, lines) for each in (shown, bill)]
            for name in ("refund_satang", "points_taken_back", "points_owed", "stamps_taken_back", "complete"):
                assert getattr(previews[0], name) == getattr(previews[1], name), name
            for each in (shown, bill):
                take_back(world, each, lines)
            one, other = (world.store.members.account(member.id) for member in (early, late))
            assert (one.buckets, one.wallets, one.visits) == (other.buckets, other.wallets, other.visits)
            assert one.months == other.months
        finally:
            world.folder.close()


def test_the_screen_and_the_slip_of_the_return_name_the_member(rich: World) -> None:
    member, bill = rich.enrol(), rich.sell({"latte": 2, "giftbox": 1}).bill
    assert rich.till.returns.find(bill.number).member is None
    done = claim(rich, bill, member).claim
    found = rich.till.returns.find(bill.receipt_code)
    assert found.member is not None and found.member.member_id == member.id
    assert found.bill.points_earned == done.points_earned
    returns = rich.till.returns
    document = returns.complete(rich.session("1003"), bill.id, {1: 2_000}, return_id=returns.new_id()).document
    assert document.points_taken_back == sum(
        entry.points for entry in done.point_entries if entry.line_no == 1 and not entry.currency
    )
    assert all(entry.kind is PointKind.REVERSE for entry in document.point_entries)
    [(kind, slip)] = rich.store.facts.documents_of(document.id)
    assert kind is DocumentKind.RETURN and isinstance(slip, ReceiptDocument) and slip.points is not None
    assert slip.points.after == done.points_earned - document.points_taken_back


def test_after_a_return_nobody_claims_and_before_it_nobody_gives_back(rich: World) -> None:
    member, bill = rich.enrol(), rich.sell({"latte": 2, "giftbox": 1}).bill
    take_back(rich, bill, {1: 1_000})
    [document] = rich.store.facts.returns_of(bill.id)
    assert document.member_id is None and not document.point_entries
    assert refused(lambda: claim(rich, bill, member)).reason is Reason.CLAIM_RETURNED
    take_back_all(rich, bill)
    assert rich.store.members.account(member.id).visits == 0
    assert rich.till.verify.run().ok


@pytest.mark.parametrize("policy", [OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED])
def test_points_of_a_claim_that_are_spent_already_follow_the_policy(tmp_path: Path, policy: OwedPolicy) -> None:
    world = rich_world(tmp_path, owed_policy=policy)
    try:
        member, bill = world.enrol(), world.sell({"giftbox": 2}).bill
        earned = claim(world, bill, member).claim.points_earned
        world.give_points(member, -(earned - 1))
        take_back_all(world, bill)
        account = world.store.members.account(member.id)
        expected = (0, earned - 1) if policy is OwedPolicy.WITHIN_BALANCE else (1 - earned, 0)
        assert (account.balance, account.owed) == expected
        assert world.till.verify.run().ok
    finally:
        world.folder.close()
