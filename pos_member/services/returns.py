"""Returns: by line, as often as something is left, by the figures stored on the bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pos_member.domain.bill import Bill, BillLine, BillReturn, TenderKind
from pos_member.domain.codes import make_receipt_code
from pos_member.domain.coupon import CouponState
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.ledger import EntryContext, return_entries
from pos_member.domain.permission import Permission, Session
from pos_member.domain.points import Account, PointEntry
from pos_member.domain.returns_rules import ReturnPlan, returnable
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.tiers import TierChange
from pos_member.services.context import Shop, one_book
from pos_member.services.drawer import RETURN, moves_cash, pulse
from pos_member.services.durable import durably
from pos_member.services.lookup import card_view
from pos_member.services.member_state import only_presented, stamps_of, tier_code
from pos_member.services.ports import Facts, NewPrintJob, TillTransaction
from pos_member.services.receipts import Standing, return_of
from pos_member.services.return_planning import plan_of, tier_change, with_its_member
from pos_member.services.texts import note_text
from pos_member.services.views import MemberCardView

#: Returns have receipt codes of their own, apart from the bills of the same till.
RETURN_COUNTER_BASE = 5 * 10**11
PRINT_JOBS_SEARCHED = 200


@dataclass(frozen=True)
class ReturnableLine:
    """A sold line, what came back of it, and what may still."""

    line: BillLine
    returned_milli: int
    left_milli: int


@dataclass(frozen=True)
class ReturnableBill:
    """A bill with its earlier returns."""

    bill: Bill
    lines: tuple[ReturnableLine, ...]
    earlier: tuple[BillReturn, ...]
    member: MemberCardView | None


@dataclass(frozen=True)
class ReturnPreview:
    """What a return would do. ``refund_satang`` is what is handed back, after ``withheld_satang``.

    ``coupons_withheld``: code → satang, in all ``withheld_satang``. ``stamps_*``: per currency, all above zero.
    ``tier_change``: from the tier held today to the one held after it. ``complete``: nothing of the bill stays with
    the customer, so it no longer counts as a visit.
    """

    refund_satang: int
    withheld_satang: int
    points_taken_back: int
    points_given_back: int
    points_owed: int
    coupons_voided: tuple[str, ...]
    coupons_restored: tuple[str, ...]
    coupons_withheld: Mapping[str, int] = field(default_factory=dict)
    stamps_taken_back: Mapping[str, int] = field(default_factory=dict)
    stamps_given_back: Mapping[str, int] = field(default_factory=dict)
    stamps_owed: Mapping[str, int] = field(default_factory=dict)
    tier_change: TierChange | None = None
    complete: bool = False


@dataclass(frozen=True)
class ReturnDone:
    """A return on disk."""

    document: BillReturn
    print_job_ids: tuple[str, ...]


class Returns:
    """Bills of this till; those of others are known to head office only."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def new_id(self) -> str:
        """The id of a return about to be made: the same id returns once."""
        return self._shop.context.new_id()

    @one_book
    def find(self, text: str) -> ReturnableBill:
        """The bill by its receipt code (scanned) or its number (typed).

        Raises ``Refusal(BILL_UNKNOWN | CODE_MISTYPED)``.
        """
        meaning = classify(text)
        facts = self._shop.store.facts
        bill = None
        if meaning.kind is ScanKind.RECEIPT:
            bill = facts.bill_by_receipt_code(meaning.code)
        elif meaning.kind is ScanKind.MISTYPED and meaning.looks_like is ScanKind.RECEIPT:
            raise Refusal(Reason.CODE_MISTYPED, looks_like=ScanKind.RECEIPT.value)
        elif text.strip():
            bill = facts.bill_by_number(text.strip().upper()[:40])
        if bill is None:
            raise Refusal(Reason.BILL_UNKNOWN)
        bill = with_its_member(facts, bill)
        earlier = facts.returns_of(bill.id)
        left = returnable(bill, earlier)
        member = self._shop.store.members.by_id(bill.member_id) if bill.member_id is not None else None
        return ReturnableBill(
            bill=bill,
            lines=tuple(
                ReturnableLine(line, line.quantity_milli - left[line.line_no], left[line.line_no])
                for line in bill.lines
            ),
            earlier=earlier,
            member=None if member is None else card_view(member, self._shop),
        )

    @one_book
    def preview(self, bill_id: str, lines: Mapping[int, int], *, tender: TenderKind = TenderKind.CASH) -> ReturnPreview:
        """What returning ``lines`` (line number → thousandths) would do; cash comes back in coins that there are.

        Raises ``Refusal(BILL_UNKNOWN | RETURN_NOTHING | RETURN_EXCEEDS)``.
        """
        store = self._shop.store
        bill = self._bill(store.facts, bill_id)
        at = self._shop.now()
        plan, account = plan_of(self._shop, bill, lines, store.facts, store.coupons.by_code, at, tender)
        return ReturnPreview(
            refund_satang=plan.refund_satang,
            withheld_satang=plan.withheld_satang,
            points_taken_back=plan.points_taken_back,
            points_given_back=plan.points_given_back,
            points_owed=plan.points_owed,
            coupons_voided=plan.coupons_voided,
            coupons_restored=plan.coupons_restored,
            coupons_withheld=plan.coupons_withheld,
            stamps_taken_back=plan.stamps_taken_back,
            stamps_given_back=plan.stamps_given_back,
            stamps_owed=plan.stamps_owed,
            tier_change=tier_change(self._shop, bill, plan, account, at),
            complete=plan.complete,
        )

    @one_book
    def complete(
        self,
        session: Session,
        bill_id: str,
        lines: Mapping[int, int],
        *,
        return_id: str,
        tender: TenderKind = TenderKind.CASH,
        reason: str = "",
        approver: Session | None = None,
        language: str = "th",
    ) -> ReturnDone:
        """Do the return in one transaction; the same ``return_id`` only once.

        Raises ``Refusal``: NOT_PERMITTED, OVERRIDE_SELF, BILL_UNKNOWN, RETURN_NOTHING, RETURN_EXCEEDS, TEXT_TOO_LONG;
        ``EnvironmentProblem`` with nothing written.
        """
        responsible = self._shop.require(session, Permission.RETURN, approver)
        shop = self._shop
        stored = shop.store.facts.return_by_id(return_id)
        if stored is not None:
            return self._done(stored)
        self._bill(shop.store.facts, bill_id)
        note = note_text(reason)
        at, job_id = shop.now(), shop.context.new_id()

        def work(tx: TillTransaction) -> BillReturn:
            known = tx.facts.return_by_id(return_id)
            if known is not None:
                return known
            # Planned under the write lock: what an earlier return gave back cannot come back twice, and who claimed
            # the bill gives back what it earned.
            bill = self._bill(tx.facts, bill_id)
            plan, account = plan_of(shop, bill, lines, tx.facts, tx.coupon, at, tender)
            document = self._document(tx, bill, plan, return_id, session.staff.id, responsible.id, tender, note, at)
            change = tier_change(shop, bill, plan, account, at)
            self._write(tx, bill, document, account, job_id, language, None if change is None else change.after)
            return document

        document = durably(shop.store, work, lambda: shop.store.facts.return_by_id(return_id))
        return self._done(document)

    def _bill(self, facts: Facts, bill_id: str) -> Bill:
        bill = facts.bill(bill_id)
        if bill is None:
            raise Refusal(Reason.BILL_UNKNOWN)
        return with_its_member(facts, bill)

    def _document(
        self,
        tx: TillTransaction,
        bill: Bill,
        plan: ReturnPlan,
        return_id: str,
        staff_id: str,
        approved_by: str,
        tender: TenderKind,
        note: str,
        at: datetime,
    ) -> BillReturn:
        book = self._shop.book()
        counter = tx.next_counter("return")
        shift = tx.facts.open_shift()
        entries: tuple[PointEntry, ...] = ()
        if bill.member_id is not None:
            context = EntryContext(
                bill.member_id, bill.id, staff_id, book.identity.id, at, book.day(at), self._shop.context.new_id
            )
            entries = return_entries(plan.movements, context)
        restored = tuple(code for code in plan.coupons_restored if self._restorable(tx, code))
        return BillReturn(
            id=return_id,
            number=f"{book.branch.code}{book.identity.number:02d}-R{counter:06d}",
            receipt_code=make_receipt_code(book.identity.number, RETURN_COUNTER_BASE + counter),
            bill_id=bill.id,
            bill_number=bill.number,
            till_id=book.identity.id,
            branch_id=book.branch.id,
            staff_id=staff_id,
            approved_by=approved_by,
            shift_id=None if shift is None else shift.id,
            member_id=bill.member_id,
            completed_at=at,
            business_date=book.day(at),
            lines=plan.lines,
            refund_satang=plan.refund_satang,
            withheld_satang=plan.withheld_satang,
            tender=tender,
            points_taken_back=plan.points_taken_back,
            points_given_back=plan.points_given_back,
            points_owed=plan.points_owed,
            point_entries=entries,
            coupons_restored=restored,
            coupons_voided=plan.coupons_voided,
            reason=note,
            tallies=plan.tallies,
            complete=plan.complete,
            qualifying_satang=plan.qualifying_satang,
            bill_date=bill.business_date,
            stamps_owed=plan.stamps_owed,
            coupons_withheld=plan.coupons_withheld,
            qualifying_points=-plan.month.points,
        )

    def _restorable(self, tx: TillTransaction, code: str) -> bool:
        """Only a coupon that is still spent comes back."""
        coupon = tx.coupon(code)
        return coupon is not None and (coupon.state is CouponState.REDEEMED or coupon.uses > 0)

    def _write(
        self,
        tx: TillTransaction,
        bill: Bill,
        document: BillReturn,
        account: Account | None,
        job_id: str,
        language: str,
        tier_after: str | None,
    ) -> None:
        shop = self._shop
        seq = tx.announce(EventKind.BILL_RETURNED, document.id, document)
        tx.add_return(document, seq)
        # What the bill earned is spendable here by a right of its own while head office has not heard of it.
        tx.rights.take_back(bill.id, document.points_taken_back, seq)
        debts = {"": document.points_owed, **document.stamps_owed}
        for currency, owed in debts.items():
            if owed and document.member_id is not None:
                tx.add_owed(document.member_id, owed, seq, currency)
        standing = None
        member = shop.store.members.by_id(bill.member_id) if bill.member_id is not None else None
        # The balance of a member whom only a signed code told of is not known here: the slip claims none.
        if member is not None and account is not None and not only_presented(shop, account):
            book, day = shop.book(), document.business_date
            standing = Standing(
                member,
                account.unexpired(day, book.settings),
                account.as_of or document.completed_at,
                stamps_of(book, account, day),
                tier_code(book, member, account, day) if tier_after is None else tier_after,
            )
        if moves_cash(document):
            pulse(shop, tx, RETURN, document.id, document.completed_at)
        slip = return_of(shop, document, bill, standing, language)
        tx.add_print_job(NewPrintJob(job_id, DocumentKind.RETURN, slip, document.id))
        shop.audit(
            tx,
            "bill_returned",
            staff_id=document.staff_id,
            approved_by=document.approved_by,
            subject_id=document.id,
            detail=f"bill={bill.id} refund_satang={document.refund_satang}",
            at=document.completed_at,
        )

    def _done(self, document: BillReturn) -> ReturnDone:
        jobs = self._shop.store.facts.print_jobs(PRINT_JOBS_SEARCHED)
        slips = (job for job in jobs if job.kind is DocumentKind.RETURN and job.copy_number == 0)
        return ReturnDone(document, tuple(job.id for job in slips if job.subject_id == document.id))
