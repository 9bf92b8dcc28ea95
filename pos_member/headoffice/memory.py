"""How head office keeps memory, and gives it back to the system after a rush.

What a rush of uploads used is free when it is over, but free within the process: the C library keeps it in pieces for a
next rush that may come in a month. It would do so in a heap for every few threads, and of those it gives the ends back
and takes them again at every batch.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable

#: ``mallopt(3)``: parameters, and what they are set to. What is free at the end of a heap stays until ``give_back``;
#: what is larger than the second is the system's again as soon as it is free.
_ARENA_MAX, _TRIM_THRESHOLD, _MMAP_THRESHOLD = -8, -1, -3
_KEPT_BYTES, _APART_BYTES = 64 << 20, 16 << 20


def one_heap() -> None:
    """One heap for all threads: they hold the interpreter's lock when they take memory anyway."""
    set_to = _known("mallopt")
    if set_to is not None:
        set_to(_ARENA_MAX, 1)
        set_to(_TRIM_THRESHOLD, _KEPT_BYTES)
        set_to(_MMAP_THRESHOLD, _APART_BYTES)


def collect_less() -> None:
    """A batch is tens of thousands of objects, none of them in a circle: looking for circles took a third of the time.

    What is there after the start stays; of what comes after, circles are looked for a hundred times less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(70_000, 20, 20)


def give_back() -> None:
    """Let the system have what is free."""
    gc.collect()
    trim = _known("malloc_trim")
    if trim is not None:
        trim(0)


def _known(name: str) -> Callable[..., int] | None:
    """A call of the C library; ``None`` where it has none of this name, and memory is left to it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
