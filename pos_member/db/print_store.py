"""The print spool as the printers' workers see it. Every ``mark_…`` is durable when it returns.

``SqlPrintStore`` is the till's; ``for_printer`` gives each worker its view: the jobs that are its own, drawers first,
then papers in the order they were made, those of the last minutes before a backlog: whoever stands at the counter does
not wait for the papers of a night. A blocked paper holds those behind it on the same printer (a receipt comes
before its coupon), never a drawer. What waits is measured by a clock that nobody sets (``print_waits``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select, text, update

from pos_member.db import schema as s
from pos_member.db.engine import Database
from pos_member.db.print_waits import FALLBACK_AFTER, RETRY_AFTER, PrintWaits
from pos_member.db.repositories.facts import read_spooled
from pos_member.db.schema_states import OPEN_JOBS
from pos_member.db.values import from_us, to_us
from pos_member.domain.clock import Clock
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import PrinterRole, PrinterSetup, Proof
from pos_member.services.print_ports import IN_FLIGHT, UNTOUCHED, PrintJob, PrintJobState

__all__ = ["FALLBACK_AFTER", "RETRY_AFTER", "PrinterJobs", "SqlPrintStore"]

_j, _t = s.print_job.c, s.paper_template.c
_log = logging.getLogger(__name__)
#: A paper older than this lets newer ones go before it: nobody stands at the counter for it any more.
BACKLOG_AFTER = timedelta(minutes=10)
_DRAWER = DocumentKind.DRAWER.value
_OPEN = (
    select(s.print_job, _t.content)
    .outerjoin(s.paper_template, and_(_t.kind == _j.kind, _t.version == _j.template))
    .where(text(OPEN_JOBS), _j.state.in_([state.value for state in UNTOUCHED]))
)
_PULSES = _OPEN.where(_j.kind == _DRAWER).order_by(_j.number)
_PAPERS = _OPEN.where(_j.kind != _DRAWER).order_by(_j.created_at_us < bindparam("backlog"), _j.number).limit(1)


# Nobody else took it meanwhile, and no person gave it to another printer or called it off.
_CLAIM = (
    "UPDATE print_job SET state = 'sending', reason = ?, payload = ?, printer = ?, proof = 'none',"
    " attempts = attempts + 1, updated_at_us = ?"
    " WHERE id = ? AND printer = ? AND state IN ('queued', 'blocked')"
)
# Nothing was sent, whatever the claim's commit said.
_UNCLAIM = (
    "UPDATE print_job SET state = 'blocked', reason = ?, payload = NULL, printer = ?, updated_at_us = ?"
    " WHERE id = ? AND state = 'sending'"
)
# Told once, not at every try: a printer that is off over night must not write to the disk every two seconds.
_BLOCK = (
    "UPDATE print_job SET attempts = attempts + 1, state = 'blocked', reason = ?, updated_at_us = ?"
    " WHERE id = ? AND (state = 'queued' OR state = 'blocked' AND reason <> ?)"
)
# A paper in doubt keeps what was sent of it; of one that is over only that something was.
_SETTLE_CLAIMED = (
    "UPDATE print_job SET state = ?1, reason = ?2, proof = ?3, updated_at_us = ?4,"
    " payload = CASE WHEN ?1 IN ('confirmed', 'unverifiable') THEN x'' ELSE payload END"
    " WHERE id = ?5 AND state IN ('sending', 'sent', 'waiting_printer')"
)
_SETTLE_UNTOUCHED = (
    "UPDATE print_job SET state = ?, reason = ?, proof = ?, updated_at_us = ?"
    " WHERE id = ? AND state IN ('queued', 'blocked')"
)
_WANTED = "SELECT count(*) FROM print_job WHERE id = ? AND state IN ('sending', 'sent', 'waiting_printer')"
_FLYING = and_(text(OPEN_JOBS), _j.state.in_([state.value for state in IN_FLIGHT]))
# The last paper that a printer was about to get, among the latest: an image left half sent waits for its other half.
_LAST_BEGUN = (
    "SELECT state FROM print_job WHERE printer = ? AND kind <> 'drawer' AND payload IS NOT NULL"
    " AND number > (SELECT coalesce(max(number), 0) - 200 FROM print_job) ORDER BY number DESC LIMIT 1"
)
_TORN = frozenset({"unconfirmed", "superseded", "cancelled"})


def _recover(connection: Connection, now_us: int, *which: ColumnElement[bool]) -> int:
    """What is in flight and ``which`` is unconfirmed now, pulses unverifiable; how many papers."""
    change = update(s.print_job).where(_FLYING, *which).values(updated_at_us=now_us)
    broken = change.values(reason=Reason.PRINTER_BROKE_OFF.value)
    connection.execute(broken.where(_j.kind == _DRAWER).values(state=PrintJobState.UNVERIFIABLE.value))
    papers = broken.where(_j.kind != _DRAWER).values(state=PrintJobState.UNCONFIRMED.value)
    return connection.execute(papers).rowcount


class SqlPrintStore:
    """The till's spool, for all of its printers. Any thread. ``monotonic``: seconds of a clock that nobody sets."""

    def __init__(self, till: Database, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._till = till
        self._clock = clock
        self._waits = PrintWaits(monotonic)

    def for_printer(self, setup: PrinterSetup, all_setups: Sequence[PrinterSetup]) -> PrinterJobs:
        """The jobs of one printer of ``all_setups``. One view for each worker; a view is used by one thread."""
        return PrinterJobs(self._till, self._clock, self._waits, setup, tuple(all_setups))

    def recover_all(self) -> int:
        """Once at start, before any worker: what was in flight when the till stopped, whichever printer had it.

        Papers become unconfirmed (how many is returned), pulses unverifiable; a pulse that was not begun is called
        off: the drawer must not spring open because the till was started.
        """
        now = to_us(self._clock.now())
        late = update(s.print_job).where(
            text(OPEN_JOBS), _j.kind == _DRAWER, _j.state.in_([state.value for state in UNTOUCHED])
        )
        with self._till.write() as connection:
            connection.execute(
                late.values(state=PrintJobState.CANCELLED.value, reason=Reason.DRAWER_TOO_LATE.value, updated_at_us=now)
            )
            return _recover(connection, now)


class PrinterJobs:
    """What ``hardware.printing.worker`` asks of the storage: the jobs of one printer. One thread."""

    def __init__(
        self,
        till: Database,
        clock: Clock,
        waits: PrintWaits,
        setup: PrinterSetup,
        all_setups: tuple[PrinterSetup, ...],
    ) -> None:
        self._till = till
        self._clock = clock
        self._waits = waits
        self._key = setup.key
        setups = all_setups if any(each.key == setup.key for each in all_setups) else (*all_setups, setup)
        self._keys = [each.key for each in setups]
        self._own = _PAPERS.where(_papers_of(setup, setups))
        self._pulses = _PULSES.where(_pulses_of(setup, setups))
        self._others = [
            (each.key, _PAPERS.where(_j.state == "blocked", _papers_of(each, setups)))
            for each in setups
            if each.fallback == setup.key and each.key != setup.key
        ]
        #: job → whose it was when it was offered ("" nobody's own), and whether it comes from a printer that cannot.
        self._offered: dict[str, tuple[str, bool]] = {}
        self._claimed = ""
        self._unsure: tuple[str, str, Reason] | None = None

    def next_job(self) -> PrintJob | None:
        """What is to be sent now: the oldest pulse, else the oldest paper of the last minutes, else of all.

        ``None`` when there is none or it is blocked and not due yet. One that cannot be read is a person's to look at,
        and keeps nothing up.
        """
        self._undo_unsure_claim()
        while (found := self._next_row()) is not None:
            row, waited_s, handed = found
            try:
                return self._offer(row, waited_s, handed=handed)
            except (Refusal, ValueError):
                _log.exception("print job %s cannot be read", row.id)
                state = PrintJobState.CANCELLED if row.kind == _DRAWER else PrintJobState.UNCONFIRMED
                why = (state.value, Reason.PAPER_NOT_DRAWN.value, Proof.NONE.value)
                self._write(_SETTLE_UNTOUCHED, (*why, self._now(), row.id))
        return None

    def _next_row(self) -> tuple[Row[Any], float, bool] | None:
        """The job, how long it has waited (pulses, s), whether it comes from a printer that cannot."""
        backlog = self._now() - BACKLOG_AFTER // timedelta(microseconds=1)
        with self._till.read() as connection:
            pulses = connection.execute(self._pulses).all()
            own = connection.execute(self._own, {"backlog": backlog}).one_or_none()
            stuck = [query for key, query in self._others if self._waits.stuck(key)]
            found = [connection.execute(query, {"backlog": backlog}).one_or_none() for query in stuck]
        ages = self._waits.look(self._key, {row.id: self._age_by_the_wall(row) for row in pulses})
        self._offered.clear()
        for row in pulses:
            if self._due(row):
                return row, ages[row.id], False
        if own is not None and not self._due(own):
            return None
        others = [row for row in found if row is not None and self._waits.due(self._key, row.id)]
        candidates = others + ([own] if own is not None else [])
        candidates.sort(key=lambda row: (row.created_at_us < backlog, int(row.number)))
        if not candidates:
            return None
        return candidates[0], 0.0, candidates[0] is not own

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        """About to send ``payload``, which is kept as it is; False when another took it, or a person called it off or
        gave it to another printer. Raises ``EnvironmentProblem``: then nothing may be sent."""
        before, handed = self._offered.get(job_id, ("", False))
        reason = Reason.PRINTER_FALLBACK.value if handed else ""
        try:
            taken = self._write(_CLAIM, (reason, payload, self._key, self._now(), job_id, before)) == 1
        except EnvironmentProblem as problem:
            self._unsure = (job_id, before, problem.reason)
            raise
        if taken:
            self._claimed = job_id
            self._waits.went_on(self._key)
        return taken

    def mark_sent(self, job_id: str) -> None:
        """Every byte left; the verdict is awaited."""
        self._settle(job_id, PrintJobState.SENT)

    def mark_waiting(self, job_id: str, reason: Reason) -> None:
        """In the middle the printer stopped and keeps the rest: it goes on once a person has seen to it."""
        self._settle(job_id, PrintJobState.WAITING_PRINTER, reason.value)

    def mark_confirmed(self, job_id: str, proof: Proof) -> None:
        """It is printed, and ``proof`` says so. A job that a person settled meanwhile stays as it is."""
        self._settle(job_id, PrintJobState.CONFIRMED, proof=proof)

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        """Every byte left; the device cannot say more."""
        self._settle(job_id, PrintJobState.UNVERIFIABLE, proof=proof)

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        """Some bytes left, or it cannot be drawn: a person decides."""
        self._settle(job_id, PrintJobState.UNCONFIRMED, reason.value)

    def mark_cancelled(self, job_id: str, reason: Reason) -> None:
        """Not begun, and not wanted any more."""
        self._settle(job_id, PrintJobState.CANCELLED, reason.value)

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        """Not one byte left: tried again by itself, and given to the fallback after a while."""
        before, handed = self._offered.get(job_id, ("", False))
        self._waits.blocked(self._key, job_id, own=not handed)
        if job_id == self._claimed:
            self._write(_UNCLAIM, (reason.value, before, self._now(), job_id))
            self._claimed = ""  # not before: a write that fails is tried again
        elif not handed:
            self._write(_BLOCK, (reason.value, self._now(), job_id, reason.value))

    def wanted(self, job_id: str) -> bool:
        """Whether a job in flight still is: nobody called it off, had it printed anew or said that it is there."""
        with self._till.read() as connection:
            return bool(connection.exec_driver_sql(_WANTED, (job_id,)).scalar_one())

    def recover(self) -> int:
        """What this printer had in flight (or a printer that is no more) is unconfirmed now; how many papers may have
        broken off in the middle, the printer's last one of an earlier run among them."""
        self._claimed, self._unsure = "", None
        with self._till.write() as connection:
            found = _recover(connection, self._now(), or_(_j.printer == self._key, _j.printer.not_in(self._keys)))
            last = connection.exec_driver_sql(_LAST_BEGUN, (self._key,)).scalar()
        return max(found, int(last in _TORN))

    def _due(self, row: Row[Any]) -> bool:
        # A person who has it printed now does not wait for the next try.
        return row.state == PrintJobState.QUEUED.value or self._waits.due(self._key, row.id)

    def _offer(self, row: Row[Any], waited_s: float, *, handed: bool) -> PrintJob:
        self._offered[row.id] = (row.printer, handed)
        return PrintJob(
            id=row.id,
            kind=DocumentKind(row.kind),
            document=read_spooled(row.kind, row.document),
            copy_number=row.copy_number,
            role=PrinterRole(row.role),
            attempts=row.attempts,
            template=row.content or "",
            requested_at=from_us(row.created_at_us),
            waited=timedelta(seconds=waited_s),
        )

    def _settle(self, job_id: str, state: PrintJobState, reason: str = "", proof: Proof = Proof.NONE) -> None:
        claimed = job_id == self._claimed
        if not reason and self._offered.get(job_id, ("", False))[1]:
            reason = Reason.PRINTER_FALLBACK.value
        sql = _SETTLE_CLAIMED if claimed else _SETTLE_UNTOUCHED
        self._write(sql, (state.value, reason, proof.value, self._now(), job_id))
        if claimed and state not in IN_FLIGHT:
            self._claimed = ""

    def _undo_unsure_claim(self) -> None:
        if self._unsure is None:
            return
        job_id, before, reason = self._unsure
        self._write(_UNCLAIM, (reason.value, before, self._now(), job_id))
        self._unsure = None

    def _age_by_the_wall(self, row: Row[Any]) -> float:
        return (self._now() - int(row.created_at_us)) / 1_000_000

    def _now(self) -> int:
        return to_us(self._clock.now())

    def _write(self, sql: str, params: tuple[Any, ...]) -> int:
        with self._till.write() as connection:
            return connection.exec_driver_sql(sql, params).rowcount


def _papers_of(setup: PrinterSetup, setups: Sequence[PrinterSetup]) -> ColumnElement[bool]:
    """The papers of a printer: given to it by name, or nobody's by name and of a role that it has.

    A role that nobody has falls to whoever has receipts; where nobody has receipts either, to the first printer.
    """
    roles = set(setup.roles)
    homeless = {role for role in PrinterRole if not any(role in each.roles for each in setups)}
    heir = PrinterRole.RECEIPT in roles or (PrinterRole.RECEIPT in homeless and setup.key == setups[0].key)
    roles |= homeless if heir else set()
    nobodys = _j.printer.not_in([each.key for each in setups])
    return or_(_j.printer == setup.key, and_(nobodys, _j.role.in_([role.value for role in sorted(roles)])))


def _pulses_of(setup: PrinterSetup, setups: Sequence[PrinterSetup]) -> ColumnElement[bool]:
    """The pulses of a printer: given to it by name, else of the first printer with a drawer (or the first of all)."""
    keeper = next((each for each in setups if each.drawer), setups[0])
    if keeper.key != setup.key:
        return _j.printer == setup.key
    return or_(_j.printer == setup.key, _j.printer.not_in([each.key for each in setups]))
