"""A file that is carried says what was so when it was made: what its till may have spent since is not in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.online import Online
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import carry
from pos_member.sync.protocol_rights import RightsRequest
from tests.db_support import SetClock
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, rows
from tests.headoffice.rights_support import give
from tests.sync.disaster_support import Counter

MEMBER = MEMBERS[0]


@pytest.fixture
def till(office: HeadOffice, till: Counter) -> Counter:
    """It holds a right over 300 points, for twelve hours."""
    identity = till.store.identity()
    assert identity is not None
    till.sell(1)
    assert till.sync().reason is None
    give(office, 300)
    granted = Online(office).rights(identity.id, RightsRequest(identity.epoch, (MEMBER.id,))).granted
    assert [right.points for right in granted] == [300]
    return till


def state(office: HeadOffice) -> str:
    [row] = rows(office.database, "spending_right")
    return str(row.state)


def carried(office: HeadOffice, till: Counter, path: Path, clock: SetClock, *, late: timedelta) -> None:
    """Made by the till's clock, brought so much later, twice."""
    made = carry.export(till.store, path, clock, app_version="test").path
    CLOCK.forward(late)
    for _ in range(2):
        assert carry_in(office, made).error == ""


def test_an_old_file_does_not_free_what_may_be_spent_since(office: HeadOffice, till: Counter, tmp_path: Path) -> None:
    CLOCK.forward(timedelta(hours=1))
    carried(office, till, tmp_path / "up.pmup", CLOCK, late=timedelta(hours=15))
    assert state(office) == "live", "between the file and the end of the right it may have been used"
    carried(office, till, tmp_path / "next.pmup", CLOCK, late=timedelta(minutes=5))
    assert state(office) == "lapsed", "this one was made when it was over"


def test_nor_does_one_of_a_clock_that_is_ahead(office: HeadOffice, till: Counter, tmp_path: Path) -> None:
    ahead = SetClock(CLOCK.now() + timedelta(days=400))
    carried(office, till, tmp_path / "up.pmup", ahead, late=timedelta(hours=15))
    assert state(office) == "live"
    till.line = DirectLine(office)
    assert till.sync().reason is None
    assert state(office) == "lapsed", "on the line it is now, whatever its clock says"
