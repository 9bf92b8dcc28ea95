"""The camera behind the window: on while somebody is signed in, released when the till is locked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_member.hardware.scanning.camera import CameraReader
from pos_member.hardware.scanning.decoder import Decoded, default_decoder
from pos_member.hardware.scanning.sources import SourceState, source_maker


class Camera(QObject):
    """Reads codes from ``where`` (a number, a picture, a folder, a video) on threads of its own.

    ``on_code`` is called with the text of each code, on the reader's thread.
    """

    def __init__(self, on_code: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_code = on_code
        self._reader: CameraReader | None = None

    @property
    def state(self) -> SourceState:
        """How the source stands."""
        return self._reader.state if self._reader is not None else SourceState.STOPPED

    def start(self, where: str) -> None:
        """Begin to look; what is not there is looked for again, quietly."""
        self.stop()
        if where:
            self._reader = CameraReader(source_maker(where), default_decoder(), self._decoded)
            self._reader.start()

    def stop(self) -> None:
        """Release the device."""
        if self._reader is not None:
            self._reader.stop()
            self._reader = None

    def _decoded(self, code: Decoded) -> None:
        self._on_code(code.text)
