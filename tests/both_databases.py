"""Every test of head office twice: on SQLite and on PostgreSQL. Imported by the ``conftest`` of those that want it.

A test about SQLite's file alone is marked ``one_database`` with the reason.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.office_database import OFFICES, POSTGRESQL, SQLITE

_HERE = "office_kind"


@pytest.fixture(scope="module", autouse=True, params=[SQLITE, POSTGRESQL])
def office_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """What head office's database is in this test. Module-wide fixtures that open one ask for it by name."""
    OFFICES.kind = request.param
    yield OFFICES.kind
    OFFICES.kind = SQLITE


@pytest.fixture(autouse=True)
def office_databases_dropped(office_kind: str) -> Iterator[None]:
    """The databases a test asked for end with it."""
    before = OFFICES.known()
    yield
    OFFICES.drop(OFFICES.known() - before)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out PostgreSQL where a test is about SQLite's file, and where the server cannot be started (Windows)."""
    left_out = [item for item in items if _twice(item) and (item.get_closest_marker("one_database") or _WINDOWS)]
    for item in left_out:
        marker = item.get_closest_marker("one_database")
        assert _WINDOWS or (marker is not None and marker.args), f"{item.nodeid}: one_database without its reason"
    if left_out:
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=left_out)


_WINDOWS = sys.platform == "win32"


def _twice(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return called is not None and called.params.get(_HERE) == POSTGRESQL
