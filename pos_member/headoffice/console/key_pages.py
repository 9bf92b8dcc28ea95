"""The keys behind members' codes at the console: which there are, which tills know them, the next, the end of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pos_member.domain.code_keys import CodeKeyKind
from pos_member.domain.errors import Refusal
from pos_member.headoffice import code_keys, settling
from pos_member.headoffice.console.changes import Forms
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.render import error_page, language_of
from pos_member.headoffice.settling import OfficeActKind
from pos_member.wording import say_error

_SHOWN_MAX = 50
_NUMBER_DIGITS = 3


def key_pages(guard: Guard) -> APIRouter:
    """What can be read and done."""
    router = APIRouter(include_in_schema=False)
    forms = Forms(guard)

    @router.get("/keys")
    def keys(request: Request) -> Response:
        return guard.seen(request, keys_page)

    @router.post("/keys/rotate")
    async def rotate(request: Request) -> Response:
        return await forms.run(request, rotate_key)

    def rotate_key(visit: Visit, form: dict[str, str]) -> Response:
        kind = _kind(form)
        if kind is None:
            return error_page(visit.request, 400, visit.now)
        return act(
            visit,
            form,
            OfficeActKind.CODE_KEY_MADE,
            kind.value,
            lambda: code_keys.rotate(visit.connection, kind, visit.now),
        )

    @router.post("/keys/retire")
    async def retire(request: Request) -> Response:
        return await forms.run(request, retire_key)

    def retire_key(visit: Visit, form: dict[str, str]) -> Response:
        kind, typed = _kind(form), form.get("number", "")
        if kind is None or not (typed.isascii() and typed.isdigit() and len(typed) <= _NUMBER_DIGITS):
            return error_page(visit.request, 400, visit.now)
        number = int(typed)
        return act(
            visit,
            form,
            OfficeActKind.CODE_KEY_RETIRED,
            f"{kind.value}:{number}",
            lambda: code_keys.retire(visit.connection, kind, number, visit.now),
        )

    def act(
        visit: Visit, form: dict[str, str], what: OfficeActKind, subject: str, run: Callable[[], object]
    ) -> Response:
        by = forms.signature(visit, form)
        if by is None:
            return keys_page(visit, 400, problem="sign_missing")
        try:
            run()
        except Refusal as refused:
            return keys_page(visit, 400, said=say_error(refused, language_of(visit.request)))
        settling.note(visit.connection, what, "code_key", subject, by)
        return RedirectResponse("/keys", status_code=303)

    return router


def keys_page(visit: Visit, status: int = 200, problem: str = "", said: str = "") -> Response:
    """Every key, and what may be done with which. Switching rotating codes on is not among it: see ``rotating_off``."""
    found = code_keys.listed(visit.connection)
    live = [key for key in found if key.retired_at is None]
    counts = Counter(key.kind for key in live)
    kinds = [kind.value for kind in CodeKeyKind if kind is CodeKeyKind.MEMBER or counts[kind]]
    ends = [key for key in live if key.kind is CodeKeyKind.ROTATING or counts[key.kind] > 1]
    rotating = bool(counts[CodeKeyKind.ROTATING])
    values = {"shown": found[:_SHOWN_MAX], "kinds": kinds, "ends": ends, "rotating": rotating}
    return visit.page("keys.html", status, **values, problem=problem, said=said)


def _kind(form: dict[str, str]) -> CodeKeyKind | None:
    try:
        return CodeKeyKind(form.get("kind", ""))
    except ValueError:
        return None
