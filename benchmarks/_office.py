"""Head office for a benchmark: databases, the server in a process of its own, what that process costs (Linux)."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import _members, _postgresql
from benchmarks.upload import Goods
from pos_member.domain.clock import SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import admin
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import effect, outgoing
from pos_member.headoffice.serve import serve
from pos_member.headoffice.snapshots import Snapshots
from tests.postgres_server import Server

CLOCK = SystemClock()
_SNAPSHOTS = "snapshots"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
#: Members of whom the bills of one run are made.
_KNOWN_MAX = 50_000


@dataclass(frozen=True)
class Office:
    """A running head office."""

    url: str
    address: str
    pid: int

    def rss_mb(self) -> float:
        """Memory that the server process holds now, in MB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_s(self) -> float:
        """Processor seconds that it has used, user and system; not those of a database server."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def chosen(stack: ExitStack, names: Sequence[str]) -> dict[str, Callable[[Path], str]]:
    """Database → what makes the URL of a fresh one, given a folder. A PostgreSQL is started where it is asked for."""
    urls: dict[str, Callable[[Path], str]] = {}
    for name in names:
        if name == SQLITE:
            urls[name] = lambda folder: f"sqlite:///{folder}/office.db"
        elif name == POSTGRESQL:
            urls[name] = partial(_fresh, stack.enter_context(_postgresql.running()))
        else:
            raise SystemExit(f"no such database: {name}")
    return urls


class Rows:
    """Figures, told as soon as they are there: for a person below ``head``, row by row; as JSON all of them at the
    end."""

    def __init__(self, head: str = "", *, as_json: bool) -> None:
        self._as_json = as_json
        self._found: dict[str, dict[str, Any]] = {}
        if head and not as_json:
            print(head, flush=True)

    def add(self, name: str, figures: dict[str, Any]) -> None:
        """A row is measured."""
        self._found[name] = figures
        if self._as_json:
            return
        told = [name]
        for what, value in figures.items():
            told.append(f"  {what:>24}: {value:,}" if isinstance(value, int | float) else f"  {what:>24}: {value}")
        print("\n".join(told), flush=True)

    def end(self) -> None:
        """All of them are there."""
        if self._as_json:
            print(json.dumps(self._found), flush=True)


def on_each(names: str, measure: Callable[[str, Path], dict[str, Any]], head: str = "", *, as_json: bool) -> None:
    """Tell what ``measure(url, folder)`` found on a fresh one of each database. ``names``: with commas in between."""
    rows = Rows(head, as_json=as_json)
    with ExitStack() as stack:
        for name, url in chosen(stack, names.split(",")).items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            rows.add(name, measure(url(folder), folder))
    rows.end()


def _fresh(server: Server, _folder: Path) -> str:
    return _postgresql.fresh(server, "bench")


def stocked(url: str, members: int) -> Goods:
    """The demo's catalogue and programs, and ``members`` of ``_members``."""
    demo = admin.load_demo(url, hash_pin=lambda _pin: "not used", members=1)
    _members.seed(url, members, demo.branches[0].id)
    products = [
        (p.id, p.barcode, p.name_th, p.name_en, p.category_id, p.brand_id, p.price_satang) for p in demo.products
    ]
    known = min(members, _KNOWN_MAX)
    return Goods(products, [_members.person(n * members // known)["id"] for n in range(known)])


def make_snapshot(url: str, folder: Path) -> float:
    """Build one before head office runs, which then has none to make for a while. Returns the seconds."""
    with opened(url) as database:
        began = time.perf_counter()
        Snapshots(database, folder / _SNAPSHOTS, CLOCK, IdMaker(CLOCK)).make()
        return time.perf_counter() - began


def _serve(url: str, folder: Path, told: Connection) -> None:
    serve(url, port=0, ready=told.send, settings=HeadOfficeSettings(url, snapshots=folder / _SNAPSHOTS))


@contextmanager
def serving(url: str, folder: Path) -> Iterator[Office]:
    """Head office, with everything it does by itself, in a process of its own; its snapshots lie in ``folder``."""
    spawn = multiprocessing.get_context("spawn")
    heard, told = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_serve, args=(url, folder, told), daemon=True)
    process.start()
    told.close()  # else nobody would hear that the process ended before it was ready
    try:
        address = heard.recv()
        assert process.pid is not None
        yield Office(url, address, process.pid)
    finally:
        process.terminate()
        process.join(30)


def wait_until_applied(database: Database) -> None:
    """Return once balances and feed include everything that was taken in."""
    pause = threading.Event()
    while True:
        with database.read() as connection:
            waits = [connection.execute(select(table.c[0]).limit(1)).first() for table in (effect, outgoing)]
        if waits == [None, None]:
            return
        pause.wait(0.02)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, beside the server."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def share(values: Sequence[float], percent: int) -> float:
    """The value below which so many percent of ``values`` lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0
