"""Coupons: head office's states, covered by this till's own where head office has not included them yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import replica_schema as r
from pos_member.db import schema as s
from pos_member.db.repositories.mark import read_mark
from pos_member.db.repositories.presented import presented_coupon
from pos_member.db.repositories.reading import Borrow
from pos_member.db.sql import Insert
from pos_member.db.values import from_us, to_day, to_us
from pos_member.domain.coupon import USABLE, Coupon, CouponEventKind, CouponState, after_event
from pos_member.services.evidence_ports import CouponEventRow

_COUPON = Insert(s.coupon, leave_out=("number",))
_COUPON_UPSERT = (
    _COUPON.sql + " ON CONFLICT (code) DO UPDATE SET state = excluded.state,"
    " redeemed_bill_id = excluded.redeemed_bill_id, member_id = excluded.member_id,"
    " valid_from = excluded.valid_from, valid_to = excluded.valid_to, seq = excluded.seq, uses = excluded.uses"
)
# The same act told twice (a bill and a set_coupon of one event) is one event of the coupon.
_EVENT = Insert(s.coupon_event, leave_out=("number",)).sql + " ON CONFLICT (code, seq, kind) DO NOTHING"
_EVENTS = Insert(s.coupon_event, leave_out=("number",))
_OWN = select(s.coupon).where(s.coupon.c.code == bindparam("code"))
_OWN_OF_MEMBER = select(s.coupon).where(s.coupon.c.member_id == bindparam("member"))
_OWN_SEQ = select(s.coupon.c.code, s.coupon.c.seq).where(s.coupon.c.code.in_(bindparam("codes", expanding=True)))
_THEIRS = select(r.coupon).where(r.coupon.c.code == bindparam("code"))
_THEIRS_OF_MEMBER = select(r.coupon).where(r.coupon.c.member_id == bindparam("member"))


def coupon_of(row: Row[Any]) -> Coupon:
    """The coupon of a row of either file."""
    return Coupon(
        code=row.code,
        definition_id=row.definition_id,
        state=CouponState(row.state),
        member_id=row.member_id,
        issued_bill_id=row.issued_bill_id,
        issued_till_id=row.issued_till_id,
        issued_branch_id=row.issued_branch_id,
        issued_at=from_us(row.issued_at_us),
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=date.fromisoformat(row.valid_to),
        redeemed_bill_id=row.redeemed_bill_id,
        program_id=row.program_id,
        uses=row.uses,
    )


def event_row(row: Row[Any]) -> CouponEventRow:
    """One step in a coupon's life."""
    return CouponEventRow(row.code, CouponEventKind(row.kind), from_us(row.at_us), row.bill_id, row.seq)


def replica_row(coupon: Coupon, included_seq: int = 0) -> tuple[Any, ...]:
    """The row of a coupon in the replica; ``included_seq``: own number of the last event it includes."""
    return (*_shared(coupon), coupon.program_id, coupon.uses, included_seq)


def _own_row(coupon: Coupon, seq: int) -> tuple[Any, ...]:
    return (*_shared(coupon), seq, coupon.program_id, coupon.uses)


def _shared(coupon: Coupon) -> tuple[Any, ...]:
    """The columns that both files begin with, in their order."""
    return (
        coupon.code,
        coupon.definition_id,
        coupon.state.value,
        coupon.member_id,
        coupon.issued_bill_id,
        coupon.issued_till_id,
        coupon.issued_branch_id,
        to_us(coupon.issued_at),
        to_day(coupon.valid_from),
        to_day(coupon.valid_to),
        coupon.redeemed_bill_id,
    )


def insert_issued(connection: Connection, coupons: Sequence[Coupon], seq: int) -> None:
    """Coupons a bill issued. A code that exists already is refused by the database."""
    _COUPON.many(connection, [_own_row(coupon, seq) for coupon in coupons])
    _EVENTS.many(
        connection,
        [
            (seq, coupon.code, CouponEventKind.ISSUED.value, to_us(coupon.issued_at), coupon.issued_bill_id)
            for coupon in coupons
        ],
    )


def write_event(
    connection: Connection,
    coupon: Coupon,
    event: CouponEventKind,
    at: datetime,
    bill_id: str | None,
    seq: int,
    uses_per_code: int = 1,
) -> None:
    """Append what happened and keep ``coupon``, in the state it has after ``event``; told twice, it counts once."""
    told = connection.exec_driver_sql(_EVENT, (seq, coupon.code, event.value, to_us(at), bill_id))
    if told.rowcount:
        after = after_event(coupon, event, bill_id, uses_per_code)
        connection.exec_driver_sql(_COUPON_UPSERT, _own_row(after, seq))


class SqlCoupons:
    """``services.ports.Coupons`` over both files."""

    def __init__(self, till: Borrow, replica: Borrow) -> None:
        self._till = till
        self._replica = replica

    def by_code(self, code: str) -> Coupon | None:
        """The coupon as this till knows it; one that nobody told of is what its signed form told, if that was shown."""
        with self._till() as connection:
            own = connection.execute(_OWN, {"code": code}).one_or_none()
        with self._replica() as connection:
            mark = read_mark(connection)
            theirs = connection.execute(_THEIRS, {"code": code}).one_or_none()
        if own is not None and (theirs is None or own.seq > mark.row_includes(theirs.included_seq)):
            return coupon_of(own)
        found = own if theirs is None else theirs
        if found is not None:
            return coupon_of(found)
        with self._till() as connection:
            return presented_coupon(connection, code)

    def of_member(self, member_id: str, usable_on: date | None = None) -> tuple[Coupon, ...]:
        """A member's coupons, soonest to end first; with ``usable_on`` only those that can be used that day."""
        with self._replica() as connection:
            mark = read_mark(connection)
            rows = connection.execute(_THEIRS_OF_MEMBER, {"member": member_id}).all()
        theirs = {row.code: coupon_of(row) for row in rows}
        included = {row.code: mark.row_includes(row.included_seq) for row in rows}
        with self._till() as connection:
            newer = {
                row.code
                for row in connection.execute(_OWN_SEQ, {"codes": list(theirs)} if theirs else {"codes": [""]})
                if row.seq > included[row.code]
            }
            found = {code: coupon for code, coupon in theirs.items() if code not in newer}
            for row in connection.execute(_OWN_OF_MEMBER, {"member": member_id}):
                if row.code not in found:
                    found[row.code] = coupon_of(row)
        return tuple(
            sorted(
                (c for c in found.values() if usable_on is None or _usable(c, usable_on)),
                key=lambda c: (c.valid_to, c.code),
            )
        )


def _usable(coupon: Coupon, day: date) -> bool:
    return coupon.state in USABLE and coupon.valid_from <= day <= coupon.valid_to
