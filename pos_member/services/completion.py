"""From an evaluated draft to the bill that is stored: numbers, entries, coupons, all of it decided in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pos_member.domain.bill import Bill, BillDraft
from pos_member.domain.codes import make_coupon_code, make_receipt_code
from pos_member.domain.coupon import Coupon
from pos_member.domain.coupons_rules import issue
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.lapses import lapse_entries
from pos_member.domain.ledger import OWED_REPAID, EntryContext, earn_entries, redeem_entries
from pos_member.domain.member import Identified
from pos_member.domain.money import vat_included
from pos_member.domain.permission import Session
from pos_member.domain.points import PointEntry
from pos_member.domain.pricing import Evaluation, as_completed
from pos_member.services.context import Book, Shop
from pos_member.services.gather import Gathered
from pos_member.services.member_state import stamps_of
from pos_member.services.paper import vat_rate_bp
from pos_member.services.ports import TillTransaction
from pos_member.services.receipts import Standing
from pos_member.services.recheck import basis_of, grants_of
from pos_member.services.rights import spending_of
from pos_member.services.signed_coupons import signed_form
from pos_member.services.tendering import Settlement

#: Ways of recognising a member that prove little: points spent after them are worth a look.
WEAK_IDENTIFICATION = frozenset({Identified.PHONE_TYPED, Identified.SEARCH})
CODE_TRIES_MAX = 8


@dataclass(frozen=True)
class Plan:
    """All that is fixed before the transaction begins, ids included, so that a second attempt writes the same bill."""

    draft: BillDraft
    session: Session
    settlement: Settlement
    at: datetime
    book: Book
    coupons: tuple[Coupon, ...]
    #: What the paper of each coupon bears as its code to scan; empty for its plain code.
    signed_forms: tuple[str, ...]
    job_ids: tuple[str, ...]


class Completion:
    """Builds the stored bill. Writing it stays with ``Checkout``."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def plan(
        self,
        draft: BillDraft,
        session: Session,
        evaluation: Evaluation,
        settlement: Settlement,
        at: datetime,
        member_number: str = "",
    ) -> Plan:
        """Fix ids and coupons, and sign those that are signed: nothing of it needs the write lock.

        ``member_number`` is said in the signed form of personal coupons.
        """
        context, book = self._shop.context, self._shop.book()
        count = sum(due.count for due in evaluation.coupons_to_issue)
        codes: list[str] = []
        while len(codes) < count:
            codes.append(self._new_code(codes))
        coupons = _issued(book, draft, evaluation, codes, at)
        definitions = book.definitions
        signed = (signed_form(self._shop, each, definitions[each.definition_id], member_number) for each in coupons)
        return Plan(
            draft=draft,
            session=session,
            settlement=settlement,
            at=at,
            book=book,
            coupons=coupons,
            signed_forms=tuple(signed),
            job_ids=tuple(context.new_id() for _ in range(1 + count)),
        )

    def bill(
        self, tx: TillTransaction, plan: Plan, gathered: Gathered, evaluation: Evaluation
    ) -> tuple[Bill, Standing | None]:
        """The bill with its number, and the member's points just before it, where they are known here."""
        book, draft, settlement = plan.book, plan.draft, plan.settlement
        counter = tx.next_counter("bill")
        shift = tx.facts.open_shift()
        bill = Bill(
            id=draft.id,
            number=f"{book.branch.code}{book.identity.number:02d}-{counter:06d}",
            receipt_code=make_receipt_code(book.identity.number, counter),
            till_id=book.identity.id,
            branch_id=book.branch.id,
            staff_id=plan.session.staff.id,
            shift_id=None if shift is None else shift.id,
            member_id=draft.member_id,
            identified=draft.identified if draft.member_id is not None else None,
            opened_at=draft.opened_at,
            completed_at=plan.at,
            business_date=book.day(plan.at),
            lines=tuple(as_completed(*pair) for pair in zip(draft.lines, evaluation.lines, strict=True)),
            discounts=evaluation.discounts,
            tenders=settlement.tenders,
            gross_satang=evaluation.gross_satang,
            discount_satang=evaluation.discount_satang,
            total_satang=settlement.total_satang,
            cash_rounding_satang=settlement.rounding_satang,
            change_satang=settlement.change_satang,
            vat_satang=vat_included(settlement.total_satang, vat_rate_bp(book)),
            points_earned=evaluation.points_earned,
            points_redeemed=evaluation.points_redeemed,
            point_entries=self._entries(plan, gathered, evaluation),
            coupons_issued=plan.coupons,
            coupons_used=evaluation.coupons_used,
            tallies=evaluation.tallies,
            grants=grants_of(evaluation.coupons_to_issue, tuple(coupon.code for coupon in plan.coupons)),
            tier_change=evaluation.tier_change,
            basis=basis_of(gathered.bill, book.rules),
            qualifying_satang=evaluation.qualifying_satang,
            spending=spending_of(self._shop, gathered.standing, gathered.uncertain, evaluation, plan.at),
        )
        standing = None
        # Without head office's figures a paper that says "after this bill" would be wrong.
        if gathered.member is not None and gathered.account is not None and not gathered.presented:
            points = gathered.account.unexpired(bill.business_date, book.settings)
            standing = Standing(
                gathered.member,
                points,
                gathered.account.as_of or plan.at,
                stamps_of(book, gathered.account, bill.business_date),
                _tier_after(gathered, evaluation),
            )
        return bill, standing

    def audit(self, tx: TillTransaction, bill: Bill) -> None:
        """Points and stamps spent on the strength of a typed phone or a search are recorded for the manager."""
        spent = sum(discount.points for discount in bill.discounts)
        if spent and bill.identified in WEAK_IDENTIFICATION:
            self._shop.audit(
                tx,
                "redeemed_weak_identification",
                staff_id=bill.staff_id,
                subject_id=bill.id,
                detail=f"identified={bill.identified} points={spent}",
                at=bill.completed_at,
            )

    def _new_code(self, taken: list[str]) -> str:
        """A coupon code this till has not seen. The chance of a repeat is 1 : 10⁷ at a million coupons: look anyway."""
        for _ in range(CODE_TRIES_MAX):
            code = make_coupon_code(self._shop.context.random_below)
            if code not in taken and self._shop.store.coupons.by_code(code) is None:
                return code
        raise RuntimeError("the random source repeats itself")

    def _entries(self, plan: Plan, gathered: Gathered, evaluation: Evaluation) -> tuple[PointEntry, ...]:
        """What inactivity had ended, then redeemed, then earned: this bill must not bring the ended back to life.

        Raises ``Refusal(BILL_CHANGED)`` when the lots no longer hold what is spent.
        """
        if gathered.member is None or gathered.account is None:
            return ()
        book = plan.book
        context = EntryContext(
            member_id=gathered.member.id,
            bill_id=plan.draft.id,
            staff_id=plan.session.staff.id,
            till_id=book.identity.id,
            at=plan.at,
            business_date=book.day(plan.at),
            new_id=self._shop.context.new_id,
        )
        spent = [(d.program_id or "", d.points, d.currency) for d in evaluation.discounts if d.points]
        try:
            redeemed = redeem_entries(spent, gathered.account, context, book.settings)
        except Refusal:
            raise Refusal(Reason.BILL_CHANGED) from None
        account = gathered.account
        lapsed = lapse_entries(account, context.business_date, context, book.settings)
        earned = earn_entries(evaluation.earns, book.settings, context, account.owed, account.owed_stamps)
        return (*lapsed, *redeemed, *earned)


def _issued(
    book: Book, draft: BillDraft, evaluation: Evaluation, codes: Sequence[str], at: datetime
) -> tuple[Coupon, ...]:
    """The coupons that the bill gives, one for each code."""
    owed = [due for due in evaluation.coupons_to_issue for _ in range(due.count)]
    issued = []
    for due, code in zip(owed, codes, strict=True):
        coupon = issue(
            book.definitions[due.definition_id],
            code=code,
            member_id=draft.member_id,
            bill_id=draft.id,
            till_id=book.identity.id,
            branch_id=book.branch.id,
            at=at,
            today=book.day(at),
        )
        issued.append(replace(coupon, program_id=due.program_id))
    return tuple(issued)


def settle_owed(tx: TillTransaction, entries: Iterable[PointEntry], seq: int) -> None:
    """Take what ``entries`` of event ``seq`` repaid off the members' debts, of points and of stamps."""
    repaid: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.reason == OWED_REPAID:
            repaid[entry.member_id, entry.currency] += entry.points
    for (member_id, currency), points in repaid.items():
        tx.add_owed(member_id, points, seq, currency)


def _tier_after(gathered: Gathered, evaluation: Evaluation) -> str:
    """The tier held from this bill on."""
    if evaluation.tier_change is not None:
        return evaluation.tier_change.after
    return "" if gathered.bill.member is None else gathered.bill.member.tier
