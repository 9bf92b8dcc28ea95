"""Work that goes on beside the server: one thread that looks again and again until it is stopped.

What a look cannot do now (the database is busy, full or away) is said and tried again by the next one; a bug is logged
and does not end the thread.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pos_member.domain.errors import PosMemberError

log = logging.getLogger(__name__)
_JOIN_S = 20.0
#: Trouble that stays, a full disk, is looked at ever more seldom, down to this: its log may be on the same disk.
_TROUBLE_S = 5.0


class Ended(Exception):
    """Raised by a look that found out in its midst that it is to stop."""


class Background:
    """A thread that calls ``look`` at once and then every ``every_s`` seconds, or when woken, until ``stop``."""

    #: What a look may meet without being at fault.
    troubles: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout, PosMemberError)

    def __init__(self, name: str, every_s: float) -> None:
        self._name = name
        self._every_s = every_s
        self._ended = threading.Event()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._troubled = 0

    def start(self) -> None:
        """Begin, with a first look at once."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do: look now."""
        self._wanted.set()

    def stop(self) -> None:
        """End; a look under way is waited for."""
        self._ended.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    @property
    def stopping(self) -> bool:
        """Whether it is to end: a long look asks between two parts."""
        return self._ended.is_set()

    def look(self) -> object:
        """Do what there is to do."""
        raise NotImplementedError

    def at_end(self) -> None:
        """The last thing the thread does."""

    def pause_s(self) -> float:
        """Until the next look: twice as long after each that met trouble."""
        if not self._troubled:
            return self._every_s
        return max(self._every_s, min(_TROUBLE_S, self._every_s * 2.0 ** min(self._troubled, 20)))

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.look()
                self._troubled = 0
            except Ended:
                break
            except self.troubles as problem:
                log.warning("%s: %s", self._name, type(problem).__name__)
                self._troubled += 1
            except Exception:
                log.exception("%s failed", self._name)
                self._troubled += 1
            self._wanted.wait(self.pause_s())
            self._wanted.clear()
        try:
            self.at_end()
        except self.troubles as problem:
            log.warning("%s: %s", self._name, type(problem).__name__)
