"""F2: a new member. Phone, consent, Enter; everything else can come later."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QWidget

from pos_member.domain.consent import Purpose
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.member import Identified, normalise_phone
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.enrolment import ConsentNotice, EnrolRequest, EnrolResult, PhoneCheck
from pos_member.services.views import MemberCardView, Resolved
from pos_member.ui.enrolled import EnrolledCard
from pos_member.ui.i18n import language, mark, tr, tr_marked
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Field, NumberPad, Text, column, row, scroller
from pos_member.ui.widgets.number_pad import pad_width

#: Never ticked beforehand: each is asked for by itself.
_MARKETING = {
    Purpose.MARKETING_SMS: mark("News by SMS"),
    Purpose.MARKETING_LINE: mark("News by LINE"),
    Purpose.MARKETING_EMAIL: mark("News by e-mail"),
}

_ABOUT_REFERRER = (Reason.REFERRER_UNKNOWN, Reason.REFERRAL_SELF, Reason.MEMBER_BLOCKED, Reason.CODE_MISTYPED)


class EnrolScreen(Page):
    """``opened(phone=…)`` fills the phone in (typed on the sell screen and found to be nobody's)."""

    name = "enrol"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._check: PhoneCheck | None = None
        #: How the member in ``_check`` was recognised.
        self._identified = Identified.PHONE_TYPED
        self._notice: ConsentNotice | None = None
        self._busy = False
        self._go_wanted = False
        self._head = PageHead(self.name)
        self._stack = QStackedWidget(self)
        form = QWidget()
        columns = row(form, space="l")
        columns.addWidget(self._build_form(), 5)
        columns.addWidget(self._build_pad())
        columns.addWidget(self._build_consent(), 6)
        self._enrolled = EnrolledCard(shell)
        self._stack.addWidget(form)
        self._stack.addWidget(self._enrolled)
        self.lay_out(self._head, self._stack)
        self._connect()
        self.finish()

    # --- building ------------------------------------------------------------------------------------------

    def _build_form(self) -> Card:
        self._phone = Field(name="enrol_phone", role="amount", length_max=64)
        self._phone.edit.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
        self._state = Badge(name="enrol_phone_state")
        self._first = Field(name="enrol_first_name", length_max=120)
        self._last = Field(name="enrol_last_name", length_max=120)
        self._birthday = Field(name="enrol_birthday", length_max=40)
        self._referrer = Field(name="enrol_referrer", length_max=64)
        self._go = Button("pay", name="enrol_go", icon="enrol")
        card = Card(name="enrol_form")
        inside = column(card, space="m", margin="l")
        inside.addWidget(self._phone)
        inside.addWidget(self._state)
        names = row(space="m")
        names.addWidget(self._first)
        names.addWidget(self._last)
        inside.addLayout(names)
        more = row(space="m")
        for field in (self._birthday, self._referrer):
            more.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(more)
        inside.addStretch(1)
        inside.addWidget(self._go)
        return card

    def _build_pad(self) -> Card:
        self._pad = NumberPad(name="enrol_pad", pin=True)
        card = Card()
        card.setFixedWidth(pad_width())
        inside = column(card, space="m", margin="m")
        inside.addWidget(self._pad)
        inside.addStretch(1)
        return card

    def _build_consent(self) -> Card:
        self._notice_head = Text("heading")
        self._version = Text("small", name="enrol_notice_version")
        self._notice_text = Text(name="enrol_notice", wrap=True)
        self._notice_text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._consent = Button("tile", name="enrol_consent", checkable=True)
        self._news_head = Text("label")
        self._news = {purpose: QCheckBox() for purpose in _MARKETING}
        card = Card(name="enrol_consent_card")
        inside = column(card, space="m", margin="l")
        top = row()
        top.addWidget(self._notice_head)
        top.addStretch(1)
        top.addWidget(self._version)
        inside.addLayout(top)
        self._notice_area = scroller(self._notice_text, name="enrol_notice_area")
        inside.addWidget(self._notice_area, 1)
        inside.addWidget(self._consent)
        inside.addWidget(self._news_head)
        boxes = row(space="l")
        for purpose, box in self._news.items():
            box.setObjectName(f"enrol_{purpose.value}")
            boxes.addWidget(box)
        boxes.addStretch(1)
        inside.addLayout(boxes)
        return card

    def _connect(self) -> None:
        self._phone.changed.connect(self._phone_changed)
        self._referrer.changed.connect(self._referrer_changed)
        for field in self._fields():
            field.entered.connect(self.go_on)
            field.edit.installEventFilter(self)
        self._consent.toggled.connect(self._consent_changed)
        self._go.clicked.connect(self.go_on)
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
        self._phone.show_label(tr("Mobile phone"), tr("08x xxx xxxx"))
        self._first.show_label(tr("First name (optional)"))
        self._last.show_label(tr("Family name (optional)"))
        self._birthday.show_label(tr("Birthday (optional)"), tr("21/11/2533 or 21/11"))
        self._referrer.show_label(tr("Brought by (optional)"), tr("phone, number or card"))
        self._notice_head.show_text(tr("Read or show this to the customer"))
        self._news_head.show_text(tr("Only if the customer asks for it"))
        for purpose, box in self._news.items():
            box.setText(tr_marked(_MARKETING[purpose]))
        self._consent_changed(self._consent.isChecked())
        self._show_phone()
        self._show_notice()
        self._enrolled.retranslate()
        if self._built and self.shell.ready and self.isVisible():
            self._load_notice()

    def _show_notice(self) -> None:
        self._notice_text.show_text(self._notice.text if self._notice else "")
        self._version.show_text(tr("Version {version}", version=self._notice.version) if self._notice else "")

    def _consent_changed(self, given: bool) -> None:
        self._consent.set_icon("check" if given else "enrol")
        text = tr("The customer agrees to membership") if given else tr("Press when the customer agrees")
        self._consent.show_text(text, "+")

    def _show_phone(self) -> None:
        check = self._check
        if check is None:
            self._state.show_state("neutral", tr("Type the number, with or without dashes"))
            self._go.show_text(tr("Enrol"), "Enter")
        elif check.existing is None:
            self._state.show_state("good", tr("{phone} is free", phone=check.shown), "good")
            self._go.show_text(tr("Enrol"), "Enter")
        else:
            card = check.existing
            text = tr("A member already: {name} · {number}", name=card.name_masked, number=card.number_masked)
            self._state.show_state("warn", text, "member")
            self._go.show_text(tr("Use this member"), "Enter")
        self._go.set_icon("member" if check is not None and check.existing is not None else "enrol")

    # --- opening -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._clear()
        self._load_notice()
        phone = str(params.get("phone", ""))
        if phone:
            self._phone.set_text(phone)

    def _load_notice(self) -> None:
        till, wanted = self.shell.till, language()
        self.run(lambda: till.enrolment.notice(wanted), self._notice_loaded, key="notice")

    def _notice_loaded(self, notice: ConsentNotice) -> None:
        self._notice = notice
        self._show_notice()

    def _clear(self) -> None:
        self._check = None
        self._busy = self._go_wanted = False
        for field in self._fields():
            field.set_text("")
            field.complain("")
        self._consent.setChecked(False)
        for box in self._news.values():
            box.setChecked(False)
        self._enrolled.forget()
        self._stack.setCurrentIndex(0)
        self._go.setEnabled(True)
        self._show_phone()
        self._phone.setFocus()

    def left(self) -> None:
        # A name typed for one customer is not shown to the next.
        self._clear()

    def back(self) -> bool:
        if self._enrolled.result is not None:
            return False
        if any(field.text() for field in self._fields()):
            self._clear()
            return True
        return False

    @property
    def begun(self) -> bool:
        return self._enrolled.result is None and any(field.text() for field in self._fields())

    def scanned(self, text: str) -> bool:
        """A card: of a member already, or, once somebody is being enrolled, of the one who brought them."""
        till = self.shell.till
        done = self._referrer_scanned if self.begun or self._referrer.edit.hasFocus() else self._member_scanned
        self.run(lambda: till.lookup.resolve(text), done, self.scan_refused, key="scan")
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
        self._check, self._identified = PhoneCheck("", "", card), found.identified or Identified.CARD
        self._show_phone()
        name = card.name_masked or card.number_masked
        tell(self.shell, Sound.ALREADY, tr("{name} is a member already: Enter puts them on the bill", name=name))

    def _fields(self) -> tuple[Field, ...]:
        return self._phone, self._first, self._last, self._birthday, self._referrer

    # --- who brought them ----------------------------------------------------------------------------------

    def _referrer_changed(self, text: str) -> None:
        if classify(text).kind not in (ScanKind.MEMBER, ScanKind.PHONE):
            # Half a number; also makes an answer that is on its way stale. Enter says what is wrong with it.
            self.run(lambda: None, self._referrer_found, key="referrer")
            return
        till, phone = self.shell.till, self._phone.text()
        self.run(
            lambda: till.enrolment.referrer(text, phone), self._referrer_found, self._referrer_refused, key="referrer"
        )

    def _referrer_found(self, card: MemberCardView | None) -> None:
        if card is not None:
            name = card.name_masked or card.number_masked
            self._referrer.confirm(tr("Brought by {name}", name=name))

    def _referrer_refused(self, error: PosMemberError) -> bool:
        if self.shell.is_reason(error, Reason.PHONE_INVALID):
            # The new member's own phone is not typed yet: it is looked at when they are enrolled.
            return True
        self._referrer.complain(self.shell.why(error))
        return True

    # --- phone and consent ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        pages = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if pages is not None:
            bar = self._notice_area.verticalScrollBar()
            bar.setValue(bar.value() + pages * bar.pageStep())
            return True
        if event.text() == "+":
            # At the start of a phone number it is +66.
            if watched is self._phone.edit and not self._phone.text():
                return False
            self._consent.toggle()
            return True
        return super().eventFilter(watched, event)

    def _phone_changed(self, text: str) -> None:
        self._check = None
        self._identified = Identified.PHONE_TYPED
        self._go_wanted = False
        try:
            normalise_phone(text)
        except Refusal:
            # Half a number while it is typed is no mistake yet; Enter says so.
            self._show_phone()
            return
        self._look_up()

    def _look_up(self) -> None:
        text, till = self._phone.text(), self.shell.till
        self.run(lambda: till.enrolment.check_phone(text), self._phone_checked, self._phone_refused, key="phone")

    def _phone_checked(self, check: PhoneCheck) -> None:
        wanted, self._go_wanted = self._go_wanted, False
        self._check = check
        self._show_phone()
        if check.existing is not None:
            # Never used unseen: it takes an Enter of its own.
            self.shell.play(Sound.ALREADY)
        elif wanted:
            self.go_on()

    def _phone_refused(self, error: PosMemberError) -> bool:
        self._check = None
        self._go_wanted = False
        self._show_phone()
        if self.shell.is_reason(error, Reason.PHONE_INVALID):
            self._phone.complain(self.shell.why(error))
            self._phone.setFocus()
            return True
        return False

    # --- going on ------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._busy:
            return
        result = self._enrolled.result
        if result is not None:
            self.shell.use_member(result.member.id, Identified.PHONE_TYPED)
        elif self._check is not None and self._check.existing is not None:
            self.shell.use_member(self._check.existing.member_id, self._identified)
        elif not self._phone.text():
            self._phone.complain(tr("Type the customer's phone number first."))
            self._phone.setFocus()
        elif self._check is None:
            # Enter came faster than the look for a double: it goes on when that is done.
            self._go_wanted = True
            self._look_up()
        elif not self._consent.isChecked():
            self._consent.setFocus()
            self._state.show_state("warn", tr("Ask the customer, then press + to record the consent"), "warn")
        else:
            self._enrol()

    def _enrol(self) -> None:
        request = EnrolRequest(
            phone=self._phone.text(),
            membership_consent=self._consent.isChecked(),
            marketing=tuple(purpose for purpose, box in self._news.items() if box.isChecked()),
            first_name=self._first.text(),
            last_name=self._last.text(),
            birthday=self._birthday.text(),
            referred_by=self._referrer.text(),
            language=language(),
        )
        session, till = self.shell.signed_in(), self.shell.till
        self._busy = True
        self._go.setEnabled(False)
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
        self._go.setEnabled(True)
        if self.shell.is_reason(error, Reason.PHONE_TAKEN):
            self._look_up()
            return True
        fields = {Reason.PHONE_INVALID: self._phone, Reason.DATE_INVALID: self._birthday}
        fields |= dict.fromkeys(_ABOUT_REFERRER, self._referrer)
        field = fields.get(error.reason)
        if field is not None:
            field.complain(self.shell.why(error))
            field.setFocus()
            self.shell.play(Sound.INVALID)
            return True
        return False
