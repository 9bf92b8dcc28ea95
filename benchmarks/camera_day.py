"""A day of camera frames: a looped film through grabber, decoder and preview as fast as they go, and what memory does.

    python -m benchmarks.camera_day [--frames 100000]

24 hours at 30 frames a second are 2,592,000 frames. The film (320×180, a code in every third second) is read by OpenCV
from a file that begins again at its end; the clock is the film's. Every frame is looked at, three in a second
thoroughly, fifteen are made into previews: as at a till, where only the pace differs.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno

from pos_member.hardware.scanning.camera import CameraReader, CameraSettings
from pos_member.hardware.scanning.decoder import Decoded, Look, default_decoder
from pos_member.hardware.scanning.frames import SourceState
from pos_member.hardware.scanning.preview import Glance
from pos_member.hardware.scanning.sources import VideoSource

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

DAY = 24 * 3_600 * 30
RATE = 30
FILM_S = 30
AIM_MIB = 8.0


class Film(VideoSource):
    """As a live camera: one frame when the one before was looked at. The clock goes by its frames."""

    live = True

    def __init__(self, path: Path, frames: int) -> None:
        super().__init__(path, repeat=True, pace_s=0)
        self.given = 0
        self._frames = frames
        self.looked = threading.Semaphore(1)

    def now_s(self) -> float:
        return self.given / RATE

    def read(self) -> Picture | None:
        self.looked.acquire()
        if self.given == self._frames:
            return None
        self.given += 1
        return super().read()


class Looking:
    """The machine's own decoder, and a word to the film when it has looked."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._decoder = default_decoder()

    def quick(self, grey: Picture, look: Look | None = None) -> list[Decoded]:
        found = self._decoder.quick(grey, look)
        self._film.looked.release()
        return found

    def thorough(self, grey: Picture, budget_ms: float, look: Look | None = None) -> list[Decoded]:
        return self._decoder.thorough(grey, budget_ms, look)


def main() -> int:
    """Print memory after each tenth; 1 when the second half grew by more than the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    frames = parser.parse_args().frames
    with tempfile.TemporaryDirectory() as scratch:
        film = Film(_film(Path(scratch) / "counter.avi"), frames)
        return _run(film, frames)


def _run(film: Film, frames: int) -> int:
    ended = threading.Event()
    codes: dict[str, int] = {}
    previews = [0]

    def saw(code: Decoded) -> None:
        codes[code.text] = codes.get(code.text, 0) + 1

    def shown(glance: Glance) -> None:
        previews[0] += len(glance.pixels) > 0

    reader = CameraReader(
        lambda: film,
        Looking(film),  # type: ignore[arg-type]
        saw,
        shown,
        lambda state: ended.set() if state is SourceState.STOPPED else None,
        CameraSettings(look_s=0, frame_max_s=60),
        film.now_s,
    )
    print(f"{frames:,} frames = {frames / RATE / 3_600:.2f} hours of a camera ({frames / DAY:.1%} of a day)")
    begun = time.perf_counter()
    reader.start()
    held: list[float] = []
    while not ended.wait(0.05):
        if film.given >= (len(held) + 1) * frames // 10:
            gc.collect()
            held.append(_resident_mib())
            print(
                f"  {film.given:>9,} frames  {held[-1]:7.1f} MiB  {film.given / (time.perf_counter() - begun):6,.0f}/s"
            )
    reader.stop()
    spent = time.perf_counter() - begun
    grown = held[-1] - held[len(held) // 2 - 1]
    print(
        f"{sum(codes.values()):,} codes taken ({len(codes)} texts), {previews[0]:,} previews, {spent:.0f} s; "
        f"threads {threading.active_count()}; memory of the second half {grown:+.1f} MiB (aim ≤ {AIM_MIB:.0f})"
    )
    return int(grown > AIM_MIB or not codes)


def _film(path: Path) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (320, 180))
    dice = np.random.default_rng(3)
    for number in range(FILM_S * RATE):
        frame = np.full((180, 320, 3), 170, np.uint8)
        frame += dice.integers(0, 20, frame.shape, np.uint8)
        second = number // RATE
        if second % 3 == 0:
            code = _code(f"29{second:011d}")
            frame[20 : 20 + len(code), 60 : 60 + len(code)] = code[:, :, None]
        writer.write(frame)
    writer.release()
    return path


def _code(text: str) -> Picture:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    picture: Picture = np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((4, 4), np.uint8))
    return picture


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096 / 1_048_576


if __name__ == "__main__":
    sys.exit(main())
