"""A frame made ready for the window, on the reader's thread: small, and in the order of bytes a screen has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_member.domain.readers import FoundCode
from pos_member.hardware.scanning import libraries

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

PREVIEW_WIDTH_MAX = 640


@dataclass(frozen=True)
class Glance:
    """What one frame showed: ``pixels`` are BGRX, four bytes each, row by row, of its own memory and never mirrored."""

    pixels: bytes
    width: int
    height: int
    codes: tuple[FoundCode, ...] = ()


def glance(frame: Picture, codes: tuple[FoundCode, ...] = (), width_max: int = PREVIEW_WIDTH_MAX) -> Glance:
    """A frame (grey or BGR, uint8) at most ``width_max`` wide. About 1 ms for 1280×720."""
    cv2 = libraries.opencv()
    height, width = frame.shape[:2]
    if width > width_max:
        width, height = width_max, max(1, round(height * width_max / width))
        frame = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    grey = frame.ndim == 2 or frame.shape[2] == 1
    pixels = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGRA if grey else cv2.COLOR_BGR2BGRA)
    return Glance(pixels.tobytes(), width, height, codes)
