"""The cash drawer: one pulse per act that moves cash, in the act's own transaction; or because a person may.

A pulse is a print job without paper: journaled, taken before the papers, never repeated, and not given late.
"""

from __future__ import annotations

from datetime import datetime

from pos_member.domain.bill import Bill, BillReturn, TenderKind
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.ports import NewPrintJob, TillTransaction

SALE, RETURN, SHIFT, PERSON = "sale", "return", "shift", "person"


def moves_cash(act: Bill | BillReturn) -> bool:
    """Whether money goes into the drawer or out of it."""
    if isinstance(act, BillReturn):
        return act.tender is TenderKind.CASH and act.refund_satang > 0
    cash = any(tender.kind is TenderKind.CASH and tender.amount_satang > 0 for tender in act.tenders)
    return cash or act.change_satang > 0


def pulse(shop: Shop, tx: TillTransaction, opened_for: str, subject_id: str, at: datetime) -> str:
    """Add the pulse to the act's transaction, before its papers, where there is a drawer. The job's id, or empty."""
    if not shop.context.has_drawer():
        return ""
    job_id = shop.context.new_id()
    tx.add_print_job(NewPrintJob(job_id, DocumentKind.DRAWER, DrawerDocument(opened_for, at), subject_id))
    return job_id


class CashDrawer:
    """The drawer without a sale: somebody answers for it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def present(self) -> bool:
        """Whether a drawer is set up."""
        return self._shop.context.has_drawer()

    @one_book
    def open_drawer(self, session: Session, approver: Session | None = None) -> str:
        """Open it now; the id of the job. Raises ``Refusal(NOT_PERMITTED | OVERRIDE_SELF | DRAWER_NONE)``."""
        responsible = self._shop.require(session, Permission.OPEN_DRAWER, approver)
        shop = self._shop
        if not self.present():
            raise Refusal(Reason.DRAWER_NONE)
        with shop.store.transaction() as tx:
            at = shop.now()
            job_id = pulse(shop, tx, PERSON, session.staff.id, at)
            shop.audit(
                tx,
                "drawer_opened",
                staff_id=session.staff.id,
                approved_by=responsible.id,
                subject_id=job_id,
                at=at,
            )
        return job_id
