"""Head office computes bills again from what they were based on, and says which come out otherwise.

A bill under rules that head office never had (an older catalogue than it kept, a till that had half of a change) cannot
be computed again: it is counted, not accused. The outcome of a bill depends on that bill and what it names alone, so
running it in parts, twice, or in any order of uploads gives the same cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from pos_member.domain import codec
from pos_member.domain.bill import Basis, Bill
from pos_member.domain.compiled import CompiledRules
from pos_member.domain.coupon import Coupon
from pos_member.domain.events import BillClaimed, EventKind, MemberEnrolled, MemberUpdated
from pos_member.domain.member import Birthday, Member
from pos_member.domain.org import Branch
from pos_member.headoffice import portable, rule_books, schema, times
from pos_member.headoffice.case_units import record_apart
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.jobs import Watch, plain
from pos_member.headoffice.member_rows import load_members
from pos_member.headoffice.portable import Database
from pos_member.headoffice.units import Units
from pos_member.services.recheck import Difference, recheck, recheck_claim
from pos_member.services.sync_ports import FeedEntity

_BILLS = 500


@dataclass
class Rechecked:
    """How many bills and claims; ``not_checkable``: without a basis, or under rules or with coupons not known here."""

    checked: int = 0
    different: int = 0
    not_checkable: int = 0


def recheck_bills(
    database: Database,
    first: date,
    last: date,
    now: datetime,
    watch: Watch | None = None,
    *,
    received_since: datetime | None = None,
    distributed: bool = False,
) -> Rechecked:
    """Compute the bills of these business dates again; differences become cases. Raises ``JobStopped``.

    ``received_since``: only those that came in from then on, whatever their date.
    """
    since = times.stored(received_since) if received_since is not None else ""
    watch = watch or Watch()
    run = _Run(database)
    units = Units(database, distributed=distributed)
    with database.write() as connection:
        rule_books.keep(connection)
    after: tuple[str, str, str] = ("", "", "")
    total = Rechecked()
    while True:
        with database.read() as connection:
            rows = _page(connection, first, last, after, since)
            findings = run.check(connection, [codec.from_bytes(Bill, row.payload) for row in rows], total)
        record_apart(units, findings, times.stored(now))
        if len(rows) < _BILLS:
            watch.tell(total.checked + total.not_checkable)
            break
        after = (rows[-1].business_date, rows[-1].till_id, rows[-1].id)
        watch.step(total.checked + total.not_checkable)
    _recheck_claims(run, units, first, last, since, total, now)
    return total


def _recheck_claims(
    run: _Run, units: Units, first: date, last: date, since: str, total: Rechecked, now: datetime
) -> None:
    """Points after the bill, as bills: far fewer than these, and read a page at a time."""
    after = ("", "", "")
    while True:
        with run.database.read() as connection:
            rows = _claims_page(connection, first, last, after, since)
            findings = run.check_claims(connection, rows, total)
        record_apart(units, findings, times.stored(now))
        if len(rows) < _BILLS:
            return
        after = (rows[-1].business_date, rows[-1].till_id, rows[-1].bill_id)


def _page(connection: Connection, first: date, last: date, after: tuple[str, str, str], since: str) -> list[Row[Any]]:
    bill, event = schema.bill, schema.event
    same = (event.c.till_id == bill.c.till_id) & (event.c.event_id == bill.c.id)
    same &= event.c.kind == EventKind.BILL_COMPLETED.value
    day, till, number = after
    beyond = (bill.c.business_date > day) | (
        (bill.c.business_date == day) & ((bill.c.till_id > till) | ((bill.c.till_id == till) & (bill.c.id > number)))
    )
    query = select(bill.c.business_date, bill.c.till_id, bill.c.id, event.c.payload).join(event, same)
    query = query.where(bill.c.business_date.between(first.isoformat(), last.isoformat()), beyond)
    query = query.where(event.c.received_at >= since)
    return list(connection.execute(query.order_by(bill.c.business_date, bill.c.till_id, bill.c.id).limit(_BILLS)))


def _claims_page(
    connection: Connection, first: date, last: date, after: tuple[str, str, str], since: str
) -> list[Row[Any]]:
    """Rows with the claim's payload, and the bill's as ``sold`` (empty for a bill that is not here)."""
    claim, told, sold = schema.bill_claim, schema.event.alias("told"), schema.event.alias("sold")
    same = (told.c.till_id == claim.c.till_id) & (told.c.event_id == claim.c.id)
    same &= told.c.kind == EventKind.BILL_CLAIMED.value
    of = (sold.c.till_id == claim.c.till_id) & (sold.c.event_id == claim.c.bill_id)
    of &= sold.c.kind == EventKind.BILL_COMPLETED.value
    key = tuple_(claim.c.business_date, claim.c.till_id, claim.c.bill_id)
    columns = (claim.c.business_date, claim.c.till_id, claim.c.bill_id, told.c.payload, sold.c.payload.label("sold"))
    query = select(*columns).select_from(claim.join(told, same).outerjoin(sold, of))
    query = query.where(claim.c.business_date.between(first.isoformat(), last.isoformat()), key > after)
    query = query.where(told.c.received_at >= since).order_by(*key.clauses).limit(_BILLS)
    return list(connection.execute(query))


class _Run:
    """What one run keeps: rules by digest, brands by branch, every birthday a member ever had here."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._rules: dict[str, CompiledRules | None] = {}
        self._brands: dict[str, str] | None = None
        self._birthdays: dict[str, list[Birthday | None]] | None = None

    def check(self, connection: Connection, bills: list[Bill], total: Rechecked) -> list[Finding]:
        """A finding per bill that could be computed again."""
        coupons = _coupons(connection, (use.code for bill in bills for use in bill.coupons_used))
        members = load_members(connection, (bill.member_id for bill in bills if bill.member_id))
        findings = []
        for bill in bills:
            rules = self._rules_of(connection, bill.basis)
            if rules is None or any(use.code not in coupons for use in bill.coupons_used):
                total.not_checkable += 1
                continue
            member = members.get(bill.member_id or "")
            found = self._differences(connection, bill, rules, coupons, member)
            total.checked += 1
            total.different += bool(found)
            findings.append(_finding(bill, found))
        return findings

    def check_claims(self, connection: Connection, rows: Sequence[Row[Any]], total: Rechecked) -> list[Finding]:
        """A finding per claim that could be computed again."""
        pairs = [
            (codec.from_bytes(BillClaimed, row.payload), None if row.sold is None else codec.from_bytes(Bill, row.sold))
            for row in rows
        ]
        coupons = _coupons(connection, (use.code for _, bill in pairs if bill for use in bill.coupons_used))
        members = load_members(connection, (claim.member_id for claim, _ in pairs))
        findings = []
        for claim, bill in pairs:
            rules = self._rules_of(connection, claim.basis)
            told = bill is not None and all(use.code in coupons for use in bill.coupons_used)
            if rules is None or (bill is not None and bill.member_id is None and not told):
                total.not_checkable += 1
                continue
            found = self._claim_differences(connection, claim, bill, rules, coupons, members.get(claim.member_id))
            total.checked += 1
            total.different += bool(found)
            findings.append(_claim_finding(claim, bill, found))
        return findings

    def _claim_differences(
        self,
        connection: Connection,
        claim: BillClaimed,
        bill: Bill | None,
        rules: CompiledRules,
        coupons: dict[str, Coupon],
        member: Member | None,
    ) -> tuple[Difference, ...]:
        """A bill that is not here, or had its member, earned that claim nothing."""
        if bill is None or bill.member_id is not None:
            return (Difference("points earned", claim.points_earned, 0),)
        now = member.birthday if member is not None else None
        others = self._birthdays_of(connection).get(claim.member_id, [])
        known = (now, *(each for each in others if each != now), None)
        brand = self._brand(connection, bill.branch_id)
        return recheck_claim(bill, claim, rules, brand_id=brand, coupons=coupons, birthdays=known)

    def _rules_of(self, connection: Connection, basis: Basis | None) -> CompiledRules | None:
        if basis is None:
            return None
        digest = basis.rules
        if digest not in self._rules:
            self._rules[digest] = rule_books.rules(connection, digest)
        return self._rules[digest]

    def _differences(
        self,
        connection: Connection,
        bill: Bill,
        rules: CompiledRules,
        coupons: dict[str, Coupon],
        member: Member | None,
    ) -> tuple[Difference, ...]:
        brand = self._brand(connection, bill.branch_id)
        birthday = member.birthday if member is not None else None
        found = recheck(bill, rules, brand_id=brand, coupons=coupons, birthdays=(birthday,))
        if not found or bill.member_id is None:
            return found
        # The till may have had another birthday: all that were ever told are read once, and only when one is missed.
        others = self._birthdays_of(connection).get(bill.member_id, [])
        known = (birthday, *(each for each in others if each != birthday), None)
        return recheck(bill, rules, brand_id=brand, coupons=coupons, birthdays=known)

    def _brand(self, connection: Connection, branch_id: str) -> str:
        if self._brands is None:
            table = schema.catalogue
            query = select(table.c.body).where(table.c.entity == FeedEntity.BRANCH.value)
            branches = [codec.from_wire(Branch, json.loads(body)) for body in connection.execute(query).scalars()]
            self._brands = {branch.id: branch.brand_id for branch in branches}
        return self._brands.get(branch_id, "")

    def _birthdays_of(self, connection: Connection) -> dict[str, list[Birthday | None]]:
        if self._birthdays is None:
            self._birthdays = {}
            table = schema.event
            kinds: dict[str, type[MemberEnrolled | MemberUpdated]] = {
                EventKind.MEMBER_ENROLLED.value: MemberEnrolled,
                EventKind.MEMBER_UPDATED.value: MemberUpdated,
            }
            query = select(table.c.kind, table.c.payload).where(table.c.kind.in_(list(kinds)))
            for row in connection.execute(query):
                content = codec.from_bytes(kinds[row.kind], row.payload)
                known = self._birthdays.setdefault(content.member.id, [])
                if content.member.birthday not in known:
                    known.append(content.member.birthday)
        return self._birthdays


def _coupons(connection: Connection, codes: Iterable[str]) -> dict[str, Coupon]:
    table = schema.coupon
    found = {}
    for part in portable.chunks(codes):
        for body in connection.execute(select(table.c.body).where(table.c.code.in_(part))).scalars():
            coupon = codec.from_wire(Coupon, json.loads(body))
            found[coupon.code] = coupon
    return found


def _finding(bill: Bill, differences: tuple[Difference, ...]) -> Finding:
    listed = [{"what": d.what, "stored": plain(d.stored), "computed": plain(d.computed)} for d in differences]
    detail = {"bill_id": bill.id, "number": bill.number, "till_id": bill.till_id, "differences": listed}
    amount = next((_gap(d) for d in differences if d.what == "total"), 0)
    points = next((_gap(d) for d in differences if d.what == "points earned"), 0)
    return Finding(ExceptionKind.EVALUATION_DIFFERS, bill.id, bool(differences), amount, points, detail, bill.till_id)


def _claim_finding(claim: BillClaimed, bill: Bill | None, differences: tuple[Difference, ...]) -> Finding:
    listed = [{"what": d.what, "stored": plain(d.stored), "computed": plain(d.computed)} for d in differences]
    number = "" if bill is None else bill.number
    detail = {"bill_id": claim.bill_id, "number": number, "till_id": claim.till_id, "differences": listed}
    points = next((_gap(d) for d in differences if d.what == "points earned"), 0)
    return Finding(ExceptionKind.EVALUATION_DIFFERS, claim.id, bool(differences), 0, points, detail, claim.till_id)


def _gap(difference: Difference) -> int:
    stored, computed = difference.stored, difference.computed
    return abs(stored - computed) if isinstance(stored, int) and isinstance(computed, int) else 0
