"""Bills with everything on them, made by hand, and what any sequence of returns makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from pos_member.domain.bill import (
    Bill,
    BillDiscount,
    BillLine,
    BillReturn,
    CouponGrant,
    CouponUse,
    DiscountKind,
    LineWeight,
    Tender,
    TenderKind,
)
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointEntry, PointKind, balances
from pos_member.domain.returns_rules import ReturnPlan, plan_return, returnable
from pos_member.domain.tally import Tally, TallyKind
from tests.domain.ringing import account, context, give_back

#: A Saturday, noon in Bangkok.
AT = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
LOT, SOON, PENDING_UNTIL = date(2028, 12, 31), date(2026, 12, 31), date(2026, 11, 28)


def bill_line(number: int, net: int, quantity: int = 1_000, **more: Any) -> BillLine:
    values: dict[str, Any] = {"product_id": None, "barcode": "", "name_th": "", "name_en": "", "category_id": ""}
    values |= {"brand_id": "", "tags": (), "discount_satang": 0, "points_earned": 0}
    values |= {"unit_price_satang": net, "gross_satang": net}
    return BillLine(line_no=number, quantity_milli=quantity, net_satang=net, **(values | more))


def issued_coupon(code: str) -> Coupon:
    return Coupon(code, "def", CouponState.ISSUED, "m", "bill", "till", "branch", AT, TODAY, LOT)


def hand_made(lines: Iterable[BillLine], entries: Iterable[PointEntry] = (), **more: Any) -> Bill:
    goods = tuple(lines)
    total = sum(line.net_satang for line in goods) + more.get("cash_rounding_satang", 0)
    grants: tuple[CouponGrant, ...] = more.get("grants", ())
    values: dict[str, Any] = {
        "id": "bill",
        "number": "1",
        "receipt_code": "1",
        "till_id": "till",
        "branch_id": "branch",
        "staff_id": "staff",
        "shift_id": None,
        "member_id": "m",
        "identified": None,
        "opened_at": AT,
        "completed_at": AT,
        "business_date": TODAY,
        "discounts": (),
        "tenders": (Tender(TenderKind.CASH, total),),
        "gross_satang": sum(line.gross_satang for line in goods),
        "discount_satang": sum(line.discount_satang for line in goods),
        "total_satang": total,
        "cash_rounding_satang": 0,
        "change_satang": 0,
        "vat_satang": 0,
        "points_earned": 0,
        "points_redeemed": 0,
        "coupons_issued": tuple(issued_coupon(code) for grant in grants for code in grant.codes),
        "coupons_used": (),
    }
    return Bill(lines=goods, point_entries=tuple(entries), **(values | more))


def entry(kind: PointKind, points: int, **more: Any) -> PointEntry:
    bucket = more.pop("bucket", LOT)
    return context(AT, TODAY).entry(kind, points, bucket, **more)


def _reward(program_id: str, currency: str, lines: tuple[LineWeight, ...]) -> BillDiscount:
    amount = sum(part.weight for part in lines)
    return BillDiscount(DiscountKind.POINTS, program_id, None, "", "", amount, 1, currency, lines)


_quantities = st.one_of(st.sampled_from([1_000, 2_000, 3_000, 7_000]), st.integers(1, 9_999))


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Points and stamps earned and redeemed, coupons granted and used, tallies of every shape, gift cards."""
    lines = [
        bill_line(
            number,
            draw(st.integers(0, 60_000)),
            draw(_quantities),
            points_paid_satang=draw(st.sampled_from([0, 0, 500, 3_333])),
            tags=draw(st.sampled_from([(), (), ("gift_card",)])),
        )
        for number in range(1, draw(st.integers(1, 5)) + 1)
    ]
    numbers = [line.line_no for line in lines]
    entries = [
        entry(
            PointKind.EARN,
            draw(st.integers(1, 500)),
            line_no=draw(st.sampled_from([*numbers, None])),
            program_id="p",
            currency=(currency := draw(st.sampled_from(["", "", "CUP"]))),
            spendable_from=draw(st.sampled_from([None, PENDING_UNTIL])) if not currency else None,
            qualifying=not currency,
        )
        for _ in range(draw(st.integers(0, 5)))
    ]
    entries += [
        entry(
            PointKind.REDEEM,
            -draw(st.integers(1, 400)),
            bucket=draw(st.sampled_from([None, SOON])),
            program_id=draw(st.sampled_from(["r", "r", "other"])),
            currency=draw(st.sampled_from(["", "CUP"])),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    rewards = [
        _reward(program_id, currency, tuple(LineWeight(n, draw(st.integers(1, 9_000))) for n in numbers[-2:]))
        for program_id, currency in (("r", ""), ("r", "CUP"), ("other", "CUP"))
        if draw(st.booleans())
    ]
    if draw(st.booleans()):
        entries.append(entry(PointKind.EARN, 40, program_id="ref", member_id="friend", qualifying=False))
    grants = []
    for i in range(draw(st.integers(0, 2))):
        count = draw(st.integers(1, 4))
        step = draw(st.sampled_from([0, 5_000, 10_000]))
        grants.append(
            CouponGrant(
                "issue",
                tuple(f"c{i}{j}" for j in range(count)),
                step,
                draw(st.integers(1, 2)) if step else 0,
                0 if step else draw(st.sampled_from([0, 20_000])),
                tuple(LineWeight(line.line_no, line.net_satang) for line in lines if draw(st.booleans())),
                0 if draw(st.integers(0, 4)) else 100,
            )
        )
    tallies = [
        Tally(
            draw(st.sampled_from(TallyKind)),
            "p",
            draw(st.sampled_from(["", "2026-11"])),
            draw(st.integers(-2_000, 9_000)),
            "m",
            draw(st.sampled_from([*numbers, None])),
        )
        for _ in range(draw(st.integers(0, 5)))
    ]
    goods = sum(line.net_satang for line in lines if "gift_card" not in line.tags)
    rounding = max(draw(st.integers(-24, 24)), -sum(line.net_satang for line in lines))
    return hand_made(
        lines,
        entries,
        cash_rounding_satang=rounding,
        discounts=tuple(rewards),
        grants=tuple(grants),
        tallies=tuple(tally for tally in tallies if tally.amount),
        qualifying_satang=goods,
        coupons_used=(CouponUse("used", "def", 500),),
    )


@dataclass
class Totals:
    """What all returns of a bill came to."""

    refunded: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    moved: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    due: Counter[str] = field(default_factory=Counter)
    tallies: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    voided: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    qualifying: int = 0
    visits: int = 0

    def add(self, document: BillReturn, plan: ReturnPlan) -> None:
        self.refunded += document.refund_satang
        self.withheld.update(document.coupons_withheld)
        for each in document.point_entries:
            self.moved[each.member_id, each.currency, each.bucket, each.spendable_from, each.qualifying] += each.points
        self.due.update({"": plan.points_taken_back + plan.points_owed, **plan.stamps_taken_back})
        self.due.update(plan.stamps_owed)
        for tally in document.tallies:
            self.tallies[tally.kind, tally.key, tally.period, tally.member_id, tally.line_no] += tally.amount
        self.voided.update(document.coupons_voided)
        self.restored.update(document.coupons_restored)
        self.qualifying += document.qualifying_satang
        self.visits += document.complete

    def facts(self) -> tuple[Any, ...]:
        """For comparing: counters without their zeros."""
        counters = (self.withheld, self.moved, self.due, self.tallies, self.voided, self.restored)
        cleaned = [{key: n for key, n in counter.items() if n} for counter in counters]
        return (self.refunded, self.qualifying, self.visits, *cleaned)


def some_part(sold: Bill, past: Iterable[BillReturn], data: st.DataObject) -> Mapping[int, int]:
    """Some of what may still come back, and not nothing."""
    left = {number: most for number, most in returnable(sold, past).items() if most}
    chosen = {number: data.draw(st.one_of(st.integers(0, most), st.just(most))) for number, most in left.items()}
    return chosen if any(chosen.values()) else left


def whole(sold: Bill) -> dict[int, int]:
    return {line.line_no: line.quantity_milli for line in sold.lines}


def stored(sold: Bill, plan: ReturnPlan) -> BillReturn:
    return give_back(sold, plan, AT, TODAY)


def lots_after(sold: Bill, document: BillReturn, lots: Any) -> Any:
    """The member's ``Balances`` after a return."""
    own = balances(each for each in document.point_entries if each.member_id == sold.member_id)
    return own.plus(lots.buckets, lots.pending, lots.wallets)


RICH = account(
    {None: 10**6, SOON: 10**6, LOT: 10**6},
    pending={(PENDING_UNTIL, LOT): 10**5},
    wallets={"CUP": {None: 10**6, SOON: 10**6, LOT: 10**6}},
)


def plan_of(sold: Bill, past: list[BillReturn], lines: Any, **more: Any) -> ReturnPlan:
    """The plan for a member who has more than enough of everything."""
    asked: dict[str, Any] = {"account": RICH, "today": TODAY, "owed_policy": OwedPolicy.UNLIMITED}
    return plan_return(sold, past, lines, **(asked | more))


def in_sequence(sold: Bill, data: st.DataObject, **more: Any) -> tuple[Totals, list[BillReturn]]:
    """Return all of a bill in parts; what holds of every single return is asserted on the way."""
    totals, past = Totals(), []
    while any(returnable(sold, past).values()):
        plan = plan_of(sold, past, some_part(sold, past, data), **more)
        assert sum(one.refund_satang for one in plan.lines) == plan.refund_satang + plan.withheld_satang
        assert plan.withheld_satang == sum(plan.coupons_withheld.values())
        assert min(plan.refund_satang, plan.withheld_satang, plan.qualifying_satang, plan.points_owed) >= 0
        assert all(one.refund_satang >= 0 for one in plan.lines)
        assert sum(one.points_reversed for one in plan.lines) == plan.points_taken_back + plan.points_owed
        document = stored(sold, plan)
        assert not (set(document.coupons_voided) & {code for old in past for code in old.coupons_voided})
        past.append(document)
        totals.add(document, plan)
        assert totals.refunded + sum(totals.withheld.values()) <= sold.total_satang
        assert plan.complete == (not any(returnable(sold, past).values()))
    return totals, past
