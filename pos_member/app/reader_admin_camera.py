"""Setting the camera up: the camera's half of ``ui.ports.ReaderAdmin``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pos_member.domain.readers import CameraControl, CameraSetup, DecoderState, FoundCamera

if TYPE_CHECKING:
    from pos_member.hardware.scanning.camera_names import CameraNames


class LiveCamera(Protocol):
    """The camera in use, as far as it can be turned."""

    def controls(self) -> tuple[CameraControl, ...]:
        """What can be turned."""
        ...

    def turn(self, name: str, value: int | None) -> None:
        """Turn it; None leaves it to the camera."""
        ...


class CameraAdmin:
    """``load`` and ``keep``: the set-up of the settings; ``live``: the camera in use, if there is one."""

    def __init__(
        self,
        load: Callable[[], CameraSetup],
        keep: Callable[[CameraSetup], None],
        live: Callable[[], LiveCamera | None],
        names: CameraNames | None = None,
    ) -> None:
        self._load, self._keep, self._live, self._names = load, keep, live, names

    def cameras(self, stopping: Callable[[], bool]) -> tuple[FoundCamera, ...]:
        """See ``ReaderAdmin``. No camera is opened for it."""
        from pos_member.hardware.scanning.camera_names import system_cameras

        return () if stopping() else (self._names or system_cameras()).found()

    def camera_setup(self) -> CameraSetup:
        """See ``ReaderAdmin``."""
        return self._load()

    def use_camera(self, setup: CameraSetup) -> None:
        """See ``ReaderAdmin``."""
        self._keep(setup)

    def camera_controls(self) -> tuple[CameraControl, ...]:
        """See ``ReaderAdmin``."""
        camera = self._live()
        return camera.controls() if camera is not None else ()

    def turn_control(self, name: str, value: int | None) -> None:
        """See ``ReaderAdmin``."""
        if (camera := self._live()) is not None:
            camera.turn(name, value)

    def decoders(self) -> tuple[DecoderState, ...]:
        """See ``ReaderAdmin``."""
        from pos_member.hardware.scanning.decoder import available

        return tuple(DecoderState(each.name, each.works, each.trouble) for each in available())
