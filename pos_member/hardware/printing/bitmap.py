"""A 1-bit picture as the printer wants it: rows of packed bytes, most significant bit left, 1 = black."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bitmap:
    """``width`` dots by ``height`` rows; ``data`` holds ``stride`` bytes per row, padding bits are 0."""

    width: int
    data: bytes

    def __post_init__(self) -> None:
        if self.width <= 0 or len(self.data) % self.stride:
            raise ValueError("the data is not a whole number of rows")

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return (self.width + 7) // 8

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.data) // self.stride

    def row(self, at: int) -> bytes:
        """The packed bytes of one row."""
        return self.data[at * self.stride : (at + 1) * self.stride]

    def rows(self) -> Iterable[bytes]:
        """Every row from the top."""
        stride, data = self.stride, self.data
        return (data[at : at + stride] for at in range(0, len(data), stride))

    def ink(self) -> int:
        """How many dots are black."""
        return int.from_bytes(self.data, "big").bit_count()
