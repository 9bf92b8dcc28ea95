"""A second person answers for an act: who, and their PIN, asked in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.permission import Permission, Session, may
from pos_member.domain.scan_meaning import classify
from pos_member.services.staff import PIN_DIGITS_MAX, StaffTile
from pos_member.ui import theme
from pos_member.ui.i18n import pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.shell import Shell
from pos_member.ui.widgets.basic import Button, Card, Text, column, grid, scroller
from pos_member.ui.widgets.form import Field
from pos_member.ui.widgets.number_pad import NumberPad

_TILES_IN_A_ROW = 2
_ROWS_SHOWN = 2


class ApprovalPanel(Card):
    """``ask`` shows those who may; ``approved`` carries their session, made by their PIN, never kept here."""

    approved = Signal(object)

    def __init__(self, shell: Shell, name: str, permission: Permission, parent: QWidget | None = None) -> None:
        super().__init__(name=name, parent=parent)
        self._shell = shell
        self._name = name
        self._permission = permission
        self._people: tuple[StaffTile, ...] = ()
        self._tiles: list[Button] = []
        self._chosen = 0
        self._trying = False
        self._head = Text("heading", name=f"{name}_head", wrap=True)
        people = QWidget()
        self._grid = grid(people, space="s")
        self._scroller = scroller(people, name=f"{name}_people")
        self._pin = Field(name=f"{name}_pin", role="amount", secret=True, length_max=PIN_DIGITS_MAX)
        self._pin.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._pin.edit.installEventFilter(self)
        self._pad = NumberPad(name=f"{name}_pad", pin=True)
        self._pad.set_target(self._pin.edit)
        self.go = Button("primary", name=f"{name}_go", icon="check")
        layout = column(self, space="s", margin="l")
        layout.addWidget(self._head)
        layout.addWidget(self._scroller)
        layout.addWidget(self._pin)
        layout.addWidget(self._pad)
        layout.addStretch(1)
        layout.addWidget(self.go)
        self._pin.entered.connect(self._try)
        self.go.clicked.connect(self._try)
        self._show_rows(1)

    def ask(self, head: str, verb: str) -> None:
        """``head`` says what for; ``verb`` is what the button does ("Return ฿350")."""
        self._head.show_text(head)
        self.go.show_text(verb, "Enter")
        self._pin.show_label(tr("PIN"))
        self.forget()
        self._pin.setFocus()
        till = self._shell.till
        self._shell.runner.run("db", till.staff.people, self, self._loaded, key="people")

    def forget(self) -> None:
        """No PIN stays in a field that is not looked at."""
        self._pin.set_text("")
        self._pin.complain("")

    def take_badge(self, text: str) -> bool:
        """A staff badge was scanned: chooses that person. False while nobody is asked."""
        if not self.isVisible():
            return False
        till, code = self._shell.till, classify(text).code
        self._shell.runner.run("db", lambda: till.staff.by_badge(code), self, self._badge_known, self._badge_unknown)
        return True

    def _badge_known(self, person: StaffTile) -> None:
        name = pick(person.name_th, person.name_en)
        at = next((at for at, each in enumerate(self._people) if each.id == person.id), None)
        if at is None:
            tell(self._shell, Sound.INVALID, tr("{name} may not approve this. Somebody else has to.", name=name))
            return
        self._choose(at)
        tell(self._shell, Sound.READ, tr("Badge of {name}: type the PIN", name=name), Tone.INFO)

    def _badge_unknown(self, error: PosMemberError) -> bool:
        tell_refusal(self._shell, error)
        return True

    def _loaded(self, people: tuple[StaffTile, ...]) -> None:
        session = self._shell.session
        self._people = tuple(
            person
            for person in people
            if may(person.role, self._permission) and (session is None or person.id != session.staff.id)
        )
        for tile in self._tiles:
            tile.setObjectName("")
            tile.hide()
            tile.deleteLater()
        self._tiles = []
        for at, person in enumerate(self._people):
            tile = Button(name=f"{self._name}_{person.code}", icon="staff", checkable=True)
            tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tile.show_text(f"{pick(person.name_th, person.name_en)} · {person.code}")
            tile.setProperty("at", at)
            tile.clicked.connect(self._tile_clicked)
            self._grid.addWidget(tile, at // _TILES_IN_A_ROW, at % _TILES_IN_A_ROW)
            self._tiles.append(tile)
        self._show_rows(-(-len(self._people) // _TILES_IN_A_ROW))
        if not self._people:
            self._pin.complain(tr("Nobody at this branch may approve this. Ask head office."))
        self._choose(min(self._chosen, max(0, len(self._people) - 1)))

    def _show_rows(self, rows: int) -> None:
        """Two rows of people at most are seen at once; more of them scroll, by the arrow keys too."""
        look = theme.active()
        seen = max(1, min(_ROWS_SHOWN, rows))
        self._scroller.setFixedHeight(seen * look.px("touch", "target") + (seen - 1) * look.px("space", "s"))

    def _tile_clicked(self) -> None:
        self._choose(int(self.sender().property("at")))

    def _choose(self, at: int) -> None:
        if at != self._chosen:
            self.forget()
        self._chosen = at
        for number, tile in enumerate(self._tiles):
            tile.setChecked(number == at)
            if number == at:
                self._scroller.ensureWidgetVisible(tile, 0, 0)
        self._pin.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._people:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None:
                self._choose((self._chosen + step) % len(self._people))
                return True
        return False

    def _try(self) -> None:
        pin = self._pin.text()
        if self._trying or not self._people:
            return
        if not pin:
            self._pin.complain(tr("The person chosen types their PIN here."))
            self._pin.setFocus()
            return
        person, till = self._people[self._chosen], self._shell.till
        self._trying = True
        self.go.setEnabled(False)
        self._shell.runner.run("db", lambda: till.staff.sign_in(person.code, pin), self, self._held, self._refused)

    def _held(self, session: Session) -> None:
        self._free()
        self.forget()
        self.approved.emit(session)

    def _refused(self, error: PosMemberError) -> bool:
        self._free()
        self._pin.set_text("")
        self._pin.setFocus()
        if self._shell.is_reason(error, Reason.PIN_WRONG, Reason.PIN_LOCKED, Reason.STAFF_UNKNOWN):
            self._pin.complain(self._shell.why(error))
            self._shell.play(Sound.INVALID)
            return True
        return False

    def _free(self) -> None:
        self._trying = False
        self.go.setEnabled(True)
