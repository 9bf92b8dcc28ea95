"""What gives frames, seen from whoever reads them: its states, its troubles, what can be turned at it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pos_member.hardware.scanning import libraries

if TYPE_CHECKING:
    from pos_member.domain.readers import CameraControl
    from pos_member.hardware.scanning.libraries import Picture

FRAME_WIDTH, FRAME_HEIGHT = 1_280, 720


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
        """True for a camera: old frames are dropped and bar codes need two sightings."""
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


@runtime_checkable
class Adjustable(Protocol):
    """A source at which something can be turned, between ``open`` and ``close``, on the thread that reads it."""

    def controls(self) -> tuple[CameraControl, ...]:
        """What can be turned and how it stands. Raises nothing."""
        ...

    def turn(self, name: str, value: int | None) -> None:
        """Turn it; None leaves it to the camera. What it does not know stays as it is. Raises nothing."""
        ...


#: A new source for every attempt: one whose ``open`` hangs is abandoned, not reused.
SourceMaker = Callable[[], FrameSource]


def library() -> Any:
    """OpenCV. Raises ``SourceTrouble(LOST)`` where it does not load."""
    try:
        return libraries.opencv()
    except (ImportError, OSError) as error:
        raise SourceTrouble(SourceState.LOST, f"OpenCV does not load: {error}") from error
