"""The completeness of days at head office: what the console's page and ``/metrics`` ask, with many tills.

Run: ``python -m benchmarks.days [--tills N] [--days N] [--bills N] [--databases SQLite,PostgreSQL] [--quick]
[--json]``; all of it: ``--tills 1000 --days 35``.

Every till has rung ``bills`` a day for ``days`` days and closed each of them; rows are written as uploads leave them,
without the uploads. One in fifty days is not well: an event is missing, the sums differ, a bill came after the
certificate, one lies in quarantine, or there is no certificate. Processor seconds of this process, and statements.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from benchmarks._office import POSTGRESQL, SQLITE, on_each, opened
from pos_member.domain import codec
from pos_member.domain.chain import GENESIS
from pos_member.domain.clock import SystemClock, business_date
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import EventKind
from pos_member.headoffice import admin, days, portable, rule_books, schema, times
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.metrics import DAYS_KEPT, OpenDays, metrics
from pos_member.headoffice.portable import Database
from tests.statements import counted

_SATANG, _POINTS = 12_500, 5
#: One day in so many is not well, by turns in one of these ways.
_ILL_EVERY = 50
_ILLS = ("missing", "differs", "goes_on", "set_aside", "uncertified")


class History:
    """Rows of one till, day after day."""

    def __init__(self, number: int, branch: str, zone: str, first: date, now: datetime) -> None:
        self.id = f"till-{number:05d}"
        self._number, self._branch, self._zone, self._now = number, branch, ZoneInfo(zone), now
        self._first = first
        self._seq, self._chain = 0, GENESIS
        self.rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("till", "event", "bill", "quarantine", "day_certificate")
        }

    def add_day(self, day: date, bills: int) -> None:
        """One day, closed."""
        place = self._number * 37 + (day - self._first).days
        ill = _ILLS[place // _ILL_EVERY % len(_ILLS)] if place % _ILL_EVERY == 0 else ""
        at = datetime.combine(day, time_of_day(12), self._zone)
        for n in range(bills):
            self._bill(day, at, lost=ill == "missing" and n == 1, aside=ill == "set_aside" and n == 2)
        if ill != "uncertified":
            self._close(day, at, bills, bills * _SATANG + (100 if ill == "differs" else 0))
        if ill == "goes_on":
            self._bill(day, at)

    def end(self) -> None:
        """The till itself."""
        self.rows["till"].append(
            {"id": self.id, "number": self._number, "branch_id": self._branch, "label": str(self._number)}
            | {"public_key": "", "epoch": 1, "last_seq": self._seq, "chain": self._chain, "revoked": False}
            | {"enrolled_at": times.stored(datetime.combine(self._first, time_of_day(8), self._zone))}
            | {"last_contact_at": times.stored(self._now), "app_version": "", "cursor": 0, "revoked_at": None}
        )

    def _next(self, kind: EventKind, event_id: str, payload: bytes, at: datetime, *, lost: bool = False) -> None:
        self._seq += 1
        self._chain = f"{self._number:032x}{self._seq:032x}"
        if not lost:
            self.rows["event"].append(
                {"till_id": self.id, "epoch": 1, "seq": self._seq, "event_id": event_id, "kind": kind.value}
                | {"version": 1, "payload": payload, "sha256": "0" * 64, "chain": self._chain}
                | {"created_at": times.stored(at), "received_at": times.stored(at)}
            )

    def _bill(self, day: date, at: datetime, *, lost: bool = False, aside: bool = False) -> None:
        bill_id = f"{self.id}-{self._seq + 1:06d}"
        self._next(EventKind.BILL_COMPLETED, bill_id, b"{}", at, lost=lost)
        if aside:
            self.rows["quarantine"].append(
                {"till_id": self.id, "epoch": 1, "seq": self._seq, "event_id": bill_id, "kind": "bill_completed"}
                | {"reason": "apply", "detail": "", "at": times.stored(at), "taken_in": False}
            )
        if not lost and not aside:
            self.rows["bill"].append(
                {"till_id": self.id, "id": bill_id, "seq": self._seq, "number": bill_id, "branch_id": self._branch}
                | {"staff_id": "s", "member_id": None, "business_date": day.isoformat(), "lines": 4}
                | {"completed_at": times.stored(at), "gross_satang": _SATANG, "discount_satang": 0}
                | {"total_satang": _SATANG, "vat_satang": 0, "points_earned": _POINTS, "points_redeemed": 0}
            )

    def _close(self, day: date, at: datetime, bills: int, satang: int) -> None:
        told = DayClosed(
            id=f"{self.id}-{day.isoformat()}",
            till_id=self.id,
            epoch=1,
            business_date=day,
            at=at,
            staff_id="s",
            bills=bills,
            returns=0,
            total_satang=satang,
            refund_satang=0,
            points_earned=bills * _POINTS,
            points_redeemed=0,
            last_seq=self._seq,
            chain=self._chain,
        )
        body = codec.canonical_bytes(told)
        self._next(EventKind.DAY_CLOSED, told.id, body, at)
        self.rows["day_certificate"].append(
            {"till_id": self.id, "id": told.id, "epoch": 1, "seq": self._seq, "business_date": day.isoformat()}
            | {"at": times.stored(at), "last_seq": told.last_seq, "chain": told.chain, "body": body.decode()}
        )


def fill(database: Database, tills: int, lasting: int, bills: int, now: datetime) -> None:
    """``tills`` tills, each with ``lasting`` days until yesterday and half of today."""
    with database.read() as connection:
        zone = rule_books.settings(connection).zone
        branch = connection.exec_driver_sql("SELECT id FROM catalogue WHERE entity = 'branch' ORDER BY id").scalars()
        branches = list(branch)
    today = business_date(now, zone)
    for start in range(1, tills + 1, 50):
        with database.write() as connection:
            for number in range(start, min(start + 50, tills + 1)):
                till = History(number, branches[number % len(branches)], zone, today - timedelta(days=lasting - 1), now)
                for n in range(lasting - 1, 0, -1):
                    till.add_day(today - timedelta(days=n), bills)
                till.end()
                for name, rows in till.rows.items():
                    portable.insert_many(connection, schema.metadata.tables[name], rows)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def taken(database: Database, what: str, work: Callable[[Connection], Any]) -> tuple[Any, dict[str, Any]]:
    """What ``work`` gives, and what it took."""
    with database.read() as connection, counted(connection) as asked:
        cpu, began = time.process_time(), time.perf_counter()
        found = work(connection)
        spent, took = time.process_time() - cpu, time.perf_counter() - began
    return found, {f"{what}_cpu_s": round(spent, 2), f"{what}_s": round(took, 2), f"{what}_statements": len(asked)}


def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """All figures on one database."""
    admin.load_demo(url, hash_pin=lambda _pin: "not used", members=1)
    now = SystemClock().now()
    with opened(url) as database:
        fill(database, options.tills, options.days, options.bills, now)
        with database.read() as connection:
            zone = rule_books.settings(connection).zone
        found, figures = taken(database, "page", lambda connection: days.lately(connection, now, zone))
        figures = {"days_judged": len(found), "open": days.open_days(found, business_date(now, zone))} | figures
        open_days, counts = OpenDays(), Counts()
        for what, later in (("first_metrics", timedelta()), ("later_metrics", DAYS_KEPT)):
            scraped = partial(metrics, now=now + later, counts=counts, open_days=open_days)
            figures |= taken(database, what, scraped)[1]
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tills", type=int, default=200)
    parser.add_argument("--days", type=int, default=35)
    parser.add_argument("--bills", type=int, default=20)
    parser.add_argument("--databases", default=f"{SQLITE},{POSTGRESQL}")
    parser.add_argument("--quick", action="store_true", help="SQLite, 20 tills")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.tills, options.databases = 20, SQLITE

    def one(url: str, _folder: Path) -> dict[str, Any]:
        return measure(url, options)

    head = f"{options.tills:,} tills, {options.days} days of {options.bills} bills"
    on_each(options.databases, one, head, as_json=options.json)


if __name__ == "__main__":
    main()
