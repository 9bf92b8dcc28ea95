"""What a checkout, a look-up and a search cost at N members, next to the same rows written by the bare driver.

    python -m benchmarks.checkout [--members 100000] [--bills 400] [--lookups 3000]

Storage alone: the bill is worked out before the clock starts. Store and bare driver take turns on files of the same
contents, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from pos_member.db.bulk import load_members
from pos_member.db.engine import Database, raw_connect
from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillLine, Tender, TenderKind
from pos_member.domain.clock import SystemClock
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.documents import DocumentKind, TestPageDocument
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified, Member, MemberStatus
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, PointKind
from pos_member.services.demo.names import female_name, male_name, surname
from pos_member.services.ports import NewPrintJob
from pos_member.services.sync_ports import FeedAccount, FeedBucket

NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
DAY = date(2026, 11, 21)
Statement = tuple[str, Any, bool]


def members(count: int) -> Iterator[Member]:
    """Members with Thai names, the same on every run."""
    rng = random.Random(5)
    for n in range(count):
        number = (n * 7_919 + 13) % 10**11
        yield Member(
            id=f"{n:08x}-0000-7000-8000-{rng.getrandbits(48):012x}",
            number=f"29{number:011d}",
            phone=f"+66{rng.choice('689')}{(n * 48_271 + 11) % 10**8:08d}",
            first_name=female_name(rng) if n % 3 else male_name(rng),
            last_name=surname(rng),
            birthday=None,
            status=MemberStatus.ACTIVE,
            tier="",
            home_branch_id="branch-1",
            enrolled_till_id="till-1",
            enrolled_at=NOW,
        )


def account(member: Member) -> FeedAccount:
    """Two lots of points."""
    return FeedAccount(member.id, (FeedBucket("2027-12-31", 120), FeedBucket("2026-12-31", 30)), 150, 4, "2026-10-01")


def make_bill(new_id: Callable[[], str], n: int, who: Member) -> Bill:
    """Four lines, two point entries, one coupon issued: a usual bill."""
    bill_id, code = new_id(), f"8{n:015d}"
    lines = tuple(
        BillLine(i, f"product-{i}", "8850000000017", "เมล็ดกาแฟคั่วกลาง", "Coffee beans", "c", "b", ("bean",),
                 1_000, 25_000, 25_000, 0, 25_000, 10)
        for i in range(1, 5)
    )  # fmt: skip
    entry = PointEntry(new_id(), who.id, PointKind.EARN, 40, date(2027, 12, 31), bill_id, 1, "program-1", "",
                       "staff-1", "till-1", NOW, DAY)  # fmt: skip
    coupon = Coupon(code, "definition-1", CouponState.ISSUED, who.id, bill_id, "till-1", "branch-1", NOW, DAY, DAY)
    return Bill(
        id=bill_id, number=f"B-{n:07d}", receipt_code=f"5{n:019d}", till_id="till-1", branch_id="branch-1",
        staff_id="staff-1", shift_id=None, member_id=who.id, identified=Identified.CARD, opened_at=NOW,
        completed_at=NOW, business_date=DAY, lines=lines, discounts=(), tenders=(Tender(TenderKind.CASH, 100_000),),
        gross_satang=100_000, discount_satang=0, total_satang=100_000, cash_rounding_satang=0, change_satang=0,
        vat_satang=6_542, points_earned=40, points_redeemed=0,
        point_entries=(entry, replace(entry, id=new_id(), line_no=2)), coupons_issued=(coupon,), coupons_used=(),
    )  # fmt: skip


def ring(folder: DataFolder, bill: Bill, new_id: Callable[[], str]) -> None:
    """The transaction of a checkout: number, event, bill, two papers, an audit record, the draft gone."""
    paper = TestPageDocument("th", "x" * 1_200, "8000")
    with folder.store.transaction() as tx:
        tx.next_counter("bill")
        tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
        for kind in (DocumentKind.RECEIPT, DocumentKind.COUPON):
            tx.add_print_job(NewPrintJob(new_id(), kind, paper, bill.id))
        record = AuditRecord(new_id(), "discount", "staff-1", "", "till-1", NOW, bill.id, "x=1")
        tx.add_audit(record, tx.announce(EventKind.AUDIT, record.id, record))
        tx.save_draft(None)


def writes_of(database: Database, seen: list[Statement]) -> None:
    """Record every writing statement that goes to the driver."""

    def keep(_c: object, _u: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append((statement, parameters, many))

    event.listen(database._readers, "before_cursor_execute", keep)


def replay(raw: Any, statements: Sequence[Statement]) -> None:
    """The same rows by the bare driver, in one durable transaction."""
    raw.execute("BEGIN IMMEDIATE")
    for statement, parameters, many in statements:
        if many:
            raw.executemany(statement, parameters)
        else:
            raw.execute(statement, parameters).fetchall()
    raw.execute("COMMIT")


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def figures(name: str, ms: Sequence[float]) -> None:
    ordered = sorted(ms)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    print(f"{name:<34} p50 {p50:8.3f} ms   p99 {p99:8.3f} ms   max {ordered[-1]:8.3f} ms   n={len(ordered)}")


def checkouts(folder: DataFolder, copy: Path, count: int, people: Sequence[Member]) -> None:
    new_id, rng = IdMaker(SystemClock()), random.Random(1)
    seen: list[Statement] = []
    writes_of(folder.till, seen)
    raw = raw_connect(copy, folder.keys.database)
    ours, bare = [], []
    for n in range(1, count + 1):
        bill = make_bill(new_id, n, rng.choice(people))
        seen.clear()
        ours.append(timed(lambda bill=bill: ring(folder, bill, new_id)))  # type: ignore[misc]
        bare.append(timed(lambda rows=tuple(seen): replay(raw, rows)))  # type: ignore[misc]
    raw.close()
    warm = count // 10
    figures("checkout, durable", ours[warm:])
    figures("the same rows, bare sqlcipher3", bare[warm:])
    middle = len(ours[warm:]) // 2
    print(f"ratio of the medians               {sorted(ours[warm:])[middle] / sorted(bare[warm:])[middle]:.2f} ×")


def lookups(folder: DataFolder, count: int, people: Sequence[Member]) -> None:
    rng, known = random.Random(2), folder.store.members
    some = [rng.choice(people) for _ in range(count)]
    figures("member by number", [timed(lambda m=m: known.by_number(m.number)) for m in some])  # type: ignore[misc]
    figures("member by phone", [timed(lambda m=m: known.by_phone(m.phone)) for m in some])  # type: ignore[misc]
    figures("account", [timed(lambda m=m: known.account(m.id)) for m in some])  # type: ignore[misc]
    kinds: dict[str, Callable[[Member], str]] = {
        "two characters of a name": lambda m: m.first_name[:2],
        "first name and initial": lambda m: f"{m.first_name} {m.last_name[:1]}",
        "middle of a last name": lambda m: m.last_name[2:6],
        "start of a phone": lambda m: "0" + m.phone[3:8],
        "last four of a phone": lambda m: m.phone[-4:],
        "middle of a phone": lambda m: m.phone[5:10],
        "nobody": lambda m: m.last_name[1:4] + m.first_name[1:4],
    }
    for name, make in kinds.items():
        typed = [make(member) for member in some[: count // 10]]
        figures(f"search: {name}", [timed(lambda text=text: known.search(text)) for text in typed])  # type: ignore[misc]


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--bills", type=int, default=400)
    parser.add_argument("--lookups", type=int, default=3_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "data"
        with DataFolder(path, SystemClock(), find_keystore=lambda: None) as folder:
            folder.sync_store.set_identity(TillIdentity("till-1", 1, "branch-1", "T1", 1), "")
            seconds = timed(lambda: load_members(folder.replica, members(asked.members), account)) / 1000
            size = sum(file.stat().st_size for file in path.iterdir()) / 1e6
            print(f"{asked.members:,} members loaded in {seconds:.1f} s, {size:,.0f} MB")
        shutil.copy(path / "till.db", path / "bare.db")
        with DataFolder(path, SystemClock(), find_keystore=lambda: None) as folder:
            people = list(members(min(asked.members, 20_000)))
            checkouts(folder, path / "bare.db", asked.bills, people)
            lookups(folder, asked.lookups, people)


if __name__ == "__main__":
    main()
