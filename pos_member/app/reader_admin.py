"""Setting cameras and readers up: ``ui.ports.ReaderAdmin`` over devices, the settings file and what runs.

Devices' code is imported when it is first used: neither a bill nor the first paint needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from pos_member.app.reader_admin_camera import CameraAdmin
from pos_member.domain.readers import (
    BurstReport,
    CameraControl,
    CameraSetup,
    DecoderState,
    FoundCamera,
    FoundReader,
    ReaderSetup,
    SerialReport,
)

if TYPE_CHECKING:
    from pos_member.app.settings import TillSettings


class SerialPorts(Protocol):
    """Serial readers as they run. Any thread."""

    def found(self) -> tuple[FoundReader, ...]:
        """Ports with something behind them."""
        ...

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        """Try one. Raises ``EnvironmentProblem(READER_ABSENT | READER_BUSY)``."""
        ...


class TillReaderAdmin:
    """See ``ui.ports.ReaderAdmin``. ``keep``: the readers of the settings from now on, and in use at once."""

    def __init__(
        self,
        camera: CameraAdmin,
        settings: Callable[[], TillSettings],
        keep: Callable[[tuple[ReaderSetup, ...]], None],
        serial: Callable[[], SerialPorts],
    ) -> None:
        self._camera, self._settings, self._keep, self._serial = camera, settings, keep, serial

    # --- the camera ----------------------------------------------------------------------------------------

    def cameras(self, stopping: Callable[[], bool]) -> tuple[FoundCamera, ...]:
        """See ``ReaderAdmin``."""
        return self._camera.cameras(stopping)

    def camera_setup(self) -> CameraSetup:
        """See ``ReaderAdmin``."""
        return self._camera.camera_setup()

    def use_camera(self, setup: CameraSetup) -> None:
        """See ``ReaderAdmin``."""
        self._camera.use_camera(setup)

    def camera_controls(self) -> tuple[CameraControl, ...]:
        """See ``ReaderAdmin``."""
        return self._camera.camera_controls()

    def turn_control(self, name: str, value: int | None) -> None:
        """See ``ReaderAdmin``."""
        self._camera.turn_control(name, value)

    def decoders(self) -> tuple[DecoderState, ...]:
        """See ``ReaderAdmin``."""
        return self._camera.decoders()

    # --- readers -------------------------------------------------------------------------------------------

    def readers(self) -> tuple[ReaderSetup, ...]:
        """See ``ReaderAdmin``."""
        return self._settings().readers

    def save_readers(self, setups: Sequence[ReaderSetup]) -> None:
        """See ``ReaderAdmin``."""
        self._keep(tuple(setups))

    def calibrated(self, bursts: Sequence[BurstReport]) -> ReaderSetup:
        """See ``ReaderAdmin``."""
        from pos_member.hardware.scanning.calibration import calibrated

        return calibrated(bursts)

    def serial_ports(self) -> tuple[FoundReader, ...]:
        """See ``ReaderAdmin``."""
        return self._serial().found()

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        """See ``ReaderAdmin``."""
        return self._serial().listen(setup, heard)
