"""Setting printers up, behind the window: what may stand side by side, trial prints, papers as PDF, the program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.app.paper_pdf import paper_pdf
from pos_member.app.printer_admin import TillPrinterAdmin, check_setups
from pos_member.app.settings import load_settings
from pos_member.app.window import TillProgram
from pos_member.config import resource
from pos_member.db.store import SqlTillStore
from pos_member.domain.documents import TEST_CODE, DocumentKind, TestPageDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.permission import Session
from pos_member.domain.printers import (
    DrawerSensor,
    Marks,
    PrinterProfile,
    PrinterRole,
    PrinterSetup,
    Proof,
    TextMode,
)
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.profile import GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.simulator import Build, Do, Fault, VirtualPrinter
from pos_member.services.ports import TillTransaction
from pos_member.services.print_ports import PaperTemplate, PrintJobState
from tests.e2e.commands import demo_till
from tests.e2e.test_window_troubles import enter, keys, manager_of, open_window, settled, sign_in
from tests.factories import World, make_world
from tests.services.test_print_jobs import audit_records


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(out_dir=tmp_path / "papers", build=Build(drawer=DrawerSensor.HIGH_IS_OPEN)) as made:
        yield made


class Shelf:
    """Keeps set-ups in memory, and what was applied."""

    def __init__(self) -> None:
        self.kept: tuple[PrinterSetup, ...] = ()
        self.applied: list[tuple[PrinterSetup, ...]] = []
        self.full = False

    def keep(self, setups: tuple[PrinterSetup, ...]) -> None:
        if self.full:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path="till.json")
        self.kept = setups


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def admin(shelf: Shelf, world: World, qapp: QApplication) -> TillPrinterAdmin:
    return admin_of(world, shelf)


@pytest.fixture
def manager(world: World) -> Session:
    return world.session("1004")


def admin_of(world: World, shelf: Shelf | None = None) -> TillPrinterAdmin:
    made = shelf or Shelf()
    facts, desk = (lambda: world.store.facts), (lambda: world.till.printers)
    return TillPrinterAdmin(lambda: made.kept, made.keep, made.applied.append, facts, desk, world.folder.path)


def setup_at(address: str, key: str = "a", profile: PrinterProfile = VIRTUAL_80, **more: object) -> PrinterSetup:
    return replace(PrinterSetup(key, f"Printer {key}", address, profile), **more)  # type: ignore[arg-type]


# --- what may stand side by side ----------------------------------------------------------------------------

A, B, C = (setup_at("192.168.1.5", key) for key in "abc")


@pytest.mark.parametrize(
    ("setups", "reason"),
    [
        ((A, A), Reason.PRINTER_KEY_TWICE),
        ((replace(A, key=""),), Reason.PRINTER_KEY_TWICE),
        ((replace(A, name="  "),), Reason.TEXT_EMPTY),
        ((replace(A, address="http://x"),), Reason.PRINTER_ADDRESS_INVALID),
        ((replace(A, fallback="z"),), Reason.PRINTER_UNKNOWN),
        ((replace(A, fallback="a"),), Reason.PRINTER_FALLBACK_CIRCLE),
        ((replace(A, fallback="b"), replace(B, fallback="a")), Reason.PRINTER_FALLBACK_CIRCLE),
        (
            (replace(A, fallback="b"), replace(B, fallback="c"), replace(C, fallback="b")),
            Reason.PRINTER_FALLBACK_CIRCLE,
        ),
        ((replace(A, drawer=True), replace(B, drawer=True)), Reason.PRINTER_DRAWERS),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused_whole(
    admin: TillPrinterAdmin, manager: Session, shelf: Shelf, setups: tuple[PrinterSetup, ...], reason: Reason
) -> None:
    with pytest.raises(Refusal) as refused:
        admin.save(manager, setups)
    assert refused.value.reason is reason
    assert (shelf.kept, shelf.applied) == ((), [])


def test_printers_are_changed_by_a_manager_alone_and_on_record(
    admin: TillPrinterAdmin, shelf: Shelf, world: World, printer: VirtualPrinter
) -> None:
    cashier, supervisor, manager = (world.session(code) for code in ("1001", "1003", "1004"))
    setup = setup_at(printer.address, drawer=True)
    for who, approver in ((cashier, None), (cashier, supervisor)):
        with pytest.raises(Refusal) as refused:
            admin.save(who, (setup,), approver)
        assert refused.value.reason is Reason.NOT_PERMITTED
    with pytest.raises(Refusal):
        admin.open_drawer(cashier, setup)
    assert (shelf.kept, shelf.applied, printer.kicks) == ((), [], 0)
    admin.save(cashier, (setup,), manager)
    admin.open_drawer(cashier, setup, supervisor)
    shelf.full = True
    with pytest.raises(EnvironmentProblem):
        admin.save(manager, ())
    assert shelf.kept == (setup,) and printer.kicks == 1
    changed, tried = [row for row in audit_records(world) if row.act in ("printers_changed", "drawer_tried")]
    assert (changed.staff_id, changed.approved_by) == (cashier.staff.id, manager.staff.id)
    assert changed.detail == f"a={printer.address}"
    assert (tried.staff_id, tried.approved_by) == (cashier.staff.id, supervisor.staff.id)


def test_without_its_record_nothing_is_kept(
    admin: TillPrinterAdmin, manager: Session, shelf: Shelf, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.save(manager, (A,))
    real = type(world.store).transaction

    @contextmanager
    def failing(store: SqlTillStore) -> Iterator[TillTransaction]:
        with real(store) as tx:
            yield tx
            raise EnvironmentProblem(Reason.DISK_FULL)

    monkeypatch.setattr(type(world.store), "transaction", failing)
    with pytest.raises(EnvironmentProblem):
        admin.save(manager, ())
    assert shelf.kept == (A,) and shelf.applied == [(A,)]


def test_no_paper_goes_into_the_tills_own_folder(
    admin: TillPrinterAdmin, manager: Session, world: World, shelf: Shelf
) -> None:
    """A job in place of the database would be the end of it."""
    own = world.folder.path
    for address in (
        f"file://{own}/till.db?append=no",
        f"{own}/till.db",
        f"device://{own}/x/../keys.secret",
        f"file://{own}/../{own.name}/till.json",
    ):
        setup = setup_at(address)
        for act in (
            lambda: admin.save(manager, (setup,)),  # noqa: B023 - used up at once
            lambda: admin.print_test_page(setup, "th"),  # noqa: B023
            lambda: admin.print_code_pages(setup, (21,)),  # noqa: B023
            lambda: admin.open_drawer(manager, setup),  # noqa: B023
        ):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.reason is Reason.PRINTER_ADDRESS_INVALID
    assert world.till.verify.run().ok and shelf.kept == ()
    admin.save(manager, (setup_at(f"file://{own.parent}/paper.bin"),))


def test_chains_and_none_at_all_are_fine(admin: TillPrinterAdmin, manager: Session, shelf: Shelf) -> None:
    chain = (replace(A, fallback="b"), replace(B, fallback="c", drawer=True), C)
    check_setups(chain)
    check_setups(())
    admin.save(manager, chain)
    assert admin.setups() == chain
    assert shelf.applied == [chain]


def test_what_cannot_be_kept_is_not_used_either(admin: TillPrinterAdmin, manager: Session, shelf: Shelf) -> None:
    shelf.full = True
    with pytest.raises(EnvironmentProblem):
        admin.save(manager, (A,))
    assert shelf.applied == []


def test_letters_are_kept_only_for_a_page_that_was_printed_there(
    admin: TillPrinterAdmin, manager: Session, shelf: Shelf, world: World, printer: VirtualPrinter
) -> None:
    plain = setup_at(printer.address)
    letters = replace(plain, profile=replace(VIRTUAL_80, text=TextMode(21, 48, Marks.STACKED)))
    with pytest.raises(Refusal) as refused:
        admin.save(manager, (letters,))
    assert refused.value.reason is Reason.TEXT_MODE_UNPROVED
    pages = admin.code_pages("virtual-80")
    assert 21 in pages
    assert admin.print_code_pages(plain, pages) is Proof.PROCESS_ID
    elsewhere = replace(letters, address="192.168.1.6")
    with pytest.raises(Refusal):
        admin.save(manager, (elsewhere,))
    admin.save(manager, (letters,))
    # What is saved so stays so, after a restart too.
    again = admin_of(world, shelf)
    again.save(manager, (replace(letters, name="Other name"),))
    other = replace(letters, profile=replace(VIRTUAL_80, text=TextMode(22, 48)))
    with pytest.raises(Refusal):
        again.save(manager, (other,))


# --- trying -------------------------------------------------------------------------------------------------


def test_a_test_page_says_what_it_rests_on(admin: TillPrinterAdmin, printer: VirtualPrinter) -> None:
    assert admin.print_test_page(setup_at(printer.address), "th") is Proof.PROCESS_ID
    assert admin.print_test_page(setup_at(printer.address, profile=GENERIC_80), "en") is Proof.IN_ORDER
    printer.set_fault(Fault.MUTE)
    assert admin.print_test_page(setup_at(printer.address, profile=GENERIC_80), "th") is Proof.NONE
    assert printer.wait_for_pictures(3)
    assert printer.unknown == ()


def test_a_test_page_into_a_file_is_complete(admin: TillPrinterAdmin, tmp_path: Path) -> None:
    assert admin.print_test_page(setup_at(f"file://{tmp_path}/page.bin"), "th") is Proof.FILE
    assert (tmp_path / "page.bin").stat().st_size > 5_000


def test_paper_that_ends_in_the_middle_of_a_page_is_told_and_not_waited_for(
    admin: TillPrinterAdmin, printer: VirtualPrinter
) -> None:
    from pos_member.hardware.printing.simulator import Step, When

    printer.plan(Step(When(row=printer.rows + 200), Do.PAPER_OUT))
    with pytest.raises(EnvironmentProblem) as told:
        admin.print_test_page(setup_at(printer.address), "th")
    assert told.value.reason is Reason.PRINTER_WAITS_FOR_PAPER


def test_the_drawer_is_pulsed_once_and_its_level_is_read(
    admin: TillPrinterAdmin, manager: Session, printer: VirtualPrinter
) -> None:
    setup = setup_at(printer.address, drawer=True)
    assert admin.drawer_level(setup) is False
    admin.open_drawer(manager, setup)
    assert printer.wait_until(lambda: printer.kicks == 1)
    assert admin.drawer_level(setup) is True
    # Also with the cover open: the drawer is not of paper.
    printer.set_fault(Fault.COVER_OPEN)
    admin.open_drawer(manager, setup)
    assert printer.wait_until(lambda: printer.kicks == 2)
    printer.set_fault(Fault.MUTE)
    assert admin.drawer_level(setup) is None


def test_a_preview_is_a_png_of_the_width_asked_for(admin: TillPrinterAdmin) -> None:
    page = TestPageDocument("th", "Counter", TEST_CODE)
    narrow, wide = (admin.preview(page, "", dots) for dots in (384, 576))
    assert narrow.startswith(b"\x89PNG") and wide.startswith(b"\x89PNG")
    widths = [int.from_bytes(png[16:20], "big") for png in (narrow, wide)]
    assert widths[1] - widths[0] == 576 - 384
    with pytest.raises(EnvironmentProblem) as refused:
        admin.preview(page, "{}", 384)
    assert refused.value.reason is Reason.TEMPLATE_INVALID


# --- papers as PDF ------------------------------------------------------------------------------------------


def pages_mm(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, as the file declares them (points)."""
    boxes = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(float(width) / 72 * 25.4, float(height) / 72 * 25.4) for width, height in boxes]


@pytest.mark.parametrize(("dots", "dpi", "roll_mm"), [(384, 203, 56), (576, 203, 80), (512, 180, 80)])
def test_a_pdf_is_as_wide_as_the_roll_and_as_long_as_the_paper(
    qapp: QApplication, dots: int, dpi: int, roll_mm: int
) -> None:
    rows = 1_000
    [(width, height)] = pages_mm(paper_pdf(Bitmap(dots, b"\x0f" * (dots // 8 * rows)), dpi, "receipt"))
    assert abs(width - (dots / dpi * 25.4 + 8)) < 0.5
    assert abs(width - roll_mm) < 1.5
    assert abs(height - (rows / dpi * 25.4 + 10)) < 0.5


def test_a_paper_too_long_for_one_page_goes_on_on_the_next(qapp: QApplication) -> None:
    rows = 60_000
    pages = pages_mm(paper_pdf(Bitmap(64, b"\x0f" * (8 * rows)), 203, "receipt"))
    assert len(pages) == 2
    assert abs(sum(height for _, height in pages) - (rows / 203 * 25.4 + 20)) < 2


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path / "till")
    yield made
    made.folder.close()


def test_a_pdf_shows_the_paper_and_says_copy_once_it_may_have_come_out(
    world: World, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    from pos_member.hardware.printing import raster

    real: Callable[..., Bitmap] = raster.rasterise

    def seen(document: object, *more: object) -> Bitmap:
        drawn.append(document.copy_number)  # type: ignore[attr-defined]
        return real(document, *more)

    monkeypatch.setattr(raster, "rasterise", seen)
    world.sell({"mug": 1})
    admin = admin_of(world)
    job = next(each for each in world.store.facts.print_jobs() if each.kind.value == "receipt")
    waiting = admin.pdf(job.id)
    assert waiting.startswith(b"%PDF") and drawn == [0]
    store = world.folder.print_store.for_printer(setup_at("127.0.0.1"), (setup_at("127.0.0.1"),))
    taken = store.next_job()
    while taken is not None and taken.id != job.id:
        store.mark_sending(taken.id, b"x")
        store.mark_confirmed(taken.id, Proof.IN_ORDER)
        taken = store.next_job()
    assert taken is not None
    store.mark_sending(job.id, b"x")
    store.mark_confirmed(job.id, Proof.IN_ORDER)
    info = world.store.facts.print_job(job.id)
    assert info is not None and info.state is PrintJobState.CONFIRMED
    assert admin.pdf(job.id).startswith(b"%PDF")
    assert drawn == [0, 1]
    with pytest.raises(Refusal) as refused:
        admin.pdf("nothing")
    assert refused.value.reason is Reason.PRINTER_UNKNOWN


def test_a_pdf_is_drawn_by_the_template_of_its_day(world: World, qapp: QApplication) -> None:
    shipped = resource("receipts", "receipt.json").read_text(encoding="utf-8")
    taller = json.loads(shipped)
    taller["blocks"].append({"space": 900})
    heights = []
    admin = admin_of(world)
    for version, content in ((0, ""), (1, json.dumps(taller)), (2, "")):
        if version:
            world.clock.forward(timedelta(minutes=1))
            with world.store.transaction() as writing:
                template = PaperTemplate(DocumentKind.RECEIPT, version, content, world.clock.now(), "staff")
                writing.save_paper_template(template)
        world.clock.forward(timedelta(minutes=1))
        world.sell({"mug": 1})
        job = next(each for each in world.store.facts.print_jobs() if each.kind is DocumentKind.RECEIPT)
        [(_, height)] = pages_mm(admin.pdf(job.id))
        heights.append(height)
    assert abs(heights[1] - heights[0] - 90) < 1
    assert abs(heights[2] - heights[0]) < 1


# --- the whole program --------------------------------------------------------------------------------------


def printed(program: TillProgram) -> int:
    """How many papers the spool knows to be printed; 0 while any of them is not."""
    assert program.till is not None
    jobs = program.till.store.facts.print_jobs()
    return len(jobs) if all(job.state is PrintJobState.CONFIRMED for job in jobs) else 0


def test_a_printer_that_is_saved_prints_at_once_and_after_a_restart(
    tmp_path: Path, qtbot: QtBot, printer: VirtualPrinter
) -> None:
    folder = demo_till(tmp_path / "till")
    setup = setup_at(printer.address, roles=(PrinterRole.RECEIPT,))
    before = 0
    for first in (True, False):
        with open_window(folder, load_settings(folder), qtbot) as program:
            sign_in(program, qtbot)
            admin = program.printing.admin()
            assert admin is not None
            if first:
                assert admin.setups() == ()
                admin.save(manager_of(program), (setup,))
            qtbot.waitUntil(lambda: admin.setups() == (setup,))  # noqa: B023 — used up at once
            keys(program, "120")
            enter(program)
            settled(program, qtbot)
            keys(program, "+")
            qtbot.waitUntil(lambda: printed(program) > before)  # noqa: B023
            settled(program, qtbot)
            before = printed(program)
        assert load_settings(folder).printers == (setup,)
    assert len(printer.pictures) == before
    assert printer.unknown == ()
