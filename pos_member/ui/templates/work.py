"""What the template screen has done on lanes: reading, judging parts, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.paper_templates import CONTENT_MAX
from pos_member.services.till import TillServices
from pos_member.ui.ports import TemplateTools
from pos_member.ui.templates import model

#: Dots of the widest paper: a logo is kept as wide as any printer can print it.
LOGO_DOTS = 576
#: A photo of a telephone; what is larger is refused by whoever unpacks it.
_PICTURE_MAX = 32 * 1024 * 1024
#: A font with the scripts of the world; the gate says which are too large for Thai paper.
_FONT_MAX = 32 * 1024 * 1024


@dataclass(frozen=True)
class Opened:
    """A template to edit."""

    kind: DocumentKind
    sheet: model.Json
    vocabulary: Mapping[str, Sequence[str]]
    #: The shop's own fonts: (as a template names it, as people call it).
    fonts: Sequence[tuple[str, str]]


def opening(till: TillServices, tools: TemplateTools, kind: DocumentKind) -> Callable[[], Opened]:
    """Read the template in force."""
    return lambda: Opened(kind, model.read(till.templates.draft(kind)), tools.vocabulary(kind), tools.fonts())


def locks_of(tools: TemplateTools, kind: DocumentKind, sheet: model.Json) -> dict[str, Refusal] | None:
    """Which parts the paper may not be without: key → why. None while the sheet itself is not fit."""
    try:
        tools.check(kind, model.write(sheet))
    except Refusal:
        return None
    found: dict[str, Refusal] = {}
    for part in model.parts(sheet):
        if part.on:
            try:
                tools.check(kind, model.write(model.switched(sheet, part.key, on=False)))
            except Refusal as refused:
                if refused.reason is Reason.TEMPLATE_LACKS:
                    found[part.key] = refused
    return found


def read_template(till: TillServices, kind: DocumentKind, path: Path) -> model.Json:
    """The sheet in a file, checked. Raises ``EnvironmentProblem(FILE_NOT_READABLE)``, ``Refusal`` as ``check``."""
    raw = _read(path, 4 * CONTENT_MAX)
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(Reason.TEMPLATE_UNFIT, detail="UTF-8") from error
    till.templates.check(kind, content)
    return model.read(content)


def read_logo(tools: TemplateTools, path: Path) -> tuple[str, int]:
    """A picture file as a logo. Raises ``EnvironmentProblem(FILE_NOT_READABLE)``, ``Refusal(LOGO_UNFIT)``."""
    return tools.logo(_read(path, _PICTURE_MAX), LOGO_DOTS)


def read_font(tools: TemplateTools, path: Path) -> tuple[str, Sequence[tuple[str, str]]]:
    """A font file taken in: as templates name it, and all the shop has now.

    Raises ``EnvironmentProblem(FILE_NOT_READABLE | FILE_NOT_WRITABLE)``, ``Refusal(FONT_UNFIT)``.
    """
    return tools.take_font(path.name, _read(path, _FONT_MAX)), tools.fonts()


def write_template(till: TillServices, kind: DocumentKind, path: Path) -> Path:
    """The template in force as a file. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``."""
    content = till.templates.draft(kind)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if content.endswith("\n") else f"{content}\n", encoding="utf-8", newline="")
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None
    return path


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from None
