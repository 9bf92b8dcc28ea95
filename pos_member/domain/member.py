"""Members: phones, names, birthdays, masking."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field
from pos_member.domain.errors import Reason, Refusal

NAME_MAX = 80
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# What stands between the digits, phones copied from elsewhere included: their dashes, and marks that nobody sees.
_SEPARATORS = re.compile("[\\s\\-().·\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Thai national numbers: mobile 06/08/09 + 8 digits, fixed 02/03/04/05/07 + 7 digits (NBTC numbering plan).
_NATIONAL = re.compile(r"0(?:[689]\d{8}|[23457]\d{7})")
_FOREIGN = re.compile(r"\+[1-9]\d{6,14}")
# Marks that change how text is drawn or ordered without being seen would hide in a name (category Cf); the two joiners
# are spelling: in emoji families and in the scripts of India and Persia.
_JOINERS = "\u200c\u200d"
_NOT_STORED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class MemberStatus(StrEnum):
    """Whether the card may be used."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"


class Identified(StrEnum):
    """How the member of a bill was recognised, strongest first."""

    #: A code that was good for a minute and a half, or a signed one of at most ten minutes.
    FRESH_QR = "fresh_qr"
    SIGNED_QR = "signed_qr"
    CARD = "card"
    PHONE_TYPED = "phone_typed"
    SEARCH = "search"

    def proves(self, wanted: Identified) -> bool:
        """Whether this way of recognising says at least as much as ``wanted``."""
        order = list(Identified)
        return order.index(self) <= order.index(wanted)


@dataclass(frozen=True)
class Birthday:
    """A birthday; the year is optional (year of birth is asked only where it is needed)."""

    day: int
    month: int
    year: int | None = None

    def __post_init__(self) -> None:
        try:
            date(self.year or 2000, self.month, self.day)
        except (ValueError, OverflowError):
            raise Refusal(Reason.DATE_INVALID, text=f"{self.day}/{self.month}") from None


@dataclass(frozen=True)
class Member:
    """An enrolled person. ``phone`` is E.164; ``tier`` the code of a tier given by hand, or empty."""

    id: str
    number: str
    phone: str
    first_name: str
    last_name: str
    birthday: Birthday | None
    status: MemberStatus
    tier: str
    home_branch_id: str
    enrolled_till_id: str
    enrolled_at: datetime
    #: Codes of the groups that head office put the member into.
    segments: tuple[str, ...] = optional_field(default=())
    #: The member who brought this one.
    referred_by: str | None = optional_field(default=None)


def normalise_phone(text: str) -> str:
    """E.164 of a phone as people write it: ``081-234-5678``, ``+66 81 234 5678``, ``0066812345678``, ``๐๘๑…``.

    Raises ``Refusal(PHONE_INVALID)``.
    """
    if len(text) > 64:
        raise Refusal(Reason.PHONE_INVALID, text=text[:20])
    if any(unicodedata.category(char) == "No" for char in text):
        # NFKC would read ² and ① as digits; whoever writes them means a note.
        raise Refusal(Reason.PHONE_INVALID, text=text[:20])
    cleaned = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text.strip()).translate(_THAI_DIGITS))
    if cleaned.startswith("00"):
        cleaned = "+" + cleaned[2:]
    if cleaned.startswith("66") and len(cleaned) in (10, 11):
        cleaned = "+" + cleaned
    if cleaned.startswith("+66"):
        national = "0" + cleaned[3:].removeprefix("0")
        if _NATIONAL.fullmatch(national) and national.isascii():
            return "+66" + national[1:]
    elif _NATIONAL.fullmatch(cleaned) and cleaned.isascii():
        return "+66" + cleaned[1:]
    elif _FOREIGN.fullmatch(cleaned) and cleaned.isascii():
        return cleaned
    raise Refusal(Reason.PHONE_INVALID, text=text[:20])


def format_phone(phone: str) -> str:
    """``081-234-5678`` of a Thai E.164 number; others unchanged."""
    if phone.startswith("+66"):
        national = "0" + phone[3:]
        if len(national) == 10:
            return f"{national[:3]}-{national[3:6]}-{national[6:]}"
        return f"{national[:2]}-{national[2:5]}-{national[5:]}"
    return phone


def mask_phone(phone: str) -> str:
    """``08x-xxx-4567``: enough to recognise, too little to call."""
    if not phone:
        return ""
    shown = format_phone(phone)
    if phone.startswith("+66"):
        return f"{shown[:2]}x-xxx-{phone[-4:]}"
    return f"{phone[:3]}{'x' * max(0, len(phone) - 7)}{phone[-4:]}"


def clean_name(text: str) -> str:
    """A name fit to store: one line, single spaces, no control or direction marks, composed (NFC).

    Empty is allowed (a name can come later). Raises ``Refusal(TEXT_TOO_LONG | TEXT_NOT_PRINTABLE)``.
    """
    if len(text) > 20 * NAME_MAX:
        raise Refusal(Reason.TEXT_TOO_LONG, length_max=NAME_MAX)
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in _NOT_STORED
    )
    cleaned = unicodedata.normalize("NFC", " ".join(kept.split()))
    if not any(unicodedata.category(char)[0] in "LNPS" for char in cleaned):
        # Marks and joiners alone draw nothing.
        cleaned = ""
    if len(cleaned) > NAME_MAX:
        raise Refusal(Reason.TEXT_TOO_LONG, length_max=NAME_MAX)
    if text.strip() and not cleaned:
        raise Refusal(Reason.TEXT_NOT_PRINTABLE)
    return cleaned


def graphemes(text: str) -> list[str]:
    """``text`` in user-perceived characters: a mark stays with its letter (Thai, emoji joins, diacritics)."""
    clusters: list[str] = []
    joined = half_flag = False
    for char in text:
        extends = unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u0e33\u0eb3\u200c\u200d\ufe0f"
        regional = 0x1F1E6 <= ord(char) <= 0x1F1FF
        if clusters and (extends or joined or 0x1F3FB <= ord(char) <= 0x1F3FF or (regional and half_flag)):
            clusters[-1] += char
            half_flag = False
        else:
            clusters.append(char)
            half_flag = regional
        joined = char == "\u200d"
    return clusters


def mask_name(first_name: str, last_name: str) -> str:
    """``สมหญิง จ.``: the first name and the initial of the last, by grapheme cluster."""
    first = first_name.strip()
    # The initial of a Thai name is its first consonant: a leading vowel (เ แ โ ใ ไ) is not a letter to stand alone.
    rest = graphemes(last_name.strip().lstrip("เแโใไ"))
    initial = rest[0] if rest else ""
    initial = initial[0] if initial and "\u0e00" <= initial[0] <= "\u0e7f" else initial
    return f"{first} {initial}.".strip() if initial else first


def mask_number(number: str) -> str:
    """``29•••••••4821``: the ends of a member number."""
    return f"{number[:2]}{'•' * max(0, len(number) - 6)}{number[-4:]}"
