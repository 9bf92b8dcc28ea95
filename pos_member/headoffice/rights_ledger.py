"""Rights as head office keeps them: rows read and written, what of them is still set aside, what of a balance is free.

Σ of what is set aside + what is free = what the member may spend. A right keeps its points set aside until head office
knows what was spent of it: a till that is cut off may have spent them before they lapsed, and will say so later. So
they come back when the till gave them back (and its bills came), or when it was heard with nothing left to send after
the right and the margin for clocks were over. Every function expects the member's account row to be locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from pos_member.domain.clock import business_date
from pos_member.domain.org import Settings
from pos_member.domain.rights import RightKind, SpendingRight
from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.account_figures import as_account
from pos_member.headoffice.accounts import AccountState, account_of
from pos_member.headoffice.asking import among, keyed
from pos_member.headoffice.schema_sync import spending_right

_DAY = timedelta(days=1)
_BY_ID = select(spending_right).where(keyed((spending_right.c.member_id, spending_right.c.id), "keys"))
_ACCOUNTS = (
    select(schema.account)
    .where(among(schema.account.c.member_id, "ids"))
    .order_by(schema.account.c.member_id)
    .with_for_update()
)


class RightState(StrEnum):
    """Where a right stands at head office."""

    LIVE = "live"
    RECALLED = "recalled"
    RELEASED = "released"
    LAPSED = "lapsed"
    VOID = "void"


#: States of which ``spent`` says how much bills took that may not have come.
ENDED = (RightState.RELEASED.value, RightState.VOID.value)


# Not the column itself: there is an index by state, and SQLite took it, through the live rights of all members, to find
# those of five hundred.
_STATE = func.coalesce(spending_right.c.state, "")
_ASIDE = (
    select(spending_right)
    .where(
        among(spending_right.c.member_id, "ids"),
        or_(
            _STATE.in_((RightState.LIVE.value, RightState.RECALLED.value)),
            and_(_STATE.in_(ENDED), spending_right.c.spent > spending_right.c.used),
            and_(_STATE.in_((RightState.VOID.value,)), spending_right.c.safe_at > bindparam("now")),
        ),
    )
    .order_by(spending_right.c.member_id, spending_right.c.lapses_at, spending_right.c.id)
)


@dataclass
class Kept:
    """A right with what head office knows of it."""

    right: SpendingRight
    used: int = 0
    state: RightState = RightState.LIVE
    origin_seq: int | None = None
    spent: int | None = None
    safe_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether its till may still have it."""
        return self.state in (RightState.LIVE, RightState.RECALLED)

    @property
    def left(self) -> int:
        """Points of it that no bill known here used."""
        return max(0, self.right.points - self.used)

    def let_go(self, epoch: int, acked_seq: int, copied: str) -> bool:
        """Whether its till, in ``epoch``, has let go of this right to a sale of its own: head office acknowledged the
        sale, as all up to ``acked_seq``. Not one of before ``copied``, which another copy of the till may hold
        (``rights_copied``)."""
        own = self.right.kind is RightKind.OWN and self.right.epoch == epoch and self.origin_seq is not None
        return own and (self.origin_seq or 0) <= acked_seq and times.stored(self.right.granted_at) > copied

    def reserved(self, now: datetime) -> int:
        """Points that nobody else may be given at ``now``."""
        if self.held:
            return self.left
        if self.state is RightState.VOID and self.safe_at is not None and now < self.safe_at:
            return self.left
        return self.coming

    @property
    def coming(self) -> int:
        """Points of one that ended which bills spent that are not counted yet."""
        if self.state.value not in ENDED:
            return 0
        return max(0, (self.spent or 0) - self.used)

    def row(self) -> dict[str, Any]:
        """What is stored."""
        return {
            "member_id": self.right.member_id,
            "id": self.right.id,
            "till_id": self.right.till_id,
            "epoch": self.right.epoch,
            "kind": self.right.kind.value,
            "points": self.right.points,
            "used": self.used,
            "granted_at": times.stored(self.right.granted_at),
            "lapses_at": times.stored(self.right.lapses_at),
            "state": self.state.value,
            "origin_seq": self.origin_seq,
            "spent": self.spent,
            "safe_at": None if self.safe_at is None else times.stored(self.safe_at),
            "ended_at": None if self.ended_at is None else times.stored(self.ended_at),
        }


def kept_of(row: Row[Any]) -> Kept:
    """The right in a row of ``spending_right``: all its columns, in their order."""
    member_id, right_id, till_id, epoch, kind, points, used, granted_at, lapses_at, state, *more = row
    origin_seq, spent, safe_at, ended_at = more
    granted, lapses = times.read(granted_at), times.read(lapses_at)
    return Kept(
        SpendingRight(right_id, member_id, till_id, epoch, RightKind(kind), points, granted, lapses),
        used,
        RightState(state),
        origin_seq,
        spent,
        None if safe_at is None else times.read(safe_at),
        None if ended_at is None else times.read(ended_at),
    )


def set_aside(connection: Connection, member_ids: Iterable[str], now: datetime) -> dict[str, list[Kept]]:
    """Rights that keep points set aside at ``now``, by member, those that lapse first first."""
    found: dict[str, list[Kept]] = {}
    for part in portable.chunks(member_ids):
        for row in connection.execute(_ASIDE, {"ids": part, "now": times.stored(now)}).all():
            found.setdefault(row[0], []).append(kept_of(row))
    return found


def by_ids(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Kept]:
    """Rights by ``(member id, right id)``, whatever their state."""
    found = {}
    for part in portable.parts(keys):
        for row in connection.execute(_BY_ID, {"keys": part}):
            found[(row.member_id, row.id)] = kept_of(row)
    return found


def write(connection: Connection, rights: Iterable[Kept]) -> None:
    """Store rights, new or changed."""
    rows = [each.row() for each in rights]
    rows.sort(key=lambda row: (row["member_id"], row["id"]))
    portable.upsert(connection, spending_right, rows)


def lock_accounts(connection: Connection, member_ids: Iterable[str]) -> dict[str, AccountState]:
    """The accounts, each row locked until the transaction ends; members without points have an empty one, not locked.

    Nothing can be set aside of an empty account, so that nobody needs its lock.
    """
    found = {}
    for part in portable.chunks(member_ids):
        for row in connection.execute(_ACCOUNTS, {"ids": part}):
            found[row.member_id] = account_of(row)
    return {member_id: found.get(member_id) or AccountState(member_id) for member_id in set(member_ids)}


def free_points(
    account: AccountState, aside: Sequence[Kept], settings: Settings, now: datetime, until: datetime
) -> int:
    """Points that a right from ``now`` to ``until`` may be given over, beside those set aside already.

    The least of all the shop's days in between: lots that end meanwhile would otherwise be promised twice. What ended
    lots are short of counts against the others until the expiry run has settled whether it was spent.
    """
    figures = as_account(account)
    day, last = business_date(now, settings.zone), business_date(until, settings.zone)
    least = figures.spendable(day, settings)
    today = day
    while day < last and least > 0:
        day += _DAY
        least = min(least, figures.spendable(day, settings))
    short = -sum(points for lot, points in figures.buckets.items() if points < 0 and lot is not None and lot < today)
    return least - short - sum(each.reserved(now) for each in aside)
