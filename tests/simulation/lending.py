"""The short way from a statement to the driver, for connections that one thread uses inside of transactions.

SQLAlchemy builds a context, a cursor of its own and a description of the columns for every execution, and asks at every
step whether somebody listens. Of a run that is a quarter, and nobody listens. Statements, their order, their values and
their transactions stay what they are; whatever is not plain goes the long way.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import IteratorResult, RootTransaction
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlcipher3 import dbapi2

#: Columns by the text of a statement and their names, which a ``*`` does not tell.
_COLUMNS: dict[tuple[str, tuple[str, ...]], SimpleResultMetaData] = {}


class Rows(IteratorResult[Any]):
    """Rows of a driver's cursor as they come."""

    def __init__(self, columns: Any, cursor: Any) -> None:
        super().__init__(columns, cursor)
        self._rowcount: int = cursor.rowcount

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return self._rowcount


class Done:
    """What a statement without rows did."""

    returns_rows = False

    def __init__(self, cursor: Any) -> None:
        self.rowcount: int = cursor.rowcount
        self.lastrowid = cursor.lastrowid

    def close(self) -> None:
        """Nothing is open."""


class Turn(RootTransaction):
    """A transaction that ends with its block, without being looked for in between."""

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        connection = self.connection
        if kind is None and self.is_active and connection._nested_transaction is None:
            try:
                connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
            except dbapi2.Error:
                pass  # the long way tells it, and undoes what is left
            else:
                self.is_active = False
                connection._transaction = None
                return
        super().__exit__(kind, error, trace)


class Direct(Connection):
    """Statements of a transaction that is under way go straight to the driver."""

    def begin(self) -> RootTransaction:
        return Turn(self) if self._transaction is None else super().begin()

    def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        plain = parameters is None or type(parameters) is tuple
        if not plain or execution_options or not self._is_under_way():
            return super().exec_driver_sql(statement, parameters, execution_options)
        cursor = self._run(statement, parameters or ())
        told = cursor.description
        if told is None:
            return Done(cursor)
        names = tuple(column[0] for column in told)
        columns = _COLUMNS.get((statement, names))
        if columns is None:
            columns = _COLUMNS[(statement, names)] = SimpleResultMetaData(names)
        return Rows(columns, cursor)

    def _execute_context(
        self,
        dialect: Any,
        constructor: Any,
        statement: Any,
        parameters: Any,
        execution_options: Any,
        *args: Any,
        **kw: Any,
    ) -> Any:
        columns = getattr(statement, "_cached_metadata", None)
        known = columns is not None and not execution_options.get("yield_per") and self._is_under_way()
        if not known or statement.isinsert or statement.isupdate or statement.isdelete or statement.isplaintext:
            return super()._execute_context(dialect, constructor, statement, parameters, execution_options, *args, **kw)
        compiled, values, _, extracted = args
        if compiled.post_compile_params or compiled.literal_execute_params or len(values or ()) > 1:
            context = constructor(dialect, self, self._dbapi_connection, execution_options, *args, **kw)
            return Rows(columns, self._run(context.statement, context.parameters[0]))
        named = compiled.construct_params(
            values[0] if values else None, extracted_parameters=extracted, escape_names=False
        )
        processors = compiled._bind_processors
        bound = [processors[key](named[key]) if key in processors else named[key] for key in compiled.positiontup]
        return Rows(columns, self._run(compiled.string, bound))

    def _is_under_way(self) -> bool:
        turn = self._transaction
        return turn is not None and turn.is_active and self._nested_transaction is None

    def _run(self, statement: str, values: Any) -> Any:
        try:
            return self.connection.dbapi_connection.execute(statement, values)  # type: ignore[union-attr]
        except dbapi2.Error as error:
            self._handle_dbapi_exception(error, statement, None, None, None)
