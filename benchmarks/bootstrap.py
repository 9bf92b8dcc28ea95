"""A new till beside a head office with many members: the snapshot built, the till loaded over HTTP on loopback.

Run: ``python -m benchmarks.bootstrap [--members 20000,100000] [--peer N] [--json]``. Head office (SQLite), the till and
the floor run in processes of their own, one after the other; ``cpu`` is user and system time of all that took part.

``floor``: the same rows put into an empty file of the same tables by raw inserts, indexes built at the end, nothing
encrypted, nothing sent, nothing made durable. ``usable``: from the first request to the till that finds members;
``can sell``: to the till that has the catalogue. Both are those of the second till, as the peer has been at work before
it is measured too; ``first``: of the very first that a head office just started serves. Memory is the most that a
process held. The peer, PouchDB on LevelDB pulling from express-pouchdb, has members of the same kind as one document
each; its rate falls with their number, so ``--peer`` of them (5,000 unless told) are enough to compare members a
second, in its favour.

Up to 100,000 members are imported, with their changes in the feed; what is beyond is written as rows alone: a snapshot
is made of rows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from benchmarks import _pouchdb
from pos_member.db.folder import DataFolder
from pos_member.db.repositories.search import search_words
from pos_member.domain import codec
from pos_member.domain.clock import SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Branch, Brand, Organisation, Settings
from pos_member.headoffice import admin, portable, schema
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.headoffice.member_rows import member_row
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
#: The feed of a million takes longer than all that is measured here.
IMPORTED_MAX = 100_000


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
        lots: dict[date | None, int] = {LOT: source.randrange(1, 2_000)} if source.random() < 0.8 else {}
        yield MemberImport(member, buckets=lots, visits=source.randrange(40), last_visit=date(2026, 5, 1))


def seed(url: str, count: int) -> None:
    """A company with one branch and ``count`` members."""
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
    while done < min(count, IMPORTED_MAX):
        with database.write() as connection:
            done += import_members(connection, islice(source, min(20_000, IMPORTED_MAX - done)), CLOCK.now())
        office.stamp()
    while part := list(islice(source, 20_000)):
        with database.write() as connection:
            portable.insert_many(connection, schema.member, [member_row(item.member) for item in part])
            portable.insert_many(connection, schema.account, [_account_row(item) for item in part])
    database.close()


def _account_row(item: MemberImport) -> dict[str, Any]:
    lots = {last.isoformat() if last else "": points for last, points in (item.buckets or {}).items()}
    visited = item.last_visit.isoformat() if item.last_visit else None
    return AccountState(item.member.id, lots, visits=item.visits, last_visit=visited, n=1).row("2026-05-01")


class Watch:
    """Seconds and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def read(self, name: str) -> dict[str, float]:
        """``<name>_s`` and ``<name>_cpu_s``."""
        return {f"{name}_s": time.perf_counter() - self._began, f"{name}_cpu_s": time.process_time() - self._cpu}


def _build(told: Connection, url: str) -> None:
    database = open_database(url)
    base, watch = _memory_mb(), Watch()
    made = Snapshots(database, snapshot_folder(url), CLOCK, IdMaker(CLOCK)).make()
    assert made is not None
    told.send(watch.read("build") | {"build_memory_mb": _memory_mb() - base, "manifest": made})


def _serve(told: Connection, url: str) -> None:
    office = RunningHeadOffice(HeadOfficeSettings(url))
    office.start()
    told.send(office.url)
    told.recv()
    watch = Watch()
    told.recv()
    served = watch.read("served")
    office.stop()
    told.send({"served_cpu_s": served["served_cpu_s"]})


def _load(told: Connection, url: str, code: str, folder: Path) -> None:
    told.send(load(url, code, folder))


def _floor(told: Connection, plain: Path, target: Path) -> None:
    told.send(floor(plain, target))


def _memory_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # of this program alone; the other figure is handed down to who was started by a larger one
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def floor(plain: Path, target: Path) -> dict[str, float]:
    """The rows of ``plain`` by raw inserts into the same tables of an empty file; reading them is not counted."""
    figures = {"floor_s": 0.0, "floor_cpu_s": 0.0}

    @contextmanager
    def counted() -> Iterator[None]:
        watch = Watch()
        yield
        for name, value in watch.read("floor").items():
            figures[name] += value

    with (
        closing(dbapi2.connect(str(plain))) as source,
        closing(dbapi2.connect(str(target), isolation_level=None)) as made,
    ):
        sqls = dict(source.execute("SELECT name, sql FROM sqlite_master WHERE sql > ''").fetchall())
        names = ("item", "product", "member", "account", "coupon", "mark")
        with counted():
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
                made.execute(f"PRAGMA {pragma}")
            made.execute("BEGIN")
            for name in (*names, "member_search"):
                made.execute(sqls[name])
        for name in names:
            rows = source.execute(f"SELECT * FROM {name}")
            while batch := rows.fetchmany(20_000):
                marks = ",".join("?" * len(batch[0]))
                words = [(row[0], search_words(row[7], row[2], row[3])) for row in batch] if name == "member" else []
                with counted():
                    made.executemany(f"INSERT INTO {name} VALUES ({marks})", batch)
                    made.executemany("INSERT INTO member_search (rowid, words) VALUES (?, ?)", words)
        with counted():
            for sql in sqls.values():
                if sql.startswith("CREATE INDEX"):
                    made.execute(sql)
            made.execute("COMMIT")
    return figures


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
        base, watch = _memory_mb(), Watch()

        def look() -> None:
            while not stop.wait(0.01):
                with data.replica.read() as connection:
                    if connection.exec_driver_sql("SELECT 1 FROM item WHERE entity = 'branch'").first():
                        found["can_sell_s"] = watch.read("can_sell")["can_sell_s"]
                        return

        watcher = threading.Thread(target=look)
        watcher.start()
        outcome = engine.sync_once()
        assert outcome.reason is None, outcome
        assert data.store.members.search("ใจดี")
        found |= watch.read("usable")
        stop.set()
        watcher.join()
        with data.replica.read() as connection:
            found["loaded"] = connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one()
    found["till_memory_mb"] = _memory_mb() - base
    line.close()
    return found


@contextmanager
def _process(work: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """``work`` in a process of its own, and the line to it."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=work, args=(there, *arguments))
    process.start()
    there.close()
    try:
        yield here
        process.join()
    finally:
        process.kill()
        here.close()


def _told(work: Callable[..., None], *arguments: Any) -> dict[str, Any]:
    with _process(work, *arguments) as line:
        found: dict[str, Any] = line.recv()
        return found


def peer(count: int) -> float:
    """Members a second that PouchDB pulls from express-pouchdb into an empty LevelDB, one document each."""
    documents = [
        {"_id": item.member.id, **codec.to_wire(item.member), "account": _account_row(item)}
        for item in members(count, "branch", "till")
    ]
    with tempfile.TemporaryDirectory() as name, _pouchdb.head_office(Path(name, "office")) as office:
        _pouchdb.upload(office, Path(name), [documents], "members")
        return _pouchdb.download(office, Path(name, "new"), 1, count, "members").per_s


def run(count: int) -> dict[str, Any]:
    """All figures for ``count`` members."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'office.db'}"
        seed(url, count)
        figures: dict[str, Any] = {"members": count, **_told(_build, url)}
        manifest: SnapshotManifest = figures.pop("manifest")
        figures["file_bytes_a_member"] = manifest.bytes / count
        figures["sent_bytes_a_member"] = sum(part.bytes for part in manifest.parts) / count
        plain = plain_of(snapshot_folder(url), manifest, folder / "plain.db")
        figures |= _told(_floor, plain, folder / "floor.db")
        for path in (plain, folder / "floor.db"):
            path.unlink()
        with _process(_serve, url) as server:
            address = server.recv()
            first = _told(_load, address, admin.enrol_code(url, "KS01"), folder / "first")
            figures |= {f"first_{name}": first[name] for name in ("can_sell_s", "usable_s", "usable_cpu_s")}
            shutil.rmtree(folder / "first")
            server.send(None)
            figures |= _told(_load, address, admin.enrol_code(url, "KS01"), folder / "till")
            server.send(None)
            figures |= server.recv()
    assert figures["loaded"] == count
    figures["members_per_s"] = count / figures["usable_s"]
    figures["times_the_floor"] = figures["usable_s"] / figures["floor_s"]
    cpu = figures["usable_cpu_s"] + figures["served_cpu_s"]
    figures["times_the_floor_cpu"] = cpu / figures["floor_cpu_s"]
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", default="20000", help="how many, or several numbers with commas between")
    parser.add_argument("--peer", type=int, default=5_000, help="members that PouchDB pulls; 0: none")
    parser.add_argument("--json", action="store_true")
    parsed = parser.parse_args()
    pulled = peer(parsed.peer) if parsed.peer else 0.0
    found = []
    for each in parsed.members.split(","):
        figures = run(int(each))
        if pulled:
            figures |= {"peer_members_per_s": pulled, "times_the_peer": figures["members_per_s"] / pulled}
        found.append(figures)
        if not parsed.json:
            _show(figures)
    if parsed.json:
        print(json.dumps(found))


def _show(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        print(f"{name:>22}: {value:,.2f}" if isinstance(value, float) else f"{name:>22}: {value:,}")
    print(flush=True)


if __name__ == "__main__":
    main()
