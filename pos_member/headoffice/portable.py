"""The one place that knows which database stands behind head office: its transactions.

Engines are opened in ``portable_engines``, many rows are written in ``portable_rows``, errors are read in
``portable_errors``; what the rest of head office needs of them it takes from here.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.portable_engines import BUSY_TIMEOUT_S, READ, is_server, open_engine, place_of
from pos_member.headoffice.portable_errors import is_crossed, is_lost, is_overload, is_refused_text, told
from pos_member.headoffice.portable_rows import (
    IN_VALUES_MAX,
    chunks,
    insert_locked,
    insert_many,
    insert_new,
    parts,
    upsert,
)
from pos_member.headoffice.turns import Turns

__all__ = [
    "BUSY_TIMEOUT_S",
    "IN_VALUES_MAX",
    "Database",
    "chunks",
    "insert_locked",
    "insert_many",
    "insert_new",
    "is_overload",
    "is_refused_text",
    "is_server",
    "open_engine",
    "parts",
    "place_of",
    "told",
    "upsert",
]

log = logging.getLogger(__name__)
T = TypeVar("T")
#: How often a unit of work is begun before its failure is passed on, and the longest pause before the first repeat.
TRIES_MAX = 5
_PAUSE_S = 0.05


class Database:
    """Head office's database. Thread-safe: ``read`` and ``write`` lend each caller a connection of its own."""

    def __init__(self, database_url: str) -> None:
        self.engine = open_engine(database_url)
        self.place = place_of(database_url)
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None
        self._random = random.Random()
        self._closed = threading.Event()

    @property
    def one_writer(self) -> bool:
        """Whether who writes waits for everyone else who does."""
        return self._turns is not None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end of the block, undone by an exception."""
        if self._turns is not None and not self._turns.take(BUSY_TIMEOUT_S):
            raise EnvironmentProblem(Reason.DATABASE_BUSY)
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            if self._turns is not None:
                self._turns.give_back()

    @contextmanager
    def later(self) -> Iterator[None]:
        """What this thread writes in the block lets other writers of this process go first, for a while."""
        with self._turns.later() if self._turns is not None else nullcontext():
            yield

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the data, without waiting for writers."""
        options: dict[str, Any] = {READ: True}
        if self.engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def again(self, work: Callable[[Connection], T], *, repeatable: bool = False) -> T:
        """``work`` in a transaction of its own, begun anew where another transaction was in its way.

        ``work`` changes nothing but the database. ``repeatable``: it also finds out by itself that it was done
        already, so that it may be begun anew after a connection was lost on the way, perhaps after the commit.
        """
        for left in range(TRIES_MAX - 1, -1, -1):
            try:
                with self.write() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not left or not (is_crossed(error) or (repeatable and is_lost(error))):
                    raise
                log.info("a unit of work is begun anew: %s", type(error.orig).__name__)
            if self._closed.wait(self._random.uniform(0, _PAUSE_S * 2 ** (TRIES_MAX - 1 - left))):
                raise EnvironmentProblem(Reason.DATABASE_BUSY)
        raise AssertionError("unreachable")

    def rest(self) -> None:
        """Let go of connections that nobody uses: of SQLite each keeps the pages it read, megabytes of them."""
        if self._turns is not None:
            self.engine.dispose()

    def close(self) -> None:
        """Let go of every connection."""
        self._closed.set()
        self.engine.dispose()
