"""Rows of the fault matrix: the till itself is killed, prints twice at once, or cannot write."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pos_member.domain.errors import Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.simulator import Do, Fault, PtyLink, Step, VirtualPrinter, When
from tests.db.test_io_faults import no_file_beyond
from tests.e2e.commands import start
from tests.e2e.printing.bench import Bench, S, Sale, until
from tests.e2e.printing.words import COMPLETE, NOT_OPENED, PRINTED, READY, Window, look_at, waiting

Row = Callable[[Bench, Window], None]
BROKE_OFF = (S.UNCONFIRMED, "printer_broke_off", Proof.NONE)
WELL = (S.CONFIRMED, "", Proof.PROCESS_ID)


# --- kill -9 -------------------------------------------------------------------------------------------------------


@contextmanager
def killed(bench: Bench, moment: str, plant: str, reached: Callable[[VirtualPrinter], bool]) -> Iterator[None]:
    """A till of its own process sells and prints; it is killed at ``moment`` once ``reached``. Then ours starts."""
    printer, folder = bench.printers["front"], bench.shut()
    arguments = (folder, printer.address, bench.member.id, moment, plant)
    with start(*arguments, module="tests.e2e.printing.child") as till:
        try:
            assert till.stdout is not None
            bill_id = till.stdout.readline().strip()
            assert bill_id, "the till does not start"
            if moment != "on":
                assert till.stdout.readline().strip() == moment
            until(lambda: reached(printer) or till.poll() is not None, "the moment")
            assert till.poll() is None, "the till ended by itself"
        finally:
            till.kill()
            till.wait(60)
    yield
    printer.set_fault(Fault.NONE)
    bench.start_again()
    bill = bench.world.store.facts.bill(bill_id)
    assert bill is not None, "a sale that was said is there"
    bench.noted(bill)


def killed_before_the_pulse(bench: Bench, window: Window, plant: str = "none") -> Sale:
    """The power goes between the sale and its pulse: after the start the drawer stays shut, the papers come out."""
    printer = bench.printer()
    with killed(bench, "pulse", plant, lambda _: True):
        assert printer.rows == 0
    (sale,) = bench.sales
    assert bench.stands(sale.pulse) == (S.CANCELLED, "drawer_too_late", Proof.NONE)
    bench.rest()
    bench.came_out_once(sale, kicks=0)
    assert (window.badge, window.of(sale.pulse).state) == (READY, NOT_OPENED)
    return sale


def killed_before_the_claim(bench: Bench, window: Window, plant: str = "none") -> None:
    """Not a byte of the receipt has left, and the spool knows it: it comes out after the start, once."""
    bench.printer()
    with killed(bench, "claim", plant, lambda _: True):
        pass
    (sale,) = bench.sales
    assert bench.state(sale.receipt) is S.QUEUED
    bench.rest()
    assert (window.badge, window.of(sale.receipt).state) == (READY, PRINTED)
    bench.came_out_once(sale, kicks=1)


def _asked_about(bench: Bench, window: Window, papers: list[list[str]]) -> None:
    """After the start a person is asked about the receipt, and the coupon comes out."""
    (sale,) = bench.sales
    assert bench.stands(sale.receipt) == BROKE_OFF
    assert window.badge[0].startswith("ดูกระดาษ")
    bench.rest()
    assert bench.stands(sale.coupon) == WELL
    assert window.badge == look_at(1)
    window.shows(sale.receipt, COMPLETE, "ดูกระดาษก่อน", "the paper may be incomplete")
    bench.nothing_more_comes()
    assert bench.papers() == papers
    assert bench.printers["front"].kicks == 1


def killed_before_the_first_byte(bench: Bench, window: Window, plant: str = "none") -> None:
    """The claim is written and nothing has left: nobody can know that, so a person is asked."""
    bench.printer()
    with killed(bench, "claimed", plant, lambda _: True):
        pass
    _asked_about(bench, window, [["coupon 1"]])


def killed_while_sending(bench: Bench, window: Window, plant: str = "none") -> None:
    """Half of the receipt has left, on a line that holds no more than it shows."""
    bench.printer("front", Step(When(byte=9_000), Do.HANG), link=PtyLink())
    with killed(bench, "on", plant, lambda printer: printer.held):
        pass
    _asked_about(bench, window, [["part of a receipt", "coupon 1"]])


def killed_before_the_verdict(bench: Bench, window: Window, plant: str = "none") -> None:
    """The whole receipt lies there, and the till died before it was told so."""
    bench.printer("front", Step(When(job=2, byte=100), Do.MUTE))
    with killed(bench, "on", plant, lambda printer: printer.cuts == 1):
        pass
    _asked_about(bench, window, [["receipt 1"], ["coupon 1"]])


# --- two at once ---------------------------------------------------------------------------------------------------


def _meet_at_the_claim(bench: Bench) -> threading.Barrier:
    """Both workers hold the same job before one of them claims it."""
    barrier = threading.Barrier(2)
    for lane in bench.lanes.values():
        jobs = lane.worker._jobs
        first = [True]

        def claim(job_id: str, payload: bytes, jobs=jobs, first=first, claim=jobs.mark_sending) -> bool:
            if first[0]:
                first[0] = False
                barrier.wait(20)
            return claim(job_id, payload)

        jobs.mark_sending = claim
    return barrier


def two_workers_at_two_printers(bench: Bench, window: Window) -> None:
    """Two printers with the same papers reach for the same job at the same moment."""
    bench.printer("back", drawer=False)
    bench.printer("front", drawer=False)
    bench.furnished()
    sales = [bench.sale(), bench.sale()]
    _meet_at_the_claim(bench)
    bench.rest()
    assert [bench.stands(job) for sale in sales for job in (sale.receipt, sale.coupon)] == [WELL] * 4
    assert window.badge == READY
    bench.nothing_more_comes()
    papers = [paper for key in ("back", "front") for piece in bench.papers(key) for paper in piece]
    assert sorted(papers) == ["coupon 1", "coupon 2", "receipt 1", "receipt 2"]
    assert {bench.info(job).attempts for sale in sales for job in (sale.receipt, sale.coupon)} == {1}


def two_workers_at_one_printer(bench: Bench, window: Window) -> None:
    """Two workers of one printer, as if the till ran twice: papers and pulses once each."""
    printer = bench.printer(build={"clients": 4})
    bench.start_lane("front", "again")
    sales = [bench.sale(), bench.sale()]
    _meet_at_the_claim(bench)
    bench.rest()
    bench.later()
    bench.rest()
    assert [bench.stands(job) for sale in sales for job in (sale.receipt, sale.coupon)] == [WELL] * 4
    assert window.badge == READY
    bench.nothing_more_comes()
    papers = [paper for piece in bench.papers() for paper in piece]
    assert sorted(papers) == ["coupon 1", "coupon 2", "receipt 1", "receipt 2"]
    assert printer.kicks == sum(bench.state(sale.pulse) in (S.CONFIRMED, S.UNVERIFIABLE) for sale in sales)


# --- the disk ------------------------------------------------------------------------------------------------------


def _size(bench: Bench) -> int:
    wal = bench.world.folder.path / "till.db-wal"
    return max(wal.stat().st_size if wal.exists() else 0, 4_096)


def the_disk_is_full(bench: Bench, window: Window) -> None:
    """What cannot be announced is not sent: no paper, no pulse; with room again everything comes once."""
    printer = bench.printer()
    sale = bench.sale()
    with no_file_beyond(_size(bench)):
        for _ in range(3):
            bench.rest()
        assert {problem.reason for problem in bench.lanes["front"].refused} <= {Reason.DISK_FULL, Reason.DISK_FAILED}
        assert len(bench.lanes["front"].refused) == 3
        assert (printer.rows, printer.kicks) == (0, 0)
    assert {bench.state(job) for job in (sale.pulse, sale.receipt, sale.coupon)} <= {S.QUEUED, S.BLOCKED}
    assert window.badge in (waiting("พิมพ์ไม่ได้", "Cannot print", 2), ("กำลังพิมพ์ 2 ใบ", "Printing · 2"))
    bench.rest()
    bench.seconds.at += 3
    bench.rest()
    assert window.badge == READY
    bench.came_out_once(sale, kicks=1)


def the_disk_fills_up_under_a_paper(bench: Bench, window: Window) -> None:
    """The paper is under way when the disk is full: it comes out, and its verdict is written once there is room."""
    bench.expect("could not be written down")
    printer = bench.printer(drawer=False)
    sale = bench.sale()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The signal is a matter of this thread; the limit falls on the lane, between the claim and the first byte.
    with no_file_beyond(_size(bench) + 1_000_000):
        bench.claims("front", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (_size(bench), hard)))
        bench.rest()
        assert bench.lanes["front"].refused
        assert printer.wait_for_pictures(1)
        bench.rest()
        assert bench.state(sale.receipt) is S.SENDING
        assert window.badge == ("กำลังพิมพ์ 2 ใบ", "Printing · 2")
        assert bench.papers() == [["receipt 1"]], "nothing is sent before the verdict is written"
    bench.rest()
    assert window.badge == READY
    bench.came_out_once(sale, kicks=0)
