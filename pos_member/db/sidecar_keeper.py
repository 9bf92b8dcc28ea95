"""Keeps the sidecar near the database without a sale waiting for it.

A commit only raises a flag. A thread of its own writes both copies at most once a second while there is something new;
whoever is about to send events, and the folder when it closes, write at once. So a copy lags by a second at most, and
never behind what head office holds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from pos_member.db import sidecar
from pos_member.db.sidecar import Standing
from pos_member.domain.errors import EnvironmentProblem

LAG_S = 1.0

log = logging.getLogger(__name__)


class SidecarKeeper:
    """``standing`` reads where the till stands (``None``: it has no head office, nothing is kept); ``first`` is called
    once the copies were written for the first time.

    ``lag_s=None`` starts no thread: then only ``keep`` and ``close`` write.
    """

    def __init__(
        self,
        standing: Callable[[], Standing | None],
        files: Callable[[Standing], Sequence[Path]],
        first: Callable[[], None] = lambda: None,
        *,
        lag_s: float | None = LAG_S,
    ) -> None:
        self._standing = standing
        self._files = files
        self._first = first
        self._lag_s = lag_s
        self._writing = threading.Lock()
        self._guard = threading.Lock()
        self._last: Standing | None = None
        self._stop = threading.Event()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def changed(self) -> None:
        """Something was committed. Costs a flag."""
        self._news.set()
        if self._lag_s is None or self._thread is not None:
            return
        with self._guard:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="sidecar", daemon=True)
                self._thread.start()

    def keep(self) -> None:
        """Write both copies now, where they are behind. What cannot be written is logged and stops nothing: what was
        sent is known to head office, which notices a till that went back behind it."""
        with self._writing:
            self._news.clear()
            standing = self._standing()
            if standing is None or standing == self._last or not sidecar.write(self._files(standing), standing):
                return
            if self._last is None:
                self._first()
            self._last = standing

    def _run(self) -> None:
        while not self._stop.is_set():
            self._news.wait()
            if self._stop.wait(self._lag_s):
                return
            try:
                self.keep()
            except EnvironmentProblem as problem:
                log.info("the sidecar waits: %s", problem)

    def close(self) -> None:
        """End the thread; write what is new."""
        self._stop.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        try:
            self.keep()
        except EnvironmentProblem as problem:
            log.info("the sidecar was not written: %s", problem)
