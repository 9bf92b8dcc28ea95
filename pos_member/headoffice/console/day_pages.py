"""Which day of which till is complete, and what is missing: a page to read and print, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

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
    """The last days by branch and till, and what a person has to see to."""
    branches = read_branches(visit.connection)
    chosen = visit.chosen_branch(branches)
    listed = [each for each in days.lately(visit.connection, visit.now, visit.zone) if chosen in ("", each.branch_id)]
    tills = list(dict.fromkeys(each.till_id for each in listed))
    shown = set(tills[:TILLS_SHOWN_MAX])
    found = [each for each in listed if each.till_id in shown]
    today = today_of(visit)
    columns = [today - timedelta(days=n) for n in range(days.DAYS_SHOWN - 1, -1, -1)]
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
        wrong=wrong[:WRONG_SHOWN_MAX],
        more_wrong=max(0, len(wrong) - WRONG_SHOWN_MAX),
        more=len(tills) - len(shown),
        chosen=chosen,
        owing=_owing(visit.connection),
        branches=branches,
        marks=MARKS,
        states=list(DayState),
    )


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
    branches = read_branches(visit.connection)
    rows = []
    for each in days.lately(visit.connection, visit.now, visit.zone):
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
    return csv_answer(f"days-{today_of(visit)}", _HEADER, rows)
