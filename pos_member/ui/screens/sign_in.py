"""Who is at the till: tiles of the people, a PIN, and a clear word when too many were wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui import theme
from pos_member.ui.i18n import mark, pick, tr, tr_marked
from pos_member.ui.screen import Screen
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Field, NumberPad, Text, column, grid, row, scroller
from pos_member.ui.widgets.number_pad import pad_width

if TYPE_CHECKING:
    from pos_member.domain.permission import Session
    from pos_member.services.staff import StaffTile
    from pos_member.services.till import TillServices

#: Longer than any PIN; what a PIN is, the use cases say.
_TYPED_MAX = 32
#: By the value of ``domain.org.Role``.
_ROLES = {
    "cashier": mark("Cashier"),
    "supervisor": mark("Supervisor"),
    "manager": mark("Branch manager"),
    "head_office": mark("Head office"),
}
_TILES_IN_A_ROW = 2


class SignInScreen(Screen):
    """Arrows or a click choose the person; the figures of the PIN go straight into the field; Enter signs in."""

    name = "sign_in"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._people: tuple[StaffTile, ...] = ()
        self._tiles: list[Button] = []
        self._chosen = 0
        self._locked_until: datetime | None = None
        self._trying = False
        #: Whose badge was scanned, until the people are read.
        self._wanted = ""
        self._build()
        self._countdown = QTimer(self)
        self._countdown.setInterval(250)
        self._countdown.timeout.connect(self._count_down)
        shell.ready_changed.connect(self._ready)
        self.finish()
        if shell.ready:
            self._load()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._head = Text("title", name="sign_in_head")
        self._note = Text("soft", name="sign_in_note", wrap=True)
        self._grid = grid(space="m")
        holder = QWidget()
        holder_layout = column(holder, space="m")
        holder_layout.addLayout(self._grid)
        holder_layout.addStretch(1)
        people = Card(name="sign_in_people")
        left = column(people, space="l", margin="xl")
        left.addWidget(self._head)
        left.addWidget(self._note)
        left.addWidget(scroller(holder), 1)
        layout = row(self, space="l", margin="l")
        layout.addStretch(1)
        layout.addWidget(people, 5)
        layout.addWidget(self._build_pin())
        layout.addStretch(1)

    def _build_pin(self) -> Card:
        self._who = Text("title", name="sign_in_who", align="centre")
        self._role = Text("soft", name="sign_in_role", align="centre")
        self._pin = Field(name="sign_in_pin", role="amount", secret=True, length_max=_TYPED_MAX)
        self._pin.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._pin.edit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._pad = NumberPad(name="sign_in_pad", pin=True)
        self._pad.set_target(self._pin.edit)
        self._go = Button("pay", name="sign_in_go", icon="check")
        card = Card(name="sign_in_card")
        card.setFixedWidth(pad_width() + 3 * theme.active().px("space", "xl"))
        inside = column(card, space="s", margin="l")
        for widget in (self._who, self._role, self._pin):
            inside.addWidget(widget)
        inside.addWidget(self._pad)
        inside.addStretch(1)
        inside.addWidget(self._go)
        self._pin.entered.connect(self._try)
        self._pin.edit.installEventFilter(self)
        self._go.clicked.connect(self._try)
        return card

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Sign in")

    def hint(self) -> str:
        if self.shell.session is not None:
            return tr("PIN · Enter · Esc = back to the bill, nobody changes")
        return tr("↑ ↓ choose a person · or scan the badge · PIN · Enter")

    def retranslate(self) -> None:
        self._head.show_text(tr("Who is at the till?"))
        self._pin.show_label(tr("PIN"))
        self._go.show_text(tr("Sign in"), "Enter")
        for tile, person in zip(self._tiles, self._people, strict=True):
            tile.show_text(self._tile_text(person))
        self._show_who()
        self._show_note()

    def _tile_text(self, person: StaffTile) -> str:
        return f"{pick(person.name_th, person.name_en)}\n{person.code} · {tr_marked(_ROLES[person.role])}"

    def _show_who(self) -> None:
        person = self._person()
        self._who.show_text(pick(person.name_th, person.name_en) if person is not None else "")
        self._role.show_text(tr_marked(_ROLES[person.role]) if person is not None else "")

    def _show_note(self) -> None:
        if not self.shell.ready:
            self._note.show_text(tr("Opening the till … scans are kept"))
        elif not self._people:
            self._note.show_text(tr("Nobody is set up at this branch yet. Head office adds people."))
        else:
            self._note.show_text(tr("An open bill stays open when the cashier changes."))

    # --- people --------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._pin.set_text("")
        self._pin.complain("")
        self._pin.setFocus()
        # A badge says who; the people may have to be read first.
        self._wanted = str(params.get("staff_id", ""))
        self._take_wanted()
        if self.shell.ready:
            self._load()

    def _take_wanted(self) -> None:
        at = next((at for at, person in enumerate(self._people) if person.id == self._wanted), None)
        if at is not None:
            self._wanted = ""
            self._choose(at)

    def left(self) -> None:
        self._pin.set_text("")
        self._countdown.stop()

    def _ready(self, ready: bool) -> None:
        if ready:
            self._load()

    def _load(self) -> None:
        self.run(self.shell.till.staff.people, self._loaded, key="people")

    def _loaded(self, people: tuple[StaffTile, ...]) -> None:
        if people != self._people:
            self._people = people
            self._build_tiles()
        self._take_wanted()
        self._choose(min(self._chosen, max(0, len(people) - 1)))
        self._show_note()

    def _build_tiles(self) -> None:
        for tile in self._tiles:
            tile.setObjectName("")
            tile.deleteLater()
        self._tiles = []
        for at, person in enumerate(self._people):
            tile = Button("tile", name=f"staff_{person.code}", icon="member", checkable=True)
            tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tile.show_text(self._tile_text(person))
            tile.setProperty("at", at)
            tile.clicked.connect(self._tile_clicked)
            self._grid.addWidget(tile, at // _TILES_IN_A_ROW, at % _TILES_IN_A_ROW)
            self._tiles.append(tile)

    def _tile_clicked(self) -> None:
        self._choose(int(self.sender().property("at")))

    def _choose(self, at: int) -> None:
        if self._people and at != self._chosen:
            self._pin.set_text("")
            self._unlock()
        self._chosen = at
        for number, tile in enumerate(self._tiles):
            tile.setChecked(number == at)
        self._show_who()
        self._pin.setFocus()

    def _person(self) -> StaffTile | None:
        return self._people[self._chosen] if self._chosen < len(self._people) else None

    def eventFilter(self, watched: QObject, event: object) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress and self._people:
            step = {
                Qt.Key.Key_Up: -_TILES_IN_A_ROW,
                Qt.Key.Key_Down: _TILES_IN_A_ROW,
                Qt.Key.Key_Left: -1,
                Qt.Key.Key_Right: 1,
            }.get(Qt.Key(event.key()))
            if step is not None:
                self._choose(max(0, min(len(self._people) - 1, self._chosen + step)))
                return True
        return False

    # --- the PIN -------------------------------------------------------------------------------------------

    def _try(self) -> None:
        person, pin = self._person(), self._pin.text()
        if person is None or not pin or self._trying or self._locked_until is not None:
            return
        self._trying = True
        self._go.setEnabled(False)
        till, before = self.shell.till, self.shell.session
        self.run(lambda: _signed_in(till, person.code, pin, before), self._signed_in, self._refused)

    def _signed_in(self, session: Session) -> None:
        self._trying = False
        self._go.setEnabled(True)
        self._pin.set_text("")
        self.shell.set_session(session)

    def _refused(self, error: PosMemberError) -> bool:
        self._trying = False
        self._go.setEnabled(True)
        self._pin.edit.setText("")
        self._pin.setFocus()
        if error.reason is Reason.PIN_LOCKED:
            seconds = error.params.get("seconds", 30)
            self._locked_until = datetime.now(UTC) + timedelta(seconds=seconds if isinstance(seconds, int) else 30)
            self._countdown.start()
            self._count_down()
            return True
        if isinstance(error.reason, Reason) and error.reason in (Reason.PIN_WRONG, Reason.STAFF_UNKNOWN):
            self._pin.complain(self.shell.why(error))
            return True
        return False

    def _count_down(self) -> None:
        if self._locked_until is None:
            return
        left = int((self._locked_until - datetime.now(UTC)).total_seconds()) + 1
        if left <= 0:
            self._unlock()
            return
        self._go.setEnabled(False)
        self._pin.edit.setReadOnly(True)
        self._pin.complain(
            tr("Too many wrong PINs. Try again in {minutes}:{seconds}.", minutes=left // 60, seconds=f"{left % 60:02d}")
        )

    def _unlock(self) -> None:
        self._locked_until = None
        self._countdown.stop()
        self._go.setEnabled(True)
        self._pin.edit.setReadOnly(False)
        self._pin.complain("")
        self._pin.edit.setEchoMode(QLineEdit.EchoMode.Password)


def _signed_in(till: TillServices, code: str, pin: str, before: Session | None) -> Session:
    """The next person; whoever was there until now is signed out, once the PIN holds."""
    session = till.staff.sign_in(code, pin)
    if before is not None:
        till.staff.sign_out(before)
    return session
