"""A member's state in a replay: what the till saw at the first bill, and what the draft gave since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.bill import Bill
from pos_member.domain.member import Birthday
from pos_member.domain.pricing import Evaluation, MemberState
from pos_member.domain.returns_rules import ReturnPlan
from pos_member.domain.tally import Period, Tally, merged, period_key, sums
from pos_member.domain.tier_rules import standing
from pos_member.domain.tiers import MonthSum, TierMetric, TierScheme


@dataclass(frozen=True)
class Profile:
    """What is known of a member besides the bills. ``tier``: given by hand."""

    tier: str = ""
    birthday: Birthday | None = None
    segments: tuple[str, ...] = ()
    referred_by: str | None = None


@dataclass
class SimulatedMember:
    """The running state. ``floor`` is a tier that is not undercut during the replay: the one held at its start."""

    member_id: str
    profile: Profile
    floor: str
    points: int = 0
    visits: int = 0
    last_visit: date | None = None
    stamps: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    months: dict[str, MonthSum] = field(default_factory=dict)

    @classmethod
    def opened(cls, bill: Bill, profile: Profile, scheme: TierScheme | None) -> SimulatedMember:
        """Before the first bill of the replay: as the till saw the member, where the bill says so."""
        basis = bill.basis
        made = cls(bill.member_id or "", profile, profile.tier)
        if basis is None:
            return made
        made.floor = basis.tier or profile.tier
        made.points, made.visits, made.last_visit = basis.spendable_points, basis.visits, basis.last_visit
        made.stamps, made.counts = dict(basis.stamps), dict(basis.counts)
        if scheme is not None and basis.tier_count:
            made._month(bill.business_date, _counted(scheme.metric, basis.tier_count))
        return made

    def state(self, scheme: TierScheme | None, today: date) -> MemberState:
        """As ``evaluate`` takes it, on the day of the next bill."""
        tier, count = self.floor, 0
        if scheme is not None:
            found = standing(scheme, self.months, today, self.floor)
            tier, count = found.code, found.count
        return MemberState(
            member_id=self.member_id,
            tier=tier,
            birthday=self.profile.birthday,
            spendable_points=max(0, self.points),
            visits=self.visits,
            last_visit=self.last_visit,
            segments=self.profile.segments,
            referred_by=self.profile.referred_by,
            tier_count=count,
            stamps={code: count for code, count in self.stamps.items() if count > 0},
            counts=self.counts,
        )

    def went_on(self, bill: Bill, result: Evaluation, scheme: TierScheme | None) -> None:
        """After a bill."""
        qualifying = 0
        for earn in result.earns:
            if earn.member_id not in (None, self.member_id):
                continue
            if earn.currency:
                self.stamps[earn.currency] = self.stamps.get(earn.currency, 0) + earn.points
            else:
                self.points += earn.points
                qualifying += earn.points if earn.qualifying else 0
        for discount in result.discounts:
            if discount.currency:
                self.stamps[discount.currency] = self.stamps.get(discount.currency, 0) - discount.points
            else:
                self.points -= discount.points
        self._count(result.tallies)
        self.visits += 1
        self.last_visit = bill.business_date
        if scheme is not None:
            self._month(bill.business_date, MonthSum(qualifying, result.qualifying_satang, 1))

    def gave_back(self, bill_day: date, plan: ReturnPlan) -> None:
        """After a return of a bill of ``bill_day``."""
        self.points += plan.points_given_back - plan.points_taken_back
        for code, count in plan.stamps_taken_back.items():
            self.stamps[code] = self.stamps.get(code, 0) - count
        for code, count in plan.stamps_given_back.items():
            self.stamps[code] = self.stamps.get(code, 0) + count
        self._count(plan.tallies)
        self._month(bill_day, plan.month)
        if plan.complete:
            self.visits = max(0, self.visits - 1)

    def _count(self, tallies: tuple[Tally, ...]) -> None:
        mine = [tally for tally in tallies if tally.member_id == self.member_id]
        if mine:
            self.counts = merged(self.counts, sums(mine))

    def _month(self, day: date, amount: MonthSum) -> None:
        key = period_key(Period.MONTH, day)
        self.months[key] = self.months.get(key, MonthSum()) + amount


def _counted(metric: TierMetric, amount: int) -> MonthSum:
    """What counted so far, as a sum in the scheme's metric."""
    match metric:
        case TierMetric.POINTS:
            return MonthSum(points=amount)
        case TierMetric.SPEND:
            return MonthSum(spend_satang=amount)
        case TierMetric.VISITS:
            return MonthSum(visits=amount)
