"""Calls into drivers and systems that nobody can interrupt, each with an end all the same.

The work runs in a thread of its own. One that does not come back is left behind: whoever asked goes on at the
deadline, and what the late work brings home (an open handle) is closed by the thread that brings it. Threads left
behind are counted for each thing that hangs, so that a dead driver costs a few threads and not one a minute.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar

from pos_member.domain.errors import EnvironmentProblem, Reason

#: So many calls may hang on one thing; the next is refused at once until one of them returns.
HANGING_MAX = 3

T = TypeVar("T")
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_hanging: Counter[str] = Counter()


def call_within(
    seconds: float,
    work: Callable[[], T],
    what: str,
    *,
    undo: Callable[[T], object] | None = None,
    afterwards: Callable[[], object] | None = None,
) -> T:
    """What ``work`` returns, or its error; after ``seconds`` without either ``EnvironmentProblem(PRINTER_HANGS)``.

    The problem's ``begun`` is false where so many calls hang already that ``work`` was not even started.
    ``what`` names the thing that may hang (an address): the count of hanging calls is kept by it. Work that comes back
    too late has ``undo`` called with its result if it has one, and ``afterwards`` in any case, both in its own thread.
    """
    with _lock:
        if _hanging[what] >= HANGING_MAX:
            raise EnvironmentProblem(
                Reason.PRINTER_HANGS, what=what, begun=False, detail=f"{_hanging[what]} calls still hang"
            )
    call = _Call(work, what, undo, afterwards)
    threading.Thread(target=call.run, name=f"within {what}"[:60], daemon=True).start()
    return call.outcome(seconds)


def hanging(what: str) -> int:
    """How many calls into ``what`` have not come back."""
    with _lock:
        return _hanging[what]


class _Call(Generic[T]):
    """One piece of work and who waits for it."""

    def __init__(
        self,
        work: Callable[[], T],
        what: str,
        undo: Callable[[T], object] | None,
        afterwards: Callable[[], object] | None,
    ) -> None:
        self._work = work
        self._what = what
        self._undo = undo
        self._afterwards = afterwards
        self._done = threading.Event()
        self._left_behind = False
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """In the thread of its own."""
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits, whatever it is
            self._error = error
        with _lock:
            self._done.set()
            late = self._left_behind
        if late:
            self._tidy()

    def outcome(self, seconds: float) -> T:
        """In the thread of whoever asked."""
        if not self._done.wait(max(seconds, 0)):
            with _lock:
                if not self._done.is_set():
                    self._left_behind = True
                    _hanging[self._what] += 1
                    raise EnvironmentProblem(
                        Reason.PRINTER_HANGS, what=self._what, begun=True, detail=f"after {seconds:g} s"
                    )
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _tidy(self) -> None:
        _log.info("%s came back after its deadline: %s", self._what, self._error or "done")
        try:
            if self._undo is not None and self._results:
                self._undo(self._results[0])
            if self._afterwards is not None:
                self._afterwards()
        except Exception:  # noqa: BLE001 - nobody waits for it any more; the log is all there is
            _log.exception("what %s brought back too late could not be put away", self._what)
        finally:
            with _lock:
                _hanging[self._what] -= 1
                if not _hanging[self._what]:
                    del _hanging[self._what]
