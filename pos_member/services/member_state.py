"""What rules may know of a member now: the tier held today, points and stamps to spend, and the sums that count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pos_member.domain.member import Member
from pos_member.domain.points import Account
from pos_member.domain.pricing import MemberState
from pos_member.domain.tally import Period, period_key
from pos_member.domain.tier_rules import TierStanding, standing
from pos_member.services.context import Book, Shop


def member_state(book: Book, member: Member, account: Account, today: date) -> MemberState:
    """The member as ``evaluate`` sees them on ``today``: no name, no phone."""
    tier = tier_standing(book, member, account, today)
    return MemberState(
        member_id=member.id,
        tier=member.tier if tier is None else tier.code,
        birthday=member.birthday,
        spendable_points=account.spendable(today, book.settings),
        visits=account.visits,
        last_visit=account.last_visit,
        segments=member.segments,
        referred_by=member.referred_by,
        tier_count=0 if tier is None else tier.count,
        stamps=stamps_of(book, account, today),
        counts=counts_now(book, account.counts, today),
    )


def only_presented(shop: Shop, account: Account) -> bool:
    """Whether a signed code is all that this till knows of a member: head office's figures are not here."""
    return account.as_of is None and shop.store.presented.member(account.member_id)


def tier_standing(book: Book, member: Member, account: Account, today: date) -> TierStanding | None:
    """The tier of the organisation's scheme, one given by hand being the least; ``None`` without a scheme."""
    scheme = book.settings.tiers
    return None if scheme is None else standing(scheme, account.months, today, member.tier)


def tier_code(book: Book, member: Member, account: Account, today: date) -> str:
    """The tier held today, or empty."""
    found = tier_standing(book, member, account, today)
    return member.tier if found is None else found.code


def stamps_of(book: Book, account: Account, today: date) -> dict[str, int]:
    """Stamps that can be used today, per currency; those with none are left out."""
    counts = {currency: account.spendable(today, book.settings, currency) for currency in account.wallets}
    return {currency: count for currency, count in counts.items() if count}


def counts_now(book: Book, counts: Mapping[str, int], today: date) -> dict[str, int]:
    """The sums that a bill of ``today`` can read: of programs that are there, over the periods that run."""
    running = {period_key(period, today) for period in Period}
    # Of a birthday near the year's end the year may be the one before or after.
    beside = {f"{year:04d}" for year in (today.year - 1, today.year + 1)}
    found: dict[str, int] = {}
    for name, amount in counts.items():
        _, key, period = name.split("|")
        runs = period in running or (period in beside and key in book.counted_by_birthday)
        if amount and runs and key in book.counted:
            found[name] = amount
    return found
