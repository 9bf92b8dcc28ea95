"""Readers on a serial port: which port, how fast, and what comes through it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.readers import FoundReader, ReaderKind, ReaderSetup, SerialReport
from pos_member.ui.device_work import LANE
from pos_member.ui.i18n import mark, tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.readers.listening import Listening
from pos_member.ui.readers.part import Part
from pos_member.ui.readers.port_card import PortCard
from pos_member.ui.readers.words import is_about_readers
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column, row

_FIND, _SAVE, _LISTEN = "find", "save", "listen"
_BAUDS = (9_600, 19_200, 38_400, 115_200)


@dataclass(frozen=True)
class _Row:
    """A port with something behind it, a reader of the till, or both."""

    found: FoundReader | None
    setup: ReaderSetup | None

    @property
    def address(self) -> str:
        if self.found is not None:
            return self.found.address
        return self.setup.address if self.setup is not None else ""


class SerialPart(Part):
    """↑ ↓ choose a port, Ctrl+T listens, a name and Enter save it, Delete removes it."""

    name = "serial"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._found: tuple[FoundReader, ...] = ()
        self._setups: tuple[ReaderSetup, ...] = ()
        self._listening: Listening | None = None
        self._listens = False
        #: Nobody has chosen a row yet.
        self._begins = True
        self._last: SerialReport | None = None
        self._trouble = ""
        self._said = ""
        columns = (
            Column[_Row](mark("Reader"), self._name_of, stretch=True),
            Column[_Row](mark("Port"), lambda each: each.address),
            Column[_Row](
                mark("State"), self._state_of, tone=lambda each: "good" if each.setup and each.found else "none"
            ),
        )
        self._told = Text("strong", name="serial_told", wrap=True)
        self._again = Button(name="serial_find_again", icon="find")
        self.table = Table(columns, name="serial_table")
        self.baud = Choices([Choice(each, f"Ctrl+{at}") for at, each in enumerate(_BAUDS, 4)], name="serial_baud")
        self.label = Field(name="serial_name", length_max=40)
        self._save_it = Button("primary", name="serial_save", icon="save")
        self._remove = Button("danger", name="serial_remove", icon="delete")
        self.port = PortCard()
        self._listen = self.port.listen
        self._build()
        self._connect()

    def _build(self) -> None:
        ports = Card()
        left = column(ports, space="s", margin="m")
        head = row(space="m")
        head.addWidget(self._told, 1)
        head.addWidget(self._again)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        left.addWidget(self.baud)
        left.addWidget(self.label)
        foot = row(space="m")
        foot.addWidget(self._remove, 1)
        foot.addWidget(self._save_it, 1)
        left.addLayout(foot)
        sides = row(self, space="l")
        sides.addWidget(ports, 1)
        sides.addWidget(self.port, 1)

    def _connect(self) -> None:
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self.baud.chosen.connect(self._baud_chosen)
        self.label.entered.connect(self._keep)
        self._save_it.clicked.connect(self._keep)
        self._remove.clicked.connect(self._remove_current)
        self._again.clicked.connect(self.look)
        self._listen.clicked.connect(self._listen_pressed)
        self.shortcut("Ctrl+F", self._again)
        self.shortcut("Ctrl+T", self._listen)

    # --- texts ---------------------------------------------------------------------------------------------

    def hint(self) -> str:
        return tr("↑ ↓ = port · Ctrl+T = listen · Enter = name it and save · Delete = remove · Esc = back")

    def retranslate(self) -> None:
        self._again.show_text(tr("Look again"), "Ctrl+F")
        self.baud.show_texts(tr("Speed (9600 suits most; USB readers do not mind)"), [f"{each}" for each in _BAUDS])
        self.label.show_label(tr("Name"), tr("for example: reader at the counter"))
        self._save_it.show_text(tr("Save and use"), "Enter")
        self._remove.show_text(tr("Remove"), "Delete")
        self.port.retranslate()
        self.table.retranslate()
        self._show()

    def _show(self) -> None:
        if self.busy(_FIND):
            self._told.show_text(tr("Looking for serial readers …"), "info")
        elif self._found:
            self._told.show_text(tr("{count} port(s) with something behind them", count=len(self._found)), "none")
        else:
            self._told.show_text(
                tr("No serial reader found. Plug it in; it may have to be set to “USB COM” by a code in its booklet."),
                "warn",
            )
        self._again.setEnabled(self.admin is not None)
        current = self.table.current()
        usable = current is not None and self.allowed and not self.busy(_SAVE)
        self.label.setEnabled(usable)
        self.baud.set_usable(usable)
        self._save_it.setEnabled(usable)
        self._remove.setEnabled(usable and current is not None and current.setup is not None)
        # Also where nothing was found: not every port is listed by the system, and why it does not open is said.
        self._listen.setEnabled(self._listening is not None or current is not None)
        self._show_heard()

    def _show_heard(self) -> None:
        self.port.show_port(self._listening is not None, self._listens, self._trouble, self._last)

    def _name_of(self, each: _Row) -> str:
        if each.setup is not None:
            return each.setup.name
        return each.found.description or each.found.address if each.found is not None else ""

    def _state_of(self, each: _Row) -> str:
        if each.setup is None:
            return tr("New")
        return tr("In use") if each.found is not None else tr("Not plugged in")

    # --- coming and going ----------------------------------------------------------------------------------

    def first(self) -> QWidget:
        return self.table

    def opened(self) -> None:
        self._forget_heard()
        self._begins = True
        self._load()
        self.look()

    def closed(self) -> None:
        self._stop_listening()
        self.stop(_FIND)

    def back(self) -> bool:
        if self._listening is not None:
            self._stop_listening()
            self._show()
            return True
        if self.label.edit.hasFocus():
            self.table.setFocus()
            return True
        return False

    def _forget_heard(self) -> None:
        self._last, self._trouble = None, ""

    def look(self) -> None:
        """Ask the system for its ports."""
        admin = self.admin
        if admin is not None:
            self.work(_FIND, lambda job: admin.serial_ports(), self._ports_told, self._not_found)
        self._show()

    def _ports_told(self, found: tuple[FoundReader, ...]) -> None:
        self.over(_FIND)
        self._found = found
        self._load()
        self._begins = False

    def _not_found(self, error: PosMemberError) -> bool:
        self.over(_FIND)
        self._show()
        self._told.show_text(self.shell.why(error), "bad")
        return True

    def _load(self) -> None:
        admin = self.admin
        kept = admin.readers() if admin is not None else ()
        self._setups = tuple(each for each in kept if each.kind is ReaderKind.SERIAL)
        before = None if self._begins else self.table.current()
        rows: list[_Row] = []
        left = list(self._setups)
        for found in self._found:
            setup = next((each for each in left if _is_of(each, found)), None)
            if setup is not None:
                left.remove(setup)
            rows.append(_Row(found, setup))
        rows += [_Row(None, each) for each in left]
        at = next((at for at, each in enumerate(rows) if before is not None and each.address == before.address), 0)
        self.table.set_rows(rows, at)
        if not rows:
            self._picked(None)
        self._show()

    def _picked(self, each: _Row | None) -> None:
        setup = each.setup if each is not None else None
        if self._listening is None:
            self._forget_heard()
        if not self.label.edit.hasFocus():
            self.label.set_text(setup.name if setup is not None else "")
        self.baud.set_value(setup.baud if setup is not None else _BAUDS[0])
        self._show()

    # --- listening -----------------------------------------------------------------------------------------

    def _draft(self) -> ReaderSetup | None:
        """The reader under the cursor as it stands on the page."""
        each, baud = self.table.current(), self.baud.value()
        if each is None:
            return None
        name = self.label.text() or self._name_of(each)
        speed = baud if isinstance(baud, int) else _BAUDS[0]
        setup = each.setup or ReaderSetup(secrets.token_hex(4), name, ReaderKind.SERIAL, address=each.address)
        if each.found is not None:
            setup = replace(setup, address=each.found.address, identity=each.found.identity)
        return replace(setup, name=name, baud=speed)

    def _listen_pressed(self) -> None:
        if self._listening is not None:
            self._stop_listening()
            self._show()
            return
        admin, setup = self.admin, self._draft()
        if admin is None or setup is None:
            return
        self._forget_heard()
        listening = self._listening = Listening(self)
        listening.heard.connect(self._heard)
        self.shell.runner.run(
            LANE, lambda: listening.begin(admin, setup), self, self._begun, self._not_begun, key=_LISTEN
        )
        self._show()

    def _begun(self, nothing: None) -> None:
        self._listens = self._listening is not None
        self._show()

    def _not_begun(self, error: PosMemberError) -> bool:
        self._stop_listening()
        if not is_about_readers(error):
            self._show()
            return False
        self._trouble = self.shell.why(error)
        self.shell.play(Sound.INVALID)
        self._show()
        return True

    def _stop_listening(self) -> None:
        listening, self._listening, self._listens = self._listening, None, False
        if listening is not None:
            listening.let_go()
            # Without a key: closing the port is never made stale.
            self.shell.runner.run(LANE, listening.end, listening, listening.ended)

    def _heard(self, report: SerialReport) -> None:
        self._last = report
        self.shell.play(Sound.READ if report.text else Sound.INVALID)
        self._show_heard()

    # --- choosing and saving -------------------------------------------------------------------------------

    def go_on(self) -> None:
        self._keep()

    def _chosen(self, each: _Row) -> None:
        if self.label.isEnabled():
            self.label.setFocus()
            self.label.edit.selectAll()

    def _baud_chosen(self, baud: object) -> None:
        if self._listening is not None:
            # The port has to be opened anew at another speed.
            self._stop_listening()
            self._listen_pressed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self._remove.click()
            return
        super().keyPressEvent(event)

    def _keep(self) -> None:
        admin, setup = self.admin, self._draft()
        if admin is None or setup is None or not self._save_it.isEnabled():
            return
        kept = admin.readers()
        known = any(each.key == setup.key for each in kept)
        setups = tuple(setup if each.key == setup.key else each for each in kept)
        self._save(setups if known else (*kept, setup), tr("{reader} is in use from now on.", reader=setup.name))

    def _remove_current(self) -> None:
        admin, current = self.admin, self.table.current()
        if admin is None or current is None or current.setup is None:
            return
        gone = current.setup
        setups = tuple(each for each in admin.readers() if each.key != gone.key)
        self._save(setups, tr("{reader} was removed.", reader=gone.name))

    def _save(self, setups: tuple[ReaderSetup, ...], said: str) -> None:
        admin = self.admin
        if admin is None or self.busy(_SAVE):
            return
        # The till itself opens the port from here on.
        self._stop_listening()
        self._said = said
        self.work(_SAVE, lambda job: admin.save_readers(setups), self._saved, self._not_saved)
        self._show()

    def _saved(self, nothing: None) -> None:
        self.over(_SAVE)
        self.table.setFocus()
        self._load()
        self.shell.say(Tone.GOOD, self._said)

    def _not_saved(self, error: PosMemberError) -> bool:
        self.over(_SAVE)
        self._show()
        return False


def _is_of(setup: ReaderSetup, found: FoundReader) -> bool:
    """Whether a reader of the till is the one behind a port: by the device where it is known, else by the port."""
    if setup.identity and found.identity:
        return setup.identity == found.identity
    return setup.address == found.address
