"""Fifth step: the test page, on paper and as a picture beside it. Its codes are read back by the till's own reader."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from pos_member.domain.documents import TEST_CODE, TEST_CODE_DOTS
from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import Proof
from pos_member.ui import theme
from pos_member.ui.i18n import language, tr
from pos_member.ui.ports import Sound
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.printers.draft import Draft, page_of
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import proof_words, trial_why
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row, scroller

_PRINT, _PREVIEW = "page", "preview"
_LOOKED_AT = ("ruler", "density", "marks")


class Paper(QLabel):
    """A picture of a paper, as wide as there is room and never wider than it is."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._whole = QPixmap()

    def show_png(self, png: bytes, spoken: str) -> None:
        """Another picture; ``spoken`` is what a screen reader says of it. An empty one shows nothing."""
        self._whole = QPixmap()
        if png:
            self._whole.loadFromData(png, "PNG")
        self.setAccessibleName(spoken)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.pixmap().height() if not self.pixmap().isNull() else 0)

    def _fit(self) -> None:
        if self._whole.isNull():
            self.setPixmap(QPixmap())
            return
        width = min(self.width(), self._whole.width())
        shown = self._whole
        if 0 < width < self._whole.width():
            shown = self._whole.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        self.setPixmap(shown)
        self.setMinimumHeight(shown.height())


class PageStep(Step):
    """Enter prints; once the page is out Enter goes on. What is not right is said with what to do."""

    name = "page"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._trouble = ""
        self._shown: tuple[object, ...] = ()
        self._state = Badge(name="printer_page_state")
        self._told = Text("strong", name="printer_page_told", wrap=True)
        self._print = Button(name="printer_page_print", icon="print")
        self._looks = Choices(
            [Choice(what, f"Ctrl+{at}") for at, what in enumerate(_LOOKED_AT, 1)], name="printer_page", several=True
        )
        self._advice = Text("soft", name="printer_page_advice", wrap=True)
        self._codes_head = Text("label", name="printer_codes_head", wrap=True)
        self._codes = [Badge(name=f"printer_code_{dots}") for dots in TEST_CODE_DOTS]
        self._codes_told = Text("soft", name="printer_codes_told", wrap=True)
        self._paper = Paper(name="printer_page_paper")
        self._paper_head = Text("label", name="printer_page_paper_head")
        work, seen = Card(), Card()
        left = column(work, space="m", margin="l")
        for widget in (self._state, self._told, self._print, self._looks):
            left.addWidget(widget)
        more = QWidget()
        below = column(more, space="s")
        codes = row(space="s")
        for badge in self._codes:
            codes.addWidget(badge)
        codes.addStretch(1)
        below.addWidget(self._advice)
        below.addWidget(self._codes_head)
        below.addLayout(codes)
        below.addWidget(self._codes_told)
        below.addStretch(1)
        left.addWidget(scroller(more), 1)
        right = column(seen, space="s", margin="l")
        right.addWidget(self._paper_head)
        right.addWidget(scroller(self._paper, name="printer_page_scroller"), 1)
        sides = row(self, space="l")
        sides.addWidget(work, 1)
        sides.addWidget(seen, 1)
        self._print.clicked.connect(self.print_page)
        self._looks.chosen.connect(self._looked)
        self.shortcut("Ctrl+T", self._print)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("Test page")

    def hint(self) -> str:
        return tr("Ctrl+T = print the page · scan its codes")

    def way_on(self) -> tuple[str, bool]:
        if self.draft.printed is None and not self._trouble:
            return tr("Print the test page"), not self.busy(_PRINT)
        return (tr("Go on") if self.draft.printed is not None else tr("Go on without a page")), not self.busy(_PRINT)

    def retranslate(self) -> None:
        again = self.draft.printed is not None or bool(self._trouble)
        self._print.show_text(tr("Print it again") if again else tr("Print the test page"), "Ctrl+T")
        self._looks.show_texts(
            tr("Look at the paper: what is right?"), [tr("Ruler"), tr("Black field"), tr("Thai marks")]
        )
        self._codes_head.show_text(tr("Scan the codes on the paper with this till's reader or camera"))
        self._paper_head.show_text(tr("This is how it should look"))
        self._show()
        if self._shown:
            self._draw()

    def _show(self) -> None:
        draft = self.draft
        if self.busy(_PRINT):
            self._state.show_state("info", tr("Printing"), "print")
            self._told.show_text(tr("The page is on its way to the printer …"))
        elif self._trouble:
            self._state.show_state("bad", tr("Not printed"), "warn")
            self._told.show_text(self._trouble)
        elif draft.printed is None:
            self._state.show_state("neutral", tr("Not printed yet"), "print")
            self._told.show_text(tr("One page shows whether width, black and Thai are right."))
        else:
            sure = draft.printed not in (Proof.NONE, Proof.SPOOLER)
            self._state.show_state("good" if sure else "info", tr("Printed") if sure else tr("Sent"), "good")
            self._told.show_text(proof_words(draft.printed))
        out = draft.printed is not None
        self._looks.set_usable(out)
        self._looks.set_values(tuple(draft.right))
        self._advice.show_text(self._advice_words() if out else "")
        for badge, dots in zip(self._codes, TEST_CODE_DOTS, strict=True):
            read = dots in draft.read_sizes
            text = tr("{dots} dots: read", dots=dots) if read else tr("{dots} dots", dots=dots)
            badge.show_state("good" if read else "neutral", text, "good" if read else "qr")
        self._codes_told.show_text(self._codes_words())

    def _advice_words(self) -> str:
        right = self.draft.right
        if not right:
            return tr("Tick what is right. For what is not, the next step is said here.")
        advice = []
        if "ruler" not in right:
            advice.append(tr("Ruler cut off or too short: go back and choose another width."))
        if "density" not in right:
            advice.append(tr("Grey or striped: clean the head, set more darkness in the printer, or use better paper."))
        if "marks" not in right:
            advice.append(tr("Marks in the wrong place: go back, More settings, Pictures again."))
        return "\n".join(advice) or tr("Everything on the paper is right.")

    def _codes_words(self) -> str:
        read = self.draft.read_sizes
        if not read:
            return tr("None read yet. Coupons use the size in the middle.")
        if len(read) == len(TEST_CODE_DOTS):
            return tr("All sizes were read: this printer's codes are good.")
        if min(TEST_CODE_DOTS) not in read:
            return tr("The larger ones are read. That is enough for coupons.")
        return tr("{count} of {all} read", count=len(read), all=len(TEST_CODE_DOTS))

    # --- the picture ---------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._trouble = ""
        self.retranslate()
        self._draw()

    def _draw(self) -> None:
        document, dots = page_of(self.draft.setup), self.draft.profile.dots
        wanted = (document, dots)
        if wanted == self._shown:
            return
        self._shown = wanted
        admin = self.admin
        self.work(_PREVIEW, lambda job: admin.preview(document, "", dots), self._drawn, self._not_drawn)

    def _drawn(self, png: bytes) -> None:
        self.over(_PREVIEW)
        self._paper.show_png(png, tr("Picture of the test page"))

    def _not_drawn(self, error: PosMemberError) -> bool:
        self.over(_PREVIEW)
        self._shown = ()
        self._paper_head.show_text(trial_why(error), "bad")
        return True

    # --- the paper -----------------------------------------------------------------------------------------

    def take(self) -> bool:
        if self.draft.printed is None and not self._trouble:
            self.print_page()
            return True
        return False

    def print_page(self) -> None:
        """Print it, on the lane."""
        if self.busy(_PRINT):
            return
        admin, setup, wanted = self.admin, self.draft.setup, language()
        self._trouble = ""
        self.work(_PRINT, lambda job: admin.print_test_page(setup, wanted), self._came_out, self._stuck)
        self._show()
        self.changed.emit()

    def _came_out(self, proof: Proof) -> None:
        self.over(_PRINT)
        self.draft.printed = proof
        self.retranslate()
        self.changed.emit()

    def _stuck(self, error: PosMemberError) -> bool:
        self.over(_PRINT)
        self._trouble = trial_why(error)
        self.retranslate()
        self.changed.emit()
        return True

    def _looked(self, what: object) -> None:
        self.draft.right = {str(each) for each in self._looks.values()}
        self._show()

    def scanned(self, text: str) -> bool:
        size = text.removeprefix(TEST_CODE)
        if size == text or not (size.isascii() and size.isdigit()) or int(size) not in TEST_CODE_DOTS:
            return False
        self.draft.read_sizes.add(int(size))
        self.shell.play(Sound.READ)
        self._show()
        return True

    def back(self) -> bool:
        if self.busy(_PRINT):
            self.stop()
            self._trouble = tr("No longer waited for. The page may still come out: look at the printer.")
            self.retranslate()
            self.changed.emit()
            return True
        return False

    def redress(self) -> None:
        """The theme changed: paper stays paper."""
        theme.mark(self._paper_head, tone="none")
