"""One unit of work on ``till.db``: everything a use case writes, under ``BEGIN IMMEDIATE``, or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from pos_member.db import schema as s
from pos_member.db.outbox import Outbox
from pos_member.db.repositories.bills import insert_bill
from pos_member.db.repositories.claims import insert_claim
from pos_member.db.repositories.coupons import SqlCoupons, insert_issued, write_event
from pos_member.db.repositories.days import SqlDayWriter
from pos_member.db.repositories.entries import insert_entries
from pos_member.db.repositories.facts import SqlFacts
from pos_member.db.repositories.members import insert_consents, insert_member
from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.returns import insert_return
from pos_member.db.repositories.rights import SqlRights, SqlRightsWriter, insert_spending
from pos_member.db.repositories.tallies import insert_tallies
from pos_member.db.sql import Insert
from pos_member.db.values import to_day, to_us, to_us_or_none
from pos_member.domain.bill import Bill, BillDraft, BillReturn, CouponUse
from pos_member.domain.clock import Clock
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.consent import Consent
from pos_member.domain.coupon import USABLE, Coupon, CouponEventKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import AuditRecord, BillClaimed, EventKind, Payload, ShiftClosed, ShiftOpened
from pos_member.domain.member import Member
from pos_member.domain.points import PointEntry
from pos_member.domain.printers import Proof, role_of
from pos_member.services.day_ports import DayWriter
from pos_member.services.ports import Facts, NewPrintJob, PinLock
from pos_member.services.print_ports import PaperTemplate, PrintJobState
from pos_member.services.rights_ports import RightsWriter

_AUDIT = Insert(s.audit)
_SHIFT = Insert(s.shift)
_SHIFT_CLOSE = Insert(s.shift_close)
_JOB = Insert(s.print_job, leave_out=("number",))
_PAPER_TEMPLATE = Insert(s.paper_template)
_COUNT = (
    "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
)
_OWE = (
    "INSERT INTO owed (seq, member_id, currency, points) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (seq, member_id, currency) DO UPDATE SET points = points + excluded.points"
)
_LOCK = (
    "INSERT INTO pin_lock (staff_id, failures, locked_until_us) VALUES (?, ?, ?)"
    " ON CONFLICT (staff_id) DO UPDATE SET failures = excluded.failures, locked_until_us = excluded.locked_until_us"
)
_DRAFT = "INSERT INTO draft (one, body) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET body = excluded.body"
_PARK = "INSERT INTO parked (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
_JOB_STATE = "UPDATE print_job SET state = ?, reason = ?, updated_at_us = ? WHERE id = ?"
# The picture of a settled paper is never sent again; that there was one says that some of it may stand on paper.
_JOB_SETTLED = (
    "UPDATE print_job SET state = ?, reason = ?, proof = CASE ? WHEN 'confirmed' THEN 'person' ELSE proof END,"
    " payload = CASE WHEN payload IS NULL THEN NULL ELSE x'' END, updated_at_us = ? WHERE id = ? AND state = ?"
)
_JOB_GIVEN = (
    "UPDATE print_job SET state = 'queued', reason = '', printer = ?, updated_at_us = ?"
    " WHERE id = ? AND (state IN ('queued', 'blocked') OR state = 'cancelled' AND payload IS NULL)"
)
_JOB_REPLACED = (
    "UPDATE print_job SET state = 'superseded', replaced_by = ?, updated_at_us = ?,"
    " payload = CASE WHEN payload IS NULL THEN NULL ELSE x'' END WHERE id = ?"
)
_TEMPLATE_NOW = "SELECT coalesce(max(version), 0) FROM paper_template WHERE kind = ?"
_TEMPLATE_IN_FORCE = (
    "SELECT CASE content WHEN '' THEN 0 ELSE version END FROM paper_template WHERE kind = ?"
    " ORDER BY version DESC LIMIT 1"
)
_NEXT_POSITION = "SELECT coalesce(max(position) + 1, 0) FROM {} WHERE seq = ?"
_ENTRY_POSITION = _NEXT_POSITION.format("point_entry")
_CONSENT_POSITION = _NEXT_POSITION.format("consent")


class SqlTransaction:
    """``services.ports.TillTransaction``. Lives inside ``SqlTillStore.transaction`` only."""

    facts: Facts
    rights: RightsWriter
    days: DayWriter

    def __init__(
        self,
        connection: Connection,
        replica: Borrow,
        clock: Clock,
        zone: Callable[[], str],
        *,
        uses_per_code: Callable[[str], int],
        rights: SqlRights,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._uses_per_code = uses_per_code
        self._outbox = Outbox(connection)

        @contextmanager
        def borrow() -> Iterator[Connection]:
            yield connection

        self.facts = SqlFacts(borrow, zone)
        self._coupons = SqlCoupons(borrow, replica)
        self.rights = SqlRightsWriter(connection, rights)
        self.days = SqlDayWriter(connection, borrow, zone)

    def next_counter(self, name: str) -> int:
        """The next number of a series, 1 upwards; given back when the transaction is undone."""
        value: int = self._connection.exec_driver_sql(_COUNT, (name,)).scalar_one()
        return value

    def announce(self, kind: EventKind, event_id: str, payload: Payload, version: int = 1) -> int:
        """Append to the change queue; returns the till's own number of the event."""
        return self._outbox.announce(kind, event_id, payload, version, self._clock.now())

    def add_bill(self, bill: Bill, seq: int) -> None:
        """The bill and every effect of it. Raises ``Refusal(COUPON_USED)`` for a coupon that another bill here used."""
        connection = self._connection
        insert_bill(connection, bill, seq)
        insert_entries(connection, bill.point_entries, seq)
        insert_tallies(connection, bill.tallies, seq, bill.till_id)
        insert_issued(connection, bill.coupons_issued, seq)
        insert_spending(connection, bill, seq)
        for use in bill.coupons_used:
            self._redeem(use, bill, seq)

    def _redeem(self, use: CouponUse, bill: Bill, seq: int) -> None:
        coupon = self.coupon(use.code)
        if coupon is None or coupon.redeemed_bill_id == bill.id:
            return  # of another branch and not heard of here, or already set by this unit of work
        if coupon.state not in USABLE:
            raise Refusal(Reason.COUPON_USED)
        self.set_coupon(coupon, CouponEventKind.REDEEMED, bill.completed_at, bill.id, seq)

    def add_return(self, document: BillReturn, seq: int) -> None:
        """The return, its point entries, and the coupons it gives back or voids."""
        insert_return(self._connection, document, seq)
        insert_entries(self._connection, document.point_entries, seq)
        insert_tallies(self._connection, document.tallies, seq, document.till_id)
        for codes, event in (
            (document.coupons_restored, CouponEventKind.REVERSED),
            (document.coupons_voided, CouponEventKind.VOIDED_BY_RETURN),
        ):
            for code in codes:
                coupon = self.coupon(code)
                if coupon is not None:
                    write_event(self._connection, coupon, event, document.completed_at, document.bill_id, seq)

    def add_claim(self, claim: BillClaimed, seq: int) -> None:
        """Points after the bill, with their entries and tallies."""
        insert_claim(self._connection, claim, seq)
        insert_entries(self._connection, claim.point_entries, seq)
        insert_tallies(self._connection, claim.tallies, seq, claim.till_id)

    def add_member(self, member: Member, seq: int) -> None:
        """The member as of event ``seq``."""
        insert_member(self._connection, member, seq)

    def add_consents(self, consents: Sequence[Consent], seq: int) -> None:
        """Decisions made in event ``seq``."""
        start: int = self._connection.exec_driver_sql(_CONSENT_POSITION, (seq,)).scalar_one()
        insert_consents(self._connection, consents, seq, start)

    def add_point_entries(self, entries: Sequence[PointEntry], seq: int) -> None:
        """Entries of event ``seq`` that hang on no bill."""
        start: int = self._connection.exec_driver_sql(_ENTRY_POSITION, (seq,)).scalar_one()
        insert_entries(self._connection, entries, seq, start)

    def set_coupon(self, coupon: Coupon, event: CouponEventKind, at: datetime, bill_id: str | None, seq: int) -> None:
        """Append the event and keep the coupon's state as of it. The same event of one ``seq`` twice counts once."""
        uses = self._uses_per_code(coupon.definition_id) if event is CouponEventKind.REDEEMED else 1
        write_event(self._connection, coupon, event, at, bill_id, seq, uses)

    def coupon(self, code: str) -> Coupon | None:
        """The coupon as this till knows it now, under the write lock."""
        return self._coupons.by_code(code)

    def add_owed(self, member_id: str, points: int, seq: int, currency: str = "") -> None:
        """Points (stamps) that could not be taken back (positive) or that were repaid (negative)."""
        self._connection.exec_driver_sql(_OWE, (seq, member_id, currency, points))

    def add_shift_opened(self, shift: ShiftOpened, seq: int) -> None:
        """A drawer opened."""
        _SHIFT.one(
            self._connection,
            (
                seq,
                shift.id,
                shift.staff_id,
                shift.till_id,
                to_us(shift.at),
                to_day(shift.business_date),
                shift.float_satang,
            ),
        )

    def add_shift_closed(self, shift: ShiftClosed, seq: int) -> None:
        """A drawer closed."""
        _SHIFT_CLOSE.one(
            self._connection,
            (
                seq,
                shift.id,
                shift.shift_id,
                shift.staff_id,
                to_us(shift.at),
                to_day(shift.business_date),
                shift.counted_satang,
                shift.expected_satang,
                shift.bills,
                shift.returns,
            ),
        )

    def add_audit(self, record: AuditRecord, seq: int) -> None:
        """A sensitive act."""
        _AUDIT.one(
            self._connection,
            (
                record.id,
                seq,
                record.act,
                record.staff_id,
                record.approved_by,
                record.till_id,
                to_us(record.at),
                record.subject_id,
                record.detail,
            ),
        )

    def add_print_job(self, job: NewPrintJob) -> None:
        """A paper to print, queued."""
        now = to_us(self._clock.now())
        _JOB.one(
            self._connection,
            (
                job.id,
                job.kind.value,
                job.subject_id,
                job.copy_number,
                PrintJobState.QUEUED.value,
                "",
                0,
                now,
                now,
                canonical_bytes(job.document),
                None,
                role_of(job.kind).value,
                job.printer,
                self._connection.exec_driver_sql(_TEMPLATE_IN_FORCE, (job.kind.value,)).scalar() or 0,
                Proof.NONE.value,
                "",
            ),
        )
        if job.replaces:
            self._connection.exec_driver_sql(_JOB_REPLACED, (job.id, now, job.replaces))

    def set_print_job(self, job_id: str, state: PrintJobState, reason: str = "") -> None:
        """Where a print job stands now."""
        self._connection.exec_driver_sql(_JOB_STATE, (state.value, reason, to_us(self._clock.now()), job_id))

    def settle_print_job(self, job_id: str, expected: PrintJobState, state: PrintJobState, reason: str = "") -> bool:
        """A person's word on a job, if it still stands as ``expected``; whether it did."""
        now = to_us(self._clock.now())
        params = (state.value, reason, state.value, now, job_id, expected.value)
        return self._connection.exec_driver_sql(_JOB_SETTLED, params).rowcount == 1

    def give_print_job(self, job_id: str, printer: str) -> bool:
        """Queue a job of which nothing was sent for one printer; whether nothing was sent."""
        params = (printer, to_us(self._clock.now()), job_id)
        return self._connection.exec_driver_sql(_JOB_GIVEN, params).rowcount == 1

    def save_paper_template(self, template: PaperTemplate) -> None:
        """The next version of a kind; ``template.version`` is given out here."""
        version = self._connection.exec_driver_sql(_TEMPLATE_NOW, (template.kind.value,)).scalar_one() + 1
        row = (template.kind.value, version, template.content, to_us(template.saved_at), template.staff_id)
        _PAPER_TEMPLATE.one(self._connection, row)

    def set_pin_lock(self, lock: PinLock) -> None:
        """Wrong PINs in a row; none takes the row away."""
        if lock.failures == 0 and lock.locked_until is None:
            self._connection.exec_driver_sql("DELETE FROM pin_lock WHERE staff_id = ?", (lock.staff_id,))
        else:
            self._connection.exec_driver_sql(_LOCK, (lock.staff_id, lock.failures, to_us_or_none(lock.locked_until)))

    def save_draft(self, draft: BillDraft | None) -> None:
        """Keep the open bill, or forget it."""
        if draft is None:
            self._connection.exec_driver_sql("DELETE FROM draft")
        else:
            self._connection.exec_driver_sql(_DRAFT, (canonical_bytes(draft),))

    def park(self, draft: BillDraft) -> None:
        """Set a bill aside."""
        self._connection.exec_driver_sql(_PARK, (draft.id, canonical_bytes(draft)))

    def unpark(self, draft_id: str) -> None:
        """Take a bill off the list of those set aside."""
        self._connection.exec_driver_sql("DELETE FROM parked WHERE id = ?", (draft_id,))
