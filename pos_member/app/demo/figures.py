"""What the scripted day came to, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_member.app.demo.probe import Gap, LoopProbe
from pos_member.services.reports import DayReport


@dataclass(frozen=True)
class DayFigures:
    """What the day came to."""

    bills: int
    returns: int
    sales_satang: int
    keys: int
    ui_worst_ms: float
    ui_over_frame: int
    ui_over_blocked: int
    ui_ticks: int
    #: Of the time away, what the UI thread itself computed.
    ui_own_worst_ms: float
    ui_own_over_frame: int
    ui_own_over_blocked: int
    gaps: tuple[Gap, ...]
    keys_by_step: tuple[tuple[str, int], ...]


def figures_of(report: DayReport, probe: LoopProbe, keys: int, keys_by_step: Sequence[tuple[str, int]]) -> DayFigures:
    """The till's own report of the day, and what the probe saw of its window."""
    return DayFigures(
        bills=report.bills,
        returns=report.returns,
        sales_satang=report.sales_satang,
        keys=keys,
        ui_worst_ms=round(probe.worst_ms, 1),
        ui_over_frame=probe.over_frame,
        ui_over_blocked=probe.over_blocked,
        ui_ticks=probe.ticks,
        ui_own_worst_ms=round(probe.worst_busy_ms, 1),
        ui_own_over_frame=probe.busy_over_frame,
        ui_own_over_blocked=probe.busy_over_blocked,
        gaps=tuple(probe.gaps),
        keys_by_step=tuple(keys_by_step),
    )
