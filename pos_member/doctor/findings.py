"""What a check found, in both languages, with how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos_member.domain.errors import PosMemberError
from pos_member.wording import keys, say, say_error

_TABLE = "doctor"


class Level(StrEnum):
    """``WARNING``: the till sells, something is worth a look. ``ERROR``: something will not work."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One result of a check, ready for window, terminal or JSON. ``mend_*`` is empty where nothing is to be done."""

    name: str
    level: Level
    said_th: str
    said_en: str
    mend_th: str = ""
    mend_en: str = ""


def found(name: str, level: Level, key: str, **params: object) -> Finding:
    """A finding worded by ``key`` of ``resources/i18n/doctor.json``; ``<key>_mend`` says what to do, where it is."""
    mend = f"{key}_mend"
    has_mend = mend in keys(_TABLE)
    return Finding(
        name,
        level,
        say(_TABLE, key, "th", params),
        say(_TABLE, key, "en", params),
        say(_TABLE, mend, "th", params) if has_mend else "",
        say(_TABLE, mend, "en", params) if has_mend else "",
    )


def told(name: str, level: Level, error: PosMemberError) -> Finding:
    """A refusal or a problem as a finding: its sentence says already what to do."""
    return Finding(name, level, say_error(error, "th"), say_error(error, "en"))
