"""Who spent most in a program's window: the ranking from stored bills less their returns, and the coupons it pays.

Held once per program: the ranking is stored with the run, and later returns or late uploads no longer change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn, DraftLine
from pos_member.domain.clock import Clock, business_date
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.matching import ScopeIndex, index_scopes
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Category
from pos_member.domain.program import EffectKind, Program
from pos_member.domain.top_spenders import Ranked, Spend, rank, spenders
from pos_member.headoffice import draws, issuing, rule_books, schema, times
from pos_member.headoffice.programs import named
from pos_member.headoffice.units import Units
from pos_member.services.sync_ports import FeedEntity

KIND = "top_spender"
_YEARS_BACK = date(1970, 1, 1)


@dataclass(frozen=True)
class Winners:
    """The ranking as it was held, with how many coupons were given now.

    ``numbers``: member numbers by id, of those who are still members. ``silent_tills``: with rights, not heard of since
    the window ended; their bills are not counted.
    """

    ranked: tuple[Ranked, ...]
    coupons: int
    held_before: bool
    numbers: Mapping[str, str]
    silent_tills: int


def reward_top_spenders(connection: Connection, code: str, now: datetime) -> Winners:
    """Rank and store, once; or say what was stored when it was held. The coupons are given by ``pay_out``.

    Raises ``Refusal(PROGRAM_UNKNOWN | PROGRAM_OTHER_KIND | PROGRAM_STILL_RUNS | PAYLOAD_INVALID)``.
    """
    program = named(connection, code, EffectKind.TOP_SPENDER)
    today = business_date(now, rule_books.settings(connection).zone)
    members = _members(connection)
    numbers = {member.id: member.number for member in members.values()}
    silent = draws.silent_tills(connection, program, today)
    held = held_ranking(connection, program.id)
    if held is not None:
        return Winners(held, 0, held_before=True, numbers=numbers, silent_tills=silent)
    until = program.window.date_to
    if until is not None and today <= until:
        raise Refusal(Reason.PROGRAM_STILL_RUNS, code=program.code, until=until)
    issuing.definition_named(connection, program.effect.coupon)
    found = ranking(connection, program)
    body = json.dumps(codec.to_wire(found), ensure_ascii=False)
    row = {"kind": KIND, "subject_id": program.id, "state": "held", "at": times.stored(now), "body": body}
    connection.execute(insert(schema.office_run), [row])
    return Winners(found, 0, held_before=False, numbers=numbers, silent_tills=silent)


def pay_out(units: Units, code: str, clock: Clock) -> int:
    """Give those of the stored ranking their coupon who have none of it, one unit of work each. Returns how many; 0
    while somebody else is at it.

    Raises ``Refusal(PROGRAM_UNKNOWN | PROGRAM_OTHER_KIND | PAYLOAD_INVALID)``.
    """
    with units.database.read() as connection:
        program = named(connection, code, EffectKind.TOP_SPENDER)
        winners = [each.member_id for each in held_ranking(connection, program.id) or ()]
        definition = issuing.definition_named(connection, program.effect.coupon)
        today = business_date(clock.now(), rule_books.settings(connection).zone)
    try:
        made, _ = issuing.give(units, definition, winners, program.id, clock, today)
    except Refusal as refused:
        if refused.reason is not Reason.JOB_RUNS:
            raise
        return 0
    return made


def held_ranking(connection: Connection, program_id: str) -> tuple[Ranked, ...] | None:
    """The ranking as it was held; ``None`` before."""
    table = schema.office_run
    here = (table.c.kind == KIND) & (table.c.subject_id == program_id)
    body = connection.execute(select(table.c.body).where(here)).scalar_one_or_none()
    return None if body is None else codec.from_wire(tuple[Ranked, ...], json.loads(body))


def ranking(connection: Connection, program: Program) -> tuple[Ranked, ...]:
    """The first ``effect.count`` members by net spend in the program's window, branches, segments and scope."""
    members = {
        member.id
        for member in _members(connection).values()
        if member.status is MemberStatus.ACTIVE and _invited(program, member)
    }
    spends = (spend for spend in _spends(connection, program) if spend.member_id in members)
    return rank(spenders(spends), program.effect.count, program.trigger.minimum_satang)


def _invited(program: Program, member: Member) -> bool:
    audience = program.audience
    if audience.segments and not set(audience.segments) & set(member.segments):
        return False
    return not set(audience.exclude_segments) & set(member.segments)


def _members(connection: Connection) -> dict[str, Member]:
    bodies = connection.execute(select(schema.member.c.body)).scalars()
    found = [codec.from_wire(Member, json.loads(body)) for body in bodies]
    return {member.id: member for member in found}


def _spends(connection: Connection, program: Program) -> Iterator[Spend]:
    """Bills in the window and what came back of them, whenever it came back."""
    window = program.window
    scopes = index_scopes([program.scope], _category_parents(connection))
    bit = scopes.number(program.scope)
    branches = _branches(connection, program)
    counted: dict[str, set[int]] = {}
    bill, event = schema.bill.c, schema.event.c
    first, last = window.date_from or _YEARS_BACK, window.date_to or date.max
    same = (event.till_id == bill.till_id) & (event.event_id == bill.id)
    late = schema.bill_claim.c
    claimed = (late.till_id == bill.till_id) & (late.bill_id == bill.id)
    whose = func.coalesce(bill.member_id, late.member_id)
    joined = schema.bill.join(schema.event, same).outerjoin(schema.bill_claim, claimed)
    query = select(event.payload, whose.label("member_id")).select_from(joined)
    query = query.where(
        event.kind == EventKind.BILL_COMPLETED.value,
        whose.is_not(None),
        bill.business_date.between(first.isoformat(), last.isoformat()),
    )
    for payload, member_id in connection.execute(query.execution_options(yield_per=500)):
        sale = codec.from_bytes(Bill, payload)
        if sale.branch_id not in branches:
            continue
        if window.weekdays and sale.business_date.isoweekday() not in window.weekdays:
            continue
        lines = {line.line_no: line.net_satang for line in sale.lines if _in_scope(scopes, bit, sale, line.line_no)}
        counted[sale.id] = set(lines)
        yield Spend(member_id, sum(lines.values()), sale.completed_at)
    query = select(event.payload).where(event.kind == EventKind.BILL_RETURNED.value)
    for payload in connection.execute(query.execution_options(yield_per=500)).scalars():
        back = codec.from_bytes(BillReturn, payload)
        if back.bill_id in counted and back.member_id is not None:
            inside = counted[back.bill_id]
            satang = sum(line.refund_satang for line in back.lines if line.line_no in inside)
            yield Spend(back.member_id, -satang, back.completed_at)


def _in_scope(scopes: ScopeIndex, bit: int, sale: Bill, line_no: int) -> bool:
    line = next(line for line in sale.lines if line.line_no == line_no)
    draft = DraftLine(
        line.product_id,
        line.barcode,
        line.name_th,
        line.name_en,
        line.category_id,
        line.brand_id,
        line.tags,
        line.quantity_milli,
        line.unit_price_satang,
    )
    return bool(scopes.mask(draft) >> bit & 1)


def _category_parents(connection: Connection) -> dict[str, str | None]:
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.CATEGORY.value)
    found = [codec.from_wire(Category, json.loads(body)) for body in connection.execute(query).scalars()]
    return {category.id: category.parent_id for category in found}


def _branches(connection: Connection, program: Program) -> set[str]:
    """Branches of the window, by id."""
    table, window = schema.catalogue, program.window
    query = select(table.c.id, table.c.body).where(table.c.entity == FeedEntity.BRANCH.value)
    return {
        row.id
        for row in connection.execute(query)
        if (not window.branches or row.id in window.branches)
        and (not window.brands or json.loads(row.body).get("brand_id") in window.brands)
    }
