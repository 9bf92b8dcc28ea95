"""Which rows of which shards every transaction writes or locks, read off the statements themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql import Delete, Insert, Select, Update, operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, Tuple
from sqlalchemy.sql.visitors import iterate

from pos_member.headoffice.asking import among, keyed

#: Table → (class, the column that says whose row it is). ``any``: rows of members, coupons and tills alike.
SHARDS = {
    **dict.fromkeys(
        ("account", "applied", "consent", "point_entry", "spending_right", "spending_use"), ("member", "member_id")
    ),
    "member": ("member", "id"),
    **dict.fromkeys(("coupon", "coupon_event", "coupon_hold"), ("coupon", "code")),
    **dict.fromkeys(
        (
            *("audit", "bill", "bill_claim", "bill_program", "bill_return", "day_certificate", "effect", "event"),
            *("event_again", "quarantine", "quota", "rights_mark", "shift", "tally", "till_epoch"),
        ),
        ("till", "till_id"),
    ),
    "till": ("till", "id"),
    "denied": ("any", "subject_id"),
    **dict.fromkeys(("exception", "outgoing", "revision"), ("any", "shard")),
    "feed": ("feed", "segment"),
}
#: Small, and whole on every machine.
REFERENCE = frozenset(
    {
        *("catalogue", "code_key", "door_try", "enrol_again", "enrol_code", "enrol_failure", "feed_head", "lease"),
        *("office_act", "office_run", "rule_book", "setting", "snapshot", "till_number"),
    }
)
UNKNOWN = "?"
#: As ``portable_rows`` writes it.
_PLAIN = re.compile(r'INSERT INTO "(\w+)" \(([^)]*)\) VALUES')


@dataclass
class Work:
    """What one transaction wrote or locked: (class, shard), and the tables of the statements."""

    touched: set[tuple[str, str]] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)

    @property
    def faults(self) -> bool:
        """Whether it goes beyond one shard of one class."""
        classes = {kind for kind, _ in self.touched if kind != "any"}
        return (
            len(classes) > 1
            or len({shard for _, shard in self.touched}) > 1
            or any(shard == UNKNOWN for _, shard in self.touched)
        )


class Recorder:
    """Everything that was committed, transaction by transaction."""

    def __init__(self) -> None:
        self.committed: list[Work] = []
        self._open: dict[int, Work] = {}

    def begin(self, connection: Connection) -> None:
        self._open[id(connection)] = Work()

    def commit(self, connection: Connection) -> None:
        work = self._open.pop(id(connection), Work())
        if work.touched:
            self.committed.append(work)

    def rollback(self, connection: Connection) -> None:
        self._open.pop(id(connection), None)

    def execute(self, connection: Connection, context: Any, values: Any, many: bool) -> None:
        """One statement. Text that writes and is no plain INSERT of our own counts as a fault."""
        work = self._open.setdefault(id(connection), Work())
        compiled = getattr(context, "compiled", None)
        statement = getattr(compiled, "statement", None)
        if statement is None:
            text = str(context.statement).lstrip()
            plain = _PLAIN.match(text)
            if plain is None and text.split(" ")[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
                work.touched.add(("text", UNKNOWN))
            touches = [] if plain is None else [_plainly(plain, values if many else [values])]
        else:
            touches = list(_touches(compiled, context.compiled_parameters))
        for table, shards in touches:
            if table in REFERENCE:
                continue
            kind, _ = SHARDS[table]
            work.tables.add(table)
            work.touched.update((kind, shard) for shard in shards)

    @property
    def faults(self) -> list[Work]:
        """Transactions that touch more than one shard."""
        return [work for work in self.committed if work.faults]

    def tables(self) -> set[str]:
        """Sharded tables that were written at all."""
        return {table for work in self.committed for table in work.tables}


@contextmanager
def recorded(engine: Engine) -> Iterator[Recorder]:
    """Record what is done on ``engine``."""
    recorder = Recorder()

    def execute(connection: Connection, _cursor: Any, _text: str, values: Any, context: Any, many: bool) -> None:
        recorder.execute(connection, context, values, many)

    hooks = (
        ("begin", recorder.begin),
        ("commit", recorder.commit),
        ("rollback", recorder.rollback),
        ("before_cursor_execute", execute),
    )
    for name, hook in hooks:
        event.listen(engine, name, hook)
    try:
        yield recorder
    finally:
        for name, hook in hooks:
            event.remove(engine, name, hook)


def _plainly(statement: re.Match[str], rows: Iterable[Any]) -> tuple[str, set[str]]:
    """(table, shards) of a plain INSERT with one tuple of values for each row."""
    table, columns = statement[1], [name.strip().strip('"') for name in statement[2].split(",")]
    column = SHARDS.get(table, ("", ""))[1]
    if column not in columns:
        return table, {UNKNOWN}
    return table, {str(row[columns.index(column)]) for row in rows}


def _touches(compiled: Any, values: Iterable[dict[str, Any]]) -> Iterator[tuple[str, set[str]]]:
    """(table, shards) of what a statement writes or locks."""
    statement, listed = compiled.statement, list(values)
    if isinstance(statement, Insert):
        table = statement.table.name
        column = SHARDS.get(table, ("", ""))[1]
        yield table, {str(one.get(column, UNKNOWN)) for one in _rows(listed, column)}
    elif isinstance(statement, Update | Delete):
        table = statement.table.name
        yield table, _named(compiled, table, listed)
    elif isinstance(statement, Select) and statement._for_update_arg is not None:
        for source in statement.get_final_froms():
            table = getattr(source, "name", "")
            if table in SHARDS:
                yield table, _named(compiled, table, listed)


def _rows(listed: list[dict[str, Any]], column: str) -> Iterator[dict[str, Any]]:
    """The rows of an INSERT, also of one with many VALUES (``name_m0``, ``name_m1`` …)."""
    for one in listed:
        if column in one:
            yield one
        many = [name for name in one if name.startswith(f"{column}_m")]
        yield from ({column: one[name]} for name in many)
        if column not in one and not many:
            yield {}


def _named(compiled: Any, table: str, listed: list[dict[str, Any]]) -> set[str]:
    """The shards that a condition names; ``UNKNOWN`` where it names none."""
    column = SHARDS.get(table, ("", ""))[1]
    where = compiled.statement.whereclause
    found: set[str] = set()
    for element in iterate(where) if where is not None else ():
        if isinstance(element, keyed) and column in [each.key for each in element.named]:
            place = [each.key for each in element.named].index(column)
            name = compiled.bind_names[element.listed]
            found.update(str(key[place]) for one in listed for key in one[name])
        elif isinstance(element, among) and element.column.key == column:
            found.update(str(value) for one in listed for value in one[compiled.bind_names[element.listed]])
        if not isinstance(element, BinaryExpression) or getattr(element.left, "key", None) != column:
            continue
        if element.operator not in (operators.eq, operators.in_op):
            continue
        bind = element.right
        if isinstance(bind, BindParameter):
            # By its name in the text that was sent: a cached statement keeps the values of its first run.
            name = compiled.bind_names[bind]
            parts = re.compile(rf"{re.escape(name)}(_\d+)?")  # an IN is sent as one parameter for each value
            found.update(str(value) for one in listed for key, value in one.items() if parts.fullmatch(key))
        elif isinstance(bind, Tuple):
            found.add(UNKNOWN)
    return found or {UNKNOWN}
