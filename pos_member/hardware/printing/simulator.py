"""The virtual printer: listens like a network printer, answers like one, and lays each receipt down as a PNG.

For practice, demonstrations, tests and shops that have not bought one yet. One thread, one client at a time, as on
the real thing. Faults are set from outside: off, hanging, out of paper, cover open, breaking off.
"""

from __future__ import annotations

import contextlib
import logging
import re
import selectors
import socket
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import DOTS_80_MM
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.escpos_reader import EscPosReader, UnknownCommand
from pos_member.hardware.printing.pictures import paper_png
from pos_member.hardware.printing.transports import write_atomically

#: What the interface holds while the head waits; beyond it the sender has to wait too.
BUFFER_BYTES = 64 * 1024
_NUMBERED = re.compile(r"receipt-(\d+)\.png")
_log = logging.getLogger(__name__)


class Fault(StrEnum):
    """What is wrong with the printer."""

    NONE = "none"
    #: Connections are refused.
    OFF = "off"
    #: Connections are taken, nothing is ever read.
    HANG = "hang"
    #: Reads and prints, never answers: the cheap clone.
    MUTE = "mute"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"


class VirtualPrinter:
    """A printer on ``host:port`` (0 = any free port) that writes ``receipt-0001.png`` … into ``out_dir``.

    ``on_cut(path)`` is called on the printer's own thread. All methods may be called from any thread.
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
    ) -> None:
        self._host, self._port, self._out_dir = host, port, Path(out_dir)
        self._on_cut = on_cut
        self._reader = EscPosReader(dots, answer=self._say, on_cut=self._laid_down, strict=strict)
        self._state = threading.Condition()
        self._pictures: list[Path] = []
        self._fault = Fault.NONE
        self._wanted = Fault.NONE
        self._break_after: int | None = None
        self._received = 0
        self._stopping = False
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._thread: threading.Thread | None = None

    # --- from outside -------------------------------------------------------------------------------------

    def start(self) -> int:
        """Listen; the port. Raises ``EnvironmentProblem(PORT_TAKEN | FILE_NOT_WRITABLE)``."""
        try:
            self._out_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self._out_dir)) from error
        try:
            listener = socket.create_server((self._host, self._port), backlog=8)
        except (OSError, OverflowError) as error:
            raise EnvironmentProblem(Reason.PORT_TAKEN, host=self._host, port=str(self._port)) from error
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._listen(listener)
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)
        self._thread.start()
        return self._port

    def stop(self) -> None:
        """Hang up and end the thread. May be called twice."""
        if self._thread is None:
            return
        with self._state:
            self._stopping = True
        self._wake_out.send(b"x")
        self._thread.join()
        self._thread = None
        self._hang_up()
        self._stop_listening()
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def set_fault(self, fault: Fault) -> None:
        """Break something, or mend everything with ``Fault.NONE``; in force when this returns."""
        with self._state:
            self._wanted = fault
            self._wake_out.send(b"x")
            if not self._state.wait_for(lambda: self._fault is fault or self._stopping, timeout=5):
                raise RuntimeError("the virtual printer does not react")

    def break_off_after(self, received: int) -> None:
        """Drop the connection once ``received`` more bytes have come, once."""
        with self._state:
            self._break_after = self._received + received

    def wait_for_pictures(self, count: int, timeout_s: float = 10.0) -> bool:
        """Wait until ``count`` papers were cut; whether they were."""
        with self._state:
            return self._state.wait_for(lambda: len(self._pictures) >= count, timeout=timeout_s)

    @property
    def port(self) -> int:
        """Where it listens; 0 before ``start`` unless one was asked for."""
        return self._port

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The papers cut so far, oldest first."""
        with self._state:
            return tuple(self._pictures)

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return self._reader.kicks

    @property
    def received(self) -> int:
        """Bytes taken in since the start."""
        return self._received

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was received and not understood."""
        return tuple(self._reader.unknown)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- on the printer's thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._wake_in:
                    self._wake_in.recv(64)
                    with self._state:
                        if self._stopping:
                            return
                    self._apply_fault()
                elif key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._client:
                    self._receive()

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            client, _ = self._listener.accept()
        except OSError as error:
            _log.info("virtual printer: a client gave up: %s", error)
            return
        # One client at a time: the others wait in the listener's queue.
        self._selector.unregister(self._listener)
        client.settimeout(1.0)
        self._client = client
        self._reader.reset()
        if self._fault is not Fault.HANG:
            self._selector.register(client, selectors.EVENT_READ)

    def _receive(self) -> None:
        assert self._client is not None
        try:
            data = self._client.recv(16_384)
        except OSError:
            data = b""
        if not data:
            self._next_client()
            return
        with self._state:
            left = None if self._break_after is None else self._break_after - self._received
            self._received += len(data)
        if left is not None and len(data) >= left:
            self._break_after = None
            self._take(data[: max(0, left)])
            self._next_client()
            return
        self._take(data)
        if self._reader.waiting > BUFFER_BYTES and not self._reader.sensors.ready:
            self._watch_client(False)

    def _take(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
        except UnknownCommand as error:
            _log.error("virtual printer: unknown command %s", error)
            self._next_client()

    def _say(self, said: bytes) -> None:
        if self._client is None or self._fault is Fault.MUTE:
            return
        try:
            self._client.sendall(said)
        except OSError as error:
            _log.info("virtual printer: nobody listens: %s", error)

    def _laid_down(self, piece: Bitmap) -> None:
        try:
            self._out_dir.mkdir(parents=True, exist_ok=True)
            path = self._out_dir / f"receipt-{self._next_number():04d}.png"
            write_atomically(path, paper_png(piece))
        except OSError as error:
            # A full disk loses this picture; the printer goes on printing.
            _log.error("virtual printer: a paper was lost: %s", error)
            return
        with self._state:
            self._pictures.append(path)
            self._state.notify_all()
        if self._on_cut is not None:
            self._on_cut(path)

    def _next_number(self) -> int:
        """After the highest there is: a second run must not overwrite the papers of the first."""
        found = (_NUMBERED.fullmatch(path.name) for path in self._out_dir.iterdir())
        return max((int(match[1]) for match in found if match), default=0) + 1

    def _apply_fault(self) -> None:
        fault = self._wanted
        sensors = self._reader.sensors
        sensors.paper_out, sensors.cover_open = fault is Fault.PAPER_OUT, fault is Fault.COVER_OPEN
        if fault is Fault.OFF:
            self._hang_up()
            self._stop_listening()
        elif self._listener is None:
            self._listen(socket.create_server((self._host, self._port), backlog=8))
        self._watch_client(fault is not Fault.HANG)
        with self._state:
            self._fault = fault
            self._state.notify_all()
        if self._reader.automatic_status:
            self._say(sensors.automatic())
        self._take(b"")  # paper again: go on with what waits

    def _watch_client(self, reading: bool) -> None:
        if self._client is None:
            return
        watched = self._client in {key.fileobj for key in self._selector.get_map().values()}
        if reading and not watched:
            self._selector.register(self._client, selectors.EVENT_READ)
        elif watched and not reading:
            self._selector.unregister(self._client)

    def _listen(self, listener: socket.socket) -> None:
        self._listener = listener
        self._port = int(self._listener.getsockname()[1])
        self._selector.register(self._listener, selectors.EVENT_READ)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            with contextlib.suppress(KeyError):  # not watched while a client is served
                self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _hang_up(self) -> None:
        if self._client is None:
            return
        self._watch_client(False)
        self._client.close()
        self._client = None

    def _next_client(self) -> None:
        self._hang_up()
        if self._listener is not None:
            self._selector.register(self._listener, selectors.EVENT_READ)
