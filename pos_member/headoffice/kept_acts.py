"""Acts of large batches between their intake and their application, so that they need not be read from their events
again. Only a help: what is not here any more (another worker has it, the process died) is read from the database."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping

from pos_member.headoffice.acts import Act
from pos_member.headoffice.seen_marks import Position

#: Acts of all tills together; some kilobytes each.
ACTS_MAX = 4_000


class KeptActs:
    """Thread-safe. Acts by till and (epoch, seq)."""

    def __init__(self, acts_max: int = ACTS_MAX) -> None:
        self._acts_max = acts_max
        self._lock = threading.Lock()
        self._by_till: dict[str, dict[Position, Act]] = {}
        self._count = 0

    def put(self, till_id: str, acts: Mapping[Position, Act]) -> None:
        """Keep these, whose events are held by now, where there is room for all of them."""
        with self._lock:
            if self._count + len(acts) > self._acts_max:
                return
            kept = self._by_till.setdefault(till_id, {})
            before = len(kept)
            for at, act in acts.items():
                act.rows = {}  # those of the till are written
                kept[at] = act
            self._count += len(kept) - before

    def take(self, till_id: str) -> dict[Position, Act]:
        """All that are kept of this till; they are not kept any longer."""
        with self._lock:
            acts = self._by_till.pop(till_id, {})
            self._count -= len(acts)
            return acts

    def drop_others(self, till_ids: Collection[str]) -> None:
        """Keep none but those of these tills: nothing waits of others, another worker applied it."""
        with self._lock:
            for till_id in self._by_till.keys() - set(till_ids):
                self._count -= len(self._by_till.pop(till_id))
