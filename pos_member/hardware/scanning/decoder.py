"""From a picture to the texts of its codes: a chain of readers, cheap looks first.

Level 0, for every frame: the first reader (zxing-cpp) on the grey picture. Level 1, when that found nothing: other
views of the picture, one after another, within a time budget (``search``). What is found is believed or not
(``belief``), and put in order (``choice``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.domain.scan_meaning import classify
from pos_member.hardware.scanning import search, views
from pos_member.hardware.scanning.belief import Doubts
from pos_member.hardware.scanning.choice import Decoded, ordered
from pos_member.hardware.scanning.pictures import load_picture, picture_from_bytes, to_grey
from pos_member.hardware.scanning.readers import Reader, ReaderStatus, Sighting, make_readers
from pos_member.hardware.scanning.search import Look, Views

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

__all__ = [
    "FRAME_BUDGET_MS",
    "STILL_BUDGET_MS",
    "Decoded",
    "Decoder",
    "Look",
    "available",
    "decode_file",
    "decode_image",
    "default_decoder",
    "load_picture",
    "picture_from_bytes",
    "scan_file",
    "to_grey",
]

#: For a live camera: three such looks a second leave a small computer most of its time.
FRAME_BUDGET_MS = 60.0
#: For a picture somebody waits for, tried once and with everything.
STILL_BUDGET_MS = 1_000.0
_PLAIN = views.plain.__name__


class Decoder:
    """A chain of readers. Safe to use from several threads: it keeps no state between pictures (``Look`` does)."""

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

    def quick(self, grey: Picture, look: Look | None = None) -> list[Decoded]:
        """Level 0: the first reader on the whole picture. Our own codes come first (``choice.ordered``)."""
        if not self._readers:
            return []
        hunt = _Hunt(self._readers, grey, self._now_s, look)
        return hunt.seek(self._readers[:1], views.View(grey), _PLAIN)

    def thorough(self, grey: Picture, budget_ms: float = FRAME_BUDGET_MS, look: Look | None = None) -> list[Decoded]:
        """Level 1, for a picture in which level 0 found nothing, in about ``budget_ms``.

        A step is begun when what it is expected to take is left, and the first one in any case. With ``look`` the
        place of the last code is looked at first, and the steps go on where those of the frame before ended.
        """
        hunt = _Hunt(self._readers, grey, self._now_s, look)
        return hunt.thorough(budget_ms, look or Look())

    def decode(self, picture: Picture, budget_ms: float = STILL_BUDGET_MS) -> list[Decoded]:
        """Every code of a still picture (shapes: ``to_grey``), by level 0 and, if that finds none, level 1."""
        grey = to_grey(picture)
        start_s = self._now_s()
        found = self.quick(grey)
        if found:
            return found
        spent_ms = (self._now_s() - start_s) * 1_000
        late = self.thorough(grey, budget_ms - spent_ms)
        return [Decoded(code.text, code.symbology, code.ms + spent_ms, code.reader, code.corners) for code in late]


class _Hunt:
    """The search of one picture, with what was seen in it and not believed yet."""

    def __init__(
        self, readers: tuple[Reader, ...], grey: Picture, now_s: Callable[[], float], look: Look | None
    ) -> None:
        self._readers = readers
        self._grey = grey
        self._now_s = now_s
        self._look = look
        self._start_s = now_s()
        self._doubts = Doubts(grey, readers)

    def thorough(self, budget_ms: float, look: Look) -> list[Decoded]:
        """See ``Decoder.thorough``."""
        if not self._readers:
            return []
        height, width = self._grey.shape
        box = look.box(width, height)
        if box is not None and (found := self._seek_at(box)):
            return found
        base = views.shrunk(self._grey, search.SIDE_MAX)
        made = Views(base)
        pace, begun = 1.0, False
        for number, step in search.from_step(look.next_step):
            readers = self._readers[1:] if step.second else self._readers[:1]
            expected = search.expected_ms(step, base.picture)
            before_ms = self._ms()
            if begun and before_ms + expected * pace > budget_ms:
                look.next_step = number
                return []
            view = made.of(step.view) if readers else None
            if view is None:
                continue
            begun = True
            if found := self.seek(readers, view, step.view.__name__, step.coarse):
                look.next_step = number
                return found
            # A slow or busy computer shows in the first step; the rest are planned with it.
            pace = max(0.5, (self._ms() - before_ms) / expected)
        return []

    def _seek_at(self, box: views.Box) -> list[Decoded]:
        part = views.cut(self._grey, box)
        cv2 = views.opencv_or_none()
        if cv2 is None:
            return self.seek(self._readers[1:], part, "place")
        closer = views.larger(cv2, part.picture)
        return self.seek(self._readers[:1], views.View(closer.picture, part.left, part.top, closer.scale), "place")

    def seek(self, readers: Sequence[Reader], view: views.View, name: str, coarse: bool = False) -> list[Decoded]:
        """What these readers find in a view and may be believed, in order."""
        for reader in readers:
            found = {}
            for sighting in reader.read(view.picture, coarse):
                placed = Sighting(sighting.text, sighting.symbology, view.back(sighting.corners))
                if placed.text not in found and self._doubts.believed(placed, reader, name):
                    found[placed.text] = self._decoded(placed, reader)
            if found:
                codes = ordered(list(found.values()))
                if self._look is not None:
                    self._look.saw(codes[0].corners)
                return codes
        return []

    def _decoded(self, sighting: Sighting, reader: Reader) -> Decoded:
        height, width = self._grey.shape
        corners = tuple((x / width, y / height) for x, y in sighting.corners)
        return Decoded(sighting.text, sighting.symbology, self._ms(), reader.name, corners)

    def _ms(self) -> float:
        return (self._now_s() - self._start_s) * 1_000


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
