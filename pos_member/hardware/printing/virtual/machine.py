"""The printer without its lines: streams of bytes in, paper, pulses and answers out. No sockets, threads, files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pos_member.hardware.printing.virtual import real_time
from pos_member.hardware.printing.virtual.interpreter import Interpreter, Ports
from pos_member.hardware.printing.virtual.line import Language
from pos_member.hardware.printing.virtual.mechanics import Mechanics, Pace, Watch
from pos_member.hardware.printing.virtual.roll import Roll
from pos_member.hardware.printing.virtual.sensors import Sensors
from pos_member.hardware.printing.virtual.voice import Kind

MODEL_NAME = b"POS Member virtual printer"
MAKER_NAME = b"POS MEMBER"
FIRMWARE = b"1.00 ESC/POS"
SERIAL_NUMBER = b"V000001"
_MODEL_ID, _TYPE_ID, _ROM_ID = b"\x20", b"\x02", b"\x01"


class UnknownCommand(Exception):
    """Bytes that are none of the commands understood."""


@dataclass
class Identity:
    """What ``GS I`` says. Another printer behind the same address says something else."""

    maker: bytes = MAKER_NAME
    model: bytes = MODEL_NAME
    firmware: bytes = FIRMWARE
    serial_number: bytes = SERIAL_NUMBER

    def answer(self, which: int) -> bytes | None:
        """The answer to ``GS I n``; None where there is none."""
        blocks = {65: self.firmware, 66: self.maker, 67: self.model, 68: self.serial_number, 69: b"THAI"}
        if which in blocks:
            return b"_" + blocks[which] + b"\0"
        return {1: _MODEL_ID, 2: _TYPE_ID, 3: _ROM_ID}.get(which - 48 if 49 <= which <= 51 else which)


@dataclass
class Stream:
    """One line into the printer: what came and was not yet acted upon. ``say`` puts an answer on it."""

    say: Callable[[Kind, bytes], None]
    waiting: bytearray = field(default_factory=bytearray)
    scanner: real_time.RealTimeScanner = field(default_factory=real_time.RealTimeScanner)
    #: The n of ``GS a``, and what was told last.
    mask: int = 0
    told: tuple[object, ...] = ()
    #: Nobody writes any more; what waits is still printed.
    ended: bool = False
    #: In the middle of a command of which the rest has not come.
    hungry: bool = False


@dataclass
class Outside:
    """What the machine does to the world."""

    kicked: Callable[[int], None] = lambda pin: None
    odd: Callable[[str], None] = lambda what: None
    powered_off: Callable[[], None] = lambda: None


class Machine:
    """One printer. ``watch`` hears of rows and cuts, ``outside`` of everything else."""

    def __init__(
        self,
        dots: int,
        *,
        pace: Pace,
        language: Language,
        watch: Watch,
        outside: Outside,
        strict: bool = False,
    ) -> None:
        self.sensors = Sensors()
        self.identity = Identity()
        self.unknown: list[str] = []
        self.kicks = 0
        self.keeps_rest = False
        self._outside = outside
        self._strict = strict
        self._streams: list[Stream] = []
        self._owner: Stream | None = None
        self._rest = bytearray()
        self.mechanics = Mechanics(Roll(dots), self.sensors, pace, watch)
        ports = Ports(ask=self._ask, kick=self._kick, report=self._report, refuse=self._refuse)
        self._interpreter = Interpreter(dots, self.mechanics, language, ports)

    # --- lines --------------------------------------------------------------------------------------------

    def attach(self, stream: Stream) -> None:
        """A line that bytes will come in by."""
        stream.waiting[:0] = self._rest
        self._rest.clear()
        self._streams.append(stream)

    def end(self, stream: Stream) -> None:
        """Nothing more will come. What is whole is still printed; the rest of a command is forgotten (or kept)."""
        stream.ended = True
        stream.mask = 0

    @property
    def waiting(self) -> int:
        """Bytes in the receive buffer."""
        return sum(len(stream.waiting) for stream in self._streams)

    @property
    def starved(self) -> bool:
        """The line that is printing is in the middle of a command: it must be read on, however full the buffer."""
        # Not while the head stands still or is busy: then a full buffer holds the sender.
        able = self.sensors.ready and self.mechanics.accepting
        return able and self._owner is not None and self._owner.hungry

    def receive(self, stream: Stream, data: bytes) -> None:
        """Bytes have arrived. Real-time commands are obeyed at once; the rest when ``work`` comes to it."""
        taken = 0
        for command, end in stream.scanner.commands(data):
            # What came before it lies in the buffer by now: a command that clears must find it there.
            stream.waiting += data[taken:end]
            taken = end
            self._at_once(stream, command)
        stream.waiting += data[taken:]

    def work(self, now: int) -> None:
        """Do all that can be done by ``now``. Raises ``UnknownCommand`` when strict."""
        while True:
            self.mechanics.run(now)
            moved = False
            while self.sensors.ready and self.mechanics.accepting and self._step():
                moved = True
            if not moved:
                return

    def forget(self) -> None:
        """Power off and on: buffers, settings and asked-for status are gone. Paper and drawer are as they were."""
        self._clear()
        self._rest.clear()
        self._streams.clear()
        self._owner = None
        self._interpreter.power_on()

    def tell_changes(self) -> None:
        """Automatic status to every line that asked for it and has not heard this yet."""
        for stream in self._streams:
            if stream.mask and (now := self.sensors.watched(stream.mask)) != stream.told:
                stream.told = now
                stream.say(Kind.AUTOMATIC, self.sensors.automatic())

    # --- inside -------------------------------------------------------------------------------------------

    def _step(self) -> bool:
        """One command; whether there was one."""
        owner = self._next_owner()
        if owner is None:
            return False
        used = 0
        try:
            used = self._interpreter.obey(owner.waiting, 0) if owner.waiting else 0
        except UnknownCommand:
            used = len(owner.waiting)
            raise
        finally:
            del owner.waiting[:used]
        owner.hungry = not used and bool(owner.waiting)
        if used:
            return True
        if not owner.ended:
            return False
        return self._let_go(owner)

    def _let_go(self, ended: Stream) -> bool:
        """The line has ended and nothing whole is left of it."""
        if self.keeps_rest:
            self._rest += ended.waiting
        else:
            self._interpreter.abandon()
        self._streams.remove(ended)
        self._owner = None
        return bool(self._streams)

    def _next_owner(self) -> Stream | None:
        """Whose bytes are printed: the line that began, until it has ended or its last paper was cut off."""
        owner = self._owner
        if owner is not None and not (owner.waiting or owner.ended or self.mechanics.roll.rows):
            owner = self._owner = None
        if owner is None:
            owner = next((stream for stream in self._streams if stream.waiting or stream.ended), None)
            self._owner = owner
        return owner

    def _ask(self, command: bytes) -> bool:
        stream, n = self._owner, command[2]
        if stream is None:
            return False
        match chr(command[1]):
            case "r":
                said = {1: self.sensors.paper(), 2: self.sensors.drawer(), 4: b"\0"}.get(n % 48)
                if said is None:
                    return False
                stream.say(Kind.IN_ORDER, said)
            case "I":
                name = self.identity.answer(n)
                if name is None:
                    return False
                stream.say(Kind.IDENTITY, name)
            case "a":
                stream.mask = n
                if n:
                    stream.told = self.sensors.watched(n)
                    stream.say(Kind.AUTOMATIC, self.sensors.automatic())
            case "(":
                answer = b"\x37\x22" + command[7:] + b"\0"
                self.mechanics.then(lambda: stream.say(Kind.PROCESS_ID, answer))
        return True

    def _at_once(self, stream: Stream, command: bytes) -> None:
        match command[1]:
            case 0x04:
                which = command[2]
                # 7, 8 and 18 ask for ink, slips and interfaces that a receipt printer has not: nothing is wrong there.
                stream.say(Kind.REAL_TIME, self.sensors.real_time(which if which <= 4 else 0))
            case 0x05:
                self._recover(clear=command[2] == 2)
            case 0x14 if command[2] == 1:
                self._kick(command[3])
            case 0x14 if command == real_time.CLEAR:
                self._clear()
                stream.say(Kind.REAL_TIME, b"\x37\x25\0")
            case 0x14 if command == real_time.POWER_OFF:
                self._outside.powered_off()

    def _recover(self, *, clear: bool) -> None:
        """``DLE ENQ 1`` goes on from the line of the error, ``2`` after throwing away what waits."""
        if self.sensors.cutter_error:
            self.sensors.cutter_error = False
            if clear:
                self._clear()
            self.tell_changes()

    def _clear(self) -> None:
        self.mechanics.forget()
        self._interpreter.abandon()
        for stream in self._streams:
            stream.waiting.clear()

    def _kick(self, pin: int) -> None:
        self.kicks += 1
        self.sensors.drawer_open = True
        self._outside.kicked(pin)
        self.tell_changes()

    def _report(self, what: str) -> None:
        self.unknown.append(what)
        self._outside.odd(what)

    def _refuse(self, what: str) -> None:
        self._report(what)
        if self._strict:
            raise UnknownCommand(what)
