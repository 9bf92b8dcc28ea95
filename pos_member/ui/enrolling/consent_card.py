"""The notice of enrolment and what the customer agrees to: membership by a key, each kind of news by its own box."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from pos_member.domain.consent import Purpose
from pos_member.services.enrolment import ConsentNotice
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.widgets import Button, Card, Text, column, row, scroller

#: Never ticked beforehand: each is asked for by itself.
_MARKETING = {
    Purpose.MARKETING_SMS: mark("News by SMS"),
    Purpose.MARKETING_LINE: mark("News by LINE"),
    Purpose.MARKETING_EMAIL: mark("News by e-mail"),
}


class ConsentCard(Card):
    """Nothing is agreed to until somebody says so."""

    #: Membership was agreed to, or it was taken back.
    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="enrol_consent_card", parent=parent)
        self._notice: ConsentNotice | None = None
        self._notice_head = Text("heading")
        self._version = Text("small", name="enrol_notice_version")
        self._notice_text = Text(name="enrol_notice", wrap=True)
        self._notice_text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._consent = Button("tile", name="enrol_consent", checkable=True)
        self._news_head = Text("label")
        self._news = {purpose: QCheckBox() for purpose in _MARKETING}
        inside = column(self, space="m", margin="l")
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
        self._consent.toggled.connect(self._consent_changed)
        self._consent.toggled.connect(self.turned)

    def retranslate(self) -> None:
        """Every text but the notice: that of the other language is another one, read anew."""
        self._notice_head.show_text(tr("Read or show this to the customer"))
        self._news_head.show_text(tr("Only if the customer asks for it"))
        for purpose, box in self._news.items():
            box.setText(tr_marked(_MARKETING[purpose]))
        self._consent_changed(self._consent.isChecked())
        self._show_notice()

    def show_notice(self, notice: ConsentNotice) -> None:
        """The very text that is agreed to."""
        self._notice = notice
        self._show_notice()

    def clear(self) -> None:
        """Another customer."""
        self._consent.setChecked(False)
        for box in self._news.values():
            box.setChecked(False)

    @property
    def given(self) -> bool:
        """Whether the customer agrees to membership."""
        return self._consent.isChecked()

    @property
    def marketing(self) -> tuple[Purpose, ...]:
        """What else was asked for."""
        return tuple(purpose for purpose, box in self._news.items() if box.isChecked())

    def toggle(self) -> None:
        """The key of consent."""
        self._consent.toggle()

    def ask(self) -> None:
        """It is the customer's turn: the focus goes to the button."""
        self._consent.setFocus()

    def turn_pages(self, pages: int) -> None:
        """Read on in a long notice, or back."""
        bar = self._notice_area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def _show_notice(self) -> None:
        self._notice_text.show_text(self._notice.text if self._notice else "")
        self._version.show_text(tr("Version {version}", version=self._notice.version) if self._notice else "")

    def _consent_changed(self, given: bool) -> None:
        self._consent.set_icon("check" if given else "enrol")
        text = tr("The customer agrees to membership") if given else tr("Press when the customer agrees")
        self._consent.show_text(text, "+")
