"""The camera behind the window: on while somebody is signed in, released when the till is locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.hardware.scanning.camera import CameraReader
    from pos_member.hardware.scanning.decoder import Decoded


class Camera(QObject):
    """Reads codes from a camera (a number), a picture, a folder or a video.

    Starting and stopping happen on the ``camera`` lane: OpenCV takes a while to import, a device to let go.
    ``on_code`` is called with the text of each code, on the reader's own thread.
    """

    def __init__(self, runner: TaskRunner, on_code: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._on_code = on_code
        self._reader: CameraReader | None = None

    @property
    def state(self) -> str:
        """The value of the source's ``SourceState``."""
        reader = self._reader
        return reader.state.value if reader is not None else "stopped"

    def use(self, where: str) -> None:
        """Look there from now on; "" releases the device. What is not there is looked for again, quietly."""
        self._runner.run("camera", lambda: self._change(where), self, self._changed)

    def close(self) -> None:
        """Release the device now."""
        if self._reader is not None:
            self._reader.stop()
            self._reader = None

    def _change(self, where: str) -> None:
        self.close()
        if not where:
            return
        from pos_member.hardware.scanning.camera import CameraReader
        from pos_member.hardware.scanning.decoder import default_decoder
        from pos_member.hardware.scanning.sources import source_maker

        reader = CameraReader(source_maker(where), default_decoder(), self._decoded)
        reader.start()
        self._reader = reader

    def _changed(self, nothing: None) -> None:
        return

    def _decoded(self, code: Decoded) -> None:
        self._on_code(code.text)
