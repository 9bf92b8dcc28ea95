"""The order in which the longest tests of the whole suite begin."""

from __future__ import annotations

import pytest

#: Tests that take long by themselves: a day that is played, many ends of a process, many histories.
LONG = (
    "test_the_scripted_day_comes_out",
    "test_every_bill_that_was_said_survives_the_end_of_its_process",
    "test_whatever_happens_the_books_agree",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest ones first: a worker that comes to one of them last keeps everybody waiting.

    Two workers begin at the first test and at the one in the middle: each finds its part there. With another number of
    workers they are begun early all the same.
    """
    long = [item for item in items if item.name.partition("[")[0] in LONG]
    others = [item for item in items if item not in set(long)]
    middle = max(0, len(items) // 2 - len(long[::2]))
    items[:] = [*long[::2], *others[:middle], *long[1::2], *others[middle:]]
