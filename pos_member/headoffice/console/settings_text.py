"""The organisation's settings that programs read, in plain words: tiers, stamps, when points end."""

from __future__ import annotations

from pos_member.domain.money import format_baht
from pos_member.domain.org import Currency, Settings
from pos_member.domain.tiers import Demotion, TierWindow
from pos_member.headoffice.console.program_text import Names, percent

_ENDS = frozenset({"points_expiry", "points_expiry_months", "points_expiry_day", "points_expiry_period_months"})


def tier_rules(settings: Settings, names: Names) -> list[str]:
    """How tiers are counted and lost; empty without tiers."""
    scheme = settings.tiers
    if scheme is None:
        return []
    rolling = scheme.window is TierWindow.ROLLING
    n = scheme.window_months if rolling else scheme.start_month
    found = [names.text("tiers_rolling" if rolling else "tiers_calendar", n=n)]
    found.append(names.text("tiers_one_step" if scheme.demotion is Demotion.ONE_STEP else "tiers_recomputed"))
    if scheme.grace_days:
        found.append(names.text("tiers_grace", n=scheme.grace_days))
    return found


def tier_levels(settings: Settings, names: Names) -> list[tuple[str, str, str]]:
    """(code, name, what reaches it), lowest first."""
    scheme = settings.tiers
    if scheme is None:
        return []
    key = f"tier_{scheme.metric.value}"
    return [
        (
            level.code,
            names.own(level.name_th, level.name_en),
            names.text(key, n=level.minimum, minimum_satang=level.minimum),
        )
        for level in scheme.levels
    ]


def stamps(settings: Settings, names: Names) -> list[tuple[str, str, str]]:
    """(code, name, when they end)."""
    return [(each.code, names.own(each.name_th, each.name_en), ends(each, names)) for each in settings.currencies]


def ends(of: Settings | Currency, names: Names) -> str:
    """When points or stamps end."""
    if isinstance(of, Settings):
        found = (of.points_expiry, of.points_expiry_months, of.points_expiry_day, of.points_expiry_period_months)
    else:
        found = (of.expiry, of.expiry_months, of.expiry_day, of.expiry_period_months)
    kind, months, day, period = found
    return names.text(f"expiry_{kind.value}", months=months, day=day, period=period)


def said(settings: Settings, name: str, names: Names) -> str:
    """One setting in words, for comparing it with what a file would make of it."""
    if name == "tiers":
        levels = [f"{called} {least}" for _, called, least in tier_levels(settings, names)]
        return " · ".join([*levels, *tier_rules(settings, names)]) or "–"
    if name == "currencies":
        return " · ".join(f"{called} ({code}) {end}" for code, called, end in stamps(settings, names)) or "–"
    if name in _ENDS:
        return ends(settings, names)
    value = getattr(settings, name)
    if name.endswith("_satang"):
        return format_baht(value, trim=True)
    return f"{percent(value)}%" if name.endswith("_bp") else str(getattr(value, "value", value))
