"""Clearing between branches and brands: redeemed points at the value of a point, member by member.

The walk starts with a member's first entry, whatever the days asked for: only so is it known whose points were spent.
A redemption counts on its own day, also where a later return undid it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.domain.clearing import NetDebt, Transfer, net, transfers
from pos_member.domain.points import PointEntry, PointKind
from pos_member.headoffice import rule_books, schema, times
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.portable import Database
from pos_member.services.sync_ports import FeedEntity

_ROWS = 5_000


@dataclass(frozen=True)
class Place:
    """A branch, and its brand, by their codes."""

    branch: str
    brand: str


@dataclass(frozen=True)
class Pair:
    """What ``issuer`` gave and ``taker`` took: points redeemed less points given back, and their value."""

    issuer: str
    taker: str
    points: int
    satang: int


@dataclass(frozen=True)
class Clearing:
    """Codes of branches and brands; an empty code stands for points that no branch issued here."""

    branches: tuple[Pair, ...]
    brands: tuple[Pair, ...]
    net_branches: tuple[NetDebt, ...]
    net_brands: tuple[NetDebt, ...]
    point_value_satang: int


def clear(database: Database, first: date, last: date, watch: Watch | None = None) -> Clearing:
    """Clear the redemptions of these days, both inclusive. Raises ``JobStopped``."""
    watch = watch or Watch()
    with database.read() as connection:
        settings = rule_books.settings(connection)
        places, of_till = _places(connection)
        sums: dict[tuple[str, str], list[int]] = {}
        for n, rows in enumerate(_members(connection)):
            for row in _walk(connection, rows, of_till, settings.point_value_satang):
                if row.kind is PointKind.REDEEM and first <= row.day <= last:
                    pair = sums.setdefault((row.from_branch, row.to_branch), [0, 0])
                    pair[0] += row.points
                    pair[1] += row.satang
            if n % _ROWS == _ROWS - 1:
                watch.step(n + 1)
    codes = {branch: place.branch for branch, place in places.items()}
    brands = {branch: place.brand for branch, place in places.items()}
    debts = [
        Transfer(PointKind.REDEEM, giver, taker, points, satang, None, last)
        for (giver, taker), (points, satang) in sums.items()
    ]
    return Clearing(
        branches=_pairs(sums, codes),
        brands=_pairs(sums, brands),
        net_branches=net(debts, lambda branch: codes.get(branch, branch)),
        net_brands=net(debts, lambda branch: brands.get(branch, branch)),
        point_value_satang=settings.point_value_satang,
    )


def _pairs(sums: dict[tuple[str, str], list[int]], codes: dict[str, str]) -> tuple[Pair, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for (giver, taker), (points, satang) in sums.items():
        pair = found.setdefault((codes.get(giver, giver), codes.get(taker, taker)), [0, 0])
        pair[0] += points
        pair[1] += satang
    return tuple(Pair(giver, taker, *found[giver, taker]) for giver, taker in sorted(found))


def _places(connection: Connection) -> tuple[dict[str, Place], dict[str, str]]:
    """Branch id → codes, and till id → branch id."""
    table = schema.catalogue
    query = select(table.c.entity, table.c.id, table.c.code, table.c.body).where(
        table.c.entity.in_((FeedEntity.BRANCH.value, FeedEntity.BRAND.value))
    )
    rows = list(connection.execute(query))
    brands = {row.id: row.code for row in rows if row.entity == FeedEntity.BRAND.value}
    places = {
        row.id: Place(row.code, brands.get(json.loads(row.body).get("brand_id", ""), ""))
        for row in rows
        if row.entity == FeedEntity.BRANCH.value
    }
    tills = connection.execute(select(schema.till.c.id, schema.till.c.branch_id))
    return places, {row.id: row.branch_id for row in tills}


def _members(connection: Connection) -> Iterator[list[Row[Any]]]:
    """The entries of each member, in the order of the ledger, in bounded memory."""
    table = schema.point_entry
    # A redemption and what undoes it come from one till, whose own numbering is right even where its clock is not.
    order = (table.c.member_id, table.c.at, table.c.seq, table.c.id)
    query = select(table).where(table.c.currency == "").order_by(*order)
    rows = connection.execute(query.execution_options(yield_per=_ROWS))
    for _, found in groupby(rows, key=lambda row: row.member_id):
        yield list(found)


def _walk(
    connection: Connection, rows: list[Row[Any]], of_till: dict[str, str], point_value_satang: int
) -> Iterator[Transfer]:
    if not any(row.kind == PointKind.REDEEM.value for row in rows):
        return
    table = schema.account
    held = connection.execute(select(table.c.buckets).where(table.c.member_id == rows[0].member_id)).scalar()
    opening: dict[str, int] = json.loads(held) if held else {}
    for row in rows:
        opening[row.bucket] = opening.get(row.bucket, 0) - row.points
    yield from transfers(
        [_entry(row) for row in rows],
        lambda till: of_till.get(till, ""),
        point_value_satang=point_value_satang,
        opening={_day(bucket): points for bucket, points in opening.items() if points},
    )


def _entry(row: Row[Any]) -> PointEntry:
    """An entry as far as clearing reads it."""
    day = date.fromisoformat(row.business_date)
    return PointEntry(
        id=row.id,
        member_id=row.member_id,
        kind=PointKind(row.kind),
        points=row.points,
        bucket=_day(row.bucket),
        bill_id=row.bill_id,
        line_no=None,
        program_id=row.program_id,
        reason="",
        staff_id="",
        till_id=row.till_id,
        at=times.read(row.at),
        business_date=day,
        reverses_id=row.reverses_id,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
