"""What a batch of effects costs does not depend on how much waits behind it, nor on what other members hold.

Counted in steps of SQLite's machine, which are the same on every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from pos_member.domain.clock import SystemClock
from pos_member.domain.rights import RightUse
from pos_member.headoffice import portable, rights_ends, rights_ledger, schema, seen_marks, times
from pos_member.headoffice.database import open_database
from pos_member.headoffice.effects import Effects
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema_sync import outgoing, spending_right
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units
from tests.office_database import office_url

NOW = SystemClock().now()
AT = times.stored(NOW)
TILLS = [f"till{n:03d}" for n in range(20)]
#: Of the tills' own rows, of rights and of changes: how many there are at first, and how many more come.
FEW, MANY = 60, 3_000
_STEPS = 10
WEEK = timedelta(days=7)
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


class Steps:
    """Of SQLite's machine, in tens, on all connections that are watched."""

    def __init__(self) -> None:
        self.counted = 0

    def watch(self, driver: Any) -> None:
        driver.set_progress_handler(self._one_more, _STEPS)

    def _one_more(self) -> int:
        self.counted += 1
        return 0


def steps(database: Database, connection: Connection, work: Work) -> int:
    """Those of ``work`` on this connection."""
    made, driver = Steps(), connection.connection.driver_connection
    made.watch(driver)
    work(database, connection)
    driver.set_progress_handler(None, _STEPS)  # type: ignore[union-attr]
    return made.counted


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


def right_of(till_id: str, number: int, state: str, **more: object) -> dict[str, Any]:
    """One of epoch 2 that lapses in a week; all of it spent and told of where it ended."""
    right: dict[str, Any] = {column.name: 0 for column in spending_right.c}
    right |= {"kind": "touch", "granted_at": AT, "lapses_at": times.stored(NOW + WEEK), "state": state, "points": 9}
    right |= {"epoch": 2, "used": 9, "spent": 9, "safe_at": None, "ended_at": AT}
    return right | {"member_id": f"{till_id}m{number}", "id": f"{state}{number}", "till_id": till_id} | more


def insert_rights(database: Database, rows: list[dict[str, Any]]) -> None:
    with database.write() as connection:
        portable.insert_many(connection, spending_right, rows)


def recalls(units: Units, till_id: str) -> tuple[str, ...]:
    with units.database.read() as connection:
        return rights_ends.recalls_for(connection, till_id)


def ends(units: Units, till_id: str) -> bool:
    with units.database.read() as connection:
        return rights_ends._ends_some(connection, till_id, 2, 0, NOW - WEEK)


#: What a till says with each hello, gives back, and is asked for.
HELLOS: list[Any] = [
    pytest.param(lambda units, till: rights_ends.release_own(units, till, 2, 5, NOW, NOW, upto=9), id="hello"),
    pytest.param(lambda units, till: rights_ends.release(units, till, [RightUse("live1", 1)], NOW), id="given-back"),
    pytest.param(lambda units, till: rights_ends.write_off(units, till, NOW), id="written-off"),
    pytest.param(recalls, id="recalls"),
    pytest.param(ends, id="nothing-ends"),
]


@pytest.mark.parametrize("work", HELLOS)
def test_rights_that_ended_cost_a_hello_nothing(tmp_path: Path, work: Callable[[Units, str], object]) -> None:
    """Nor do those of other tills. Two tills alike say it, the second one with all that behind it."""
    made = open_database(f"sqlite:///{tmp_path}/office.db")
    done = Steps()
    event.listen(made.engine, "checkout", lambda driver, *_: done.watch(driver))
    try:
        for till_id in ("young", "old"):
            live = {"used": 0, "spent": None, "ended_at": None}
            rows = [right_of(till_id, n, "live", **live) for n in range(1, 9)]
            rows += [right_of(till_id, 20, "live", kind="own", origin_seq=3, **live)]
            rows += [right_of(till_id, 21, "live", **live | {"lapses_at": times.stored(NOW - WEEK)})]
            rows += [right_of(till_id, n, "recalled", **live) for n in range(22, 25)]
            rows += [right_of(till_id, 30, "released", spent=10, ended_at=times.stored(NOW - WEEK))]
            insert_rights(made, rows)
        done.counted = 0
        first = work(Units(made), "young")
        few = done.counted
        behind = [right_of("old", n, state) for state in ("released", "void", "lapsed") for n in range(100, MANY)]
        behind += [right_of("another", n, "recalled", spent=None, used=0) for n in range(100, MANY)]
        lapsed = times.stored(NOW - WEEK)
        behind += [right_of("another", n, "live", spent=None, used=0, lapses_at=lapsed) for n in range(100, MANY)]
        insert_rights(made, behind)
        done.counted = 0
        assert work(Units(made), "old") == first
    finally:
        made.close()
    assert 0 < done.counted <= few * 1.5 + 20, (few, done.counted)


@pytest.mark.parametrize("work", [HELLOS[0], *HELLOS[3:]])
def test_rights_that_a_till_has_cost_a_hello_nothing(tmp_path: Path, work: Callable[[Units, str], object]) -> None:
    """Given ahead they may be many thousands. Two tills alike say it, the second one has them."""
    made = open_database(f"sqlite:///{tmp_path}/office.db")
    done = Steps()
    event.listen(made.engine, "checkout", lambda driver, *_: done.watch(driver))
    live = {"used": 0, "spent": None, "ended_at": None}
    counted, found = [], []
    try:
        for till_id, more in (("young", 8), ("old", MANY)):
            rows = [right_of(till_id, n, "live", kind="home", **live) for n in range(more)]
            rows += [right_of(till_id, MANY, "live", kind="own", origin_seq=3, **live)]
            rows += [right_of(till_id, MANY + 1, "live", **live | {"lapses_at": times.stored(NOW - WEEK)})]
            insert_rights(made, rows)
            done.counted = 0
            found.append(work(Units(made), till_id))
            counted.append(done.counted)
    finally:
        made.close()
    assert found[0] == found[1]
    assert 0 < counted[1] <= counted[0] * 1.5 + 20, counted


def read(node: dict[str, Any]) -> int:
    """Rows that a plan looked at and those it took."""
    own = sum(
        int(node.get(name, 0)) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Actual Rows")
    )
    return own * int(node["Actual Loops"]) + sum(read(each) for each in node.get("Plans", ()))


@pytest.mark.one_database("its plans tell how many rows they read", on="postgresql")
@pytest.mark.parametrize("work", [recalls, ends])
def test_on_postgresql_only_what_is_open_is_read(tmp_path: Path, work: Callable[[Units, str], object]) -> None:
    made = open_database(office_url(tmp_path / "office.db"))
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        if "spending_right" in sql:
            asked.append((sql, parameters))

    try:
        live = {"used": 0, "spent": None, "ended_at": None}
        rows = [right_of("old", n, state) for state in ("released", "void", "lapsed") for n in range(100, MANY)]
        rows += [right_of("another", n, "recalled", **live) for n in range(100, MANY)]
        rows += [
            right_of("old", n, state, **live) for state, many in (("live", MANY), ("recalled", 8)) for n in range(many)
        ]
        insert_rights(made, rows)
        with made.write() as connection:
            connection.exec_driver_sql("ANALYZE spending_right")
        event.listen(made.engine, "before_cursor_execute", note)
        work(Units(made), "old")
        event.remove(made.engine, "before_cursor_execute", note)
        with made.read() as connection:
            found = [
                connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", p).scalar_one() for sql, p in asked
            ]
    finally:
        made.close()
    assert found
    assert max(read(plan[0]["Plan"]) for plan in found) < 200, found
