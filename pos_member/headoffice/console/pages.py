"""The console's pages: overview and exceptions behind a password, in Thai or English."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pos_member.config import resource
from pos_member.domain.clock import format_date, format_time
from pos_member.domain.money import format_baht
from pos_member.headoffice.bodies import wire_body
from pos_member.headoffice.console import figures
from pos_member.headoffice.console.door import SESSION_S, Door
from pos_member.headoffice.service import HeadOffice
from pos_member.wording import LANGUAGES, say

_HERE = Path(__file__).parent
_SESSION = "pos_member_session"
_LANGUAGE = "pos_member_language"
#: No script at all, nothing from elsewhere, in no frame.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def stylesheet() -> str:
    """The console's CSS on the tokens of ``resources/theme.toml``: colours become custom properties, light and dark."""
    tokens = tomllib.loads(resource("theme.toml").read_text(encoding="utf-8"))
    light, dark = (
        "".join(f"--{name.replace('_', '-')}:{value};" for name, value in tokens[scheme].items())
        for scheme in ("light", "dark")
    )
    own = (_HERE / "console.css").read_text(encoding="utf-8")
    return f":root{{{light}}}\n@media (prefers-color-scheme: dark){{:root{{{dark}}}}}\n{own}"


def language_of(request: Request) -> str:
    """The language chosen, Thai at first."""
    chosen = request.cookies.get(_LANGUAGE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _ago(t: Callable[..., str], at: datetime | None, now: datetime) -> str:
    if at is None:
        return "–"
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 1:
        return t("ago_now")
    if minutes < 60:
        return t("ago_minutes", n=minutes)
    return t("ago_hours", n=minutes // 60) if minutes < 48 * 60 else t("ago_days", n=minutes // 1440)


def _page(request: Request, name: str, now: datetime, status: int = 200, **values: object) -> HTMLResponse:
    language = language_of(request)

    def t(key: str, **params: object) -> str:
        return say("console", key, language, params)

    other = LANGUAGES[1 - LANGUAGES.index(language)]
    html = (
        _templates()
        .get_template(name)
        .render(
            t=t,
            language=language,
            other=other,
            path=request.url.path,
            baht=partial(format_baht, trim=True),
            day=lambda value: format_date(value, language),
            clock=format_time,
            ago=lambda at: _ago(t, at, now),
            number=lambda value: f"{value:,}",
            **values,
        )
    )
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def console_routes(office: HeadOffice) -> APIRouter:
    """The console of ``office``."""
    router = APIRouter(include_in_schema=False)
    door = Door()
    database = office.database

    def signed_in(request: Request) -> bool:
        with database.read() as connection:
            return door.knows(connection, request.cookies.get(_SESSION, ""), office.clock.now())

    @router.get("/console.css")
    def css() -> Response:
        return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": "max-age=300"})

    @router.get("/")
    def overview(request: Request) -> Response:
        if not signed_in(request):
            return RedirectResponse("/login", status_code=303)
        now = office.clock.now()
        with database.read() as connection:
            shown = figures.overview(connection, now)
        return _page(request, "overview.html", now, o=shown)

    @router.get("/exceptions")
    def exceptions(request: Request) -> Response:
        if not signed_in(request):
            return RedirectResponse("/login", status_code=303)
        now = office.clock.now()
        with database.read() as connection:
            shown = figures.exceptions(connection)
        return _page(request, "exceptions.html", now, rows=shown)

    @router.get("/login")
    def login_page(request: Request) -> Response:
        return _page(request, "login.html", office.clock.now(), problem="")

    @router.post("/login")
    async def login(request: Request) -> Response:
        form = parse_qs((await wire_body(request))[:2_000].decode(errors="replace"))
        return await run_in_threadpool(enter, request, form.get("password", [""])[0].strip())

    def enter(request: Request, password: str) -> Response:
        now = office.clock.now()
        address = request.client.host if request.client else ""
        if door.waiting(address, now):
            return _page(request, "login.html", now, 429, problem="password_wait")
        with database.read() as connection:
            session = door.enter(connection, password, address, now)
        if session is None:
            return _page(request, "login.html", now, 403, problem="password_wrong")
        answer = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(_SESSION, session, max_age=SESSION_S, httponly=True, samesite="strict", secure=secure)
        return answer

    @router.post("/logout")
    def logout() -> Response:
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(_SESSION)
        return answer

    @router.get("/language/{language}")
    def language(language: str) -> Response:
        answer = RedirectResponse("/", status_code=303)
        if language in LANGUAGES:
            answer.set_cookie(_LANGUAGE, language, max_age=365 * 86400, httponly=True, samesite="lax")
        return answer

    return router
