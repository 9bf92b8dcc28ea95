"""The JSON Schema of program files, made from the dataclasses, their words and the bounds of ``effect_check`` and
``program_check``.

``python -m scripts.program_schema`` writes it to ``docs/programs.schema.json``; a test holds the two together, and
another holds it against the reader. It describes the format this build writes: what a newer one adds is read and inert,
and so are unknown kinds, which the schema lets pass. What spans several fields (ids used once, a coupon that is there,
days in order) is said by ``pos-member program check``.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any, Union, get_args, get_origin

from pos_member.domain.coupon import DEFINITION_FORMAT, CouponValueKind
from pos_member.domain.effect_check import (
    COUPONS_PER_STEP_MAX,
    PERCENT_MAX_BP,
    PIECES_MAX,
    POINTS_MAX,
    TIMES_MAX,
    WINNERS_MAX,
)
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.org import Settings
from pos_member.domain.program import KNOWN_KINDS, PROGRAM_FORMAT, EffectKind
from pos_member.domain.program_check import TEXT_MAX
from pos_member.domain.program_files import ProgramFile
from pos_member.domain.program_words import WORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Bounds = tuple[int, int]
_MONEY: _Bounds = (1, AMOUNT_MAX_SATANG)
_MONEY_OR_NONE: _Bounds = (0, AMOUNT_MAX_SATANG)
_TIMES: _Bounds = (1, TIMES_MAX)
_POINTS: _Bounds = (1, POINTS_MAX)
_PERCENT: _Bounds = (1, PERCENT_MAX_BP)
_COUPONS: _Bounds = (1, COUPONS_PER_STEP_MAX)
_TOTAL: _Bounds = (1, TIMES_MAX * 1_000)
_BUNDLE: Mapping[str, _Bounds] = {
    "buy": (1, PIECES_MAX),
    "get": (1, PIECES_MAX),
    "percent_bp": (0, PERCENT_MAX_BP),
    "maximum_satang": _MONEY,
}

#: Bounds that hold whatever the kind; ``None`` stays allowed where the field takes it.
BOUNDS: Mapping[str, _Bounds] = {
    "Audience.birthday_days_before": (0, 183),
    "Audience.birthday_days_after": (0, 183),
    "Audience.every_visit": _TIMES,
    "Audience.absent_days_min": (0, 36_500),
    "Audience.absent_days_max": (0, 36_500),
    "Trigger.minimum_satang": _MONEY_OR_NONE,
    "Trigger.minimum_quantity_milli": _MONEY_OR_NONE,
    "Limits.per_bill": _TIMES,
    "Limits.per_member_day": _TIMES,
    "Limits.per_member_month": _TIMES,
    "Limits.per_member_year": _TIMES,
    "Limits.per_member": _TIMES,
    "Limits.total": _TOTAL,
    "Limits.budget_satang": _MONEY,
    "Goal.target": _MONEY,
    "Goal.times_max": _TIMES,
    "CouponDefinition.value_max_satang": _MONEY,
    "CouponDefinition.minimum_spend_satang": _MONEY_OR_NONE,
    "CouponDefinition.valid_days": (1, 36_500),
    "CouponDefinition.valid_after_days": (0, 3_650),
    "CouponDefinition.per_bill_max": (1, 100),
    "CouponDefinition.uses_per_code": _TIMES,
    "CouponDefinition.per_member_day": _TIMES,
    "CouponDefinition.per_member_month": _TIMES,
    "CouponDefinition.per_member": _TIMES,
    "CouponDefinition.total": _TOTAL,
    "CouponDefinition.minimum_quantity_milli": _MONEY_OR_NONE,
}
#: Bounds of the items of a list.
ITEM_BOUNDS: Mapping[str, _Bounds] = {"Window.weekdays": (1, 7), "Audience.visits": _TIMES}
#: What each kind needs of its effect, and within which bounds.
KIND_BOUNDS: Mapping[EffectKind, Mapping[str, _Bounds]] = {
    EffectKind.EARN_PER_STEP: {"points": _POINTS, "step_satang": _MONEY},
    EffectKind.EARN_IN_PROPORTION: {"points": _POINTS, "step_satang": _MONEY},
    EffectKind.EARN_PER_UNIT: {"points": _POINTS},
    EffectKind.EARN_FIXED: {"points": _POINTS},
    EffectKind.ADD_POINTS: {"points": _POINTS},
    EffectKind.ISSUE_COUPON: {"step_satang": _MONEY_OR_NONE, "count": _COUPONS},
    EffectKind.DISCOUNT_PERCENT: {"percent_bp": _PERCENT, "maximum_satang": _MONEY},
    EffectKind.DISCOUNT_AMOUNT: {"amount_satang": _MONEY, "maximum_satang": _MONEY},
    EffectKind.FIXED_PRICE: {"buy": (0, PIECES_MAX), "amount_satang": _MONEY, "maximum_satang": _MONEY},
    EffectKind.CHEAPEST_FREE: _BUNDLE,
    EffectKind.BUY_X_GET_Y: _BUNDLE,
    EffectKind.REWARD_DISCOUNT: {"points": _POINTS, "amount_satang": _MONEY},
    EffectKind.REWARD_PRODUCT: {"points": _POINTS, "get": (0, PIECES_MAX)},
    EffectKind.REWARD_COUPON: {"points": _POINTS, "count": _COUPONS},
    EffectKind.DRAW_ENTRIES: {"step_satang": _MONEY_OR_NONE, "count": (1, PIECES_MAX)},
    EffectKind.REFERRAL: {"points": (0, POINTS_MAX), "referrer_points": (0, POINTS_MAX)},
    EffectKind.TOP_SPENDER: {"count": (1, WINNERS_MAX)},
}
#: Fields that must be written, since their default is outside of the bounds.
KIND_NEEDS: Mapping[EffectKind, tuple[str, ...]] = {
    EffectKind.EARN_PER_STEP: ("points", "step_satang"),
    EffectKind.EARN_IN_PROPORTION: ("points", "step_satang"),
    EffectKind.EARN_PER_UNIT: ("points",),
    EffectKind.EARN_FIXED: ("points",),
    EffectKind.MULTIPLY: ("factor",),
    EffectKind.ADD_POINTS: ("points",),
    EffectKind.ISSUE_COUPON: ("coupon",),
    EffectKind.DISCOUNT_PERCENT: ("percent_bp",),
    EffectKind.DISCOUNT_AMOUNT: ("amount_satang",),
    EffectKind.FIXED_PRICE: ("amount_satang",),
    EffectKind.CHEAPEST_FREE: ("buy", "get"),
    EffectKind.BUY_X_GET_Y: ("buy", "get"),
    EffectKind.REWARD_DISCOUNT: ("points", "amount_satang"),
    EffectKind.REWARD_PRODUCT: ("points",),
    EffectKind.REWARD_COUPON: ("points", "coupon"),
    EffectKind.TOP_SPENDER: ("coupon",),
}
_VALUE_MAX: Mapping[CouponValueKind, int] = {
    CouponValueKind.AMOUNT: AMOUNT_MAX_SATANG,
    CouponValueKind.PERCENT: PERCENT_MAX_BP,
    CouponValueKind.PRODUCT: PIECES_MAX,
    CouponValueKind.CHEAPEST: PIECES_MAX,
}
_NOT_BLANK = frozenset({"Program.id", "Program.code", "CouponDefinition.id", "CouponDefinition.code"})
_HOURS = frozenset({"Window.hour_from", "Window.hour_to"})
_HOUR_PATTERN = r"^(|([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_FRACTION_PATTERN = r"^[0-9]{1,9}(/[1-9][0-9]{0,8}|\.[0-9]{1,9})?$"
_DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#: Formats this build reads in full.
_FORMATS: Mapping[str, int] = {
    "ProgramFile.format": PROGRAM_FORMAT,
    "Program.format": PROGRAM_FORMAT,
    "CouponDefinition.format": DEFINITION_FORMAT,
}


def schema() -> dict[str, Any]:
    """The schema as JSON data. Raises ``LookupError`` for a field without words."""
    definitions: dict[str, Any] = {}
    root = _object(ProgramFile, definitions)
    return {
        "$schema": DIALECT,
        "title": "POS Member program file",
        "description": f"Programs and coupon definitions, format {PROGRAM_FORMAT}. See docs/programs.md.",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(cls: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a dataclass; those inside it go to ``definitions``."""
    hints = typing.get_type_hints(cls)
    properties: dict[str, Any] = {}
    required = []
    for field in dataclasses.fields(cls):
        name = f"{cls.__name__}.{field.name}"
        if name not in WORDS:
            if cls is Settings:
                # Choices of screens and paper; a program file has no use for them and the reader lets them pass.
                continue
            raise LookupError(f"no words for {name}")
        properties[field.name] = {
            **_shape(hints[field.name], name, definitions),
            "title": field.name.replace("_", " "),
            "description": WORDS[name],
            **_default(field),
        }
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(field.name)
    if cls is ProgramFile:
        required = ["format", "programs"]
        properties["format"].pop("default", None)
        words = "Where an editor finds this schema; means nothing to the reader."
        properties["$schema"] = {"type": "string", "title": "schema", "description": words}
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        made["required"] = required
    return made | _closing(cls, properties)


def _closing(cls: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Which further fields are allowed, and what depends on the kind."""
    name = cls.__name__
    if name == "Settings":
        return {}
    if name == "Effect":
        known = {"properties": {"kind": {"enum": sorted(KNOWN_KINDS)}}, "required": ["kind"]}
        return {
            "allOf": [
                {"if": known, "then": {"propertyNames": {"enum": sorted(properties)}}},
                *(_kind_rule(kind) for kind in EffectKind if kind in KIND_BOUNDS or kind in KIND_NEEDS),
            ]
        }
    if name == "CouponDefinition":
        return {"additionalProperties": False, "allOf": [_value_rule(kind, most) for kind, most in _VALUE_MAX.items()]}
    return {"additionalProperties": False}


def _value_rule(kind: CouponValueKind, most: int) -> dict[str, Any]:
    return {
        "if": {"properties": {"value_kind": {"const": kind.value}}, "required": ["value_kind"]},
        "then": {"properties": {"value": _between((1, most))}},
    }


def _kind_rule(kind: EffectKind) -> dict[str, Any]:
    bounds = {name: _between(limits) for name, limits in KIND_BOUNDS.get(kind, {}).items()}
    return {
        "if": {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]},
        "then": {"required": list(KIND_NEEDS.get(kind, ())), "properties": bounds},
    }


def _between(bounds: _Bounds) -> dict[str, int]:
    return {"minimum": bounds[0], "maximum": bounds[1]}


def _default(field: dataclasses.Field[Any]) -> dict[str, Any]:
    """The default, where it is a plain value."""
    if isinstance(field.default, bool | int | str) and not isinstance(field.default, Enum):
        return {"default": field.default}
    if isinstance(field.default, Enum):
        return {"default": field.default.value}
    return {"default": None} if field.default is None else {}


def _shape(kind: Any, name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in get_args(kind) if arg is not types.NoneType)
        return _or_null(_shape(inner, name, definitions))
    if origin is tuple:
        item = _shape(get_args(kind)[0], f"{name}[]", definitions)
        bounds = ITEM_BOUNDS.get(name)
        return {"type": "array", "items": {**item, **(_between(bounds) if bounds else {})}}
    if origin is not None:
        return {"type": "object", "additionalProperties": _shape(get_args(kind)[1], f"{name}[]", definitions)}
    if dataclasses.is_dataclass(kind):
        held = typing.cast(type, kind).__name__
        if held not in definitions:
            definitions[held] = {}
            definitions[held] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{held}"}
    return _scalar(kind, name)


def _scalar(kind: Any, name: str) -> dict[str, Any]:
    if kind is Fraction:
        return {"type": ["string", "integer"], "pattern": _FRACTION_PATTERN}
    if kind is date:
        return {"type": "string", "pattern": _DATE_PATTERN, "format": "date"}
    if name == "CouponDefinition.value_kind":
        return {"type": "string", "examples": [each.value for each in _VALUE_MAX]}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        bounds = BOUNDS.get(name)
        if name in _FORMATS:
            bounds = (1, _FORMATS[name])
        limits = _between(bounds) if bounds else {}
        return {"type": "integer", **limits}
    if name == "Effect.kind":
        # A list to choose from, and any other text for the kinds of tomorrow.
        return {"type": "string", "examples": sorted(KNOWN_KINDS)}
    if name in _HOURS:
        return {"type": "string", "pattern": _HOUR_PATTERN}
    text: dict[str, Any] = {"type": "string"}
    owner, _, field_name = name.partition(".")
    if owner in ("Program", "CouponDefinition") and field_name in TEXT_MAX:
        text["maxLength"] = TEXT_MAX[field_name]
    return {**text, "pattern": r"^[^|]*[^|\s][^|]*$"} if name in _NOT_BLANK else text


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    if isinstance(shape.get("type"), str):
        return {**shape, "type": [shape["type"], "null"]}
    return {"anyOf": [shape, {"type": "null"}]}
