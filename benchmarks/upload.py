"""Upload of bills to head office on SQLite: bills a second and bytes a bill, over HTTP on loopback.

Run: ``python -m benchmarks.upload [--bills N] [--tills N] [--json]``. Bills have four lines and two point entries. They
lie in real tills' queues before the clock starts; the real client sends them to the server in its own process, every
batch durable (``synchronous=FULL``) before it is acknowledged, and reads the changes back. The first load of members is
timed beside it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillDiscount, BillLine, DiscountKind, Tender, TenderKind
from pos_member.domain.clock import SystemClock
from pos_member.domain.codes import make_receipt_code
from pos_member.domain.events import EventKind
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, PointKind
from pos_member.headoffice import admin
from pos_member.headoffice.database import open_database
from pos_member.headoffice.schema import metadata
from pos_member.headoffice.serve import serve
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport

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


def _serve(url: str, told: Connection) -> None:
    """Head office, in a process of its own."""
    serve(url, port=0, ready=told.send)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, str, Goods]]:
    """(address, database, goods) of a running head office with the demo in it."""
    url = f"sqlite:///{folder / 'office.db'}"
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
    process = spawn.Process(target=_serve, args=(url, told), daemon=True)
    process.start()
    try:
        yield heard.recv(), url, Goods(products, members)
    finally:
        process.terminate()
        process.join(20)


def measure(bills: int, tills: int) -> dict[str, float]:
    """``bills`` in all, spread over ``tills`` that upload at the same time."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        address, url, goods = stack.enter_context(_server(folder))
        lines, engines, first_loads = [], [], []
        for number in range(tills):
            data = stack.enter_context(DataFolder(folder / f"till{number}", SystemClock(), find_keystore=lambda: None))
            code = admin.enrol_code(url, BRANCHES[number % len(BRANCHES)])
            identity = enrol(address, code, data.sync_store)
            lines.append(HttpTransport(address))
            engines.append(SyncEngine(data.sync_store, lines[-1], SystemClock()))
            started = time.perf_counter()
            loaded = engines[-1].sync_once().pulled
            first_loads.append(loaded / (time.perf_counter() - started))
            maker = BillMaker(identity, goods, number)
            with data.store.transaction() as tx:
                for _ in range(bills // tills):
                    bill = maker.make()
                    tx.announce(EventKind.BILL_COMPLETED, bill.id, bill)
        for line in lines:
            line.bytes_sent = 0
        threads = [threading.Thread(target=engine.sync_once) for engine in engines]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = time.perf_counter() - started
        for engine in engines:
            state = engine.state()
            if state.waiting:
                raise SystemExit(f"{state.waiting} facts still wait: {state.reason}")
        sent = sum(line.bytes_sent for line in lines)
        count = bills // tills * tills
        for line in lines:
            line.close()
    return {
        "bills": count,
        "tills": tills,
        "seconds": round(took_s, 2),
        "bills_per_s": round(count / took_s),
        "bytes_per_bill": round(sent / count, 1),
        "first_load_changes_per_s": round(sum(first_loads) / len(first_loads)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=2_000)
    parser.add_argument("--tills", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.bills, options.tills)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['bills']:,} bills of 4 lines, {found['tills']} till(s), head office on SQLite, changes read back")
    print(f"  {found['bills_per_s']:,} bills/s ({found['seconds']} s), {found['bytes_per_bill']} bytes a bill (gzip)")
    print(f"  first load: {found['first_load_changes_per_s']:,} changes/s")


if __name__ == "__main__":
    main()
