"""Rows of the fault matrix: what is wrong before a paper's first byte. Nothing leaves, and it prints once it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pos_member.domain.printers import Proof
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.simulator import Do, Fault
from tests.e2e.printing.bench import Bench, S
from tests.e2e.printing.words import (
    CANNOT,
    COMPLETE,
    NOT_OPENED,
    OPENED,
    PRINTED,
    READY,
    TOLD,
    WAITS,
    Both,
    Window,
    look_at,
    waiting,
)

Row = Callable[[Bench, Window], None]
PRINTER_ID = "POS MEMBER/POS Member virtual printer/V000001"


def refused(bench: Bench, window: Window) -> None:
    """Nobody listens. Longer than a drawer is waited for, so that it stays shut."""
    printer = bench.printer()
    printer.set_fault(Fault.OFF)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert bench.state(sale.coupon) is S.QUEUED
    assert printer.received == 0
    assert window.badge == waiting("ติดต่อไม่ได้", "Not reachable", 2)
    window.shows(sale.receipt, CANNOT, "ตรวจว่าเปิดเครื่องพิมพ์", "Check that the printer is on")
    window.shows(sale.coupon, WAITS, "ขายต่อได้เลย", "Selling goes on")
    bench.later()
    printer.set_fault(Fault.NONE)
    bench.rest()
    assert bench.stands(sale.pulse) == (S.CANCELLED, "drawer_too_late", Proof.NONE)
    assert window.badge == READY
    window.shows(sale.pulse, NOT_OPENED, "ใช้กุญแจ", "Use the key")
    window.shows(sale.receipt, PRINTED, "ยืนยันแล้ว", "confirmed")
    bench.came_out_once(sale, kicks=0)


def never_reads_and_is_known_to_answer(bench: Bench, window: Window) -> None:
    """It takes the connection and is silent: it would swallow the paper, so it gets none."""
    bench.hurry()
    printer = bench.printer()
    printer.set_fault(Fault.HANG)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert window.badge == waiting("ติดต่อไม่ได้", "Not reachable", 2)
    window.shows(sale.receipt, CANNOT, "เสียบสาย", "connected")
    bench.later()
    printer.set_fault(Fault.NONE)
    bench.rest()
    bench.came_out_once(sale, kicks=0)


def never_reads_and_nobody_knows_it(bench: Bench, window: Window) -> None:
    """A device that may be mute is sent to; that the system merely holds the bytes is found out, and they are lost."""
    bench.hurry()
    bench.expect("broke off: printer_not_reading")
    printer = bench.printer(profile=GENERIC_80, drawer=False)
    printer.set_fault(Fault.HANG)
    sale = bench.sale()
    bench.rest()
    unread = (S.UNCONFIRMED, "printer_not_reading", Proof.NONE)
    assert [bench.stands(job) for job in (sale.receipt, sale.coupon)] == [unread] * 2
    assert window.badge == look_at(2)
    window.shows(sale.receipt, COMPLETE, "ไม่รับข้อมูล", "stopped taking data")
    printer.set_fault(Fault.NONE)
    bench.nothing_more_comes()
    assert bench.papers() == [], "what was given up does not come out later"


@dataclass(frozen=True)
class Standing:
    """A fault that the printer tells of, and what the window makes of it."""

    fault: Do
    reason: str
    badge: Both
    why: Both


STANDING = (
    Standing(Do.PAPER_OUT, "printer_paper_out", ("กระดาษหมด", "Out of paper"), ("ใส่ม้วนใหม่", "Put in a new roll")),
    Standing(Do.COVER_OPEN, "printer_cover_open", ("ฝาเปิด", "Cover open"), ("ปิดฝาให้สนิท", "Close it")),
    Standing(Do.OFFLINE, "printer_offline", ("ออฟไลน์", "Offline"), ("กดปุ่มที่เครื่อง", "Press its button")),
    Standing(Do.OVERHEATED, "printer_overheated", ("หัวพิมพ์ร้อน", "Too hot"), ("รอสักครู่", "when it has cooled")),
    Standing(Do.CUTTER_ERROR, "printer_cutter", ("ใบมีดติด", "Cutter jammed"), ("เอากระดาษที่ติดออก", "take the paper out")),
    Standing(Do.UNRECOVERABLE, "printer_broken", ("เครื่องเสีย", "Out of order"), ("เรียกช่าง", "call for service")),
)


def not_ready(bench: Bench, window: Window, row: Standing) -> None:
    """The printer says what is wrong: not a row of paper moves, the drawer opens all the same, and once."""
    printer = bench.printer()
    printer.do(row.fault)
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, row.reason, Proof.NONE)
    assert (bench.state(sale.coupon), printer.rows) == (S.QUEUED, 0)
    assert window.badge == waiting(*row.badge, 2)
    window.shows(sale.receipt, CANNOT, *row.why)
    assert bench.state(sale.pulse) in (S.UNVERIFIABLE, S.CONFIRMED)
    assert window.of(sale.pulse).state in (TOLD, OPENED)
    assert printer.kicks == 1
    bench.later()
    printer.undo(row.fault)
    bench.rest()
    assert window.badge == READY
    bench.came_out_once(sale, kicks=1)


def paper_low(bench: Bench, window: Window) -> None:
    """A roll that is nearly used up prints on, and is spoken of."""
    printer = bench.printer()
    printer.do(Do.PAPER_LOW)
    sale = bench.sale()
    bench.rest()
    assert window.badge == ("กระดาษใกล้หมด", "Paper nearly used up")
    bench.came_out_once(sale, kicks=1)


def another_printer_behind_the_address(bench: Bench, window: Window) -> None:
    """Another device answers there: it gets neither papers nor pulses of this till."""
    printer = bench.printer(identity=PRINTER_ID)
    first = bench.sale()
    bench.rest()
    printer.do(Do.OTHER_PRINTER)
    rows = printer.rows
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_changed", Proof.NONE)
    assert (printer.rows, printer.kicks) == (rows, 1)
    assert window.badge == waiting("ไม่ใช่เครื่องเดิม", "Another device answers", 2)
    window.shows(sale.receipt, CANNOT, "ตรวจสายและที่อยู่", "Check cables and address")
    bench.later()
    bench.rest()
    assert bench.stands(sale.pulse) == (S.CANCELLED, "drawer_too_late", Proof.NONE)
    printer.undo(Do.OTHER_PRINTER)
    bench.later()
    bench.rest()
    bench.came_out_once(first, sale, kicks=1)


def clock_set(bench: Bench, window: Window, jump: timedelta) -> None:
    """The wall clock is set while papers wait: they wait as long as they would have, and the drawer is not late."""
    spare = bench.printer("spare", roles=(), drawer=False)
    printer = bench.printer(fallback="spare")
    bench.furnished()
    bench.rest()
    printer.set_fault(Fault.OFF)
    sale = bench.sale()
    bench.rest()
    bench.world.clock.forward(jump)
    bench.seconds.at += 1
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert window.badge == waiting("ติดต่อไม่ได้", "Not reachable", 2)
    printer.set_fault(Fault.NONE)
    assert printer.received == 0, "not due yet, whatever the wall says"
    bench.seconds.at += 1
    bench.rest()
    assert bench.state(sale.pulse) is S.CONFIRMED
    assert (spare.received, bench.papers("spare")) == (0, []), "nothing is handed over for the wall clock's sake"
    bench.came_out_once(sale, kicks=1)


def goes_to_the_fallback(bench: Bench, window: Window) -> None:
    """What one printer cannot begin for eight seconds comes out of the other, once; no drawer opens there."""
    spare = bench.printer("spare", roles=(), drawer=False)
    printer = bench.printer(fallback="spare")
    bench.furnished()
    printer.set_fault(Fault.PAPER_OUT)
    sale = bench.sale()
    for _ in range(4):
        bench.rest()
        assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_paper_out", Proof.NONE)
        assert spare.rows == 0
        bench.later(timedelta(seconds=2))
    bench.rest()
    bench.rest()  # the coupon is blocked only once the receipt is gone
    bench.later(timedelta(seconds=2))
    bench.rest()
    taken = (S.CONFIRMED, "printer_fallback", Proof.PROCESS_ID)
    assert [bench.stands(job) for job in (sale.receipt, sale.coupon)] == [taken] * 2
    assert {bench.info(job).printer for job in (sale.receipt, sale.coupon)} == {"spare"}
    assert (bench.papers("spare"), bench.papers()) == ([["receipt 1"], ["coupon 1"]], [])
    window.shows(sale.receipt, PRINTED, "เครื่องสำรองแทน", "the fallback printer took over")
    assert (printer.kicks, spare.kicks) == (1, 0)
    printer.set_fault(Fault.NONE)
    after = bench.sale()
    bench.rest()
    assert bench.papers() == [["receipt 2"], ["coupon 2"]], "a printer that works again keeps its papers"
    assert bench.info(after.receipt).printer == "front"
    bench.nothing_more_comes()
    assert (printer.kicks, spare.kicks) == (2, 0)
