"""In which order the tests run, so that no worker is left alone with the longest of them.

xdist gives each worker a run of what was collected, as long as the others', and who is done takes over the second half
of what the slowest still has before it. So the longest tests stand where a worker begins, and never at an end: those of
whole programs at the front, the simulation, which is one process that computes, at the front of the second half. Files
stay whole and in their order: what a module sets up is set up once.
"""

from __future__ import annotations

import itertools

import pytest

_FRONT, _SECOND_HALF = "tests/e2e/", "tests/simulation/"


def arrange(items: list[pytest.Item]) -> None:
    """Put ``items`` into that order, in place."""
    front = [item for item in items if _FRONT in item.path.as_posix()]
    second = [item for item in items if _SECOND_HALF in item.path.as_posix()]
    placed = {*front, *second}
    files = itertools.groupby((item for item in items if item not in placed), key=lambda item: item.path)
    first_half, rest = front, []
    for _, tests in files:
        (first_half if len(first_half) < len(items) // 2 else rest).extend(tests)
    items[:] = [*first_half, *second, *rest]
