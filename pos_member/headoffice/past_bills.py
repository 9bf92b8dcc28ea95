"""Past bills of all tills, from head office's database: the stored events, in the bytes they came in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from heapq import merge
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

from pos_member.domain.bill import Bill
from pos_member.domain.claiming import as_claimed
from pos_member.domain.codec import from_bytes, from_wire
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import BillClaimed, EventKind
from pos_member.domain.member import Member, mask_number
from pos_member.domain.org import Branch, Category, Organisation
from pos_member.domain.pricing import RuleBook
from pos_member.domain.program import Program
from pos_member.domain.replay import Past
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import bill, bill_claim, bill_return, catalogue, event, member
from pos_member.services.past_bills import Fact, profile_of
from pos_member.services.sync_ports import FeedEntity

_T = TypeVar("_T")
_ROWS_AT_ONCE = 500


class OfficeSource:
    """``past_bills.Source`` of an open head office database. Reads within one consistent view."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._connection = connection.execution_options(yield_per=_ROWS_AT_ONCE)
        # Members are read while the rows of bills are still coming.
        self._database = database

    def past(self) -> Past:
        """Definitions and brands as they are now."""
        definitions = {each.id: each for each in self._all(CouponDefinition, FeedEntity.COUPON_DEFINITION)}
        return Past(definitions, {each.id: each.brand_id for each in self._all(Branch, FeedEntity.BRANCH)})

    def book(self) -> RuleBook:
        """What runs now. Raises ``EnvironmentProblem(SHOP_NOT_LOADED)`` for a database without a shop."""
        organisations = list(self._all(Organisation, FeedEntity.ORGANISATION))
        if not organisations:
            raise EnvironmentProblem(Reason.SHOP_NOT_LOADED)
        settings = organisations[0].settings
        return RuleBook(
            programs=tuple(self._all(Program, FeedEntity.PROGRAM)),
            definitions=dict(self.past().definitions),
            category_parents={each.id: each.parent_id for each in self._all(Category, FeedEntity.CATEGORY)},
            settings=settings,
            vat_rate_bp=settings.vat_rate_bp if organisations[0].vat_registered else 0,
        )

    def count(self, first: date, last: date) -> int | None:
        """Bills and returns of the period."""
        total = 0
        for table in (bill, bill_return):
            query = select(func.count()).select_from(table).where(_days(table, first, last))
            total += int(self._connection.execute(query).scalar_one())
        return total

    def returned(self, first: date, last: date) -> frozenset[str]:
        """Bills with a return in the period."""
        query = select(bill_return.c.bill_id).where(_days(bill_return, first, last))
        return frozenset(self._connection.execute(query).scalars())

    def facts(self, first: date, last: date) -> Iterator[Fact]:
        """In the order in which they were completed, with who claimed them; ties by id, bills before returns."""
        met: set[str] = set()
        claims = self._claims(first, last)
        both = merge(self._rows(bill, 0, first, last), self._rows(bill_return, 1, first, last), key=lambda row: row[0])
        with self._database.read() as lookup:
            for (_, is_return, _), row in both:
                if is_return:
                    yield Fact(row.member_id or row.bill_id, document=bytes(row.payload))
                    continue
                profile, sold = None, bytes(row.payload)
                claim = claims.get(row.id) if row.member_id is None else None
                member_id = row.member_id if claim is None else claim.member_id
                if member_id is not None and member_id not in met:
                    met.add(member_id)
                    profile = profile_of(_member(lookup, member_id))
                bill_or_bytes = sold if claim is None else as_claimed(from_bytes(Bill, sold), claim)
                yield Fact(member_id or row.id, bill=bill_or_bytes, profile=profile)

    def number(self, member_id: str) -> str:
        """Masked; a dash for a member that is not known."""
        found = _member(self._connection, member_id)
        return "–" if found is None else mask_number(found.number)

    def _claims(self, first: date, last: date) -> dict[str, BillClaimed]:
        """Bill id → who claimed it. A bill is claimed on its own day."""
        same = (event.c.event_id == bill_claim.c.id) & (event.c.till_id == bill_claim.c.till_id)
        query = select(event.c.payload).select_from(bill_claim.join(event, same)).where(_days(bill_claim, first, last))
        query = query.where(event.c.kind == EventKind.BILL_CLAIMED.value)
        found = (from_bytes(BillClaimed, payload) for payload in self._connection.execute(query).scalars())
        return {claim.bill_id: claim for claim in found}

    def _rows(self, table: Table, rank: int, first: date, last: date) -> Iterator[tuple[tuple[str, int, str], Any]]:
        kind = EventKind.BILL_RETURNED if rank else EventKind.BILL_COMPLETED
        columns = [table.c.id, table.c.completed_at, table.c.member_id, event.c.payload]
        same = (event.c.event_id == table.c.id) & (event.c.till_id == table.c.till_id) & (event.c.kind == kind.value)
        query = (
            select(*columns, *([table.c.bill_id] if rank else []))
            .select_from(table.join(event, same))
            .where(_days(table, first, last))
            .order_by(table.c.completed_at, table.c.id, event.c.epoch, event.c.seq)
        )
        before = ""
        for row in self._connection.execute(query):
            # A till that was restored may have announced the same fact in two epochs: it counts once.
            if row.id != before:
                before = row.id
                yield (row.completed_at, rank, row.id), row

    def _all(self, cls: type[_T], entity: FeedEntity) -> Iterator[_T]:
        query = select(catalogue.c.body).where(catalogue.c.entity == entity.value).order_by(catalogue.c.id)
        for body in self._connection.execute(query).scalars():
            yield from_wire(cls, json.loads(body))


def _days(table: Table, first: date, last: date) -> Any:
    return table.c.business_date.between(first.isoformat(), last.isoformat())


def _member(connection: Connection, member_id: str) -> Member | None:
    body = connection.execute(select(member.c.body).where(member.c.id == member_id)).scalar_one_or_none()
    return None if body is None else from_wire(Member, json.loads(body))
