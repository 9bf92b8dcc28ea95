"""The part of the members' and coupons' state that some events touch: locked, read and written at once.

Events are applied in their order, each part once per member however often it is tried (``applied``). What the feed is
told of a member or coupon is its state after all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from pos_member.domain import codec
from pos_member.domain.consent import Consent
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.tally import OF_PROGRAM
from pos_member.headoffice import (
    coupon_world,
    exceptions,
    member_limits,
    overdrawn,
    portable,
    rule_books,
    schema,
    seen_marks,
    times,
)
from pos_member.headoffice.accounts import lock_accounts
from pos_member.headoffice.asking import among
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.member_rows import (
    consent_row,
    entry_row,
    load_members,
    load_statuses,
    member_row,
)
from pos_member.headoffice.outgoing import Draft, Origin, publish
from pos_member.headoffice.parts import CouponPart, MemberPart, Part, codes_of, members_of
from pos_member.headoffice.rights import Noted, RightsWorld, concerns
from pos_member.headoffice.seen_marks import Position
from pos_member.services.sync_ports import FeedEntity

_APPLIED = select(schema.applied.c.member_id, schema.applied.c.epoch, schema.applied.c.seq).where(
    among(schema.applied.c.member_id, "ids"),
    schema.applied.c.till_id == bindparam("till"),
    schema.applied.c.seq.between(bindparam("low"), bindparam("high")),
)


class World:
    """State of the members and coupons of some parts of one till's events, their rows locked."""

    def __init__(
        self,
        connection: Connection,
        till_id: str,
        parts: Sequence[Part],
        now: datetime,
        published: dict[str, Position] | None = None,
    ) -> None:
        """``now``: what no longer matters on its day (UTC) is dropped from sums. ``published``: see ``seen_marks``."""
        self._connection = connection
        self._till_id = till_id
        self._now = now
        self._today = now.date()
        self._published = published or {}
        self._entries: list[dict[str, Any]] = []
        self._consents: list[Consent] = []
        #: Accounts and members to publish: id → the first event that changed them.
        self._touched: dict[str, Origin | None] = {}
        self._changed: dict[str, tuple[Member, Origin | None]] = {}
        self._seen_members: set[str] = set()
        self._applied: list[MemberPart] = []
        self._counted: set[member_limits.Counted] = set()
        ids = members_of(parts)
        self._accounts = lock_accounts(connection, ids, times.stored(now))
        self._coupons = coupon_world.Coupons(connection, till_id, codes_of(parts))
        self._done = self._known_parts(parts)
        self._statuses = load_statuses(connection, ids)
        updated = [part.member_id for part in parts if isinstance(part, MemberPart) and part.update]
        self._known = load_members(connection, updated)
        self._settings = rule_books.settings(connection)

    def _known_parts(self, parts: Sequence[Part]) -> set[tuple[str, int, int]]:
        """(member, epoch, seq) of those that were applied before."""
        of = [part for part in parts if isinstance(part, MemberPart)]
        if not of:
            return set()
        found: set[tuple[str, int, int]] = set()
        span = {"low": min(part.told.seq for part in of), "high": max(part.told.seq for part in of)}
        for ids in portable.chunks(part.member_id for part in of):
            rows = self._connection.execute(_APPLIED, span | {"ids": ids, "till": self._till_id})
            found.update(rows.tuples().all())
        return found

    def apply(self, part: Part) -> bool:
        """Everything ``part`` changes. ``False`` where it was applied before."""
        if isinstance(part, CouponPart):
            return self._coupons.apply(part)
        key = (part.member_id, part.told.epoch, part.told.seq)
        if key in self._done:
            return False
        self._done.add(key)
        self._applied.append(part)
        self._seen_members.add(part.member_id)
        self._consents += part.consents
        for member in part.members:
            self._member(part, member)
        if part.touches_account:
            self._figures(part)
        return True

    def _member(self, part: MemberPart, member: Member) -> None:
        if self._statuses.get(member.id) == MemberStatus.ERASED:
            return  # a late fact never brings an erased person back
        before = self._changed.get(member.id)
        known = before[0] if before else self._known.get(member.id)
        if part.update is not None and known is not None:
            member = part.update.onto(known)
        self._statuses[member.id] = member.status.value
        self._changed[member.id] = (member, before[1] if before else self._origin(part))

    def _figures(self, part: MemberPart) -> None:
        account, act = self._accounts[part.member_id], part.told.act
        for entry in part.entries:
            account.add(entry, of_referrer=not part.own and act.member_id is not None)
            self._entries.append(entry_row(entry, self._till_id, part.told.seq))
        if part.own:
            for currency, owed in act.owed.items():
                account.owe(currency, owed)
            account.visits += act.visits
            if act.visited_on is not None:
                account.last_visit = max(account.last_visit or "", act.visited_on.isoformat())
            if act.month:
                account.add_month(act.month, act.month_sum)
            account.count(tally for tally in act.tallies if tally.kind not in OF_PROGRAM)
            self._counted |= member_limits.counted(act.tallies)
        account.settle(self._today)
        if not part.told.late:
            seen_marks.add(account.seen, self._till_id, (part.told.epoch, part.told.seq))
        self._touched.setdefault(part.member_id, self._origin(part))

    def _origin(self, part: MemberPart) -> Origin | None:
        # Of a late event the till stopped counting its own row when it was acknowledged, and an old number this late
        # in the feed would make it count all its later ones twice.
        return None if part.told.late else Origin(self._till_id, part.told.epoch, part.told.seq)

    def flush(self) -> None:
        """Write everything, and what the feed is to say. Raises SQLAlchemy's errors: the caller undoes all."""
        connection, at = self._connection, times.stored(self._now)
        members = [member_row(member) for member, _ in self._changed.values()]
        portable.upsert(connection, schema.member, members)
        portable.insert_new(connection, schema.consent, [consent_row(each) for each in self._consents])
        portable.insert_many(connection, schema.point_entry, self._entries)
        drafts = [
            Draft(FeedEntity.MEMBER.value, member_id, codec.to_wire(member), origin=origin)
            for member_id, (member, origin) in self._changed.items()
        ]
        for member_id in sorted(self._touched):
            account = self._accounts[member_id]
            seen_marks.prune(account.seen, self._published)
            drafts.append(account.draft(self._touched[member_id]))
        portable.upsert(connection, schema.account, [self._accounts[each].row(at) for each in sorted(self._touched)])
        portable.insert_many(connection, schema.applied, [self._applied_row(part) for part in self._applied])
        drafts += self._coupons.flush(self._published)
        rights = self._note_bills()
        drafts += rights.drafts
        found = [*self._findings(), *self._coupons.findings(), *self._beyond_limits(), *rights.findings]
        touched = {member_id: self._accounts[member_id] for member_id in sorted(self._touched)}
        asked = [*(each.key for each in found), *overdrawn.keys(touched)]
        known = exceptions.known_cases(connection, asked)
        found += overdrawn.findings(connection, touched, self._settings, known)
        exceptions.record(connection, found, at, known)
        publish(connection, drafts, at)

    def _note_bills(self) -> Noted:
        """What bills do to spending rights; the accounts are written by now."""
        bills = [part for part in self._applied if part.own]
        if not bills:
            return Noted()
        acts = [(part.member_id, part.told.act) for part in bills]
        rights = RightsWorld(self._connection, acts, self._now, self._settings)
        for part in bills:
            if concerns(part.told.act):
                told = part.told
                rights.note_bill(till_id=self._till_id, epoch=told.epoch, seq=told.seq, act=told.act)
        return rights.flush(self._connection, self._accounts)

    def _applied_row(self, part: MemberPart) -> dict[str, Any]:
        told = part.told
        return {"member_id": part.member_id, "till_id": self._till_id, "epoch": told.epoch, "seq": told.seq}

    def _findings(self) -> list[Finding]:
        found = []
        for member_id in sorted(self._seen_members):
            found.append(Finding(ExceptionKind.MEMBER_UNKNOWN, member_id, member_id not in self._statuses))
        for member_id in sorted(self._touched):
            # Two tills that were cut off both let an earn repay the same debt: the member is due the difference.
            over = max(0, -self._accounts[member_id].owed)
            found.append(Finding(ExceptionKind.DEBT_REPAID_TWICE, member_id, over > 0, 0, over, {"points": over}))
        return found

    def _beyond_limits(self) -> list[Finding]:
        if not self._counted:
            return []
        sums = [(each, self._accounts[each[0]].counts) for each in sorted(self._counted)]
        return member_limits.findings(sums, member_limits.member_limits(self._connection))
