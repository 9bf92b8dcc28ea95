"""Asking a printer how it stands before a job, and what its answers mean for a job.

``Talk`` is one connection with the record of what was asked on it; ``Manners`` is what a device was seen to answer,
kept from job to job, so that a clone that answers half of the questions is not waited for each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, Paper, PrinterCondition, PrinterProfile
from pos_member.hardware.printing.answers import AnswerReader, Automatic, Event, Info, Status
from pos_member.hardware.printing.transports import Connection, Patient

#: Tell of the drawer, of going on and off line, of errors and of paper. Small enough to be no letter anywhere.
AUTOMATIC_ON = b"\x1da\x0f"
AUTOMATIC_OFF = b"\x1da\x00"
ASK_PAPER_IN_ORDER = b"\x1dr\x01"
ALL_QUESTIONS = (1, 2, 3, 4)
#: Most telling first, when they are asked one by one.
_ONE_BY_ONE = (2, 4, 1, 3)
_MAKER, _MODEL, _FIRMWARE, _SERIAL = 66, 67, 65, 68
#: Bytes left over from whoever was connected before come at once or not at all.
_DRAIN_S = 0.002
#: What is still on its way when an answer was not as expected.
_SETTLE_S = 0.05
_DRAIN_MAX_S = 0.1
#: Half an answer that gets no other half for so long is noise.
_HALF_S = 1.5


@dataclass(frozen=True)
class Timing:
    """How long to wait for what (s)."""

    #: For the first answer of a device that is known to answer.
    ready_s: float = 1.0
    #: A device that may be mute is not waited for as long: the sale's paper would come late every time.
    ready_unknown_s: float = 0.3
    #: For each question asked by itself.
    one_answer_s: float = 0.25
    #: For who it is.
    identity_s: float = 0.3
    #: Between two questions while a job is under way.
    poll_s: float = 0.3
    #: For the proof, after the last byte, while the printer says nothing at all.
    proof_s: float = 15.0
    #: For the proof while the printer goes on answering that all is well, besides what the paper takes.
    proof_alive_s: float = 10.0
    #: As long, where the device has never been seen to prove anything.
    proof_unlikely_s: float = 4.0
    #: Without a byte taken, and nothing known to be wrong; then the transport's own patience begins.
    stall_s: float = 2.5
    #: For a whole job, besides two milliseconds a byte: slower than any line is a printer that does not read.
    job_s: float = 30.0
    #: A printer that answered while it waited for a person, and does so no more, was switched off.
    gone_s: float = 5.0
    #: A drawer's pulse that is older is not given.
    pulse_s: float = 10.0
    #: For the printer's word that it has given the pulse.
    pulse_proof_s: float = 1.0


DEFAULT_TIMING = Timing()


@dataclass
class Manners:
    """What a device was seen to do. Belongs to its worker."""

    questions: tuple[int, ...] = ALL_QUESTIONS
    #: Several questions at once confuse it: it leaves some out, or answers each with what was asked before.
    one_at_a_time: bool = False
    #: It has proved a paper (``GS r``, ``GS ( H``): from then on its silence is no good sign.
    proves: bool = False

    @property
    def polls(self) -> tuple[int, ...]:
        """What to ask in turn while a job is under way; what stops a paper every other time."""
        wanted = (2,) if self.one_at_a_time else (2, 4, 2, 1, 2, 3)
        return tuple(each for each in wanted if each in self.questions) or self.questions


@dataclass
class Talk:
    """One connection and what is asked on it. ``on_condition`` hears each time the printer stands differently."""

    connection: Connection
    profile: PrinterProfile
    on_condition: Callable[[PrinterCondition], None] = lambda condition: None
    reader: AnswerReader = field(init=False)
    heard_at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.reader = AnswerReader(self.profile.drawer_sensor)

    @property
    def condition(self) -> PrinterCondition:
        """How the printer stands."""
        return self.reader.condition

    def ask(self, *questions: int) -> None:
        """``DLE EOT`` for each. Raises what the connection raises."""
        for question in questions:
            self.reader.asked_status(question)
        self.connection.write(b"".join(b"\x10\x04" + bytes((question,)) for question in questions))

    def ask_if_taken(self, question: int, timeout_s: float) -> bool:
        """``DLE EOT`` where the line takes it within ``timeout_s``; whether it did. Raises what the connection raises.

        A printer that stands still may have filled the line up to the till: a question is not worth waiting for.
        """
        if not isinstance(self.connection, Patient):
            self.ask(question)
            return True
        asking = b"\x10\x04" + bytes((question,))
        taken = self.connection.write_some(asking, timeout_s)
        if not taken:
            return False
        self.reader.asked_status(question)
        if taken < len(asking):
            self.connection.write(asking[taken:])  # half a question would eat into what follows
        return True

    def listen(self, timeout_s: float) -> list[Event]:
        """What the printer tells within ``timeout_s`` (it comes back as soon as there is something)."""
        data = self.connection.read(timeout_s)
        now = time.monotonic()
        if not data:
            if now - self.heard_at > _HALF_S:
                self.reader.pause()
            return []
        self.heard_at = now
        before = self.reader.condition
        events = self.reader.feed(data)
        if self.reader.condition != before:
            self.on_condition(self.reader.condition)
        return events

    def drain(self, quiet_s: float = _DRAIN_S) -> None:
        """Take in what comes until it is quiet; whatever was asked before is not waited for any more."""
        ends = time.monotonic() + _DRAIN_MAX_S
        self.reader.give_up()
        while time.monotonic() < ends and self.connection.read(quiet_s):
            pass
        self.reader.forget()

    def answered(self, questions: tuple[int, ...], timeout_s: float) -> set[int]:
        """Ask and wait: which were answered."""
        self.ask(*questions)
        found: set[int] = set()
        ends = time.monotonic() + timeout_s
        while len(found) < len(questions) and (left := ends - time.monotonic()) > 0:
            found |= {event.question for event in self.listen(left) if isinstance(event, Status)}
        self.reader.give_up()
        return found

    def tells_by_itself(self, timeout_s: float) -> bool:
        """Have it tell of itself (``GS a``), and whether it did."""
        self.connection.write(AUTOMATIC_ON)
        ends = time.monotonic() + timeout_s
        while (left := ends - time.monotonic()) > 0:
            if any(isinstance(event, Automatic) for event in self.listen(left)):
                return True
        return False


def fault_of(condition: PrinterCondition) -> Reason | None:
    """Why a printer that stands so cannot begin a paper; what wants a hand most comes first."""
    if condition.unrecoverable:
        return Reason.PRINTER_BROKEN
    if condition.cutter_error:
        return Reason.PRINTER_CUTTER
    if condition.cover_open:
        return Reason.PRINTER_COVER_OPEN
    if condition.paper is Paper.OUT:
        return Reason.PRINTER_PAPER_OUT
    if condition.overheated:
        return Reason.PRINTER_OVERHEATED
    return Reason.PRINTER_OFFLINE if condition.online is False else None


#: What a printer that stops in the middle of a paper waits for; it keeps the rest and goes on by itself.
WAITS = {
    Reason.PRINTER_COVER_OPEN: Reason.PRINTER_WAITS_FOR_COVER,
    Reason.PRINTER_PAPER_OUT: Reason.PRINTER_WAITS_FOR_PAPER,
    Reason.PRINTER_OVERHEATED: Reason.PRINTER_OVERHEATED,
    Reason.PRINTER_OFFLINE: Reason.PRINTER_OFFLINE,
}


def check_ready(talk: Talk, manners: Manners, timing: Timing, *, for_paper: bool = True) -> bool:
    """Ask before the first byte of a job; whether the printer answers at all.

    ``for_paper`` false: asked without refusing. A fault is believed when it is told twice: what was left over from an
    earlier talk must not hold a paper up. Raises ``EnvironmentProblem``: one of ``fault_of``, PRINTER_UNREACHABLE where
    a device that answers is silent, or what the connection raises.
    """
    answers, tells = talk.profile.answers, talk.profile.automatic_status is Answers.YES
    if answers is Answers.NO and not tells:
        return False
    talk.drain()
    if answers is Answers.NO:
        heard = talk.tells_by_itself(timing.ready_unknown_s)
        if heard and fault_of(talk.condition) is not None:
            talk.drain(_SETTLE_S)
            heard = talk.tells_by_itself(timing.ready_unknown_s)
    else:
        heard = _asked(talk, manners, timing, sure=answers is Answers.YES)
    if not heard:
        if answers is Answers.YES or tells:
            raise EnvironmentProblem(Reason.PRINTER_UNREACHABLE, detail="connected, and silent")
        return False
    fault = fault_of(talk.condition)
    if fault is not None and for_paper:
        raise EnvironmentProblem(fault)
    return True


def _asked(talk: Talk, manners: Manners, timing: Timing, *, sure: bool) -> bool:
    if manners.one_at_a_time:
        manners.one_at_a_time = _one_by_one(talk, manners, timing)
        return manners.one_at_a_time
    wait_s = timing.ready_s if sure else timing.ready_unknown_s
    asked = manners.questions
    found = talk.answered(asked, wait_s)
    if len(found) == len(asked) and fault_of(talk.condition) is None:
        return True
    if not found and asked != ALL_QUESTIONS:
        talk.drain()
        asked = ALL_QUESTIONS
        found = talk.answered(asked, wait_s)
    if not found:
        manners.questions = ALL_QUESTIONS
        return False
    # Fewer answers than questions: which is whose, only asking one by one tells. A fault: look again.
    heard = _one_by_one(talk, manners, timing)
    manners.one_at_a_time = len(found) < len(asked) and len(found) < len(manners.questions)
    return heard


def _one_by_one(talk: Talk, manners: Manners, timing: Timing) -> bool:
    """Each question by itself and twice: the second answer is right even where each answers the question before."""
    talk.drain(_SETTLE_S)
    talk.reader = AnswerReader(talk.profile.drawer_sensor)
    answered: list[int] = []
    for question in _ONE_BY_ONE:
        heard = False
        for _ in range(2):
            if talk.answered((question,), timing.one_answer_s):
                heard = True
            else:
                talk.drain()
        if heard:
            answered.append(question)
    manners.questions = tuple(sorted(answered)) or ALL_QUESTIONS
    talk.on_condition(talk.condition)
    return bool(answered)


@dataclass(frozen=True)
class Identity:
    """What a printer says of itself; "" where it said nothing."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial_number: str = ""

    @property
    def text(self) -> str:
        """What to recognise the device by (as ``domain.printers.Probe.identity``), or empty."""
        return "/".join(part for part in (self.maker, self.model, self.serial_number) if part)


def read_identity(talk: Talk, timeout_s: float, expected: str = "") -> Identity:
    """Who it is (``GS I``), for a printer that is on line. ``expected``: come back as soon as it is known to be this
    one. Raises what the connection raises."""
    wanted = (_MAKER, _MODEL, _SERIAL) if expected else (_MAKER, _MODEL, _SERIAL, _FIRMWARE)
    for about in wanted:
        talk.reader.asked_info(about)
    talk.connection.write(b"".join(b"\x1dI" + bytes((about,)) for about in wanted))
    said: dict[int, str] = {}
    ends = time.monotonic() + timeout_s
    while len(said) < len(wanted) and (left := ends - time.monotonic()) > 0:
        said |= {event.about: event.text for event in talk.listen(left) if isinstance(event, Info)}
        if expected and _identity(said).text == expected:
            break
    return _identity(said)


def _identity(said: dict[int, str]) -> Identity:
    return Identity(said.get(_MAKER, ""), said.get(_MODEL, ""), said.get(_FIRMWARE, ""), said.get(_SERIAL, ""))


def require_same(talk: Talk, identity: str, timing: Timing) -> None:
    """Raises ``EnvironmentProblem(PRINTER_CHANGED)`` where the device says that it is another than ``identity``.

    A device that says nothing, or only half of it in time, is not called another.
    """
    found = read_identity(talk, timing.identity_s, identity).text
    if found and found != identity and not identity.startswith(found):
        raise EnvironmentProblem(Reason.PRINTER_CHANGED, expected=identity, found=found)
