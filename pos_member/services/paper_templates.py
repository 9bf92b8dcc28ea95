"""The shop's own paper templates: what is in force, what was, and changing it. Versions are only ever added.

A print job keeps the version that was in force when it was made; what is saved here counts for papers made later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from pos_member.domain.documents import Document, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.paper import cashier_label
from pos_member.services.paper_samples import sample_of
from pos_member.services.ports import TillTransaction
from pos_member.services.print_ports import PaperTemplate

#: The papers whose templates a shop may change, in the order a person thinks of them.
KINDS = (
    DocumentKind.RECEIPT,
    DocumentKind.RETURN,
    DocumentKind.COUPON,
    DocumentKind.MEMBER_CARD,
    DocumentKind.DAY_REPORT,
    DocumentKind.ORDER_SLIP,
    DocumentKind.TEST_PAGE,
)
#: Characters of a template: one with a logo has some 30,000.
CONTENT_MAX = 400_000
#: Who saved what came by the command line, where nobody signs in.
COMMAND_LINE = "command_line"


@dataclass(frozen=True)
class TemplateVersion:
    """One version of a template. ``version`` 0 and no ``saved_at``: the one that comes with the product.

    ``shipped``: the shop went back to that one. ``by``: first name and code of the person, in the asked language.
    """

    kind: DocumentKind
    version: int
    saved_at: datetime | None
    by: str
    shipped: bool


class PaperTemplates:
    """``save``, ``reset`` and ``restore`` need ``MANAGE_TILL``; the command line, where nobody signs in, passes no
    session."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    # --- looking -------------------------------------------------------------------------------------------

    @one_book
    def kinds(self, language: str) -> tuple[TemplateVersion, ...]:
        """What is in force of each paper."""
        return tuple(self._in_force(kind, language) for kind in KINDS)

    @one_book
    def history(self, kind: DocumentKind, language: str) -> tuple[TemplateVersion, ...]:
        """Every version of a kind, newest first; the shipped one ends the list."""
        saved = self._shop.store.facts.paper_templates(_known(kind))
        return (*(self._version(each, language) for each in saved), _shipped(kind))

    def draft(self, kind: DocumentKind) -> str:
        """The template in force, as JSON. Raises ``EnvironmentProblem(TEMPLATE_INVALID)``."""
        own = self._shop.store.facts.paper_template(_known(kind))
        return own.content if own is not None else self.shipped(kind)

    def shipped(self, kind: DocumentKind) -> str:
        """The template that comes with the product, as JSON. Raises as ``draft``."""
        return self._shop.context.templates.shipped(_known(kind))

    def content(self, kind: DocumentKind, version: int) -> str:
        """The JSON of one version; 0 is the shipped one. Raises ``Refusal(TEMPLATE_UNFIT)`` for an unknown number."""
        if version == 0:
            return self.shipped(kind)
        known = {each.version: each.content for each in self._shop.store.facts.paper_templates(_known(kind))}
        if version not in known:
            raise Refusal(Reason.TEMPLATE_UNFIT, detail=f"version {version}")
        return known[version] or self.shipped(kind)

    @one_book
    def sample(self, kind: DocumentKind, language: str, staff_id: str = "") -> Document:
        """A paper of this till, as ``staff_id`` would issue it, to draw a template with."""
        return sample_of(self._shop, _known(kind), language, staff_id)

    # --- changing ------------------------------------------------------------------------------------------

    @one_book
    def check(self, kind: DocumentKind, content: str) -> None:
        """Raises ``Refusal``: TEMPLATE_UNFIT, or TEMPLATE_LACKS with what the paper must say."""
        if len(content) > CONTENT_MAX:
            raise Refusal(Reason.TEMPLATE_UNFIT, detail=f"{len(content):,} > {CONTENT_MAX:,}")
        for language in ("th", "en"):
            self._shop.context.templates.check(_known(kind), content, self.sample(kind, language))

    @one_book
    def save(self, session: Session | None, kind: DocumentKind, content: str, *, act: str = "save") -> TemplateVersion:
        """``content`` is in force for papers made from now on; its number is given out here.

        What is in force already is not saved again. Raises as ``check``, ``Refusal(NOT_PERMITTED)``, and
        ``EnvironmentProblem`` with nothing written.
        """
        self._allow(session)
        self.check(kind, content)
        if _bare(content) == _bare(self.draft(kind)):
            return self._in_force(kind, "th")
        return self._keep(session, kind, content, act)

    @one_book
    def reset(self, session: Session | None, kind: DocumentKind) -> TemplateVersion:
        """Back to the template that comes with the product; the versions before stay and can be restored."""
        self._allow(session)
        if self._shop.store.facts.paper_template(_known(kind)) is None:
            return _shipped(kind)
        return self._keep(session, kind, "", "reset")

    @one_book
    def restore(self, session: Session | None, kind: DocumentKind, version: int) -> TemplateVersion:
        """An older version once more, as a new one; 0 is the shipped one.

        Raises as ``save`` (the rules may have grown since), and ``Refusal(TEMPLATE_UNFIT)`` for an unknown number.
        """
        self._allow(session)
        content = self.content(kind, version)
        if _bare(content) == _bare(self.shipped(kind)):
            return self.reset(session, kind)
        return self.save(session, kind, content, act=f"restore of={version}")

    # --- inside --------------------------------------------------------------------------------------------

    def _allow(self, session: Session | None) -> None:
        if session is not None:
            self._shop.require(session, Permission.MANAGE_TILL)

    def _keep(self, session: Session | None, kind: DocumentKind, content: str, act: str) -> TemplateVersion:
        shop = self._shop
        at, staff_id = shop.now(), session.staff.id if session is not None else COMMAND_LINE
        with shop.store.transaction() as tx:
            version = _next_version(tx, kind)
            tx.save_paper_template(PaperTemplate(kind, version, _numbered(content, version), at, staff_id))
            shop.audit(
                tx,
                "paper_template",
                staff_id=staff_id,
                subject_id=kind.value,
                detail=f"act={act} version={version}",
                at=at,
            )
        return TemplateVersion(kind, version, at, self._name(staff_id, "th"), shipped=not content)

    def _in_force(self, kind: DocumentKind, language: str) -> TemplateVersion:
        latest = next(iter(self._shop.store.facts.paper_templates(kind)), None)
        return _shipped(kind) if latest is None else self._version(latest, language)

    def _version(self, saved: PaperTemplate, language: str) -> TemplateVersion:
        by = self._name(saved.staff_id, language)
        return TemplateVersion(saved.kind, saved.version, saved.saved_at, by, shipped=not saved.content)

    def _name(self, staff_id: str, language: str) -> str:
        return "" if staff_id == COMMAND_LINE else cashier_label(self._shop.book(), staff_id, language)


def kind_named(content: str) -> DocumentKind | None:
    """Which paper a template's JSON says it is for; None where that is no JSON, or for no paper of ours."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    name = data.get("template") if isinstance(data, dict) else None
    return next((kind for kind in KINDS if kind.value == name), None)


def _known(kind: DocumentKind) -> DocumentKind:
    if kind not in KINDS:
        raise ValueError(f"{kind} has no template")
    return kind


def _shipped(kind: DocumentKind) -> TemplateVersion:
    return TemplateVersion(kind, 0, None, "", shipped=True)


def _next_version(tx: TillTransaction, kind: DocumentKind) -> int:
    return max((each.version for each in tx.facts.paper_templates(kind)), default=0) + 1


def _numbered(content: str, version: int) -> str:
    """The checked JSON with its number, one way of writing for all; "" stays empty."""
    return json.dumps({**json.loads(content), "version": version}, ensure_ascii=False, indent=2) if content else ""


def _bare(content: str) -> object:
    return {**json.loads(content), "version": 0}
