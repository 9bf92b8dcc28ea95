"""F1: every key of the till on one page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.key_bar import KEYS
from pos_member.ui.screen import Screen
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Card, Text, column, grid, row, scroller

_KEYS: tuple[tuple[str, str], ...] = (
    ("Enter", mark("Go on: add what was typed, pay, complete")),
    ("+", mark("Exact cash: completes the bill at once")),
    ("Esc", mark("One step back; the bill is never lost")),
    ("Ctrl+Z", mark("Undo; after a bill, return that bill")),
    ("Alt+1 … Alt+9", mark("Use or take off the n-th coupon or reward")),
    ("Ctrl+1 … Ctrl+9", mark("Use only part of the points")),
    ("5*", mark("The next product five times")),
    ("↑ ↓", mark("Choose a line of the bill")),
    ("← →", mark("One less, one more of that line")),
    ("Delete", mark("Take that line off")),
    ("Ctrl+Delete", mark("Empty the bill")),
    ("Ctrl+M", mark("Take the member off the bill")),
    ("Ctrl+K", mark("The camera's picture on or off")),
)
_ELSEWHERE: tuple[tuple[str, str], ...] = (
    ("Shift+F1", mark("Why each program is in the bill or not")),
    ("Shift+F6", mark("Coupons: find, cancel, print again")),
    ("Shift+F9", mark("Open the cash drawer")),
    ("Ctrl+R", mark("Day report")),
    ("Ctrl+P", mark("Papers at the printer, and what waits")),
    ("Ctrl+,", mark("Settings")),
    ("Ctrl+L", mark("Light or dark")),
)
_PAPERS: tuple[tuple[str, str], ...] = (
    ("Ctrl+P  Ctrl+Y", mark("This paper is all there")),
    ("Ctrl+P  Ctrl+E", mark("Print it at another printer")),
    ("Ctrl+P  Ctrl+D", mark("This paper as a PDF file")),
    ("Ctrl+P  Ctrl+3", mark("The printers: change, test page, drawer")),
    ("F9  Ctrl+T", mark("X report: the shift stays open")),
    ("F9  Ctrl+D", mark("The last Z report again")),
    ("Ctrl+,  Ctrl+6", mark("Templates of the papers")),
    ("Ctrl+,  Ctrl+7", mark("The customer's display on")),
    ("Ctrl+,  Ctrl+9", mark("Scanners: camera and readers, what they send")),
)
_TYPED: tuple[tuple[str, str], ...] = (
    ("350 Enter", mark("A sale of ฿350")),
    ("3*45 Enter", mark("Three at ฿45")),
    ("0812345678 Enter", mark("The member with this phone")),
    ("8850123456784", mark("A barcode, a card, a coupon or a receipt: scan it, or type its number")),
)


class HelpScreen(Screen):
    """Read only; Esc leaves."""

    name = "help"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._head = Text("title", name="help_head")
        self._heads = tuple(Text("heading") for _ in range(5))
        self._labels: list[tuple[Text, str]] = []
        layout = column(self, space="s", margin="m")
        layout.addWidget(self._head)
        cards = row(space="m")
        functions = tuple((f"F{spec.number}", spec.label) for spec in KEYS)
        selling, bottom, typed, elsewhere, papers = self._heads
        columns = (
            (((selling, _KEYS),), 4),
            (((bottom, functions),), 2),
            (((elsewhere, _ELSEWHERE), (typed, _TYPED)), 4),
            (((papers, _PAPERS),), 4),
        )
        for groups, share in columns:
            held = QWidget()
            inside = column(held, space="m")
            for head, rows in groups:
                inside.addWidget(self._card(head, rows))
            inside.addStretch(1)
            cards.addWidget(scroller(held), share)
        layout.addLayout(cards, 1)
        self.finish()

    def _card(self, head: Text, rows: tuple[tuple[str, str], ...]) -> QWidget:
        card = Card()
        inside = column(card, space="s", margin="m")
        inside.addWidget(head)
        cells = grid(space="s")
        for at, (key, literal) in enumerate(rows):
            pressed = Text("key", align="centre")
            pressed.show_text(key)
            label = Text(wrap=True)
            cells.addWidget(pressed, at, 0)
            cells.addWidget(label, at, 1)
            self._labels.append((label, literal))
        cells.setColumnStretch(1, 1)
        inside.addLayout(cells)
        return card

    def title(self) -> str:
        return tr("Keys of the till")

    def hint(self) -> str:
        return tr("Esc = back to the bill")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        for head, text in zip(
            self._heads,
            (tr("While selling"), tr("Keys at the bottom"), tr("What can be typed"), tr("Anywhere"), tr("Papers")),
            strict=True,
        ):
            head.show_text(text)
        for label, literal in self._labels:
            label.show_text(tr_marked(literal))
