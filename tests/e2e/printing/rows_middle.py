"""Rows of the fault matrix: what goes wrong after a paper's first byte. It is finished, or a person is asked; never
sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos_member.domain.printers import PrinterProfile, Proof
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Do, Fault, Pace, Step, When
from tests.e2e.printing.bench import Bench, S
from tests.e2e.printing.words import (
    CANNOT,
    COMPLETE,
    HAS_IT,
    NOT_OPENED,
    PRINTED,
    READY,
    Both,
    Window,
    look_at,
    waiting,
)

Row = Callable[[Bench, Window], None]
#: So that an automatic status is told before the paper is through.
SLOW_HEAD = {"pace": Pace(rows_per_second=6_000)}
BROKE_OFF = (S.UNCONFIRMED, "printer_broke_off", Proof.NONE)


@dataclass(frozen=True)
class Stop:
    """What stops the head in the middle of a paper, and what the window asks for."""

    fault: Do
    reason: str
    badge: Both
    why: Both


STOPS = (
    Stop(Do.PAPER_OUT, "printer_waits_for_paper", ("รอใส่กระดาษ", "Waits for paper"), ("ใส่ม้วนใหม่", "Put in a new roll")),
    Stop(Do.COVER_OPEN, "printer_waits_for_cover", ("รอปิดฝา", "Waits for its cover"), ("ปิดฝาให้สนิท", "Close it")),
    Stop(Do.OVERHEATED, "printer_overheated", ("หัวพิมพ์ร้อน", "Too hot"), ("รอสักครู่", "when it has cooled")),
    Stop(Do.OFFLINE, "printer_offline", ("ออฟไลน์", "Offline"), ("กดปุ่มที่เครื่อง", "Press its button")),
)


def stops_in_the_receipt(bench: Bench, window: Window, stop: Stop, profile: PrinterProfile = VIRTUAL_80) -> None:
    """The head stops in the receipt: the till waits, sells on, and the rest comes out of the printer by itself."""
    printer = bench.printer("front", Step(When(paper=1, row=200), stop.fault), build=SLOW_HEAD, profile=profile)
    sale = bench.sale()
    bench.look()
    bench.comes_to(sale.receipt, S.WAITING_PRINTER)
    assert bench.info(sale.receipt).reason == stop.reason
    assert bench.lanes["front"].busy and printer.cuts == 0
    assert window.badge == waiting(*stop.badge, 2)
    window.shows(sale.receipt, HAS_IT, *stop.why)
    second = bench.sale()
    assert bench.lanes["front"].busy, "sold while the printer waited"
    bench.later()
    printer.undo(stop.fault)
    bench.rest()
    assert bench.stands(second.pulse) == (S.CANCELLED, "drawer_too_late", Proof.NONE)
    window.shows(second.pulse, NOT_OPENED, "ใช้กุญแจ", "Use the key")
    proof = bench.info(sale.receipt).proof
    assert proof is (Proof.PROCESS_ID if profile.process_id else Proof.IN_ORDER)
    bench.came_out_once(sale, second, kicks=1, proof=proof)
    assert {job.attempts for job in bench.jobs() if job.id != second.pulse} == {1}


def stops_in_the_coupon(bench: Bench, window: Window, stop: Stop) -> None:
    """The receipt is on paper and the coupon is not yet: only the coupon waits."""
    printer = bench.printer("front", Step(When(paper=2, row=200), stop.fault), build=SLOW_HEAD)
    sale = bench.sale()
    bench.look()
    bench.comes_to(sale.coupon, S.WAITING_PRINTER)
    assert bench.stands(sale.receipt) == (S.CONFIRMED, "", Proof.PROCESS_ID)
    assert bench.papers() == [["receipt 1"]]
    assert window.badge == waiting(*stop.badge, 1)
    window.shows(sale.receipt, PRINTED)
    window.shows(sale.coupon, HAS_IT, *stop.why)
    bench.sale({"tea": 1})
    printer.undo(stop.fault)
    bench.rest()
    assert window.badge == READY
    assert bench.papers()[:2] == [["receipt 1"], ["coupon 1"]]
    assert bench.stands(sale.coupon) == (S.CONFIRMED, "", Proof.PROCESS_ID)
    bench.nothing_more_comes()
    assert len(bench.papers()) == 3 and printer.kicks == 2


def switched_off_while_it_waits(bench: Bench, window: Window) -> None:
    """The paper ran out and somebody switched the printer off and on: what it kept is lost, so a person is asked."""
    bench.expect("broke off: printer_broke_off")
    printer = bench.printer("front", Step(When(paper=1, row=200), Do.PAPER_OUT), build=SLOW_HEAD)
    sale = bench.sale()
    bench.look()
    bench.comes_to(sale.receipt, S.WAITING_PRINTER)
    printer.set_fault(Fault.NONE)
    bench.rest()
    assert bench.state(sale.receipt) is S.CONFIRMED
    printer.plan(Step(When(row=printer.rows + 200), Do.PAPER_OUT))
    second = bench.sale()
    bench.look()
    bench.comes_to(second.receipt, S.WAITING_PRINTER)
    printer.do(Do.POWER_CYCLE)
    printer.undo(Do.PAPER_OUT)
    bench.rest()
    assert bench.stands(second.receipt) == BROKE_OFF
    assert window.badge == look_at(1)
    bench.nothing_more_comes()
    assert bench.papers()[2:] == [["part of a receipt", "coupon 2"]]


LINE_BREAKS = (Do.RESET, Do.FINISH, Do.BREAK_OFF, Do.POWER_CYCLE)


def breaks_off(bench: Bench, window: Window, fault: Do, byte: int) -> None:
    """The line ends in the middle of the receipt. What stands on paper nobody knows: a person decides, and the papers
    after it come out as they should."""
    bench.expect("broke off: printer_broke_off")
    printer = bench.printer("front", Step(When(job=2, byte=byte), fault))
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == BROKE_OFF
    assert bench.stands(sale.coupon) == (S.CONFIRMED, "", Proof.PROCESS_ID)
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "the paper may be incomplete")
    second = bench.sale()
    bench.rest()
    bench.nothing_more_comes()
    assert bench.info(sale.receipt).attempts == 1
    pieces = bench.papers()
    assert [piece[-1] for piece in pieces] == ["coupon 1", "receipt 2", "coupon 2"]
    assert pieces[0][:-1] in ([], ["part of a receipt"])
    assert (bench.state(second.receipt), printer.kicks) == (S.CONFIRMED, 2)


def keeps_half_an_image(bench: Bench, window: Window) -> None:
    """A printer that keeps half a command when the line breaks: the next paper is not eaten by it."""
    bench.expect("broke off: printer_broke_off")
    printer = bench.printer("front", Step(When(job=2, byte=9_000), Do.RESET))
    printer.do(Do.KEEPS_REST)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == BROKE_OFF
    assert window.badge == look_at(1)
    bench.nothing_more_comes()
    assert bench.papers() == [["part of a receipt", "coupon 1"]]
    assert printer.kicks == 1


def the_cutter_jams(bench: Bench, window: Window) -> None:
    """The paper is printed and not cut: a person is asked, and the next paper waits for the knife."""
    bench.expect("broke off: printer_cutter")
    printer = bench.printer("front", Step(When(cut=1), Do.CUTTER_ERROR))
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.UNCONFIRMED, "printer_cutter", Proof.NONE)
    assert bench.stands(sale.coupon) == (S.BLOCKED, "printer_cutter", Proof.NONE)
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "ใบมีดตัดกระดาษติด", "cutter is jammed")
    window.shows(sale.coupon, CANNOT, "เอากระดาษที่ติดออก", "take the paper out")
    bench.sale({"tea": 1})
    printer.undo(Do.CUTTER_ERROR)
    bench.later()
    bench.rest()
    assert bench.state(sale.coupon) is S.CONFIRMED
    bench.nothing_more_comes()
    assert [paper for piece in bench.papers() for paper in piece] == ["receipt 1", "coupon 1", "receipt 2"]
    assert printer.kicks <= 2


STALLS = (Step(When(job=2, byte=3_000), Do.SLOW, 1), Step(When(job=2, byte=3_000), Do.HANG))


def stops_reading(bench: Bench, window: Window, step: Step) -> None:
    """From some byte on it takes one a second, or nothing: it is not waited for for an hour, a person is asked."""
    bench.hurry()
    bench.expect("broke off: printer_silent")
    printer = bench.printer("front", step)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.UNCONFIRMED, "printer_silent", Proof.NONE)
    assert bench.stands(sale.coupon) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "เครื่องไม่ตอบกลับ", "does not answer")
    second = bench.sale()
    bench.later()
    printer.undo(step.do)
    bench.rest()
    bench.nothing_more_comes()
    pieces = bench.papers()
    assert [piece[-1] for piece in pieces] == ["coupon 1", "receipt 2", "coupon 2"]
    assert pieces[0][:-1] in ([], ["part of a receipt"]), "what was given up does not come out later"
    assert (bench.state(second.pulse), printer.kicks) == (S.CANCELLED, 1)


def one_byte_a_second_from_the_first(bench: Bench, window: Window) -> None:
    """So slow from the beginning, it does not even answer in time: no paper is begun."""
    bench.hurry()
    printer = bench.printer()
    printer.do(Do.SLOW, 1)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert window.badge == waiting("ติดต่อไม่ได้", "Not reachable", 2)
    bench.later()
    printer.undo(Do.SLOW)
    bench.rest()
    bench.came_out_once(sale, kicks=0)
