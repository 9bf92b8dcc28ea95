"""A question asked in place: the words, at most one field, buttons that say what they do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QLineEdit, QWidget

from pos_member.ui import theme
from pos_member.ui.shell import Answered, Question
from pos_member.ui.widgets.basic import Button, Card, Text, column, row
from pos_member.ui.widgets.form import Field
from pos_member.ui.widgets.number_pad import NumberPad, pad_width

#: Wide enough for a sentence and a pad (px at scale 1).
_WIDTH_PX = 720


class QuestionPanel(Card):
    """Hidden until ``ask``. Enter gives the first answer, Esc the last; the focus goes back where it was."""

    #: The question was answered, before the asker is told.
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("band", name="question", tone="info", parent=parent)
        self._answered: Answered | None = None
        self._question: Question | None = None
        self._before: QWidget | None = None
        self._text = Text("title", name="question_text", wrap=True)
        self._detail = Text("soft", name="question_detail", wrap=True)
        self._field: Field | None = None
        self._pad: NumberPad | None = None
        self._middle = row(space="l")
        self._buttons = row(space="m")
        layout = column(self, space="m", margin="xl")
        layout.addWidget(self._text)
        layout.addWidget(self._detail)
        layout.addLayout(self._middle)
        layout.addStretch(1)
        layout.addLayout(self._buttons)
        self.hide()

    @property
    def open(self) -> bool:
        """Whether a question waits for its answer."""
        return self._question is not None

    def ask(self, question: Question, answered: Answered) -> None:
        """Show ``question``; an older one gets its last answer first, so that no asker waits for ever."""
        if self._question is not None:
            self.dismiss()
        self._question, self._answered = question, answered
        self._before = self.window().focusWidget()
        self._text.show_text(question.text)
        self._detail.show_text(question.detail)
        self._detail.setVisible(bool(question.detail))
        self._build_field(question)
        self._build_buttons(question)
        self.show()
        self.raise_()
        self.take_focus()

    def take_focus(self) -> None:
        """The field, or the first answer."""
        if self._field is not None:
            self._field.edit.setFocus()
        else:
            first = self.findChild(Button, f"answer_{self._question.answers[0].key}") if self._question else None
            if first is not None:
                first.setFocus()

    def place(self, area: QWidget) -> None:
        """In the middle of ``area``, as tall as it needs."""
        look = theme.active()
        width = min(round(_WIDTH_PX * look.scale), area.width() - 2 * look.px("space", "xl"))
        height = max(self.sizeHint().height(), self.heightForWidth(width))
        self.setGeometry((area.width() - width) // 2, max(0, (area.height() - height) // 2), width, height)

    def dismiss(self) -> None:
        """Give the last answer, as Esc does."""
        if self._question is not None:
            self._give(self._question.answers[-1].key)

    def scanned(self, text: str) -> bool:
        """A scan while the question is open goes into its field, where it has one for words."""
        if self._field is None or self._question is None or self._question.field != "text":
            return False
        self._field.set_text(text)
        self._give(self._question.answers[0].key)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._question is not None:
            focused = self.window().focusWidget()
            key = focused.property("answer") if isinstance(focused, Button) else None
            self._give(str(key) if key else self._question.answers[0].key)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        # The words of an open question came from the asker in the old language; it is asked again by the cashier.
        if event.type() == QEvent.Type.LanguageChange and self._question is not None:
            self.dismiss()
        super().changeEvent(event)

    def _build_field(self, question: Question) -> None:
        _empty(self._middle)
        self._field = self._pad = None
        if not question.field:
            return
        self._field = Field(
            name="question_field",
            role="" if question.field == "text" else "amount",
            secret=question.field == "pin",
            length_max=12 if question.field == "pin" else 200,
        )
        self._field.show_label(question.label)
        if question.field == "pin":
            self._field.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._field.entered.connect(self._entered)
        self._middle.addWidget(self._field, 1, Qt.AlignmentFlag.AlignTop)
        if question.field in ("pin", "amount"):
            self._pad = NumberPad(name="question_pad", pin=question.field == "pin")
            self._pad.set_target(self._field.edit)
            self._pad.setFixedWidth(pad_width())
            self._middle.addWidget(self._pad)

    def _build_buttons(self, question: Question) -> None:
        _empty(self._buttons)
        self._buttons.addStretch(1)
        for at, answer in reversed(list(enumerate(question.answers))):
            button = Button(answer.kind, name=f"answer_{answer.key}")
            key = "Enter" if at == 0 else "Esc" if at == len(question.answers) - 1 else ""
            button.show_text(answer.text, key)
            button.setProperty("answer", answer.key)
            button.clicked.connect(self._clicked)
            self._buttons.addWidget(button)

    def _entered(self) -> None:
        if self._question is not None:
            self._give(self._question.answers[0].key)

    def _clicked(self) -> None:
        self._give(str(self.sender().property("answer")))

    def _give(self, key: str) -> None:
        answered, typed = self._answered, self._field.text() if self._field is not None else ""
        before = self._before
        self._question = self._answered = self._before = None
        if self._field is not None:
            # A PIN does not stay in a hidden widget.
            self._field.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self._field.set_text("")
        self.hide()
        self.closed.emit()
        if before is not None:
            before.setFocus()
        if answered is not None:
            answered(key, typed)


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            # The name goes at once: the widget itself only when Qt comes round to it.
            widget.setObjectName("")
            widget.deleteLater()
