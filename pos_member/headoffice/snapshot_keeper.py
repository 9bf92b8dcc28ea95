"""Keeps a fresh snapshot ready, on a thread of its own."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import DBAPIError

from pos_member.domain.errors import PosMemberError
from pos_member.headoffice.snapshot_rows import Cancelled
from pos_member.headoffice.snapshots import Snapshots

log = logging.getLogger(__name__)
_EVERY_S = 60.0


class SnapshotKeeper:
    """Looks now and then whether one is due. ``stop`` ends a running build."""

    def __init__(self, snapshots: Snapshots, every_s: float = _EVERY_S) -> None:
        self._snapshots = snapshots
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)

    def start(self) -> None:
        """Begin, with a first look at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 20.0) -> None:
        """End; what is half built is thrown away."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._snapshots.is_due():
                    self._snapshots.make(self._stopping.is_set)
            except Cancelled:
                return
            except (PosMemberError, DBAPIError, OSError) as error:
                log.warning("no snapshot: %s", type(error).__name__)
            self._stopping.wait(self._every_s)
