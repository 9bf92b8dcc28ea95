"""Bringing ``till.db`` to the version of this build. A current file costs one pragma and no Alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from pos_member.db.engine import Database
from pos_member.db.schema import TILL_APPLICATION_ID, TILL_VERSION
from pos_member.domain.errors import EnvironmentProblem, Reason

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def version_of(database: Database) -> int:
    """``PRAGMA user_version``: 0 for a new file.

    Raises ``EnvironmentProblem(DATABASE_CORRUPT)`` for a file that belongs to another program.
    """
    with database.read() as connection:
        version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        owner = int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
    if owner not in (0, TILL_APPLICATION_ID):
        raise EnvironmentProblem(Reason.DATABASE_CORRUPT, path=str(database.path))
    return version


def upgrade(database: Database, before: Callable[[int], None] | None = None) -> bool:
    """Migrate to ``TILL_VERSION`` in one transaction; whether there was anything to do.

    ``before`` is called with the old version ahead of changing a file that holds data (for a backup). Raises
    ``EnvironmentProblem(DATABASE_NEWER)`` for a file of a later build, which is left as it is.
    """
    version = version_of(database)
    if version == TILL_VERSION:
        return False
    if version > TILL_VERSION:
        raise EnvironmentProblem(Reason.DATABASE_NEWER, found=version, known=TILL_VERSION)
    if version > 0 and before is not None:
        before(version)
    with database.write() as connection:
        migrate(connection, "head")
        connection.exec_driver_sql(f"PRAGMA application_id = {TILL_APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {TILL_VERSION}")
    return True


def migrate(connection: Connection, revision: str) -> None:
    """Run Alembic up or down to ``revision`` (``head``, ``base``, ``0001``) inside the caller's transaction."""
    from alembic import command
    from alembic.migration import MigrationContext

    config = _config()
    config.attributes["connection"] = connection
    # Revisions are numbered, so their names sort; an empty file has none.
    now = MigrationContext.configure(connection).get_current_revision() or ""
    if revision == "base" or (revision != "head" and revision < now):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
