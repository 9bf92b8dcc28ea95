"""Addresses of printers: one text for each, read into the way that leads there and written back.

=========================  ==========================================================================
``tcp://host:9100``        a network printer; ``host`` and ``host:port`` alone mean the same
``usb://04b8:0202/SERIAL`` a USB device; serial number, ``?in=82&out=01`` (end points, hex) if needed
``serial:///dev/ttyUSB0``  a serial port (``serial://COM3``); ``?baud=&flow=&bits=&parity=&stop=``
``windows://name``         a printer of the Windows spooler
``cups://queue``           a queue of CUPS; ``?server=host:631`` or ``?server=/path/of/socket``
``file:///path``           a file (``?append=no``: the last job only); a path alone means the same
``device:///dev/usb/lp0``  a device file
=========================  ==========================================================================

Everything that is not a plain letter is percent-encoded. Hostile texts end in ``Refusal(PRINTER_ADDRESS_INVALID)``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import Way
from pos_member.hardware.printing.cups import CupsTransport
from pos_member.hardware.printing.device_file import DeviceTransport
from pos_member.hardware.printing.files import FileTransport
from pos_member.hardware.printing.serial_port import Flow, SerialTransport
from pos_member.hardware.printing.tcp import TCP_PORT, TcpTransport
from pos_member.hardware.printing.transports import Transport
from pos_member.hardware.printing.usb_port import UsbTransport
from pos_member.hardware.printing.windows_spooler import WindowsTransport

LENGTH_MAX = 400
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://(.*)", re.DOTALL)
_HOST = re.compile(r"(?P<host>[A-Za-z0-9._\-]{1,253}|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._\-]+)?\])(?::(?P<port>\d{1,5}))?")
_IDS = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?:/(.*))?", re.DOTALL)
_COM = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}")
_BAUD = range(300, 4_000_001)
_USB_DEVICES = Path("/dev/usb")
Options = Mapping[str, str]


def parse(address: str) -> Transport:
    """The way to ``address``; nothing is opened. Raises ``Refusal(PRINTER_ADDRESS_INVALID, address=)``."""
    text = address.strip()
    try:
        if not text or len(text) > LENGTH_MAX or not text.isprintable():
            raise ValueError("length or characters")
        found = _SCHEME.fullmatch(text)
        if found is not None:
            where, _, tail = found[2].partition("?")
            return _READERS[found[1].lower()](where, _options(tail))
        if "/" in text or "\\" in text:
            return FileTransport(Path(text))
        return _tcp(text, {})
    except (ValueError, KeyError):
        raise Refusal(Reason.PRINTER_ADDRESS_INVALID, address=address[:60]) from None


def format_address(transport: Transport) -> str:
    """The address that ``parse`` reads back into ``transport`` (with the usual time-outs). Raises ``TypeError``."""
    match transport:
        case TcpTransport():
            return f"tcp://{transport.describe}"
        case UsbTransport(vendor=vendor, product=product, serial=serial):
            ends = {"in": _hex(transport.endpoint_in), "out": _hex(transport.endpoint_out)}
            return f"usb://{vendor:04x}:{product:04x}{'/' + _quoted(serial) if serial else ''}{_tail(ends)}"
        case SerialTransport():
            return f"serial://{quote(transport.port, safe='/')}{_tail(_line(transport))}"
        case WindowsTransport(printer=printer):
            return f"windows://{_quoted(printer)}"
        case CupsTransport(queue=queue, server=server):
            return f"cups://{_quoted(queue)}{_tail({'server': server})}"
        case DeviceTransport(path=path):
            return f"device://{_path_text(path)}"
        case FileTransport(path=path, append=append):
            return f"file://{_path_text(path)}{_tail({'append': '' if append else 'no'})}"
    raise TypeError(type(transport).__name__)


def normal(address: str) -> str:
    """One spelling of each address, so that two texts for one printer are seen to be one. Raises as ``parse``."""
    return format_address(parse(address))


def way_of(address: str) -> Way:
    """How ``address`` is reached. Raises as ``parse``."""
    match parse(address):
        case UsbTransport():
            return Way.USB
        case SerialTransport():
            return Way.SERIAL
        case WindowsTransport():
            return Way.WINDOWS
        case CupsTransport():
            return Way.CUPS
        case DeviceTransport(path=path) | FileTransport(path=path):
            return Way.USB if _USB_DEVICES in path.parents else Way.FILE
        case _:
            return Way.TCP


def _options(tail: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in tail.split("&") if tail else ():
        name, equals, value = part.partition("=")
        if not equals or not value or name in options:
            raise ValueError(part)
        options[name] = _unquoted(value)
    return options


def _only(options: Options, *known: str) -> None:
    if not set(options) <= set(known):
        raise ValueError("unknown option")


def _tcp(where: str, options: Options) -> TcpTransport:
    _only(options)
    found = _HOST.fullmatch(where.rstrip("/"))
    port = int(found["port"] or TCP_PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise ValueError(where)
    host = found["host"].strip("[]")
    if ":" in host:
        ipaddress.IPv6Address(host)
    return TcpTransport(host, port)


def _usb(where: str, options: Options) -> UsbTransport:
    _only(options, "in", "out")
    found = _IDS.fullmatch(where)
    if found is None or found[3] == "":
        raise ValueError(where)
    ends = {name: int(value, 16) for name, value in options.items()}
    if not 0x81 <= ends.get("in", 0x81) <= 0x8F or not 0x01 <= ends.get("out", 0x01) <= 0x0F:
        raise ValueError("no end point")
    serial = _unquoted(found[3] or "")
    return UsbTransport(int(found[1], 16), int(found[2], 16), serial, ends.get("in"), ends.get("out"))


def _serial(where: str, options: Options) -> SerialTransport:
    _only(options, "baud", "flow", "bits", "parity", "stop")
    port = _unquoted(where)
    # A name of the shop's own may stand for the device, wherever it lies: the virtual printer's does.
    if not (port.startswith("/") and ".." not in port and port.strip("/")) and not _COM.fullmatch(port):
        raise ValueError(where)
    baud, bits, stop = _number(options, "baud", 115_200), _number(options, "bits", 8), _number(options, "stop", 1)
    parity = options.get("parity", "n").upper()
    if baud not in _BAUD or bits not in (7, 8) or stop not in (1, 2) or parity not in ("N", "E", "O"):
        raise ValueError("line")
    flow = Flow(options.get("flow", Flow.NONE))
    return SerialTransport(port, baud=baud, flow=flow, bits=bits, parity=parity, stop_bits=stop)


def _number(options: Options, name: str, usual: int) -> int:
    value = options.get(name, str(usual))
    if not value.isascii() or not value.isdigit() or len(value) > 7:
        raise ValueError(value)
    return int(value)


def _windows(where: str, options: Options) -> WindowsTransport:
    _only(options)
    return WindowsTransport(_needed(_unquoted(where)))


def _cups(where: str, options: Options) -> CupsTransport:
    _only(options, "server")
    queue = _needed(_unquoted(where))
    if len(queue) > 127 or set(queue) & set(" /#?\"'\\"):
        raise ValueError(where)
    server = options.get("server", "")
    if server and not server.startswith("/") and not _HOST.fullmatch(server):
        raise ValueError(server)
    return CupsTransport(queue, server)


def _file(where: str, options: Options) -> FileTransport:
    _only(options, "append")
    if options.get("append", "no") != "no":
        raise ValueError("append")
    return FileTransport(_path(where), append="append" not in options)


def _device(where: str, options: Options) -> DeviceTransport:
    _only(options)
    return DeviceTransport(_path(where))


def _path(where: str) -> Path:
    text = _needed(_unquoted(where))
    if not text.startswith("/"):
        raise ValueError(where)
    # file:///C:/paper.bin
    return Path(text[1:] if re.match(r"/[A-Za-z]:", text) else text)


def _path_text(path: Path) -> str:
    text = quote(path.absolute().as_posix(), safe="/:")
    return text if text.startswith("/") else "/" + text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _unquoted(text: str) -> str:
    plain = unquote(text, errors="strict")
    if plain and not plain.isprintable():
        raise ValueError("control characters")
    return plain


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _hex(end: int | None) -> str:
    return "" if end is None else f"{end:02x}"


def _line(line: SerialTransport) -> dict[str, str]:
    usual = SerialTransport(line.port)
    return {
        "baud": str(line.baud),
        "flow": "" if line.flow is usual.flow else line.flow.value,
        "bits": "" if line.bits == usual.bits else str(line.bits),
        "parity": "" if line.parity == usual.parity else line.parity.lower(),
        "stop": "" if line.stop_bits == usual.stop_bits else str(line.stop_bits),
    }


def _tail(options: Mapping[str, str]) -> str:
    parts = [f"{name}={quote(value, safe='/')}" for name, value in options.items() if value]
    return "?" + "&".join(parts) if parts else ""


_READERS: Mapping[str, Callable[[str, Options], Transport]] = {
    "tcp": _tcp,
    "usb": _usb,
    "serial": _serial,
    "windows": _windows,
    "cups": _cups,
    "file": _file,
    "device": _device,
}
