"""One transaction whose commit may come back: after an error at COMMIT the rows may be there all the same.

The disk can report a failure after the write reached it. Ids are therefore fixed before the first attempt, and
after an environment problem the id is looked up once before anybody is told that nothing happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from pos_member.domain.errors import EnvironmentProblem
from pos_member.services.ports import TillStore, TillTransaction

T = TypeVar("T")
_log = logging.getLogger(__name__)


def durably(store: TillStore, work: Callable[[TillTransaction], T], find: Callable[[], T | None]) -> T:
    """The result of ``work`` in one transaction, or what ``find`` reads after a commit that only seemed to fail.

    ``find`` must look for the id that ``work`` writes. Raises what ``work`` raises; ``EnvironmentProblem`` when nothing
    was kept.
    """
    try:
        with store.transaction() as tx:
            return work(tx)
    except EnvironmentProblem as problem:
        try:
            kept = find()
        except EnvironmentProblem:
            raise problem from None
        if kept is None:
            raise
        _log.warning("the commit reported %s, and the rows are there", problem.reason.value)
        return kept
