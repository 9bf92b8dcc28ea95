"""Rows of the print spool as the use cases list them. A list never reads the papers themselves: those are heavy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, func, select, text

from pos_member.db import schema as s
from pos_member.db.schema_states import OPEN_JOBS as OPEN
from pos_member.db.values import from_us
from pos_member.domain.codec import from_bytes
from pos_member.domain.documents import DOCUMENT_TYPES, Document, DocumentKind, DrawerDocument, Spooled
from pos_member.domain.printers import Proof
from pos_member.services.print_ports import PaperTemplate, PrintJobInfo, PrintJobState

_c = s.print_job.c
_INFO = select(
    *(column for column in s.print_job.c if column.name not in ("document", "payload")),
    _c.payload.is_not(None).label("begun"),
)
#: Newest first; give it a limit.
JOBS = _INFO.order_by(_c.number.desc())
#: The same of those that are not over, after those that a person must look at.
OPEN_JOBS = _INFO.where(text(OPEN)).order_by((_c.state == PrintJobState.UNCONFIRMED.value).desc(), _c.number.desc())
JOB = _INFO.where(_c.id == bindparam("value"))
DOCUMENT = select(_c.kind, _c.document).where(_c.id == bindparam("value"))
#: The papers of a subject as first printed.
DOCUMENTS = (
    select(_c.kind, _c.document)
    .where(_c.subject_id == bindparam("value"), _c.copy_number == 0, _c.kind != DocumentKind.DRAWER.value)
    .order_by(_c.number)
)
COPIES = select(func.coalesce(func.max(_c.copy_number), 0)).where(
    _c.subject_id == bindparam("value"), _c.kind == bindparam("kind")
)
#: Every version of a kind, newest first.
TEMPLATES = (
    select(s.paper_template)
    .where(s.paper_template.c.kind == bindparam("value"))
    .order_by(s.paper_template.c.version.desc())
)
TEMPLATE = TEMPLATES.limit(1)


def job_info(row: Row[Any]) -> PrintJobInfo:
    """A print job as the window lists it."""
    return PrintJobInfo(
        id=row.id,
        kind=DocumentKind(row.kind),
        subject_id=row.subject_id,
        state=PrintJobState(row.state),
        reason=row.reason,
        copy_number=row.copy_number,
        attempts=row.attempts,
        created_at=from_us(row.created_at_us),
        updated_at=from_us(row.updated_at_us),
        printer=row.printer,
        proof=Proof(row.proof),
        replaced_by=row.replaced_by,
        begun=bool(row.begun),
        template=row.template,
    )


def template_of(row: Row[Any]) -> PaperTemplate:
    """A template as the shop saved it."""
    return PaperTemplate(DocumentKind(row.kind), row.version, row.content, from_us(row.saved_at_us), row.staff_id)


def read_spooled(kind: str, raw: bytes) -> Spooled:
    """What a print job holds."""
    return from_bytes(DOCUMENT_TYPES[DocumentKind(kind)], raw)


def read_document(kind: str, raw: bytes) -> Document:
    """A paper as kept in its print job. Raises ``ValueError`` for a job that holds none."""
    found = read_spooled(kind, raw)
    if isinstance(found, DrawerDocument):
        raise ValueError("a drawer's pulse is no paper")
    return found
