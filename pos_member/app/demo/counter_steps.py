"""At the counter over the scripted day: what the customer sees, a receipt in the shop's own words, X and Z."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QTableView, QWidget

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.paper_tools import PaperTools
from pos_member.domain.bill import TenderKind
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.promptpay import payload
from pos_member.services.print_ports import PrintJobState
from pos_member.ui.customer_display.window import DisplayWindow
from pos_member.ui.templates.edit_page import EditPage
from pos_member.ui.templates.preview import PaperPreview

#: The shop's own words below every receipt, in both of its languages.
_FOOT = {"th": "Wi-Fi: RimKhlong-Guest · LINE: @rimkhlong", "en": "Wi-Fi: RimKhlong-Guest · LINE: @rimkhlong"}


class CounterSteps(PaperTools):
    """The steps; ``ScriptedDay`` says when. The branch manager is at the till."""

    # --- the customer's display ----------------------------------------------------------------------------

    def pay_by_promptpay(self) -> None:
        """The second window: the bill, then a PromptPay code for exactly its sum, read back from the picture."""
        self._switch_display(Qt.Key.Key_7)
        self._do.scan(self._member_number())
        self._ring_up(self._barcodes("", 3))
        window = self._display()
        self._do.picture("40-customer-bill", window)
        self._do.press(Qt.Key.Key_F8)
        self._do.wait(lambda: _visible(window, "customer_qr"), "the PromptPay code")
        self._do.picture("41-pay-by-promptpay")
        shown = self._do.picture("42-customer-promptpay", window)
        header = self._till.services.lookup.header()
        before = self._program.window.desk.last
        self._do.enter()
        self._do.wait(lambda: self._program.window.desk.last is not before, "the completed bill")
        self._do.settle()
        bill = self._bill()
        read = self._decode(shown)
        if read != [payload(header.promptpay, bill.total_satang)]:
            raise NotSeen(f"a code that pays {bill.total_satang} satang to {header.promptpay}: {read}")
        if [tender.kind for tender in bill.tenders] != [TenderKind.PROMPTPAY]:
            raise NotSeen(f"bill {bill.number} paid by PromptPay")
        self._do.picture("43-customer-thanks", window)
        self._new_papers(1)
        facts = self._till.store.facts
        jobs = self._aside(lambda: facts.print_jobs(10))
        if any(job.kind is DocumentKind.DRAWER and job.subject_id == bill.id for job in jobs):
            raise NotSeen(f"a drawer that stays shut on bill {bill.number}")
        self._tell("demo_promptpay", number=bill.number, total_satang=bill.total_satang)
        self._switch_display(Qt.Key.Key_8)

    def _switch_display(self, key: Qt.Key) -> None:
        self._press_control(Qt.Key.Key_Comma)
        self._do.wait_for("settings_shown")
        self._press_control(key)
        self._leave_to_bill()

    def _display(self) -> DisplayWindow:
        display = self._program.customer_display
        if display is None or display.window is None:
            raise NotSeen("the customer's display")
        return display.window

    # --- the shop's own words ------------------------------------------------------------------------------

    def change_receipt(self) -> None:
        """Ctrl+6: the foot of the receipt gets the shop's own words; in force from the next paper on."""
        self._press_control(Qt.Key.Key_Comma)
        self._do.wait_for("settings_templates")
        self._press_control(Qt.Key.Key_6)
        self._do.wait_for("template_papers")
        self._do.settle()
        self._do.enter()
        self._do.wait_for("template_parts")
        self._do.settle()
        self._to_part("foot")
        self._do.enter()
        self._do.wait(lambda: self._do.find(QLineEdit, "template_text_0_th") is not None, "the text of the foot")
        for language, text in _FOOT.items():
            self._do.write(f"template_text_0_{language}", text)
        preview = self._do.find(PaperPreview, "template_preview")
        self._do.wait(lambda: preview is not None and not preview.waiting, "the paper beside the form")
        self._do.picture("44-template")
        self._press_control(Qt.Key.Key_S)
        self._do.wait_for("template_papers")
        self._do.settle()
        found = self._aside(lambda: self._till.store.facts.paper_templates(DocumentKind.RECEIPT))
        if [each.version for each in found] != [1] or _FOOT["th"] not in found[0].content:
            raise NotSeen(f"version 1 of the receipt: {found}")
        self._leave_to_bill()

    def _to_part(self, key: str) -> None:
        """Down the parts of the paper to this one."""
        page = self._program.window.findChild(EditPage)
        if page is None or self._do.find(QTableView, "template_parts") is None:
            raise NotSeen("the parts of the paper")
        last = None
        while (row := page.table.current()) is not None and row.part.key != key:
            if row is last:
                raise NotSeen(f"part {key}")
            last = row
            self._do.press(Qt.Key.Key_Down)

    def sell_on_new_receipt(self) -> None:
        """The next receipt carries the words: dot by dot what the new template draws."""
        bill = self._sell(90)
        (paper,) = self._new_papers(1)
        self._shut_drawer()
        facts, admin = self._till.store.facts, self._program.printing.admin()
        job = self._job_in(bill, DocumentKind.RECEIPT, PrintJobState.CONFIRMED)
        document = self._aside(lambda: facts.print_job_document(job.id))
        (version,) = self._aside(lambda: facts.paper_templates(DocumentKind.RECEIPT))
        if document is None or isinstance(document, DrawerDocument) or admin is None:
            raise NotSeen(f"the receipt of bill {bill.number}")
        paper_of = document
        drawn = self._aside(lambda: admin.preview(paper_of, version.content, self._stage.printer.dots))
        plain = self._aside(lambda: admin.preview(paper_of, "", self._stage.printer.dots))
        changed, shipped = self._aside(lambda: (_begins_with(paper, drawn), _begins_with(paper, plain)))
        if not changed or shipped:
            raise NotSeen(f"the shop's own words on {paper.name}")
        self._tell("demo_template", number=bill.number, paper=paper.name)

    # --- X and Z -------------------------------------------------------------------------------------------

    def x_and_z(self) -> None:
        """F9: Ctrl+T prints where the shift stands; the count closes it, and Z is printed."""
        self._do.press(Qt.Key.Key_F9)
        self._do.wait_for("shift_amount")
        self._do.settle()
        self._press_control(Qt.Key.Key_T)
        self._new_papers(1)
        self._do.settle()
        self._do.picture("46-x-report")
        expected = self._aside(self._till.services.shifts.figures).expected_satang
        self._do.type(f"{expected // 100}.{expected % 100:02d}")
        self._do.enter()
        self._do.settle()
        self._do.enter()
        self._do.wait_for("shift_verdict")
        self._do.settle()
        self._new_papers(1)
        self._shut_drawer()
        self._do.picture("47-shift-closed")
        self._do.enter()
        self._tell("demo_shift", counted_satang=expected)
        self._leave_to_bill()


def _visible(window: QWidget, name: str) -> bool:
    widget = window.findChild(QWidget, name)
    return widget is not None and widget.isVisible()


def _begins_with(paper: Path, drawn: bytes) -> bool:
    """Whether the printed paper is this picture, dot by dot, and blank below it."""
    printed = QImage(str(paper)).convertToFormat(QImage.Format.Format_Mono)
    wanted = QImage.fromData(drawn).convertToFormat(QImage.Format.Format_Mono)
    if printed.width() != wanted.width() or printed.height() < wanted.height():
        return False
    return printed.copy(QRect(0, 0, wanted.width(), wanted.height())) == wanted
