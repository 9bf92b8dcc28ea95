"""Rows of head office into rows of a replica by the straight way: no object in between, for the plain ones.

What is not plain, or not what the straight way expects, takes the long way, through the same forms as a change of the
feed. Both make the same rows; ``tests/headoffice/test_snapshot_straight.py`` holds them to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Row

from pos_member.db.feed import account_row, member_row
from pos_member.db.folding import fold
from pos_member.db.values import to_json, to_us
from pos_member.domain.codec import from_feed
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Birthday, Member, MemberStatus
from pos_member.headoffice.accounts import account_of
from pos_member.headoffice.schema import account
from pos_member.services.sync_ports import FeedAccount

_Tuple = tuple[Any, ...]
#: ``json`` takes some things that ``orjson`` does not; the long way then says which.
_NOT_STRAIGHT = (KeyError, TypeError, ValueError, AttributeError, Refusal)
_REQUIRED = 11
_STATUSES = frozenset(each.value for each in MemberStatus)
_ERASED = MemberStatus.ERASED.value
_NONE = "{}"
_SUMS = frozenset({"points", "spend_satang", "visits"})
_PLACES = [
    list(account.columns.keys()).index(name)
    for name in (
        *("member_id", "buckets", "qualifying", "visits", "last_visit", "owed"),
        *("pending", "wallets", "months", "counts", "owed_stamps"),
    )
]
_FIGURES: Callable[[Row[Any]], _Tuple] = itemgetter(*_PLACES)


def member_rows(bodies: Sequence[str], first: int) -> list[_Tuple]:
    """Rows of ``db.feed.member_row`` from members as they are stored, numbered from ``first``."""
    return [
        _straight_member(number, body, parsed)
        for number, (body, parsed) in enumerate(zip(bodies, _parsed(bodies), strict=True), first)
    ]


def account_rows(rows: Sequence[Row[Any]]) -> list[_Tuple]:
    """Rows of ``db.feed.account_row`` from whole rows of ``account``."""
    return [
        _straight_account(row, lots) for row, lots in zip(rows, _parsed([row.buckets for row in rows]), strict=True)
    ]


def _parsed(texts: Sequence[str]) -> list[Any]:
    """All at once; one that cannot be read so is nothing, and goes the long way."""
    try:
        found: list[Any] = orjson.loads(f"[{','.join(texts)}]")
        return found if len(found) == len(texts) else [None] * len(texts)
    except ValueError:
        return [None] * len(texts)


def _straight_member(number: int, body: str, data: Any) -> _Tuple:
    try:
        first, last, status, at = data["first_name"], data["last_name"], data["status"], data["enrolled_at"]
        phone, birthday, segments = data["phone"], data["birthday"], data.get("segments")
        referred = data.get("referred_by")
        member_id, card, tier = data["id"], data["number"], data["tier"]
        branch, till = data["home_branch_id"], data["enrolled_till_id"]
        more = ("segments" in data) + ("referred_by" in data)
        if len(data) != _REQUIRED + more or status not in _STATUSES:
            raise KeyError
        # What is no text cannot be joined.
        "".join((member_id, card, first, last, phone, tier, branch, till, *(segments or ())))
        if not (referred is None or type(referred) is str):
            raise KeyError
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not UTC:
            raise KeyError
        gone = status == _ERASED
        return (
            number,
            member_id,
            card,
            phone,
            phone[::-1],
            first,
            last,
            "" if gone else fold(f"{first} {last}"),
            "" if gone else fold(last),
            *((None, None, None) if birthday is None else _birthday(birthday)),
            status,
            tier,
            branch,
            till,
            to_us(moment),
            to_json(tuple(segments)) if segments else "",
            referred,
        )
    except _NOT_STRAIGHT:
        return member_row(number, from_feed(Member, json.loads(body)))


def _birthday(data: Mapping[str, int]) -> tuple[int, int, int | None]:
    day, month, year = data["day"], data["month"], data.get("year")
    if len(data) != 2 + ("year" in data) or type(day) is not int or type(month) is not int:
        raise KeyError
    if not (year is None or type(year) is int):
        raise KeyError
    Birthday(day, month, year)
    return day, month, year


def _straight_account(row: Row[Any], lots: Any) -> _Tuple:
    try:
        member_id, _, qualifying, visits, last_visit, owed, pending, wallets, months, counts, stamps = _FIGURES(row)
        if not pending == wallets == counts == stamps == _NONE:
            raise KeyError
        if last_visit is not None:
            date.fromisoformat(last_visit)
        if owed < 0:
            owed = 0
        return member_id, _lots(lots), qualifying, visits, last_visit, owed, _months(months), 0
    except _NOT_STRAIGHT:
        return account_row(from_feed(FeedAccount, account_of(row).feed_body()))


def _lots(lots: Mapping[str, int]) -> str:
    """As ``account_row`` writes them: by day, those without one last."""
    written = []
    for bucket in sorted(lots) if len(lots) > 1 else lots:
        points = lots[bucket]
        if type(points) is not int:
            raise KeyError
        if bucket:
            date.fromisoformat(bucket)
            written.append(f'["{bucket}",{points}]')
    if "" in lots:
        written.append(f"[null,{lots['']}]")
    return f"[{','.join(written)}]"


def _months(written: str) -> str:
    """The column ``more`` of one that has nothing but months."""
    if written == _NONE:
        return ""
    months = orjson.loads(written)
    for sums in months.values():
        if not sums.keys() <= _SUMS:
            raise KeyError
    ordered = {
        month: [sums.get("points", 0), sums.get("spend_satang", 0), sums.get("visits", 0)]
        for month, sums in sorted(months.items())
    }
    return orjson.dumps({"months": ordered}).decode()
