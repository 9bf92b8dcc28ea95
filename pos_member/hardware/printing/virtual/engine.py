"""Machine, lines and mishaps together, without a thread: the server turns it, tests may too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pos_member.domain.errors import EnvironmentProblem
from pos_member.domain.printers import DOTS_80_MM, DrawerSensor
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.virtual.clocks import SECOND, Clock
from pos_member.hardware.printing.virtual.faults import Counters, Director, Do
from pos_member.hardware.printing.virtual.line import Language
from pos_member.hardware.printing.virtual.links import Client, Link
from pos_member.hardware.printing.virtual.machine import Identity, Machine, Outside, Stream, UnknownCommand
from pos_member.hardware.printing.virtual.mechanics import Pace, Watch
from pos_member.hardware.printing.virtual.voice import Kind, Manners, ProcessIds, Voice

#: What the interface holds while the head waits; beyond it the sender has to wait too.
BUFFER_BYTES = 64 * 1024
#: Read for a command that is larger than the buffer: pictures and graphics have memory of their own.
_COMMAND_CHUNK = 4_096
_CHUNK = 16_384
_GARBLE = 0x55
_log = logging.getLogger(__name__)

#: Told of everything that happens: (name, fields that JSON can hold).
OnEvent = Callable[[str, Mapping[str, object]], None]


@dataclass(frozen=True)
class Build:
    """How a printer is built. ``clients``: how many may be connected at a time; one of them prints.

    ``buffer_bytes``: its receive buffer. ``drawer``: how the drawer's sensor is wired.
    """

    dots: int = DOTS_80_MM
    pace: Pace = field(default_factory=Pace)
    language: Language = field(default_factory=Language)
    buffer_bytes: int = BUFFER_BYTES
    clients: int = 1
    drawer: DrawerSensor = DrawerSensor.NONE
    strict: bool = False


@dataclass(eq=False)
class Session:
    """One client and what came from it."""

    client: Client
    stream: Stream
    job: int
    bytes: int = 0


class Engine:
    """Not for two threads at a time. ``on_piece`` gets every paper cut, ``on_event`` hears of everything."""

    def __init__(
        self, build: Build, link: Link, clock: Clock, on_piece: Callable[[Bitmap], None], on_event: OnEvent
    ) -> None:
        self.build, self.link, self.clock = build, link, clock
        self.counters = Counters(began=clock.now())
        self.hanging = self.off = False
        self._slow: tuple[int, int, int] | None = None  # bytes a second, since when, taken
        self._garbled = 0
        self._on_piece, self._on_event = on_piece, on_event
        self.sessions: list[Session] = []
        self._fading: list[Client] = []
        self.voice = Voice(Manners(), self._told)
        self.director = Director(self.counters, self.act, build.pace.rows_per_second)
        self.machine = Machine(
            build.dots,
            pace=build.pace,
            language=build.language,
            watch=Watch(self.director.rows_left, self._after_rows, self._before_cut, self._piece),
            outside=Outside(self._kicked, self._odd, lambda: self.act(Do.OFF, None, True)),
            strict=build.strict,
        )
        self.machine.sensors.drawer_wiring = build.drawer
        self.counters.paper_rows = lambda: self.machine.mechanics.roll.height

    # --- turning ------------------------------------------------------------------------------------------

    def interest(self) -> dict[int, Callable[[], None]]:
        """What to watch, and what to call when it can be read."""
        wanted: dict[int, Callable[[], None]] = {}
        listener = self.link.listener()
        if listener is not None and not self.off and len(self.sessions) < self.build.clients:
            wanted[listener] = self._accept
        if not self.hanging:
            for session in self.sessions:
                if self._may_take(session) > 0:
                    wanted[session.client.fileno()] = lambda session=session: self._receive(session)  # type: ignore[misc]
        for client in self._fading:
            wanted[client.fileno()] = lambda client=client: self._fade(client)  # type: ignore[misc]
        return wanted

    def turn(self) -> None:
        """Do what is due now."""
        now = self.clock.now()
        if self.link.listener() is None and not self.sessions and (self.link.stays or not self.off):
            self._accept()
        self.director.look(now)
        self.voice.run(now)
        try:
            self.machine.work(now)
        except UnknownCommand as error:
            _log.error("virtual printer: unknown command %s", error)
            self._hang_up()
        self.machine.tell_changes()

    def rest(self) -> None:
        """Nothing is waiting outside."""
        if not self.machine.waiting:
            self.machine.mechanics.rest()

    def due(self) -> int | None:
        """When ``turn`` is needed again though nothing comes from outside; None = not at all."""
        moments = [self.director.due(), self.voice.due(), self.machine.mechanics.due()]
        if self._slow is not None and self.sessions and not self.hanging:
            rate, since, taken = self._slow
            moments.append(since + -(-(taken + 1) * SECOND // rate))
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def held(self) -> bool:
        """A client is connected and nothing is read from it: the buffer is full, or the printer hangs."""
        return bool(self.sessions) and (self.hanging or all(self._may_take(one) <= 0 for one in self.sessions))

    def close(self) -> None:
        """Everybody is hung up on."""
        self._hang_up()
        for client in self._fading:
            client.close()
        self._fading.clear()
        self.link.close()

    # --- lines --------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        try:
            client = self.link.accept()
        except OSError as error:
            _log.info("virtual printer: a client gave up: %s", error)
            return
        count = self.counters
        count.jobs += 1
        count.job_bytes, count.job_began_at_row = 0, count.rows
        stream = Stream(lambda kind, said: self.voice.say(kind, said, self._sender(client), self.clock.now()))
        self.machine.attach(stream)
        self.sessions.append(Session(client, stream, count.jobs))
        self._on_event("connected", {"job": count.jobs})
        self.director.look(self.clock.now())

    def _sender(self, client: Client) -> Callable[[bytes], None]:
        def send(data: bytes) -> None:
            if all(client is not one.client for one in self.sessions):
                return
            try:
                client.send(data)
            except OSError as error:
                _log.info("virtual printer: nobody listens: %s", error)

        return send

    def _may_take(self, session: Session) -> int:
        """How many bytes may be read from it now."""
        most = min(_CHUNK, self.build.buffer_bytes - self.machine.waiting)
        if most <= 0 and self.machine.starved and session.stream.hungry:
            most = _COMMAND_CHUNK
        exact = self.director.bytes_left()
        if exact is not None:
            most = min(most, exact)
        if self._slow is not None:
            rate, since, taken = self._slow
            most = min(most, (self.clock.now() - since) * rate // SECOND - taken)
        return most

    def _receive(self, session: Session) -> None:
        most = self._may_take(session) if session in self.sessions and not self.hanging else 0
        if most <= 0:
            return
        try:
            data = session.client.receive(most)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(session)
            return
        if self.off:
            return  # on a cable that stays, bytes run into a printer without power
        self._take(session, data)

    def _take(self, session: Session, data: bytes) -> None:
        count = self.counters
        count.bytes += len(data)
        session.bytes += len(data)
        if session.job == count.jobs:
            count.job_bytes += len(data)
        if self._slow is not None:
            rate, since, taken = self._slow
            self._slow = rate, since, taken + len(data)
        if self._garbled:
            bad = min(self._garbled, len(data))
            data = bytes(byte ^ _GARBLE for byte in data[:bad]) + data[bad:]
            self._garbled -= bad
        self.machine.receive(session.stream, data)
        self.director.look(self.clock.now())

    def _drop(self, session: Session, *, reset: bool = False) -> None:
        self._part(session)
        session.client.close(reset=reset)

    def _part(self, session: Session) -> None:
        self.sessions.remove(session)
        self.machine.end(session.stream)
        self._on_event("ended", {"job": session.job, "bytes": session.bytes})

    def _hang_up(self, *, reset: bool = False) -> None:
        for session in tuple(self.sessions):
            self._drop(session, reset=reset)

    def _finish(self) -> None:
        for session in tuple(self.sessions):
            self._part(session)
            if session.client.finish():
                self._fading.append(session.client)
            else:
                session.client.close()

    def _fade(self, client: Client) -> None:
        """Read what still comes after we have said that we are through, until the other side closes too."""
        try:
            data = client.receive(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._fading.remove(client)
            client.close()

    # --- what happens -------------------------------------------------------------------------------------

    def _after_rows(self, rows: int) -> None:
        self.counters.rows += rows
        self.director.look(self.clock.now())

    def _before_cut(self) -> None:
        self.director.look(self.clock.now(), cutting=True)

    def _piece(self, piece: Bitmap | None) -> None:
        if piece is not None:
            self.counters.cuts += 1
            self._on_piece(piece)
        self.director.look(self.clock.now())

    def _kicked(self, pin: int) -> None:
        self._on_event("kick", {"pin": pin})

    def _odd(self, what: str) -> None:
        self._on_event("unknown", {"bytes": what})

    def _told(self, kind: Kind, said: bytes) -> None:
        self._on_event("answer", {"kind": kind.value, "bytes": said.hex(" ")})

    # --- mishaps ------------------------------------------------------------------------------------------

    def mend(self) -> None:
        """Everything well again."""
        self.machine.sensors.mend()
        self.machine.keeps_rest = False
        self.machine.identity = Identity()
        self.voice.manners = Manners()
        self.hanging, self._slow, self._garbled = False, None, 0
        if self.off:
            self._power(on=True)

    def act(self, do: Do, value: int | str | None, begin: bool) -> None:
        """Begin something, or end it."""
        self._on_event("did", {"do": do.value, "begin": begin} | ({} if value is None else {"value": value}))
        sensors, manners = self.machine.sensors, self.voice.manners
        match do:
            case (
                Do.PAPER_OUT | Do.PAPER_LOW | Do.COVER_OPEN | Do.OFFLINE | Do.CUTTER_ERROR | Do.UNRECOVERABLE
                | Do.OVERHEATED | Do.DRAWER_OPEN
            ):  # fmt: skip
                setattr(sensors, do.value, begin)
            case Do.MUTE | Do.ONE_BEHIND:
                setattr(manners, do.value, begin)
            case Do.LATE:
                manners.late_ms = int(value or 0) if begin else 0
            case Do.WRONG_PROCESS_ID:
                manners.process_ids = ProcessIds.WRONG if begin else ProcessIds.RIGHT
            case Do.NO_PROCESS_ID:
                manners.process_ids = ProcessIds.NONE if begin else ProcessIds.RIGHT
            case Do.OTHER_PRINTER:
                self.machine.identity = self._other(value) if begin else Identity()
            case Do.KEEPS_REST:
                self.machine.keeps_rest = begin
            case Do.HANG:
                self.hanging = begin
            case Do.SLOW:
                self._slow = (int(value or 1), self.clock.now(), 0) if begin else None
            case Do.GARBLE:
                self._garbled = int(value or 0)
            case Do.RELOAD:
                sensors.paper_out = sensors.paper_low = False
            case Do.CLOSE_COVER:
                sensors.cover_open = False
            case Do.MEND:
                self.mend()
            case Do.OFF:
                self._power(on=not begin)
            case _:
                self._line_mishap(do)
        self.machine.tell_changes()

    def _line_mishap(self, do: Do) -> None:
        match do:
            case Do.RESET:
                self._hang_up(reset=True)
            case Do.BREAK_OFF:
                self._hang_up()
            case Do.FINISH:
                self._finish()
            case Do.POWER_CYCLE:
                self._forget()
                if self.link.stays:
                    self._attach_again()
                else:
                    self._hang_up(reset=True)

    @staticmethod
    def _other(value: int | str | None) -> Identity:
        name = str(value or "another printer").encode("ascii", "replace")
        return Identity(maker=b"OTHER", model=name, serial_number=b"X999999")

    def _forget(self) -> None:
        self.machine.forget()
        self.voice.forget()

    def _power(self, *, on: bool) -> None:
        if on == (not self.off):
            return
        # Said when it is so: others look at it from outside.
        if on:
            self._open_again()
            self.off = False
            return
        self._forget()
        if not self.link.stays:
            self._hang_up()
            self.link.close()
        self.off = True

    def _attach_again(self) -> None:
        """A cable is still there after the power was gone; what was asked for over it is forgotten."""
        for session in self.sessions:
            session.stream.mask = 0
            session.stream.waiting.clear()
            self.machine.attach(session.stream)

    def _open_again(self) -> None:
        if self.link.stays:
            self._attach_again()
            return
        try:
            self.link.open()
        except EnvironmentProblem as problem:
            # Somebody else took the port while the printer was off.
            _log.error("virtual printer: %s", problem)
