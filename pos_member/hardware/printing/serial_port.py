"""A printer on a serial line, by pyserial: opened, written, drained and closed under deadlines.

Bytes a stalled printer left in the system's queue are thrown away when a job fails: they would be printed whenever
the printer wakes up, maybe after the paper was printed again.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import descriptors
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.troubles import Pace, opening_trouble, sending_trouble

if TYPE_CHECKING:
    import serial


_OPEN_S = 4.0
_CLOSE_S = 3.0
_POLL_S = 0.005
#: Where the host itself watches the line's signals, so little is under way when the printer says stop.
_SMALL = 128
#: Windows tells nothing about a piece that came too late, so that pieces are small there.
_PIECE = 512
_log = logging.getLogger(__name__)


def _own_error() -> type[Exception]:
    """What a line raises beside ``OSError``: termios has an error of its own; Windows has no termios."""
    try:
        import termios
    except ImportError:
        return OSError
    return termios.error


_OWN_ERROR = _own_error()


class Flow(StrEnum):
    """How the printer says stop: two pairs of wires, characters in the data, or not at all."""

    RTSCTS = "rtscts"
    DSRDTR = "dsrdtr"
    XONXOFF = "xonxoff"
    NONE = "none"


@dataclass(frozen=True)
class SerialTransport:
    """A serial port: ``port`` as the system names it (``/dev/ttyUSB0``, ``COM3``), ``parity`` one of ``N E O M S``.

    ``total_timeout_s`` is what a job may take beyond twice the time its bytes need at ``baud``. Errors on connecting:
    ``PRINTER_GONE``, ``PRINTER_NO_RIGHTS``, ``PRINTER_HELD``, ``PRINTER_HANGS``, ``PRINTER_UNREACHABLE``, and
    ``PRINTER_OFFLINE`` where the printer's wire says that it takes nothing: not one byte has left then.
    """

    port: str
    baud: int = 115_200
    flow: Flow = Flow.NONE
    bits: int = 8
    parity: str = "N"
    stop_bits: int = 1
    ready_timeout_s: float = 1.0
    stall_timeout_s: float = 5.0
    total_timeout_s: float = 30.0

    @property
    def can_answer(self) -> bool:
        """A line has two directions."""
        return True

    @property
    def describe(self) -> str:
        """The port."""
        return self.port

    def connect(self) -> SerialConnection:
        """Open the port and see that the printer takes bytes."""
        try:
            port = call_within(_OPEN_S, self._open, self.port, undo=lambda late: late.close())
        except (_OWN_ERROR, OSError, ValueError) as error:
            raise EnvironmentProblem(_trouble(error), printer=self.port, detail=str(error)) from error
        connection = (PatientConnection if os.name == "posix" else SerialConnection)(port, self)
        try:
            connection.wait_for_printer(self.ready_timeout_s)
        except EnvironmentProblem:
            connection.close()
            raise
        return connection

    def _open(self) -> serial.Serial:
        import serial

        return serial.Serial(
            self.port,
            baudrate=self.baud,
            bytesize=self.bits,
            parity=self.parity,
            stopbits=self.stop_bits,
            timeout=0,
            write_timeout=0 if os.name == "posix" else self.stall_timeout_s,
            xonxoff=self.flow is Flow.XONXOFF,
            rtscts=self.flow is Flow.RTSCTS,
            # POSIX has no handshake by these wires: they are watched here, piece by piece.
            dsrdtr=self.flow is Flow.DSRDTR and os.name != "posix",
            exclusive=True if os.name == "posix" else None,
        )


class SerialConnection:
    """An open serial port."""

    def __init__(self, port: serial.Serial, way: SerialTransport) -> None:
        self._port: serial.Serial | None = port
        self._way = way
        self._written = 0
        self._failed = False
        self._pace = Pace(way.stall_timeout_s, way.total_timeout_s)

    @property
    def written(self) -> int:
        """Bytes the system has taken; a piece that came too late on Windows is counted whole."""
        return self._written

    def wait_for_printer(self, timeout_s: float) -> None:
        """Raises ``EnvironmentProblem(PRINTER_OFFLINE | PRINTER_GONE)``: by its wire the printer takes nothing."""
        ends = time.monotonic() + timeout_s
        while not self._says_go():
            if time.monotonic() >= ends:
                raise self._problem(Reason.PRINTER_OFFLINE)
            _pause(_POLL_S)

    def write(self, data: bytes) -> None:
        """Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_GONE | PRINTER_BROKE_OFF)``."""
        view = memoryview(data)
        self._pace.more_time(len(data) * 20 / self._way.baud)
        self._pace.moved()
        while view:
            count = self._put(view, self._pace.left)
            if not count:
                raise self._problem(Reason.PRINTER_NOT_READING)
            self._pace.moved()
            view = view[count:]

    def read(self, timeout_s: float) -> bytes:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF)`` when the port went away."""
        port = self._open_port()
        ends = time.monotonic() + timeout_s
        try:
            while True:
                left = max(ends - time.monotonic(), 0)
                if os.name == "posix":
                    said = descriptors.get(port.fileno(), left)
                else:
                    port.timeout = left
                    said = port.read(1)
                    said += port.read(port.in_waiting) if said else b""
                if said or time.monotonic() >= ends:
                    return said
        except (_OWN_ERROR, OSError) as error:
            raise self._broken(error) from error

    def finish(self) -> Proof:
        """Wait until the system's queue is empty, then close; ``Proof.NONE``.

        Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_BROKE_OFF)``: what still stood in the queue is
        thrown away, ``written`` counts it all the same.
        """
        port = self._open_port()
        self._pace.moved()
        try:
            waiting = port.out_waiting
            while waiting:
                if self._pace.left <= 0:
                    raise self._problem(Reason.PRINTER_NOT_READING, f"{waiting} bytes wait")
                _pause(_POLL_S)
                before, waiting = waiting, port.out_waiting
                if waiting < before:
                    self._pace.moved()
            # The line's own few bytes; this may hang for ever while the printer says stop.
            call_within(max(self._pace.left, 0), port.flush, self._way.port)
        except (_OWN_ERROR, OSError) as error:
            raise self._broken(error) from error
        except EnvironmentProblem as problem:
            self._failed = True
            raise self._problem(Reason.PRINTER_NOT_READING, str(problem)) from problem
        finally:
            self.close()
        return Proof.NONE

    def close(self) -> None:
        """Let go. What a failed job left in the queue is thrown away first, or closing would wait for it."""
        port, self._port = self._port, None
        if port is None:
            return

        def let_go() -> None:
            try:
                if self._failed:
                    port.reset_output_buffer()
            except (_OWN_ERROR, OSError) as error:
                _log.info("the queue of %s could not be emptied: %s", self._way.port, error)
            finally:
                port.close()

        try:
            call_within(_CLOSE_S, let_go, self._way.port)
        except (_OWN_ERROR, OSError, EnvironmentProblem) as error:
            _log.warning("%s could not be closed: %s", self._way.port, error)

    def _put(self, view: memoryview, left: float) -> int:
        """How much of ``view`` the system took within ``left`` seconds."""
        try:
            count = self._handed_over(self._open_port(), view, left)
        except (_OWN_ERROR, OSError) as error:
            raise self._broken(error) from error
        self._written += count
        return count

    def _handed_over(self, port: serial.Serial, view: memoryview, left: float) -> int:
        ends = time.monotonic() + left
        if self._way.flow is Flow.DSRDTR and os.name == "posix":
            while port.out_waiting > _SMALL or not self._says_go():
                if time.monotonic() >= ends:
                    return 0
                _pause(_POLL_S)
            view = view[:_SMALL]
        if left <= 0:
            return 0
        if os.name == "posix":
            return descriptors.put(port.fileno(), view, max(ends - time.monotonic(), 0))
        return self._put_piece(port, bytes(view[:_PIECE]), left)

    def _put_piece(self, port: serial.Serial, piece: bytes, left: float) -> int:
        import serial

        port.write_timeout = left
        try:
            return port.write(piece) or 0
        except serial.SerialTimeoutException:
            # How much of it left nobody says; all of it may have.
            self._written += len(piece)
            return 0

    def _says_go(self) -> bool:
        port = self._open_port()
        try:
            if self._way.flow is Flow.RTSCTS:
                return port.cts
            return port.dsr if self._way.flow is Flow.DSRDTR else True
        except (_OWN_ERROR, OSError) as error:
            if error.args[0] in (errno.ENOTTY, errno.EINVAL):  # a line without wires: nothing says stop
                return True
            raise self._broken(error) from error

    def _open_port(self) -> serial.Serial:
        if self._port is None:
            raise ValueError("the port is closed")
        return self._port

    def _broken(self, error: Exception) -> EnvironmentProblem:
        return self._problem(sending_trouble(self._written), str(error))

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        self._failed = True
        return EnvironmentProblem(reason, printer=self._way.port, written=self._written, detail=detail)


class PatientConnection(SerialConnection):
    """An open serial port of a system that tells how much it took."""

    def write_some(self, data: bytes, timeout_s: float) -> int:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF)``."""
        count = self._put(memoryview(data), timeout_s)
        self._pace.anew()
        self._pace.more_time(len(data) * 20 / self._way.baud)
        return count


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _trouble(error: Exception) -> Reason:
    """pyserial hands Windows' errors on as text alone."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else None
    if number is not None:
        return opening_trouble(OSError(number, ""))
    if "PermissionError" in str(error):
        return Reason.PRINTER_HELD
    return Reason.PRINTER_GONE if "FileNotFoundError" in str(error) else Reason.PRINTER_UNREACHABLE
