"""Which database stands behind head office in a test: SQLite's file, or a database of the run's own PostgreSQL.

Tests name a file; ``office_url`` says what to open for it: a copy of a database that has the tables. On PostgreSQL it
is dropped when the test that asked for it is over; SQLite's file goes with its folder.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import weakref
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event, insert
from sqlalchemy.pool import Pool

from tests.postgres_server import Server, shared

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_TEMPLATE = "office_template"


class OfficeDatabases:
    """The databases of this test process. ``kind`` is what the running test stands on."""

    def __init__(self) -> None:
        self.kind = SQLITE
        self.base: Path | None = None
        self._server: Server | None = None
        self._open = ExitStack()
        self._names: dict[str, str] = {}
        self._kept: set[str] = set()
        self._empty: set[str] = set()
        self._count = itertools.count(1)

    def server(self) -> Server:
        """The PostgreSQL of the run, started by the first who asks. Raises ``NoServer``."""
        if self._server is None:
            assert self.base is not None, "no test runs"
            self._server = self._open.enter_context(shared(self.base, _make_template))
        return self._server

    def url(self, path: Path) -> str:
        """What to open for ``path``; the same each time."""
        if self.kind == SQLITE:
            if not path.exists() and path.parent.is_dir() and str(path) not in self._empty:
                shutil.copyfile(_sqlite_template(), path)
            return f"sqlite:///{path}"
        if str(path) not in self._names:
            self._names[str(path)] = self.create(_TEMPLATE)
        return self.server().url(self._names[str(path)])

    def empty_url(self, path: Path) -> str:
        """As ``url``, of a database without tables."""
        if self.kind == POSTGRESQL:
            self._names.setdefault(str(path), self.create("template0"))
        self._empty.add(str(path))
        return self.url(path)

    def copy(self, source: Path, target: Path) -> None:
        """The database for ``target`` as that of ``source`` stands, to which nobody may be connected.

        SQLite's file goes with its folder: nothing is left to do.
        """
        if self.kind == POSTGRESQL:
            assert str(target) not in self._names, "what was opened there before would be another database"
            self._names[str(target)] = self.create(self._names[str(source)])

    def keep(self, path: Path) -> None:
        """The database of ``path`` stays when the test is over: others copy it."""
        self._kept.add(str(path))

    def create(self, template: str) -> str:
        """A new database. Returns its name."""
        name = f"t{os.getpid()}_{next(self._count)}"
        with self.server().connect() as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def known(self) -> frozenset[str]:
        """The paths that have a database now, without those that stay."""
        return frozenset(self._names) - self._kept

    def drop(self, paths: frozenset[str]) -> None:
        """Drop the databases of ``paths`` that have one, whoever is still connected."""
        paths &= self.known()
        if not paths:
            return
        ended = {self._names[path] for path in paths}
        for opened in list(_CONNECTIONS):
            if not opened.closed and opened.info.dbname in ended:
                opened.close()
        with self.server().connect() as connection:
            for path in paths:
                dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(dropped.format(sql.Identifier(self._names.pop(path))))

    def close(self) -> None:
        """This process needs the server no more."""
        self._open.close()
        self._server = None


#: Every connection that an engine of this process opened: a test that forgets one leaves it to nobody else.
_CONNECTIONS: weakref.WeakSet[psycopg.Connection[Any]] = weakref.WeakSet()


@event.listens_for(Pool, "connect")
def _remember(driver: object, _record: object) -> None:
    if isinstance(driver, psycopg.Connection):
        _CONNECTIONS.add(driver)


OFFICES = OfficeDatabases()


def office_url(path: Path) -> str:
    """The URL of head office's database called ``path`` on what the test stands on."""
    return OFFICES.url(path)


def _make_template(server: Server) -> None:
    with server.connect() as connection:
        locale = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        connection.execute(locale.format(sql.Identifier(_TEMPLATE)))
    _make_tables(server.url(_TEMPLATE))


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pos-member-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _make_tables(f"sqlite:///{folder / 'office.db'}")
    return folder / "office.db"


def _make_tables(url: str) -> None:
    """Tables and their version, without the secrets: each database makes its own when it is opened."""
    from pos_member.headoffice import database as _every_table  # noqa: F401 - it names the modules with tables
    from pos_member.headoffice.kept import VERSION
    from pos_member.headoffice.portable import Database
    from pos_member.headoffice.schema import SCHEMA_VERSION, metadata, setting

    database = Database(url)
    with database.write() as connection:
        metadata.create_all(connection)
        connection.execute(insert(setting).values(name=VERSION, value=str(SCHEMA_VERSION)))
    database.close()
