"""Tiers, stamps, pending points and goals in words: one wording for the sell screen, the member page and the return."""

from __future__ import annotations

from datetime import date

from pos_member.domain.bill import MILLI
from pos_member.domain.clock import format_date
from pos_member.domain.money import format_baht
from pos_member.domain.org import Currency, Settings
from pos_member.domain.pricing import GoalProgress
from pos_member.domain.program import GoalMetric
from pos_member.domain.tiers import TierMetric
from pos_member.services.views import MemberPanel, StampView, TierView
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.moments import quantity_text, signed
from pos_member.wording import keys, say


def tier_name(settings: Settings, code: str) -> str:
    """The name of a tier: the scheme's, the usual one, or its code; "Member" without one."""
    scheme = settings.tiers
    for level in scheme.levels if scheme is not None else ():
        if level.code == code:
            return pick(level.name_th, level.name_en)
    known = f"tier_{code or 'none'}"
    return say("services", known, language()) if known in keys("services") else code


def tier_tone(code: str) -> str:
    """The badge's tone: gold for gold."""
    return "gold" if code.casefold() == "gold" else "neutral"


def tier_way(tier: TierView) -> str:
    """``อีก ฿1,250 ถึง Gold``: how far to the next tier; empty where nothing is missing."""
    if tier.missing > 0:
        name = pick(tier.next_name_th, tier.next_name_en)
        return tr("{missing} more to {tier}", missing=_tier_unit(tier.metric, tier.missing), tier=name)
    return "" if tier.next_name_th or tier.next_name_en else tr("The highest tier")


def tier_kept(tier: TierView, today: date) -> str:
    """``อยู่ถึง 31 ธ.ค.``: until when this tier is kept; empty where it is for good."""
    return "" if tier.keeps_until is None else tr("kept to {date}", date=short_date(tier.keeps_until, today))


def _tier_unit(metric: str, count: int) -> str:
    match metric:
        case TierMetric.SPEND:
            return format_baht(count, trim=True)
        case TierMetric.VISITS:
            return tr("{count} visit(s)", count=count)
        case _:
            return tr("{points} point(s)", points=count)


def short_date(day: date, today: date) -> str:
    """``31 ธ.ค.`` in this year, with the year in another."""
    text = format_date(day, language())
    return text.rpartition(" ")[0] if day.year == today.year else text


def stamp_text(stamp: StampView) -> str:
    """``ดวงกาแฟ 3/10``; without a reward that runs, the count alone."""
    name = pick(stamp.name_th, stamp.name_en)
    if stamp.target > 0:
        return f"{name} {stamp.count:,}/{stamp.target:,}"
    return f"{name} {stamp.count:,}"


def pending_text(panel: MemberPanel, today: date) -> str:
    """``รอใช้ได้ 30 แต้ม ตั้งแต่ 28 พ.ย.``, or nothing."""
    if not panel.pending_points or panel.pending_until is None:
        return ""
    when = short_date(panel.pending_until, today)
    return tr("{points} point(s) to be used from {date}", points=panel.pending_points, date=when)


def power_text(panel: MemberPanel) -> str:
    """``ใช้ได้แน่นอน 120 · แบบรอตรวจ 80``: where this till may not let all points go by itself; or nothing."""
    power = panel.power
    if power is None or power.guaranteed >= panel.spendable:
        return ""
    if not power.total:
        return tr("Points: only with head office's word")
    if not power.provisional:
        return tr("{points} point(s) can be used for certain", points=power.guaranteed)
    if not power.guaranteed:
        return tr("{points} point(s) can be used, to be checked later", points=power.provisional)
    return tr("{sure} certain · {more} to be checked", sure=power.guaranteed, more=power.provisional)


def currency_named(settings: Settings, code: str) -> Currency | None:
    """The stamp currency of this code."""
    return next((each for each in settings.currencies if each.code == code), None)


def count_of(settings: Settings, code: str, count: int) -> str:
    """``100 แต้ม`` or ``แสตมป์กาแฟ 10 ดวง``: so many points or stamps."""
    if not code:
        return tr("{points} point(s)", points=count)
    return tr("{count} × {name}", count=count, name=_currency_name(settings, code))


def stamps_moved(settings: Settings, code: str, count: int) -> str:
    """``แสตมป์กาแฟ +2``: stamps that came or went."""
    return f"{_currency_name(settings, code)} {signed(count)}"


def _currency_name(settings: Settings, code: str) -> str:
    known = currency_named(settings, code)
    return pick(known.name_th, known.name_en) if known is not None else code


def goal_done(goal: GoalProgress) -> bool:
    """Nothing more can be had of it in this period."""
    return goal.times_max is not None and goal.times_paid >= goal.times_max


def goal_part(goal: GoalProgress, reached: bool = False) -> tuple[int, int]:
    """(what counts towards the next time, the target): what was paid already is over; full where nothing is left.

    ``reached``: this bill brings it about.
    """
    if reached or goal_done(goal):
        return goal.target, goal.target
    return max(0, min(goal.done - goal.times_paid * goal.target, goal.target)), goal.target


def goal_text(goal: GoalProgress, reached: bool = False) -> str:
    """``฿450 จาก ฿1,000 · อีก ฿550``, or that it is done. ``reached``: this bill brings it about."""
    done, target = goal_part(goal)
    if reached:
        return tr("Reached with this bill")
    if goal_done(goal):
        return tr("Done for this time")
    if done >= target:
        # Full, and still nothing comes of it: a limit, or a share of this till that is used up.
        return tr("Full: Shift+F1 says what is missing")
    return tr(
        "{done} of {target} · {missing} to go",
        done=_goal_figure(goal.unit, done),
        target=_goal_figure(goal.unit, target),
        missing=_goal_unit(goal.unit, target - done),
    )


def _goal_unit(unit: str, count: int) -> str:
    match unit:
        case GoalMetric.QUANTITY:
            return tr("{count} piece(s)", count=_goal_figure(unit, count) if count % MILLI else count // MILLI)
        case GoalMetric.BILLS:
            return tr("{count} bill(s)", count=count)
        case _:
            return _goal_figure(unit, count)


def _goal_figure(unit: str, count: int) -> str:
    if unit == GoalMetric.SPEND:
        return format_baht(count, trim=True)
    return quantity_text(count) if unit == GoalMetric.QUANTITY else f"{count:,}"
