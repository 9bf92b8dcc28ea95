"""The cases a person has to look at, with what they are about in words and the money or points at risk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from pos_member.domain import codec
from pos_member.domain.member import Member, mask_name, mask_number
from pos_member.headoffice import portable, rule_books, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState
from pos_member.headoffice.settling import OfficeActKind

#: Open cases are all counted; of each list only the newest are shown.
CASES_SHOWN_MAX = 200
SETTLED_SHOWN_MAX = 50
#: What the filter by owner says for cases that are no branch's.
HEAD_OFFICE = "head_office"
_OF_A_COUPON = (ExceptionKind.COUPON_TWICE, ExceptionKind.COUPON_UNKNOWN, ExceptionKind.COUPON_VOID_USED)
_OF_MONEY = ("gross", "discount", "total", "VAT", "money towards tiers")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_OF_A_MEMBER = (
    ExceptionKind.OVERDRAFT,
    ExceptionKind.MEMBER_UNKNOWN,
    ExceptionKind.LIMIT_EXCEEDED,
    ExceptionKind.DEBT_REPAID_TWICE,
    ExceptionKind.PROVISIONAL_OVERDRAWN,
    ExceptionKind.RIGHT_LAPSED,
    ExceptionKind.RIGHT_FOREIGN,
    ExceptionKind.RIGHT_VOID,
    ExceptionKind.RIGHT_OVERUSED,
    ExceptionKind.RIGHT_UNKNOWN,
)


@dataclass(frozen=True)
class CaseUse:
    """One bill that used the coupon of a case, or spent the points."""

    bill: str
    till_number: int
    branch_id: str
    at: datetime
    amount_satang: int
    points: int = 0


@dataclass(frozen=True)
class Differing:
    """A figure of a bill that comes out otherwise. ``what`` ends the key of its words, ``line`` where it has one.

    ``unit``: ``baht`` (the figures are satang) or empty, where they are shown as they are.
    """

    what: str
    line: str
    unit: str
    stored: str
    computed: str


@dataclass(frozen=True)
class Case:
    """One case. ``about``: ``coupon``, ``member`` or ``till``; ``subject`` is what a person may see of it.

    ``till_id`` and ``seq`` where it is about a till. ``who`` and ``why`` where a person settled it.
    """

    kind: str
    subject_id: str
    state: str
    about: str
    subject: str
    till_id: str
    till_number: int
    seq: int
    amount_satang: int
    points: int
    first_at: datetime
    changed_at: datetime
    uses: tuple[CaseUse, ...]
    who: str
    why: str
    #: Of a bill that comes out otherwise: its number, and what differs.
    bill: str = ""
    differing: tuple[Differing, ...] = ()
    #: Of a quota that was passed: the program or coupon definition.
    program_id: str = ""
    #: Whose it is: the branch of the till it concerns; empty for head office.
    owner_branch_id: str = ""
    #: ``exceptions.Resolution`` of a settled one.
    resolution: str = ""
    #: Money and points together, points at what one costs the shop.
    at_risk_satang: int = 0


@dataclass(frozen=True)
class Cases:
    """What waits, and what was settled lately. A coupon with two cases is at risk once.

    ``amount_satang``: all that is at risk, ``points`` (part of it) at what one costs the shop. ``owner``: the branch
    whose cases these are, ``HEAD_OFFICE``, or empty for all.
    """

    waiting: tuple[Case, ...]
    waiting_count: int
    amount_satang: int
    points: int
    settled: tuple[Case, ...]
    owner: str = ""


def read_cases(connection: Connection, owner: str = "") -> Cases:
    """Both lists, newest first."""
    table = schema.exception
    whose = _owned(owner)
    opened = (table.c.state == ExceptionState.OPEN.value) & whose
    newest = select(table).where(whose).order_by(table.c.changed_at.desc(), table.c.kind, table.c.subject_id)
    waiting = connection.execute(newest.where(opened).limit(CASES_SHOWN_MAX)).all()
    over = table.c.state != ExceptionState.OPEN.value
    settled = connection.execute(newest.where(over).limit(SETTLED_SHOWN_MAX)).all()
    worst = (
        select(func.max(table.c.amount_satang).label("amount"), func.max(table.c.points).label("points"))
        .where(opened)
        .group_by(table.c.shard, table.c.subject_id)
        .subquery()
    )
    amount, points = connection.execute(select(func.sum(worst.c.amount), func.sum(worst.c.points))).one()
    value = rule_books.settings(connection).point_value_satang
    return Cases(
        waiting=_cases(connection, waiting, value),
        waiting_count=connection.execute(select(func.count()).select_from(table).where(opened)).scalar_one(),
        amount_satang=int(amount or 0) + int(points or 0) * value,
        points=int(points or 0),
        settled=_cases(connection, settled, value),
        owner=owner,
    )


def _owned(owner: str) -> ColumnElement[bool]:
    """Cases of one branch, of head office, or all."""
    till_id = schema.exception.c.till_id
    if not owner:
        return true()
    if owner == HEAD_OFFICE:
        return till_id == ""
    return till_id.in_(select(schema.till.c.id).where(schema.till.c.branch_id == owner))


def _cases(connection: Connection, rows: Iterable[Row[Any]], point_value_satang: int) -> tuple[Case, ...]:
    listed = [(row, json.loads(row.detail)) for row in rows]
    numbers = _bill_numbers(connection, [use["bill_id"] for _, detail in listed for use in detail.get("bills", [])])
    columns = (schema.till.c.id, schema.till.c.number, schema.till.c.branch_id)
    tills = {row.id: row for row in connection.execute(select(*columns))}
    members = _members(connection, [row.shard for row, _ in listed if _about(row) == "member"])
    acts = _settlements(connection, [row.subject_id for row, _ in listed])

    def used(use: dict[str, Any]) -> CaseUse:
        till = tills.get(use["till_id"])
        number, branch_id = (till.number, till.branch_id) if till else (0, "")
        bill = numbers.get(use["bill_id"], use["bill_id"])
        satang, points = use.get("amount_satang", 0), use.get("points", 0)
        return CaseUse(bill, number, branch_id, times.read(use["at"]), satang, points)

    made = []
    for row, detail in listed:
        about = _about(row)
        till_id = str(detail.get("till_id", "")) if about == "till" else ""
        by_hand = row.state == ExceptionState.SETTLED_BY_HAND.value
        who, why = acts.get((row.kind, row.subject_id), ("", "")) if by_hand else ("", "")
        made.append(
            Case(
                kind=row.kind,
                subject_id=row.subject_id,
                state=row.state,
                about=about,
                subject=_subject(about, row, members) or str(detail.get("number", "")),
                till_id=till_id,
                till_number=tills[till_id].number if till_id in tills else 0,
                seq=int(detail.get("seq", 0)) if about == "till" else 0,
                amount_satang=row.amount_satang,
                points=row.points,
                first_at=times.read(row.first_at),
                changed_at=times.read(row.changed_at),
                uses=tuple(used(use) for use in detail.get("bills", [])),
                who=who,
                why=why,
                bill=str(detail.get("number", "")) if row.kind == ExceptionKind.EVALUATION_DIFFERS else "",
                differing=tuple(map(_differing, detail.get("differences", []))),
                program_id=str(detail.get("key", "")) if row.kind == ExceptionKind.QUOTA_EXCEEDED else "",
                owner_branch_id=tills[row.till_id].branch_id if row.till_id in tills else "",
                resolution=row.resolution,
                at_risk_satang=row.amount_satang + row.points * point_value_satang,
            )
        )
    return tuple(made)


def _differing(one: dict[str, Any]) -> Differing:
    name, _, line = str(one["what"]).partition(" ") if str(one["what"]).startswith("line ") else (one["what"], "", "")
    stored, computed = str(one["stored"]), str(one["computed"])
    money = name in _OF_MONEY and all(_WHOLE.fullmatch(each) for each in (stored, computed))
    return Differing(str(name).lower().replace(" ", "_"), line, "baht" if money else "", stored, computed)


def _about(row: Row[Any]) -> str:
    if row.kind == ExceptionKind.EXPIRED_USED:
        return "coupon" if row.shard == row.subject_id else "member"
    return "coupon" if row.kind in _OF_A_COUPON else "member" if row.kind in _OF_A_MEMBER else "till"


def _subject(about: str, row: Row[Any], members: dict[str, Member]) -> str:
    if about == "coupon":
        return " ".join(row.subject_id[start : start + 4] for start in range(0, len(row.subject_id), 4))
    if about == "member" and row.shard in members:
        member = members[row.shard]
        return f"{mask_name(member.first_name, member.last_name)} {mask_number(member.number)}".strip()
    return ""


def _members(connection: Connection, ids: list[str]) -> dict[str, Member]:
    found = {}
    for part in portable.chunks(ids):
        query = select(schema.member.c.id, schema.member.c.body).where(schema.member.c.id.in_(part))
        found.update({row.id: codec.from_wire(Member, json.loads(row.body)) for row in connection.execute(query)})
    return found


def _settlements(connection: Connection, subject_ids: list[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Who settled a case last, and why: ``{(kind, subject): (who, why)}``."""
    table = schema.office_act
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for part in portable.chunks(subject_ids):
        here = (table.c.act == OfficeActKind.SETTLE.value) & table.c.subject_id.in_(part)
        for row in connection.execute(select(table).where(here).order_by(table.c.at, table.c.id)):
            found[(row.subject_kind, row.subject_id)] = (row.who, row.why)
    return found


def _bill_numbers(connection: Connection, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in portable.chunks(ids):
        query = select(schema.bill.c.id, schema.bill.c.number).where(schema.bill.c.id.in_(part))
        found.update(connection.execute(query).tuples().all())
    return found
