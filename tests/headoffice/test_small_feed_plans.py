"""What is not of members is found by its index: a new till's first questions cost the same whatever the members."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from pos_member.headoffice import feed_reading
from pos_member.headoffice.database import open_database
from pos_member.headoffice.schema import feed, feed_head
from pos_member.headoffice.schema_feed import SEGMENT

SCOPES = (*feed_reading.EVERYBODYS, "branch:b", "till:t")


def _change(number: int, scope: str, entity: str, name: str) -> dict[str, object]:
    return {
        "segment": number // SEGMENT,
        "publish_no": number,
        "shard": "s",
        "n": number,
        "mark": "m",
        "scope": scope,
        "entity": entity,
        "id": name,
        "deleted": False,
        "body": f'{{"number": {number}}}',
        "seen": "{}",
    }


@pytest.mark.parametrize("limit", [2, 500])
def test_neither_question_reads_what_is_told_of_members(tmp_path: Path, limit: int) -> None:
    database = open_database(f"sqlite:///{tmp_path}/office.db")
    everybodys = feed_reading.EVERYBODYS[0]
    rows = [_change(number, everybodys, "member", f"m{number}") for number in range(1, 2_001)]
    rows += [
        _change(2_001, everybodys, "item", "old"),
        _change(2_002, "till:t", "right", "mine"),
        _change(2_003, "till:u", "right", "another's"),
        _change(2_004, everybodys, "item", "old"),
        _change(2_005, "branch:b", "item", "of the branch"),
    ]
    asked: list[tuple[str, Any]] = []
    try:
        with database.write() as connection:
            connection.execute(insert(feed), rows)
            connection.execute(update(feed_head).values(publish_no=2_005, cleared_no=2_005))
        with database.read() as connection:

            def note(_c: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
                asked.append((sql, parameters))

            event.listen(connection.engine, "before_cursor_execute", note)
            changes, reached = feed_reading.small_page(connection, SCOPES, 0, 2_005, limit)
            event.remove(connection.engine, "before_cursor_execute", note)
            plans = [
                "; ".join(str(step[3]) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
                for sql, parameters in asked
            ]
    finally:
        database.close()
    told = [("mine", 2_002), ("old", 2_004), ("of the branch", 2_005)][:limit]
    assert [(change.id, change.body["number"]) for change in changes] == told
    assert reached == (2_004 if limit == 2 else 2_005)
    assert len(plans) == 2
    assert all("feed_small" in plan and "SCAN" not in plan for plan in plans), plans
