"""The console's pages about programs that are read: the list, one program, its costs as a file, tiers and stamps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from pos_member.domain.clock import business_date
from pos_member.headoffice.console import figures, program_file, program_views, settings_text, trying
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.program_text import Names
from pos_member.headoffice.console.render import HEADERS, error_page, language_of
from pos_member.services.csv_text import BYTE_ORDER_MARK, csv_lines

#: Columns of the chart of costs.
DAYS_SHOWN_MAX = 62
_WIDTH = 720


@dataclass(frozen=True)
class TryForm:
    """What the form for trying programs out needs. ``outcome``: ``Told``, ``Remark`` or ``None``."""

    asked: trying.Asked
    names: Names
    branches: Mapping[str, Any]
    outcome: object = None

    @property
    def told(self) -> trying.Told | None:
        """The answer, where there is one."""
        return self.outcome if isinstance(self.outcome, trying.Told) else None

    @property
    def remark(self) -> program_file.Remark | None:
        """What could not be read."""
        return self.outcome if isinstance(self.outcome, program_file.Remark) else None


def today_of(visit: Visit) -> date:
    """The shop's day."""
    return business_date(visit.now, visit.zone)


def names_for(visit: Visit) -> Names:
    """What everything is called in this reader's language."""
    return program_views.read_names(visit.connection, language_of(visit.request))


def csv_answer(name: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> Response:
    """A table as a file for a spreadsheet."""
    text = BYTE_ORDER_MARK + "".join(csv_lines(header, rows))
    disposition = f'attachment; filename="{"".join(c if c.isalnum() and c.isascii() else "-" for c in name)}.csv"'
    return Response(text.encode(), media_type="text/csv", headers={**HEADERS, "Content-Disposition": disposition})


def plain_baht(satang: int) -> str:
    """``1234.50``, as a spreadsheet reads it."""
    return f"{'-' if satang < 0 else ''}{abs(satang) // 100}.{abs(satang) % 100:02d}"


def program_page(
    visit: Visit, program_id: str, status: int = 200, problem: str = "", ask: trying.Asked | None = None
) -> Response:
    """One program's page, with a bill tried where one was asked for."""
    names = names_for(visit)
    shown = program_views.read_program(visit.connection, program_id, names, today_of(visit))
    if shown is None:
        return error_page(visit.request, 404, visit.now)
    ask = ask or trying.Asked()
    outcome = None
    if ask.filled:
        file = trying.of_shop(visit.connection, "" if ask["with"] == "all" else program_id)
        outcome = trying.attempt(visit.connection, file, ask, names, visit.now, visit.zone)
    branches = figures.read_branches(visit.connection)
    return visit.page(
        "program.html",
        status,
        v=shown,
        row=shown.row,
        branches=branches,
        form=TryForm(ask, names, branches, outcome),
        chart=chart(shown.days),
        problem=problem,
        done=visit.request.query_params.get("done", ""),
    )


def chart(days: list[program_views.DayCost]) -> list[tuple[int, int, int, program_views.DayCost]]:
    """(x, width, height 0 … 100, day) of the columns of a chart 720 wide: the newest days, also those with nothing."""
    if not days:
        return []
    first = max(days[0].day, days[-1].day - timedelta(days=DAYS_SHOWN_MAX - 1))
    step = _WIDTH // max((days[-1].day - first).days + 1, 14)
    shown = [day for day in days if day.day >= first]
    return [((day.day - first).days * step, max(3, step - 3), max(day.bar, 1), day) for day in shown]


def program_pages(guard: Guard) -> APIRouter:
    """What can be read about programs."""
    router = APIRouter(include_in_schema=False)

    @router.get("/programs")
    def listed(request: Request) -> Response:
        def show(visit: Visit) -> Response:
            rows = program_views.read_rows(visit.connection, names_for(visit), today_of(visit))
            told = [request.query_params.get(name, "") for name in ("new", "changed")]
            counts = [int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0 for text in told]
            return visit.page("programs.html", rows=rows, put=counts)

        return guard.seen(request, show)

    @router.get("/programs/settings")
    def settings(request: Request) -> Response:
        def show(visit: Visit) -> Response:
            acts = program_views.acts_on(visit.connection, "settings")
            return visit.page("program_settings.html", acts=acts, s=settings_words(visit.connection, names_for(visit)))

        return guard.seen(request, show)

    @router.get("/programs/new")
    def new(request: Request, library: str = "", program: str = "") -> Response:
        """The box: empty, with a ready-made program, or with one of the shop's."""

        def show(visit: Visit) -> Response:
            text = program_views.as_file(visit.connection, program) if program else program_file.library_text(library)
            return box_page(visit, text, picked=library)

        return guard.seen(request, show)

    @router.get("/programs/{program_id}")
    def one(request: Request, program_id: str) -> Response:
        ask = trying.asked({**dict(request.query_params), "program": program_id})
        return guard.seen(request, lambda visit: program_page(visit, program_id, ask=ask))

    @router.get("/programs/{program_id}/cost.csv")
    def cost(request: Request, program_id: str) -> Response:
        def show(visit: Visit) -> Response:
            found = program_views.read_program(visit.connection, program_id, names_for(visit), today_of(visit))
            if found is None:
                return error_page(request, 404, visit.now)
            header = ("date", "bills", "points", "discount", "coupons_issued", "coupons_used", "coupon_value", "cost")
            return csv_answer(f"{found.row.program.code}-cost", header, map(_cost_row, found.days))

        return guard.seen(request, show)

    return router


def _cost_row(day: program_views.DayCost) -> tuple[str, ...]:
    cost = day.cost
    return (
        day.day.isoformat(),
        str(cost.bills),
        str(cost.points),
        plain_baht(cost.discount_satang),
        str(cost.coupons_issued),
        str(cost.coupons_used),
        plain_baht(cost.coupon_satang),
        plain_baht(day.spent_satang),
    )


def box_page(
    visit: Visit,
    text: str,
    status: int = 200,
    picked: str = "",
    problems: tuple[program_file.Remark, ...] = (),
    warnings: tuple[program_file.Remark, ...] = (),
    form: TryForm | None = None,
) -> Response:
    """The page with the box for a program file, and the library to start from."""
    names = names_for(visit)
    branches = figures.read_branches(visit.connection)
    shown = [
        (entry.name, names.own(entry.name_th, entry.name_en), names.own(entry.description_th, entry.description_en))
        for entry in program_file.library()
    ]
    return visit.page(
        "program_new.html",
        status,
        text=text,
        library=shown,
        picked=next((title for name, title, _ in shown if name == picked), ""),
        problems=problems,
        warnings=warnings,
        form=form or TryForm(trying.Asked(), names, branches),
    )


def settings_words(connection: Connection, names: Names) -> dict[str, object]:
    """Tiers, stamp currencies and points of the organisation, in words."""
    settings = program_views.settings_of(connection)
    return {
        "rules": settings_text.tier_rules(settings, names),
        "levels": settings_text.tier_levels(settings, names),
        "stamps": settings_text.stamps(settings, names),
        "points_end": settings_text.ends(settings, names),
        "pending_days": settings.points_pending_days,
        "point_value_satang": settings.point_value_satang,
    }
