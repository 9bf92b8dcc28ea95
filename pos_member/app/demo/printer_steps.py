"""Paper over the scripted day: two printers set up by keys, and what happens when one of them cannot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.paper_tools import PaperTools
from pos_member.domain.bill import Bill
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason
from pos_member.domain.printers import DrawerSensor, PrinterRole, PrinterSetup, Proof
from pos_member.hardware.printing.simulator import Do, Fault, Step, When
from pos_member.services.print_ports import PrintJobInfo, PrintJobState
from pos_member.ui.i18n import tr
from pos_member.ui.printer_faults import fault
from pos_member.wording import say

#: As the till calls them, in the language of the demo.
_NAMES = {"th": ("เคาน์เตอร์", "คูปอง"), "en": ("Counter", "Coupons")}
_ROLE_KEYS = {PrinterRole.RECEIPT: Qt.Key.Key_1, PrinterRole.COUPON: Qt.Key.Key_2, PrinterRole.KITCHEN: Qt.Key.Key_3}
#: Nobody, then the other printers.
_FIRST_OTHER = Qt.Key.Key_5
#: Deep enough into a receipt that some of it stands on paper, far from its end.
_MIDDLE_ROW = 300
#: The coupon stands so far down the list at most: one bill came after it.
_NEAR_TOP = 4
_CONTROL = Qt.KeyboardModifier.ControlModifier


class PrinterSteps(PaperTools):
    """The steps; ``ScriptedDay`` says when. The branch manager is at the till."""

    #: How many papers of the counter were seen when the coupons' printer went off.
    _papers_before_fallback = 0

    # --- setting up ----------------------------------------------------------------------------------------

    def set_up_printers(self) -> None:
        """Enter: the printer gets a name and the drawer. Ctrl+N: one for coupons, from which the first takes over."""
        self._sign_in_as(self._manager())
        self._press_control(Qt.Key.Key_Comma)
        self._do.wait_for("settings_printers")
        self._press_control(Qt.Key.Key_5)
        self._do.wait_for("printers_table")
        counter, coupons = _NAMES[self._program.settings.language]
        self._do.enter()
        self._to_step("find")
        self._ask_and_print(drawer=True)
        self._finish(counter, (PrinterRole.RECEIPT,))
        self._press_control(Qt.Key.Key_N)
        self._to_step("find", answered=False)
        self._do.write("printer_address", self._stage.second.address)
        self._ask_and_print()
        self._finish(coupons, (PrinterRole.COUPON,), fallback=True)
        self._check_setups()
        self._do.settle()
        self._do.picture("33-printers")
        self._new_papers(1)
        self._second_papers(1)
        self._tell("demo_printers", counter=counter, coupons=coupons)
        self._leave_to_bill()

    def _ask_and_print(self, *, drawer: bool = False) -> None:
        """From the address to the last step; pictures of what is new."""
        self._do.enter()
        self._to_step("ask")
        if not drawer:
            self._do.picture("30-printer-asked")
        self._do.enter()
        self._to_step("paper")
        self._do.enter()
        self._to_step("drawer")
        if drawer:
            self._learn_drawer()
        self._do.enter()
        self._to_step("page")
        self._do.enter()
        self._to_step("page", words="printer_page_told")
        self._do.wait(lambda: self._draft_printed() is not None, "the test page", 30)
        self._do.settle()
        if not drawer:
            self._do.picture("31-printer-page")
        self._do.enter()
        self._to_step("jobs")

    def _learn_drawer(self) -> None:
        """Ctrl+2, Ctrl+O: the drawer springs open; pushed shut again the till knows what its sensor says."""
        self._press_control(Qt.Key.Key_2)
        self._press_control(Qt.Key.Key_O)
        self._do.wait_for("printer_sensor_yes")
        asked = self._do.text("printer_sensor_question")
        self._press_control(Qt.Key.Key_J)
        self._do.wait(lambda: self._do.text("printer_sensor_question") != asked, "to be asked to shut the drawer")
        self._shut_drawer()
        self._press_control(Qt.Key.Key_J)
        self._do.wait(lambda: not self._do.shows("printer_sensor_yes"), "the drawer's sensor")
        self._do.picture("29-printer-drawer")

    def _finish(self, name: str, roles: Sequence[PrinterRole], *, fallback: bool = False) -> None:
        """Name and work by keys, Enter."""
        self._do.write("printer_name", name)
        draft = self._wizard_draft()
        for role, key in _ROLE_KEYS.items():
            if (role in draft.setup.roles) != (role in roles):
                self._press_control(key)
        if fallback:
            self._press_control(_FIRST_OTHER)
            self._do.picture("32-printer-work")
        self._do.enter()
        self._do.wait_for("printers_table")
        self._do.settle()

    def _check_setups(self) -> None:
        found = self._setups()
        counter, coupons = found if len(found) == 2 else (None, None)
        if counter is None or coupons is None or not counter.drawer or coupons.drawer:
            raise NotSeen(f"two printers, the first with the drawer: {found}")
        learned = counter.profile.drawer_sensor is DrawerSensor.LOW_IS_OPEN
        if not learned or coupons.fallback != counter.key or coupons.roles != (PrinterRole.COUPON,):
            raise NotSeen(f"roles, fallback and the drawer's sensor as they were set: {found}")

    # --- a sale at two printers ----------------------------------------------------------------------------

    def sell_at_two_printers(self) -> None:
        """A shift, and a sale for cash: pulse, then receipt at the counter, the coupon at its own printer."""
        self._open_shift()
        heard: list[str] = []
        self._stage.printer.listen(lambda name, fields: heard.append(name))
        bill = self._sell(350, cash="500")
        self._new_papers(1)
        (coupon,) = self._second_papers(1)
        if [name for name in heard if name in ("kick", "cut")] != ["kick", "cut"]:
            raise NotSeen(f"the drawer's pulse before the receipt: {heard}")
        if {each.code for each in bill.coupons_issued} != self._coupons_on(coupon):
            raise NotSeen(f"the coupon of bill {bill.number} at its own printer")
        self._shut_drawer()
        self._do.picture("34-two-printers")
        self._tell("demo_two_printers", number=bill.number)

    # --- trouble -------------------------------------------------------------------------------------------

    def paper_out(self) -> None:
        """The roll ends in the middle of a receipt; a new one is put in, and the same receipt goes on."""
        printer = self._stage.printer
        printer.plan(Step(When(paper=printer.cuts + 1, row=_MIDDLE_ROW), Do.PAPER_OUT))
        bill = self._sell(120)
        job = self._job_in(bill, DocumentKind.RECEIPT, PrintJobState.WAITING_PRINTER)
        self._shut_drawer()
        self._badge(fault(Reason.PRINTER_WAITS_FOR_PAPER), "35-paper-out")
        self._press_control(Qt.Key.Key_P)
        self._do.wait_for("papers_jobs")
        self._do.settle()
        self._do.picture("36-paper-out-list")
        printer.do(Do.RELOAD)
        done = self._until_state(job.id, PrintJobState.CONFIRMED)
        (paper,) = self._new_papers(1)
        if done.copy_number or done.proof is not Proof.PROCESS_ID or bill.receipt_code not in self._decode(paper):
            raise NotSeen(f"one whole receipt of bill {bill.number}: {done}")
        self._tell("demo_paper_out", number=bill.number)
        self._leave_to_bill()

    def printer_dies(self) -> None:
        """The plug in the middle of a receipt: nobody knows, so a person is asked; Enter prints a copy that says so."""
        printer = self._stage.printer
        printer.plan(Step(When(paper=printer.cuts + 1, row=_MIDDLE_ROW), Do.POWER_CYCLE))
        bill = self._sell(180)
        job = self._job_in(bill, DocumentKind.RECEIPT, PrintJobState.UNCONFIRMED)
        self._shut_drawer()
        self._press_control(Qt.Key.Key_P)
        self._do.wait_for("papers_job_question")
        self._do.settle()
        self._badge(tr("Look at the paper · {papers}", papers=1), "37-is-it-complete")
        self._do.press(Qt.Key.Key_F11)
        self._do.settle()
        self._do.picture("38-is-it-complete-other-language")
        self._do.press(Qt.Key.Key_F11)
        self._do.settle()
        self._do.enter()
        copied = self._until_state(self._replacement(job), PrintJobState.CONFIRMED)
        # What stood on the paper when the power went is cut off with the copy's own cut.
        (paper,) = self._new_papers(1)
        if copied.copy_number != 1 or bill.receipt_code not in self._decode(paper):
            raise NotSeen(f"a copy of the receipt of bill {bill.number}: {copied}")
        self._do.press(Qt.Key.Key_Home, _CONTROL)
        self._do.wait(lambda: self._do.text("papers_job_state") == tr("Printed"), "the copy in the list")
        self._do.picture("39-copy-printed")
        self._tell("demo_printer_died", number=bill.number, paper=paper.name)
        self._leave_to_bill()

    def coupon_printer_off(self) -> Bill:
        """The coupons' printer is switched off; the sale goes on, and its coupon waits."""
        self._stage.second.set_fault(Fault.OFF)
        bill = self._sell(350)
        self._new_papers(1)
        self._shut_drawer()
        self._job_in(bill, DocumentKind.COUPON, PrintJobState.BLOCKED)
        self._papers_before_fallback = self._papers_seen
        return bill

    def fallback_takes_over(self, bill: Bill) -> None:
        """What the coupons' printer could not begin comes out at the counter after eight seconds."""
        self._new_papers(1)
        job = self._job_in(bill, DocumentKind.COUPON, PrintJobState.CONFIRMED)
        wanted = {each.code for each in bill.coupons_issued}
        papers = self._stage.printer.pictures[self._papers_before_fallback :]
        paper = next((each for each in papers if wanted == self._coupons_on(each)), None)
        if paper is None or job.reason != Reason.PRINTER_FALLBACK.value:
            raise NotSeen(f"the coupon of bill {bill.number} at the other printer: {job}")
        self._press_control(Qt.Key.Key_P)
        self._do.wait_for("papers_jobs")
        self._do.settle()
        told = say("reasons", Reason.PRINTER_FALLBACK.value, self._program.settings.language)
        for _ in range(_NEAR_TOP):
            if told not in self._do.text("papers_job_why"):
                self._do.press(Qt.Key.Key_Down)
        if told not in self._do.text("papers_job_why"):
            raise NotSeen(f"in the list: {told}")
        self._do.picture("45-fallback")
        self._stage.second.set_fault(Fault.NONE)
        self._tell("demo_fallback", number=bill.number, paper=paper.name)
        self._leave_to_bill()

    # --- small change --------------------------------------------------------------------------------------

    def _replacement(self, job: PrintJobInfo) -> str:
        facts = self._till.store.facts

        def read() -> str:
            found = facts.print_job(job.id)
            return found.replaced_by if found is not None else ""

        return self._until(read, bool, "the copy that replaces it")

    def _to_step(self, step: str, *, answered: bool = True, words: str = "") -> None:
        """Until the wizard shows this step, and can go on."""

        def there() -> bool:
            button = self._do.find(QPushButton, "wizard_on")
            ready = not answered or (button is not None and button.isEnabled())
            return self._do.shows(f"printer_step_{step}") and ready and (not words or bool(self._do.text(words)))

        self._do.wait(there, f"step {step} of the printer wizard", 30)

    def _draft_printed(self) -> Proof | None:
        return self._wizard_draft().printed

    def _setups(self) -> tuple[PrinterSetup, ...]:
        admin = self._program.printing.admin()
        if admin is None:
            raise NotSeen("the list of printers")
        return admin.setups()
