"""Which numbers of its series a till has used, as far as head office holds its facts: a restored till goes on above."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sqlalchemy import Connection, select

from pos_member.domain.codes import member_counter
from pos_member.domain.events import EventKind
from pos_member.headoffice import rule_books, schema
from pos_member.headoffice.schema_sync import event_again

_ROWS = 2_000
_BILL, _RETURN = re.compile(r"-([0-9]{1,12})$"), re.compile(r"-R([0-9]{1,12})$")


def next_numbers(connection: Connection, till_id: str, till_number: int) -> dict[str, int]:
    """The first free number of each series (``bill``, ``return``, ``member``), as ``HelloAnswer.next_numbers``.

    Reads all bills of the till: asked only when an epoch begins.
    """
    used = {"bill": 0, "return": 0, "member": 0}
    for table, name, shape in ((schema.bill, "bill", _BILL), (schema.bill_return, "return", _RETURN)):
        query = select(table.c.number).where(table.c.till_id == till_id)
        for number in connection.execute(query.execution_options(yield_per=_ROWS)).scalars():
            used[name] = max(used[name], _counter(shape, number))
    for kind, content in _told_apart(connection, till_id):
        number = str(content.get("number", ""))
        if kind == EventKind.BILL_COMPLETED.value:
            used["bill"] = max(used["bill"], _counter(_BILL, number))
        elif kind == EventKind.BILL_RETURNED.value:
            used["return"] = max(used["return"], _counter(_RETURN, number))
    key = rule_books.settings(connection).member_number_key
    if key:
        for number in _member_numbers(connection, till_id):
            # The series counts from 0, the till's counter from 1.
            used["member"] = max(used["member"], (member_counter(key, till_number, number) or 0) + 1)
    return {name: number + 1 for name, number in used.items()}


def _counter(shape: re.Pattern[str], number: str) -> int:
    found = shape.search(number)
    return int(found[1]) if found else 0


def _told_apart(connection: Connection, till_id: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What was set aside, or told with another body: its numbers are on paper all the same."""
    event, aside = schema.event, schema.quarantine
    same = (aside.c.till_id == event.c.till_id) & (aside.c.epoch == event.c.epoch) & (aside.c.seq == event.c.seq)
    query = select(event.c.kind, event.c.payload).join(aside, same).where(event.c.till_id == till_id)
    for row in connection.execute(query):
        yield row.kind, _object(row.payload)
    again = select(event_again.c.payload).where(event_again.c.till_id == till_id, event_again.c.payload.is_not(None))
    for payload in connection.execute(again).scalars():
        content = _object(payload)
        kind = EventKind.BILL_COMPLETED if "tenders" in content else EventKind.BILL_RETURNED
        yield kind.value, content


def _member_numbers(connection: Connection, till_id: str) -> Iterator[str]:
    event = schema.event
    here = (event.c.till_id == till_id) & (event.c.kind == EventKind.MEMBER_ENROLLED.value)
    query = select(event.c.payload).where(here).execution_options(yield_per=_ROWS)
    for payload in connection.execute(query).scalars():
        member = _object(payload).get("member")
        if isinstance(member, dict):
            yield str(member.get("number", ""))


def _object(payload: bytes) -> dict[str, object]:
    """What can be read of an event that may be damaged."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
