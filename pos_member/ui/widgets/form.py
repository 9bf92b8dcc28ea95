"""Fields with their label above and their complaint below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_member.ui import theme
from pos_member.ui.widgets.basic import Text, column


class _Line(QLineEdit):
    """Its Enter ends with it: where that moved the focus to a button, the same Enter does not press the button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class Field(QWidget):
    """A labelled line of input. ``role``: "" or ``amount`` (large figures) or ``entry``."""

    changed = Signal(str)
    #: Enter was pressed in it.
    entered = Signal()

    def __init__(
        self, *, name: str, role: str = "", secret: bool = False, length_max: int = 200, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.label = Text("label")
        self.edit: QLineEdit = _Line()
        self.edit.setObjectName(name)
        self.edit.setMaxLength(length_max)
        if role:
            self.edit.setProperty("role", role)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.problem = Text("small", name=f"{name}_problem", wrap=True)
        self.problem.hide()
        layout = column(self, space="xs")
        layout.addWidget(self.label)
        layout.addWidget(self.edit)
        layout.addWidget(self.problem)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._edited)
        self.edit.returnPressed.connect(self.entered)

    def show_label(self, text: str, placeholder: str = "") -> None:
        """Its label (and what stands in it while it is empty)."""
        self.label.show_text(text)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(text)

    def text(self) -> str:
        """What was typed, without spaces around it."""
        return self.edit.text().strip()

    def set_text(self, text: str) -> None:
        """Put a text in."""
        self.edit.setText(text)

    def complain(self, text: str) -> None:
        """Say under the field what is wrong with it; an empty text takes it back."""
        self.problem.show_text(text, "bad")
        self.problem.setVisible(bool(text))
        theme.mark(self.edit, wrong=bool(text))

    def confirm(self, text: str) -> None:
        """Say under the field what it was found to be; an empty text takes it back."""
        self.problem.show_text(text, "good")
        self.problem.setVisible(bool(text))
        theme.mark(self.edit, wrong=False)

    def _edited(self, text: str) -> None:
        if self.problem.isVisibleTo(self):
            self.complain("")
        self.changed.emit(text)


class Form(QWidget):
    """Fields one below the other; Enter walks to the next and submits on the last."""

    submitted = Signal()

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if name:
            self.setObjectName(name)
        self._layout = column(self, space="l")
        self._fields: list[Field] = []

    def add(self, field: Field) -> Field:
        """One more field at the end."""
        self._layout.addWidget(field)
        self._fields.append(field)
        field.entered.connect(self._entered)
        return field

    def clear(self) -> None:
        """Empty every field and take the complaints back."""
        for field in self._fields:
            field.set_text("")
            field.complain("")

    def _entered(self) -> None:
        sender = self.sender()
        shown = [field for field in self._fields if field.isVisibleTo(self) and field.isEnabled()]
        if sender in shown and sender is not shown[-1]:
            shown[shown.index(sender) + 1].edit.setFocus()
        else:
            self.submitted.emit()
