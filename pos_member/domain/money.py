"""Money as integer satang, rates as exact fractions, rounding stated by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from pos_member.domain.errors import Reason, Refusal

SATANG_PER_BAHT = 100
#: Above this a price or a bill is a slip of the scanner (a barcode typed into the amount), not a sale.
AMOUNT_MAX_SATANG = 100_000_000_00
_AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class Rounding(StrEnum):
    """How a fraction of a point or satang becomes whole."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """``numerator / denominator`` as an integer; ``denominator`` > 0. Mirrors about zero, as ``round_fraction``."""
    if numerator < 0:
        return -round_ratio(-numerator, denominator, rounding)
    whole, rest = divmod(numerator, denominator)
    if (rounding is Rounding.UP and rest) or (rounding is Rounding.HALF_UP and 2 * rest >= denominator):
        whole += 1
    return whole


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """``value`` as an integer. Half up rounds halves away from zero, so that a return mirrors its sale."""
    return round_ratio(value.numerator, value.denominator, rounding)


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``total`` in proportion to ``weights`` so that the parts sum to it exactly.

    Largest remainder; ties go to the earlier part, so the same bill always splits the same way. All weights
    must be >= 0; when they sum to zero everything goes to the first part (or nothing where there is none).
    No part is larger than its weight unless ``total`` is larger than their sum.
    """
    if not weights:
        if total:
            raise ValueError("nothing to allocate to")
        return ()
    if len(weights) == 1:
        return (total,)
    if total < 0:
        return tuple(-part for part in allocate(-total, weights))
    whole = sum(weights)
    if whole == 0:
        return (total, *([0] * (len(weights) - 1)))
    shares = [total * weight for weight in weights]
    parts = [share // whole for share in shares]
    left = total - sum(parts)
    if left:
        rests = [share % whole for share in shares]
        # A reversed sort is still stable: among equal remainders the earlier part comes first.
        for i in sorted(range(len(rests)), key=rests.__getitem__, reverse=True)[:left]:
            parts[i] += 1
    return tuple(parts)


def parse_baht(text: str) -> int:
    """Satang of an amount as a person types it: ``1,250`` ``1250.5`` ``๑๒๕๐``.

    Raises ``Refusal(AMOUNT_INVALID | AMOUNT_OUT_OF_RANGE)``; negative and zero amounts are out of range.
    """
    cleaned = text.strip().translate(_THAI_DIGITS).replace(",", "").removeprefix("฿").strip()
    found = _AMOUNT.fullmatch(cleaned)
    if found is None:
        raise Refusal(Reason.AMOUNT_INVALID, text=text[:40])
    satang = int(found[1]) * SATANG_PER_BAHT + int((found[2] or "0").ljust(2, "0"))
    if not 0 < satang <= AMOUNT_MAX_SATANG:
        raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
    return satang


def format_baht(satang: int, *, symbol: bool = True, trim: bool = False) -> str:
    """``฿1,250.00``; with ``trim`` whole baht lose their ``.00``; negatives carry a true minus sign."""
    baht, rest = divmod(abs(satang), SATANG_PER_BAHT)
    digits = f"{baht:,}" if trim and not rest else f"{baht:,}.{rest:02d}"
    return f"{'−' if satang < 0 else ''}{'฿' if symbol else ''}{digits}"


def vat_included(gross_satang: int, rate_bp: int) -> int:
    """The VAT inside a VAT-inclusive amount at ``rate_bp`` hundredths of a percent (7 % = 700)."""
    return round_ratio(gross_satang * rate_bp, 10_000 + rate_bp, Rounding.HALF_UP)


def without_vat(gross_satang: int, rate_bp: int) -> int:
    """What is left of a VAT-inclusive amount without its VAT, half up."""
    return round_ratio(gross_satang * 10_000, 10_000 + rate_bp, Rounding.HALF_UP)


def least_with_vat(net_satang: int, rate_bp: int) -> int:
    """The smallest VAT-inclusive amount of which ``without_vat`` leaves ``net_satang`` or more; 0 for none."""
    if net_satang <= 0:
        return 0
    return -(-(2 * net_satang - 1) * (10_000 + rate_bp) // 20_000)
