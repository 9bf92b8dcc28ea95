"""QR modules from segno: the code that is drawn is the smallest that holds the text."""

from __future__ import annotations

from functools import lru_cache

import segno

QUIET_ZONE_MODULES = 4
#: Byte capacity of the largest QR at level M; longer texts are a mistake of the caller.
TEXT_MAX = 2_331


@lru_cache(maxsize=256)
def modules(text: str) -> tuple[bytes, ...]:
    """Rows of the symbol without its quiet zone, one byte per module, 1 = black.

    Error level M, raised to Q or H where that fits the same version. Raises ``ValueError`` for an empty text
    or one beyond ``TEXT_MAX`` bytes.
    """
    if not text or len(text.encode()) > TEXT_MAX:
        raise ValueError(f"a QR code holds 1 to {TEXT_MAX} bytes")
    symbol = segno.make_qr(text, error="m", boost_error=True)
    return tuple(bytes(row) for row in symbol.matrix)
