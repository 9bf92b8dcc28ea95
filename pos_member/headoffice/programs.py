"""Programs at head office: put in from a file, switched on and off, listed with what they cost.

What goes to the tills is the file's own JSON with its version counted up, so that a till of a newer build reads all of
it. A program that was wrong is refused with the field at fault; nothing of the file is taken then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Organisation, Settings
from pos_member.domain.program import EffectKind, Program
from pos_member.domain.program_files import parse, parse_shape
from pos_member.headoffice import quotas, rule_books, schema
from pos_member.headoffice.costs import Cost, costs
from pos_member.headoffice.importing import Thing, put_catalogue
from pos_member.services.sync_ports import FeedEntity

#: What a program file may change of the company's settings; the rest is not the matter of programs.
SETTINGS_OF_PROGRAMS = frozenset(
    {
        "tiers",
        "currencies",
        "point_value_satang",
        "points_expiry",
        "points_expiry_months",
        "points_expiry_day",
        "points_expiry_period_months",
        "points_pending_days",
        "points_paid_earns",
        "points_paid_earns_bp",
        "redeem_points_per_bill_max",
    }
)
_ENTITIES = {"programs": FeedEntity.PROGRAM, "definitions": FeedEntity.COUPON_DEFINITION}


@dataclass(frozen=True)
class PutOutcome:
    """Codes of what is new, what changed (its version counted up) and what was known just so."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    #: Names of the company's settings that were taken from the file, and of those that differ and were not.
    settings: tuple[str, ...] = ()
    settings_left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A program with what it did until now. ``total`` and ``budget_satang``: its limits over all tills."""

    program: Program
    cost: Cost
    spent_satang: int
    total: int | None
    budget_satang: int | None


def put(connection: Connection, raw: bytes, *, with_settings: bool = False) -> PutOutcome:
    """Take a program file in and publish what changed; ``with_settings`` the settings that it names too.

    Raises ``Refusal(PAYLOAD_INVALID, where="programs[2].effect.step_satang", want=…)``; a limit cannot be put below
    what the tills were granted already.
    """
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal(Reason.PAYLOAD_INVALID, where="file", want="JSON") from None
    known = _known(connection)
    company = rule_books.organisation(connection)
    currencies = _currencies(company, data, with_settings=with_settings)
    parse(_with_known_definitions(data, known[FeedEntity.COUPON_DEFINITION]), currencies)
    outcome: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
    things: list[Thing] = []
    for name in ("definitions", "programs"):
        entity = _ENTITIES[name]
        for i, item in enumerate(data.get(name, [])):
            where = f"{name}[{i}]"
            _check(connection, item, entity, known[entity], where)
            before = known[entity].get(item["id"])
            fate, wire = _versioned(item, before, entity)
            outcome[fate].append(str(item["code"]))
            if fate != "same":
                things.append(Thing(entity, str(item["id"]), str(item["code"]), wire))
    other = _other_settings(company, data.get("settings", {}))
    if with_settings and company is not None and other:
        changed = replace(company, settings=replace(company.settings, **other))
        # Programs may name tiers and stamps that only these settings know.
        things.insert(0, Thing(FeedEntity.ORGANISATION, company.id, "", codec.to_wire(changed)))
    put_catalogue(connection, things)
    named_settings = tuple(sorted(other))
    return PutOutcome(
        tuple(outcome["new"]),
        tuple(outcome["changed"]),
        tuple(outcome["same"]),
        named_settings if with_settings else (),
        () if with_settings else named_settings,
    )


def _currencies(company: Organisation | None, data: Any, *, with_settings: bool) -> set[str] | None:
    """Codes of the stamps that programs may name: the company's and, where they are taken in, the file's."""
    if company is None:
        return None
    named = parse_shape(data).settings.currencies if with_settings else ()
    return {each.code for each in (*company.settings.currencies, *named)}


def _other_settings(company: Organisation | None, named: dict[str, Any]) -> dict[str, Any]:
    """The settings a file names that differ from the company's. Stamp currencies are added to those there are."""
    if company is None or not named:
        return {}
    wanted = codec.from_wire(Settings, named)
    found: dict[str, Any] = {}
    for name in named.keys() & SETTINGS_OF_PROGRAMS:
        value = getattr(wanted, name)
        if name == "currencies":
            codes = {currency.code for currency in wanted.currencies}
            value = (*(each for each in company.settings.currencies if each.code not in codes), *wanted.currencies)
            value = tuple(sorted(value, key=lambda currency: currency.code))
        if value != getattr(company.settings, name):
            found[name] = value
    return found


def switch(connection: Connection, code: str, *, active: bool) -> bool:
    """Switch a program on or off. ``False`` where it is so already. Raises ``Refusal(PROGRAM_UNKNOWN)``."""
    program = named(connection, code)
    wire = _known(connection)[FeedEntity.PROGRAM][program.id]
    if bool(wire.get("active", True)) is active:
        return False
    changed = {**wire, "active": active, "version": int(wire.get("version", 1)) + 1}
    put_catalogue(connection, [Thing(FeedEntity.PROGRAM, program.id, program.code, changed)])
    return True


def named(connection: Connection, code: str, kind: EffectKind | None = None) -> Program:
    """A program by its code or id. Raises ``Refusal(PROGRAM_UNKNOWN | PROGRAM_OTHER_KIND)``."""
    for program in rule_books.programs(connection):
        if code in (program.code, program.id):
            if kind is not None and program.effect.kind != kind:
                raise Refusal(Reason.PROGRAM_OTHER_KIND, code=code[:40], kind=program.effect.kind[:40], want=kind.value)
            return program
    raise Refusal(Reason.PROGRAM_UNKNOWN, code=code[:40])


def listed(connection: Connection) -> list[Listed]:
    """Every program, by code, with what it has cost until now."""
    company = rule_books.organisation(connection)
    value = company.settings.point_value_satang if company is not None else 0
    found = costs(connection)
    return [
        Listed(
            program,
            found.get(program.id, Cost()),
            found.get(program.id, Cost()).spent_satang(value),
            program.limits.total,
            program.limits.budget_satang,
        )
        for program in rule_books.programs(connection)
    ]


def with_known_definitions(connection: Connection, data: Any) -> Any:
    """A file's JSON with the coupon definitions head office has, after its own: programs may name them."""
    return _with_known_definitions(data, _known(connection)[FeedEntity.COUPON_DEFINITION])


def _known(connection: Connection) -> dict[FeedEntity, dict[str, dict[str, Any]]]:
    table = schema.catalogue
    found: dict[FeedEntity, dict[str, dict[str, Any]]] = {entity: {} for entity in _ENTITIES.values()}
    for entity in found:
        query = select(table.c.id, table.c.body).where(table.c.entity == entity.value)
        found[entity] = {row.id: json.loads(row.body) for row in connection.execute(query)}
    return found


def _with_known_definitions(data: Any, known: Mapping[str, dict[str, Any]]) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get("definitions", []), list):
        return data
    own = data.get("definitions", [])
    ids = {item.get("id") for item in own if isinstance(item, dict)}
    return {**data, "definitions": [*own, *(body for key, body in known.items() if key not in ids)]}


def _check(
    connection: Connection, item: dict[str, Any], entity: FeedEntity, known: Mapping[str, dict[str, Any]], where: str
) -> None:
    if any(body.get("code") == item["code"] for key, body in known.items() if key != item["id"]):
        raise Refusal(Reason.PAYLOAD_INVALID, where=f"{where}.code", want="a code that no other one has")
    times, satang = quotas.granted(connection, item["id"])
    limits = item.get("limits", {}) if entity is FeedEntity.PROGRAM else item
    inside = "limits." if entity is FeedEntity.PROGRAM else ""
    for name, least in (("total", times), ("budget_satang", satang)):
        if limits.get(name) is not None and limits[name] < least:
            # What a till was granted it may have given already, out of reach: to stop at once, switch the program off.
            raise Refusal(Reason.PAYLOAD_INVALID, where=f"{where}.{inside}{name}", want=f">= {least}")


def _versioned(item: dict[str, Any], before: dict[str, Any] | None, entity: FeedEntity) -> tuple[str, dict[str, Any]]:
    if before is None:
        return "new", item
    version = int(before.get("version", 1))
    if _meaning({**item, "version": version}, entity) == _meaning(before, entity):
        return "same", before
    return "changed", {**item, "version": max(version + 1, int(item.get("version", 1)))}


def _meaning(item: dict[str, Any], entity: FeedEntity) -> Any:
    """What a file says, however it leaves defaults out; of what this build cannot read whole, the JSON itself."""
    if entity is FeedEntity.PROGRAM:
        if Program.readable_part(item) != item:
            return item
        return codec.from_wire(Program, item)
    if CouponDefinition.readable_part(item) != item:
        return item
    return codec.from_wire(CouponDefinition, item)
