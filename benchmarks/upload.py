"""Upload of bills to head office, on SQLite and on PostgreSQL, beside PouchDB to express-pouchdb with the same bills.

Run: ``python -m benchmarks.upload [--bills N] [--tills 1,10,50] [--workers N] [--quick] [--no-peer] [--json]``. Bills
have four lines and two point entries. They lie in real tills' queues before the clock starts, each till in a process of
its own, as the peer's are; the real client sends them over HTTP on loopback to the server, which answers once a batch
is durable (``synchronous=FULL``, PostgreSQL's ``fsync`` and ``synchronous_commit`` on). The clock stops when the last
till has noted its last acknowledgement; what it reads afterwards is not part of it, nor is that of the peer.
``applied``: until balances and feed include all of them too. ``p99``: of one request, batches of up to 500 bills. Lost
answers: the server did its work, the till never hears and sends again. ``workers``: processes of head office beside
each other, which PostgreSQL alone can stand behind. The peer does not wait for its disk.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import _postgresql, _pouchdb
from pos_member.db.folder import DataFolder
from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillDiscount, BillLine, DiscountKind, Tender, TenderKind
from pos_member.domain.clock import SystemClock
from pos_member.domain.codes import make_receipt_code
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, PointKind
from pos_member.headoffice import admin
from pos_member.headoffice.database import open_database
from pos_member.headoffice.schema import metadata
from pos_member.headoffice.serve import serve
from pos_member.headoffice.workers import Supervisor, supervise
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer, HttpTransport

BRANCHES = ("KS01", "NM02", "HY03")
LOT = date(2028, 12, 31)


@dataclass(frozen=True)
class Goods:
    """What bills are made of."""

    products: list[tuple[str, str, str, str, str, str, int]]
    members: list[str]


class BillMaker:
    """Bills as a till completes them, with fresh ids and varied goods."""

    def __init__(self, till: TillIdentity, goods: Goods, seed: int) -> None:
        self._till = till
        self._goods = goods
        self._rng = random.Random(seed)
        self._new_id = IdMaker(SystemClock())
        self._count = 0

    def make(self) -> Bill:
        self._count += 1
        bill_id, at = self._new_id(), datetime.now(UTC)
        member_id = self._rng.choice(self._goods.members)
        lines = tuple(self._line(number) for number in range(1, 5))
        gross = sum(line.gross_satang for line in lines)
        off = 1_000
        points = (gross - off) // 2_500
        entries = (
            self._entry(PointKind.EARN, points, bill_id, member_id, at),
            self._entry(PointKind.REDEEM, -100, bill_id, member_id, at),
        )
        return Bill(
            id=bill_id,
            number=f"{self._till.number:02d}-{self._count:06d}",
            receipt_code=make_receipt_code(self._till.number, self._count),
            till_id=self._till.id,
            branch_id=self._till.branch_id,
            staff_id="018cc251-f401-7975-9201-d21eba28e47b",
            shift_id=None,
            member_id=member_id,
            identified=Identified.CARD,
            opened_at=at,
            completed_at=at,
            business_date=at.date(),
            lines=lines,
            discounts=(BillDiscount(DiscountKind.POINTS, "reward", None, "แลกแต้ม", "Points", off, 100),),
            tenders=(Tender(TenderKind.CASH, gross - off),),
            gross_satang=gross,
            discount_satang=off,
            total_satang=gross - off,
            cash_rounding_satang=0,
            change_satang=0,
            vat_satang=(gross - off) * 7 // 107,
            points_earned=points,
            points_redeemed=100,
            point_entries=entries,
            coupons_issued=(),
            coupons_used=(),
        )

    def _line(self, number: int) -> BillLine:
        product_id, barcode, name_th, name_en, category_id, brand_id, price = self._rng.choice(self._goods.products)
        return BillLine(
            line_no=number,
            product_id=product_id,
            barcode=barcode,
            name_th=name_th,
            name_en=name_en,
            category_id=category_id,
            brand_id=brand_id,
            tags=(),
            quantity_milli=1_000,
            unit_price_satang=price,
            gross_satang=price,
            discount_satang=0,
            net_satang=price,
            points_earned=price // 2_500,
        )

    def _entry(self, kind: PointKind, points: int, bill_id: str, member_id: str, at: datetime) -> PointEntry:
        return PointEntry(
            id=self._new_id(),
            member_id=member_id,
            kind=kind,
            points=points,
            bucket=LOT,
            bill_id=bill_id,
            line_no=None,
            program_id="018cc251-f401-7975-9201-d21eba28e47c",
            reason="",
            staff_id="018cc251-f401-7975-9201-d21eba28e47b",
            till_id=self._till.id,
            at=at,
            business_date=at.date(),
        )


def _serve(url: str, workers: int, told: Connection) -> None:
    """Head office, in a process of its own, or in several under it."""
    if workers > 1:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # workers tell of every call there
        supervise(Supervisor(url, workers, port=0), told.send)
    else:
        serve(url, port=0, ready=told.send)


@contextmanager
def _server(url: str, workers: int = 1) -> Iterator[tuple[str, Goods]]:
    """(address, goods) of a running head office with the demo in it."""
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
    try:
        yield heard.recv(), Goods(products, members)
    finally:
        process.terminate()
        process.join(20)


class MeasuredLine:
    """The real transport; takes the time of every push, and loses a part of the answers.

    ``noted_at``: the till had noted the last acknowledgement by then, for it asked for something else.
    """

    def __init__(self, address: str, lost: float, seed: int) -> None:
        self.inner = HttpTransport(address)
        self.push_s: list[float] = []
        self.measuring = False
        self.noted_at = 0.0
        self._acknowledged = False
        self._lost = lost
        self._dice = random.Random(seed)

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        """See ``Transport``."""
        began = time.perf_counter()
        if self._acknowledged:
            self.noted_at, self._acknowledged = began, False
        answer = self.inner.exchange(method, path, **more)
        if self.measuring and path == "/v1/push":
            self.push_s.append(time.perf_counter() - began)
            if self._dice.random() < self._lost:
                raise EnvironmentProblem(Reason.LINE_DOWN, detail="lost")
            self._acknowledged = answer.status == 200
        return answer


@dataclass(frozen=True)
class Sent:
    """What one till did: when the last acknowledgement was noted, bytes that went out, seconds of each request."""

    noted_at: float
    bytes: int
    push_s: list[float]


def _till(address: str, folder: Path, code: str, goods: Goods, plan: tuple[int, int, float], told: Connection) -> None:
    """A till in a process of its own, as tills are: "ready" with all its bills rung; at the word, up with them."""
    number, bills, lost = plan
    with DataFolder(folder, SystemClock(), find_keystore=lambda: None) as data:
        identity = enrol(address, code, data.sync_store)
        line = MeasuredLine(address, lost, number)
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
        while engine.state().waiting:
            engine.sync_once()
        told.send(Sent(line.noted_at, line.inner.bytes_sent, line.push_s))
        line.inner.close()


def measure(url: str, bills: int, tills: int, lost: float = 0.0, workers: int = 1) -> dict[str, float]:
    """``bills`` in all, spread over ``tills`` that upload at the same time; of the answers a part is lost."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        url = url.format(folder=folder)
        address, goods = stack.enter_context(_server(url, workers))
        heard: list[Connection] = []
        for number in range(tills):
            code = admin.enrol_code(url, BRANCHES[number % len(BRANCHES)])
            ours, theirs = spawn.Pipe()
            given = (address, folder / f"till{number}", code, goods, (number, bills // tills, lost), theirs)
            process = spawn.Process(target=_till, args=given, daemon=True)
            process.start()
            stack.callback(process.kill)
            theirs.close()  # so that one that dies is an end, and not a wait for ever
            heard.append(ours)
        for each in heard:
            assert each.recv() == "ready"
        # The same clock in every process: since the machine's start.
        started = time.perf_counter()
        for each in heard:
            each.send("go")
        applied_s = _applied(url, started, lambda: all(each.poll() for each in heard))
        sent: list[Sent] = [each.recv() for each in heard]
    count = bills // tills * tills
    took_s = max(each.noted_at for each in sent) - started
    times = sorted(push_s for each in sent for push_s in each.push_s)
    return {
        "bills": count,
        "tills": tills,
        "seconds": round(took_s, 2),
        "bills_per_s": round(count / took_s),
        "applied_per_s": round(count / applied_s),
        "bytes_per_bill": round(sum(each.bytes for each in sent) / count, 1),
        "p99_ms": round(times[min(len(times) - 1, len(times) * 99 // 100)] * 1_000, 1),
    }


def _applied(url: str, started: float, held: Callable[[], bool]) -> float:
    """Seconds from ``started`` until all is ``held`` and head office has applied it, balances and feed included."""
    database = open_database(url)
    tables = [metadata.tables["effect"], metadata.tables["outgoing"]]
    while True:
        if not held():
            time.sleep(0.02)
            continue
        with database.read() as connection:
            left = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        if not left:
            database.close()
            return time.perf_counter() - started
        time.sleep(0.02)


def _documents(bills: int, tills: int) -> list[list[dict[str, Any]]]:
    """The same bills as documents of the peer."""
    rng = random.Random(1)
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


def peer(bills: int, tills: int) -> dict[str, float]:
    """PouchDB → express-pouchdb."""
    with tempfile.TemporaryDirectory() as temporary, _pouchdb.head_office(Path(temporary, "office")) as base:
        carried = _pouchdb.upload(base, Path(temporary), _documents(bills, tills))
    return {"bills": carried.documents, "tills": tills, "bills_per_s": round(carried.per_s)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=4_000)
    parser.add_argument("--tills", default="1,10,50")
    parser.add_argument("--quick", action="store_true", help="one till, SQLite, nothing else")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--workers", type=int, default=2, help="processes of head office on PostgreSQL, besides one")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    counts = [1] if options.quick else [int(each) for each in options.tills.split(",")]
    with ExitStack() as stack:
        urls: dict[str, Callable[[], str]] = {"SQLite": lambda: "sqlite:///{folder}/office.db"}
        if not options.quick:
            server = stack.enter_context(_postgresql.running())
            urls["PostgreSQL"] = lambda: _postgresql.fresh(server, "upload")
        found: dict[str, dict[str, float]] = {}

        def tell(name: str, figures: dict[str, float]) -> None:
            found[name] = figures
            if not options.json:
                print(_row(name, figures, found.get(_peer_name(int(figures["tills"])))), flush=True)

        for tills in counts:
            # First, so that each row says how it compares when it is told.
            if not (options.quick or options.no_peer):
                tell(_peer_name(tills), peer(options.bills, tills))
            for name, url in urls.items():
                tell(f"{name}, {tills} till(s)", measure(url(), options.bills, tills))
            if not options.quick and options.workers > 1 and tills > 1:
                told = f"PostgreSQL, {options.workers} workers, {tills} till(s)"
                tell(told, measure(urls["PostgreSQL"](), options.bills, tills, workers=options.workers))
        for lost in () if options.quick else (0.1, 0.3):
            for name, url in urls.items():
                tell(f"{name}, 10 tills, {lost:.0%} of answers lost", measure(url(), options.bills, 10, lost))
    if options.json:
        print(json.dumps(found))


def _peer_name(tills: int) -> str:
    return f"PouchDB, {tills} till(s)"


def _row(name: str, figures: dict[str, float], base: dict[str, float] | None) -> str:
    told = f"{name:45}{figures['bills_per_s']:>7,} bills/s"
    if "p99_ms" in figures:
        told += f", applied {figures['applied_per_s']:,}/s, p99 {figures['p99_ms']} ms"
        told += f", {figures['bytes_per_bill']} bytes a bill"
    if base is not None and base is not figures:
        told += f"  {figures['bills_per_s'] / base['bills_per_s']:.2f} x the peer"
    return told


if __name__ == "__main__":
    main()
