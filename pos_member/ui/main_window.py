"""The frame: header, one screen at a time, the line that speaks, the twelve keys. Routes keys and scans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.ui import i18n, theme
from pos_member.ui.ahead import BuildAhead
from pos_member.ui.badges import Badges
from pos_member.ui.first_paint import FirstPaint
from pos_member.ui.header import HeaderBar
from pos_member.ui.i18n import tr
from pos_member.ui.idle import IdleWatch
from pos_member.ui.key_bar import HEAD_KEYS, KeyBar
from pos_member.ui.navigation import Factory, Navigation
from pos_member.ui.notices import NoticeStrip, Tone
from pos_member.ui.ports import UiServices, UiSettings
from pos_member.ui.scan_queue import ScanQueue
from pos_member.ui.sell.making import SellMaker
from pos_member.ui.shell import Answered, Question, Shell
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme
from pos_member.ui.widgets import QuestionPanel, column

if TYPE_CHECKING:
    from pos_member.domain.member import Identified
    from pos_member.domain.permission import Session
    from pos_member.services.till import TillServices
    from pos_member.services.views import Header
    from pos_member.ui.desk import Desk
    from pos_member.ui.scanning.router import ScanRouter
    from pos_member.ui.screens.sell import SellScreen
    from pos_member.ui.wedge_filter import WedgeFilter


class MainWindow(QMainWindow):
    """One per till. ``start`` opens the database on its lane; the window is painted before that."""

    #: A code from the camera or a serial reader; emit it from any thread.
    code_read = Signal(str)
    #: The database is open and the open bill is back: scans are looked up from now on.
    scan_ready = Signal()

    def __init__(self, services: UiServices, runner: TaskRunner, look: Theme, settings: UiSettings) -> None:
        super().__init__()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            look.apply(app)
        i18n.set_language(settings.language)
        self._settings = settings
        self.shell = Shell(services, runner, settings)
        self._desk: Desk | None = None
        self._wedge: WedgeFilter | None = None
        self._scans: ScanRouter | None = None
        self._start_waits = False
        self._early = ScanQueue()
        self._selling = SellMaker(self.shell, lambda: self.desk)
        self._build()
        self.navigation = Navigation(self.shell, self._stack)
        self.navigation.register("sell", self._selling.make)
        self._connect()
        self._shortcuts()
        self._watch()
        self._show("sign_in", {})

    @property
    def desk(self) -> Desk:
        """The open bill. It is there once the window is painted, or earlier when somebody asks."""
        if self._desk is None:
            from pos_member.ui.desk import Desk

            self._desk = Desk(self.shell, self)
            self._desk.changed.connect(self._desk_ready)
            self._desk.parked_changed.connect(self.keys.button("!park").show_count)
        return self._desk

    @property
    def scans(self) -> ScanRouter:
        """The way of every scan; it is there once the window is painted, or with the first scan."""
        if self._scans is None:
            from pos_member.ui.scanning.router import Frame, ScanRouter

            frame = Frame(self.shell, self.navigation, self.question, lambda: self.desk, self._sell, self._show)
            self._scans = ScanRouter(frame, self._early, self)
        return self._scans

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        look = theme.active()
        ground = QWidget()
        ground.setObjectName("ground")
        self.header = HeaderBar(self.shell)
        self._area = QWidget()
        inside = column(self._area, space="")
        self._stack = self.shell.stage = QStackedWidget()
        inside.addWidget(self._stack)
        self.question = QuestionPanel(self._area)
        self.strip = NoticeStrip()
        self.keys = KeyBar(self)
        layout = column(ground, space="")
        layout.addWidget(self.header)
        layout.addWidget(self._area, 1)
        foot = column(space="xs")
        margin = look.px("space", "m")
        foot.setContentsMargins(margin, look.px("space", "xs"), margin, look.px("space", "s"))
        foot.addWidget(self.strip)
        foot.addWidget(self.keys)
        layout.addLayout(foot)
        self.setCentralWidget(ground)
        self.setMinimumSize(1024, 700)
        self.keys.set_signed_in(False)
        self._retitle()

    def _connect(self) -> None:
        shell = self.shell
        shell.open_wanted.connect(self._show)
        shell.back_wanted.connect(self._home)
        shell.noticed.connect(self.strip.say)
        shell.hushed.connect(self.strip.clear)
        shell.asked.connect(self._ask)
        shell.question_closed.connect(self.question.dismiss)
        shell.session_changed.connect(self._session_changed)
        shell.member_wanted.connect(self._take_member)
        shell.fed_back.connect(self.strip.flash)
        shell.look_wanted.connect(self.use_look)
        self.question.closed.connect(self._question_closed)
        self.keys.pressed.connect(self._go)
        self.header.wanted.connect(self._go)
        self.code_read.connect(self.scanned, Qt.ConnectionType.QueuedConnection)

    def _shortcuts(self) -> None:
        for keys, target in HEAD_KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setProperty("target", target)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._shortcut)

    def _shortcut(self) -> None:
        self._go(str(self.sender().property("target")))

    def _watch(self) -> None:
        self._idle = IdleWatch(self)
        self._idle.idle.connect(self.lock)
        self._ahead = BuildAhead(lambda: self.question.open or self.shell.runner.busy("db"), self)
        self.winId()
        handle = self.windowHandle()
        self._see_keys_first()
        self._first_paint = FirstPaint(self._area, handle, self._furnish)
        self._failed_to_open = False
        self._badges = Badges(self.shell, self.header, self)

    def _see_keys_first(self) -> None:
        for watch in (self._idle, self._ahead):
            self.windowHandle().installEventFilter(watch)

    # --- starting ------------------------------------------------------------------------------------------

    def register(self, name: str, factory: Factory) -> None:
        """A screen beyond those of ``ui.screens``."""
        self.navigation.register(name, factory)

    def _furnish(self) -> QObject | None:
        """The window is painted: the database, if it was to be opened by now, and what a scan needs."""
        if self._start_waits:
            self._open()
        scans, bursts = self.scans, self.shell.services.bursts
        if bursts is not None:
            from pos_member.ui.wedge_filter import WedgeFilter

            self._wedge = WedgeFilter(bursts(), self._settings.burst_silence_ms, self)
            self._wedge.scanned.connect(scans.typed)
            self._wedge.heard.connect(self.shell.heard)
            self._wedge.watch(self)
            # It swallows what readers type; whoever counts keys has to be asked before it: the last one in comes first.
            self._see_keys_first()
        return self._wedge

    def start(self) -> None:
        """Open the database (on its lane, once the window is painted) and take up where the till stopped."""
        if self._first_paint.over:
            self._open()
            return
        self._start_waits = True
        self._first_paint.hurry()

    def _open(self) -> None:
        opens = self.shell.services.open_till
        self.shell.runner.run("db", lambda: _opened(opens), self, self._till_open, self._till_failed)

    def _till_open(self, opened: tuple[TillServices, Header]) -> None:
        till, header = opened
        if self.shell.ready:
            return  # both of two attempts came through
        if self._failed_to_open:
            self.strip.clear()
        self.shell.set_till(till, header)
        self.desk.start()
        self._badges.look()

    def _till_failed(self, error: PosMemberError) -> bool:
        self._failed_to_open = True
        self.shell.say(Tone.BAD, self.shell.why(error), lasting=True)
        return True

    def _desk_ready(self, draft: object) -> None:
        self.desk.changed.disconnect(self._desk_ready)
        self.scan_ready.emit()
        self.scans.hand_on()
        # Built while the cashier types the PIN, so that signing in shows it at once; the others after it.
        later = [*self._selling.later(), *self.navigation.pieces()]
        self._ahead.begin([*self._selling.pieces(), self._sell], later)

    # --- who -----------------------------------------------------------------------------------------------

    def _session_changed(self, session: Session | None) -> None:
        self.keys.set_signed_in(session is not None)
        self.strip.clear()
        if session is None:
            self._idle.stop()
            self._show("sign_in", {})
            return
        self._idle.watch(self.shell.settings.auto_lock_s)
        self._show("sell", {})

    def lock(self) -> None:
        """Lock the till; the open bill stays where it is."""
        if self.shell.session is None:
            return
        session, till = self.shell.session, self.shell.till
        self.question.dismiss()
        self.shell.runner.run("db", lambda: till.staff.sign_out(session), self, self._badges.signed_out)
        self.shell.set_session(None)

    # --- where ---------------------------------------------------------------------------------------------

    def _go(self, target: str) -> None:
        """A key of the bar, or something in the head."""
        if target == "!language":
            self.switch_language()
        elif target == "!lock":
            self.lock()
        elif target == "!theme":
            self.switch_theme()
        elif target in ("!park", "!promptpay", "!why"):
            self._sell_act(target)
        else:
            # What was said was about the act before.
            self.strip.clear()
            current = self.navigation.current
            params = current.enrol_params() if current is not None and target == "enrol" else {}
            self._show(target, params)

    def _sell(self) -> SellScreen:
        self.navigation.screen("sell")
        if self._selling.screen is None:
            raise RuntimeError("the sell screen is the till's own")
        return self._selling.screen

    def _sell_act(self, target: str) -> None:
        if self.shell.session is None:
            return
        sell = self._sell()
        if target == "!park" or self.question.open or self.navigation.current is not sell:
            self._home()
        {"!park": sell.park, "!promptpay": sell.pay_by_promptpay, "!why": sell.ask_why}[target]()

    def _home(self) -> None:
        self._show("sell" if self.shell.session is not None else "sign_in", {})

    def _show(self, name: str, params: dict[str, object]) -> None:
        if self.shell.session is None and name not in ("sign_in", "help"):
            return
        if not self.navigation.known(name):
            self.shell.say(Tone.INFO, tr("This is not set up on this till"))
            return
        current = self.navigation.current
        if current is not None and current.name == name and name != "sell" and not params:
            # The key of the open screen goes back to the bill.
            self._home()
            return
        self.question.dismiss()
        screen = self.navigation.show(name, params)
        self.keys.set_screen(name)
        self.strip.set_hint(screen.hint())
        self._retitle()
        if self._scans is not None:
            self._scans.hand_on_soon()

    def _retitle(self) -> None:
        screen = self.navigation.current if hasattr(self, "navigation") else None
        title = screen.title() if screen is not None else ""
        self.setWindowTitle(f"{title} – POS Member" if title else "POS Member")

    def _take_member(self, member_id: str, identified: Identified) -> None:
        self.desk.take_member(member_id, identified)

    # --- scans ---------------------------------------------------------------------------------------------

    def scanned(self, text: str) -> None:
        """A code from the camera or a serial reader, on the window's thread; what it does is in ``scan_routes``."""
        self.scans.take(text)

    # --- questions -----------------------------------------------------------------------------------------

    def _ask(self, question: Question, answered: Answered) -> None:
        self.question.ask(question, answered)
        # What is behind does not answer until the question is: greyed, and out of the way of Tab.
        self._stack.setEnabled(False)
        self.question.place(self._area)
        self.question.take_focus()

    def _question_closed(self) -> None:
        self._stack.setEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.question.place(self._area)

    # --- keys ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no widget wanted: Esc goes back, a character goes to the entry field."""
        screen = self.navigation.current
        if event.key() == Qt.Key.Key_Escape:
            if self.question.open:
                self.question.dismiss()
            elif screen is not None and not screen.back():
                self._home()
            return
        sell = self._selling.screen
        if sell is not None and screen is sell and event.text().isprintable() and event.text() and not sell.paying:
            sell.entry.setFocus()
            QApplication.sendEvent(sell.entry, event)
            return
        super().keyPressEvent(event)

    # --- language and look ---------------------------------------------------------------------------------

    def switch_language(self) -> None:
        """F11."""
        wanted = "en" if i18n.language() == "th" else "th"
        i18n.set_language(wanted)
        self._keep(replace(self._settings, language=wanted))

    def switch_theme(self) -> None:
        """Light or dark, at once."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        wanted = "dark" if theme.active().mode == "light" else "light"
        Theme.load(wanted, theme.active().scale).apply(app)
        self._keep(replace(self._settings, mode=wanted))

    def use_look(self, wanted: UiSettings) -> None:
        """What was chosen on the settings screen, at once and from now on."""
        if wanted.language != i18n.language():
            self.switch_language()
        if wanted.mode != theme.active().mode:
            self.switch_theme()
        if wanted.customer_display != self._settings.customer_display:
            self._keep(replace(self._settings, customer_display=wanted.customer_display))

    def _keep(self, settings: UiSettings) -> None:
        self._settings = settings
        self.shell.ui_settings = settings
        self.shell.runner.run("db", lambda: self.shell.services.save_settings(settings), self, self._kept)

    def _kept(self, nothing: object) -> None:
        return

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "navigation"):
            self._retitle()
            self.strip.clear()
            screen = self.navigation.current
            if screen is not None:
                self.strip.set_hint(screen.hint())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        # What waits to be sent or printed is on disk: closing is never refused.
        self._badges.stop()
        self._ahead.stop()
        self._idle.stop()
        super().closeEvent(event)


def _opened(opens: Callable[[], TillServices]) -> tuple[TillServices, Header]:
    till = opens()
    return till, till.lookup.header()
