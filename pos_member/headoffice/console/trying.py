"""Trying programs out at the console: a small form becomes a bill and a member, the answer is told in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.money import format_baht, parse_baht
from pos_member.domain.org import Category, Product, Settings
from pos_member.domain.pricing import Evaluation, Explanation
from pos_member.domain.program import EffectKind
from pos_member.domain.program_files import ProgramFile, parse, parse_shape, problems, read_program
from pos_member.domain.program_try import tried
from pos_member.headoffice import rule_books, schema
from pos_member.headoffice.console.program_file import Remark
from pos_member.headoffice.console.program_text import Names, said_want
from pos_member.services.sync_ports import FeedEntity
from pos_member.wording import say, say_error

#: Rows for goods in the form.
ROWS = 3
_POINTS_MAX, _VISITS_MAX = 10_000_000, 100_000
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_PLENTY = {"times": 1_000_000, "satang": 10**12}
_REWARDS = {EffectKind.REWARD_DISCOUNT, EffectKind.REWARD_PRODUCT, EffectKind.REWARD_COUPON}
_FIELDS = (
    "amount",
    "who",
    "tier",
    "points",
    "stamps",
    "stamps_of",
    "visits",
    "at",
    "branch",
    "with",
    "times",
    "program",
)


@dataclass(frozen=True)
class Asked:
    """The form as it was filled in; what was never filled in has its default."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def filled(self) -> bool:
        """Whether there is a bill to try."""
        return any(self[name] for name in ("amount", *(f"code{n}" for n in range(1, ROWS + 1))))


@dataclass(frozen=True)
class Told:
    """The answer. ``why``: (fired, name, sentence), those that did something first."""

    sums: tuple[str, ...]
    why: tuple[tuple[bool, str, str], ...]
    left_out: tuple[str, ...] = ()


class _NoProduct(Exception):
    """Nothing of the catalogue has the code that was typed."""


def asked(fields: Mapping[str, str]) -> Asked:
    """What of a request belongs to the form."""
    names = (*_FIELDS, *(f"{name}{n}" for n in range(1, ROWS + 1) for name in ("code", "quantity")))
    return Asked({name: fields.get(name, "").strip()[:80] for name in names})


def of_shop(connection: Connection, only: str = "") -> dict[str, Any]:
    """The shop's programs as a program file's JSON; ``only``: just this one."""
    table = schema.catalogue

    def bodies(entity: FeedEntity) -> list[Any]:
        query = select(table.c.body).where(table.c.entity == entity.value).order_by(table.c.code, table.c.id)
        return [json.loads(body) for body in connection.execute(query).scalars()]

    company = rule_books.organisation(connection)
    categories = [codec.from_wire(Category, body) for body in bodies(FeedEntity.CATEGORY)]
    return {
        "format": 2,
        "programs": [body for body in bodies(FeedEntity.PROGRAM) if not only or body["id"] == only],
        "definitions": bodies(FeedEntity.COUPON_DEFINITION),
        "categories": {each.id: each.parent_id for each in categories},
        "settings": codec.to_wire(company.settings) if company is not None else {},
    }


def of_file(connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
    """A file on the ground of the shop: its coupons, categories and settings, where the file has none of its own."""
    shop = of_shop(connection)
    ids = {each.get("id") for each in data.get("definitions", [])}
    return {
        "format": data.get("format", 2),
        "programs": data.get("programs", []),
        "definitions": [
            *data.get("definitions", []),
            *(each for each in shop["definitions"] if each["id"] not in ids),
        ],
        "categories": {**shop["categories"], **data.get("categories", {})},
        "settings": {**shop["settings"], **data.get("settings", {})},
    }


def with_file_names(names: Names, file: Mapping[str, Any]) -> Names:
    """The names of the shop with those of a file's own tiers, stamps and coupons."""
    settings = codec.from_wire(Settings, file["settings"])
    levels = settings.tiers.levels if settings.tiers is not None else ()
    return replace(
        names,
        tiers={level.code: names.own(level.name_th, level.name_en) for level in levels},
        currencies={each.code: names.own(each.name_th, each.name_en) for each in settings.currencies},
    )


def attempt(
    connection: Connection, file: dict[str, Any], ask: Asked, names: Names, now: datetime, zone: str
) -> Told | Remark:
    """Try the bill of the form under the programs of ``file``; a remark where either cannot be read."""
    kept, left_out = _usable(file)
    try:
        bill, member = _bill(connection, kept, ask, now, zone), _member(ask)
        result = tried(kept, bill, member)
        definitions = {each.id: names.own(each.name_th, each.name_en) for each in parse(kept).definitions}
    except _NoProduct as missing:
        return Remark("", say("console", "try_no_product", names.language, {"code": str(missing)}))
    except PosMemberError as refused:
        if refused.reason is Reason.PAYLOAD_INVALID:
            return Remark(str(refused.params["where"]), said_want(str(refused.params["want"]), names.language))
        return Remark("", say_error(refused, names.language))
    return Told(_sums(result, names, definitions), _why(result, names), left_out)


def _usable(file: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The file without programs that are wrong, and the codes of those: at the till they do nothing either."""
    whole = _shaped(file)
    if whole is None:
        return file, ()
    bad = {int(found[1]) for each in problems(whole) if (found := re.match(r"programs\[(\d+)\]", each.where))}
    kept = [each for i, each in enumerate(file["programs"]) if i not in bad]
    return {**file, "programs": kept}, tuple(whole.programs[i].code for i in sorted(bad))


def _shaped(file: dict[str, Any]) -> ProgramFile | None:
    """The file as far as its shape goes; ``None`` where even that is wrong."""
    try:
        return parse_shape(file)
    except Refusal:
        return None


def _bill(connection: Connection, file: dict[str, Any], ask: Asked, now: datetime, zone: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    if ask["amount"]:
        lines.append({"price_satang": parse_baht(ask["amount"])})
    for n in range(1, ROWS + 1):
        if ask[f"code{n}"]:
            lines.append(_product_line(connection, ask[f"code{n}"], ask[f"quantity{n}"] or "1"))
    programs = [read_program(each) for each in file["programs"]]
    limited = [each.id for each in programs if each.limits.needs_quota]
    limited += [each["id"] for each in file["definitions"] if each.get("total") is not None]
    times = _number(ask["times"], "times", 1_000)
    rewards = [
        each.id for each in programs if times and each.effect.kind in _REWARDS and ask["program"] in ("", each.id)
    ]
    return {
        "at": _moment(ask["at"], now, zone).isoformat(),
        "lines": lines,
        "branch": ask["branch"],
        "brand": _brand(connection, ask["branch"]),
        "rewards": [{"program": each, "times": times} for each in rewards],
        # How much the tills still hold is another matter: here it is what the program would do.
        "quotas": dict.fromkeys(limited, _PLENTY),
    }


def _product_line(connection: Connection, typed: str, quantity: str) -> dict[str, Any]:
    table = schema.catalogue
    here = (table.c.entity == FeedEntity.PRODUCT.value) & (table.c.code == typed)
    body = connection.execute(select(table.c.body).where(here)).scalars().first()
    if body is None and _CODE.fullmatch(typed):
        near = (table.c.entity == FeedEntity.PRODUCT.value) & table.c.body.like(f'%"barcode":"{typed}"%')
        body = connection.execute(select(table.c.body).where(near)).scalars().first()
    if body is None:
        raise _NoProduct(typed)
    product = codec.from_wire(Product, json.loads(body))
    return {
        "price_satang": product.price_satang,
        "quantity_milli": _number(quantity, "quantity", 9_999) * 1_000,
        "product": product.id,
        "name_th": product.name_th,
        "name_en": product.name_en,
        "category": product.category_id,
        "brand": product.brand_id,
        "tags": list(product.tags),
    }


def _member(ask: Asked) -> dict[str, Any] | None:
    if ask["who"] == "nobody":
        return None
    stamps = {ask["stamps_of"]: _number(ask["stamps"], "stamps", _POINTS_MAX)} if ask["stamps_of"] else {}
    return {
        "points": _number(ask["points"], "points", _POINTS_MAX),
        "tier": ask["tier"],
        "visits": _number(ask["visits"], "visits", _VISITS_MAX),
        "stamps": stamps,
    }


def _number(text: str, where: str, most: int) -> int:
    cleaned = text.replace(",", "")
    if not cleaned:
        return 0
    if not (cleaned.isdecimal() and len(cleaned) < 12 and int(cleaned) <= most):
        raise Refusal(Reason.PAYLOAD_INVALID, where=where, want=f"0 … {most:,}")
    return int(cleaned)


def _moment(text: str, now: datetime, zone: str) -> datetime:
    if not text:
        return now
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise Refusal(Reason.PAYLOAD_INVALID, where="at", want="time") from None


def _brand(connection: Connection, branch_id: str) -> str:
    table = schema.catalogue
    here = (table.c.entity == FeedEntity.BRANCH.value) & (table.c.id == branch_id)
    body = connection.execute(select(table.c.body).where(here)).scalars().first()
    return str(json.loads(body).get("brand_id", "")) if body else ""


def _sums(result: Evaluation, names: Names, coupons: Mapping[str, str]) -> tuple[str, ...]:
    def text(key: str, **params: object) -> str:
        return say("program", key, names.language, params)

    lines = [
        text(
            "try_to_pay",
            gross_satang=result.gross_satang,
            discount_satang=result.discount_satang,
            total_satang=result.total_satang,
        ),
        text("try_points", earned=result.points_earned, redeemed=result.points_redeemed),
    ]
    for currency, count in sorted(result.stamps_earned.items()):
        lines.append(text("try_stamps", currency=names.currencies.get(currency, currency), count=count))
    lines += [
        text("try_coupon", coupon=coupons.get(due.definition_id, ""), count=due.count)
        for due in result.coupons_to_issue
    ]
    if result.tier_change is not None:
        before, after = (names.tiers.get(t, t) for t in (result.tier_change.before, result.tier_change.after))
        lines.append(text("try_tier", before=before or "–", after=after))
    for goal in result.goals:
        done, target = (format_baht(n, trim=True) if goal.unit == "spend" else n for n in (goal.done, goal.target))
        unit = names.text(f"unit_{goal.unit}")
        lines.append(text("try_goal", name=names.own(goal.name_th, goal.name_en), done=done, target=target, unit=unit))
    if result.nearest is not None:
        lines.append(text("try_nearest", said=_sentence(result.nearest, names)))
    return tuple(lines)


def _why(result: Evaluation, names: Names) -> tuple[tuple[bool, str, str], ...]:
    listed = sorted(result.explanations, key=lambda why: not why.fired)
    return tuple((why.fired, names.own(why.name_th, why.name_en), _sentence(why, names)) for why in listed)


def _sentence(why: Explanation, names: Names) -> str:
    return say("explain", why.key, names.language, why.params)
