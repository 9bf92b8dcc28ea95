"""Transactions by the shard they touch: one each where shards lie on several machines, all in one where they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from pos_member.headoffice import portable
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import setting

T = TypeVar("T")
#: Whether head office was last started for tables that lie apart: commands on its database go by that.
DISTRIBUTED = "distributed"
_YES = "yes"


def remember(units: Units) -> None:
    """Head office is started so."""
    wanted = _YES if units.distributed else ""
    with units.database.read() as connection:
        if read_setting(connection, DISTRIBUTED) == wanted:
            return
    with units.database.write() as connection:
        portable.upsert(connection, setting, [{"name": DISTRIBUTED, "value": wanted}])


def remembered(database: Database) -> Units:
    """As head office was started last on this database."""
    with database.read() as connection:
        return Units(database, distributed=read_setting(connection, DISTRIBUTED) == _YES)


class Units:
    """Lends each unit of work its transaction.

    ``distributed``: a unit is a transaction of its own and touches one shard; else the units of a ``pack`` share one,
    which is faster by the price of a commit each. Work is written so that a crash between two units is made good.
    """

    def __init__(self, database: Database, *, distributed: bool = False) -> None:
        self.database = database
        self.distributed = distributed

    @contextmanager
    def pack(self) -> Iterator[Pack]:
        """Units that belong together. Committed at the end of the block where they share a transaction."""
        if self.distributed:
            yield Pack(self.database, None)
            return
        with self.database.write() as connection:
            yield Pack(self.database, connection)


class Pack:
    """Units that may share a transaction."""

    def __init__(self, database: Database, shared: Connection | None) -> None:
        self._database = database
        self._shared = shared

    @property
    def shared(self) -> bool:
        """Whether all units are one transaction."""
        return self._shared is not None

    def units_of(self, items: Iterable[T], shard: Callable[[T], str] | None = None) -> list[list[T]]:
        """``items`` by the unit they are done in, in their order: all in one, or those of one shard each.

        Without ``shard`` each stands by itself. Of nothing there is no unit.
        """
        listed = list(items)
        if self.shared:
            return [listed] if listed else []
        if shard is None:
            return [[item] for item in listed]
        found: defaultdict[str, list[T]] = defaultdict(list)
        for item in listed:
            found[shard(item)].append(item)
        return list(found.values())

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """One unit: all of it is written, or nothing."""
        if self._shared is not None:
            yield self._shared
            return
        with self._database.write() as connection:
            yield connection
