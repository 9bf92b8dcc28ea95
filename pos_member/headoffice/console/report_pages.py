"""The console's reports: clearing, what ends soon, draws, who spent most, bills computed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from pos_member.domain import codec
from pos_member.domain.draw_lots import canonical_text, verify_draw
from pos_member.headoffice import clearing_run, rechecking
from pos_member.headoffice.console import reports
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.program_pages import csv_answer, names_for, plain_baht, today_of
from pos_member.headoffice.console.render import HEADERS, error_page
from pos_member.headoffice.portable import Database


@dataclass(frozen=True)
class Days:
    """The days of a report, both inclusive; ``problem`` where they were not understood."""

    first: date
    last: date
    problem: str = ""


def days_of(fields: dict[str, str], today: date, most: int = 0) -> Days:
    """Days as a form names them; this month until today where it names none. ``most``: how many there may be."""
    month = Days(today.replace(day=1), today)
    first, last = fields.get("from", "").strip(), fields.get("to", "").strip()
    if not first and not last:
        return month
    try:
        found = Days(date.fromisoformat(first or last), date.fromisoformat(last or first))
    except ValueError:
        return Days(month.first, month.last, "days_wrong")
    if found.last < found.first:
        return Days(found.first, found.last, "days_turned")
    if most and (found.last - found.first) >= timedelta(days=most):
        return Days(found.first, found.last, "days_many")
    return found


def report_pages(guard: Guard) -> APIRouter:
    """What can be read."""
    router = APIRouter(include_in_schema=False)
    database = guard.office.database

    def page(address: str, show: Callable[[Visit], Response]) -> None:
        def answer(request: Request) -> Response:
            return guard.seen(request, show)

        router.add_api_route(f"/reports{address}", answer, methods=["GET"])

    page("", lambda visit: visit.page("reports.html", differing=reports.differing(visit.connection)))
    page("/clearing", lambda visit: clearing_page(visit, database))
    page("/clearing.csv", lambda visit: _clearing_file(visit, database))
    page("/expiry", expiry_page)
    page("/draws", draws_page)
    page("/top", top_page)
    page("/recheck", recheck_page)

    @router.get("/reports/draws/{program_id}")
    def one_draw(request: Request, program_id: str) -> Response:
        return guard.seen(
            request, lambda visit: draw_page(visit, program_id, request.query_params.get("commitment", ""))
        )

    @router.get("/reports/draws/{program_id}/{kind}")
    def draw_file(request: Request, program_id: str, kind: str) -> Response:
        """``record.json``: everything that checks the draw; ``list.txt``: the text whose hash was published."""
        return guard.seen(request, lambda visit: _draw_file(visit, program_id, kind))

    return router


def clearing_page(visit: Visit, database: Database) -> Response:
    """Who owes whom."""
    days = days_of(dict(visit.request.query_params), today_of(visit))
    found = None if days.problem else clearing_run.clear(database, days.first, days.last)
    return visit.page("clearing.html", 400 if days.problem else 200, days=days, c=found)


def _clearing_file(visit: Visit, database: Database) -> Response:
    days = days_of(dict(visit.request.query_params), today_of(visit))
    if days.problem:
        return error_page(visit.request, 400, visit.now)
    found = clearing_run.clear(database, days.first, days.last)
    header = ("row", "level", "from", "to", "points", "baht")
    return csv_answer(f"clearing-{days.first}-{days.last}", header, _clearing_rows(found))


def expiry_page(visit: Visit) -> Response:
    """What ends this month and next."""
    rows = reports.ending(visit.connection, today_of(visit))
    return visit.page("expiry.html", rows=rows, names=names_for(visit))


def draws_page(visit: Visit) -> Response:
    """Every draw."""
    rows = reports.draw_rows(visit.connection, today_of(visit))
    return visit.page("draws.html", rows=rows, names=names_for(visit))


def recheck_page(visit: Visit, days: Days | None = None, found: rechecking.Rechecked | None = None) -> Response:
    """The form for computing bills again, and what came of it."""
    today = today_of(visit)
    shown = days or Days(today - timedelta(days=6), today)
    differing = reports.differing(visit.connection)
    return visit.page("recheck.html", 400 if shown.problem else 200, days=shown, found=found, differing=differing)


def draw_page(
    visit: Visit, program_id: str, compared: str = "", status: int = 200, problem: str = "", said: str = ""
) -> Response:
    """One draw; ``compared``: a commitment that somebody wants to hold against it."""
    row = reports.draw_of(visit.connection, program_id, today_of(visit))
    if row is None:
        return error_page(visit.request, 404, visit.now)
    fault = verify_draw(row.record, compared.strip() or None) if row.record is not None else None
    same = None
    if compared.strip() and row.closed is not None:
        same = compared.strip().lower() == row.closed.commitment
    return visit.page(
        "draw.html",
        status,
        row=row,
        names=names_for(visit),
        fault=fault.value if fault else "",
        compared=compared.strip()[:80],
        same=same,
        problem=problem,
        said=said,
    )


def top_page(visit: Visit, status: int = 200, problem: str = "", said: str = "") -> Response:
    """Who spent most, program by program."""
    found = reports.rankings(visit.connection, today_of(visit))
    return visit.page("top.html", status, rankings=found, names=names_for(visit), problem=problem, said=said)


def _draw_file(visit: Visit, program_id: str, kind: str) -> Response:
    row = reports.draw_of(visit.connection, program_id, today_of(visit))
    if row is None or kind not in ("record.json", "list.txt"):
        return error_page(visit.request, 404, visit.now)
    if kind == "list.txt" and row.closed is not None:
        closed = row.closed
        content = canonical_text(closed.draw_id, closed.seed_source, closed.entries).encode()
    elif kind == "record.json" and row.record is not None:
        content = codec.canonical_bytes(row.record)
    else:
        return error_page(visit.request, 404, visit.now)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="draw-{kind}"'}
    media = "application/json" if kind.endswith("json") else "text/plain; charset=utf-8"
    return Response(content, media_type=media, headers=headers)


def _clearing_rows(found: clearing_run.Clearing) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for level, pairs, debts in (
        ("branch", found.branches, found.net_branches),
        ("brand", found.brands, found.net_brands),
    ):
        rows += [("redeemed", level, p.issuer, p.taker, str(p.points), plain_baht(p.satang)) for p in pairs]
        rows += [("owes", level, d.payer, d.payee, str(d.points), plain_baht(d.satang)) for d in debts]
    return rows
