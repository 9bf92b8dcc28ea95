"""One member's account over any sequence of sales, returns, days and expiry runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.errors import Refusal
from pos_member.domain.ledger import (
    OWED_REPAID,
    earn_entries,
    expire_account,
    outstanding,
    redeem_entries,
    return_entries,
)
from pos_member.domain.org import Currency, OwedPolicy, PointsExpiry, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, balances, has_ended
from pos_member.domain.pricing import EarnResult
from pos_member.domain.returns_rules import plan_return, returnable
from tests.domain.returning import AT, bill_line, hand_made
from tests.domain.ringing import context, give_back

P = PointsExpiry
START = date(2026, 11, 21)
CURRENCIES = ("", "CUP")


@dataclass
class Life:
    """A member's facts, and the account that follows from them."""

    own: Settings
    policy: OwedPolicy
    day: date = START
    last_visit: date | None = None
    entries: list[PointEntry] = field(default_factory=list)
    sales: list[Bill] = field(default_factory=list)
    returns: list[BillReturn] = field(default_factory=list)

    @property
    def account(self) -> Account:
        found = balances(self.entries)
        return Account(
            "m",
            found.buckets,
            None,
            0,
            0,
            len(self.sales),
            self.last_visit,
            owed=self.owed(""),
            pending=found.pending,
            wallets=found.wallets,
            owed_stamps={"CUP": self.owed("CUP")},
        )

    def owed(self, currency: str) -> int:
        return outstanding(self.returns, balances(self.entries), currency)

    def balance(self, currency: str) -> int:
        return sum(each.points for each in self.entries if each.currency == currency)

    def sell(self, data: st.DataObject) -> None:
        within = context(AT, self.day, f"bill-{len(self.sales)}")
        held = self.account
        spent = []
        for currency in CURRENCIES:
            there = held.spendable(self.day, self.own, currency)
            points = data.draw(st.integers(0, there))
            if points:
                spent.append(("r", points, currency))
            _refuses_more(held, there, currency, self)
        redeemed = redeem_entries(spent, held, within, self.own)
        lots_before = {currency: dict(held.lots(currency)) for currency in CURRENCIES}
        for each in redeemed:
            lots_before[each.currency][each.bucket] += each.points
            assert lots_before[each.currency][each.bucket] >= 0, "a redemption never overdraws its lot"
        earns = [
            EarnResult("p", points, {1: points}, currency=currency)
            for currency in CURRENCIES
            if (points := data.draw(st.integers(0, 60)))
        ]
        owed = {currency: self.owed(currency) for currency in CURRENCIES}
        earned = earn_entries(earns, self.own, within, owed[""], {"CUP": owed["CUP"]})
        sold = hand_made([bill_line(1, 9_000, 3_000)], (*redeemed, *earned), id=within.bill_id)
        self.sales.append(sold)
        self.entries.extend(sold.point_entries)
        self.last_visit = self.day
        for currency in CURRENCIES:
            got = sum(each.points for each in earns if each.currency == currency)
            assert self.owed(currency) == max(0, owed[currency] - got), "the next earn repays"

    def give_back(self, data: st.DataObject, sold: Bill, quantity: int | None = None) -> None:
        past = [each for each in self.returns if each.bill_id == sold.id]
        left = returnable(sold, past)[1]
        if not left:
            return
        back = quantity or data.draw(st.integers(1, left))
        plan = plan_return(
            sold,
            past,
            {1: min(back, left)},
            account=self.account,
            today=self.day,
            owed_policy=self.policy,
            settings=self.own,
        )
        document = give_back(sold, plan, AT, self.day)
        assert [each.points for each in document.point_entries] == [
            each.points for each in return_entries(plan.movements, context(AT, self.day))
        ]
        self.returns.append(document)
        self.entries.extend(document.point_entries)

    def expire(self) -> None:
        before = self.account
        run = expire_account(before, self.day, context(AT, self.day, ""), self.own)
        self.entries.extend(run)
        after = self.account
        for currency in CURRENCIES:
            end = after.ends(self.own, currency)
            assert not any(has_ended(lot, self.day, end) for lot in after.lots(currency))
            assert after.spendable(self.day, self.own, currency) == before.spendable(self.day, self.own, currency)
        assert expire_account(after, self.day, context(AT, self.day, ""), self.own) == ()

    def kept(self, currency: str) -> int:
        """What the bills gave and took that no return has undone: by quantities alone."""
        net = 0
        for sold in self.sales:
            of = sold.lines[0].quantity_milli
            gone = of - returnable(sold, [each for each in self.returns if each.bill_id == sold.id])[1]
            for each in sold.point_entries:
                if each.currency == currency and each.reason != OWED_REPAID:
                    whole = abs(each.points)
                    net += (1 if each.points > 0 else -1) * (whole - whole * gone // of)
        return net


def _refuses_more(held: Account, there: int, currency: str, life: Life) -> None:
    try:
        redeem_entries([("r", there + 1, currency)], held, context(AT, life.day), life.own)
    except Refusal as refused:
        assert refused.params["spendable_points"] == there
    else:
        raise AssertionError("more was redeemed than is spendable")


_terms = st.tuples(
    st.sampled_from(P), st.integers(0, 3), st.sampled_from([0, 5, 40]), st.sampled_from(["12-31", "02-29"])
)


@given(_terms, st.sampled_from(OwedPolicy), st.data())
@settings(max_examples=120, deadline=None)
def test_an_account_over_its_life(
    terms: tuple[PointsExpiry, int, int, str], policy: OwedPolicy, data: st.DataObject
) -> None:
    kind, months, pending, day = terms
    stamps = Currency("CUP", "", "", data.draw(st.sampled_from(P)), months, day)
    own = Settings(
        points_expiry=kind,
        points_expiry_months=months,
        points_pending_days=pending,
        points_expiry_day=day,
        currencies=(stamps,),
    )
    life = Life(own, policy)
    for act in data.draw(
        st.lists(st.sampled_from(["sell", "sell", "return", "return", "wait", "expire"]), max_size=10)
    ):
        match act:
            case "sell":
                life.sell(data)
            case "return":
                if life.sales:
                    life.give_back(data, data.draw(st.sampled_from(life.sales)))
            case "wait":
                life.day += timedelta(days=data.draw(st.integers(1, 200)))
            case _:
                life.expire()
        account = life.account
        assert account.balance == life.balance("")
        assert all(points > 0 for points in account.pending.values()), "no more is undone than was pending"
        assert min(life.owed(currency) for currency in CURRENCIES) >= 0
        if policy is not OwedPolicy.WITHIN_BALANCE:
            assert not any(life.owed(currency) for currency in CURRENCIES)
        if policy is not OwedPolicy.UNLIMITED:
            for currency in CURRENCIES:
                end = account.ends(own, currency)
                lots = account.lots(currency).items()
                assert all(points >= 0 for lot, points in lots if not has_ended(lot, life.day, end))


@given(st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED]), st.data())
@settings(max_examples=120, deadline=None)
def test_nothing_is_made_and_nothing_lost(policy: OwedPolicy, data: st.DataObject) -> None:
    """Without expiry: balance less debt is what the bills gave and took less what came back; in the end nothing."""
    own = Settings(points_expiry=P.NEVER, points_pending_days=data.draw(st.sampled_from([0, 10])))
    life = Life(own, policy)
    for act in data.draw(st.lists(st.sampled_from(["sell", "sell", "return", "wait"]), max_size=10)):
        match act:
            case "sell":
                life.sell(data)
            case "return":
                if life.sales:
                    life.give_back(data, data.draw(st.sampled_from(life.sales)))
            case _:
                life.day += timedelta(days=data.draw(st.integers(1, 20)))
        for currency in CURRENCIES:
            assert life.balance(currency) - life.owed(currency) == life.kept(currency)
    for sold in life.sales:
        life.give_back(data, sold, 3_000)
    for currency in CURRENCIES:
        assert life.balance(currency) - life.owed(currency) == 0
    reversals = [each for each in life.entries if each.kind is PointKind.REVERSE and each.reverses_id]
    known = {each.id: each for each in life.entries}
    undone = dict.fromkeys(known, 0)
    for each in reversals:
        undone[each.reverses_id or ""] += each.points
    for of, points in undone.items():
        assert abs(points) <= abs(known[of].points), "nothing is undone more than once"
        assert points * known[of].points <= 0
