"""What a replay adds up: per day, per program and per member; parts of a replay merge into one in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.coupons_rules import face_value_satang


@dataclass(slots=True)
class Figures:
    """Sums of bills less returns. Money in satang.

    ``gross_satang`` − ``discount_satang`` = ``sales_satang``. ``given_satang``: of the discounts, those of programs;
    the others are coupons and points that were given earlier. ``coupons_satang``: face value of coupons issued.
    ``cost_satang`` counts what is given at the moment it is given, so that nothing counts twice: discounts of programs,
    points earned at what a point costs the shop, coupons issued at face value.
    """

    bills: int = 0
    gross_satang: int = 0
    discount_satang: int = 0
    sales_satang: int = 0
    given_satang: int = 0
    points: int = 0
    points_satang: int = 0
    points_redeemed: int = 0
    stamps: int = 0
    coupons: int = 0
    coupons_satang: int = 0
    returns: int = 0

    @property
    def cost_satang(self) -> int:
        """What the programs gave away."""
        return self.given_satang + self.points_satang + self.coupons_satang

    def add(self, other: Figures, sign: int = 1) -> None:
        """Add (or take away) another's sums."""
        # Written out: it runs several times for every bill.
        self.bills += sign * other.bills
        self.gross_satang += sign * other.gross_satang
        self.discount_satang += sign * other.discount_satang
        self.sales_satang += sign * other.sales_satang
        self.given_satang += sign * other.given_satang
        self.points += sign * other.points
        self.points_satang += sign * other.points_satang
        self.points_redeemed += sign * other.points_redeemed
        self.stamps += sign * other.stamps
        self.coupons += sign * other.coupons
        self.coupons_satang += sign * other.coupons_satang
        self.returns += sign * other.returns

    def less(self, other: Figures) -> Figures:
        """The difference to another's sums."""
        made = Figures()
        made.add(self)
        made.add(other, -1)
        return made

    def as_dict(self) -> dict[str, int]:
        """Every sum by its name."""
        return {name: getattr(self, name) for name in _FIGURES} | {"cost_satang": self.cost_satang}


_FIGURES = tuple(each.name for each in fields(Figures))


@dataclass
class Pair:
    """The draft's sums and those of the programs that ran."""

    draft: Figures = field(default_factory=Figures)
    ran: Figures = field(default_factory=Figures)

    def add(self, other: Pair) -> None:
        """Add another's sums."""
        self.draft.add(other.draft)
        self.ran.add(other.ran)


@dataclass
class Report:
    """What a replay found. ``gains``: member → satang gained under the draft; the sets hold members.

    ``coupons_left_out``: coupons used in fact whose definition the draft does not have. ``returns_outside``: returns of
    bills from before the period. Programs count before returns.
    """

    total: Pair = field(default_factory=Pair)
    days: dict[date, Pair] = field(default_factory=dict)
    programs: dict[str, Pair] = field(default_factory=dict)
    gains: dict[str, int] = field(default_factory=dict)
    ran_gains: dict[str, int] = field(default_factory=dict)
    day_members: dict[date, set[str]] = field(default_factory=dict)
    coupons_left_out: int = 0
    rewards_left_out: int = 0
    returns_outside: int = 0
    partial: bool = False

    def day(self, day: date) -> Pair:
        """The sums of a day."""
        return self.days.setdefault(day, Pair())

    def program(self, program_id: str) -> Pair:
        """The sums of a program."""
        return self.programs.setdefault(program_id, Pair())

    def book(self, day: date, draft: Figures, ran: Figures, sign: int = 1) -> None:
        """Add to the day and to the total."""
        for pair in (self.day(day), self.total):
            pair.draft.add(draft, sign)
            pair.ran.add(ran, sign)

    def gained(self, member_id: str, day: date, draft_satang: int, ran_satang: int) -> None:
        """Note what a member gained; negative for what went back."""
        if draft_satang:
            self.gains[member_id] = self.gains.get(member_id, 0) + draft_satang
        if draft_satang > 0:
            self.day_members.setdefault(day, set()).add(member_id)
        if ran_satang:
            self.ran_gains[member_id] = self.ran_gains.get(member_id, 0) + ran_satang

    def merge(self, other: Report) -> None:
        """Add the part of another process; members are never split between two."""
        self.total.add(other.total)
        for day, pair in other.days.items():
            self.day(day).add(pair)
        for program_id, pair in other.programs.items():
            self.program(program_id).add(pair)
        for mine, theirs in ((self.gains, other.gains), (self.ran_gains, other.ran_gains)):
            for member_id, satang in theirs.items():
                mine[member_id] = mine.get(member_id, 0) + satang
        for day, members in other.day_members.items():
            self.day_members.setdefault(day, set()).update(members)
        self.coupons_left_out += other.coupons_left_out
        self.rewards_left_out += other.rewards_left_out
        self.returns_outside += other.returns_outside
        self.partial = self.partial or other.partial

    def winners(self, count: int) -> list[tuple[str, int, int]]:
        """(member, satang gained, satang gained in fact) of those who gained most; ties by id."""
        ordered = sorted(self.gains.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(member, gain, self.ran_gains.get(member, 0)) for member, gain in ordered[:count] if gain > 0]

    @property
    def members(self) -> int:
        """How many members gained something."""
        return sum(gain > 0 for gain in self.gains.values())


def face_values(definitions: Mapping[str, CouponDefinition]) -> dict[str, int]:
    """``coupons_rules.face_value_satang`` by id."""
    return {definition_id: face_value_satang(definition) for definition_id, definition in definitions.items()}
