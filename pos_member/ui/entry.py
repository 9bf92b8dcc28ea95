"""What a cashier typed into the entry field means, before anything is looked up. Pure.

Ten digits that begin with 0 are a phone, up to seven digits (with satang if wanted) an amount, ``3*`` a quantity for
what follows; anything else is looked up as if it had been scanned. The screen says which while it is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pos_member.domain.bill import MILLI, QUANTITY_MAX_MILLI
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import parse_baht
from pos_member.domain.scan_meaning import ScanKind, classify

#: Longer figures are codes or phones, never an amount of money at a till.
AMOUNT_DIGITS_MAX = 7
_TIMES = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*[*×xX]\s*(.*)", re.DOTALL)
_AMOUNT = re.compile(r"฿?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?|฿?\s*\.\d{1,2}")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True)
class Nothing:
    """The field is empty."""


@dataclass(frozen=True)
class Times:
    """A quantity alone: it waits for what is scanned next."""

    quantity_milli: int


@dataclass(frozen=True)
class Amount:
    """A bill by amount."""

    amount_satang: int
    quantity_milli: int = MILLI


@dataclass(frozen=True)
class Look:
    """Something to look up; ``kind`` says what it seems to be."""

    text: str
    kind: ScanKind
    quantity_milli: int = MILLI


Entry = Nothing | Times | Amount | Look


def read_entry(text: str) -> Entry:
    """The meaning of ``text``. Raises ``Refusal(QUANTITY_OUT_OF_RANGE | AMOUNT_OUT_OF_RANGE)``."""
    cleaned = text.strip().translate(_THAI_DIGITS)
    if not cleaned:
        return Nothing()
    quantity = MILLI
    times = _TIMES.fullmatch(cleaned)
    if times is not None:
        quantity = int(Decimal(times[1]) * MILLI)
        if not 0 < quantity <= QUANTITY_MAX_MILLI:
            raise Refusal(Reason.QUANTITY_OUT_OF_RANGE, quantity_max=QUANTITY_MAX_MILLI // MILLI)
        cleaned = times[2].strip()
        if not cleaned:
            return Times(quantity)
    if _is_amount(cleaned):
        return Amount(parse_baht(cleaned if cleaned[0] != "." else f"0{cleaned}"), quantity)
    return Look(cleaned, classify(cleaned).kind, quantity)


def _is_amount(text: str) -> bool:
    if _AMOUNT.fullmatch(text) is None:
        return False
    whole = text.partition(".")[0].replace(",", "").removeprefix("฿").strip()
    # A figure that begins with 0 is the start of a phone number, unless it is satang alone (0.50).
    return len(whole) <= AMOUNT_DIGITS_MAX and (not whole.startswith("0") or whole == "0")
