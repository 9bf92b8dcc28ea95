"""A printer's trouble in two or three words, for badges and buttons; the sentence with what to do is the reason's."""

from __future__ import annotations

from pos_member.domain.errors import Reason
from pos_member.ui.i18n import language, mark, tr, tr_marked

SHORT = {
    Reason.PRINTER_UNREACHABLE: mark("Not reachable"),
    Reason.PRINTER_PAPER_OUT: mark("Out of paper"),
    Reason.PRINTER_COVER_OPEN: mark("Cover open"),
    Reason.PRINTER_OFFLINE: mark("Offline"),
    Reason.PRINTER_CUTTER: mark("Cutter jammed"),
    Reason.PRINTER_OVERHEATED: mark("Too hot"),
    Reason.PRINTER_BROKEN: mark("Out of order"),
    Reason.PRINTER_PAPER_LOW: mark("Paper nearly used up"),
    Reason.PRINTER_WAITS_FOR_PAPER: mark("Waits for paper"),
    Reason.PRINTER_WAITS_FOR_COVER: mark("Waits for its cover"),
    Reason.PRINTER_CHANGED: mark("Another device answers"),
    Reason.PRINTER_GONE: mark("Unplugged"),
    Reason.PRINTER_HELD: mark("In use elsewhere"),
    Reason.PRINTER_NO_RIGHTS: mark("Not allowed"),
    Reason.PRINTER_HANGS: mark("Driver hangs"),
    Reason.PRINTER_QUEUE_STOPPED: mark("Queue stopped"),
    Reason.PRINTER_QUEUE_FAILED: mark("Queue failed"),
    Reason.PRINTER_WAY_MISSING: mark("Not installed"),
    Reason.PRINTER_NOT_READING: mark("Takes no data"),
    Reason.PRINTER_SILENT: mark("Does not answer"),
    Reason.PRINTER_BROKE_OFF: mark("Broke off"),
    Reason.PRINTER_ADDRESS_INVALID: mark("Wrong address"),
    Reason.PRINTER_MODEL_UNKNOWN: mark("Unknown model"),
}


#: What is noted with a paper or a printer is the reason alone: the sentences that name a queue or a part do without it.
BARE = {
    Reason.PRINTER_QUEUE_STOPPED: mark(
        "The system's print queue is stopped. Start it in the system's printer settings; printing goes on by itself."
    ),
    Reason.PRINTER_QUEUE_FAILED: mark(
        "The system's print queue reports a failure. Look at the paper, then say whether it is all there."
    ),
    Reason.PRINTER_WAY_MISSING: mark(
        "Something is missing on this machine for this kind of connection. Set the printer up again: it says what."
    ),
    Reason.PRINTER_ADDRESS_INVALID: mark("The printer's address is wrong. Set the printer up again and search for it."),
    Reason.PRINTER_MODEL_UNKNOWN: mark("The printer's model is not known. Set the printer up again and choose one."),
    Reason.FILE_NOT_WRITABLE: mark(
        "The file that papers go to cannot be written. Choose another place in the printer's set-up, or close the"
        " program that has it open."
    ),
    Reason.TEMPLATE_INVALID: mark(
        "The template of this paper cannot be used. Go back to the one that comes with the program under Paper"
        " templates, or install the program again."
    ),
}


def sentence(reason: str) -> str:
    """What a ``Reason`` value means and what to do next, where no particulars are known; nothing for an empty one."""
    from pos_member.wording import keys, say

    if reason not in keys("reasons"):
        return ""
    literal = BARE.get(Reason(reason))
    return tr_marked(literal) if literal is not None else say("reasons", reason, language())


def fault(reason: str) -> str:
    """The few words for a ``Reason`` value; general ones for a reason that is not a printer's own."""
    literal = SHORT.get(Reason(reason)) if reason else None
    return tr_marked(literal) if literal is not None else tr("Cannot print")
