"""Times, quantities and signed figures as a person reads them, and whole numbers as a person types them."""

from __future__ import annotations

import re
from datetime import datetime

from pos_member.domain.bill import MILLI
from pos_member.domain.clock import format_moment
from pos_member.domain.money import parse_baht
from pos_member.ui.i18n import language
from pos_member.ui.shell import Shell

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?")
_WHOLE = re.compile(r"([+\-−]?)\s*(\d{1,9})")


def moment(shell: Shell, at: datetime) -> str:
    """``18:42`` today, ``20 พ.ย. 2569 18:42`` on another day; ``at`` aware."""
    return format_moment(at, shell.services.clock.now(), shell.settings.zone, language())


def quantity_text(milli: int) -> str:
    """``2`` or ``0.35``."""
    whole, rest = divmod(milli, MILLI)
    return f"{whole:,}.{rest:03d}".rstrip("0") if rest else f"{whole:,}"


def signed(points: int) -> str:
    """``+12``, ``−50`` (a true minus sign), ``0``."""
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{abs(points):,}"


def read_amount(text: str) -> int:
    """Satang of an amount that may be nothing at all: an empty drawer is counted too.

    Raises ``Refusal(AMOUNT_INVALID | AMOUNT_OUT_OF_RANGE)``.
    """
    return 0 if read_whole(text) == 0 else parse_baht(text)


def read_time(text: str) -> str | None:
    """A time of day as ``22:00``, typed as ``22:00``, ``22.00``, ``2200`` or ``22``, in Thai or Arabic digits; None for
    anything else."""
    found = _TIME.fullmatch(text.strip().translate(_THAI_DIGITS))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def read_whole(text: str) -> int | None:
    """A whole number with an optional sign, in Thai or Arabic digits, grouped or not; None for anything else."""
    found = _WHOLE.fullmatch(text.strip().translate(_THAI_DIGITS).replace(",", ""))
    if found is None:
        return None
    return -int(found[2]) if found[1] in ("-", "−") else int(found[2])
