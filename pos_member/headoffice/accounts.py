"""A member's figures: sums over the facts of all tills, whatever order they come in.

Sums that no longer matter (an old day's limit, points that have long matured) are dropped by head office's day, so
that an account stays small; the facts remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, Row, bindparam, func, select

from pos_member.domain.ledger import OWED_REPAID
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.tally import Tally, count_key, is_live
from pos_member.domain.tiers import MonthSum
from pos_member.headoffice import portable, schema
from pos_member.headoffice.acts import qualifies, taken_back
from pos_member.headoffice.asking import among
from pos_member.headoffice.outgoing import Draft, Origin
from pos_member.services.sync_ports import FeedEntity

#: The shop's day may lag behind that of UTC.
_MATURE_DAYS = 2
_KNOWN = select(schema.account).where(among(schema.account.c.member_id, "ids"))
_LOCKED = _KNOWN.order_by(schema.account.c.member_id).with_for_update()
_HOW_MANY = select(func.count()).where(among(schema.account.c.member_id, "ids")).scalar_subquery()
_LOCKED_IF_ALL = _LOCKED.where(bindparam("wanted", type_=Integer()) == _HOW_MANY)


@dataclass
class AccountState:
    """A member's figures. The key of a bucket is its last day as ISO text, empty for never."""

    member_id: str
    buckets: dict[str, int] = field(default_factory=dict)
    taken_back: int = 0
    qualifying: int = 0
    visits: int = 0
    last_visit: str | None = None
    #: Below zero while a repayment came in before the return it repays.
    owed: int = 0
    #: ``first day|bucket`` → points of ``buckets`` that cannot be used before that day.
    pending: dict[str, int] = field(default_factory=dict)
    #: Stamps: currency → bucket → stamps.
    wallets: dict[str, dict[str, int]] = field(default_factory=dict)
    months: dict[str, MonthSum] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    owed_stamps: dict[str, int] = field(default_factory=dict)
    #: Points of having referred someone whose bill came back: taken away whatever the balance (negative or zero).
    referral_back: int = 0
    #: How often it was told to the tills; 0: its row is there to be locked, nothing happened yet.
    n: int = 0
    #: Till → ``"<epoch>.<seq>"``, see ``seen_marks``.
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        """All points, whatever their lot."""
        return sum(self.buckets.values())

    def add(self, entry: PointEntry, *, of_referrer: bool = False) -> None:
        """Count one entry. ``of_referrer``: of a bill of somebody else."""
        bucket = _day(entry.bucket)
        repaid = entry.kind is PointKind.REVERSE and entry.reason == OWED_REPAID
        if entry.currency:
            _bump(self.wallets.setdefault(entry.currency, {}), bucket, entry.points)
            if not self.wallets[entry.currency]:
                del self.wallets[entry.currency]
            if repaid:
                self.owe(entry.currency, entry.points)
            return
        _bump(self.buckets, bucket, entry.points)
        if entry.spendable_from is not None:
            _bump(self.pending, f"{entry.spendable_from.isoformat()}|{bucket}", entry.points)
        if repaid:
            self.owe("", entry.points)
        self.taken_back += taken_back(entry)
        self.qualifying += qualifies(entry)
        if of_referrer:
            self.referral_back += taken_back(entry)

    def owe(self, currency: str, amount: int) -> None:
        """Owe ``amount`` more points, or stamps of ``currency``."""
        if currency:
            _bump(self.owed_stamps, currency, amount)
        else:
            self.owed += amount

    def count(self, tallies: Iterable[Tally]) -> None:
        """Count tallies of this member."""
        for tally in tallies:
            _bump(self.counts, count_key(tally.kind, tally.key, tally.period), tally.amount)

    def add_month(self, month: str, more: MonthSum) -> None:
        """Count towards tiers."""
        total = self.months.pop(month, MonthSum()) + more
        if total != MonthSum():
            self.months[month] = total

    def settle(self, today: date) -> None:
        """Drop what no longer matters on ``today`` (UTC)."""
        if self.pending:
            mature = (today - timedelta(days=_MATURE_DAYS)).isoformat()
            self.pending = {key: points for key, points in self.pending.items() if key.partition("|")[0] > mature}
        if self.counts:
            self.counts = {key: amount for key, amount in self.counts.items() if is_live(key, today)}

    def feed_body(self) -> dict[str, Any]:
        """What tills read: a ``FeedAccount`` on the wire, with the parts left out that say nothing."""
        body: dict[str, Any] = {
            "member_id": self.member_id,
            "buckets": _lots(self.buckets),
            "qualifying": self.qualifying,
            "visits": self.visits,
            "last_visit": self.last_visit,
            "owed": max(0, self.owed),
        }
        if self.pending:
            body["pending"] = [
                {"first": key.partition("|")[0], "bucket": key.partition("|")[2] or None, "points": points}
                for key, points in sorted(self.pending.items())
            ]
        if self.wallets:
            body["wallets"] = {currency: _lots(lots) for currency, lots in sorted(self.wallets.items())}
        if self.months:
            body["months"] = _months(self.months)
        if self.counts:
            body["counts"] = dict(sorted(self.counts.items()))
        owed = {currency: owed for currency, owed in sorted(self.owed_stamps.items()) if owed > 0}
        return body | {"owed_stamps": owed} if owed else body

    def draft(self, origin: Origin | None = None) -> Draft:
        """The next telling of it to the tills; its row is written after this."""
        self.n += 1
        body = self.feed_body()
        return Draft(FeedEntity.ACCOUNT.value, self.member_id, body, n=self.n, seen=dict(self.seen), origin=origin)

    def row(self, as_of: str) -> dict[str, Any]:
        """What is stored; ``as_of``: stored time."""
        return {
            "member_id": self.member_id,
            "buckets": _json(self.buckets),
            "taken_back": self.taken_back,
            "qualifying": self.qualifying,
            "visits": self.visits,
            "last_visit": self.last_visit,
            "owed": self.owed,
            "as_of": as_of,
            "pending": _json(self.pending),
            "wallets": _json(self.wallets),
            "months": _json(_months(self.months)),
            "counts": _json(self.counts),
            "owed_stamps": _json(self.owed_stamps),
            "referral_back": self.referral_back,
            "n": self.n,
            "seen": _json(self.seen),
        }


def account_of(row: Row[Any]) -> AccountState:
    """The account in a row of ``account``: all its columns, in their order."""
    (member_id, buckets, back, qualifying, visits, last_visit, owed, _, pending, wallets, months, counts, *rest) = row
    owed_stamps, referral_back, n, seen = rest
    return AccountState(
        member_id,
        _loads(buckets),
        back,
        qualifying,
        visits,
        last_visit,
        owed,
        _loads(pending),
        _loads(wallets),
        {month: MonthSum(**sums) for month, sums in _loads(months).items()},
        _loads(counts),
        _loads(owed_stamps),
        referral_back,
        n,
        _loads(seen),
    )


def load_accounts(connection: Connection, ids: Iterable[str]) -> dict[str, AccountState]:
    """The accounts that exist, by member."""
    found = {}
    for part in portable.chunks(ids):
        for row in connection.execute(_KNOWN, {"ids": part}).all():
            found[row[0]] = account_of(row)
    return found


def lock_accounts(connection: Connection, ids: Iterable[str], as_of: str) -> dict[str, AccountState]:
    """The accounts of these members, each locked until the end of the transaction; made empty where one is missing.

    Whoever changes anything of a member holds this row. ``as_of``: stored time, of new ones.
    """
    found = {}
    for part in portable.chunks(ids):
        rows = connection.execute(_LOCKED_IF_ALL, {"ids": part, "wanted": len(part)}).all()
        if not rows:  # One is missing: none is locked yet, so that new and old are in their order.
            portable.insert_locked(connection, schema.account, [AccountState(each).row(as_of) for each in part])
            rows = connection.execute(_KNOWN, {"ids": part}).all()
        found.update({row[0]: account_of(row) for row in rows})
    return found


def locked_accounts(connection: Connection, ids: Iterable[str]) -> dict[str, AccountState]:
    """The accounts that exist, by member, each locked until the end of the transaction."""
    found = {}
    for part in portable.chunks(ids):
        for row in connection.execute(_LOCKED, {"ids": part}).all():
            found[row[0]] = account_of(row)
    return found


def _bump(sums: dict[str, int], key: str, amount: int) -> None:
    total = sums.pop(key, 0) + amount
    if total:
        sums[key] = total


def _day(bucket: date | None) -> str:
    return bucket.isoformat() if bucket else ""


def _lots(buckets: Mapping[str, int]) -> list[dict[str, Any]]:
    """Lots on the wire (``FeedBucket``), those that end first first, what never ends last."""
    dated = [{"bucket": bucket, "points": buckets[bucket]} for bucket in sorted(buckets) if bucket]
    return [*dated, {"bucket": None, "points": buckets[""]}] if "" in buckets else dated


def _months(months: Mapping[str, MonthSum]) -> dict[str, dict[str, int]]:
    """Sums per month on the wire: those that are zero are left out."""
    found: dict[str, dict[str, int]] = {}
    for month in sorted(months):
        sums, said = months[month], dict[str, int]()
        if sums.points:
            said["points"] = sums.points
        if sums.spend_satang:
            said["spend_satang"] = sums.spend_satang
        if sums.visits:
            said["visits"] = sums.visits
        found[month] = said
    return found


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else "{}"


def _loads(text: str) -> dict[str, Any]:
    """Most of an account's sums are empty for most members."""
    return {} if text == "{}" else dict(orjson.loads(text))
