"""Migrations: the same tables as the code says, there and back, and not at all when there is nothing to do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pos_member.db.engine import Database
from pos_member.db.schema import TILL_APPLICATION_ID, TILL_VERSION, metadata
from pos_member.db.upgrade import MIGRATIONS, migrate, upgrade
from pos_member.domain.errors import EnvironmentProblem, Reason

KEY = bytes(range(32))


def ddl(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
    )
    return {
        name: re.sub(r"\s+", " ", sql).replace(" ,", ",").replace("( ", "(").replace(" )", ")") for name, sql in rows
    }


def fresh(path: Path) -> Database:
    return Database(path, KEY)


def test_migrations_build_what_the_tables_say(tmp_path: Path) -> None:
    migrated, declared = fresh(tmp_path / "m.db"), fresh(tmp_path / "d.db")
    assert upgrade(migrated)
    with declared.write() as connection:
        metadata.create_all(connection)
        wanted = ddl(connection)
    with migrated.read() as connection:
        found = ddl(connection)
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == TILL_VERSION
        assert connection.exec_driver_sql("PRAGMA application_id").scalar() == TILL_APPLICATION_ID
    assert found == wanted
    assert "CHECK" in found["bill"] and found["bill"].rstrip().endswith("STRICT"), "the comparison sees checks"
    migrated.close()
    declared.close()


def test_down_and_up_again(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.db")
    upgrade(database)
    with database.write() as connection:
        before = ddl(connection)
        migrate(connection, "base")
        assert ddl(connection) == {}
        migrate(connection, "head")
        assert ddl(connection) == before
    database.close()


def test_migration_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.db")
    with pytest.raises(KeyError), database.write() as connection:
        migrate(connection, "head")
        assert ddl(connection)
        raise KeyError
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    assert upgrade(database)
    database.close()


def test_current_file_needs_no_alembic(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.db")
    upgrade(database)
    database.close()
    script = (
        "import sys; from pathlib import Path; from pos_member.db.engine import Database;"
        "from pos_member.db.upgrade import upgrade;"
        f"assert not upgrade(Database(Path({str(tmp_path / 'a.db')!r}), bytes(range(32))));"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.db")
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA application_id = 7")
    with pytest.raises(EnvironmentProblem) as told:
        upgrade(database)
    assert told.value.reason is Reason.DATABASE_CORRUPT
    database.close()


def test_copy_is_kept_before_data_is_changed(tmp_path: Path) -> None:
    database = fresh(tmp_path / "a.db")
    asked: list[int] = []
    upgrade(database, before=asked.append)
    assert asked == [], "a new file holds nothing to keep"
    upgrade(database, before=asked.append)
    assert asked == [], "a current file is not changed"
    database.close()


def test_migrations_stand_on_their_own() -> None:
    for file in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        assert "pos_member" not in file.read_text(encoding="utf-8"), f"{file.name} must not import today's tables"


def test_as_many_migrations_as_the_version_says() -> None:
    assert len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) == TILL_VERSION
