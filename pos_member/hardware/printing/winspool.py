"""The spooler of Windows as its library ``winspool.drv`` offers it, in the few calls that raw jobs need.

Written by Microsoft's reference and held by tests against a double of the library; it was not run on Windows.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from ctypes import wintypes
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, Protocol, TypeVar

#: 32 bits, elsewhere than on Windows too: ``wintypes`` makes them as wide as a ``long`` is there.
DWORD = ctypes.c_uint32
_ENUM_LOCAL_AND_CONNECTED = 0x2 | 0x4
_JOB_DELETE = 5
_RAW = "RAW"
INVALID_PARAMETER = 87
S = TypeVar("S", bound=ctypes.Structure)


class QueueStatus(IntFlag):
    """``PRINTER_STATUS_…``, as far as it is looked at."""

    PAUSED = 0x1
    ERROR = 0x2
    PENDING_DELETION = 0x4
    PAPER_JAM = 0x8
    PAPER_OUT = 0x10
    OFFLINE = 0x80
    NOT_AVAILABLE = 0x1000
    DOOR_OPEN = 0x400000


class JobStatus(IntFlag):
    """``JOB_STATUS_…``."""

    PAUSED = 0x1
    ERROR = 0x2
    DELETING = 0x4
    SPOOLING = 0x8
    PRINTING = 0x10
    OFFLINE = 0x20
    PAPER_OUT = 0x40
    PRINTED = 0x80
    DELETED = 0x100
    BLOCKED = 0x200
    USER_INTERVENTION = 0x400
    RESTART = 0x800
    COMPLETE = 0x1000


#: ``PRINTER_ATTRIBUTE_WORK_OFFLINE``: a person told Windows to keep everything back.
WORK_OFFLINE = 0x400


class SpoolError(OSError):
    """A call failed. ``code``: what ``GetLastError`` said."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(f"{call} failed, error {code}")
        self.code = code


@dataclass(frozen=True)
class Queue:
    """How a printer's queue stands."""

    status: QueueStatus
    attributes: int


class Spooler(Protocol):
    """The calls. Every one may hang, and raises ``SpoolError``."""

    def open(self, printer: str) -> int:
        """A handle of ``printer``."""
        ...

    def close(self, handle: int) -> None:
        """Let go."""
        ...

    def queue(self, handle: int) -> Queue:
        """How it stands."""
        ...

    def start(self, handle: int, title: str) -> int:
        """Begin a raw job; its number."""
        ...

    def write(self, handle: int, data: bytes) -> int:
        """How many bytes of ``data`` were taken."""
        ...

    def end(self, handle: int) -> None:
        """The job is complete."""
        ...

    def job(self, handle: int, number: int) -> JobStatus | None:
        """How a job stands; ``None`` when it is not in the queue any more."""
        ...

    def cancel(self, handle: int, number: int) -> None:
        """Take a job out of the queue."""
        ...

    def printers(self) -> tuple[str, ...]:
        """The names of all printers this account sees."""
        ...


class DocInfo1(ctypes.Structure):
    """``DOC_INFO_1W``."""

    _fields_ = (("name", wintypes.LPWSTR), ("output", wintypes.LPWSTR), ("datatype", wintypes.LPWSTR))


class PrinterInfo2(ctypes.Structure):
    """``PRINTER_INFO_2W``."""

    _fields_ = (
        *((name, wintypes.LPWSTR) for name in ("server", "printer", "share", "port", "driver", "comment", "location")),
        ("devmode", ctypes.c_void_p),
        *((name, wintypes.LPWSTR) for name in ("separator", "processor", "datatype", "parameters")),
        ("security", ctypes.c_void_p),
        *((name, DWORD) for name in ("attributes", "priority", "usual_priority", "starts", "until")),
        *((name, DWORD) for name in ("status", "jobs", "pages_per_minute")),
    )


class PrinterInfo4(ctypes.Structure):
    """``PRINTER_INFO_4W``: from the registry alone, so that a dead network printer delays nothing."""

    _fields_ = (("printer", wintypes.LPWSTR), ("server", wintypes.LPWSTR), ("attributes", DWORD))


class JobInfo1(ctypes.Structure):
    """``JOB_INFO_1W``."""

    _fields_ = (
        ("job", DWORD),
        *((name, wintypes.LPWSTR) for name in ("printer", "machine", "user", "document", "datatype", "status_text")),
        *((name, DWORD) for name in ("status", "priority", "position", "pages", "pages_printed")),
        ("submitted", wintypes.WORD * 8),
    )


class WinSpool:
    """``Spooler`` by ctypes. ``library`` and ``last_error`` are Windows' own unless given."""

    def __init__(self, library: Any = None, last_error: Callable[[], int] | None = None) -> None:
        if library is None:
            # Named by their text: elsewhere than on Windows ctypes has neither.
            library = vars(ctypes)["WinDLL"]("winspool.drv", use_last_error=True)
            last_error = vars(ctypes)["get_last_error"]
            _declare(library)
        self._library = library
        self._last_error: Callable[[], int] = last_error or (lambda: 0)

    def open(self, printer: str) -> int:
        """``OpenPrinterW``."""
        handle = wintypes.HANDLE()
        self._call("OpenPrinterW", printer, ctypes.byref(handle), None)
        return handle.value or 0

    def close(self, handle: int) -> None:
        """``ClosePrinter``."""
        self._call("ClosePrinter", wintypes.HANDLE(handle))

    def queue(self, handle: int) -> Queue:
        """``GetPrinterW``, level 2."""
        info = self._filled("GetPrinterW", PrinterInfo2, wintypes.HANDLE(handle), 2)
        return Queue(QueueStatus(info.status), info.attributes)

    def start(self, handle: int, title: str) -> int:
        """``StartDocPrinterW`` and the one page that a raw job has."""
        document = DocInfo1(title, None, _RAW)
        number = int(self._call("StartDocPrinterW", wintypes.HANDLE(handle), 1, ctypes.byref(document)))
        try:
            self._call("StartPagePrinter", wintypes.HANDLE(handle))
        except SpoolError:
            self._library.AbortPrinter(wintypes.HANDLE(handle))
            raise
        return number

    def write(self, handle: int, data: bytes) -> int:
        """``WritePrinter``."""
        taken = DWORD()
        self._call("WritePrinter", wintypes.HANDLE(handle), data, len(data), ctypes.byref(taken))
        return taken.value

    def end(self, handle: int) -> None:
        """``EndPagePrinter`` and ``EndDocPrinter``."""
        self._call("EndPagePrinter", wintypes.HANDLE(handle))
        self._call("EndDocPrinter", wintypes.HANDLE(handle))

    def job(self, handle: int, number: int) -> JobStatus | None:
        """``GetJobW``, level 1; Windows forgets a job when it is printed."""
        try:
            return JobStatus(self._filled("GetJobW", JobInfo1, wintypes.HANDLE(handle), number, 1).status)
        except SpoolError as error:
            if error.code == INVALID_PARAMETER:
                return None
            raise

    def cancel(self, handle: int, number: int) -> None:
        """``SetJobW``; a job that is not there any more is fine."""
        try:
            self._call("SetJobW", wintypes.HANDLE(handle), number, 0, None, _JOB_DELETE)
        except SpoolError as error:
            if error.code != INVALID_PARAMETER:
                raise

    def printers(self) -> tuple[str, ...]:
        """``EnumPrintersW``, level 4."""
        size, count = DWORD(), DWORD()
        asked = (_ENUM_LOCAL_AND_CONNECTED, None, 4)
        self._library.EnumPrintersW(*asked, None, 0, ctypes.byref(size), ctypes.byref(count))
        if not size.value:
            return ()
        space = ctypes.create_string_buffer(size.value)
        self._call("EnumPrintersW", *asked, space, size, ctypes.byref(size), ctypes.byref(count))
        found = (PrinterInfo4 * count.value).from_buffer(space)
        return tuple(str(one.printer) for one in found)

    def _filled(self, call: str, kind: type[S], *asked: object) -> S:
        """The structure at the head of what Windows fills in, its texts kept alive behind it."""
        size = DWORD()
        # The first call says how much room is needed, and fails.
        getattr(self._library, call)(*asked, None, 0, ctypes.byref(size))
        space = ctypes.create_string_buffer(max(size.value, ctypes.sizeof(kind)))
        self._call(call, *asked, space, len(space), ctypes.byref(size))
        return kind.from_buffer(space)

    def _call(self, name: str, *arguments: object) -> Any:
        result = getattr(self._library, name)(*arguments)
        if not result:
            raise SpoolError(name, self._last_error())
        return result


def _declare(library: Any) -> None:
    """Handles are 64 bits wide: undeclared, ctypes would cut them."""
    handle, number, size = wintypes.HANDLE, DWORD, ctypes.POINTER(DWORD)
    void, text = ctypes.c_void_p, wintypes.LPWSTR
    for name, arguments in {
        "OpenPrinterW": (text, ctypes.POINTER(handle), void),
        "ClosePrinter": (handle,),
        "GetPrinterW": (handle, number, void, number, size),
        "StartDocPrinterW": (handle, number, void),
        "StartPagePrinter": (handle,),
        "AbortPrinter": (handle,),
        "WritePrinter": (handle, void, number, size),
        "EndPagePrinter": (handle,),
        "EndDocPrinter": (handle,),
        "GetJobW": (handle, number, number, void, number, size),
        "SetJobW": (handle, number, number, void, number),
        "EnumPrintersW": (number, text, number, void, number, size, size),
    }.items():
        call = getattr(library, name)
        call.argtypes = arguments
        call.restype = number if name == "StartDocPrinterW" else wintypes.BOOL


def on_windows() -> bool:
    """Whether there is such a library here."""
    return os.name == "nt"
