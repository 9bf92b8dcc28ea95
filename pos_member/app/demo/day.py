"""A scripted day at the real widgets: from the first sign-in to head office and till in agreement.

Each step is done with keys, is said as it is done, and is checked by what is on the screen, on paper, in the till's
files and at head office. A step that does not come out raises; nothing is skipped.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.counter_steps import CounterSteps
from pos_member.app.demo.figures import DayFigures, figures_of
from pos_member.app.demo.printer_steps import PrinterSteps
from pos_member.app.demo.program_steps import ProgramSteps
from pos_member.app.demo.rights_steps import RightsSteps
from pos_member.app.demo.scan_steps import ScanSteps
from pos_member.app.demo.tools import PHONE
from pos_member.domain.bill import Bill
from pos_member.ui.offers import offers
from pos_member.ui.ports import Line

_OFFLINE_BILLS = 5
_APART_S = 0.6


class ScriptedDay(ProgramSteps, RightsSteps, ScanSteps, PrinterSteps, CounterSteps):
    """One day on one stage. ``run`` plays it."""

    def run(self) -> DayFigures:
        """Play the day. Raises ``NotSeen`` at the first step that does not come out."""
        witness = self._probe.witness
        if witness is not None:
            witness.start()
        self._probe.start()
        try:
            self._step("sign in", self.sign_in)
            self._step("enrol", self.enrol)
            first = self._step("sell", self.sell_by_scan)
            coupon, paper = self._step("read the coupon", self.read_coupon)
            second = self._step("redeem", lambda: self.redeem(coupon, paper))
            self._step("used coupon", lambda: self.refuse_used(coupon))
            self._step("return", lambda: self.give_back(second))
            self._step("coffees", self.coffees)
            self._step("tier", self.reach_silver)
            self._step("coupon desk", lambda: self.look_up_coupon(coupon))
            self._step("identified online", self.known_before_the_cut)
            self._step("line down", self.line_down)
            self._step("points offline", self.points_offline)
            self._step("known by a code", self.known_by_code)
            self._step("line back", self.line_back)
            self._step("readers", self.try_readers)
            self._step("payment code", self.refuse_payment_code)
            self._step("badge", self.change_cashier)
            self._step("signed coupon", self.signed_coupon)
            self._step("points afterwards", self.points_afterwards)
            self._step("printers", self.set_up_printers)
            self._step("two printers", self.sell_at_two_printers)
            self._step("paper out", self.paper_out)
            self._step("printer dies", self.printer_dies)
            waiting = self._step("coupon printer off", self.coupon_printer_off)
            self._step("customer's display", self.pay_by_promptpay)
            self._step("template", self.change_receipt)
            self._step("fallback", lambda: self.fallback_takes_over(waiting))
            self._step("new receipt", self.sell_on_new_receipt)
            self._step("shift", self.x_and_z)
            self._step("agree", self.agree)
            self._step("day by program", self.day_by_program)
            self._step("look around", self.look_around)
            self._tell("demo_first_bill", number=first.number)
        finally:
            self._probe.stop()
            if witness is not None:
                witness.stop()
            self._beside.shutdown(wait=False, cancel_futures=True)
        return self._figures()

    # --- the day -------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """A cashier signs in with a PIN."""
        self._do.wait_for(f"staff_{self._stage.seeded.cashier}")
        self._do.settle()
        self._do.picture("01-sign-in")
        self._do.type(self._stage.seeded.pins[self._stage.seeded.cashier])
        self._do.enter()
        self._do.wait_for("entry")
        self._do.settle()
        self._tell("demo_signed_in", staff=self._stage.seeded.cashier)

    def enrol(self) -> None:
        """F2: phone, name, consent, Enter; the card is printed and put on the bill."""
        self._do.press(Qt.Key.Key_F2)
        self._do.wait_for("enrol_phone")
        self._do.type(PHONE)
        self._do.write("enrol_first_name", "สมหญิง")
        self._do.write("enrol_last_name", "ใจดี")
        self._do.settle()
        self._do.type("+")
        self._do.picture("02-enrol")
        self._do.enter()
        self._do.wait_for("enrolled_number")
        self._do.picture("03-enrolled")
        (card,) = self._new_papers(1)
        number = self._do.text("enrolled_number").replace(" ", "")
        codes = self._decode(card)
        if number not in codes:
            raise NotSeen(f"the new member's number on the card: {codes}")
        self._tell("demo_member", number=number)
        self._do.enter()
        self._do.wait_for("member_name")
        self._do.settle()

    def sell_by_scan(self) -> Bill:
        """Seven bags of beans (``7*``, then the scan) and more; cash; receipt and coupons on paper."""
        self._do.type("7*")
        self._do.enter()
        self._ring_up([*self._barcodes("coffee_beans", 1), *self._barcodes("", 3)])
        self._do.picture("04-sell")
        self._do.enter()
        self._do.wait_for("pay_amount")
        self._do.picture("05-pay")
        self._do.type("2000")
        self._do.enter()
        self._do.wait(lambda: self._program.window.desk.last is not None, "the completed bill")
        self._do.settle()
        bill = self._bill()
        self._do.picture("06-done")
        if not (bill.coupons_issued and bill.points_earned and bill.change_satang):
            raise NotSeen("points, a coupon and change on the first bill")
        self._tell(
            "demo_sold",
            number=bill.number,
            total_satang=bill.total_satang,
            points=bill.points_earned,
            coupons=len(bill.coupons_issued),
        )
        return bill

    def read_coupon(self) -> tuple[str, Path]:
        """The coupon's QR, read from the printed picture by the decoder a camera uses. (code, picture)"""
        bill = self._bill()
        papers = self._new_papers(1 + len(bill.coupons_issued))
        read = [code for paper in papers[1:] for code in self._decode(paper)]
        issued = {coupon.code for coupon in bill.coupons_issued}
        if not issued <= set(read):
            raise NotSeen(f"the coupons {issued} on paper: {read}")
        code = read[0]
        self._tell("demo_coupon_read", code=code, paper=papers[1].name)
        return code, papers[1]

    def redeem(self, coupon: str, paper: Path) -> Bill:
        """The next bill: the coupon's picture before the camera, points as a discount by Alt+n."""
        self._do.scan(self._member_number())
        self._ring_up(self._barcodes("", 4))
        desk = self._program.window.desk
        self._program.use_camera(str(paper))
        self._do.wait(lambda: desk.draft is not None and coupon in desk.draft.coupon_codes, "the coupon on the bill")
        self._program.use_camera("")
        self._do.settle()
        self._use_points()
        self._do.picture("07-redeem")
        bill = self._pay_exact()
        if [use.code for use in bill.coupons_used] != [coupon]:
            raise NotSeen(f"the coupon on bill {bill.number}")
        if bill.spending is None or not bill.spending.rights or bill.spending.provisional:
            raise NotSeen(f"points that are certain on bill {bill.number}")
        self._tell(
            "demo_redeemed", number=bill.number, discount_satang=bill.discount_satang, points=bill.points_redeemed
        )
        self._new_papers(1 + len(bill.coupons_issued))
        return bill

    def refuse_used(self, coupon: str) -> None:
        """The same coupon again: refused in words, nothing lost."""
        self._do.scan(self._barcodes("", 1)[0])
        self._do.settle()
        # What the camera saw just now, and a reader within half a second, would be one scan of two readers.
        self._do.let_live(lambda: False, _APART_S)
        self._do.scan(coupon)
        said = self._refusal()
        self._do.picture("08-refused")
        self._tell("demo_refused", said=said)
        self._do.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        self._do.settle()

    def give_back(self, bill: Bill) -> None:
        """F4: the receipt scanned, everything back, a supervisor's PIN."""
        self._do.press(Qt.Key.Key_F4)
        self._do.wait_for("return")
        self._do.scan(bill.receipt_code)
        self._do.wait_for("return_lines")
        self._do.settle()
        self._do.picture("09-return")
        self._return_all()
        returned = self._aside(lambda: self._till.store.facts.returns_of(bill.id))
        if len(returned) != 1:
            raise NotSeen(f"one return of bill {bill.number}")
        self._new_papers(1)
        self._do.picture("11-returned")
        self._do.press(Qt.Key.Key_Escape)
        self._tell(
            "demo_returned",
            number=bill.number,
            refund_satang=returned[0].refund_satang,
            points=returned[0].points_given_back,
            coupons=len(returned[0].coupons_restored),
        )

    def _return_all(self) -> None:
        """Enter; the supervisor who is asked for types their PIN; Enter."""
        self._do.enter()
        self._do.wait_for("return_approval_pin")
        self._do.settle()
        self._do.picture("10-approve")
        self._do.type(self._stage.seeded.pins[self._supervisor()])
        self._do.enter()
        self._do.wait_for("return_done")

    def line_down(self) -> None:
        """Head office is killed; the till sells on, and says what waits."""
        self._stage.office.kill()
        self._tell("demo_line_cut")
        for code in self._barcodes("", _OFFLINE_BILLS):
            self._do.scan(self._member_number())
            self._ring_up([code])
            bill = self._pay_exact()
            self._new_papers(1 + len(bill.coupons_issued))
        self._do.wait(lambda: self._program.network.view_cached().bills_waiting >= _OFFLINE_BILLS, "bills that wait")
        self._do.wait(lambda: self._program.network.view_cached().line is Line.OFFLINE, "the line to be down", 60)
        self._do.picture("18-offline")
        self._tell("demo_offline", bills=_OFFLINE_BILLS, said=self._do.text("header_sync"))

    def line_back(self) -> None:
        """Head office is back; one key sends everything."""
        self._aside(self._stage.office.start)
        self._do.press(Qt.Key.Key_F12)
        self._do.settle()
        self._program.network.look()
        self._do.wait(
            lambda: (view := self._program.network.view_cached()).waiting == 0 and view.line is Line.ONLINE,
            "an empty queue",
            120,
        )
        self._do.wait(lambda: self._do.text("sync_waiting") == "0", "the page to say so")
        self._do.picture("20-online")
        self._do.press(Qt.Key.Key_Escape)
        self._tell("demo_line_back")

    def agree(self) -> None:
        """Till and head office name the same figures; verify finds nothing."""
        from pos_member.app.demo.compare import office_day, till_day

        stage, till = self._stage, self._till
        self._do.wait(lambda: self._program.network.view_cached().waiting == 0, "an empty queue", 60)
        here = self._aside(lambda: till_day(till))
        there = self._aside(lambda: office_day(stage.office.database_url, stage.branch_code, till))
        if here != there:
            raise NotSeen(f"agreement: till {here}, head office {there}")
        self._tell("demo_agreed", bills=here.bills, sales_satang=here.sales_satang, points=here.balances)
        result = self._aside(till.services.verify.run)
        if not result.ok:
            raise NotSeen(f"a clean verify: {[check for check in result.checks if not check.ok]}")
        self._tell("demo_verified", checks=len(result.checks), counted=sum(check.counted for check in result.checks))

    def look_around(self) -> None:
        """The report saved, and the screens once more in English and in the dark."""
        from pos_member.ui.report_pdf import write_report_pdf

        till, folder = self._till, self._stage.out / "report"
        folder.mkdir(exist_ok=True)
        report = self._aside(till.services.reports.day)
        language = self._program.settings.language
        with self._probe.paused():
            header = till.services.lookup.header()
            write_report_pdf(report, header, folder / "day.pdf", language)
            (folder / "day.csv").write_text(till.services.reports.csv(report, language), encoding="utf-8", newline="")
        self._tell("demo_report", path=str(folder / "day.pdf"))
        self._do.scan(self._member_number())
        self._ring_up(self._barcodes("", 3))
        self._do.press(Qt.Key.Key_F11)
        self._do.settle()
        self._do.picture("50-other-language")
        with self._probe.paused():
            self._program.window.switch_theme()
        self._do.settle()
        self._do.picture("51-dark")
        with self._probe.paused():
            self._program.window.switch_theme()
        self._do.press(Qt.Key.Key_F11)
        self._do.settle()

    # --- small change --------------------------------------------------------------------------------------

    def _use_points(self) -> None:
        """Alt+n on points as a discount: the first bill earned enough for it."""
        desk = self._program.window.desk
        shown = offers(desk.preview) if desk.preview is not None else ()
        place = next((at for at, offer in enumerate(shown) if offer.reward is not None and offer.usable), None)
        if place is None:
            raise NotSeen("points that can be used")
        self._do.press(Qt.Key(Qt.Key.Key_1 + place), Qt.KeyboardModifier.AltModifier)
        self._do.settle()
        if desk.draft is None or not desk.draft.rewards:
            raise NotSeen("points on the bill")

    def _figures(self) -> DayFigures:
        report = self._till.services.reports.day()
        return figures_of(report, self._probe, self._do.keys, self._keys_by_step)
