"""More of ``planted``: rights, hello, numbers, cases and days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import update

from pos_member.db import epochs as till_epochs
from pos_member.db.repositories.rights import SqlRights
from pos_member.headoffice import days, exceptions, schema
from pos_member.headoffice import hello as hello_module
from pos_member.headoffice.exceptions import ExceptionKind, Finding


@contextmanager
def patched(*changes: tuple[Any, str, Any]) -> Iterator[None]:
    """Each (target, name) is another value for the length of the block."""
    with ExitStack() as stack:
        for target, name, value in changes:
            stack.enter_context(patch.object(target, name, value))
        yield


def feed_known_by_number() -> AbstractContextManager[None]:
    """Head office takes a till's cursor for one of its own feed where it has that number, too: one that was set back
    and went on has it soon."""

    def differs(request: Any, horizon: int, _mark: str) -> bool:
        return bool(request.cursor_mark) and int(request.cursor) > horizon

    return patched((hello_module, "_differs", differs))


def right_told_twice() -> AbstractContextManager[None]:
    """A till adds the points of a right whenever it is told of it: also when an answer was lost and comes again."""
    original = SqlRights.store

    def store(self: SqlRights, rights: Iterable[Any]) -> int:
        told = list(rights)
        with self._write() as connection:
            for right in told:
                connection.exec_driver_sql(
                    "UPDATE spending_right SET points = points + ? WHERE id = ?", (right.points, right.id)
                )
        return original(self, told)

    return patched((SqlRights, "store", store))


def hello_moves_what_is_held() -> AbstractContextManager[None]:
    """Head office takes the number that a till says it stands at for what it holds itself."""
    original, glance = hello_module.note, hello_module.glance
    said: dict[str, int] = {}

    def hear(connection: Any, till: Any, request: Any, *rest: Any) -> Any:
        said[till.id] = request.head_seq
        return glance(connection, till, request, *rest)

    def note(units: Any, till_id: str, greeting: Any) -> Any:
        with units.database.write() as connection:
            mine = schema.till.c.id == till_id
            connection.execute(update(schema.till).where(mine).values(last_seq=said[till_id]))
        return original(units, till_id, greeting)

    return patched((hello_module, "glance", hear), (hello_module, "note", note))


def numbers_given_again() -> AbstractContextManager[None]:
    """The numbers of a till that was set back go on where its older database stands."""
    return patched((till_epochs, "skip_numbers", lambda _connection, _now, _noted: None))


def case_not_told() -> AbstractContextManager[None]:
    """What was used twice is nobody's business."""
    original, quiet = exceptions.record, (ExceptionKind.COUPON_TWICE, ExceptionKind.CLAIMED_TWICE)

    def record(connection: Any, findings: Iterable[Finding], at: str) -> None:
        original(connection, [finding for finding in findings if finding.kind not in quiet], at)

    return patched((exceptions, "record", record))


def complete_in_any_case() -> AbstractContextManager[None]:
    """A day is complete when its till said what it came to."""
    original = days._certified

    def certified(till: Any, day: Any, held: Any, by: Any, _evidence: Any) -> Any:
        return original(till, day, held, by, None)

    return patched((days, "_certified", certified))
