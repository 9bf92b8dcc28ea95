"""Both databases alike: many rows, what is refused, what is begun anew, what errors may tell, who makes the tables."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import journal, portable, schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import TOKEN_SECRET, read_setting
from pos_member.headoffice.portable import Database
from pos_member.headoffice.portable_engines import driven, place_of
from pos_member.headoffice.portable_errors import is_crossed, is_lost
from tests.headoffice.office_support import MEMBERS, database_url, seed
from tests.office_database import OFFICES
from tests.postgres_server import Cluster

#: Below and above what goes by COPY, and by COPY and a table in between.
SIZES = (1, 7, 50, 400)
ON_POSTGRESQL = pytest.mark.one_database("what PostgreSQL alone does", on="postgresql")

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("order", BigInteger, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("body", LargeBinary),
    Column("says", Text, nullable=False, server_default="nothing"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_url(tmp_path))
    with opened.write() as connection:
        metadata.create_all(connection)
    yield opened
    opened.close()


def row(n: int, says: str = "ก\t\\N\n'\"{}") -> dict[str, Any]:
    body = bytes(range(256)) if n % 2 else None
    return {"shard": f"s{n % 3}", "id": n, "order": (1 << 62) + n, "good": n % 2 == 0, "body": body, "says": says}


def held(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [dict(found._mapping) for found in connection.execute(select(thing).order_by(thing.c.id))]


@pytest.mark.parametrize("size", SIZES)
def test_many_rows_are_as_they_were_given(database: Database, size: int) -> None:
    rows = [row(n) for n in range(size)]
    with database.write() as connection:
        portable.insert_many(connection, thing, rows)
        portable.insert_many(connection, thing, [])
    assert held(database) == rows
    with pytest.raises(IntegrityError), database.write() as connection:
        portable.insert_many(connection, thing, [row(n) for n in range(size, 2 * size)] + [row(0)])
    assert held(database) == rows, "all or nothing"


@pytest.mark.parametrize("size", SIZES)
def test_a_column_that_is_left_out_has_its_default(database: Database, size: int) -> None:
    rows = [{name: value for name, value in row(n).items() if name != "says"} for n in range(size)]
    with database.write() as connection:
        portable.insert_many(connection, thing, rows[: size // 2])
        portable.upsert(connection, thing, rows[size // 2 :])
    assert {found["says"] for found in held(database)} == {"nothing"}


@pytest.mark.parametrize("size", SIZES)
def test_of_rows_with_one_key_the_last_replaces_and_the_first_stays(database: Database, size: int) -> None:
    older = [row(n, "old") for n in range(size)]
    newer = [row(n, "new") for n in range(size // 2, 2 * size)]
    with database.write() as connection:
        portable.insert_new(connection, thing, [*older, *(one | {"says": "late"} for one in older)])
    assert {found["says"] for found in held(database)} == {"old"}
    with database.write() as connection:
        portable.upsert(connection, thing, [*(one | {"says": "early"} for one in newer), *newer])
    assert [found["says"] for found in held(database)] == ["old"] * (size // 2) + ["new"] * (2 * size - size // 2)
    with database.write() as connection:
        keys = [{"shard": one["shard"], "id": one["id"], "order": 5, "good": True} for one in newer]
        portable.upsert(connection, thing, keys)
    changed = held(database)[size // 2 :]
    assert {(found["order"], found["says"]) for found in changed} == {(5, "new")}, "what is not named stays"


@pytest.mark.parametrize("size", [1, 50, 400])
@pytest.mark.parametrize("spoilt", [{"order": 1 << 63}, {"order": 1 << 80}, {"id": 1 << 40}, {"says": "a\0b"}])
def test_what_postgresql_cannot_hold_is_refused_and_not_cut_down(
    database: Database, size: int, spoilt: dict[str, Any], office_kind: str
) -> None:
    rows = [row(n) for n in range(size - 1)] + [row(size) | spoilt]
    for write in (portable.insert_many, portable.upsert, portable.insert_new):
        try:
            with database.write() as connection:
                write(connection, thing, rows)
        except (DBAPIError, OverflowError) as error:
            assert portable.is_refused_text(error)
            assert held(database) == []
        else:
            # SQLite takes NUL and has one kind of integer: then it has to be there as it was given.
            assert office_kind == "sqlite"
            assert held(database)[-1] == rows[-1]
            with database.write() as connection:
                connection.execute(thing.delete())


def test_text_is_ordered_by_its_bytes(database: Database) -> None:
    words = ["b", "a", "B", "A", "ก", "é", "e", "_", "-", "10", "9", "z"]
    with database.write() as connection:
        portable.insert_many(connection, thing, [row(n, word) for n, word in enumerate(words)])
    with database.read() as connection:
        found = list(connection.execute(select(thing.c.says).order_by(thing.c.says)).scalars())
        above = set(connection.execute(select(thing.c.says).where(thing.c.says >= "a")).scalars())
    assert found == sorted(words, key=str.encode)
    assert above == {word for word in words if word.encode() >= b"a"}


@ON_POSTGRESQL
def test_an_error_tells_nothing_of_a_row(tmp_path: Path) -> None:
    database = open_database(database_url(tmp_path))
    seed(database)
    member = MEMBERS[0]
    values = {"id": member.id, "number": "1", "phone": member.phone, "status": "active", "body": "ใจดี"}
    many = [values | {"number": str(n)} for n in range(50)]

    def fails(run: Any) -> str:
        try:
            with database.write() as connection:
                run(connection)
        except DBAPIError as error:
            record = logging.LogRecord("x", logging.ERROR, "", 0, "told %s", (error,), None)
            record.exc_info = (type(error), error, error.__traceback__)
            return journal.JsonLines().format(record)
        raise AssertionError("nothing went wrong")

    for run in (
        lambda connection: connection.execute(insert(schema.member).values(**values)),
        lambda connection: portable.insert_many(connection, schema.member, many),
        lambda connection: connection.execute(insert(schema.member).values(**(values | {"id": "x", "body": None}))),
        lambda connection: connection.execute(select(schema.till).where(schema.till.c.number == member.phone)),
        lambda connection: connection.exec_driver_sql(
            "SELECT CAST(%(v)s AS text)::integer FROM member", {"v": member.phone}
        ),
    ):
        told = fails(run)
        assert "Violation" in json.loads(told)["message"] or "Data" in told or "Invalid" in told or "Undefined" in told
        for secret in (member.phone, member.phone[1:], "ใจดี", member.id):
            assert secret not in told
    database.close()


@ON_POSTGRESQL
def test_two_who_wait_for_each_other_both_come_through(database: Database) -> None:
    """A deadlock ends one of them, whose unit of work is begun anew."""
    with database.write() as connection:
        portable.insert_many(connection, thing, [row(0), row(1)])
    meet = threading.Barrier(2)
    tries: list[int] = []
    failed: list[BaseException] = []

    def swap(first: int, second: int) -> None:
        waited = False

        def work(connection: Any) -> None:
            nonlocal waited
            tries.append(first)
            for n in (first, second):
                added = thing.update().where(thing.c.id == n).values(order=thing.c.order + 1)
                connection.execute(added)
                if not waited:
                    waited = True
                    meet.wait(60)

        try:
            database.again(work)
        except BaseException as error:  # noqa: BLE001 - told where the test looks
            failed.append(error)

    threads = [threading.Thread(target=swap, args=pair) for pair in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == [] and sorted(tries) in ([0, 0, 1], [0, 1, 1])
    assert [found["order"] for found in held(database)] == [(1 << 62) + 2, (1 << 62) + 3]


@ON_POSTGRESQL
def test_a_lost_connection_is_begun_anew_only_where_that_is_safe(database: Database) -> None:
    def cut(connection: Any) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    done: list[int] = []

    def once(connection: Any) -> str:
        done.append(1)
        if len(done) == 1:
            cut(connection)
        return "done"

    with pytest.raises(DBAPIError) as caught:
        database.again(once)
    assert is_lost(caught.value) and not is_crossed(caught.value) and portable.is_overload(caught.value)
    done.clear()
    assert database.again(once, repeatable=True) == "done" and len(done) == 2


@ON_POSTGRESQL
def test_a_lost_answer_to_the_commit_is_begun_anew(database: Database) -> None:
    """The commit came through, the connection did not: work that finds itself done does it once."""
    first = True

    @event.listens_for(database.engine, "commit")
    def _break_off(connection: Any) -> None:
        nonlocal first
        if first:
            first = False
            connection.connection.driver_connection.commit()
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    def work(connection: Any) -> None:
        portable.insert_new(connection, thing, [row(1)])

    database.again(work, repeatable=True)
    assert held(database) == [row(1)]


@ON_POSTGRESQL
def test_readers_write_nothing_and_nothing_waits_for_ever(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as connection:
        portable.insert_many(connection, thing, [row(1)])
    with database.read() as connection:
        for name, least, most in (
            ("statement_timeout", 1, 600_000),
            ("lock_timeout", 1, 60_000),
            ("idle_in_transaction_session_timeout", 1, 600_000),
        ):
            asked = "SELECT setting::bigint FROM pg_settings WHERE name = %(name)s"
            found = connection.exec_driver_sql(asked, {"name": name}).scalar_one()
            assert least <= found <= most, name
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
    with database.write() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed"


@ON_POSTGRESQL
def test_a_lock_not_had_in_time_is_an_overload(database: Database) -> None:
    with database.write() as connection:
        portable.insert_many(connection, thing, [row(1)])
    with database.write() as one:
        one.execute(thing.update().values(good=True))
        with pytest.raises(OperationalError) as caught, database.write() as two:
            two.exec_driver_sql("SET LOCAL lock_timeout = 50")
            two.execute(thing.update().values(good=False))
    assert portable.is_overload(caught.value)
    with pytest.raises(EnvironmentProblem) as told, portable.told():
        raise caught.value
    assert told.value.reason is Reason.DATABASE_BUSY


@ON_POSTGRESQL
def test_many_who_start_at_once_make_one_set_of_tables(tmp_path: Path) -> None:
    url = OFFICES.empty_url(tmp_path / "fresh")
    opened: list[Database] = []
    failed: list[BaseException] = []

    def start() -> None:
        try:
            opened.append(open_database(url))
        except BaseException as error:  # noqa: BLE001 - told where the test looks
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    secrets = set()
    for database in opened:
        with database.read() as connection:
            secrets.add(read_setting(connection, TOKEN_SECRET))
        database.close()
    assert len(secrets) == 1


@ON_POSTGRESQL
def test_the_tables_order_text_by_bytes_whatever_the_database_does(tmp_path: Path) -> None:
    database = open_database(OFFICES.empty_url(tmp_path / "fresh"))
    asked = """
        SELECT c.relname || '.' || a.attname FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.atttypid = 'text'::regtype AND NOT a.attisdropped
        AND a.attcollation <> '"C"'::regcollation
    """
    with database.read() as connection:
        assert connection.exec_driver_sql(asked).scalars().all() == []
    database.close()


@ON_POSTGRESQL
def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    for url, place in (
        ("postgresql://shop:geheim@127.0.0.1:1/office", "127.0.0.1:1/office"),
        ("postgres://shop:geheim@127.0.0.1:1/office", "127.0.0.1:1/office"),
        (OFFICES.server().url("no_such_database"), f"{OFFICES.server().folder}:5432/no_such_database"),
    ):
        assert place_of(url) == place and driven(url).drivername == "postgresql+psycopg"
        with pytest.raises(EnvironmentProblem) as caught:
            open_database(url)
        assert caught.value.reason is Reason.DATABASE_UNREACHABLE
        assert caught.value.params == {"place": place}


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("made", "signs_in", "reason"),
    [
        ("WITH TEMPLATE template0", "unprivileged", Reason.DATABASE_NO_RIGHTS),
        ("WITH TEMPLATE template0 ENCODING 'LATIN1'", "", Reason.DATABASE_NOT_UTF8),
        ("WITH TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", "", Reason.DATABASE_NOT_UTF8),
    ],
)
def test_a_database_that_will_not_do_is_told_as_what_it_is(made: str, signs_in: str, reason: Reason) -> None:
    server, name = OFFICES.server(), f"unfit_{uuid4().hex}"
    url = server.url(name)
    try:
        with server.connect() as admin:
            admin.execute(f"CREATE DATABASE {name} {made}".encode())
            if signs_in:
                admin.execute(f"CREATE ROLE {name}_user LOGIN".encode())
                url = make_url(url).set(username=f"{name}_user").render_as_string(hide_password=False)
        if signs_in:
            with server.connect(name) as admin:  # before PostgreSQL 15 everybody may
                admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        with pytest.raises(EnvironmentProblem) as caught:
            open_database(url)
        assert (caught.value.reason, caught.value.params) == (reason, {"place": place_of(url)})
    finally:
        with server.connect() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            admin.execute(f"DROP ROLE IF EXISTS {name}_user".encode())


@ON_POSTGRESQL
def test_a_standby_is_told_as_what_it_is() -> None:
    """A server that follows another one answers, and may not write."""
    cluster = Cluster(shared_buffers="16MB", wal_level="replica")
    try:
        url = cluster.start().url("postgres")
        open_database(url).close()
        cluster.stop()
        cluster.follow()
        with pytest.raises(EnvironmentProblem) as caught:
            open_database(cluster.start().url("postgres"))
        assert (caught.value.reason, caught.value.params) == (Reason.DATABASE_READ_ONLY, {"place": place_of(url)})
    finally:
        cluster.remove()


@ON_POSTGRESQL
def test_what_was_committed_outlives_the_crash_of_the_server() -> None:
    """On a server that syncs, ended without a checkpoint; the pool finds its way back by itself."""
    cluster = Cluster(shared_buffers="16MB")
    try:
        database = Database(cluster.start().url("postgres"))
        with database.write() as connection:
            metadata.create_all(connection)
            portable.insert_many(connection, thing, [row(n) for n in range(300)])
        cluster.crash()
        cluster.start()
        assert held(database) == [row(n) for n in range(300)]
        database.close()
    finally:
        cluster.remove()


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("spoilt", "binary"),
    [
        ({}, True),
        ({"body": None}, True),
        ({"order": -(1 << 63)}, True),
        ({"order": 1 << 63}, False),
        ({"id": (1 << 31) - 1}, True),
        ({"id": 1 << 31}, False),
        ({"id": True}, False),
        ({"good": 1}, False),
    ],
)
def test_what_fits_its_column_is_copied_in_binary_and_all_else_as_text(
    database: Database, monkeypatch: pytest.MonkeyPatch, spoilt: dict[str, Any], binary: bool
) -> None:
    said: list[str] = []
    copy = psycopg.Cursor.copy

    def told(cursor: psycopg.Cursor[Any], statement: str) -> Any:
        said.append(statement)
        return copy(cursor, statement)

    monkeypatch.setattr(psycopg.Cursor, "copy", told)
    rows = [row(n) for n in range(2, 50)] + [row(1) | spoilt]
    with suppress(DBAPIError), database.write() as connection:
        portable.insert_many(connection, thing, rows)
    assert [text.endswith("(FORMAT binary)") for text in said] == [binary]
    if binary:
        assert held(database) == sorted(rows, key=lambda one: one["id"])


@ON_POSTGRESQL
def test_long_values_are_packed_the_quick_way_where_the_server_knows_it(database: Database) -> None:
    with database.read() as connection:
        query = "SELECT setting, 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        found = connection.exec_driver_sql(query).first()
    assert found is None or found[0] == ("lz4" if found[1] else "pglz")
