"""The console's forms: each is read, checked for its seal, done in one transaction with its row in ``office_act``."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from pos_member.domain.clock import business_date
from pos_member.domain.ids import is_id
from pos_member.headoffice import identity, settling
from pos_member.headoffice.console import figures, till_page
from pos_member.headoffice.console.pages import Guard, Visit, cases_page, read_form, to_sign_in
from pos_member.headoffice.console.render import error_page
from pos_member.headoffice.exceptions import DECISIONS
from pos_member.headoffice.settling import OfficeActKind, Signature

Deed = Callable[[Visit, dict[str, str]], Response]
#: What follows from a deed that was done, in transactions of its own.
Work = Callable[[dict[str, str]], object]
_SEE_OTHER = 303


class Forms:
    """Runs a deed for a reader who is signed in and sent a form of ours."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._office = guard.office

    async def run(
        self, request: Request, deed: Deed, form: dict[str, str] | None = None, then: Work | None = None
    ) -> Response:
        """Do ``deed``. ``form``: read already, where it may be longer than the others. ``then``: what touches many
        members: begun when the deed, which leads to another page, stands written; safe to be asked for again."""
        read = await read_form(request) if form is None else form
        return await run_in_threadpool(self._run, request, read, deed, then)

    def _run(self, request: Request, form: dict[str, str], deed: Deed, then: Work | None) -> Response:
        response, done = self._answered(request, form, deed)
        if done and then is not None:
            then(form)
        return response

    def _answered(self, request: Request, form: dict[str, str], deed: Deed) -> tuple[Response, bool]:
        """The answer, and whether the deed was done."""
        with self._office.database.write() as connection:
            visit = self._guard.visit(request, connection)
            if visit is None:
                return to_sign_in(), False
            if not self._guard.accepts(request, connection, form):
                return error_page(request, 403, visit.now), False
            response = deed(visit, form)
            return response, response.status_code == _SEE_OTHER

    def signature(self, visit: Visit, form: dict[str, str], why: str = "") -> Signature | None:
        """Who signed the form and why; ``why`` where the deed says it all."""
        return settling.sign(self._office.new_id, form.get("who", ""), why or form.get("why", ""), visit.now)


def console_changes(guard: Guard) -> APIRouter:
    """What can be done."""
    router = APIRouter(include_in_schema=False)
    office, forms = guard.office, Forms(guard)

    @router.post("/exceptions/settle")
    async def settle(request: Request) -> Response:
        return await forms.run(request, settle_case)

    def settle_case(visit: Visit, form: dict[str, str]) -> Response:
        by = forms.signature(visit, form)
        if by is None:
            return cases_page(visit, 400, "sign_missing")
        decided = next((each for each in DECISIONS if each.value == form.get("resolution", "")), None)
        if decided is None:
            return cases_page(visit, 400, "resolution_missing")
        # A case that is no longer open was settled by someone else meanwhile: the page shows that.
        settling.settle(visit.connection, form.get("kind", ""), form.get("subject", ""), decided, by)
        return RedirectResponse("/exceptions", status_code=303)

    @router.post("/tills/code")
    async def code(request: Request) -> Response:
        return await forms.run(request, issue_code)

    def issue_code(visit: Visit, form: dict[str, str]) -> Response:
        branch = figures.read_branches(visit.connection).get(form.get("branch", ""))
        if branch is None:
            return error_page(visit.request, 404, visit.now)
        made = identity.new_code(visit.connection, branch.id, visit.now)
        by = Signature(office.new_id(), "", "", visit.now)
        settling.note(visit.connection, OfficeActKind.ENROL_CODE, "branch", branch.id, by)
        return visit.page("code.html", code=made, branch=branch, minutes=identity.CODE_MINUTES)

    @router.post("/tills/{till_id}/reapply")
    async def reapply(request: Request, till_id: str) -> Response:
        return await forms.run(request, lambda visit, _form: reapply_events(visit, till_id))

    def reapply_events(visit: Visit, till_id: str) -> Response:
        if not is_id(till_id):
            return error_page(visit.request, 404, visit.now)
        by = Signature(office.new_id(), "", "", visit.now)
        taken, left = settling.reapply(visit.connection, till_id, office.limits.event_bytes, by)
        return RedirectResponse(f"/tills/{till_id}?taken={taken}&left={left}", status_code=303)

    @router.post("/tills/{till_id}/revoke")
    async def revoke(request: Request, till_id: str) -> Response:
        return await forms.run(request, lambda visit, form: revoke_till(visit, form, till_id))

    def revoke_till(visit: Visit, form: dict[str, str], till_id: str) -> Response:
        by = forms.signature(visit, form)
        if not is_id(till_id):
            return error_page(visit.request, 404, visit.now)
        if by is not None:
            settling.revoke(visit.connection, till_id, by)
            return RedirectResponse(f"/tills/{till_id}", status_code=303)
        branches, day = figures.read_branches(visit.connection), business_date(visit.now, visit.zone)
        shown = till_page.till_view(visit.connection, till_id, branches, visit.now, day)
        if shown is None:
            return error_page(visit.request, 404, visit.now)
        branch = branches.get(shown.row.branch_id)
        return visit.page("till.html", 400, v=shown, branch=branch, outcome=None, problem="sign_missing")

    @router.post("/members")
    async def members(request: Request) -> Response:
        """By POST: what is searched for is personal and stays out of addresses, histories and logs."""
        return await forms.run(request, find_member)

    def find_member(visit: Visit, form: dict[str, str]) -> Response:
        day = business_date(visit.now, visit.zone)
        found = till_page.find_members(visit.connection, form.get("asked", ""), day)
        for member in found:
            by = Signature(office.new_id(), "", "", visit.now)
            settling.note(visit.connection, OfficeActKind.MEMBER_SEEN, "member", member.id, by)
        return visit.page("members.html", found=found, branches=figures.read_branches(visit.connection))

    return router
