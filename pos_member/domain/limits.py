"""Limits while a bill is evaluated: how often a program may still run, how much it may still give, and what was used.

The sums come with the bill (``MemberState.counts``, ``EvaluationInput.quotas``); what this bill uses is counted here
and leaves as tallies. Without a member on the bill, limits per member cannot be kept: such a program does not run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.matching import birthday_meant
from pos_member.domain.pricing import EvaluationInput
from pos_member.domain.program import Limits, Program
from pos_member.domain.tally import Period, Tally, TallyKind, count_key, period_key


@dataclass(frozen=True, slots=True)
class Left:
    """What a program may still do on this bill. ``None``: not limited.

    ``key`` and ``params`` explain what is used up (``times`` = 0 or ``satang`` = 0), by the ``explain`` table.
    """

    times: int | None = None
    satang: int | None = None
    key: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def spent(self) -> bool:
        """Nothing is left."""
        return self.times == 0 or self.satang == 0


_UNLIMITED = Left()
#: A limit per member: the kind of period, the name of the one that runs (``period_key``), how often in it.
_Limit = tuple[Period, str, int]


class Limiter:
    """Counts of one evaluation. ``today`` is the day in the shop's zone."""

    def __init__(self, bill: EvaluationInput, today: date) -> None:
        self._bill = bill
        self._today = today
        self._used: dict[str, int] = {}
        self.tallies: list[Tally] = []

    def left(self, program: Program) -> Left:
        """What ``program`` may still do, all its limits together, ``per_bill`` included."""
        limits = program.limits
        if not _beyond_the_bill(limits):
            # By far the most usual: nothing of the member or the till to look up.
            if limits.per_bill is None:
                return _UNLIMITED
            times = limits.per_bill - self._used.get(f"bill|{program.id}", 0)
            return Left(max(0, times), None, "limit", {"times": limits.per_bill})
        return self._left(
            program.id,
            per_bill=limits.per_bill,
            periods=self._periods(program),
            total=limits.total is not None,
            budget=limits.budget_satang is not None,
        )

    def coupon_left(self, definition: CouponDefinition) -> Left:
        """How many coupons of ``definition`` this bill may still use."""
        return self._left(
            definition.id,
            per_bill=definition.per_bill_max,
            periods=self._named(coupon_periods(definition)),
            total=definition.total is not None,
            budget=False,
        )

    def use(
        self, program: Program, times: int, satang_by_line: Mapping[int, int] | None = None, satang: int = 0
    ) -> None:
        """``program`` ran ``times`` times and gave away satang: by line number, or ``satang`` as a whole."""
        limits = program.limits
        if not _beyond_the_bill(limits):
            self._used[f"bill|{program.id}"] = self._used.get(f"bill|{program.id}", 0) + times
            return
        self._use(program.id, times, self._periods(program), total=limits.total is not None)
        if limits.budget_satang is None:
            return
        shares: Iterable[tuple[int | None, int]] = [*(satang_by_line or {}).items(), (None, satang)]
        for line_no, amount in shares:
            if amount:
                self._note(TallyKind.BUDGET, program.id, "", amount, line_no=line_no)

    def use_coupon(self, definition: CouponDefinition) -> None:
        """One coupon of ``definition`` was used."""
        self._use(definition.id, 1, self._named(coupon_periods(definition)), total=definition.total is not None)

    def count(self, kind: TallyKind, key: str, period: str = "") -> int:
        """A sum of the member's tallies before this bill; 0 without a member."""
        member = self._bill.member
        return 0 if member is None else member.counts.get(count_key(kind, key, period), 0)

    def note(self, kind: TallyKind, key: str, period: str, amount: int, line_no: int | None = None) -> None:
        """Add a tally of the bill's member."""
        if amount:
            self._note(kind, key, period, amount, line_no=line_no)

    def _periods(self, program: Program) -> tuple[_Limit, ...]:
        """Its limits per member. Of a program around birthdays the year is that of the birthday it stands for: days on
        both sides of a year's end are one occasion, and next year's birthday is another.
        """
        member = self._bill.member
        born = None if member is None else member.birthday
        return self._named(
            program.limits.per_member_periods(), birthday_meant(program.audience, born, self._today) or self._today
        )

    def _named(self, periods: Iterable[tuple[Period, int]], year_of: date | None = None) -> tuple[_Limit, ...]:
        days = {Period.YEAR: year_of or self._today}
        return tuple((period, period_key(period, days.get(period, self._today)), most) for period, most in periods)

    def _left(self, key: str, *, per_bill: int | None, periods: tuple[_Limit, ...], total: bool, budget: bool) -> Left:
        found: list[tuple[int, str, dict[str, object]]] = []
        if per_bill is not None:
            used = self._used.get(f"bill|{key}", 0)
            found.append((per_bill - used, "limit", {"times": per_bill}))
        if periods and self._bill.member is None:
            return Left(0, None, "needs_member")
        for period, name, most in periods:
            used = self.count(TallyKind.TIMES, key, name) + self._used.get(f"bill|{key}", 0)
            found.append((most - used, f"limit_{period.value}", {"times": most}))
        quota = self._bill.quotas.get(key) if total or budget else None
        if (total or budget) and quota is None:
            return Left(0, 0 if budget else None, "quota_none")
        if total and quota is not None:
            times = 0 if quota.times is None else quota.times
            found.append((times - self._used.get(f"bill|{key}", 0), "quota_spent", {}))
        satang = None
        if budget and quota is not None:
            satang = max(0, (quota.satang or 0) - self._used.get(f"satang|{key}", 0))
            if satang == 0:
                return Left(0, 0, "budget_spent")
        if not found:
            return Left(None, satang)
        least, why, params = min(found, key=lambda each: each[0])
        return Left(max(0, least), satang, why, params)

    def _use(self, key: str, times: int, periods: tuple[_Limit, ...], *, total: bool) -> None:
        self._used[f"bill|{key}"] = self._used.get(f"bill|{key}", 0) + times
        for _, name, _ in periods:
            self._note(TallyKind.TIMES, key, name, times)
        if total:
            self._note(TallyKind.TOTAL, key, "", times)

    def _note(self, kind: TallyKind, key: str, period: str, amount: int, line_no: int | None = None) -> None:
        shared = kind in (TallyKind.TOTAL, TallyKind.BUDGET)
        member = self._bill.member
        if kind is TallyKind.BUDGET:
            self._used[f"satang|{key}"] = self._used.get(f"satang|{key}", 0) + amount
        member_id = None if shared or member is None else member.member_id
        self.tallies.append(Tally(kind, key, period, amount, member_id, line_no))


def _beyond_the_bill(limits: Limits) -> bool:
    """Whether sums of the member or of the till are asked for."""
    return not (
        limits.per_member_day is None
        and limits.per_member_month is None
        and limits.per_member_year is None
        and limits.per_member is None
        and limits.total is None
        and limits.budget_satang is None
    )


def coupon_periods(definition: CouponDefinition) -> tuple[tuple[Period, int], ...]:
    """The limits per member of a coupon definition that are set."""
    found = (
        (Period.DAY, definition.per_member_day),
        (Period.MONTH, definition.per_member_month),
        (Period.LIFE, definition.per_member),
    )
    return tuple((period, most) for period, most in found if most is not None)
