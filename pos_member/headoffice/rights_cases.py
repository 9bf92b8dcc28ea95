"""Cases of spending rights, read off the facts alone: the right as it was given, and all that was spent of it.

Whatever order the bills of several tills come in, the same facts make the same cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.domain.rights import RightKind
from pos_member.headoffice import portable, times
from pos_member.headoffice.asking import keyed
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.rights_ledger import Kept, RightState
from pos_member.headoffice.schema_sync import spending_use

_OF_RIGHTS = select(spending_use).where(keyed((spending_use.c.member_id, spending_use.c.right_id), "keys"))


@dataclass(frozen=True)
class Use:
    """``points`` of one right spent on one bill; without ``right_id`` they were spent provisionally."""

    member_id: str
    right_id: str
    bill_id: str
    till_id: str
    epoch: int
    seq: int
    points: int
    at: datetime

    def row(self) -> dict[str, Any]:
        """What is stored."""
        return {**vars(self), "at": times.stored(self.at)}


def use_of(row: Row[Any]) -> Use:
    """The use in a row of ``spending_use``."""
    return Use(
        row.member_id, row.right_id, row.bill_id, row.till_id, row.epoch, row.seq, row.points, times.read(row.at)
    )


def uses_of_rights(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Use]]:
    """What was spent of rights, by (member id, right id)."""
    found = dict[tuple[str, str], list[Use]]()
    for part in portable.parts(keys):
        for row in connection.execute(_OF_RIGHTS, {"keys": part}):
            found.setdefault((row.member_id, row.right_id), []).append(use_of(row))
    return found


def cases_of(
    member_id: str, right_id: str, right: Kept | None, uses: Sequence[Use], margin_minutes: int
) -> list[Finding]:
    """The cases of one right, each present or not. ``margin_minutes``: what clocks may differ by."""
    if right is None:
        return [_finding(ExceptionKind.RIGHT_UNKNOWN, member_id, right_id, uses, sum(use.points for use in uses))]
    margin = timedelta(minutes=margin_minutes)
    given = right.right
    foreign = [use for use in uses if use.till_id != given.till_id]
    own = [use for use in uses if use.till_id == given.till_id]
    lapsed = [use for use in own if use.at > given.lapses_at + margin]
    ended = right.ended_at if right.state is RightState.VOID else None
    void = [use for use in own if ended is not None and use.at > ended + margin]
    most = min(given.points, right.spent or 0) if _given_back(right, margin) else given.points
    over = sum(use.points for use in uses) - most
    return [
        _finding(ExceptionKind.RIGHT_UNKNOWN, member_id, right_id, [], 0),
        _finding(ExceptionKind.RIGHT_FOREIGN, member_id, right_id, foreign, sum(use.points for use in foreign)),
        _finding(ExceptionKind.RIGHT_LAPSED, member_id, right_id, lapsed, sum(use.points for use in lapsed)),
        _finding(ExceptionKind.RIGHT_VOID, member_id, right_id, void, sum(use.points for use in void)),
        _finding(ExceptionKind.RIGHT_OVERUSED, member_id, right_id, uses if over > 0 else [], max(0, over)),
    ]


def _given_back(right: Kept, margin: timedelta) -> bool:
    """Whether its till said how much it had spent of a right when it gave it back: more came after that.

    What head office concludes by itself is no bound: a right to own sales that its till forgot, or one that was over by
    every clock with a bill of it in quarantine. It depends on who was heard when, and a copy of the till may have spent
    of the same right, and tells later.
    """
    if right.state is not RightState.RELEASED or right.right.kind is RightKind.OWN:
        return False
    return right.ended_at is None or right.ended_at < right.right.lapses_at + margin


def _finding(kind: ExceptionKind, member_id: str, right_id: str, uses: Sequence[Use], points: int) -> Finding:
    return Finding(kind, right_id, points > 0, 0, points, _told(uses), member_id)


def _told(uses: Sequence[Use]) -> dict[str, Any]:
    """The uses in a fixed order: a case does not change because they came in another one."""
    ordered = sorted(uses, key=lambda use: (use.at, use.bill_id))
    if not ordered:
        return {}
    shown = [
        {"bill_id": use.bill_id, "till_id": use.till_id, "points": use.points, "at": times.stored(use.at)}
        for use in ordered
    ]
    return {"member_id": ordered[-1].member_id, "till_id": ordered[-1].till_id, "bills": shown}


def overdrawn_findings(connection: Connection, accounts: Mapping[str, tuple[int, Mapping[str, int]]]) -> list[Finding]:
    """What was spent and not there, in two cases. By member: points (below zero where too many were spent), and stamps
    that are short, by currency.

    What was spent provisionally is the floor limits' loss; only what is short beyond that is an overdraft, which
    spending rights rule out. Both settle by themselves once the account is in order.
    """
    found = []
    uses = _provisional(connection, [member_id for member_id, (points, _) in accounts.items() if points < 0])
    for member_id, (points, stamps) in sorted(accounts.items()):
        mine = uses.get(member_id, [])
        lost = min(max(0, -points), sum(use.points for use in mine))
        detail = {"points": lost, **_told(mine)} if lost else {}
        found.append(Finding(ExceptionKind.PROVISIONAL_OVERDRAWN, member_id, lost > 0, 0, lost, detail))
        counted = points + lost
        detail = {"points": counted} | ({"stamps": dict(stamps)} if stamps else {})
        overdrawn = counted < 0 or bool(stamps)
        found.append(Finding(ExceptionKind.OVERDRAFT, member_id, overdrawn, 0, max(0, -counted), detail))
    return found


def _provisional(connection: Connection, member_ids: Iterable[str]) -> dict[str, list[Use]]:
    found = uses_of_rights(connection, [(member_id, "") for member_id in member_ids])
    return {member_id: uses for (member_id, _), uses in found.items()}
