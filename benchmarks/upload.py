"""Upload of bills to head office, on SQLite and on PostgreSQL, beside PouchDB to express-pouchdb with the same bills.

Run: ``python -m benchmarks.upload [--bills N] [--tills 1,10,50] [--workers N] [--rounds N] [--quick] [--no-peer]
[--no-lost] [--json]``. Bills have four lines and two point entries. They lie in real tills' queues before the clock
starts, each till in a process of its own, as the peer's are; the real client sends them over HTTP on loopback to the
server, which answers once a batch is durable (``synchronous=FULL``, PostgreSQL's ``fsync`` and ``synchronous_commit``
on). Another till sent some before. The clock stops when the last till has noted its last acknowledgement; what it
reads afterwards is not part of it, nor is that of the peer. Nobody's processes end before all are done: what an
interpreter does at its end would be time of the others. ``applied``: until balances and feed include all of them too.
``p99``: of one request, batches of up to 500 bills. Lost answers: the server did its work, the till never hears and
sends again. ``workers``: processes of head office beside each other, which PostgreSQL alone can stand behind. The
peer does not wait for its disk; a row beside tells what it does where its head office has to. Times of the wall are
worth what the machine is quiet; processor time a bill, told for tills and head office apart, hardly changes with it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import _cpu, _postgresql, _pouchdb
from benchmarks._bills import BillMaker as BillMaker
from benchmarks._bills import Goods as Goods
from pos_member.db.folder import DataFolder
from pos_member.domain import codec
from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.domain.org import TillIdentity
from pos_member.headoffice import admin
from pos_member.headoffice.database import open_database
from pos_member.headoffice.schema import metadata
from pos_member.headoffice.serve import serve
from pos_member.headoffice.workers import Supervisor, supervise
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer, HttpTransport

BRANCHES = ("KS01", "NM02", "HY03")
PARTS = ("tills", "office", "database")
#: Bills that another till sent before: head office is not judged by its first ones, neither ours nor the peer's.
WARM_UP = 1_000


def _serve(url: str, workers: int, told: Connection) -> None:
    """Head office, in a process of its own, or in several under it."""
    if workers > 1:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # workers tell of every call there
        supervise(Supervisor(url, workers, port=0), told.send)
    else:
        serve(url, port=0, ready=told.send)


@contextmanager
def _server(url: str, workers: int = 1) -> Iterator[tuple[str, Goods, int]]:
    """(address, goods, process) of a running head office with the demo in it."""
    demo = admin.load_demo(url, hash_pin=lambda _pin: "not used", members=2_000)
    products = [
        (p.id, p.barcode, p.name_th, p.name_en, p.category_id, p.brand_id, p.price_satang) for p in demo.products
    ]
    database = open_database(url)
    with database.read() as connection:
        members = list(connection.execute(metadata.tables["member"].select()).scalars())
    database.close()
    spawn = multiprocessing.get_context("spawn")
    heard, told = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_serve, args=(url, workers, told), daemon=workers == 1)
    process.start()
    told.close()  # so that one that dies is an end, and not a wait for ever
    try:
        address = heard.recv()
        assert process.pid is not None
        yield address, Goods(products, members), process.pid
    finally:
        process.terminate()
        process.join(20)


class MeasuredLine:
    """The real transport; takes the time of every push, and loses a part of the answers.

    ``noted`` is called when the till has noted an acknowledgement that was its last one so far, for it asks for
    something else.
    """

    def __init__(self, address: str, lost: float, seed: int, noted: Callable[[float], None]) -> None:
        self.inner = HttpTransport(address)
        self.push_s: list[float] = []
        self.measuring = False
        self._noted = noted
        self._acknowledged = False
        self._lost = lost
        self._dice = random.Random(seed)

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        """See ``Transport``."""
        began = time.perf_counter()
        if self._acknowledged and path != "/v1/push":
            self._noted(began)
            self._acknowledged = False
        answer = self.inner.exchange(method, path, **more)
        if self.measuring and path == "/v1/push":
            self.push_s.append(time.perf_counter() - began)
            if self._dice.random() < self._lost:
                raise EnvironmentProblem(Reason.LINE_DOWN, detail="lost")
            self._acknowledged = answer.status == 200
        return answer


@dataclass(frozen=True)
class Noted:
    """A till noted what may be its last acknowledgement. ``spent_s``: its processor time since the word to begin."""

    at: float
    spent_s: float


@dataclass(frozen=True)
class Sent:
    """What one till did: bytes that went out, seconds of each request."""

    bytes: int
    push_s: list[float]


def _till(address: str, folder: Path, code: str, goods: Goods, plan: tuple[int, int, float], told: Connection) -> None:
    """A till in a process of its own, as tills are: "ready" with all its bills rung; at the word, up with them."""
    number, bills, lost = plan
    with DataFolder(folder, SystemClock(), find_keystore=lambda: None) as data:
        identity = enrol(address, code, data.sync_store)
        began_s = 0.0
        line = MeasuredLine(address, lost, number, lambda at: told.send(Noted(at, time.process_time() - began_s)))
        engine = SyncEngine(data.sync_store, line, SystemClock())
        engine.sync_once()
        maker = BillMaker(identity, goods, number)
        with data.store.transaction() as tx:
            for _ in range(bills):
                bill = maker.make()
                tx.announce(EventKind.BILL_COMPLETED, bill.id, bill)
        line.inner.bytes_sent, line.measuring = 0, True
        told.send("ready")
        told.recv()
        began_s = time.process_time()
        while engine.state().waiting:
            engine.sync_once()
        told.send(Sent(line.inner.bytes_sent, line.push_s))
        told.recv()  # what a process does at its end is no part of it: not before all are done
        line.inner.close()


def measure(
    url: str, bills: int, tills: int, lost: float = 0.0, workers: int = 1, database_pid: int | None = None
) -> dict[str, float]:
    """``bills`` in all, spread over ``tills`` that upload at the same time; of the answers a part is lost.

    ``database_pid``: the server's, where there is one.
    """
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        url = url.format(folder=folder)
        address, goods, office_pid = stack.enter_context(_server(url, workers))

        def begin(number: int, count: int, lost: float) -> Connection:
            code = admin.enrol_code(url, BRANCHES[number % len(BRANCHES)])
            ours, theirs = spawn.Pipe()
            given = (address, folder / f"till{number}", code, goods, (number, count, lost), theirs)
            process = spawn.Process(target=_till, args=given, daemon=True)
            process.start()
            stack.callback(process.kill)
            theirs.close()  # so that one that dies is an end, and not a wait for ever
            return ours

        first = begin(tills, WARM_UP, 0.0)
        assert first.recv() == "ready"
        first.send("go")
        _hear([first], [])
        heard = [begin(number, bills // tills, lost) for number in range(tills)]
        for each in heard:
            assert each.recv() == "ready"
        _applied(url)
        servers = [office_pid] if database_pid is None else [office_pid, database_pid]
        before = [_cpu.spent_s(pid) for pid in servers]
        # The same clock in every process: since the machine's start.
        started = time.perf_counter()
        for each in heard:
            each.send("go")
        sent, noted, after = _hear(heard, servers)
        for each in heard:
            each.send("done")
        applied_s = _applied(url) - started
    count = bills // tills * tills
    took_s = max(each.at for each in noted) - started
    times = sorted(push_s for each in sent for push_s in each.push_s)
    spent = {"tills": sum(each.spent_s for each in noted)}
    spent |= dict(zip(("office", "database"), (b - a for a, b in zip(before, after, strict=True)), strict=False))
    return {
        "bills": count,
        "tills": tills,
        "seconds": round(took_s, 2),
        "bills_per_s": round(count / took_s),
        "applied_per_s": round(count / applied_s),
        "bytes_per_bill": round(sum(each.bytes for each in sent) / count, 1),
        "p99_ms": round(times[min(len(times) - 1, len(times) * 99 // 100)] * 1_000, 1),
    } | {f"{who}_us_per_bill": round(spent_s / count * 1_000_000) for who, spent_s in spent.items()}


def _hear(heard: list[Connection], servers: list[int]) -> tuple[list[Sent], list[Noted], list[float]]:
    """Of every till what it did and when it was done; and the processor time of ``servers`` by then."""
    sent: list[Sent] = []
    noted: dict[int, Noted] = {}
    spent: list[float] = []
    left = list(heard)
    while left:
        ready = wait(left)
        for each in [one for one in left if one in ready]:
            told = each.recv()
            if isinstance(told, Noted):
                noted[heard.index(each)] = told
                spent = [_cpu.spent_s(pid) for pid in servers]
            else:
                sent.append(told)
                left.remove(each)
    return sent, list(noted.values()), spent


def _applied(url: str) -> float:
    """When head office has applied all that it holds, balances and feed included."""
    database = open_database(url)
    tables = [metadata.tables["effect"], metadata.tables["outgoing"]]
    while True:
        with database.read() as connection:
            left = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        if not left:
            database.close()
            return time.perf_counter()
        time.sleep(0.02)


def _documents(bills: int, tills: int, seed: int = 1) -> list[list[dict[str, Any]]]:
    """The same bills as documents of the peer."""
    rng = random.Random(seed)
    goods = Goods(
        [
            (f"p{n}", f"885{n:010d}", "น้ำแร่ธรรมชาติ 600 มล.", "Mineral water 600 ml", "c", "b", 2_000 + n)
            for n in range(300)
        ],
        [f"018cc251-f401-7975-9201-{n:012d}" for n in range(2_000)],
    )
    found = []
    for number in range(tills):
        maker = BillMaker(TillIdentity(f"till-{number}-{rng.random()}", number + 1, "branch", "", 1), goods, number)
        made = [maker.make() for _ in range(bills // tills)]
        found.append([{**codec.to_wire(bill), "_id": bill.id} for bill in made])
    return found


def peer(bills: int, tills: int, *, durable: bool = False) -> dict[str, float]:
    """PouchDB → express-pouchdb. ``durable``: its head office waits for its disk."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        _pouchdb.head_office(Path(temporary, "office"), durable=durable) as office,
    ):
        _pouchdb.upload(office, Path(temporary), _documents(WARM_UP, 1, seed=2), "before")
        carried = _pouchdb.upload(office, Path(temporary), _documents(bills, tills))
    figures: dict[str, float] = {"bills": carried.documents, "tills": tills, "bills_per_s": round(carried.per_s)}
    spent = {"tills": carried.tills_spent_s, "office": carried.office_spent_s}
    return figures | {f"{who}_us_per_bill": round(s / carried.documents * 1_000_000) for who, s in spent.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=30_000)
    parser.add_argument("--tills", default="1,10,50")
    parser.add_argument("--quick", action="store_true", help="one till, SQLite, nothing else")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--no-lost", action="store_true", help="without the rows of lost answers")
    parser.add_argument("--workers", type=int, default=2, help="processes of head office on PostgreSQL, besides one")
    parser.add_argument("--rounds", type=int, default=1, help="of everything, in turn")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    counts = [1] if options.quick else [int(each) for each in options.tills.split(",")]
    with ExitStack() as stack:
        databases: dict[str, tuple[Callable[[], str], int | None]] = {
            "SQLite": (lambda: "sqlite:///{folder}/office.db", None)
        }
        if not options.quick:
            server = stack.enter_context(_postgresql.running())
            databases["PostgreSQL"] = (lambda: _postgresql.fresh(server, "upload"), _postgresql.pid(server))
        rounds: list[dict[str, dict[str, float]]] = []

        def tell(name: str, figures: dict[str, float]) -> None:
            rounds[-1][name] = figures
            if not options.json:
                print(_row(name, figures, rounds[-1].get(_peer_name(int(figures["tills"])))), flush=True)

        def run(database: str, tills: int, **more: Any) -> dict[str, float]:
            fresh, pid = databases[database]
            return measure(fresh(), options.bills, tills, database_pid=pid, **more)

        for _ in range(options.rounds):
            rounds.append({})
            for tills in counts:
                # First, so that each row says how it compares when it is told.
                if not (options.quick or options.no_peer):
                    tell(_peer_name(tills), peer(options.bills, tills))
                    tell(f"PouchDB, its disk waited for, {tills} till(s)", peer(options.bills, tills, durable=True))
                for name in databases:
                    tell(f"{name}, {tills} till(s)", run(name, tills))
                if not options.quick and options.workers > 1 and tills > 1:
                    told = f"PostgreSQL, {options.workers} workers, {tills} till(s)"
                    tell(told, run("PostgreSQL", tills, workers=options.workers))
            for lost in () if options.quick or options.no_lost else (0.1, 0.3):
                for name in databases:
                    tell(f"{name}, 10 tills, {lost:.0%} of answers lost", run(name, 10, lost=lost))
    if options.rounds > 1 and not options.json:
        print("\n".join(["", *_medians(rounds)]))
    if options.json:
        print(json.dumps(rounds[0] if options.rounds == 1 else rounds))


def _peer_name(tills: int) -> str:
    return f"PouchDB, {tills} till(s)"


def _medians(rounds: list[dict[str, dict[str, float]]]) -> Iterator[str]:
    """A line for every row: its median of all rounds, the least and the most."""
    for name, first in rounds[0].items():
        rows = [each[name] for each in rounds]
        keys = {"bills_per_s": "bills/s", "p99_ms": "ms p99"} | {f"{who}_us_per_bill": f"µs {who}" for who in PARTS}
        told = [f"{_spread([row[key] for row in rows])} {unit}" for key, unit in keys.items() if key in first]
        bases = [each.get(_peer_name(int(first["tills"]))) for each in rounds]
        ratios = [row["bills_per_s"] / base["bills_per_s"] for row, base in zip(rows, bases, strict=True) if base]
        if ratios and bases[0] is not first:
            told.append(f"{_spread(ratios, '.2f')} x the peer")
        yield f"{name:45}{', '.join(told)}"


def _spread(values: list[float], form: str = ",.0f") -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _row(name: str, figures: dict[str, float], base: dict[str, float] | None) -> str:
    told = f"{name:45}{figures['bills_per_s']:>7,} bills/s"
    if "p99_ms" in figures:
        told += f", applied {figures['applied_per_s']:,}/s, p99 {figures['p99_ms']} ms"
        told += f", {figures['bytes_per_bill']} bytes a bill"
    spent = [f"{who} {figures[f'{who}_us_per_bill']}" for who in PARTS if f"{who}_us_per_bill" in figures]
    told += f", µs of processor a bill: {', '.join(spent)}"
    if base is not None and base is not figures:
        told += f"  {figures['bills_per_s'] / base['bills_per_s']:.2f} x the peer"
    return told


if __name__ == "__main__":
    main()
