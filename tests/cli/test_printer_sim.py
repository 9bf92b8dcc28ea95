"""``printer-sim``: what it is told, what it obeys, and what it says at the end."""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ENVIRONMENT, EXIT_REFUSED, EXIT_USAGE, main
from pos_member.cli.simulator import control
from pos_member.hardware.printing.simulator import VirtualPrinter
from tests.patience import PATIENCE_S

_THAI = re.compile(r"[\u0e01-\u0e5b]")


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "pos_member", "printer-sim", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], by: signal.Signals = signal.SIGINT) -> tuple[str, str]:
    process.send_signal(by)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 130, 143)
    return out, err


def test_a_script_a_log_and_a_sum_at_the_end(tmp_path: Path) -> None:
    script, log = tmp_path / "faults.json", tmp_path / "log.jsonl"
    script.write_text('[{"when": {"byte": 3}, "do": "paper_low"}]', encoding="utf-8")
    with running(
        "--port", 0, "--out", tmp_path / "paper", "--script", script, "--log", log, "--width", 384,
        "--json", "--lang", "en",
        "--speed", 20_000, "--buffer", 4_096, "--thai-page", 21, "--drawer", "high_is_open", "--clients", 2,
    ) as printer:  # fmt: skip
        assert printer.stdout is not None
        shown = json.JSONDecoder()
        text = ""
        while not text.rstrip().endswith("}"):
            text += printer.stdout.readline()
        started = shown.decode(text)
        with socket.create_connection(("127.0.0.1", started["port"]), PATIENCE_S) as line:
            line.sendall(b"\x10\x04\x04" + b"hello \x1bt\x15\xca\xc7\n\x07\x1bp\x00\x19\xfa\x1dVB\x00\x1dr\x02")
            assert line.recv(1) in (b"\x12", b"\x1e")
            assert line.recv(1) == b"\x01"
        out, err = ended(printer)
    assert err == ""
    paper, _, rest = out.partition("}")
    assert json.loads(paper + "}")["paper"].endswith("receipt-0001.png")
    total = json.loads(rest)
    assert total["papers"] == 1 and total["kicks"] == 1 and total["unknown"] == ["07"] and total["jobs"] == 1
    events = [json.loads(row)["event"] for row in log.read_text(encoding="utf-8").splitlines()]
    assert {"connected", "did", "unknown", "kick", "cut", "answer", "ended"} == set(events)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
@pytest.mark.parametrize("window", [False, True])
def test_told_to_stop_it_sums_up_as_for_ctrl_c(tmp_path: Path, window: bool) -> None:
    with running("--port", 0, "--out", tmp_path / "paper", "--json", *(["--window"] if window else [])) as printer:
        assert printer.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            text += printer.stdout.readline()
        with socket.create_connection(("127.0.0.1", json.loads(text)["port"]), PATIENCE_S) as line:
            line.sendall(b"hello\n\x10\x04\x01")
            assert line.recv(1) == b"\x12", "it runs, and has taken the line"
        out, err = ended(printer, signal.SIGTERM)
    assert printer.returncode == (143 if window else 130)
    assert "boxes" not in err, "letters are drawn from the first byte on"
    total = json.loads(out)
    assert total["jobs"] == 1 and total["bytes"] == 9


def test_a_pty(tmp_path: Path) -> None:
    link = tmp_path / "printer"
    with running("--pty", link, "--out", tmp_path / "paper", "--lang", "en") as printer:
        assert printer.stdout is not None
        assert f"serial://{link}" in printer.stdout.readline()
        end = os.open(link, os.O_RDWR | os.O_NOCTTY)
        os.write(end, b"\x10\x04\x01")
        assert select.select([end], [], [], PATIENCE_S)[0]
        assert os.read(end, 1) == b"\x12"
        os.close(end)
        ended(printer)
    assert not link.is_symlink()


def test_a_file_is_not_taken_for_the_name_of_a_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    precious = tmp_path / "till.db"
    precious.write_bytes(b"bills")
    asked = ["printer-sim", "--pty", str(precious), "--out", str(tmp_path / "paper"), "--lang", "en"]
    assert main(asked) == EXIT_ENVIRONMENT
    assert str(precious) in capsys.readouterr().err
    assert precious.read_bytes() == b"bills"


def test_orders_from_the_keyboard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "paper_out",
        "late 20",
        "",
        "explode",
        "late",
        "slow 0",
        "end reset",
        "end",
        "other_printer TM-X",
        "end late",
    ]
    with VirtualPrinter(out_dir=tmp_path) as printer:
        control(printer, Console("en"), lines)
        assert printer.sensors.paper_out
        control(printer, Console("en"), io.StringIO("reload\ncover_open\nend cover_open\n"))
        assert printer.sensors.ready
    told = capsys.readouterr().out.splitlines()
    assert [row.split("”")[0] for row in told] == ["“explode", "“late", "“slow 0", "“end reset", "“end"]
    assert all("paper_out" in row for row in told)


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_wrong_script_is_told_by_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    script = tmp_path / "faults.json"
    script.write_text('[{"when": {"row": 1}, "do": "mute"}, {"when": {"row": 1}, "do": "explode"}]', encoding="utf-8")
    assert main(["printer-sim", "--out", str(tmp_path), "--script", str(script), "--lang", language]) == EXIT_REFUSED
    said = capsys.readouterr().err
    assert "2" in said and "explode" in said and "paper_out" in said
    assert bool(_THAI.search(said)) is (language == "th")


def test_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = str(tmp_path / "none" / "x")
    for option in ("--script", "--log", "--pty"):
        asked = ["printer-sim", "--port", "0", "--out", str(tmp_path), option, none, "--lang", "en"]
        assert main(asked) == EXIT_ENVIRONMENT
        assert "none" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "-1"],
        ["--buffer", "1"],
        ["--clients", "0"],
        ["--thai-page", "256"],
        ["--marks", "x"],
        ["--port", "65536"],
    ],
)
def test_arguments_that_cannot_be(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended_by:
        main(["printer-sim", *arguments])
    assert ended_by.value.code == EXIT_USAGE
    assert arguments[1] in capsys.readouterr().err
