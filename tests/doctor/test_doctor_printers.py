"""The doctor and the printers of a till: asked, never printed on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.app.settings import TillSettings, save_settings
from pos_member.doctor import examine, outside
from pos_member.doctor.findings import Finding, Level
from pos_member.domain.printers import Answers, PrinterSetup
from pos_member.hardware.printing.probing import probe
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(out_dir=tmp_path / "paper", strict=True) as running:
        yield running


def _setup(printer: VirtualPrinter, **changed: object) -> PrinterSetup:
    made = PrinterSetup("counter", "Counter", f"tcp://127.0.0.1:{printer.port}", GENERIC_80)
    return replace(made, **changed)  # type: ignore[arg-type]


def _of(setup: PrinterSetup) -> list[Finding]:
    return list(outside.check_printers("", (setup,)))


def test_a_printer_that_is_ready_is_named(printer: VirtualPrinter) -> None:
    (finding,) = _of(_setup(printer))
    assert finding.level is Level.OK
    assert "Counter" in finding.said_en and "POS Member virtual printer" in finding.said_th
    assert printer.pictures == () and printer.unknown == ()


@pytest.mark.parametrize(("fault", "words"), [(Fault.COVER_OPEN, "cover is open"), (Fault.PAPER_OUT, "Out of paper")])
def test_what_keeps_it_from_printing_is_said(printer: VirtualPrinter, fault: Fault, words: str) -> None:
    printer.set_fault(fault)
    findings = _of(_setup(printer))
    assert [finding.level for finding in findings] == [Level.ERROR]
    assert words in findings[0].said_en and findings[0].said_th.startswith("Counter")


def test_another_device_at_the_address_is_noticed(printer: VirtualPrinter) -> None:
    own = probe(f"127.0.0.1:{printer.port}").identity
    assert own
    assert _of(_setup(printer, identity=own))[0].level is Level.OK
    (finding,) = _of(_setup(printer, identity="EPSON/TM-T82III/X6LK000123"))
    assert finding.level is Level.ERROR and "Another device" in finding.said_en


def test_silence_is_a_fault_only_of_one_that_used_to_answer(printer: VirtualPrinter) -> None:
    printer.set_fault(Fault.MUTE)
    assert _of(_setup(printer))[0].level is Level.OK
    (finding,) = _of(_setup(printer, profile=replace(GENERIC_80, answers=Answers.YES)))
    assert finding.level is Level.WARNING and finding.mend_en


def test_every_kind_of_address_is_asked(tmp_path: Path) -> None:
    file = PrinterSetup("file", "File", f"file://{tmp_path}/paper.bin", GENERIC_80)
    assert _of(file)[0].level is Level.OK
    gone = replace(file, address="serial:///dev/no-such-port")
    assert _of(gone)[0].level is Level.ERROR
    wrong = replace(file, address="gopher://x")
    assert "address" in _of(wrong)[0].said_en
    assert not (tmp_path / "paper.bin").exists()


def test_all_printers_of_the_settings_are_examined(tmp_path: Path, printer: VirtualPrinter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    setups = (_setup(printer), PrinterSetup("kitchen", "Kitchen", f"tcp://127.0.0.1:{port}", GENERIC_80))
    save_settings(tmp_path, TillSettings(printers=setups))
    found = [finding for finding in examine(tmp_path) if finding.name == "printer"]
    assert [(finding.level, finding.said_en.split()[2]) for finding in found] == [
        (Level.OK, "Counter"),
        (Level.ERROR, "Kitchen"),
    ]
    only = [finding for finding in examine(tmp_path, printer=f"127.0.0.1:{printer.port}") if finding.name == "printer"]
    assert [finding.level for finding in only] == [Level.OK], "a named one is asked alone"


def test_a_till_without_printers_is_told_so() -> None:
    (finding,) = outside.check_printers("", ())
    assert finding.level is Level.OK and finding.mend_en
