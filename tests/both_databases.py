"""Every test of head office twice: on SQLite and on PostgreSQL. Its fixtures are imported by those that want that.

A test about one of them alone is marked ``one_database`` with the reason: ``one_database("the file's mode")`` is about
SQLite, ``one_database("…", on="postgresql")`` about the other.
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
    """Leave out the database a test is not about, and PostgreSQL where the tests cannot start it (Windows)."""
    left_out = {item for item in items if _is_left_out(item)}
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


def _is_left_out(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    kind = called.params.get(_HERE) if called is not None else None
    if kind is None:
        return False
    marker = item.get_closest_marker("one_database")
    if marker is None:
        return kind == POSTGRESQL and sys.platform == "win32"
    assert marker.args, f"{item.nodeid}: one_database without its reason"
    return kind != marker.kwargs.get("on", SQLITE) or (kind == POSTGRESQL and sys.platform == "win32")
