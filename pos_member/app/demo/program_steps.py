"""Programs over the scripted day: stamps, a member price, a mission, a tier, the life of a coupon, the day's sums."""

from __future__ import annotations

from PySide6.QtCore import Qt

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.tools import DayTools
from pos_member.domain.bill import Bill
from pos_member.domain.coupon import CouponState
from pos_member.domain.points import PointKind

_ICED, _HOT, _SANDWICH, _CROISSANT = "8859990006293", "8859990001854", "8859990045148", "8859990031455"
_CAKE, _COOKIES = "8859990043298", "8859990043663"
#: Written as the customer's words are noted, in the language of the demo.
_WHY_CANCELLED = {"th": "ลูกค้าทำกระดาษหาย ขอยกเลิกใบนี้", "en": "The customer lost the paper"}


class ProgramSteps(DayTools):
    """The steps; ``ScriptedDay`` says when."""

    def coffees(self) -> Bill:
        """Coffees for stamps, a sandwich at the member price, bakery for the mission; Shift+F1 says why."""
        self._do.scan(self._member_number())
        for times, code in (("2*", _ICED), ("", _HOT), ("", _SANDWICH), ("3*", _CROISSANT)):
            self._ring(times, code)
        self._expect("bill_stamps", "+3")
        self._expect("bill_discount_1", "65")
        self._expect("goal_1_words", "3")
        self._do.picture("12-coffees")
        self._do.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
        self._do.wait_for("why_head")
        self._do.settle()
        self._do.picture("13-why")
        self._do.press(Qt.Key.Key_Escape)
        bill = self._pay_exact()
        stamps = sum(each.points for each in bill.point_entries if each.currency and each.kind is PointKind.EARN)
        if stamps != 3 or not bill.discount_satang:
            raise NotSeen(f"stamps and the member price on bill {bill.number}")
        self._tell(
            "demo_coffees",
            number=bill.number,
            stamps=stamps,
            discount_satang=bill.discount_satang,
            pieces=3,
        )
        self._new_papers(1 + len(bill.coupons_issued))
        return bill

    def reach_silver(self) -> Bill:
        """Cakes for the office: the mission is done, and the member is Silver with this bill."""
        self._do.scan(self._member_number())
        for times, code in (("4*", _CAKE), ("3*", _COOKIES)):
            self._ring(times, code)
        self._do.picture("14-tier")
        bill = self._pay_exact()
        self._do.wait_for("done_tier")
        self._do.picture("15-tier-reached")
        if bill.tier_change is None or bill.tier_change.after != "silver":
            raise NotSeen(f"the tier reached with bill {bill.number}")
        self._tell("demo_tier", number=bill.number, total_satang=bill.total_satang, said=self._do.text("done_tier"))
        self._new_papers(1 + len(bill.coupons_issued))
        return bill

    def look_up_coupon(self, coupon: str) -> None:
        """Shift+F6: the life of the coupon that came back with a return; then its end, with a reason and a PIN."""
        self._do.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        self._do.wait_for("coupons_text")
        self._do.scan(coupon)
        self._do.wait_for("coupon_value")
        self._do.settle()
        self._do.picture("16-coupon")
        self._do.write("coupons_reason", _WHY_CANCELLED[self._program.settings.language])
        self._do.press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        self._do.wait_for("coupons_approval_pin")
        self._do.settle()
        self._do.type(self._stage.seeded.pins[self._supervisor()])
        self._do.enter()
        self._do.wait(lambda: not self._do.shows("coupons_approval_pin"), "the coupon taken out of use")
        self._do.settle()
        self._do.picture("17-coupon-cancelled")
        found = self._aside(lambda: self._till.store.coupons.by_code(coupon))
        if found is None or found.state is not CouponState.CANCELLED:
            raise NotSeen(f"the end of coupon {coupon}")
        self._tell("demo_coupon_life", code=coupon)
        while not self._do.shows("entry"):
            self._do.press(Qt.Key.Key_Escape)

    def day_by_program(self) -> None:
        """F10; a supervisor signs in, opens the day and its programs (Ctrl+R, Ctrl+G)."""
        self._sign_in_as(self._supervisor())
        self._do.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        self._do.wait_for("report_by_program")
        self._do.settle()
        self._do.picture("48-report")
        self._do.press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        self._do.wait_for("report_programs")
        self._do.settle()
        self._do.picture("49-report-programs")
        rows = self._aside(self._till.services.reports.day).programs
        self._tell("demo_programs", programs=len(rows))
        while not self._do.shows("entry"):
            self._do.press(Qt.Key.Key_Escape)

    def _ring(self, times: str, code: str) -> None:
        if times:
            self._do.type(times)
            self._do.enter()
        self._do.scan(code)
        self._do.settle()

    def _expect(self, name: str, text: str) -> None:
        """What the panel says beside the bill."""
        self._do.wait(lambda: text in self._do.text(name), f"{text} in {name}: {self._do.text(name)}")
