"""Segments set by several at once: none is lost, and one holds just the members of one list."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.domain import codec
from pos_member.domain.member import Member
from pos_member.headoffice import segments
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from tests.headoffice.office_support import MEMBERS, database_url, rows, seed

ROUNDS = 8


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(database_url(tmp_path))
    seed(made)
    yield made
    made.close()


def held(database: Database) -> dict[str, tuple[str, ...]]:
    found = [codec.from_bytes(Member, row.body.encode()) for row in rows(database, "member")]
    return {member.id: member.segments for member in found}


def both_at_once(database: Database, *runs: tuple[str, list[str]]) -> None:
    """Each run on a thread of its own, all begun together."""
    start = threading.Barrier(len(runs))
    failures: list[BaseException] = []

    def run(code: str, numbers: list[str]) -> None:
        start.wait(10)
        try:
            database.again(lambda connection: segments.set_segment(connection, code, numbers))
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


def test_two_segments_at_once_are_both_there(database: Database) -> None:
    for n in range(ROUNDS):
        both_at_once(database, (f"a{n}", [MEMBERS[0].number]), (f"b{n}", [MEMBERS[0].number]))
    assert held(database)[MEMBERS[0].id] == tuple(sorted(f"{which}{n}" for which in "ab" for n in range(ROUNDS)))


def test_one_segment_set_twice_at_once_is_one_of_both_lists(database: Database) -> None:
    for n in range(ROUNDS):
        code = f"vip{n}"
        both_at_once(database, (code, [MEMBERS[0].number]), (code, [MEMBERS[1].number]))
        holders = {member_id for member_id, codes in held(database).items() if code in codes}
        assert holders in ({MEMBERS[0].id}, {MEMBERS[1].id})
