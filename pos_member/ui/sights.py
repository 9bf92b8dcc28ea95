"""What the camera sees, for whoever shows it: frames, codes just read, how the camera stands.

Filled by ``app.camera`` from the reader's thread through queued signals. Frames are made only while somebody watches.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from pos_member.domain.readers import FoundCode
from pos_member.ui.ports import CameraLight


@dataclass(frozen=True)
class Sight:
    """One frame, at most 15 a second, never mirrored: who shows it as a mirror flips the picture, not the words on it.

    ``codes``: what was found in this very frame.
    """

    image: QImage
    codes: tuple[FoundCode, ...] = ()


class CameraSights(QObject):
    """One per till program, there from the start; without a camera it says nothing."""

    #: A ``Sight``.
    frame = Signal(object)
    #: A ``FoundCode`` that came into view and was taken.
    read = Signal(object)
    #: A ``ui.ports.CameraLight``.
    light = Signal(object)
    #: Somebody begins to watch (True) or nobody does any more.
    watched = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watchers: set[int] = set()
        #: What ``light`` said last.
        self.standing = CameraLight.NONE
        self.light.connect(self._lit)

    def _lit(self, light: CameraLight) -> None:
        self.standing = light

    @property
    def wanted(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def watch(self, watcher: QObject) -> None:
        """``watcher`` shows frames from now on."""
        before = self.wanted
        self._watchers.add(id(watcher))
        if not before:
            self.watched.emit(True)

    def unwatch(self, watcher: QObject) -> None:
        """``watcher`` shows none any more; unknown watchers do not matter."""
        before = self.wanted
        self._watchers.discard(id(watcher))
        if before and not self.wanted:
            self.watched.emit(False)
