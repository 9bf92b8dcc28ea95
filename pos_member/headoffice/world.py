"""The part of head office's state that one batch touches: read at once, changed in memory, written at once.

Events are applied in their order; after each one the changed accounts and coupons are ready for the feed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from pos_member.domain import codec
from pos_member.domain.consent import Consent
from pos_member.domain.events import MemberUpdated
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointEntry
from pos_member.domain.tally import OF_PROGRAM, Tally, TallyKind
from pos_member.headoffice import exceptions, member_limits, portable, quotas, rule_books, schema, times
from pos_member.headoffice.accounts import AccountState, load_accounts
from pos_member.headoffice.acts import Act, CouponMove
from pos_member.headoffice.coupon_records import CouponRecord, coupon_row, load_coupons, uses_per_code
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.feed import Draft
from pos_member.services.sync_ports import FeedEntity

#: What is kept of tallies one by one: for draws, budgets and the cost of a program. Sums of the others are enough.
_KEPT_TALLIES = frozenset({TallyKind.TOTAL, TallyKind.BUDGET, TallyKind.ENTRIES, TallyKind.REWARDED})


class World:
    """State of the members and coupons of some acts."""

    def __init__(self, connection: Connection, till_id: str, acts: Sequence[Act], today: date) -> None:
        """``today`` (UTC): what no longer matters then is dropped from sums."""
        self._till_id = till_id
        self._today = today
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._consents: list[Consent] = []
        self._touched_accounts: set[str] = set()
        self._touched_coupons: set[str] = set()
        self._moved: list[CouponMove] = []
        self._changed_members: dict[str, Member] = {}
        self._seen_members: set[str] = set()
        member_ids = {member_id for act in acts for member_id in act.member_ids()}
        self._members = _load_members(connection, member_ids)
        self._updated_members = load_members(connection, [act.update.member.id for act in acts if act.update])
        self._accounts = load_accounts(connection, member_ids)
        self._coupons = load_coupons(connection, {code for act in acts for code in act.codes()})
        self._uses_per_code = uses_per_code(connection) if self._coupons or any(act.issued for act in acts) else {}
        self._shared: list[Tally] = []
        self._counted: set[member_limits.Counted] = set()
        self._takebacks_may_overdraw = rule_books.settings(connection).owed_policy is OwedPolicy.UNLIMITED

    def apply(self, act: Act, seq: int) -> list[Draft]:
        """Everything ``act`` changes, and what the feed says of it."""
        drafts = [draft for member in act.members for draft in self._member(member, act.update)]
        for table, rows in act.rows.items():
            self._rows[table] += rows
        self._consents += act.consents
        self._seen_members |= act.member_ids()
        touched = {entry.member_id for entry in act.entries}
        for entry in act.entries:
            brought_by = act.member_id is not None and entry.member_id != act.member_id
            self._account(entry.member_id).add(entry, of_referrer=brought_by)
            self._rows["point_entry"].append(entry_row(entry, self._till_id, seq))
        if act.member_id and (act.visited_on or act.visits or act.owed or act.tallies):
            touched.add(act.member_id)
            self._visit(act.member_id, act)
        self._tally(act, seq)
        self._touched_accounts |= touched
        for member_id in touched:
            self._account(member_id).settle(self._today)
        drafts += [Draft(FeedEntity.ACCOUNT, m, self._account(m).feed_body()) for m in sorted(touched)]
        return drafts + self._coupons_of(act)

    def _tally(self, act: Act, seq: int) -> None:
        kept = [tally for tally in act.tallies if tally.kind in _KEPT_TALLIES]
        self._rows["tally"] += [_tally_row(t, self._till_id, seq, n, act) for n, t in enumerate(kept)]
        self._shared += [tally for tally in kept if tally.kind in OF_PROGRAM]
        self._counted |= member_limits.counted(act.tallies)

    def flush(self, connection: Connection, at: str) -> None:
        """Write everything. ``at``: stored time. Raises SQLAlchemy's errors: the caller undoes all."""
        for table in (
            "bill",
            "bill_return",
            "bill_program",
            "bill_claim",
            "shift",
            "audit",
            "day_certificate",
            "point_entry",
            "tally",
        ):
            rows = self._rows[table]
            if rows:
                connection.execute(insert(schema.metadata.tables[table]), rows)
        # A program may have done something on the bill itself, too.
        portable.insert_new(connection, schema.bill_program, self._rows["claim_program"])
        portable.upsert(connection, schema.member, [member_row(m) for m in self._changed_members.values()])
        portable.insert_new(connection, schema.consent, [consent_row(c) for c in self._consents])
        accounts = [self._accounts[m].row(at) for m in sorted(self._touched_accounts)]
        portable.upsert(connection, schema.account, accounts)
        portable.insert_new(connection, schema.coupon_event, [_move_row(m, self._till_id) for m in self._moved])
        coupons = [self._coupons[code].now() for code in sorted(self._touched_coupons)]
        portable.upsert(connection, schema.coupon, [coupon_row(c) for c in coupons if c is not None])
        exceeded = quotas.note_use(connection, self._till_id, self._shared)
        exceptions.record(connection, [*self._findings(), *exceeded, *self._beyond_limits(connection)], at)

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

    def _visit(self, member_id: str, act: Act) -> None:
        account = self._account(member_id)
        for currency, owed in act.owed.items():
            account.owe(currency, owed)
        account.visits += act.visits
        if act.visited_on is not None:
            account.last_visit = max(account.last_visit or "", act.visited_on.isoformat())
        if act.month:
            account.add_month(act.month, act.month_sum)
        account.count(tally for tally in act.tallies if tally.kind not in OF_PROGRAM)

    def _coupons_of(self, act: Act) -> list[Draft]:
        for coupon in act.issued:
            record = self._coupons.setdefault(coupon.code, CouponRecord(coupon.code))
            record.issued = record.issued or coupon
            self._coupon(coupon.code)
        for move in act.moves:
            known = self._coupon(move.code).events
            at = times.stored(move.at)
            known.setdefault((move.kind.value, move.subject_id), (self._till_id, move.amount_satang, at))
        self._moved += act.moves
        codes = act.codes()
        self._touched_coupons |= codes
        found = [self._coupon(code).now() for code in sorted(codes)]
        return [Draft(FeedEntity.COUPON, c.code, codec.to_wire(c)) for c in found if c is not None]

    def _coupon(self, code: str) -> CouponRecord:
        record = self._coupons.setdefault(code, CouponRecord(code))
        if record.issued is not None:
            record.uses_max = self._uses_per_code.get(record.issued.definition_id, 1)
        return record

    def _findings(self) -> list[Finding]:
        found = [f for code in sorted(self._touched_coupons) for f in self._coupons[code].findings()]
        for member_id in sorted(self._seen_members):
            found.append(Finding(ExceptionKind.MEMBER_UNKNOWN, member_id, member_id not in self._members))
        for member_id in sorted(self._touched_accounts):
            account = self._accounts[member_id]
            counted, short = self._overdrawn(account), self._stamps_short(account)
            detail = {"points": counted} | ({"stamps": short} if short else {})
            overdrawn = counted < 0 or bool(short)
            found.append(Finding(ExceptionKind.OVERDRAFT, member_id, overdrawn, 0, max(0, -counted), detail))
            # Two tills that were cut off both let an earn repay the same debt: the member is due the difference.
            over = max(0, -account.owed)
            found.append(Finding(ExceptionKind.DEBT_REPAID_TWICE, member_id, over > 0, 0, over, {"points": over}))
        return found

    def _beyond_limits(self, connection: Connection) -> list[Finding]:
        if not self._counted:
            return []
        sums = [(each, self._account(each[0]).counts) for each in sorted(self._counted)]
        return member_limits.findings(sums, member_limits.member_limits(connection))

    def _overdrawn(self, account: AccountState) -> int:
        """Points as far as spending alone made them: below zero is more spent than there was.

        A return may take a balance below zero with the policy "unlimited", and always what was earned by referring;
        what it took out of a lot that has ended meanwhile is evened out by the next expiry run.
        """
        today = self._today.isoformat()
        counted = sum(n for bucket, n in account.buckets.items() if n > 0 or not bucket or bucket >= today)
        return counted - (account.taken_back if self._takebacks_may_overdraw else account.referral_back)

    def _stamps_short(self, account: AccountState) -> dict[str, int]:
        """Stamps that were spent and not there, by currency."""
        if self._takebacks_may_overdraw:
            return {}
        today = self._today.isoformat()
        sums = {
            currency: sum(n for bucket, n in lots.items() if n > 0 or not bucket or bucket >= today)
            for currency, lots in sorted(account.wallets.items())
        }
        return {currency: -total for currency, total in sums.items() if total < 0}


def _load_members(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Status by id."""
    table = schema.member
    found: dict[str, str] = {}
    for part in portable.chunks(ids):
        query = select(table.c.id, table.c.status).where(table.c.id.in_(part))
        found.update(connection.execute(query).tuples().all())
    return found


def load_members(connection: Connection, ids: Iterable[str]) -> dict[str, Member]:
    """Members as they are stored, by id."""
    table = schema.member
    found: dict[str, Member] = {}
    for part in portable.chunks(ids):
        for body in connection.execute(select(table.c.body).where(table.c.id.in_(part))).scalars():
            member = codec.from_wire(Member, json.loads(body))
            found[member.id] = member
    return found


def _text(value: object) -> str:
    return json.dumps(codec.to_wire(value), ensure_ascii=False, separators=(",", ":"))


def member_row(member: Member) -> dict[str, Any]:
    """A row of ``member``."""
    searched = {"number": member.number, "phone": member.phone, "status": member.status.value}
    return {"id": member.id, "body": _text(member), **searched}


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


def entry_row(entry: PointEntry, till_id: str, seq: int) -> dict[str, Any]:
    """A row of ``point_entry``; ``seq`` is 0 for entries of head office itself."""
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
        "currency": entry.currency,
        "program_id": entry.program_id,
        "reverses_id": entry.reverses_id,
        "at": times.stored(entry.at),
    }


def _tally_row(tally: Tally, till_id: str, seq: int, n: int, act: Act) -> dict[str, Any]:
    return {
        "till_id": till_id,
        "source_id": act.source_id,
        "n": n,
        "seq": seq,
        "kind": tally.kind.value,
        "key": tally.key,
        "period": tally.period,
        "amount": tally.amount,
        "member_id": tally.member_id,
        "business_date": act.day,
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
