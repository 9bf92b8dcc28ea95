"""The paper beside the form: drawn by the renderer that prints, off the window's thread, a moment after a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from pos_member.domain.documents import Document, DocumentKind
from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.ui import theme
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.ports import TemplateTools
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Text, column, row, scroller

#: Dots across the paper, and what shops call it (the rarer two have no other name than their dots).
WIDTHS = ((384, mark("58 mm")), (576, mark("80 mm")), (512, ""), (640, ""))
#: Typing pauses longer than this show the paper anew (ms).
PAUSE_MS = 120
#: The lane of devices that are looked at, not of papers that customers wait for.
LANE = "setup"


@dataclass(frozen=True)
class _Wish:
    """What is to be shown."""

    kind: DocumentKind
    content: str


@dataclass(frozen=True)
class _Drawn:
    """A picture, of what kind, and the first row that differs from the one before (-1: it cannot be compared).

    ``trouble``: why it is drawn in another font than the template names.
    """

    kind: DocumentKind
    image: QImage
    changed_row: int = -1
    trouble: Refusal | None = None


class PaperPreview(Card):
    """``show_paper`` as often as one likes: the last one is drawn. What is wrong is said; the last good paper stays."""

    #: The paper of the last wish is there, or what is wrong with it (a ``PosMemberError`` or None).
    drawn = Signal(object)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="template_preview", parent=parent)
        self._shell = shell
        self._wish: _Wish | None = None
        self._shown: _Drawn | None = None
        self._samples: dict[tuple[DocumentKind, str], Document] = {}
        self.dots, self.language = 576, "th"
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self.wide = Button(name="template_width", icon="receipt")
        self.turn = Button(name="template_language", icon="language")
        self.problem = Text(name="template_problem", wrap=True)
        self._paper = QLabel()
        self._paper.setObjectName("template_paper")
        self._paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        inside = column(self, space="s", margin="m")
        line = row(space="s")
        line.addWidget(self.wide, 1)
        line.addWidget(self.turn, 1)
        inside.addLayout(line)
        self.wide.clicked.connect(self._next_width)
        self.turn.clicked.connect(self._turn_language)
        inside.addWidget(self.problem)
        self._area = scroller(self._paper, name="template_preview_area")
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside.addWidget(self._area, 1)
        self.problem.hide()

    def retranslate(self) -> None:
        """Every text."""
        named = dict(WIDTHS)[self.dots]
        self.wide.show_text(tr("{dots} dots", dots=self.dots) if not named else tr_marked(named), "Ctrl+1")
        self.turn.show_text(tr("Thai paper") if self.language == "th" else tr("English paper"), "Ctrl+2")
        self._area.setAccessibleName(tr("The paper as it will be printed"))

    @property
    def waiting(self) -> bool:
        """Whether a change is not on the paper yet (apart from what runs on the lanes)."""
        return self._pause.isActive()

    def show_paper(self, kind: DocumentKind, content: str) -> None:
        """Draw ``content`` in a moment."""
        self._wish = _Wish(kind, content)
        self._pause.start()

    def forget_samples(self) -> None:
        """The shop may have changed: make new ones."""
        self._samples.clear()

    def sample(self, kind: DocumentKind) -> Document | None:
        """The paper that is drawn now, once it was made."""
        return self._samples.get((kind, self.language))

    def _next_width(self) -> None:
        known = [dots for dots, _ in WIDTHS]
        self.dots = known[(known.index(self.dots) + 1) % len(known)]
        self._again()

    def _turn_language(self) -> None:
        self.language = "en" if self.language == "th" else "th"
        self._again()

    def _again(self) -> None:
        self.retranslate()
        self._begin()

    def _begin(self) -> None:
        if self._wish is None or not self._shell.ready:
            return
        kind, spoken = self._wish.kind, self.language
        if (kind, spoken) in self._samples:
            self._draw()
            return
        till = self._shell.till
        who = self._shell.session.staff.id if self._shell.session is not None else ""
        self._shell.runner.run(
            "db",
            lambda: (kind, spoken, till.templates.sample(kind, spoken, who)),
            self,
            self._sampled,
            key="sample",
        )

    def _sampled(self, made: tuple[DocumentKind, str, Document]) -> None:
        kind, spoken, document = made
        self._samples[kind, spoken] = document
        self._draw()

    def _draw(self) -> None:
        tools, wish = self._shell.services.template_tools(), self._wish
        document = self._samples.get((wish.kind, self.language)) if wish is not None else None
        if tools is None or wish is None or document is None:
            return
        work = _drawer(tools, document, wish, self.dots, self._room(), self._shown)
        self._shell.runner.run(LANE, work, self, self._show, self._say, key="draw")

    def _room(self) -> int:
        """Pixels across for the paper, whether the bar beside it is there already or not."""
        return self._area.width() - self._area.verticalScrollBar().sizeHint().width() - 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wish is not None and event.size().width() != event.oldSize().width():
            self._pause.start()

    def _show(self, drawn: _Drawn) -> None:
        self._shown = drawn
        self._paper.setPixmap(QPixmap.fromImage(drawn.image))
        self._paper.adjustSize()
        if drawn.changed_row >= 0:
            # What was just changed is looked at.
            self._area.ensureVisible(0, drawn.changed_row, 0, self._area.viewport().height() // 3)
        if drawn.trouble is not None:
            self.problem.show_text(self._shell.why(drawn.trouble), "warn")
        self.problem.setVisible(drawn.trouble is not None)
        self.drawn.emit(None)

    def _say(self, error: PosMemberError) -> bool:
        self.problem.show_text(self._shell.why(error), "bad")
        self.problem.show()
        self.drawn.emit(error)
        return True


def _drawer(
    tools: TemplateTools, document: Document, wish: _Wish, dots: int, width: int, before: _Drawn | None
) -> Callable[[], _Drawn]:
    """Check, draw, unpack and shrink: all of it on the lane, so that the window only has to show it."""

    def work() -> _Drawn:
        tools.check(wish.kind, wish.content)
        image = QImage.fromData(tools.picture(document, wish.content, dots))
        if image.width() > width > theme.active().px("touch", "target"):
            image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        row_of = _changed_row(before.image, image) if before is not None and before.kind is wish.kind else -1
        return _Drawn(wish.kind, image, row_of, tools.font_trouble(wish.content))

    return work


def _changed_row(before: QImage, after: QImage) -> int:
    """The first row that differs, -1 where none does or the pictures are not of one width."""
    if before.width() != after.width():
        return -1
    stride = after.bytesPerLine()
    old, new = bytes(before.constBits()), bytes(after.constBits())
    if old == new:
        return -1
    rows = range(min(len(old), len(new)) // stride)
    return next(
        (at for at in rows if old[at * stride : (at + 1) * stride] != new[at * stride : (at + 1) * stride]), len(rows)
    )
