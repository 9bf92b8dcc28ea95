"""What is wrong without being refused: each case recorded once, opened and settled by the state of the facts.

A case follows from the facts alone (the sum of an account, the uses of a coupon), never from the order in which tills
came online: what a later upload puts right is settled by it. A person may settle a case too (``settling``): it stays
settled until the facts about it change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, tuple_
from sqlalchemy import select as sql_select

from pos_member.headoffice import portable
from pos_member.headoffice.schema import exception


class ExceptionKind(StrEnum):
    """What kind of case."""

    COUPON_TWICE = "coupon_twice"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_VOID_USED = "coupon_void_used"
    OVERDRAFT = "overdraft"
    DEBT_REPAID_TWICE = "debt_repaid_twice"
    MEMBER_UNKNOWN = "member_unknown"
    POISON = "poison"
    FORK = "fork"
    CHAIN_BROKEN = "chain_broken"
    QUOTA_EXCEEDED = "quota_exceeded"
    EVALUATION_DIFFERS = "evaluation_differs"
    LIMIT_EXCEEDED = "limit_exceeded"
    #: Points spent beyond rights that were not there: what the floor limits let pass and lost.
    PROVISIONAL_OVERDRAWN = "provisional_overdrawn"
    #: Of a spending right: used after its time, by a till or epoch it was not given to, given back before, more of it
    #: than there was, or not given here at all.
    RIGHT_LAPSED = "right_lapsed"
    RIGHT_FOREIGN = "right_foreign"
    RIGHT_VOID = "right_void"
    RIGHT_OVERUSED = "right_overused"
    RIGHT_UNKNOWN = "right_unknown"
    #: Points or a coupon used after their last day.
    EXPIRED_USED = "expired_used"
    #: Bills on a rule book that had been replaced long before.
    PRICE_STALE = "price_stale"
    CLOCK_SKEW = "clock_skew"
    GAP = "gap"


class ExceptionState(StrEnum):
    """Whether someone has to look at it."""

    OPEN = "open"
    SETTLED = "settled"
    #: By a person, with name and reason in ``office_act``.
    SETTLED_BY_HAND = "settled_by_hand"


@dataclass(frozen=True)
class Finding:
    """One case as the facts now show it; ``present`` false settles a case that was open."""

    kind: ExceptionKind
    subject_id: str
    present: bool
    amount_satang: int = 0
    points: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)


def record(connection: Connection, findings: Iterable[Finding], at: str) -> None:
    """Open, renew or settle. ``at``: stored time."""
    latest = {(finding.kind.value, finding.subject_id): finding for finding in findings}
    known = _known(connection, list(latest))
    rows = [_row(finding, known.get(key), at) for key, finding in latest.items()]
    portable.upsert(connection, exception, [row for row in rows if row is not None])


def _row(finding: Finding, before: Row[Any] | None, at: str) -> dict[str, Any] | None:
    """What to write; ``None`` when nothing changes."""
    row = {
        "kind": finding.kind.value,
        "subject_id": finding.subject_id,
        "state": ExceptionState.OPEN.value,
        "amount_satang": finding.amount_satang,
        "points": finding.points,
        "detail": json.dumps(finding.detail, sort_keys=True, ensure_ascii=False),
        "first_at": at,
        "changed_at": at,
    }
    if before is None:
        return row if finding.present else None
    row["first_at"] = before.first_at
    if before.state == ExceptionState.SETTLED_BY_HAND and (not finding.present or row["detail"] == before.detail):
        return None  # nothing that was not known when it was settled
    if not finding.present:  # what it was about stays readable
        row |= {"state": ExceptionState.SETTLED.value, "detail": before.detail}
        row |= {"amount_satang": before.amount_satang, "points": before.points}
    return None if (row["state"], row["detail"]) == (before.state, before.detail) else row


def _known(connection: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Row[Any]]:
    found = {}
    for start in range(0, len(keys), 1_000):
        part = keys[start : start + 1_000]
        where = tuple_(exception.c.kind, exception.c.subject_id).in_(part)
        for row in connection.execute(sql_select(exception).where(where)):
            found[(row.kind, row.subject_id)] = row
    return found
