"""What a batch of effects costs does not depend on how much waits behind it, nor on what other members hold.

Counted in steps of SQLite's machine, which are the same on every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from pos_member.domain.clock import SystemClock
from pos_member.headoffice import portable, rights_ledger, schema, seen_marks, times
from pos_member.headoffice.database import open_database
from pos_member.headoffice.effects import Effects
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema_sync import outgoing, spending_right
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units

NOW = SystemClock().now()
AT = times.stored(NOW)
TILLS = [f"till{n:03d}" for n in range(20)]
#: Of the tills' own rows, of rights and of changes: how many there are at first, and how many more come.
FEW, MANY = 60, 3_000
_STEPS = 10
Work = Callable[[Database, Connection], object]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """With twenty tills that sent ``FEW`` each."""
    made = open_database(f"sqlite:///{tmp_path}/office.db")
    named = {column.name: "" for column in schema.till.c if not column.nullable}
    with made.write() as connection:
        for number, till_id in enumerate(TILLS):
            numbers = {"epoch": 2, "last_seq": FEW + MANY, "number": number, "revoked": False}
            connection.execute(insert(schema.till), [named | numbers | {"id": till_id}])
    wait(made, 1, FEW)
    yield made
    made.close()


def wait(database: Database, first: int, last: int) -> None:
    """Effects of every till, one of them of an event told late; rights and changes of members that no batch is of."""
    effects = [
        {"till_id": till_id, "epoch": 2, "seq": seq, "at": AT, "late": seq == 1}
        for till_id in TILLS
        for seq in range(first, last + 1)
    ]
    right: dict[str, Any] = {column.name: 0 for column in spending_right.c}
    right |= {"kind": "own", "granted_at": AT, "lapses_at": AT, "state": "live", "safe_at": None, "ended_at": None}
    rights = [right | {"member_id": f"m{n}", "id": f"r{n}", "till_id": TILLS[n % 20]} for n in range(first, last + 1)]
    change: dict[str, Any] = {column.name: "" for column in outgoing.c}
    change |= {"deleted": False, "at": AT, "origin_till": None, "origin_epoch": None, "origin_seq": None}
    told = [
        change | {"shard": f"m{n}", "entity": "account", "id": f"m{n}", "n": n, "place": n}
        for n in range(first, last + 1)
    ]
    with database.write() as connection:
        for table, rows in ((schema.effect, effects), (spending_right, rights), (outgoing, told)):
            portable.insert_many(connection, table, rows)


def steps(database: Database, connection: Connection, work: Work) -> int:
    """Of SQLite's machine, in tens."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, _STEPS)
    work(database, connection)
    driver.set_progress_handler(None, _STEPS)
    return counted


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda _, connection: seen_marks.published(connection, TILLS), id="published"),
        pytest.param(lambda _, connection: seen_marks.settled(connection, TILLS[3]), id="settled"),
        pytest.param(lambda _, connection: rights_ledger.set_aside(connection, ["m1", "m2"], NOW), id="rights"),
        pytest.param(lambda _, connection: Stamper._waiting(connection, FEW // 2), id="stamper"),
        pytest.param(lambda database, connection: Effects(Units(database)).waiting_tills(connection), id="tills"),
    ],
)
def test_what_waits_behind_costs_nothing(database: Database, work: Work) -> None:
    with database.read() as connection:
        before = work(database, connection)
        few = steps(database, connection, work)
    wait(database, FEW + 1, FEW + MANY)
    with database.read() as connection:
        assert work(database, connection) == before
        many = steps(database, connection, work)
    assert few > 0
    assert many <= few * 1.5, (few, many)


def test_what_waits_of_an_older_epoch_comes_first(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            insert(schema.effect), [{"till_id": TILLS[0], "epoch": 1, "seq": 70, "at": AT, "late": False}]
        )
        connection.execute(
            insert(schema.effect), [{"till_id": TILLS[0], "epoch": 1, "seq": 69, "at": AT, "late": True}]
        )
    with database.read() as connection:
        found = seen_marks.published(connection, TILLS[:2])
        assert found == {TILLS[0]: (1, 69), TILLS[1]: (2, 1)}
        assert seen_marks.settled(connection, TILLS[0]) == (1, 69)
        assert seen_marks.settled(connection, "nobody") is None
