"""A print job's bytes for one printer: drawn or in the printer's own letters, by the template the job came with."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from pos_member.domain.documents import (
    CouponDocument,
    DayReportDocument,
    Document,
    DrawerDocument,
    OrderSlipDocument,
    ReceiptDocument,
)
from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing.encoder import drawer_pulse, encode_pieces
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.templates import Template, parse
from pos_member.hardware.printing.textmode import encode_text
from pos_member.services.print_ports import PrintJob

_log = logging.getLogger(__name__)


def payload_of(job: PrintJob, profile: PrinterProfile) -> Sequence[bytes]:
    """What goes to a printer of ``profile`` for ``job``, one or more whole commands each piece.

    Any thread, once a GUI application exists. Raises ``EnvironmentProblem(FONTS_MISSING | TEMPLATE_INVALID)``, and
    ``ValueError`` for a document that cannot be drawn.
    """
    document = job.document
    if isinstance(document, DrawerDocument):
        return (drawer_pulse(profile),)
    if isinstance(document, ReceiptDocument | CouponDocument | DayReportDocument | OrderSlipDocument):
        document = replace(document, copy_number=max(job.copy_number, document.copy_number))
    if job.template:
        try:
            return _pieces(document, parse(job.template, job.kind), profile)
        except (PosMemberError, ValueError) as problem:
            # It was sound when it was saved. A build that reads it no longer, or a font that is gone, loses no receipt.
            _log.warning("print job %s is drawn by the template that comes with the product: %s", job.id, problem)
    return _pieces(document, None, profile)


def _pieces(document: Document, template: Template | None, profile: PrinterProfile) -> Sequence[bytes]:
    if profile.text is not None:
        return tuple(encode_text(lay_out(document, template), profile))
    return tuple(encode_pieces(rasterise(document, profile.dots, profile.dpi, template=template), profile))
