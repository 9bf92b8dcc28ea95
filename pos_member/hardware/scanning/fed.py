"""A scene before a camera that is no camera: whoever holds it shows pictures, pulls the plug, puts it back."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from pos_member.domain.readers import CameraControl
from pos_member.hardware.scanning.frames import FRAME_HEIGHT, FRAME_WIDTH, SourceState, SourceTrouble

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture


class FedSource:
    """A ``FrameSource`` that gives what was shown last, again and again at a camera's pace, as a counter does.

    One scene serves every attempt (``lambda: scene`` is its ``SourceMaker``). ``pace_s``: between two frames; a new
    picture comes at once. Before the first picture the scene is a grey counter of 1280×720. All methods: any thread.
    """

    interval_s = 0.0

    def __init__(self, pace_s: float = 1 / 30, live: bool = True, controls: tuple[CameraControl, ...] = ()) -> None:
        self.live = live
        self._pace_s = pace_s
        self._changed = threading.Condition()
        self._frame: Picture | None = None
        self._fresh = False
        self._trouble: SourceState | None = None
        self._ended = False
        self._open = 0
        self._controls = {control.name: control for control in controls}

    # --- before the camera ---------------------------------------------------------------------------------

    def show(self, frame: Picture) -> None:
        """This is before the camera from now on; grey or BGR, uint8. The array must not be changed any more."""
        with self._changed:
            self._frame, self._fresh = frame, True
            self._changed.notify_all()

    def unplug(self, state: SourceState = SourceState.LOST) -> None:
        """No more frames, and none at the next attempts: ``LOST`` as without a plug, ``BUSY`` as if held elsewhere."""
        with self._changed:
            self._trouble = state
            self._changed.notify_all()

    def plug_in(self) -> None:
        """The next attempt finds it again."""
        with self._changed:
            self._trouble = None

    def end(self) -> None:
        """As a file that is over."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def opened(self) -> int:
        """How often it is open now: 1 while it is read, 0 once it was let go."""
        with self._changed:
            return self._open

    # --- as the camera -------------------------------------------------------------------------------------

    def open(self) -> None:
        """See ``FrameSource.open``."""
        with self._changed:
            self._open += 1
            self._raise_trouble()

    def read(self) -> Picture | None:
        """See ``FrameSource.read``."""
        with self._changed:
            self._changed.wait_for(lambda: self._fresh or self._trouble or self._ended, self._pace_s)
            self._raise_trouble()
            if self._ended and not self._fresh:
                return None
            self._fresh = False
            if self._frame is None:
                self._frame = _counter()
            return self._frame

    def close(self) -> None:
        """See ``FrameSource.close``."""
        with self._changed:
            self._open = max(0, self._open - 1)

    def controls(self) -> tuple[CameraControl, ...]:
        """See ``Adjustable``."""
        with self._changed:
            return tuple(self._controls.values())

    def turn(self, name: str, value: int | None) -> None:
        """See ``Adjustable``."""
        with self._changed:
            if name in self._controls:
                self._controls[name] = replace(self._controls[name], value=value)

    def _raise_trouble(self) -> None:
        if self._trouble is not None:
            raise SourceTrouble(self._trouble, "the scene was taken away")


def _counter() -> Picture:
    import numpy as np

    return np.full((FRAME_HEIGHT, FRAME_WIDTH), 128, np.uint8)
