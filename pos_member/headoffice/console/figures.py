"""What the console's pages show, read from the projections."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from pos_member.domain import codec
from pos_member.domain.clock import business_date
from pos_member.domain.org import Branch, Organisation
from pos_member.headoffice import feed, schema, times
from pos_member.headoffice.exceptions import ExceptionState
from pos_member.services.sync_ports import FeedEntity

ONLINE_S = 120
QUIET_S = 3_600
EXCEPTIONS_SHOWN_MAX = 200


@dataclass(frozen=True)
class BranchDay:
    """One branch today; ``sales_satang`` is before ``refund_satang``."""

    code: str
    name_th: str
    name_en: str
    bills: int
    sales_satang: int
    refund_satang: int
    points_earned: int
    points_redeemed: int


@dataclass(frozen=True)
class TillRow:
    """One till. ``state``: ``online``, ``quiet``, ``lost`` or ``revoked``; ``behind``: feed changes not fetched."""

    number: int
    label: str
    branch_code: str
    state: str
    last_contact_at: datetime | None
    last_seq: int
    behind: int
    app_version: str


@dataclass(frozen=True)
class Overview:
    """The first page."""

    day: date
    zone: str
    company_th: str
    company_en: str
    members: int
    exceptions: int
    branches: tuple[BranchDay, ...]
    tills: tuple[TillRow, ...]


@dataclass(frozen=True)
class ExceptionRow:
    """One case."""

    kind: str
    subject_id: str
    state: str
    amount_satang: int
    points: int
    first_at: datetime
    uses: tuple[tuple[str, str, int], ...]


def overview(connection: Connection, now: datetime) -> Overview:
    """Everything on the first page, in one view of the data."""
    company = _company(connection)
    zone = company.settings.zone if company else "Asia/Bangkok"
    today = business_date(now, zone)
    branches = _branches(connection)
    opened = schema.exception.c.state == ExceptionState.OPEN.value
    return Overview(
        day=today,
        zone=zone,
        company_th=company.name_th if company else "",
        company_en=company.name_en if company else "",
        members=connection.execute(select(func.count()).select_from(schema.member)).scalar_one(),
        exceptions=connection.execute(select(func.count()).select_from(schema.exception).where(opened)).scalar_one(),
        branches=_branch_days(connection, branches, today),
        tills=_tills(connection, branches, now),
    )


def exceptions(connection: Connection) -> tuple[ExceptionRow, ...]:
    """Cases, open ones first, newest first."""
    table = schema.exception
    query = select(table).order_by(table.c.state, table.c.changed_at.desc()).limit(EXCEPTIONS_SHOWN_MAX)
    rows = connection.execute(query).all()
    bill_ids = [use["bill_id"] for row in rows for use in json.loads(row.detail).get("bills", [])]
    numbers = _bill_numbers(connection, bill_ids)
    return tuple(
        ExceptionRow(
            kind=row.kind,
            subject_id=row.subject_id,
            state=row.state,
            amount_satang=row.amount_satang,
            points=row.points,
            first_at=times.read(row.first_at),
            uses=tuple(
                (numbers.get(use["bill_id"], use["bill_id"]), use["at"], use["amount_satang"])
                for use in json.loads(row.detail).get("bills", [])
            ),
        )
        for row in rows
    )


def _company(connection: Connection) -> Organisation | None:
    query = select(schema.catalogue.c.body).where(schema.catalogue.c.entity == FeedEntity.ORGANISATION.value)
    body = connection.execute(query).scalars().first()
    return codec.from_wire(Organisation, json.loads(body)) if body else None


def _branches(connection: Connection) -> dict[str, Branch]:
    query = select(schema.catalogue.c.body).where(schema.catalogue.c.entity == FeedEntity.BRANCH.value)
    found = (codec.from_wire(Branch, json.loads(body)) for body in connection.execute(query).scalars())
    return {branch.id: branch for branch in sorted(found, key=lambda branch: branch.code)}


def _branch_days(connection: Connection, branches: dict[str, Branch], day: date) -> tuple[BranchDay, ...]:
    bill, back = schema.bill, schema.bill_return
    sold: dict[str, Any] = {}
    sums = (bill.c.total_satang, bill.c.points_earned, bill.c.points_redeemed)
    query = select(bill.c.branch_id, func.count().label("bills"), *(func.sum(c).label(c.name) for c in sums))
    for row in connection.execute(query.where(bill.c.business_date == day.isoformat()).group_by(bill.c.branch_id)):
        sold[row.branch_id] = row
    refunds = select(back.c.branch_id, func.sum(back.c.refund_satang))
    grouped = refunds.where(back.c.business_date == day.isoformat()).group_by(back.c.branch_id)
    refunded = dict(connection.execute(grouped).tuples().all())
    days = []
    for branch_id, branch in branches.items():
        sums_here = sold.get(branch_id)
        days.append(
            BranchDay(
                code=branch.code,
                name_th=branch.name_th,
                name_en=branch.name_en,
                bills=sums_here.bills if sums_here else 0,
                sales_satang=int(sums_here.total_satang) if sums_here else 0,
                refund_satang=int(refunded.get(branch_id) or 0),
                points_earned=int(sums_here.points_earned) if sums_here else 0,
                points_redeemed=int(sums_here.points_redeemed) if sums_here else 0,
            )
        )
    return tuple(days)


def _tills(connection: Connection, branches: dict[str, Branch], now: datetime) -> tuple[TillRow, ...]:
    newest = feed.horizon(connection)
    rows = []
    for row in connection.execute(select(schema.till).order_by(schema.till.c.number)):
        contact = times.read(row.last_contact_at) if row.last_contact_at else None
        branch = branches.get(row.branch_id)
        rows.append(
            TillRow(
                number=row.number,
                label=row.label,
                branch_code=branch.code if branch else "",
                state="revoked" if row.revoked else _state(contact, now),
                last_contact_at=contact,
                last_seq=row.last_seq,
                behind=max(0, newest - row.cursor),
                app_version=row.app_version,
            )
        )
    return tuple(rows)


def _state(contact: datetime | None, now: datetime) -> str:
    silent_s = (now - contact).total_seconds() if contact else QUIET_S + 1
    return "online" if silent_s <= ONLINE_S else "quiet" if silent_s <= QUIET_S else "lost"


def _bill_numbers(connection: Connection, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = select(schema.bill.c.id, schema.bill.c.number).where(schema.bill.c.id.in_(sorted(set(ids))[:5_000]))
    return {row.id: row.number for row in connection.execute(query)}
