"""A till upgraded with the line down, its replica of the first version: the next rounds make it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_member.db.engine import Database
from pos_member.db.folder import REPLICA_FILE
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.points import Account
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.transport import Answer
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till

WHO = MEMBERS[0]


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """Its pages are short."""
    office.limits = protocol.Limits(pull_changes=3)
    return office


class Poor(DirectLine):
    """Breaks off at the n-th page of a reading from the start."""

    def __init__(self, office: HeadOffice, pages: int) -> None:
        super().__init__(office)
        self.left = pages
        self.from_start = False
        self.seen: list[Account] = []
        self.till: Till | None = None

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if path == "/v1/pull":
            self.from_start = self.from_start or more["params"]["after"] == 0
            if self.from_start:
                if self.till is not None:
                    self.seen.append(account(self.till))
                if self.left == 0:
                    raise EnvironmentProblem(Reason.LINE_DOWN)
                self.left -= 1
        return super().exchange(method, path, **more)


def account(till: Till) -> Account:
    return till.folder.store.members.account(WHO.id)


#: Columns that the first version's tables did not have.
LATER = (
    *("member.segments", "member.referred_by", "account.more", "account.included_seq", "mark.feed_mark"),
    *("coupon.program_id", "coupon.uses", "coupon.included_seq"),
)


def make_old(path: Path, key: bytes) -> None:
    """What the first version's tables hold of the same rows."""
    database = Database(path, key)
    with database.write() as connection:
        for column in LATER:
            connection.exec_driver_sql("ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
        connection.exec_driver_sql("PRAGMA user_version = 1")
    database.close()


@pytest.fixture
def till(office: HeadOffice, tmp_path: Path) -> Iterator[Till]:
    """Two tills sold to one member and synced; then this one's build was changed, with the line down."""
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two") as two:
        for rung in (one, two, one):
            rung.ring(member=WHO, points=10)
            assert rung.engine(line).sync_once().reason is None
        two.ring(member=WHO, points=100)
        assert two.engine(line).sync_once().reason is None
        identity, key = one.identity, one.folder.keys.database
        rung_before = one.rung
    make_old(tmp_path / "one" / REPLICA_FILE, key)
    with make_folder(tmp_path, CLOCK, "one") as folder:
        yield Till(folder, identity, rung_before)


def test_the_next_round_brings_what_the_older_build_did_not_keep(office: HeadOffice, till: Till) -> None:
    store = till.folder.sync_store
    before = account(till)
    assert (before.balance, before.visits, before.months) == (30, 3, {}) and store.cursor() > 0
    till.ring(member=WHO, points=1)
    assert (account(till).balance, account(till).visits) == (31, 4)
    line = DirectLine(office)
    assert till.engine(line).sync_once().reason is None
    [figures] = account(till).months.values()
    assert (account(till).balance, account(till).visits, account(till).own_points_since) == (131, 5, 0)
    assert (figures.points, figures.visits) == (131, 5)
    assert not store.reached()[1]
    mark = store.mark()
    assert (mark.included_seq, mark.as_of) == (store.head()[0], CLOCK.now())
    assert till.engine(line).sync_once().pulled == 0, "once"
    fresh = set(till.folder.store.members.search(WHO.number)[0].member.segments)
    assert fresh == set(WHO.segments)


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_a_line_that_breaks_off_leaves_what_was_there_with_the_latest_changes(
    office: HeadOffice, till: Till, pages: int
) -> None:
    poor = Poor(office, pages)
    poor.till = till
    till.ring(member=WHO, points=1)
    assert till.engine(poor).sync_once().reason is Reason.LINE_DOWN
    assert len(poor.seen) == pages + 1
    # While the feed is read, and after: never figures of half a feed.
    for found in (*poor.seen, account(till)):
        assert (found.balance, found.visits, found.own_points_since) == (131, 5, 0)
    store = till.folder.sync_store
    assert store.reached()[1]
    till.ring(member=WHO, points=2)
    assert account(till).balance == 133
    assert till.engine(DirectLine(office)).sync_once().reason is None
    assert not store.reached()[1]
    [figures] = account(till).months.values()
    assert (account(till).balance, figures.points, figures.visits) == (133, 133, 6)


def test_nothing_to_load_from_changes_nothing(till: Till) -> None:
    before = account(till)
    with pytest.raises(ValueError, match="nothing to load"):
        till.folder.sync_store.load_anew(())
    assert account(till) == before
    assert till.folder.sync_store.reached()[1]
