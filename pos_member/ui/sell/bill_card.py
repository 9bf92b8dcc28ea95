"""The bill: its lines, what takes money off and why, the total, the points, the nearest thing missed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos_member.domain.bill import MILLI, BillDraft, DraftLine
from pos_member.domain.money import format_baht
from pos_member.domain.pricing import Evaluation, Explanation
from pos_member.services.checkout import Preview
from pos_member.ui import theme
from pos_member.ui.i18n import mark, pick, tr
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import stamps_moved
from pos_member.ui.why import missing_pieces, nearest_in_pieces, said, waits_for_goods
from pos_member.ui.widgets import Badge, Button, Card, Column, IconLabel, Table, Text, column, grid, row, rule

#: Discounts shown one by one; more are summed in the last row, so that the total never moves out of sight.
DISCOUNTS_SHOWN = 3
#: Explanations of goods that cost nothing.
_FREE = frozenset({"units_free", "reward_product", "reward_product_stamps"})


@dataclass(frozen=True)
class BillRow:
    """A line as listed."""

    number: int
    line: DraftLine


def format_quantity(quantity_milli: int) -> str:
    """``3`` or ``0.250``."""
    whole, rest = divmod(quantity_milli, MILLI)
    return f"{whole:,}.{rest:03d}" if rest else f"{whole:,}"


class BillCard(Card):
    """``acted`` carries ``less more remove undo`` for the line under the cursor."""

    acted = Signal(str)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__("card", name="bill_card", parent=parent)
        self._shell = shell
        self._head = Text("heading", name="bill_head")
        self._times = Badge(name="bill_times")
        self._times.hide()
        self.table: Table[BillRow] = Table(
            [
                Column(mark("Item"), lambda each: pick(each.line.name_th, each.line.name_en), stretch=True),
                Column(mark("Qty"), lambda each: format_quantity(each.line.quantity_milli), right=True, figures=4),
                Column(
                    mark("Price"),
                    lambda each: format_baht(each.line.unit_price_satang, symbol=False),
                    right=True,
                    figures=8,
                ),
                Column(
                    mark("Amount"),
                    lambda each: format_baht(each.line.gross_satang, symbol=False),
                    right=True,
                    figures=9,
                ),
            ],
            name="bill_lines",
        )
        self.table.setSortingEnabled(False)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._count = 0
        self._preview: Preview | None = None
        head = row(space="m")
        head.addWidget(self._head)
        head.addWidget(self._times)
        head.addStretch(1)
        self._buttons = {
            name: Button("step", name=f"line_{name}", icon=icon)
            for name, icon in (("less", "minus"), ("more", "plus"), ("remove", "delete"), ("undo", "undo"))
        }
        for name, button in self._buttons.items():
            button.setProperty("act", name)
            button.clicked.connect(self._clicked)
            head.addWidget(button)
        layout = column(self, space="s", margin="m")
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._build_totals())
        layout.addWidget(self._build_nearest())

    def _build_totals(self) -> QGridLayout:
        self._lines = [(Text("body"), Text("strong", align="right")) for _ in range(DISCOUNTS_SHOWN + 1)]
        cells = grid(space="")
        margin = theme.active().px("space", "s")
        cells.setContentsMargins(margin, 0, margin, 0)
        for at, (label, amount) in enumerate(self._lines):
            label.setObjectName(f"bill_discount_{at}")
            cells.addWidget(label, at, 0)
            cells.addWidget(amount, at, 1)
            label.hide()
            amount.hide()
        self._total_label = Text("heading", name="bill_total_label")
        self._total = Text("huge", name="bill_total", align="right")
        self._points = Badge(name="bill_points")
        self._stamps = Badge(name="bill_stamps")
        self._why = Text("small", name="bill_points_why", elide=True)
        below = len(self._lines)
        cells.addWidget(rule(), below, 0, 1, 2)
        total = row(space="m")
        left = column(space="")
        left.addWidget(self._total_label)
        points = row(space="s")
        points.addWidget(self._points)
        points.addWidget(self._stamps)
        points.addStretch(1)
        left.addLayout(points)
        total.addLayout(left, 1)
        total.addWidget(self._total)
        cells.addLayout(total, below + 1, 0, 1, 2)
        # As wide as the bill: names of programs are long.
        cells.addWidget(self._why, below + 2, 0, 1, 2)
        cells.setColumnStretch(0, 1)
        return cells

    def _build_nearest(self) -> Card:
        self._nearest = Card("band", name="bill_nearest", tone="info")
        self._nearest.setFixedHeight(theme.active().px("touch", "strip"))
        self._nearest_text = Text("strong", name="bill_nearest_text", elide=True)
        inside = row(self._nearest, space="s")
        margin = theme.active().px("space", "m")
        inside.setContentsMargins(margin, 0, margin, 0)
        inside.addWidget(IconLabel("gift", "info_ink"))
        inside.addWidget(self._nearest_text, 1)
        keep = self._nearest.sizePolicy()
        # It keeps its place while it has nothing to say: nothing moves.
        keep.setRetainSizeWhenHidden(True)
        self._nearest.setSizePolicy(keep)
        return self._nearest

    # --- what it shows -------------------------------------------------------------------------------------

    def show_draft(self, draft: BillDraft) -> None:
        """The lines at once; the figures follow with the preview."""
        before, at = self._count, self.table.currentIndex().row()
        self._count = len(draft.lines)
        target = self._count - 1 if self._count > before or at < 0 else min(at, self._count - 1)
        self.table.set_rows([BillRow(number, line) for number, line in enumerate(draft.lines, 1)], target)
        if self._count:
            self.table.scrollTo(self.table.model().index(target, 0))
        self._head.show_text(tr("Bill · {count} line(s)", count=self._count) if self._count else tr("Bill"))
        for name in ("less", "more", "remove"):
            self._buttons[name].setEnabled(bool(self._count))
        if self._preview is None or self._preview.draft != draft:
            self._total.show_text(format_baht(draft.gross_satang))

    def show_preview(self, preview: Preview | None) -> None:
        """Totals, points and why."""
        self._preview = preview
        if preview is None:
            self._show_discounts([])
            self._points.hide()
            self._stamps.hide()
            self._why.show_text("")
            self._nearest.hide()
            self._total.show_text(format_baht(0))
            return
        result = preview.evaluation
        self._total.show_text(format_baht(result.total_satang))
        rows = discount_rows(result)
        if rows:
            rows.insert(0, (tr("Before discounts"), result.gross_satang))
        self._show_discounts(rows)
        earned = result.points_earned
        self._points.setVisible(earned > 0)
        self._points.show_state("good", tr("+{points} point(s)", points=earned), "star")
        self._show_stamps(result)
        earning = {each.program_id for each in result.earns if not each.currency}
        fired = [each for each in result.explanations if each.fired and each.program_id in earning]
        self._why.show_text(" · ".join(pick(each.name_th, each.name_en) for each in fired))
        self._why.setToolTip("\n".join(said(each) for each in result.explanations if each.fired))
        near = near_misses(result)
        self._nearest.setVisible(bool(near))
        self._nearest_text.show_text(" · ".join(near))

    def _show_stamps(self, result: Evaluation) -> None:
        earned = result.stamps_earned
        self._stamps.setVisible(bool(earned))
        texts = [stamps_moved(self._shell.settings, currency, count) for currency, count in earned.items()]
        self._stamps.show_state("good", " · ".join(texts), "good")

    def _show_discounts(self, rows: list[tuple[str, int]]) -> None:
        shown = rows
        if len(rows) > len(self._lines):
            rest = rows[len(self._lines) - 1 :]
            shown = [*rows[: len(self._lines) - 1], (tr("{count} more", count=len(rest)), sum(x for _, x in rest))]
        for at, (label, amount) in enumerate(self._lines):
            for widget in (label, amount):
                widget.setVisible(at < len(shown))
            if at < len(shown):
                tone = "good" if shown[at][1] < 0 else "none"
                label.show_text(shown[at][0], tone)
                amount.show_text(format_baht(shown[at][1]), tone)

    def show_times(self, quantity_milli: int) -> None:
        """The quantity that waits for the next product."""
        self._times.setVisible(quantity_milli != MILLI)
        self._times.show_state("info", tr("Next item × {quantity}", quantity=format_quantity(quantity_milli)), "plus")

    # --- steering ------------------------------------------------------------------------------------------

    def current_index(self) -> int:
        """The line under the cursor, or -1."""
        return self.table.currentIndex().row()

    def move_cursor(self, by: int) -> None:
        """The cursor up or down."""
        if self._count:
            self.table.selectRow(max(0, min(self._count - 1, self.current_index() + by)))

    def _clicked(self) -> None:
        self.acted.emit(str(self.sender().property("act")))

    def retranslate(self) -> None:
        """Every text."""
        names = {
            "less": (tr("One less"), "←"),
            "more": (tr("One more"), "→"),
            "remove": (tr("Take the line off"), "Delete"),
            "undo": (tr("Undo"), "Ctrl+Z"),
        }
        for name, (text, key) in names.items():
            self._buttons[name].setToolTip(f"{text}  {key}")
            self._buttons[name].setAccessibleName(f"{text} {key}")
        self._total_label.show_text(tr("To pay"))
        self._head.show_text(tr("Bill · {count} line(s)", count=self._count) if self._count else tr("Bill"))
        self.table.retranslate()
        self.show_preview(self._preview)


def discount_rows(result: Evaluation) -> list[tuple[str, int]]:
    """(words, satang, negative) for each discount; one that is about pieces says how many."""
    why = {each.program_id: each for each in result.explanations if each.fired}
    return [
        (_with_pieces(pick(each.label_th, each.label_en), why.get(each.program_id or "")), -each.amount_satang)
        for each in result.discounts
    ]


def _with_pieces(name: str, why: Explanation | None) -> str:
    units = why.params.get("units") if why is not None else None
    if why is None or not isinstance(units, int) or units <= 0:
        return name
    if why.key in _FREE:
        return tr("{name} · {count} free", name=name, count=units)
    return tr("{name} · {count} piece(s)", name=name, count=units)


def near_misses(result: Evaluation) -> list[str]:
    """What is nearest; where that is an amount, also the program that a piece or two more would bring about."""
    nearest = result.nearest
    found = [nearest] if nearest is not None else []
    pieces = nearest_in_pieces(result.explanations)
    if pieces is not None and (nearest is None or (nearest.missing_satang and nearest.program_id != pieces.program_id)):
        found.append(pieces)
    return [_near_miss(each) for each in found]


def _near_miss(explanation: Explanation) -> str:
    if explanation.missing_satang:
        return said(explanation)
    name = pick(explanation.name_th, explanation.name_en)
    if waits_for_goods(explanation):
        return tr("{name}: pick up {count} more and scan", name=name, count=missing_pieces(explanation))
    return tr("{name}: {count} piece(s) more", name=name, count=missing_pieces(explanation))
