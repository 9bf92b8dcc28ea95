"""What few printers need: pauses between bands, what may be asked, and letters of the printer's own (text mode).

Letters only after the page of numbered lines was printed and a person picked the line that is right: the number of the
Thai page differs from maker to maker, and a wrong one prints rubbish on every bill.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import Answers, Marks, PrinterProfile, Proof, TextMode
from pos_member.ui.i18n import tr, tr_marked
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import ANSWERS, proof_words, trial_why
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Field, Text, column, row

_DELAYS = (0, 20, 50, 100)
_ANSWERS = (Answers.UNKNOWN, Answers.YES, Answers.NO)
#: In the order of the letters A, B, C on the page.
_MARKS = (Marks.STACKED, Marks.OWN_CELL, Marks.THREE_ROWS)
_LETTERS = dict(zip("ABC", _MARKS, strict=True))
_PRINT = "code pages"


class ExpertPanel(Step):
    """Inside the paper step."""

    name = "expert"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._told: tuple[str, str] | None = None
        self._asked: tuple[int, ...] = ()
        self._answers = Choices(
            [Choice(answers, f"Ctrl+{at}") for at, answers in enumerate(_ANSWERS, 1)], name="printer_answers"
        )
        self._process = Choices([Choice(True, "Ctrl+4"), Choice(False, "Ctrl+5")], name="printer_process")
        self._delays = Choices(
            [Choice(delay, f"Ctrl+{at}") for at, delay in enumerate(_DELAYS, 6)], name="printer_delay"
        )
        self._text_head = Text("heading", name="printer_text_head")
        self._text_why = Text("soft", name="printer_text_why", wrap=True)
        self._print = Button(name="printer_code_pages", icon="print")
        self._printed = Text("strong", name="printer_code_pages_told", wrap=True)
        self._page = Field(name="printer_line", length_max=4)
        self._marks = Choices([Choice(marks) for marks in _MARKS], name="printer_marks")
        #: Read off the paper together with the number, before or after it.
        self._letter = Marks.STACKED
        self._pictures = Button(name="printer_pictures", icon="undo")
        status, letters = Card(), Card()
        left = column(status, space="l", margin="l")
        for choices in (self._answers, self._process, self._delays):
            left.addWidget(choices)
        left.addStretch(1)
        right = column(letters, space="s", margin="l")
        for widget in (self._text_head, self._text_why, self._print, self._printed, self._page, self._marks):
            right.addWidget(widget)
        right.addStretch(1)
        right.addWidget(self._pictures)
        sides = row(self, space="l")
        sides.addWidget(status, 1)
        sides.addWidget(letters, 1)
        self._connect()

    def _connect(self) -> None:
        self._answers.chosen.connect(self._set_answers)
        self._process.chosen.connect(self._set_process)
        self._delays.chosen.connect(self._set_delay)
        self._marks.chosen.connect(self._set_marks)
        self._page.entered.connect(self._pick_page)
        self._print.clicked.connect(self.print_pages)
        self._pictures.clicked.connect(self._use_pictures)
        self.shortcut("Ctrl+T", self._print)
        self.shortcut("Ctrl+B", self._pictures)

    # --- texts ---------------------------------------------------------------------------------------------

    def hint(self) -> str:
        return tr("What few printers need")

    def retranslate(self) -> None:
        self._answers.show_texts(
            tr("May the till ask it how it is?"), [tr_marked(ANSWERS[answers]) for answers in _ANSWERS]
        )
        self._process.show_texts(tr("Does it say when a paper is out?"), [tr("Yes, by number"), tr("No")])
        self._delays.show_texts(
            tr("Pause after each band, for printers that lose lines"),
            [tr("None"), *(tr("{ms} ms", ms=delay) for delay in _DELAYS[1:])],
        )
        self._text_head.show_text(tr("The printer's own letters"))
        self._text_why.show_text(
            tr(
                "Faster on slow lines, but every maker keeps Thai elsewhere: print the page, then type the number "
                "of the line that reads right."
            )
        )
        self._print.show_text(tr("Print the page of lines"), "Ctrl+T")
        self._page.show_label(tr("Number of the line that is right"), "20")
        self._marks.show_texts(
            tr("Vowels and tone marks on that line"),
            [tr("A: < is over A"), tr("B: < is over B"), tr("C: only C reads right")],
        )
        self._pictures.show_text(tr("Pictures again (safe)"), "Ctrl+B")
        self.show_profile()

    def show_profile(self) -> None:
        """As the draft stands."""
        profile = self.draft.profile
        self._answers.set_value(profile.answers)
        self._process.set_value(profile.process_id)
        self._process.set_usable(profile.answers is Answers.YES)
        self._delays.set_value(profile.band_delay_ms)
        text = profile.text
        may = bool(self.draft.pages_printed) or text is not None
        self._page.setEnabled(bool(self.draft.pages_printed))
        self._marks.set_usable(may)
        self._marks.set_value(text.marks if text is not None else self._letter if may else None)
        self._pictures.setEnabled(text is not None)
        if self._told is not None:
            self._printed.show_text(*self._told)
        elif text is not None:
            self._printed.show_text(tr("In use: page {page}", page=str(text.page)), "good")
        elif may:
            self._printed.show_text(tr("Which line is right? Type its number."), "info")
        else:
            self._printed.show_text(tr("Not printed yet: letters cannot be chosen."), "none")

    # --- what may be asked ---------------------------------------------------------------------------------

    def first(self) -> QWidget:
        return self._print

    def _set_answers(self, answers: Answers) -> None:
        profile = self.draft.profile
        known = answers is Answers.YES
        self._use(replace(profile, answers=answers, process_id=profile.process_id and known))

    def _set_process(self, understood: bool) -> None:
        self._use(replace(self.draft.profile, process_id=understood))

    def _set_delay(self, delay_ms: int) -> None:
        self._use(replace(self.draft.profile, band_delay_ms=delay_ms))

    def _use(self, profile: PrinterProfile) -> None:
        self.draft.chosen = True
        self.draft.use_profile(profile)
        self.show_profile()

    # --- letters -------------------------------------------------------------------------------------------

    def print_pages(self) -> None:
        """The page of numbered lines, on the lane."""
        if self.busy(_PRINT):
            return
        admin, setup = self.admin, self.draft.setup
        pages = self._asked = admin.code_pages(setup.model)
        self._told = (tr("Printing …"), "info")
        self.work(_PRINT, lambda job: admin.print_code_pages(setup, pages), self._came_out, self._stuck)
        self.show_profile()

    def _came_out(self, proof: Proof) -> None:
        self.over(_PRINT)
        self._told = (f"{proof_words(proof)} {tr('Which line is right? Type its number.')}", "info")
        self.draft.pages_printed = self._asked
        self.show_profile()
        self._page.setFocus()

    def _stuck(self, error: PosMemberError) -> bool:
        self.over(_PRINT)
        self._told = (trial_why(error), "bad")
        self.show_profile()
        return True

    def _pick_page(self) -> None:
        self.pick(self._page.text())

    def pick(self, typed: str) -> bool:
        """Take the line with this number, ``21`` or ``21B``; whether there is one."""
        number, letter = (typed[:-1], typed[-1:].upper()) if typed[-1:].isalpha() else (typed, "")
        page = int(number) if number.isascii() and number.isdigit() else -1
        if letter:
            page = page if letter in _LETTERS else -1
            self._letter = _LETTERS.get(letter, self._letter)
        if page not in self.draft.pages_printed:
            self._page.complain(tr("No line has this number. Look at the paper."))
            self._page.setFocus()
            return False
        self._told = None
        self.draft.chosen = True
        self.draft.use_text(TextMode(page, self.draft.profile.letters, self._letter))
        self._page.confirm(tr("In use: page {page}", page=str(page)))
        self.show_profile()
        return True

    def _set_marks(self, marks: Marks) -> None:
        self._letter = marks
        text = self.draft.profile.text
        if text is not None:
            self.draft.use_profile(replace(self.draft.profile, text=replace(text, marks=marks)))
        self.show_profile()

    def _use_pictures(self) -> None:
        self._told = None
        self.draft.use_text(None)
        self.show_profile()

    def take(self) -> bool:
        typed = self._page.text()
        text = self.draft.profile.text
        if self.draft.pages_printed and typed and (text is None or not typed.startswith(str(text.page))):
            return not self.pick(typed)
        return False
