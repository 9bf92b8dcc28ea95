"""The camera behind the window: codes to the till, pictures and its standing to whoever shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from pos_member.domain.readers import CameraControl, CameraSetup
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import CameraSights, Sight
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.hardware.scanning.camera import CameraReader
    from pos_member.hardware.scanning.decoder import Decoded
    from pos_member.hardware.scanning.frames import SourceMaker, SourceState
    from pos_member.hardware.scanning.grabber import Hanging
    from pos_member.hardware.scanning.preview import Glance

#: The source's states in the window's words.
_LIGHTS = {
    "opening": CameraLight.OPENING,
    "live": CameraLight.LIVE,
    "lost": CameraLight.LOST,
    "busy": CameraLight.BUSY,
}
#: How long closing waits for a driver.
_CLOSE_S = 1.5


class Camera(QObject):
    """Reads codes from the camera of a set-up: by name or number, or a picture, a folder, a video in its place.

    Starting and stopping happen on the ``camera`` lane: OpenCV takes a while to import, a device to let go.
    ``on_code`` is called with the text of each code, on the reader's own thread. ``sights`` is filled on the thread
    this object lives in; pictures are made on the reader's, and of those that come while that thread is busy only
    the newest is kept.
    """

    _seen = Signal()
    _taken = Signal(object)
    _stood = Signal(object)

    def __init__(
        self,
        runner: TaskRunner,
        sights: CameraSights,
        on_code: Callable[[str], None],
        parent: QObject | None = None,
        maker: Callable[[Callable[[], CameraSetup]], SourceMaker] | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._sights = sights
        self._on_code = on_code
        self._maker = maker
        self._lock = threading.Lock()
        self._closed = False
        self._reader: CameraReader | None = None
        self._hanging: Hanging | None = None
        self._wanted: CameraSetup | None = None
        self._setup: CameraSetup | None = None
        self._sight: Sight | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._seen.connect(self._show, queued)
        self._taken.connect(self._sights.read, queued)
        self._stood.connect(self._light_up, queued)

    @property
    def light(self) -> CameraLight:
        """How it stands. Any thread."""
        reader = self._reader
        return _LIGHTS.get(reader.state.value, CameraLight.NONE) if reader is not None else CameraLight.NONE

    @property
    def first_frame_s(self) -> float | None:
        """From asking for the camera to its first frame, the last time; None before there was one."""
        reader = self._reader
        return reader.first_frame_s if reader is not None else None

    def use(self, setup: CameraSetup | None) -> None:
        """Look there from now on; None releases the device. What is not there is looked for again, quietly.

        Of the camera that is in use already only what is otherwise is turned.
        """
        if setup != self._wanted:
            self._wanted = setup
            self._runner.run("camera", lambda: self._change(setup), self, self._changed)

    def controls(self) -> tuple[CameraControl, ...]:
        """What can be turned at the live camera. Talks to the device; any thread but the window's."""
        reader = self._reader
        return reader.controls() if reader is not None else ()

    def turn(self, name: str, value: int | None) -> None:
        """Turn it now; None leaves it to the camera. Talks to the device; any thread but the window's."""
        if (reader := self._reader) is not None:
            reader.turn(name, value)

    def close(self) -> None:
        """Release the device now, for good. A driver that hangs is not waited for."""
        with self._lock:
            self._closed = True
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop(_CLOSE_S)

    # --- the camera lane -----------------------------------------------------------------------------------

    def _change(self, setup: CameraSetup | None) -> None:
        before, self._setup = self._setup, setup
        reader = self._reader
        if setup is not None and before is not None and reader is not None and _same_place(setup, before):
            for name in ("brightness", "exposure", "focus"):
                if getattr(setup, name) != getattr(before, name):
                    reader.turn(name, getattr(setup, name))
            return
        if reader is not None:
            self._reader = None
            reader.stop()
        if setup is None:
            self._stood.emit(None)
            return
        made = self._make()
        with self._lock:
            if not self._closed:
                self._reader = made
                made.start()

    def _make(self) -> CameraReader:
        from pos_member.hardware.scanning.camera import CameraReader
        from pos_member.hardware.scanning.decoder import default_decoder
        from pos_member.hardware.scanning.grabber import Hanging
        from pos_member.hardware.scanning.sources import camera_maker

        if self._hanging is None:
            self._hanging = Hanging()
        return CameraReader(
            (self._maker or camera_maker)(lambda: self._setup or CameraSetup()),
            default_decoder(),
            self._decoded,
            self._glanced,
            self._stands,
            glances_wanted=lambda: self._sights.wanted,
            hanging=self._hanging,
        )

    # --- the reader's thread -------------------------------------------------------------------------------

    def _decoded(self, code: Decoded) -> None:
        self._on_code(code.text)
        self._taken.emit(code.for_window())

    def _glanced(self, glance: Glance) -> None:
        # Copied: the picture outlives the bytes it was made of.
        image = QImage(glance.pixels, glance.width, glance.height, 4 * glance.width, QImage.Format.Format_RGB32).copy()
        with self._lock:
            waits = self._sight is not None
            self._sight = Sight(image, glance.codes)
        if not waits:
            self._seen.emit()

    def _stands(self, state: SourceState) -> None:
        self._stood.emit(state)

    # --- the thread of this object -------------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        with self._lock:
            sight, self._sight = self._sight, None
        if sight is not None:
            self._sights.frame.emit(sight)

    @Slot(object)
    def _light_up(self, _state: object) -> None:
        # As it stands now: what it was meanwhile is no news.
        if self.light is not self._sights.standing:
            self._sights.light.emit(self.light)

    def _changed(self, nothing: None) -> None:
        return


def _same_place(one: CameraSetup, other: CameraSetup) -> bool:
    return (one.where, one.name) == (other.where, other.name)
