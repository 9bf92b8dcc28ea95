"""The inside of the virtual printer: ESC/POS bytes in, paper, pulses and answers out. No sockets, no files.

Commands as in Epson's ESC/POS reference; those the product sends, and the few that others send around them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.encoder import REAL_TIME

#: Dots of one line feed at the default spacing of 1/6 inch.
LINE_FEED_ROWS = 34
MODEL_NAME = b"POS Member virtual printer"
MAKER_NAME = b"POS MEMBER"

ESC, GS, DLE, LF, CR, NUL = 0x1B, 0x1D, 0x10, 0x0A, 0x0D, 0x00


class UnknownCommand(Exception):
    """Bytes that are none of the commands understood."""


@dataclass
class Sensors:
    """What the printer's sensors say, and how its status bytes say it."""

    paper_out: bool = False
    cover_open: bool = False

    @property
    def ready(self) -> bool:
        """Whether it prints."""
        return not (self.paper_out or self.cover_open)

    def real_time(self, which: int) -> bytes:
        """The answer to ``DLE EOT n``; bits 1 and 4 are always set."""
        value = 0x12
        if which == 1 and not self.ready:
            value |= 0x08
        if which == 2:
            value |= (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
        if which == 4 and self.paper_out:
            value |= 0x6C
        return bytes((value,))

    def paper(self) -> bytes:
        """The answer to ``GS r 1``."""
        return b"\x0c" if self.paper_out else b"\x00"

    def automatic(self) -> bytes:
        """The four bytes of automatic status back (``GS a``)."""
        first = 0x10 | (0 if self.ready else 0x08) | (0x20 if self.cover_open else 0)
        return bytes((first, 0x00, 0x0C if self.paper_out else 0x00, 0x00))


@dataclass
class Roll:
    """Paper coming out: rows since the last cut, ``dots`` wide."""

    dots: int
    rows: bytearray = field(default_factory=bytearray)

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return (self.dots + 7) // 8

    def print_rows(self, raster: bytes, width: int) -> bool:
        """Rows of ``width`` bytes; what is beyond the head is lost, as on a real one. False where that happened."""
        stride = self.stride
        for at in range(0, len(raster), width):
            self.rows += raster[at : at + min(width, stride)].ljust(stride, b"\x00")
        return width <= stride

    def feed(self, rows: int) -> None:
        """Blank paper."""
        self.rows += bytes(rows * self.stride)

    def cut(self) -> Bitmap | None:
        """The piece that falls off, or None where nothing had been fed."""
        piece = Bitmap(self.dots, bytes(self.rows)) if self.rows else None
        self.rows.clear()
        return piece


class EscPosReader:
    """Reads a stream of commands in pieces of any size.

    ``answer`` takes bytes for the computer, ``on_cut`` each piece of paper. ``unknown`` collects what was not
    understood; with ``strict`` the first one raises ``UnknownCommand``.
    """

    def __init__(
        self,
        dots: int,
        *,
        answer: Callable[[bytes], None] = lambda said: None,
        on_cut: Callable[[Bitmap], None] = lambda piece: None,
        strict: bool = False,
    ) -> None:
        self.roll = Roll(dots)
        self.sensors = Sensors()
        self.kicks = 0
        self.unknown: list[str] = []
        self.automatic_status = False
        self._answer = answer
        self._on_cut = on_cut
        self._strict = strict
        self._waiting = bytearray()
        self._tail = b""

    @property
    def waiting(self) -> int:
        """Bytes received and not yet acted upon."""
        return len(self._waiting)

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive. Raises ``UnknownCommand`` when strict."""
        self._real_time(data)
        self._waiting += data
        self.work()

    def work(self) -> None:
        """Act on what waits, as far as it is complete and there is paper."""
        at = 0
        try:
            while self.sensors.ready and at < len(self._waiting):
                length = self._command(at)
                if length == 0:
                    break
                at += length
        finally:
            del self._waiting[:at]

    def reset(self) -> None:
        """A new connection: half a command of the last one is forgotten. Paper and what waits for paper stay."""
        if self.sensors.ready:
            self._waiting.clear()
        self._tail = b""
        self.automatic_status = False

    def _real_time(self, data: bytes) -> None:
        """A printer obeys ``DLE EOT`` the moment it arrives, even in the middle of an image."""
        seen = self._tail + data
        for at in range(len(seen) - 2):
            if seen[at : at + 2] == b"\x10\x04" and 1 <= seen[at + 2] <= 4:
                self._answer(self.sensors.real_time(seen[at + 2]))
        self._tail = seen[-2:]

    def _command(self, at: int) -> int:
        """Carry out the command at ``at``; its length, or 0 while it is incomplete."""
        data = self._waiting
        match data[at]:
            case 0x00 | 0x0D:
                return 1
            case 0x0A:
                self.roll.feed(LINE_FEED_ROWS)
                return 1
            case 0x10:
                return self._dle(at)
            case 0x1B:
                return self._esc(at)
            case 0x1D:
                return self._gs(at)
        return self._not_understood(at, 1)

    def _not_understood(self, at: int, length: int) -> int:
        shown = bytes(self._waiting[at : at + max(length, 2)]).hex(" ")
        self.unknown.append(shown)
        if self._strict:
            raise UnknownCommand(shown)
        return length

    def _dle(self, at: int) -> int:
        data = self._waiting
        if len(data) < at + 3:
            return 0
        if data[at + 1] == 0x04 and 1 <= data[at + 2] <= 4:
            return 3  # answered on arrival
        return self._not_understood(at, 1)

    def _esc(self, at: int) -> int:
        data = self._waiting
        lengths = {0x40: 2, 0x32: 2, 0x33: 3, 0x4A: 3, 0x64: 3, 0x61: 3, 0x70: 5}
        if len(data) < at + 2:
            return 0
        length = lengths.get(data[at + 1])
        if length is None:
            return self._not_understood(at, 2)
        if len(data) < at + length:
            return 0
        match data[at + 1]:
            case 0x4A:
                self.roll.feed(data[at + 2])
            case 0x64:
                self.roll.feed(data[at + 2] * LINE_FEED_ROWS)
            case 0x70:
                self.kicks += 1
        return length

    def _gs(self, at: int) -> int:
        data = self._waiting
        if len(data) < at + 3:
            return 0
        argument = data[at + 2]
        match data[at + 1]:
            case 0x76:
                return self._raster(at)
            case 0x56:
                return self._cut(at)
            case 0x28:
                return self._process_id(at)
            case 0x72:
                self._answer(self.sensors.paper() if argument in (1, 49) else b"\x00")
                return 3
            case 0x49:
                self._answer({66: b"_" + MAKER_NAME + b"\0", 67: b"_" + MODEL_NAME + b"\0"}.get(argument, b"\x20"))
                return 3
            case 0x61:
                self.automatic_status = argument != 0
                if self.automatic_status:
                    self._answer(self.sensors.automatic())
                return 3
        return self._not_understood(at, 2)

    def _raster(self, at: int) -> int:
        """``GS v 0 m xL xH yL yH``."""
        data = self._waiting
        if len(data) < at + 8:
            return 0
        width, height = int.from_bytes(data[at + 4 : at + 6], "little"), int.from_bytes(data[at + 6 : at + 8], "little")
        if data[at + 2] != 0x30 or data[at + 3] not in (0, 48) or not width or not height:
            return self._not_understood(at, 8)
        end = at + 8 + width * height
        if len(data) < end:
            return 0
        raster = bytes(data[at + 8 : end])
        if REAL_TIME.search(raster):
            self.unknown.append("real-time sequence inside an image")
        if not self.roll.print_rows(raster, width):
            self.unknown.append(f"image of {width} bytes for a head of {self.roll.stride}")
        return end - at

    def _cut(self, at: int) -> int:
        """``GS V m`` and ``GS V m n``."""
        data = self._waiting
        mode = data[at + 2]
        length = 4 if mode in (65, 66) else 3
        if len(data) < at + length:
            return 0
        if mode not in (0, 1, 48, 49, 65, 66):
            return self._not_understood(at, 3)
        piece = self.roll.cut()
        if piece is not None:
            self._on_cut(piece)
        return length

    def _process_id(self, at: int) -> int:
        """``GS ( H pL pH 48 48 d1…d4``: answered when everything before it is on paper."""
        data = self._waiting
        if len(data) < at + 5:
            return 0
        end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "little")
        if len(data) < end:
            return 0
        if data[at + 2] != 0x48 or end - at != 11 or data[at + 5 : at + 7] != b"00":
            return self._not_understood(at, end - at)
        self._answer(b"\x37\x22" + bytes(data[at + 7 : end]) + b"\x00")
        return end - at
