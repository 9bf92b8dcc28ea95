"""Business dates of this till: what they come to, which are to be closed, and the certificates given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pos_member.db import schema as s
from pos_member.db.outbox import read_head
from pos_member.db.repositories.reading import Borrow
from pos_member.db.sql import Insert
from pos_member.db.values import to_us
from pos_member.domain.chain import GENESIS
from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.domain.day_certificate import DayClosed
from pos_member.services.day_ports import DaySums, QueueHead

_DAY_CLOSE = Insert(s.day_close)
_PAGE = 200
_EVER = 1 << 62
#: The last fact of each of some dates: for every table one look into an index that begins with the date.
_LAST_FACTS = (
    "SELECT d.value, max("
    "coalesce((SELECT max(seq) FROM bill WHERE business_date = d.value), 0),"
    " coalesce((SELECT max(seq) FROM bill_return WHERE business_date = d.value), 0),"
    " coalesce((SELECT max(seq) FROM point_entry WHERE business_date = d.value), 0)) FROM json_each(?) d"
)
# Claims are few and lie in no order of dates.
_CLAIM_DAYS = (
    "SELECT business_date, max(seq) FROM bill_claim WHERE business_date BETWEEN ? AND ? GROUP BY business_date"
)
_LATEST = "SELECT seq, body FROM day_close WHERE business_date = ? ORDER BY seq DESC LIMIT 1"
_BILLS = (
    "SELECT count(*), coalesce(sum(total_satang), 0), coalesce(sum(points_earned), 0),"
    " coalesce(sum(points_redeemed), 0) FROM bill WHERE business_date = ? AND seq < ?"
)
_RETURNS = "SELECT count(*), coalesce(sum(refund_satang), 0) FROM bill_return WHERE business_date = ? AND seq < ?"
_CLAIMS = (
    "SELECT count(DISTINCT c.seq), coalesce(sum(e.points), 0) FROM bill_claim c LEFT JOIN point_entry e"
    " ON e.seq = c.seq AND e.kind = 'earn' AND e.currency = '' WHERE c.business_date = ? AND c.seq < ?"
)
# Only an enrolment writes consents with the member.
_ENROLLED = (
    "SELECT count(*) FROM member m WHERE enrolled_at_us >= ? AND enrolled_at_us < ? AND seq < ?"
    " AND EXISTS (SELECT 1 FROM consent c WHERE c.seq = m.seq)"
    " AND NOT EXISTS (SELECT 1 FROM member e WHERE e.id = m.id AND e.seq < m.seq)"
)
_IDENTITY = "SELECT epoch, epoch_base FROM till_identity"
_EPOCH_BASE = "SELECT base FROM epoch WHERE epoch = ? AND till_id = (SELECT id FROM till_identity)"
# One that begins anew before the end of the one before takes over all that comes after its base.
_EPOCH_OF = "SELECT max(epoch) FROM epoch WHERE base < ? AND till_id = ?"
_CHAIN = "SELECT chain FROM change_queue WHERE seq = ?"


class SqlDays:
    """``services.day_ports.Days`` over ``till.db``; ``zone`` gives the organisation's zone."""

    def __init__(self, borrow: Borrow, zone: Callable[[], str]) -> None:
        self._borrow = borrow
        self._zone = zone

    def to_close(self, first: date, last: date) -> tuple[date, ...]:
        """See ``Days``: a handful of looks into indexes per date."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        with self._borrow() as connection:
            claims = dict(connection.exec_driver_sql(_CLAIM_DAYS, (first.isoformat(), last.isoformat())).tuples().all())
            facts = _last_facts(connection, days)
            latest = {day: max(claims.get(day.isoformat(), 0), facts[day.isoformat()]) for day in days}
            return tuple(day for day, fact in latest.items() if fact and fact > _covered(connection, day))

    def sums(self, day: date, before_seq: int | None = None) -> DaySums:
        """See ``Days``."""
        before = _EVER if before_seq is None else before_seq
        zone = ZoneInfo(self._zone())
        low, high = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
        with self._borrow() as connection:
            one = (day.isoformat(), before)
            bills, total, earned, redeemed = connection.exec_driver_sql(_BILLS, one).one()
            returns, refund = connection.exec_driver_sql(_RETURNS, one).one()
            claims, claimed = connection.exec_driver_sql(_CLAIMS, one).one()
            span = (to_us(low), to_us(high), before)
            enrolled: int = connection.exec_driver_sql(_ENROLLED, span).scalar_one()
        return DaySums(bills, returns, claims, total, refund, earned + claimed, redeemed, enrolled)

    def head(self) -> QueueHead:
        """See ``Days``."""
        with self._borrow() as connection:
            seq, base, chain = read_head(connection)
            row = connection.exec_driver_sql(_IDENTITY).one_or_none()
        return QueueHead(row.epoch if row else 1, seq - base, chain)

    def certificates(self) -> Iterator[tuple[int, DayClosed]]:
        """See ``Days``. In pages: no transaction outlives one."""
        last = -1
        while True:
            with self._borrow() as connection:
                query = "SELECT seq, body FROM day_close WHERE seq > ? ORDER BY seq LIMIT ?"
                rows = connection.exec_driver_sql(query, (last, _PAGE)).all()
            for row in rows:
                yield row.seq, from_bytes(DayClosed, row.body)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def chain_at(self, epoch: int, seq: int) -> str | None:
        """See ``Days``."""
        if seq == 0:
            return GENESIS
        with self._borrow() as connection:
            base = _base_of(connection, epoch)
            chain = None if base is None else connection.exec_driver_sql(_CHAIN, (base + seq,)).scalar()
        return None if chain is None else bytes(chain).hex()

    def epoch_of(self, seq: int, till_id: str) -> int | None:
        """See ``Days``."""
        with self._borrow() as connection:
            return _epoch_of(connection, seq, till_id)


class SqlDayWriter(SqlDays):
    """``services.day_ports.DayWriter``: within one unit of work."""

    def __init__(self, connection: Connection, borrow: Borrow, zone: Callable[[], str]) -> None:
        super().__init__(borrow, zone)
        self._connection = connection

    def add(self, day: DayClosed, seq: int) -> None:
        """See ``DayWriter``."""
        _DAY_CLOSE.one(self._connection, (seq, day.id, day.business_date.isoformat(), canonical_bytes(day)))


def _last_facts(connection: Connection, days: Sequence[date]) -> dict[str, int]:
    """By date; 0 for one without any."""
    wanted = json.dumps([day.isoformat() for day in days])
    return dict(connection.exec_driver_sql(_LAST_FACTS, (wanted,)).tuples().all())


def _covered(connection: Connection, day: date) -> int:
    """The number of the event that the date's certificate was announced as; 0 where none counts."""
    row = connection.exec_driver_sql(_LATEST, (day.isoformat(),)).one_or_none()
    if row is None:
        return 0
    given = from_bytes(DayClosed, row.body)
    if _epoch_of(connection, row.seq, given.till_id) not in (None, given.epoch):
        return 0  # numbered anew since: what it says of number and chain is of an epoch that is over
    return int(row.seq)


def _epoch_of(connection: Connection, seq: int, till_id: str) -> int | None:
    found: int | None = connection.exec_driver_sql(_EPOCH_OF, (seq, till_id)).scalar()
    return found


def _base_of(connection: Connection, epoch: int) -> int | None:
    row = connection.exec_driver_sql(_IDENTITY).one_or_none()
    if row is None or row.epoch == epoch:
        return 0 if row is None else int(row.epoch_base)
    found = connection.exec_driver_sql(_EPOCH_BASE, (epoch,)).scalar()
    return None if found is None else int(found)
