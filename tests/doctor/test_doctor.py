"""The doctor finds what is wrong, says how to mend it, and never hangs or fails itself."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import struct
import threading
from collections import namedtuple
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import pytest

from pos_member.app.settings import TillSettings, save_settings
from pos_member.config import fonts_folder, resource
from pos_member.db.folder import DataFolder
from pos_member.doctor import Check, Finding, Level, examine, fonts, machine, outside, run_checks, storage
from pos_member.domain.clock import SystemClock
from pos_member.domain.codec import to_wire
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.readers import ReaderKind, ReaderSetup
from pos_member.hardware.scanning import decoder
from pos_member.hardware.scanning.readers import ReaderStatus
from pos_member.hardware.scanning.sources import SourceState
from tests.log_watch import ExpectLog
from tests.source_tree import calls, modules

Usage = namedtuple("Usage", "total used free")


class _At:
    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


def _one(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def _levels(findings: Iterable[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


# --- as a whole -------------------------------------------------------------------------------------------


def test_a_fresh_machine_is_examined_from_top_to_bottom(data_folder: Path) -> None:
    findings = examine(data_folder / "not-yet")
    assert {"python", "packages", "window", "readers", "thai", "fonts", "disk", "clock", "sqlite", "database"} <= {
        finding.name for finding in findings
    }
    assert {"printer", "camera", "head_office"} <= {finding.name for finding in findings}
    assert [finding for finding in findings if finding.level is Level.ERROR] == []
    assert not (data_folder / "not-yet").exists(), "the doctor changes nothing"


def test_findings_are_ready_for_json_and_say_what_to_do(data_folder: Path) -> None:
    for finding in examine(data_folder, printer="127.0.0.1:1"):
        wire = json.loads(json.dumps(to_wire(finding)))
        assert set(wire) == {"name", "level", "said_th", "said_en", "mend_th", "mend_en"}
        assert finding.said_th and finding.said_en and bool(finding.mend_th) == bool(finding.mend_en)
        if finding.level is not Level.OK:
            assert finding.mend_en or finding.name == "head_office", finding


def test_a_check_that_hangs_becomes_a_finding() -> None:
    release = threading.Event()

    def hang() -> list[Finding]:
        release.wait()
        return []

    (finding,) = run_checks([Check("camera", hang, timeout_s=0.05)])
    release.set()
    assert finding.level is Level.ERROR and "camera" in finding.said_en and finding.mend_th


def test_a_check_with_a_bug_becomes_a_finding_and_the_others_still_run(expected_logs: ExpectLog) -> None:
    expected_logs("check broken failed")

    def broken() -> list[Finding]:
        raise KeyError("planted")

    findings = run_checks([Check("broken", broken), Check("python", machine.check_python)])
    assert _levels(findings) == [Level.ERROR, Level.OK]
    assert "KeyError" in findings[0].said_en


def test_a_problem_a_person_can_act_on_is_said_in_its_own_words() -> None:
    def full() -> list[Finding]:
        raise EnvironmentProblem(Reason.DISK_FULL)

    (finding,) = run_checks([Check("database", full)])
    assert finding.level is Level.ERROR and "disk is full" in finding.said_en


def test_every_wording_of_the_doctor_is_used_and_every_use_is_worded() -> None:
    keys = set(json.loads(resource("i18n", "doctor.json").read_text(encoding="utf-8")))
    used = {
        argument.value
        for module in modules()
        if module.path.startswith("pos_member/doctor/")
        for call, name in calls(module)
        if name == "found"
        for argument in call.args[2:3]
        if isinstance(argument, ast.Constant)
    }
    assert {key.removesuffix("_mend") for key in keys} == used
    assert used <= keys


# --- the machine ------------------------------------------------------------------------------------------


def test_an_old_python_is_found() -> None:
    assert _one(machine.check_python((3, 10, 4))).level is Level.ERROR
    assert _one(machine.check_python((3, 13, 0))).level is Level.OK


def test_a_missing_package_is_named() -> None:
    def version_of(name: str) -> str:
        if name == "segno":
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    finding = _one(machine.check_packages(version_of))
    assert finding.level is Level.ERROR and "segno" in finding.said_en


@pytest.mark.skipif("sys.version_info[:2] != (3, 11)")
def test_the_pyside_that_loses_references_is_found() -> None:
    findings = list(machine.check_packages(lambda name: "6.12.0" if name.startswith("PySide6") else "1.0"))
    assert findings[0].level is Level.ERROR and "6.12" in findings[0].said_en


def test_a_missing_system_library_is_named() -> None:
    def load(_path: str) -> object:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    finding = _one(machine.check_window_libraries(load))
    assert finding.level is Level.ERROR and "libxcb-cursor.so.0" in finding.said_th


@pytest.mark.parametrize(
    ("free", "level"), [(150_000_000, Level.ERROR), (900_000_000, Level.WARNING), (5_000_000_000, Level.OK)]
)
def test_room_on_the_disk(tmp_path: Path, free: int, level: Level) -> None:
    finding = _one(machine.check_disk(tmp_path / "a" / "b", lambda _: Usage(free * 2, free, free)))
    assert finding.level is level and f"{free // 1_000_000:,}" in finding.said_en


def test_a_clock_in_the_buddhist_era_is_found(tmp_path: Path) -> None:
    finding = _one(machine.check_clock(tmp_path, _At(datetime(2569, 11, 21, tzinfo=UTC))))
    assert finding.level is Level.ERROR and "2569" in finding.said_en


def test_a_clock_that_went_back_behind_the_data_is_found(tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    path = tmp_path / "till.db"
    path.write_bytes(b"")
    later = (now + timedelta(hours=30)).timestamp()
    os.utime(path, (later, later))
    finding = _one(machine.check_clock(tmp_path, _At(now)))
    assert finding.level is Level.ERROR and "30" in finding.said_en


def test_a_clock_in_another_zone_is_worth_a_look(tmp_path: Path) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    zones = {now.astimezone().utcoffset(): Level.OK, timedelta(hours=14): Level.WARNING}
    assert _one(machine.check_clock(tmp_path, _At(now), "Pacific/Kiritimati")).level is zones[timedelta(hours=14)]


# --- fonts ------------------------------------------------------------------------------------------------


def test_our_fonts_have_every_character_of_every_text() -> None:
    assert _levels(fonts.check_fonts()) == [Level.OK, Level.OK]
    said = set(fonts.said_characters())
    assert {"ก", "ู", "์", "฿", "A"} <= said


def test_a_character_without_a_glyph_is_named() -> None:
    for finding in fonts.check_fonts(texts="ก漢"):
        assert finding.level is Level.WARNING and "漢 (U+6F22)" in finding.said_en and "ก" not in finding.said_en


def test_missing_and_damaged_fonts_are_found(tmp_path: Path) -> None:
    assert _levels(fonts.check_fonts(tmp_path)) == [Level.ERROR, Level.ERROR]
    for family in fonts.FAMILIES:
        whole = next(fonts_folder().glob(f"{family}_*.ttf")).read_bytes()
        (tmp_path / f"{family}_400Regular.ttf").write_bytes(whole[:400])
    assert _levels(fonts.check_fonts(tmp_path)) == [Level.ERROR, Level.ERROR]


def test_what_the_table_says_is_what_qt_draws(qapp: object) -> None:
    from PySide6.QtGui import QRawFont

    path = fonts_folder() / "Sarabun_500Medium.ttf"
    ours = fonts.characters_of(path.read_bytes())
    theirs = QRawFont(str(path), 16.0)
    for code in (*range(0x20, 0x300), *range(0xE00, 0xE60), *range(0x2000, 0x2100)):
        assert (chr(code) in ours) == theirs.supportsCharacter(code), hex(code)


def test_characters_beyond_the_basic_plane_are_read() -> None:
    """Format 12, in a font of one table: U+1F600 … U+1F601."""
    group = struct.pack(">III", 0x1F600, 0x1F601, 5)
    table = struct.pack(">HHIII", 12, 0, 16 + len(group), 0, 1) + group
    cmap = struct.pack(">HH", 0, 1) + struct.pack(">HHI", 3, 10, 12) + table
    font = struct.pack(">IHHHH", 0x10000, 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap)) + cmap
    assert fonts.characters_of(font) == {"\U0001f600", "\U0001f601"}


# --- the data folder --------------------------------------------------------------------------------------


def test_a_sound_folder_is_found_whole(data_folder: Path) -> None:
    DataFolder(data_folder, SystemClock()).close()
    findings = list(storage.check_database(data_folder))
    assert {(finding.name, finding.level) for finding in findings} == {
        ("keys", Level.WARNING),
        ("database", Level.OK),
        ("replica", Level.OK),
    }
    assert storage.server_url(data_folder) == ""


def test_a_folder_in_use_can_be_examined(data_folder: Path) -> None:
    with DataFolder(data_folder, SystemClock()):
        assert Level.ERROR not in _levels(storage.check_database(data_folder))


def test_a_damaged_database_is_found_and_left_as_it_is(data_folder: Path) -> None:
    DataFolder(data_folder, SystemClock()).close()
    path = data_folder / "till.db"
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 64] = bytes(64)
    path.write_bytes(raw)
    (finding,) = run_checks([Check("database", lambda: list(storage.check_database(data_folder))[-2:-1])])
    assert finding.level is Level.ERROR and "Delete nothing" in finding.mend_en + finding.said_en
    assert path.read_bytes() == bytes(raw)


def test_a_lost_key_is_found(data_folder: Path) -> None:
    DataFolder(data_folder, SystemClock()).close()
    (data_folder / "keys.secret").unlink()
    (finding,) = run_checks([Check("database", lambda: storage.check_database(data_folder))])
    assert finding.level is Level.ERROR and "key" in finding.said_en


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_key_that_others_can_read_is_found(data_folder: Path) -> None:
    DataFolder(data_folder, SystemClock()).close()
    (data_folder / "keys.secret").chmod(0o644)
    assert next(iter(storage.check_database(data_folder))).level is Level.ERROR


# --- beside the till --------------------------------------------------------------------------------------


def test_a_printer_that_answers_and_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"127.0.0.1:{server.getsockname()[1]}"
        assert _one(outside.check_printer(where)).level is Level.OK
    assert _one(outside.check_printer(where)).level is Level.ERROR


def test_paper_into_a_file(tmp_path: Path) -> None:
    assert _one(outside.check_printer(str(tmp_path / "paper.bin"))).level is Level.OK
    finding = _one(outside.check_printer(str(tmp_path / "not" / "there" / "paper.bin")))
    assert finding.level is Level.ERROR and "folder" in finding.mend_en


def test_printer_and_camera_come_from_the_settings(data_folder: Path) -> None:
    save_settings(data_folder, TillSettings(printer="127.0.0.1:1", camera=str(data_folder / "no-such-camera")))
    found = {finding.name: finding for finding in examine(data_folder)}
    assert found["printer"].level is Level.ERROR and "127.0.0.1:1" in found["printer"].said_en
    assert found["camera"].level is Level.WARNING


@pytest.mark.parametrize("where", ["host:0", "host:70000", ":9100", "a:b:99999"])
def test_an_address_that_is_none(where: str) -> None:
    finding = _one(outside.check_printer(where))
    assert finding.level is Level.ERROR and re.search("address", finding.said_en)


def test_a_camera_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    if not any(Path("/dev").glob("video*")):
        assert "No camera" in _one(outside.check_camera()).said_en
        named = _one(outside.check_camera("0", "HD Webcam"))
        assert named.level is Level.WARNING and "HD Webcam" in named.said_en
    finding = _one(outside.check_camera(str(tmp_path)))
    assert finding.level is Level.WARNING and str(tmp_path) in finding.said_en


def test_a_camera_that_gives_a_picture(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(0xFF8040)
    assert picture.save(str(tmp_path / "frame.png"))
    finding = _one(outside.check_camera(str(tmp_path)))
    assert "gives a picture" in finding.said_en


class _Port:
    vid, pid, serial_number = 0x0C2E, 0x0B61, "7"

    def __init__(self, device: str) -> None:
        self.device = device


def test_serial_readers_of_the_settings_that_are_there_or_not(tmp_path: Path) -> None:
    here = tmp_path / "ttyACM0"
    here.touch()
    known = ReaderSetup("a", "โต๊ะ", ReaderKind.SERIAL, address="COM9", identity="0c2e:0b61/7")
    typing = ReaderSetup("k", "มือ", ReaderKind.KEYBOARD)
    assert list(outside.check_serial_readers([typing])) == []
    # Found again by who it is, wherever it was plugged in.
    assert _one(outside.check_serial_readers([known, typing], lambda: [_Port(str(here))])).level is Level.OK
    gone = _one(outside.check_serial_readers([known], list))
    assert gone.level is Level.WARNING and "โต๊ะ" in gone.said_th and "COM9" in gone.said_en and "Ctrl+9" in gone.mend_en
    by_port = ReaderSetup("b", "b", ReaderKind.SERIAL, address=str(here))
    assert _one(outside.check_serial_readers([by_port], list)).level is Level.OK
    here.unlink()
    assert _one(outside.check_serial_readers([by_port], list)).level is Level.WARNING


@pytest.mark.skipif(os.name != "posix", reason="rights of device files")
def test_a_serial_port_that_this_account_may_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = tmp_path / "ttyACM0"
    port.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    finding = _one(outside.check_serial_readers([ReaderSetup("b", "b", ReaderKind.SERIAL, address=str(port))], list))
    assert finding.level is Level.WARNING and "dialout" in finding.mend_th


def test_a_serial_reader_of_the_settings_is_asked_for(data_folder: Path) -> None:
    absent = ReaderSetup("b", "b", ReaderKind.SERIAL, address=str(data_folder / "no-such-port"))
    save_settings(data_folder, TillSettings(readers=(absent,)))
    found = {finding.name: finding for finding in examine(data_folder)}
    assert found["serial_reader"].level is Level.WARNING


def test_a_decoder_that_loads_and_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _one(machine.check_readers()).level is Level.OK
    states = (ReaderStatus("zxing-cpp", True), ReaderStatus("zbar", False, "reads nothing"))
    monkeypatch.setattr(decoder, "available", lambda: states)
    finding = _one(machine.check_readers())
    assert finding.level is Level.WARNING and "zbar" in finding.said_en and "reads nothing" in finding.said_th


def test_a_camera_that_hangs_is_busy() -> None:
    release = threading.Event()

    class Hanging:
        live = True
        interval_s = 0.0

        def open(self) -> None:
            release.wait()

        def read(self) -> None:
            return None

        def close(self) -> None:
            return None

    assert outside.probe(Hanging, 0.05) is SourceState.BUSY
    release.set()


def test_head_office_that_is_away_is_a_warning_with_words() -> None:
    finding = outside.reach("http://127.0.0.1:1")
    assert finding.level is Level.WARNING and "Head office cannot be reached" in finding.said_en
