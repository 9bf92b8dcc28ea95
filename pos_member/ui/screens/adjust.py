"""F7: points put right by hand: who, how many, why; approved in place where the person may not alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.lookup import SEARCH_CHARS_MIN
from pos_member.services.views import MemberPanel, MemberRow
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.member_view import MEMBER_COLUMNS, MemberView
from pos_member.ui.moments import read_whole, signed
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.scanning.words import kind_words
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Field, NumberPad, Table, Text, column, row, scroller
from pos_member.ui.widgets.approval import ApprovalPanel

_FOUND_MAX = 20
_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up)
_WORK, _APPROVAL = range(2)
#: Reasons said again and again; anything else is typed.
_REASONS = (
    mark("Forgot to give points"),
    mark("Wrong bill or member"),
    mark("Making up to the customer"),
)


class AdjustScreen(Page):
    """Find the member, type the points (``-50`` takes), say why."""

    name = "adjust"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._panel: MemberPanel | None = None
        self._busy = False
        self._searching = False
        self._take_wanted = False
        self._head = PageHead(self.name)
        self._text = Field(name="adjust_text", length_max=80)
        self._members = Table(MEMBER_COLUMNS, name="adjust_members")
        self._approval = ApprovalPanel(shell, "adjust_approval", Permission.ADJUST_POINTS)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_work())
        self._right.addWidget(self._approval)
        left = column(space="m")
        left.addWidget(self._text)
        left.addWidget(self._members, 1)
        left.addWidget(NumberPad(name="adjust_pad", pin=True))
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addLayout(left, 1)
        sides.addWidget(self._right, 1)
        self.lay_out(self._head, body)
        self._connect()
        self.finish()

    def _build_work(self) -> Card:
        self._view = MemberView(self.shell, "adjust_member", brief=True)
        self._points = Field(name="adjust_points", role="amount", length_max=12)
        self._sign = Button("step", name="adjust_sign")
        self._after = Text("strong", name="adjust_after")
        self._reason = Field(name="adjust_reason", length_max=200)
        self._chips = [Button(name=f"adjust_reason_{at}") for at in range(len(_REASONS))]
        self._go = Button("pay", name="adjust_go", icon="adjust")
        card = Card(name="adjust_work")
        inside = column(card, space="s", margin="l")
        inside.addWidget(scroller(self._view), 1)
        amount = row(space="s")
        amount.addWidget(self._points, 1)
        amount.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignBottom)
        amount.addWidget(self._after, 1, Qt.AlignmentFlag.AlignBottom)
        inside.addLayout(amount)
        inside.addWidget(self._reason)
        chips = row(space="s")
        for at, chip in enumerate(self._chips):
            chip.setProperty("at", at)
            chip.clicked.connect(self._chip_clicked)
            chips.addWidget(chip)
        inside.addLayout(chips)
        inside.addWidget(self._go)
        return card

    def _connect(self) -> None:
        self._text.changed.connect(self._search)
        self._text.entered.connect(self._take)
        self._text.edit.installEventFilter(self)
        self._members.chosen.connect(self._chosen)
        self._points.changed.connect(self._points_changed)
        self._points.entered.connect(self._to_reason)
        self._reason.entered.connect(self.go_on)
        self._sign.clicked.connect(self._turn)
        self._go.clicked.connect(self.go_on)
        self._approval.approved.connect(self._adjust)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Put points right")

    def hint(self) -> str:
        return tr("Find the member · points, with a minus to take · why · Enter · Esc = back")

    def retranslate(self) -> None:
        limit = self.shell.settings.adjust_points_max
        self._head.show_text(self.title(), tr("at most {points} points at a time, on record", points=limit))
        self._text.show_label(tr("Name, phone or member number"), tr("or scan the card"))
        self._points.show_label(tr("Points to add, with a minus to take"), tr("50 or -50"))
        self._sign.show_text("±")
        self._sign.setAccessibleName(tr("Add or take"))
        self._reason.show_label(tr("Why"), tr("what happened, and who asked"))
        for chip, literal in zip(self._chips, _REASONS, strict=True):
            chip.show_text(tr_marked(literal))
        self._members.retranslate()
        self._view.retranslate()
        self._points_changed(self._points.text())

    # --- who -----------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._clear()
        self.retranslate()
        member_id = str(params.get("member_id", ""))
        if member_id:
            till = self.shell.till
            self.run(lambda: till.lookup.panel(member_id), self._show_member, key="panel")

    def left(self) -> None:
        self._approval.forget()
        self._clear()

    def _clear(self) -> None:
        self._busy = False
        self._panel = None
        self._view.show_panel(None)
        for field in (self._text, self._points, self._reason):
            field.set_text("")
            field.complain("")
        self._members.set_rows(())
        self._right.setCurrentIndex(_WORK)
        self._enable()
        self._text.setFocus()

    def _enable(self) -> None:
        for widget in (self._points, self._sign, self._reason, self._go, *self._chips):
            widget.setEnabled(self._panel is not None)

    def back(self) -> bool:
        if self._right.currentIndex() == _APPROVAL:
            self._approval.forget()
            self._right.setCurrentIndex(_WORK)
            self._reason.setFocus()
            return True
        if self._panel is not None or self._text.text():
            self._clear()
            return True
        return False

    def scanned(self, text: str) -> bool:
        """A card chooses the member; a badge, who approves."""
        meaning = classify(text)
        if meaning.kind is ScanKind.STAFF:
            return self._approval.take_badge(text)
        till = self.shell.till
        self.run(lambda: till.lookup.resolve(text).member, self._resolved, self.scan_refused, key="panel")
        return True

    @property
    def begun(self) -> bool:
        asked = self._right.currentIndex() == _APPROVAL
        return self._busy or asked or bool(self._points.text() or self._reason.text())

    def _resolved(self, panel: MemberPanel | None) -> None:
        if panel is None:
            return
        name = panel.card.name_masked or panel.card.number_masked
        if self._panel is not None and self._panel.card.member_id == panel.card.member_id:
            tell(self.shell, Sound.ALREADY, tr("{name} is chosen already", name=name), Tone.INFO)
        elif self._panel is not None and self.begun:
            # Points that were typed for one member must not end at another.
            tell_refusal(self.shell, Refusal(Reason.SCAN_HALF_DONE, what=kind_words(ScanKind.MEMBER)))
        else:
            self._show_member(panel)
            tell(self.shell, Sound.READ, tr("Member {name}", name=name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_THE_LIST:
            QApplication.sendEvent(self._members, event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        till, wanted = self.shell.till, text.strip()
        self._searching, self._take_wanted = True, False
        if len(wanted) < SEARCH_CHARS_MIN:
            self.run(tuple, self._found, key="search")
        else:
            self.run(lambda: till.lookup.search_members(wanted, _FOUND_MAX), self._found, self._not_found, key="search")

    def _found(self, rows: tuple[MemberRow, ...]) -> None:
        self._members.set_rows(rows)
        self._searching = False
        wanted, self._take_wanted = self._take_wanted, False
        if wanted:
            self._take()

    def _not_found(self, error: PosMemberError) -> bool:
        self._searching = self._take_wanted = False
        return False

    def _take(self) -> None:
        if self._searching:
            # The rows shown answer an older text: Enter waits for those of this one.
            self._take_wanted = True
            return
        found = self._members.current()
        if found is not None:
            self._chosen(found)

    def _chosen(self, found: MemberRow) -> None:
        till, member_id = self.shell.till, found.card.member_id
        self.run(lambda: till.lookup.panel(member_id), self._show_member, key="panel")

    def _show_member(self, panel: MemberPanel) -> None:
        self._panel = panel
        self._view.show_panel(panel)
        self._enable()
        self._points_changed(self._points.text())
        self._points.setFocus()

    # --- how many, and why ---------------------------------------------------------------------------------

    def _points_changed(self, text: str) -> None:
        points = read_whole(text)
        if self._panel is None or not points:
            self._after.show_text("")
            self._go.show_text(tr("Put right"), "Enter")
            return
        before = self._panel.balance
        after = tr("from {before} to {after} points", before=before, after=before + points)
        self._after.show_text(after, "bad" if points < 0 else "good")
        self._go.show_text(tr("{points} points", points=signed(points)), "Enter")

    def _turn(self) -> None:
        typed = self._points.text()
        self._points.set_text(typed.lstrip("+-−") if typed[:1] in ("-", "−") else f"-{typed.lstrip('+')}")
        self._points.setFocus()

    def _chip_clicked(self) -> None:
        self._reason.set_text(tr_marked(_REASONS[int(self.sender().property("at"))]))
        self._reason.setFocus()

    def _to_reason(self) -> None:
        if read_whole(self._points.text()):
            self._reason.setFocus()
        else:
            self._points.complain(tr("Type a whole number of points, such as 50 or -50."))

    def go_on(self) -> None:
        if self._panel is None:
            self._take()
        elif not read_whole(self._points.text()):
            self._to_reason()
            self._points.setFocus()
        elif not self._reason.text():
            self._reason.complain(tr("Say why: head office reads it."))
            self._reason.setFocus()
        elif self.shell.may(Permission.ADJUST_POINTS):
            self._adjust(None)
        else:
            self._right.setCurrentIndex(_APPROVAL)
            verb = tr("{points} points", points=signed(read_whole(self._points.text()) or 0))
            self._approval.ask(tr("A manager approves this change of points"), verb)

    def _adjust(self, approver: Session | None) -> None:
        points, panel = read_whole(self._points.text()), self._panel
        if panel is None or not points or self._busy:
            return
        self._busy = True
        session, till, reason, member_id = (
            self.shell.signed_in(),
            self.shell.till,
            self._reason.text(),
            panel.card.member_id,
        )
        self.run(
            lambda: till.adjustment.adjust(session, member_id, points, reason, approver), self._adjusted, self._refused
        )

    def _adjusted(self, panel: MemberPanel) -> None:
        self._busy = False
        self._right.setCurrentIndex(_WORK)
        self._points.set_text("")
        self._reason.set_text("")
        self._show_member(panel)
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, tr("Done. The balance is {points} points now.", points=panel.balance))
        self.shell.refresh_badges()

    def _refused(self, error: PosMemberError) -> bool:
        self._busy = False
        self._right.setCurrentIndex(_WORK)
        if self.shell.is_reason(error, Reason.ADJUST_OUT_OF_RANGE, Reason.POINTS_SHORT):
            self._points.complain(self.shell.why(error))
            self._points.setFocus()
            self.shell.play(Sound.INVALID)
            return True
        return False
