"""``winspool.drv`` without Windows: the functions, filled structures and error codes that the spooler has.

Handles, buffers and texts go through ctypes as they do there, so that a wrong structure or a buffer that is too small
shows. What a call does not get right, it refuses as Windows does: ``False`` and an error code.
"""

from __future__ import annotations

import ctypes
import threading
from ctypes import wintypes
from dataclasses import dataclass, field
from typing import Any

from pos_member.hardware.printing.winspool import (
    DocInfo1,
    JobInfo1,
    JobStatus,
    PrinterInfo2,
    PrinterInfo4,
    QueueStatus,
)
from tests.patience import PATIENCE_S

ACCESS_DENIED, INVALID_HANDLE, INVALID_PARAMETER, INSUFFICIENT_BUFFER = 5, 6, 87, 122
INVALID_LEVEL, INVALID_PRINTER_NAME, PRINTER_DELETED = 124, 1801, 1905


@dataclass
class Job:
    title: str
    kind: str
    data: bytearray = field(default_factory=bytearray)
    status: int = JobStatus.SPOOLING
    ended: bool = False


@dataclass
class Printer:
    """A queue. ``passes`` = jobs are printed as soon as they are complete; Windows forgets them then."""

    status: int = 0
    attributes: int = 0
    passes: bool = True
    #: Most that one ``WritePrinter`` takes.
    most: int = 1_000_000
    jobs: dict[int, Job] = field(default_factory=dict)
    printed: list[bytes] = field(default_factory=list)


class Library:
    """``Library(office=Printer())``: the functions of the library, by their names. ``last`` is ``GetLastError``."""

    def __init__(self, **printers: Printer) -> None:
        self.printers = printers
        self.last = 0
        self.handles: dict[int, str] = {}
        self.calls: list[str] = []
        #: A function that fails, with its code; one that waits.
        self.refuses: dict[str, int] = {}
        self.hangs: dict[str, threading.Event] = {}
        self._numbers = iter(range(100, 100_000))
        self._current: dict[int, int] = {}
        self._kept: list[Any] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if not name[0].isupper():
            return found

        def call(*arguments: Any) -> Any:
            self.calls.append(name)
            if gate := self.hangs.get(name):
                gate.wait(PATIENCE_S)
            if name in self.refuses:
                return self._fail(self.refuses[name])
            return found(*arguments)

        return call

    def _fail(self, code: int) -> bool:
        self.last = code
        return False

    def _at(self, handle: wintypes.HANDLE) -> Printer | None:
        name = self.handles.get(handle.value or 0)
        printer = self.printers.get(name) if name is not None else None
        if printer is None:
            self._fail(INVALID_HANDLE if name is None else PRINTER_DELETED)
        return printer

    def OpenPrinterW(self, name: str, handle: Any, defaults: None) -> bool:
        if name not in self.printers:
            return self._fail(INVALID_PRINTER_NAME)
        # Beyond 32 bits, as on a 64-bit Windows.
        value = 0x1_0000_0000 + next(self._numbers)
        handle._obj.value = value
        self.handles[value] = name
        return True

    def ClosePrinter(self, handle: wintypes.HANDLE) -> bool:
        if self.handles.pop(handle.value or 0, None) is None:
            return self._fail(INVALID_HANDLE)
        return True

    def GetPrinterW(self, handle: wintypes.HANDLE, level: int, space: Any, room: int, needed: Any) -> bool:
        printer = self._at(handle)
        if printer is None:
            return False
        if level != 2:
            return self._fail(INVALID_LEVEL)
        info = PrinterInfo2(driver="Generic / Text Only", status=printer.status, attributes=printer.attributes)
        return self._fill(info, space, room, needed)

    def _fill(self, info: ctypes.Structure, space: Any, room: int, needed: Any) -> bool:
        size = ctypes.sizeof(info) + 64  # texts stand behind the structure
        needed._obj.value = size
        if room < size:
            return self._fail(INSUFFICIENT_BUFFER)
        ctypes.memmove(space, ctypes.byref(info), ctypes.sizeof(info))
        self._kept.append(info)
        return True

    def StartDocPrinterW(self, handle: wintypes.HANDLE, level: int, document: Any) -> int:
        printer = self._at(handle)
        if printer is None:
            return 0
        info: DocInfo1 = document._obj
        number = next(self._numbers)
        printer.jobs[number] = Job(info.name, info.datatype)
        self._current[handle.value or 0] = number
        return number

    def StartPagePrinter(self, handle: wintypes.HANDLE) -> bool:
        return self._at(handle) is not None

    def AbortPrinter(self, handle: wintypes.HANDLE) -> bool:
        printer = self._at(handle)
        if printer is None:
            return False
        printer.jobs.pop(self._current.pop(handle.value or 0), None)
        return True

    def WritePrinter(self, handle: wintypes.HANDLE, data: bytes, count: int, taken: Any) -> bool:
        printer = self._at(handle)
        number = self._current.get(handle.value or 0)
        if printer is None or number is None:
            return False
        if number not in printer.jobs:
            return self._fail(63)  # the job was cancelled
        part = data[: min(count, printer.most)]
        printer.jobs[number].data += part
        taken._obj.value = len(part)
        return True

    def EndPagePrinter(self, handle: wintypes.HANDLE) -> bool:
        return self._at(handle) is not None

    def EndDocPrinter(self, handle: wintypes.HANDLE) -> bool:
        printer = self._at(handle)
        if printer is None:
            return False
        number = self._current.pop(handle.value or 0)
        job = printer.jobs[number]
        job.ended = True
        job.status &= ~JobStatus.SPOOLING
        if printer.passes and not printer.status & QueueStatus.PAUSED:
            printer.printed.append(bytes(job.data))
            del printer.jobs[number]
        return True

    def GetJobW(self, handle: wintypes.HANDLE, number: int, level: int, space: Any, room: int, needed: Any) -> bool:
        printer = self._at(handle)
        if printer is None:
            return False
        job = printer.jobs.get(number)
        if job is None:
            return self._fail(INVALID_PARAMETER)
        return self._fill(JobInfo1(job=number, document=job.title, status=job.status), space, room, needed)

    def SetJobW(self, handle: wintypes.HANDLE, number: int, level: int, info: None, command: int) -> bool:
        printer = self._at(handle)
        if printer is None:
            return False
        if number not in printer.jobs or command != 5:
            return self._fail(INVALID_PARAMETER)
        del printer.jobs[number]
        return True

    def EnumPrintersW(self, flags: int, name: None, level: int, space: Any, room: Any, needed: Any, count: Any) -> bool:
        size = len(self.printers) * (ctypes.sizeof(PrinterInfo4) + 64)
        needed._obj.value = size
        if (room.value if hasattr(room, "value") else room) < size:
            return self._fail(INSUFFICIENT_BUFFER)
        infos = (PrinterInfo4 * len(self.printers))(*(PrinterInfo4(printer=one) for one in self.printers))
        ctypes.memmove(space, infos, ctypes.sizeof(infos))
        self._kept.append(infos)
        count._obj.value = len(self.printers)
        return True
