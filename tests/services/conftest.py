"""A till per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import World, make_world
from tests.services.rich import rich_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    try:
        yield made
    finally:
        made.folder.close()


@pytest.fixture
def rich(tmp_path: Path) -> Iterator[World]:
    """A till with a program of every kind."""
    made = rich_world(tmp_path)
    try:
        yield made
    finally:
        made.folder.close()
