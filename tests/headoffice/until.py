"""Waiting for a fact, however long a busy machine takes for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WITHIN_S = 120.0


def until(true: Callable[[], bool], every_s: float = 0.02) -> None:
    """Look until it is so; fails after ``WITHIN_S``."""
    look, ends = threading.Event(), time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < ends, "it did not come to be"
        look.wait(every_s)
