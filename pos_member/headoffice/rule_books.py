"""Every rule book tills were ever given: with it, what a bill was based on gives the same bill again."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.compiled import CompiledRules, compile_rules, digest_of
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.org import Category, Organisation, Settings
from pos_member.domain.pricing import RuleBook
from pos_member.domain.program import Program
from pos_member.headoffice import portable, schema
from pos_member.services.context import vat_rate_of
from pos_member.services.sync_ports import FeedEntity

#: What a rule book is made of.
ENTITIES = frozenset(
    {
        FeedEntity.ORGANISATION.value,
        FeedEntity.CATEGORY.value,
        FeedEntity.PROGRAM.value,
        FeedEntity.COUPON_DEFINITION.value,
    }
)
_COMPANY = select(schema.catalogue.c.body).where(schema.catalogue.c.entity == FeedEntity.ORGANISATION.value)


def organisation(connection: Connection) -> Organisation | None:
    """The company; ``None`` before anything was loaded."""
    body = connection.execute(_COMPANY).scalars().first()
    return None if body is None else _organisation(body)


@lru_cache(maxsize=8)
def _organisation(body: str) -> Organisation:
    """Read once: it is asked for with every batch, and hardly ever changes."""
    return codec.from_wire(Organisation, json.loads(body))


def settings(connection: Connection) -> Settings:
    """The company's settings; the usual ones before anything was loaded."""
    company = organisation(connection)
    return company.settings if company is not None else Settings()


def programs(connection: Connection) -> list[Program]:
    """All programs, by code."""
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.PROGRAM.value).order_by(table.c.code, table.c.id)
    return [codec.from_wire(Program, json.loads(body)) for body in connection.execute(query).scalars()]


def definitions(connection: Connection) -> dict[str, CouponDefinition]:
    """All coupon definitions, by id."""
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.COUPON_DEFINITION.value)
    found = [codec.from_wire(CouponDefinition, json.loads(body)) for body in connection.execute(query).scalars()]
    return {definition.id: definition for definition in found}


def current(connection: Connection) -> RuleBook | None:
    """The rule book as a till with the whole catalogue has it; ``None`` without a company."""
    company = organisation(connection)
    if company is None:
        return None
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.CATEGORY.value)
    categories = [codec.from_wire(Category, json.loads(body)) for body in connection.execute(query).scalars()]
    return RuleBook(
        tuple(programs(connection)),
        definitions(connection),
        {category.id: category.parent_id for category in categories},
        company.settings,
        vat_rate_bp=vat_rate_of(company),
    )


def keep(connection: Connection) -> str:
    """Store the rule book as it is now, once. Returns its digest; empty without a company."""
    book = current(connection)
    if book is None:
        return ""
    digest = digest_of(book)
    portable.insert_new(connection, schema.rule_book, [{"digest": digest, "body": codec.canonical_bytes(book)}])
    return digest


def rules(connection: Connection, digest: str) -> CompiledRules | None:
    """The rules named ``digest``, ready for evaluation; ``None`` where they are not known here.

    A book that an other build wrote in another way is not known: it would not name itself so any more.
    """
    table = schema.rule_book
    body = connection.execute(select(table.c.body).where(table.c.digest == digest)).scalar_one_or_none()
    if body is None:
        return None
    found = compile_rules(codec.from_bytes(RuleBook, bytes(body)))
    return found if found.digest == digest else None
