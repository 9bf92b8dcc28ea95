"""One pulse to the cash drawer, and what can be said of it. Never repeated: a drawer must not spring open
when nobody stands before it.
"""

from __future__ import annotations

import time

from pos_member.domain.errors import EnvironmentProblem
from pos_member.domain.printers import Answers, Drawer, PrinterProfile, Proof
from pos_member.hardware.printing.answers import PaperStatus
from pos_member.hardware.printing.sending import Verdict
from pos_member.hardware.printing.status import ASK_PAPER_IN_ORDER, Talk, Timing
from pos_member.services.print_ports import PrintJobState

_UNVERIFIABLE = Verdict(PrintJobState.UNVERIFIABLE)
#: Between two looks at the drawer's sensor.
_LOOK_S = 0.1


def give_pulse(talk: Talk, timing: Timing, pulse: bytes, *, answers: bool) -> Verdict:
    """Send ``pulse`` (``ESC p``) and see what can be learned. Raises what the connection raises for the pulse itself.

    A printer that is off line (no paper, open cover) keeps what waits its turn until it is on line again, and would
    open the drawer then: it gets the pulse that is obeyed at once (``DLE DC4``). Confirmed where the drawer's sensor
    or the printer's answer in its turn says so; else unverifiable: whoever stands there sees the drawer.
    """
    if not answers:
        talk.connection.write(pulse)
        talk.connection.finish()
        return _UNVERIFIABLE
    off_line = talk.condition.online is False
    was_open = talk.condition.drawer is Drawer.OPEN
    talk.connection.write(_at_once(talk.profile) if off_line else pulse)
    if talk.profile.answers is Answers.NO:
        return _UNVERIFIABLE
    try:
        return _seen(talk, timing, off_line=off_line, was_open=was_open)
    except EnvironmentProblem:
        # The pulse left whole; that the printer went away afterwards says nothing of it.
        return _UNVERIFIABLE


def _seen(talk: Talk, timing: Timing, *, off_line: bool, was_open: bool) -> Verdict:
    if not off_line:
        talk.reader.asked_paper()
        talk.connection.write(ASK_PAPER_IN_ORDER)
    look = time.monotonic()
    ends = look + timing.pulse_proof_s
    while (left := ends - time.monotonic()) > 0:
        # Not at once after each answer: a printer that is off line keeps every question in its buffer, and one whose
        # buffer is full reads nothing more, from nobody, until it is on line again.
        if not talk.reader.open_questions and time.monotonic() >= look:
            talk.ask(1)
            look = time.monotonic() + _LOOK_S
        events = talk.listen(min(left, _LOOK_S))
        if any(isinstance(event, PaperStatus) for event in events):
            return Verdict(PrintJobState.CONFIRMED, Proof.IN_ORDER)
        if talk.condition.drawer is Drawer.OPEN and not was_open:
            return Verdict(PrintJobState.CONFIRMED, Proof.IN_ORDER)
    return _UNVERIFIABLE


def _at_once(profile: PrinterProfile) -> bytes:
    """``DLE DC4 1 m t``: the pulse in real time, t in steps of 100 ms."""
    return b"\x10\x14\x01" + bytes((profile.drawer_pin, max(1, min(8, round(profile.drawer_on_ms / 100)))))
