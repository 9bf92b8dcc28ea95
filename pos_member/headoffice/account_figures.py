"""A member's sums as the domain's rules read them."""

from __future__ import annotations

from datetime import date

from pos_member.domain.points import Account
from pos_member.headoffice.accounts import AccountState


def as_account(state: AccountState) -> Account:
    """The figures as the domain's rules read them."""
    return Account(
        member_id=state.member_id,
        buckets=_lots(state.buckets),
        as_of=None,
        own_points_since=0,
        qualifying=state.qualifying,
        visits=state.visits,
        last_visit=_day(state.last_visit),
        owed=max(0, state.owed),
        pending={
            (date.fromisoformat(key.partition("|")[0]), _day(key.partition("|")[2])): points
            for key, points in state.pending.items()
        },
        wallets={currency: _lots(lots) for currency, lots in state.wallets.items()},
        months=dict(state.months),
        counts=dict(state.counts),
        owed_stamps=dict(state.owed_stamps),
    )


def _lots(buckets: dict[str, int]) -> dict[date | None, int]:
    return {_day(bucket): points for bucket, points in buckets.items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
