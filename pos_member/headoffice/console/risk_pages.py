"""The console's pages of risk: what is at risk now, a lost till's rights written off, the deny list."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ids import is_id
from pos_member.headoffice import denials, exposure, rights_ends, settling
from pos_member.headoffice.console import figures
from pos_member.headoffice.console.changes import Forms
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.render import error_page
from pos_member.headoffice.denials import DeniedKind
from pos_member.headoffice.settling import OfficeActKind

#: Any other of the deny list is found by its number, any other till by its branch.
DENIED_SHOWN_MAX = 200


def risk_pages(guard: Guard) -> APIRouter:
    """What can be read and done."""
    router = APIRouter(include_in_schema=False)
    forms = Forms(guard)

    @router.get("/exposure")
    def at_risk(request: Request) -> Response:
        return guard.seen(request, exposure_page)

    @router.post("/exposure/write-off")
    async def write_off(request: Request) -> Response:
        return await forms.run(request, write_off_rights, then=end_rights)

    def write_off_rights(visit: Visit, form: dict[str, str]) -> Response:
        till_id, by = form.get("till", ""), forms.signature(visit, form)
        if not is_id(till_id):
            return error_page(visit.request, 404, visit.now)
        if by is None:
            return exposure_page(visit, 400, "sign_missing")
        settling.note(visit.connection, OfficeActKind.RIGHTS_WRITTEN_OFF, "till", till_id, by)
        return RedirectResponse("/exposure", status_code=303)

    def end_rights(form: dict[str, str]) -> None:
        rights_ends.write_off(guard.office.units, form["till"], guard.office.clock.now())

    @router.get("/denied")
    def denied(request: Request) -> Response:
        return guard.seen(request, denied_page)

    @router.post("/denied/add")
    async def add(request: Request) -> Response:
        return await forms.run(request, deny)

    def deny(visit: Visit, form: dict[str, str]) -> Response:
        by, kind = forms.signature(visit, form), _kind(form)
        if kind is None:
            return error_page(visit.request, 400, visit.now)
        if by is None:
            return denied_page(visit, 400, "sign_missing")
        try:
            entry = denials.add(visit.connection, kind, form.get("what", ""), by.why, visit.now)
        except Refusal as refusal:
            full = refusal.reason is Reason.PAYLOAD_INVALID
            return denied_page(visit, 400, "denied_full" if full else "denied_unknown")
        settling.note(visit.connection, OfficeActKind.DENIED, kind.value, entry.subject_id, by)
        return RedirectResponse("/denied", status_code=303)

    @router.post("/denied/remove")
    async def remove(request: Request) -> Response:
        return await forms.run(request, allow)

    def allow(visit: Visit, form: dict[str, str]) -> Response:
        by, kind = forms.signature(visit, form), _kind(form)
        if kind is None:
            return error_page(visit.request, 400, visit.now)
        if by is None:
            return denied_page(visit, 400, "sign_missing")
        subject = form.get("subject", "")[:80]
        if denials.allow(visit.connection, kind, subject, visit.now):
            settling.note(visit.connection, OfficeActKind.ALLOWED, kind.value, subject, by)
        return RedirectResponse("/denied", status_code=303)

    return router


def exposure_page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """What is at risk now."""
    found = exposure.exposure(visit.connection, visit.now)
    return visit.page(
        "exposure.html", status, e=found, branches=figures.read_branches(visit.connection), problem=problem
    )


def denied_page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """The newest of the deny list, or the one that is looked for."""
    typed = visit.request.query_params.get("find", "").strip()[:40]
    return visit.page(
        "denied.html",
        status,
        listed=denials.listed(visit.connection, DENIED_SHOWN_MAX, typed),
        count=denials.count(visit.connection),
        typed=typed,
        kinds=[kind.value for kind in DeniedKind],
        problem=problem,
    )


def _kind(form: dict[str, str]) -> DeniedKind | None:
    return next((kind for kind in DeniedKind if kind.value == form.get("kind", "")), None)
