"""Points while the line is down: certain where the till holds the right, let pass within limits, then refused."""

from __future__ import annotations

from PySide6.QtCore import Qt

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.tools import DayTools
from pos_member.app.seeding import demo_member_ids
from pos_member.domain.bill import Bill
from pos_member.domain.rights import SpendingPower
from pos_member.ui.offers import Offer, offers

#: Enough to use points for more often than the limits of the demo's shop let pass.
_POINTS = 500
_GOODS = 3
_LOOKED_AT = 200
_BILLS_MAX = 5


class RightsSteps(DayTools):
    """The steps; ``ScriptedDay`` says when. The line is down, and a cashier is at the till."""

    def known_before_the_cut(self) -> None:
        """The line is still up: head office gives this till the right to all points of the member at the counter."""
        number = self._member_number()

        def all_certain() -> bool:
            preview = self._program.window.desk.preview
            panel = preview.panel if preview is not None else None
            power = preview.power if preview is not None else None
            return panel is not None and power is not None and power.guaranteed >= panel.spendable

        self._do.scan(number)
        self._do.settle()
        self._do.wait(all_certain, "all points certain", 60)
        self._do.settle()
        self._do.picture("18-points-known")
        self._do.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        self._do.settle()

    def points_offline(self) -> None:
        """The member of the day was here while the line was up: certain. One of the shop's others was not."""
        self._member_and_goods(self._member_number())
        if not self._press_offer():
            raise NotSeen("points on the bill of the member of the day")
        self._do.picture("18-points-certain")
        sure = self._paid()
        if sure.spending is None or sure.spending.provisional:
            raise NotSeen(f"points for certain on bill {sure.number}")
        other = self._not_seen_today()
        power = self._member_and_goods(other)
        if power.guaranteed:
            raise NotSeen(f"a member of whom this till holds no right: {power}")
        bills: list[Bill] = []
        # What these bills earn is certain here; the rest is let pass until the limit for one member is reached.
        while self._press_offer() and len(bills) < _BILLS_MAX:
            self._do.picture("18-points-to-be-checked")
            bills.append(self._paid())
            self._member_and_goods(other)
        said = self._refusal()
        self._do.picture("18-points-refused")
        self._do.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        self._do.settle()
        let = sum(bill.spending.provisional for bill in bills if bill.spending is not None)
        if not let:
            raise NotSeen("points that are let pass")
        self._tell("demo_points_offline", number=sure.number, points=sure.points_redeemed, provisional=let, said=said)

    def _member_and_goods(self, number: str) -> SpendingPower:
        """A bill of this member; what of the points can be spent on it."""
        self._do.scan(number)
        self._ring_up(self._barcodes("", _GOODS))
        preview = self._program.window.desk.preview
        if preview is None or preview.power is None:
            raise NotSeen("what of the points can be spent")
        return preview.power

    def _press_offer(self) -> bool:
        """Alt+n on points as a discount; whether they are on the bill then."""
        desk = self._program.window.desk
        preview = desk.preview
        shown: tuple[Offer, ...] = offers(preview) if preview is not None else ()
        found = [at for at, offer in enumerate(shown) if offer.reward is not None and not offer.reward.currency]
        if not found:
            raise NotSeen("points as a discount")
        self._do.press(Qt.Key(Qt.Key.Key_1 + found[0]), Qt.KeyboardModifier.AltModifier)
        self._do.settle()
        return desk.draft is not None and bool(desk.draft.rewards)

    def _paid(self) -> Bill:
        bill = self._pay_exact()
        self._new_papers(1 + len(bill.coupons_issued))
        return bill

    def _not_seen_today(self) -> str:
        """The number of a member with many points who was not at this till since it was enrolled."""
        till = self._till

        def find() -> str:
            members = till.store.members
            for member_id in demo_member_ids(till, _LOOKED_AT):
                member = members.by_id(member_id)
                if member is not None and members.account(member_id).balance >= _POINTS:
                    return str(member.number)
            raise NotSeen(f"a member with {_POINTS} points")

        return self._aside(find)
