"""Rights are held back after head office went back: whom that waits for is found at a bounded cost, and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from pos_member.headoffice import portable, restoring, rights_grants, schema, times
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema_sync import rights_mark
from tests.headoffice.test_depth import AT, FEW, MANY, NOW, TILLS, Steps, read
from tests.office_database import office_url

UNTIL = NOW - timedelta(hours=1)
BEFORE, AFTER = (times.stored(UNTIL - timedelta(hours=1)), times.stored(UNTIL + timedelta(minutes=1)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Twenty tills that were all heard since rights were held back, and of each a little waits that was sold since."""
    made = open_database(office_url(tmp_path / "office.db"))
    named = {column.name: "" for column in schema.till.c if not column.nullable}
    with made.write() as connection:
        for number, till_id in enumerate(TILLS):
            numbers = {
                "epoch": 2,
                "last_seq": FEW + MANY,
                "number": number,
                "revoked": False,
                "enrolled_at": BEFORE,
                "cursor": 0,
            }
            connection.execute(insert(schema.till), [named | numbers | {"id": till_id}])
        marks = [{"till_id": each, "epoch": 2, "acked_seq": 1, "head_seq": 1, "at": AFTER} for each in TILLS]
        connection.execute(insert(rights_mark), marks)
        restoring.restored(connection, {}, NOW)
        rights_grants.freeze(connection, UNTIL)
    wait(made, 1, FEW)
    yield made
    made.close()


def wait(database: Database, first: int, last: int, at: str = AFTER, epoch: int = 2) -> None:
    """Events of every till that were made ``at``, with what they do still to be done."""
    sold: dict[str, Any] = {column.name: "" for column in schema.event.c}
    sold |= {"epoch": epoch, "version": 1, "payload": b"", "created_at": at, "received_at": AT}
    sold_ = [
        sold | {"till_id": each, "seq": seq, "event_id": f"{each}:{epoch}:{seq}"}
        for each in TILLS
        for seq in range(first, last + 1)
    ]
    effects = [{"till_id": row["till_id"], "epoch": epoch, "seq": row["seq"], "at": AT, "late": False} for row in sold_]
    with database.write() as connection:
        portable.insert_many(connection, schema.event, sold_)
        portable.insert_many(connection, schema.effect, effects)


def held_back(connection: Connection) -> bool:
    return rights_grants.frozen(connection, NOW)


@pytest.mark.one_database("counts the steps of its machine")
def test_what_waits_costs_nothing_to_ask_whom_rights_wait_for(database: Database) -> None:
    done = Steps()
    event.listen(database.engine, "checkout", lambda driver, *_: done.watch(driver))
    counted = []
    for more in (0, MANY):
        wait(database, FEW + 1, FEW + more)
        done.counted = 0
        with database.read() as connection:
            assert not held_back(connection)
        counted.append(done.counted)
    assert 0 < counted[1] <= counted[0] * 1.5, counted


@pytest.mark.one_database("its plans tell how many rows they read", on="postgresql")
def test_on_postgresql_too(database: Database) -> None:
    wait(database, FEW + 1, FEW + MANY)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        asked.append((sql, parameters))

    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as connection:
        assert not held_back(connection)
    event.remove(database.engine, "before_cursor_execute", note)
    with database.read() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", p).scalar_one() for sql, p in asked
        ]
    assert max(read(plan[0]["Plan"]) for plan in plans) < 20 * len(TILLS), plans
