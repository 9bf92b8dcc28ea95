"""Cameras by the names the system has for them: a number changes with the socket, a name does not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

from pos_member.domain.readers import CameraSetup, FoundCamera
from pos_member.hardware.scanning.video_device import VideoDevices


class CameraNames(Protocol):
    """What the system calls its cameras."""

    def found(self) -> tuple[FoundCamera, ...]:
        """Those there now, ``where`` as the number OpenCV has for them. Any thread but the window's. Raises nothing."""
        ...


class NoNames:
    """A system that is not asked: cameras go by their numbers there, and whether one is there shows when it opens."""

    def found(self) -> tuple[FoundCamera, ...]:
        """See ``CameraNames``: two numbers without a name."""
        return FoundCamera("0", ""), FoundCamera("1", "")


def system_cameras() -> CameraNames:
    """The names of this machine."""
    if sys.platform == "win32":
        from pos_member.hardware.scanning.directshow import DirectShowCameras

        return DirectShowCameras()
    return VideoDevices() if sys.platform == "linux" else NoNames()


def numbered(found: Sequence[FoundCamera], setup: CameraSetup) -> str | None:
    """Where the camera of a name is now: of several alike the remembered number, else the first. None: not there."""
    places = [camera.where for camera in found if camera.name == setup.name]
    if setup.where in places:
        return setup.where
    return places[0] if places else None
