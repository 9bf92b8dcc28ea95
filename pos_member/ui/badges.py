"""Keeps the head's badges true: the line, the printer, the camera."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from pos_member.ui.header import HeaderBar
from pos_member.ui.ports import CameraLight, PrinterStateView, SyncStateView
from pos_member.ui.shell import Shell

#: How often they look (ms); what changes them at once calls ``Shell.refresh_badges``.
_LOOK_MS = 2_000


class Badges(QObject):
    """Looks on the ``db`` lane, shows in the head."""

    def __init__(self, shell: Shell, header: HeaderBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._header = header
        shell.refresh_wanted.connect(self.look)
        if shell.services.sights is not None:
            # Between two looks a camera can be plugged in and be forgotten again.
            shell.services.sights.light.connect(header.show_camera)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def signed_out(self, nothing: object) -> None:
        """Somebody left, which is a fact to send."""
        self.look()

    def look(self) -> None:
        """Look now."""
        services = self._shell.services
        self._shell.runner.run(
            "db",
            lambda: (services.sync_state(), services.printer_state(), services.camera_state()),
            self,
            self._looked,
            key="badges",
        )

    def _looked(self, states: tuple[SyncStateView, PrinterStateView, CameraLight]) -> None:
        self._header.show_line(states[0])
        self._header.show_printer(states[1])
        self._shell.printers_looked.emit(states[1])
        self._header.show_camera(states[2])

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()
