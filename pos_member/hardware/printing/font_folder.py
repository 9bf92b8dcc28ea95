"""Where the shop keeps its own fonts, and under which names. Standard library only: it is read before Qt is there."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

#: What a template may call a font: a plain file name, no way out of the folder.
FONT_FILE = re.compile(r"[A-Za-z0-9ก-๛][A-Za-z0-9ก-๛ ._-]{0,80}\.(ttf|otf)", re.IGNORECASE)
_STRANGE = re.compile(r"[^A-Za-z0-9ก-๛ ._-]+")
_MARKED = re.compile(r"-[0-9a-f]{8}$")
_STEM_MAX = 60

_folder: Path | None = None


def use_folder(folder: Path | None) -> None:
    """Where the shop keeps its own font files; a template names one of them by its file name. None: there are none."""
    global _folder
    _folder = folder


def current_folder() -> Path | None:
    """The folder of the till that is open; it need not exist."""
    return _folder


def shop_fonts() -> tuple[str, ...]:
    """The file names of the shop's own fonts, sorted. None where the folder cannot be read: papers do not need it."""
    try:
        names = [path.name for path in _folder.iterdir()] if _folder is not None else []
    except OSError:
        return ()
    return tuple(sorted((name for name in names if FONT_FILE.fullmatch(name)), key=str.casefold))


def kept_name(name: str, content: bytes) -> str:
    """The file name under which a font is kept: its own, made plain, and eight figures of its content.

    The same font again gets the same name; two fonts of one name get two.
    """
    path = Path(name)
    plain = _STRANGE.sub("-", path.stem).strip(" ._-")[:_STEM_MAX] or "font"
    ending = path.suffix.lower() if path.suffix.lower() in (".ttf", ".otf") else ".ttf"
    return f"{plain}-{hashlib.sha256(content).hexdigest()[:8]}{ending}"


def shown_name(name: str) -> str:
    """A kept font as people call it."""
    return _MARKED.sub("", Path(name).stem)
