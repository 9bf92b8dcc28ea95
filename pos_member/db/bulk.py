"""A first load of up to millions of rows: member indexes are dropped, rows appended, indexes built once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.schema import CreateIndex, DropIndex

from pos_member.db import replica_schema as r
from pos_member.db.engine import Database
from pos_member.db.feed import MEMBER, NOBODYS, account_row, apply, member_row, members_of, put_accounts, words_row
from pos_member.db.own_numbers import OwnNumbers
from pos_member.domain.member import Member
from pos_member.services.sync_ports import FeedAccount, FeedChange, FeedEntity

T = TypeVar("T")
_BATCH = 5_000
_SEARCH = "INSERT INTO member_search (rowid, words) VALUES (?, ?)"


def load_in_bulk(connection: Connection, changes: Iterable[FeedChange], own: OwnNumbers = NOBODYS) -> int:
    """Write ``changes`` within the caller's transaction; returns how many.

    Into a replica that holds members already it is the same as ``feed.apply``, in batches.
    """
    if connection.exec_driver_sql("SELECT 1 FROM member LIMIT 1").first() is not None:
        return sum(apply(connection, batch, own)[0] for batch in _batches(changes))
    count, following = 0, 1
    deleted: list[FeedChange] = []
    with _indexes_built_at_the_end(connection):
        for batch in _batches(changes):
            count += len(batch)
            members = [change for change in batch if change.entity == FeedEntity.MEMBER]
            deleted += [change for change in members if change.deleted]
            kept = [change for change in members if not change.deleted]
            readable = members_of(connection, kept)
            append_members(connection, following, readable)
            following += len(readable)
            apply(connection, [change for change in batch if change.entity != FeedEntity.MEMBER], own)
    _keep_latest(connection)
    apply(connection, deleted)
    return count


def load_members(database: Database, members: Iterable[Member], account: Callable[[Member], FeedAccount]) -> int:
    """A million members and their accounts into an empty replica, without the detour over wire forms; for seeding.

    One transaction. Raises ``ValueError`` when the replica holds members. Returns how many.
    """
    following = 1
    with database.write() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM member LIMIT 1").first() is not None:
            raise ValueError("the replica holds members already")
        with _indexes_built_at_the_end(connection):
            for batch in _batches(members):
                append_members(connection, following, batch)
                put_accounts(connection, [account_row(account(member)) for member in batch])
                following += len(batch)
    return following - 1


@contextmanager
def _indexes_built_at_the_end(connection: Connection) -> Iterator[None]:
    """An exception undoes the whole transaction, indexes included."""
    for index in r.MEMBER_INDEXES:
        connection.execute(DropIndex(index))
    yield
    for index in r.MEMBER_INDEXES:
        connection.execute(CreateIndex(index))


def _keep_latest(connection: Connection) -> None:
    """Of several rows of one member the last one came last."""
    older = (
        connection.exec_driver_sql(
            "SELECT row FROM member AS a WHERE id IN (SELECT id FROM member GROUP BY id HAVING count(*) > 1)"
            " AND row < (SELECT max(row) FROM member AS b WHERE b.id = a.id)"
        )
        .scalars()
        .all()
    )
    for row in older:
        connection.exec_driver_sql("DELETE FROM member_search WHERE rowid = ?", (row,))
        connection.exec_driver_sql("DELETE FROM member WHERE row = ?", (row,))


def append_members(connection: Connection, first_row: int, members: Sequence[Member]) -> None:
    """Append members nobody has yet, numbered from ``first_row``."""
    append_rows(connection, [member_row(row, member) for row, member in enumerate(members, first_row)])


def append_rows(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows of ``member_row``, of members nobody has yet."""
    MEMBER.many(connection, rows)
    if rows:
        connection.exec_driver_sql(_SEARCH, [words_row(row) for row in rows])


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        yield batch
