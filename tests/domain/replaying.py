"""A past to replay: bills and returns rung under a rule book, with a member's state kept by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from pos_member.domain.bill import Basis, Bill, BillReturn, ChosenReward, DraftLine
from pos_member.domain.coupon import CouponState
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import OwedPolicy
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, MemberState, RuleBook
from pos_member.domain.replay import Past, Replay
from pos_member.domain.replay_figures import Report
from pos_member.domain.replay_member import Profile
from pos_member.domain.returns_rules import IssuedCoupon, plan_return
from pos_member.domain.tally import merged, sums
from pos_member.services.past_bills import Fact
from tests.domain.evaluating import AT
from tests.domain.ringing import account, complete, give_back


@dataclass
class Purse:
    """What a member has."""

    points: int = 0
    visits: int = 0
    last_visit: date | None = None
    stamps: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class Shop:
    """Rings bills under ``book`` and remembers them as facts."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.rules = compile_rules(book)
        self.purses: dict[str, Purse] = {}
        self.facts: list[Bill | BillReturn] = []
        self._returns: dict[str, list[BillReturn]] = {}
        self._bills: dict[str, Bill] = {}
        self._at = AT

    def ring(
        self,
        *lines: DraftLine,
        member: str | None = "m",
        rewards: Mapping[str, int] | None = None,
        coupons: tuple[HeldCoupon, ...] = (),
        days: int = 0,
    ) -> Bill:
        """One bill; ``days`` after the one before."""
        self._at += timedelta(days=days, minutes=1)
        purse = self.purses.setdefault(member, Purse()) if member is not None else Purse()
        state = None
        if member is not None:
            state = MemberState(
                member,
                spendable_points=purse.points,
                visits=purse.visits,
                last_visit=purse.last_visit,
                stamps=dict(purse.stamps),
                counts=dict(purse.counts),
            )
        chosen = tuple(ChosenReward(*pair) for pair in (rewards or {}).items())
        of = EvaluationInput(lines, self._at, "branch", "brand", state, coupons, chosen)
        result = evaluate(of, self.rules)
        bill = self._stored(of, result, member)
        if member is not None:
            self._settle(purse, result, bill.business_date)
        self.facts.append(bill)
        self._bills[bill.id] = bill
        return bill

    def _stored(self, of: EvaluationInput, result: Evaluation, member: str | None) -> Bill:
        number = len(self.facts)
        holder = account({None: 10**9}, wallets={code: {None: 10**6} for code in ("S",)})
        today = self._at.date()
        made = complete(of, result, self.book, holder, today=today)
        state = of.member
        basis = None
        if state is not None:
            basis = Basis(
                rules=self.rules.digest,
                spendable_points=state.spendable_points,
                stamps=dict(state.stamps),
                visits=state.visits,
                last_visit=state.last_visit,
                counts=dict(state.counts),
            )
        entries = tuple(
            replace(entry, member_id=member or "", bill_id=f"bill-{number}") for entry in made.point_entries
        )
        return replace(made, id=f"bill-{number}", member_id=member, point_entries=entries, basis=basis)

    def _settle(self, purse: Purse, result: Evaluation, today: date) -> None:
        for earn in result.earns:
            if earn.currency:
                purse.stamps[earn.currency] = purse.stamps.get(earn.currency, 0) + earn.points
            else:
                purse.points += earn.points
        for discount in result.discounts:
            if discount.currency:
                purse.stamps[discount.currency] -= discount.points
            else:
                purse.points -= discount.points
        purse.counts = merged(purse.counts, sums(tally for tally in result.tallies if tally.member_id is not None))
        purse.visits += 1
        purse.last_visit = today

    def give_back(self, bill: Bill, lines: Mapping[int, int]) -> BillReturn:
        """A return of ``lines`` (number → thousandths), what was earned taken back in full."""
        self._at += timedelta(minutes=1)
        earlier = self._returns.setdefault(bill.id, [])
        gone = {code for document in earlier for code in document.coupons_voided}
        states = [
            IssuedCoupon(coupon.code, CouponState.VOIDED_BY_RETURN if coupon.code in gone else CouponState.ISSUED)
            for coupon in bill.coupons_issued
        ]
        plan = plan_return(
            bill,
            earlier,
            lines,
            account=account({None: 10**9}),
            today=self._at.date(),
            owed_policy=OwedPolicy.UNLIMITED,
            issued=states,
        )
        document = give_back(bill, plan, self._at, self._at.date())
        if bill.member_id is not None:
            purse = self.purses[bill.member_id]
            purse.points += plan.points_given_back - plan.points_taken_back
            for sign, moved in ((-1, plan.stamps_taken_back), (1, plan.stamps_given_back)):
                for code, count in moved.items():
                    purse.stamps[code] = purse.stamps.get(code, 0) + sign * count
            purse.counts = merged(purse.counts, sums(tally for tally in plan.tallies if tally.member_id is not None))
            purse.visits -= 1 if plan.complete else 0
        earlier.append(document)
        self.facts.append(document)
        return document

    # What ``replaying.run`` asks of a source.

    def past(self) -> Past:
        return Past(self.book.definitions, {"branch": "brand"})

    def count(self, first: date, last: date) -> int | None:
        return len(self.facts)

    def returned(self, first: date, last: date) -> frozenset[str]:
        return frozenset(fact.bill_id for fact in self.facts if isinstance(fact, BillReturn))

    def stream(self) -> Iterator[Fact]:
        for fact in self.facts:
            if isinstance(fact, BillReturn):
                yield Fact(fact.member_id or fact.bill_id, document=fact)
            else:
                yield Fact(fact.member_id or fact.id, bill=fact, profile=Profile())

    def number(self, member_id: str) -> str:
        return f"29•••{member_id}"


class Source:
    """A shop as ``past_bills.Source``; ``on_fact`` is called before each fact with its number."""

    def __init__(self, shop: Shop, on_fact: Any = lambda number: None) -> None:
        self.shop = shop
        self._on_fact = on_fact
        self.past, self.count, self.returned, self.number = shop.past, shop.count, shop.returned, shop.number

    def book(self) -> RuleBook:
        return self.shop.book

    def facts(self, first: date, last: date) -> Iterator[Fact]:
        for number, fact in enumerate(self.shop.stream()):
            self._on_fact(number)
            yield fact


def replayed(shop: Shop, book: RuleBook, only: Any = lambda shard: True) -> Report:
    """All facts (of the shards that ``only`` names) under ``book``, in this process."""
    replay = Replay(compile_rules(book), book, shop.past(), shop.returned(date.min, date.max))
    for fact in shop.stream():
        if not only(fact.shard):
            continue
        if isinstance(fact.bill, Bill):
            replay.bill(fact.bill, fact.profile)
        if isinstance(fact.document, BillReturn):
            replay.returned(fact.document)
    return replay.report


def moment(day: int) -> datetime:
    """Noon of a day of November 2026."""
    return AT.replace(day=day)
