"""What is wrong without being refused: each case recorded once, opened and settled by the state of the facts.

A case follows from the facts alone (the sum of an account, the uses of a coupon), never from the order in which tills
came online: what a later upload puts right is settled by it. A person may settle a case too (``settling``): it stays
settled until the facts about it change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.headoffice import portable
from pos_member.headoffice.asking import among
from pos_member.headoffice.schema import exception

_KNOWN = select(exception).where(among(exception.c.shard, "shards"), among(exception.c.kind, "kinds"))


class ExceptionKind(StrEnum):
    """What kind of case."""

    COUPON_TWICE = "coupon_twice"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_VOID_USED = "coupon_void_used"
    OVERDRAFT = "overdraft"
    DEBT_REPAID_TWICE = "debt_repaid_twice"
    #: A till that was set back, or its copy, gave points after a bill that had given them before.
    CLAIMED_TWICE = "claimed_twice"
    MEMBER_UNKNOWN = "member_unknown"
    POISON = "poison"
    FORK = "fork"
    #: A till whose database went back to an earlier state; two copies of one till at work.
    RESTORED = "restored"
    CLONED = "cloned"
    #: Head office's own database went back: tills hold acknowledgements it does not know of.
    HEADOFFICE_RESTORED = "headoffice_restored"
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
    CLOCK_SKEW = "clock_skew"
    #: Long after a till closed its day, head office lacks events of it.
    GAP = "gap"
    #: A till said of its day what is not what is held of it.
    DAY_DIFFERS = "day_differs"


class ExceptionState(StrEnum):
    """Whether someone has to look at it."""

    OPEN = "open"
    SETTLED = "settled"
    #: By a person, with name and reason in ``office_act``.
    SETTLED_BY_HAND = "settled_by_hand"


class Resolution(StrEnum):
    """What became of a settled case."""

    FACTS = "facts"  # later facts put it right
    ACCEPTED = "accepted"  # the loss is the shop's
    CHARGED = "charged"  # somebody paid for it
    CORRECTED = "corrected"  # an adjustment, a return or another document put it right
    MISTAKE = "mistake"  # there was nothing to it


#: What a person may decide.
DECISIONS = (Resolution.ACCEPTED, Resolution.CHARGED, Resolution.CORRECTED, Resolution.MISTAKE)


@dataclass(frozen=True)
class Finding:
    """One case as the facts now show it; ``present`` false settles a case that was open."""

    kind: ExceptionKind
    subject_id: str
    present: bool
    amount_satang: int = 0
    points: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    #: The member, coupon or till it is kept with; by itself it is what the subject begins with (of a quota: ends).
    shard: str = ""

    @property
    def key(self) -> CaseKey:
        """Where it is kept."""
        return self.shard or shard_of(self.kind, self.subject_id), self.kind.value, self.subject_id


def till_concerned(finding: Finding) -> str:
    """The till a case is to be looked into at: the one it names, or that of the latest of its bills; empty for none."""
    named = str(finding.detail.get("till_id", ""))
    bills = finding.detail.get("bills", [])
    if named or not bills:
        return named
    return str(max(bills, key=lambda bill: (bill["at"], bill["bill_id"]))["till_id"])


#: (shard, kind, subject).
CaseKey = tuple[str, str, str]


def shard_of(kind: str, subject_id: str) -> str:
    """Whose case it is by its subject: ``member|program|day``, ``till:epoch:seq``, ``program|till``, a code, an id."""
    if kind == ExceptionKind.QUOTA_EXCEEDED:
        return subject_id.rpartition("|")[2]
    return subject_id.partition("|")[0].partition(":")[0]


def record(
    connection: Connection, findings: Iterable[Finding], at: str, known: Mapping[CaseKey, Row[Any]] | None = None
) -> None:
    """Open, renew or settle; of two findings of one case the last counts. ``at``: stored time. ``known``: the cases
    there are of all these, where the caller has read them."""
    latest = {finding.key: finding for finding in findings}
    known = known_cases(connection, list(latest)) if known is None else known
    rows = [_row(key, finding, known.get(key), at) for key, finding in latest.items()]
    portable.upsert(connection, exception, [row for row in rows if row is not None])


def _row(key: CaseKey, finding: Finding, before: Row[Any] | None, at: str) -> dict[str, Any] | None:
    """What to write; ``None`` when nothing changes."""
    if before is None and not finding.present:
        return None  # nearly always
    row = {
        "shard": key[0],
        "kind": key[1],
        "subject_id": key[2],
        "state": ExceptionState.OPEN.value,
        "amount_satang": finding.amount_satang,
        "points": finding.points,
        "detail": json.dumps(finding.detail, sort_keys=True, ensure_ascii=False),
        "first_at": at,
        "changed_at": at,
        "till_id": till_concerned(finding),
        "resolution": "",
    }
    if before is None:
        return row
    row["first_at"] = before.first_at
    if before.state == ExceptionState.SETTLED_BY_HAND and (not finding.present or row["detail"] == before.detail):
        return None  # nothing that was not known when it was settled
    if not finding.present:  # what it was about stays readable
        row |= {"state": ExceptionState.SETTLED.value, "detail": before.detail, "till_id": before.till_id}
        row |= {"amount_satang": before.amount_satang, "points": before.points}
        row["resolution"] = Resolution.FACTS.value
    return None if (row["state"], row["detail"]) == (before.state, before.detail) else row


def known_cases(connection: Connection, keys: Sequence[CaseKey]) -> dict[CaseKey, Row[Any]]:
    """Those of them that were ever opened."""
    found: dict[CaseKey, Row[Any]] = {}
    kinds = sorted({kind for _, kind, _ in keys})
    for part in portable.chunks(shard for shard, _, _ in keys):
        for row in connection.execute(_KNOWN, {"shards": part, "kinds": kinds}).all():
            found[(row.shard, row.kind, row.subject_id)] = row
    return found
