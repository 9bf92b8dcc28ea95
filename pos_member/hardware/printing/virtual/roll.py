"""The paper: rows that have come out since the last cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_member.hardware.printing.bitmap import Bitmap


@dataclass
class Roll:
    """Paper coming out, ``dots`` wide: packed rows, most significant bit left, 1 = black."""

    dots: int
    rows: bytearray = field(default_factory=bytearray)

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return (self.dots + 7) // 8

    @property
    def height(self) -> int:
        """Rows since the last cut."""
        return len(self.rows) // self.stride

    def fitted(self, raster: bytes, width: int) -> bytes:
        """Rows of ``width`` bytes as rows of this paper: what lies beyond the head is lost, as on a real one."""
        stride = self.stride
        if width == stride:
            return raster
        taken = min(width, stride)
        return b"".join(raster[at : at + taken].ljust(stride, b"\x00") for at in range(0, len(raster), width))

    def add(self, rows: bytes | memoryview) -> None:
        """Whole rows of ``stride`` bytes come out."""
        self.rows += rows

    def cut(self) -> Bitmap | None:
        """The piece that falls off, or None where nothing had been fed."""
        piece = Bitmap(self.dots, bytes(self.rows)) if self.rows else None
        self.rows.clear()
        return piece
