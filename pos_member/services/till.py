"""The till's use cases as one object: what the window, the command line and the demo are handed."""

from __future__ import annotations

from pos_member.services.adjustment import Adjustment
from pos_member.services.checkout import Checkout
from pos_member.services.claims import Claims
from pos_member.services.context import Say, Shop, TillContext
from pos_member.services.coupons import CouponDesk
from pos_member.services.day_close import DayClose
from pos_member.services.drawer import CashDrawer
from pos_member.services.enrolment import Enrolment
from pos_member.services.line_desk import LineDesk
from pos_member.services.lookup import Lookup
from pos_member.services.paper_templates import PaperTemplates
from pos_member.services.print_jobs import PrintJobs
from pos_member.services.printer_desk import PrinterDesk
from pos_member.services.redemption import Redemption
from pos_member.services.reports import Reports
from pos_member.services.reprint import Reprint
from pos_member.services.returns import Returns
from pos_member.services.shifts import Shifts
from pos_member.services.staff import StaffService
from pos_member.services.verify import Verification

__all__ = ["Say", "TillContext", "TillServices"]


class TillServices:
    """One per till and process. Every method runs on the ``db`` lane."""

    def __init__(self, context: TillContext) -> None:
        shop = Shop(context)
        self.lookup = Lookup(shop)
        self.staff = StaffService(shop)
        self.enrolment = Enrolment(shop)
        self.checkout = Checkout(shop, self.lookup)
        self.redemption = Redemption(shop)
        self.coupons = CouponDesk(shop)
        self.returns = Returns(shop)
        self.claims = Claims(shop, self.lookup)
        self.adjustment = Adjustment(shop, self.lookup)
        self.reprint = Reprint(shop)
        self.shifts = Shifts(shop, self.reprint)
        self.days = DayClose(shop)
        self.reports = Reports(shop)
        self.print_jobs = PrintJobs(shop)
        self.drawer = CashDrawer(shop)
        self.printers = PrinterDesk(shop)
        self.line = LineDesk(shop)
        self.verify = Verification(shop)
        self.templates = PaperTemplates(shop)
