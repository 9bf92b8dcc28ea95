"""This till's own facts, read only: bills, returns, entries, shifts, queue, print jobs, drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, bindparam, select, tuple_

from pos_member.db import schema as s
from pos_member.db.repositories import print_jobs as spool
from pos_member.db.repositories.announced import shift_closed_of, shift_opened_of
from pos_member.db.repositories.bills import as_issued, load_bills
from pos_member.db.repositories.claims import CLAIM_OF, load_claims
from pos_member.db.repositories.coupons import coupon_of, event_row
from pos_member.db.repositories.entries import entry_of
from pos_member.db.repositories.members import member_of
from pos_member.db.repositories.print_jobs import job_info, read_document
from pos_member.db.repositories.print_jobs import read_spooled as read_spooled
from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.returns import load_returns
from pos_member.db.repositories.tallies import read_given
from pos_member.db.values import from_us, from_us_or_none, to_us
from pos_member.domain.bill import Bill, BillDraft, BillReturn
from pos_member.domain.codec import from_bytes
from pos_member.domain.coupon import Coupon, CouponEventKind
from pos_member.domain.documents import Document, DocumentKind, Spooled
from pos_member.domain.events import BillClaimed, CouponCancelled, EventKind, ShiftClosed, ShiftOpened
from pos_member.domain.member import Member
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry
from pos_member.services.evidence_ports import CouponEventRow
from pos_member.services.ports import BillSummary, PinLock, QueueStatus
from pos_member.services.print_ports import PaperTemplate, PrintJobInfo

T = TypeVar("T")
_PAGE = 200
_ENTRY_PAGE = 2_000
_b, _q = s.bill.c, s.change_queue.c
_BILL = select(s.bill).where(_b.id == bindparam("value"))
_BILL_BY_NUMBER = select(s.bill).where(_b.number == bindparam("value"))
_BILL_BY_CODE = select(s.bill).where(_b.receipt_code == bindparam("value"))
_RETURNS_OF = select(s.bill_return).where(s.bill_return.c.bill_id == bindparam("value")).order_by("seq")
_RETURN = select(s.bill_return).where(s.bill_return.c.id == bindparam("value"))
_COUPON_EVENTS = (
    select(s.coupon_event).where(s.coupon_event.c.code == bindparam("value")).order_by(s.coupon_event.c.number)
)
_CANCELLED = select(_q.payload).where(
    _q.seq == bindparam("value"), _q.kind == EventKind.COUPON_CANCELLED.value, _q.version == 1
)
_SHIFT_LATEST = select(s.shift).order_by(s.shift.c.seq.desc()).limit(1)
_CLOSE_OF = select(s.shift_close).where(s.shift_close.c.shift_id == bindparam("value"))
_LOCK = select(s.pin_lock).where(s.pin_lock.c.staff_id == bindparam("value"))
_IDENTITY = "SELECT id, number, branch_id, label, epoch FROM till_identity"
_ACKED = "SELECT coalesce(max(seq), 0) FROM ack"
_QUEUE = (
    "SELECT (SELECT coalesce(max(seq), 0) FROM change_queue),"
    " (SELECT count(*) FROM change_queue WHERE kind = ?1 AND seq > ?2),"
    " (SELECT created_at_us FROM change_queue WHERE seq > ?2 ORDER BY seq LIMIT 1)"
)
_CLOSE_LATEST = select(s.shift_close).order_by(s.shift_close.c.seq.desc()).limit(1)


def queue_status(connection: Connection) -> QueueStatus:
    """The change queue in figures, in the till's own numbers."""
    acked = acked_own(connection)
    head, bills, oldest = connection.exec_driver_sql(_QUEUE, (EventKind.BILL_COMPLETED.value, acked)).one()
    return QueueStatus(head, acked, head - acked, bills, from_us_or_none(oldest))


def acked_own(connection: Connection) -> int:
    """The last event head office holds, in the till's own numbers."""
    acked: int = connection.exec_driver_sql(_ACKED).scalar_one()
    return acked


def identity_of(connection: Connection) -> TillIdentity | None:
    """Who this till is."""
    row = connection.exec_driver_sql(_IDENTITY).one_or_none()
    return None if row is None else TillIdentity(*row)


class SqlFacts:
    """``services.ports.Facts`` over ``till.db``; ``zone`` gives the organisation's zone."""

    def __init__(self, borrow: Borrow, zone: Callable[[], str]) -> None:
        self._borrow = borrow
        self._zone = zone

    def identity(self) -> TillIdentity | None:
        """Who this till is; ``None`` before it is enrolled."""
        with self._borrow() as connection:
            return identity_of(connection)

    def bill(self, bill_id: str) -> Bill | None:
        """By id."""
        return self._one_bill(_BILL, bill_id)

    def bill_by_number(self, number: str) -> Bill | None:
        """By its number."""
        return self._one_bill(_BILL_BY_NUMBER, number)

    def bill_by_receipt_code(self, code: str) -> Bill | None:
        """By the code on its receipt."""
        return self._one_bill(_BILL_BY_CODE, code)

    def returns_of(self, bill_id: str) -> tuple[BillReturn, ...]:
        """All returns after a bill, oldest first."""
        with self._borrow() as connection:
            return tuple(load_returns(connection, connection.execute(_RETURNS_OF, {"value": bill_id}).all()))

    def return_by_id(self, return_id: str) -> BillReturn | None:
        """By id."""
        with self._borrow() as connection:
            found = load_returns(connection, connection.execute(_RETURN, {"value": return_id}).all())
        return found[0] if found else None

    def claim_of(self, bill_id: str) -> BillClaimed | None:
        """Whose a bill turned out to be after it was paid."""
        with self._borrow() as connection:
            found = load_claims(connection, connection.execute(CLAIM_OF, {"value": bill_id}).all())
        return found[0] if found else None

    def recent(self, limit: int = 50) -> tuple[BillSummary, ...]:
        """The latest bills and returns, newest first."""
        t = s.bill_return.c
        with self._borrow() as connection:
            bills = connection.execute(select(s.bill).order_by(_b.seq.desc()).limit(limit)).all()
            returns = connection.execute(select(s.bill_return).order_by(t.seq.desc()).limit(limit)).all()
        found = [(row.seq, _summary(row, "bill", row.total_satang, row.points_earned)) for row in bills]
        found += [(row.seq, _summary(row, "return", row.refund_satang, -row.points_taken_back)) for row in returns]
        return tuple(summary for _, summary in sorted(found, key=lambda each: each[0], reverse=True)[:limit])

    def bills_between(self, first: date, last: date) -> Iterator[Bill]:
        """Bills of these business dates in order. Read in pages, so no transaction outlives a page."""
        return self._pages(s.bill, first, last, load_bills)

    def returns_between(self, first: date, last: date) -> Iterator[BillReturn]:
        """Returns of these business dates in order, as ``bills_between``."""
        return self._pages(s.bill_return, first, last, load_returns)

    def claims_between(self, first: date, last: date) -> Iterator[BillClaimed]:
        """Claims of these business dates in order, as ``bills_between``."""
        return self._pages(s.bill_claim, first, last, load_claims)

    def entries_between(self, first: date, last: date) -> Iterator[PointEntry]:
        """Point entries of these business dates in order, as ``bills_between``."""
        c = s.point_entry.c
        at = (first.isoformat(), -1, -1)
        while True:
            with self._borrow() as connection:
                rows = connection.execute(
                    select(s.point_entry)
                    .where(_after((c.business_date, c.seq, c.position), at), c.business_date <= last.isoformat())
                    .order_by(c.business_date, c.seq, c.position)
                    .limit(_ENTRY_PAGE)
                ).all()
            for row in rows:
                yield entry_of(row)
            if len(rows) < _ENTRY_PAGE:
                return
            at = (rows[-1].business_date, rows[-1].seq, rows[-1].position)

    def members_enrolled_between(self, first: date, last: date) -> tuple[Member, ...]:
        """Members enrolled at this till on these business dates, as they were enrolled.

        Also those from before it was enrolled anew under another id: only an enrolment writes consents with the member.
        """
        zone = ZoneInfo(self._zone())
        low = datetime.combine(first, time.min, zone).astimezone(UTC)
        high = datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)
        c = s.member.c
        earlier = s.member.alias()
        with self._borrow() as connection:
            rows = connection.execute(
                select(s.member)
                .where(c.enrolled_at_us >= to_us(low), c.enrolled_at_us < to_us(high))
                .where(
                    (c.enrolled_till_id == select(s.till_identity.c.id).scalar_subquery())
                    | select(s.consent.c.id).where(s.consent.c.seq == c.seq).exists()
                )
                .where(~select(earlier.c.id).where(earlier.c.id == c.id, earlier.c.seq < c.seq).exists())
                .order_by(c.seq)
            ).all()
        return tuple(member_of(row) for row in rows)

    def coupons_issued_between(self, first: date, last: date) -> tuple[Coupon, ...]:
        """Coupons that bills of these business dates issued, as they were issued."""
        e = s.coupon_event.c
        with self._borrow() as connection:
            rows = connection.execute(
                select(s.coupon)
                .join(s.coupon_event, e.code == s.coupon.c.code)
                .join(s.bill, _b.seq == e.seq)
                .where(e.kind == CouponEventKind.ISSUED.value, _b.business_date.between(str(first), str(last)))
                .order_by(e.number)
            ).all()
        return tuple(as_issued(coupon_of(row)) for row in rows)

    def open_shift(self) -> ShiftOpened | None:
        """The shift that is open now."""
        with self._borrow() as connection:
            row = connection.execute(_SHIFT_LATEST).one_or_none()
            if row is None or connection.execute(_CLOSE_OF, {"value": row.id}).one_or_none() is not None:
                return None
        return shift_opened_of(row)

    def bills_of_shift(self, shift_id: str) -> tuple[Bill, ...]:
        """Bills rung in a shift, in their order."""
        return self._of_shift(s.bill, shift_id, load_bills)

    def returns_of_shift(self, shift_id: str) -> tuple[BillReturn, ...]:
        """Returns made in a shift, in their order."""
        return self._of_shift(s.bill_return, shift_id, load_returns)

    def shift_closed(self, shift_id: str) -> ShiftClosed | None:
        """How a shift was closed."""
        with self._borrow() as connection:
            row = connection.execute(_CLOSE_OF, {"value": shift_id}).one_or_none()
        return None if row is None else shift_closed_of(row)

    def pin_lock(self, staff_id: str) -> PinLock:
        """Wrong PINs in a row."""
        with self._borrow() as connection:
            row = connection.execute(_LOCK, {"value": staff_id}).one_or_none()
        return PinLock(staff_id, 0, None) if row is None else PinLock(row[0], row[1], from_us_or_none(row[2]))

    def queue_status(self) -> QueueStatus:
        """What head office has not acknowledged yet."""
        with self._borrow() as connection:
            return queue_status(connection)

    def last_shift_closed(self) -> ShiftClosed | None:
        """How the latest shift that is over was closed."""
        with self._borrow() as connection:
            row = connection.execute(_CLOSE_LATEST).one_or_none()
        return None if row is None else shift_closed_of(row)

    def print_jobs(self, limit: int = 50) -> tuple[PrintJobInfo, ...]:
        """The latest print jobs, newest first."""
        with self._borrow() as connection:
            rows = connection.execute(spool.JOBS.limit(limit)).all()
        return tuple(job_info(row) for row in rows)

    def open_print_jobs(self, limit: int = 1_000) -> tuple[PrintJobInfo, ...]:
        """Print jobs that a person must look at, then those that are not over, however old, newest first."""
        with self._borrow() as connection:
            rows = connection.execute(spool.OPEN_JOBS.limit(limit)).all()
        return tuple(job_info(row) for row in rows)

    def print_job(self, job_id: str) -> PrintJobInfo | None:
        """One print job."""
        with self._borrow() as connection:
            row = connection.execute(spool.JOB, {"value": job_id}).one_or_none()
        return None if row is None else job_info(row)

    def print_job_document(self, job_id: str) -> Spooled | None:
        """The frozen document of one job."""
        with self._borrow() as connection:
            row = connection.execute(spool.DOCUMENT, {"value": job_id}).one_or_none()
        return None if row is None else read_spooled(row.kind, row.document)

    def paper_template(self, kind: DocumentKind) -> PaperTemplate | None:
        """The shop's own template of a kind as it stands, or None for the one that comes with the product."""
        with self._borrow() as connection:
            row = connection.execute(spool.TEMPLATE, {"value": kind.value}).one_or_none()
        return None if row is None or not row.content else spool.template_of(row)

    def paper_templates(self, kind: DocumentKind) -> tuple[PaperTemplate, ...]:
        """Every version of a kind, newest first; an empty content went back to the shipped one."""
        with self._borrow() as connection:
            return tuple(map(spool.template_of, connection.execute(spool.TEMPLATES, {"value": kind.value})))

    def document(self, subject_id: str, kind: DocumentKind) -> Document | None:
        """The first paper of this kind about a subject, as first printed."""
        return next((document for each, document in self.documents_of(subject_id) if each is kind), None)

    def documents_of(self, subject_id: str) -> tuple[tuple[DocumentKind, Document], ...]:
        """All papers about a subject as first printed, copies left out, oldest first."""
        with self._borrow() as connection:
            rows = connection.execute(spool.DOCUMENTS, {"value": subject_id}).all()
        return tuple((DocumentKind(row.kind), read_document(row.kind, row.document)) for row in rows)

    def copies(self, subject_id: str, kind: DocumentKind) -> int:
        """The highest copy number among the papers of this kind about a subject."""
        with self._borrow() as connection:
            found: int = connection.execute(spool.COPIES, {"value": subject_id, "kind": kind.value}).scalar_one()
        return found

    def draft(self) -> BillDraft | None:
        """The open bill as last saved."""
        with self._borrow() as connection:
            body = connection.execute(select(s.draft.c.body)).scalar()
        return None if body is None else from_bytes(BillDraft, body)

    def parked(self) -> tuple[BillDraft, ...]:
        """Bills set aside, oldest first."""
        with self._borrow() as connection:
            bodies = connection.execute(select(s.parked.c.body).order_by(s.parked.c.number)).scalars().all()
        return tuple(from_bytes(BillDraft, body) for body in bodies)

    def given(self) -> dict[str, int]:
        """What this till has given in all its life, by ``tally.count_key``."""
        with self._borrow() as connection:
            return read_given(connection)

    def coupon_events(self, code: str) -> tuple[CouponEventRow, ...]:
        """What happened to a coupon at this till, oldest first."""
        with self._borrow() as connection:
            rows = connection.execute(_COUPON_EVENTS, {"value": code}).all()
        return tuple(event_row(row) for row in rows)

    def coupon_cancelled(self, seq: int) -> CouponCancelled | None:
        """The cancellation announced as event ``seq``, while the queue keeps it."""
        with self._borrow() as connection:
            payload = connection.execute(_CANCELLED, {"value": seq}).scalar()
        return None if payload is None else from_bytes(CouponCancelled, payload)

    def _one_bill(self, query: Any, value: str) -> Bill | None:
        with self._borrow() as connection:
            found = load_bills(connection, connection.execute(query, {"value": value}).all())
        return found[0] if found else None

    def _of_shift(
        self, table: Table, shift_id: str, load: Callable[[Connection, Sequence[Row[Any]]], list[T]]
    ) -> tuple[T, ...]:
        """Facts are numbered in the order they were made, so those before the shift need no look."""
        opened = select(s.shift.c.seq).where(s.shift.c.id == shift_id).scalar_subquery()
        query = select(table).where(table.c.seq > opened, table.c.shift_id == shift_id).order_by(table.c.seq)
        with self._borrow() as connection:
            rows = connection.execute(query).all()
            return tuple(one for at in range(0, len(rows), _PAGE) for one in load(connection, rows[at : at + _PAGE]))

    def _pages(
        self, table: Table, first: date, last: date, load: Callable[[Connection, Sequence[Row[Any]]], list[T]]
    ) -> Iterator[T]:
        c = table.c
        at = (first.isoformat(), -1)
        while True:
            with self._borrow() as connection:
                rows = connection.execute(
                    select(table)
                    .where(_after((c.business_date, c.seq), at), c.business_date <= last.isoformat())
                    .order_by(c.business_date, c.seq)
                    .limit(_PAGE)
                ).all()
                page = load(connection, rows)
            yield from page
            if len(rows) < _PAGE:
                return
            at = (rows[-1].business_date, rows[-1].seq)


def _after(columns: tuple[Any, ...], values: tuple[Any, ...]) -> Any:
    return tuple_(*columns) > tuple_(*values)


def _summary(row: Row[Any], kind: str, total_satang: int, points: int) -> BillSummary:
    return BillSummary(
        id=row.id,
        kind=kind,
        number=row.number,
        completed_at=from_us(row.completed_at_us),
        staff_id=row.staff_id,
        member_id=row.member_id,
        total_satang=total_satang,
        points_earned=points,
    )
