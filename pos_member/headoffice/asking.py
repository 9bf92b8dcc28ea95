"""Questions that are built once and asked often: about many keys with one parameter, and about a field of stored JSON.

Building a statement, and unfolding ``IN (…)`` into a parameter for each key, cost more than the answer. ``among`` takes
all keys as one value (an array, or JSON where there are no arrays), so that a question is a constant of its module and
reads the same to the database whatever it asks about.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    Dialect,
    Subquery,
    Text,
    bindparam,
    cast,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Listed(TypeDecorator[Sequence[Any]]):
    """Many values as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[TypeEngine[Any]] = Text) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class _Json(TypeDecorator[Sequence[Any]]):
    """Keys as JSON: an array of arrays of texts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()))


class _Condition(FunctionElement[bool]):
    """A condition as SQL has it: SQLite, whose booleans are numbers, is not asked for ``(…) = 1``, which no index
    serves."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self


class among(_Condition):  # noqa: N801 - reads as a function of SQL
    """``column`` is one of the values given as ``name`` when the question is asked."""

    inherit_cache = True
    name = "among"

    def __init__(self, column: Column[Any], name: str) -> None:
        of = Text if isinstance(column.type, Text) else type(column.type)
        self.column = column
        self.listed: BindParameter[Any] = bindparam(name, type_=_Listed(of))
        super().__init__(column, self.listed)


@compiles(among)
def _in_json(element: among, compiler: Any, **options: Any) -> str:
    column, listed = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - our own names


@compiles(among, "postgresql")
def _in_array(element: among, compiler: Any, **options: Any) -> str:
    column, listed = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({listed})"


class keyed(_Condition):  # noqa: N801 - reads as a function of SQL
    """The values of ``columns``, all texts, are together one of the keys given as ``name`` when the question is asked.

    One look-up for each key: a condition for each column by itself would look up every combination.
    """

    inherit_cache = True
    name = "keyed"

    def __init__(self, columns: Sequence[Column[Any]], name: str) -> None:
        self.named = tuple(columns)
        self.listed: BindParameter[Any] = bindparam(name, type_=_Json())
        super().__init__(*columns, self.listed)


@compiles(keyed)
def _in_keys(element: keyed, compiler: Any, **options: Any) -> str:
    *columns, listed = (compiler.process(each, **options) for each in element.clauses)
    parts = ", ".join(f"value ->> {place}" for place in range(len(columns)))
    return f"({', '.join(columns)}) IN (SELECT {parts} FROM json_each({listed}))"  # noqa: S608 - our own names


@compiles(keyed, "postgresql")
def _in_elements(element: keyed, compiler: Any, **options: Any) -> str:
    *columns, listed = (compiler.process(each, **options) for each in element.clauses)
    parts = ", ".join(f"e.value ->> {place}" for place in range(len(columns)))
    told = f"SELECT {parts} FROM json_array_elements(CAST({listed} AS json)) AS e"  # noqa: S608 - our own names
    return f"({', '.join(columns)}) IN ({told})"


class field_of(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """The text of one field of the JSON object stored in ``column``; NULL where it has none."""

    type = Text()
    inherit_cache = True
    name = "field_of"

    def __init__(self, column: Column[Any], field: str) -> None:
        super().__init__(column, bindparam(f"field_{field}", field, type_=Text()))


@compiles(field_of)
def _by_path(element: field_of, compiler: Any, **options: Any) -> str:
    column, field = (compiler.process(each, **options) for each in element.clauses)
    return f"json_extract({column}, '$.' || {field})"


@compiles(field_of, "postgresql")
def _by_name(element: field_of, compiler: Any, **options: Any) -> str:
    column, field = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST({column} AS json) ->> {field}"


_NUMBER: TypeEngine[Any] = BigInteger()
_TEXT: TypeEngine[Any] = Text()


def rows_of(name: str, **columns: type[int] | type[str]) -> Subquery:
    """The rows given as ``name`` when the question is asked (sequences of values in the order of ``columns``), to be
    joined with: a look-up for each of them, in one question."""
    named = [
        cast(literal_column(f"value ->> {place}"), _NUMBER if of is int else _TEXT).label(column)
        for place, (column, of) in enumerate(columns.items())
    ]
    return select(*named).select_from(_Rows(bindparam(name, type_=_Json())).table_valued("value")).subquery(name)


class _Rows(FunctionElement[Any]):
    """The elements of a JSON array, one to a row."""

    inherit_cache = True
    name = "rows_of"


@compiles(_Rows)
def _each_in_json(element: _Rows, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Rows, "postgresql")
def _each_in_elements(element: _Rows, compiler: Any, **options: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **options)} AS json))"
