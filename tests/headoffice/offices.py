"""Head office with the small company of ``office_support``, made once for each database and copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pos_member.headoffice.database import open_database
from pos_member.headoffice.ingest import Step
from pos_member.headoffice.service import HeadOffice
from tests.db_support import SetClock
from tests.headoffice.office_support import CLOCK, OFFICE, database_url, new_id, seed
from tests.office_database import OFFICES, SQLITE, office_url


@cache
def _seeded(_kind: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pos-member-seeded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    OFFICES.keep(folder / OFFICE)
    database = open_database(database_url(folder))
    seed(database)
    database.close()
    return folder


def seeded_url(path: Path) -> str:
    """What to open for a new database called ``path`` that holds the company."""
    seeded = _seeded(OFFICES.kind) / OFFICE
    if OFFICES.kind == SQLITE:
        shutil.copyfile(seeded, path)
    OFFICES.copy(seeded, path)
    return office_url(path)


def open_seeded(folder: Path, step: Step = lambda _name: None, clock: SetClock = CLOCK) -> HeadOffice:
    """Head office without the web, with its company, on a database of its own in ``folder``."""
    return HeadOffice(open_database(seeded_url(folder / OFFICE)), clock, new_id, step=step)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    """Head office with its company. What a test does to the clock ends with it."""
    before = CLOCK.at
    made = open_seeded(tmp_path)
    yield made
    made.database.close()
    CLOCK.at = before
