"""A rule book made ready for evaluation: sorted, grouped, scopes resolved, broken programs set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from pos_member.domain.codec import canonical_bytes
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.explain import missed
from pos_member.domain.matching import Gate, ScopeIndex, gate_of, index_scopes
from pos_member.domain.org import Settings
from pos_member.domain.pricing import Explanation, RuleBook
from pos_member.domain.program import KNOWN_KINDS, PROGRAM_FORMAT, Combine, EffectKind, Program
from pos_member.domain.program_check import validate

_EVERYTHING = Scope()


class Stage(IntEnum):
    """The order of evaluation."""

    LINE_DISCOUNT = 1
    FREE_GOODS = 2
    BILL_DISCOUNT = 3
    REWARD = 4
    EARN = 5
    MULTIPLY = 6
    ADD = 7
    ISSUE = 8
    DRAW = 9
    REFERRAL = 10


DISCOUNTS = (Stage.LINE_DISCOUNT, Stage.FREE_GOODS, Stage.BILL_DISCOUNT)
_STAGES = {
    EffectKind.FIXED_PRICE: Stage.LINE_DISCOUNT,
    EffectKind.CHEAPEST_FREE: Stage.FREE_GOODS,
    EffectKind.BUY_X_GET_Y: Stage.FREE_GOODS,
    EffectKind.REWARD_DISCOUNT: Stage.REWARD,
    EffectKind.REWARD_PRODUCT: Stage.REWARD,
    EffectKind.REWARD_COUPON: Stage.REWARD,
    EffectKind.EARN_PER_STEP: Stage.EARN,
    EffectKind.EARN_IN_PROPORTION: Stage.EARN,
    EffectKind.EARN_PER_UNIT: Stage.EARN,
    EffectKind.EARN_FIXED: Stage.EARN,
    EffectKind.MULTIPLY: Stage.MULTIPLY,
    EffectKind.ADD_POINTS: Stage.ADD,
    EffectKind.ISSUE_COUPON: Stage.ISSUE,
    EffectKind.DRAW_ENTRIES: Stage.DRAW,
    EffectKind.REFERRAL: Stage.REFERRAL,
}
_MOVES_POINTS = frozenset({Stage.REWARD, Stage.EARN, Stage.MULTIPLY, Stage.ADD, Stage.DRAW, Stage.REFERRAL})
#: Of rewards of one priority those that need certain goods on the bill come before those that take money off any.
_GOODS_FIRST = frozenset({EffectKind.REWARD_PRODUCT.value})
_ISSUES = frozenset({EffectKind.ISSUE_COUPON.value, EffectKind.REWARD_COUPON.value})


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """A valid program with its kind, stage, gate and scope bit. ``everything``: its scope is all goods.

    ``get_scope``: the bit of the goods that are given, or ``None`` where they are those of ``scope``.
    """

    program: Program
    kind: EffectKind
    stage: Stage
    gate: Gate
    scope: int
    everything: bool
    get_scope: int | None = None


@dataclass(frozen=True, slots=True)
class CompiledGroup:
    """Programs of one stage that combine; a program without a group is a group of its own.

    The discount programs of a group of which only one may run share the last of their stages: what is compared must
    stand side by side.
    """

    combine: Combine
    programs: tuple[CompiledProgram, ...]


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """What ``evaluate`` runs on: immutable, shared between threads, built once per change of programs.

    ``inert`` explains the programs that are switched off, broken, or of a kind or format this build does not know.
    """

    settings: Settings
    zone: ZoneInfo
    definitions: Mapping[str, CouponDefinition]
    scopes: ScopeIndex
    stages: Mapping[Stage, tuple[CompiledGroup, ...]]
    inert: tuple[Explanation, ...]
    #: Names the rule book: head office computes a bill again only under the rules that the till had.
    digest: str = ""
    vat_rate_bp: int = 0


def compile_rules(book: RuleBook) -> CompiledRules:
    """Make ``book`` ready. Never fails on a program: what cannot run is inert and explained.

    The order of ``book.programs`` does not matter: programs run by stage, priority, code and id.
    """
    runnable: list[Program] = []
    inert: list[Explanation] = []
    for program in sorted(book.programs, key=_order):
        reason = _inert(program, book.definitions)
        if reason is None:
            runnable.append(program)
        else:
            inert.append(reason)
    scopes = index_scopes(
        [
            _EVERYTHING,
            *(p.scope for p in runnable),
            *(p.effect.get_scope for p in runnable if p.effect.get_scope is not None),
            *(d.scope for d in book.definitions.values()),
        ],
        book.category_parents,
    )
    compiled = _side_by_side([_compile(program, scopes) for program in runnable])
    return CompiledRules(
        settings=book.settings,
        zone=ZoneInfo(book.settings.zone),
        definitions=dict(book.definitions),
        scopes=scopes,
        stages={stage: _groups([p for p in compiled if p.stage is stage]) for stage in Stage},
        inert=tuple(inert),
        digest=digest_of(book),
        vat_rate_bp=book.vat_rate_bp,
    )


def digest_of(book: RuleBook) -> str:
    """16 hex digits of the SHA-256 of all that evaluation reads; the order of programs does not matter."""
    ordered = replace(book, programs=tuple(sorted(book.programs, key=lambda program: program.id)))
    return sha256(canonical_bytes(ordered)).hexdigest()[:16]


def _order(program: Program) -> tuple[int, bool, str, str]:
    return (program.stacking.priority, program.effect.kind not in _GOODS_FIRST, program.code, program.id)


def _inert(program: Program, definitions: Mapping[str, CouponDefinition]) -> Explanation | None:
    if program.format > PROGRAM_FORMAT:
        return missed(program, "newer_format", {"format": program.format})
    if program.effect.kind not in KNOWN_KINDS:
        return missed(program, "unknown_kind", {"kind": program.effect.kind})
    if not program.active:
        return missed(program, "inactive")
    if program.effect.kind == EffectKind.TOP_SPENDER:
        return missed(program, "head_office")
    problems = validate(program, definitions)
    if problems:
        return missed(program, "invalid", {"where": problems[0].where, "want": problems[0].want})
    if program.effect.kind in _ISSUES and definitions[program.effect.coupon].value_kind is CouponValueKind.UNKNOWN:
        return missed(program, "unknown_coupon")
    return None


def _compile(program: Program, scopes: ScopeIndex) -> CompiledProgram:
    kind = EffectKind(program.effect.kind)
    everything = program.scope == _EVERYTHING
    stage = _STAGES.get(kind) or (Stage.BILL_DISCOUNT if everything else Stage.LINE_DISCOUNT)
    gate = gate_of(program, needs_member=stage in _MOVES_POINTS)
    given = program.effect.get_scope if kind is EffectKind.BUY_X_GET_Y else None
    get_scope = None if given is None or given == program.scope else scopes.number(given)
    return CompiledProgram(program, kind, stage, gate, scopes.number(program.scope), everything, get_scope)


def _side_by_side(programs: list[CompiledProgram]) -> list[CompiledProgram]:
    last: dict[str, Stage] = {}
    for compiled in programs:
        stacking = compiled.program.stacking
        if stacking.group and stacking.combine is not Combine.SUM and compiled.stage in DISCOUNTS:
            last[stacking.group] = max(last.get(stacking.group, compiled.stage), compiled.stage)
    return [
        replace(compiled, stage=last[compiled.program.stacking.group])
        if compiled.stage in DISCOUNTS and compiled.program.stacking.group in last
        else compiled
        for compiled in programs
    ]


def _groups(programs: list[CompiledProgram]) -> tuple[CompiledGroup, ...]:
    """Groups in the order of their first program, whose ``combine`` holds for the whole group."""
    named: dict[str, list[CompiledProgram]] = {}
    for i, compiled in enumerate(programs):
        group = compiled.program.stacking.group
        # A name that no file can hold keeps programs without a group apart.
        named.setdefault(group or f"\x00{i}", []).append(compiled)
    return tuple(CompiledGroup(ps[0].program.stacking.combine, tuple(ps)) for ps in named.values())
