"""Ringing and completing a bill: preview with every scan, then one durable transaction with all of its effects."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from pos_member.domain.bill import Bill, BillDraft, Tender
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.evaluation import evaluate
from pos_member.domain.events import EventKind
from pos_member.domain.own_rights import own_right
from pos_member.domain.permission import Permission, Session
from pos_member.domain.pricing import Evaluation
from pos_member.domain.rights import SpendingPower
from pos_member.services.completion import Completion, Plan, settle_owed
from pos_member.services.context import Shop, one_book
from pos_member.services.drawer import SALE, moves_cash, pulse
from pos_member.services.durable import durably
from pos_member.services.gather import Gathered, gather
from pos_member.services.lookup import Lookup, coupon_view
from pos_member.services.ports import TillTransaction
from pos_member.services.receipts import bill_jobs
from pos_member.services.spending import require_spending
from pos_member.services.tendering import cash_rounding, settle
from pos_member.services.views import CouponView, MemberPanel

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """A draft as it stands. ``coupons`` are those laid on it: not ``usable`` where one has ceased to be since.

    ``total_cash_satang`` is the total after cash rounding.
    """

    draft: BillDraft
    evaluation: Evaluation
    panel: MemberPanel | None
    coupons: tuple[CouponView, ...]
    total_cash_satang: int
    #: What of the member's points may be spent on this bill; ``None``: all that are spendable.
    power: SpendingPower | None = None
    #: Of the coupons laid on it, codes of those whose state this till does not know for certain.
    uncertain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Completed:
    """A bill that is on disk with everything it did."""

    bill: Bill
    member_after: MemberPanel | None
    print_job_ids: tuple[str, ...]


def same_outcome(left: Evaluation, right: Evaluation) -> bool:
    """Whether two evaluations charge, give and count the same, whatever they explain."""
    return (
        left.total_satang == right.total_satang
        and left.lines == right.lines
        and left.discounts == right.discounts
        and left.points_earned == right.points_earned
        and left.points_redeemed == right.points_redeemed
        and left.earns == right.earns
        and left.coupons_used == right.coupons_used
        and left.coupons_to_issue == right.coupons_to_issue
        and left.tallies == right.tallies
        and left.tier_change == right.tier_change
        and left.qualifying_satang == right.qualifying_satang
    )


class Checkout:
    """The open bill, from its first line to the stored facts."""

    def __init__(self, shop: Shop, lookup: Lookup) -> None:
        self._shop = shop
        self._lookup = lookup
        self._completion = Completion(shop)
        self._touched: tuple[str, str] = ("", "")

    def new_draft(self) -> BillDraft:
        """An empty bill whose id is fixed from now on."""
        return BillDraft(self._shop.context.new_id(), self._shop.now())

    @one_book
    def preview(self, draft: BillDraft) -> Preview:
        """What the bill costs and gives as it stands; coupons that cannot be used any more take nothing off.

        Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``.
        """
        at = self._shop.now()
        gathered = gather(self._shop, draft, at)
        self._touch(draft)
        return self._preview(draft, gathered, evaluate(gathered.bill, self._shop.book().rules), at)

    def _touch(self, draft: BillDraft) -> None:
        """The first time that a bill shows a member: head office is asked for a right when it is talked to next."""
        if draft.member_id is not None and self._touched != (draft.id, draft.member_id):
            self._touched = (draft.id, draft.member_id)
            self._shop.store.rights.touch(draft.member_id)

    @one_book
    def complete(
        self,
        session: Session,
        draft: BillDraft,
        tenders: tuple[Tender, ...],
        language: str = "th",
        *,
        seen: Preview | None = None,
    ) -> Completed:
        """Complete ``draft``: facts, queue row, print jobs and audit in one transaction; the same draft only once.

        ``seen`` is the preview the cashier charged from: if the bill came out otherwise now, it is refused. Raises
        ``Refusal``: NOT_PERMITTED, BILL_EMPTY, BILL_CHANGED, BILL_TOO_LONG, QUANTITY_OUT_OF_RANGE,
        AMOUNT_OUT_OF_RANGE, TENDER_SHORT, TENDER_EXCESS, TENDER_INVALID, MEMBER_UNKNOWN, MEMBER_BLOCKED,
        REDEEM_NEEDS_CODE, POINTS_NOT_HERE, or the reason a coupon cannot be used; ``EnvironmentProblem`` with
        nothing written.
        """
        self._shop.require(session, Permission.SELL)
        shop = self._shop
        stored = shop.store.facts.bill(draft.id)
        if stored is not None:
            return self._completed(stored)
        if not draft.lines:
            raise Refusal(Reason.BILL_EMPTY)
        draft.check()
        at = shop.now()
        gathered = gather(shop, draft, at)
        if gathered.refused:
            raise gathered.refused[0][1]
        evaluation = evaluate(gathered.bill, shop.book().rules)
        if evaluation.coupons_used or any(discount.points for discount in evaluation.discounts):
            self._shop.require(session, Permission.REDEEM)
        if draft.member_id is not None and any(discount.points for discount in evaluation.discounts):
            require_spending(shop, draft.member_id, draft.identified)
        if seen is not None and not same_outcome(seen.evaluation, evaluation):
            raise Refusal(Reason.BILL_CHANGED)
        settlement = settle(evaluation.total_satang, tenders, shop.book().settings.cash_rounding_satang)
        number = "" if gathered.member is None else gathered.member.number
        plan = self._completion.plan(draft, session, evaluation, settlement, at, number)

        def work(tx: TillTransaction) -> Bill:
            known = tx.facts.bill(draft.id)
            if known is not None:
                return known
            now = self._still_true(tx, draft, at, gathered, evaluation)
            return self._write(tx, plan, now, evaluation, language)

        bill = durably(shop.store, work, lambda: shop.store.facts.bill(draft.id))
        return self._completed(bill, plan)

    def save_draft(self, draft: BillDraft | None) -> None:
        """Keep the open bill over a restart; None forgets it.

        A bill that is new asks for room first: on a full disk the one at hand can still be finished, and no other
        begins. Raises ``EnvironmentProblem(DISK_FULL)``.
        """
        kept = None if draft is None or draft.empty else draft
        if kept is not None:
            before = self._shop.store.facts.draft()
            if before is None or before.id != kept.id:
                self._shop.store.require_room()
        with self._shop.store.transaction() as tx:
            tx.save_draft(kept)

    def saved_draft(self) -> BillDraft | None:
        """The bill that was open when the till stopped; None when it was completed."""
        draft = self._shop.store.facts.draft()
        return None if draft is None or self._shop.store.facts.bill(draft.id) is not None else draft

    def park(self, draft: BillDraft) -> None:
        """Set a bill aside; the open bill is then empty. Raises ``Refusal(BILL_EMPTY)``."""
        if draft.empty:
            raise Refusal(Reason.BILL_EMPTY)
        with self._shop.store.transaction() as tx:
            tx.park(draft)
            tx.save_draft(None)

    def parked(self) -> tuple[BillDraft, ...]:
        """The bills set aside, oldest first."""
        return tuple(sorted(self._shop.store.facts.parked(), key=lambda draft: (draft.opened_at, draft.id)))

    def unpark(self, draft_id: str) -> BillDraft:
        """Take a bill up again as the open one. Raises ``Refusal(BILL_UNKNOWN)``."""
        with self._shop.store.transaction() as tx:
            draft = next((parked for parked in tx.facts.parked() if parked.id == draft_id), None)
            if draft is None:
                raise Refusal(Reason.BILL_UNKNOWN)
            tx.unpark(draft_id)
            tx.save_draft(draft)
        return draft

    def _preview(self, draft: BillDraft, gathered: Gathered, evaluation: Evaluation, at: datetime) -> Preview:
        book = self._shop.book()
        panel = None
        if gathered.member is not None and gathered.account is not None:
            panel = replace(self._lookup.panel_of(gathered.member, gathered.account), power=gathered.power)
        refused = {code for code, _ in gathered.refused}
        views = [
            coupon_view(coupon, book.definitions[coupon.definition_id], self._shop, book.day(at))
            for coupon in gathered.coupons
            if coupon.definition_id in book.definitions
        ]
        coupons = tuple(replace(view, usable=view.code not in refused) for view in views)
        total = evaluation.total_satang
        return Preview(
            draft,
            evaluation,
            panel,
            coupons,
            total + cash_rounding(total, book.settings.cash_rounding_satang),
            gathered.power,
            gathered.uncertain,
        )

    def _still_true(
        self, tx: TillTransaction, draft: BillDraft, at: datetime, before: Gathered, evaluation: Evaluation
    ) -> Gathered:
        """What guards single use and quotas, read again under the write lock: another window may have been faster.

        Raises ``BILL_CHANGED`` if it changes the bill, and the reason of a coupon that another bill has taken.
        """
        now = gather(self._shop, draft, at, tx)
        if now.refused:
            raise Refusal(Reason.BILL_CHANGED)
        if now.bill != before.bill and not same_outcome(evaluation, evaluate(now.bill, self._shop.book().rules)):
            raise Refusal(Reason.BILL_CHANGED)
        return now

    def _write(
        self, tx: TillTransaction, plan: Plan, gathered: Gathered, evaluation: Evaluation, language: str
    ) -> Bill:
        bill, known = self._completion.bill(tx, plan, gathered, evaluation)
        seq = tx.announce(EventKind.BILL_COMPLETED, bill.id, bill)
        tx.add_bill(bill, seq)
        standing = gathered.standing
        earned = own_right(bill, standing.epoch, self._shop.book().settings) if standing.bound else None
        if earned is not None:
            tx.rights.add(earned)
        if moves_cash(bill):
            pulse(self._shop, tx, SALE, bill.id, bill.completed_at)
        for job in bill_jobs(self._shop, bill, known, evaluation, language, plan.job_ids, plan.signed_forms):
            tx.add_print_job(job)
        settle_owed(tx, bill.point_entries, seq)
        self._completion.audit(tx, bill)
        tx.save_draft(None)
        tx.unpark(bill.id)
        return bill

    def _completed(self, bill: Bill, plan: Plan | None = None) -> Completed:
        """The answer for a bill on disk; whatever cannot be read for showing must not make the sale look failed."""
        panel = None
        if bill.member_id is not None:
            try:
                panel = self._lookup.panel(bill.member_id)
            except (Refusal, EnvironmentProblem) as problem:
                _log.warning("bill %s is stored, its member cannot be shown: %s", bill.number, problem.reason.value)
        job_ids = plan.job_ids if plan is not None else self._jobs_of(bill)
        return Completed(bill, panel, job_ids)

    def _jobs_of(self, bill: Bill) -> tuple[str, ...]:
        kinds = (DocumentKind.RECEIPT, DocumentKind.COUPON)
        jobs = self._shop.store.facts.print_jobs(200)
        return tuple(job.id for job in jobs if job.subject_id == bill.id and job.kind in kinds and job.copy_number == 0)
