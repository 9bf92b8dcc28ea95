"""The spool's words: a print job's states, what goes in, what the worker takes, what the window lists.

The way between the states is drawn in ``docs/printing.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pos_member.domain.documents import DocumentKind, Spooled
from pos_member.domain.printers import PrinterRole, Proof


class PrintJobState(StrEnum):
    """Where a print job stands."""

    QUEUED = "queued"
    BLOCKED = "blocked"  # not one byte was sent; tried again by itself
    SENDING = "sending"
    SENT = "sent"  # every byte left, the printer is still being asked
    WAITING_PRINTER = "waiting_printer"  # paper ran out in the middle: the printer keeps the rest and goes on
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"  # something left and then went wrong: a person decides
    UNVERIFIABLE = "unverifiable"  # every byte left, the device cannot say more
    SUPERSEDED = "superseded"  # a person had it printed anew; ``replaced_by`` names the new job
    CANCELLED = "cancelled"


#: Being sent or asked about: found so at start, it becomes unconfirmed.
IN_FLIGHT = frozenset({PrintJobState.SENDING, PrintJobState.SENT, PrintJobState.WAITING_PRINTER})
#: Not one byte of these has left: they may be sent by any printer, any time.
UNTOUCHED = frozenset({PrintJobState.QUEUED, PrintJobState.BLOCKED})
#: Over, unless a person wants a copy.
SETTLED = frozenset(
    {PrintJobState.CONFIRMED, PrintJobState.UNVERIFIABLE, PrintJobState.SUPERSEDED, PrintJobState.CANCELLED}
)


@dataclass(frozen=True)
class NewPrintJob:
    """A paper to print, inserted in the transaction of the act it belongs to.

    ``printer``: the key of one printer, or "" for whoever has the kind's role. ``replaces``: the job that this one
    prints anew.
    """

    id: str
    kind: DocumentKind
    document: Spooled
    subject_id: str
    copy_number: int = 0
    printer: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class PrintJob:
    """A paper as the printer's worker takes it.

    ``attempts``: earlier ones; ``template``: the JSON of the template it is drawn by, "" for the one that comes with
    the product; ``requested_at``: when the act happened; ``waited``: how long ago that was by a clock that nobody
    sets, told of a drawer's pulse only (one that comes late is not given).
    """

    id: str
    kind: DocumentKind
    document: Spooled
    copy_number: int = 0
    role: PrinterRole = PrinterRole.RECEIPT
    attempts: int = 0
    template: str = ""
    requested_at: datetime | None = None
    waited: timedelta = timedelta(0)


@dataclass(frozen=True)
class PrintJobInfo:
    """A print job as the window lists it.

    ``reason`` is a ``Reason`` value or empty; ``printer`` the key of the printer that has it or had it, "" while none
    has; ``proof`` what its verdict rests on; ``replaced_by`` the job that prints it anew, or empty; ``begun``: it was
    once about to be sent, so some of it may stand on paper unless it is ``UNTOUCHED``; ``template`` the version of the
    shop's own template that it is drawn by, 0 for the one that comes with the product.
    """

    id: str
    kind: DocumentKind
    subject_id: str
    state: PrintJobState
    reason: str
    copy_number: int
    attempts: int
    created_at: datetime
    updated_at: datetime
    printer: str = ""
    proof: Proof = Proof.NONE
    replaced_by: str = ""
    begun: bool = False
    template: int = 0


@dataclass(frozen=True)
class PaperTemplate:
    """A template as a shop changed it: version 1, 2, … per kind; ``content`` is JSON as in ``resources/receipts``."""

    kind: DocumentKind
    version: int
    content: str
    saved_at: datetime
    staff_id: str
