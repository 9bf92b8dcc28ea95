"""What is typed of a new member: the phone, whose it is, and what can come later."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_member.ui.enrolling.whose_phone import Standing, WhosePhone
from pos_member.ui.i18n import tr
from pos_member.ui.not_asked import not_asked, would_be_twice
from pos_member.ui.widgets import Badge, Button, Card, Field, Text, column, row

#: Enrols where head office could not be asked. No phone, name or date has it, and it is beside the figures.
ALL_THE_SAME_KEY = "*"


class FormCard(Card):
    """``go`` is what Enter does; ``all_the_same`` is there only where head office could not be asked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="enrol_form", parent=parent)
        self.phone = Field(name="enrol_phone", role="amount", length_max=64)
        self.phone.edit.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
        self._state = Badge(name="enrol_phone_state")
        self._not_asked = Text("strong", name="enrol_not_asked", wrap=True)
        self.first = Field(name="enrol_first_name", length_max=120)
        self.last = Field(name="enrol_last_name", length_max=120)
        self.birthday = Field(name="enrol_birthday", length_max=40)
        self.referrer = Field(name="enrol_referrer", length_max=64)
        self.go = Button("pay", name="enrol_go", icon="enrol")
        self.all_the_same = Button(name="enrol_all_the_same")
        inside = column(self, space="m", margin="l")
        for widget in (self.phone, self._state, self._not_asked):
            inside.addWidget(widget)
        names = row(space="m")
        names.addWidget(self.first)
        names.addWidget(self.last)
        inside.addLayout(names)
        more = row(space="m")
        for field in (self.birthday, self.referrer):
            more.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(more)
        inside.addStretch(1)
        # Side by side: all the room below the fields is for what is to be said of them.
        ways = row(space="m")
        ways.addWidget(self.all_the_same, 2)
        ways.addWidget(self.go, 3)
        inside.addLayout(ways)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All there is to type into, from above."""
        return self.phone, self.first, self.last, self.birthday, self.referrer

    @property
    def begun(self) -> bool:
        """Whether anything was typed."""
        return any(field.text() for field in self.fields)

    def clear(self) -> None:
        """Another customer."""
        for field in self.fields:
            field.set_text("")
            field.complain("")

    def retranslate(self) -> None:
        """Every text but what is known of the phone (``show_standing``)."""
        self.phone.show_label(tr("Mobile phone"), tr("08x xxx xxxx"))
        self.first.show_label(tr("First name (optional)"))
        self.last.show_label(tr("Family name (optional)"))
        self.birthday.show_label(tr("Birthday (optional)"), tr("21/11/2533 or 21/11"))
        self.referrer.show_label(tr("Brought by (optional)"), tr("phone, number or card"))
        self.all_the_same.show_text(tr("Enrol all the same"), ALL_THE_SAME_KEY)

    def show_standing(self, whose: WhosePhone) -> None:
        """What is known of the phone, and what Enter does about it."""
        check, standing = whose.check, whose.standing
        asks = standing is Standing.NOT_ASKED
        self._state.setVisible(not asks)
        self._not_asked.setVisible(asks)
        self.all_the_same.setVisible(asks or standing is Standing.ASKING)
        go, icon = tr("Enrol"), "enrol"
        if whose.member is not None:
            card = whose.member
            text = tr("A member already: {name} · {number}", name=card.name_masked, number=card.number_masked)
            self._state.show_state("warn", text, "member")
            go, icon = tr("Use this member"), "member"
        elif check is None:
            self._state.show_state("neutral", tr("Type the number, with or without dashes"))
        elif asks:
            self._not_asked.show_text(f"{not_asked(check.phone)}\n{would_be_twice()}", "warn")
            go, icon = tr("Ask again"), "sync"
        elif standing is Standing.ASKING:
            self._state.show_state("info", tr("Not known here. Head office is being asked."), "sync")
        elif whose.all_the_same:
            self._state.show_state("warn", tr("Head office was not asked: enrolled all the same"), "warn")
        else:
            self._state.show_state("good", tr("{phone} is free", phone=check.shown), "good")
        self.go.show_text(go, "Enter")
        self.go.set_icon(icon)

    def want_consent(self) -> None:
        """Nothing is missing but the customer's word."""
        self._state.setVisible(True)
        self._state.show_state("warn", tr("Ask the customer, then press + to record the consent"), "warn")
