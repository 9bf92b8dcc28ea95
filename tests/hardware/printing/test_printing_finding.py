"""Printers that stand at this machine: each source by itself, and none in the way of another."""

from __future__ import annotations

import errno
import sys
import threading
from pathlib import Path

import pytest
from serial.tools.list_ports_common import ListPortInfo

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import FoundPrinter, Way
from pos_member.hardware.printing import finding
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.winspool import WinSpool
from tests.fair_time import FairTime
from tests.hardware.printing import fake_winspool
from tests.hardware.printing.fake_usb import Bus, Interface, Printer
from tests.patience import PATIENCE_S

ONE = FoundPrinter(Way.USB, "usb://0001:0001", "one")
TWO = FoundPrinter(Way.SERIAL, "serial://COM3", "two")


class TestSources:
    def test_what_is_found_comes_in_order_and_once(self):
        sources = {"a": lambda: [ONE, TWO], "b": lambda: iter([TWO, ONE])}
        assert finding.find(sources=sources) == (ONE, TWO)

    def test_one_that_fails_hides_nothing_else(self, expected_logs):
        expected_logs("could not be looked for", level=40)

        def no_bus():
            yield ONE
            raise OSError("no bus")

        def odd():
            raise AttributeError("an odd device")

        def missing():
            raise EnvironmentProblem(Reason.PRINTER_WAY_MISSING, way="USB", detail="libusb")

        sources = {"a": no_bus, "b": odd, "c": missing, "d": lambda: [TWO]}
        assert finding.find(sources=sources) == (TWO,)

    def test_one_that_hangs_hides_nothing_else(self):
        gate = threading.Event()
        began = FairTime()
        found = finding.find(
            sources={"hung source": lambda: gate.wait(PATIENCE_S) and [ONE], "b": lambda: [TWO]}, timeout_s=0.1
        )
        assert found == (TWO,)
        assert began.took_s < 5
        gate.set()

    def test_stopping_ends_it(self):
        gate, stopping = threading.Event(), threading.Event()
        timer = threading.Timer(0.05, stopping.set)
        timer.start()
        began = FairTime()
        sources = {"a": lambda: [ONE], "stopped source": lambda: gate.wait(PATIENCE_S) and [TWO]}
        assert finding.find(stopping.is_set, sources, timeout_s=10) == (ONE,)
        assert began.took_s < 5
        gate.set()
        timer.join()

    def test_this_machine_can_be_asked(self):
        for one in finding.find():
            assert parse(one.address).describe
            assert one.label


class TestUsb:
    def found(self, *printers: Printer) -> list[FoundPrinter]:
        return list(finding.find_usb(Bus(*printers)))

    def test_names_and_models(self):
        printer = Printer()
        (one,) = self.found(printer)
        assert one == FoundPrinter(Way.USB, "usb://04b8:0202/X3", "EPSON TM-T20II", "TM-T20II")
        assert printer.open_handles == 0
        assert printer.claimed == set()
        assert "detach" not in printer.log

    def test_only_printers(self):
        mouse = Printer(product=1, interfaces=(Interface(kind=3),))
        adapter = Printer(vendor=0x0403, product=2, interfaces=(Interface(kind=255),))
        makers_own = Printer(product=3, interfaces=(Interface(kind=255),))
        assert [one.address for one in self.found(mouse, adapter, makers_own)] == ["usb://04b8:0003/X3"]

    def test_without_names(self):
        (one,) = self.found(Printer(vendor=0x0416, product=0x5011, texts=()))
        assert (one.address, one.label, one.model) == ("usb://0416:5011", "USB 0416:5011", "")

    def test_without_rights_it_is_shown_all_the_same(self, monkeypatch):
        monkeypatch.setattr(finding, "_line", lambda path: {"product": "TM-T88V"}.get(path.name, ""))
        (one,) = self.found(Printer(refuses={"open": errno.EACCES}))
        assert one == FoundPrinter(Way.USB, "usb://04b8:0202", "TM-T88V", "TM-T88V", Reason.PRINTER_NO_RIGHTS.value)

    def test_names_of_another_world(self):
        (one,) = self.found(Printer(texts=("EP\x00SON", "\u202eTM-T20II\n" * 100, "A/\x07")))
        assert one.label.isprintable()
        assert len(one.label) < 260
        assert one.address == "usb://04b8:0202"


class TestDeviceFiles:
    def test_each_with_what_it_says_of_itself(self, tmp_path: Path):
        devices, about = tmp_path / "usb", tmp_path / "about"
        devices.mkdir()
        for name, said in (("lp0", "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;"), ("lp1", None)):
            (devices / name).touch()
            if said:
                (about / name / "device").mkdir(parents=True)
                (about / name / "device" / "ieee1284_id").write_text(said)
        (devices / "hiddev0").touch()
        first, second = finding.find_device_files(devices, about)
        assert first.label == f"EPSON TM-T20II ({devices / 'lp0'})"
        assert (first.way, first.model, first.trouble) == (Way.USB, "TM-T20II", "")
        assert second.label == f"({devices / 'lp1'})"
        assert parse(second.address).describe == str(devices / "lp1")

    @pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX systems")
    def test_without_rights(self, tmp_path: Path, monkeypatch):
        (tmp_path / "lp0").touch()
        monkeypatch.setattr(finding.os, "access", lambda *_: False)
        (one,) = finding.find_device_files(tmp_path, tmp_path)
        assert one.trouble == Reason.PRINTER_NO_RIGHTS.value

    def test_none(self, tmp_path: Path):
        assert list(finding.find_device_files(tmp_path / "no", tmp_path)) == []


class TestSerial:
    def test_labels_and_addresses(self, tmp_path: Path):
        adapter, bare = ListPortInfo("/dev/ttyUSB0"), ListPortInfo("/dev/ttyS0")
        adapter.description, adapter.manufacturer, adapter.product = "USB Serial", "EPSON", "TM-T20II"
        for port in (adapter, bare):
            port.name = Path(port.device).name
        first, second = finding.find_serial(lambda: [adapter, bare])
        assert (first.label, first.model) == ("/dev/ttyS0", "")
        assert (second.label, second.model) == ("USB Serial (/dev/ttyUSB0)", "TM-T20II")
        assert second.address == "serial:///dev/ttyUSB0?baud=115200"
        assert second.way is Way.SERIAL


class TestWindows:
    def test_the_spoolers_printers(self):
        library = fake_winspool.Library(**{"EPSON TM-T20II Receipt": fake_winspool.Printer()})
        (one,) = finding.find_windows(WinSpool(library, lambda: library.last))
        assert one.address == "windows://EPSON%20TM-T20II%20Receipt"
        assert (one.way, one.label, one.model) == (Way.WINDOWS, "EPSON TM-T20II Receipt", "TM-T20II")

    def test_elsewhere_there_are_none(self, monkeypatch):
        monkeypatch.setattr(finding, "on_windows", lambda: False)
        assert list(finding.find_windows()) == []
