"""Work on the till's printers that somebody answers for: which ones there are, and the drawer opened to try it.

The devices and the settings file are others': they are handed in as ``keep``, and nothing of it happens unrecorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.domain.printers import PrinterSetup
from pos_member.services.context import Shop, one_book

#: Characters of an address in the record.
_ADDRESS_MAX = 80


class PrinterDesk:
    """Both acts raise ``Refusal(NOT_PERMITTED | OVERRIDE_SELF | NOT_SIGNED_IN)``."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def keep(
        self,
        session: Session,
        setups: Sequence[PrinterSetup],
        keep: Callable[[], None],
        approver: Session | None = None,
    ) -> None:
        """The till prints by ``setups`` from now on, and the record says who decided it. What ``keep`` raises passes
        through, with nothing recorded."""
        responsible = self._shop.require(session, Permission.MANAGE_TILL, approver)
        where = " ".join(f"{each.key}={each.address[:_ADDRESS_MAX]}" for each in setups)
        with self._shop.store.transaction() as tx:
            self._shop.audit(
                tx, "printers_changed", staff_id=session.staff.id, approved_by=responsible.id, detail=where or "-"
            )
            keep()

    @one_book
    def try_drawer(self, session: Session, setup: PrinterSetup, approver: Session | None = None) -> None:
        """Somebody is about to open the drawer while a printer is set up: as much an open drawer as any other.

        Recorded before the pulse. Raises also ``Refusal(DRAWER_PRACTICE)``: practice has no record that counts.
        """
        responsible = self._shop.require(session, Permission.OPEN_DRAWER, approver)
        if self._shop.context.practice:
            raise Refusal(Reason.DRAWER_PRACTICE)
        with self._shop.store.transaction() as tx:
            self._shop.audit(
                tx,
                "drawer_tried",
                staff_id=session.staff.id,
                approved_by=responsible.id,
                detail=f"printer={setup.key} address={setup.address[:_ADDRESS_MAX]}",
            )
