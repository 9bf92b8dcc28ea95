"""Where frames come from: a camera, a folder of pictures, one picture, a video file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.domain.errors import EnvironmentProblem
from pos_member.domain.readers import CameraSetup
from pos_member.hardware.scanning.camera_device import CameraSource
from pos_member.hardware.scanning.camera_names import CameraNames
from pos_member.hardware.scanning.decoder import load_picture
from pos_member.hardware.scanning.frames import (
    FrameSource,
    SourceMaker,
    SourceState,
    SourceTrouble,
    library,
)

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

__all__ = [
    "CameraSource",
    "FrameSource",
    "PicturesSource",
    "SourceMaker",
    "SourceState",
    "SourceTrouble",
    "VideoSource",
    "camera_maker",
    "source_maker",
]

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})


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
    """A video file at its own pace, every frame once. ``pace_s``: another pace (s between frames; 0: none)."""

    live = False

    def __init__(self, path: Path, repeat: bool = False, pace_s: float | None = None) -> None:
        self._path = path
        self._repeat = repeat
        self._pace_s = pace_s
        self._capture: Any = None
        self.interval_s = 1 / 25 if pace_s is None else pace_s

    def open(self) -> None:
        """See ``FrameSource.open``."""
        cv2 = library()
        self._capture = cv2.VideoCapture(str(self._path))
        if not self._capture.isOpened():
            raise SourceTrouble(SourceState.LOST, "the video cannot be read")
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        if self._pace_s is None and 1 <= rate <= 120:
            self.interval_s = 1 / rate

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        got, frame = self._capture.read()
        if not got and self._repeat:
            self._capture.set(library().CAP_PROP_POS_FRAMES, 0)
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


def source_maker(where: str, repeat: bool = False, pace_s: float | None = None) -> SourceMaker:
    """The source named by ``--camera N|PATH``: a camera number, a folder of pictures, a picture or a video file.

    ``repeat``: files begin again at their end; ``pace_s``: seconds between their frames, instead of their own pace.
    Never fails here: what is not there shows as ``LOST`` when it is opened, and is looked for again.
    """
    return camera_maker(lambda: CameraSetup(where), repeat=repeat, pace_s=pace_s)


def camera_maker(
    setup: Callable[[], CameraSetup],
    names: CameraNames | None = None,
    repeat: bool = False,
    pace_s: float | None = None,
) -> SourceMaker:
    """The source of a set-up, asked for anew at every attempt: a name, a number or a path, its controls as saved."""
    return lambda: _source(setup(), names, repeat, pace_s)


def _source(setup: CameraSetup, names: CameraNames | None, repeat: bool, pace_s: float | None) -> FrameSource:
    where = setup.where
    if setup.name or (where.isascii() and where.isdigit() and len(where) < 4):
        return CameraSource(setup, names)
    path = Path(where)
    if path.suffix.lower() in PICTURE_SUFFIXES or path.is_dir():
        return PicturesSource(path, 0.2 if pace_s is None else pace_s, repeat)
    return VideoSource(path, repeat, pace_s)
