"""What the return does: the money, the points, the coupons; how the money goes back; the button that does it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.bill import TenderKind
from pos_member.domain.codes import format_coupon_code
from pos_member.domain.money import format_baht
from pos_member.domain.org import Settings
from pos_member.services.returns import ReturnPreview
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.returns.chosen import REFUNDS
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import count_of, stamps_moved, tier_name
from pos_member.ui.widgets import Button, Card, Field, Text, column, row, scroller
from pos_member.ui.widgets.facts import Fact, FactList

_TENDERS = {
    TenderKind.CASH: mark("Cash"),
    TenderKind.CARD: mark("Card"),
    TenderKind.PROMPTPAY: mark("PromptPay"),
}


def effects(preview: ReturnPreview, settings: Settings) -> tuple[Fact, ...]:
    """Everything a return does beside the money, in words; what does not happen is left out."""
    return (
        *_about_points(preview),
        *_about_stamps(preview, settings),
        *_about_coupons(preview),
        *_after(preview, settings),
    )


def _about_points(preview: ReturnPreview) -> list[Fact]:
    facts: list[Fact] = []
    if preview.points_taken_back:
        facts.append(Fact(tr("Points taken back"), f"−{preview.points_taken_back:,}", "bad"))
    if preview.points_given_back:
        facts.append(Fact(tr("Points given back"), f"+{preview.points_given_back:,}", "good"))
    if preview.points_owed:
        facts.append(Fact(tr("Points still owed, taken from the next bill"), f"{preview.points_owed:,}", "warn"))
    return facts


def _about_stamps(preview: ReturnPreview, settings: Settings) -> list[Fact]:
    facts: list[Fact] = []
    for code, count in preview.stamps_taken_back.items():
        facts.append(Fact(tr("Stamps taken back"), stamps_moved(settings, code, -count), "bad"))
    for code, count in preview.stamps_given_back.items():
        facts.append(Fact(tr("Stamps given back"), stamps_moved(settings, code, count), "good"))
    for code, count in preview.stamps_owed.items():
        facts.append(Fact(tr("Stamps still owed, taken from the next bill"), count_of(settings, code, count), "warn"))
    return facts


def _about_coupons(preview: ReturnPreview) -> list[Fact]:
    facts: list[Fact] = []
    for code in preview.coupons_voided:
        facts.append(Fact(tr("Coupon that ends"), format_coupon_code(code), "bad"))
    for code in preview.coupons_restored:
        facts.append(Fact(tr("Coupon that can be used again"), format_coupon_code(code), "good"))
    for code, satang in preview.coupons_withheld.items():
        label = tr("Kept back for a used coupon {code}", code=format_coupon_code(code))
        facts.append(Fact(label, format_baht(-satang), "warn"))
    if preview.withheld_satang and not preview.coupons_withheld:
        facts.append(
            Fact(tr("Kept back: the coupon of this bill was used"), format_baht(-preview.withheld_satang), "warn")
        )
    return facts


def _after(preview: ReturnPreview, settings: Settings) -> list[Fact]:
    """What the member is afterwards."""
    facts: list[Fact] = []
    change = preview.tier_change
    if change is not None:
        before, after = tier_name(settings, change.before), tier_name(settings, change.after)
        facts.append(Fact(tr("Tier afterwards"), f"{before} → {after}", "warn"))
    if preview.complete:
        facts.append(Fact(tr("Nothing of the bill is left"), tr("it no longer counts as a visit")))
    return facts


class EffectCard(Card):
    """``go`` is pressed with the pay key; ``preview`` None while nothing is chosen."""

    go_pressed = Signal()
    #: The money is to go back another way.
    tender_changed = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="return_effect", parent=parent)
        self._shell = shell
        self.preview: ReturnPreview | None = None
        self.tender = TenderKind.CASH
        self._label = Text("label")
        self._refund = Text("giant", name="return_refund")
        self._facts = FactList(name="return_facts")
        self._by_label = Text("label")
        self._tenders = {kind: Button(name=f"return_{kind.value}", checkable=True) for kind in REFUNDS}
        self.reason = Field(name="return_reason", length_max=200)
        self.go = Button("pay", name="return_go", icon="return")
        # As little as can be around it: a bill with stamps, coupons and a tier undoes a lot.
        layout = column(self, space="s", margin="l")
        amount = row(space="m")
        amount.addWidget(self._label)
        amount.addStretch(1)
        amount.addWidget(self._refund)
        layout.addLayout(amount)
        held = QWidget()
        inside = column(held, space="")
        inside.addWidget(self._facts)
        inside.addStretch(1)
        layout.addWidget(scroller(held), 1)
        kinds = row(space="s")
        kinds.addWidget(self._by_label)
        for kind, button in self._tenders.items():
            button.setProperty("tender", kind.value)
            button.clicked.connect(self._tender_clicked)
            kinds.addWidget(button, 1)
        layout.addLayout(kinds)
        layout.addWidget(self.reason)
        layout.addWidget(self.go)
        self.go.clicked.connect(self.go_pressed)
        self.reason.entered.connect(self.go_pressed)

    def retranslate(self) -> None:
        """Every text."""
        self._label.show_text(tr("To hand back"))
        self._by_label.show_text(tr("Hand back as"))
        for kind, button in self._tenders.items():
            button.show_text(tr_marked(_TENDERS[kind]))
        self.reason.show_label(tr("Why (optional)"))
        self.show_preview(self.preview)

    def show_tender(self, kind: TenderKind) -> None:
        """How the money goes back."""
        self.tender = kind
        for each, button in self._tenders.items():
            button.setChecked(each is kind)

    def verb(self) -> str:
        """What the button does: "Return ฿350"."""
        amount = format_baht(self.preview.refund_satang if self.preview is not None else 0, trim=True)
        return tr("Return {amount}", amount=amount)

    def show_preview(self, preview: ReturnPreview | None) -> None:
        """Other figures."""
        self.preview = preview
        self._refund.show_text(format_baht(preview.refund_satang if preview is not None else 0))
        self._facts.show_facts(effects(preview, self._shell.settings) if preview is not None else ())
        self.go.show_text(self.verb(), "Enter")
        self.go.setEnabled(preview is not None)

    def _tender_clicked(self) -> None:
        self.show_tender(TenderKind(str(self.sender().property("tender"))))
        self.tender_changed.emit()
