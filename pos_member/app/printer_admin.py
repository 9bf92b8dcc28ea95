"""Setting the till's printers up: ``ui.ports.PrinterAdmin`` over devices, the settings file and the running lanes.

Devices' code is imported when it is first used: neither a bill nor the first paint needs it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member.domain.documents import (
    TEST_CODE,
    CouponDocument,
    DayReportDocument,
    Document,
    DocumentKind,
    DrawerDocument,
    OrderSlipDocument,
    ReceiptDocument,
    TestPageDocument,
)
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import FoundPrinter, PrinterProfile, PrinterSetup, Probe, Proof

if TYPE_CHECKING:
    from pos_member.domain.permission import Session
    from pos_member.hardware.printing.templates import Template
    from pos_member.services.ports import Facts
    from pos_member.services.print_ports import PrintJobInfo
    from pos_member.services.printer_desk import PrinterDesk

_log = logging.getLogger(__name__)

#: The till's printers as they are kept.
Load = Callable[[], tuple[PrinterSetup, ...]]
#: Keeps them. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``.
Keep = Callable[[tuple[PrinterSetup, ...]], None]
#: Has the running lanes print by them from now on.
Apply = Callable[[tuple[PrinterSetup, ...]], None]
_DPI = 203
_DOTS = 576
_Counted = ReceiptDocument | CouponDocument | DayReportDocument | OrderSlipDocument


class TillPrinterAdmin:
    """See ``ui.ports.PrinterAdmin``. ``facts``: the spool, for papers as PDF; ``desk``: who may do what, and the record
    of it; ``private``: the till's own folder, where no paper goes. Any thread."""

    def __init__(
        self,
        load: Load,
        keep: Keep,
        apply: Apply,
        facts: Callable[[], Facts],
        desk: Callable[[], PrinterDesk],
        private: Path | None = None,
    ) -> None:
        self._load, self._keep, self._apply, self._facts = load, keep, apply, facts
        self._desk, self._private = desk, private
        self._lock = threading.Lock()
        #: Address → the pages of letters that were printed there: text mode may be saved for those alone.
        self._printed: dict[str, set[int]] = {}

    # --- what there is -------------------------------------------------------------------------------------

    def setups(self) -> tuple[PrinterSetup, ...]:
        """See ``PrinterAdmin``."""
        return self._load()

    def profiles(self) -> Sequence[tuple[str, PrinterProfile]]:
        """See ``PrinterAdmin``."""
        from pos_member.hardware.printing.profile import known_profiles

        return tuple(known_profiles().items())

    def code_pages(self, model: str) -> tuple[int, ...]:
        """See ``PrinterAdmin``."""
        from pos_member.hardware.printing.codepages import pages_for
        from pos_member.hardware.printing.profile import models

        known = models().get(model)
        return pages_for(known.thai_pages if known is not None else ())

    def find(self, stopping: Callable[[], bool]) -> tuple[FoundPrinter, ...]:
        """See ``PrinterAdmin``."""
        from pos_member.hardware.printing import finding

        return tuple(finding.find(stopping))

    def probe(self, address: str) -> Probe:
        """See ``PrinterAdmin``."""
        from pos_member.hardware.printing import probing

        return probing.probe(address)

    # --- trying --------------------------------------------------------------------------------------------

    def print_test_page(self, setup: PrinterSetup, language: str) -> Proof:
        """See ``PrinterAdmin``."""
        from pos_member.app.trial_prints import send_now
        from pos_member.hardware.printing.payloads import payload_of
        from pos_member.services.print_ports import PrintJob

        self._check_address(setup.address)
        document = TestPageDocument(language, setup.name or setup.profile.name, TEST_CODE)
        return send_now(setup, payload_of(PrintJob("", DocumentKind.TEST_PAGE, document), setup.profile))

    def print_code_pages(self, setup: PrinterSetup, pages: Sequence[int]) -> Proof:
        """See ``PrinterAdmin``."""
        from pos_member.app.trial_prints import send_now
        from pos_member.hardware.printing.codepages import code_page_pieces

        self._check_address(setup.address)
        proof = send_now(setup, tuple(code_page_pieces(setup.profile, tuple(pages))))
        with self._lock:
            self._printed.setdefault(setup.address, set()).update(pages)
        return proof

    def open_drawer(self, session: Session, setup: PrinterSetup, approver: Session | None = None) -> None:
        """See ``PrinterAdmin``."""
        from pos_member.app.trial_prints import pulse_now

        self._check_address(setup.address)
        self._desk().try_drawer(session, setup, approver)
        pulse_now(setup)

    def drawer_level(self, setup: PrinterSetup) -> bool | None:
        """See ``PrinterAdmin``."""
        from pos_member.app.trial_prints import drawer_level_now

        return drawer_level_now(setup)

    # --- keeping -------------------------------------------------------------------------------------------

    def save(self, session: Session, setups: Sequence[PrinterSetup], approver: Session | None = None) -> None:
        """See ``PrinterAdmin``. Either all of it is kept and in use, or nothing of it."""
        wanted = tuple(setups)
        check_setups(wanted)
        for each in wanted:
            self._check_address(each.address)
        self._check_letters(wanted)
        before, kept = self._load(), threading.Event()

        def keep() -> None:
            self._keep(wanted)
            kept.set()

        try:
            self._desk().keep(session, wanted, keep, approver)
        except EnvironmentProblem:
            if kept.is_set():
                self._keep(before)  # the record of it could not be written
            raise
        self._apply(wanted)

    def _check_address(self, address: str) -> None:
        from pos_member.app.printers import printer_transport

        printer_transport(address, self._private)

    def _check_letters(self, setups: Sequence[PrinterSetup]) -> None:
        from pos_member.hardware.printing.codepages import check_text_mode

        saved = {each.address: each.profile.text for each in self._load()}
        with self._lock:
            for each in setups:
                before = saved.get(each.address)
                proved = self._printed.get(each.address, set()) | ({before.page} if before is not None else set())
                check_text_mode(each, proved)

    # --- pictures ------------------------------------------------------------------------------------------

    def preview(self, document: Document, template: str, dots: int) -> bytes:
        """See ``PrinterAdmin``."""
        from pos_member.hardware.printing import templates
        from pos_member.hardware.printing.fields import kind_of
        from pos_member.hardware.printing.pictures import render_png

        drawn_by = templates.parse(template, kind_of(document)) if template else None
        return render_png(document, dots, _DPI, drawn_by)

    def pdf(self, job_id: str) -> bytes:
        """See ``PrinterAdmin``. It says copy as a reprint does, once any of the paper may have come out."""
        from pos_member.app.paper_pdf import paper_pdf
        from pos_member.hardware.printing.raster import rasterise
        from pos_member.services.print_ports import UNTOUCHED, PrintJobState

        facts = self._facts()
        job, document = facts.print_job(job_id), facts.print_job_document(job_id)
        if job is None or document is None or isinstance(document, DrawerDocument):
            raise Refusal(Reason.PRINTER_UNKNOWN)
        if isinstance(document, _Counted):
            begun = (job.begun and job.state not in UNTOUCHED) or job.state is PrintJobState.CONFIRMED
            document = replace(document, copy_number=max(job.copy_number, document.copy_number) + int(begun))
        drawn_by = _template_of(facts, job)
        profile = self._profile_of(job.printer)
        bitmap = rasterise(document, profile.dots, profile.dpi, drawn_by)
        return paper_pdf(bitmap, profile.dpi, job.kind.value)

    def _profile_of(self, key: str) -> PrinterProfile:
        """The printer that has the job or would have it; the usual width where the till has none."""
        known: Mapping[str, PrinterSetup] = {each.key: each for each in self._load()}
        if key in known:
            return known[key].profile
        return next(iter(known.values())).profile if known else PrinterProfile("", dots=_DOTS, dpi=_DPI)


def check_setups(setups: Sequence[PrinterSetup]) -> None:
    """Whether they can stand side by side.

    Raises ``Refusal``: PRINTER_KEY_TWICE, PRINTER_UNKNOWN (a fallback that is none), PRINTER_FALLBACK_CIRCLE,
    PRINTER_DRAWERS (more than one), PRINTER_ADDRESS_INVALID, TEXT_EMPTY (no name).
    """
    from pos_member.hardware.printing import addresses

    known = {each.key: each for each in setups}
    if len(known) != len(setups) or "" in known:
        raise Refusal(Reason.PRINTER_KEY_TWICE)
    for each in setups:
        if not each.name.strip():
            raise Refusal(Reason.TEXT_EMPTY)
        addresses.parse(each.address)
        if each.fallback and each.fallback not in known:
            raise Refusal(Reason.PRINTER_UNKNOWN)
        _follow(each, known)
    drawers = [each.name for each in setups if each.drawer]
    if len(drawers) > 1:
        raise Refusal(Reason.PRINTER_DRAWERS, printers=", ".join(drawers))


def _follow(setup: PrinterSetup, known: Mapping[str, PrinterSetup]) -> None:
    seen = {setup.key}
    at = setup
    while at.fallback:
        if at.fallback in seen:
            raise Refusal(Reason.PRINTER_FALLBACK_CIRCLE, printer=setup.name)
        seen.add(at.fallback)
        following = known.get(at.fallback)
        if following is None:
            return
        at = following


def _template_of(facts: Facts, job: PrintJobInfo) -> Template | None:
    """The shop's own template that the job goes by; None for the one that comes with the product."""
    from pos_member.hardware.printing import templates

    saved = facts.paper_templates(job.kind) if job.template else ()
    content = next((each.content for each in saved if each.version == job.template), "")
    if not content:
        return None
    try:
        return templates.parse(content, job.kind)
    except EnvironmentProblem as problem:
        # As for the printer: a template that this build reads no longer loses no receipt.
        _log.warning("job %s is drawn by the template that comes with the product: %s", job.id, problem)
        return None
