"""Many rows to PostgreSQL in one go: ``COPY``, in its binary form where every value is what its column takes.

The binary form costs both sides a third of the text form, and of bytes it sends half as many. But the driver cuts a
number that is too large for its column down in silence: so what goes that way is looked at first, column by column. All
else goes as text, and PostgreSQL says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Boolean, Connection, Integer, LargeBinary, Table, Text
from sqlalchemy.exc import DBAPIError

from pos_member.headoffice.portable_errors import is_lost, safe_text

#: Type of a column → its name in PostgreSQL and the type of its values.
_FORMS: dict[type, tuple[str, type]] = {
    BigInteger: ("int8", int),
    Integer: ("int4", int),
    Boolean: ("bool", bool),
    LargeBinary: ("bytea", bytes),
    Text: ("text", str),
}
_BITS = {"int8": 63, "int4": 31}


def quoted(name: str) -> str:
    """A name of our own as SQL has it."""
    return f'"{name}"'


def copy_rows(connection: Connection, table: Table, target: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Copy ``rows``, which name the same columns of ``table``, into ``target``: itself, or one with its columns.

    Raises SQLAlchemy's errors.
    """
    names = tuple(rows[0])
    forms = _forms(table, names)
    binary = forms is not None and all(
        _fits(form, kind, [row[name] for row in rows]) for name, (form, kind) in zip(names, forms, strict=True)
    )
    columns = ", ".join(quoted(name) for name in names)
    statement = f"COPY {quoted(target)} ({columns}) FROM STDIN{' (FORMAT binary)' if binary else ''}"
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("a connection that is closed")
    pick = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            if binary and forms is not None:
                copy.set_types([form for form, _ in forms])
            for row in rows:
                copy.write_row(pick(row))
    except psycopg.Error as error:
        # The driver was called past SQLAlchemy: its error is given the form that every other one has.
        error.args = (safe_text(error),)
        lost = is_lost(error)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost
        ) from error


@lru_cache(maxsize=256)
def _forms(table: Table, names: tuple[str, ...]) -> tuple[tuple[str, type], ...] | None:
    """Of each column its name in PostgreSQL and the type of its values; ``None`` where one has no binary form here."""
    found = [_FORMS.get(type(table.c[name].type)) for name in names]
    known = tuple(form for form in found if form is not None)
    return known if len(known) == len(found) else None


def _fits(form: str, kind: type, values: list[Any]) -> bool:
    """Whether a column takes these as they are: of its very type, and numbers within its range."""
    kinds = set(map(type, values))
    if not kinds <= {kind, type(None)}:
        return False
    if form not in _BITS or kind not in kinds:
        return True
    numbers = values if len(kinds) == 1 else [value for value in values if value is not None]
    most = 1 << _BITS[form]
    return bool(-most <= min(numbers) and max(numbers) < most)
