"""Pictures in commands: ``GS v 0`` row by row, ``ESC *`` columns, ``GS ( L`` graphics, ``GS *`` images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pos_member.hardware.printing.encoder import REAL_TIME
from pos_member.hardware.printing.virtual.letters import Dots


@dataclass(frozen=True)
class Raster:
    """Packed rows of ``width`` bytes."""

    width: int
    data: bytes

    def enlarged(self, wide: int, high: int) -> Raster:
        """Every dot ``wide`` times ``high``."""
        if wide == high == 1:
            return self
        return packed(np.kron(self.dots(), np.ones((high, wide), np.uint8)))

    def dots(self) -> Dots:
        """One byte per dot."""
        rows = np.frombuffer(self.data, np.uint8).reshape(-1, self.width)
        return np.unpackbits(rows, axis=1)


def packed(dots: Dots) -> Raster:
    """One byte per dot → packed rows."""
    bits = np.packbits(dots, axis=1)
    return Raster(bits.shape[1], bits.tobytes())


#: ``GS v 0 m xL xH yL yH``.
RASTER_HEADER = 8


@dataclass
class Streamed:
    """A ``GS v 0`` picture of which rows are still to come. ``wide`` and ``high``: how each dot is enlarged."""

    width: int
    rows_left: int
    wide: int
    high: int
    _last: bytes = b""
    _told: bool = False

    @classmethod
    def of(cls, header: bytes) -> Streamed:
        """From the eight bytes before the rows. Raises ``ValueError`` for another mode or an empty picture."""
        mode = header[3] - 48 if header[3] >= 48 else header[3]
        width, rows = int.from_bytes(header[4:6], "little"), int.from_bytes(header[6:8], "little")
        if not 0 <= mode <= 3 or not width or not rows:
            raise ValueError("mode or size of the picture")
        return cls(width, rows, 1 + mode % 2, 1 + mode // 2)

    @property
    def printed_width(self) -> int:
        """Bytes of a row on paper."""
        return self.width * self.wide

    def odd(self, rows: bytes) -> bool:
        """Whether a real-time sequence lies in the picture so far; said once."""
        found = not self._told and REAL_TIME.search(self._last + rows) is not None
        self._last = rows[-1:]
        self._told = self._told or found
        return found


def columns(command: bytes) -> Dots:
    """``ESC * m nL nH d…``: columns of 8 or 24 dots, always 24 rows on paper. Raises ``ValueError``."""
    mode = command[2]
    if mode not in (0, 1, 32, 33) or len(command) == 5:
        raise ValueError("mode or size of the columns")
    per_column = 3 if mode >= 32 else 1
    bits = np.unpackbits(np.frombuffer(command[5:], np.uint8).reshape(-1, per_column), axis=1).T
    return np.kron(bits, np.ones((3 // per_column, 1 if mode % 2 else 2), np.uint8))


def defined_image(command: bytes) -> Dots:
    """``GS * x y d…``: an image of ``8x`` by ``8y`` dots, sent in columns. Raises ``ValueError`` for an empty one."""
    wide, high = command[2], command[3]
    if not wide or not high:
        raise ValueError("size of the image")
    return np.unpackbits(np.frombuffer(command[4:], np.uint8).reshape(wide * 8, high), axis=1).T


def stored_graphics(parameters: bytes) -> Raster:
    """``fn 112`` of ``GS ( L``: ``a bx by c xL xH yL yH d…``. Raises ``ValueError``: not one colour, size wrong."""
    if len(parameters) < 8:
        raise ValueError("graphics without a size")
    tone, wide, high = parameters[0], parameters[1], parameters[2]
    dots, rows = int.from_bytes(parameters[4:6], "little"), int.from_bytes(parameters[6:8], "little")
    width = (dots + 7) // 8
    if tone != 48 or wide not in (1, 2) or high not in (1, 2) or not dots or not rows:
        raise ValueError("tone or size of the graphics")
    if len(parameters) - 8 != width * rows:
        raise ValueError(f"graphics of {width * rows} bytes with {len(parameters) - 8}")
    return Raster(width, parameters[8:]).enlarged(wide, high)
