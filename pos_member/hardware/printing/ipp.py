"""The Internet Printing Protocol as far as a queue of CUPS needs it: requests and answers as bytes, sent over HTTP.

Spoken to the server itself, so that no text of a command has to be read, in whatever language, and every call ends.
"""

from __future__ import annotations

import errno
import http.client
import itertools
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from urllib.parse import quote

IPP_PORT = 631
ANSWER_MAX = 4_000_000
SOCKETS = (Path("/run/cups/cups.sock"), Path("/var/run/cups/cups.sock"))
_OPERATION, _JOB, _END, _PRINTER = 0x01, 0x02, 0x03, 0x04
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
_TEXTS = range(0x41, 0x4A)
_TAGS = {
    "attributes-charset": _CHARSET,
    "attributes-natural-language": _LANGUAGE,
    "printer-uri": _URI,
    "requested-attributes": _KEYWORD,
    "document-format": _MIME,
}
_numbers = itertools.count(1)

Value = str | int | bool | None
Attributes = Mapping[str, Sequence[Value]]


class Operation(IntEnum):
    """What may be asked."""

    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB = 0x0009
    GET_PRINTER = 0x000B
    CUPS_GET_PRINTERS = 0x4002


class Status(IntEnum):
    """Answers that are told apart; anything below ``FAILED`` is a success."""

    FAILED = 0x0400
    NOT_FOUND = 0x0406


class IppError(OSError):
    """The server says no. ``status``: its number, HTTP's below 0x400 (401: not allowed)."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(errno.EPROTO, f"status {status:#06x} {detail}".rstrip())
        self.status = status


@dataclass(frozen=True)
class Answer:
    """``groups``: what was said of each printer or job, in order."""

    status: int
    groups: Sequence[Attributes] = field(default_factory=tuple)

    @property
    def first(self) -> Attributes:
        """The only group of most answers; empty where there is none."""
        return self.groups[0] if self.groups else {}


def encode(operation: Operation, attributes: Mapping[str, Value | Sequence[Value]], data: bytes = b"") -> bytes:
    """A request, with the document behind it."""
    parts = [struct.pack(">BBHI", 2, 0, operation, next(_numbers) & 0x7FFF_FFFF), bytes([_OPERATION])]
    whole = {"attributes-charset": "utf-8", "attributes-natural-language": "en", **attributes}
    for name, given in whole.items():
        values = given if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
        for index, value in enumerate(values):
            parts.append(_encoded("" if index else name, _TAGS.get(name, _NAME), value))
    return b"".join([*parts, bytes([_END]), data])


def _encoded(name: str, tag: int, value: Value) -> bytes:
    if isinstance(value, bool):
        tag, raw = _BOOLEAN, bytes([value])
    elif isinstance(value, int):
        tag, raw = _INTEGER, struct.pack(">i", value)
    else:
        raw = str(value).encode()
    label = name.encode()
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(raw)) + raw


def decode(data: bytes) -> Answer:
    """An answer. Raises ``ValueError`` for anything else."""
    if len(data) < 9:
        raise ValueError("too short")
    status = struct.unpack_from(">H", data, 2)[0]
    groups: list[dict[str, list[Value]]] = []
    said: dict[str, list[Value]] = {}
    name, at = "", 8
    while True:
        tag = _byte(data, at)
        at += 1
        if tag == _END:
            return Answer(status, tuple(groups))
        if tag < 0x10:
            said = {}
            if tag in (_JOB, _PRINTER):
                groups.append(said)
            continue
        label, at = _counted(data, at)
        raw, at = _counted(data, at)
        name = label.decode() or name
        said.setdefault(name, []).append(_value(tag, raw))


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise ValueError("broken off")
    return data[at]


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    if at + 2 > len(data):
        raise ValueError("broken off")
    begins = at + 2
    ends = begins + int.from_bytes(data[at:begins], "big")
    if ends > len(data):
        raise ValueError("broken off")
    return data[begins:ends], ends


def _value(tag: int, raw: bytes) -> Value:
    if tag in (_INTEGER, _ENUM) and len(raw) == 4:
        return int.from_bytes(raw, "big", signed=True)
    if tag == _BOOLEAN and len(raw) == 1:
        return bool(raw[0])
    return raw.decode(errors="replace") if tag in _TEXTS else None


class _Local(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


@dataclass(frozen=True)
class Server:
    """A CUPS: ``where`` is ``host``, ``host:port``, the path of a socket, or empty for this machine's own."""

    where: str = ""

    def ask(
        self,
        operation: Operation,
        attributes: Mapping[str, Value | Sequence[Value]],
        *,
        resource: str = "/",
        data: bytes = b"",
        timeout_s: float = 4.0,
    ) -> Answer:
        """One question. ``timeout_s`` bounds each wait for the line. Raises ``OSError``, of it ``IppError``."""
        headers: dict[str, str | bytes] = {"Content-Type": "application/ipp"}
        path = self._socket()
        line: http.client.HTTPConnection
        if path:
            line = _Local(path, timeout_s)
            # The server asks the system who we are and compares.
            headers["Authorization"] = f"PeerCred {user_name()}".encode()
        else:
            host, port = self._host()
            line = http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            line.request("POST", resource, encode(operation, attributes, data), headers)
            response = line.getresponse()
            body = response.read(ANSWER_MAX)
        except http.client.HTTPException as error:
            raise OSError(errno.EPROTO, repr(error)) from error
        finally:
            line.close()
        if response.status != http.client.OK:
            raise IppError(response.status, response.reason)
        try:
            answer = decode(body)
        except ValueError as error:
            raise OSError(errno.EPROTO, f"not IPP: {error}") from error
        if answer.status >= Status.FAILED:
            raise IppError(answer.status)
        return answer

    def uri(self, queue: str) -> str:
        """What the server calls ``queue``."""
        return f"ipp://localhost/printers/{quote(queue)}"

    def _socket(self) -> str:
        named = self.where or os.environ.get("CUPS_SERVER", "")
        if named:
            return named if named.startswith("/") else ""
        return next((str(path) for path in SOCKETS if path.exists()), "")

    def _host(self) -> tuple[str, int]:
        named = (self.where or os.environ.get("CUPS_SERVER", "")).partition("/")[0] or "localhost"
        host, colon, port = named.rpartition(":") if named.rpartition(":")[2].isdigit() else (named, "", "")
        return host.strip("[]"), int(port) if colon else IPP_PORT


def user_name() -> str:
    """Who runs this process, as the system knows them; jobs belong to them."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return os.environ.get("USERNAME", "pos-member")
