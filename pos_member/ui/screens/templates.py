"""Paper templates: choose a paper, change it in a form, see it as it will be printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedWidget, QWidget

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.domain.permission import Permission
from pos_member.domain.printers import Proof
from pos_member.services.paper_templates import TemplateVersion
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.report.files import documents_folder
from pos_member.ui.shell import Answer, Question, Shell
from pos_member.ui.templates import model, work
from pos_member.ui.templates.edit_page import EditPage
from pos_member.ui.templates.pages import HistoryPage, PapersPage, WordsPage
from pos_member.ui.templates.preview import LANE, PaperPreview
from pos_member.ui.templates.words import Word, paper_name, word_said
from pos_member.ui.widgets import Text, row

_PAPERS, _EDIT, _WORDS, _HISTORY, _CLOSED = range(5)
#: Asks a person for a file: heading, what files are shown → path or "".
PickFile = Callable[[str, str], str]


class TemplatesScreen(Page):
    """Files are looked for and put in ``folder`` (the person's documents); ``pick_file`` asks for one."""

    name = "templates"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.folder: Path | None = None
        self.pick_file: PickFile = self._ask_file
        self._kind = DocumentKind.RECEIPT
        self._target: QLineEdit | None = None
        self._saving = False
        self._spoken = ""
        self._head = PageHead(self.name)
        self._papers = PapersPage(shell)
        self._edit = EditPage()
        self._words = WordsPage()
        self._history = HistoryPage(shell)
        self._closed = Text("heading", name="template_closed", wrap=True, align="centre")
        self._stack = QStackedWidget()
        for page in (self._papers, self._edit, self._words, self._history, self._closed):
            self._stack.addWidget(page)
        self._preview = PaperPreview(shell)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addWidget(self._stack, 2)
        sides.addWidget(self._preview, 1)
        self.lay_out(self._head, body)
        self._connect()
        self._keys()
        self.finish()

    def _connect(self) -> None:
        self._papers.table.picked.connect(self._paper_picked)
        self._papers.table.chosen.connect(self._paper_chosen)
        self._papers.edit.clicked.connect(self.go_on)
        self._papers.history.clicked.connect(self._show_history)
        self._papers.take_in.clicked.connect(self._take_in)
        self._papers.hand_out.clicked.connect(self._hand_out)
        self._history.table.picked.connect(self._version_picked)
        self._history.table.chosen.connect(self._version_chosen)
        self._history.restore.clicked.connect(self.go_on)
        self._words.table.chosen.connect(self._word_chosen)
        self._words.insert.clicked.connect(self.go_on)
        edit = self._edit
        self._preview.drawn.connect(self._drawn)
        edit.changed.connect(self._changed)
        edit.refused.connect(self._part_refused)
        edit.word.clicked.connect(self._show_words)
        edit.logo.clicked.connect(self._choose_logo)
        edit.type.take_in.clicked.connect(self._choose_font)
        edit.sample.clicked.connect(self._print_sample)
        edit.save.clicked.connect(self._save)

    def _keys(self) -> None:
        edit, papers = self._edit, self._papers
        for keys, button in (
            ("Ctrl+S", edit.save),
            ("Ctrl+Z", edit.undo),
            ("Ctrl+Y", edit.redo),
            ("Ctrl+I", edit.word),
            ("Ctrl+G", edit.logo),
            ("Ctrl+J", edit.no_logo),
            ("Ctrl+T", edit.sample),
            ("Ctrl+F", edit.type.take_in),
            ("Ctrl+K", edit.type.go),
            ("Alt+Up", edit.up),
            ("Alt+Down", edit.down),
            ("Ctrl+H", papers.history),
            ("Ctrl+O", papers.take_in),
            ("Ctrl+E", papers.hand_out),
            ("Ctrl+1", self._preview.wide),
            ("Ctrl+2", self._preview.turn),
        ):
            self.shortcut(keys, button)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Paper templates")

    def hint(self) -> str:
        return tr("Enter = change · Ctrl+S = use from now on · Ctrl+Z = undo · Shift+Enter = new line · Esc = back")

    def retranslate(self) -> None:
        at = self._stack.currentIndex()
        note = tr("of this till only") if at in (_PAPERS, _CLOSED) else paper_name(self._kind)
        self._head.show_text(self.title(), note)
        self._closed.show_text(tr("Paper templates are a manager's work: ask one to sign in."))
        for page in (self._papers, self._edit, self._words, self._history, self._preview):
            page.retranslate()
        if at == _EDIT and language() != self._spoken:
            # Why parts are locked is said anew.
            self._changed()
        self._spoken = language()

    # --- coming and going ----------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._preview.forget_samples()
        if not self.shell.may(Permission.MANAGE_TILL):
            self._go(_CLOSED)
            self._preview.hide()
            return
        self._preview.show()
        if self._edit.edits.changed:
            # Left for a moment without saving: it goes on where it stopped.
            self._go(_EDIT)
            self._changed()
            self._edit.table.setFocus()
            return
        self._to_papers()

    def back(self) -> bool:
        at = self._stack.currentIndex()
        if at == _WORDS:
            self._back_to_text()
        elif at == _HISTORY:
            self._to_papers()
        elif at == _EDIT and not self._edit.step_back():
            self._leave_form()
        return at not in (_PAPERS, _CLOSED)

    def _leave_form(self) -> None:
        if not self._edit.edits.changed:
            self._to_papers()
            return
        answers = (
            Answer("save", tr("Use from now on"), "primary"),
            Answer("drop", tr("Throw the changes away"), "danger"),
            Answer("stay", tr("Go on changing")),
        )
        asked = tr("{paper}: the changes are not in use yet", paper=paper_name(self._kind))
        self.shell.ask(Question(asked, answers), self._leave_answered)

    def _leave_answered(self, answer: str, typed: str) -> None:
        if answer == "save":
            self._save()
        elif answer == "drop":
            self._edit.edits.saved()
            self._to_papers()

    def _go(self, page: int) -> None:
        self._stack.setCurrentIndex(page)
        self.retranslate()

    def _to_papers(self) -> None:
        self._go(_PAPERS)
        self._papers.table.setFocus()
        till, spoken = self.shell.till, language()
        self.run(lambda: till.templates.kinds(spoken), self._show_papers, key="papers")

    def _show_papers(self, rows: tuple[TemplateVersion, ...]) -> None:
        cursor = next((at for at, each in enumerate(rows) if each.kind is self._kind), 0)
        self._papers.table.set_rows(rows, cursor)

    # --- the list of papers --------------------------------------------------------------------------------

    def _paper_picked(self, current: TemplateVersion | None) -> None:
        if current is not None and self._stack.currentIndex() == _PAPERS:
            self._kind = current.kind
            till, kind = self.shell.till, current.kind
            self.run(lambda: (kind, till.templates.draft(kind)), self._show_content, key="content")

    def _show_content(self, found: tuple[DocumentKind, str]) -> None:
        if found[0] is self._kind:
            self._preview.show_paper(*found)

    def _paper_chosen(self, current: TemplateVersion) -> None:
        self._kind = current.kind
        self._open_form(None)

    def _open_form(self, sheet: model.Json | None) -> None:
        """The form over the template in force, with ``sheet`` as the first change where there is one."""
        tools = self.shell.services.template_tools()
        if tools is None:
            self.shell.say(Tone.INFO, tr("This is not set up on this till"))
            return
        read = work.opening(self.shell.till, tools, self._kind)
        self.run(lambda: (read(), sheet), self._begin, key="open")

    def _begin(self, opened: tuple[work.Opened, model.Json | None]) -> None:
        template, sheet = opened
        self._kind = template.kind
        self._go(_EDIT)
        self._edit.begin(template.sheet, template.vocabulary, template.fonts)
        if sheet is not None:
            self._edit.replace_sheet(sheet)
        self._changed()

    def go_on(self) -> None:
        at = self._stack.currentIndex()
        if at == _PAPERS and (paper := self._papers.table.current()) is not None:
            self._paper_chosen(paper)
        elif at == _HISTORY and (version := self._history.table.current()) is not None:
            self._version_chosen(version)
        elif at == _WORDS and (word := self._words.table.current()) is not None:
            self._word_chosen(word)
        elif at == _EDIT:
            self._edit.enter()

    # --- the form ------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._preview.show_paper(self._kind, self._edit.content)

    def _drawn(self, wrong: PosMemberError | None) -> None:
        """The paper shows what stands in the form: time to judge which parts it could not be without."""
        if wrong is not None or self._stack.currentIndex() != _EDIT:
            return
        tools, kind, sheet = self.shell.services.template_tools(), self._kind, self._edit.edits.now
        if tools is not None:
            self.run(lambda: work.locks_of(tools, kind, sheet), self._show_locks, key="locks", lane=LANE)

    def _show_locks(self, locks: dict[str, Refusal] | None) -> None:
        if locks is not None:
            self._edit.show_locks({key: _must_say(why) for key, why in locks.items()})

    def _part_refused(self, why: str) -> None:
        self.shell.play(Sound.INVALID)
        self.shell.say(Tone.BAD, why)

    def _show_words(self) -> None:
        current = self._edit.current_pair() if self._stack.currentIndex() == _EDIT else None
        if current is None:
            self.shell.say(Tone.INFO, tr("Stand in a text first: the field is put where the cursor is."))
            return
        pair, self._target = current
        self._words.table.set_rows([Word(name, word_said(name)) for name in self._edit.words_for(pair)])
        self._go(_WORDS)
        self._words.table.setFocus()

    def _word_chosen(self, word: Word) -> None:
        target = self._target
        self._back_to_text()
        if target is not None:
            self._edit.insert(target, word.name)

    def _back_to_text(self) -> None:
        target, self._target = self._target, None
        self._go(_EDIT)
        (target or self._edit.table).setFocus()

    def _choose_logo(self) -> None:
        tools = self.shell.services.template_tools()
        if self._stack.currentIndex() != _EDIT or tools is None:
            return
        path = self.pick_file(tr("Choose the logo"), "PNG, JPEG (*.png *.jpg *.jpeg)")
        if path:
            self.run(lambda: work.read_logo(tools, Path(path)), self._logo_read, key="logo", lane=LANE)

    def _logo_read(self, logo: tuple[str, int]) -> None:
        self._edit.replace_sheet(model.with_logo(self._edit.edits.now, *logo))

    def _choose_font(self) -> None:
        tools = self.shell.services.template_tools()
        if self._stack.currentIndex() != _EDIT or tools is None:
            return
        path = self.pick_file(tr("Choose the font"), "TrueType, OpenType (*.ttf *.otf)")
        if path:
            self.shell.say(Tone.INFO, tr("Looking whether Thai comes out right in it…"))
            self.run(lambda: work.read_font(tools, Path(path)), self._font_read, key="font", lane=LANE)

    def _font_read(self, taken: tuple[str, Sequence[tuple[str, str]]]) -> None:
        name, fonts = taken
        self._edit.type.offer(fonts)
        self._edit.replace_sheet(model.with_font(self._edit.edits.now, name))
        self.shell.say(Tone.GOOD, tr("The font is good: this paper is shown in it now"))

    def _print_sample(self) -> None:
        tools, document = self.shell.services.template_tools(), self._preview.sample(self._kind)
        if self._stack.currentIndex() != _EDIT or tools is None or document is None:
            return
        content = self._edit.content
        self.shell.say(Tone.INFO, tr("The sample goes to the printer of receipts, marked as not real"))
        self.run(lambda: tools.print_sample(document, content), self._printed, key="sample", lane=LANE)

    def _printed(self, proof: Proof) -> None:
        self.shell.say(Tone.GOOD, tr("The sample is printed"))

    def _save(self) -> None:
        if self._saving or not self._edit.edits.changed:
            return
        self._saving = True
        till, session, kind, content = self.shell.till, self.shell.signed_in(), self._kind, self._edit.content
        self.run(lambda: till.templates.save(session, kind, content), self._saved, self._not_saved)

    def _saved(self, version: TemplateVersion) -> None:
        self._saving = False
        self._edit.saved()
        self.shell.play(Sound.READ)
        said = tr(
            "{paper}: version {number} is used from the next paper on",
            paper=paper_name(self._kind),
            number=version.version,
        )
        self._to_papers()
        self.shell.say(Tone.GOOD, said)

    def _not_saved(self, error: PosMemberError) -> bool:
        self._saving = False
        return False

    # --- versions and files --------------------------------------------------------------------------------

    def _show_history(self) -> None:
        if self._stack.currentIndex() != _PAPERS:
            return
        till, kind, spoken = self.shell.till, self._kind, language()
        self.run(lambda: till.templates.history(kind, spoken), self._history_read, key="history")

    def _history_read(self, versions: tuple[TemplateVersion, ...]) -> None:
        self._go(_HISTORY)
        self._history.table.set_rows(versions)
        self._history.table.setFocus()

    def _version_picked(self, current: TemplateVersion | None) -> None:
        if current is not None and self._stack.currentIndex() == _HISTORY:
            till, kind, version = self.shell.till, current.kind, current.version
            self.run(lambda: (kind, till.templates.content(kind, version)), self._show_content, key="content")

    def _version_chosen(self, current: TemplateVersion) -> None:
        session, till = self.shell.signed_in(), self.shell.till
        self.run(lambda: till.templates.restore(session, current.kind, current.version), self._saved, key="restore")

    def _take_in(self) -> None:
        if self._stack.currentIndex() != _PAPERS:
            return
        path = self.pick_file(tr("Choose the template's file"), "JSON (*.json)")
        if path:
            till, kind = self.shell.till, self._kind
            self.run(lambda: work.read_template(till, kind, Path(path)), self._open_form, key="file")

    def _hand_out(self) -> None:
        if self._stack.currentIndex() != _PAPERS:
            return
        till, kind = self.shell.till, self._kind
        path = (self.folder or documents_folder()) / f"pos-member-template-{kind.value}.json"
        self.run(lambda: work.write_template(till, kind, path), self._file_written, key="file")

    def _file_written(self, path: Path) -> None:
        self.shell.say(Tone.GOOD, tr("Saved: {path}", path=str(path)))

    def _ask_file(self, heading: str, files: str) -> str:
        return QFileDialog.getOpenFileName(self, heading, str(self.folder or documents_folder()), files)[0]


def _must_say(why: Refusal) -> str:
    """Why a part cannot be left out: what would lack."""
    said = why.params
    return tr("Must be printed: {what}", what=pick(str(said.get("lacks_th", "")), str(said.get("lacks_en", ""))))
