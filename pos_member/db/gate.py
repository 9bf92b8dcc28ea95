"""A gate before a file: many may be inside, until somebody wants it alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Users of a file pass ``use``; ``alone`` waits until they have left and lets nobody in meanwhile. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False
        self._mine = threading.local()

    @contextmanager
    def use(self) -> Iterator[None]:
        """Be inside; a thread that is inside already never waits."""
        depth: int = getattr(self._mine, "depth", 0)
        if not depth:
            with self._changed:
                while self._shut:
                    self._changed.wait()
                self._inside += 1
        self._mine.depth = depth + 1
        try:
            yield
        finally:
            self._mine.depth = depth
            if not depth:
                with self._changed:
                    self._inside -= 1
                    self._changed.notify_all()

    @contextmanager
    def alone(self, timeout_s: float) -> Iterator[None]:
        """Nobody else is inside; the caller's thread is. Raises ``TimeoutError`` where somebody did not leave in time:
        all go on as before.

        Those who come meanwhile wait, ``timeout_s`` at the most and the length of the block. Raises ``RuntimeError``
        from inside.
        """
        if getattr(self._mine, "depth", 0):
            raise RuntimeError("alone from inside")
        with self._changed:
            if self._shut:
                raise TimeoutError("somebody else is about to be alone")
            self._shut = True
            try:
                if not self._changed.wait_for(lambda: not self._inside, timeout_s):
                    raise TimeoutError("somebody did not leave")
            except BaseException:
                self._open()
                raise
        self._mine.depth = 1
        try:
            yield
        finally:
            self._mine.depth = 0
            with self._changed:
                self._open()

    def _open(self) -> None:
        self._shut = False
        self._changed.notify_all()
