"""Accounts: head office's figures as of a time, and on top of them what this till's own rows since then make of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import replica_schema as r
from pos_member.db import schema as s
from pos_member.db.repositories.mark import Mark
from pos_member.db.values import from_day
from pos_member.domain.points import Account, PointKind
from pos_member.domain.tally import TallyKind, count_key
from pos_member.domain.tiers import MonthSum

Buckets = dict[date | None, int]

_ACCOUNT = select(r.account).where(r.account.c.member_id.in_(bindparam("ids", expanding=True)))
_e = s.point_entry.c
_OWN_POINTS = select(_e.member_id, _e.points, _e.seq).where(
    _e.member_id.in_(bindparam("ids", expanding=True)), _e.seq > bindparam("included"), _e.currency == ""
)
# ``month``: where an entry counts towards tiers. What a bill (or its claim) earned its own member, in its month; what a
# return took back of it, in the same month, however much later it came; where a return says itself what no longer
# counts (owed points too), that does, and not its entries.
_OWN_ENTRIES = """
    SELECT e.bucket, e.points, e.kind, e.currency, e.spendable_from, e.qualifying, CASE
        WHEN e.kind = 'earn' AND b.member_id = e.member_id THEN substr(b.business_date, 1, 7)
        WHEN e.kind = 'earn' AND c.member_id = e.member_id THEN substr(c.business_date, 1, 7)
        WHEN e.kind = 'reverse' AND e.points < 0 AND r.member_id = e.member_id AND r.qualifying_points = 0
            THEN substr(coalesce(r.bill_date, r.business_date), 1, 7)
    END AS month
    FROM point_entry AS e LEFT JOIN bill AS b ON b.seq = e.seq LEFT JOIN bill_return AS r ON r.seq = e.seq
        LEFT JOIN bill_claim AS c ON c.seq = e.seq
    WHERE e.member_id = ? AND e.seq > ?
"""
_OWN_VISITS = """
    SELECT substr(business_date, 1, 7), 0, sum(qualifying_satang), count(*), max(business_date) FROM bill
    WHERE member_id = ?1 AND seq > ?2 GROUP BY 1
    UNION ALL
    SELECT substr(business_date, 1, 7), 0, sum(qualifying_satang), count(*), max(business_date) FROM bill_claim
    WHERE member_id = ?1 AND seq > ?2 GROUP BY 1
    UNION ALL
    SELECT substr(coalesce(bill_date, business_date), 1, 7), -sum(qualifying_points), -sum(qualifying_satang),
        -sum(complete), NULL
    FROM bill_return WHERE member_id = ?1 AND seq > ?2 GROUP BY 1
"""
# Debts beside the sums of tallies: one look less.
_OWN_COUNTS = """
    SELECT kind, "key", period, sum(amount) FROM tally WHERE member_id = ?1 AND seq > ?2 GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'owed', currency, '', sum(points) FROM owed WHERE member_id = ?1 AND seq > ?2 GROUP BY 2
"""
_OWN_OWED = "SELECT coalesce(sum(points), 0) FROM owed WHERE member_id = ? AND seq > ? AND currency = ''"


@dataclass
class _Sums:
    """An account while it is added up. Points are those of currency "", ``wallets`` those of the others."""

    buckets: Buckets = field(default_factory=dict)
    pending: dict[tuple[date, date | None], int] = field(default_factory=dict)
    wallets: dict[str, Buckets] = field(default_factory=dict)
    months: dict[str, MonthSum] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    qualifying: int = 0
    own_points: int = 0
    visits: int = 0
    last_visit: str | None = None

    def add_theirs(self, row: Row[Any]) -> None:
        self.buckets = read_buckets(row.buckets)
        self.qualifying, self.visits, self.last_visit = row.qualifying, row.visits, row.last_visit
        self.owed[""] = row.owed
        if row.more:
            more = json.loads(row.more)
            for first, bucket, points in more.get("pending", ()):
                self.pending[date.fromisoformat(first), from_day(bucket)] = points
            self.wallets = {code: _lots(lots) for code, lots in more.get("wallets", {}).items()}
            self.months = {month: MonthSum(*figures) for month, figures in more.get("months", {}).items()}
            self.counts = more.get("counts", {})
            self.owed.update(more.get("owed_stamps", {}))

    def add_own_entries(self, rows: Iterable[Any]) -> None:
        for bucket, points, kind, currency, first, qualifying, month in rows:
            lot = from_day(bucket)
            if currency:
                _add(self.wallets.setdefault(currency, {}), lot, points)
                continue
            _add(self.buckets, lot, points)
            self.own_points += points
            if first is not None:
                _add(self.pending, (date.fromisoformat(first), lot), points)
            if qualifying and (kind == PointKind.EARN.value or (kind == PointKind.REVERSE.value and points < 0)):
                # What was earned, less what a return took back of it.
                self.qualifying += points
                if month is not None:
                    self.add_month(month, MonthSum(points=points))

    def add_own_visits(self, rows: Iterable[Any]) -> None:
        for month, points, spend, visits, last in rows:
            self.add_month(month, MonthSum(points, spend, visits))
            self.visits += visits
            self.last_visit = max(filter(None, (self.last_visit, last)), default=None)

    def add_own_counts(self, rows: Iterable[Any]) -> None:
        for kind, key, period, amount in rows:
            if kind == "owed":
                _add(self.owed, key, amount)
            else:
                _add(self.counts, count_key(TallyKind(kind), key, period), amount)

    def add_month(self, month: str, figures: MonthSum) -> None:
        self.months[month] = self.months.get(month, MonthSum()) + figures

    def account(self, member_id: str, mark: Mark) -> Account:
        return Account(
            member_id=member_id,
            buckets=_not_zero(self.buckets),
            as_of=mark.as_of,
            own_points_since=self.own_points,
            qualifying=self.qualifying,
            visits=self.visits,
            last_visit=from_day(self.last_visit),
            owed=max(0, self.owed.get("", 0)),
            pending=_not_zero(self.pending),
            wallets={code: lots for code, all_lots in self.wallets.items() if (lots := _not_zero(all_lots))},
            months={month: figures for month, figures in self.months.items() if figures != MonthSum()},
            counts=_not_zero(self.counts),
            owed_stamps={code: stamps for code, stamps in self.owed.items() if code and stamps > 0},
        )


def read_account(till: Connection, replica: Connection, member_id: str, mark: Mark) -> Account:
    """The account; all zero for a member nobody has told anything of."""
    sums = _Sums()
    row = replica.execute(_ACCOUNT, {"ids": [member_id]}).one_or_none()
    if row is not None:
        sums.add_theirs(row)
    whose = (member_id, _included(row, mark))
    sums.add_own_entries(till.exec_driver_sql(_OWN_ENTRIES, whose))
    sums.add_own_visits(till.exec_driver_sql(_OWN_VISITS, whose))
    sums.add_own_counts(till.exec_driver_sql(_OWN_COUNTS, whose))
    return sums.account(member_id, mark)


def read_balances(till: Connection, replica: Connection, ids: Sequence[str], mark: Mark) -> dict[str, int]:
    """Points of each member, stamps left out."""
    balances = dict.fromkeys(ids, 0)
    included: dict[str, int] = {}
    if ids:
        for row in replica.execute(_ACCOUNT, {"ids": ids}):
            balances[row.member_id] += sum(read_buckets(row.buckets).values())
            included[row.member_id] = row.included_seq
        for entry in till.execute(_OWN_POINTS, {"ids": ids, "included": mark.included_seq}):
            if entry.seq > included.get(entry.member_id, 0):
                balances[entry.member_id] += entry.points
    return balances


def read_owed(till: Connection, replica: Connection, member_id: str, mark: Mark) -> int:
    """Points still to be taken back, never below zero."""
    row = replica.execute(_ACCOUNT, {"ids": [member_id]}).one_or_none()
    own: int = till.exec_driver_sql(_OWN_OWED, (member_id, _included(row, mark))).scalar_one()
    return max(0, (0 if row is None else int(row.owed)) + own)


def _included(row: Row[Any] | None, mark: Mark) -> int:
    return mark.included_seq if row is None else mark.row_includes(row.included_seq)


def read_buckets(raw: str) -> Buckets:
    """Buckets as the replica keeps them: JSON ``[[last day or null, points], …]``."""
    return _lots(json.loads(raw)) if raw != "[]" else {}


def _lots(lots: Iterable[tuple[str | None, int]]) -> Buckets:
    return {from_day(bucket): points for bucket, points in lots}


def _add(sums: dict[Any, int], key: Any, amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount


def _not_zero(sums: Mapping[Any, int]) -> dict[Any, int]:
    return cast(dict[Any, int], {key: amount for key, amount in sums.items() if amount})
