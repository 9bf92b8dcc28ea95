"""Programs as head office's people read them: what each does in words, whether it runs, what it cost, what is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.matching import last_day
from pos_member.domain.org import Organisation, Settings
from pos_member.domain.program import KNOWN_KINDS, PROGRAM_FORMAT, EffectKind, Program
from pos_member.domain.program_check import Problem, validate
from pos_member.headoffice import costs, programs, quotas, rule_books, schema, times
from pos_member.headoffice.console import program_text
from pos_member.headoffice.console.program_text import Names
from pos_member.headoffice.costs import Cost
from pos_member.services.sync_ports import FeedEntity

USES_SHOWN_MAX = 50
ACTS_SHOWN_MAX = 30
_NAMED = (FeedEntity.BRAND, FeedEntity.BRANCH, FeedEntity.CATEGORY, FeedEntity.PRODUCT)


@dataclass(frozen=True)
class QuotaRow:
    """What one till may give and gave. ``times`` and ``satang`` are ``None`` where that is not limited."""

    till_id: str
    label: str
    branch_id: str
    times: int | None
    used_times: int
    satang: int | None
    used_satang: int
    closed: bool


@dataclass(frozen=True)
class ProgramRow:
    """One program in the list. ``state``: ``on``, ``off``, ``over``, ``not_yet``, ``inert`` or ``wrong``.

    ``granted``: (times, satang) that tills hold or gave; ``problems``: why it does nothing, each at its field.
    """

    program: Program
    name: str
    said: str
    state: str
    cost: Cost
    spent_satang: int
    granted: tuple[int, int]
    problems: tuple[Problem, ...]

    @property
    def total_left(self) -> int:
        """Of the limit of times, what no till holds yet."""
        return max(0, (self.program.limits.total or 0) - self.granted[0])

    @property
    def budget_left_satang(self) -> int:
        """Of the budget, what no till holds yet."""
        return max(0, (self.program.limits.budget_satang or 0) - self.granted[1])


@dataclass(frozen=True)
class UseRow:
    """A bill on which the program did something. ``discount_satang``: of a reward, what the points bought."""

    bill: str
    till_id: str
    branch_id: str
    at: datetime
    total_satang: int
    discount_satang: int


@dataclass(frozen=True)
class DayCost:
    """One day's cost; ``bar``: 0 … 100 of the dearest day shown."""

    day: date
    cost: Cost
    spent_satang: int
    bar: int


@dataclass(frozen=True)
class Version:
    """One stored version; ``changed``: names of the parts that differ from the one before."""

    version: int
    active: bool
    changed: tuple[str, ...]


@dataclass(frozen=True)
class ActRow:
    """What a person did to the program."""

    at: datetime
    act: str
    who: str
    why: str


@dataclass(frozen=True)
class ProgramView:
    """A program's page. ``stored``: its JSON as tills get it; ``coupons``: (name, what it is worth)."""

    row: ProgramRow
    parts: list[tuple[str, str]]
    coupons: list[tuple[str, str]]
    stored: str
    days: list[DayCost]
    quotas: list[QuotaRow]
    uses: list[UseRow]
    versions: list[Version]
    acts: list[ActRow]


def settings_of(connection: Connection) -> Settings:
    """The organisation's settings, or the defaults before it was loaded."""
    company: Organisation | None = rule_books.organisation(connection)
    return company.settings if company is not None else Settings()


def read_names(connection: Connection, language: str) -> Names:
    """What everything of the catalogue is called."""
    settings = settings_of(connection)
    plain = Names(language)
    table = schema.catalogue
    query = select(table.c.id, table.c.code, table.c.body).where(table.c.entity.in_([each.value for each in _NAMED]))
    things: dict[str, str] = {}
    for row in connection.execute(query):
        body = json.loads(row.body)
        things[row.id] = plain.own(str(body.get("name_th", "")), str(body.get("name_en", ""))) or row.code
    levels = settings.tiers.levels if settings.tiers is not None else ()
    coupons = rule_books.definitions(connection).values()
    return Names(
        language,
        things,
        {level.code: plain.own(level.name_th, level.name_en) for level in levels},
        {each.code: plain.own(each.name_th, each.name_en) for each in settings.currencies},
        {each.id: plain.own(each.name_th, each.name_en) or each.code for each in coupons},
    )


def read_rows(connection: Connection, names: Names, today: date) -> list[ProgramRow]:
    """Every program, by code."""
    definitions = rule_books.definitions(connection)
    currencies = {each.code for each in settings_of(connection).currencies}
    return [
        _row(each, names, today, definitions, currencies, quotas.granted(connection, each.program.id))
        for each in programs.listed(connection)
    ]


def _row(
    listed: programs.Listed,
    names: Names,
    today: date,
    definitions: Mapping[str, CouponDefinition],
    currencies: set[str],
    granted: tuple[int, int],
) -> ProgramRow:
    program = listed.program
    known = program.format <= PROGRAM_FORMAT and program.effect.kind in KNOWN_KINDS
    problems = tuple(validate(program, definitions, currencies)) if known else ()
    return ProgramRow(
        program=program,
        name=names.own(program.name_th, program.name_en) or program.code,
        said=program_text.sentence(program, names),
        state="wrong" if problems else state_of(program, today),
        cost=listed.cost,
        spent_satang=listed.spent_satang,
        granted=granted,
        problems=problems,
    )


def state_of(program: Program, today: date) -> str:
    """Whether it runs on ``today``, whatever a bill has to meet."""
    if program.format > PROGRAM_FORMAT or program.effect.kind not in KNOWN_KINDS:
        return "inert"
    if not program.active:
        return "off"
    last = last_day(program.window)
    if last is not None and last < today:
        return "over"
    if program.window.date_from is not None and program.window.date_from > today:
        return "not_yet"
    return "on"


def read_program(connection: Connection, program_id: str, names: Names, today: date) -> ProgramView | None:
    """A program's page; ``None`` where nobody knows it."""
    row = next((each for each in read_rows(connection, names, today) if each.program.id == program_id), None)
    if row is None:
        return None
    own = rule_books.definitions(connection).get(row.program.effect.coupon)
    listed = [] if own is None else [(names.coupons.get(own.id, own.code), program_text.coupon(own, names))]
    return ProgramView(
        row=row,
        parts=program_text.parts(row.program, names),
        coupons=listed,
        stored=json.dumps(stored(connection, program_id), ensure_ascii=False, indent=2),
        days=day_costs(connection, program_id),
        quotas=_quotas(connection, program_id),
        uses=_uses(connection, program_id),
        versions=_versions(connection, program_id),
        acts=acts_on(connection, "program", row.program.id, row.program.code),
    )


def stored(connection: Connection, program_id: str) -> Any:
    """A program's JSON as it goes to the tills."""
    table = schema.catalogue
    here = (table.c.entity == FeedEntity.PROGRAM.value) & (table.c.id == program_id)
    return json.loads(connection.execute(select(table.c.body).where(here)).scalar_one())


def day_costs(connection: Connection, program_id: str) -> list[DayCost]:
    """What the program cost on each day on which something happened, in order."""
    value = settings_of(connection).point_value_satang
    found = [(day, cost, cost.spent_satang(value)) for day, cost in costs.costs_by_day(connection, program_id)]
    most = max((spent for _, _, spent in found), default=0)
    return [DayCost(day, cost, spent, max(0, spent) * 100 // most if most > 0 else 0) for day, cost, spent in found]


def _quotas(connection: Connection, key: str) -> list[QuotaRow]:
    table, till = schema.quota, schema.till
    query = select(table, till.c.label, till.c.branch_id).outerjoin(till, till.c.id == table.c.till_id)
    rows = connection.execute(query.where(table.c.key == key).order_by(till.c.number, table.c.till_id))
    return [
        QuotaRow(
            row.till_id,
            row.label or row.till_id[:8],
            row.branch_id or "",
            row.times,
            row.used_times,
            row.satang,
            row.used_satang,
            row.closed,
        )
        for row in rows
    ]


def _uses(connection: Connection, program_id: str) -> list[UseRow]:
    of, bill = schema.bill_program, schema.bill
    same = (bill.c.till_id == of.c.till_id) & (bill.c.id == of.c.bill_id)
    columns = (bill.c.number, bill.c.till_id, bill.c.branch_id, bill.c.completed_at, bill.c.total_satang)
    query = select(*columns, of.c.discount_satang).join(bill, same).where(of.c.program_id == program_id)
    # By day first: the index has that order, so that a program of many bills is not sorted whole.
    order = (of.c.business_date.desc(), bill.c.completed_at.desc(), bill.c.id)
    rows = connection.execute(query.order_by(*order).limit(USES_SHOWN_MAX))
    return [
        UseRow(
            row.number,
            row.till_id,
            row.branch_id,
            times.read(row.completed_at),
            row.total_satang,
            row.discount_satang,
        )
        for row in rows
    ]


def _versions(connection: Connection, program_id: str) -> list[Version]:
    """Versions that tills were given, newest first, as the kept rule books hold them."""
    found: dict[int, dict[str, Any]] = {}
    for body in connection.execute(select(schema.rule_book.c.body)).scalars():
        for wire in json.loads(bytes(body)).get("programs", []):
            if wire.get("id") == program_id:
                found[int(wire.get("version", 1))] = wire
    listed: list[Version] = []
    before: dict[str, Any] = {}
    for version in sorted(found):
        wire = found[version]
        changed = tuple(sorted(k for k in {*wire, *before} if wire.get(k) != before.get(k) and k != "version"))
        listed.append(Version(version, bool(wire.get("active", True)), changed if before else ()))
        before = wire
    return listed[::-1]


def as_file(connection: Connection, program_id: str) -> str:
    """A program as a program file to change and put again, with the coupon it issues; empty where nobody knows it."""
    known = {program.id: program for program in rule_books.programs(connection)}
    if program_id not in known:
        return ""
    table = schema.catalogue
    here = table.c.entity == FeedEntity.COUPON_DEFINITION.value
    query = select(table.c.body).where(here, table.c.id == known[program_id].effect.coupon)
    coupons = [json.loads(body) for body in connection.execute(query).scalars()]
    file = {"format": PROGRAM_FORMAT, "programs": [stored(connection, program_id)], "definitions": coupons}
    return json.dumps({name: part for name, part in file.items() if part}, ensure_ascii=False, indent=2)


def acts_on(connection: Connection, kind: str, *subjects: str) -> list[ActRow]:
    """What people did to something, newest first; without ``subjects`` to all of that kind."""
    table = schema.office_act
    here = table.c.subject_kind == kind
    if subjects:
        here &= table.c.subject_id.in_(subjects)
    rows = connection.execute(select(table).where(here).order_by(table.c.at.desc(), table.c.id).limit(ACTS_SHOWN_MAX))
    return [ActRow(times.read(row.at), row.act, row.who, row.why) for row in rows]


def of_kind(connection: Connection, kind: EffectKind) -> list[Program]:
    """Programs of one kind, by code."""
    return [program for program in rule_books.programs(connection) if program.effect.kind == kind]
