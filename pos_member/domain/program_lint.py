"""Everything there is to say about a program file before it is used: problems, and warnings of what looks like a slip.

A problem keeps the file from being read. A warning does not: the file means something, though likely not what its
author meant. Nothing here is a sentence: problems are a field and what it has to be, warnings a key of the table
``program`` with its parameters.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.errors import Refusal
from pos_member.domain.org import Settings
from pos_member.domain.program import KNOWN_KINDS, PROGRAM_FORMAT, Combine, EffectKind, Program
from pos_member.domain.program_check import Problem
from pos_member.domain.program_files import ProgramFile, parse_shape, problems

_PROBLEMS_MAX = 100
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_DISCOUNTS = frozenset(
    {EffectKind.DISCOUNT_PERCENT, EffectKind.DISCOUNT_AMOUNT, EffectKind.FIXED_PRICE}
    | {EffectKind.CHEAPEST_FREE, EffectKind.BUY_X_GET_Y}
)
_BASE = frozenset({EffectKind.EARN_PER_STEP, EffectKind.EARN_IN_PROPORTION})
_COUPON_KINDS = frozenset({EffectKind.ISSUE_COUPON, EffectKind.REWARD_COUPON, EffectKind.TOP_SPENDER})


@dataclass(frozen=True)
class Notice:
    """Something that looks like a slip: where, the key of its sentence, and the sentence's parameters."""

    where: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """``file`` is there when there is no problem."""

    problems: tuple[Problem, ...]
    warnings: tuple[Notice, ...]
    file: ProgramFile | None


def examine(data: Any, today: date, *, alone: bool = False) -> Findings:
    """Everything wrong with a program file's JSON, and what looks like a slip on ``today``.

    ``alone``: no shop is at hand. A file that names stamp currencies is taken to name all that its programs use.
    """
    found: list[Problem] = []
    rest = copy.deepcopy(data)
    shaped = None
    while shaped is None and len(found) < _PROBLEMS_MAX:
        try:
            shaped = parse_shape(rest)
        except Refusal as refused:
            where = str(refused.params["where"])
            found.append(Problem(where, str(refused.params["want"])))
            # With the field at fault taken out, what comes after it is looked at too.
            if not _taken_out(rest, where):
                break
    if shaped is None:
        return Findings(tuple(found), (), None)
    currencies = {each.code for each in shaped.settings.currencies}
    meant = problems(shaped, currencies if alone and currencies else None)
    # A field that was taken out is not missing.
    told = {problem.where for problem in found}
    found += [problem for problem in meant if problem.where not in told]
    told = {problem.where for problem in found}
    warnings = tuple(notice for notice in _warnings(shaped, today) if notice.where not in told)
    return Findings(tuple(found), warnings, None if found else shaped)


def _taken_out(data: Any, where: str) -> bool:
    """Take the field at ``where`` out of ``data``; whether it was there. Of an item of a list: the whole list."""
    steps: list[str | int] = [int(number) if number else name for name, number in _STEP.findall(where)]
    while steps and isinstance(steps[-1], int):
        steps.pop()
    if steps in ([], ["programs"], ["definitions"]):
        # A program that is no object, or no list of programs: the numbers of the others would shift.
        return False
    place = data
    for step in steps[:-1]:
        inner = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, list) and isinstance(step, int) and step < len(place):
            inner = place[step]
        place = inner
    if not isinstance(place, dict) or steps[-1] not in place:
        return False
    del place[steps[-1]]
    return True


def _warnings(file: ProgramFile, today: date) -> Iterator[Notice]:
    for i, program in enumerate(file.programs):
        where = f"programs[{i}]"
        if program.format > PROGRAM_FORMAT:
            yield Notice(f"{where}.format", "newer_format", {"format": program.format})
        elif program.effect.kind not in KNOWN_KINDS:
            yield Notice(f"{where}.effect.kind", "unknown_kind", {"kind": program.effect.kind})
        else:
            yield from _of_program(program, where, file, today)
    yield from _of_file(file, today)


def _of_program(program: Program, where: str, file: ProgramFile, today: date) -> Iterator[Notice]:
    window, effect, audience = program.window, program.effect, program.audience
    kind = EffectKind(effect.kind)
    if window.date_to is not None and window.date_to < today:
        yield Notice(f"{where}.window.date_to", "window_over", {"date_to": window.date_to})
    if not program.active:
        yield Notice(f"{where}.active", "inactive")
    if program.stacking.combine is not Combine.SUM and not program.stacking.group:
        yield Notice(f"{where}.stacking.combine", "combine_without_group")
    if audience.visits and audience.every_visit:
        yield Notice(f"{where}.audience.every_visit", "visits_twice")
    for name in ("products", "categories", "brands", "tags"):
        both = set(getattr(program.scope, name)) & set(getattr(program.scope, f"exclude_{name}"))
        if both:
            yield Notice(f"{where}.scope.exclude_{name}", "named_and_excluded", {"names": ", ".join(sorted(both))})
    if kind in _DISCOUNTS and not effect.maximum_satang and effect.percent_bp > 5_000 and _unlimited(program):
        yield Notice(f"{where}.effect.percent_bp", "large_percent", {"percent": effect.percent_bp // 100})
    if program.limits.needs_quota:
        yield Notice(f"{where}.limits", "needs_quota")
    yield from _unknown_names(program, where, file.settings)


def _unlimited(program: Program) -> bool:
    return program.scope == type(program.scope)() and not program.trigger.minimum_quantity_milli


def _unknown_names(program: Program, where: str, settings: Settings) -> Iterator[Notice]:
    """Tiers and currencies that the file's settings do not hold: right where the shop's own settings have them."""
    tiers = {level.code for level in settings.tiers.levels} if settings.tiers is not None else set()
    for i, tier in enumerate(program.audience.tiers):
        if tier not in tiers:
            yield Notice(f"{where}.audience.tiers[{i}]", "tier_unknown", {"tier": tier})
    currency = program.effect.currency
    if currency and currency not in {each.code for each in settings.currencies}:
        yield Notice(f"{where}.effect.currency", "currency_unknown", {"currency": currency})


def _of_file(file: ProgramFile, today: date) -> Iterator[Notice]:
    issued = {program.effect.coupon for program in file.programs if program.effect.kind in _COUPON_KINDS}
    for i, definition in enumerate(file.definitions):
        where = f"definitions[{i}]"
        if definition.value_kind is CouponValueKind.UNKNOWN:
            yield Notice(f"{where}.value_kind", "unknown_coupon")
            continue
        if definition.id not in issued:
            yield Notice(f"{where}.id", "coupon_of_no_program", {"code": definition.code})
        yield from _of_definition(definition, where, today)
    yield from _stacked_multipliers(file)
    yield from _points_twice(file)
    yield from _rewards_without_points(file)


def _of_definition(definition: CouponDefinition, where: str, today: date) -> Iterator[Notice]:
    if definition.valid_until is not None and definition.valid_until < today:
        yield Notice(f"{where}.valid_until", "coupon_over", {"date_to": definition.valid_until})
    dear = definition.value_kind is CouponValueKind.AMOUNT and definition.minimum_spend_satang == 0
    if dear and definition.value >= 50_000:
        yield Notice(f"{where}.minimum_spend_satang", "dear_coupon", {"amount_satang": definition.value})


def _stacked_multipliers(file: ProgramFile) -> Iterator[Notice]:
    """Two multipliers without a group add up: often meant to be the larger one."""
    open_ones = [
        i
        for i, program in enumerate(file.programs)
        if program.effect.kind == EffectKind.MULTIPLY and program.active and not program.stacking.group
    ]
    groups = Counter(file.programs[i].stacking.priority for i in open_ones)
    if sum(groups.values()) > 1:
        yield Notice(f"programs[{open_ones[1]}].stacking.group", "multipliers_add")


def _points_twice(file: ProgramFile) -> Iterator[Notice]:
    """Base points of one currency from two programs on all goods, with nothing to tell them apart."""
    seen: set[tuple[object, ...]] = set()
    for i, program in enumerate(file.programs):
        if program.effect.kind not in _BASE or not program.active or program.stacking.group:
            continue
        who = (program.effect.currency, program.scope, program.audience, program.window)
        if who in seen:
            yield Notice(f"programs[{i}].effect.kind", "points_twice")
        seen.add(who)


def _rewards_without_points(file: ProgramFile) -> Iterator[Notice]:
    """A reward in a currency that nothing in the file earns: fine beside other files, a slip alone."""
    rewards = {EffectKind.REWARD_DISCOUNT, EffectKind.REWARD_PRODUCT, EffectKind.REWARD_COUPON}
    earns = {EffectKind.EARN_PER_STEP, EffectKind.EARN_PER_UNIT, EffectKind.EARN_FIXED, EffectKind.EARN_IN_PROPORTION}
    earned = {program.effect.currency for program in file.programs if program.effect.kind in earns}
    for i, program in enumerate(file.programs):
        if program.effect.kind in rewards and program.effect.currency and program.effect.currency not in earned:
            where = f"programs[{i}].effect.currency"
            yield Notice(where, "currency_not_earned", {"currency": program.effect.currency})
