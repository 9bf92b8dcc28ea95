"""A stored bill says what it was based on: evaluated again it is the same, and whoever changed a figure is found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pos_member.domain.bill import Bill, QuotaLeft, Tender
from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.domain.coupon import Coupon
from pos_member.domain.coupons_rules import issue
from pos_member.domain.evaluation import evaluate
from pos_member.domain.member import Birthday, Member
from pos_member.domain.points import Account, PointKind
from pos_member.domain.pricing import HeldCoupon
from pos_member.domain.program import Period
from pos_member.domain.tally import TallyKind, count_key, period_key
from pos_member.domain.tiers import MonthSum
from pos_member.services.completion import Completion
from pos_member.services.gather import Gathered, gather
from pos_member.services.member_state import member_state
from pos_member.services.recheck import comparable, recheck
from pos_member.services.tendering import settle
from tests.factories import CASH, World

GOODS = ("espresso", "latte", "tea", "beans", "mug", "giftbox", "cookie", "cake", "syrup", "filter")
REWARDS = ("01930000-0000-7000-8000-000000000105", "free-cup", "buy-coupon")
BILLS = 2_000


class _Maker:
    """Bills of any member in any standing, made by the till's own code without being written."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shop = world.till.checkout._shop
        self.book = self.shop.book()
        self.completion = Completion(self.shop)
        self.dice = random.Random(7)
        self.friend = world.enrol("0811111111")
        self.member = world.enrol("0822222222", birthday="21/11/2533", referred_by="0811111111")
        self._counter = 0
        self._tx: Any = SimpleNamespace(next_counter=self._next, facts=SimpleNamespace(open_shift=lambda: None))

    def _next(self, name: str) -> int:
        self._counter += 1
        return self._counter

    def coupon(self, definition_id: str) -> HeldCoupon:
        definition = self.book.definitions[definition_id]
        code = self.completion._new_code([])
        coupon = issue(
            definition, code=code, member_id=self.member.id, bill_id=None, till_id="till-1", branch_id="branch-1",
            at=self.world.clock.now(), today=date(2026, 11, 20),
        )  # fmt: skip
        return HeldCoupon(coupon, definition)

    def account(self, today: date) -> Account:
        dice = self.dice
        month = period_key(Period.MONTH, today)
        counts = {
            count_key(TallyKind.PROGRESS, "mission", month): dice.randrange(0, 120_000),
            count_key(TallyKind.REWARDED, "mission", month): dice.randrange(0, 3),
            count_key(TallyKind.PROGRESS, "third-bill", period_key(Period.WEEK, today)): dice.randrange(0, 4),
            count_key(TallyKind.REMAINDER, "syrup-carry", ""): dice.randrange(0, 50_000),
            count_key(TallyKind.TIMES, "half-mug", today.isoformat()): dice.randrange(0, 2),
            count_key(TallyKind.TIMES, "half-mug", "2026-11-01"): 1,
            count_key(TallyKind.ENTRIES, "a program that is gone", ""): 5,
        }
        visits = dice.randrange(0, 4)
        return Account(
            member_id=self.member.id,
            buckets={None: dice.randrange(0, 700)},
            as_of=None,
            own_points_since=0,
            qualifying=0,
            visits=visits,
            last_visit=today - timedelta(days=3) if visits else None,
            wallets={"COFFEE": {None: dice.randrange(0, 14)}},
            months={month: MonthSum(spend_satang=dice.randrange(0, 400_000), visits=visits)},
            counts={key: amount for key, amount in counts.items() if amount},
            owed=dice.choice((0, 0, 15)),
        )

    def make(self) -> tuple[Bill, dict[str, Coupon]]:
        dice, shop, at = self.dice, self.shop, self.world.clock.now() + timedelta(hours=self.dice.randrange(0, 400))
        member: Member | None = self.member if dice.random() < 0.85 else None
        draft = self.world.draft(
            {name: dice.randrange(1, 5) for name in dice.sample(GOODS, dice.randrange(1, 6))}, member
        )
        if dice.random() < 0.2:
            draft = draft.add_amount(dice.randrange(1, 99_999))
        for name in dice.sample(REWARDS, dice.randrange(0, 3)) if member else ():
            draft = draft.with_reward(name, dice.randrange(1, 4))
        names = dice.sample(sorted(self.book.definitions), dice.randrange(0, 3))
        gathered = gather(shop, replace(draft, member_id=None), at)
        account = self.account(self.book.day(at)) if member else None
        state = member_state(self.book, member, account, self.book.day(at)) if member and account else None
        given = replace(
            gathered.bill,
            member=state,
            coupons=tuple(self.coupon(name) for name in names) if member else (),
            rewards=draft.rewards,
            quotas={key: QuotaLeft(dice.randrange(0, 3), dice.randrange(0, 5_000)) for key in self.book.rationed},
        )  # fmt: skip
        evaluation = evaluate(given, self.book.rules)
        total = evaluation.total_satang
        settled = settle(total, (Tender(CASH, total + 100),) if total >= 25 else (), 25)
        plan = self.completion.plan(draft, self.world.session(), evaluation, settled, at)
        bill, _ = self.completion.bill(self._tx, plan, Gathered(given, member, account, (), ()), evaluation)
        return bill, {held.coupon.code: held.coupon for held in given.coupons}


def _found(maker: _Maker, bill: Bill, coupons: dict[str, Coupon], birthday: Birthday | None = None) -> list[str]:
    birthdays = (birthday or maker.member.birthday,)
    found = recheck(bill, maker.book.rules, brand_id=maker.book.brand.id, coupons=coupons, birthdays=birthdays)
    return [each.what for each in found]


def test_thousands_of_bills_come_out_the_same_again(rich: World) -> None:
    maker = _Maker(rich)
    seen: set[str] = set()
    for _ in range(BILLS):
        bill, coupons = maker.make()
        again = from_bytes(Bill, canonical_bytes(bill))
        assert again == bill and comparable(again, maker.book.rules)
        assert _found(maker, again, coupons) == [], again
        seen.update(entry.program_id or "" for entry in bill.point_entries)
        seen.update(discount.program_id or discount.coupon_code or "" for discount in bill.discounts)
        seen.update(coupon.program_id for coupon in bill.coupons_issued)
        seen.update(tally.kind for tally in bill.tallies)
        seen.add("promoted" if bill.tier_change else "")
    wanted = {program.id for program in maker.book.programs} - {"draw", "01930000-0000-7000-8000-000000000103"}
    assert wanted <= seen, f"never seen: {wanted - seen}"
    assert {*TallyKind, "promoted"} <= seen


def _line(bill: Bill, **changes: int) -> Bill:
    return replace(bill, lines=(replace(bill.lines[0], **changes), *bill.lines[1:]))


def _entry(bill: Bill, **changes: Any) -> Bill:
    """The first earned entry of the bill with changes."""
    place = next(i for i, entry in enumerate(bill.point_entries) if entry.kind is PointKind.EARN)
    entries = list(bill.point_entries)
    entries[place] = replace(entries[place], **changes)
    return replace(bill, point_entries=tuple(entries))


CHANGES: list[tuple[str, Callable[[Bill], Bill]]] = [
    ("gross", lambda b: replace(b, gross_satang=b.gross_satang + 1)),
    ("discount", lambda b: replace(b, discount_satang=b.discount_satang + 1)),
    ("total", lambda b: replace(b, total_satang=b.total_satang - 100)),
    ("total", lambda b: replace(b, cash_rounding_satang=b.cash_rounding_satang - 1)),
    ("VAT", lambda b: replace(b, vat_satang=b.vat_satang - 1)),
    ("discounts", lambda b: replace(b, discounts=(replace(b.discounts[0], amount_satang=1), *b.discounts[1:]))),
    ("discounts", lambda b: replace(b, discounts=b.discounts[1:])),
    ("points earned", lambda b: replace(b, points_earned=b.points_earned + 1)),
    ("points redeemed", lambda b: replace(b, points_redeemed=b.points_redeemed + 100)),
    ("entries earned", lambda b: _entry(b, points=999)),
    ("entries earned", lambda b: _entry(b, member_id="somebody else")),
    ("entries earned", lambda b: _entry(b, qualifying=False)),
    ("entries earned", lambda b: _entry(b, bucket=None)),
    ("entries spent", lambda b: replace(b, point_entries=tuple(e for e in b.point_entries if e.points > 0))),
    ("coupons used", lambda b: replace(b, coupons_used=(replace(b.coupons_used[0], amount_satang=1),))),
    ("coupons issued", lambda b: replace(b, coupons_issued=b.coupons_issued[1:])),
    ("coupons issued", lambda b: replace(b, coupons_issued=b.coupons_issued[:-1])),
    ("terms of coupons", lambda b: replace(b, grants=(replace(b.grants[0], step_satang=1), *b.grants[1:]))),
    ("counts", lambda b: replace(b, tallies=b.tallies[1:])),
    ("counts", lambda b: replace(b, tallies=(replace(b.tallies[0], amount=b.tallies[0].amount - 1), *b.tallies[1:]))),
    ("tier", lambda b: replace(b, tier_change=None)),
    ("money towards tiers", lambda b: replace(b, qualifying_satang=b.qualifying_satang + 100)),
    ("line 1", lambda b: _line(b, net_satang=b.lines[0].net_satang + 1)),
    ("line 1", lambda b: _line(b, discount_satang=b.lines[0].discount_satang + 1)),
    ("line 1", lambda b: _line(b, points_earned=b.lines[0].points_earned + 1)),
    ("line 1", lambda b: _line(b, points_paid_satang=b.lines[0].points_paid_satang + 1)),
    ("line 1", lambda b: _line(b, unit_price_satang=b.lines[0].unit_price_satang + 100)),
]  # fmt: skip


def _full(maker: _Maker) -> tuple[Bill, dict[str, Coupon]]:
    """A bill with something of everything."""
    while True:
        bill, coupons = maker.make()
        everything = (bill.coupons_used, bill.coupons_issued, bill.tallies, bill.tier_change, bill.points_redeemed)
        if all(everything) and len(bill.coupons_used) == 1 and bill.points_earned:
            return bill, coupons


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=[f"{i}-{what}" for i, (what, _) in enumerate(CHANGES)])
def test_a_changed_figure_is_found(rich: World, number: int) -> None:
    what, change = CHANGES[number]
    maker = _Maker(rich)
    bill, coupons = _full(maker)
    assert _found(maker, bill, coupons) == []
    assert what in _found(maker, change(bill), coupons)


def test_what_a_bill_was_based_on_cannot_be_changed_unseen(rich: World) -> None:
    """The basis is part of the bill: a better one would have given more."""
    maker = _Maker(rich)
    bill, coupons = _full(maker)
    assert bill.basis is not None
    richer = replace(bill, basis=replace(bill.basis, tier="gold", tier_count=10**9))
    assert "tier" in _found(maker, richer, coupons)
    assert not comparable(replace(bill, basis=replace(bill.basis, rules="0" * 16)), maker.book.rules)
    assert not comparable(replace(bill, basis=None), maker.book.rules)
    with pytest.raises(ValueError, match="other rules"):
        _found(maker, replace(bill, basis=None), coupons)
    with pytest.raises(ValueError, match="coupon"):
        _found(maker, bill, {})


def test_a_birthday_put_right_later_makes_no_bill_wrong(rich: World) -> None:
    """Double points in the birthday month: the bill goes by the birthday of its day, whichever the member has now."""
    member = rich.enrol(birthday="5/11")
    bill = rich.sell({"giftbox": 1}, member).bill
    rich.till.enrolment.correct(rich.session(), member.id, birthday="5/3")
    rules = rich.till.checkout._shop.book().rules
    assert recheck(bill, rules, brand_id="brand-1", coupons={}, birthdays=(Birthday(5, 3),))
    assert not recheck(bill, rules, brand_id="brand-1", coupons={}, birthdays=(Birthday(5, 3), Birthday(5, 11)))
    assert rich.till.verify.run().ok
