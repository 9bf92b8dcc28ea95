"""A printer on USB, spoken to directly by pyusb and the libusb that comes with it.

The kernel's printer driver, where it holds the device, is asked to step aside for the job and gets it back after it.
libusb bounds its transfers itself; opening, claiming and letting go are bounded here, and transfers once more.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.troubles import Pace, opening_trouble, sending_trouble
from pos_member.hardware.printing.usb_devices import (
    Claim,
    attach_driver,
    configuration_of,
    detach_driver,
    dispose,
    give_back,
    printer_interfaces,
    serial_number,
    usb_backend,
)

_BULK = 2
_IN = 0x80
_CHUNK = 4_096
_OPEN_S = 4.0
_CLOSE_S = 3.0
#: What a transfer may take beyond its own time-out before its driver counts as hanging.
_GRACE_S = 2.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UsbTransport:
    """The device ``vendor:product``, of several the one with ``serial``; end points are found unless they are given.

    Errors on connecting: ``PRINTER_GONE``, ``PRINTER_NO_RIGHTS``, ``PRINTER_HELD``, ``PRINTER_HANGS``,
    ``PRINTER_UNREACHABLE`` (no interface that takes bytes), ``PRINTER_WAY_MISSING`` (no libusb; on Windows, no
    driver that lets programs speak to the device).
    """

    vendor: int
    product: int
    serial: str = ""
    endpoint_in: int | None = None
    endpoint_out: int | None = None
    stall_timeout_s: float = 5.0
    total_timeout_s: float = 30.0
    #: pyusb's back end; ``None`` = libusb.
    backend: Any = field(default=None, compare=False, repr=False)

    @property
    def can_answer(self) -> bool:
        """Nearly all printers have a way back; one without is silent."""
        return True

    @property
    def describe(self) -> str:
        """``USB vvvv:pppp``, with the serial number where one is asked for."""
        return f"USB {self.vendor:04x}:{self.product:04x} {self.serial}".rstrip()

    def connect(self) -> UsbConnection:
        """Find the device and take its printer interface."""
        backend = self.backend or usb_backend()
        try:
            claim = call_within(_OPEN_S, lambda: self._claim(backend), self.describe, undo=give_back)
        except OSError as error:
            raise self._unopened(error) from error
        return UsbConnection(claim, self)

    def _claim(self, backend: Any) -> Claim:
        device = self._device(backend)
        try:
            return self._take(device)
        except BaseException:
            dispose(device)
            raise

    def _device(self, backend: Any) -> Any:
        import usb.core

        seen = list(usb.core.find(find_all=True, backend=backend, idVendor=self.vendor, idProduct=self.product))
        if not seen:
            raise OSError(errno.ENODEV, "not connected")
        if not self.serial:
            return seen[0]
        unreadable: OSError | None = None
        for device in seen:
            try:
                number = serial_number(device)
            except OSError as error:
                unreadable = error
                continue
            if number == self.serial:
                return device
            dispose(device)
        raise unreadable or OSError(errno.ENODEV, f"no device with the serial number {self.serial}")

    def _take(self, device: Any) -> Claim:
        import usb.util

        interface, writes, reads = self._interface(configuration_of(device))
        detached = detach_driver(device, interface.bInterfaceNumber)
        try:
            usb.util.claim_interface(device, interface.bInterfaceNumber)
            if interface.bAlternateSetting:
                device.set_interface_altsetting(interface.bInterfaceNumber, interface.bAlternateSetting)
        except BaseException:
            if detached:
                attach_driver(device, interface.bInterfaceNumber)
            raise
        number = interface.bInterfaceNumber
        return Claim(
            device, number, writes.bEndpointAddress, reads and reads.bEndpointAddress, writes.wMaxPacketSize, detached
        )

    def _interface(self, configuration: Any) -> tuple[Any, Any, Any]:
        for interface in printer_interfaces(configuration):
            bulk = [end for end in interface if end.bmAttributes & 3 == _BULK]
            out = [end for end in bulk if not end.bEndpointAddress & _IN and self.endpoint_out in (None, _at(end))]
            back = [end for end in bulk if end.bEndpointAddress & _IN and self.endpoint_in in (None, _at(end))]
            if out:
                return interface, out[0], back[0] if back else None
        raise OSError(errno.ENOSTR, "no interface that takes bytes")

    def _unopened(self, error: OSError) -> EnvironmentProblem:
        if error.errno == errno.ENOSYS:
            return EnvironmentProblem(Reason.PRINTER_WAY_MISSING, way="USB", detail="WinUSB", printer=self.describe)
        return EnvironmentProblem(opening_trouble(error), printer=self.describe, detail=str(error))


class UsbConnection:
    """A claimed printer interface."""

    def __init__(self, claim: Claim, way: UsbTransport) -> None:
        self._claim = claim
        self._way = way
        self._written = 0
        self._closed = False
        self._pace = Pace(way.stall_timeout_s, way.total_timeout_s)

    @property
    def written(self) -> int:
        """Bytes the device has taken; a piece in a transfer that hangs is counted whole."""
        return self._written

    def write(self, data: bytes) -> None:
        """Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_GONE | PRINTER_BROKE_OFF | PRINTER_HANGS)``."""
        view = memoryview(data)
        self._pace.moved()
        while view:
            left = self._pace.left
            count = self._put(bytes(view[:_CHUNK]), left) if left > 0 else 0
            if not count:
                raise self._problem(Reason.PRINTER_NOT_READING)
            self._pace.moved()
            view = view[count:]

    def write_some(self, data: bytes, timeout_s: float) -> int:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF | PRINTER_HANGS)``."""
        count = self._put(data[:_CHUNK], timeout_s)
        self._pace.anew()
        return count

    def _put(self, piece: bytes, left: float) -> int:
        """How much of ``piece`` the device took within ``left`` seconds."""
        try:
            count = self._transfer(left, lambda: int(self._device.write(self._claim.writes, piece, _ms(left))))
        except EnvironmentProblem as problem:
            self._written += len(piece) if problem.params["begun"] else 0
            raise
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return 0
            raise self._problem(sending_trouble(self._written), str(error)) from error
        self._written += count
        return count

    def read(self, timeout_s: float) -> bytes:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF | PRINTER_HANGS)``."""
        reads = self._claim.reads
        if reads is None:
            threading.Event().wait(timeout_s)
            return b""
        ends = time.monotonic() + timeout_s
        # Printers with nothing to say may answer with an empty packet at once.
        while True:
            left = max(ends - time.monotonic(), 0.001)
            said = self._get(reads, left)
            if said or time.monotonic() >= ends:
                return said

    def _get(self, reads: int, left: float) -> bytes:
        try:
            return self._transfer(left, lambda: bytes(self._device.read(reads, _CHUNK, _ms(left))))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return b""
            raise self._problem(sending_trouble(self._written), str(error)) from error

    def finish(self) -> Proof:
        """Every transfer was taken by the device when it returned: let go; ``Proof.NONE``."""
        self.close()
        return Proof.NONE

    def close(self) -> None:
        """Give the interface back, and the kernel's driver its device."""
        if self._closed:
            return
        self._closed = True
        try:
            call_within(_CLOSE_S, lambda: give_back(self._claim), self._way.describe)
        except (OSError, EnvironmentProblem) as error:
            _log.warning("%s could not be let go: %s", self._way.describe, error)

    @property
    def _device(self) -> Any:
        return self._claim.device

    def _transfer(self, left: float, work: Callable[[], T]) -> T:
        if self._closed:
            raise OSError(errno.ENODEV, "closed")
        try:
            return call_within(left + _GRACE_S, work, self._way.describe, afterwards=lambda: give_back(self._claim))
        except EnvironmentProblem as problem:
            # Letting go under a transfer that hangs would hang as well, or worse: its thread does it when it can.
            self._closed = self._closed or bool(problem.params["begun"])
            raise

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(reason, printer=self._way.describe, written=self._written, detail=detail)


def _at(end: Any) -> int:
    address: int = end.bEndpointAddress
    return address


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1_000))
