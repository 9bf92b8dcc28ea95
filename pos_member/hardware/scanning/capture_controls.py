"""What can be turned at a camera where the system says no ranges: tried out, by setting and reading back.

For Windows and macOS, where OpenCV's capture is the only way in; the ranges found are those the driver kept.
"""

from __future__ import annotations

from typing import Any

from pos_member.domain.readers import CameraControl
from pos_member.hardware.scanning import libraries

#: Control → (OpenCV's property, its automatic, value for "by hand", value for "the camera decides", usual ranges).
_AUTO_EXPOSURE_HAND, _AUTO_EXPOSURE_CAMERA = 0.25, 0.75
_RANGES = {
    "brightness": ((-64, 64), (0, 255), (0, 100)),
    "exposure": ((-13, -1), (-11, -2), (-8, -1), (1, 5_000)),
    "focus": ((0, 250), (0, 255), (0, 1_023), (0, 100)),
}


class CaptureControls:
    """See ``frames.Adjustable``. ``capture``: an open ``cv2.VideoCapture``; used by the thread that reads it."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture
        self._found: dict[str, tuple[int, int]] | None = None

    def controls(self) -> tuple[CameraControl, ...]:
        """See ``frames.Adjustable``. The first time the ends of the usual ranges are tried and set back."""
        if self._found is None:
            self._found = {name: room for name in _RANGES if (room := self._room(name)) is not None}
        return tuple(self._control(name, *room) for name, room in self._found.items())

    def turn(self, name: str, value: int | None) -> None:
        """See ``frames.Adjustable``."""
        if name not in _RANGES:
            return
        switch, hand, camera = self._switch(name)
        if value is None:
            if switch is not None:
                self._set(switch, camera)
            return
        if switch is not None:
            self._set(switch, hand)
        self._set(self._property(name), float(value))

    def _control(self, name: str, low: int, high: int) -> CameraControl:
        switch, _, camera = self._switch(name)
        automatic = switch is not None and self._get(switch) == camera
        value = min(max(round(self._get(self._property(name))), low), high)
        return CameraControl(name, low, high, 1, None if automatic else value, switch is not None)

    def _room(self, name: str) -> tuple[int, int] | None:
        """The widest of the usual ranges whose two ends the driver takes. None where it takes none."""
        kind = self._property(name)
        before = self._get(kind)
        switch, hand, _ = self._switch(name)
        stood = self._get(switch) if switch is not None else 0.0
        if switch is not None:
            self._set(switch, hand)
        try:
            for low, high in sorted(_RANGES[name], key=lambda room: room[0] - room[1]):
                if self._keeps(kind, low) and self._keeps(kind, high):
                    return low, high
            return None
        finally:
            self._set(kind, before)
            if switch is not None:
                self._set(switch, stood)

    def _keeps(self, kind: int, value: int) -> bool:
        return self._set(kind, float(value)) and round(self._get(kind)) == value

    def _property(self, name: str) -> int:
        cv2 = libraries.opencv()
        return int(
            {"brightness": cv2.CAP_PROP_BRIGHTNESS, "exposure": cv2.CAP_PROP_EXPOSURE, "focus": cv2.CAP_PROP_FOCUS}[
                name
            ]
        )

    def _switch(self, name: str) -> tuple[int | None, float, float]:
        """(property that says who decides, its value for a hand, for the camera); None where nobody but a hand can."""
        cv2 = libraries.opencv()
        if name == "exposure":
            return int(cv2.CAP_PROP_AUTO_EXPOSURE), _AUTO_EXPOSURE_HAND, _AUTO_EXPOSURE_CAMERA
        if name == "focus":
            return int(cv2.CAP_PROP_AUTOFOCUS), 0.0, 1.0
        return None, 0.0, 0.0

    def _get(self, kind: int) -> float:
        try:
            return float(self._capture.get(kind))
        except libraries.opencv().error:
            return -1.0

    def _set(self, kind: int, value: float) -> bool:
        try:
            return bool(self._capture.set(kind, value))
        except libraries.opencv().error:
            return False
