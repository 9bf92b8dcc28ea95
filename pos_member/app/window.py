"""The till as a program: window first, then the database on its lane, then printer, head office and camera."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from pos_member.app.lanes import NetworkLane
from pos_member.app.online import Online
from pos_member.app.printing import Printing
from pos_member.app.reading import Reading, silence_ms
from pos_member.app.settings import TillSettings, load_settings, save_settings, with_look
from pos_member.app.signals import ended_by_signals
from pos_member.domain.errors import Reason
from pos_member.ui.garbage import UiGarbage
from pos_member.ui.main_window import MainWindow
from pos_member.ui.ports import (
    PrinterStateView,
    Sound,
    SyncStateView,
    UiServices,
    UiSettings,
)
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme

if TYPE_CHECKING:
    from pos_member.app.composition import Till
    from pos_member.app.customer_display import CustomerDisplay
    from pos_member.app.housekeeping import Housekeeping
    from pos_member.db.space import SpaceLevel
    from pos_member.services.checkout import Preview
    from pos_member.services.till import TillServices
    from pos_member.ui.line_ports import LineAdmin

_log = logging.getLogger(__name__)
_SWITCH_S = 0.001
#: How soon a fact goes out while the line is up; while it is down the lane keeps its own, growing, time.
_SEND_MS = 1_000


def application() -> QApplication:
    """The one application object."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication(sys.argv[:1])
    made.setApplicationName("POS Member")
    return made


class TillProgram(QObject):
    """Window, lanes and till of one data folder. ``start``, then the event loop, then ``close``."""

    #: The till is open (on the UI thread).
    opened = Signal()
    _open_here = Signal()

    def __init__(self, data: Path, settings: TillSettings | None = None, *, practice: bool = False) -> None:
        super().__init__()
        # A lane that computes hands the interpreter back after a millisecond, not after five: the window comes first.
        sys.setswitchinterval(_SWITCH_S)
        self._garbage = UiGarbage(self)
        app = application()
        self._data = data
        self._practice = practice
        self.settings = settings or load_settings(data)
        self._settings_lock = threading.Lock()
        self.till: Till | None = None
        self._held = ExitStack()
        self.runner = TaskRunner()
        self.network = NetworkLane(self.runner, self)
        self.online = Online(lambda: self.till, self.network.view_cached)
        self._shown: tuple[str, str | None] = ("", None)
        self._rights_seen = 0
        self.printing = Printing(self.runner, lambda: self.settings, self._change, self)
        self.reading = Reading(self.runner, lambda: self.settings, self._change, self)
        self._housekeeping: Housekeeping | None = None
        self.customer_display: CustomerDisplay | None = None
        self._line: LineAdmin | None = None
        self._open_here.connect(self._begin, Qt.ConnectionType.QueuedConnection)
        screen = app.primaryScreen()
        height = screen.availableGeometry().height() if screen is not None else 768
        self.window = MainWindow(
            self._services(),
            self.runner,
            Theme.for_height(height, self.settings.mode),
            UiSettings(
                self.settings.language,
                self.settings.mode,
                customer_display=self.settings.customer_display,
                burst_silence_ms=silence_ms(self.settings),
            ),
        )
        self.printing.changed.connect(self.window.shell.refresh_badges)
        self.printing.unusable.connect(self.window.shell.say_error)
        self.network.changed.connect(self._line_looked)
        self.window.desk.previewed.connect(self._bill_seen)
        self.window.shell.refresh_wanted.connect(self._something_new)
        self.reading.attend(self.window)
        self._sending = QTimer(self)
        self._sending.timeout.connect(self._send_what_waits)
        self._sending.start(_SEND_MS)

    # --- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the database on its lane; the rest follows when it is open."""
        self.window.start()

    def close(self) -> None:
        """End the lanes and close the files. What waits to be sent or printed is on disk."""
        self._sending.stop()
        if self._housekeeping is not None:
            self._housekeeping.stop()
        self.network.stop()
        self.online.give_up()
        self.printing.stop()
        self.reading.stop()
        if self.customer_display is not None:
            self.customer_display.close()
        self.window.close()
        if not self.runner.stop():
            _log.warning("a lane was still at work when the till was closed")
        self.online.close()
        self._held.close()
        # Qt takes the window down as a whole, now. Left to Python's collector, a table would be taken apart from its
        # inside: dropping the rows' model drops the window, which deletes the table whose model is just being dropped.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        self._garbage.stop()

    # --- what the window is given --------------------------------------------------------------------------

    def _services(self) -> UiServices:
        return UiServices(
            open_till=self._open,
            sync_state=self._sync_state,
            request_sync=self.network.look,
            printer_state=self._printer_state,
            play=_play,
            bursts=self.reading.bursts,
            save_settings=self._save,
            camera_state=self.reading.light,
            qr_modules=_qr_modules,
            printer_admin=self.printing.admin,
            template_tools=self.printing.template_tools,
            reader_admin=self.reading.admin,
            line_admin=self._line_admin,
            sights=self.reading.sights,
            online=self.online,
        )

    def _open(self) -> TillServices:
        """On the ``db`` lane: what the database needs is imported there, while the window is painted already.

        Asked again where the shop's data had not come by then.
        """
        from pos_member.app.composition import open_till

        if self.till is None:
            self.till = self._held.enter_context(open_till(self._data, practice=self._practice))
            self._open_here.emit()
        return self.till.services

    def _sync_state(self) -> SyncStateView:
        return self.network.view()

    def _printer_state(self) -> PrinterStateView:
        return self.printing.view()

    def _line_admin(self) -> LineAdmin | None:
        if self._line is None and self.till is not None:
            from pos_member.app.line_admin import TillLineAdmin

            self._line = TillLineAdmin(self.till, self.network, lambda: self.settings, self._change)
        return self._line

    def _save(self, look: UiSettings) -> None:
        self._change(
            lambda settings: with_look(settings, look.language, look.mode, customer_display=look.customer_display)
        )

    def _change(self, how: Callable[[TillSettings], TillSettings]) -> None:
        """The settings otherwise, and kept. Any lane. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``."""
        with self._settings_lock:
            wanted = how(self.settings)
            save_settings(self._data, wanted)
            self.settings = wanted

    # --- behind the window ---------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The till is open: start what works behind the window."""
        till = self.till
        if till is None:
            return
        till.line_setup = lambda: self.settings.line
        self.window.desk.completed.connect(self._something_new)
        self.window.desk.completed.connect(self._sold)
        self.printing.begin(till)
        self.reading.begin()
        if till.enrolled:
            self.network.begin(lambda: till.sync_engine(self.network.stopping), till.watcher)
        from pos_member.app.housekeeping import Housekeeping  # imported with the database by now

        self._housekeeping = Housekeeping(
            self.runner, till.folder, till.clock, self, close_days=till.services.days.catch_up
        )
        self._housekeeping.short_of_room.connect(self._short_of_room)
        self._housekeeping.start()
        from pos_member.app.customer_display import CustomerDisplay  # a window of its own, after the cashier's

        self.customer_display = CustomerDisplay(self.window, self)
        self.customer_display.use(self.window.shell.ui_settings)
        self._garbage.settle()
        self.opened.emit()

    def _short_of_room(self, level: SpaceLevel) -> None:
        reason = Reason.DISK_FULL if level.value == "full" else Reason.DISK_LOW
        self.window.shell.say_reason(reason.value)

    def _line_looked(self) -> None:
        self.window.shell.refresh_badges()
        revision = 0 if self.till is None else self.till.store.rights.revision()
        if revision != self._rights_seen:
            self._rights_seen = revision
            # More, or less, may be spent now: the figures of the bill at hand follow.
            self.window.desk.refresh()
        if not self.window.shell.ready:
            # Enrolled, but without the shop's data until now: it may have come with this round.
            self.window.start()

    def _bill_seen(self, preview: Preview) -> None:
        """A member is new on a bill: head office is asked for a right at once, while it is there."""
        shown = (preview.draft.id, preview.draft.member_id)
        if shown != self._shown and preview.draft.member_id is not None:
            self.network.nudge()
        self._shown = shown

    def _something_new(self, _what: object = None) -> None:
        self.printing.look()

    def _sold(self, _what: object = None) -> None:
        """A sale goes out with the next breath, not with the next look."""
        self.network.nudge()

    def _send_what_waits(self) -> None:
        if self.network.view_cached().waiting:
            self.network.nudge()

    def use_camera(self, where: str) -> None:
        """Look through another camera (or a picture, folder or video) from now on; "" for that of the set-up."""
        self.settings = replace(self.settings, camera=where)
        self.reading.look()


def _play(sound: Sound) -> None:
    from pos_member.app.sounds import play

    play(sound)


def _qr_modules(text: str) -> Sequence[Sequence[bool]]:
    from pos_member.hardware.printing.qr import modules

    return [[bool(module) for module in line] for line in modules(text)]


def run_till(data: Path, overrides: TillSettings | None = None, *, practice: bool = False) -> int:
    """Open the window, as large as the screen allows, and stay until it is closed. Returns the exit code."""
    app = application()
    program = TillProgram(data, overrides, practice=practice)
    try:
        with ended_by_signals(app):
            program.window.resize(1366, 768)  # where it is taken out of the maximised state
            program.window.showMaximized()
            program.start()
            return app.exec()
    finally:
        program.close()
