"""Rows of the fault matrix: USB, serial lines and the systems' queues."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from pos_member.domain.printers import Answers, PrinterProfile, Proof
from pos_member.hardware.printing.cups import CupsTransport
from pos_member.hardware.printing.simulator import Fault, PtyLink
from pos_member.hardware.printing.transports import Transport
from pos_member.hardware.printing.usb_port import UsbTransport
from pos_member.hardware.printing.windows_spooler import WindowsTransport
from pos_member.hardware.printing.winspool import QueueStatus, WinSpool
from tests.e2e.printing.bench import Bench, S
from tests.e2e.printing.words import (
    CANNOT,
    COMPLETE,
    NOT_OPENED,
    READY,
    SENT_ONLY,
    Window,
    look_at,
    waiting,
)
from tests.hardware.printing import fake_winspool
from tests.hardware.printing.cups_server import CupsServer
from tests.hardware.printing.fake_usb import Bus, Printer

Row = Callable[[Bench, Window], None]
MUTE = PrinterProfile("mute", answers=Answers.NO)
SENT = (S.UNVERIFIABLE, "", Proof.NONE)


def _usb(bench: Bench) -> Printer:
    device = Printer()
    bench.attach("front", UsbTransport(device.vendor, device.product, backend=Bus(device)), MUTE)
    return device


def unplugged_before(bench: Bench, window: Window) -> None:
    """The cable is out: not a byte leaves; plugged in again, it prints once."""
    device = _usb(bench)
    device.lasts = 0
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_gone", Proof.NONE)
    assert window.badge == waiting("สายหลุด", "Unplugged", 2)
    window.shows(sale.receipt, CANNOT, "เสียบสายใหม่", "Plug it in again")
    bench.later()
    device.lasts = None
    bench.rest()
    assert [bench.stands(job) for job in (sale.receipt, sale.coupon)] == [SENT] * 2
    assert window.badge == READY
    window.shows(sale.receipt, SENT_ONLY, "ยืนยันไม่ได้", "cannot say whether")
    bench.nothing_more_comes()
    assert bench.developed(bytes(device.taken)) == ([["receipt 1"], ["coupon 1"]], 0)


def unplugged_in_the_middle(bench: Bench, window: Window) -> None:
    """The cable is pulled while the receipt goes over it."""
    bench.expect("broke off: printer_broke_off")
    device = _usb(bench)
    device.lasts = 9_000
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.UNCONFIRMED, "printer_broke_off", Proof.NONE)
    assert bench.stands(sale.coupon) == (S.BLOCKED, "printer_gone", Proof.NONE)
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "the paper may be incomplete")
    window.shows(sale.coupon, CANNOT, "เสียบสายใหม่", "Plug it in again")
    bench.sale({"tea": 1})
    bench.later()
    device.lasts = None
    bench.rest()
    bench.nothing_more_comes()
    papers, kicks = bench.developed(bytes(device.taken))
    assert papers == [["part of a receipt", "coupon 1"], ["receipt 2"]]
    assert kicks == 1, "the second pulse came too late"


def no_rights(bench: Bench, window: Window) -> None:
    """The system does not let the till at the device: said so, and it prints once it may."""
    device = _usb(bench)
    device.refuses["open"] = errno.EACCES
    sale = bench.sale()
    bench.rest()
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_no_rights", Proof.NONE)
    assert window.badge == waiting("ยังไม่มีสิทธิ์ใช้", "Not allowed", 2)
    device.refuses.clear()
    bench.later()
    bench.rest()
    bench.nothing_more_comes()
    assert bench.developed(bytes(device.taken)) == ([["receipt 1"], ["coupon 1"]], 0)


def serial_does_not_drain(bench: Bench, window: Window) -> None:
    """A serial line that takes no more in the middle of a receipt; what it had not taken never comes out."""
    bench.hurry()
    bench.expect("broke off: printer_")
    printer = bench.printer(link=PtyLink())
    first = bench.sale({"tea": 1})
    bench.rest()
    claimed = bench.claims("front", lambda: printer.set_fault(Fault.HANG))
    sale = bench.sale()
    bench.rest()
    assert len(claimed) == 1, "the line stood still once the pulse was claimed"
    assert bench.state(sale.pulse) is not S.CONFIRMED
    assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_unreachable", Proof.NONE)
    assert window.badge == waiting("ติดต่อไม่ได้", "Not reachable", 2)
    printer.set_fault(Fault.NONE)
    bench.later()
    bench.claims("front", lambda: printer.set_fault(Fault.HANG))
    bench.rest()
    state, reason, _ = bench.stands(sale.receipt)
    assert state is S.UNCONFIRMED and reason in ("printer_not_reading", "printer_silent")
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "Look at the paper")
    assert window.badge == look_at(1)
    bench.sale({"tea": 1})
    printer.set_fault(Fault.NONE)
    bench.later()
    bench.rest()
    bench.nothing_more_comes()
    pieces = bench.papers()
    assert [piece[-1] for piece in pieces] == ["receipt 1", "coupon 2", "receipt 3"]
    assert pieces[1][:-1] in ([], ["part of a receipt"])
    assert bench.state(first.receipt) is S.CONFIRMED
    assert printer.kicks <= 2


@dataclass(frozen=True)
class Queue:
    """A queue of the system's: how it is stopped and started, and everything it has passed on."""

    way: Transport
    stop: Callable[[], None]
    start: Callable[[], None]
    passed: Callable[[], bytes]


def queue_of_cups(cups: CupsServer, name: str = "paper") -> Queue:
    """A queue of a real CUPS."""
    before = len(cups.printed(name))
    return Queue(
        CupsTransport(name, cups.where, job_timeout_s=2.0),
        lambda: cups.pause(name),
        lambda: cups.pause(name, resume=True),
        lambda: cups.printed(name)[before:],
    )


def queue_of_windows() -> Queue:
    """A queue of the Windows spooler, as its fake has it."""
    printer = fake_winspool.Printer()
    library = fake_winspool.Library(POS=printer)
    spooler = WinSpool(library, lambda: library.last)

    def status(value: int) -> None:
        printer.status = value

    return Queue(
        WindowsTransport("POS", call_timeout_s=1.0, job_timeout_s=2.0, spooler=spooler),
        lambda: status(QueueStatus.PAUSED),
        lambda: status(0),
        lambda: b"".join(printer.printed),
    )


def the_queue_is_paused(bench: Bench, window: Window, queue: Queue) -> None:
    """A stopped queue would print whenever somebody starts it: nothing is left in it, the till keeps its papers."""
    bench.attach("front", queue.way, MUTE)
    queue.stop()
    try:
        sale = bench.sale()
        bench.rest()
        assert bench.stands(sale.receipt) == (S.BLOCKED, "printer_queue_stopped", Proof.NONE)
        assert window.badge == waiting("คิวหยุด", "Queue stopped", 2)
        window.shows(sale.receipt, CANNOT, "เปิดคิวในตั้งค่าเครื่องพิมพ์", "Start it in the system's printer settings")
        bench.later()
    finally:
        queue.start()
    assert queue.passed() == b"", "nothing was left behind in the queue"
    bench.rest()
    passed = (S.UNVERIFIABLE, "", Proof.SPOOLER)
    assert [bench.stands(job) for job in (sale.receipt, sale.coupon)] == [passed] * 2
    assert bench.stands(sale.pulse) == (S.CANCELLED, "drawer_too_late", Proof.NONE)
    window.shows(sale.receipt, SENT_ONLY, "คิวพิมพ์ของระบบ", "print queue")
    assert window.of(sale.pulse).state == NOT_OPENED
    assert window.badge == READY
    bench.nothing_more_comes()
    assert bench.developed(queue.passed()) == ([["receipt 1"], ["coupon 1"]], 0)


def the_queue_fails(bench: Bench, window: Window, cups: CupsServer) -> None:
    """The queue took the paper, gave it to its back end and says that this failed: a person is asked."""
    bench.expect("broke off: printer_queue_failed")
    before = len(cups.printed("fails"))
    bench.attach("front", CupsTransport("fails", cups.where, job_timeout_s=3.0), MUTE, drawer=False)
    sale = bench.sale({"tea": 1})
    bench.rest()
    assert bench.stands(sale.receipt) == (S.UNCONFIRMED, "printer_queue_failed", Proof.NONE)
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "Look at the paper")
    bench.nothing_more_comes()
    assert bench.developed(cups.printed("fails")[before:]) == ([["receipt 1"]], 0)
