"""The print spool as the printer's worker sees it. Every ``mark_…`` is durable when it returns.

Jobs go out in the order they were made. A blocked one is due again after a short while and holds those behind it:
they go to the same printer, and a receipt comes before its coupon.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from pos_member.db import schema as s
from pos_member.db.engine import Database
from pos_member.db.repositories.facts import read_spooled
from pos_member.db.values import to_us
from pos_member.domain.clock import Clock
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason
from pos_member.domain.printers import PrinterRole
from pos_member.services.print_ports import PrintJob, PrintJobState

RETRY_AFTER = timedelta(seconds=2)
_j = s.print_job.c
_NEXT = (
    select(s.print_job)
    .where(_j.state.in_((PrintJobState.QUEUED.value, PrintJobState.BLOCKED.value)))
    .order_by(_j.number)
    .limit(1)
)
_SENDING = (
    "UPDATE print_job SET state = 'sending', reason = '', payload = ?, attempts = attempts + 1, updated_at_us = ?"
    " WHERE id = ?"
)
# Blocked before the first byte counts as an attempt, unless "sending" counted it already.
_BLOCKED = (
    "UPDATE print_job SET attempts = attempts + (state <> 'sending'), state = 'blocked', reason = ?, updated_at_us = ?"
    " WHERE id = ? AND state <> 'cancelled'"
)
_STATE = "UPDATE print_job SET state = ?, reason = ?, updated_at_us = ? WHERE id = ?"
_RECOVER = "UPDATE print_job SET state = 'unconfirmed', reason = ?, updated_at_us = ? WHERE state = 'sending'"


class SqlPrintStore:
    """What ``hardware.printing.worker`` asks of the storage. One worker per printer, on one thread."""

    def __init__(self, till: Database, clock: Clock) -> None:
        self._till = till
        self._clock = clock

    def next_job(self) -> PrintJob | None:
        """The oldest job that waits, or ``None`` when there is none or it is blocked and not due yet."""
        with self._till.read() as connection:
            row = connection.execute(_NEXT).one_or_none()
        if row is None or (row.state == PrintJobState.BLOCKED.value and not self._due(row.updated_at_us)):
            return None
        return _job_of(row)

    def mark_sending(self, job_id: str, payload: bytes) -> None:
        """About to send ``payload``, which is kept as it is."""
        self._set(_SENDING, (payload, self._now(), job_id))

    def mark_sent(self, job_id: str) -> None:
        """Every byte left; the device cannot say more."""
        self._set(_STATE, (PrintJobState.UNVERIFIABLE.value, "", self._now(), job_id))

    def mark_confirmed(self, job_id: str) -> None:
        """The device says that it is printed."""
        self._set(_STATE, (PrintJobState.CONFIRMED.value, "", self._now(), job_id))

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        """Not one byte left: tried again by itself. A job cancelled meanwhile stays cancelled."""
        self._set(_BLOCKED, (reason.value, self._now(), job_id))

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        """Some bytes left: a person decides."""
        self._set(_STATE, (PrintJobState.UNCONFIRMED.value, reason.value, self._now(), job_id))

    def recover(self) -> int:
        """Everything that was being sent becomes unconfirmed; how many."""
        with self._till.write() as connection:
            return connection.exec_driver_sql(_RECOVER, (Reason.PRINTER_BROKE_OFF.value, self._now())).rowcount

    def _due(self, updated_at_us: int) -> bool:
        # A clock set back must not hold the printer for the length of the jump.
        waited = self._now() - updated_at_us
        return waited < 0 or waited >= RETRY_AFTER // timedelta(microseconds=1)

    def _now(self) -> int:
        return to_us(self._clock.now())

    def _set(self, sql: str, params: tuple[Any, ...]) -> None:
        with self._till.write() as connection:
            connection.exec_driver_sql(sql, params)


def _job_of(row: Row[Any]) -> PrintJob:
    kind = DocumentKind(row.kind)
    return PrintJob(
        id=row.id,
        kind=kind,
        document=read_spooled(row.kind, row.document),
        copy_number=row.copy_number,
        role=PrinterRole(row.role),
        attempts=row.attempts,
    )
