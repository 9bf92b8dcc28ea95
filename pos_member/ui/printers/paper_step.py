"""Third step: the model, the width of the roll, and how the paper is parted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.printers import Cut, PrinterProfile
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.expert_panel import ExpertPanel
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import CUTS, WIDTHS
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column, row

_Model = tuple[str, PrinterProfile]
_WIDTHS = tuple(WIDTHS)
_CUTS = tuple(CUTS)


class PaperStep(Step):
    """The model brings the rest with it; a person may still change each. Ctrl+M: what few ever need."""

    name = "paper"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._filling = False
        columns = (
            Column[_Model](mark("Model"), lambda model: model[1].name, stretch=True),
            Column[_Model](mark("Width"), lambda model: f"{model[1].dots:,}", lambda model: model[1].dots, right=True),
        )
        self.filter = Field(name="printer_model_filter", length_max=60)
        self.table = Table(columns, name="printer_models")
        self._widths = Choices([Choice(dots, f"Ctrl+{at}") for at, dots in enumerate(_WIDTHS, 1)], name="printer_width")
        self._cuts = Choices([Choice(cut, f"Ctrl+{at}") for at, cut in enumerate(_CUTS, 5)], name="printer_cut")
        self._told = Text("soft", name="printer_paper_told", wrap=True)
        self._more = Button(name="printer_more", icon="settings")
        self.expert = ExpertPanel(shell, draft)
        self.expert.changed.connect(self._show)
        self._usual = QWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        models, paper = Card(), Card()
        left = column(models, space="m", margin="l")
        left.addWidget(self.filter)
        left.addWidget(self.table, 1)
        right = column(paper, space="l", margin="l")
        right.addWidget(self._widths)
        right.addWidget(self._cuts)
        right.addWidget(self._told)
        right.addStretch(1)
        right.addWidget(self._more)
        sides = row(self._usual, space="l")
        sides.addWidget(models, 1)
        sides.addWidget(paper, 1)
        both = column(self)
        both.addWidget(self._usual)
        both.addWidget(self.expert)
        self.expert.hide()

    def _connect(self) -> None:
        self.filter.changed.connect(self._filtered)
        # After the key is dealt with: the focus moves to the table, and the same Enter would go on from there.
        self.filter.entered.connect(self._first_match, Qt.ConnectionType.QueuedConnection)
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._taken)
        self._widths.chosen.connect(self._width)
        self._cuts.chosen.connect(self._cut)
        self._more.clicked.connect(self._show_more)
        self.shortcut("Ctrl+M", self._more)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.filter.setFocus)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("Model and paper")

    def hint(self) -> str:
        if self.expert.isVisibleTo(self):
            return self.expert.hint()
        return tr("Ctrl+F = look for the model · Ctrl+1 … Ctrl+4 = width")

    def way_on(self) -> tuple[str, bool]:
        return tr("Go on"), True

    def retranslate(self) -> None:
        self.filter.show_label(tr("Look for the model  Ctrl+F"), tr("name of the maker or model"))
        self._widths.show_texts(tr("Width of the roll"), [tr_marked(WIDTHS[dots]) for dots in _WIDTHS])
        self._cuts.show_texts(tr("How the paper is parted"), [tr_marked(CUTS[cut]) for cut in _CUTS])
        self._more.show_text(tr("More settings"), "Ctrl+M")
        self.table.retranslate()
        self.expert.retranslate()
        self._show()

    def _show(self) -> None:
        profile = self.draft.profile
        self._widths.set_value(profile.dots)
        self._cuts.set_value(profile.cut)
        millimetres = round(profile.dots * 25.4 / profile.dpi)
        told = tr("{dots} dots to a line, {mm} mm of print.", dots=profile.dots, mm=millimetres)
        if profile.text is not None:
            told += " " + tr("It prints its own letters, from page {page}.", page=str(profile.text.page))
        else:
            told += " " + tr("Letters go out as pictures: Thai is right on every printer.")
        self._told.show_text(told)
        self.expert.show_profile()
        self.changed.emit()

    # --- choosing ------------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._filling = True
        models = tuple(self.admin.profiles())
        if models != self.table.rows_model.rows:
            self.table.set_rows(models)
        self.filter.set_text("")
        self._to_chosen()
        self._filling = False
        self._show()

    def first(self) -> QWidget | None:
        return self.expert.first() if self.expert.isVisibleTo(self) else None

    def _to_chosen(self) -> None:
        for at, (key, _) in enumerate(self.table.shown_rows()):
            if key == self.draft.setup.model:
                self.table.selectRow(at)
                return
        self.table.clearSelection()

    def _filtered(self, text: str) -> None:
        self._filling = True
        self.table.filter(text)
        self._filling = False

    def _first_match(self) -> None:
        rows = self.table.shown_rows()
        if not rows:
            self.filter.complain(tr("No such model. A general one of the same width does as well."))
            return
        self.table.selectRow(0)
        self._use(rows[0])
        self.table.setFocus()

    def _picked(self, model: _Model | None) -> None:
        if model is not None and not self._filling:
            self._use(model)

    def _taken(self, model: _Model) -> None:
        self._use(model)
        self.finished.emit()

    def _use(self, model: _Model) -> None:
        if model[0] != self.draft.setup.model:
            self.draft.chosen = True
            self.draft.use_model(*model)
            self._show()

    def _width(self, dots: int) -> None:
        self.draft.chosen = True
        self.draft.use_profile(replace(self.draft.profile, dots=dots, text=None))
        self._show()

    def _cut(self, cut: Cut) -> None:
        self.draft.chosen = True
        self.draft.use_profile(replace(self.draft.profile, cut=cut))
        self._show()

    # --- what few need -------------------------------------------------------------------------------------

    def _show_more(self) -> None:
        self._usual.hide()
        self.expert.show()
        self.expert.show_profile()
        self.changed.emit()
        self.expert.first().setFocus()

    def take(self) -> bool:
        if self.expert.isVisibleTo(self):
            if not self.expert.take():
                self._show_less()
            return True
        return False

    def back(self) -> bool:
        if self.expert.isVisibleTo(self):
            self._show_less()
            return True
        return False

    def _show_less(self) -> None:
        self.expert.stop()
        self.expert.hide()
        self._usual.show()
        self._show()
        self.settled.emit()

    def stop(self, *names: str) -> None:
        self.expert.stop()
        super().stop(*names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.filter.edit.hasFocus():
            self.table.setFocus()
            return
        super().keyPressEvent(event)
