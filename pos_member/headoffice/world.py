"""The part of head office's state that one batch touches: read at once, changed in memory, written at once.

Events are applied in their order; after each one the changed accounts and coupons are ready for the feed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from pos_member.domain import codec
from pos_member.domain.consent import Consent
from pos_member.domain.coupon import Coupon, CouponEventKind, CouponState
from pos_member.domain.events import MemberUpdated
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Organisation, OwedPolicy
from pos_member.domain.points import PointEntry
from pos_member.headoffice import exceptions, portable, schema, times
from pos_member.headoffice.acts import Act, CouponMove, qualifies, taken_back
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.feed import Draft
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedEntity


@dataclass
class AccountState:
    """A member's figures. The key of a bucket is its last day as ISO text, empty for never."""

    member_id: str
    buckets: dict[str, int] = field(default_factory=dict)
    taken_back: int = 0
    qualifying: int = 0
    visits: int = 0
    last_visit: str | None = None
    #: Below zero while a repayment came in before the return it repays.
    owed: int = 0

    @property
    def balance(self) -> int:
        """All points, whatever their lot."""
        return sum(self.buckets.values())

    def add(self, entry: PointEntry) -> None:
        """Count one entry."""
        bucket = entry.bucket.isoformat() if entry.bucket else ""
        points = self.buckets.pop(bucket, 0) + entry.points
        if points:
            self.buckets[bucket] = points
        self.taken_back += taken_back(entry)
        self.qualifying += qualifies(entry)

    def feed_body(self) -> dict[str, Any]:
        """What tills read."""
        ordered = sorted(self.buckets.items(), key=lambda item: (item[0] == "", item[0]))
        buckets = tuple(FeedBucket(bucket or None, points) for bucket, points in ordered)
        body = FeedAccount(self.member_id, buckets, self.qualifying, self.visits, self.last_visit, max(0, self.owed))
        wire: dict[str, Any] = codec.to_wire(body)
        return wire

    def row(self, as_of: str) -> dict[str, Any]:
        """What is stored; ``as_of``: stored time."""
        return {
            "member_id": self.member_id,
            "buckets": json.dumps(self.buckets, sort_keys=True),
            "taken_back": self.taken_back,
            "qualifying": self.qualifying,
            "visits": self.visits,
            "last_visit": self.last_visit,
            "owed": self.owed,
            "as_of": as_of,
        }


@dataclass
class CouponRecord:
    """A coupon's life: how it was issued, if that is known yet, and what happened since, in no order."""

    code: str
    issued: Coupon | None = None
    #: (kind, subject) → (till, amount in satang, stored time)
    events: dict[tuple[str, str], tuple[str, int, str]] = field(default_factory=dict)

    def uses(self) -> list[str]:
        """Bills that used it and were not taken back, earliest id first."""
        undone = {subject for kind, subject in self.events if kind == CouponEventKind.REVERSED}
        return sorted(s for kind, s in self.events if kind == CouponEventKind.REDEEMED and s not in undone)

    def dead(self) -> CouponState | None:
        """Cancelled or voided, whatever else happened."""
        kinds = {kind for kind, _ in self.events}
        if CouponEventKind.CANCELLED in kinds:
            return CouponState.CANCELLED
        return CouponState.VOIDED_BY_RETURN if CouponEventKind.VOIDED_BY_RETURN in kinds else None

    def now(self) -> Coupon | None:
        """The coupon as all that is known makes it; ``None`` while its issue is not known."""
        if self.issued is None:
            return None
        uses = self.uses()
        if uses:
            return replace(self.issued, state=CouponState.REDEEMED, redeemed_bill_id=uses[0])
        state = self.dead()
        if state is None:
            taken = any(kind == CouponEventKind.REVERSED for kind, _ in self.events)
            state = CouponState.REVERSED if taken else CouponState.ISSUED
        return replace(self.issued, state=state, redeemed_bill_id=None)

    def findings(self) -> list[Finding]:
        """The cases this coupon makes, or no longer makes."""
        uses = self.uses()
        listed = []
        for bill in uses:
            till, amount, at = self.events[(CouponEventKind.REDEEMED.value, bill)]
            listed.append({"bill_id": bill, "till_id": till, "amount_satang": amount, "at": at})
        amounts = [int(str(use["amount_satang"])) for use in listed]
        dead = self.dead()
        detail = {"bills": listed}
        unknown = self.issued is None and bool(self.events)
        return [
            Finding(ExceptionKind.COUPON_TWICE, self.code, len(uses) > 1, sum(amounts[1:]), 0, detail),
            Finding(ExceptionKind.COUPON_VOID_USED, self.code, bool(uses and dead), sum(amounts), 0, detail),
            Finding(ExceptionKind.COUPON_UNKNOWN, self.code, unknown, sum(amounts), 0, detail),
        ]


class World:
    """State of the members and coupons of some acts."""

    def __init__(self, connection: Connection, till_id: str, acts: Sequence[Act]) -> None:
        self._till_id = till_id
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._consents: list[Consent] = []
        self._touched_accounts: set[str] = set()
        self._touched_coupons: set[str] = set()
        self._moved: list[CouponMove] = []
        self._changed_members: dict[str, Member] = {}
        self._seen_members: set[str] = set()
        member_ids = {member_id for act in acts for member_id in act.member_ids()}
        self._members = _load_members(connection, member_ids)
        self._updated_members = _load_bodies(connection, [act.update.member.id for act in acts if act.update])
        self._accounts = _load_accounts(connection, member_ids)
        self._coupons = _load_coupons(connection, {code for act in acts for code in act.codes()})
        self._takebacks_may_overdraw = _owed_policy(connection) is OwedPolicy.UNLIMITED

    def apply(self, act: Act, seq: int) -> list[Draft]:
        """Everything ``act`` changes, and what the feed says of it."""
        drafts = [draft for member in act.members for draft in self._member(member, act.update)]
        for table, rows in act.rows.items():
            self._rows[table] += rows
        self._consents += act.consents
        self._seen_members |= act.member_ids()
        touched = {entry.member_id for entry in act.entries}
        for entry in act.entries:
            self._account(entry.member_id).add(entry)
            self._rows["point_entry"].append(_entry_row(entry, self._till_id, seq))
        if act.member_id and (act.visited_on or act.owed):
            touched.add(act.member_id)
            self._visit(act.member_id, act.visited_on, act.owed)
        self._touched_accounts |= touched
        drafts += [Draft(FeedEntity.ACCOUNT, m, self._account(m).feed_body()) for m in sorted(touched)]
        return drafts + self._coupons_of(act)

    def flush(self, connection: Connection, at: str) -> None:
        """Write everything. ``at``: stored time. Raises SQLAlchemy's errors: the caller undoes all."""
        for table in ("bill", "bill_return", "shift", "audit", "point_entry"):
            rows = self._rows[table]
            if rows:
                connection.execute(insert(schema.metadata.tables[table]), rows)
        portable.upsert(connection, schema.member, [member_row(m) for m in self._changed_members.values()])
        portable.insert_new(connection, schema.consent, [consent_row(c) for c in self._consents])
        accounts = [self._accounts[m].row(at) for m in sorted(self._touched_accounts)]
        portable.upsert(connection, schema.account, accounts)
        portable.insert_new(connection, schema.coupon_event, [_move_row(m, self._till_id) for m in self._moved])
        coupons = [self._coupons[code].now() for code in sorted(self._touched_coupons)]
        portable.upsert(connection, schema.coupon, [_coupon_row(c) for c in coupons if c is not None])
        exceptions.record(connection, self._findings(), at)

    def _member(self, member: Member, update: MemberUpdated | None) -> list[Draft]:
        if self._members.get(member.id) == MemberStatus.ERASED:
            return []  # a late fact never brings an erased person back
        known = self._changed_members.get(member.id) or self._updated_members.get(member.id)
        if update is not None and known is not None:
            member = update.onto(known)
        self._members[member.id] = member.status.value
        self._changed_members[member.id] = member
        return [Draft(FeedEntity.MEMBER, member.id, codec.to_wire(member))]

    def _account(self, member_id: str) -> AccountState:
        return self._accounts.setdefault(member_id, AccountState(member_id))

    def _visit(self, member_id: str, on: date | None, owed: int) -> None:
        account = self._account(member_id)
        account.owed += owed
        if on is not None:
            account.visits += 1
            account.last_visit = max(account.last_visit or "", on.isoformat())

    def _coupons_of(self, act: Act) -> list[Draft]:
        for coupon in act.issued:
            record = self._coupon(coupon.code)
            record.issued = record.issued or coupon
        for move in act.moves:
            known = self._coupon(move.code).events
            at = times.stored(move.at)
            known.setdefault((move.kind.value, move.subject_id), (self._till_id, move.amount_satang, at))
        self._moved += act.moves
        codes = act.codes()
        self._touched_coupons |= codes
        found = [self._coupons[code].now() for code in sorted(codes)]
        return [Draft(FeedEntity.COUPON, c.code, codec.to_wire(c)) for c in found if c is not None]

    def _coupon(self, code: str) -> CouponRecord:
        return self._coupons.setdefault(code, CouponRecord(code))

    def _findings(self) -> list[Finding]:
        found = [f for code in sorted(self._touched_coupons) for f in self._coupons[code].findings()]
        for member_id in sorted(self._seen_members):
            found.append(Finding(ExceptionKind.MEMBER_UNKNOWN, member_id, member_id not in self._members))
        for member_id in sorted(self._touched_accounts):
            account = self._accounts[member_id]
            # With the policy "unlimited" a return may take a balance below zero; redemption never may.
            counted = account.balance - (account.taken_back if self._takebacks_may_overdraw else 0)
            found.append(
                Finding(ExceptionKind.OVERDRAFT, member_id, counted < 0, 0, max(0, -counted), {"points": counted})
            )
            # Two tills that were cut off both let an earn repay the same debt: the member is due the difference.
            over = max(0, -account.owed)
            found.append(Finding(ExceptionKind.DEBT_REPAID_TWICE, member_id, over > 0, 0, over, {"points": over}))
        return found


def _load_members(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Status by id."""
    table = schema.member
    found: dict[str, str] = {}
    for part in portable.chunks(ids):
        query = select(table.c.id, table.c.status).where(table.c.id.in_(part))
        found.update(connection.execute(query).tuples().all())
    return found


def _load_bodies(connection: Connection, ids: Iterable[str]) -> dict[str, Member]:
    """Members as they are stored, by id."""
    table = schema.member
    found: dict[str, Member] = {}
    for part in portable.chunks(ids):
        for body in connection.execute(select(table.c.body).where(table.c.id.in_(part))).scalars():
            member = codec.from_wire(Member, json.loads(body))
            found[member.id] = member
    return found


def _load_accounts(connection: Connection, ids: Iterable[str]) -> dict[str, AccountState]:
    table = schema.account
    found = {}
    for part in portable.chunks(ids):
        for row in connection.execute(select(table).where(table.c.member_id.in_(part))):
            found[row.member_id] = AccountState(
                row.member_id,
                json.loads(row.buckets),
                row.taken_back,
                row.qualifying,
                row.visits,
                row.last_visit,
                row.owed,
            )
    return found


def _load_coupons(connection: Connection, codes: Iterable[str]) -> dict[str, CouponRecord]:
    found: dict[str, CouponRecord] = {}
    events = schema.coupon_event
    for part in portable.chunks(codes):
        query = select(schema.coupon.c.body).where(schema.coupon.c.code.in_(part))
        for body in connection.execute(query).scalars():
            coupon = codec.from_wire(Coupon, json.loads(body))
            found[coupon.code] = CouponRecord(coupon.code, coupon)
        for row in connection.execute(select(events).where(events.c.code.in_(part))):
            record = found.setdefault(row.code, CouponRecord(row.code))
            record.events[(row.kind, row.subject_id)] = (row.till_id, row.amount_satang, row.at)
    return found


def _owed_policy(connection: Connection) -> OwedPolicy:
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.ORGANISATION.value)
    body = connection.execute(query).scalars().first()
    return codec.from_wire(Organisation, json.loads(body)).settings.owed_policy if body else OwedPolicy.WITHIN_BALANCE


def _text(value: object) -> str:
    return json.dumps(codec.to_wire(value), ensure_ascii=False, separators=(",", ":"))


def member_row(member: Member) -> dict[str, Any]:
    """A row of ``member``."""
    searched = {"number": member.number, "phone": member.phone, "status": member.status.value}
    return {"id": member.id, "body": _text(member), **searched}


def _coupon_row(coupon: Coupon) -> dict[str, Any]:
    return {"code": coupon.code, "state": coupon.state.value, "member_id": coupon.member_id, "body": _text(coupon)}


def consent_row(consent: Consent) -> dict[str, Any]:
    """A row of ``consent``."""
    return {
        "member_id": consent.member_id,
        "id": consent.id,
        "purpose": consent.purpose.value,
        "granted": consent.granted,
        "at": times.stored(consent.at),
        "body": _text(consent),
    }


def _entry_row(entry: PointEntry, till_id: str, seq: int) -> dict[str, Any]:
    return {
        "member_id": entry.member_id,
        "id": entry.id,
        "till_id": till_id,
        "seq": seq,
        "kind": entry.kind.value,
        "points": entry.points,
        "bucket": entry.bucket.isoformat() if entry.bucket else "",
        "bill_id": entry.bill_id,
        "business_date": entry.business_date.isoformat(),
    }


def _move_row(move: CouponMove, till_id: str) -> dict[str, Any]:
    return {
        "code": move.code,
        "kind": move.kind.value,
        "subject_id": move.subject_id,
        "till_id": till_id,
        "amount_satang": move.amount_satang,
        "at": times.stored(move.at),
    }
