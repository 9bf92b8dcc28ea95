"""The peer of the sync benchmarks: PouchDB at the tills, express-pouchdb at head office, both on LevelDB.

Its packages are fetched by npm into ``build/peers`` at the first run. LevelDB does not wait for the disk before it
acknowledges; that is left as it comes, and told beside it is what it does when it has to.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import _cpu

HERE = Path(__file__).resolve().parent / "peers"
BUILT = HERE.parent.parent / "build" / "peers"


@dataclass(frozen=True)
class Carried:
    """``seconds`` from the first till's start to the last one's end; ``…_spent_s``: processor time meanwhile."""

    documents: int
    seconds: float
    tills_spent_s: float
    office_spent_s: float

    @property
    def per_s(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds


def installed() -> Path:
    """The folder with the peer's packages. Raises ``SystemExit`` where npm is missing or cannot fetch them."""
    if shutil.which("npm") is None:
        raise SystemExit("the peer needs Node.js and npm")
    BUILT.mkdir(parents=True, exist_ok=True)
    for file in HERE.iterdir():
        built = BUILT / file.name
        if not built.is_file() or built.read_bytes() != file.read_bytes():  # others may be reading it
            shutil.copy(file, built)
    if not (BUILT / "node_modules" / "express-pouchdb").is_dir():
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund"], cwd=BUILT, capture_output=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"npm install failed: {done.stderr.decode(errors='replace')[-400:]}")
    return BUILT


@dataclass(frozen=True)
class Running:
    """The peer's head office: its address, and its process."""

    base: str
    pid: int


@contextmanager
def head_office(folder: Path, *, durable: bool = False) -> Iterator[Running]:
    """A running peer that keeps its data in ``folder``. ``durable``: it waits for its disk with every write."""
    folder.mkdir(parents=True, exist_ok=True)
    process = _node("server.mjs", str(folder), *(["durable"] if durable else []))
    try:
        yield Running(f"http://127.0.0.1:{_line(process)}", process.pid)
    finally:
        process.kill()
        process.wait()


def upload(office: Running, folder: Path, tills: Sequence[Sequence[dict[str, Any]]], name: str = "bills") -> Carried:
    """Every till's documents (each with its ``_id``) up at the same time, from its own database."""
    files = []
    for number, documents in enumerate(tills):
        file = folder / f"till{number}.jsonl"
        file.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in documents), encoding="utf-8")
        files.append(str(file))
    return _run(office, folder, files, name, sum(map(len, tills)))


def download(office: Running, folder: Path, tills: int, documents: int, name: str) -> Carried:
    """All of one database into each of so many new tills."""
    return _run(office, folder, ["-"] * tills, name, documents * tills)


def _run(office: Running, folder: Path, files: Sequence[str], name: str, documents: int) -> Carried:
    with ExitStack() as stack:
        processes = []
        for number, file in enumerate(files):
            mine = folder / f"{name}-{number}"
            mine.mkdir(parents=True)
            processes.append(_node("till.mjs", str(mine), file, office.base, name))
            stack.callback(processes[-1].kill)
        for process in processes:
            if _line(process) != "ready":
                raise SystemExit("the peer's till did not come up")
        told: list[dict[str, Any]] = []
        before_s = _cpu.spent_s(office.pid)
        threads = [threading.Thread(target=_go, args=(process, told.append)) for process in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(told) != len(files) or any(each["failures"] for each in told):
            raise SystemExit(f"the peer lost documents: {told}")
        office_spent_s = _cpu.spent_s(office.pid) - before_s
    took_s = float(max(each["ms"] for each in told)) / 1_000
    return Carried(documents, took_s, sum(each["spent_us"] for each in told) / 1_000_000, office_spent_s)


def _go(process: subprocess.Popen[str], tell: Callable[[dict[str, Any]], None]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    tell(json.loads(_line(process)))


def _node(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["node", script, *arguments], cwd=installed(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        raise SystemExit("the peer ended early")
    return line
