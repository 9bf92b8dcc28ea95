"""How the line to head office stands, in words: the same at the window and at the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pos_member.domain.clock import format_moment

#: (table, key, language, parameters) → the sentence.
Say = Callable[[str, str, str, Mapping[str, object]], str]
_TABLE = "line"
_JOIN = " · "
#: Reasons with a word of their own for what is the matter and what to do (``why_…`` and ``next_…`` of the table).
WORDED = frozenset(
    {
        "line_down",
        "certificate_untrusted",
        "certificate_time",
        "answer_not_ours",
        "headoffice_busy",
        "headoffice_failed",
        "headoffice_refused",
        "till_revoked",
        "till_not_enrolled",
        "sync_fork",
        "sync_gap",
    }
)


@dataclass(frozen=True)
class LineFigures:
    """What is to be told. ``reason``: a ``Reason`` value or empty; times aware; ``zone``: the shop's."""

    bills_waiting: int
    waiting: int
    since: datetime | None
    last_contact: datetime | None
    reason: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    loading_percent: int | None = None
    loading_paused: bool = False
    suspended: bool = False
    clock_off_s: int = 0
    waits_for_night: str = ""
    limited: bool = False


@dataclass(frozen=True)
class LineWords:
    """``told``: "12 bills waiting, oldest 3 h, last contact 12:04, …"; ``next_step``: what to do, empty for nothing;
    ``notes``: what else is so."""

    told: str
    next_step: str
    notes: tuple[str, ...]


def line_words(figures: LineFigures, now: datetime, zone: str, language: str, say: Say) -> LineWords:
    """All of it in one language."""

    def text(key: str, **params: object) -> str:
        return say(_TABLE, key, language, params)

    parts = [_waiting(figures, text)]
    if figures.since is not None and figures.waiting:
        parts.append(text("oldest", age=_age(now, figures.since, text)))
    last = figures.last_contact
    heard = format_moment(last, now, zone, language) if last is not None else ""
    parts.append(text("contact", when=heard) if heard else text("contact_never"))
    next_step = ""
    if figures.reason in WORDED:
        parts.append(text("cause", why=text(f"why_{figures.reason}")))
        next_step = text(f"next_{figures.reason}")
    elif figures.reason:
        next_step = say("reasons", figures.reason, language, figures.params)
    turn_at = figures.params.get("turn_at")
    if isinstance(turn_at, datetime):
        parts.append(text("turn", when=format_moment(turn_at, now, zone, language)))
    return LineWords(_JOIN.join(parts), next_step, _notes(figures, text))


def _waiting(figures: LineFigures, text: Callable[..., str]) -> str:
    if figures.bills_waiting:
        return text("bills_waiting", n=figures.bills_waiting)
    return text("items_waiting", n=figures.waiting) if figures.waiting else text("nothing_waiting")


def _notes(figures: LineFigures, text: Callable[..., str]) -> tuple[str, ...]:
    notes = []
    if figures.loading_percent is not None:
        notes.append(text("load_paused" if figures.loading_paused else "loading", n=figures.loading_percent))
    if figures.suspended:
        notes.append(text("suspended"))
    if figures.clock_off_s:
        key = "clock_ahead" if figures.clock_off_s > 0 else "clock_behind"
        notes.append(text(key, off=_span(abs(figures.clock_off_s), text)))
    if figures.waits_for_night:
        notes.append(text("night", when=figures.waits_for_night))
    if figures.limited:
        notes.append(text("limited"))
    return tuple(notes)


def _age(now: datetime, since: datetime, text: Callable[..., str]) -> str:
    return _span(max(0, int((now - since).total_seconds())), text)


def _span(seconds: int, text: Callable[..., str]) -> str:
    """In the largest unit that gives two or more, or one hour, or minutes."""
    minutes = seconds // 60
    if minutes < 60:
        return text("minutes", n=minutes)
    if minutes < 48 * 60:
        return text("hours", n=minutes // 60)
    days = minutes // 1440
    # What a clock in a wrong year is told by.
    return text("days", n=days) if days < 2 * 365 else text("years", n=days // 365)
