"""Many members at head office quickly: the rows that the import path writes, put straight into their tables.

One member goes through the import and the stamper, with words in place of what differs from member to member; the rows
that this leaves are the pattern of all. Every run imports some hundred by both ways first and compares every table.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, literal, select, update

from pos_member.domain.clock import SystemClock
from pos_member.domain.codes import member_number_of
from pos_member.domain.ids import IdMaker, uuid7
from pos_member.domain.member import Member, MemberStatus
from pos_member.headoffice.database import open_database
from pos_member.headoffice.feed import horizon
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import feed, feed_head, metadata
from pos_member.headoffice.schema_feed import SEGMENT
from pos_member.headoffice.service import HeadOffice
from pos_member.services.demo.names import female_name, male_name, surname
from pos_member.services.sync_ports import FeedEntity

LOT = date(2028, 12, 31)
POINTS = 1_000_000
AT = datetime(2026, 1, 5, 3, tzinfo=UTC)
MARK = "0123456789abcdef"
_FIRST_MS = 1_704_067_200_000
_BATCH = 20_000
_COMPARED = 300
#: What is of one file alone: its secrets, its first key and the word about it.
_OWN = frozenset({"setting", "code_key", "lease"})
_KEY = FeedEntity.CODE_KEY.value

_dice = random.Random(5)
_FIRST = tuple(female_name(_dice) if n % 3 else male_name(_dice) for n in range(211))
_LAST = tuple(surname(_dice) for _ in range(9_973))


def person(n: int) -> dict[str, str]:
    """What is the ``n``-th member's own (from 0): id, number, phone, both names."""
    return {
        "id": uuid7(_FIRST_MS + n, n * 0x9E3779B97F4A7C15 & ((1 << 74) - 1)),
        "number": member_number_of(n),
        "phone": f"+668{n:08d}",
        "first_name": _FIRST[n * 7_919 % len(_FIRST)],
        "last_name": _LAST[n * 48_271 % len(_LAST)],
    }


def imported(own: Mapping[str, str], branch_id: str) -> MemberImport:
    """A member as the import takes one, with points."""
    member = Member(
        **own,  # type: ignore[arg-type]
        birthday=None,
        status=MemberStatus.ACTIVE,
        tier="",
        home_branch_id=branch_id,
        enrolled_till_id=branch_id,
        enrolled_at=AT,
    )
    return MemberImport(member, buckets={LOT: POINTS}, visits=3, last_visit=date(2026, 1, 4))


def seed(url: str, count: int, branch_id: str) -> None:
    """``count`` members into a database that has none, numbered in its feed. Raises ``AssertionError`` where their rows
    are not those of the import."""
    _compare(branch_id)
    with closing(open_database(url)) as database:
        _put(database, count, branch_id)


class Pattern:
    """The rows of one member, in one table."""

    def __init__(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        self.table, self.columns = table, columns
        self._fixed = list(values)
        self._made: list[tuple[int, Callable[..., str]]] = []
        for place, value in enumerate(values):
            if isinstance(value, str) and "@" in value:
                text = value.replace("{", "{{").replace("}", "}}")
                for name in person(0):
                    text = text.replace(f"@{name}@", f"{{{name}}}")
                self._made.append((place, text.format))

    def row(self, own: Mapping[str, str], number: int) -> list[Any]:
        """The row of one member; ``number``: of the feed, where it is a row of that."""
        values = self._fixed.copy()
        for place, make in self._made:
            values[place] = make(**own)
        if self.table == feed.name:
            values[0], values[1] = number // SEGMENT, number
        return values


def _pattern(branch_id: str) -> list[Pattern]:
    with tempfile.TemporaryDirectory() as folder, closing(_scratch(folder)) as database:
        words = {name: f"@{name}@" for name in person(0)}
        with database.write() as connection:
            import_members(connection, [imported(words, branch_id)], AT)
        _office(database).stamp()
        found = []
        with database.read() as connection:
            for name, rows in _rows(connection).items():
                columns = [column.name for column in metadata.tables[name].columns]
                found += [Pattern(name, columns, row) for row in rows if any("@id@" in str(each) for each in row)]
    assert [each.columns[:2] for each in found if each.table == feed.name] == [["segment", "publish_no"]] * 2
    return found


def _put(database: Database, count: int, branch_id: str) -> None:
    _office(database).stamp()
    patterns = _pattern(branch_id)
    numbered = [each.table == feed.name for each in patterns]
    with database.read() as connection:
        number = horizon(connection)
    people = (person(n) for n in range(count))
    if database.engine.dialect.name == "sqlite":
        raw = database.engine.raw_connection()  # the one connection of the pool, which the batches use
        raw.cursor().execute("PRAGMA synchronous=OFF")
        raw.close()
    while part := list(islice(people, _BATCH)):
        rows: list[list[list[Any]]] = [[] for _ in patterns]
        for own in part:
            for place, pattern in enumerate(patterns):
                number += numbered[place]
                rows[place].append(pattern.row(own, number))
        with database.write() as connection:
            for pattern, listed in zip(patterns, rows, strict=True):
                _insert(connection, pattern, listed)
            connection.execute(update(feed_head).values(publish_no=number, cleared_no=number))


def _insert(connection: Connection, pattern: Pattern, rows: list[list[Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in pattern.columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(pattern.columns))
        text = f'INSERT INTO "{pattern.table}" ({columns}) VALUES ({marks})'
        connection.exec_driver_sql(text, [tuple(row) for row in rows])
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{pattern.table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _compare(branch_id: str) -> None:
    """Both ways lead to the same rows, in every table."""
    found = []
    for fast in (False, True):
        with tempfile.TemporaryDirectory() as folder, closing(_scratch(folder)) as database:
            if fast:
                _put(database, _COMPARED, branch_id)
            else:
                _office(database).stamp()
                with database.write() as connection:
                    import_members(connection, (imported(person(n), branch_id) for n in range(_COMPARED)), AT)
                _office(database).stamp()
            with database.read() as connection:
                found.append(_rows(connection))
    for name in found[0]:
        assert found[0][name] == found[1][name], f"rows of {name} are not those of the import"
    assert len(found[0]["member"]) == len(found[0]["account"]) == _COMPARED
    assert len(found[0]["feed"]) == 2 * _COMPARED


def _rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows in a fixed order; the feed's random marks as ``MARK``."""
    found = {}
    for name, table in metadata.tables.items():
        if name not in _OWN:
            columns = [literal(MARK).label("mark") if column.name == "mark" else column for column in table.columns]
            query = select(*columns).order_by(*table.primary_key.columns)
            found[name] = [tuple(row) for row in connection.execute(query) if _KEY not in row]
    return found


def _scratch(folder: str) -> Database:
    return open_database(f"sqlite:///{Path(folder)}/office.db")


def _office(database: Database) -> HeadOffice:
    return HeadOffice(database, SystemClock(), IdMaker(SystemClock()))
