"""``pos-member`` as a person runs it: a process of its own, in a language, with what it said on both streams.

The process is a fork of one that has read the modules (``prepared``) unless a cold start is asked for, which is Python
from its beginning. Each command has a test with a cold start: what it reads on its way must be there without others.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pos_member.hardware.printing.qr import modules
from pos_member.wording import say
from tests.e2e.forked import Forked, Prepared
from tests.e2e.prepared import ROOT as ROOT
from tests.e2e.prepared import possible

#: A command under way; both have what a test asks of it.
Started = subprocess.Popen[str] | Forked
LANGUAGES = ("th", "en")
#: How long a command may take, or get on with nothing, on a machine that is busy with other things.
PATIENCE_S = 120
MEMBERS = 60
_STATE = "POS_MEMBER_STATE"


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    def lines(self) -> list[str]:
        """Standard output, line by line."""
        return self.out.splitlines()


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: no screen, no keystore, no locale but the one asked for, and of our own names only
    where notes about data folders are kept, which is the test's place."""
    ours = ("LANG", "LC_", "POS_MEMBER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) or name == _STATE}
    return kept | {"QT_QPA_PLATFORM": "offscreen", "POS_MEMBER_KEYS": "file", "LC_ALL": "C.UTF-8"} | more


@cache
def _prepared() -> Prepared | None:
    """The process that forks, one for each process of tests; ``None`` on a system without what it is made of."""
    return Prepared(environment()) if possible() else None


def start(*arguments: object, cold: bool = False, module: str = "pos_member", **more: str) -> Started:
    """A command under way; both streams are pipes. ``cold``: Python from its beginning, with nothing read ahead."""
    words, names = list(map(str, arguments)), environment(**more)
    prepared = None if cold else _prepared()
    if prepared is not None and prepared.can(names):
        return prepared.start(module, words, names, ROOT)
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=names,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(
    *arguments: object,
    env: Mapping[str, str] | None = None,
    moves: Callable[[], object] = lambda: None,
    cold: bool = False,
) -> Said:
    """A command, run to its end. ``moves``: what changes as long as a long one gets on; it is not given up then."""
    with start(*arguments, cold=cold, **dict(env or {})) as process:
        seen = moves()
        while True:
            try:
                out, err = process.communicate(timeout=PATIENCE_S)
                break
            except subprocess.TimeoutExpired:
                before, seen = seen, moves()
                if seen == before:
                    process.kill()
                    raise
    assert process.returncode is not None
    return Said(process.returncode, out, err)


@contextmanager
def running(*arguments: object, cold: bool = False, **more: str) -> Iterator[Started]:
    """A command that goes on until it is stopped; ended with the block at the latest."""
    with start(*arguments, cold=cold, **more) as process:
        try:
            yield process
        finally:
            process.kill()


def assert_told(said: Said, code: int, reason: str, language: str) -> None:
    """The command ended with ``code`` and told ``reason`` in ``language``: one sentence, no traceback."""
    assert said.code == code, said
    assert "Traceback" not in said.err + said.out, said
    # What comes before the first thing filled in: enough to tell a sentence from all the others.
    sentence = say("reasons", reason, language)
    beginning = max((piece.strip() for piece in sentence.split("–")), key=len)
    assert beginning in said.err, (beginning, said)
    has_thai = any("\u0e00" <= char <= "\u0e7f" for char in said.err)
    assert has_thai == (language == "th"), said


def assert_clean(folder: Path) -> None:
    """``verify`` finds nothing."""
    said = run("verify", "--data", folder, "--json")
    assert said.code == 0, said
    assert said.err == "", said


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pos-member-e2e-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    said = run("seed", "--members", MEMBERS, "--data", folder / "till")
    assert said.code == 0, said
    said = run("load", "--bills", 6, "--data", folder / "till")
    assert said.code == 0, said
    return folder / "till"


def demo_till(target: Path) -> Path:
    """A till with demo data and six bills at ``target``, made once per process and copied."""
    shutil.copytree(_template(), target)
    return target


def qr_picture(text: str, path: Path, scale: int = 8) -> Path:
    """A QR of ``text`` as a grey picture (PGM: a header and the pixels)."""
    pattern = modules(text)
    quiet = 4
    side = len(pattern) + 2 * quiet
    rows = [[False] * side for _ in range(side)]
    for y, row in enumerate(pattern):
        for x, dark in enumerate(row):
            rows[y + quiet][x + quiet] = bool(dark)
    pixels = b"".join(
        bytes(0 if dark else 255 for dark in row for _ in range(scale)) for row in rows for _ in range(scale)
    )
    path.write_bytes(b"P5\n%d %d\n255\n" % (side * scale, side * scale) + pixels)
    return path
