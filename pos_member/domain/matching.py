"""Does a program apply: goods in scope, window, audience.

Scopes are matched all at once. Each distinct scope owns one bit; for every product, category, brand and tag that
any scope names, a table holds the bits of the scopes that name it. One line then costs a few look-ups and ``&``,
however many programs there are.

The parts of a scope narrow one another (brand *and* category *and* tag); the values within a part widen
(this category *or* that). An exclusion always wins. A category means itself and everything below it.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pos_member.domain.bill import DraftLine
from pos_member.domain.coupon import Scope
from pos_member.domain.member import Birthday
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import Audience, Program, Window

#: Lines with this tag belong only to scopes that name the tag, or the product itself.
GIFT_CARD = "gift_card"
_MINUTES_PER_DAY = 24 * 60
_Names = Callable[[Scope], Collection[str]]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of all scopes (say, brands): ``open`` scopes ask nothing of it, ``named`` are met by a value."""

    open: int
    named: Mapping[str, int]
    barred: Mapping[str, int]

    def allowed(self, value: str) -> int:
        return (self.open | self.named.get(value, 0)) & ~self.barred.get(value, 0)


@dataclass(frozen=True, slots=True)
class ScopeIndex:
    """Every scope of a rule book, ready to be matched in one go."""

    numbers: Mapping[Scope, int]
    products: _Part
    categories: _Part
    brands: _Part
    tags: _Part

    def number(self, scope: Scope) -> int:
        """The bit of ``scope``. Raises ``KeyError`` for a scope the index was not built with."""
        return self.numbers[scope]

    def mask(self, line: DraftLine) -> int:
        """The bits of all scopes that ``line`` belongs to."""
        mask = (
            self.products.allowed(line.product_id or "")
            & self.categories.allowed(line.category_id)
            & self.brands.allowed(line.brand_id)
        )
        tags = self.tags.open
        for tag in line.tags:
            tags |= self.tags.named.get(tag, 0)
        mask &= tags
        for tag in line.tags:
            mask &= ~self.tags.barred.get(tag, 0)
        if GIFT_CARD in line.tags:
            # A gift card is money bought with money: it is in nobody's scope unless it was meant.
            mask &= self.tags.named.get(GIFT_CARD, 0) | self.products.named.get(line.product_id or "", 0)
        return mask


def index_scopes(scopes: Iterable[Scope], category_parents: Mapping[str, str | None]) -> ScopeIndex:
    """An index of the distinct ``scopes``; ``category_parents`` maps a category id to its parent's id or ``None``."""
    numbers = {scope: number for number, scope in enumerate(dict.fromkeys(scopes))}
    below = _descendants(category_parents)

    def with_subs(names: Sequence[str]) -> set[str]:
        return {sub for name in names for sub in below.get(name, {name})}

    return ScopeIndex(
        numbers=numbers,
        products=_part(numbers, lambda s: s.products, lambda s: s.exclude_products),
        categories=_part(numbers, lambda s: with_subs(s.categories), lambda s: with_subs(s.exclude_categories)),
        brands=_part(numbers, lambda s: s.brands, lambda s: s.exclude_brands),
        tags=_part(numbers, lambda s: s.tags, lambda s: s.exclude_tags),
    )


def gross_in_scope(lines: Iterable[DraftLine], scope: Scope, category_parents: Mapping[str, str | None]) -> int:
    """Satang of the lines in ``scope`` before any discount: what a coupon's minimum spend is counted on."""
    index = index_scopes((scope,), category_parents)
    return sum(line.gross_satang for line in lines if index.mask(line))


def _part(numbers: Mapping[Scope, int], named: _Names, barred: _Names) -> _Part:
    open_mask = 0
    named_masks: dict[str, int] = {}
    barred_masks: dict[str, int] = {}
    for scope, number in numbers.items():
        bit = 1 << number
        values = named(scope)
        if not values:
            open_mask |= bit
        for value in values:
            named_masks[value] = named_masks.get(value, 0) | bit
        for value in barred(scope):
            barred_masks[value] = barred_masks.get(value, 0) | bit
    return _Part(open_mask, named_masks, barred_masks)


def _descendants(parents: Mapping[str, str | None]) -> dict[str, set[str]]:
    """Category id → itself and all below it. A loop in the tree ends the climb instead of the program."""
    below: dict[str, set[str]] = {}
    for category in parents:
        seen: set[str] = set()
        climb: str | None = category
        while climb is not None and climb not in seen:
            seen.add(climb)
            below.setdefault(climb, {climb}).add(category)
            climb = parents.get(climb)
    return below


@dataclass(frozen=True, slots=True)
class Moment:
    """What windows and audiences look at, worked out once per evaluation. ``local`` is in the shop's zone."""

    day: date
    weekday: int
    minute: int
    branch_id: str
    brand_id: str
    member: MemberState | None

    @classmethod
    def of(cls, local: datetime, branch_id: str, brand_id: str, member: MemberState | None) -> Moment:
        """The moment of a bill; ``local`` is the time in the shop's zone."""
        return cls(local.date(), local.isoweekday(), local.hour * 60 + local.minute, branch_id, brand_id, member)

    def with_tier(self, tier: str) -> Moment:
        """The same with the member in another tier: what holds once this bill has lifted them."""
        return self if self.member is None else replace(self, member=replace(self.member, tier=tier))


@dataclass(frozen=True, slots=True)
class Gate:
    """A program's window and audience, pre-digested. ``hours`` are minutes of the day, ``None`` for all day."""

    date_from: date | None
    date_to: date | None
    weekdays: frozenset[int]
    hours: tuple[int, int] | None
    branches: frozenset[str]
    brands: frozenset[str]
    needs_member: bool
    tiers: frozenset[str]
    birthday_month: bool
    #: The rarer questions of an audience, where any is asked.
    history: Audience | None = None

    def closed_by(self, now: Moment) -> str:
        """The key of the first thing in the way (``explain`` table), or an empty string when open."""
        return self._window(now) or self._audience(now)

    def _window(self, now: Moment) -> str:
        day, weekday = self._shop_day(now)
        if self.date_from is not None and day < self.date_from:
            return "not_yet"
        if self.date_to is not None and day > self.date_to:
            return "ended"
        if self.branches and now.branch_id not in self.branches:
            return "branch"
        if self.brands and now.brand_id not in self.brands:
            return "brand"
        if self.weekdays and weekday not in self.weekdays:
            return "weekday"
        if self.hours is not None and not _within(now.minute, *self.hours):
            return "hours"
        return ""

    def _shop_day(self, now: Moment) -> tuple[date, int]:
        """Day and weekday that the hour belongs to: of a window such as 22:00–02:00 one in the morning is the night of
        the day before, so that "Fridays" does not open on the night of Thursday and shut at midnight.
        """
        if self.hours is None or not now.minute < self.hours[1] < self.hours[0] or now.day == date.min:
            return now.day, now.weekday
        return now.day - timedelta(days=1), (now.weekday + 5) % 7 + 1

    def _audience(self, now: Moment) -> str:
        member = now.member
        if member is None:
            asks = self.needs_member or self.tiers or self.birthday_month or self.history is not None
            return "needs_member" if asks else ""
        if self.tiers and member.tier not in self.tiers:
            return "tier"
        if self.birthday_month and (member.birthday is None or member.birthday.month != now.day.month):
            return "birthday"
        return "" if self.history is None else _history(self.history, member, now.day)


def gate_of(program: Program, *, needs_member: bool) -> Gate:
    """The gate of a valid program. ``needs_member`` is set for effects that move points."""
    window, audience = program.window, program.audience
    return Gate(
        date_from=window.date_from,
        date_to=window.date_to,
        weekdays=frozenset(window.weekdays),
        hours=_hours(window.hour_from, window.hour_to),
        branches=frozenset(window.branches),
        brands=frozenset(window.brands),
        needs_member=needs_member or audience.members_only,
        tiers=frozenset(audience.tiers),
        birthday_month=audience.birthday_month,
        history=None if replace(audience, **_PLAIN) == Audience() else audience,
    )


#: What ``Gate`` looks at by itself.
_PLAIN: dict[str, Any] = {"members_only": True, "tiers": (), "birthday_month": False}


def _history(audience: Audience, member: MemberState, today: date) -> str:
    """What keeps ``member`` out by segment, birthday, visits or absence; an empty string when nothing does."""
    if audience.segments and not set(audience.segments) & set(member.segments):
        return "segment"
    if set(audience.exclude_segments) & set(member.segments):
        return "segment_excluded"
    if audience.birthday_window is not None and birthday_meant(audience, member.birthday, today) is None:
        return "birthday_days"
    visit = member.visits + 1
    if audience.visits and visit not in audience.visits:
        return "visit"
    if audience.every_visit is not None and visit % audience.every_visit:
        return "every_visit"
    if audience.absent_days_min is None and audience.absent_days_max is None:
        return ""
    if member.last_visit is None:
        return "never_came"
    absent = (today - member.last_visit).days
    if audience.absent_days_min is not None and absent < audience.absent_days_min:
        return "absent_min"
    if audience.absent_days_max is not None and absent > audience.absent_days_max:
        return "absent_max"
    return ""


def birthday_meant(audience: Audience, birthday: Birthday | None, today: date) -> date | None:
    """The birthday whose window ``today`` lies in; ``None`` outside, without a birthday or a window of birthdays.

    It may be one of the year before or after: what a member gets once for a birthday is counted in that year.
    """
    if audience.birthday_window is None or birthday is None:
        return None
    return near_birthday(birthday, today, *audience.birthday_window)


def near_birthday(birthday: Birthday, today: date, before: int, after: int) -> date | None:
    """The birthday that ``today`` lies from ``before`` days before to ``after`` days after, over a year's end too.

    Where the windows of two birthdays meet it is the nearer one. Someone born on 29 February has their birthday on the
    28th in years without one.
    """
    found: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        if date.min.year <= year <= date.max.year:
            leap_day = (birthday.month, birthday.day) == (2, 29) and not isleap(year)
            day = date(year, birthday.month, 28 if leap_day else birthday.day)
            if -before <= (today - day).days <= after:
                found.append(day)
    return min(found, key=lambda day: abs((today - day).days), default=None)


def minute_of(text: str) -> int:
    """Minutes since midnight of ``HH:MM`` (``24:00`` is the end of the day). Raises ``ValueError``."""
    hours, colon, minutes = text.partition(":")
    if not colon or len(hours) != 2 or len(minutes) != 2 or not (hours + minutes).isascii():
        raise ValueError(text)
    if not (hours + minutes).isdigit():
        raise ValueError(text)
    value = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or value > _MINUTES_PER_DAY:
        raise ValueError(text)
    return value


def last_day(window: Window) -> date | None:
    """The last day on which a bill can be in ``window``: its last night may go on to the next day. ``None``: no end."""
    hours = _hours(window.hour_from, window.hour_to)
    if window.date_to is None or hours is None or not 0 < hours[1] < hours[0] or window.date_to == date.max:
        return window.date_to
    return window.date_to + timedelta(days=1)


def _hours(start: str, end: str) -> tuple[int, int] | None:
    if not start and not end:
        return None
    return (minute_of(start) if start else 0, minute_of(end) if end else _MINUTES_PER_DAY)


def _within(minute: int, start: int, end: int) -> bool:
    """``start`` ≤ minute < ``end``; a window such as 22:00–02:00 goes over midnight."""
    if start <= end:
        return start <= minute < end
    return minute >= start or minute < end
