"""A part of a snapshot piece by piece, where the line is too poor for it in one: what came is kept, whatever happens.

On a line of 32 KB/s a part of 8 MiB takes longer than one answer may, and what is sold would wait behind it. A piece is
what comes in some ten seconds, as far as the last one tells; a line that is quick enough gets whole parts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from pos_member.domain.errors import EnvironmentProblem
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.protocol_feed import PIECE_BYTES_MAX

#: What a piece should take: what is sold meanwhile waits no longer.
PIECE_S = 10.0
#: Nothing is known of the line yet: it comes in time on 20 kbit/s.
FIRST_BYTES = 256 << 10
LEAST_BYTES = 16 << 10

log = logging.getLogger(__name__)


class PartReader:
    """Parts of one snapshot after the other; ``seconds``: a clock that only goes forward."""

    def __init__(self, line: Conversation, seconds: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._seconds = seconds
        #: Bytes that a piece may have by what is known of the line.
        self._size = FIRST_BYTES
        self._snapshot = ""
        self._number = -1
        self._got = bytearray()
        self._came: set[int] = set()

    def fetch(self, manifest: SnapshotManifest, number: int, stopped: Callable[[], bool]) -> bytes | None:
        """Part ``number`` as it came; ``None`` once it is gone, or ``stopped``. Raises as ``Conversation.call``: what
        came of it by then is gone on with."""
        if self._snapshot != manifest.id:
            self._snapshot, self._number, self._came = manifest.id, -1, set()
        if self._number != number:
            self._number, self._got = number, bytearray()
        path, size = f"/v1/snapshot/{manifest.id}/{number}", manifest.parts[number].bytes
        # One that came and was another: a cache on the way may mind no query.
        whole = number in self._came or (not self._got and self._size >= size)
        while True:
            if stopped():
                return None
            after = len(self._got)
            most = size if whole else min(self._size, PIECE_BYTES_MAX, size - after)
            raw = self._ask(path, None if whole else {"after": after, "most": most})
            if raw is None:
                self._number = -1
                return None
            if len(raw) > most and not whole:
                whole, self._got = True, bytearray()  # an older head office gives all of it
            self._got += raw
            if whole or not raw or len(self._got) >= size:
                break
        self._number = -1
        self._came.add(number)
        return bytes(self._got)

    def _ask(self, path: str, params: dict[str, int] | None) -> bytes | None:
        began = self._seconds()
        try:
            answer = self._line.call("GET", path, params=params)
        except EnvironmentProblem:
            self._size = max(LEAST_BYTES, self._size // 2)
            raise
        if answer.status == 404:
            log.info("%s is gone", path[:60])
            return None
        if answer.status != 200:
            raise refused(answer)
        took = max(self._seconds() - began, 0.001)
        # Not all at once: one quick piece, out of some cache, says little.
        self._size = max(LEAST_BYTES, min(self._size * 8, round(len(answer.raw) / took * PIECE_S)))
        return answer.raw
