"""Numbers given before the commit become visible out of order; those of the stamper do not.

Eight writers with delays and rollbacks, and readers that follow what they write while they write it. Two readers go by
what is at hand, a sequence and a time, as is often done: they are the control, and have to lose rows, or this test
would prove nothing of the third.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from pos_member.headoffice import outgoing
from pos_member.headoffice.outgoing import Draft
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import FeedEntity
from tests.headoffice.office_support import open_office

pytestmark = pytest.mark.one_database("SQLite commits one transaction after another", on="postgresql")
WRITERS, WRITES = 8, 40
JOIN_S = 120

NAIVE = """
CREATE TABLE naive (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), name text NOT NULL
)
"""


class RolledBack(Exception):
    """The writer thought better of it."""


def write(database: Database, names: list[str], dice: random.Random, written: list[str], failed: list[object]) -> None:
    """One transaction for each name: into the feed's outgoing and, beside it, into the naive table."""
    pause = threading.Event()
    try:
        for name in names:
            try:
                with database.write() as connection:
                    pause.wait(dice.uniform(0, 0.004))
                    outgoing.publish(connection, [Draft(FeedEntity.PRODUCT, name, {"id": name})])
                    connection.execute(text("INSERT INTO naive (name) VALUES (:name)"), {"name": name})
                    pause.wait(dice.choice((0, 0.002, 0.02)))
                    if dice.random() < 0.2:
                        raise RolledBack
            except RolledBack:
                continue
            written.append(name)
    except Exception as error:  # noqa: BLE001 - told where the test looks
        failed.append(error)


class Reader:
    """Follows a cursor until told that nobody writes any more, then once more."""

    def __init__(self, database: Database, query: str, start: object, before: Callable[[], object] = lambda: None):
        self._database, self._query, self._cursor, self._before = database, query, start, before
        self.read: list[tuple[object, str]] = []

    def look(self) -> None:
        self._before()
        with self._database.read() as connection:
            for at, name in connection.execute(text(self._query), {"after": self._cursor}):
                self.read.append((at, name))
                self._cursor = at

    def follow(self, over: threading.Event) -> None:
        while not over.wait(0.001):
            self.look()
        self.look()

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.read]


def test_the_stampers_numbers_lose_nothing_where_sequences_and_times_do(tmp_path: Path) -> None:
    office: HeadOffice = open_office(tmp_path)
    office.stamp()
    database = office.database
    with database.write() as connection:
        connection.execute(text(NAIVE))
    first = office.horizon()
    stamped = Reader(
        database,
        "SELECT publish_no, id FROM feed WHERE publish_no > :after ORDER BY publish_no",
        first,
        office.stamp,
    )
    by_sequence = Reader(database, "SELECT id, name FROM naive WHERE id > :after ORDER BY id", 0)
    by_time = Reader(database, "SELECT at, name FROM naive WHERE at > :after ORDER BY at", "1970-01-01T00:00:00Z")
    written: list[str] = []
    failed: list[object] = []
    over = threading.Event()
    readers = [threading.Thread(target=each.follow, args=(over,)) for each in (stamped, by_sequence, by_time)]
    writers = [
        threading.Thread(
            target=write,
            args=(database, [f"p{n}-{i}" for i in range(WRITES)], random.Random(n), written, failed),
        )
        for n in range(WRITERS)
    ]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join(JOIN_S)
    over.set()
    for thread in readers:
        thread.join(JOIN_S)
    assert failed == [] and 0 < len(written) < WRITERS * WRITES
    assert sorted(stamped.names) == sorted(written), "each of them once"
    assert [at for at, _ in stamped.read] == list(range(first + 1, first + 1 + len(written))), "without a gap"
    for naive in (by_sequence, by_time):
        lost = set(written) - set(naive.names)
        assert lost, "a control that loses nothing: this machine wrote one row after another"
    database.close()
