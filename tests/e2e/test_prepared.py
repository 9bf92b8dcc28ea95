"""A command that is a fork of the prepared process is what a cold start is: words, codes, signals, environment."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.commands import PATIENCE_S, run, running, start
from tests.e2e.forked import Forked
from tests.e2e.prepared import possible

if not possible():
    pytest.skip("every command is a cold start there", allow_module_level=True)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--version",), 0),
        (("nosuch",), 2),
        (("verify", "--data", "{folder}/none", "--lang", "th"), 4),
        (("seed", "--data", "{folder}/file", "--json"), 4),
        (("program", "library", "no-such"), 3),
    ],
)
def test_both_say_the_same(tmp_path: Path, asked: tuple[str, ...], code: int) -> None:
    (tmp_path / "file").write_text("")
    words = [word.format(folder=tmp_path) for word in asked]
    forked, cold = run(*words), run(*words, cold=True)
    assert forked == cold
    assert forked.code == code and forked.out + forked.err


def test_each_has_its_own_environment(tmp_path: Path) -> None:
    thai = run("verify", "--data", tmp_path, env={"POS_MEMBER_LANG": "th"})
    english = run("verify", "--data", tmp_path)
    assert any("\u0e00" <= char <= "\u0e7f" for char in thai.err)
    assert english.err and english.err.isascii()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_end_of_one_is_nobody_elses(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with running("printer-sim", "--port", 0, "--out", tmp_path) as one, running("--version") as other:
        assert isinstance(one, Forked) and isinstance(other, Forked)
        assert one.pid != other.pid
        assert one.stdout.readline()
        assert one.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.01)
        one.send_signal(number)
        assert one.wait(PATIENCE_S) == code
        assert one.poll() == one.returncode
        one.kill()  # nothing any more, and no error
        assert other.communicate(PATIENCE_S)[0].startswith("pos-member")
        assert other.wait(PATIENCE_S) == 0


def test_what_python_reads_at_its_start_is_a_cold_start() -> None:
    with start("--version", PYTHONWARNINGS="error") as process:
        assert isinstance(process, subprocess.Popen)
        assert process.communicate(timeout=PATIENCE_S)[0].startswith("pos-member")
