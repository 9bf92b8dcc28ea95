"""One part of the paper: its texts in both languages side by side, their size and weight, the size of its codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from pos_member.ui.i18n import tr, tr_marked
from pos_member.ui.templates import model
from pos_member.ui.templates.words import MODULES, STYLES, word_said
from pos_member.ui.widgets import Field, Text, column, row

LANGUAGES = ("th", "en")
#: Stands in a field where the paper begins a new line (Shift+Enter).
LINE_MARK = "↩"
_OWN_UNDO = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
#: Longest text of a template: what does not fit two lines of the widest paper is a letter, not a receipt.
TEXT_MAX = 160


class ItemHead(QWidget):
    """What a block prints, and its one choice: the style of a text, or the squares of a code."""

    chosen = Signal(object, str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._item: model.Item | None = None
        self._said = Text("label", elide=True)
        self.choice = QComboBox()
        self.choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        line = row(self, space="s")
        line.addWidget(self._said, 1)
        line.addWidget(self.choice)
        self.choice.activated.connect(self._activated)

    def show_item(self, item: model.Item, at: int) -> None:
        """Another block."""
        self._item = item
        said = ", ".join(word_said(name) for name in item.values) or tr("Size and weight")
        self._said.show_text(tr("on every line: {what}", what=said) if item.row else said)
        self.choice.setObjectName(f"template_choice_{at}")
        self.choice.clear()
        if item.module:
            for size in sorted({*MODULES, item.module}):
                self.choice.addItem(tr("squares of {size} mm", size=f"{size // 10}.{size % 10}"), size)
            self.choice.setAccessibleName(tr("Size of the QR code"))
        elif item.style:
            for style, literal in STYLES:
                self.choice.addItem(tr_marked(literal), style)
            self.choice.setAccessibleName(tr("Size and weight"))
        self.choice.setVisible(self.choice.count() > 0)
        self.choice.setCurrentIndex(self.choice.findData(item.module or item.style))

    def _activated(self, at: int) -> None:
        if self._item is not None:
            name = "module" if self._item.module else "style"
            self.chosen.emit(self._item.way, name, self.choice.itemData(at))


class WordPair(QWidget):
    """One of the template's own texts, Thai and English."""

    #: Language, name, text.
    worded = Signal(str, str, str)

    def __init__(self, at: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.row = "", ""
        #: A text that is put in by the form is nobody's change.
        self._filling = False
        self.fields = {
            language: Field(name=f"template_text_{at}_{language}", length_max=TEXT_MAX) for language in LANGUAGES
        }
        line = row(self, space="s")
        for language, field in self.fields.items():
            field.edit.setProperty("language", language)
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            field.setProperty("language", language)
            field.changed.connect(self._edited)

    def show_label(self, sheet: model.Json, name: str, row_name: str) -> None:
        """Another text; a field whose text stands already keeps its cursor."""
        self.name, self.row = name, row_name
        self._filling = True
        for language, field in self.fields.items():
            field.show_label(tr("in Thai") if language == "th" else tr("in English"), tr("left out"))
            text = model.label(sheet, language, name).replace("\n", LINE_MARK)
            if field.edit.text() != text:
                field.edit.setText(text)
                # A long text is read from its beginning.
                field.edit.setCursorPosition(0)
        self._filling = False

    def complain(self, allowed: Sequence[str]) -> None:
        """Say at each field which word in braces this paper does not know."""
        for field in self.fields.values():
            wrong = model.strangers(field.edit.text(), allowed)
            if "{" in wrong:
                field.complain(tr("A brace stands alone: Ctrl+I puts a field in, or take the brace out."))
            elif wrong:
                field.complain(tr("This paper has no {word}. Ctrl+I lists what it has.", word=f"{{{wrong[0]}}}"))
            else:
                field.complain("")

    def _edited(self, text: str) -> None:
        if not self._filling:
            self.worded.emit(str(self.sender().property("language")), self.name, text.replace(LINE_MARK, "\n"))


class PartForm(QWidget):
    """The chosen part. Widgets are made when first needed and used again: choosing a part must not be felt."""

    worded = Signal(str, str, str)
    #: Way, name of the option, value.
    optioned = Signal(object, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: list[ItemHead] = []
        self.pairs: list[WordPair] = []
        self._arranged: list[QWidget] = []
        self._layout = column(self, space="s", margin="xs")
        self._layout.addStretch(1)

    def show_part(self, sheet: model.Json, part: model.Part | None, vocabulary: Mapping[str, Sequence[str]]) -> None:
        """Another part, or the same one after a change."""
        wanted: list[QWidget] = []
        heads = pairs = 0
        seen: set[str] = set()
        for item in part.items if part is not None else ():
            labels = [name for name in item.labels if name not in seen]
            if not (labels or item.style or item.module):
                continue
            seen.update(labels)
            head = self._head(heads)
            head.show_item(item, heads)
            heads += 1
            wanted.append(head)
            for name in labels:
                pair = self._pair(pairs)
                pair.show_label(sheet, name, item.row)
                pair.complain(vocabulary.get(item.row, ()))
                pairs += 1
                wanted.append(pair)
        self._arrange(wanted)
        for unused in (*self._heads[heads:], *self.pairs[pairs:]):
            unused.hide()

    def first(self) -> QWidget | None:
        """Where work on the part begins."""
        fields = [pair.fields["th"].edit for pair in self.pairs if pair.isVisibleTo(self)]
        choices = [head.choice for head in self._heads if head.isVisibleTo(self) and head.choice.isVisibleTo(head)]
        return next(iter((*fields, *choices)), None)

    def pair_of(self, widget: QWidget | None) -> WordPair | None:
        """Whose field this is."""
        return next((pair for pair in self.pairs if any(field.edit is widget for field in pair.fields.values())), None)

    def after(self, widget: QWidget) -> QWidget | None:
        """The field below or beside, for Enter."""
        fields = [field.edit for pair in self.pairs if pair.isVisibleTo(self) for field in pair.fields.values()]
        at = next((at for at, edit in enumerate(fields) if edit is widget), len(fields))
        return fields[at + 1] if at + 1 < len(fields) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and any(event.matches(key) for key in _OWN_UNDO):  # type: ignore[attr-defined]
            # One undo for the whole form, not one per field.
            event.ignore()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QLineEdit):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if shift and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                watched.insert(LINE_MARK)
                return True
        return super().eventFilter(watched, event)

    def _head(self, at: int) -> ItemHead:
        if at == len(self._heads):
            made = ItemHead(self)
            made.chosen.connect(self.optioned)
            self._heads.append(made)
        return self._heads[at]

    def _pair(self, at: int) -> WordPair:
        if at == len(self.pairs):
            made = WordPair(at, self)
            made.worded.connect(self.worded)
            for field in made.fields.values():
                field.edit.installEventFilter(self)
            self.pairs.append(made)
        return self.pairs[at]

    def _arrange(self, wanted: Sequence[QWidget]) -> None:
        if self._arranged != list(wanted):
            for widget in self._arranged:
                self._layout.removeWidget(widget)
            for at, widget in enumerate(wanted):
                self._layout.insertWidget(at, widget)
                if at:
                    QWidget.setTabOrder(wanted[at - 1], widget)
            self._arranged = list(wanted)
        for widget in wanted:
            widget.show()
