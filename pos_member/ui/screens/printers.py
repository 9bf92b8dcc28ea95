"""The printers of this till: how each stands, what it prints, who takes over. Add, change, try, remove."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Permission, Session
from pos_member.domain.printers import PrinterSetup, Proof
from pos_member.ui.device_work import LANE
from pos_member.ui.i18n import language, mark, tr
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import PrinterAdmin, PrinterStateView, PrinterView, Sound
from pos_member.ui.printers.facts_area import facts_area
from pos_member.ui.printers.words import (
    fallback_words,
    light_words,
    place_words,
    proof_words,
    reason_words,
    role_words,
    state_words,
    trial_why,
)
from pos_member.ui.shell import Answer, Question, Shell
from pos_member.ui.widgets import Badge, Button, Card, Column, Table, Text, column, row
from pos_member.ui.widgets.approval import ApprovalPanel
from pos_member.ui.widgets.facts import Fact, FactList

_DETAIL, _APPROVAL = range(2)
#: How often it looks how the printers stand while it is open (ms).
_LOOK_MS = 1_500


class PrintersScreen(Page):
    """Anybody may look and print a test page; the rest takes the right to manage the till."""

    name = "printers"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._setups: tuple[PrinterSetup, ...] = ()
        self._views: dict[str, PrinterView] = {}
        self._removed: tuple[PrinterSetup, ...] | None = None
        self._approver: Session | None = None
        self._wanted = ""
        self._busy = False
        self._head = PageHead(self.name)
        columns = (
            Column[PrinterSetup](mark("Printer"), lambda setup: setup.name, stretch=True),
            Column[PrinterSetup](
                mark("State"),
                lambda setup: state_words(self._views.get(setup.key)),
                tone=lambda setup: light_words(self._views.get(setup.key))[1],
            ),
            Column[PrinterSetup](mark("Prints"), lambda setup: role_words(setup.roles)),
        )
        self.table = Table(columns, name="printers_table")
        self._empty = Text("soft", name="printers_empty", wrap=True)
        self._add = Button("pay", name="printers_add", icon="plus")
        self._approval = ApprovalPanel(shell, "printers_approval", Permission.MANAGE_TILL)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_detail())
        self._right.addWidget(self._approval)
        body = QWidget(self)
        left = column(space="m")
        left.addWidget(self._empty)
        left.addWidget(self.table, 1)
        left.addWidget(self._add)
        sides = row(body, space="l")
        sides.addLayout(left, 3)
        sides.addWidget(self._right, 2)
        self.lay_out(self._head, body)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._connect()
        self.finish()

    def _build_detail(self) -> Card:
        self._name = Text("title", name="printers_name", wrap=True)
        self._state = Badge(name="printers_state")
        self._why = Text("strong", name="printers_why", wrap=True)
        self._facts = FactList(name="printers_facts")
        self._change = Button("primary", name="printers_change", icon="settings")
        self._page = Button(name="printers_page", icon="print")
        self._drawer = Button(name="printers_drawer", icon="cash")
        self._remove = Button("danger", name="printers_remove", icon="delete")
        self._undo = Button(name="printers_undo", icon="undo")
        card = Card(name="printers_detail")
        inside = column(card, space="m", margin="l")
        for widget in (self._name, self._state, self._why):
            inside.addWidget(widget)
        inside.addWidget(facts_area(self._facts), 1)
        tries = row(space="m")
        tries.addWidget(self._page, 1)
        tries.addWidget(self._drawer, 1)
        inside.addLayout(tries)
        inside.addWidget(self._undo)
        inside.addWidget(self._remove)
        inside.addWidget(self._change)
        return card

    def _connect(self) -> None:
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self._add.clicked.connect(self._want_add)
        self._change.clicked.connect(self._want_change)
        self._remove.clicked.connect(self._want_remove)
        self._undo.clicked.connect(self._want_undo)
        self._page.clicked.connect(self._print_page)
        self._drawer.clicked.connect(self._want_drawer)
        self._approval.approved.connect(self._approve)
        self._looking.timeout.connect(self._look)
        for keys, button in (
            ("Ctrl+N", self._add),
            ("Ctrl+T", self._page),
            ("Ctrl+O", self._drawer),
            ("Ctrl+Z", self._undo),
        ):
            self.shortcut(keys, button)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Printers")

    def hint(self) -> str:
        return tr("Ctrl+N = set up a printer · Enter = change · Ctrl+T = test page · Delete = remove · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("of this till only"))
        self._add.show_text(tr("Set up a printer"), "Ctrl+N")
        self._change.show_text(tr("Change it"), "Enter")
        self._page.show_text(tr("Test page"), "Ctrl+T")
        self._drawer.show_text(tr("Open drawer"), "Ctrl+O")
        self._remove.show_text(tr("Remove"), "Delete")
        self._undo.show_text(tr("Bring it back"), "Ctrl+Z")
        self._empty.show_text(
            tr("No printer yet. Ctrl+N looks for one; the virtual printer does as well (pos-member printer-sim).")
        )
        self.table.retranslate()
        self._show()

    def _show(self) -> None:
        admin = self._admin()
        self._empty.setVisible(not self._setups)
        self._add.setEnabled(admin is not None and not self._busy)
        self._undo.setVisible(self._removed is not None)
        self._picked(self.table.current())

    def _picked(self, setup: PrinterSetup | None) -> None:
        usable = setup is not None and not self._busy
        for button in (self._change, self._page, self._remove):
            button.setEnabled(usable)
        self._drawer.setEnabled(usable and setup is not None and setup.drawer)
        for widget in (self._state, self._facts):
            widget.setVisible(setup is not None)
        if setup is None:
            self._name.show_text(tr("This till prints nothing yet"))
            self._why.show_text(tr("Bills are kept all the same, and can be printed later."))
            return
        view = self._views.get(setup.key)
        word, tone, icon = light_words(view)
        self._name.show_text(setup.name)
        self._state.show_state(tone, word, icon)
        why = reason_words(view.reason) if view is not None else ""
        self._why.show_text(why, "warn")
        self._why.setVisible(bool(why))
        drawer = tr("plugged in") if setup.drawer else tr("no")
        if setup.drawer and view is not None and view.drawer_open:
            drawer = tr("plugged in, open now")
        paper = tr("runs low") if view is not None and view.paper_low else tr("nothing reported")
        self._facts.show_facts(
            [
                Fact(tr("Where"), place_words(setup.address)),
                Fact(tr("Model"), setup.profile.name),
                Fact(tr("Prints"), role_words(setup.roles)),
                Fact(tr("Takes over"), fallback_words(setup, self._setups)),
                Fact(tr("Paper"), paper, "warn" if view is not None and view.paper_low else "none"),
                Fact(tr("Cash drawer"), drawer),
            ]
        )

    # --- looking -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._approver = None
        self._wanted = ""
        self._right.setCurrentIndex(_DETAIL)
        self._load()
        keys = [setup.key for setup in self._setups]
        if params.get("key") in keys:
            self.table.selectRow(keys.index(str(params["key"])))
        self._look()
        self._looking.start()
        (self.table if self._setups else self._add).setFocus()

    def left(self) -> None:
        self._looking.stop()
        self._approval.forget()
        self._approver = self._removed = None

    def _admin(self) -> PrinterAdmin | None:
        return self.shell.services.printer_admin() if self.shell.ready else None

    def _load(self) -> None:
        admin = self._admin()
        self._setups = admin.setups() if admin is not None else ()
        before = self.table.current()
        keys = [setup.key for setup in self._setups]
        self.table.set_rows(self._setups, keys.index(before.key) if before is not None and before.key in keys else 0)
        self._show()

    def _look(self) -> None:
        self.run(self.shell.services.printer_state, self._looked, key="look")

    def _looked(self, state: PrinterStateView) -> None:
        views = {view.key: view for view in state.printers}
        if views != self._views:
            self._views = views
            self.table.retranslate()
            self._picked(self.table.current())

    # --- who may -------------------------------------------------------------------------------------------

    def _want(self, what: str) -> None:
        """Do it, once it is known that somebody who may stands behind it."""
        if self._admin() is None or self._busy:
            return
        self._wanted = what
        if self._approver is not None or self.shell.may(Permission.MANAGE_TILL):
            self._do()
            return
        self._right.setCurrentIndex(_APPROVAL)
        self._approval.ask(tr("A manager approves work on the printers"), tr("Approve"))

    def _approve(self, session: Session) -> None:
        self._approver = session
        self._right.setCurrentIndex(_DETAIL)
        self._do()

    def _do(self) -> None:
        what, self._wanted = self._wanted, ""
        {
            "add": self._open_wizard,
            "change": self._open_changes,
            "remove": self._ask_remove,
            "undo": self._bring_back,
            "drawer": self._open_drawer,
        }[what]()

    def _want_add(self) -> None:
        self._want("add")

    def _want_change(self) -> None:
        if self.table.current() is not None:
            self._want("change")

    def _want_remove(self) -> None:
        if self.table.current() is not None:
            self._want("remove")

    def _want_undo(self) -> None:
        if self._removed is not None:
            self._want("undo")

    def _want_drawer(self) -> None:
        self._want("drawer")

    # --- acts ----------------------------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        return self._approval.take_badge(text)

    def go_on(self) -> None:
        (self._want_change if self._setups else self._want_add)()

    def _chosen(self, setup: PrinterSetup) -> None:
        self._want_change()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self._right.currentIndex() == _DETAIL:
            self._remove.click()
            return
        super().keyPressEvent(event)

    def back(self) -> bool:
        if self._right.currentIndex() == _APPROVAL:
            self._approval.forget()
            self._right.setCurrentIndex(_DETAIL)
            (self.table if self._setups else self._add).setFocus()
            return True
        return False

    def _open_wizard(self) -> None:
        self.shell.open("printer_wizard", new=True, approver=self._approver)

    def _open_changes(self) -> None:
        current = self.table.current()
        if current is not None:
            self.shell.open("printer_wizard", key=current.key, approver=self._approver)

    def _ask_remove(self) -> None:
        current = self.table.current()
        if current is None:
            return
        self.shell.ask(
            Question(
                tr("Remove {printer}?", printer=current.name),
                (Answer("remove", tr("Remove it"), "danger"), Answer("no", tr("Keep it"))),
                detail=tr("Papers that wait for it go to another printer that prints the same, or wait."),
            ),
            self._answered,
        )

    def _answered(self, key: str, typed: str) -> None:
        current = self.table.current()
        if key != "remove" or current is None:
            return
        self._removed = self._setups
        self._save(tuple(_without(each, current.key) for each in self._setups if each.key != current.key))

    def _bring_back(self) -> None:
        if self._removed is not None:
            setups, self._removed = self._removed, None
            self._save(setups)

    def _save(self, setups: tuple[PrinterSetup, ...]) -> None:
        admin = self._admin()
        if admin is None:
            return
        self._set_busy(True)
        session, approver = self.shell.signed_in(), self._approver
        self.run(lambda: admin.save(session, setups, approver), self._saved, self._not_done, lane=LANE)

    def _saved(self, nothing: None) -> None:
        self._set_busy(False)
        self._load()
        self.shell.refresh_badges()
        if self._removed is not None:
            self.shell.say(Tone.INFO, tr("Removed. Ctrl+Z brings it back."))
        (self.table if self._setups else self._add).setFocus()

    def _print_page(self) -> None:
        admin, current = self._admin(), self.table.current()
        if admin is None or current is None or self._busy:
            return
        self._set_busy(True)
        wanted = language()
        self.shell.say(Tone.INFO, tr("The page is on its way to the printer …"))
        self.run(lambda: admin.print_test_page(current, wanted), self._printed, self._not_done, lane=LANE)

    def _printed(self, proof: Proof) -> None:
        self._set_busy(False)
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD if proof is not Proof.NONE else Tone.INFO, proof_words(proof))

    def _open_drawer(self) -> None:
        admin, current = self._admin(), self.table.current()
        if admin is None or current is None:
            return
        self._set_busy(True)
        session, approver = self.shell.signed_in(), self._approver
        self.run(lambda: admin.open_drawer(session, current, approver), self._pulsed, self._not_done, lane=LANE)

    def _pulsed(self, nothing: None) -> None:
        self._set_busy(False)
        self.shell.say(Tone.GOOD, tr("The pulse was sent: the drawer should be open."))

    def _not_done(self, error: PosMemberError) -> bool:
        self._set_busy(False)
        self._removed = None
        self._load()
        self.shell.play(Sound.INVALID)
        self.shell.say(Tone.BAD, trial_why(error))
        return True

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._show()


def _without(setup: PrinterSetup, key: str) -> PrinterSetup:
    """A printer that does not rely on the one that goes."""
    return replace(setup, fallback="") if setup.fallback == key else setup
