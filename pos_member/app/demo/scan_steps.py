"""Scanning over the scripted day: phones and papers before a camera, a reader under the Thai layout, a serial one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.elsewhere import Stranger, enrol_elsewhere, give_badge, sign_coupons
from pos_member.app.demo.paper_tools import PaperTools
from pos_member.app.demo.scenes import paper, phone
from pos_member.domain.member import Identified
from pos_member.domain.org import Role
from pos_member.domain.promptpay import payload
from pos_member.domain.readers import ReaderKind, ReaderSetup
from pos_member.domain.scan_meaning import ScanKind, classify

_DEFINITION = "NEXT20"
#: As the till calls the serial reader, in the language of the demo.
_READER = {"th": "เครื่องอ่านหน้าเคาน์เตอร์", "en": "Reader at the counter"}
_PAYMENT_SATANG = 12_000


class ScanSteps(PaperTools):
    """The steps; ``ScriptedDay`` says when. A cashier is at the till."""

    # --- while the line is down ----------------------------------------------------------------------------

    def known_by_code(self) -> None:
        """A member of another branch whom this till never heard of: the signed code on the phone is enough to earn."""
        stage, desk = self._stage, self._program.window.desk
        found: Stranger = self._aside(lambda: enrol_elsewhere(stage))
        if self._aside(lambda: self._till.store.members.by_id(found.member.id)) is not None:
            raise NotSeen("a member whom this till does not know")
        with self._before_camera(self._phone("member", found.code)):
            self._do.wait(
                lambda: desk.draft is not None and desk.draft.member_id == found.member.id, "the member by their code"
            )
            self._do.wait_for("member_name")
            self._do.settle()
            self._ring_up(self._barcodes("", 1))
            self._do.picture("19-known-by-code")
        bill = self._pay_exact()
        if bill.member_id != found.member.id or bill.identified is not Identified.SIGNED_QR or not bill.points_earned:
            raise NotSeen(f"points for the member of bill {bill.number}")
        self._new_papers(1 + len(bill.coupons_issued))
        self._tell("demo_known_by_code", number=bill.number, points=bill.points_earned)

    # --- setting up ----------------------------------------------------------------------------------------

    def try_readers(self) -> None:
        """Ctrl+, Ctrl+9: what the camera, a reader that types and a serial one give, and what it is taken for."""
        self._press_control(Qt.Key.Key_Comma)
        self._do.wait_for("settings_readers")
        self._press_control(Qt.Key.Key_9)
        self._press_control(Qt.Key.Key_2)
        number = self._member_number()
        with self._before_camera(self._phone("card", number, late=True)):
            self._press_control(Qt.Key.Key_1)
            self._do.wait(lambda: number in self._do.text("camera_facts"), "the card before the camera")
            self._do.picture("21-readers-camera")
        self._press_control(Qt.Key.Key_2)
        self._do.wait_for("reader_box")
        self._do.scan_in_thai(number)
        self._do.wait(lambda: number in self._do.text("reader_facts"), "the card typed under the Thai layout")
        self._do.picture("22-readers-keyboard")
        self._tell("demo_readers", number=number)
        if hasattr(os, "openpty"):
            self._serial(number)
        self._leave_to_bill()

    def _serial(self, number: str) -> None:
        """A reader on a serial line (a pseudo terminal): heard on the page, then rung with."""
        ours, theirs = os.openpty()
        try:
            name = _READER[self._program.settings.language]
            setup = ReaderSetup("serial", name, ReaderKind.SERIAL, address=os.ttyname(theirs))
            admin = self._program.reading.admin()
            self._aside(lambda: admin.save_readers((setup,)))
            self._press_control(Qt.Key.Key_3)
            self._do.wait_for("serial_table")
            self._do.settle()
            self._press_control(Qt.Key.Key_T)
            self._do.wait(lambda: not self._program.window.shell.runner.busy("setup"), "the open port")
            os.write(ours, f"{number}\r".encode())
            self._do.wait(lambda: number in self._do.text("serial_facts"), "the card by the serial reader")
            self._do.picture("23-readers-serial")
            self._leave_to_bill()
            desk = self._program.window.desk
            self._do.wait(lambda: not self._program.window.shell.runner.busy("setup"), "the port in use again")
            os.write(ours, f"{self._barcodes('', 1)[0]}\r".encode())
            self._do.wait(lambda: desk.draft is not None and len(desk.draft.lines) == 1, "the product by serial line")
            self._aside(lambda: admin.save_readers(()))
            self._clear_bill()
            self._tell("demo_serial", port=setup.address)
        finally:
            os.close(ours)
            os.close(theirs)

    # --- at the counter ------------------------------------------------------------------------------------

    def refuse_payment_code(self) -> None:
        """A customer shows a code that asks for money: refused in words, nothing moves."""
        desk = self._program.window.desk
        asks = payload(self._till.services.lookup.header().promptpay, _PAYMENT_SATANG)
        with self._before_camera(self._phone("payment", asks)):
            said = self._refusal()
            self._do.wait_for("sell_camera")
            self._do.picture("24-payment-code")
        if desk.draft is None or not desk.draft.empty:
            raise NotSeen("an empty bill")
        self._tell("demo_payment_refused", said=said)

    def change_cashier(self) -> None:
        """A badge in the middle of a bill: its person is chosen, the PIN signs in, the bill stays."""
        stage, shell = self._stage, self._program.window.shell
        here = shell.session
        people = self._aside(self._till.services.staff.people)
        other = next(person for person in people if person.role is Role.CASHIER and here and person.id != here.staff.id)
        badge = self._aside(lambda: give_badge(stage, other.code))
        self._aside(lambda: sign_coupons(stage, _DEFINITION))
        self._fetch()
        self._do.scan(self._member_number())
        self._do.scan(self._barcodes("", 1)[0])
        self._do.settle()
        draft = self._program.window.desk.draft
        self._do.scan(badge)
        self._do.wait_for("sign_in_who")
        self._do.settle()
        self._do.picture("25-badge")
        self._do.type(stage.seeded.pins[other.code])
        self._do.enter()
        self._do.wait_for("entry")
        self._do.settle()
        now, after = shell.session, self._program.window.desk.draft
        if now is None or now.staff.code != other.code:
            raise NotSeen(f"{other.code} signed in")
        if draft is None or after is None or (after.member_id, after.lines) != (draft.member_id, draft.lines):
            raise NotSeen("the bill as it was")
        self._clear_bill()
        self._tell("demo_badge", staff=other.code)

    def _fetch(self) -> None:
        """F12, until the till has what head office changed."""
        catalogue = self._till.store.catalogue

        def signed() -> bool:
            return any(each.signed for each in catalogue.definitions() if each.code == _DEFINITION)

        self._do.press(Qt.Key.Key_F12)
        self._program.network.look()
        self._until(signed, lambda found: found, "what head office changed", 60)
        self._leave_to_bill()

    def signed_coupon(self) -> None:
        """The coupon's QR is the till's signed word; read back from its paper by the camera, it is on the next bill."""
        self._do.scan(self._member_number())
        self._ring_amount(900)
        bill = self._pay_exact()
        papers = self._new_papers(1 + len(bill.coupons_issued))
        desk, coupons = self._program.window.desk, {coupon.code for coupon in bill.coupons_issued}
        kinds = {classify(text).kind for each in papers[1:] for text in self._decode(each)}
        if not coupons or kinds != {ScanKind.COUPON_SIGNED}:
            raise NotSeen(f"signed coupons on the papers of bill {bill.number}: {kinds}")
        self._do.scan(self._barcodes("", 2)[1])
        with self._before_camera(paper(self._scenes / "coupon", papers[1])):
            self._do.wait(
                lambda: desk.draft is not None and bool(coupons & set(desk.draft.coupon_codes)), "the signed coupon"
            )
            self._do.settle()
            self._do.picture("26-signed-coupon")
        used = self._pay_exact()
        if not coupons & {use.code for use in used.coupons_used}:
            raise NotSeen(f"the coupon on bill {used.number}")
        self._new_papers(1 + len(used.coupons_issued))
        self._tell("demo_signed_coupon", number=used.number, paper=papers[1].name)

    def points_afterwards(self) -> None:
        """A customer comes back with the receipt: the card, the receipt, Enter."""
        self._ring_amount(150)
        bill = self._pay_exact()
        self._new_papers(1 + len(bill.coupons_issued))
        self._do.scan(self._member_number())
        self._do.settle()
        self._do.scan(bill.receipt_code)
        self._do.wait_for("claim_points")
        self._do.settle()
        self._do.picture("27-points-afterwards")
        self._do.enter()
        self._do.wait_for("claim_done_head")
        self._do.settle()
        self._do.picture("28-points-given")
        self._new_papers(1)
        claim = self._aside(lambda: self._till.store.facts.claim_of(bill.id))
        if claim is None or not claim.points_earned:
            raise NotSeen(f"points for bill {bill.number}")
        self._do.enter()
        self._leave_to_bill()
        self._clear_bill()
        self._tell("demo_claimed", number=bill.number, points=claim.points_earned)

    # --- small change --------------------------------------------------------------------------------------

    @property
    def _scenes(self) -> Path:
        return self._stage.out / "scenes"

    def _phone(self, name: str, text: str, *, late: bool = False) -> Path:
        with self._probe.paused():
            return phone(self._scenes / name, text, late=late)

    @contextmanager
    def _before_camera(self, folder: Path) -> Iterator[None]:
        """The camera looks at these pictures meanwhile."""
        self._program.use_camera(str(folder))
        try:
            yield
        finally:
            self._program.use_camera("")

    def _clear_bill(self) -> None:
        self._do.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        self._do.settle()
