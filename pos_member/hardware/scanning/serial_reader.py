"""Readers on a serial port: found, opened, read, and looked for again when they were unplugged.

One thread per reader. pyserial keeps a port "open" whose device has gone, so every error closes it; the device is then
looked for every two seconds by who it is (``vid:pid/serial``), whatever the port is called by then.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.readers import FoundReader, ReaderSetup, SerialReport
from pos_member.hardware.scanning.presence import Presence
from pos_member.hardware.scanning.serial_framing import Framer
from pos_member.hardware.scanning.sources import SourceState

if TYPE_CHECKING:
    import serial

RETRY_S = 2.0
#: A reader left in continuous mode repeats its code; it counts again once it was silent for so long.
REPEAT_S = 0.5
_READ_BYTES = 256
#: The longest a read waits: a reader that is told to stop is gone as soon.
_READ_S = 0.02
_BUSY = frozenset({errno.EBUSY, errno.EAGAIN})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
log = logging.getLogger(__name__)


class Port(Protocol):
    """The part of ``serial.Serial`` that is used."""

    def read(self, size: int = ...) -> bytes: ...
    def close(self) -> None: ...


#: The serial ports of the system, as ``serial.tools.list_ports.comports`` tells them.
List = Callable[[], Iterable[Any]]
Open = Callable[[str, int], Port]


def system_ports() -> Iterable[Any]:
    """Every port of the system. Some milliseconds on Linux; Windows may take a second."""
    from serial.tools import list_ports

    found: Iterable[Any] = list_ports.comports()
    return found


def open_port(address: str, baud: int) -> serial.Serial:
    """The port, for us alone. Raises ``OSError`` (pyserial's own error is one)."""
    import serial

    return serial.Serial(address, baudrate=baud, timeout=_READ_S, exclusive=_exclusive())


def _exclusive() -> bool | None:
    import os

    return True if os.name == "posix" else None


def find_serial(ports: List = system_ports) -> tuple[FoundReader, ...]:
    """Ports with something behind them: a board's own empty sockets say nothing of what is plugged in."""
    found = []
    for port in ports():
        description = " ".join(part for part in (port.manufacturer, port.product) if part)
        if not description and port.vid is None:
            continue
        found.append(FoundReader(port.device, identity_of(port), description or port.description or port.device))
    return tuple(sorted(found, key=lambda one: one.address))


def identity_of(port: Any) -> str:
    """``vid:pid/serial`` in hexadecimal, or "" for what is no USB device."""
    return "" if port.vid is None else f"{port.vid:04x}:{port.pid:04x}/{port.serial_number or ''}"


def address_of(setup: ReaderSetup, ports: List = system_ports) -> str:
    """Where the reader is now: the port it was set up on while it is there, else wherever its device turned up."""
    if not setup.identity:
        return setup.address
    there = [port.device for port in ports() if identity_of(port) == setup.identity]
    if setup.address in there or not there:
        return setup.address if there else ""
    return str(there[0])


def trouble_of(error: OSError, address: str) -> EnvironmentProblem:
    """READER_BUSY, READER_NO_RIGHTS or READER_ABSENT."""
    code = error.errno
    text = str(error)
    if code in _FORBIDDEN or "Permission denied" in text:
        return EnvironmentProblem(Reason.READER_NO_RIGHTS, address=address)
    if code in _BUSY or "exclusively lock" in text or "PermissionError" in text or "Access is denied" in text:
        return EnvironmentProblem(Reason.READER_BUSY, address=address)
    return EnvironmentProblem(Reason.READER_ABSENT, address=address)


class SerialReader:
    """Calls ``on_code`` with each code. ``on_report`` gets everything that came, for the set-up page.

    Callbacks run on the reader's thread and must return quickly (post a signal). Nothing is raised to the caller:
    trouble shows in ``state``. ``start`` and ``stop`` may be called again and again from any one thread.
    """

    def __init__(
        self,
        setup: ReaderSetup,
        on_code: Callable[[str], None],
        on_report: Callable[[SerialReport], None] | None = None,
        on_state: Callable[[SourceState], None] | None = None,
        *,
        ports: List = system_ports,
        open_: Open = open_port,
        now_s: Callable[[], float] = time.monotonic,
        retry_s: float = RETRY_S,
    ) -> None:
        self._setup = setup
        self._on_code = on_code
        self._on_report = on_report
        self._on_state = on_state
        self._ports = ports
        self._open = open_
        self._now_s = now_s
        self._retry_s = retry_s
        self._presence = Presence(now_s, REPEAT_S)
        self._state = SourceState.STOPPED
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SourceState:
        """How the reader stands."""
        return self._state

    def start(self) -> None:
        """Begin reading; nothing happens when it already reads."""
        if self._thread is not None and self._thread.is_alive() and not self._stop.is_set():
            return
        self._stop = threading.Event()
        # A daemon: a driver that never returns must not keep the process alive.
        self._thread = threading.Thread(
            target=self._run, args=(self._stop,), name=f"reader-{self._setup.key}", daemon=True
        )
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End reading and let go of the port. False when a driver hangs; it is then left to end by itself."""
        self._stop.set()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._show(self._attempt(stop), stop)
            stop.wait(self._retry_s)
        self._show(SourceState.STOPPED, stop)

    def _attempt(self, stop: threading.Event) -> SourceState:
        """Open the port and read it to its end. Returns why it ended."""
        try:
            address = address_of(self._setup, self._ports)
            if not address:
                return SourceState.LOST
            port = self._open(address, self._setup.baud)
        except (OSError, ValueError) as error:
            busy = isinstance(error, OSError) and trouble_of(error, "").reason is not Reason.READER_ABSENT
            return SourceState.BUSY if busy else SourceState.LOST
        except Exception:
            log.exception("serial ports cannot be looked at")
            return SourceState.LOST
        try:
            self._show(SourceState.LIVE, stop)
            self._read(port, stop)
        except Exception as error:  # noqa: BLE001 - drivers and pyserial fail in ways of their own when a cable goes
            log.info("reader %s: the port ended: %s", self._setup.key, error)
        finally:
            _close(port)
        return SourceState.LOST

    def _read(self, port: Port, stop: threading.Event) -> None:
        framer = Framer(self._setup)
        while not stop.is_set():
            data = port.read(_READ_BYTES)
            now_s = self._now_s()
            for report in framer.feed(data, now_s) if data else framer.silence(now_s):
                if stop.is_set():
                    return
                self._heard(report)

    def _heard(self, report: SerialReport) -> None:
        try:
            if self._on_report is not None:
                self._on_report(report)
            if report.text and self._presence.arrives(report.text):
                self._on_code(report.text)
        except Exception:
            # A bug of the listener: it is logged with its traceback, and the reader goes on.
            log.exception("a listener of a reader failed")

    def _show(self, state: SourceState, stop: threading.Event) -> None:
        if state is self._state or stop is not self._stop:
            return  # the same, or a run that a newer one has replaced
        self._state = state
        if self._on_state is not None:
            try:
                self._on_state(state)
            except Exception:
                log.exception("a listener of a reader failed")


def _close(port: Port) -> None:
    try:
        port.close()
    except OSError as error:
        log.info("a port did not close: %s", error)


def listen(
    setup: ReaderSetup,
    heard: Callable[[SerialReport], None],
    *,
    ports: List = system_ports,
    open_: Open = open_port,
) -> Callable[[], None]:
    """Open a reader to try it. Returns what ends it. Raises ``EnvironmentProblem``: READER_ABSENT, READER_BUSY,
    READER_NO_RIGHTS."""
    address = address_of(setup, ports)
    if not address:
        raise EnvironmentProblem(Reason.READER_ABSENT, address=setup.address or setup.identity)
    try:
        # Here and now, so that trouble is told to whoever asks; the reader goes on with this very port.
        port = open_(address, setup.baud)
    except (OSError, ValueError) as error:
        found = error if isinstance(error, OSError) else OSError(errno.ENOENT, str(error))
        raise trouble_of(found, address) from error
    opened = [port]
    reader = SerialReader(
        setup,
        lambda text: None,
        heard,
        ports=ports,
        open_=lambda where, baud: opened.pop() if opened else open_(where, baud),
    )
    reader.start()

    def end() -> None:
        reader.stop()

    return end
