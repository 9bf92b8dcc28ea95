"""A spool to test with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.db.print_store import SqlPrintStore
from tests.db.spool import Seconds, Spool
from tests.db_support import NOW, SetClock, make_store


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """The print spool of a till, on a real file."""
    clock, seconds = SetClock(NOW), Seconds()
    with make_store(tmp_path, clock=clock) as folder:
        yield Spool(folder, clock, seconds, SqlPrintStore(folder.till, clock, monotonic=seconds))
