"""The virtual printer as others use it: its own thread, switches that act at once, and waiting that does not poll."""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from pos_member.domain.printers import DOTS_80_MM
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.virtual.clocks import Clock, RealClock
from pos_member.hardware.printing.virtual.engine import Build, Engine, OnEvent
from pos_member.hardware.printing.virtual.faults import Do, Step, When
from pos_member.hardware.printing.virtual.links import Link, TcpLink
from pos_member.hardware.printing.virtual.papers import PaperFolder
from pos_member.hardware.printing.virtual.view import View

_REACTION_S = 5.0
_log = logging.getLogger(__name__)


class Fault(StrEnum):
    """What is wrong with the printer as a whole; ``VirtualPrinter.do`` knows more, and several at a time."""

    NONE = "none"
    #: Connections are refused.
    OFF = "off"
    #: Connections are taken, nothing is ever read.
    HANG = "hang"
    #: Reads and prints, never answers: the cheap clone.
    MUTE = "mute"
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    #: Its own button.
    OFFLINE = "offline"
    CUTTER_ERROR = "cutter_error"
    UNRECOVERABLE = "unrecoverable"
    OVERHEATED = "overheated"
    #: To each question the answer of the one before.
    ONE_BEHIND = "one_behind"
    WRONG_PROCESS_ID = "wrong_process_id"
    NO_PROCESS_ID = "no_process_id"


class VirtualPrinter(View):
    """A printer on ``host:port`` (0 = any free port) that writes ``receipt-0001.png`` … into ``out_dir``.

    ``link`` is another line than TCP (host and port are then not used), ``build`` how it is made (``dots`` is then its
    own), ``clock`` its time, ``steps`` what will go wrong. ``on_cut(path)`` and ``on_event(name, fields)`` are called
    on the printer's own thread, and must not wait for the printer. Everything else may be called from any other thread.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        out_dir: Path | str = ".",
        dots: int = DOTS_80_MM,
        on_cut: Callable[[Path], None] | None = None,
        *,
        strict: bool = False,
        build: Build | None = None,
        link: Link | None = None,
        clock: Clock | None = None,
        steps: Iterable[Step] = (),
        on_event: OnEvent | None = None,
    ) -> None:
        self._papers = PaperFolder(Path(out_dir))
        self._on_cut = on_cut
        self._event_sink = on_event
        self._tcp = TcpLink(host, port)
        self._link: Link = link if link is not None else self._tcp
        self._clock: Clock = clock if clock is not None else RealClock()
        made = build if build is not None else Build(dots=dots)
        self._build = replace(made, strict=strict or made.strict)
        self._steps = tuple(steps)
        super().__init__()
        self._posted: deque[Callable[[], None]] = deque()
        self._quiet = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._wake_in: socket.socket | None = None
        self._wake_out: socket.socket | None = None
        self._engine = self._new_engine()

    @property
    def port(self) -> int:
        """Where it listens; 0 before ``start`` unless one was asked for."""
        return self._tcp.port

    def _new_engine(self) -> Engine:
        engine = Engine(self._build, self._link, self._clock, self._laid_down, self._tell)
        for step in self._steps:
            engine.director.plan(step)
        return engine

    # --- from outside -------------------------------------------------------------------------------------

    def start(self) -> int:
        """Listen; the port (0 where there is none). Raises ``EnvironmentProblem(PORT_TAKEN | FILE_NOT_WRITABLE |
        PRINTER_WAY_MISSING)``."""
        self._papers.prepare()
        self._link.open()
        self._stopping = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._clock.on_change(self._wake)
        self._engine = self._new_engine()
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)
        self._thread.start()
        return self.port

    def stop(self) -> None:
        """Hang up and end the thread. May be called twice."""
        if self._thread is None:
            return
        with self._state:
            self._stopping = True
        self._wake()
        self._thread.join()
        self._thread = None
        self._engine.close()
        assert self._wake_in is not None and self._wake_out is not None
        with self._state:
            self._wake_in.close()
            self._wake_out.close()
            self._wake_in = self._wake_out = None

    def do(self, what: Do, value: int | str | None = None) -> None:
        """Do something to the printer, beside what is wrong with it already; in force when this returns.

        ``value``: bytes a second (SLOW), milliseconds (LATE), bytes (GARBLE), a name (OTHER_PRINTER).
        """
        self._obeyed(lambda: self._engine.act(what, value, True))

    def undo(self, what: Do) -> None:
        """End one thing that lasts."""
        self._obeyed(lambda: self._engine.act(what, None, False))

    def listen(self, on_event: OnEvent) -> None:
        """Hear of everything from now on: (name, fields that JSON can hold), on the printer's own thread."""
        self._event_sink = on_event

    def plan(self, *steps: Step) -> None:
        """Let something happen at its moment (counted from the start of the printer)."""

        def add() -> None:
            for step in steps:
                self._engine.director.plan(step)

        if self._thread is None:
            self._steps += steps  # ``start`` plans them
        self._obeyed(add)

    def set_fault(self, fault: Fault) -> None:
        """Break something alone, or mend everything with ``Fault.NONE``; in force when this returns."""

        def change() -> None:
            self._engine.mend()
            if fault is not Fault.NONE:
                self._engine.act(Do(fault.value), None, True)

        self._obeyed(change)

    def break_off_after(self, received: int) -> None:
        """Drop the connection once ``received`` more bytes have come, once."""
        moment = When(byte=self.received + max(1, received))
        self.plan(Step(moment, Do.BREAK_OFF))

    def settle(self, timeout_s: float = 60.0) -> bool:
        """Wait until everything is done that can be done with what has come and with the time it is."""
        with self._state:
            seen = self._quiet
            self._posted.append(lambda: None)
            self._wake()
            return self._state.wait_for(lambda: self._quiet > seen or self._stopping, timeout=timeout_s)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- inside -------------------------------------------------------------------------------------------

    def _obeyed(self, command: Callable[[], None]) -> None:
        """Have ``command`` carried out on the printer's thread, or here while there is none."""
        if self._thread is None:
            command()
            return
        done: list[bool] = []

        def carry_out() -> None:
            command()
            done.append(True)

        with self._state:
            self._posted.append(carry_out)
            self._wake()
            if not self._state.wait_for(lambda: bool(done) or self._stopping, timeout=_REACTION_S):
                raise RuntimeError("the virtual printer does not react")

    def _wake(self) -> None:
        with self._state:
            if self._wake_out is not None:
                try:
                    self._wake_out.send(b"x")
                except BlockingIOError:
                    return  # it has been woken often enough

    def _run(self) -> None:
        assert self._wake_in is not None
        wake = self._wake_in
        self._turn()
        while not self._stopping:
            interest = self._engine.interest()
            ready = readable(interest, 0)
            if not ready:
                ready = self._pause(interest, wake)
            for end in ready:
                if end == wake.fileno():
                    self._drain(wake)
                else:
                    interest[end]()
            self._turn()

    def _pause(self, interest: Mapping[int, object], wake: socket.socket) -> list[int]:
        """Sleep until something comes, is asked for, or is due."""
        self._engine.rest()
        due = self._engine.due()
        wait_s = None if due is None else self._clock.wait_s(due)
        if wait_s != 0:
            with self._state:
                if not self._posted:
                    self._quiet += 1
                    self._state.notify_all()
        return readable([*interest, wake.fileno()], wait_s)

    @staticmethod
    def _drain(wake: socket.socket) -> None:
        try:
            wake.recv(4_096)
        except BlockingIOError:
            return

    def _turn(self) -> None:
        with self._state:
            posted = tuple(self._posted)
            self._posted.clear()
        for command in posted:
            command()
        self._engine.turn()
        with self._state:
            self._state.notify_all()

    def _laid_down(self, piece: Bitmap) -> None:
        self._last_piece = piece
        try:
            path = self._papers.lay_down(piece)
        except OSError as error:
            # A full disk loses this picture; the printer goes on printing.
            _log.error("virtual printer: a paper was lost: %s", error)
            return
        with self._state:
            self._pictures.append(path)
            self._state.notify_all()
        self._tell("cut", {"paper": self.cuts, "rows": piece.height, "picture": str(path)})
        if self._on_cut is not None:
            self._on_cut(path)

    def _tell(self, name: str, fields: Mapping[str, object]) -> None:
        if self._event_sink is not None:
            self._event_sink(name, fields)


def readable(ends: Iterable[int], wait_s: float | None) -> list[int]:
    """Which of the file descriptors can be read, or are broken, within ``wait_s`` seconds (None = any time)."""
    if not hasattr(select, "poll"):  # Windows: sockets only, and not many
        return list(select.select(list(ends), [], [], wait_s)[0])
    # select.select() ends at descriptor 1,023.
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    return [end for end, _ in poll.poll(None if wait_s is None else int(wait_s * 1_000 + 0.999))]
