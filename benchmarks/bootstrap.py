"""A new till beside a head office with many members: the snapshot built, the till loaded over HTTP on loopback.

Run: ``python -m benchmarks.bootstrap [--members N] [--json]``. Head office (SQLite) serves from a process of its own.
``floor``: the same rows put into an empty file of the same tables by raw inserts, indexes built at the end, nothing
encrypted, nothing sent. ``usable``: from the first request to the till that finds members; ``can sell``: to the till
that has the catalogue. Memory is the most that a process held.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from pos_member.db.folder import DataFolder
from pos_member.domain.clock import SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Branch, Brand, Organisation, Settings
from pos_member.headoffice import admin
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots, snapshot_folder
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport

CLOCK = SystemClock()
FIRST = ("สมชาย", "สมหญิง", "มานี", "ปิติ", "วีระ", "ชูใจ", "กมล", "นภา", "อรุณ", "พิมพ์")
LAST = ("ใจดี", "รักไทย", "ศรีสุข", "ทองดี", "แก้วใส", "พงษ์ไพร", "สุขสม", "บุญมา", "วงศ์ดี", "มั่นคง")
LOT = date(2028, 12, 31)


def members(count: int, branch: str, till: str) -> Iterator[MemberImport]:
    """Members as a shop has them: most with points, few with none."""
    source, new_id = random.Random(7), IdMaker(CLOCK)
    at = datetime(2026, 1, 5, 3, tzinfo=UTC)
    for n in range(count):
        name = f"{source.choice(FIRST)}{source.choice(LAST)}"[: source.randrange(4, 14)]
        member = Member(
            id=new_id(),
            number=f"29{n:011d}",
            phone=f"+668{n:08d}",
            first_name=name,
            last_name=source.choice(LAST),
            birthday=None,
            status=MemberStatus.ACTIVE,
            tier="",
            home_branch_id=branch,
            enrolled_till_id=till,
            enrolled_at=at,
        )
        lots = {LOT: source.randrange(1, 2_000)} if source.random() < 0.8 else {}
        yield MemberImport(member, buckets=lots, visits=source.randrange(40), last_visit=date(2026, 5, 1))


def seed(url: str, count: int) -> None:
    """A company with one branch and ``count`` members, numbered in the feed."""
    new_id = IdMaker(CLOCK)
    company = Organisation(new_id(), "บริษัท ทดสอบ จำกัด", "Test Co.", "0105500000000", True, Settings())
    brand = Brand(new_id(), "CAFE", "กาแฟ", "Café")
    branch = Branch(new_id(), "KS01", brand.id, "คลองสาน", "KS01", "ที่อยู่", "Address", "00001")
    database = open_database(url)
    office = HeadOffice(database, CLOCK, new_id)
    with database.write() as connection:
        import_catalogue(connection, (company, brand, branch))
    source = members(count, branch.id, new_id())
    done = 0
    while done < count:
        with database.write() as connection:
            done += import_members(connection, islice(source, 20_000), CLOCK.now())
        office.stamp()
    database.close()


def _build(url: str, told: Connection) -> None:
    database = open_database(url)
    base = _memory_mb()
    began = time.perf_counter()
    made = Snapshots(database, snapshot_folder(url), CLOCK, IdMaker(CLOCK)).make()
    assert made is not None
    told.send((time.perf_counter() - began, _memory_mb(), base, made))


def _serve(url: str, told: Connection) -> None:
    office = RunningHeadOffice(HeadOfficeSettings(url))
    office.start()
    told.send(office.url)
    told.recv()
    office.stop()


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def floor_s(plain: Path, target: Path) -> float:
    """The rows of ``plain`` by raw inserts into the same tables of an empty file; reading them is not counted."""
    with closing(dbapi2.connect(str(plain))) as source:
        names = ("item", "product", "member", "account", "coupon", "mark")
        kept = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in names}
        made = [
            row[0]
            for row in source.execute(
                f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ({','.join('?' * len(names))})", names
            )
        ]
        search = source.execute("SELECT sql FROM sqlite_master WHERE name = 'member_search'").fetchone()[0]
        indexes = [row[0] for row in source.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql > ''")]
    words = [(row[0], f"{row[5]} {row[6]} {row[2]} {row[3]}".lower()) for row in kept["member"]]
    began = time.perf_counter()
    with closing(dbapi2.connect(str(target), isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for sql in (*made, search):
            connection.execute(sql)
        for name, rows in kept.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        connection.executemany("INSERT INTO member_search (rowid, words) VALUES (?, ?)", words)
        for sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
    return time.perf_counter() - began


def plain_of(folder: Path, manifest: SnapshotManifest, target: Path) -> Path:
    """The snapshot's file, put together."""
    import zstandard

    with target.open("wb") as file:
        for number, part in enumerate(manifest.parts):
            raw = (folder / manifest.id / f"{number:05d}.zst").read_bytes()
            file.write(zstandard.ZstdDecompressor().decompress(raw, part.plain_bytes))
    return target


def load(url: str, code: str, folder: Path) -> dict[str, float]:
    """A new till from nothing to selling and to knowing every member, in seconds."""
    found: dict[str, float] = {}
    line = HttpTransport(url)
    with DataFolder(folder, CLOCK) as data:
        enrol(url, code, data.sync_store, transport=line)
        engine = SyncEngine(data.sync_store, line, CLOCK, intake=data.intake)
        stop = threading.Event()
        began = time.perf_counter()

        def watch() -> None:
            while not stop.wait(0.005):
                with data.replica.read() as connection:
                    if connection.exec_driver_sql("SELECT 1 FROM item WHERE entity = 'branch'").first():
                        found["can_sell_s"] = time.perf_counter() - began
                        return

        watcher = threading.Thread(target=watch)
        watcher.start()
        outcome = engine.sync_once()
        assert outcome.reason is None, outcome
        assert data.store.members.search("ใจดี")
        found["usable_s"] = time.perf_counter() - began
        stop.set()
        watcher.join()
        with data.replica.read() as connection:
            found["members"] = connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one()
    line.close()
    return found


def run(count: int) -> dict[str, Any]:
    """All figures for ``count`` members."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'office.db'}"
        began = time.perf_counter()
        seed(url, count)
        figures: dict[str, Any] = {"members": count, "import_s": time.perf_counter() - began}
        here, there = spawn.Pipe()
        builder = spawn.Process(target=_build, args=(url, there))
        builder.start()
        figures["build_s"], figures["build_memory_mb"], figures["memory_before_mb"], manifest = here.recv()
        builder.join()
        figures["file_mb"] = manifest.bytes / 1e6
        figures["sent_mb"] = sum(part.bytes for part in manifest.parts) / 1e6
        plain = plain_of(snapshot_folder(url), manifest, folder / "plain.db")
        figures["floor_s"] = floor_s(plain, folder / "floor.db")
        server = spawn.Process(target=_serve, args=(url, there))
        server.start()
        figures |= load(here.recv(), admin.enrol_code(url, "KS01"), folder / "till")
        here.send(None)
        server.join()
        figures["till_memory_mb"] = _memory_mb()
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    parsed = parser.parse_args()
    figures = run(parsed.members)
    if parsed.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>18}: {value:,.2f}" if isinstance(value, float) else f"{name:>18}: {value:,}")


if __name__ == "__main__":
    main()
