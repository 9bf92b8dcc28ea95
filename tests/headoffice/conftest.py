"""Head office stands on SQLite, then on PostgreSQL; two tills for the tests that want one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.headoffice.service import HeadOffice
from tests.both_databases import office_databases_dropped, office_kind
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, Till
from tests.headoffice.offices import office
from tests.headoffice.rights_support import MemoryTill, admit, memory_till

__all__ = ["office", "office_databases_dropped", "office_kind"]


@pytest.fixture
def till(office: HeadOffice, tmp_path: Path) -> Iterator[Till]:
    """Enrolled at the first branch."""
    with DirectLine(office).enrolled(tmp_path, "one") as made:
        yield made


@pytest.fixture
def other(office: HeadOffice, tmp_path: Path) -> Iterator[Till]:
    """Enrolled at the second branch."""
    with DirectLine(office).enrolled(tmp_path, "two", branch=1) as made:
        yield made


@pytest.fixture
def tills(office: HeadOffice) -> tuple[MemoryTill, MemoryTill]:
    """Two in memory that head office knows, at the second branch."""
    made = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    for till in made:
        admit(office.database, till)
    return made
