"""``scan`` as an installer runs it: a process of its own, a camera's stand-in, a serial port, a reader that types."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from pos_member.domain.kedmanee import to_thai_keys
from tests.e2e.commands import PATIENCE_S, ROOT, environment, qr_picture, run, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")
MEMBER, COUPON = "2907780802207", "8123456789012362"


def read(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def test_a_folder_of_pictures_stands_in_for_a_camera(tmp_path: Path) -> None:
    for number, text in enumerate((MEMBER, COUPON)):
        qr_picture(text, tmp_path / f"{number}.bmp")
    said = run("scan", "--camera", tmp_path, "--json")
    rows = read(said.out)
    assert said.code == 0, said
    assert [(row["text"], row["kind"]) for row in rows if "text" in row] == [(MEMBER, "member"), (COUPON, "coupon")]
    assert rows[-1]["codes"] == 2 and rows[-1]["worst_ms"] >= rows[-1]["median_ms"] > 0
    assert [row["state"] for row in rows if "state" in row][:2] == ["opening", "live"]


def test_a_camera_that_is_not_there_is_said_and_the_time_ends_it(tmp_path: Path) -> None:
    asked = ("scan", "--camera", tmp_path / "none.mp4", "--json")
    said = run(*asked, "--seconds", "1")
    # A busy machine may not have come to the camera by then.
    assert said.code == 1 and {row["state"] for row in read(said.out)} <= {"opening", "lost", "stopped"}, said
    with running(*asked) as scanning:
        assert scanning.stdout is not None
        assert any('"lost"' in line for line in scanning.stdout)


@pytest.mark.parametrize("arguments", [(), ("a.png", "--wedge"), ("--wedge", "--camera", "0"), ("--list", "a.png")])
def test_one_source_at_a_time(arguments: tuple[str, ...]) -> None:
    said = run("scan", *arguments)
    assert said.code == 2 and said.err.startswith("usage:")


def test_what_is_there_is_listed() -> None:
    told = run("scan", "--list", "--json").json()
    assert isinstance(told, dict) and set(told) == {"cameras", "serial", "decoders"}
    assert {one["name"] for one in told["decoders"] if one["works"]} >= {"zxing-cpp", "zbar"}
    assert "zxing-cpp" in run("scan", "--list", "--lang", "th").out


class Listening:
    """A command that listens, and what it has said so far."""

    def __init__(self, *arguments: str, stdin: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pos_member", "scan", *arguments],
            cwd=ROOT,
            env=environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def line(self) -> str:
        out: IO[str] | None = self.process.stdout
        assert out is not None
        return out.readline().strip()

    def rest(self) -> str:
        return self.process.communicate(timeout=PATIENCE_S)[0]


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    """(the far end, the near one) of a pseudo-terminal."""
    far, near = os.openpty()
    yield far, near
    os.close(far)
    os.close(near)


def test_a_serial_reader_is_heard_with_its_bytes(line: tuple[int, int]) -> None:
    far, near = line
    tty.setraw(near)
    command = Listening("--serial", os.ttyname(near), "--count", "2", "--lang", "en", stdin=subprocess.DEVNULL)
    assert command.line().startswith("Ready")
    os.write(far, MEMBER.encode() + b"\r")
    os.write(far, COUPON.encode() + b"\r\n")
    rows = read(command.rest())
    assert [(row["kind"], row["raw"]) for row in rows] == [
        ("member", MEMBER.encode().hex(" ")),
        ("coupon", COUPON.encode().hex(" ")),
    ]
    assert command.process.returncode == 0


def test_a_port_that_is_not_there_is_told_in_words() -> None:
    said = run("scan", "--serial", "/dev/ttyNOBODY7", "--lang", "en")
    assert said.code != 0 and "/dev/ttyNOBODY7" in said.err and "Traceback" not in said.err


def test_a_reader_that_types_into_the_terminal_under_either_layout(line: tuple[int, int]) -> None:
    far, near = line
    command = Listening("--wedge", "--count", "3", "--lang", "en", stdin=near)
    assert command.line().startswith("Ready")
    for text in (MEMBER, COUPON, to_thai_keys(MEMBER)):
        os.write(far, text.encode() + b"\r")
    rows = read(command.rest())
    assert [row["code"] for row in rows] == [MEMBER, COUPON, MEMBER]
    assert command.process.returncode == 0


def test_interrupted_it_ends_in_order_and_leaves_the_terminal_as_it_was(line: tuple[int, int]) -> None:
    import termios

    _, near = line
    before = termios.tcgetattr(near)
    command = Listening("--wedge", "--lang", "en", stdin=near)
    assert command.line().startswith("Ready")
    command.process.send_signal(signal.SIGINT)
    out, err = command.process.communicate(timeout=PATIENCE_S)
    assert command.process.returncode == 1 and out == "Stopped.\n" and not err
    assert termios.tcgetattr(near) == before
