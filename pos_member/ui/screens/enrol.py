"""F2: a new member. Phone, consent, Enter; everything else can come later."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.member import Identified
from pos_member.services.enrolment import EnrolRequest, EnrolResult
from pos_member.services.views import Resolved
from pos_member.ui.enrolling.brought_by import ABOUT_REFERRER, BroughtBy
from pos_member.ui.enrolling.consent_card import ConsentCard
from pos_member.ui.enrolling.enrolled_card import EnrolledCard
from pos_member.ui.enrolling.form_card import ALL_THE_SAME_KEY, FormCard
from pos_member.ui.enrolling.whose_phone import Standing, WhosePhone
from pos_member.ui.finding_online import FindingOnline
from pos_member.ui.i18n import language, tr
from pos_member.ui.not_asked import why_not
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell
from pos_member.ui.shell import Shell
from pos_member.ui.unknown_card import UnknownCard
from pos_member.ui.widgets import Card, NumberPad, column, row
from pos_member.ui.widgets.number_pad import pad_width

_PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class EnrolScreen(Page):
    """``opened(phone=…)`` fills the phone in (typed on another page and found to be nobody's); ``all_the_same=True``:
    it was said there that head office could not be asked about it."""

    name = "enrol"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._busy = False
        self._go_wanted = False
        self._scan = ""
        self._finding = FindingOnline(shell, self)
        self._whose = WhosePhone(shell, self._finding, self)
        self._unknown = UnknownCard(shell, self._finding, self.scanned, enrols=False, parent=self)
        self._head = PageHead(self.name)
        self._stack = QStackedWidget(self)
        self._form, self._consent = FormCard(), ConsentCard()
        self._phone, self._referrer = self._form.phone, self._form.referrer
        self._brought_by = BroughtBy(shell, self._referrer, self._phone.text, self)
        form = QWidget()
        columns = row(form, space="l")
        columns.addWidget(self._form, 5)
        columns.addWidget(self._build_pad())
        columns.addWidget(self._consent, 6)
        self._enrolled = EnrolledCard(shell)
        self._stack.addWidget(form)
        self._stack.addWidget(self._enrolled)
        self.lay_out(self._head, self._stack)
        self._connect()
        self.finish()

    def _build_pad(self) -> Card:
        card = Card()
        card.setFixedWidth(pad_width())
        inside = column(card, space="m", margin="m")
        inside.addWidget(NumberPad(name="enrol_pad", pin=True))
        inside.addStretch(1)
        return card

    def _connect(self) -> None:
        self._phone.changed.connect(self._phone_changed)
        self._whose.changed.connect(self._standing_changed)
        self._whose.refused.connect(self._phone_refused)
        for field in self._form.fields:
            field.entered.connect(self.go_on)
            field.edit.installEventFilter(self)
        # "Ask the customer" has been answered.
        self._consent.turned.connect(self._show_standing)
        self._form.go.clicked.connect(self.go_on)
        self._form.all_the_same.clicked.connect(self._all_the_same)
        self._enrolled.use.clicked.connect(self.go_on)
        self._enrolled.another.clicked.connect(self._clear)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Enrol a member")

    def hint(self) -> str:
        return tr(
            "Phone · + when the customer agrees · Enter · the rest can come later · a scanned card = who brought them"
        )

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("Phone and consent are enough"))
        self._form.retranslate()
        self._show_standing()
        self._consent.retranslate()
        self._enrolled.retranslate()
        if self._built and self.shell.ready and self.isVisible():
            self._load_notice()

    # --- opening -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._clear()
        self._load_notice()
        phone = str(params.get("phone", ""))
        if phone:
            self._phone.set_text(phone)
            if params.get("all_the_same"):
                self._whose.enrol_all_the_same()

    def _load_notice(self) -> None:
        till, wanted = self.shell.till, language()
        self.run(lambda: till.enrolment.notice(wanted), self._consent.show_notice, key="notice")

    def _clear(self) -> None:
        self._busy = self._go_wanted = False
        self._form.clear()
        self._whose.forget()
        self._brought_by.forget()
        self._consent.clear()
        self._enrolled.forget()
        self._stack.setCurrentIndex(0)
        self._form.go.setEnabled(True)
        self._phone.setFocus()

    def left(self) -> None:
        # A name typed for one customer is not shown to the next.
        self._clear()

    def back(self) -> bool:
        self._go_wanted = False
        if self._whose.give_up():
            return True
        if self._finding.give_up() or self._brought_by.give_up():
            self.shell.say(Tone.INFO, tr("Not asked any more"))
            return True
        if self._enrolled.result is not None:
            return False
        if self._form.begun:
            self._clear()
            return True
        return False

    @property
    def begun(self) -> bool:
        return self._enrolled.result is None and self._form.begun

    # --- a card --------------------------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A card: of a member already, or, once somebody is being enrolled, of the one who brought them."""
        till, self._scan = self.shell.till, text
        done = self._referrer_scanned if self.begun or self._referrer.edit.hasFocus() else self._member_scanned
        self.run(lambda: till.lookup.resolve(text), done, self._scan_failed, key="scan")
        return True

    def _scan_failed(self, error: PosMemberError) -> bool:
        self._unknown.take(self._scan, error)
        return True

    def _referrer_scanned(self, found: Resolved) -> None:
        if found.member is not None:
            # The number, not the code: that of an app is good for half a minute.
            self._referrer.set_text(found.member.card.number)
            self.shell.play(Sound.READ)

    def _member_scanned(self, found: Resolved) -> None:
        if found.member is None:
            return
        self._clear()
        card = found.member.card
        self._whose.show_member(card, found.identified or Identified.CARD)
        name = card.name_masked or card.number_masked
        tell(self.shell, Sound.ALREADY, tr("{name} is a member already: Enter puts them on the bill", name=name))

    # --- phone and consent ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        pages = _PAGES.get(Qt.Key(event.key()))
        if pages is not None:
            self._consent.turn_pages(pages)
            return True
        if event.text() == "+":
            # At the start of a phone number it is +66.
            if watched is self._phone.edit and not self._phone.text():
                return False
            self._consent.toggle()
            return True
        return self._enrols_all_the_same(event) or super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._enrols_all_the_same(event):
            super().keyPressEvent(event)

    def _enrols_all_the_same(self, event: QKeyEvent) -> bool:
        offered = self._whose.standing in (Standing.ASKING, Standing.NOT_ASKED)
        if event.text() != ALL_THE_SAME_KEY or not offered:
            return False
        self._all_the_same()
        return True

    def _all_the_same(self) -> None:
        self._whose.enrol_all_the_same()
        self.go_on()

    def _phone_changed(self, text: str) -> None:
        self._go_wanted = False
        self._whose.typed(self._phone.text())

    def _show_standing(self) -> None:
        self._form.show_standing(self._whose)

    def _standing_changed(self) -> None:
        self._show_standing()
        if self._whose.busy or self._busy:
            return
        wanted, self._go_wanted = self._go_wanted, False
        if self._whose.member is not None:
            # Never used unseen: it takes an Enter of its own. A scan has its own sound.
            if self._whose.identified is Identified.PHONE_TYPED:
                self.shell.play(Sound.ALREADY)
        elif self._whose.standing is Standing.NOT_ASKED and wanted:
            why = tr("Head office could not be asked: {why}", why=why_not(self._finding.why))
            tell(self.shell, Sound.UNKNOWN, why, Tone.WARN)
        elif wanted and self._whose.standing is Standing.FREE:
            self.go_on()

    def _phone_refused(self, error: PosMemberError) -> None:
        if self.shell.is_reason(error, Reason.PHONE_INVALID):
            self._phone.complain(self.shell.why(error))
            self._phone.setFocus()
        else:
            self.shell.say_error(error)

    # --- going on ------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        result, member, standing = self._enrolled.result, self._whose.member, self._whose.standing
        if self._busy:
            return
        if result is not None:
            self.shell.use_member(result.member.id, Identified.PHONE_TYPED)
        elif member is not None:
            self.shell.use_member(member.member_id, self._whose.identified)
        elif not self._phone.text():
            self._phone.complain(tr("Type the customer's phone number first."))
            self._phone.setFocus()
        elif standing is not Standing.FREE:
            # Enter came faster than the look for a double: it goes on when that is done.
            self._go_wanted = True
            if standing is Standing.NONE:
                self._whose.look()
            elif standing is Standing.NOT_ASKED:
                self._whose.ask_again()
        elif not self._consent.given:
            self._consent.ask()
            self._form.want_consent()
        else:
            self._enrol()

    def _enrol(self) -> None:
        form = self._form
        request = EnrolRequest(
            phone=self._phone.text(),
            membership_consent=self._consent.given,
            marketing=self._consent.marketing,
            first_name=form.first.text(),
            last_name=form.last.text(),
            birthday=form.birthday.text(),
            referred_by=self._referrer.text(),
            language=language(),
        )
        session, till = self.shell.signed_in(), self.shell.till
        self._busy = True
        form.go.setEnabled(False)
        self.run(lambda: till.enrolment.enrol(session, request), self._done, self._refused)

    def _done(self, result: EnrolResult) -> None:
        self._busy = False
        self._enrolled.show_result(result)
        self._stack.setCurrentIndex(1)
        self._enrolled.use.setFocus()
        self.shell.play(Sound.READ)
        self.shell.refresh_badges()

    def _refused(self, error: PosMemberError) -> bool:
        self._busy = False
        self._form.go.setEnabled(True)
        if self.shell.is_reason(error, Reason.PHONE_TAKEN):
            self._whose.look()
            return True
        if self.shell.is_reason(error, Reason.REFERRER_UNKNOWN):
            self._brought_by.unknown(error)
            self._referrer.setFocus()
            self.shell.play(Sound.INVALID)
            return True
        fields = {Reason.PHONE_INVALID: self._phone, Reason.DATE_INVALID: self._form.birthday}
        fields |= dict.fromkeys(ABOUT_REFERRER, self._referrer)
        field = fields.get(error.reason)
        if field is not None:
            field.complain(self.shell.why(error))
            field.setFocus()
            self.shell.play(Sound.INVALID)
            return True
        return False
