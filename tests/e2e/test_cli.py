"""Every command as a process: help in both languages, exit codes as documented, JSON that parses, files that can be
read, pipes that close early, Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pos_member.app.composition import open_till
from pos_member.app.seeding import demo_session
from pos_member.cli.main import build_parser
from pos_member.config import resource
from pos_member.services.enrolment import EnrolRequest
from tests.e2e.commands import (
    LANGUAGES,
    PATIENCE_S,
    ROOT,
    assert_told,
    demo_till,
    environment,
    qr_picture,
    run,
    running,
)

COMMANDS = (
    *((name,) for name in ("till", "demo", "enrol", "sync", "seed", "verify", "doctor", "scan", "printer-sim")),
    *((name,) for name in ("report", "export", "load", "headoffice", "program")),
    *(("headoffice", "serve"), ("headoffice", "enrol-code"), ("program", "try")),
    *(("program", name) for name in ("check", "library", "replay")),
)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with demo data, six bills and a member whose name is a formula. Only read here."""
    made = demo_till(tmp_path_factory.mktemp("cli") / "till")
    with open_till(made) as till:
        request = EnrolRequest("0899999999", True, first_name='=HYPERLINK("http://x";"y")', last_name="@SUM(1+1)")
        till.services.enrolment.enrol(demo_session(till), request)
    return made


# --- the command line itself ------------------------------------------------------------------------------


@each_language
def test_every_command_has_help_in_words(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ((), *COMMANDS):
        with pytest.raises(SystemExit) as ended:
            build_parser(language).parse_args([*command, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        # A key without a wording, or a wording with something left to fill in.
        assert not re.search(r"help_|\{[a-z_]+\}", said), (command, said)
        assert any("\u0e00" <= char <= "\u0e7f" for char in said) == (language == "th")


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["verify", "--help", "--lang", "th"]])
def test_help_and_version_end_well_as_processes(asked: list[str]) -> None:
    said = run(*asked, cold=True)
    assert (said.code, said.err) == (0, "")
    assert said.out


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["nosuch"],
        ["headoffice"],
        ["load"],
        ["load", "--bills", "-1"],
        ["load", "--bills", "many"],
        ["load", "--bills", "9" * 5_000],
        ["report", "--date", "2026-13-45"],
        ["export", "everything"],
        ["verify", "--lang", "xx"],
        ["headoffice", "serve", "--database", "nonsense"],
    ],
)
def test_wrong_usage_is_2(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser("en").parse_args(asked)
    assert ended.value.code == 2
    assert "usage: pos-member" in capsys.readouterr().err


# --- the day and the rows ---------------------------------------------------------------------------------


def test_the_report_is_told_in_every_form(folder: Path, tmp_path: Path) -> None:
    day = run("report", "--data", folder, "--json", cold=True)
    assert day.code == 0 and day.err == "", day
    figures = day.json()
    assert isinstance(figures, dict) and figures["bills"] == 6 and figures["sales_satang"] > 0
    spreadsheet, paper = tmp_path / "day.csv", tmp_path / "day.pdf"
    said = run("report", "--data", folder, "--csv", spreadsheet, "--pdf", paper, "--lang", "th", cold=True)
    assert said.code == 0, said
    assert paper.read_bytes().startswith(b"%PDF-")
    text = spreadsheet.read_bytes().decode("utf-8-sig")
    assert "\r\n" in text and list(csv.reader(io.StringIO(text, newline="")))
    empty = run("report", "--data", folder, "--date", "2020-01-01", "--json")
    assert empty.code == 0 and empty.json()["bills"] == 0  # type: ignore[index]


@pytest.mark.parametrize("what", ["bills", "lines", "points", "members", "coupons"])
def test_rows_come_out_whole_and_harmless(folder: Path, tmp_path: Path, what: str) -> None:
    printed = run("export", what, "--data", folder, cold=what == "bills")
    assert (printed.code, printed.err) == (0, "")
    rows = list(csv.reader(io.StringIO(printed.out, newline=""), strict=True))
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    for field in (field for row in rows[1:] for field in row):
        # What a spreadsheet would take for a formula is text; an amount below zero is a number.
        assert not field.startswith(("=", "@", "\t", "\r")), field
        assert not field.startswith(("+", "-")) or re.fullmatch(r"[-+][\d.]+", field), field
    target = tmp_path / f"{what}.csv"
    saved = run("export", what, "--data", folder, "--csv", target)
    assert saved.code == 0
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)) == rows
    lines = run("export", what, "--data", folder, "--json")
    # JSON needs no apostrophe before a formula.
    bare = [[field.removeprefix("'") for field in row] for row in rows[1:]]
    assert [list(json.loads(line).values()) for line in lines.lines()] == bare
    if what == "members":
        assert "HYPERLINK" in printed.out, "the member with the formula is among them"


@each_language
def test_files_that_cannot_be_written_are_told(folder: Path, tmp_path: Path, language: str) -> None:
    (tmp_path / "file").write_text("")
    for asked in (("report", "--csv"), ("report", "--pdf"), ("export", "bills", "--csv")):
        said = run(*asked, tmp_path / "file" / "below.out", "--data", folder, "--lang", language)
        assert_told(said, 4, "file_not_writable", language)


def test_a_pipe_that_closes_early_is_no_error(folder: Path) -> None:
    for asked in (["export", "lines"], ["report", "--json"]):
        command = [sys.executable, "-m", "pos_member", *asked, "--data", str(folder)]
        said = subprocess.run(
            f"{' '.join(command)} | head -1; echo ${{PIPESTATUS[0]}}",
            shell=True,
            executable="/bin/bash",
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_S,
        )
        assert said.stdout.splitlines()[-1] == "0", said
        assert said.stderr == "", said


def test_bills_rung_into_a_closed_pipe_are_whole(tmp_path: Path) -> None:
    folder = demo_till(tmp_path / "till")
    with running("load", "--bills", 100_000, "--data", folder) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr.read() == ""
    said = run("verify", "--data", folder, "--json")
    assert said.code == 0
    assert all(check["ok"] for check in said.json()["checks"])  # type: ignore[index]


# --- setting up -------------------------------------------------------------------------------------------


@each_language
def test_a_folder_is_seeded_once(folder: Path, language: str) -> None:
    assert_told(run("seed", "--data", folder, "--lang", language), 4, "already_seeded", language)


@each_language
def test_a_till_that_stands_alone_does_not_sync(folder: Path, language: str) -> None:
    assert_told(run("sync", "--once", "--data", folder, "--lang", language), 4, "till_not_enrolled", language)


def test_errors_are_json_when_asked_for(folder: Path) -> None:
    said = run("sync", "--once", "--data", folder, "--json", "--lang", "en")
    assert said.code == 4 and said.out == ""
    assert json.loads(said.err.splitlines()[0])["error"] == "till_not_enrolled"


def test_a_till_is_enrolled_with_a_code_and_never_with_a_wrong_one(tmp_path: Path) -> None:
    """What goes well is a cold start each, in the order in which a shop does it."""
    url = f"sqlite:///{tmp_path / 'headoffice.db'}"
    assert run("seed", "--database", url, "--members", 20, cold=True).code == 0
    with running("headoffice", "serve", "--database", url, "--port", 0, "--json", cold=True) as office:
        assert office.stdout is not None and office.stderr is not None
        text = ""
        while not text.rstrip().endswith("}"):
            text += office.stdout.readline()
        address = json.loads(text)["url"]
        till = tmp_path / "till"
        for wrong in ("0000-0000", "", "ก" * 20_000, "\x00" if sys.platform == "win32" else "' OR 1=1"):
            said = run("enrol", "--server", address, "--code", wrong, "--data", till, "--lang", "th")
            assert_told(said, 3, "enrol_code_invalid", "th")
        for place in ("ftp://x", "head office", "http://example.invalid", "https://"):
            said = run("enrol", "--server", place, "--code", "1", "--data", till, "--lang", "en")
            assert_told(said, 3, "server_address_invalid", "en")
        branch = run("headoffice", "enrol-code", "--database", url, "--branch", "NOPE", "--lang", "en")
        assert_told(branch, 3, "branch_unknown", "en")
        code = run("headoffice", "enrol-code", "--database", url, "--branch", "KS01", "--json", cold=True).json()
        assert isinstance(code, dict)
        said = run("enrol", "--server", address, "--code", code["code"], "--data", till, "--json", cold=True)
        assert said.code == 0, said
        again = run("enrol", "--server", address, "--code", code["code"], "--data", tmp_path / "other", "--lang", "th")
        assert_told(again, 3, "enrol_code_invalid", "th")
        assert run("load", "--bills", 3, "--data", till, cold=True).code == 0
        sent = run("sync", "--once", "--data", till, "--json", cold=True)
        assert sent.code == 0 and sent.json()["waiting"] == 0, sent  # type: ignore[index]
        office.send_signal(signal.SIGINT)
        assert office.wait(PATIENCE_S) in (0, 130)
        assert "Traceback" not in office.stderr.read()
    waiting = run("sync", "--once", "--data", till, "--lang", "en")
    assert waiting.code == 4 and "nothing waits to be sent" in waiting.out, waiting
    assert run("verify", "--data", till, cold=True).code == 0


@each_language
def test_a_port_that_is_taken_is_told(tmp_path: Path, language: str) -> None:
    url = f"sqlite:///{tmp_path / 'headoffice.db'}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for asked in (("headoffice", "serve", "--database", url), ("printer-sim", "--out", tmp_path / "paper")):
            assert_told(run(*asked, "--port", port, "--lang", language), 4, "port_taken", language)


@each_language
def test_an_address_of_another_machine_is_told(tmp_path: Path, language: str) -> None:
    """Not as a port that is taken: nothing is there to be closed."""
    asked = ("headoffice", "serve", "--database", f"sqlite:///{tmp_path / 'headoffice.db'}", "--host", "192.0.2.1")
    assert_told(run(*asked, "--port", 0, "--lang", language), 4, "cannot_listen", language)


def test_the_virtual_printer_ends_with_ctrl_c(tmp_path: Path) -> None:
    with running("printer-sim", "--port", 0, "--out", tmp_path / "paper", "--lang", "en", cold=True) as printer:
        assert printer.stdout is not None and printer.stderr is not None
        assert "127.0.0.1" in printer.stdout.readline()
        printer.send_signal(signal.SIGINT)
        assert printer.wait(PATIENCE_S) in (0, 130)
        assert printer.stderr.read() == ""


# --- tools ------------------------------------------------------------------------------------------------


def test_codes_are_read_from_pictures(tmp_path: Path) -> None:
    picture = qr_picture("2900000000001", tmp_path / "a.pgm")
    said = run("scan", picture, picture, cold=True)
    assert said.code == 0, said
    rows = [json.loads(line) for line in said.lines()]
    assert [row["text"] for row in rows] == ["2900000000001"] * 2
    assert all(row["ms"] >= 0 and row["symbology"] for row in rows)


@each_language
def test_files_without_a_code_need_attention(tmp_path: Path, language: str) -> None:
    blank = tmp_path / "blank.pgm"
    blank.write_bytes(b"P5\n64 64\n255\n" + b"\xff" * 64 * 64)
    said = run("scan", blank, "--lang", language)
    assert said.code == 1 and json.loads(said.out)["text"] is None
    for place in (tmp_path / "missing.png", tmp_path):
        assert_told(run("scan", place, "--lang", language), 1, "file_not_readable", language)
    huge = tmp_path / "huge.pgm"
    huge.write_bytes(b"P5\n60000 60000\n255\n" + bytes(1_000))
    assert_told(run("scan", huge, "--lang", language), 1, "picture_unreadable", language)


def test_programs_are_tried_on_a_bill(tmp_path: Path) -> None:
    bill, member = tmp_path / "bill.json", tmp_path / "member.json"
    # A Saturday, for somebody of whom nothing is known: 25 baht give a point.
    bill.write_text(
        json.dumps({"at": "2026-11-21T12:00:00+07:00", "lines": [{"price_satang": 12_500}]}), encoding="utf-8"
    )
    member.write_text("{}", encoding="utf-8")
    programs = resource("programs", "demo.json")
    said = run("program", "try", "--programs", programs, "--bill", bill, "--member", member, "--json", cold=True)
    assert said.code == 0, said
    gives = said.json()
    assert isinstance(gives, dict) and gives["points_earned"] == 5


@each_language
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"lines": 1}', '{"lines": [{"amount_satang": 1e999}]}', "\x00"]
)
def test_bills_that_are_no_bills_are_refused(tmp_path: Path, text: str, language: str) -> None:
    bill = tmp_path / "bill.json"
    bill.write_text(text, encoding="utf-8")
    programs = resource("programs", "demo.json")
    for asked in (("--programs", programs, "--bill", bill), ("--programs", bill, "--bill", bill)):
        said = run("program", "try", *asked, "--lang", language)
        assert said.code == 3 and "Traceback" not in said.err, said


@each_language
def test_the_doctor_looks_and_says(folder: Path, language: str) -> None:
    well = run("doctor", "--data", folder, "--lang", language, cold=language == "th")
    assert well.code in (0, 1) and "Traceback" not in well.err, well
    report = run("doctor", "--data", folder, "--json").json()
    assert isinstance(report, dict)
    assert (report["errors"] > 0) == (well.code == 1)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    ill = run("doctor", "--data", folder, "--printer", f"127.0.0.1:{port}", "--json").json()
    assert isinstance(ill, dict)
    assert any(finding["name"] == "printer" and finding["level"] != "ok" for finding in ill["findings"])
