"""After a bill: what to hand over, what was earned, and that the till is ready for the next one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.clock import format_date
from pos_member.domain.money import format_baht
from pos_member.domain.points import PointKind
from pos_member.services.checkout import Completed
from pos_member.ui.i18n import language, tr
from pos_member.ui.ports import PrinterLight, PrinterStateView
from pos_member.ui.printer_faults import fault, sentence
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import stamps_moved, tier_name
from pos_member.ui.widgets import Button, Card, IconLabel, Text, column, row


class DoneCard(Card):
    """``return_wanted`` asks to return the bill just completed."""

    return_wanted = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__("card", name="done_card", parent=parent)
        self._shell = shell
        self._done: Completed | None = None
        self._band = Card("band", name="done_band", tone="good")
        self._head = Text("title", name="done_head")
        self._change_label = Text("heading", name="done_change_label", align="centre")
        self._change = Text("giant", name="done_change", align="centre")
        self._points = Text("title", name="done_points", align="centre")
        self._tier = Text("heading", name="done_tier", wrap=True, align="centre")
        self._coupons = Text("heading", name="done_coupons", wrap=True, align="centre")
        self._printer = Text("strong", name="done_printer", wrap=True, align="centre")
        self._printer.hide()
        self._next = Text("soft", name="done_next", wrap=True, align="centre")
        self._undo = Button("plain", name="done_return", icon="undo")
        self._undo.clicked.connect(self.return_wanted)
        self._printers = PrinterStateView()
        shell.printers_looked.connect(self._show_printers)
        inside = column(self._band, space="m", margin="l")
        head = row(space="m")
        head.addStretch(1)
        head.addWidget(IconLabel("good", "good_ink", "icon_large"))
        head.addWidget(self._head)
        head.addStretch(1)
        inside.addLayout(head)
        inside.addWidget(self._change_label)
        inside.addWidget(self._change)
        inside.addWidget(self._points)
        inside.addWidget(self._tier)
        inside.addWidget(self._coupons)
        layout = column(self, space="l", margin="l")
        layout.addStretch(1)
        layout.addWidget(self._band)
        layout.addStretch(1)
        layout.addWidget(self._printer)
        layout.addWidget(self._next)
        layout.addWidget(self._undo)

    def show_done(self, done: Completed) -> None:
        """The bill that was just completed."""
        self._done = done
        bill = done.bill
        self._head.show_text(tr("Bill {number} completed", number=bill.number))
        self._change_label.show_text(tr("Change") if bill.change_satang else tr("Paid, no change"))
        self._change.show_text(format_baht(bill.change_satang if bill.change_satang else bill.total_satang))
        after = done.member_after
        stamps = self._stamps_of(done)
        self._points.setVisible(bool(bill.points_earned or bill.points_redeemed or stamps))
        said = []
        if bill.points_earned or not stamps:
            said.append(tr("Earned {points} point(s)", points=bill.points_earned))
            said += [tr("now {points}", points=after.balance)] if after is not None else []
        self._points.show_text(" · ".join((*said, *stamps)))
        change = bill.tier_change
        self._tier.setVisible(change is not None)
        if change is not None:
            name = tier_name(self._shell.settings, change.after)
            self._tier.show_text(tr("Congratulations: the customer is {tier} from now on", tier=name))
        coupons = [
            tr("With a next-bill coupon, until {date}", date=format_date(coupon.valid_to, language()))
            for coupon in bill.coupons_issued[:1]
        ]
        if len(bill.coupons_issued) > 1:
            coupons = [tr("With {count} next-bill coupons", count=len(bill.coupons_issued))]
        self._coupons.setVisible(bool(coupons))
        self._coupons.show_text("".join(coupons))
        self.setAccessibleName(f"{self._head.said()} {self._change_label.said()} {self._change.said()}")

    def _stamps_of(self, done: Completed) -> list[str]:
        """``แสตมป์กาแฟ +1`` for each stamp currency the bill gave."""
        earned: dict[str, int] = {}
        for entry in done.bill.point_entries:
            if entry.kind is PointKind.EARN and entry.currency and entry.member_id == done.bill.member_id:
                earned[entry.currency] = earned.get(entry.currency, 0) + entry.points
        return [stamps_moved(self._shell.settings, code, count) for code, count in earned.items()]

    def _show_printers(self, state: PrinterStateView) -> None:
        """What keeps this bill's paper, and what to do about it: read in passing, the next bill can begin."""
        self._printers = state
        words = ""
        if state.doubtful:
            words = tr("A paper may be incomplete: look at the printer, then answer with Ctrl+P.")
        elif state.light is PrinterLight.TROUBLE:
            words = sentence(state.reason) or fault("")
            if state.waiting:
                words = f"{words} · {tr('Ctrl+P = what waits')}"
        self._printer.setVisible(bool(words))
        self._printer.show_text(words, "bad" if state.doubtful else "warn")

    def retranslate(self) -> None:
        """Every text."""
        self._next.show_text(tr("Scan or type on: that begins the next bill"))
        self._undo.show_text(tr("Return this bill"), "Ctrl+Z")
        self._show_printers(self._printers)
        if self._done is not None:
            self.show_done(self._done)
