"""What the use cases need from the outside: storage, catalogue, directories.

``TillStore`` is implemented by ``pos_member.db``. Two files stand behind it: ``till.db`` (this till's own facts,
never thrown away) and ``replica.db`` (head office's data, can be rebuilt). No transaction spans both; the
directories merge them on reading: head office's figure as of T plus what this till did since and head office
has not included yet.

Errors of every method: ``EnvironmentProblem(DISK_FULL | DATABASE_BUSY | DATABASE_CORRUPT | FOLDER_READ_ONLY)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pos_member.domain.bill import Bill, BillDraft, BillReturn, QuotaLeft
from pos_member.domain.consent import Consent
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponEventKind
from pos_member.domain.documents import Document, DocumentKind, Spooled
from pos_member.domain.events import (
    AuditRecord,
    BillClaimed,
    CouponCancelled,
    EventKind,
    Payload,
    ShiftClosed,
    ShiftOpened,
)
from pos_member.domain.member import Member
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff, TillIdentity
from pos_member.domain.points import Account, PointEntry
from pos_member.domain.program import Program
from pos_member.services.code_ports import CodeKeys, Presented
from pos_member.services.day_ports import Days, DayWriter
from pos_member.services.evidence_ports import CouponEventRow, Evidence
from pos_member.services.print_ports import NewPrintJob as NewPrintJob
from pos_member.services.print_ports import PaperTemplate
from pos_member.services.print_ports import PrintJob as PrintJob
from pos_member.services.print_ports import PrintJobInfo as PrintJobInfo
from pos_member.services.print_ports import PrintJobState as PrintJobState
from pos_member.services.rights_ports import Rights, RightsEvidence, RightsWriter


@dataclass(frozen=True)
class QueueStatus:
    """The change queue in figures. ``waiting`` = facts head office has not acknowledged, bills among them."""

    head_seq: int
    acked_seq: int
    waiting: int
    bills_waiting: int
    oldest_waiting_at: datetime | None


@dataclass(frozen=True)
class PinLock:
    """Wrong PINs in a row, and the moment until which no PIN is tried. Survives restarts."""

    staff_id: str
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True)
class BillSummary:
    """A bill or return in a list. ``kind`` is ``bill`` or ``return``."""

    id: str
    kind: str
    number: str
    completed_at: datetime
    staff_id: str
    member_id: str | None
    total_satang: int
    points_earned: int


@dataclass(frozen=True)
class MemberHit:
    """A member found by searching."""

    member: Member
    balance: int


class Catalogue(Protocol):
    """Head office's data at this till (``replica.db``): read only."""

    def organisation(self) -> Organisation: ...
    def brands(self) -> tuple[Brand, ...]: ...
    def branches(self) -> tuple[Branch, ...]: ...
    def staff(self) -> tuple[Staff, ...]: ...
    def categories(self) -> tuple[Category, ...]: ...
    def product(self, product_id: str) -> Product | None: ...
    def product_by_barcode(self, barcode: str) -> Product | None: ...
    def products(self, text: str = "", category_id: str | None = None, limit: int = 50) -> tuple[Product, ...]: ...
    def programs(self) -> tuple[Program, ...]: ...
    def definitions(self) -> tuple[CouponDefinition, ...]: ...

    def quotas(self) -> Mapping[str, QuotaLeft]:
        """What head office lets this till give in all its life, by id of program or coupon definition."""
        ...

    def version(self) -> int:
        """The feed cursor: changes whenever anything above may have changed, so that callers can cache."""
        ...


class Members(Protocol):
    """Members and accounts: head office's figures merged with this till's own facts."""

    def by_id(self, member_id: str) -> Member | None: ...
    def by_number(self, number: str) -> Member | None: ...
    def by_phone(self, phone: str) -> Member | None: ...

    def search(self, text: str, limit: int = 20) -> tuple[MemberHit, ...]:
        """By part of a name, number or phone; two characters or more. At a million members within 20 ms."""
        ...

    def account(self, member_id: str) -> Account:
        """All of it, debts included; below a millisecond at a million members."""
        ...

    def consents(self, member_id: str) -> tuple[Consent, ...]: ...

    def owed(self, member_id: str) -> int:
        """Points a return could not take back yet (policy ``within_balance``); repaid by the next earn."""
        ...


class Coupons(Protocol):
    """Coupons: head office's states merged with this till's own facts."""

    def by_code(self, code: str) -> Coupon | None: ...
    def of_member(self, member_id: str, usable_on: date | None = None) -> tuple[Coupon, ...]: ...


class Facts(Protocol):
    """This till's own facts (``till.db``): read only."""

    def identity(self) -> TillIdentity | None: ...
    def bill(self, bill_id: str) -> Bill | None: ...
    def bill_by_number(self, number: str) -> Bill | None: ...
    def bill_by_receipt_code(self, code: str) -> Bill | None: ...
    def returns_of(self, bill_id: str) -> tuple[BillReturn, ...]: ...
    def return_by_id(self, return_id: str) -> BillReturn | None: ...
    def claim_of(self, bill_id: str) -> BillClaimed | None: ...
    def recent(self, limit: int = 50) -> tuple[BillSummary, ...]: ...
    def bills_between(self, first: date, last: date) -> Iterator[Bill]: ...
    def returns_between(self, first: date, last: date) -> Iterator[BillReturn]: ...
    def claims_between(self, first: date, last: date) -> Iterator[BillClaimed]: ...
    def members_enrolled_between(self, first: date, last: date) -> tuple[Member, ...]: ...
    def entries_between(self, first: date, last: date) -> Iterator[PointEntry]: ...
    def coupons_issued_between(self, first: date, last: date) -> tuple[Coupon, ...]: ...
    def open_shift(self) -> ShiftOpened | None: ...
    def bills_of_shift(self, shift_id: str) -> tuple[Bill, ...]:
        """Bills rung in a shift, whatever the clock said meanwhile."""
        ...

    def returns_of_shift(self, shift_id: str) -> tuple[BillReturn, ...]: ...
    def shift_closed(self, shift_id: str) -> ShiftClosed | None: ...
    def last_shift_closed(self) -> ShiftClosed | None: ...
    def pin_lock(self, staff_id: str) -> PinLock: ...
    def queue_status(self) -> QueueStatus: ...
    def print_jobs(self, limit: int = 50) -> tuple[PrintJobInfo, ...]: ...
    def open_print_jobs(self, limit: int = 1_000) -> tuple[PrintJobInfo, ...]:
        """Jobs that a person must look at, then those that are not over, however old, newest first."""
        ...

    def print_job(self, job_id: str) -> PrintJobInfo | None: ...

    def print_job_document(self, job_id: str) -> Spooled | None:
        """The frozen document of one job."""
        ...

    def paper_template(self, kind: DocumentKind) -> PaperTemplate | None:
        """The shop's own template of a kind as it stands, or None for the one that comes with the product."""
        ...

    def paper_templates(self, kind: DocumentKind) -> tuple[PaperTemplate, ...]:
        """Every version of a kind that the shop saved, newest first; content "" went back to the shipped one."""
        ...

    def document(self, subject_id: str, kind: DocumentKind) -> Document | None: ...

    def documents_of(self, subject_id: str) -> tuple[tuple[DocumentKind, Document], ...]:
        """All papers about a subject as first printed, copies left out, oldest first."""
        ...

    def copies(self, subject_id: str, kind: DocumentKind) -> int:
        """The highest copy number queued so far for the papers of this kind about a subject."""
        ...

    def given(self) -> Mapping[str, int]:
        """``tally.count_key`` → sum of this till's own TOTAL and BUDGET tallies, returns taken off: held to quotas."""
        ...

    def coupon_events(self, code: str) -> tuple[CouponEventRow, ...]:
        """What happened to a coupon at this till, oldest first."""
        ...

    def coupon_cancelled(self, seq: int) -> CouponCancelled | None:
        """The cancellation announced as event ``seq``; None for any other event, or one that is no longer kept."""
        ...

    def draft(self) -> BillDraft | None: ...
    def parked(self) -> tuple[BillDraft, ...]: ...


class TillTransaction(Protocol):
    """One unit of work on ``till.db`` under ``BEGIN IMMEDIATE``. Leaving the block commits; an exception undoes all."""

    facts: Facts
    rights: RightsWriter
    days: DayWriter

    def next_counter(self, name: str) -> int:
        """The next number of a series (``bill``, ``return``, ``member``), 1 upwards, gap-free with the commit."""
        ...

    def announce(self, kind: EventKind, event_id: str, payload: Payload, version: int = 1) -> int:
        """Append to the change queue: contiguous ``seq``, canonical bytes, SHA-256, chain hash. Returns ``seq``."""
        ...

    def add_bill(self, bill: Bill, seq: int) -> None:
        """Bill, lines, tenders, discounts, point entries, tallies, coupons issued and used; ``seq`` is its event's.

        A coupon whose definition allows several uses per code stays usable until the last, see ``coupon.after_event``.
        """
        ...

    def add_return(self, document: BillReturn, seq: int) -> None: ...
    def add_claim(self, claim: BillClaimed, seq: int) -> None: ...
    def add_member(self, member: Member, seq: int) -> None: ...
    def add_consents(self, consents: Sequence[Consent], seq: int) -> None: ...
    def add_point_entries(self, entries: Sequence[PointEntry], seq: int) -> None: ...

    def set_coupon(self, coupon: Coupon, event: CouponEventKind, at: datetime, bill_id: str | None, seq: int) -> None:
        """Append the event and keep the coupon's state as of it; the same event of one ``seq`` twice counts once.

        Of ``coupon`` the state, the uses and the bill before the event matter (``coupon.after_event``).
        """
        ...

    def coupon(self, code: str) -> Coupon | None:
        """As ``Coupons.by_code``, read under this transaction's lock: what guards single use at this till."""
        ...

    def add_owed(self, member_id: str, points: int, seq: int, currency: str = "") -> None:
        """Points, or stamps of ``currency``, that could not be taken back; below zero: that were repaid."""
        ...

    def add_shift_opened(self, shift: ShiftOpened, seq: int) -> None: ...
    def add_shift_closed(self, shift: ShiftClosed, seq: int) -> None: ...
    def add_audit(self, record: AuditRecord, seq: int) -> None: ...
    def add_print_job(self, job: NewPrintJob) -> None: ...
    def set_print_job(self, job_id: str, state: PrintJobState, reason: str = "") -> None: ...

    def settle_print_job(self, job_id: str, expected: PrintJobState, state: PrintJobState, reason: str = "") -> bool:
        """A person's word on a job, if it still stands as ``expected``; whether it did. ``CONFIRMED`` is proved by
        ``Proof.PERSON``; ``QUEUED`` begins its waiting anew."""
        ...

    def give_print_job(self, job_id: str, printer: str) -> bool:
        """Queue a job of which nothing was sent for the printer of this key; whether nothing was sent."""
        ...

    def save_paper_template(self, template: PaperTemplate) -> None:
        """The next version of a kind. Content "" goes back to the one that comes with the product."""
        ...

    def set_pin_lock(self, lock: PinLock) -> None: ...
    def save_draft(self, draft: BillDraft | None) -> None: ...
    def park(self, draft: BillDraft) -> None: ...
    def unpark(self, draft_id: str) -> None: ...


class TillStore(Protocol):
    """The till's storage as the use cases see it. Thread-safe: each thread gets connections of its own."""

    catalogue: Catalogue
    members: Members
    coupons: Coupons
    facts: Facts
    evidence: Evidence
    code_keys: CodeKeys
    presented: Presented
    rights: Rights
    rights_evidence: RightsEvidence
    days: Days

    def transaction(self) -> AbstractContextManager[TillTransaction]: ...

    def has_event(self, event_id: str) -> bool:
        """Whether an event is in the change queue: how a caller learns what became of a commit that failed."""
        ...

    def require_room(self) -> None:
        """Ask before a new bill is begun. Raises ``EnvironmentProblem(DISK_FULL)`` while it could still be finished."""
        ...


class PinHasher(Protocol):
    """argon2id over an HMAC with the device's pepper. Slow on purpose (tens of ms)."""

    def hash(self, pin: str) -> str: ...
    def verify(self, encoded: str, pin: str) -> bool: ...
