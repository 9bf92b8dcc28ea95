"""A program in plain words: one sentence for a list, and all of its parts for its own page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pos_member.domain.bill import MILLI
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.money import format_baht
from pos_member.domain.program import KNOWN_KINDS, Basis, EffectKind, GoalMetric, Program, VatBasis
from pos_member.wording import keys, say

_ALL_BP = 10_000
_SCOPE_PARTS = ("products", "categories", "brands", "tags")


@dataclass(frozen=True)
class Names:
    """What ids and codes are called, in the language of the reader; what has no name here shows as it is written."""

    language: str
    things: Mapping[str, str] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    coupons: Mapping[str, str] = field(default_factory=dict)

    def text(self, key: str, **params: object) -> str:
        """A text of the table ``program_text``."""
        return say("program_text", key, self.language, params)

    def own(self, name_th: str, name_en: str) -> str:
        """The name in the reader's language, or the other one where there is none."""
        return (name_th if self.language == "th" else name_en) or name_th or name_en

    def listed(self, ids: Iterable[str], known: Mapping[str, str] | None = None) -> str:
        """Names of ids, with commas."""
        names = self.things if known is None else known
        return ", ".join(names.get(each, each) for each in ids)

    def amount(self, points: int, currency: str) -> str:
        """``3 points``, or stamps."""
        if currency:
            return self.text("stamps", n=points, name=self.currencies.get(currency, currency))
        return self.text("point" if points == 1 else "points", n=points)


def sentence(program: Program, names: Names) -> str:
    """What the program does, in one line."""
    if program.effect.kind not in KNOWN_KINDS:
        return names.text("effect_unknown", kind=program.effect.kind[:40])
    clauses = [*_effect(program, names), *_goal(program, names), *_minimum(program, names)]
    if program.scope != Scope():
        clauses.append(goods(program.scope, names))
    clauses += _who(program, names)
    return " · ".join(clauses)


def parts(program: Program, names: Names) -> list[tuple[str, str]]:
    """(Heading, text) for every part of the program."""

    def row(name: str, clauses: list[str], otherwise: str = "") -> tuple[str, str]:
        return names.text(f"part_{name}"), " · ".join(clauses) or (names.text(otherwise) if otherwise else "")

    if program.effect.kind not in KNOWN_KINDS:
        return [row("what", [sentence(program, names)])]
    everybody = "who_members" if program.audience.members_only else "who_everybody"
    minimum = [*_minimum(program, names)] or [names.text("trigger_none")]
    trigger = program.trigger
    minimum += [names.text(f"basis_{Basis(trigger.basis).value}"), names.text(f"vat_{VatBasis(trigger.vat).value}")]
    found = [
        row("what", _effect(program, names)),
        row("goal", _goal(program, names)),
        row("who", _who(program, names), everybody),
        row("when", _when(program, names), "when_always"),
        row("where", _where(program, names), "where_all"),
        row("goods", [goods(program.scope, names)]),
        row("minimum", minimum),
        row("limits", _limits(program, names), "limit_none"),
        row("stacking", _stacking(program, names), "stacking_alone"),
        row("rounding", [names.text(f"rounding_{program.rounding.value}")]),
    ]
    return [(heading, text) for heading, text in found if text]


def goods(scope: Scope, names: Names) -> str:
    """Which goods count."""
    named = [
        names.text(f"goods_{part}", names=names.listed(getattr(scope, part)))
        for part in _SCOPE_PARTS
        if getattr(scope, part)
    ] or [names.text("goods_all")]
    out = [
        names.text(f"goods_{part}", names=names.listed(getattr(scope, f"exclude_{part}")))
        for part in _SCOPE_PARTS
        if getattr(scope, f"exclude_{part}")
    ]
    if out:
        named.append(names.text("goods_exclude", goods=", ".join(out)))
    return " · ".join(named)


def coupon(definition: CouponDefinition, names: Names) -> str:
    """What a coupon is worth and how long."""
    kind, value = definition.value_kind, definition.value
    if kind is CouponValueKind.UNKNOWN:
        return names.text("value_unknown")
    clauses = [names.text(f"value_{kind.value}", amount_satang=value, percent=percent(value), n=value)]
    if definition.value_max_satang is not None:
        clauses.append(names.text("effect_maximum", maximum_satang=definition.value_max_satang))
    if definition.minimum_spend_satang:
        clauses.append(names.text("trigger_minimum", minimum_satang=definition.minimum_spend_satang))
    if definition.scope != Scope():
        clauses.append(goods(definition.scope, names))
    clauses.append(names.text("coupon_days", n=definition.valid_days))
    if definition.valid_after_days:
        clauses.append(names.text("coupon_after", n=definition.valid_after_days))
    if definition.valid_until is not None:
        clauses.append(names.text("coupon_until", valid_until=definition.valid_until))
    if definition.total is not None:
        clauses.append(names.text("coupon_total", n=definition.total))
    if not definition.bearer:
        clauses.append(names.text("coupon_personal"))
    return " · ".join(clauses)


def said_want(want: str, language: str) -> str:
    """What a field has to be, as a sentence."""
    if want in keys("wants"):
        return say("wants", want, language)
    return say("program", "must_be", language, {"want": want})


def percent(basis_points: int) -> str:
    """``12.5`` of 1250."""
    return _plain(Fraction(basis_points, 100))


def _plain(value: Fraction) -> str:
    text = f"{float(value):,.3f}".rstrip("0").rstrip(".")
    return text or "0"


def _effect(program: Program, names: Names) -> list[str]:
    effect = program.effect
    kind = EffectKind(effect.kind)
    params: dict[str, object] = {
        "amount": names.amount(effect.points, effect.currency),
        "referrer": names.amount(effect.referrer_points, ""),
        "coupons": _coupons(program, names),
        "factor": _plain(effect.factor),
        "percent": percent(effect.percent_bp),
        "step_satang": effect.step_satang,
        "amount_satang": effect.amount_satang,
        "buy": effect.buy or 1,
        "get": effect.get or 1,
        "count": effect.count,
    }
    clauses = [names.text(_key(program, kind), **params)]
    if effect.get_scope is not None:
        clauses.append(names.text("effect_get_scope", goods=goods(effect.get_scope, names)))
    if effect.carry:
        clauses.append(names.text("effect_carry"))
    if effect.maximum_satang is not None:
        clauses.append(names.text("effect_maximum", maximum_satang=effect.maximum_satang))
    return clauses


def _key(program: Program, kind: EffectKind) -> str:
    effect = program.effect
    if kind in (EffectKind.ISSUE_COUPON, EffectKind.DRAW_ENTRIES) and effect.step_satang:
        return f"effect_{kind.value}_step"
    if kind is EffectKind.FIXED_PRICE and effect.buy <= 1:
        return "effect_fixed_price_one"
    in_part = effect.percent_bp not in (0, _ALL_BP)
    if kind is EffectKind.CHEAPEST_FREE and in_part:
        return "effect_cheapest_percent"
    if kind is EffectKind.BUY_X_GET_Y and in_part:
        return "effect_buy_x_get_percent"
    return f"effect_{kind.value}"


def _coupons(program: Program, names: Names) -> str:
    effect = program.effect
    if not effect.coupon:
        return ""
    name = names.coupons.get(effect.coupon) or names.text("coupon_not_there", id=effect.coupon[:60])
    # The count of a top-spender program is how many members win, one coupon each.
    count = 1 if effect.kind == EffectKind.TOP_SPENDER else effect.count
    return names.text("coupons", name=name, n=count)


def _goal(program: Program, names: Names) -> list[str]:
    goal = program.goal
    if goal is None:
        return []
    if goal.metric is GoalMetric.SPEND:
        reached = names.text("goal_spend", target=format_baht(goal.target, trim=True))
    elif goal.metric is GoalMetric.QUANTITY:
        reached = names.text("goal_quantity", target=_plain(Fraction(goal.target, MILLI)))
    else:
        reached = names.text("goal_bills", target=goal.target)
    times = names.text("goal_times_all") if goal.times_max is None else names.text("goal_times", n=goal.times_max)
    return [f"{reached} {names.text(f'goal_{goal.period.value}')}", times]


def _minimum(program: Program, names: Names) -> list[str]:
    trigger = program.trigger
    found = []
    if trigger.minimum_satang:
        found.append(names.text("trigger_minimum", minimum_satang=trigger.minimum_satang))
    if trigger.minimum_quantity_milli:
        found.append(names.text("trigger_quantity", n=_plain(Fraction(trigger.minimum_quantity_milli, MILLI))))
    return found


def _who(program: Program, names: Names) -> list[str]:
    """What narrows the audience; empty for all members, or for everybody."""
    who = program.audience
    found = []
    if who.tiers:
        found.append(names.text("who_tiers", names=names.listed(who.tiers, names.tiers)))
    if who.birthday_month:
        found.append(names.text("who_birthday_month"))
    if who.birthday_days_before is not None or who.birthday_days_after is not None:
        before, after = who.birthday_days_before or 0, who.birthday_days_after or 0
        found.append(names.text("who_birthday_window", before=before, after=after))
    for key, codes in (("who_segments", who.segments), ("who_not_segments", who.exclude_segments)):
        if codes:
            found.append(names.text(key, names=names.listed(codes)))
    if who.visits:
        found.append(names.text("who_visits", names=names.listed(str(each) for each in who.visits)))
    for key, n in (
        ("who_every_visit", who.every_visit),
        ("who_absent_min", who.absent_days_min),
        ("who_absent_max", who.absent_days_max),
    ):
        if n is not None:
            found.append(names.text(key, n=n))
    return found


def _when(program: Program, names: Names) -> list[str]:
    window = program.window
    found = []
    days = {"date_from": window.date_from, "date_to": window.date_to}
    if window.date_from and window.date_to:
        found.append(names.text("when_between", **days))
    elif window.date_from or window.date_to:
        found.append(names.text("when_from" if window.date_from else "when_to", **days))
    if window.weekdays:
        named = ", ".join(names.text(f"day_{day}") for day in window.weekdays if 1 <= day <= 7)
        found.append(names.text("when_weekdays", names=named))
    if window.hour_from or window.hour_to:
        hours = {"hour_from": window.hour_from or "00:00", "hour_to": window.hour_to or "24:00"}
        found.append(names.text("when_hours", **hours))
    return found


def _where(program: Program, names: Names) -> list[str]:
    window = program.window
    return [
        names.text(f"where_{part}", names=names.listed(ids))
        for part, ids in (("branches", window.branches), ("brands", window.brands))
        if ids
    ]


def _limits(program: Program, names: Names) -> list[str]:
    limits = program.limits
    listed = ("per_bill", "per_member_day", "per_member_month", "per_member_year", "per_member", "total")
    found = [names.text(f"limit_{name}", n=getattr(limits, name)) for name in listed if getattr(limits, name)]
    if limits.budget_satang is not None:
        found.append(names.text("limit_budget", budget_satang=limits.budget_satang))
    return found


def _stacking(program: Program, names: Names) -> list[str]:
    stacking = program.stacking
    found = []
    if stacking.group:
        found.append(names.text(f"stacking_{stacking.combine.value}", group=stacking.group))
    if stacking.exclusive:
        found.append(names.text("stacking_exclusive"))
    found += [] if found else [names.text("stacking_alone")]
    return [*found, names.text("stacking_priority", n=stacking.priority)]
