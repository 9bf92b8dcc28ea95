"""Print jobs in words: what it is, how it stands, what that rests on, what to do next."""

from __future__ import annotations

from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import Proof
from pos_member.services.ports import PrintJobState
from pos_member.services.print_jobs import ListedJob, in_doubt
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.printer_faults import SHORT, sentence

KINDS = {
    DocumentKind.RECEIPT: mark("Receipt"),
    DocumentKind.COUPON: mark("Coupon"),
    DocumentKind.MEMBER_CARD: mark("Member card"),
    DocumentKind.RETURN: mark("Return slip"),
    DocumentKind.DAY_REPORT: mark("Shift report"),
    DocumentKind.TEST_PAGE: mark("Test page"),
    DocumentKind.ORDER_SLIP: mark("Order slip"),
    DocumentKind.DRAWER: mark("Cash drawer"),
}
#: Word, tone and icon of each state of a paper.
STATES = {
    PrintJobState.QUEUED: (mark("Waits for the printer"), "info", "clock"),
    PrintJobState.BLOCKED: (mark("Cannot print yet"), "warn", "print_off"),
    PrintJobState.SENDING: (mark("Printing"), "info", "print"),
    PrintJobState.SENT: (mark("Sent, asking the printer"), "info", "print"),
    PrintJobState.WAITING_PRINTER: (mark("The printer has it and waits"), "warn", "clock"),
    PrintJobState.CONFIRMED: (mark("Printed"), "good", "good"),
    PrintJobState.UNCONFIRMED: (mark("Is the paper complete?"), "bad", "warn"),
    PrintJobState.UNVERIFIABLE: (mark("Sent; this printer cannot confirm"), "neutral", "print"),
    PrintJobState.SUPERSEDED: (mark("Printed anew"), "neutral", "print"),
    PrintJobState.CANCELLED: (mark("Given up"), "neutral", "close"),
}
#: The drawer's own, where a paper's word would not do.
DRAWER_STATES = {
    PrintJobState.SENDING: (mark("Opening"), "info", "cash"),
    PrintJobState.SENT: (mark("Opening"), "info", "cash"),
    PrintJobState.CONFIRMED: (mark("Opened"), "good", "good"),
    PrintJobState.UNVERIFIABLE: (mark("Told to open"), "neutral", "cash"),
    PrintJobState.UNCONFIRMED: (mark("Perhaps not opened"), "warn", "warn"),
    PrintJobState.CANCELLED: (mark("Not opened"), "neutral", "close"),
}
PROOFS = {
    Proof.PROCESS_ID: mark("The printer confirmed this paper by its own number."),
    Proof.IN_ORDER: mark("The printer confirmed it: it had worked through all of it when it answered."),
    Proof.PERSON: mark("A member of staff saw the paper."),
    Proof.FILE: mark("The file is written completely."),
    Proof.SPOOLER: mark("The system's print queue passed everything on. Nobody can say more than that."),
    Proof.NONE: mark("Everything was sent. This printer cannot say whether it printed."),
}
#: A state that needs an explanation and has no reason of its own.
_NEXT = {
    PrintJobState.QUEUED: mark("It prints by itself as soon as the printer is free. Selling goes on."),
    PrintJobState.SUPERSEDED: mark("A copy was printed in its place; it stands in this list as well."),
    PrintJobState.CANCELLED: mark("A member of staff decided not to print it. It can still be printed."),
}

_OVER = (PrintJobState.SUPERSEDED, PrintJobState.CANCELLED)
_TROUBLES = frozenset(reason.value for reason in SHORT)


def paper(job: ListedJob) -> str:
    """What it is: the kind, and which copy."""
    name = tr_marked(KINDS[job.info.kind])
    copy_number = job.info.copy_number
    return tr("{paper}, copy {number}", paper=name, number=copy_number) if copy_number else name


def state_of(job: ListedJob) -> tuple[str, str, str]:
    """(literal, tone, icon)."""
    if job.info.kind is DocumentKind.DRAWER and job.info.state in DRAWER_STATES:
        return DRAWER_STATES[job.info.state]
    return STATES[job.info.state]


def why(job: ListedJob) -> str:
    """Why it stands as it does, and what to do next; empty where the state says it all."""
    info = job.info
    if info.kind is DocumentKind.DRAWER:
        return _why_of_drawer(job)
    parts = []
    # A printer's trouble is nobody's any more once the paper is given up or printed anew.
    if info.reason and not (info.state in _OVER and info.reason in _TROUBLES):
        parts.append(sentence(info.reason))
    if info.state in (PrintJobState.CONFIRMED, PrintJobState.UNVERIFIABLE):
        parts.append(tr_marked(PROOFS[info.proof]))
    elif not parts and info.state in _NEXT:
        parts.append(tr_marked(_NEXT[info.state]))
    return "\n".join(parts)


def _why_of_drawer(job: ListedJob) -> str:
    """The reasons of papers speak of paper; of a pulse only those that kept it away are worth telling."""
    if job.info.state in (PrintJobState.UNVERIFIABLE, PrintJobState.UNCONFIRMED):
        return tr("The pulse was sent. Whether the drawer opened is seen at the drawer; it is never sent twice.")
    kept_away = job.info.state in (PrintJobState.BLOCKED, PrintJobState.CANCELLED)
    return sentence(job.info.reason) if kept_away else ""


def question(job: ListedJob) -> str:
    """What a person is asked about it; empty where nothing is."""
    if not in_doubt(job.info):
        return ""
    return tr("Look at the printer: did this paper come out, all of it, down to the cut?")
