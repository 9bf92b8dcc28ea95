"""Making a page: templates, words, dates and amounts in the language of the reader, and the headers that keep it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pos_member.domain.clock import format_date, format_moment
from pos_member.domain.money import format_baht
from pos_member.headoffice.console.aside_text import aside_detail
from pos_member.headoffice.console.assets import font_addresses, stylesheet_address
from pos_member.headoffice.console.day_text import difference_told
from pos_member.headoffice.console.figures import ZONE_WITHOUT_COMPANY
from pos_member.headoffice.console.program_text import said_want
from pos_member.wording import LANGUAGES, keys, say

#: Tills that one table lists; the others are found by their branch.
TILLS_SHOWN_MAX = 300
LANGUAGE_COOKIE = "pos_member_language"
#: No script at all, nothing from elsewhere, in no frame.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def language_of(request: Request) -> str:
    """The language chosen, Thai at first."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _ago(t: Callable[..., str], at: datetime | None, now: datetime) -> str:
    if at is None:
        return t("never")
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 1:
        return t("ago_now")
    if minutes < 60:
        return t("ago_minutes", n=minutes)
    return t("ago_hours", n=minutes // 60) if minutes < 48 * 60 else t("ago_days", n=minutes // 1440)


def page(
    request: Request,
    name: str,
    now: datetime,
    status: int = 200,
    zone: str = ZONE_WITHOUT_COMPANY,
    form_seal: str = "",
    **values: object,
) -> HTMLResponse:
    """The template ``name`` as an answer. ``form_seal``: what its forms carry; empty where nobody is signed in."""
    language = language_of(request)
    words = keys("console")

    def t(key: str, **params: object) -> str:
        return say("console", key, language, params)

    html = (
        _templates()
        .get_template(name)
        .render(
            t=t,
            said_want=lambda want: said_want(want, language),
            aside_detail=partial(aside_detail, language=language),
            difference_told=partial(difference_told, language=language),
            told=lambda key, otherwise: t(key if key in words else otherwise),
            language=language,
            other=LANGUAGES[1 - LANGUAGES.index(language)],
            path=request.url.path,
            here=quote(request.url.path),
            css=stylesheet_address(),
            fonts=font_addresses().values(),
            form_seal=form_seal,
            baht=partial(format_baht, trim=True),
            day=lambda value: format_date(value, language),
            when=lambda at: format_moment(at, now, zone, language),
            ago=lambda at: _ago(t, at, now),
            minutes_left=lambda at: max(0, -int(-(at - now).total_seconds() // 60)),
            number=lambda value: f"{value:,}",
            tills_most=TILLS_SHOWN_MAX,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def reads_html(request: Request) -> bool:
    """Whether a person's browser is asking, and not a till or a program."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def error_page(request: Request, status: int, now: datetime) -> HTMLResponse:
    """What a person sees in place of a page: what it means and what to do."""
    known = {404: "not_found", 405: "not_found", 403: "forbidden", 503: "busy"}
    what = known.get(status, "failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "not_understood")
    return page(request, "error.html", now, status, what=what, problem_status=status)
