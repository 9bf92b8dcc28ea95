"""The console's pages behind their password: overview, cases, tills, members. Acts on them: ``console.changes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from pos_member.domain.clock import business_date
from pos_member.headoffice.bodies import wire_body
from pos_member.headoffice.console import cases, figures, till_page
from pos_member.headoffice.console.door import SESSION_S, Door, form_is_ours, form_seal
from pos_member.headoffice.console.held_back import read_held_back
from pos_member.headoffice.console.render import LANGUAGE_COOKIE, error_page, language_of, page
from pos_member.headoffice.exceptions import DECISIONS
from pos_member.headoffice.service import HeadOffice
from pos_member.wording import LANGUAGES

SESSION_COOKIE = "pos_member_session"
FORM_BYTES_MAX = 8_000


@dataclass(frozen=True)
class Visit:
    """A signed-in reader's request, with one view of the data and what every page needs of it."""

    request: Request
    connection: Connection
    now: datetime
    zone: str
    seal: str

    def chosen_branch(self, branches: Mapping[str, object]) -> str:
        """The branch whose rows are asked for; empty for all."""
        chosen = self.request.query_params.get("branch", "")
        return chosen if chosen in branches else ""

    def page(self, name: str, status: int = 200, **values: object) -> Response:
        """The template ``name`` for this reader."""
        return page(self.request, name, self.now, status, self.zone, self.seal, **values)


class Guard:
    """Who may see and do what."""

    def __init__(self, office: HeadOffice, door: Door) -> None:
        self.office = office
        self.door = door

    def visit(self, request: Request, connection: Connection) -> Visit | None:
        """A visit of someone who is signed in; ``None`` for anyone else."""
        session, now = request.cookies.get(SESSION_COOKIE, ""), self.office.clock.now()
        if not self.door.knows(connection, session, now):
            return None
        zone = figures.zone_of(figures.read_company(connection))
        return Visit(request, connection, now, zone, form_seal(connection, session))

    def seen(self, request: Request, show: Callable[[Visit], Response]) -> Response:
        """What ``show`` makes of the visit, in one view of the data; for anyone else the way to sign in."""
        with self.office.database.read() as connection:
            visit = self.visit(request, connection)
            return to_sign_in() if visit is None else show(visit)

    def accepts(self, request: Request, connection: Connection, form: dict[str, str]) -> bool:
        """Whether this form was made by us for this session."""
        return form_is_ours(connection, request.cookies.get(SESSION_COOKIE, ""), form.get("seal", ""))


def cases_page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """The cases that wait and those settled lately."""
    names = figures.read_program_names(visit.connection, language_of(visit.request))
    branches, owner = figures.read_branches(visit.connection), visit.request.query_params.get("owner", "")
    if owner not in branches and owner != cases.HEAD_OFFICE:
        owner = ""
    return visit.page(
        "exceptions.html",
        status,
        cases=cases.read_cases(visit.connection, owner),
        held=read_held_back(visit.connection, visit.now),
        decisions=DECISIONS,
        branches=branches,
        programs=names,
        problem=problem,
    )


def overview_page(visit: Visit) -> Response:
    """How everything stands."""
    seen = figures.overview(visit.connection, visit.now)
    return visit.page("overview.html", o=seen, doubtful_most=figures.DOUBTFUL_SHOWN_MAX)


def tills_page(visit: Visit) -> Response:
    """Every till, and the codes that wait for one."""
    branches, day = figures.read_branches(visit.connection), business_date(visit.now, visit.zone)
    chosen = visit.chosen_branch(branches)
    rows = [
        row for row in figures.read_tills(visit.connection, branches, visit.now, day) if chosen in ("", row.branch_id)
    ]
    codes = till_page.waiting_codes(visit.connection, visit.now)
    return visit.page("tills.html", tills=rows, branches=branches, chosen=chosen, codes=codes)


def _till_page(visit: Visit, till_id: str) -> Response:
    branches, day = figures.read_branches(visit.connection), business_date(visit.now, visit.zone)
    shown = till_page.till_view(visit.connection, till_id, branches, visit.now, day)
    if shown is None:
        return error_page(visit.request, 404, visit.now)
    told = _outcome(visit.request)
    return visit.page("till.html", v=shown, branch=branches.get(shown.row.branch_id), outcome=told, problem="")


def members_page(visit: Visit) -> Response:
    """Where a member is looked for."""
    return visit.page("members.html", found=None, branches=figures.read_branches(visit.connection))


async def read_form(request: Request) -> dict[str, str]:
    """The first value of each field. A longer body loses its end."""
    body = (await wire_body(request))[:FORM_BYTES_MAX].decode(errors="replace")
    return {name: values[0].strip() for name, values in parse_qs(body, max_num_fields=20).items()}


def to_sign_in() -> Response:
    """The answer to whoever is not signed in."""
    return RedirectResponse("/login", status_code=303)


def console_pages(guard: Guard) -> APIRouter:
    """What can be read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def overview(request: Request) -> Response:
        return guard.seen(request, overview_page)

    @router.get("/exceptions")
    def exceptions(request: Request) -> Response:
        return guard.seen(request, cases_page)

    @router.get("/tills")
    def tills(request: Request) -> Response:
        return guard.seen(request, tills_page)

    @router.get("/tills/{till_id}")
    def till(request: Request, till_id: str) -> Response:
        return guard.seen(request, lambda visit: _till_page(visit, till_id))

    @router.get("/members")
    def members(request: Request) -> Response:
        return guard.seen(request, members_page)

    return router


def _outcome(request: Request) -> tuple[int, int] | None:
    """How many events the last try took in and left, as the redirect after it says."""
    taken, left = (request.query_params.get(name, "") for name in ("taken", "left"))
    both = all(text.isascii() and text.isdigit() and len(text) < 8 for text in (taken, left))
    return (int(taken), int(left)) if both else None


def door_routes(guard: Guard) -> APIRouter:
    """In, out, and the language."""
    router = APIRouter(include_in_schema=False)
    office, door, database = guard.office, guard.door, guard.office.database

    @router.get("/login")
    def ask(request: Request) -> Response:
        return page(request, "login.html", office.clock.now(), problem="")

    @router.post("/login")
    async def login(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(enter, request, form.get("password", ""))

    def enter(request: Request, password: str) -> Response:
        now = office.clock.now()
        # There is no session yet to seal a form with; a browser says itself when another site sent it here.
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return error_page(request, 403, now)
        address = request.client.host if request.client else ""
        if door.waiting(address, now):
            return page(request, "login.html", now, 429, problem="password_wait")
        with database.read() as connection:
            session = door.enter(connection, password, address, now)
        if session is None:
            return page(request, "login.html", now, 403, problem="password_wrong")
        answer = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(SESSION_COOKIE, session, max_age=SESSION_S, httponly=True, samesite="strict", secure=secure)
        return answer

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        return await run_in_threadpool(leave, request, await read_form(request))

    def leave(request: Request, form: dict[str, str]) -> Response:
        with database.read() as connection:
            if not guard.accepts(request, connection, form):
                return error_page(request, 403, office.clock.now())
        answer = to_sign_in()
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
        return answer

    @router.get("/language/{language}")
    def language(language: str, to: str = "/") -> Response:
        # Only a path of ours: quoting leaves no second slash, backslash or scheme to go elsewhere by.
        answer = RedirectResponse("/" + quote(to.lstrip("/\\")[:200]), status_code=303)
        if language in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, httponly=True, samesite="lax")
        return answer

    return router
