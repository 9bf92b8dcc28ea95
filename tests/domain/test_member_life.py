"""A member's bills one after the other, evaluated on what the earlier ones left, with returns in any order between.

Carried rests, missions, stamps, friends, limits, pending points and expiry play together; once everything has come back
nothing is left of any of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn, ChosenReward, DraftLine, QuotaLeft
from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.ledger import expire_account
from pos_member.domain.money import Rounding
from pos_member.domain.org import Currency, OwedPolicy, PointsExpiry, PointsPaidEarns, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, balances
from pos_member.domain.pricing import EvaluationInput, MemberState, RuleBook
from pos_member.domain.program import EffectKind, Goal, GoalMetric, Limits, Program
from pos_member.domain.returns_rules import plan_return, returnable
from pos_member.domain.tally import Period, Tally, sums
from tests.domain.evaluating import definition, program
from tests.domain.ringing import complete, context, give_back

K = EffectKind
A, B = Scope(tags=("a",)), Scope(tags=("b",))
_COUPON = definition(2_000)


def _programs(goal: Goal) -> tuple[Program, ...]:
    return (
        program(K.EARN_PER_STEP, "STEP", points=1, step_satang=2_500, carry=True),
        program(K.EARN_PER_STEP, "HALF", points=3, step_satang=333, rounding=Rounding.HALF_UP, scope=A),
        program(K.EARN_PER_UNIT, "STAMP", points=1, currency="CUP", scope=A),
        program(K.REWARD_PRODUCT, "FREE", points=3, get=1, currency="CUP", scope=A),
        program(K.REWARD_DISCOUNT, "OFF", points=10, amount_satang=1_000),
        program(K.REWARD_COUPON, "BUY", points=7, coupon=_COUPON.id, count=2),
        program(K.MULTIPLY, "X2", factor=Fraction(2)),
        program(K.ADD_POINTS, "ADD", points=4, scope=A, limits=Limits(per_member_day=1)),
        program(K.EARN_FIXED, "GOAL", points=9, goal=goal),
        program(K.ISSUE_COUPON, "ISSUE", coupon=_COUPON.id, step_satang=5_000, limits=Limits(per_bill=3)),
        program(K.ISSUE_COUPON, "TWO", coupon=_COUPON.id, goal=Goal(GoalMetric.BILLS, 2, Period.LIFE, None)),
        program(K.DRAW_ENTRIES, "DRAW", step_satang=3_000, count=2),
        program(K.REFERRAL, "FRIEND", points=50, referrer_points=30),
        program(K.DISCOUNT_PERCENT, "PC", percent_bp=777, limits=Limits(budget_satang=10**9, per_member_month=2)),
        program(K.CHEAPEST_FREE, "CHEAP", buy=3, get=1, scope=A),
        program(K.BUY_X_GET_Y, "GIFT", buy=2, get=1, scope=B, get_scope=A),
    )


@dataclass
class Life:
    """What is on record of one member."""

    book: RuleBook
    today: date = date(2026, 1, 28)
    entries: list[PointEntry] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    returns: dict[str, list[BillReturn]] = field(default_factory=dict)
    last_visit: date | None = None

    @property
    def at(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 5, tzinfo=UTC)

    @property
    def visits(self) -> int:
        return sum(not any(document.complete for document in self.returns[bill.id]) for bill in self.bills)

    def account(self) -> Account:
        mine = balances(each for each in self.entries if each.member_id == "m")
        documents = [document for found in self.returns.values() for document in found]
        owed = Counter({"": sum(document.points_owed for document in documents)})
        for document in documents:
            owed.update(document.stamps_owed)
        owed.subtract(mine.repaid)
        assert min(owed.values()) >= 0
        points = owed.pop("")
        return Account(
            "m",
            mine.buckets,
            None,
            0,
            0,
            self.visits,
            self.last_visit,
            points,
            mine.pending,
            mine.wallets,
            counts=sums(self.tallies),
            owed_stamps=owed,
        )

    def buy(self, lines: tuple[DraftLine, ...], rewards: tuple[ChosenReward, ...], quota: int) -> None:
        rules, kept, holder = compile_rules(self.book), self.book.settings, self.account()
        member = MemberState(
            "m",
            spendable_points=holder.spendable(self.today, kept),
            visits=self.visits,
            last_visit=self.last_visit,
            referred_by="friend",
            stamps={"CUP": holder.spendable(self.today, kept, "CUP")},
            counts=holder.counts,
        )
        quotas = {"id-PC": QuotaLeft(satang=quota)}
        asked = EvaluationInput(lines, self.at, "branch", "brand", member, (), rewards, quotas)
        result = evaluate(asked, rules)
        assert result.points_redeemed <= member.spendable_points
        name = f"bill-{len(self.bills)}"
        done = replace(complete(asked, result, self.book, holder, today=self.today), id=name)
        self.bills.append(done)
        self.returns[name] = []
        self._book(done.point_entries, done.tallies)
        self.last_visit = self.today

    def bring_back(self, bill: Bill, lines: dict[int, int]) -> None:
        plan = plan_return(
            bill,
            self.returns[bill.id],
            lines,
            account=self.account(),
            today=self.today,
            owed_policy=self.book.settings.owed_policy,
            settings=self.book.settings,
        )
        document = give_back(bill, plan, self.at, self.today)
        self.returns[bill.id].append(document)
        self._book(document.point_entries, document.tallies)

    def expire(self) -> None:
        within = context(self.at, self.today)
        self._book(expire_account(self.account(), self.today, within, self.book.settings), ())
        assert expire_account(self.account(), self.today, within, self.book.settings) == ()

    def left_of(self, bill: Bill) -> dict[int, int]:
        return {number: most for number, most in returnable(bill, self.returns[bill.id]).items() if most}

    def _book(self, entries: tuple[PointEntry, ...], tallies: tuple[Tally, ...]) -> None:
        self.entries += entries
        self.tallies += tallies


@st.composite
def _lines(draw: st.DrawFn) -> tuple[DraftLine, ...]:
    tags = st.sampled_from([("a",), ("a",), ("b",), (), ("gift_card",)])
    quantities, prices = st.sampled_from([1_000, 2_000, 3_000, 700]), st.sampled_from([0, 1, 999, 2_500, 6_500, 12_345])
    return tuple(
        DraftLine(f"p{n}", "", "", "", "", "", draw(tags), draw(quantities), draw(prices))
        for n in range(draw(st.integers(1, 4)))
    )


def _act(life: Life, data: st.DataObject) -> None:
    life.today += timedelta(days=data.draw(st.sampled_from([0, 0, 1, 4, 20, 40])))
    still = [bill for bill in life.bills if life.left_of(bill)]
    act = data.draw(st.sampled_from(["buy", "buy", "return", "return", "expire"]))
    if act == "expire":
        life.expire()
    elif act == "return" and still:
        bill = data.draw(st.sampled_from(still))
        left = life.left_of(bill)
        part = {number: data.draw(st.sampled_from([0, most, (most + 1) // 2])) for number, most in left.items()}
        life.bring_back(bill, part if any(part.values()) else left)
    else:
        chosen = tuple(ChosenReward(f"id-{code}", data.draw(st.integers(0, 3))) for code in ("OFF", "FREE", "BUY"))
        life.buy(data.draw(_lines()), chosen, data.draw(st.sampled_from([0, 50, 10**6])))


@pytest.mark.parametrize("policy", [OwedPolicy.UNLIMITED, OwedPolicy.WITHIN_BALANCE])
@given(data=st.data())
def test_when_all_has_come_back_nothing_is_left(policy: OwedPolicy, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from([2, 3_000, 20_000]))
    goal = Goal(data.draw(st.sampled_from(GoalMetric)), target, Period.MONTH, data.draw(st.sampled_from([None, 1, 3])))
    kept = Settings(
        currencies=(Currency("CUP", "แก้ว", "Cups"),),
        points_expiry=data.draw(st.sampled_from(PointsExpiry)),
        points_expiry_months=data.draw(st.sampled_from([0, 1, 3])),
        points_pending_days=data.draw(st.sampled_from([0, 5])),
        points_paid_earns=data.draw(st.sampled_from(PointsPaidEarns)),
        owed_policy=policy,
    )
    life = Life(RuleBook(_programs(goal), {_COUPON.id: _COUPON}, {}, kept))
    for _ in range(data.draw(st.integers(1, 7))):
        _act(life, data)
    for bill in data.draw(st.permutations([bill for bill in life.bills if life.left_of(bill)])):
        life.bring_back(bill, life.left_of(bill))
    assert (life.visits, sums(life.tallies)) == (0, {})
    assert sum(each.points for each in life.entries if each.member_id == "friend") == 0
    for bill in life.bills:
        assert sum(document.refund_satang for document in life.returns[bill.id]) == bill.total_satang
    after, ended = life.account(), Counter[str]()
    for each in life.entries:
        if each.kind is PointKind.EXPIRE:
            ended[each.currency] += each.points
    # What expired is gone, and what is owed is still to come; nothing else remains.
    assert after.balance - after.owed == ended[""]
    assert sum(after.lots("CUP").values()) - after.owed_stamps.get("CUP", 0) == ended["CUP"]
