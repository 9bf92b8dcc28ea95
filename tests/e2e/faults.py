"""Trouble to order: a line that loses things, calls that break off, a process that ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.transport import Answer
from tests.headoffice.direct import DirectLine


class Crash(BaseException):
    """The process ends here: nothing may catch it."""


class ShakyLine(DirectLine):
    """Loses the ``at``-th request from now on, or its answer, or carries it twice."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self._fault, self._left = "", 0

    def break_at(self, fault: str, at: int) -> None:
        """``fault``: ``request``, ``answer``, ``twice`` or nothing."""
        self._fault, self._left = fault, at

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        fault = self._fault if self._left == 0 else ""
        self._left -= 1
        if fault == "request":
            raise EnvironmentProblem(Reason.LINE_DOWN)
        answer = super().exchange(method, path, **more)
        if fault == "twice":
            answer = super().exchange(method, path, **more)
        if fault == "answer":
            raise EnvironmentProblem(Reason.LINE_DOWN)
        return answer


class Shaky:
    """Any object whose ``at``-th call from now on ends in ``error``, before or after it was done."""

    def __init__(self, inner: Any, error: BaseException, at: int, *, after: bool) -> None:
        self._inner, self._error, self._left, self._after = inner, error, at, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            self._left -= 1
            due = self._left == -1
            if due and not self._after:
                raise self._error
            result = found(*args, **named)
            if due:
                raise self._error
            return result

        return call


class ShakyStore:
    """A till's store whose next transaction breaks off at its ``at``-th call, or right after its commit."""

    def __init__(self, inner: Any, error: BaseException, at: int) -> None:
        self._inner, self._error, self._at = inner, error, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._inner.transaction() as tx:
            yield tx if self._at < 0 else Shaky(tx, self._error, self._at, after=True)
        if self._at < 0:
            raise self._error


def die_at(left: int) -> Callable[[str], None]:
    """Head office's process ends at its ``left``-th step from now."""
    steps = iter(range(left, -1, -1))

    def step(_name: str) -> None:
        if next(steps, None) == 0:
            raise Crash

    return step
