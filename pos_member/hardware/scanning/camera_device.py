"""A camera of this machine through OpenCV: found by its name, opened the quickest way, noticed when it goes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.domain.readers import CameraControl, CameraSetup
from pos_member.hardware.scanning.camera_names import CameraNames, numbered, system_cameras
from pos_member.hardware.scanning.capture_controls import CaptureControls
from pos_member.hardware.scanning.frames import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    Adjustable,
    SourceState,
    SourceTrouble,
    library,
)
from pos_member.hardware.scanning.video_device import VideoDeviceControls

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

#: An unplugged camera may go on giving its last frame; a real one is never still to the last bit for so long.
FROZEN_S = 1.5
_WARM_UP_FRAMES = 3
_DEVICES = Path("/dev")


class CameraSource:
    """One camera: 1280×720 MJPG, one frame of buffer. ``setup.where`` is its number, counted from 0; where
    ``setup.name`` is set, the camera of that name is opened, whatever its number is by now."""

    live = True
    interval_s = 0.0

    def __init__(
        self,
        setup: CameraSetup | int,
        names: CameraNames | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._setup = CameraSetup(str(setup)) if isinstance(setup, int) else setup
        self._names = names
        self._now_s = now_s
        self._capture: Any = None
        self._controls: Adjustable | None = None
        self._thumb: bytes = b""
        self._changed_s = 0.0

    def open(self) -> None:
        """See ``FrameSource.open``. On Windows DirectShow first, then Media Foundation."""
        number = self._number()
        cv2 = library()
        kinds = {"win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF), "linux": (cv2.CAP_V4L2,)}.get(sys.platform, (cv2.CAP_ANY,))
        wanted = [cv2.CAP_PROP_FRAME_WIDTH, FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, FRAME_HEIGHT]
        seen = sys.platform == "linux" and (_DEVICES / f"video{number}").exists()
        for kind in kinds:
            capture = cv2.VideoCapture(number, kind, wanted)
            if not capture.isOpened():
                capture.release()
                continue
            seen = True
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            # The first frames are black or half exposed; a device that another program holds opens and gives none.
            if all(capture.read()[0] for _ in range(_WARM_UP_FRAMES)):
                self._begin(capture, number)
                return
            capture.release()
        raise SourceTrouble(SourceState.BUSY if seen else SourceState.LOST, f"camera {number} does not open")

    def _number(self) -> int:
        where = self._setup.where
        if self._setup.name:
            names = self._names or system_cameras()
            where = numbered(names.found(), self._setup) or ""
            if not where:
                raise SourceTrouble(SourceState.LOST, "no camera has the name")
        if not where.isdecimal():
            raise SourceTrouble(SourceState.LOST, "no number of a camera")
        return int(where)

    def _begin(self, capture: Any, number: int) -> None:
        self._capture = capture
        self._changed_s = self._now_s()
        if sys.platform != "linux":
            # Asking for what can be turned means turning it there: only what was saved is touched.
            self._controls = CaptureControls(capture)
            apply_controls(self._controls, self._setup)
            return
        self._controls = VideoDeviceControls(_DEVICES / f"video{number}")
        # A camera remembers what a hand turned, from one program to the next.
        standing = self._controls.controls()
        apply_controls(self._controls, self._setup, {each.name for each in standing if each.automatic})

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        cv2 = library()
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

    def controls(self) -> tuple[CameraControl, ...]:
        """See ``Adjustable``."""
        return self._controls.controls() if self._controls is not None else ()

    def turn(self, name: str, value: int | None) -> None:
        """See ``Adjustable``."""
        if self._controls is not None:
            self._controls.turn(name, value)

    def close(self) -> None:
        """See ``FrameSource.close``."""
        if self._capture is not None:
            self._capture.release()
            self._capture = self._controls = None


def apply_controls(at: Adjustable, setup: CameraSetup, by_hand: Collection[str] = ()) -> None:
    """Turn everything as saved; those of ``by_hand`` that are left to the camera are given back to it."""
    saved = {"brightness": setup.brightness, "exposure": setup.exposure, "focus": setup.focus}
    for name, value in saved.items():
        if value is not None or name in by_hand:
            at.turn(name, value)
