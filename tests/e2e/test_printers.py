"""The till's own window with several printers, as it is shipped: by role, set up while it runs, and one that hangs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos_member.app.settings import TillSettings, load_settings
from pos_member.app.window import TillProgram
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterRole, PrinterSetup, Proof
from pos_member.hardware.printing.profile import known_profiles
from pos_member.hardware.printing.simulator import Do, Fault, Step, VirtualPrinter, When
from pos_member.services.ports import PrintJobInfo, PrintJobState
from pos_member.ui.ports import PrinterLight
from tests.e2e.commands import assert_clean, demo_till
from tests.e2e.test_window_troubles import enter, keys, manager_of, open_window, settled, sign_in
from tests.fair_time import FairTime
from tests.patience import PATIENCE_MS, PATIENCE_S

pytestmark = [
    pytest.mark.qt_log_level_fail("WARNING"),
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(port=0, out_dir=tmp_path / "counter", strict=True) as made:
        yield made


def setup(key: str, printer: VirtualPrinter, *roles: PrinterRole, drawer: bool = False) -> PrinterSetup:
    profile = known_profiles()["virtual-80"]
    address = f"tcp://127.0.0.1:{printer.port}"
    return PrinterSetup(key, key.title(), address, profile, "virtual-80", roles=roles, drawer=drawer)


def sell(program: TillProgram, qtbot: QtBot, amount: str = "120") -> str:
    """A sale for exact cash by the keys; the bill's id."""
    keys(program, amount)
    enter(program)
    settled(program, qtbot)
    with qtbot.waitSignal(program.window.desk.completed, timeout=PATIENCE_MS):
        keys(program, "+")
    last = program.window.desk.last
    assert last is not None
    return last.bill.id


def job_of(program: TillProgram, bill_id: str, kind: DocumentKind) -> PrintJobInfo:
    """The one job of this kind about the bill."""
    assert program.till is not None
    (found,) = [job for job in program.till.store.facts.print_jobs(50) if (job.subject_id, job.kind) == (bill_id, kind)]
    return found


def proved(program: TillProgram, qtbot: QtBot, bill_id: str) -> None:
    """Until the bill's receipt is known to have come out."""
    state = PrintJobState.CONFIRMED
    qtbot.waitUntil(lambda: job_of(program, bill_id, DocumentKind.RECEIPT).state is state, timeout=PATIENCE_MS)


def receipts(program: TillProgram, bill_id: str) -> list[PrintJobInfo]:
    """The receipt and its copies, newest first."""
    assert program.till is not None
    found = program.till.store.facts.print_jobs(50)
    return [job for job in found if (job.subject_id, job.kind) == (bill_id, DocumentKind.RECEIPT)]


def test_each_paper_comes_out_where_it_belongs_and_the_drawer_opens_first(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    folder = demo_till(tmp_path / "till")
    with VirtualPrinter(port=0, out_dir=tmp_path / "kitchen", strict=True) as kitchen:
        setups = (
            setup("counter", printer, PrinterRole.RECEIPT, PrinterRole.COUPON, drawer=True),
            setup("kitchen", kitchen, PrinterRole.KITCHEN),
        )
        with open_window(folder, TillSettings(language="en", printers=setups), qtbot) as program:
            sign_in(program, qtbot)
            bill_id = sell(program, qtbot)
            papers = (DocumentKind.RECEIPT, DocumentKind.ORDER_SLIP)
            qtbot.waitUntil(
                lambda: all(job_of(program, bill_id, kind).state is PrintJobState.CONFIRMED for kind in papers),
                timeout=PATIENCE_MS,
            )
            receipt, slip, pulse = (job_of(program, bill_id, kind) for kind in (*papers, DocumentKind.DRAWER))
            assert (receipt.printer, slip.printer, pulse.printer) == ("counter", "kitchen", "counter")
            assert receipt.proof is Proof.PROCESS_ID
            assert (printer.kicks, kitchen.kicks) == (1, 0)
            assert pulse.updated_at <= receipt.updated_at
            assert {view.key for view in program._printer_state().printers} == {"counter", "kitchen"}
    assert_clean(folder)


def test_printers_are_set_up_and_taken_away_while_the_till_runs(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    folder = demo_till(tmp_path / "till")
    with open_window(folder, TillSettings(language="en"), qtbot) as program:
        sign_in(program, qtbot)
        first = sell(program, qtbot)
        assert job_of(program, first, DocumentKind.RECEIPT).state is PrintJobState.QUEUED and printer.cuts == 0
        admin = program.printing.admin()
        assert admin is not None and admin.setups() == ()
        counter = setup("counter", printer, PrinterRole.RECEIPT, drawer=True)
        admin.save(manager_of(program), (counter,))
        assert load_settings(folder).printers == admin.setups() == (counter,)
        # What was sold a moment ago is still wanted; the customer stands at the counter.
        proved(program, qtbot, first)
        second = sell(program, qtbot, "80")
        proved(program, qtbot, second)
        assert printer.kicks == 1
        admin.save(manager_of(program), ())
        qtbot.waitUntil(lambda: not program.printing.lanes.heard(), timeout=PATIENCE_MS)
        cuts = printer.cuts
        third = sell(program, qtbot, "60")
        assert job_of(program, third, DocumentKind.RECEIPT).state is PrintJobState.QUEUED and printer.cuts == cuts
    assert_clean(folder)


def test_the_first_byte_follows_the_sale_at_once(qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter) -> None:
    folder = demo_till(tmp_path / "till")
    settings = TillSettings(language="en", printers=(setup("counter", printer, PrinterRole.RECEIPT),))
    sold: list[FairTime] = []
    waits: list[float] = []
    with open_window(folder, settings, qtbot) as program:
        sign_in(program, qtbot)
        program.window.desk.completed.connect(lambda _: sold.append(FairTime()))
        for at in range(6):
            before = printer.received
            sell(program, qtbot, str(100 + at))
            assert printer.wait_until(lambda before=before: printer.received > before, PATIENCE_S)
            waits.append(sold[-1].took_s)
            assert printer.wait_for_pictures(at + 1, PATIENCE_S)
    # A generous limit: the aim is measured in the benchmarks, and this machine does other things meanwhile.
    assert len(sold) == len(waits) == 6 and sorted(waits)[3] < 1.0, waits


def test_a_printer_that_hangs_keeps_neither_the_sale_nor_the_till_from_closing(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    folder = demo_till(tmp_path / "till")
    printer.set_fault(Fault.HANG)
    settings = TillSettings(language="en", printers=(setup("counter", printer, PrinterRole.RECEIPT),))
    with open_window(folder, settings, qtbot) as program:
        sign_in(program, qtbot)
        bill_id = sell(program, qtbot)
        assert program.till is not None and program.till.store.facts.bill(bill_id) is not None
        assert printer.wait_until(lambda: printer.connected > 0, PATIENCE_S)
        began = FairTime()
    # At the counter a lane that hangs is left behind after five seconds, with a warning: here one comes after a minute.
    assert began.took_s < 10
    assert_clean(folder)


def test_paper_that_runs_out_in_the_middle_can_be_printed_elsewhere_and_the_first_printer_lets_go(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    folder = demo_till(tmp_path / "till")
    with VirtualPrinter(port=0, out_dir=tmp_path / "back", strict=True) as back:
        setups = (setup("counter", printer, PrinterRole.RECEIPT), setup("back", back, PrinterRole.KITCHEN))
        with open_window(folder, TillSettings(language="en", printers=setups), qtbot) as program:
            sign_in(program, qtbot)
            first = sell(program, qtbot, "90")
            assert program.till is not None
            store = program.till.store

            def all_out() -> bool:
                papers = [job for job in store.facts.print_jobs(50) if job.kind is not DocumentKind.DRAWER]
                return all(job.state is PrintJobState.CONFIRMED for job in papers)

            # Every paper of the first sale is proved, and cut at its printer: none of its rows are the next one's.
            qtbot.waitUntil(all_out, timeout=PATIENCE_MS)
            assert receipts(program, first)[0].printer == "counter"
            cut = sum(job.printer == "counter" for job in store.facts.print_jobs(50))
            assert printer.wait_for_pictures(cut, PATIENCE_S)
            printer.plan(Step(When(row=printer.rows + 120), Do.PAPER_OUT))
            bill_id = sell(program, qtbot)
            waiting = PrintJobState.WAITING_PRINTER

            def job() -> PrintJobInfo:
                return receipts(program, bill_id)[-1]

            def it_waits() -> None:
                assert job().state is waiting, (job(), program._printer_state(), printer.rows, printer.held)

            qtbot.waitUntil(it_waits, timeout=PATIENCE_MS)
            view = program._printer_state()
            assert (view.light, view.reason) == (PrinterLight.TROUBLE, "printer_waits_for_paper")
            lights = [PrinterLight.TROUBLE, PrinterLight.READY]
            # The order slip of the same sale may still be under way at the other printer.
            qtbot.waitUntil(
                lambda: [each.light for each in program._printer_state().printers] == lights, timeout=PATIENCE_MS
            )
            assert program.till is not None and program.window.shell.session is not None
            jobs, session = program.till.services.print_jobs, program.window.shell.session
            copy_id = jobs.other_printer(session, job().id, "back", expected=waiting)
            program.printing.look()
            facts = program.till.store.facts

            def copy() -> PrintJobInfo:
                found = facts.print_job(copy_id)
                assert found is not None
                return found

            qtbot.waitUntil(lambda: copy().state is PrintJobState.CONFIRMED, timeout=PATIENCE_MS)
            assert (copy().printer, copy().copy_number) == ("back", 1)
            assert back.wait_for_pictures(1, PATIENCE_S)
            # The lane of the printer that waited has let go of the paper, and says no more about it. The printer itself
            # hears of it only where its memory has room to read on: a busy till has filled it before it heard of the
            # missing paper.
            qtbot.waitUntil(lambda: not program.printing.lanes.busy("counter"), timeout=PATIENCE_MS)
            qtbot.waitUntil(lambda: printer.connected == 0 or printer.held, timeout=PATIENCE_MS)
            assert (job().state, job().replaced_by) == (PrintJobState.SUPERSEDED, copy_id)
            # The papers of a bill are printed again by the copy's number, not by chance.
            assert [each.copy_number for each in receipts(program, bill_id)] == [1, 0]
    assert_clean(folder)
