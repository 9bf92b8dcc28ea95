"""Asking a printer who it is and how it stands, without printing: for set-up, the command line and the doctor.

Real-time questions come first: they are answered whatever the state of the printer. Questions that wait their turn in
its buffer (``GS I``, ``GS a``) are asked only of a device that answered those and is on line: elsewhere they would stay
in the buffer, or be printed as letters. At the end ``ESC @`` throws away what a poor clone took for letters. ``GS ( H``
is asked of known models alone.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import Answers, Drawer, DrawerSensor, Paper, PrinterCondition, Probe
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.answers import ProcessDone
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.encoder import INITIALISE
from pos_member.hardware.printing.profile import GENERIC_80, guess, models
from pos_member.hardware.printing.status import AUTOMATIC_OFF, Identity, Talk, read_identity
from pos_member.hardware.printing.tcp import TcpTransport
from pos_member.hardware.printing.transports import Connection, Transport

#: The whole of it, connecting included.
TIMEOUT_S = 3.0
#: A device that answers at all answers the first question within this; the others within the shorter one.
_FIRST_S, _NEXT_S = 0.8, 0.4
_CONNECT_S = 1.5
#: Why a device whose answers were not understood to the end is reachable all the same.
_TALK_BROKE = frozenset({Reason.PRINTER_BROKE_OFF, Reason.PRINTER_NOT_READING, Reason.PRINTER_GONE})

#: Kept back of the whole time, for the last command.
_LEAVE_S = 0.15

_IDENTITY_S = 0.8
#: No character of it has the marks of a status byte.
_NUMBER = "9531"
#: How the drawer is wired is not known here: with this sensor "open" reads as "the level is high".
_ASKED_AS = replace(GENERIC_80, drawer_sensor=DrawerSensor.HIGH_IS_OPEN)


def probe(address: str, timeout_s: float = TIMEOUT_S, hint: str = "") -> Probe:
    """Ask the device at ``address`` who and how it is, within ``timeout_s``; nothing comes out on paper.

    ``hint``: a key of the known models, believed where the device says nothing of itself. Raises
    ``Refusal(PRINTER_ADDRESS_INVALID)``; everything else is told in the answer.
    """
    return probe_transport(parse(address), address, timeout_s, hint)


def probe_transport(transport: Transport, address: str, timeout_s: float = TIMEOUT_S, hint: str = "") -> Probe:
    """As ``probe``, by a way that is already known."""
    ends = time.monotonic() + timeout_s
    if isinstance(transport, TcpTransport):
        transport = replace(
            transport, connect_timeout_s=min(_CONNECT_S, timeout_s / 2), stall_timeout_s=1.0, total_timeout_s=timeout_s
        )
    found = _Found(hint=hint, can_answer=transport.can_answer)
    try:
        call_within(timeout_s, lambda: _visit(transport, found, ends), address)
    except EnvironmentProblem as problem:
        # What was learned before it broke off stays: half an answer is better than none.
        found.reason = problem.reason.value
        found.params = {name: str(value) for name, value in problem.params.items()}
        if found.connected and problem.reason in _TALK_BROKE:
            # Their sentences speak of a paper; here nothing was printed.
            found.reason = "" if found.heard else Reason.PRINTER_UNREACHABLE.value
    except Refusal as refusal:
        found.reason = refusal.reason.value
        found.params = {name: str(value) for name, value in refusal.params.items()}
    return found.told(address)


def troubles_of(condition: PrinterCondition) -> tuple[Reason, ...]:
    """What keeps a printer from printing, what wants a hand most first; a roll that runs low comes last."""
    found = [
        reason
        for reason, there in (
            (Reason.PRINTER_BROKEN, condition.unrecoverable),
            (Reason.PRINTER_CUTTER, condition.cutter_error),
            (Reason.PRINTER_COVER_OPEN, condition.cover_open),
            (Reason.PRINTER_PAPER_OUT, condition.paper is Paper.OUT),
            (Reason.PRINTER_OVERHEATED, condition.overheated),
        )
        if there
    ]
    if not found and condition.online is False:
        found.append(Reason.PRINTER_OFFLINE)
    if condition.paper is Paper.NEAR_END:
        found.append(Reason.PRINTER_PAPER_LOW)
    return tuple(found)


def drawer_sensor(high_when_closed: bool | None, high_when_open: bool | None) -> DrawerSensor:
    """How a drawer's sensor is wired, from two probes: one with the drawer shut, one with it open."""
    if high_when_closed is None or high_when_open is None or high_when_closed is high_when_open:
        return DrawerSensor.NONE
    return DrawerSensor.HIGH_IS_OPEN if high_when_open else DrawerSensor.LOW_IS_OPEN


@dataclass
class _Found:
    """What has been learned so far."""

    hint: str
    can_answer: bool
    connected: bool = False
    reason: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    condition: PrinterCondition = field(default_factory=PrinterCondition)
    drawer_high: bool | None = None
    identity: Identity = field(default_factory=Identity)
    answer_ms: int = 0
    automatic: Answers = Answers.UNKNOWN
    process_id: bool = False

    @property
    def heard(self) -> bool:
        return self.condition.answered

    @property
    def key(self) -> str:
        return guess(self.identity.maker, self.identity.model) or (self.hint if self.hint in models() else "")

    def told(self, address: str) -> Probe:
        known = models().get(self.key)
        profile = GENERIC_80 if known is None else known.profile
        suggested = replace(
            profile,
            answers=Answers.YES if self.heard else Answers.NO,
            automatic_status=self.automatic if self.heard else Answers.NO,
            process_id=self.process_id,
        )
        reached = self.connected and not self.reason
        return Probe(
            address,
            reached,
            self.reason,
            self.condition,
            self.identity.maker,
            self.identity.model,
            self.identity.firmware,
            self.identity.serial_number,
            suggested if reached else None,
            self.key if reached else "",
            self.answer_ms,
            self.drawer_high,
            params=self.params,
        )


def _visit(transport: Transport, found: _Found, ends: float) -> None:
    connection = transport.connect()
    found.connected = True
    with contextlib.closing(connection):
        if found.can_answer:
            _Visit(connection, found, ends).run()


class _Visit:
    """Questions and answers, one after another."""

    def __init__(self, connection: Connection, found: _Found, ends: float) -> None:
        self._connection = connection
        self._found = found
        # A little is kept back to take leave of the printer.
        self._ends = ends - _LEAVE_S
        self._talk = Talk(connection, _ASKED_AS)

    def run(self) -> None:
        """Everything worth asking, as far as the time goes. Raises what the transport raises."""
        found, began = self._found, time.monotonic()
        if not self._talk.answered((1,), self._within(_FIRST_S)):
            return
        found.answer_ms = max(1, round((time.monotonic() - began) * 1000))
        found.drawer_high = self._talk.condition.drawer is Drawer.OPEN
        self._learn()
        for question in (2, 3, 4):
            self._talk.answered((question,), self._within(_NEXT_S))
            self._learn()
        if not found.condition.online:
            return  # what waits its turn would wait for paper, and be printed then by a clone that does not know it
        try:
            found.identity = read_identity(self._talk, self._within(_IDENTITY_S))
            self._abilities()
        finally:
            self._connection.write(INITIALISE)

    def _within(self, seconds: float) -> float:
        return max(0.0, min(seconds, self._ends - time.monotonic()))

    def _learn(self) -> None:
        self._found.condition = replace(self._talk.condition, drawer=Drawer.UNKNOWN)

    def _abilities(self) -> None:
        found = self._found
        found.automatic = Answers.YES if self._talk.tells_by_itself(self._within(_NEXT_S)) else Answers.NO
        self._connection.write(AUTOMATIC_OFF)
        known = models().get(found.key)
        if known is not None and known.asks_process_id:
            found.process_id = self._counts()

    def _counts(self) -> bool:
        """Whether it answers ``GS ( H`` by its number."""
        self._connection.write(b"\x1d(H\x06\x0000" + _NUMBER.encode())
        ends = time.monotonic() + self._within(_NEXT_S)
        while (left := ends - time.monotonic()) > 0:
            if ProcessDone(_NUMBER) in self._talk.listen(left):
                return True
        return False
