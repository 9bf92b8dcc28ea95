"""Cameras and readers work on threads of their own; what other tests left behind is not theirs to collect."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Python collects cycles on whichever thread allocates, and a widget among them must not end on a camera's."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
