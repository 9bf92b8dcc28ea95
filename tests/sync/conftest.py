"""Head office stands on SQLite, then on PostgreSQL; a till and a stick for the tests that want them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.headoffice.service import HeadOffice
from tests.both_databases import office_databases_dropped, office_kind
from tests.headoffice.offices import office
from tests.sync.disaster_support import Counter, enrolled_counter

__all__ = ["office", "office_databases_dropped", "office_kind"]


@pytest.fixture
def till(office: HeadOffice, tmp_path: Path) -> Iterator[Counter]:
    """Enrolled at the first branch; it can be put back, copied and started anew."""
    made = enrolled_counter(office, tmp_path, "one")
    yield made
    made.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder to carry files in."""
    made = tmp_path / "stick"
    made.mkdir()
    return made
