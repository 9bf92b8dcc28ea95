"""Time: UTC for facts, the organisation's zone for business rules, one formatter for Thai dates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from pos_member.domain.errors import Reason, Refusal

BUDDHIST_OFFSET = 543
_MONTHS_TH = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_DIGITS_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def business_date(at: datetime, zone: str) -> date:
    """The calendar day of the shop at ``at`` (aware)."""
    return at.astimezone(ZoneInfo(zone)).date()


def format_date(day: date, language: str) -> str:
    """``21 พ.ย. 2569`` in Thai (Buddhist era), ``21 Nov 2026`` in English."""
    if language == "th":
        return f"{day.day} {_MONTHS_TH[day.month - 1]} {day.year + BUDDHIST_OFFSET}"
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def format_time(at: datetime, zone: str) -> str:
    """``18:42`` in the shop's zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def format_moment(at: datetime, now: datetime, zone: str, language: str) -> str:
    """``18:42`` on the day of ``now`` in the shop's zone, ``20 พ.ย. 2569 18:42`` on any other."""
    day, shown = business_date(at, zone), format_time(at, zone)
    return shown if day == business_date(now, zone) else f"{format_date(day, language)} {shown}"


def parse_date(text: str) -> date:
    """A date as a person types it: ``21/11/2569``, ``21-11-2026``, ``21112569``, ``2026-11-21``, Thai digits too.

    Years from 2400 are Buddhist era. Raises ``Refusal(DATE_INVALID)``.
    """
    cleaned = text.strip().translate(_THAI_DIGITS)
    iso = _ISO.fullmatch(cleaned)
    if iso is not None:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    else:
        found = _DATE.fullmatch(cleaned) or _DIGITS_DATE.fullmatch(cleaned)
        if found is None:
            raise Refusal(Reason.DATE_INVALID, text=text[:40])
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    if year >= 2400:
        year -= BUDDHIST_OFFSET
    try:
        return date(year, month, day)
    except ValueError:
        raise Refusal(Reason.DATE_INVALID, text=text[:40]) from None
