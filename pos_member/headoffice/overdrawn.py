"""Whether more was spent of a member's points, or stamps, than there was: read off what tills did, by its own dates.

What was spent on a day can be covered by every lot that still ran on that day, whichever the till drew, and whether it
was earned before or after. So the answer does not depend on when anything was told, nor on what the expiry run did in
between: a lot that is below zero after its end may have been spent twice, or told of late after it was brought to zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from pos_member.domain.org import OwedPolicy, Settings
from pos_member.domain.points import PointKind
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.asking import among
from pos_member.headoffice.exceptions import CaseKey, ExceptionKind, ExceptionState, Finding
from pos_member.headoffice.portable import chunks
from pos_member.headoffice.rights_cases import overdrawn_findings
from pos_member.headoffice.schema import point_entry

_KINDS = (ExceptionKind.PROVISIONAL_OVERDRAWN.value, ExceptionKind.OVERDRAFT.value)
_NEVER = ""
_ENTRY = point_entry.c
_OFFICE = (PointKind.EXPIRE.value, PointKind.TRANSFER.value)
#: What was taken out of lots, and what was brought to zero or moved between them.
_TAKEN = select(
    _ENTRY.member_id,
    _ENTRY.id,
    _ENTRY.kind,
    _ENTRY.points,
    _ENTRY.bucket,
    _ENTRY.business_date,
    _ENTRY.currency,
    _ENTRY.reverses_id,
).where(among(_ENTRY.member_id, "ids"), or_(_ENTRY.points < 0, _ENTRY.kind.in_(_OFFICE)))


def keys(member_ids: Iterable[str]) -> list[CaseKey]:
    """Where the cases of these members are kept."""
    return [(member_id, kind, member_id) for member_id in member_ids for kind in _KINDS]


def findings(
    connection: Connection,
    accounts: Mapping[str, AccountState],
    settings: Settings,
    known: Mapping[CaseKey, Row[Any]],
) -> list[Finding]:
    """The cases of these members' accounts, each present or not, where anything may be wrong; their entries are written
    by now. ``known``: their cases so far.

    Entries are read of those with a lot below zero, and of those of whom there is a case. Of others no case can come:
    whatever took more than there was left a lot below zero when it was told.
    """
    told = {key[0] for key, row in known.items() if key[1] in _KINDS and row.state != ExceptionState.SETTLED.value}
    doubtful = {each: account for each, account in accounts.items() if each in told or _below_zero(account)}
    entries = _entries(connection, doubtful)
    figures = {each: _shortages(account, entries.get(each, []), settings) for each, account in doubtful.items()}
    return overdrawn_findings(connection, figures)


def _below_zero(account: AccountState) -> bool:
    return any(points < 0 for points in chain(account.buckets.values(), *map(dict.values, account.wallets.values())))


def _entries(connection: Connection, member_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for part in chunks(member_ids):
        for row in connection.execute(_TAKEN, {"ids": part}):
            found.setdefault(row.member_id, []).append(row)
    return found


def _shortages(account: AccountState, entries: Sequence[Row[Any]], settings: Settings) -> tuple[int, dict[str, int]]:
    """Points that were spent and not there, below zero; stamps that were, by currency.

    A return may take a balance below zero with the policy "unlimited", and always what was earned by referring.
    """
    may_overdraw = settings.owed_policy is OwedPolicy.UNLIMITED
    facts = _Facts.of(account.buckets, [row for row in entries if not row.currency], takebacks=not may_overdraw)
    if not may_overdraw:
        facts.usable[_NEVER] -= account.referral_back
    stamps: dict[str, int] = {}
    for currency in sorted({*account.wallets, *(row.currency for row in entries if row.currency)}):
        own = [row for row in entries if row.currency == currency]
        missing = _Facts.of(account.wallets.get(currency, {}), own).short
        if missing and not may_overdraw:
            stamps[currency] = missing
    return -facts.short, stamps


@dataclass(frozen=True)
class _Facts:
    """Of points, or one currency of stamps. ``usable``: last day → how many could be used until then, ``""`` for ever;
    ``taken``: day → how many were."""

    usable: dict[str, int]
    taken: dict[str, int]

    @property
    def short(self) -> int:
        """How many were taken that nothing covers."""
        return short(self.usable, self.taken)

    @classmethod
    def of(cls, lots: Mapping[str, int], entries: Sequence[Row[Any]], *, takebacks: bool = True) -> _Facts:
        """``takebacks``: whether what returns took back counts as taken."""
        usable, taken = defaultdict(int, lots), defaultdict[str, int](int)
        days = {row.id: row.business_date for row in entries}
        for row in entries:
            # What puts right an account that ended belongs to the day on which it was ended.
            day = days.get(row.reverses_id or "", row.business_date)
            ended = row.bucket != _NEVER and row.bucket < day
            if row.kind in _OFFICE:
                usable[row.bucket] -= row.points if ended or row.kind == PointKind.TRANSFER.value else 0
                if row.kind == PointKind.EXPIRE.value and not ended:
                    usable[day] -= row.points  # ended before its time, because nobody used the account
                continue
            usable[row.bucket] -= row.points
            # A bill that spent of a lot that had ended is a case of its own.
            if row.kind == PointKind.REDEEM.value and ended:
                continue
            if takebacks or row.kind != PointKind.REVERSE.value:
                taken[row.bucket if ended else day] -= row.points
        return cls(usable, taken)


def short(usable: Mapping[str, int], taken: Mapping[str, int]) -> int:
    """The least that remains uncovered, whichever of ``usable`` covers what.

    What was taken from a day on is covered by nothing but what could be used on that day or later: for each day the one
    less the other is missing, and the most of all days is enough (Hall's marriage theorem; the sets lie within one
    another).
    """
    days = sorted({*usable, *taken} - {_NEVER}, reverse=True)
    missing = taken.get(_NEVER, 0) - usable.get(_NEVER, 0)
    most = max(0, missing)
    for day in days:
        missing += taken.get(day, 0) - usable.get(day, 0)
        most = max(most, missing)
    return most
