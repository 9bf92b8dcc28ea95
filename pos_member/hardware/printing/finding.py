"""What stands at this machine and may be a printer: USB, device files, serial ports, the system's queues.

Each source is asked at the same time as the others, and has its own end: one that hangs or fails hides nothing else.
Nothing is printed and no driver is moved aside.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.domain.printers import FoundPrinter, Way
from pos_member.hardware.printing.addresses import format_address
from pos_member.hardware.printing.cups import CupsTransport, QueueState
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.device_file import DeviceTransport
from pos_member.hardware.printing.ipp import Attributes, Operation, Server
from pos_member.hardware.printing.profile import guess
from pos_member.hardware.printing.serial_port import SerialTransport
from pos_member.hardware.printing.troubles import opening_trouble
from pos_member.hardware.printing.usb_devices import (
    PRINTER_CLASS,
    configuration_of,
    printer_interfaces,
    serial_number,
    usb_backend,
)
from pos_member.hardware.printing.usb_port import UsbTransport
from pos_member.hardware.printing.windows_spooler import WindowsTransport
from pos_member.hardware.printing.winspool import Spooler, WinSpool, on_windows

SOURCE_TIMEOUT_S = 5.0
_POLL_S = 0.05
#: Makers of receipt printers whose devices may hide behind a class of their own.
_PRINTER_MAKERS = frozenset({0x04B8, 0x0519, 0x1504, 0x1D90, 0x0DD4})
_ASKED = ("printer-name", "printer-info", "printer-make-and-model", "printer-state")
_log = logging.getLogger(__name__)

Source = Callable[[], Iterable[FoundPrinter]]


def find(
    stopping: Callable[[], bool] = lambda: False,
    sources: Mapping[str, Source] | None = None,
    timeout_s: float = SOURCE_TIMEOUT_S,
) -> tuple[FoundPrinter, ...]:
    """Everything found, source by source, each address once; no longer than ``timeout_s``, ended by ``stopping``.

    Never raises for a source's sake.
    """
    asked = SOURCES if sources is None else sources
    found: dict[str, tuple[FoundPrinter, ...]] = {}

    def ask(name: str, source: Source) -> None:
        found[name] = _answer(name, source, timeout_s)

    threads = [threading.Thread(target=ask, args=one, name=f"find {one[0]}", daemon=True) for one in asked.items()]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + timeout_s + 1
    for thread in threads:
        while thread.is_alive() and not stopping() and time.monotonic() < ends:
            thread.join(_POLL_S)
    once: dict[str, FoundPrinter] = {}
    for name in asked:
        for one in found.get(name, ()):
            once.setdefault(one.address, one)
    return tuple(once.values())


def _answer(name: str, source: Source, timeout_s: float) -> tuple[FoundPrinter, ...]:
    try:
        return call_within(timeout_s, lambda: tuple(source()), f"find {name}")
    except (OSError, PosMemberError) as error:
        _log.info("no printers found by %s: %s", name, error)
    except Exception:  # noqa: BLE001 - a library that stumbles over one odd device hides nothing else
        _log.exception("printers could not be looked for by %s", name)
    return ()


def find_usb(backend: Any = None) -> Iterable[FoundPrinter]:
    """USB devices with a printer interface, with the names they give themselves."""
    import usb.core
    import usb.util

    try:
        library = backend or usb_backend()
    except EnvironmentProblem as problem:
        _log.info("USB cannot be looked at: %s", problem)
        return
    for device in usb.core.find(find_all=True, backend=library):
        try:
            if _prints(device):
                yield _usb_printer(device)
        except OSError as error:
            _log.info("USB device %04x:%04x could not be looked at: %s", device.idVendor, device.idProduct, error)
        finally:
            usb.util.dispose_resources(device)


def _prints(device: Any) -> bool:
    interfaces = [one for configuration in device for one in printer_interfaces(configuration)]
    return any(one.bInterfaceClass == PRINTER_CLASS or device.idVendor in _PRINTER_MAKERS for one in interfaces)


def _usb_printer(device: Any) -> FoundPrinter:
    trouble, maker, product, number = "", "", "", ""
    try:
        configuration_of(device)
        maker, product = _spoken(device, "manufacturer"), _spoken(device, "product")
        number = serial_number(device)
    except OSError as error:
        trouble = opening_trouble(error).value
        maker, product, number = _names_of_system(device)
    label = " ".join(part for part in (maker, product) if part) or f"USB {device.idVendor:04x}:{device.idProduct:04x}"
    address = format_address(UsbTransport(device.idVendor, device.idProduct, number if number.isprintable() else ""))
    return FoundPrinter(Way.USB, address, label, guess(maker, product), trouble)


def _spoken(device: Any, name: str) -> str:
    try:
        return _clean(getattr(device, name) or "")
    except ValueError:  # it has no names
        return ""


def _names_of_system(device: Any) -> tuple[str, str, str]:
    """Linux tells everybody what the device said, whoever may open it."""
    ports = ".".join(map(str, getattr(device, "port_numbers", None) or ()))
    folder = Path(f"/sys/bus/usb/devices/{device.bus}-{ports}")
    return _line(folder / "manufacturer"), _line(folder / "product"), _line(folder / "serial")


def find_device_files(
    devices: Path = Path("/dev/usb"), about: Path = Path("/sys/class/usbmisc")
) -> Iterable[FoundPrinter]:
    """``/dev/usb/lp*``, which the kernel's printer driver makes."""
    for path in sorted(devices.glob("lp*")):
        said = _line(about / path.name / "device" / "ieee1284_id")
        names = dict(part.strip().partition(":")[::2] for part in said.split(";"))
        maker = names.get("MFG") or names.get("MANUFACTURER") or ""
        model = names.get("MDL") or names.get("MODEL") or ""
        label = " ".join(part for part in (maker, model, f"({path})") if part)
        yield FoundPrinter(Way.USB, format_address(DeviceTransport(path)), label, guess(maker, model), _rights(path))


def find_serial(ports: Callable[[], Iterable[Any]] | None = None) -> Iterable[FoundPrinter]:
    """Serial ports; nobody knows what hangs on them."""
    if ports is None:
        from serial.tools import list_ports

        ports = list_ports.comports
    for port in sorted(ports()):
        told = _clean(port.description or "")
        label = f"{told} ({port.device})" if told not in ("", "n/a", port.name, port.device) else port.device
        trouble = _rights(Path(port.device)) if os.name == "posix" else ""
        model = guess(port.manufacturer or "", port.product or "")
        yield FoundPrinter(Way.SERIAL, format_address(SerialTransport(port.device)), label, model, trouble)


def find_cups(server: str = "") -> Iterable[FoundPrinter]:
    """Queues of CUPS."""
    asked = {"requested-attributes": _ASKED}
    for queue in Server(server).ask(Operation.CUPS_GET_PRINTERS, asked, timeout_s=SOURCE_TIMEOUT_S).groups:
        name = _text(queue, "printer-name")
        if not name:
            continue
        about, model = _text(queue, "printer-info"), _text(queue, "printer-make-and-model")
        stopped = queue.get("printer-state", [None])[0] == QueueState.STOPPED
        yield FoundPrinter(
            Way.CUPS,
            format_address(CupsTransport(name, server)),
            f"{about} ({name})" if about not in ("", name) else name,
            guess("", f"{model} {about}"),
            Reason.PRINTER_QUEUE_STOPPED.value if stopped else "",
        )


def find_windows(spooler: Spooler | None = None) -> Iterable[FoundPrinter]:
    """Printers of the Windows spooler."""
    if spooler is None:
        if not on_windows():
            return
        spooler = WinSpool()
    for name in spooler.printers():
        yield FoundPrinter(Way.WINDOWS, format_address(WindowsTransport(name)), name, guess("", name))


def _text(said: Attributes, name: str) -> str:
    value = said.get(name, [""])[0]
    return _clean(value) if isinstance(value, str) else ""


def _line(path: Path) -> str:
    try:
        return _clean(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:120]


def _rights(path: Path) -> str:
    return "" if os.access(path, os.R_OK | os.W_OK) else Reason.PRINTER_NO_RIGHTS.value


SOURCES: Mapping[str, Source] = {
    "usb": find_usb,
    "devices": find_device_files,
    "serial": find_serial,
    "cups": find_cups,
    "windows": find_windows,
}
