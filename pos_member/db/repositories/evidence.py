"""The raw rows that ``pos-member verify`` holds against each other, in pages: no transaction outlives a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, Table, func, select, tuple_

from pos_member.db import schema as s
from pos_member.db.epochs import left_out, untold_begins
from pos_member.db.repositories.announced import as_stored
from pos_member.db.repositories.coupons import coupon_of, event_row
from pos_member.db.repositories.entries import entry_of
from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.tallies import tally_of
from pos_member.db.values import from_day
from pos_member.domain.coupon import Coupon
from pos_member.domain.events import Payload
from pos_member.domain.points import PointEntry
from pos_member.domain.tally import Tally, TallyKind
from pos_member.services.evidence_ports import CouponEventRow, QueueRow

_PAGE = 1_000
#: Every table whose rows were announced by an event of the queue.
_FACTS = (
    s.bill,
    s.bill_return,
    s.bill_claim,
    s.member,
    s.consent,
    s.point_entry,
    s.tally,
    s.coupon_event,
    s.shift,
    s.shift_close,
    s.audit,
    s.day_close,
)


class SqlEvidence:
    """``services.ports.Evidence`` over ``till.db``."""

    def __init__(self, borrow: Borrow) -> None:
        self._borrow = borrow

    def queue(self) -> Iterator[QueueRow]:
        """The whole change queue by ``seq``."""
        for row in self._pages(s.change_queue, "seq"):
            yield QueueRow(
                seq=row.seq,
                kind=row.kind,
                version=row.version,
                event_id=row.event_id,
                payload=bytes(row.payload),
                sha256=bytes(row.sha256).hex(),
                chain=bytes(row.chain).hex(),
            )

    def epoch_base(self) -> int:
        """Own numbers up to here belong to earlier epochs."""
        with self._borrow() as connection:
            base: int = connection.execute(
                select(func.coalesce(func.max(s.till_identity.c.epoch_base), 0))
            ).scalar_one()
        return base

    def left_out(self, series: str) -> list[tuple[int, int]]:
        """See ``Evidence``."""
        with self._borrow() as connection:
            return left_out(connection, series)

    def untold_begins(self) -> list[int]:
        """See ``Evidence``."""
        with self._borrow() as connection:
            return untold_begins(connection)

    def numbers(self, series: str) -> Iterator[tuple[int, str]]:
        """(``seq``, number) of every ``bill`` or ``return``."""
        for row in self._pages({"bill": s.bill, "return": s.bill_return}[series], "seq"):
            yield row.seq, row.number

    def as_stored(self, payload: Payload, seq: int) -> Payload | None:
        """``payload`` of event ``seq`` as the tables tell it."""
        with self._borrow() as connection:
            return as_stored(connection, payload, seq)

    def counters(self) -> dict[str, int]:
        """The last number given out of every series."""
        with self._borrow() as connection:
            return {row.name: row.value for row in connection.execute(select(s.counter))}

    def balances(self) -> Iterator[tuple[str, date | None, int]]:
        """This till's own entries of points summed as every reader of an account sums them."""
        for member_id, currency, bucket, points in self._lots():
            if not currency:
                yield member_id, bucket, points

    def wallets(self) -> Iterator[tuple[str, str, date | None, int]]:
        """As ``balances``, of stamps."""
        return (lot for lot in self._lots() if lot[1])

    def _lots(self) -> Iterator[tuple[str, str, date | None, int]]:
        c = s.point_entry.c
        with self._borrow() as connection:
            rows = connection.execute(
                select(c.member_id, c.currency, c.bucket, func.sum(c.points).label("points")).group_by(
                    c.member_id, c.currency, c.bucket
                )
            ).all()
        for row in rows:
            yield row.member_id, row.currency, from_day(row.bucket), row.points

    def debts(self) -> Iterator[tuple[str, int]]:
        """(member id, points owed) of this till's own acts."""
        return ((member_id, points) for member_id, currency, points in self._debts() if not currency)

    def stamp_debts(self) -> Iterator[tuple[str, str, int]]:
        """(member id, currency, stamps owed) of this till's own acts."""
        return (debt for debt in self._debts() if debt[1])

    def _debts(self) -> Iterator[tuple[str, str, int]]:
        c = s.owed.c
        with self._borrow() as connection:
            rows = connection.execute(
                select(c.member_id, c.currency, func.sum(c.points).label("points")).group_by(c.member_id, c.currency)
            ).all()
        for row in rows:
            yield row.member_id, row.currency, row.points

    def tallies(self) -> Iterator[tuple[int, Tally]]:
        """(``seq``, tally) of every bill and return of this till, in the order they were written."""
        return ((row.seq, tally_of(row)) for row in self._pages(s.tally, "seq", "position"))

    def given(self) -> Iterator[tuple[str, TallyKind, str, int]]:
        """The stored sums of tallies of no member: (till id, kind, key, amount)."""
        with self._borrow() as connection:
            rows = connection.execute(select(s.given)).all()
        for row in rows:
            yield row.till_id, TallyKind(row.kind), row.key, row.amount

    def entries(self) -> Iterator[PointEntry]:
        """Every point entry of this till."""
        return map(entry_of, self._pages(s.point_entry, "seq", "position"))

    def coupons(self) -> Iterator[Coupon]:
        """Every coupon this till issued or touched, with its stored state."""
        return map(coupon_of, self._pages(s.coupon, "number"))

    def coupon_events(self) -> Iterator[CouponEventRow]:
        """Every coupon event of this till, oldest first."""
        return map(event_row, self._pages(s.coupon_event, "number"))

    def fact_seqs(self) -> Iterator[tuple[str, int]]:
        """(table, ``seq``) of every stored fact, each pair once."""
        for table in _FACTS:
            last = -1
            while True:
                with self._borrow() as connection:
                    seqs = connection.execute(
                        select(table.c.seq).where(table.c.seq > last).distinct().order_by(table.c.seq).limit(_PAGE)
                    ).scalars()
                    page = list(seqs)
                for seq in page:
                    yield table.name, seq
                if len(page) < _PAGE:
                    break
                last = page[-1]

    def _pages(self, table: Table, *order: str) -> Iterator[Row[Any]]:
        columns = [table.c[name] for name in order]
        last: tuple[int, ...] = (-1,) * len(order)
        while True:
            with self._borrow() as connection:
                rows = connection.execute(
                    select(table).where(tuple_(*columns) > last).order_by(*columns).limit(_PAGE)
                ).all()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = tuple(getattr(rows[-1], name) for name in order)
