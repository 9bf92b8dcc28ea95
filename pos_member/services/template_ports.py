"""The library of paper templates as the use cases see it: what ships with the product, and what may be used at all."""

from __future__ import annotations

from typing import Protocol

from pos_member.domain.documents import Document, DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason


class TemplateLibrary(Protocol):
    """Shipped templates, and the check that every other one has to pass before it is kept."""

    def shipped(self, kind: DocumentKind) -> str:
        """The template that comes with the product, as JSON. Raises ``EnvironmentProblem(TEMPLATE_INVALID)``."""
        ...

    def check(self, kind: DocumentKind, content: str, sample: Document | None = None) -> None:
        """Whether ``content`` may be used; with ``sample`` it is drawn once besides, on the narrowest paper.

        Raises ``Refusal``: TEMPLATE_UNFIT with what is wrong where, TEMPLATE_LACKS with what the paper must say.
        """
        ...


class NoLibrary:
    """Where no library was handed in, nothing can be changed."""

    def shipped(self, kind: DocumentKind) -> str:
        """Raises ``EnvironmentProblem(TEMPLATE_INVALID)``."""
        raise EnvironmentProblem(Reason.TEMPLATE_INVALID, template=kind.value, detail="no library")

    def check(self, kind: DocumentKind, content: str, sample: Document | None = None) -> None:
        """Raises ``EnvironmentProblem(TEMPLATE_INVALID)``."""
        raise EnvironmentProblem(Reason.TEMPLATE_INVALID, template=kind.value, detail="no library")
