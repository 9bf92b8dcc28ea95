"""``template``: a shop's paper templates as files, the same JSON as those that ship, and its fonts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_OK
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.wording import say, say_error

#: Larger files are no template: they are not read to their end.
FILE_MAX = 2_000_000
#: No Thai font is as large; the gate refuses what is cut off here.
_FONT_MAX = 32 * 1024 * 1024


def listed(parsed: argparse.Namespace, console: Console) -> int:
    """Every paper with the version in force."""
    from pos_member.app.composition import open_known_till

    with open_known_till(parsed.data) as till:
        rows = till.services.templates.kinds(console.language)
    if console.as_json:
        console.json(rows)
        return EXIT_OK
    for row in rows:
        saved = "" if row.saved_at is None else f"  {row.saved_at:%Y-%m-%d %H:%M} UTC  {row.by}".rstrip()
        version = console.text("template_shipped") if row.shipped else str(row.version)
        console.line(
            f"{row.kind.value.ljust(12)} {say('paper', f'kind_{row.kind.value}', console.language)}: {version}{saved}"
        )
    return EXIT_OK


def export(parsed: argparse.Namespace, console: Console) -> int:
    """The template in force, or an older one, to a file or standard output."""
    from pos_member.app.composition import open_known_till
    from pos_member.app.shop_fonts import font_of

    kind = DocumentKind(parsed.kind)
    with open_known_till(parsed.data) as till:
        templates = till.services.templates
        content = templates.draft(kind) if parsed.version is None else templates.content(kind, parsed.version)
    text = content if content.endswith("\n") else f"{content}\n"
    if parsed.out is None:
        sys.stdout.write(text)
        return EXIT_OK
    try:
        parsed.out.write_text(text, encoding="utf-8", newline="")
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(parsed.out)) from None
    font = font_of(content)
    shown = {"template": kind.value, "path": str(parsed.out)} | ({"font": font} if font else {})
    console.result(shown, "saved", path=parsed.out)
    if font:
        console.say("template_names_font", font=font)
    return EXIT_OK


def take_in(parsed: argparse.Namespace, console: Console) -> int:
    """A file as the next version of its paper. What is refused changes nothing."""
    from pos_member.app.composition import open_known_till

    content = read_text(parsed.file)
    with open_known_till(parsed.data) as till:
        done = till.services.templates.save(None, kind_of(content), content, act="import")
        trouble = _font_trouble(content)
    name = say("paper", f"kind_{done.kind.value}", console.language)
    said = "template_reset" if done.shipped else "template_taken"
    shown: dict[str, object] = {"template": done.kind.value, "version": done.version}
    if trouble is not None:
        shown["font"] = trouble.reason.value
    console.result(shown, said, paper=name, version=done.version)
    if trouble is not None and not console.as_json:
        console.line(say_error(trouble, console.language))
    return EXIT_OK


def take_font(parsed: argparse.Namespace, console: Console) -> int:
    """A font file among the shop's own, once it has shown that Thai comes out right; how templates name it."""
    from pos_member.app.composition import open_known_till
    from pos_member.app.shop_fonts import take_font as keep

    try:
        with parsed.file.open("rb") as file:
            content = file.read(_FONT_MAX)
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(parsed.file)) from None
    with open_known_till(parsed.data):
        kept = keep(parsed.file.name, content)
    console.result({"font": kept}, "template_font_kept", font=kept)
    return EXIT_OK


def reset(parsed: argparse.Namespace, console: Console) -> int:
    """Back to the template that comes with the product."""
    from pos_member.app.composition import open_known_till

    kind = DocumentKind(parsed.kind)
    with open_known_till(parsed.data) as till:
        done = till.services.templates.reset(None, kind)
    name = say("paper", f"kind_{kind.value}", console.language)
    console.result({"template": kind.value, "version": done.version}, "template_reset", paper=name)
    return EXIT_OK


def check(parsed: argparse.Namespace, console: Console) -> int:
    """Whether a file may be used, without a till."""
    from pos_member.app.shop_fonts import font_of
    from pos_member.app.template_tools import PaperTemplateTools

    content = read_text(parsed.file)
    kind = kind_of(content)
    PaperTemplateTools().check(kind, content)
    name = say("paper", f"kind_{kind.value}", console.language)
    font = font_of(content)
    shown = {"ok": True, "template": kind.value} | ({"font": font} if font else {})
    console.result(shown, "template_good", paper=name)
    if font:
        console.say("template_names_font", font=font)
    return EXIT_OK


def _font_trouble(content: str) -> Refusal | None:
    from pos_member.app.shop_fonts import font_of, font_trouble

    if not font_of(content):
        return None  # most name none: Qt need not be there
    return font_trouble(content)


def read_text(path: Path) -> str:
    """A template's file; a byte-order mark, as Windows editors write it, is allowed.

    Raises ``EnvironmentProblem(FILE_NOT_READABLE)``, ``Refusal(TEMPLATE_UNFIT)``.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_MAX + 1)
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from None
    if len(raw) > FILE_MAX:
        raise Refusal(Reason.TEMPLATE_UNFIT, detail=f"> {FILE_MAX:,}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(Reason.TEMPLATE_UNFIT, detail="UTF-8") from None


def kind_of(content: str) -> DocumentKind:
    """Which paper a template says it is for. Raises ``Refusal(TEMPLATE_UNFIT)``."""
    from pos_member.services.paper_templates import KINDS, kind_named

    kind = kind_named(content)
    if kind is None:
        raise Refusal(Reason.TEMPLATE_UNFIT, detail='"template": ' + " | ".join(each.value for each in KINDS))
    return kind
