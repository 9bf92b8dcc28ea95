"""Points after the bill: who forgot the card shows the receipt on the same day, at the same till, once.

The bill stays as it was paid. What it earns comes from the one evaluation (``pricing.LateMember``): nobody gets more or
less than with the card shown before paying, but for discounts, coupons, draws and referrals, which are not made up for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pos_member.domain.bill import Bill
from pos_member.domain.claiming import as_claimed, claim_input
from pos_member.domain.codes import split_receipt_code
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.evaluation import evaluate
from pos_member.domain.events import BillClaimed, EventKind
from pos_member.domain.lapses import lapse_entries
from pos_member.domain.ledger import EntryContext, earn_entries
from pos_member.domain.member import Identified, Member
from pos_member.domain.permission import Permission, Session
from pos_member.domain.points import Account, PointEntry
from pos_member.domain.pricing import Evaluation, EvaluationInput
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.tiers import TierChange
from pos_member.services.completion import settle_owed
from pos_member.services.context import Shop, one_book
from pos_member.services.durable import durably
from pos_member.services.gather import usable_member
from pos_member.services.lookup import Lookup
from pos_member.services.member_state import member_state, only_presented, stamps_of
from pos_member.services.ports import Facts, TillTransaction
from pos_member.services.receipts import Standing, claim_copy
from pos_member.services.recheck import basis_of
from pos_member.services.views import MemberPanel

#: Bills a member may claim at a till in a day on the cashier's word alone: receipts lie on counters.
CLAIMS_A_DAY = 3


@dataclass(frozen=True)
class ClaimPreview:
    """What a claim would give. ``claims_today``: those of this member at this till before it.

    ``stamps``: per currency. ``needs_approval``: a supervisor's word is asked for.
    """

    bill: Bill
    member: MemberPanel
    points: int
    claims_today: int
    needs_approval: bool
    stamps: Mapping[str, int] = field(default_factory=dict)
    tier_change: TierChange | None = None


@dataclass(frozen=True)
class Claimed:
    """A claim on disk. ``print_job_id``: of a copy of the receipt that tells the points; empty where none is kept."""

    claim: BillClaimed
    bill: Bill
    member_after: MemberPanel
    print_job_id: str


@dataclass(frozen=True)
class _Worked:
    """A claim worked out: the member as of now, what was evaluated, what came of it."""

    member: Member
    account: Account
    given: EvaluationInput
    evaluation: Evaluation


class Claims:
    """Bills of this till and day; those of others are claimed where they were rung."""

    def __init__(self, shop: Shop, lookup: Lookup) -> None:
        self._shop = shop
        self._lookup = lookup

    def new_id(self) -> str:
        """The id of a claim about to be made: the same id claims once."""
        return self._shop.context.new_id()

    @one_book
    def find(self, code: str) -> Bill:
        """The bill of a receipt, if it can be claimed now.

        Raises ``Refusal``: CODE_MISTYPED, BILL_UNKNOWN, CLAIM_OFF, CLAIM_ELSEWHERE, CLAIM_OTHER_DAY(date),
        CLAIM_HAS_MEMBER, CLAIM_DONE, CLAIM_RETURNED.
        """
        facts = self._shop.store.facts
        bill = self._bill(code)
        self._check(bill, facts, self._shop.now())
        return bill

    @one_book
    def preview(self, code: str, member_id: str) -> ClaimPreview:
        """What the bill would give this member. Raises as ``find``; MEMBER_UNKNOWN, MEMBER_BLOCKED, CLAIM_NOTHING."""
        bill = self.find(code)
        facts = self._shop.store.facts
        worked = self._work_out(bill, member_id, facts)
        before = self._claims_today(facts, member_id, self._shop.now())
        return ClaimPreview(
            bill=bill,
            member=self._lookup.panel_of(worked.member, worked.account),
            points=worked.evaluation.points_earned,
            claims_today=before,
            needs_approval=before >= CLAIMS_A_DAY,
            stamps=worked.evaluation.stamps_earned,
            tier_change=worked.evaluation.tier_change,
        )

    @one_book
    def give(
        self,
        session: Session,
        code: str,
        member_id: str,
        identified: Identified,
        *,
        claim_id: str,
        approver: Session | None = None,
        language: str = "th",
    ) -> Claimed:
        """Give the bill's points in one transaction; the same ``claim_id`` only once.

        More than ``CLAIMS_A_DAY`` by one member on one day ask for ``CLAIM_MANY``, by ``approver`` or the person
        signed in. Raises as ``preview``; NOT_PERMITTED, OVERRIDE_SELF; ``EnvironmentProblem`` with nothing written.
        """
        shop = self._shop
        shop.require(session, Permission.SELL)
        bill = self._bill(code)
        at, job_id = shop.now(), shop.context.new_id()

        def work(tx: TillTransaction) -> BillClaimed:
            known = tx.facts.claim_of(bill.id)
            if known is not None and known.id == claim_id:
                return known
            # Under the write lock: nobody claims the bill, returns it or spends a quota in between.
            self._check(bill, tx.facts, at)
            worked = self._work_out(bill, member_id, tx.facts)
            before = self._claims_today(tx.facts, member_id, at)
            person = session.staff
            if before >= CLAIMS_A_DAY:
                person = shop.require(session, Permission.CLAIM_MANY, approver)
            claim = self._claim(bill, worked, claim_id, session.staff.id, person.id, identified, at)
            self._write(tx, bill, claim, worked, before, job_id, language)
            return claim

        def kept() -> BillClaimed | None:
            found = shop.store.facts.claim_of(bill.id)
            return found if found is not None and found.id == claim_id else None

        claim = durably(shop.store, work, kept)
        return Claimed(claim, bill, self._lookup.panel(claim.member_id), self._job_of(claim))

    def _bill(self, code: str) -> Bill:
        meaning = classify(code)
        if meaning.kind is ScanKind.MISTYPED and meaning.looks_like is ScanKind.RECEIPT:
            raise Refusal(Reason.CODE_MISTYPED, looks_like=ScanKind.RECEIPT.value)
        if meaning.kind is not ScanKind.RECEIPT:
            raise Refusal(Reason.BILL_UNKNOWN)
        bill = self._shop.store.facts.bill_by_receipt_code(meaning.code)
        here = self._shop.book().identity
        if bill is None:
            other = split_receipt_code(meaning.code)[0] != here.number
            raise Refusal(Reason.CLAIM_ELSEWHERE if other else Reason.BILL_UNKNOWN)
        if bill.till_id != here.id:
            raise Refusal(Reason.CLAIM_ELSEWHERE)  # of the till that this folder was before
        return bill

    def _check(self, bill: Bill, facts: Facts, at: datetime) -> None:
        """Whether anybody may claim the bill now."""
        book = self._shop.book()
        if not book.settings.points_after_bill:
            raise Refusal(Reason.CLAIM_OFF)
        if bill.member_id is not None:
            raise Refusal(Reason.CLAIM_HAS_MEMBER)
        if facts.claim_of(bill.id) is not None:
            raise Refusal(Reason.CLAIM_DONE)
        if bill.business_date != book.day(at):
            raise Refusal(Reason.CLAIM_OTHER_DAY, date=bill.business_date)
        if facts.returns_of(bill.id):
            raise Refusal(Reason.CLAIM_RETURNED)

    def _work_out(self, bill: Bill, member_id: str, facts: Facts) -> _Worked:
        shop = self._shop
        book = shop.book()
        member = usable_member(shop, member_id)
        account = shop.store.members.account(member.id)
        coupons = {use.code: found for use in bill.coupons_used if (found := shop.store.coupons.by_code(use.code))}
        branch = book.branches.get(bill.branch_id, book.branch)
        given = claim_input(
            bill,
            member_state(book, member, account, bill.business_date),
            book.quotas_left(facts.given()) if book.rationed else {},
            brand_id=branch.brand_id,
            coupons=coupons,
            definitions=book.definitions,
        )
        evaluation = evaluate(given, book.rules)
        if not (evaluation.earns or evaluation.tallies or evaluation.qualifying_satang):
            raise Refusal(Reason.CLAIM_NOTHING)
        return _Worked(member, account, given, evaluation)

    def _claims_today(self, facts: Facts, member_id: str, at: datetime) -> int:
        day = self._shop.book().day(at)
        return sum(claim.member_id == member_id for claim in facts.claims_between(day, day))

    def _claim(
        self,
        bill: Bill,
        worked: _Worked,
        claim_id: str,
        staff_id: str,
        approved_by: str,
        identified: Identified,
        at: datetime,
    ) -> BillClaimed:
        book, late = self._shop.book(), worked.given.late
        if late is None:
            raise ValueError("nobody claims this bill")
        day = book.day(at)
        context = EntryContext(
            worked.member.id, bill.id, staff_id, book.identity.id, at, day, self._shop.context.new_id
        )
        return BillClaimed(
            id=claim_id,
            bill_id=bill.id,
            member_id=worked.member.id,
            identified=identified,
            till_id=book.identity.id,
            staff_id=staff_id,
            approved_by=approved_by,
            at=at,
            business_date=day,
            point_entries=self._entries(worked, context),
            tallies=worked.evaluation.tallies,
            qualifying_satang=worked.evaluation.qualifying_satang,
            tier_change=worked.evaluation.tier_change,
            basis=basis_of(replace(worked.given, member=late.member, quotas=late.quotas), book.rules),
        )

    def _entries(self, worked: _Worked, context: EntryContext) -> tuple[PointEntry, ...]:
        """As of a bill: what inactivity had ended first, or the claim would bring it back to life."""
        settings, account = self._shop.book().settings, worked.account
        lapsed = lapse_entries(account, context.business_date, context, settings)
        earned = earn_entries(worked.evaluation.earns, settings, context, account.owed, account.owed_stamps)
        return (*lapsed, *earned)

    def _write(
        self,
        tx: TillTransaction,
        bill: Bill,
        claim: BillClaimed,
        worked: _Worked,
        before: int,
        job_id: str,
        language: str,
    ) -> None:
        shop = self._shop
        book, day = shop.book(), claim.business_date
        seq = tx.announce(EventKind.BILL_CLAIMED, claim.id, claim)
        tx.add_claim(claim, seq)
        settle_owed(tx, claim.point_entries, seq)
        tier = worked.evaluation.tier_change.after if worked.evaluation.tier_change is not None else ""
        standing = None
        # As on a receipt: without head office's figures a paper that says "after this bill" would be wrong.
        if not only_presented(shop, worked.account):
            standing = Standing(
                worked.member,
                worked.account.unexpired(day, book.settings),
                worked.account.as_of or claim.at,
                stamps_of(book, worked.account, day),
                tier or (worked.given.late.member.tier if worked.given.late is not None else ""),
            )
        job = claim_copy(shop, tx.facts, as_claimed(bill, claim), standing, job_id, language)
        if job is not None:
            tx.add_print_job(job)
        if before >= CLAIMS_A_DAY:
            shop.audit(
                tx,
                "claimed_many",
                staff_id=claim.staff_id,
                approved_by=claim.approved_by,
                subject_id=claim.id,
                detail=f"bill={bill.id} member={claim.member_id} claim={before + 1}",
                at=claim.at,
            )

    def _job_of(self, claim: BillClaimed) -> str:
        found = self._shop.store.facts.print_jobs(50)
        return next((job.id for job in found if job.subject_id == claim.bill_id and job.copy_number > 0), "")
