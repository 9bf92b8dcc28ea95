"""The shop's own fonts for its papers: those in the data folder, taking one in, and templates that name one.

Devices' code is imported when it is first used. All of it off the window's thread: judging a font takes a moment.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.hardware.printing.font_folder import FONT_FILE, current_folder, kept_name, shop_fonts, shown_name


def fonts() -> Sequence[tuple[str, str]]:
    """(file name, as people call it) of each; two that are called the same are told apart by their file names."""
    names = shop_fonts()
    called = Counter(map(shown_name, names))
    return tuple((name, shown_name(name) if called[shown_name(name)] == 1 else name) for name in names)


def take_font(name: str, content: bytes) -> str:
    """See ``ui.ports.TemplateTools``."""
    from pos_member.hardware.printing.font_gate import check_content
    from pos_member.hardware.printing.transports import write_atomically

    check_content(name[:80], content).require()
    folder = current_folder()
    if folder is None:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=name[:80])
    kept = kept_name(name, content)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _same(kept, content):
            write_atomically(folder / kept, content)
    except OSError as error:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(folder / kept), detail=str(error)) from error
    return kept


def font_of(content: str) -> str:
    """The font that a template names; "" for the program's own, and where it is no template."""
    try:
        font = json.loads(content).get("font", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return font if isinstance(font, str) and FONT_FILE.fullmatch(font) else ""


def font_trouble(content: str) -> Refusal | None:
    """See ``ui.ports.TemplateTools``."""
    from pos_member.hardware.printing.font_gate import shop_verdict

    name = font_of(content)
    if not name:
        return None
    verdict = shop_verdict(name)
    if verdict is None:
        return Refusal(Reason.FONT_NOT_HERE, font=shown_name(name))
    try:
        verdict.require()
    except Refusal as unfit:
        return unfit
    return None


def _same(kept: str, content: bytes) -> bool:
    """Whether it is there already, to the byte."""
    folder = current_folder()
    try:
        return folder is not None and (folder / kept).read_bytes() == content
    except FileNotFoundError:
        return False
