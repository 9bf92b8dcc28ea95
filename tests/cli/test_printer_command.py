"""``pos-member printer``: finding, asking and trying printers from a terminal."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK, EXIT_REFUSED, main
from pos_member.doctor import outside
from pos_member.doctor.findings import Level
from pos_member.domain.printers import FoundPrinter, Way
from pos_member.hardware.printing import addresses, finding, profile
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter
from tests.e2e.commands import PATIENCE_S
from tests.hardware.printing.readers import read_both
from tests.hardware.printing.text_reader import read


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(out_dir=tmp_path / "paper") as running:
        yield running


def _said(capsys: pytest.CaptureFixture[str], *words: str, code: int = EXIT_OK) -> str:
    assert main([str(word) for word in words]) == code
    return capsys.readouterr().out


def _where(printer: VirtualPrinter) -> str:
    return f"127.0.0.1:{printer.port}"


def test_models_can_be_listed_and_filtered(capsys: pytest.CaptureFixture[str]) -> None:
    known = json.loads(_said(capsys, "printer", "models", "--json"))["models"]
    assert len(known) >= 50
    (one,) = json.loads(_said(capsys, "printer", "models", "--filter", "t20iii", "--json"))["models"]
    assert (one["key"], one["dots"], one["thai_pages"]) == ("TM-T20III", 576, [21, 20, 26])
    assert "TM-T20III" in _said(capsys, "printer", "models", "--filter", "EPSON", "--lang", "en")
    _said(capsys, "printer", "models", "--filter", "no such printer", code=EXIT_ATTENTION)


def test_what_is_found_is_told_with_what_is_in_the_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = (
        FoundPrinter(Way.USB, "usb://04b8:0e28/X6", "EPSON TM-T20III", "TM-T20III"),
        FoundPrinter(Way.SERIAL, "serial:///dev/ttyUSB0", "ttyUSB0", trouble="printer_no_rights"),
    )
    monkeypatch.setattr(finding, "find", lambda stopping: there)
    text = _said(capsys, "printer", "find", "--lang", "en")
    assert "usb://04b8:0e28/X6" in text and "[TM-T20III]" in text and "administrator" in text
    assert json.loads(_said(capsys, "printer", "find", "--json"))["printers"][1]["trouble"] == "printer_no_rights"
    monkeypatch.setattr(finding, "find", lambda stopping: ())
    assert "IP" in _said(capsys, "printer", "find", "--lang", "th", code=EXIT_ATTENTION)


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_printer_is_asked_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, language: str
) -> None:
    text = _said(capsys, "printer", "probe", _where(printer), "--lang", language)
    assert "POS Member virtual printer" in text and "virtual-80" in text and "576" in text
    assert printer.pictures == ()
    told = json.loads(_said(capsys, "printer", "probe", _where(printer), "--json"))
    assert told["reachable"] and told["suggested"]["process_id"] and told["troubles"] == []


def test_a_printer_that_cannot_print_says_why(capsys: pytest.CaptureFixture[str], printer: VirtualPrinter) -> None:
    printer.set_fault(Fault.COVER_OPEN)
    text = _said(capsys, "printer", "probe", _where(printer), "--lang", "en", code=EXIT_ATTENTION)
    assert "cover is open" in text
    told = json.loads(_said(capsys, "printer", "probe", _where(printer), "--json", code=EXIT_ATTENTION))
    assert told["troubles"] == ["printer_cover_open"]


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"127.0.0.1:{server.getsockname()[1]}"
    text = _said(capsys, "printer", "probe", where, "--lang", "en", code=EXIT_ENVIRONMENT)
    assert "cannot be reached" in text and "bill" not in text
    told = json.loads(_said(capsys, "printer", "test", where, "--json", code=EXIT_ENVIRONMENT))
    assert told["printed"] is False and told["reason"] == "printer_unreachable"


def test_a_text_that_is_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["printer", "probe", "ftp://x", "--lang", "en"]) == EXIT_REFUSED
    assert "not a printer address" in capsys.readouterr().err


def test_the_test_page_comes_out_with_its_verdict(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, qtbot: QtBot
) -> None:
    text = _said(capsys, "printer", "test", _where(printer), "--lang", "en")
    assert "stands on paper" in text and "ruler" in text
    assert printer.wait_for_pictures(1, PATIENCE_S)
    by_zxing, by_zbar = read_both(printer.pictures[0])
    assert by_zxing and by_zbar
    assert json.loads(_said(capsys, "printer", "test", _where(printer), "--json"))["proof"] == "process_id"


def test_a_test_page_of_another_width(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, qtbot: QtBot
) -> None:
    words = ("printer", "test", _where(printer), "--model", "POS-58", "--width", "320", "--json")
    told = json.loads(_said(capsys, *words))
    assert (told["dots"], told["proof"]) == (320, "process_id")


def test_nothing_is_sent_to_a_printer_without_paper(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, qtbot: QtBot
) -> None:
    printer.set_fault(Fault.PAPER_OUT)
    text = _said(capsys, "printer", "test", _where(printer), "--lang", "en", code=EXIT_ENVIRONMENT)
    assert "Out of paper" in text
    printer.set_fault(Fault.NONE)
    assert printer.pictures == ()


def test_a_mute_printer_prints_and_nothing_is_claimed(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, qtbot: QtBot
) -> None:
    printer.set_fault(Fault.MUTE)
    text = _said(capsys, "printer", "test", _where(printer), "--lang", "en")
    assert "cannot say more" in text
    assert printer.wait_for_pictures(1, PATIENCE_S)


def test_the_page_of_code_pages(capsys: pytest.CaptureFixture[str], tmp_path: Path, qtbot: QtBot) -> None:
    def numbers(path: Path) -> list[int]:
        return [int(row.text.split()[0]) for row in read(path.read_bytes()).rows if row.text[:3].strip().isdigit()]

    first = tmp_path / "usual.bin"
    text = _said(capsys, "printer", "code-pages", str(first), "--model", "XP-80", "--lang", "en")
    assert "A = marks stand above" in text and "written completely" in text
    assert numbers(first)[:3] == [70, 255, 96]
    second = tmp_path / "asked.bin"
    words = ("printer", "code-pages", str(second), "--pages", "20-22, 255,21", "--json")
    assert json.loads(_said(capsys, *words))["pages"] == [20, 21, 22, 255]
    assert numbers(second) == [20, 21, 22, 255]


def test_the_pages_of_the_model_that_answers_come_first(
    capsys: pytest.CaptureFixture[str], printer: VirtualPrinter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(profile.models())
    known["virtual-80"] = replace(known["virtual-80"], thai_pages=(47, 48))
    monkeypatch.setattr(profile, "models", lambda: known)
    told = json.loads(_said(capsys, "printer", "code-pages", _where(printer), "--json"))
    assert told["model"] == "virtual-80" and told["pages"][:3] == [47, 48, 21]


def test_an_unknown_model_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["printer", "test", str(tmp_path / "x.bin"), "--model", "no-such"]
    assert main(words) == EXIT_REFUSED
    assert not (tmp_path / "x.bin").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("test", "10.0.0.9", "--width", "577"),
        ("test", "10.0.0.9", "--width", "99999"),
        ("code-pages", "10.0.0.9", "--pages", "256"),
        ("code-pages", "10.0.0.9", "--pages", "26-20"),
        ("code-pages", "10.0.0.9", "--pages", "20,,21"),
        ("code-pages", "10.0.0.9", "--pages", "๒๐"),
        ("probe",),
        (),
    ],
)
def test_slips_of_the_keyboard_are_usage_errors(capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["printer", *wrong])
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


KINDS = ("usb://", "serial://", "device://", "cups://", "windows://", "file://")


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("command", [("till",), ("doctor",), ("printer", "probe"), ("printer", "test")])
def test_the_help_names_every_kind_of_address(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], language: str
) -> None:
    with pytest.raises(SystemExit):
        main([*command, "--help", "--lang", language])
    said = capsys.readouterr().out
    assert [kind for kind in KINDS if kind not in said] == [] and "192.168.1.50" in said


def test_the_kinds_named_are_those_that_are_read() -> None:
    assert {f"{way}://" for way in addresses._READERS} == {*KINDS, "tcp://"}


@pytest.mark.parametrize("address", ["host:99999", "fax://1", "usb://zz", "serial://"])
def test_the_window_does_not_open_for_a_printer_nobody_can_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    folder = tmp_path / "till"
    assert main(["till", "--printer", address, "--data", str(folder), "--lang", "en"]) == EXIT_REFUSED
    assert address in capsys.readouterr().err and not folder.exists()


def test_the_doctor_asks_the_named_printer_of_any_kind(tmp_path: Path, printer: VirtualPrinter) -> None:
    for address in (f"tcp://{_where(printer)}", f"file://{tmp_path}/paper.bin"):
        (found,) = outside.check_printers(address, ())
        assert found.level is Level.OK and found.said_en
    (found,) = outside.check_printers("fax://1", ())
    assert found.level is Level.ERROR and all(kind in found.mend_th and kind in found.mend_en for kind in KINDS)
