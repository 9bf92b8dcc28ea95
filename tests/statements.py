"""What a piece of work asks of its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted(asked_of: Connection | Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    found: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(asked_of, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(asked_of, "before_cursor_execute", note)
