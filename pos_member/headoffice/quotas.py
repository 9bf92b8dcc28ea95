"""Limits that all tills share, split into what each till may give: so that they hold without a line.

``grant`` of a till is cumulative and is never lowered; what it may still give is its grant less what it gave, which it
knows itself. Head office keeps Σ grants at or below the limit at all times, so no interleaving of sales can pass it.

A till that has given nothing holds ``base`` = limit / (8 × tills), at least 1. One that gives gets up to as much again
as it gave, but no more than a quarter of the reserve at once: so what idle tills hold stays small (an eighth of the
limit, or one each), and a busy till that syncs can use all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from pos_member.domain import codec
from pos_member.domain.tally import Tally, TallyKind
from pos_member.headoffice import feed, leases, portable, schema
from pos_member.headoffice.asking import among
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.services.sync_ports import FeedEntity, FeedQuota

#: Idle tills together hold at most 1 / so much of a limit.
IDLE_PART = 8
#: The lock under which grants are worked out.
_TURN = "quotas"
#: A till gets at most 1 / so much of the reserve at once.
RESERVE_PART = 4


@dataclass(frozen=True)
class Shared:
    """A program's (or coupon definition's) limits over all tills. Empty ``branches`` and ``brands``: everywhere."""

    key: str
    times: int | None
    satang: int | None
    branches: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holding:
    """What a till holds of one limit. A closed one is written off: it holds what it gave."""

    grant: int
    used: int
    closed: bool = False

    @property
    def held(self) -> int:
        """What counts against the limit."""
        return self.used if self.closed else max(self.grant, self.used)


def next_grant(limit: int, mine: Holding, others: Iterable[Holding], tills: int) -> int:
    """The grant of a till that has just synced; never below what it has. Pure.

    ``others``: of all other tills; ``tills``: how many share the limit now, this one included.
    """
    if mine.closed:
        return mine.grant
    reserve = limit - mine.held - sum(other.held for other in others)
    if reserve <= 0:
        return mine.grant
    base = max(1, limit // (IDLE_PART * max(1, tills)))
    goal = max(base, min(mine.used, reserve // RESERVE_PART))
    left = mine.grant - mine.used
    if 2 * left >= goal and left > 0:  # not yet at the low-water mark
        return mine.grant
    return mine.grant + min(reserve, goal - left)


_CATALOGUE = schema.catalogue.c
_MARKED = select(_CATALOGUE.entity, _CATALOGUE.id, _CATALOGUE.body).where(
    _CATALOGUE.entity.in_((FeedEntity.PROGRAM.value, FeedEntity.COUPON_DEFINITION.value)),
    _CATALOGUE.body.like('%"total":%') | _CATALOGUE.body.like('%"budget_satang":%'),
)
_HELD = select(schema.quota).where(among(schema.quota.c.key, "keys"))
_BRANCHES = select(_CATALOGUE.id, _CATALOGUE.body).where(_CATALOGUE.entity == FeedEntity.BRANCH.value)
_TILLS = select(schema.till.c.id, schema.till.c.branch_id).where(schema.till.c.revoked.is_(False))


def shared_limits(connection: Connection) -> list[Shared]:
    """Everything that needs quotas, as the catalogue stands; programs that are switched off left out."""
    found = [_shared(entity, key, body) for entity, key, body in connection.execute(_MARKED)]
    return [each for each in found if each is not None]


@lru_cache(maxsize=1_000)
def _shared(entity: str, key: str, written: str) -> Shared | None:
    """Of a program or definition, read once: it is asked for with every round of every till."""
    body: dict[str, Any] = json.loads(written)
    if entity == FeedEntity.COUPON_DEFINITION.value:
        total = body.get("total")
        return None if total is None else Shared(key, int(total), None, tuple(body.get("branches", ())))
    limits, window = body.get("limits", {}), body.get("window", {})
    total, budget = limits.get("total"), limits.get("budget_satang")
    if not body.get("active", True) or (total is None and budget is None):
        return None
    return Shared(key, total, budget, tuple(window.get("branches", ())), tuple(window.get("brands", ())))


def wanted(connection: Connection, till_id: str) -> bool:
    """Whether ``top_up`` would raise anything as things stand now: nearly never, and then nothing is to be locked."""
    limits = shared_limits(connection)
    return bool(limits) and bool(_raised(connection, limits, till_id))


def top_up(connection: Connection, till_id: str) -> int:
    """Raise the grants of a till that is at the line, and tell it by the feed. Returns how many were raised."""
    limits = shared_limits(connection)
    if not limits:
        return 0
    # Grants of different tills must not be worked out side by side.
    leases.lock(connection, _TURN)
    rows = _raised(connection, limits, till_id)
    drafts = []
    for row in rows:
        body = FeedQuota(row["key"], till_id, row["times"], row["satang"])
        drafts.append(
            feed.Draft(FeedEntity.QUOTA.value, f"{row['key']}|{till_id}", codec.to_wire(body), scope=f"till:{till_id}")
        )
    portable.upsert(connection, schema.quota, rows)
    feed.publish(connection, drafts)
    return len(rows)


def _raised(connection: Connection, limits: Sequence[Shared], till_id: str) -> list[dict[str, Any]]:
    """The new rows of a till, one for each limit of which its grant is to be raised."""
    tills = _tills(connection)
    if till_id not in tills:
        return []
    held: dict[str, list[Row[Any]]] = {}
    for part in portable.chunks(limit.key for limit in limits):
        for row in connection.execute(_HELD, {"keys": part}).all():
            held.setdefault(row.key, []).append(row)
    rows = []
    for limit in limits:
        sharing = [name for name, place in tills.items() if _takes_part(limit, *place)]
        mine = _raise(limit, held.get(limit.key, []), till_id, len(sharing)) if till_id in sharing else None
        if mine is not None:
            rows.append(mine)
    return rows


def _tills(connection: Connection) -> dict[str, tuple[str, str]]:
    """Tills with rights: id → (branch, brand)."""
    brands = {place: _brand(body) for place, body in connection.execute(_BRANCHES)}
    return {till: (place, brands.get(place, "")) for till, place in connection.execute(_TILLS)}


@lru_cache(maxsize=10_000)
def _brand(body: str) -> str:
    """Of a branch, read once."""
    return str(json.loads(body).get("brand_id", ""))


def _takes_part(limit: Shared, branch: str, brand: str) -> bool:
    return (not limit.branches or branch in limit.branches) and (not limit.brands or brand in limit.brands)


def _raise(limit: Shared, held: Sequence[Row[Any]], till_id: str, tills: int) -> dict[str, Any] | None:
    """The till's new row, or ``None`` where nothing is to be raised. ``held``: of all tills."""
    mine = next((row for row in held if row.till_id == till_id), None)
    others = [row for row in held if row.till_id != till_id]
    before = (None, None) if mine is None else (mine.times, mine.satang)
    after = tuple(
        None if most is None else next_grant(most, _holding(mine, i), [_holding(row, i) for row in others], tills)
        for i, most in enumerate((limit.times, limit.satang))
    )
    # A limit that was taken off and comes back counts on from where it was.
    kept = tuple(old if new is None and old is not None else new for old, new in zip(before, after, strict=True))
    if mine is not None and kept == before:
        return None
    used = (0, 0) if mine is None else (mine.used_times, mine.used_satang)
    return {
        "key": limit.key,
        "till_id": till_id,
        "times": kept[0],
        "satang": kept[1],
        "used_times": used[0],
        "used_satang": used[1],
        "closed": mine is not None and mine.closed,
    }


def _holding(row: Row[Any] | None, which: int) -> Holding:
    if row is None:
        return Holding(0, 0)
    if which == 0:
        return Holding(row.times or 0, row.used_times, row.closed)
    return Holding(row.satang or 0, row.used_satang, row.closed)


def note_use(connection: Connection, till_id: str, tallies: Sequence[Tally]) -> list[Finding]:
    """Count what a till gave, or took back. Returns a finding per key: whether it gave more than it was granted."""
    more: dict[str, list[int]] = {}
    for tally in tallies:
        which = 0 if tally.kind is TallyKind.TOTAL else 1
        more.setdefault(tally.key, [0, 0])[which] += tally.amount
    table = schema.quota
    held: dict[str, Row[Any]] = {}
    for part in portable.chunks(more):
        query = select(table).where(table.c.till_id == till_id, table.c.key.in_(part))
        held |= {row.key: row for row in connection.execute(query)}
    rows, findings = [], []
    for key, (times, satang) in sorted(more.items()):
        row = held.get(key)
        used = (times, satang) if row is None else (row.used_times + times, row.used_satang + satang)
        granted = (None, None) if row is None else (row.times, row.satang)
        over = tuple(max(0, gave - (may or 0)) for gave, may in zip(used, granted, strict=True))
        rows.append(
            {
                "key": key,
                "till_id": till_id,
                "times": granted[0],
                "satang": granted[1],
                "used_times": used[0],
                "used_satang": used[1],
                "closed": row is not None and row.closed,
            }
        )
        detail = {"key": key, "till_id": till_id, "times": over[0]}
        findings.append(Finding(ExceptionKind.QUOTA_EXCEEDED, f"{key}|{till_id}", any(over), over[1], 0, detail))
    portable.upsert(connection, table, rows)
    return findings


def granted(connection: Connection, key: str) -> tuple[int, int]:
    """(times, satang) that count against the limits of ``key`` now: a new limit cannot be below them."""
    rows = list(connection.execute(select(schema.quota).where(schema.quota.c.key == key)))
    return sum(_holding(row, 0).held for row in rows), sum(_holding(row, 1).held for row in rows)


def used(connection: Connection) -> dict[str, tuple[int, int]]:
    """(times, satang) given so far as head office knows, by key."""
    table = schema.quota
    query = select(table.c.key, func.sum(table.c.used_times), func.sum(table.c.used_satang)).group_by(table.c.key)
    return {key: (int(times), int(satang)) for key, times, satang in connection.execute(query)}


def write_off(connection: Connection, till_id: str) -> int:
    """Free what a revoked till did not use, as far as head office knows. Returns how many; 0 while it has rights.

    Whoever calls answers for it that the machine sells no more: what it still uploads counts, beyond the limit too.
    """
    revoked = select(schema.till.c.revoked).where(schema.till.c.id == till_id)
    if not connection.execute(revoked).scalar_one_or_none():
        return 0
    here = (schema.quota.c.till_id == till_id) & schema.quota.c.closed.is_(False)
    return connection.execute(update(schema.quota).where(here).values(closed=True)).rowcount
