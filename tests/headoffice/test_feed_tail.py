"""What one till had read of the feed is kept for the others, and is always what the database would have said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from pos_member.headoffice import feed
from pos_member.headoffice.feed_tail import Tail
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES


def tell(office: HeadOffice, source: random.Random, count: int) -> None:
    """Changes of all scopes, some of the same thing again, each in a batch of its own or with others."""
    scopes = [feed.ORGANISATION_SCOPE, *(f"branch:{branch.id}" for branch in BRANCHES), "till:t1", "till:t2"]
    while count:
        at_once = min(count, source.randrange(1, 6))
        drafts = [
            feed.Draft("notice", f"n{source.randrange(8)}", {"n": source.randrange(99)}, scope=source.choice(scopes))
            for _ in range(at_once)
        ]
        with office.database.write() as connection:
            feed.publish(connection, drafts)
        office.stamp()
        count -= at_once


def both(office: HeadOffice, tail: Tail, till: str, after: int, limit: int) -> tuple[feed.Page, feed.Page]:
    """A page out of the tail, and out of the database."""
    asked = till, BRANCHES[int(till[-1]) - 1].id, 1, 0, after, limit
    with office.database.read() as connection:
        return feed.page(connection, *asked, tail=tail), feed.page(connection, *asked)


@pytest.mark.parametrize("rows_max", [4, 30, 2_000])
@pytest.mark.parametrize("seed", range(3))
def test_a_page_is_the_same_with_and_without_it(office: HeadOffice, rows_max: int, seed: int) -> None:
    source = random.Random(seed)
    tail, cursors = Tail(rows_max=rows_max), {"t1": 0, "t2": 0}
    office.stamp()
    for _ in range(25):
        tell(office, source, source.randrange(1, 12))
        for _ in range(source.randrange(4)):
            till = source.choice(sorted(cursors))
            page, plain = both(office, tail, till, cursors[till], source.choice([2, 7, 1_000]))
            assert page == plain and page.written == plain.written
            cursors[till] = page.upto


@contextmanager
def reads(office: HeadOffice) -> Iterator[list[str]]:
    """Questions for rows of the feed."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "feed.body" in statement:
            asked.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(office.database.engine, "before_cursor_execute", note)


def test_what_twenty_tills_are_told_is_read_once(office: HeadOffice, tmp_path_factory: Any) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path_factory.mktemp("one"), "one") as till:
        after = office.pull(till.identity.id, 0, 1_000).upto
        with reads(office) as asked:
            for _ in range(3):
                tell(office, random.Random(1), 5)
                pages = {office.news_written(till.identity.id, after, 1_000) for _ in range(20)}
                assert len(pages) == 1
                after = office.horizon()
        assert len(asked) == 3


def test_a_page_is_one_look(office: HeadOffice, tmp_path_factory: Any) -> None:
    """The till, what waits, how far the feed goes and what is in it of the till's own: one question."""
    line = DirectLine(office)
    with line.enrolled(tmp_path_factory.mktemp("one"), "one") as till:
        after = office.pull(till.identity.id, 0, 1_000).upto
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("SELECT"):
                asked.append(statement)

        event.listen(office.database.engine, "before_cursor_execute", note)
        office.pull(till.identity.id, after, 1_000)
        assert len(asked) == 1
        tell(office, random.Random(2), 5)
        office.news_written(till.identity.id, after, 1_000)
        asked.clear()
        office.news_written(till.identity.id, after, 1_000)
        assert len(asked) == 1


def test_another_history_of_head_office_is_not_told_the_old_one(office: HeadOffice) -> None:
    office.stamp()
    tail, start = Tail(), office.horizon()
    tell(office, random.Random(3), 6)
    assert both(office, tail, "t1", start, 1_000)[0].rows
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE feed SET body = '{\"n\":1000}', mark = 'other'")
    page, plain = both(office, tail, "t1", start, 1_000)
    assert page == plain and page.mark == "other"
    tell(office, random.Random(4), 3)
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE feed SET mark = 'third'")
    page, plain = both(office, tail, "t1", start, 1_000)
    assert page == plain and page.mark == "third"


def test_large_bodies_are_not_kept(office: HeadOffice) -> None:
    office.stamp()
    tail, start = Tail(bytes_max=20), office.horizon()
    tell(office, random.Random(5), 12)
    page, plain = both(office, tail, "t2", start, 1_000)
    assert page == plain and tail._rows == []


def test_who_reads_for_all_holds_nobody_up_for_long(office: HeadOffice) -> None:
    tail = Tail(busy_s=0.0)
    tell(office, random.Random(1), 5)
    with tail._lock:  # another is in the midst of its question to the database
        page, plain = both(office, tail, "t1", 0, 1_000)
    assert page == plain and page.rows
    with reads(office) as asked:
        both(office, tail, "t1", 0, 1_000)
        asked.clear()
        page, plain = both(office, tail, "t1", 0, 1_000)
    assert page == plain and len(asked) == 1, "and is asked again"


def test_what_is_kept_is_counted_in_bytes_not_in_letters(office: HeadOffice) -> None:
    """A Thai letter is three: the limit is one of memory and of the wire."""
    said = "สมาชิก" * 50
    with office.database.write() as connection:
        feed.publish(connection, [feed.Draft("notice", "n1", {"said": said})])
    office.stamp()
    with office.database.read() as connection:
        horizon = feed.horizon(connection)
        mark, body = connection.exec_driver_sql(f"SELECT mark, body FROM feed WHERE publish_no = {horizon}").one()
        size = len(body.encode())
        assert size > 2 * len(body)
        assert Tail(bytes_max=size - 1).between(connection, horizon - 1, horizon, mark) is None
        kept = Tail(bytes_max=size).between(connection, horizon - 1, horizon, mark)
        assert kept is not None and [row.body for row in kept] == [body]
