"""Rows of the fault matrix: printers whose answers are late, wrong, shifted or missing; and papers of odd lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos_member.domain.documents import DocumentKind, ReceiptDocument
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.simulator import Do, Fault, ManualClock, PtyLink, Step, When
from pos_member.services.print_ports import NewPrintJob
from tests.e2e.printing.bench import Bench, S, Sale, until
from tests.e2e.printing.words import COMPLETE, OPENED, PRINTED, READY, SENT_ONLY, TOLD, Window, look_at

Row = Callable[[Bench, Window], None]
SILENT = (S.UNCONFIRMED, "printer_silent", Proof.NONE)


def unproved(bench: Bench, window: Window, fault: Do) -> None:
    """The papers come out, and the process id that comes back is another's, or none: not claimed, not sent again."""
    bench.hurry()
    bench.expect("broke off: printer_silent")
    printer = bench.printer()
    printer.do(fault)
    sale = bench.sale()
    bench.rest()
    assert [bench.stands(job) for job in (sale.receipt, sale.coupon)] == [SILENT] * 2
    assert window.badge == look_at(2)
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "Look at the paper")
    bench.nothing_more_comes()
    assert (bench.papers(), printer.kicks) == ([["receipt 1"], ["coupon 1"]], 1)


def the_id_of_the_paper_before(bench: Bench, window: Window) -> None:
    """On a line that stays, the proof of one paper comes while the next one waits for its own, which never comes."""
    bench.hurry()
    bench.expect("broke off: printer_silent")
    clock = ManualClock()
    printer = bench.printer(link=PtyLink(), clock=clock, drawer=False)
    printer.plan(Step(When(byte=2_000), Do.LATE, 5_000))
    first = bench.sale({"tea": 1})
    bench.rest()
    assert bench.stands(first.receipt) == SILENT
    printer.undo(Do.LATE)
    printer.do(Do.NO_PROCESS_ID)
    ids: list[object] = []
    printer.listen(lambda name, fields: ids.append(name) if fields.get("kind") == "process_id" else None)
    second = bench.sale({"tea": 1})
    bench.look()
    bench.comes_to(second.receipt, S.SENT)
    clock.advance(5_000)
    until(lambda: ids == ["answer"], "the id of the first paper")
    bench.rest()
    assert bench.stands(second.receipt) == SILENT
    assert window.badge == look_at(2)
    window.shows(second.receipt, COMPLETE, "เครื่องไม่ตอบกลับ", "does not answer")
    printer.set_fault(Fault.NONE)
    third = bench.sale({"tea": 1})
    bench.rest()
    assert bench.stands(third.receipt) == (S.CONFIRMED, "", Proof.PROCESS_ID)
    bench.nothing_more_comes()
    assert bench.papers() == [["receipt 1"], ["receipt 2"], ["receipt 3"]]


def late(bench: Bench, window: Window) -> None:
    """Answers that take their time, but come: waited for, and believed."""
    printer = bench.printer()
    printer.do(Do.LATE, 250)
    sale = bench.sale()
    bench.rest()
    assert window.badge == READY
    bench.came_out_once(sale, kicks=1)


def answers_the_question_before(bench: Bench, window: Window) -> None:
    """Each question is answered with what was asked before: no fault is seen that is none, nothing comes twice."""
    bench.hurry()
    printer = bench.printer(profile=GENERIC_80)
    printer.do(Do.ONE_BEHIND)
    sale = bench.sale()
    bench.rest()
    states = {bench.state(job) for job in (sale.receipt, sale.coupon)}
    assert states <= {S.CONFIRMED, S.UNVERIFIABLE}
    assert window.badge == READY
    bench.nothing_more_comes()
    assert (bench.papers(), printer.kicks) == ([["receipt 1"], ["coupon 1"]], 1)


def answers_the_question_before_and_has_no_paper(bench: Bench, window: Window) -> None:
    """The same with a fault that is one: it is seen through the shifted answers."""
    bench.hurry()
    printer = bench.printer(profile=GENERIC_80)
    printer.do(Do.ONE_BEHIND)
    printer.do(Do.PAPER_OUT)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_paper_out", Proof.NONE)
    assert window.badge == ("กระดาษหมด · รอพิมพ์ 2 ใบ", "Out of paper · 2 waiting")
    assert printer.rows == 0
    printer.undo(Do.PAPER_OUT)
    bench.later()
    bench.rest()
    bench.nothing_more_comes()
    assert bench.papers() == [["receipt 1"], ["coupon 1"]]
    assert printer.kicks <= 1


def mute(bench: Bench, window: Window) -> None:
    """The cheap clone that never says a word: everything is sent once, and no more is claimed than that."""
    bench.hurry()
    printer = bench.printer(profile=GENERIC_80)
    printer.set_fault(Fault.MUTE)
    sale = bench.sale()
    bench.rest()
    sent = (S.UNVERIFIABLE, "", Proof.NONE)
    assert [bench.stands(job) for job in (sale.pulse, sale.receipt, sale.coupon)] == [sent] * 3
    assert window.badge == READY
    window.shows(sale.receipt, SENT_ONLY, "ยืนยันไม่ได้ว่าพิมพ์ออกมาแล้ว", "cannot say whether it printed")
    assert window.of(sale.pulse).state == TOLD
    bench.nothing_more_comes()
    assert (bench.papers(), printer.kicks) == ([["receipt 1"], ["coupon 1"]], 1)


def three_hundred_lines(bench: Bench, window: Window) -> None:
    """A sale of 300 lines: one paper, whole, at once."""
    printer = bench.printer()
    draft = bench.world.draft({}, bench.member)
    for number in range(300):
        draft = draft.add_amount(1_000 + number, f"สินค้าลำดับที่ {number}", f"Item {number}")
    done = bench.world.pay(draft)
    assert len(done.bill.lines) == 300
    sale = bench.noted(done.bill)
    bench.rest()
    assert bench.stands(sale.receipt) == (S.CONFIRMED, "", Proof.PROCESS_ID)
    assert (window.badge, window.of(sale.receipt).state, window.of(sale.pulse).state) == (READY, PRINTED, OPENED)
    bench.nothing_more_comes()
    assert bench.papers()[0] == ["receipt 1"] and printer.rows > 10_000
    assert printer.kicks == 1


def an_empty_receipt(bench: Bench, window: Window) -> None:
    """A receipt with no line at all is a paper like any other."""
    printer = bench.printer(drawer=False)
    sale: Sale = bench.sale({"tea": 1})
    document = bench.world.store.facts.print_job_document(sale.receipt)
    assert isinstance(document, ReceiptDocument)
    empty = replace(document, lines=(), gross_satang=0, total_satang=0, vat_satang=0, tenders=())
    with bench.world.store.transaction() as tx:
        tx.add_print_job(NewPrintJob("empty", DocumentKind.RECEIPT, empty, "nothing sold"))
    bench.rest()
    until(lambda: printer.cuts == 2, "two papers")
    assert bench.stands("empty") == (S.CONFIRMED, "", Proof.PROCESS_ID)
    assert (window.badge, window.of("empty").state) == (READY, PRINTED)
    bench.nothing_more_comes()
    assert bench.papers() == [["receipt 1"], ["receipt 0"]]
