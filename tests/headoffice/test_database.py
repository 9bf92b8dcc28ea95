"""Opening head office's file: what cannot be used is said so, and nothing in it is changed."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import schema
from pos_member.headoffice.database import open_database, open_known_database
from pos_member.headoffice.kept import SIGNING_KEY, VERSION, read_setting
from tests.headoffice.office_support import database_url
from tests.office_database import OFFICES


def test_secrets_are_made_once(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        database = open_database(database_url(tmp_path))
        with database.read() as connection:
            keys.append(read_setting(connection, SIGNING_KEY))
        database.close()
    assert keys[0] == keys[1] and len(keys[0]) == 64


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.one_database("the mode of SQLite's file")
def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    open_database(OFFICES.empty_url(tmp_path / "office.db")).close()
    assert stat.S_IMODE((tmp_path / "office.db").stat().st_mode) == 0o600


def newer(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.execute(update(schema.setting).where(schema.setting.c.name == VERSION).values(value="99"))
    database.close()


@pytest.mark.one_database("no database is opened")
@pytest.mark.parametrize("opens", [open_database, open_known_database])
@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///",
        "sqlite://",
        "sqlite:///:memory:",
        "",
        "headoffice.db",
        "mysql://shop:secret@here/office",
        "sqlite+x:///a",
    ],
)
def test_an_address_that_names_no_database_of_ours_says_so(url: str, opens: Callable[[str], object]) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        opens(url)
    assert (caught.value.reason, caught.value.params) == (Reason.DATABASE_ADDRESS_INVALID, {})


@pytest.mark.one_database("what becomes of SQLite's file")
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (newer, Reason.DATABASE_NEWER),
        (lambda path: path.write_bytes(b"this is no database " * 400), Reason.DATABASE_CORRUPT),
        (lambda path: path.mkdir(), Reason.FOLDER_READ_ONLY),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, spoil: Callable[[Path], None], reason: Reason) -> None:
    spoil(tmp_path / "office.db")
    with pytest.raises(EnvironmentProblem) as caught:
        open_database(database_url(tmp_path))
    assert caught.value.reason is reason


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(tmp_path: Path) -> None:
    database = open_database(database_url(tmp_path))
    query = select(schema.setting.c.name)
    with database.read() as reader:
        before = reader.execute(query).scalars().all()
        with database.write() as writer:
            writer.execute(insert(schema.setting).values(name="new", value="1"))
        assert reader.execute(query).scalars().all() == before
    with database.read() as reader:
        assert "new" in reader.execute(query).scalars().all()
    database.close()
