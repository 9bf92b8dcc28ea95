"""What the customer sees after enrolling: the number, a QR to photograph, and that the card is printing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_member.domain.member import format_phone, mask_name
from pos_member.services.enrolment import EnrolResult
from pos_member.ui import theme
from pos_member.ui.i18n import tr
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, IconLabel, Text, column, row
from pos_member.ui.widgets.qr_view import QrView

_QR_KEYS_WIDE = 7


class EnrolledCard(Card):
    """``use`` puts the member on the bill, ``another`` begins a new form."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="enrolled", parent=parent)
        self._shell = shell
        self.result: EnrolResult | None = None
        self._welcome = Text("title", name="enrolled_welcome")
        self._number_label = Text("label")
        self._number = Text("huge", name="enrolled_number")
        self._person = Text("soft", name="enrolled_person", wrap=True)
        self._referrer = Text("strong", name="enrolled_referrer", wrap=True)
        self._printed = Badge(name="enrolled_printed")
        self._tell = Text("soft", wrap=True)
        self.use = Button("pay", name="enrolled_use", icon="member")
        self.another = Button(name="enrolled_another", icon="enrol")
        self._qr = QrView(_QR_KEYS_WIDE * theme.active().px("touch", "key"), name="enrolled_qr")
        self._qr_note = Text("soft", align="centre", name="enrolled_qr_note")
        layout = row(self, space="xxl", margin="xxl")
        layout.addLayout(self._build_words(), 1)
        picture = column(space="m")
        picture.addStretch(1)
        picture.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignHCenter)
        picture.addWidget(self._qr_note)
        picture.addStretch(1)
        layout.addLayout(picture, 1)

    def _build_words(self) -> QVBoxLayout:
        words = column(space="m")
        welcome = row()
        welcome.addWidget(IconLabel("good", "good_ink", "icon_large"))
        welcome.addWidget(self._welcome)
        welcome.addStretch(1)
        words.addLayout(welcome)
        for widget in (self._number_label, self._number, self._person, self._referrer, self._printed, self._tell):
            words.addWidget(widget)
        words.addStretch(1)
        words.addWidget(self.use)
        words.addWidget(self.another)
        return words

    def show_result(self, result: EnrolResult) -> None:
        """The new member."""
        self.result = result
        self.retranslate()
        spoken = tr("QR code of member {number}", number=result.member.number)
        self._qr.show_modules(self._shell.services.qr_modules(result.qr_text), spoken)
        self._qr_note.setVisible(not self._qr.isHidden())

    def forget(self) -> None:
        """Nothing to show any more."""
        self.result = None
        self._qr.show_modules((), "")
        self.retranslate()

    def retranslate(self) -> None:
        """Every text."""
        member = self.result.member if self.result is not None else None
        self._welcome.show_text(tr("Welcome, the member is enrolled"), "good")
        self._number_label.show_text(tr("Member number"))
        self._number.show_text(_grouped(member.number) if member else "")
        name = mask_name(member.first_name, member.last_name) if member else ""
        phone = format_phone(member.phone) if member else ""
        self._person.show_text(" · ".join(part for part in (name, phone) if part))
        brought = self.result.referrer_masked if self.result is not None else ""
        self._referrer.setVisible(bool(brought))
        self._referrer.show_text(tr("Brought by {name}", name=brought) if brought else "")
        printed = bool(self.result and self.result.print_job_ids)
        self._printed.setVisible(printed)
        self._printed.show_state("good", tr("The card is printing"), "print")
        self._tell.show_text(tr("From the next visit the phone number or this QR is enough to earn points."))
        self._qr_note.show_text(tr("The customer may photograph this"))
        self.use.show_text(tr("Use on the bill"), "Enter")
        self.another.show_text(tr("Enrol another"))


def _grouped(number: str) -> str:
    """A thirteen-digit number as it is read aloud: ``2 001234 567890``."""
    return f"{number[:1]} {number[1:7]} {number[7:]}" if len(number) > 7 else number
