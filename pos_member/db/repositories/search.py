"""Finding members by part of a name, number or phone, at a million of them.

First what begins so (name, last name, number, phone) or ends so (phone), by B-tree ranges: that is what a cashier types
and answers two characters too. Only when that leaves room, the trigram index finds the text in the middle; it keeps no
positions, so what it proposes is checked against the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, text
from sqlalchemy.sql import Select

from pos_member.db import replica_schema as r
from pos_member.db import schema as s
from pos_member.db.folding import after_prefix, digits_of, fold, national_digits, trigrams
from pos_member.domain.member import MemberStatus

SHORTEST = 2
#: Longer than any name; also a bound on the work of one search.
_LONGEST = 80
#: How many times more than asked for the trigrams may propose: they know no order, so a few may not hold.
_PROPOSED = 20
_ERASED = MemberStatus.ERASED.value


def _range(column: ColumnElement[str]) -> Select[Any]:
    return (
        select(r.member)
        .where(column.between(bindparam("low"), bindparam("high")), r.member.c.status != _ERASED)
        .order_by(column)
        .limit(bindparam("most"))
    )


_BY_NAME = _range(r.member.c.name_folded)
_BY_LAST = _range(r.member.c.last_folded)
_BY_NUMBER = _range(r.member.c.number)
_BY_PHONE = _range(r.member.c.phone)
_BY_PHONE_END = _range(r.member.c.phone_reversed)
_BY_ROWS = select(r.member).where(r.member.c.row.in_(bindparam("rows", expanding=True)), r.member.c.status != _ERASED)
_BY_TRIGRAMS = text("SELECT rowid FROM member_search WHERE member_search MATCH :query LIMIT :most")


def search_words(name_folded: str, number: str, phone: str) -> str:
    """What the trigram index holds of a member."""
    return f"{name_folded} {number} {national_digits(phone)}".strip()


def replica_matches(connection: Connection, typed: str, limit: int) -> list[Row[Any]]:
    """Members of the replica that fit, the likeliest first, at most ``limit``."""
    wanted, digits = fold(typed[:_LONGEST]), digits_of(typed[:_LONGEST])
    if len(wanted) < SHORTEST:
        return []
    found: dict[str, Row[Any]] = {}
    for query, prefix in _ranges(wanted, digits):
        if len(found) >= limit:
            break
        params = {"low": prefix, "high": after_prefix(prefix), "most": limit}
        for row in connection.execute(query, params):
            found.setdefault(row.id, row)
    if len(found) < limit and len(wanted) >= 3:
        # One or two figures among letters are too few for a trigram of their own.
        for row in _inside(connection, digits if len(digits) >= 3 else wanted, limit):
            found.setdefault(row.id, row)
            if len(found) == limit:
                break
    return list(found.values())[:limit]


def _ranges(wanted: str, digits: str) -> list[tuple[Select[Any], str]]:
    if not digits:
        return [(_BY_NAME, wanted), (_BY_LAST, wanted)]
    phone = "+66" + digits[1:] if digits.startswith("0") else "+" + digits
    return [
        (_BY_PHONE, phone),
        (_BY_NUMBER, digits),
        (_BY_PHONE_END, digits[::-1]),
        (_BY_NAME, wanted),
    ]


def _inside(connection: Connection, wanted: str, limit: int) -> Iterator[Row[Any]]:
    """Members that have ``wanted`` anywhere, found by trigrams and checked, a few rows at a time."""
    query = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in trigrams(wanted))
    ids = connection.execute(_BY_TRIGRAMS, {"query": query, "most": limit * _PROPOSED}).scalars().all()
    for start in range(0, len(ids), limit):
        part = {"rows": ids[start : start + limit]}
        for row in connection.execute(_BY_ROWS, part).all():
            if wanted in search_words(row.name_folded, row.number, row.phone):
                yield row


def own_matches(connection: Connection, typed: str, included_seq: int, limit: int) -> list[Row[Any]]:
    """Members enrolled or changed here that the replica does not know yet, as they are now."""
    wanted, digits = fold(typed[:_LONGEST]), digits_of(typed[:_LONGEST])
    if len(wanted) < SHORTEST:
        return []
    rows = connection.execute(select(s.member).where(s.member.c.seq > included_seq).order_by(s.member.c.seq.desc()))
    latest: dict[str, Row[Any]] = {}
    for row in rows:
        latest.setdefault(row.id, row)
    return [row for row in latest.values() if row.status != _ERASED and _fits(row, wanted, digits)][:limit]


def _fits(row: Row[Any], wanted: str, digits: str) -> bool:
    words = search_words(fold(f"{row.first_name} {row.last_name}"), row.number, row.phone)
    return wanted in words or (digits != "" and (digits in words or digits in row.phone))
