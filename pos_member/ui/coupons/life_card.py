"""A coupon with its life: what it is worth, how it stands, and everything that happened to it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from pos_member.domain.bill import BillDraft
from pos_member.domain.clock import format_date
from pos_member.domain.coupon import CouponEventKind, CouponState
from pos_member.domain.money import format_baht
from pos_member.services.coupons import CouponLife, CouponStep
from pos_member.services.till import TillServices
from pos_member.ui.i18n import language, mark, pick, tr, tr_marked
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Card, Text, column, row, rule, scroller
from pos_member.ui.widgets.facts import Fact, FactList

#: Word, tone and icon of each state.
STATES = {
    CouponState.ISSUED: (mark("Can be used"), "good", "good"),
    CouponState.REVERSED: (mark("Can be used again"), "good", "good"),
    CouponState.RESERVED: (mark("On another open bill of this till"), "warn", "park"),
    CouponState.REDEEMED: (mark("Used"), "neutral", "check"),
    CouponState.EXPIRED: (mark("Its time is over"), "warn", "clock"),
    CouponState.CANCELLED: (mark("Cancelled"), "bad", "close"),
    CouponState.VOIDED_BY_RETURN: (mark("Void: the bill that gave it came back"), "bad", "return"),
}
_STEPS = {
    CouponEventKind.ISSUED: mark("Given out"),
    CouponEventKind.REDEEMED: mark("Used"),
    CouponEventKind.REVERSED: mark("Usable again after a return"),
    CouponEventKind.CANCELLED: mark("Cancelled"),
    CouponEventKind.VOIDED_BY_RETURN: mark("Void by a return"),
}


@dataclass(frozen=True)
class Found:
    """A coupon's life, and the open or parked bill of this till that holds it."""

    life: CouponLife
    holder: BillDraft | None


def find_coupon(till: TillServices, code: str) -> Found:
    """On the ``db`` lane. Raises as ``CouponDesk.find``."""
    return with_holder(till, till.coupons.find(code))


def with_holder(till: TillServices, life: CouponLife) -> Found:
    """On the ``db`` lane."""
    if life.held_by is None:
        return Found(life, None)
    drafts = (*till.checkout.parked(), till.checkout.saved_draft())
    return Found(life, next((each for each in drafts if each is not None and each.id == life.held_by), None))


def facts_of(life: CouponLife) -> tuple[Fact, ...]:
    """What the coupon is and whose; what does not apply is left out."""
    view, coupon = life.view, life.coupon
    first, last = (format_date(day, language()) for day in (coupon.valid_from, view.valid_to))
    facts = [Fact(tr("Good from – until"), f"{first} – {last}")]
    if view.minimum_spend_satang:
        facts.append(Fact(tr("From a bill of"), format_baht(view.minimum_spend_satang, trim=True)))
    facts.append(Fact(tr("Uses left"), f"{view.uses_left:,}", "none" if view.uses_left else "warn"))
    if life.member_masked:
        facts.append(Fact(tr("Belongs to"), life.member_masked))
    if life.program_name_th or life.program_name_en:
        facts.append(Fact(tr("Given by"), pick(life.program_name_th, life.program_name_en)))
    where = life.issued_bill_number or (tr("this till") if life.issued_here else tr("another till"))
    facts.append(Fact(tr("With bill"), where))
    if life.copies:
        facts.append(Fact(tr("Copies printed"), f"{life.copies:,}"))
    return tuple(facts)


def step_text(step: CouponStep) -> str:
    """What happened, and on which bill or why."""
    what = tr_marked(_STEPS[step.event])
    if step.reason:
        return tr("{what}: {reason}", what=what, reason=step.reason)
    if step.bill_number:
        return tr("{what} · bill {number}", what=what, number=step.bill_number)
    if step.bill_id is not None:
        return tr("{what} · a bill of another till", what=what)
    return what


class LifeCard(Card):
    """``show_found(None)``: nothing was found yet."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="coupon_life", parent=parent)
        self._shell = shell
        self.found: Found | None = None
        self._nothing = Text("soft", name="coupon_nothing", wrap=True)
        self._value = Text("huge", name="coupon_value")
        self._name = Text("title", name="coupon_name", wrap=True)
        self._code = Text("strong", name="coupon_code")
        self._state = Badge(name="coupon_state")
        self._facts = FactList(name="coupon_facts")
        self._line = rule()
        self._steps_head = Text("label")
        self._steps = FactList(name="coupon_steps")
        layout = column(self, space="s", margin="l")
        layout.addWidget(self._nothing)
        head = row(space="m")
        head.addWidget(self._value)
        words = column(space="")
        words.addWidget(self._name)
        words.addWidget(self._code)
        head.addLayout(words, 1)
        layout.addLayout(head)
        layout.addWidget(self._state)
        held = QWidget()
        inside = column(held, space="s")
        for widget in (self._facts, self._line, self._steps_head, self._steps):
            inside.addWidget(widget)
        inside.addStretch(1)
        self._area = scroller(held, name="coupon_life_area")
        layout.addWidget(self._area, 1)
        self._shown = (self._value, self._name, self._code, self._state, self._line, self._steps_head)
        self.show_found(None)

    def turn(self, pages: int) -> None:
        """Further down, or back up, where there is more than fits."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    @property
    def life(self) -> CouponLife | None:
        """Of the coupon that is shown."""
        return self.found.life if self.found is not None else None

    def show_found(self, found: Found | None) -> None:
        """Another coupon, or the same one further on."""
        self.found = found
        life = self.life
        self._nothing.setVisible(life is None)
        for widget in self._shown:
            widget.setVisible(life is not None)
        if life is None or found is None:
            self._facts.show_facts(())
            self._steps.show_facts(())
            return
        view = life.view
        self._value.show_text(pick(view.value_text, view.value_text_en))
        self._name.show_text(pick(view.name_th, view.name_en))
        self._code.show_text(view.code_shown)
        word, tone, icon = STATES[life.state]
        self._state.show_state(tone, tr_marked(word), icon)
        self._facts.show_facts((*self._held_by(found.holder), *facts_of(life)))
        self._steps.show_facts([Fact(moment(self._shell, step.at), step_text(step)) for step in life.steps])

    def _held_by(self, holder: BillDraft | None) -> tuple[Fact, ...]:
        if holder is None:
            return ()
        opened = moment(self._shell, holder.opened_at)
        bill = tr("{amount} from {time}", amount=format_baht(holder.gross_satang, trim=True), time=opened)
        return (Fact(tr("Held by the bill of"), bill, "warn"),)

    def retranslate(self) -> None:
        """Every text."""
        self._nothing.show_text(
            tr("Scan a coupon, or type its 16 digits. You then see who gave it, where it was used and what is left.")
        )
        self._steps_head.show_text(tr("What happened to it"))
        self.show_found(self.found)
