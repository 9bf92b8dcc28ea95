"""Giving memory back to the system after a rush.

What a rush of uploads used is free when it is over, but free within the process: the C library keeps it in pieces, a
heap for every few threads, for a next rush that may come in a month.
"""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Let the system have what is free. Where the C library knows no such call it is left to it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
