"""Where frames come from: a camera, a folder of pictures, one picture, a video file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pos_member.domain.errors import EnvironmentProblem
from pos_member.hardware.scanning import libraries
from pos_member.hardware.scanning.decoder import load_picture

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})
FRAME_WIDTH, FRAME_HEIGHT = 1_280, 720
#: An unplugged camera may go on giving its last frame; a real one is never still to the last bit for so long.
FROZEN_S = 1.5
_WARM_UP_FRAMES = 3


class SourceState(StrEnum):
    """What a source of frames is doing, for a quiet sign beside the preview.

    ``LOST``: not there, unplugged or unreadable; looked for again. ``BUSY``: there, but it gives no picture, most
    often because another program uses it; tried again. ``STOPPED``: not wanted, or a file that has ended.
    """

    STOPPED = "stopped"
    OPENING = "opening"
    LIVE = "live"
    LOST = "lost"
    BUSY = "busy"


class SourceTrouble(Exception):
    """A source cannot go on; ``state`` (``LOST`` or ``BUSY``) is what the window shows."""

    def __init__(self, state: SourceState, why: str) -> None:
        super().__init__(why)
        self.state = state


class FrameSource(Protocol):
    """One attempt at reading frames: opened once, read until it ends, closed. Used by one thread."""

    @property
    def live(self) -> bool:
        """True for a camera: old frames are dropped, bar codes need two sightings, the preview is mirrored."""
        ...

    @property
    def interval_s(self) -> float:
        """How long to wait between frames; 0 when ``read`` itself waits for the next one."""
        ...

    def open(self) -> None:
        """May take minutes and cannot be interrupted. Raises ``SourceTrouble``."""
        ...

    def read(self) -> Picture | None:
        """The next frame, grey or BGR, or None at the end. Raises ``SourceTrouble``. The array is the caller's."""
        ...

    def close(self) -> None:
        """Let go of the device or file; also after a failed ``open``."""
        ...


#: A new source for every attempt: one whose ``open`` hangs is abandoned, not reused.
SourceMaker = Callable[[], FrameSource]


def _library() -> Any:
    try:
        return libraries.opencv()
    except (ImportError, OSError) as error:
        raise SourceTrouble(SourceState.LOST, f"OpenCV does not load: {error}") from error


class CameraSource:
    """A camera through OpenCV: 1280×720 MJPG, one frame of buffer. ``number`` counts from 0."""

    live = True
    interval_s = 0.0

    def __init__(self, number: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._number = number
        self._now_s = now_s
        self._capture: Any = None
        self._thumb: bytes = b""
        self._changed_s = 0.0

    def open(self) -> None:
        """See ``FrameSource.open``. On Windows DirectShow first, then Media Foundation."""
        cv2 = _library()
        kinds = {"win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF), "linux": (cv2.CAP_V4L2,)}.get(sys.platform, (cv2.CAP_ANY,))
        wanted = [cv2.CAP_PROP_FRAME_WIDTH, FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, FRAME_HEIGHT]
        seen = sys.platform == "linux" and Path(f"/dev/video{self._number}").exists()
        for kind in kinds:
            capture = cv2.VideoCapture(self._number, kind, wanted)
            if not capture.isOpened():
                capture.release()
                continue
            seen = True
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            # The first frames are black or half exposed; a device that another program holds opens and gives none.
            if all(capture.read()[0] for _ in range(_WARM_UP_FRAMES)):
                self._capture = capture
                self._changed_s = self._now_s()
                return
            capture.release()
        raise SourceTrouble(SourceState.BUSY if seen else SourceState.LOST, f"camera {self._number} does not open")

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        cv2 = _library()
        try:
            got, frame = self._capture.read()
        except cv2.error as error:
            raise SourceTrouble(SourceState.LOST, "the camera stopped") from error
        if not got or frame is None:
            raise SourceTrouble(SourceState.LOST, "the camera gives no frame")
        thumb = frame[::16, ::16].tobytes()
        if thumb != self._thumb:
            self._thumb, self._changed_s = thumb, self._now_s()
        elif self._now_s() - self._changed_s > FROZEN_S:
            raise SourceTrouble(SourceState.LOST, "the camera repeats one frame")
        picture: Picture = frame
        return picture

    def close(self) -> None:
        """See ``FrameSource.close``."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class PicturesSource:
    """Pictures one after the other: a folder in the order of its names, or one still. Damaged ones are passed over."""

    live = False

    def __init__(self, path: Path, interval_s: float = 0.2, repeat: bool = False) -> None:
        self._path = path
        self.interval_s = interval_s
        self._repeat = repeat
        self._frames: Iterator[Picture] = iter(())

    def _paths(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path]
        return sorted(path for path in self._path.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)

    def open(self) -> None:
        """See ``FrameSource.open``: lost when there is no readable picture."""
        try:
            paths = self._paths()
        except OSError as error:
            raise SourceTrouble(SourceState.LOST, "the folder cannot be read") from error
        readable = [path for path in paths if _picture(path) is not None]
        if not readable:
            raise SourceTrouble(SourceState.LOST, "no picture to read")
        self._frames = self._all(readable)

    def _all(self, paths: list[Path]) -> Iterator[Picture]:
        while True:
            for path in paths:
                picture = _picture(path)
                if picture is None:
                    raise SourceTrouble(SourceState.LOST, "a picture has gone")
                yield picture
            if not self._repeat:
                return

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        return next(self._frames, None)

    def close(self) -> None:
        """See ``FrameSource.close``."""
        self._frames = iter(())


def _picture(path: Path) -> Picture | None:
    try:
        return load_picture(path)
    except EnvironmentProblem:
        return None


class VideoSource:
    """A video file at its own pace, every frame once."""

    live = False

    def __init__(self, path: Path, repeat: bool = False) -> None:
        self._path = path
        self._repeat = repeat
        self._capture: Any = None
        self.interval_s = 1 / 25

    def open(self) -> None:
        """See ``FrameSource.open``."""
        cv2 = _library()
        self._capture = cv2.VideoCapture(str(self._path))
        if not self._capture.isOpened():
            raise SourceTrouble(SourceState.LOST, "the video cannot be read")
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        if 1 <= rate <= 120:
            self.interval_s = 1 / rate

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        got, frame = self._capture.read()
        if not got and self._repeat:
            self._capture.set(_library().CAP_PROP_POS_FRAMES, 0)
            got, frame = self._capture.read()
        if not got:
            return None
        picture: Picture = frame
        return picture

    def close(self) -> None:
        """See ``FrameSource.close``."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def source_maker(where: str, repeat: bool = False) -> SourceMaker:
    """The source named by ``--camera N|PATH``: a camera number, a folder of pictures, a picture or a video file.

    Never fails here: what is not there shows as ``LOST`` when it is opened, and is looked for again.
    """
    if where.isascii() and where.isdigit() and len(where) < 4:
        number = int(where)
        return lambda: CameraSource(number)
    path = Path(where)
    if path.suffix.lower() in PICTURE_SUFFIXES or path.is_dir():
        return lambda: PicturesSource(path, repeat=repeat)
    return lambda: VideoSource(path, repeat=repeat)
