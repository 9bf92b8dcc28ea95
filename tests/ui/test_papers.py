"""F6 over a real till: copies, and the printer's list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from pos_member.domain.documents import DocumentKind
from pos_member.services.ports import PrintJobState
from pos_member.ui.papers.jobs_tab import KINDS, STATES
from pos_member.ui.screens.papers import PapersScreen, PrintJobsScreen
from pos_member.ui.widgets import Badge, Button, Table, Text
from tests.ui.on_screen import Stage, find, press, stage, type_in

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


def move(stage: Stage, state: PrintJobState, reason: str) -> str:
    job = stage.world.till.reprint.jobs()[0]
    with stage.world.store.transaction() as tx:
        tx.set_print_job(job.id, state, reason)
    return job.id


def test_a_paper_in_doubt_says_why_and_what_to_do_and_is_printed_again(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.UNCONFIRMED, "printer_broke_off")
    screen = stage.show(PrintJobsScreen)
    assert "ดูกระดาษ" in find(screen, Badge, "papers_job_state").said()
    assert "ขาดกลางทาง" in find(screen, Text, "papers_job_why").said()
    press(find(screen, Table, "papers_jobs"), Qt.Key.Key_Return)
    stage.settle()
    job = next(job for job in stage.world.till.reprint.jobs() if job.id == job_id)
    assert job.state is PrintJobState.QUEUED
    assert not find(screen, Button, "papers_retry").isEnabled()


def test_delete_gives_a_paper_up_but_never_one_that_is_printing(stage: Stage) -> None:
    stage.world.sell({"tea": 1})
    job_id = move(stage, PrintJobState.SENDING, "")
    screen = stage.show(PrintJobsScreen)
    table = find(screen, Table, "papers_jobs")
    press(table, Qt.Key.Key_Delete)
    stage.settle()
    assert stage.world.till.reprint.jobs()[0].state is PrintJobState.SENDING
    move(stage, PrintJobState.BLOCKED, "printer_unreachable")
    screen.opened()
    stage.settle()
    press(table, Qt.Key.Key_Delete)
    stage.settle()
    assert next(job for job in stage.world.till.reprint.jobs() if job.id == job_id).state is PrintJobState.CANCELLED


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_paper_has_a_word(kind: DocumentKind) -> None:
    assert KINDS[kind]


@pytest.mark.parametrize("state", list(PrintJobState))
def test_every_state_has_a_word(state: PrintJobState) -> None:
    assert STATES[state][0]
