"""The overview: today's figures per branch, what is still in doubt about them, and how the tills stand."""

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
#: Tills in doubt that the first page names of a branch; the count is always whole.
DOUBTFUL_SHOWN_MAX = 10
#: What has no zone of its own to be shown in: no organisation has been loaded yet.
ZONE_WITHOUT_COMPANY = "Asia/Bangkok"


@dataclass(frozen=True)
class TillRow:
    """One till. ``state``: ``online``, ``closed`` (silent, but its shift of today is closed), ``quiet``, ``lost`` or
    ``revoked``; ``behind``: feed changes not fetched; ``set_aside``: its events in quarantine."""

    id: str
    number: int
    label: str
    branch_id: str
    branch_code: str
    state: str
    last_contact_at: datetime | None
    closed_at: datetime | None
    last_seq: int
    set_aside: int
    behind: int
    app_version: str


@dataclass(frozen=True)
class BranchDay:
    """One branch today; ``sales_satang`` is before ``refund_satang``.

    ``complete_to``: until when every till of the branch has told us all it knew; ``None`` where one is in doubt.
    """

    code: str
    name_th: str
    name_en: str
    bills: int
    sales_satang: int
    refund_satang: int
    points_earned: int
    points_redeemed: int
    tills: int
    complete_to: datetime | None
    #: Tills that may hold bills we do not know, or whose bills we hold without counting them.
    doubtful: tuple[TillRow, ...]


@dataclass(frozen=True)
class Overview:
    """The first page."""

    day: date
    company_th: str
    company_en: str
    members: int
    exceptions: int
    branches: tuple[BranchDay, ...]
    tills: tuple[TillRow, ...]


def overview(connection: Connection, now: datetime) -> Overview:
    """Everything on the first page, in one view of the data."""
    company = read_company(connection)
    today = business_date(now, zone_of(company))
    branches = read_branches(connection)
    tills = read_tills(connection, branches, now, today)
    opened = schema.exception.c.state == ExceptionState.OPEN.value
    return Overview(
        day=today,
        company_th=company.name_th if company else "",
        company_en=company.name_en if company else "",
        members=connection.execute(select(func.count()).select_from(schema.member)).scalar_one(),
        exceptions=connection.execute(select(func.count()).select_from(schema.exception).where(opened)).scalar_one(),
        branches=_branch_days(connection, branches, tills, today),
        tills=tills,
    )


def read_company(connection: Connection) -> Organisation | None:
    """The organisation; ``None`` before it was loaded."""
    query = select(schema.catalogue.c.body).where(schema.catalogue.c.entity == FeedEntity.ORGANISATION.value)
    body = connection.execute(query).scalars().first()
    return codec.from_wire(Organisation, json.loads(body)) if body else None


def zone_of(company: Organisation | None) -> str:
    """The zone in which times are shown."""
    return company.settings.zone if company else ZONE_WITHOUT_COMPANY


def read_branches(connection: Connection) -> dict[str, Branch]:
    """By id, in the order of their codes."""
    query = select(schema.catalogue.c.body).where(schema.catalogue.c.entity == FeedEntity.BRANCH.value)
    found = (codec.from_wire(Branch, json.loads(body)) for body in connection.execute(query).scalars())
    return {branch.id: branch for branch in sorted(found, key=lambda branch: branch.code)}


def read_program_names(connection: Connection, language: str) -> dict[str, str]:
    """What programs and coupon definitions are called, by id."""
    table = schema.catalogue
    kinds = (FeedEntity.PROGRAM.value, FeedEntity.COUPON_DEFINITION.value)
    query = select(table.c.id, table.c.code, table.c.body).where(table.c.entity.in_(kinds))
    found = {}
    for row in connection.execute(query):
        body = json.loads(row.body)
        found[row.id] = body.get(f"name_{language}") or body.get("name_th") or body.get("name_en") or row.code
    return found


def read_tills(
    connection: Connection, branches: dict[str, Branch], now: datetime, day: date, till_id: str = ""
) -> tuple[TillRow, ...]:
    """Every till in the order of its number, or the one that is named."""
    newest = feed.horizon(connection)
    waiting = select(schema.quarantine.c.till_id, func.count()).group_by(schema.quarantine.c.till_id)
    set_aside = dict(connection.execute(waiting).tuples().all())
    closed = _closed(connection, day)
    query = select(schema.till).order_by(schema.till.c.number)
    rows = []
    for row in connection.execute(query.where(schema.till.c.id == till_id) if till_id else query):
        contact = times.read(row.last_contact_at) if row.last_contact_at else None
        branch = branches.get(row.branch_id)
        rows.append(
            TillRow(
                id=row.id,
                number=row.number,
                label=row.label,
                branch_id=row.branch_id,
                branch_code=branch.code if branch else "",
                state="revoked" if row.revoked else _state(contact, now, row.id in closed),
                last_contact_at=contact,
                closed_at=closed.get(row.id),
                last_seq=row.last_seq,
                set_aside=set_aside.get(row.id, 0),
                behind=max(0, newest - row.cursor),
                app_version=row.app_version,
            )
        )
    return tuple(rows)


def _state(contact: datetime | None, now: datetime, closed: bool) -> str:
    silent_s = (now - contact).total_seconds() if contact else QUIET_S + 1
    if silent_s <= ONLINE_S:
        return "online"
    if closed:
        return "closed"
    return "quiet" if silent_s <= QUIET_S else "lost"


def _closed(connection: Connection, day: date) -> dict[str, datetime]:
    """Tills whose shift of ``day`` is closed and that sold nothing after it: ``{till: when}``."""
    shift, bill = schema.shift.c, schema.bill.c
    closings = select(shift.till_id, func.max(shift.closed_at)).where(shift.business_date == day.isoformat())
    last_bills = select(bill.till_id, func.max(bill.completed_at)).where(bill.business_date == day.isoformat())
    sold = dict(connection.execute(last_bills.group_by(bill.till_id)).tuples().all())
    found = connection.execute(closings.group_by(shift.till_id)).tuples().all()
    return {till: times.read(at) for till, at in found if at >= sold.get(till, "")}


def _branch_days(
    connection: Connection, branches: dict[str, Branch], tills: tuple[TillRow, ...], day: date
) -> tuple[BranchDay, ...]:
    bill, back = schema.bill, schema.bill_return
    sold: dict[str, Any] = {}
    sums = (bill.c.total_satang, bill.c.points_earned, bill.c.points_redeemed)
    query = select(bill.c.branch_id, func.count().label("bills"), *(func.sum(c).label(c.name) for c in sums))
    for row in connection.execute(query.where(bill.c.business_date == day.isoformat()).group_by(bill.c.branch_id)):
        sold[row.branch_id] = row
    claim = schema.bill_claim
    of_bill = (claim.c.till_id == bill.c.till_id) & (claim.c.bill_id == bill.c.id)
    later = select(bill.c.branch_id, func.sum(claim.c.points)).select_from(claim.join(bill, of_bill))
    later = later.where(claim.c.business_date == day.isoformat()).group_by(bill.c.branch_id)
    claimed = dict(connection.execute(later).tuples().all())
    refunds = select(back.c.branch_id, func.sum(back.c.refund_satang))
    grouped = refunds.where(back.c.business_date == day.isoformat()).group_by(back.c.branch_id)
    refunded = dict(connection.execute(grouped).tuples().all())
    days = []
    for branch_id, branch in branches.items():
        here = [till for till in tills if till.branch_id == branch_id]
        doubtful = tuple(till for till in here if till.state in ("quiet", "lost") or till.set_aside)
        told = [till.last_contact_at for till in here if till.state in ("online", "closed") and till.last_contact_at]
        sums_here = sold.get(branch_id)
        days.append(
            BranchDay(
                code=branch.code,
                name_th=branch.name_th,
                name_en=branch.name_en,
                bills=sums_here.bills if sums_here else 0,
                sales_satang=int(sums_here.total_satang) if sums_here else 0,
                refund_satang=int(refunded.get(branch_id) or 0),
                points_earned=int(sums_here.points_earned if sums_here else 0) + int(claimed.get(branch_id) or 0),
                points_redeemed=int(sums_here.points_redeemed) if sums_here else 0,
                tills=len(here),
                complete_to=min(told) if told and not doubtful else None,
                doubtful=doubtful,
            )
        )
    return tuple(days)
