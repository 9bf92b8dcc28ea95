"""From a picture to the texts of its codes: a chain of readers, cheap ones first.

Level 0, for every frame: the first reader (zxing-cpp) on the grey picture. Level 1, when that found nothing:
the second reader (zbar) on the centre, then both on an adaptive threshold, which evens out shadows and glare.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.scan_meaning import classify
from pos_member.hardware.scanning import libraries
from pos_member.hardware.scanning.readers import Reader, ReaderStatus, make_readers

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

PICTURE_BYTES_MAX = 64 * 1024 * 1024
#: Longer sides are halved before level 1: zbar's time grows with every pixel, a code's readability does not.
LEVEL_1_SIDE_MAX = 2_000
#: Frames wider than this are cut to their centre for zbar; a cashier holds the code in the middle.
_CENTRE_FROM_SIDE = 800


@dataclass(frozen=True)
class Decoded:
    """A code found in a picture. ``ms`` counts from the start of the search; ``reader`` names what found it."""

    text: str
    symbology: str
    ms: float
    reader: str


def to_grey(picture: Picture) -> Picture:
    """The grey plane, contiguous, of uint8 or uint16: grey, grey + alpha, BGR or BGRA. Transparent becomes white."""
    import numpy as np

    plane = picture
    if plane.dtype == np.uint16:
        plane = (plane >> 8).astype(np.uint8)
    if plane.ndim == 3 and plane.shape[2] in (2, 4):
        alpha = plane[:, :, -1:].astype(np.uint16)
        # A transparent QR is black on nothing; without its paper it would be black on black.
        plane = ((plane[:, :, :-1].astype(np.uint16) * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    if plane.ndim == 3 and plane.shape[2] == 1:
        plane = plane[:, :, 0]
    elif plane.ndim == 3 and plane.dtype == np.uint8 and plane.size:
        plane = _luma(plane) if plane.shape[2] == 3 else plane
    if plane.dtype != np.uint8 or plane.ndim != 2 or plane.size == 0:
        raise ValueError(f"not a picture: {picture.dtype} {picture.shape}")
    return np.ascontiguousarray(plane)


def _luma(bgr: Picture) -> Picture:
    """Brightness of blue, green, red (ITU-R BT.601). OpenCV takes 0.4 ms for a 720p frame, numpy 3."""
    import numpy as np

    try:
        cv2 = libraries.opencv()
    except (ImportError, OSError):
        blue, green, red = (bgr[:, :, channel].astype(np.uint16) for channel in range(3))
        return ((blue * 29 + green * 150 + red * 77) >> 8).astype(np.uint8)
    grey: Picture = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    return grey


def _centre(grey: Picture) -> Picture:
    """The middle three quarters each way of a large picture; a small one whole."""
    import numpy as np

    height, width = grey.shape
    if max(height, width) <= _CENTRE_FROM_SIDE:
        return grey
    return np.ascontiguousarray(grey[height // 8 : height - height // 8, width // 8 : width - width // 8])


def _shrunk(grey: Picture) -> Picture:
    """Every second pixel until the longer side is at most ``LEVEL_1_SIDE_MAX``."""
    import numpy as np

    step = 1
    while max(grey.shape) // step > LEVEL_1_SIDE_MAX:
        step *= 2
    return grey if step == 1 else np.ascontiguousarray(grey[::step, ::step])


def _thresholded(grey: Picture) -> Picture | None:
    """Black and white by the neighbourhood of each pixel, or None without OpenCV."""
    try:
        cv2 = libraries.opencv()
    except (ImportError, OSError):
        return None
    even: Picture = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 31, 5)
    return even


class Decoder:
    """A chain of readers. Safe to use from several threads: it keeps no state between pictures."""

    def __init__(
        self,
        readers: Sequence[Reader],
        statuses: Sequence[ReaderStatus] = (),
        now_s: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._readers = tuple(readers)
        self._statuses = tuple(statuses)
        self._now_s = now_s

    def available(self) -> tuple[ReaderStatus, ...]:
        """Which libraries load and read the test code here, tried once when the decoder was made."""
        return self._statuses

    @property
    def works(self) -> bool:
        """Whether any reader works."""
        return bool(self._readers)

    def quick(self, grey: Picture) -> list[Decoded]:
        """Level 0: the first reader on the whole picture."""
        start_s = self._now_s()
        return self._attempt(self._readers[0], grey, start_s) if self._readers else []

    def thorough(self, grey: Picture) -> list[Decoded]:
        """Level 1, for a picture in which level 0 found nothing."""
        start_s = self._now_s()
        small = _shrunk(grey)
        for reader in self._readers[1:]:
            found = self._attempt(reader, _centre(small), start_s)
            if found:
                return found
        even = _thresholded(small)
        if even is None:
            return []
        for reader in self._readers:
            found = self._attempt(reader, even if reader is self._readers[0] else _centre(even), start_s)
            if found:
                return found
        return []

    def decode(self, picture: Picture) -> list[Decoded]:
        """Every code of a still picture (shapes: ``to_grey``), by level 0 and, if that finds none, level 1."""
        grey = to_grey(picture)
        start_s = self._now_s()
        found = self.quick(grey)
        if found:
            return found
        spent_ms = (self._now_s() - start_s) * 1_000
        return [Decoded(code.text, code.symbology, code.ms + spent_ms, code.reader) for code in self.thorough(grey)]

    def _attempt(self, reader: Reader, grey: Picture, start_s: float) -> list[Decoded]:
        found = dict.fromkeys(reader.read(grey))
        ms = (self._now_s() - start_s) * 1_000
        return [Decoded(text, symbology, ms, reader.name) for text, symbology in found]


@cache
def default_decoder() -> Decoder:
    """The decoder of this machine, made and tested at first use (a few milliseconds plus loading the libraries)."""
    return Decoder(*make_readers())


def available() -> tuple[ReaderStatus, ...]:
    """Which decoding libraries work on this machine."""
    return default_decoder().available()


def decode_image(picture: Picture) -> list[Decoded]:
    """Every code in a picture, uint8 grey or BGR(A). Empty when there is none. Any thread but the UI's."""
    return default_decoder().decode(picture)


def load_picture(path: Path) -> Picture:
    """The grey plane of a picture file.

    Raises ``EnvironmentProblem(FILE_NOT_READABLE)`` when the file cannot be opened and ``PICTURE_UNREADABLE`` when
    it is no picture, damaged, or larger than 64 MiB or 64 million pixels.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path))
        if about.st_size > PICTURE_BYTES_MAX:
            raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=str(path))
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from error
    return picture_from_bytes(data, str(path))


def picture_from_bytes(data: bytes, name: str = "") -> Picture:
    """The grey plane of an encoded picture (PNG, JPEG, WebP, BMP …). Raises as ``load_picture`` does."""
    try:
        cv2 = libraries.opencv()
        import numpy as np
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name) from error
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        grey = None if picture is None else to_grey(picture)
    except (cv2.error, ValueError, MemoryError) as error:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name) from error
    if grey is None:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name)
    return grey


def decode_file(path: Path) -> list[Decoded]:
    """Every code in a picture file. Raises as ``load_picture`` does."""
    return decode_image(load_picture(path))


def scan_file(path: Path) -> list[dict[str, Any]]:
    """``decode_file`` as JSON-ready rows: ``file, text, symbology, ms, reader, kind, code`` (one row per code)."""
    rows: list[dict[str, Any]] = []
    for found in decode_file(path):
        meaning = classify(found.text)
        rows.append(
            {
                "file": str(path),
                "text": found.text,
                "symbology": found.symbology,
                "ms": round(found.ms, 1),
                "reader": found.reader,
                "kind": meaning.kind.value,
                "code": meaning.code,
            }
        )
    return rows
