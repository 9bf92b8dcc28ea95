"""The coupon desk: what has become of a coupon, taking one out of use, and its paper again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pos_member.domain.coupon import USABLE, Coupon, CouponDefinition, CouponEventKind, CouponState
from pos_member.domain.documents import CouponDocument, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import CouponCancelled, EventKind
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.durable import durably
from pos_member.services.gather import holders, reserved_by
from pos_member.services.lookup import coupon_view, last_day, masked
from pos_member.services.ports import Facts, NewPrintJob, TillTransaction
from pos_member.services.receipts import coupon_of
from pos_member.services.signed_coupons import plain_coupon_code, signed_form
from pos_member.services.texts import note_text
from pos_member.services.views import CouponView

_OVER = {
    CouponState.REDEEMED: Reason.COUPON_USED,
    CouponState.CANCELLED: Reason.COUPON_CANCELLED,
    CouponState.VOIDED_BY_RETURN: Reason.COUPON_VOIDED,
    CouponState.EXPIRED: Reason.COUPON_EXPIRED,
}


@dataclass(frozen=True)
class CouponStep:
    """One thing that happened to a coupon. ``bill_number`` is empty for a bill of another till, or none.

    ``reason`` is what was said when it was cancelled here, while the queue keeps that event.
    """

    event: CouponEventKind
    at: datetime
    bill_id: str | None
    bill_number: str
    reason: str = ""


@dataclass(frozen=True)
class CouponLife:
    """A coupon with its whole life, as this till knows it.

    ``state`` is the one of today: EXPIRED after its last day, RESERVED while another bill that is open or set aside
    here (``held_by``) has it. ``member_masked``: name or number of its member, or empty. ``steps``: what happened at
    this till, oldest first; a coupon of another till begins with its issue, told by head office.
    """

    coupon: Coupon
    view: CouponView
    state: CouponState
    issued_at: datetime
    issued_bill_number: str
    issued_here: bool
    program_name_th: str
    program_name_en: str
    member_masked: str
    steps: tuple[CouponStep, ...]
    held_by: str | None
    copies: int
    may_cancel: bool


class CouponDesk:
    """Coupons looked at one by one. Selling with them is ``Redemption``."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def find(self, code: str) -> CouponLife:
        """The coupon of a code as scanned or typed.

        Raises ``Refusal(CODE_MISTYPED | CODE_FOREIGN | COUPON_UNKNOWN)``; COUPON_UNKNOWN also for one whose definition
        head office has not sent yet.
        """
        coupon, definition = self._known(code)
        return self._life(coupon, definition)

    @one_book
    def cancel(self, session: Session, code: str, reason: str, approver: Session | None = None) -> CouponLife:
        """Take a coupon out of use for good; at another till it counts once head office has told.

        Raises ``Refusal``: NOT_PERMITTED, OVERRIDE_SELF, REASON_REQUIRED, CODE_MISTYPED, CODE_FOREIGN, COUPON_UNKNOWN,
        COUPON_USED, COUPON_CANCELLED, COUPON_VOIDED, COUPON_EXPIRED, COUPON_RESERVED; ``EnvironmentProblem`` with
        nothing written.
        """
        responsible = self._shop.require(session, Permission.CANCEL_COUPON, approver)
        shop = self._shop
        note = note_text(reason, required=True)
        coupon, definition = self._known(code)
        at, event_id = shop.now(), shop.context.new_id()

        def work(tx: TillTransaction) -> bool:
            # Read under the write lock: a bill may have used it, or laid hands on it, in between.
            now = tx.coupon(coupon.code) or coupon
            self._refuse_over(now, definition, tx.facts)
            fact = CouponCancelled(now.code, responsible.id, note, at)
            seq = tx.announce(EventKind.COUPON_CANCELLED, event_id, fact)
            tx.set_coupon(now, CouponEventKind.CANCELLED, at, None, seq)
            shop.audit(
                tx,
                "coupon_cancelled",
                staff_id=session.staff.id,
                approved_by=responsible.id,
                subject_id=now.code,
                detail=f"definition={now.definition_id}",
                at=at,
            )
            return True

        durably(shop.store, work, lambda: shop.store.has_event(event_id) or None)
        return self.find(coupon.code)

    @one_book
    def reprint(self, session: Session, code: str, language: str = "th") -> str:
        """Queue the paper of a coupon again, with the same code and the next copy number; the id of the job.

        The copy is what the first print said; of a coupon that was not printed here a paper is made. Raises
        ``Refusal``: NOT_PERMITTED, and as ``cancel`` for a coupon that is no longer good: its paper would mislead.
        """
        self._shop.require(session, Permission.REPRINT)
        shop = self._shop
        coupon, definition = self._known(code)
        job_id = shop.context.new_id()
        with shop.store.transaction() as tx:
            now = tx.coupon(coupon.code) or coupon
            if self._state(now, definition, None) in _OVER:
                self._refuse_over(now, definition, tx.facts)
            subject = now.issued_bill_id or now.code
            copy_number = tx.facts.copies(subject, DocumentKind.COUPON) + 1
            paper = self._paper(tx.facts, subject, now.code)
            if paper is None:
                number = self._bill_number(now)
                signed = signed_form(shop, now, definition, self._member_number(now))
                paper = coupon_of(shop, now, definition, session.staff.id, number, language, signed)
            paper = replace(paper, copy_number=copy_number)
            tx.add_print_job(NewPrintJob(job_id, DocumentKind.COUPON, paper, subject, copy_number))
            shop.audit(
                tx,
                "reprint",
                staff_id=session.staff.id,
                subject_id=subject,
                detail=f"kind={DocumentKind.COUPON} copy={copy_number} papers=1",
            )
        return job_id

    def _known(self, code: str) -> tuple[Coupon, CouponDefinition]:
        coupon = self._shop.store.coupons.by_code(plain_coupon_code(self._shop, code))
        definition = self._shop.book().definitions.get(coupon.definition_id) if coupon is not None else None
        if coupon is None or definition is None:
            raise Refusal(Reason.COUPON_UNKNOWN)
        return coupon, definition

    def _life(self, coupon: Coupon, definition: CouponDefinition) -> CouponLife:
        shop = self._shop
        facts = shop.store.facts
        holder = holders(facts, "").get(coupon.code)
        state = self._state(coupon, definition, None if holder is None else holder.id)
        program = next((each for each in shop.book().programs if each.id == coupon.program_id), None)
        return CouponLife(
            coupon=coupon,
            view=coupon_view(coupon, definition, shop, shop.today()),
            state=state,
            issued_at=coupon.issued_at,
            issued_bill_number=self._bill_number(coupon),
            issued_here=coupon.issued_till_id == shop.book().identity.id,
            program_name_th="" if program is None else program.name_th,
            program_name_en="" if program is None else program.name_en,
            member_masked=self._member(coupon),
            steps=self._steps(coupon),
            held_by=None if holder is None else holder.id,
            copies=facts.copies(coupon.issued_bill_id or coupon.code, DocumentKind.COUPON),
            may_cancel=state in USABLE,
        )

    def _state(self, coupon: Coupon, definition: CouponDefinition, holder_id: str | None) -> CouponState:
        if coupon.state not in USABLE:
            return coupon.state
        if self._shop.today() > last_day(coupon, definition):
            return CouponState.EXPIRED
        return CouponState.RESERVED if holder_id is not None else coupon.state

    def _refuse_over(self, coupon: Coupon, definition: CouponDefinition, facts: Facts) -> None:
        """Raise why a coupon is not there to be taken away or printed."""
        holder = holders(facts, "").get(coupon.code)
        state = self._state(coupon, definition, None if holder is None else holder.id)
        if holder is not None and state is CouponState.RESERVED:
            raise reserved_by(self._shop, holder)
        if state not in USABLE:
            raise Refusal(_OVER.get(state, Reason.COUPON_RESERVED), valid_to=last_day(coupon, definition))

    def _steps(self, coupon: Coupon) -> tuple[CouponStep, ...]:
        facts = self._shop.store.facts
        steps = []
        for row in facts.coupon_events(coupon.code):
            told = facts.coupon_cancelled(row.seq) if row.event is CouponEventKind.CANCELLED else None
            reason = "" if told is None else told.reason
            steps.append(CouponStep(row.event, row.at, row.bill_id, self._number_of(row.bill_id), reason))
        if not steps or steps[0].event is not CouponEventKind.ISSUED:
            issued = CouponStep(CouponEventKind.ISSUED, coupon.issued_at, coupon.issued_bill_id, "")
            steps.insert(0, issued)
        return tuple(steps)

    def _number_of(self, bill_id: str | None) -> str:
        bill = self._shop.store.facts.bill(bill_id) if bill_id is not None else None
        return "" if bill is None else bill.number

    def _bill_number(self, coupon: Coupon) -> str:
        return self._number_of(coupon.issued_bill_id)

    def _member(self, coupon: Coupon) -> str:
        if coupon.member_id is None:
            return ""
        member = self._shop.store.members.by_id(coupon.member_id)
        return "" if member is None else masked(member)

    def _member_number(self, coupon: Coupon) -> str:
        member = self._shop.store.members.by_id(coupon.member_id) if coupon.member_id is not None else None
        return "" if member is None else member.number

    @staticmethod
    def _paper(facts: Facts, subject: str, code: str) -> CouponDocument | None:
        """The coupon's first print here."""
        for _, paper in facts.documents_of(subject):
            if isinstance(paper, CouponDocument) and paper.code == code:
                return paper
        return None
