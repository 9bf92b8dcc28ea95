"""Work on the till's line to head office that somebody answers for: how much of it may be used, and what is carried.

The settings file and the files on a stick are others': they are handed in as callables, and nothing of it happens
unrecorded.
"""

from __future__ import annotations

from collections.abc import Callable

from pos_member.domain.line_setup import LineSetup
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book


class LineDesk:
    """Every act raises ``Refusal(NOT_PERMITTED | NOT_SIGNED_IN)`` before anything happens."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def keep(self, session: Session, setup: LineSetup, keep: Callable[[], None]) -> None:
        """The till uses the line by ``setup`` from now on. What ``keep`` raises passes through, nothing recorded."""
        night = f"{setup.night_from}-{setup.night_to}" if setup.night_from else "-"
        detail = f"up={setup.upload_kbit} down={setup.download_kbit} night={night} large={setup.large_mb}"
        responsible = self._shop.require(session, Permission.MANAGE_TILL)
        with self._shop.store.transaction() as tx:
            self._shop.audit(tx, "line_changed", staff_id=responsible.id, detail=detail)
            keep()

    @one_book
    def carry_out(self, session: Session) -> None:
        """What waits is about to leave this till on a stick: members among it. Recorded before, and on the stick."""
        self._record(session, "carry_exported", "")

    @one_book
    def carry_in(self, session: Session) -> None:
        """Somebody is about to take in head office's answer. Raises only; ``carried_in`` records."""
        self._shop.require(session, Permission.MANAGE_TILL)

    @one_book
    def carried_in(self, session: Session, acked: int, changes: int) -> None:
        """The answer is in: what head office holds by now, and how many changes came."""
        self._record(session, "carry_imported", f"acked={acked} changes={changes}")

    def _record(self, session: Session, act: str, detail: str) -> None:
        responsible = self._shop.require(session, Permission.MANAGE_TILL)
        with self._shop.store.transaction() as tx:
            self._shop.audit(tx, act, staff_id=responsible.id, detail=detail)
