"""USB devices as pyusb shows them: the one library, what of a device prints, taking it and giving it back."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pos_member.domain.errors import EnvironmentProblem, Reason

PRINTER_CLASS = 7
#: Printers that speak IPP on this interface print nothing of raw bytes.
_IPP_OVER_USB = 4
_BIDIRECTIONAL = 2
_VENDOR_CLASS = 255
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """An interface of a device that is ours: where bytes go in and out (``reads`` is ``None`` where none come)."""

    device: Any
    interface: int
    writes: int
    reads: int | None
    packet: int
    detached: bool


def usb_backend() -> Any:
    """libusb, as the package or else the system has it. Raises ``EnvironmentProblem(PRINTER_WAY_MISSING)``."""
    try:
        import libusb_package

        found = libusb_package.get_libusb1_backend()
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(
            Reason.PRINTER_WAY_MISSING, way="USB", detail="libusb-1.0", error=str(error)
        ) from error
    if found is None:
        raise EnvironmentProblem(Reason.PRINTER_WAY_MISSING, way="USB", detail="libusb-1.0")
    return found


def configuration_of(device: Any) -> Any:
    """The active configuration; a device that has none yet gets its first. Raises ``OSError``."""
    try:
        return device.get_active_configuration()
    except OSError as error:
        if error.errno is not None:
            raise
        device.set_configuration()
        return device.get_active_configuration()


def printer_interfaces(configuration: Any) -> Iterator[Any]:
    """Interfaces that may take a receipt, best first: printers that answer, printers, then makers' own classes."""

    def rank(interface: Any) -> int:
        if interface.bInterfaceClass == PRINTER_CLASS:
            return 0 if interface.bInterfaceProtocol == _BIDIRECTIONAL else 1
        return 2

    fit = [
        interface
        for interface in configuration
        if (interface.bInterfaceClass == PRINTER_CLASS and interface.bInterfaceProtocol != _IPP_OVER_USB)
        or interface.bInterfaceClass == _VENDOR_CLASS
    ]
    return iter(sorted(fit, key=rank))


def serial_number(device: Any) -> str:
    """What the device says, or empty. Raises ``OSError`` where it may not be asked."""
    try:
        return str(device.serial_number or "")
    except ValueError:
        # pyusb hides why; opening the device tells.
        device.get_active_configuration()
        return ""


def give_back(claim: Claim) -> None:
    """Release the interface, return the kernel's driver, close the device."""
    import usb.util

    try:
        usb.util.release_interface(claim.device, claim.interface)
        if claim.detached:
            attach_driver(claim.device, claim.interface)
    except OSError as error:
        _log.info("a USB interface could not be released: %s", error)
    finally:
        dispose(claim.device)


def detach_driver(device: Any, interface: int) -> bool:
    """Ask the kernel's driver to step aside; whether there was one. Raises ``OSError``."""
    try:
        if not device.is_kernel_driver_active(interface):
            return False
        device.detach_kernel_driver(interface)
    except NotImplementedError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.ENOENT):  # systems without such drivers; it left by itself
            return False
        raise
    return True


def attach_driver(device: Any, interface: int) -> None:
    """Give the device back to the kernel's driver, if it takes it."""
    try:
        device.attach_kernel_driver(interface)
    except OSError as error:
        _log.info("the kernel's driver did not take its USB device back: %s", error)


def dispose(device: Any) -> None:
    """Close the device."""
    import usb.util

    usb.util.dispose_resources(device)
