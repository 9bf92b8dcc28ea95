"""The lists of the template screen: papers, earlier versions, placeholders."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.services.paper_templates import TemplateVersion
from pos_member.ui.i18n import mark, tr
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.templates.words import Word, paper_name
from pos_member.ui.widgets import Button, Column, Table, Text, column, row


class PapersPage(QWidget):
    """Every paper with its version, who changed it and when."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(_columns(shell, papers=True), name="template_papers")
        self.edit = Button("primary", name="template_edit", icon="receipt")
        self.history = Button(name="template_history", icon="clock")
        self.take_in = Button(name="template_import", icon="down")
        self.hand_out = Button(name="template_export", icon="save")
        self.note = Text("soft", name="template_note", wrap=True)
        inside = column(self, space="m")
        inside.addWidget(self.table, 1)
        inside.addWidget(self.note)
        line = row(space="s")
        for button in (self.history, self.take_in, self.hand_out, self.edit):
            line.addWidget(button, 1)
        inside.addLayout(line)

    def retranslate(self) -> None:
        """Every text."""
        self.table.retranslate()
        self.edit.show_text(tr("Change this paper"), "Enter")
        self.history.show_text(tr("Earlier versions"), "Ctrl+H")
        self.take_in.show_text(tr("From a file"), "Ctrl+O")
        self.hand_out.show_text(tr("To a file"), "Ctrl+E")
        self.note.show_text(
            tr("A change counts for papers made from then on. What waits to be printed stays as it was.")
        )


class HistoryPage(QWidget):
    """The versions of one paper; the chosen one is shown beside."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Table(_columns(shell, papers=False), name="template_versions")
        self.restore = Button("primary", name="template_restore", icon="undo")
        inside = column(self, space="m")
        inside.addWidget(self.table, 1)
        inside.addWidget(self.restore)

    def retranslate(self) -> None:
        """Every text."""
        self.table.retranslate()
        self.restore.show_text(tr("Use this version again"), "Enter")


class WordsPage(QWidget):
    """What may be put into a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = (
            Column[Word](mark("What is printed there"), lambda word: word.said, stretch=True),
            Column[Word](mark("Written as"), lambda word: f"{{{word.name}}}"),
        )
        self.table = Table(columns, name="template_words")
        self.insert = Button("primary", name="template_insert", icon="plus")
        inside = column(self, space="m")
        inside.addWidget(self.table, 1)
        inside.addWidget(self.insert)

    def retranslate(self) -> None:
        """Every text."""
        self.table.retranslate()
        self.insert.show_text(tr("Put it into the text"), "Enter")


def _columns(shell: Shell, *, papers: bool) -> tuple[Column[TemplateVersion], ...]:
    named = (Column[TemplateVersion](mark("Paper"), lambda each: paper_name(each.kind), stretch=True),)
    version = Column[TemplateVersion](mark("Version"), _version, lambda each: each.version, stretch=not papers)
    changed = Column[TemplateVersion](
        mark("Changed"),
        lambda each: moment(shell, each.saved_at) if each.saved_at is not None else "–",
        lambda each: each.version,
    )
    by = Column[TemplateVersion](mark("By"), _by)
    return (*(named if papers else ()), version, changed, by)


def _version(each: TemplateVersion) -> str:
    if each.version == 0:
        return tr("as it came")
    return tr("{number}: as it came", number=each.version) if each.shipped else str(each.version)


def _by(each: TemplateVersion) -> str:
    return each.by or ("–" if each.saved_at is None else tr("command line"))
