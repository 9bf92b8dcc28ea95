"""A rule book made ready for evaluation: sorted, grouped, scopes resolved, broken programs set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from pos_member.domain.codec import canonical_bytes
from pos_member.domain.coupon import CouponDefinition, Scope
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
    BILL_DISCOUNT = 2
    REWARD = 3
    EARN = 4
    MULTIPLY = 5
    ISSUE = 6


_STAGES = {
    EffectKind.REWARD_DISCOUNT: Stage.REWARD,
    EffectKind.EARN_PER_STEP: Stage.EARN,
    EffectKind.EARN_PER_UNIT: Stage.EARN,
    EffectKind.EARN_FIXED: Stage.EARN,
    EffectKind.MULTIPLY: Stage.MULTIPLY,
    EffectKind.ISSUE_COUPON: Stage.ISSUE,
}
_MOVES_POINTS = frozenset({Stage.REWARD, Stage.EARN, Stage.MULTIPLY})


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """A valid program with its kind, stage, gate and scope bit. ``everything``: its scope is all goods."""

    program: Program
    kind: EffectKind
    stage: Stage
    gate: Gate
    scope: int
    everything: bool


@dataclass(frozen=True, slots=True)
class CompiledGroup:
    """Programs of one stage that combine; a program without a group is a group of its own."""

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
    for program in sorted(book.programs, key=lambda p: (p.stacking.priority, p.code, p.id)):
        reason = _inert(program, book.definitions)
        if reason is None:
            runnable.append(program)
        else:
            inert.append(reason)
    scopes = index_scopes(
        [_EVERYTHING, *(p.scope for p in runnable), *(d.scope for d in book.definitions.values())],
        book.category_parents,
    )
    compiled = [_compile(program, scopes) for program in runnable]
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


def _inert(program: Program, definitions: Mapping[str, CouponDefinition]) -> Explanation | None:
    if program.format > PROGRAM_FORMAT:
        return missed(program, "newer_format", {"format": program.format})
    if program.effect.kind not in KNOWN_KINDS:
        return missed(program, "unknown_kind", {"kind": program.effect.kind})
    if not program.active:
        return missed(program, "inactive")
    problems = validate(program, definitions)
    if problems:
        return missed(program, "invalid", {"where": problems[0].where, "want": problems[0].want})
    return None


def _compile(program: Program, scopes: ScopeIndex) -> CompiledProgram:
    kind = EffectKind(program.effect.kind)
    everything = program.scope == _EVERYTHING
    stage = _STAGES.get(kind) or (Stage.BILL_DISCOUNT if everything else Stage.LINE_DISCOUNT)
    gate = gate_of(program, needs_member=stage in _MOVES_POINTS)
    return CompiledProgram(program, kind, stage, gate, scopes.number(program.scope), everything)


def _groups(programs: list[CompiledProgram]) -> tuple[CompiledGroup, ...]:
    """Groups in the order of their first program, whose ``combine`` holds for the whole group."""
    named: dict[str, list[CompiledProgram]] = {}
    for i, compiled in enumerate(programs):
        group = compiled.program.stacking.group
        # A name that no file can hold keeps programs without a group apart.
        named.setdefault(group or f"\x00{i}", []).append(compiled)
    return tuple(CompiledGroup(ps[0].program.stacking.combine, tuple(ps)) for ps in named.values())
