"""What would this bill give under these programs, and why: plain JSON data in and out (docs/programs.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pos_member.domain.bill import LINES_MAX, MILLI, QUANTITY_MAX_MILLI, ChosenReward, DraftLine, QuotaLeft
from pos_member.domain.clock import business_date
from pos_member.domain.codec import from_wire, to_wire
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.coupons_rules import issue
from pos_member.domain.effect_check import TIMES_MAX
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.member import Birthday
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, MemberState
from pos_member.domain.program_files import ProgramFile, parse
from pos_member.domain.tier_rules import standing
from pos_member.domain.tiers import MonthSum

#: Years a bill can be of; at the ends of the calendar a time has no form in every zone.
_YEAR_MIN, _YEAR_MAX = 1900, 9000
_MEMBER = "member"
_MONTH = re.compile(r"(19|[2-8][0-9])[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class TryLine:
    """A line of a bill to try; only the price is needed."""

    price_satang: int
    quantity_milli: int = MILLI
    product: str | None = None
    name_th: str = ""
    name_en: str = ""
    category: str = ""
    brand: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class TryCoupon:
    """A coupon laid on the bill: the id of its definition, and a code where several must be told apart."""

    definition: str
    code: str = ""


@dataclass(frozen=True)
class TryReward:
    """A reward chosen ``times`` times."""

    program: str
    times: int = 1


@dataclass(frozen=True)
class TryBill:
    """A bill to try. ``at`` has a zone; branch and brand matter only to programs that name some."""

    at: datetime
    lines: tuple[TryLine, ...]
    branch: str = ""
    brand: str = ""
    coupons: tuple[TryCoupon, ...] = ()
    rewards: tuple[TryReward, ...] = ()
    #: What the till may still give, by id of program or coupon definition.
    quotas: Mapping[str, QuotaLeft] = field(default_factory=dict)


@dataclass(frozen=True)
class TryMember:
    """A member to try with: all that rules may know. With ``months`` the tier follows from the scheme."""

    points: int = 0
    tier: str = ""
    birthday: Birthday | None = None
    visits: int = 0
    last_visit: date | None = None
    segments: tuple[str, ...] = ()
    #: The id of the member who brought this one.
    referred_by: str | None = None
    #: What counts towards tiers in the running window; left out where ``months`` says it.
    tier_count: int = 0
    months: Mapping[str, MonthSum] = field(default_factory=dict)
    #: Spendable stamps per currency.
    stamps: Mapping[str, int] = field(default_factory=dict)
    #: Sums of tallies, e.g. ``{"times|<program>|2026-11": 1}``; see ``tally.count_key``.
    counts: Mapping[str, int] = field(default_factory=dict)


def try_programs(programs_json: Any, bill_json: Any, member_json: Any = None) -> dict[str, Any]:
    """The evaluation of a bill as JSON data (the fields of ``pricing.Evaluation``).

    Raises ``Refusal(PAYLOAD_INVALID, where="bill.lines[0].price_satang", want=…)`` for data that does not fit.
    """
    result: dict[str, Any] = to_wire(tried(programs_json, bill_json, member_json))
    return result


def tried(programs_json: Any, bill_json: Any, member_json: Any = None) -> Evaluation:
    """As ``try_programs``, before it becomes JSON."""
    file = parse(programs_json)
    bill = from_wire(TryBill, bill_json, "bill")
    member = None if member_json is None else from_wire(TryMember, member_json, "member")
    return evaluate(_input(file, bill, member), compile_rules(file.book))


def _input(file: ProgramFile, bill: TryBill, member: TryMember | None) -> EvaluationInput:
    if not _YEAR_MIN <= bill.at.year <= _YEAR_MAX:
        raise Refusal(Reason.PAYLOAD_INVALID, where="bill.at", want=f"{_YEAR_MIN} … {_YEAR_MAX}")
    if len(bill.lines) > LINES_MAX:
        raise Refusal(Reason.PAYLOAD_INVALID, where="bill.lines", want=f"0 … {LINES_MAX}")
    _check_rewards(bill, file)
    definitions = file.book.definitions
    return EvaluationInput(
        lines=tuple(_line(line, f"bill.lines[{i}]") for i, line in enumerate(bill.lines)),
        at=bill.at,
        branch_id=bill.branch,
        brand_id=bill.brand,
        member=None if member is None else _member(member, file, bill),
        coupons=tuple(_coupon(coupon, i, definitions, bill) for i, coupon in enumerate(bill.coupons)),
        rewards=tuple(ChosenReward(reward.program, reward.times) for reward in bill.rewards),
        quotas=dict(bill.quotas),
    )


def _check_rewards(bill: TryBill, file: ProgramFile) -> None:
    """A slip in an id would else show nothing but a reward that was not taken."""
    rewards = {program.id for program in file.programs if program.effect.kind.startswith("reward_")}
    for i, reward in enumerate(bill.rewards):
        if reward.program not in rewards:
            where = f"bill.rewards[{i}].program"
            raise Refusal(Reason.PAYLOAD_INVALID, where=where, want="the id of a program that is a reward")
        if not 1 <= reward.times <= TIMES_MAX:
            raise Refusal(Reason.PAYLOAD_INVALID, where=f"bill.rewards[{i}].times", want=f"1 … {TIMES_MAX}")


def _member(member: TryMember, file: ProgramFile, bill: TryBill) -> MemberState:
    for month in member.months:
        if _MONTH.fullmatch(month) is None:
            raise Refusal(Reason.PAYLOAD_INVALID, where=f"member.months.{month[:20]}", want="YYYY-MM")
    if not 0 <= member.visits <= TIMES_MAX:
        raise Refusal(Reason.PAYLOAD_INVALID, where="member.visits", want=f"0 … {TIMES_MAX}")
    tier, tier_count = member.tier, member.tier_count
    scheme = file.settings.tiers
    if scheme is not None and tier and tier not in {level.code for level in scheme.levels}:
        raise Refusal(Reason.PAYLOAD_INVALID, where="member.tier", want="the code of a tier of the settings")
    if scheme is not None and member.months:
        found = standing(scheme, member.months, business_date(bill.at, file.settings.zone), member.tier)
        tier, tier_count = found.code, found.count
    return MemberState(
        member_id=_MEMBER,
        tier=tier,
        birthday=member.birthday,
        spendable_points=member.points,
        visits=member.visits,
        last_visit=member.last_visit,
        segments=member.segments,
        referred_by=member.referred_by,
        tier_count=tier_count,
        stamps=dict(member.stamps),
        counts=dict(member.counts),
    )


def _line(line: TryLine, where: str) -> DraftLine:
    if not 0 <= line.price_satang <= AMOUNT_MAX_SATANG:
        raise Refusal(Reason.PAYLOAD_INVALID, where=f"{where}.price_satang", want=f"0 … {AMOUNT_MAX_SATANG}")
    if not 0 < line.quantity_milli <= QUANTITY_MAX_MILLI:
        raise Refusal(Reason.PAYLOAD_INVALID, where=f"{where}.quantity_milli", want=f"1 … {QUANTITY_MAX_MILLI}")
    return DraftLine(
        product_id=line.product,
        barcode="",
        name_th=line.name_th,
        name_en=line.name_en,
        category_id=line.category,
        brand_id=line.brand,
        tags=line.tags,
        quantity_milli=line.quantity_milli,
        unit_price_satang=line.price_satang,
    )


def _coupon(coupon: TryCoupon, i: int, definitions: Mapping[str, CouponDefinition], bill: TryBill) -> HeldCoupon:
    definition = definitions.get(coupon.definition)
    if definition is None:
        where = f"bill.coupons[{i}].definition"
        raise Refusal(Reason.PAYLOAD_INVALID, where=where, want="the id of a coupon definition")
    held: Coupon = issue(
        definition,
        code=coupon.code or f"coupon-{i + 1}",
        member_id=_MEMBER,
        bill_id=None,
        till_id="",
        branch_id=bill.branch,
        at=bill.at,
        today=bill.at.date(),
    )
    return HeldCoupon(held, definition)
