"""The forms of the console's reports: a draw's list closed, a draw held, winners rewarded, bills computed again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from pos_member.domain.errors import Refusal
from pos_member.headoffice import draws, rechecking, settling, spending
from pos_member.headoffice.console.changes import Forms
from pos_member.headoffice.console.pages import Guard, Visit, read_form, to_sign_in
from pos_member.headoffice.console.program_pages import today_of
from pos_member.headoffice.console.render import error_page, language_of
from pos_member.headoffice.console.report_pages import days_of, draw_page, recheck_page, top_page
from pos_member.headoffice.settling import OfficeActKind
from pos_member.wording import say_error

#: Days whose bills one look computes again: a page has to come while somebody waits.
RECHECK_DAYS_MAX = 31
_PRIZES_DIGITS, _TEXT_MAX = 4, 200


def report_changes(guard: Guard) -> APIRouter:
    """What can be done."""
    router = APIRouter(include_in_schema=False)
    acts, forms = _Acts(guard), Forms(guard)

    @router.post("/reports/draws/{program_id}/close")
    async def close(request: Request, program_id: str) -> Response:
        return await forms.run(request, lambda visit, form: acts.close(visit, form, program_id))

    @router.post("/reports/draws/{program_id}/hold")
    async def hold(request: Request, program_id: str) -> Response:
        return await forms.run(request, lambda visit, form: acts.hold(visit, form, program_id))

    @router.post("/reports/top/{program_id}")
    async def reward(request: Request, program_id: str) -> Response:
        pay = partial(acts.pay, program_id)
        return await forms.run(request, lambda visit, form: acts.reward(visit, form, program_id), then=pay)

    @router.post("/reports/recheck")
    async def recheck(request: Request) -> Response:
        return await run_in_threadpool(acts.recheck, request, await read_form(request))

    return router


class _Acts:
    """Each reads a form and answers with a page."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._database = guard.office.database
        self._forms = Forms(guard)

    def close(self, visit: Visit, form: dict[str, str], program_id: str) -> Response:
        """Close a draw's list."""
        source = form.get("source", "")[:_TEXT_MAX]
        return self._drawn(
            visit, form, program_id, lambda: draws.close_list(visit.connection, program_id, source, visit.now)
        )

    def hold(self, visit: Visit, form: dict[str, str], program_id: str) -> Response:
        """Hold a draw."""
        typed, seed = form.get("prizes", ""), form.get("seed", "")[:_TEXT_MAX]
        prizes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _PRIZES_DIGITS else 0
        return self._drawn(
            visit, form, program_id, lambda: draws.hold(visit.connection, program_id, seed, prizes, visit.now)
        )

    def _drawn(self, visit: Visit, form: dict[str, str], program_id: str, act: Callable[[], object]) -> Response:
        by = self._forms.signature(visit, form)
        if by is None:
            return draw_page(visit, program_id, status=400, problem="sign_missing")
        try:
            act()
        except Refusal as refused:
            return draw_page(visit, program_id, status=400, said=say_error(refused, language_of(visit.request)))
        settling.note(visit.connection, OfficeActKind.DRAW, "program", program_id, by)
        return RedirectResponse(f"/reports/draws/{program_id}", status_code=303)

    def reward(self, visit: Visit, form: dict[str, str], program_id: str) -> Response:
        """Give those who spent most their coupons."""
        by = self._forms.signature(visit, form)
        if by is None:
            return top_page(visit, 400, problem="sign_missing")
        try:
            winners = spending.reward_top_spenders(visit.connection, program_id, visit.now)
        except Refusal as refused:
            return top_page(visit, 400, said=say_error(refused, language_of(visit.request)))
        if not winners.held_before:
            settling.note(visit.connection, OfficeActKind.TOP_SPENDERS, "program", program_id, by)
        return RedirectResponse("/reports/top", status_code=303)

    def pay(self, program_id: str, _form: dict[str, str]) -> None:
        """Give those who were ranked what they have not got yet."""
        office = self._guard.office
        spending.pay_out(office.units, program_id, office.clock)

    def recheck(self, request: Request, form: dict[str, str]) -> Response:
        """Compute bills again, in parts with transactions of their own: tills that upload meanwhile do not wait."""
        with self._database.read() as connection:
            visit = self._guard.visit(request, connection)
            if visit is None:
                return to_sign_in()
            if not self._guard.accepts(request, connection, form):
                return error_page(request, 403, visit.now)
            days, now = days_of(form, today_of(visit), RECHECK_DAYS_MAX), visit.now
        found = None
        if not days.problem:
            apart = self._guard.office.units.distributed
            found = rechecking.recheck_bills(self._database, days.first, days.last, now, distributed=apart)
        return self._guard.seen(request, lambda again: recheck_page(again, days, found))
