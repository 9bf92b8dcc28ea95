"""What the bills of tills do to spending rights: uses are counted, what was earned becomes a right, cases are found.

``RightsWorld`` does it for many bills of many members in one transaction; ``note_bill`` for one. The member's account
row is locked by whoever calls, and a bill is noted once (``applied`` says so).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from pos_member.domain.org import Settings
from pos_member.domain.own_rights import right_earned
from pos_member.domain.points import PointKind
from pos_member.domain.rights import RightUse
from pos_member.headoffice import portable, rights_ledger, rule_books, times
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.acts import Act
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.outgoing import Draft
from pos_member.headoffice.rights_cases import Use, cases_of, uses_of_rights
from pos_member.headoffice.rights_home import HomeGrants, Seen
from pos_member.headoffice.rights_ledger import Kept, RightState
from pos_member.headoffice.schema_sync import spending_use


@dataclass
class Noted:
    """What follows from a bill: changes for the feed (rights given ahead), and cases opened or settled."""

    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def concerns(act: Act) -> bool:
    """Whether an act has to do with spending rights: it is a bill of a member."""
    return act.completed_at is not None and act.member_id is not None


def note_bill(
    connection: Connection,
    *,
    member_id: str,
    till_id: str,
    epoch: int,
    seq: int,
    act: Act,
    now: datetime,
    account: AccountState | None = None,
) -> Noted:
    """Count the uses of one bill, make the right of what it earned, give one ahead to its till where that is policy.

    ``account``: the member's figures after the bill, where they are not written yet. An act that is no bill of
    ``member_id`` changes nothing.
    """
    if act.member_id != member_id or not concerns(act):
        return Noted()
    world = RightsWorld(connection, [(member_id, act)], now)
    world.note_bill(till_id=till_id, epoch=epoch, seq=seq, act=act)
    accounts = {} if account is None else {member_id: account}
    return world.flush(connection, accounts)


class RightsWorld:
    """The rights of the members of some bills: read at once, changed in memory, written at once by ``flush``."""

    def __init__(
        self,
        connection: Connection,
        acts: Sequence[tuple[str, Act]],
        now: datetime,
        settings: Settings | None = None,
    ) -> None:
        """``acts``: (member id, act) of each bill; ``settings`` where the caller has read them already."""
        self._now = now
        self._settings = settings or rule_books.settings(connection)
        bills = [(member_id, act) for member_id, act in acts if concerns(act)]
        keys = {(member_id, act.source_id) for member_id, act in bills}
        for member_id, act in bills:
            if act.spending is not None:
                keys |= {(member_id, use.right_id) for use in (*act.spending.rights, RightUse("", 0))}
        self._rights = rights_ledger.by_ids(connection, keys)
        self._uses = uses_of_rights(connection, keys)
        self._new_uses: list[Use] = []
        self._changed: set[tuple[str, str]] = set()
        self._ended: list[Finding] = []
        self._home = HomeGrants(self._settings, now)

    def note_bill(self, *, till_id: str, epoch: int, seq: int, act: Act) -> None:
        """Count one bill in."""
        member_id, at = act.member_id, act.completed_at
        if member_id is None or at is None:
            return
        self._earn(member_id, till_id, epoch, seq, act, at)
        self._ended += ended_lots_used(act, till_id)
        spending = act.spending
        if spending is not None:
            parts = [(use.right_id, use.points) for use in spending.rights]
            if spending.provisional:
                parts.append(("", spending.provisional))
            for right_id, points in parts:
                self._use(Use(member_id, right_id, act.source_id, till_id, epoch, seq, points, at))
        self._home.saw(member_id, Seen(till_id, epoch, act.branch_id, at, f"{act.source_id}:home"))

    def flush(self, connection: Connection, accounts: dict[str, AccountState] | None = None) -> Noted:
        """Write everything and say what follows. ``accounts``: figures that are not written yet, by member."""
        portable.insert_new(connection, spending_use, [use.row() for use in self._new_uses])
        rights_ledger.write(connection, [self._rights[key] for key in self._changed])
        noted = Noted(findings=[*self._findings(), *self._ended])
        noted.drafts += self._home.grant(connection, accounts or {})
        return noted

    def _earn(self, member_id: str, till_id: str, epoch: int, seq: int, act: Act, at: datetime) -> None:
        key = (member_id, act.source_id)
        if key in self._rights:
            return
        right = right_earned(act.source_id, member_id, till_id, epoch, act.entries, at, self._settings)
        if right is None:
            return
        used = sum(use.points for use in self._uses.get(key, []))
        self._rights[key] = Kept(right, used, RightState.LIVE, origin_seq=seq)
        self._changed.add(key)

    def _use(self, use: Use) -> None:
        key = (use.member_id, use.right_id)
        known = self._uses.setdefault(key, [])
        if any(each.bill_id == use.bill_id for each in known):
            return
        known.append(use)
        self._new_uses.append(use)
        if key in self._rights:
            self._rights[key].used += use.points
            self._changed.add(key)

    def _findings(self) -> list[Finding]:
        margin = self._settings.rights.margin_minutes
        touched = {(use.member_id, use.right_id) for use in self._new_uses if use.right_id} | self._changed
        found: list[Finding] = []
        for key in sorted(touched):
            uses = self._uses.get(key, [])
            if uses:
                found += cases_of(*key, self._rights.get(key), uses, margin)
        return found


def ended_lots_used(act: Act, till_id: str) -> list[Finding]:
    """The case of a bill that spent points out of lots that had ended by its own date; none for any other."""
    member_id, at = act.member_id, act.completed_at
    if member_id is None or at is None:
        return []
    spent = [each for each in act.entries if each.kind is PointKind.REDEEM and not each.currency]
    points = -sum(each.points for each in spent if each.bucket is not None and each.bucket < each.business_date)
    if points <= 0:
        return []
    bill = {"bill_id": act.source_id, "till_id": till_id, "points": points, "at": times.stored(at)}
    detail = {"till_id": till_id, "bills": [bill]}
    return [Finding(ExceptionKind.EXPIRED_USED, act.source_id, True, 0, points, detail, member_id)]
