"""A real head office and real tills for the tests of both sides: real files, a real server, a clock that stands."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillLine, BillReturn, CouponUse, Tender, TenderKind
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.events import EventKind, Payload
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified, Member, MemberStatus
from pos_member.domain.org import Branch, Brand, Organisation, Settings, TillIdentity
from pos_member.domain.points import PointEntry, PointKind
from pos_member.headoffice import schema
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.headoffice.ingest import Step
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport, Transport
from tests.db_support import SetClock, make_folder
from tests.headoffice.until import WITHIN_S
from tests.office_database import office_url
from tests.quick_ends import install as servers_end_quickly

servers_end_quickly()
LOT = date(2027, 12, 31)
OFFICE = "office.db"
CLOCK = SetClock()
new_id = IdMaker(CLOCK)
BRAND = Brand(new_id(), "CAFE", "กาแฟ", "Café")
BRANCHES = tuple(
    Branch(new_id(), code, BRAND.id, name, code, "ที่อยู่", "Address", "00001")
    for code, name in (("KS01", "คลองสาน"), ("NM02", "นิมมาน"))
)
COMPANY = Organisation(new_id(), "บริษัท ทดสอบ จำกัด", "Test Co.", "0105500000000", True, Settings())


def make_member(n: int) -> Member:
    return Member(
        id=new_id(),
        number=f"29{n:011d}",
        phone=f"+6681{n:07d}",
        first_name="สมหญิง",
        last_name="ใจดี",
        birthday=None,
        status=MemberStatus.ACTIVE,
        tier="",
        home_branch_id=BRANCHES[0].id,
        enrolled_till_id=new_id(),
        enrolled_at=CLOCK.now(),
    )


MEMBERS = tuple(make_member(n) for n in range(5))


def database_url(folder: Path) -> str:
    return office_url(folder / OFFICE)


def seed(database: Database) -> None:
    """The company with two branches and five members without points."""
    with database.write() as connection:
        import_catalogue(connection, (COMPANY, BRAND, *BRANCHES))
        import_members(connection, [MemberImport(member) for member in MEMBERS], CLOCK.now())


def open_office(folder: Path, step: Step = lambda _name: None) -> HeadOffice:
    """Head office without the web, on the file in ``folder``."""
    return HeadOffice(open_database(database_url(folder)), CLOCK, new_id, step=step)


@contextmanager
def running_office(folder: Path, clock: SetClock = CLOCK) -> Iterator[RunningHeadOffice]:
    """The real server on loopback, seeded."""
    server = RunningHeadOffice(HeadOfficeSettings(database_url(folder), clock=clock))
    seed(server.app.state.office.database)
    server.start(WITHIN_S)
    try:
        yield server
    finally:
        server.stop(WITHIN_S)


@dataclass
class Till:
    """A till with its real data folder. ``rung`` holds what it sold, for comparing."""

    folder: DataFolder
    identity: TillIdentity
    rung: list[Bill] = field(default_factory=list)

    def ring(self, *, member: Member | None = None, points: int = 0, redeem: int = 0, **changes: Any) -> Bill:
        """Complete a bill as the use case does: facts and event in one transaction."""
        bill = make_bill(self.identity, len(self.rung) + 1, member=member, points=points, redeem=redeem, **changes)
        with self.folder.store.transaction() as tx:
            tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
        self.rung.append(bill)
        return bill

    def announce(self, kind: EventKind, payload: Payload, event_id: str = "", version: int = 1) -> int:
        """An event alone."""
        with self.folder.store.transaction() as tx:
            return tx.announce(kind, event_id or new_id(), payload, version)

    def engine(self, transport: Transport, seed: int = 1) -> SyncEngine:
        return SyncEngine(self.folder.sync_store, transport, CLOCK, random.Random(seed), app_version="test")


@contextmanager
def enrolled_till(server: RunningHeadOffice, folder: Path, name: str, branch: Branch = BRANCHES[0]) -> Iterator[Till]:
    """A till with a fresh folder, enrolled at ``server``."""
    with make_folder(folder, CLOCK, name) as data:
        line = HttpTransport(server.url)
        try:
            office: HeadOffice = server.app.state.office
            till = enrol(server.url, office.enrol_code(branch.code), data.sync_store, transport=line)
        finally:
            line.close()
        yield Till(data, till)


def make_bill(till: TillIdentity, n: int, *, member: Member | None, points: int, redeem: int, **changes: Any) -> Bill:
    bill_id = new_id()
    member_id = member.id if member else None
    total = 10_000 + n
    values: dict[str, Any] = {
        "id": bill_id,
        "number": f"KS{till.number:02d}-{n:06d}",
        "receipt_code": f"5{till.number:04d}{n:015d}",
        "till_id": till.id,
        "branch_id": till.branch_id,
        "staff_id": "staff",
        "shift_id": None,
        "member_id": member_id,
        "identified": Identified.CARD if member else None,
        "opened_at": CLOCK.now(),
        "completed_at": CLOCK.now(),
        "business_date": CLOCK.now().date(),
        "lines": (make_line(total, points),),
        "discounts": (),
        "tenders": (Tender(TenderKind.CASH, total),),
        "gross_satang": total,
        "discount_satang": 0,
        "total_satang": total,
        "cash_rounding_satang": 0,
        "change_satang": 0,
        "vat_satang": 0,
        "points_earned": points,
        "points_redeemed": redeem,
        "point_entries": tuple(
            make_entry(till, member_id or "", kind, value, bill_id)
            for kind, value in ((PointKind.EARN, points), (PointKind.REDEEM, -redeem))
            if value
        ),
        "coupons_issued": (),
        "coupons_used": (),
    }
    return Bill(**(values | changes))


def make_line(total: int, points: int) -> BillLine:
    return BillLine(
        line_no=1,
        product_id=None,
        barcode="",
        name_th="ยอดขาย",
        name_en="Sale",
        category_id="",
        brand_id="",
        tags=(),
        quantity_milli=1_000,
        unit_price_satang=total,
        gross_satang=total,
        discount_satang=0,
        net_satang=total,
        points_earned=points,
    )


def make_entry(till: TillIdentity, member_id: str, kind: PointKind, points: int, bill_id: str | None) -> PointEntry:
    return PointEntry(
        id=new_id(),
        member_id=member_id,
        kind=kind,
        points=points,
        bucket=LOT,
        bill_id=bill_id,
        line_no=None,
        program_id=None,
        reason="",
        staff_id="staff",
        till_id=till.id,
        at=CLOCK.now(),
        business_date=CLOCK.now().date(),
    )


def make_coupon(till: TillIdentity, code: str, bill_id: str | None = None) -> Coupon:
    return Coupon(
        code=code,
        definition_id="definition",
        state=CouponState.ISSUED,
        member_id=None,
        issued_bill_id=bill_id,
        issued_till_id=till.id,
        issued_branch_id=till.branch_id,
        issued_at=CLOCK.now(),
        valid_from=CLOCK.now().date(),
        valid_to=LOT,
    )


def use(code: str, amount: int = 2_000) -> CouponUse:
    return CouponUse(code, "definition", amount)


def make_return(till: TillIdentity, bill: Bill, **changes: Any) -> BillReturn:
    values: dict[str, Any] = {
        "id": new_id(),
        "number": f"R{bill.number}",
        "receipt_code": "",
        "bill_id": bill.id,
        "bill_number": bill.number,
        "till_id": till.id,
        "branch_id": till.branch_id,
        "staff_id": "staff",
        "approved_by": "boss",
        "shift_id": None,
        "member_id": bill.member_id,
        "completed_at": CLOCK.now(),
        "business_date": CLOCK.now().date(),
        "lines": (),
        "refund_satang": bill.total_satang,
        "withheld_satang": 0,
        "tender": TenderKind.CASH,
        "points_taken_back": 0,
        "points_given_back": 0,
        "points_owed": 0,
        "point_entries": (),
        "coupons_restored": (),
        "coupons_voided": (),
    }
    return BillReturn(**(values | changes))


def rows(database: Database, table: str) -> list[Any]:
    """Every row of a table of head office; of the feed with everything numbered that was written so far."""
    if table == "feed":
        Stamper(Units(database), "test").run(CLOCK.now())
    with database.read() as connection:
        return list(connection.execute(select(schema.metadata.tables[table])))


def open_exceptions(database: Database) -> dict[tuple[str, str], Any]:
    return {(row.kind, row.subject_id): row for row in rows(database, "exception") if row.state == "open"}


def assert_exactly_once(database: Database, tills: list[Till]) -> None:
    """Every bill rung is at head office once, with every effect; sums agree everywhere."""
    rung = [bill for till in tills for bill in till.rung]
    held = rows(database, "bill")
    assert sorted(row.id for row in held) == sorted(bill.id for bill in rung)
    assert sum(row.total_satang for row in held) == sum(bill.total_satang for bill in rung)
    entries = [entry for bill in rung for entry in bill.point_entries]
    assert sorted(row.id for row in rows(database, "point_entry")) == sorted(entry.id for entry in entries)
    balances = {row.member_id: sum(_buckets(row).values()) for row in rows(database, "account")}
    for member in MEMBERS:
        assert balances.get(member.id, 0) == sum(e.points for e in entries if e.member_id == member.id)
    for till in tills:
        status = till.folder.sync_store.queue_status()
        assert (status.waiting, status.acked_seq) == (0, len(till.rung))
        (row,) = [row for row in rows(database, "till") if row.id == till.identity.id]
        assert (row.last_seq, row.chain) == till.folder.sync_store.head()


def _buckets(row: Any) -> dict[str, int]:
    found: dict[str, int] = json.loads(row.buckets)
    return found
