"""Waiting for a fact, however long a busy machine takes for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy import text

from pos_member.headoffice.portable import Database

WITHIN_S = 120.0
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def until(true: Callable[[], bool], every_s: float = 0.02) -> None:
    """Look until it is so; fails after ``WITHIN_S``."""
    look, ends = threading.Event(), time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < ends, "it did not come to be"
        look.wait(every_s)


def somebody_waits(database: Database) -> bool:
    """For a lock that another has, on PostgreSQL."""
    with database.read() as connection:
        return bool(connection.execute(text(_WAITING)).scalar_one())
