"""One job's bytes over one open connection, and the verdict: written in whole commands with an ear to the printer,
waiting where the printer waits for a person, proved where it can prove.

What the printer keeps (paper out, cover open in the middle) is never sent again: the rest follows once it goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, Paper, Proof
from pos_member.hardware.printing.answers import Automatic, Event, PaperStatus, ProcessDone, Status
from pos_member.hardware.printing.encoder import INITIALISE
from pos_member.hardware.printing.status import (
    ASK_PAPER_IN_ORDER,
    AUTOMATIC_OFF,
    AUTOMATIC_ON,
    WAITS,
    Manners,
    Talk,
    Timing,
    fault_of,
)
from pos_member.hardware.printing.transports import Patient
from pos_member.services.print_ports import PrintJobState

#: Small commands go out together, up to about so many bytes: the printer is listened to in between.
GROUP_BYTES = 4_096
#: The slowest head there is: 50 mm a second.
SLOWEST_ROWS_S = 400
_LINE_ROWS = 34
#: How often a wait looks up: whether to stop, whether a person settled the job.
_LOOK_S = 0.25
#: So many questions one after the other without a word are no chance.
_UNANSWERED = 2
#: How long a question waits for room on the line: one that finds none is asked again later.
_ASK_S = 0.1
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """How a job ended: CONFIRMED or UNVERIFIABLE with a proof, UNCONFIRMED with a reason; ``None``: a person settled
    it while the printer waited."""

    state: PrintJobState | None
    proof: Proof = Proof.NONE
    reason: Reason | None = None


class LetGo(Exception):
    """The wait is over before the printer is done: the till stops, or a person settled the job."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


@dataclass(frozen=True)
class Watch:
    """Who is asked and told while a job is under way. ``sent`` and ``waiting`` are for the window and never raise."""

    stopping: Callable[[], bool]
    wanted: Callable[[], bool]
    sent: Callable[[], None]
    waiting: Callable[[Reason], None]


class Delivery:
    """One job on its way. ``answers``: whether the printer was heard before the job. Use once."""

    def __init__(self, talk: Talk, manners: Manners, timing: Timing, watch: Watch, *, answers: bool) -> None:
        self._talk = talk
        self._manners = manners
        self._timing = timing
        self._watch = watch
        self._answers = answers
        self._real_time = answers and talk.profile.answers is not Answers.NO
        self._polled_at = time.monotonic()
        self._polls = self._polls_answered = 0
        self._asked = True
        #: Questions since the printer was last heard.
        self._unheard = 0
        self._proof: Proof | None = None
        self._wanted_id = ""
        self._paper_s = 0.0
        #: Every byte of the job left, and the last command is complete.
        self.complete = False

    # --- the bytes ----------------------------------------------------------------------------------------

    def deliver(self, pieces: Sequence[bytes], process_id: str) -> Verdict:
        """Write ``pieces`` (whole commands each) and await the verdict.

        Raises ``EnvironmentProblem`` where it broke off: what the connection raises, PRINTER_NOT_READING,
        PRINTER_SILENT, or a fault in the middle that the printer does not go on from.
        """
        try:
            self._paper_s = sum(map(_rows, pieces)) / SLOWEST_ROWS_S
            self._write_all(self._telling(pieces))
            self.complete = True
            if not self._answers:
                proof = self._talk.connection.finish()
                state = PrintJobState.CONFIRMED if proof is Proof.FILE else PrintJobState.UNVERIFIABLE
                return Verdict(state, proof)
            verdict = self._prove(process_id)
            self._take_leave()
        except LetGo as over:
            return over.verdict
        return verdict

    def _telling(self, pieces: Sequence[bytes]) -> Iterator[bytes]:
        """``pieces`` with the printer told, after its reset, to tell of itself."""
        rest = iter(pieces)
        if not self._answers or self._talk.profile.automatic_status is Answers.NO:
            yield from rest
            return
        first = next(rest, b"")
        yield first + AUTOMATIC_ON if first == INITIALISE else AUTOMATIC_ON + first
        yield from rest

    def _write_all(self, pieces: Iterable[bytes]) -> None:
        delay_s = self._talk.profile.band_delay_ms / 1000
        size = 0
        for group in pieces if delay_s else _groups(pieces):
            size += len(group)
            self._write(group, time.monotonic() + self._timing.job_s + size / 500)
            if delay_s and not self._answers:
                time.sleep(delay_s)
            elif self._answers:
                self._hear(delay_s)
                self._poll()
                self._wait_while_stopped()

    def _write(self, group: bytes, ends: float) -> None:
        """``group`` with an ear to the printer: what stops in the middle of it goes on from where it was."""
        connection = self._talk.connection
        if not self._answers or not isinstance(connection, Patient):
            connection.write(group)
            return
        left, moved = memoryview(group), time.monotonic()
        while left:
            count = connection.write_some(bytes(left[:GROUP_BYTES]), _LOOK_S)
            left = left[count:]
            now = time.monotonic()
            if count:
                moved = now
                continue
            self._hear(0.0)
            # In the middle of an image a question would become part of it: only what the printer tells by itself.
            if self._wait_while_stopped(ask=len(left) == len(group)):
                ends += time.monotonic() - now
                moved = time.monotonic()
            elif now - moved > self._timing.stall_s or now > ends:
                # Raises as the transport does, which also throws away what the system still holds.
                connection.write(bytes(left))
                return
            self._stop_if_told()

    # --- the verdict --------------------------------------------------------------------------------------

    def _prove(self, process_id: str) -> Verdict:
        talk, timing = self._talk, self._timing
        by_id = talk.profile.process_id and talk.profile.answers is Answers.YES
        if not self._real_time:
            return self._listen_out()
        if by_id:
            # Clones that do not know GS ( H print its bytes as text: only a known model is asked by it.
            self._wanted_id = process_id
            talk.connection.write(b"\x1d(H\x06\x0000" + process_id.encode("ascii"))
        else:
            talk.reader.asked_paper()
            talk.connection.write(ASK_PAPER_IN_ORDER)
        self._watch.sent()
        self._polls_answered = 0
        began = talk.heard_at = time.monotonic()
        likely = by_id or self._manners.proves
        while self._proof is None:
            self._hear(self._until_poll())
            if self._proof is None and self._wait_while_stopped():
                began = talk.heard_at = time.monotonic()
                likely = True  # something went wrong on the way: only a proof ends that well
            now = time.monotonic()
            if now - (talk.heard_at if self._polls_answered else began) > timing.proof_s + self._paper_s:
                raise EnvironmentProblem(Reason.PRINTER_SILENT)
            patience_s = timing.proof_alive_s + self._paper_s if likely else timing.proof_unlikely_s
            if now - began > patience_s and self._polls_answered:
                if likely:
                    raise EnvironmentProblem(Reason.PRINTER_SILENT, detail="all is well, and no proof came")
                return Verdict(PrintJobState.UNVERIFIABLE)
            self._stop_if_told()
            self._poll()
        self._manners.proves = True
        return Verdict(PrintJobState.CONFIRMED, self._proof)

    def _listen_out(self) -> Verdict:
        """A device that only tells of itself: it tells once more when it comes to the end, and nothing was wrong."""
        talk = self._talk
        talk.connection.write(AUTOMATIC_ON)
        self._watch.sent()
        ends = time.monotonic() + self._timing.proof_unlikely_s
        while time.monotonic() < ends:
            events = self._hear(_LOOK_S)
            if self._wait_while_stopped(ask=False):
                ends = time.monotonic() + self._timing.proof_unlikely_s
            elif any(isinstance(event, Automatic) and not event.changed for event in events):
                # What tells by itself tells of a change; the same again is the answer to the question.
                return Verdict(PrintJobState.CONFIRMED, Proof.IN_ORDER)
            self._stop_if_told()
        talk.connection.finish()
        return Verdict(PrintJobState.UNVERIFIABLE)

    def _take_leave(self) -> None:
        """What was switched on is switched off; whatever happens now, the verdict stands."""
        if self._talk.profile.automatic_status is Answers.NO:
            return
        try:
            self._talk.connection.write(AUTOMATIC_OFF)
        except EnvironmentProblem as problem:
            _log.info("printed, and then: %s", problem)

    # --- listening ----------------------------------------------------------------------------------------

    def _hear(self, timeout_s: float) -> list[Event]:
        events = self._talk.listen(timeout_s)
        if events:
            self._unheard = 0
        for event in events:
            match event:
                case ProcessDone(process_id=process_id) if process_id == self._wanted_id:
                    self._proof = Proof.PROCESS_ID
                case ProcessDone(process_id=process_id):
                    _log.info("the printer speaks of %s, not of this job", process_id)
                case PaperStatus(paper=Paper.OUT):
                    # Done with the bytes, out of paper: whether the end of it was printed only the paper tells.
                    raise EnvironmentProblem(Reason.PRINTER_PAPER_OUT)
                case PaperStatus():
                    self._proof = Proof.IN_ORDER
                case Status():
                    self._polls_answered += 1
        return events

    def _poll(self) -> None:
        """Ask one thing, unless the last question is still open or it is too early.

        One at a time: the answers look alike, and of several questions a lost answer would shift all that follow.
        """
        now = time.monotonic()
        reader, waited_s = self._talk.reader, now - self._polled_at
        if not self._real_time or waited_s < (5 if reader.open_questions else 1) * self._timing.poll_s:
            return
        self._polled_at = now
        reader.give_up()
        polls = self._manners.polls
        if self._talk.ask_if_taken(polls[self._polls % len(polls)], _ASK_S):
            self._polls += 1
            self._unheard += 1
            self._asked = True
        else:
            # The line is full: that nothing is heard says nothing of the printer.
            self._asked = False

    def _until_poll(self) -> float:
        """How long to listen before the next question, or the next look around."""
        left = self._polled_at + self._timing.poll_s - time.monotonic()
        return min(left, _LOOK_S) if left > 0.01 else _LOOK_S

    def _stop_if_told(self) -> None:
        if self._watch.stopping():
            raise LetGo(Verdict(PrintJobState.UNCONFIRMED, reason=Reason.PRINTER_BROKE_OFF))

    # --- waiting for a person -----------------------------------------------------------------------------

    def _wait_while_stopped(self, *, ask: bool = True) -> bool:
        """If the printer stopped in the middle, wait until it goes on; whether it had stopped.

        Raises ``LetGo`` when the till stops or a person settled the job, and ``EnvironmentProblem`` for a fault that it
        does not go on from, or when it is gone.
        """
        told: Reason | None = None
        heard_here, began = 0, time.monotonic()
        looked_at = began
        while (fault := fault_of(self._talk.condition)) is not None and self._proof is None:
            if fault not in WAITS:
                raise EnvironmentProblem(fault)
            if fault is not told:
                self._watch.waiting(WAITS[fault])
                told = fault
            self._stop_if_told()
            if time.monotonic() - looked_at >= 2 * _LOOK_S:
                looked_at = time.monotonic()
                if not self._watch.wanted():
                    raise LetGo(Verdict(None))
            heard_here += len(self._hear(self._until_poll()))
            if ask:
                self._poll()
            self._require_there(heard_here, ask=ask)
        if told is not None and self.complete:
            self._watch.sent()
        return told is not None

    def _require_there(self, heard: int, *, ask: bool) -> None:
        """A printer that answered while it waited, and then does so no more, was switched off: the rest is lost.

        It is silent when it was asked and had the time to answer: where this side had no time to ask, or to listen (the
        disk was slow, the machine busy), nothing is known of it.
        """
        silent_s = time.monotonic() - self._talk.heard_at
        unanswered = self._asked and self._unheard >= _UNANSWERED
        if ask and unanswered and self._real_time and heard and silent_s > self._timing.gone_s:
            raise EnvironmentProblem(Reason.PRINTER_BROKE_OFF, detail=f"silent for {silent_s:.0f} s")


def _rows(piece: bytes) -> int:
    """About how many rows of paper a command makes: images say so, a line of letters has some."""
    return int.from_bytes(piece[6:8], "little") if piece.startswith(b"\x1dv0") else _LINE_ROWS * piece.count(b"\n")


def _groups(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole commands together, up to ``GROUP_BYTES`` or one that is longer by itself."""
    gathered = bytearray()
    for piece in pieces:
        if gathered and len(gathered) + len(piece) > GROUP_BYTES:
            yield bytes(gathered)
            gathered.clear()
        gathered += piece
    if gathered:
        yield bytes(gathered)
