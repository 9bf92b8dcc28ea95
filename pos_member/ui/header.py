"""The head of the window: where, who, practice, the time, and how the printer and the line stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.key_bar import HEAD_KEYS
from pos_member.ui.ports import CameraLight, Line, PrinterLight, PrinterStateView, SyncStateView
from pos_member.ui.shell import Shell
from pos_member.ui.widgets.basic import Badge, Button, IconLabel, Text, row

if TYPE_CHECKING:
    from pos_member.services.views import Header


class HeaderBar(QFrame):
    """Fixed at the top. ``wanted`` names a screen (``coupons report settings …``) or an act (``!lock``)."""

    wanted = Signal(str)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self.setObjectName("header")
        self.setProperty("role", "header")
        self.setProperty("practice", "false")
        self.setFixedHeight(theme.active().px("touch", "header"))
        self._branch = Text("heading", name="header_branch")
        self._till = Text("body", name="header_till")
        self._who = Button("header", name="header_cashier", icon="staff")
        self._practice = Badge(name="header_practice")
        self._clock = Text("body", name="header_clock")
        self._printer = _BadgeButton("print_jobs", name="header_printer")
        self._camera = Badge(name="header_camera")
        self._line = _BadgeButton("sync", name="header_sync")
        self._coupons = Button("header", name="header_coupons", icon="coupon")
        self._report = Button("header", name="header_report", icon="chart")
        self._settings = Button("header", name="header_settings", icon="settings")
        self._mode = Button("header", name="header_theme", icon="moon")
        layout = row(self, space="m")
        layout.setContentsMargins(theme.active().px("space", "l"), 0, theme.active().px("space", "m"), 0)
        layout.addWidget(IconLabel("bag", "header_text", "icon_large"))
        for widget in (self._branch, self._till, self._who, self._practice):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._doors = (self._coupons, self._report, self._settings)
        for widget in (self._clock, self._camera, self._printer, self._line, *self._doors, self._mode):
            layout.addWidget(widget)
        self._connect()
        self._sync_state = SyncStateView()
        self._printer_state = PrinterStateView()
        self._camera_light = CameraLight.NONE
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.show_time)
        self._tick.start(1000)
        self.retranslate()

    def _connect(self) -> None:
        self._printer.pressed.connect(self.wanted)
        self._line.pressed.connect(self.wanted)
        for button, target in (
            (self._coupons, "coupons"),
            (self._report, "report"),
            (self._settings, "settings"),
            (self._mode, "!theme"),
            (self._who, "!lock"),
        ):
            button.setProperty("target", target)
            button.clicked.connect(self._clicked)
        self._shell.session_changed.connect(self._who_changed)
        self._shell.header_changed.connect(self._where_changed)

    def _clicked(self) -> None:
        self.wanted.emit(str(self.sender().property("target")))

    def retranslate(self) -> None:
        """Every text of the head."""
        self._where_changed()
        self._who_changed()
        self.show_line(self._sync_state)
        self.show_printer(self._printer_state)
        self.show_camera(self._camera_light)
        for button, text in (
            (self._coupons, tr("Coupons")),
            (self._report, tr("Day report")),
            (self._settings, tr("Settings")),
            (self._mode, tr("Light or dark")),
        ):
            keys = next(keys for keys, target in HEAD_KEYS if target == button.property("target"))
            button.setAccessibleName(f"{text} {keys}")
            button.setToolTip(f"{text}  {keys}")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _where_changed(self, header: Header | None = None) -> None:
        where = self._shell.header
        if where is None:
            self._branch.show_text(tr("POS Member"))
            self._till.show_text("")
            self._practice.hide()
            return
        self.show_time()
        self._branch.show_text(pick(where.branch_name_th, where.branch_name_en))
        self._till.show_text(tr("Till {label}", label=where.till_label))
        self._practice.setVisible(where.practice)
        self._practice.show_state("practice", tr("Practice"), "warn")
        theme.mark(self, practice="true" if where.practice else "false")

    def _who_changed(self, session: object = None) -> None:
        who = self._shell.session
        self._who.setVisible(who is not None)
        for button in (*self._doors, self._printer):
            button.setVisible(who is not None)
        if who is not None:
            self._who.show_text(pick(who.staff.name_th, who.staff.name_en))
            self._who.setToolTip(tr("Change cashier"))
        self.show_printer(self._printer_state)
        self.show_camera(self._camera_light)

    def show_time(self) -> None:
        """The shop's clock: from when the shop is known, or a second after the window (time zones take their time)."""
        from pos_member.domain.clock import business_date, format_date, format_time

        now, zone = self._shell.services.clock.now(), self._shell.settings.zone
        self._clock.show_text(f"{format_date(business_date(now, zone), language())}  {format_time(now, zone)}")

    def show_line(self, state: SyncStateView) -> None:
        """The line to head office: calm words, with what waits."""
        self._sync_state = state
        tone, icon, text = self._line_words(state)
        self._line.show_state(tone, text, icon)
        self._line.setToolTip("" if state.line is Line.ALONE else self._line_told(state))

    def _line_words(self, state: SyncStateView) -> tuple[str, str, str]:
        bills, waiting = state.bills_waiting, state.waiting
        if state.line is Line.ALONE:
            return "neutral", "offline", tr("Works alone")
        if state.line is Line.TROUBLE:
            return "bad", "warn", tr("Look at the line · selling goes on")
        if state.loading_percent is not None and not state.loading_paused:
            return "info", "sync", tr("Loading members · {percent}%", percent=state.loading_percent)
        if state.line is Line.OFFLINE:
            if bills:
                return "warn", "offline", tr("Offline · selling as usual · {bills} bill(s) to send", bills=bills)
            if waiting:
                return "warn", "offline", tr("Offline · selling as usual · {items} item(s) to send", items=waiting)
            return "warn", "offline", tr("Offline · selling as usual")
        if state.line is Line.SENDING:
            return "info", "sync", tr("Sending · {items} left", items=waiting)
        if state.suspended or state.clock_off_s or state.loading_paused:
            return "warn", "warn", tr("Online · look at the line (F12)")
        if waiting:
            return "good", "online", tr("Online · {items} to send", items=waiting)
        return "good", "online", tr("Online · all sent")

    def _line_told(self, state: SyncStateView) -> str:
        """What waits, since when, the last contact, why, and what to do: as F12 says it."""
        from pos_member.ui.line_told import told

        words = told(self._shell, state)
        return "\n".join(filter(None, (words.told, words.next_step, *words.notes, tr("F12 = head office"))))

    def show_printer(self, state: PrinterStateView) -> None:
        """The printers, the worst of them first, and what waits for them."""
        self._printer_state = state
        self._printer.setVisible(state.light is not PrinterLight.NONE and self._shell.session is not None)
        tone, icon, text = self._printer_words(state)
        self._printer.show_state(tone, text, icon)
        self._printer.setToolTip(self._printers_told(state))
        # Where no paper asks for anybody, it is the printer that does.
        troubled = state.light is PrinterLight.TROUBLE and not state.waiting and not state.doubtful
        self._printer.target = "printers" if troubled else "print_jobs"

    def _printer_words(self, state: PrinterStateView) -> tuple[str, str, str]:
        if state.doubtful:
            return "bad", "warn", tr("Look at the paper · {papers}", papers=state.doubtful)
        if state.light is PrinterLight.TROUBLE:
            from pos_member.ui.printer_faults import fault

            words = fault(state.reason)
            if state.waiting:
                words = tr("{fault} · {papers} waiting", fault=words, papers=state.waiting)
            return "warn", "print_off", words
        if state.waiting:
            return "info", "print", tr("Printing · {papers}", papers=state.waiting)
        if any(printer.paper_low for printer in state.printers):
            return "warn", "print", tr("Paper nearly used up")
        if any(printer.drawer_open for printer in state.printers):
            # Said, never rung: change is being counted out most of the times.
            return "info", "cash", tr("Drawer open")
        return "good", "print", tr("Printer ready")

    def _printers_told(self, state: PrinterStateView) -> str:
        """What each printer says, one below the other, or what the only reason is."""
        from pos_member.domain.errors import Reason

        lines = []
        for printer in state.printers:
            said = [self._reason(printer.reason)] if printer.reason else []
            if printer.paper_low:
                said.append(self._reason(Reason.PRINTER_PAPER_LOW.value))
            if printer.drawer_open:
                said.append(tr("The cash drawer is open."))
            lines.append(f"{printer.name}: {' '.join(said) or tr('ready')}")
        if not lines and state.reason:
            lines.append(self._reason(state.reason))
        return "\n".join([*lines, tr("Ctrl+P = papers and printers")])

    def show_camera(self, light: CameraLight) -> None:
        """The camera, while there is one to show codes to."""
        self._camera_light = light
        self._camera.setVisible(light is not CameraLight.NONE and self._shell.session is not None)
        match light:
            case CameraLight.LIVE:
                self._camera.show_state("good", tr("Camera"), "camera")
            case CameraLight.OPENING:
                self._camera.show_state("info", tr("Camera …"), "camera")
            case CameraLight.BUSY:
                self._camera.show_state("warn", tr("Camera in use elsewhere"), "camera")
            case CameraLight.LOST:
                self._camera.show_state("warn", tr("No camera"), "camera")

    def _reason(self, reason: str) -> str:
        from pos_member.ui.printer_faults import sentence

        return sentence(reason)


class _BadgeButton(Badge):
    """A badge that opens what it tells of."""

    pressed = Signal(str)

    def __init__(self, target: str, *, name: str) -> None:
        super().__init__(name=name)
        self.target = target
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: object) -> None:
        self.pressed.emit(self.target)
