"""Parts of the member panel that programs put there: stamp cards, the way to the next tier, points still pending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pos_member.domain.member import Member
from pos_member.domain.points import Account, has_ended
from pos_member.domain.program import EffectKind, Program
from pos_member.services.context import Book
from pos_member.services.member_state import stamps_of, tier_standing
from pos_member.services.views import StampView, TierView

#: Chosen by the cashier and paid with points or stamps.
REWARDS = frozenset({EffectKind.REWARD_DISCOUNT, EffectKind.REWARD_PRODUCT, EffectKind.REWARD_COUPON})


def stamp_views(book: Book, account: Account, today: date) -> tuple[StampView, ...]:
    """A card for each currency of which the member has stamps or can use some: in the order of the settings."""
    counts = stamps_of(book, account, today)
    views: list[StampView] = []
    for currency in book.settings.currencies:
        count = counts.get(currency.code, 0)
        costs = sorted(program.effect.points for program in _rewards(book, today, currency.code))
        if count or costs:
            target = next((cost for cost in costs if cost > count), max(costs, default=0))
            views.append(StampView(currency.code, currency.name_th, currency.name_en, count, target))
    return tuple(views)


def tier_view(book: Book, member: Member, account: Account, today: date) -> TierView | None:
    """The way to the next tier; ``None`` where the organisation has no tiers."""
    scheme, held = book.settings.tiers, tier_standing(book, member, account, today)
    if scheme is None or held is None:
        return None
    following = next((level for level in scheme.levels if level.code == held.next_code), None)
    return TierView(
        metric=scheme.metric.value,
        count=held.count,
        next_name_th="" if following is None else following.name_th,
        next_name_en="" if following is None else following.name_en,
        missing=held.missing,
        keeps_until=held.keeps_until,
    )


def pending(book: Book, account: Account, today: date) -> tuple[int, date | None]:
    """Points earned and not yet to be used, and the first day on which some of them can."""
    left: dict[date, int] = {}
    for (first, last), points in account.pending.items():
        if first > today and points > 0 and not has_ended(last, today, account.ends(book.settings)):
            left[first] = left.get(first, 0) + points
    return sum(left.values()), min(left, default=None)


def _rewards(book: Book, today: date, currency: str) -> Iterator[Program]:
    """Rewards of a currency that run these days."""
    for program in book.programs:
        window, effect = program.window, program.effect
        begun = window.date_from is None or window.date_from <= today
        over = window.date_to is not None and window.date_to < today
        costs = effect.kind in REWARDS and effect.currency == currency and effect.points > 0
        if program.active and begun and not over and costs:
            yield program
