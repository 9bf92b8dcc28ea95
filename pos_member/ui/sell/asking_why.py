"""Shift+F1: the "why" panel over what stands to the right, and back to it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.pricing import Evaluation
from pos_member.ui.desk import Desk
from pos_member.ui.sell.why_panel import WhyPanel


class AskingWhy(QObject):
    """The panel is built apart from the screen, and filled only while it is open: ringing costs what it did before."""

    #: It was opened or closed.
    turned = Signal()
    #: A code for the bill was typed where one searches.
    coded = Signal(str)

    def __init__(self, desk: Desk, pages: QStackedWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._pages = pages
        self._beneath: QWidget | None = None
        self.panel: WhyPanel | None = None
        desk.previewed.connect(self._follow)

    @property
    def open(self) -> bool:
        """Whether the panel is shown."""
        return self._beneath is not None

    @property
    def page(self) -> QWidget | None:
        """The page to the right: the one shown, or the one under the panel."""
        return self._beneath or self._pages.currentWidget()

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.open:
            self.close()
            return
        panel = self.build()
        self._beneath = self._pages.currentWidget()
        panel.search.set_text("")
        panel.retranslate()
        panel.show_evaluation(self._evaluation())
        self._pages.setCurrentWidget(panel)
        self.turned.emit()

    def build(self) -> WhyPanel:
        """The panel, built if it is not yet."""
        if self.panel is None:
            self.panel = WhyPanel()
            self.panel.closed.connect(self.close)
            self.panel.coded.connect(self.coded)
            self._pages.addWidget(self.panel)
        return self.panel

    def close(self) -> None:
        """Back to what was there before."""
        beneath, self._beneath = self._beneath, None
        if beneath is not None:
            self._pages.setCurrentWidget(beneath)
            self.turned.emit()

    def show_beneath(self, page: QWidget) -> None:
        """Another page to the right; the panel goes."""
        self._beneath = None
        self._pages.setCurrentWidget(page)

    def retranslate(self) -> None:
        """Every text."""
        if self.panel is not None:
            self.panel.retranslate()
            self._follow()

    def _follow(self, preview: object = None) -> None:
        if self.open and self.panel is not None:
            self.panel.show_evaluation(self._evaluation())

    def _evaluation(self) -> Evaluation | None:
        """Of the open bill; of the one just completed, as long as the next one holds nothing."""
        desk = self._desk
        if desk.last is not None and desk.last_seen is not None:
            return desk.last_seen.evaluation
        return desk.preview.evaluation if desk.preview is not None else None
