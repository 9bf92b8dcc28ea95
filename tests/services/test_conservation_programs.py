"""Stamps, tallies, tiers and quotas over any sequence of acts: the account is what the papers add up to."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Member
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointEntry
from pos_member.domain.tally import sums
from pos_member.domain.tier_rules import standing
from pos_member.domain.tiers import MonthSum
from tests.factories import World
from tests.services.rich import rich_settings, rich_world

REWARDS = ("01930000-0000-7000-8000-000000000105", "free-cup", "buy-coupon")
GOODS = ("espresso", "latte", "beans", "mug", "giftbox", "cookie", "cake", "syrup", "filter")
SELL = st.tuples(
    st.just("sell"),
    st.dictionaries(st.sampled_from(GOODS), st.integers(1, 4), min_size=1, max_size=4),
    st.sampled_from([None, 0, 1]),
    st.sampled_from([None, *REWARDS]),
    st.booleans(),
)
RETURN = st.tuples(st.just("return"), st.integers(0, 20), st.lists(st.integers(0, 4), min_size=1, max_size=5))
LATER = st.tuples(st.just("later"), st.integers(1, 40))
ACTS = st.lists(st.one_of(SELL, SELL, SELL, RETURN, RETURN, LATER), min_size=1, max_size=12)


@settings(max_examples=12)
@given(
    acts=ACTS,
    policy=st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED]),
    pending=st.sampled_from([0, 7]),
)
def test_every_figure_is_what_the_papers_make_it(acts: list[tuple], policy: OwedPolicy, pending: int) -> None:
    with tempfile.TemporaryDirectory(prefix="pos-member-books-") as folder:
        world = rich_world(Path(folder), owed_policy=policy, points_pending_days=pending)
        try:
            members = [world.enrol("0811111111"), world.enrol("0822222222", referred_by="0811111111")]
            bills: list[Bill] = []
            for act in acts:
                match act:
                    case ("sell", goods, who, reward, use_coupon):
                        member = None if who is None else members[who]
                        bills.append(_sell(world, goods, member, reward, use_coupon))
                    case ("return", which, quantities):
                        _return(world, bills, which, quantities)
                    case ("later", days):
                        world.clock.forward(timedelta(days=days))
            _hold(world, bills, members, policy)
            for bill in bills:
                _return_all(world, bill)
            _hold(world, bills, members, policy)
            _nothing_left(world, members, policy)
        finally:
            world.folder.close()


def _sell(world: World, goods: dict[str, int], member: Member | None, reward: str | None, use_coupon: bool) -> Bill:
    draft = world.draft(goods, member)
    try:
        coupons = world.till.lookup.panel(member.id).coupons if member and use_coupon else ()
        if coupons:
            draft = world.till.redemption.lay_coupon(draft, coupons[-1].code)
        if member and reward:
            draft = world.till.redemption.choose_reward(draft, reward, 1)
    except Refusal:
        pass
    return world.pay(draft).bill


def _return(world: World, bills: list[Bill], which: int, quantities: list[int]) -> None:
    if not bills:
        return
    bill = bills[which % len(bills)]
    lines = {line.line_no: n * 1000 for line, n in zip(bill.lines, quantities, strict=False) if n}
    returns = world.till.returns
    try:
        preview = returns.preview(bill.id, lines)
        document = returns.complete(world.session("1003"), bill.id, lines, return_id=returns.new_id()).document
    except Refusal:
        return
    assert (preview.refund_satang, preview.points_owed) == (document.refund_satang, document.points_owed)
    assert preview.stamps_owed == document.stamps_owed and preview.coupons_withheld == document.coupons_withheld


def _return_all(world: World, bill: Bill) -> None:
    left = {
        line.line.line_no: line.left_milli for line in world.till.returns.find(bill.number).lines if line.left_milli
    }
    if left:
        returns = world.till.returns
        returns.complete(world.session("1003"), bill.id, left, return_id=returns.new_id())


def _papers(world: World, bills: list[Bill]) -> list[Bill | BillReturn]:
    return [*bills, *(document for bill in bills for document in world.store.facts.returns_of(bill.id))]


def _hold(world: World, bills: list[Bill], members: list[Member], policy: OwedPolicy) -> None:
    """Account, panel and quotas by hand from the papers."""
    papers = _papers(world, bills)
    today = world.clock.now().date()
    scheme = rich_settings().tiers
    assert scheme is not None
    for member in members:
        account = world.store.members.account(member.id)
        entries: list[PointEntry] = [e for paper in papers for e in paper.point_entries if e.member_id == member.id]
        by_currency: Counter[str] = Counter()
        for entry in entries:
            by_currency[entry.currency] += entry.points
        assert account.balance == by_currency[""]
        assert sum(account.wallets.get("COFFEE", {}).values()) == by_currency["COFFEE"]
        # What waits for its day is there, and is not spent.
        waiting = sum(e.points for e in entries if e.spendable_from is not None and e.spendable_from > today)
        panel = world.till.lookup.panel(member.id)
        assert panel.pending_points == max(0, waiting) or policy is OwedPolicy.UNLIMITED
        assert 0 <= panel.spendable <= max(0, panel.balance)
        counted = sums(tally for paper in papers for tally in paper.tallies if tally.member_id == member.id)
        assert dict(account.counts) == counted
        own = [bill for bill in bills if bill.member_id == member.id]
        whole = [bill for bill in own if any(d.complete for d in world.store.facts.returns_of(bill.id))]
        assert account.visits == len(own) - len(whole)
        months: dict[str, MonthSum] = {}
        for bill in own:
            back = world.store.facts.returns_of(bill.id)
            spend = bill.qualifying_satang - sum(document.qualifying_satang for document in back)
            month = str(bill.business_date)[:7]
            visit = 0 if bill in whole else 1
            months[month] = months.get(month, MonthSum()) + MonthSum(0, spend, visit)
        kept = {month: (each.spend_satang, each.visits) for month, each in account.months.items()}
        assert {m: figures for m, figures in kept.items() if any(figures)} == {
            m: (each.spend_satang, each.visits) for m, each in months.items() if each != MonthSum()
        }
        assert panel.card.tier_code == standing(scheme, months, today).code
    shared = sums(tally for paper in papers for tally in paper.tallies if tally.member_id is None)
    assert {key: n for key, n in world.store.facts.given().items() if n} == shared
    result = world.till.verify.run()
    assert result.ok, [check for check in result.checks if not check.ok]


def _nothing_left(world: World, members: list[Member], policy: OwedPolicy) -> None:
    """All goods are back: nothing was earned, counted or given away, but for what was spent and is owed."""
    assert not any(world.store.facts.given().values())
    for member in members:
        account = world.store.members.account(member.id)
        assert not account.counts and account.visits == 0
        # What is owed counts towards no tier either.
        assert account.months == {}
        assert account.balance - account.owed == 0
        assert sum(account.wallets.get("COFFEE", {}).values()) - account.owed_stamps.get("COFFEE", 0) == 0
        assert policy is OwedPolicy.WITHIN_BALANCE or (account.balance, account.owed) == (0, 0)
