"""F6 over a real till: copies, and the printer's list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from pos_member.domain import permission
from pos_member.domain.documents import DocumentKind
from pos_member.domain.org import Role
from pos_member.domain.printers import PrinterProfile, PrinterSetup, Proof
from pos_member.services.ports import PrintJobState
from pos_member.ui import i18n
from pos_member.ui.papers.job_words import KINDS, PROOFS, STATES
from pos_member.ui.ports import PrinterLight, PrinterStateView, PrinterView
from pos_member.ui.printer_faults import BARE, SHORT, fault, sentence
from pos_member.ui.screens.papers import PapersScreen, PrintJobsScreen
from pos_member.ui.widgets import Badge, Button, Table, Text
from tests.ui.on_screen import PINS, Stage, find, press, stage, type_in

__all__ = ["stage"]


def copies(stage: Stage) -> list[tuple[DocumentKind, int]]:
    return [(job.kind, job.copy_number) for job in stage.world.till.reprint.jobs() if job.copy_number]


def test_enter_prints_the_last_receipt_again_as_a_numbered_copy(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    screen = stage.show(PapersScreen)
    text = find(screen, QLineEdit, "papers_text")
    press(text, Qt.Key.Key_Return)
    stage.settle()
    press(text, Qt.Key.Key_Return)
    stage.settle()
    assert copies(stage) == [(DocumentKind.RECEIPT, 2), (DocumentKind.RECEIPT, 1)]
    assert "สำเนา" in stage.said[-1].text


def test_the_coupon_of_a_bill_and_the_word_where_there_is_none(stage: Stage) -> None:
    member = stage.world.enrol()
    stage.world.sell({"beans": 1}, member)
    screen = stage.show(PapersScreen)
    find(screen, Button, "papers_coupon").click()
    stage.settle()
    assert copies(stage) == [(DocumentKind.COUPON, 1)]
    stage.world.sell({"tea": 1})
    screen.opened()
    stage.settle()
    find(screen, Button, "papers_coupon").click()
    stage.settle()
    assert len(copies(stage)) == 1
    assert "ไม่มีคูปอง" in stage.said[-1].text


def test_the_card_of_the_member_of_the_bill(stage: Stage) -> None:
    stage.world.sell({"tea": 1}, stage.world.enrol())
    screen = stage.show(PapersScreen)
    find(screen, Button, "papers_card").click()
    stage.settle()
    assert copies(stage) == [(DocumentKind.MEMBER_CARD, 1)]


def test_part_of_a_number_filters_and_a_scanned_receipt_finds_its_bill(stage: Stage) -> None:
    first = stage.world.sell({"tea": 1}).bill
    for _ in range(3):
        stage.world.sell({"mug": 1})
    screen = stage.show(PapersScreen)
    assert screen.scanned(first.receipt_code)
    stage.settle()
    table = find(screen, Table, "papers_bills")
    assert [row.id for row in table.shown_rows()] == [first.id]
    press(find(screen, QLineEdit, "papers_text"), Qt.Key.Key_Return)
    stage.settle()
    assert [job.subject_id for job in stage.world.till.reprint.jobs() if job.copy_number] == [first.id]
    assert screen.back()
    assert len(table.shown_rows()) == 4
    type_in(find(screen, QLineEdit, "papers_text"), "nothing")
    press(find(screen, QLineEdit, "papers_text"), Qt.Key.Key_Return)
    stage.settle()
    assert len(copies(stage)) == 1


def move(stage: Stage, state: PrintJobState, reason: str, *, begun: bool = False) -> str:
    """The last paper stands as told; its id."""
    job = next(job for job in stage.world.till.reprint.jobs() if job.kind is not DocumentKind.DRAWER)
    with stage.world.store.transaction() as tx:
        tx.set_print_job(job.id, state, reason)
    with stage.world.folder.till.write() as connection:
        payload = b"\x1b@" if begun else None
        connection.exec_driver_sql("UPDATE print_job SET payload = ? WHERE id = ?", (payload, job.id))
    return job.id


def two_printers(stage: Stage) -> None:
    profile = PrinterProfile("p")
    stage.world.printers = (
        PrinterSetup("a", "เคาน์เตอร์", "tcp://a", profile),
        PrinterSetup("b", "หลังร้าน", "tcp://b", profile),
    )
    views = (PrinterView("a", "เคาน์เตอร์"), PrinterView("b", "หลังร้าน", PrinterLight.TROUBLE, "printer_paper_out"))
    state = PrinterStateView(PrinterLight.READY, printers=views)
    stage.shell.services = replace(stage.shell.services, printer_state=lambda: state)


def state_of(stage: Stage, job_id: str) -> PrintJobState:
    return next(job.state for job in stage.world.till.reprint.jobs() if job.id == job_id)


def open_jobs(stage: Stage) -> PrintJobsScreen:
    screen = stage.show(PrintJobsScreen)
    stage.settle()
    return screen


def test_what_never_reached_paper_prints_itself_on_enter(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.BLOCKED, "printer_paper_out")
    screen = open_jobs(stage)
    assert "กระดาษหมด" in find(screen, Text, "papers_job_why").said()
    assert find(screen, Badge, "papers_job_state").said() == "ยังพิมพ์ไม่ได้"
    press(find(screen, Table, "papers_jobs"), Qt.Key.Key_Return)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.QUEUED
    assert copies(stage) == []


def test_a_paper_in_doubt_is_asked_about_first_and_printed_anew_as_a_copy(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.UNCONFIRMED, "printer_broke_off", begun=True)
    stage.world.sell({"mug": 1})
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    assert table.current().info.id == job_id
    assert "ออกมาครบ" in find(screen, Text, "papers_job_question").said()
    press(table, Qt.Key.Key_Return)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.SUPERSEDED
    assert copies(stage) == [(DocumentKind.RECEIPT, 1)]


def test_one_key_says_that_it_is_all_there(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.UNCONFIRMED, "printer_silent", begun=True)
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.CONFIRMED
    screen.opened()
    stage.settle()
    assert find(screen, Text, "papers_job_why").said() == "พนักงานเห็นกระดาษแล้ว"
    assert find(screen, Button, "papers_seen").isHidden()


def test_another_printer_is_chosen_by_its_figure(stage: Stage) -> None:
    two_printers(stage)
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.BLOCKED, "printer_offline")
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    first = find(screen, Button, "papers_picker_a")
    assert screen.focusWidget() is first
    assert "กระดาษหมด" in find(screen, Button, "papers_picker_b").text()
    # Esc leaves it as it was, and nothing was done.
    assert screen.back() and state_of(stage, job_id) is PrintJobState.BLOCKED
    QTest.keyClick(table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(find(screen, Button, "papers_picker_a"), Qt.Key.Key_Down)
    assert screen.focusWidget() is find(screen, Button, "papers_picker_b")
    QTest.keyClick(find(screen, Button, "papers_picker_b"), Qt.Key.Key_2)
    stage.settle()
    job = next(job for job in stage.world.till.reprint.jobs() if job.id == job_id)
    assert (job.state, job.printer) == (PrintJobState.QUEUED, "b")
    assert not screen.back()


def test_with_one_printer_there_is_no_other(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    screen = open_jobs(stage)
    assert find(screen, Button, "papers_other").isHidden()
    assert find(screen, Button, "papers_pdf").isHidden()


def test_giving_up_but_never_one_that_is_printing(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.SENDING, "", begun=True)
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    press(table, Qt.Key.Key_Delete)
    press(table, Qt.Key.Key_Return)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.SENDING
    move(stage, PrintJobState.BLOCKED, "printer_unreachable")
    screen.opened()
    stage.settle()
    press(table, Qt.Key.Key_Delete)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.CANCELLED


def test_what_moved_on_meanwhile_is_said_and_shown(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.UNCONFIRMED, "printer_silent", begun=True)
    screen = open_jobs(stage)
    move(stage, PrintJobState.CONFIRMED, "", begun=True)
    press(find(screen, Table, "papers_jobs"), Qt.Key.Key_Return)
    stage.settle()
    assert "เปลี่ยนสถานะ" in stage.said[-1].text
    assert state_of(stage, job_id) is PrintJobState.CONFIRMED and copies(stage) == []
    assert find(screen, Badge, "papers_job_state").said() == "พิมพ์แล้ว"


@dataclass
class Admin:
    """Papers as files."""

    asked: list[str] = field(default_factory=list)

    def pdf(self, job_id: str) -> bytes:
        self.asked.append(job_id)
        return b"%PDF-1.7 paper"


def test_a_paper_as_a_file(stage: Stage, tmp_path: Path) -> None:
    admin = Admin()
    stage.shell.services = replace(stage.shell.services, printer_admin=lambda: admin)  # type: ignore[arg-type, return-value]
    bill = stage.world.sell({"tea": 1}).bill
    screen = open_jobs(stage)
    screen.folder = tmp_path / "papers"
    table = find(screen, Table, "papers_jobs")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    path = tmp_path / "papers" / f"pos-member-receipt-{bill.number}.pdf"
    assert path.read_bytes() == b"%PDF-1.7 paper"
    assert str(path) in stage.said[-1].text and len(admin.asked) == 1


def test_who_may_not_print_has_somebody_approve(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permission.GRANTS, Role.CASHIER, frozenset({permission.Permission.SELL}))
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.BLOCKED, "printer_offline")
    screen = open_jobs(stage)
    press(find(screen, Table, "papers_jobs"), Qt.Key.Key_Delete)
    stage.settle()
    pin = find(screen, QLineEdit, "papers_approval_pin")
    type_in(pin, PINS["1003"])
    press(pin, Qt.Key.Key_Return)
    stage.settle()
    assert state_of(stage, job_id) is PrintJobState.CANCELLED


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_paper_has_a_word(kind: DocumentKind) -> None:
    assert KINDS[kind]


@pytest.mark.parametrize("state", list(PrintJobState))
def test_every_state_has_a_word(state: PrintJobState) -> None:
    assert STATES[state][0]


@pytest.mark.parametrize("proof", list(Proof))
def test_every_proof_has_a_sentence(proof: Proof) -> None:
    assert PROOFS[proof]


def test_every_fault_of_a_printer_has_its_own_few_words(stage: Stage) -> None:
    words = [fault(reason.value) for reason in SHORT]
    assert len(set(words)) == len(words)
    assert max(map(len, words)) <= 20
    # A reason that is no printer's own is told in general words, never as a gap.
    assert fault("paper_not_drawn") == fault("") == "พิมพ์ไม่ได้"


def test_a_pulse_is_not_spoken_of_as_a_paper(stage: Stage) -> None:
    profile = PrinterProfile("p")
    stage.world.printers = (PrinterSetup("a", "เคาน์เตอร์", "tcp://a", profile, drawer=True),)
    stage.world.sell({"tea": 1})
    pulse = next(job for job in stage.world.till.reprint.jobs() if job.kind is DocumentKind.DRAWER)
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    for state, reason, badge, why in (
        (PrintJobState.UNVERIFIABLE, "printer_broke_off", "สั่งเปิดแล้ว", "ดูที่ลิ้นชัก"),
        (PrintJobState.CANCELLED, "drawer_too_late", "ไม่ได้เปิด", "ใช้กุญแจ"),
    ):
        with stage.world.store.transaction() as tx:
            tx.set_print_job(pulse.id, state, reason)
        screen.opened()
        stage.settle()
        table.selectRow(next(at for at, job in enumerate(table.shown_rows()) if job.info.id == pulse.id))
        assert find(screen, Badge, "papers_job_state").said() == badge
        assert why in find(screen, Text, "papers_job_why").said()
        assert not find(screen, Button, "papers_retry").isEnabled()


def printers_stand(stage: Stage, *views: PrinterView) -> None:
    light = PrinterLight.TROUBLE if any(each.light is PrinterLight.TROUBLE for each in views) else PrinterLight.READY
    state = PrinterStateView(light, printers=views)
    stage.shell.services = replace(stage.shell.services, printer_state=lambda: state)


def test_a_printer_in_trouble_is_told_above_the_list_and_ctrl_3_leads_to_it(stage: Stage) -> None:
    good = PrinterView("a", "เคาน์เตอร์")
    printers_stand(
        stage,
        good,
        PrinterView("b", "หลังร้าน", PrinterLight.TROUBLE, "printer_queue_stopped"),
        PrinterView("c", "ครัว", PrinterLight.TROUBLE, "printer_paper_out"),
    )
    screen = open_jobs(stage)
    told = find(screen, Text, "papers_trouble")
    stage.until(told.isVisible)
    assert told.said().startswith("หลังร้าน: คิวพิมพ์") and "อีก 1 เครื่อง" in told.said() and "Ctrl+3" in told.said()
    find(screen, Button, "papers_printers").click()
    assert stage.opened[-1] == ("printers", {"key": "b"})
    printers_stand(stage, good)
    stage.until(lambda: not told.isVisible())
    find(screen, Button, "papers_printers").click()
    assert stage.opened[-1] == ("printers", {"key": ""})


@pytest.mark.usefixtures("qapp")
def test_sentences_of_what_is_noted_have_no_gaps_in_either_language() -> None:
    before = i18n.language()
    try:
        for language in ("th", "en"):
            i18n.set_language(language)
            said = [sentence(reason.value) for reason in (*SHORT, *BARE)]
            assert all(said) and not [each for each in said if "–" in each or "{" in each]
    finally:
        i18n.set_language(before)
    assert sentence("") == ""


def test_a_paper_that_was_given_up_speaks_no_more_of_the_printers_trouble(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    for state, words in ((PrintJobState.CANCELLED, "ยังสั่งพิมพ์ได้"), (PrintJobState.SUPERSEDED, "สำเนา")):
        move(stage, state, "printer_broke_off", begun=True)
        screen = open_jobs(stage)
        stage.until(lambda screen=screen: find(screen, Text, "papers_job_why").isVisible())  # type: ignore[misc]
        said = find(screen, Text, "papers_job_why").said()
        assert words in said and "ขาดกลางทาง" not in said


def test_a_long_name_of_a_printer_leaves_every_column_in_sight(stage: Stage) -> None:
    two_printers(stage)
    name = "เครื่องพิมพ์ใบเสร็จเคาน์เตอร์หน้าร้านชั้นหนึ่งใกล้ประตูทางเข้า"
    printers_stand(stage, PrinterView("a", name), PrinterView("b", "หลังร้าน"))
    stage.world.sell({"tea": 1})
    job = move(stage, PrintJobState.CONFIRMED, "", begun=True)
    with stage.world.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE print_job SET printer = 'a' WHERE id = ?", (job,))
    screen = open_jobs(stage)
    table = find(screen, Table, "papers_jobs")
    assert any(name in str(table.model().index(0, at).data()) for at in range(table.model().columnCount()))
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert not table.horizontalScrollBar().isVisible()
