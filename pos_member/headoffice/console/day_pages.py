"""Which day of which till is complete, and what is missing: a page to read and print, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, func, select

from pos_member.domain.clock import business_date
from pos_member.headoffice import days, owed, schema, times
from pos_member.headoffice.console.figures import read_branches
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.program_pages import csv_answer, plain_baht, today_of
from pos_member.headoffice.console.render import TILLS_SHOWN_MAX
from pos_member.headoffice.days import DayState, TillDay

#: What stands for a state beside its colour.
MARKS = {
    DayState.COMPLETE: ("✓", "online"),
    DayState.SET_ASIDE: ("✓!", "closed"),
    DayState.NOTHING: ("–", "closed"),
    DayState.OPEN: ("○", "closed"),
    DayState.UNCERTIFIED: ("?", "quiet"),
    DayState.GOES_ON: ("…", "quiet"),
    DayState.MISSING: ("✗", "lost"),
    DayState.DIFFERS: ("≠", "lost"),
}
_HEADER = (
    "branch",
    "till",
    "day",
    "state",
    "bills_said",
    "bills_held",
    "baht_said",
    "baht_held",
    "missing",
    "set_aside",
    "differs",
    "last_contact",
)

#: Days to see to that are listed; all of them are in the file.
WRONG_SHOWN_MAX = 300


@dataclass(frozen=True)
class Row:
    """One till in the grid: a day per column, ``None`` before it was enrolled."""

    label: str
    till_id: str
    cells: tuple[TillDay | None, ...]


@dataclass(frozen=True)
class Owing:
    """Events of an epoch that a till owes since head office was put back: from and to, a row each."""

    till_id: str
    label: str
    branch_id: str
    revoked: bool
    epoch: int
    missing: list[list[int]]
    since: datetime


@dataclass(frozen=True)
class Window:
    """The days that are shown, ``DAYS_SHOWN`` of them up to ``last``; ``earlier`` and ``later``: the last days of the
    windows beside it, ``None`` where there is nothing to see."""

    last: date
    today: date
    earlier: date | None
    later: date | None

    @property
    def first(self) -> date:
        """The oldest day."""
        return self.last - timedelta(days=days.DAYS_SHOWN - 1)

    @property
    def days(self) -> list[date]:
        """From the oldest to the newest."""
        return [self.first + timedelta(days=n) for n in range(days.DAYS_SHOWN)]

    @property
    def newest(self) -> bool:
        """Whether today is among them."""
        return self.later is None


def day_pages(guard: Guard) -> APIRouter:
    """What can be read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/days")
    def shown(request: Request) -> Response:
        return guard.seen(request, days_page)

    @router.get("/days.csv")
    def as_file(request: Request) -> Response:
        return guard.seen(request, _file)

    return router


def days_page(visit: Visit) -> Response:
    """Some days by branch and till, the last ones at first, and what a person has to see to."""
    branches, window = read_branches(visit.connection), _window(visit)
    chosen = visit.chosen_branch(branches)
    listed = [each for each in _till_days(visit, window) if chosen in ("", each.branch_id)]
    tills = list(dict.fromkeys(each.till_id for each in listed))
    shown = set(tills[:TILLS_SHOWN_MAX])
    found = [each for each in listed if each.till_id in shown]
    today, columns = window.today, window.days
    grid = [
        (branches.get(branch_id), _rows(list(here), columns))
        for branch_id, here in groupby(found, key=lambda each: each.branch_id)
    ]
    wrong = [each for each in listed if each.day < today and each.state not in days.SETTLED]
    wrong += [each for each in listed if each.day == today and each.state in (DayState.MISSING, DayState.DIFFERS)]
    return visit.page(
        "till_days.html",
        grid=grid,
        columns=columns,
        window=window,
        beside=f"branch={quote(chosen)}&" if chosen else "",
        wrong=wrong[:WRONG_SHOWN_MAX],
        more_wrong=max(0, len(wrong) - WRONG_SHOWN_MAX),
        more=len(tills) - len(shown),
        chosen=chosen,
        owing=_owing(visit.connection) if window.newest else [],
        branches=branches,
        marks=MARKS,
        states=list(DayState),
    )


def _window(visit: Visit) -> Window:
    """The days asked for by the last of them; no later than today, no earlier than the first till."""
    today = today_of(visit)
    try:
        asked = date.fromisoformat(visit.request.query_params.get("to", ""))
    except ValueError:
        asked = today
    begun = visit.connection.execute(select(func.min(schema.till.c.enrolled_at))).scalar_one()
    first = min(business_date(times.read(begun), visit.zone), today) if begun else today
    last = max(min(asked, today), first)
    step = timedelta(days=days.DAYS_SHOWN)
    return Window(
        last=last,
        today=today,
        earlier=last - step if last - step >= first else None,
        later=min(last + step, today) if last < today else None,
    )


def _till_days(visit: Visit, window: Window) -> tuple[TillDay, ...]:
    return days.till_days(visit.connection, window.first, window.last, visit.zone, now=visit.now)


def _owing(connection: Connection) -> list[Owing]:
    """What tills owe a head office that was put back, and has not come."""
    lacking = [(each, missing) for each, missing in owed.lacking(connection) if missing]
    if not lacking:
        return []
    tills = {row.id: row for row in connection.execute(select(schema.till))}
    return [
        Owing(till.id, till.label, till.branch_id, till.revoked, each.epoch, missing, times.read(each.since))
        for each, missing in lacking
        if (till := tills.get(each.till_id)) is not None
    ]


def _rows(here: list[TillDay], columns: list[date]) -> list[Row]:
    rows = []
    for till_id, mine in groupby(here, key=lambda each: each.till_id):
        by_day = {each.day: each for each in mine}
        label = next(iter(by_day.values())).label
        rows.append(Row(label, till_id, tuple(by_day.get(day) for day in columns)))
    return rows


def _file(visit: Visit) -> Response:
    branches, window = read_branches(visit.connection), _window(visit)
    rows = []
    for each in _till_days(visit, window):
        branch = branches.get(each.branch_id)
        said = each.said
        rows.append(
            (
                branch.code if branch else "",
                each.label,
                each.day.isoformat(),
                each.state.value,
                str(said.bills) if said else "",
                str(each.held.bills),
                plain_baht(said.total_satang) if said else "",
                plain_baht(each.held.total_satang),
                " ".join(f"{low}-{high}" for low, high in each.missing),
                str(each.set_aside),
                " ".join(one.figure for one in each.differences),
                each.last_contact_at.isoformat() if each.last_contact_at else "",
            )
        )
    return csv_answer(f"days-{window.last}", _HEADER, rows)
