"""Everything an ESC/POS printer sends back, read from a stream that comes in pieces of any size.

| answer to | looks like |
|---|---|
| ``DLE EOT n`` | one byte ``0xx1xx10`` |
| ``GS a`` (by itself, whenever something changes) | four bytes: ``0xx1xx00``, then three of ``0xx0xxxx`` |
| ``GS r n``, ``GS I 1`` to ``3`` | one byte ``0xx0xxxx`` |
| ``GS ( H`` | ``37 22``, four characters, ``00`` |
| ``GS I 65`` to ``68`` | ``5F``, text, ``00`` |

What a byte means depends on what was asked: ``AnswerReader`` keeps a record of that. An answer that nobody waits for
any more (the printer was slow, or speaks to whoever was connected before) is dropped, never taken for a newer one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pos_member.domain.printers import Drawer, DrawerSensor, Paper, PrinterCondition

#: Text of a ``GS I`` block that goes on for longer is noise.
_BLOCK_MAX = 90
_INFO, _DONE, _DONE_ID = 0x5F, 0x37, 0x22
_XON, _XOFF = 0x11, 0x13
_SPACE = 0x20


@dataclass(frozen=True)
class Status:
    """``DLE EOT question`` was answered; what it says is in the reader's ``condition``."""

    question: int


@dataclass(frozen=True)
class Automatic:
    """The printer told of itself how it stands; ``changed``: something is not as it told before."""

    changed: bool


@dataclass(frozen=True)
class PaperStatus:
    """``GS r 1`` was answered in its turn: everything before it has been processed."""

    paper: Paper


@dataclass(frozen=True)
class ProcessDone:
    """Everything before the ``GS ( H`` of this id stands on paper."""

    process_id: str


@dataclass(frozen=True)
class Info:
    """``GS I about`` was answered."""

    about: int
    text: str


Event = Status | Automatic | PaperStatus | ProcessDone | Info


def is_real_time(byte: int) -> bool:
    """Whether a byte has the marks of an answer to ``DLE EOT``."""
    return byte & 0x93 == 0x12


def _opens_automatic(byte: int) -> bool:
    return byte & 0x93 == 0x10


def _is_short(byte: int) -> bool:
    return byte & 0x90 == 0x00


class AnswerReader:
    """Reads one printer's answers. Never raises, whatever comes. One thread."""

    def __init__(self, sensor: DrawerSensor = DrawerSensor.NONE) -> None:
        #: How the printer stands, as far as its answers to what was asked here say.
        self.condition = PrinterCondition()
        self._sensor = sensor
        #: Real-time questions that wait for their answer; and how many older ones nobody waits for any more.
        self._asked: deque[int] = deque()
        self._overdue = 0
        #: Dropped since the last question: one of them may have been its answer.
        self._dropped = 0
        #: Questions answered in their turn: 0 for ``GS r 1``, else the n of ``GS I n``.
        self._in_order: deque[int] = deque()
        self._automatic: list[int] | None = None
        self._last_automatic: bytes | None = None
        self._block: bytearray | None = None
        self._stopped_by_paper: bool | None = None
        self._roll = Paper.UNKNOWN

    # --- what was asked -----------------------------------------------------------------------------------

    def asked_status(self, question: int) -> None:
        """``DLE EOT question`` was written."""
        self._asked.append(question)

    def asked_paper(self) -> None:
        """``GS r 1`` was written."""
        self._in_order.append(0)

    def asked_info(self, about: int) -> None:
        """``GS I about`` was written."""
        self._in_order.append(about)

    @property
    def open_questions(self) -> int:
        """Real-time questions still waited for."""
        return len(self._asked)

    def give_up(self) -> None:
        """Real-time questions are waited for no longer; should their answers come, they are dropped."""
        self._overdue = max(0, self._overdue + len(self._asked) - self._dropped)
        self._asked.clear()
        self._dropped = 0

    def forget(self) -> None:
        """The line has been silent for long enough: nothing that was asked will be answered any more."""
        self._asked.clear()
        self._overdue = self._dropped = 0
        self._in_order.clear()
        self.pause()

    def pause(self) -> None:
        """Nothing came for a while: half an answer will not become whole."""
        self._automatic = None
        self._block = None

    # --- what came ----------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes as they come; what they told, in order."""
        found: list[Event] = []
        for byte in data:
            found.extend(self._byte(byte))
        return found

    def _byte(self, byte: int) -> Iterator[Event]:
        if self._block is not None:
            yield from self._in_block(byte)
        elif byte in (_XON, _XOFF):
            return
        elif is_real_time(byte):
            # Answered at once by the printer, so it may stand between the four bytes of an automatic status.
            yield from self._real_time(byte)
        elif self._automatic is not None and _is_short(byte):
            self._automatic.append(byte)
            if len(self._automatic) == 4:
                yield self._automatic_done(bytes(self._automatic))
        elif _opens_automatic(byte):
            self._automatic = [byte]
        elif byte in (_INFO, _DONE):
            self._automatic = None
            self._block = bytearray((byte,))
        elif _is_short(byte):
            yield from self._short(byte)
        else:
            self._automatic = None

    def _in_block(self, byte: int) -> Iterator[Event]:
        block = self._block
        assert block is not None
        head = block[0]
        if byte == 0 and head == _INFO and (len(block) > 1 or self._waits_for_info()):
            self._block = None
            yield from self._info(bytes(block[1:]))
        elif byte == 0 and head == _DONE and len(block) == 6:
            self._block = None
            yield ProcessDone(bytes(block[2:]).decode("ascii"))
        elif self._goes_on(block, byte):
            block.append(byte)
        else:
            # No block after all: its head was noise, and what followed may be answers.
            rest = bytes(block[1:]) + bytes((byte,))
            self._block = None
            for each in rest:
                yield from self._byte(each)

    @staticmethod
    def _goes_on(block: bytearray, byte: int) -> bool:
        if block[0] == _INFO:
            return byte >= _SPACE and len(block) < _BLOCK_MAX
        if len(block) == 1:
            return byte == _DONE_ID
        return _SPACE <= byte < 0x7F and len(block) < 6

    def _waits_for_info(self) -> bool:
        return any(self._in_order)

    def _info(self, text: bytes) -> Iterator[Event]:
        while self._in_order:
            about = self._in_order.popleft()
            if about:  # a GS r before it was not answered, and will not be any more
                shown = text.decode("ascii", "replace")
                yield Info(about, "".join(each for each in shown if each.isascii() and each.isprintable()).strip())
                return

    def _short(self, byte: int) -> Iterator[Event]:
        if not self._in_order:
            return
        about = self._in_order.popleft()
        if about:
            yield Info(about, f"{byte:02x}")
            return
        self._roll = _paper(out=byte & 0x0C, near=byte & 0x03)
        self._tell()
        yield PaperStatus(self._roll)

    def _real_time(self, byte: int) -> Iterator[Event]:
        if self._overdue:
            self._overdue -= 1
            self._dropped += 1
            return
        if not self._asked:
            return
        question = self._asked.popleft()
        match question:
            case 1:
                self._tell(online=not byte & 0x08, drawer=self._drawer(byte))
            case 2:
                self._stopped_by_paper = bool(byte & 0x20)
                self._tell(cover_open=bool(byte & 0x04))
            case 3:
                self._errors(byte)
            case 4:
                self._roll = _paper(out=byte & 0x60, near=byte & 0x0C)
                self._tell()
        yield Status(question)

    def _automatic_done(self, four: bytes) -> Automatic:
        self._automatic = None
        changed = self._last_automatic is not None and self._last_automatic != four
        self._last_automatic = four
        self._roll = _paper(out=four[2] & 0x0C, near=four[2] & 0x03)
        self._stopped_by_paper = None
        self._tell(online=not four[0] & 0x08, cover_open=bool(four[0] & 0x20), drawer=self._drawer(four[0]))
        self._errors(four[1])
        return Automatic(changed)

    def _errors(self, byte: int) -> None:
        self._tell(
            cutter_error=bool(byte & 0x08),
            unrecoverable=bool(byte & 0x20),
            # Some count an open cover among what mends itself.
            overheated=bool(byte & 0x40) and not self.condition.cover_open,
        )

    def _drawer(self, byte: int) -> Drawer:
        if self._sensor is DrawerSensor.NONE:
            return Drawer.UNKNOWN
        high = bool(byte & 0x04)
        return Drawer.OPEN if high is (self._sensor is DrawerSensor.HIGH_IS_OPEN) else Drawer.CLOSED

    def _tell(
        self,
        *,
        online: bool | None = None,
        cover_open: bool | None = None,
        cutter_error: bool | None = None,
        unrecoverable: bool | None = None,
        overheated: bool | None = None,
        drawer: Drawer = Drawer.UNKNOWN,
    ) -> None:
        said = PrinterCondition(
            answered=True,
            online=online,
            cover_open=cover_open,
            cutter_error=cutter_error,
            unrecoverable=unrecoverable,
            overheated=overheated,
            drawer=drawer,
        )
        paper = self._roll
        if self._stopped_by_paper:
            paper = Paper.OUT
        elif paper is Paper.UNKNOWN and self._stopped_by_paper is False:
            paper = Paper.OK
        self.condition = replace(self.condition.merged(said), paper=paper)


def _paper(*, out: int, near: int) -> Paper:
    if out:
        return Paper.OUT
    return Paper.NEAR_END if near else Paper.OK
