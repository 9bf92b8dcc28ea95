"""What reads codes, behind the window: the camera, readers that type, readers on serial ports, and setting them up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pos_member.app.camera_need import CameraNeed
from pos_member.domain.readers import (
    CameraSetup,
    FoundReader,
    ReaderKind,
    ReaderSetup,
    SerialReport,
)
from pos_member.ui.ports import CameraLight, KeyBursts, ReaderAdmin
from pos_member.ui.sights import CameraSights
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.app.camera import Camera
    from pos_member.app.serial_readers import SerialReaders
    from pos_member.app.settings import TillSettings
    from pos_member.hardware.scanning.frames import SourceMaker
    from pos_member.ui.main_window import MainWindow

_log = logging.getLogger(__name__)
_CLOSE_S = 1.0
#: Takes the settings as they are and gives them as they shall be, kept from then on.
ChangeSettings = Callable[[Callable[["TillSettings"], "TillSettings"]], None]
#: A source of frames for the camera of the settings, which may be another one at the next attempt.
CameraMaker = Callable[[Callable[[], CameraSetup]], "SourceMaker"]


class Reading(QObject):
    """``settings`` and ``change`` are the till's own settings, read and changed from any thread."""

    #: Other settings are kept (any thread).
    _kept = Signal()

    def __init__(
        self,
        runner: TaskRunner,
        settings: Callable[[], TillSettings],
        change: ChangeSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._settings = settings
        self._change = change
        self._window: MainWindow | None = None
        self._need: CameraNeed | None = None
        self._admin: ReaderAdmin | None = None
        self._typing: tuple[ReaderSetup, ...] | None = None
        self.camera: Camera | None = None
        #: What cameras are made by instead of this machine's own: a scene for tests and measurements.
        self.cameras: CameraMaker | None = None
        self.serial = SerialBehind(self._code_read)
        self.sights = CameraSights(self)
        self._kept.connect(self._apply, Qt.ConnectionType.QueuedConnection)

    # --- life ----------------------------------------------------------------------------------------------

    def attend(self, window: MainWindow) -> None:
        """Read for this window: the camera while it is needed."""
        self._window = window
        self._need = CameraNeed(window, self)
        self._need.changed.connect(self.look)
        window.shell.session_changed.connect(self._need.somebody)
        self.sights.light.connect(self._light_changed)

    def begin(self) -> None:
        """The till is open: serial readers are listened to from now on, signed in or not."""
        self._apply()

    def look(self, _needed: object = None) -> None:
        """Look through the camera of the settings if it is needed, and let go of it if not."""
        setup = self._settings().camera_chosen
        wanted = setup if setup.where or setup.name else None
        if self._need is None or not self._need.needed:
            wanted = None
        if self.camera is None and wanted is not None:
            from pos_member.app.camera import Camera

            self.camera = Camera(self._runner, self.sights, self._code_read, self, self.cameras)
        if self.camera is not None:
            self.camera.use(wanted)

    def stop(self) -> None:
        """Let go of every device."""
        if self.camera is not None:
            self.camera.close()
        self.serial.close()

    # --- for the window ------------------------------------------------------------------------------------

    def bursts(self) -> KeyBursts:
        """What tells a reader's keys from a person's, by the settings."""
        from pos_member.app.bursts import WindowBursts

        settings = self._settings()
        self._typing = settings.readers
        return WindowBursts(settings.readers, gap_ms=settings.reader_gap_ms, silence_ms=settings.reader_silence_ms)

    def light(self) -> CameraLight:
        """How the camera stands. Any thread."""
        return self.camera.light if self.camera is not None else CameraLight.NONE

    def admin(self) -> ReaderAdmin:
        """Setting cameras and readers up."""
        if self._admin is None:
            from pos_member.app.reader_admin import TillReaderAdmin
            from pos_member.app.reader_admin_camera import CameraAdmin

            camera = CameraAdmin(lambda: self._settings().camera_chosen, self._keep_camera, lambda: self.camera)
            self._admin = TillReaderAdmin(camera, self._settings, self._keep_readers, lambda: self.serial)
        return self._admin

    # --- changes -------------------------------------------------------------------------------------------

    def _keep_camera(self, setup: CameraSetup) -> None:
        # One named by its number or path alone would come before it.
        self._change(lambda settings: replace(settings, camera="", camera_setup=setup))
        self._kept.emit()

    def _keep_readers(self, setups: tuple[ReaderSetup, ...]) -> None:
        self._change(lambda settings: replace(settings, readers=setups))
        self._kept.emit()

    @Slot()
    def _apply(self) -> None:
        self.look()
        setups = self._settings().readers
        self._runner.run("setup", lambda: self.serial.use(setups), self, self._applied)
        if self._typing is not None and self._typing != setups:
            self._type_by(setups)

    def _type_by(self, setups: tuple[ReaderSetup, ...]) -> None:
        """Readers that type are told from people by these from now on."""
        from pos_member.ui.wedge_filter import WedgeFilter

        wedge = self._window.findChild(WedgeFilter) if self._window is not None else None
        if wedge is not None:
            wedge.use(self.bursts(), silence_ms(self._settings()))

    def _applied(self, nothing: None) -> None:
        return

    def _light_changed(self, _light: object) -> None:
        if self._window is not None:
            self._window.shell.refresh_badges()

    def _code_read(self, text: str) -> None:
        if self._window is not None:
            self._window.code_read.emit(text)


class SerialBehind:
    """The serial readers, made when the first is set up or looked for. Any thread; one at a time."""

    def __init__(self, on_code: Callable[[str], None]) -> None:
        self._on_code = on_code
        self._lock = threading.Lock()
        self._closed = False
        self._readers: SerialReaders | None = None

    def use(self, setups: tuple[ReaderSetup, ...]) -> None:
        """These from now on."""
        with self._lock:
            if not self._closed and (self._readers or any(each.kind is ReaderKind.SERIAL for each in setups)):
                self._all().use(setups)

    def found(self) -> tuple[FoundReader, ...]:
        """See ``reader_admin.SerialPorts``."""
        with self._lock:
            return self._all().found()

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        """See ``reader_admin.SerialPorts``."""
        with self._lock:
            end = self._all().listen(setup, heard)

        def over() -> None:
            with self._lock:
                if not self._closed:
                    end()

        return over

    def close(self) -> None:
        """Let go of every port, for good."""
        self._closed = True
        # A port that is just being opened may hang in its driver: a till must close all the same.
        if not self._lock.acquire(timeout=_CLOSE_S):
            _log.warning("a serial port was being opened when the till was closed")
            return
        try:
            if self._readers is not None:
                self._readers.close()
        finally:
            self._lock.release()

    def _all(self) -> SerialReaders:
        if self._readers is None:
            from pos_member.app.serial_readers import SerialReaders

            self._readers = SerialReaders(self._on_code)
        return self._readers


def silence_ms(settings: TillSettings) -> int:
    """The silence after which keys are judged: the longest that a reader of the settings needs."""
    typing = [each.silence_ms for each in settings.readers if each.kind is ReaderKind.KEYBOARD]
    return max(typing, default=settings.reader_silence_ms)
