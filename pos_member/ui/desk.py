"""The open bill at the counter: every act in its order, undo, preview, payment. No widgets; screens listen.

An act (a scan, a quantity, a coupon …) is a function of the draft. Acts wait their turn: one is looked up on the ``db``
lane, its draft becomes the bill, then the next begins, so fast scans never overtake one another and none is lost. After
each act the draft is saved and evaluated in one task; a newer act makes that result stale.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pos_member.domain.bill import MILLI, BillDraft, Tender
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.in_store import ring_up
from pos_member.domain.member import Identified
from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.i18n import language
from pos_member.ui.shell import Shell

if TYPE_CHECKING:
    # The use cases are imported by whoever opens the till, after the first paint.
    from pos_member.services.checkout import Completed, Preview
    from pos_member.services.till import TillServices
    from pos_member.services.views import MemberPanel, Resolved

    #: Runs on the ``db`` lane, on the draft as it then stands.
    Act = Callable[[TillServices, BillDraft], "Step"]

HISTORY_MAX = 200


@dataclass(frozen=True)
class Step:
    """What an act came to. ``what``: ``product amount member coupon reward text bill staff`` or empty."""

    draft: BillDraft
    what: str = ""
    found: Resolved | None = None
    member: MemberPanel | None = None
    multiplier_milli: int | None = None
    #: The bill before the act; set when it is told.
    before: BillDraft | None = None


class Desk(QObject):
    """One per window; it outlives screens and sessions, so a quick switch of cashier keeps the bill."""

    #: The draft changed; the figures follow with ``previewed``.
    changed = Signal(object)
    previewed = Signal(object)
    #: An act succeeded (``Step``) or was refused (the error, and what was tried).
    stepped = Signal(object)
    refused = Signal(object, str)
    completed = Signal(object)
    #: Completing failed; the bill is as it was.
    failed = Signal(object)
    parked_changed = Signal(int)
    multiplier_changed = Signal(int)

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._acts: deque[tuple[str, Act]] = deque()
        self._busy = False
        self._trying = ""
        self._history: list[BillDraft] = []
        self.draft: BillDraft | None = None
        self.preview: Preview | None = None
        self.panel: MemberPanel | None = None
        self.last: Completed | None = None
        #: What ``last`` was charged from: its figures, and why they are what they are.
        self.last_seen: Preview | None = None
        self.parked: tuple[BillDraft, ...] = ()
        self.multiplier_milli = MILLI
        self.completing = False

    # --- beginning -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up the bill that was open when the till stopped, or begin one. Call once the database is open."""
        till = self._shell.till
        self._busy = True
        self._shell.runner.run(
            "db",
            lambda: (till.checkout.saved_draft() or till.checkout.new_draft(), till.checkout.parked()),
            self,
            self._started,
            self._start_failed,
        )

    def _started(self, found: tuple[BillDraft, tuple[BillDraft, ...]]) -> None:
        draft, self.parked = found
        self.parked_changed.emit(len(self.parked))
        self._busy = False
        self._take(draft)
        self._next()

    def _start_failed(self, error: PosMemberError) -> bool:
        self._busy = False
        return False

    @property
    def idle(self) -> bool:
        """Nothing waits to be done."""
        return not (self._busy or self._acts or self.completing)

    @property
    def has_lines(self) -> bool:
        """Whether there is something to pay."""
        return self.draft is not None and bool(self.draft.lines)

    # --- acts ----------------------------------------------------------------------------------------------

    def look_up(self, text: str, quantity_milli: int = MILLI) -> None:
        """A scan or a typed code. A quantity given before (``3*``) is used up by the next product."""
        self._do(text, lambda till, draft: _looked_up(till, draft, text, self._times(quantity_milli)))

    def add_amount(self, amount_satang: int, quantity_milli: int = MILLI) -> None:
        """A line by amount only."""
        self._do("", lambda till, draft: _amount(draft, amount_satang, self._times(quantity_milli)))

    def set_multiplier(self, quantity_milli: int) -> None:
        """The next product comes this many times. Takes its turn: what was scanned before it stays single."""
        self._do("", lambda till, draft: Step(draft, "times", multiplier_milli=quantity_milli))

    def _times(self, quantity_milli: int) -> int:
        """The quantity of an act that begins now: what was typed with it, else what was set for the next product.

        Asked when the act's turn comes, not when it was queued: of two fast scans only the first is multiplied.
        """
        return quantity_milli if quantity_milli != MILLI else self.multiplier_milli

    def _show_multiplier(self, quantity_milli: int) -> None:
        self.multiplier_milli = quantity_milli
        self.multiplier_changed.emit(quantity_milli)

    def change_quantity(self, index: int, by_milli: int) -> None:
        """One more or less of a line; none left takes it off."""
        self._do("", lambda till, draft: Step(_changed(draft, index, by_milli), "quantity"))

    def remove_line(self, index: int) -> None:
        """Take a line off."""
        self._do("", lambda till, draft: Step(_removed(draft, index), "removed"))

    def forget_member(self) -> None:
        """The bill of nobody in particular."""
        self._do("", lambda till, draft: Step(draft.with_member(None, None), "forgotten"))

    def take_member(self, member_id: str, identified: Identified = Identified.SEARCH) -> None:
        """A member found by searching or just enrolled."""
        self._do("", lambda till, draft: _with_member(till, draft, member_id, identified))

    def toggle_coupon(self, code: str) -> None:
        """Lay a coupon on the bill, or take it off."""
        self._do(code, lambda till, draft: _coupon_toggled(till, draft, code))

    def set_reward(self, program_id: str, times: int) -> None:
        """Use points ``times`` times; 0 takes the reward off."""
        self._do("", lambda till, draft: Step(till.redemption.choose_reward(draft, program_id, times), "reward"))

    def clear(self) -> None:
        """Give the open bill up: an empty one in its place. Undo brings it back."""
        self._do("", lambda till, draft: Step(_emptied(draft), "cleared"))

    def undo(self) -> bool:
        """Back to the bill before the last act. False when there is nothing to undo."""
        if not self._history or not self.idle:
            return False
        self._take(self._history.pop())
        return True

    def _do(self, trying: str, act: Act) -> None:
        self._acts.append((trying, act))
        self._next()

    def _next(self) -> None:
        if self._busy or self.completing or not self._acts or self.draft is None:
            return
        self._busy = True
        self._trying, act = self._acts.popleft()
        till, draft = self._shell.till, self.draft
        self._shell.runner.run("db", lambda: act(till, draft), self, self._acted, self._act_failed)

    def _acted(self, step: Step) -> None:
        self._busy = False
        before = self.draft
        if step.what in ("product", "amount") and self.multiplier_milli != MILLI:
            self._show_multiplier(MILLI)
        if step.multiplier_milli is not None:
            self._show_multiplier(step.multiplier_milli)
        if step.member is not None:
            self.panel = step.member
        if before is not None and step.draft != before:
            # The bill before is over as soon as the next one holds anything.
            self.last = None
            self._history.append(before)
            del self._history[:-HISTORY_MAX]
            self._take(step.draft)
        self.stepped.emit(replace(step, before=before))
        self._next()

    def _act_failed(self, error: PosMemberError) -> bool:
        self._busy = False
        self.refused.emit(error, self._trying)
        self._next()
        return True

    def _take(self, draft: BillDraft) -> None:
        self.draft = draft
        if draft.member_id is None or (self.panel is not None and self.panel.card.member_id != draft.member_id):
            self.panel = None
        self.changed.emit(draft)
        self.refresh()

    def refresh(self) -> None:
        """Save and evaluate the bill as it stands; an older evaluation still on its way is dropped."""
        if self.draft is None:
            return
        till, draft = self._shell.till, self.draft
        self._shell.runner.run(
            "db", lambda: _saved_and_seen(till, draft), self, self._previewed, self._preview_failed, key="preview"
        )

    def _previewed(self, preview: Preview) -> None:
        if self.draft is None or preview.draft != self.draft:
            return
        self.preview = preview
        self.panel = preview.panel
        self.previewed.emit(preview)

    def _preview_failed(self, error: PosMemberError) -> bool:
        if error.reason in (Reason.MEMBER_UNKNOWN, Reason.MEMBER_BLOCKED) and self.draft is not None:
            # The card was blocked while the bill was open: the goods stay, the member goes.
            self._do("", lambda till, draft: Step(draft.with_member(None, None), "forgotten"))
        return False

    # --- completing and parking ----------------------------------------------------------------------------

    def complete(self, tenders: tuple[Tender, ...]) -> bool:
        """Complete the bill. False when it cannot begin: something is still under way, or there is no bill."""
        if not self.idle or self.draft is None or self.preview is None or self.preview.draft != self.draft:
            return False
        till, draft, seen = self._shell.till, self.draft, self.preview
        session, spoken = self._shell.signed_in(), language()
        self.completing = True
        self._shell.runner.run(
            "db",
            lambda: (
                till.checkout.complete(session, draft, tenders, spoken, seen=seen),
                till.checkout.new_draft(),
                till.checkout.parked(),
            ),
            self,
            self._completed,
            self._complete_failed,
        )
        return True

    def _completed(self, done: tuple[Completed, BillDraft, tuple[BillDraft, ...]]) -> None:
        completed, fresh, self.parked = done
        self.completing = False
        self.last, self.last_seen = completed, self.preview
        self._history.clear()
        self.preview = None
        self.panel = None
        self.parked_changed.emit(len(self.parked))
        self.completed.emit(completed)
        self._take(fresh)
        self._shell.refresh_badges()
        self._next()

    def _complete_failed(self, error: PosMemberError) -> bool:
        self.completing = False
        self.failed.emit(error)
        if error.reason is Reason.BILL_CHANGED:
            self.refresh()
        self._next()
        return True

    def park(self) -> None:
        """Set the open bill aside and begin another."""
        if self.draft is None or not self.idle or self.draft.empty:
            return
        till, draft = self._shell.till, self.draft
        self._busy = True
        self._shell.runner.run("db", lambda: _parked(till, draft), self, self._took_other, self._other_failed)

    def unpark(self, draft_id: str) -> None:
        """Take a parked bill up; the open one, if it holds anything, is parked in its place."""
        if self.draft is None or not self.idle:
            return
        till, draft = self._shell.till, self.draft
        self._busy = True
        self._shell.runner.run(
            "db", lambda: _unparked(till, draft, draft_id), self, self._took_other, self._other_failed
        )

    def _took_other(self, found: tuple[BillDraft, tuple[BillDraft, ...]]) -> None:
        draft, self.parked = found
        self._busy = False
        self._history.clear()
        self.last = None
        self.parked_changed.emit(len(self.parked))
        self._take(draft)
        self._next()

    def _other_failed(self, error: PosMemberError) -> bool:
        self._busy = False
        self._next()
        return False


# --- acts, on the db lane ---------------------------------------------------------------------------------


def _looked_up(till: TillServices, draft: BillDraft, text: str, quantity_milli: int) -> Step:
    found = till.lookup.resolve(text)
    if found.member is not None:
        changed = draft.with_member(found.member.card.member_id, found.identified)
        return Step(changed, "member", found, found.member)
    if found.product is not None:
        rung = ring_up(draft, found.product, quantity_milli, found.quantity_milli, found.price_satang)
        return Step(rung, "product", found)
    if found.coupon is not None:
        return Step(till.redemption.lay_coupon(draft, found.coupon.code), "coupon", found)
    if found.bill is not None:
        return Step(draft, "bill", found)
    return Step(draft, "staff" if found.meaning.kind is ScanKind.STAFF else "text", found)


def _amount(draft: BillDraft, amount_satang: int, quantity_milli: int) -> Step:
    changed = draft.add_amount(amount_satang)
    if quantity_milli != MILLI:
        changed = changed.set_quantity(len(changed.lines) - 1, quantity_milli)
    return Step(changed, "amount")


def _changed(draft: BillDraft, index: int, by_milli: int) -> BillDraft:
    if not 0 <= index < len(draft.lines):
        return draft
    return draft.set_quantity(index, max(0, draft.lines[index].quantity_milli + by_milli))


def _removed(draft: BillDraft, index: int) -> BillDraft:
    return draft.set_quantity(index, 0) if 0 <= index < len(draft.lines) else draft


def _emptied(draft: BillDraft) -> BillDraft:
    return BillDraft(draft.id, draft.opened_at)


def _with_member(till: TillServices, draft: BillDraft, member_id: str, identified: Identified) -> Step:
    panel = till.lookup.panel(member_id)
    return Step(draft.with_member(member_id, identified), "member", member=panel)


def _coupon_toggled(till: TillServices, draft: BillDraft, code: str) -> Step:
    if code in draft.coupon_codes:
        return Step(draft.without_coupon(code), "coupon_off")
    return Step(till.redemption.lay_coupon(draft, code), "coupon")


def _saved_and_seen(till: TillServices, draft: BillDraft) -> Preview:
    # Seen first: a full disk must not hide the figures of a bill that can still be rung.
    preview = till.checkout.preview(draft)
    till.checkout.save_draft(draft)
    return preview


def _parked(till: TillServices, draft: BillDraft) -> tuple[BillDraft, tuple[BillDraft, ...]]:
    till.checkout.park(draft)
    return till.checkout.new_draft(), till.checkout.parked()


def _unparked(till: TillServices, draft: BillDraft, draft_id: str) -> tuple[BillDraft, tuple[BillDraft, ...]]:
    if not any(parked.id == draft_id for parked in till.checkout.parked()):
        raise Refusal(Reason.BILL_UNKNOWN)
    if not draft.empty:
        till.checkout.park(draft)
    return till.checkout.unpark(draft_id), till.checkout.parked()
