"""Fourth step: the cash drawer. Which pin opens it is tried, and how its sensor is wired is learned by asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Session
from pos_member.domain.printers import Drawer, DrawerSensor, PrinterSetup
from pos_member.ui.i18n import tr
from pos_member.ui.ports import PrinterAdmin
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import drawer_words, trial_why
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row

_OPEN, _LEVEL = "open", "level"
_PULSES = (50, 100, 200)
#: How often the sensor is read while the step is shown (ms).
_LOOK_MS = 1_500
_LOOK_MAX_MS = 12_000


class DrawerStep(Step):
    """Ctrl+O pulses; then two questions tell which level of the sensor means open."""

    name = "drawer"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        #: The sensor's level now, and as it was with the drawer open; None: it does not say.
        self._level: bool | None = None
        self._open_level: bool | None = None
        #: "" → "open?" → "close it" → "learned" or "blind".
        self._asking = ""
        self._trouble = ""
        self._hangs = Choices([Choice(False, "Ctrl+1"), Choice(True, "Ctrl+2")], name="printer_drawer")
        self._pins = Choices([Choice(0, "Ctrl+3"), Choice(1, "Ctrl+4")], name="printer_pin")
        self._pulses = Choices(
            [Choice(pulse, f"Ctrl+{at}") for at, pulse in enumerate(_PULSES, 5)], name="printer_pulse"
        )
        self._moved = Text("small", name="printer_drawer_moved", wrap=True)
        self._try = Button(name="printer_drawer_open", icon="cash")
        self._head = Text("heading", name="printer_sensor_head")
        self._state = Badge(name="printer_sensor_state")
        self._question = Text("strong", name="printer_sensor_question", wrap=True)
        self._yes = Button("primary", name="printer_sensor_yes", icon="check")
        self._no = Button(name="printer_sensor_no", icon="close")
        where, sensor = Card(), Card()
        left = column(where, space="l", margin="l")
        for widget in (self._hangs, self._pins, self._pulses, self._moved):
            left.addWidget(widget)
        left.addStretch(1)
        left.addWidget(self._try)
        right = column(sensor, space="m", margin="l")
        for shown in (self._head, self._state, self._question):
            right.addWidget(shown)
        right.addStretch(1)
        right.addWidget(self._no)
        right.addWidget(self._yes)
        sides = row(self, space="l")
        sides.addWidget(where, 1)
        sides.addWidget(sensor, 1)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._connect()

    def _connect(self) -> None:
        self._looking.timeout.connect(self._look)
        self._hangs.chosen.connect(self._set_hangs)
        self._pins.chosen.connect(self._set_pin)
        self._pulses.chosen.connect(self._set_pulse)
        self._try.clicked.connect(self._pulse)
        self._yes.clicked.connect(self._said_yes)
        self._no.clicked.connect(self._said_no)
        self.shortcut("Ctrl+O", self._try)
        self.shortcut("Ctrl+J", self._yes)
        self.shortcut("Ctrl+N", self._no)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("Cash drawer")

    def hint(self) -> str:
        return tr("Ctrl+2 = it has a drawer · Ctrl+O = open it now")

    def way_on(self) -> tuple[str, bool]:
        return tr("Go on"), True

    def retranslate(self) -> None:
        self._hangs.show_texts(tr("Is the cash drawer plugged into this printer?"), [tr("No"), tr("Yes")])
        self._pins.show_texts(tr("Its wire"), [tr("Pin 2 (usual)"), tr("Pin 5")])
        self._pulses.show_texts(tr("Pulse"), [tr("{ms} ms", ms=pulse) for pulse in _PULSES])
        self._try.show_text(tr("Open the drawer now"), "Ctrl+O")
        self._head.show_text(tr("Does the till see whether it is open?"))
        self._show()

    def _show(self) -> None:
        hangs, profile = self.draft.setup.drawer, self.draft.profile
        self._hangs.set_value(hangs)
        self._pins.set_value(profile.drawer_pin)
        self._pulses.set_value(profile.drawer_on_ms)
        self._pins.set_usable(hangs)
        self._pulses.set_usable(hangs)
        self._try.setEnabled(hangs)
        other = next((each for each in self.draft.others if each.drawer), None)
        moved = hangs and other is not None
        self._moved.setVisible(moved)
        if other is not None:
            self._moved.show_text(tr("Until now it was at {printer}; from now on it is here.", printer=other.name))
        self._show_sensor(hangs)

    def _show_sensor(self, hangs: bool) -> None:
        asks = {"open?": (tr("Yes, it is open"), tr("No, it stayed shut")), "close it": (tr("It is shut now"), "")}
        yes, no = asks.get(self._asking, ("", ""))
        for button, text, keys in ((self._yes, yes, "Ctrl+J"), (self._no, no, "Ctrl+N")):
            if not text and button.hasFocus():
                self.settled.emit()
            button.setVisible(bool(text))
            button.show_text(text, keys)
        self._state.setVisible(hangs)
        self._state.show_state(*self._state_words())
        self._question.show_text(self._words(hangs), "bad" if self._trouble else "none")

    def _state_words(self) -> tuple[str, str, str]:
        sensor = self.draft.profile.drawer_sensor
        if self._level is None:
            return "neutral", tr("The printer says nothing of it"), "info"
        if sensor is DrawerSensor.NONE:
            return "info", tr("Wire is high") if self._level else tr("Wire is low"), "eye"
        is_open = self._level == (sensor is DrawerSensor.HIGH_IS_OPEN)
        word = drawer_words(Drawer.OPEN if is_open else Drawer.CLOSED)
        return ("warn" if is_open else "good"), tr("Drawer: {state}", state=word), "cash"

    def _words(self, hangs: bool) -> str:
        if self._trouble:
            return self._trouble
        if not hangs:
            return tr("Without a drawer there is nothing to try. Go on with Enter.")
        return {
            "": tr("Press Ctrl+O: the drawer should spring open. Then answer here."),
            "opening": tr("Opening …"),
            "open?": tr("Is the drawer open now?"),
            "shut": tr("Try the other pin, then a longer pulse, and look at the drawer's cable and lock."),
            "close it": tr("Now push the drawer shut, then say so."),
            "learned": tr("Learned: the till sees whether the drawer is open."),
            "blind": tr(
                "The printer does not see this drawer; it opens all the same. Not shut yet? Ctrl+O asks again."
            ),
        }[self._asking]

    # --- setting -------------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._asking = self._trouble = ""
        self._looking.setInterval(_LOOK_MS)
        self._looking.start()
        self._show()
        self._look()

    def stop(self, *names: str) -> None:
        self._looking.stop()
        super().stop(*names)

    def _set_hangs(self, hangs: bool) -> None:
        self._asking = self._trouble = ""
        self.draft.use_drawer(hangs)
        self._show()
        self._look()

    def _set_pin(self, pin: int) -> None:
        self.draft.use_profile(replace(self.draft.profile, drawer_pin=pin))
        self._show()

    def _set_pulse(self, pulse_ms: int) -> None:
        self.draft.use_profile(replace(self.draft.profile, drawer_on_ms=pulse_ms))
        self._show()

    # --- trying --------------------------------------------------------------------------------------------

    def _pulse(self) -> None:
        if self.busy(_OPEN):
            return
        admin, setup = self.admin, self.draft.setup
        session, approver = self.shell.signed_in(), self.draft.approver
        self._asking, self._trouble = "opening", ""
        self.work(_OPEN, lambda job: _opened(admin, setup, session, approver), self._pulsed, self._not_pulsed)
        self._show()

    def _pulsed(self, level: bool | None) -> None:
        self.over(_OPEN)
        self._level = level
        self._asking = "open?"
        self._show()
        self._yes.setFocus()

    def _not_pulsed(self, error: PosMemberError) -> bool:
        self.over(_OPEN)
        self._asking, self._trouble = "", trial_why(error)
        self._show()
        return True

    def _look(self) -> None:
        if not self.draft.setup.drawer or self.busy():
            return
        admin, setup = self.admin, self.draft.setup
        self.work(_LEVEL, lambda job: admin.drawer_level(setup), self._seen, self._not_seen)

    def _seen(self, level: bool | None) -> None:
        self.over(_LEVEL)
        self._looking.setInterval(_LOOK_MS)
        self._level = level
        self._show()

    def _not_seen(self, error: PosMemberError) -> bool:
        self.over(_LEVEL)
        self._level = None
        # It cannot be asked now, and opening the drawer says why: it is asked again, ever more seldom.
        self._looking.setInterval(min(2 * self._looking.interval(), _LOOK_MAX_MS))
        self._show()
        return True

    def _said_yes(self) -> None:
        if self._asking == "open?":
            self._ask_level(self._open_seen)
        elif self._asking == "close it":
            self._ask_level(self._closed_seen)

    def _said_no(self) -> None:
        self._asking = "shut"
        self._show()
        self._try.setFocus()

    def _ask_level(self, done: Callable[[bool | None], None]) -> None:
        admin, setup = self.admin, self.draft.setup
        self.work(_LEVEL, lambda job: admin.drawer_level(setup), done, self._not_seen)

    def _open_seen(self, level: bool | None) -> None:
        self.over(_LEVEL)
        self._level = self._open_level = level
        if level is None:
            self._learn(DrawerSensor.NONE)
            return
        self._asking = "close it"
        self._show()
        self._yes.setFocus()

    def _closed_seen(self, level: bool | None) -> None:
        self.over(_LEVEL)
        self._level = level
        if level is None or level == self._open_level:
            self._learn(DrawerSensor.NONE)
        else:
            self._learn(DrawerSensor.HIGH_IS_OPEN if self._open_level else DrawerSensor.LOW_IS_OPEN)

    def _learn(self, sensor: DrawerSensor) -> None:
        self._asking = "blind" if sensor is DrawerSensor.NONE else "learned"
        self.draft.use_profile(replace(self.draft.profile, drawer_sensor=sensor))
        self._show()
        self.settled.emit()


def _opened(admin: PrinterAdmin, setup: PrinterSetup, session: Session, approver: Session | None) -> bool | None:
    admin.open_drawer(session, setup, approver)
    return admin.drawer_level(setup)
