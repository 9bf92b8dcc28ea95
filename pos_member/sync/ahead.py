"""Where work is done that is ahead of its turn: beside what waits for the line, or, to repeat a run exactly, before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

#: Makes what runs it; used as a context, it ends with it.
Helper = Callable[[], Executor]


def beside() -> Executor:
    """One thread, begun with the first piece of work."""
    return ThreadPoolExecutor(1, thread_name_prefix="ahead")


class InTurn(Executor):
    """No thread: the work is done when it is handed over, and what it raises is kept for who asks for its result."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See ``Executor``."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a thread would keep it as well
            done.set_exception(error)
        return done
