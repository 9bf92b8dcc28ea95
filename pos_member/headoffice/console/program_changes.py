"""The console's forms about programs: a file looked at, tried out, taken in; a program switched on or off."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pos_member.domain.errors import Refusal
from pos_member.headoffice import programs, settling
from pos_member.headoffice.bodies import wire_body
from pos_member.headoffice.console import figures, program_file, trying
from pos_member.headoffice.console.changes import Forms
from pos_member.headoffice.console.pages import Guard, Visit
from pos_member.headoffice.console.program_file import Preview, Remark
from pos_member.headoffice.console.program_pages import TryForm, box_page, names_for, program_page, today_of
from pos_member.headoffice.console.render import error_page, language_of
from pos_member.headoffice.settling import OfficeActKind
from pos_member.wording import say

_FIELDS_MAX = 40


async def read_file_form(request: Request) -> dict[str, str]:
    """The fields of a form that carries a program file, as multipart or urlencoded. Raises ``Problem(TOO_LARGE)``.

    ``text`` is the chosen file where there is one, else what stands in the box.
    """
    body = await wire_body(request)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        form = program_file.read_upload(kind, body)
    else:
        read = parse_qs(body.decode(errors="replace"), max_num_fields=_FIELDS_MAX)
        form = {name: values[0] for name, values in read.items()}
    form["text"] = form.get("file", "").strip() or form.get("text", "").strip()
    return form


def program_changes(guard: Guard) -> APIRouter:
    """What can be done with programs."""
    router = APIRouter(include_in_schema=False)
    acts, forms = _Acts(guard), Forms(guard)

    @router.post("/programs/preview")
    async def preview(request: Request) -> Response:
        form = await read_file_form(request)
        deed = acts.edit if "edit" in form else acts.attempt if "try" in form else acts.preview
        return await forms.run(request, deed, form)

    @router.post("/programs/put")
    async def put(request: Request) -> Response:
        return await forms.run(request, acts.put, await read_file_form(request))

    @router.post("/programs/{program_id}/switch")
    async def switch(request: Request, program_id: str) -> Response:
        return await forms.run(request, lambda visit, form: acts.switch(visit, form, program_id))

    return router


class _Acts:
    """Each reads a form and answers with a page."""

    def __init__(self, guard: Guard) -> None:
        self._office = guard.office
        self._forms = Forms(guard)

    def edit(self, visit: Visit, form: dict[str, str]) -> Response:
        """Back to the box, the file laid out to be read."""
        try:
            text = json.dumps(json.loads(form["text"]), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            text = form["text"]
        return box_page(visit, text)

    def preview(self, visit: Visit, form: dict[str, str]) -> Response:
        """What the file would change, or what is wrong with it."""
        found = _looked_at(visit, form)
        return _wrong(visit, found) if found.problems else preview_page(visit, found)

    def attempt(self, visit: Visit, form: dict[str, str]) -> Response:
        """A bill tried under the file in the box."""
        found = _looked_at(visit, form)
        if found.problems:
            return _wrong(visit, found)
        file = trying.of_file(visit.connection, json.loads(form["text"]))
        names, ask = trying.with_file_names(names_for(visit), file), trying.asked(form)
        outcome: object = Remark("", say("console", "try_empty", names.language))
        if ask.filled:
            outcome = trying.attempt(visit.connection, file, ask, names, visit.now, visit.zone)
        shown = TryForm(ask, names, figures.read_branches(visit.connection), outcome)
        status = 200 if shown.remark is None else 400
        return box_page(visit, found.text, status, warnings=found.warnings, form=shown)

    def put(self, visit: Visit, form: dict[str, str]) -> Response:
        """Take the file in as it was shown."""
        found = _looked_at(visit, form)
        if found.problems:
            return _wrong(visit, found)
        if found.mark != form.get("mark", ""):
            # Somebody changed something after the preview: what would be done now has not been seen.
            return preview_page(visit, found, 409, "preview_changed")
        by = self._forms.signature(visit, form)
        if by is None:
            return preview_page(visit, found, 400, "sign_missing")
        outcome = programs.put(visit.connection, form["text"].encode(), with_settings="settings" in form)
        noted = [("program", code) for code in (*outcome.new, *outcome.changed)]
        if outcome.settings:
            noted.append(("settings", ",".join(outcome.settings)))
        for kind, subject in noted:
            signed = replace(by, id=self._office.new_id())
            settling.note(visit.connection, OfficeActKind.PROGRAM_PUT, kind, subject, signed)
        where = f"/programs?new={len(outcome.new)}&changed={len(outcome.changed)}"
        return RedirectResponse(where, status_code=303)

    def switch(self, visit: Visit, form: dict[str, str], program_id: str) -> Response:
        """A program on or off."""
        wanted = form.get("active", "")
        try:
            program = programs.named(visit.connection, program_id)
        except Refusal:
            return error_page(visit.request, 404, visit.now)
        if wanted not in ("on", "off"):
            return error_page(visit.request, 400, visit.now)
        by = self._forms.signature(visit, form)
        if by is None:
            return program_page(visit, program.id, 400, "sign_missing")
        # Where somebody else was faster it is so already: the page shows that, and nothing is written down twice.
        if programs.switch(visit.connection, program.id, active=wanted == "on"):
            settling.note(visit.connection, OfficeActKind.PROGRAM_SWITCH, "program", program.code, by)
        return RedirectResponse(f"/programs/{quote(program.id, safe='')}?done={wanted}", status_code=303)


def _looked_at(visit: Visit, form: dict[str, str]) -> Preview:
    return program_file.look_at(visit.connection, form["text"], language_of(visit.request), today_of(visit))


def _wrong(visit: Visit, found: Preview) -> Response:
    return box_page(visit, found.text, 400, problems=found.problems, warnings=found.warnings)


def preview_page(visit: Visit, found: Preview, status: int = 200, problem: str = "") -> Response:
    """What taking the file in would change, with the form that does it."""
    text = json.dumps(json.loads(found.text.lstrip("\ufeff")), ensure_ascii=False)
    return visit.page("program_preview.html", status, p=found, text=text, problem=problem)
