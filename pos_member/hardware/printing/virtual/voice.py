"""What the printer says, and the ways in which a bad one says it: not at all, late, or the answer before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pos_member.hardware.printing.virtual.clocks import MS


class Kind(StrEnum):
    """What an answer is an answer to."""

    REAL_TIME = "real_time"
    IN_ORDER = "in_order"
    PROCESS_ID = "process_id"
    IDENTITY = "identity"
    #: Automatic status: nobody asked.
    AUTOMATIC = "automatic"


class ProcessIds(StrEnum):
    """What becomes of process ids (``GS ( H``)."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


@dataclass
class Manners:
    """How answers are given. ``late_ms``: every answer comes that much later.

    ``one_behind``: to each question the answer of the one before, to the first none.
    """

    mute: bool = False
    late_ms: int = 0
    one_behind: bool = False
    process_ids: ProcessIds = ProcessIds.RIGHT


#: Puts bytes on a line.
Send = Callable[[bytes], None]


class Voice:
    """Answers on their way out; ``run`` sends those that are due."""

    def __init__(self, manners: Manners, told: Callable[[Kind, bytes], None]) -> None:
        self.manners = manners
        self._told = told
        self._late: deque[tuple[int, Kind, bytes, Send]] = deque()
        self._held: bytes | None = None

    def say(self, kind: Kind, said: bytes, send: Send, now: int) -> None:
        """Answer, now or later, right or wrong."""
        if self.manners.mute:
            return
        if kind is Kind.PROCESS_ID:
            if self.manners.process_ids is ProcessIds.NONE:
                return
            if self.manners.process_ids is ProcessIds.WRONG:
                said = wrong_process_id(said)
        if self.manners.one_behind and kind is not Kind.AUTOMATIC:
            said, self._held = self._held or b"", said
            if not said:
                return
        if self.manners.late_ms:
            self._late.append((now + self.manners.late_ms * MS, kind, said, send))
            return
        self._send(kind, said, send)

    def run(self, now: int) -> None:
        """Send what is due by ``now``."""
        while self._late and self._late[0][0] <= now:
            _, kind, said, send = self._late.popleft()
            if not self.manners.mute:
                self._send(kind, said, send)

    def due(self) -> int | None:
        """When the next late answer goes."""
        return self._late[0][0] if self._late else None

    def forget(self) -> None:
        """Power off: what was not said never is."""
        self._late.clear()
        self._held = None

    def _send(self, kind: Kind, said: bytes, send: Send) -> None:
        self._told(kind, said)
        send(said)


def wrong_process_id(answer: bytes) -> bytes:
    """``37 22 d1…d4 00`` with another number: the last figure is one further."""
    figure = answer[5]
    return answer[:5] + bytes((0x30 + (figure - 0x2F) % 10,)) + answer[6:]
