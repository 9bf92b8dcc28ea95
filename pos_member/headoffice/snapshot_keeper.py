"""Keeps a fresh snapshot ready, on a thread of its own."""

from __future__ import annotations

from pos_member.headoffice.background import Background, Ended
from pos_member.headoffice.snapshot_rows import Cancelled
from pos_member.headoffice.snapshots import Snapshots

_EVERY_S = 60.0


class SnapshotKeeper(Background):
    """Looks now and then whether one is due; stopped, what is half built is thrown away."""

    troubles = (*Background.troubles, OSError)

    def __init__(self, snapshots: Snapshots, every_s: float = _EVERY_S) -> None:
        super().__init__("snapshots", every_s)
        self._snapshots = snapshots

    def look(self) -> None:
        """Make one where it is due."""
        try:
            if self._snapshots.is_due():
                self._snapshots.make(lambda: self.stopping)
        except Cancelled:
            raise Ended from None
