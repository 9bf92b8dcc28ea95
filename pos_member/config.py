"""Where things are: the data folder, the resources, the fonts; and the till's own settings file."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_ROOT = Path(__file__).resolve().parent.parent


#: Inside the package once it is installed from a wheel, beside it in the source tree.
_INSIDE = Path(__file__).resolve().parent / "resources"
_RESOURCES = _INSIDE if _INSIDE.is_dir() else _ROOT / "resources"


def resource(*parts: str) -> Path:
    """A file below ``resources/``."""
    return _RESOURCES.joinpath(*parts)


def fonts_folder() -> Path:
    """Where set-up (or the installer) put the fonts of window and paper."""
    return _ROOT / "build" / "fonts"


def default_data_folder() -> Path:
    """The till's data folder where none is named: ``POS_MEMBER_DATA`` or the platform's place for it."""
    named = os.environ.get("POS_MEMBER_DATA")
    return Path(named) if named else Path(platformdirs.user_data_dir("pos-member", appauthor=False))


def default_state_folder() -> Path:
    """Where small notes about data folders are kept, apart from them: ``POS_MEMBER_STATE`` or the platform's place."""
    named = os.environ.get("POS_MEMBER_STATE")
    return Path(named) if named else Path(platformdirs.user_state_dir("pos-member", appauthor=False))
