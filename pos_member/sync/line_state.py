"""How the line to head office stands, in figures: what window and command line are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pos_member.domain.errors import Reason

Line = Literal["online", "offline", "never", "refused"]


@dataclass(frozen=True)
class SyncState:
    """``reason`` with ``params`` says why the line is not ``online``."""

    line: Line
    waiting: int
    bills_waiting: int
    oldest_waiting_at: datetime | None
    last_contact_at: datetime | None
    reason: Reason | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    #: How far this machine's clock is before (+) or behind (−) head office's, in seconds; 0 while that is nothing.
    clock_off_s: int = 0
    #: How far the load of head office's data is, in percent; ``None`` while there is none under way.
    loading_percent: int | None = None
    #: A person put that load off.
    loading_paused: bool = False
    #: The till noticed that it was restored or copied: nothing is spent offline until head office has answered.
    suspended: bool = False
    #: When what is large may come, ``22:00``; empty while nothing waits for it.
    waits_for_night: str = ""
    #: Whether the till's own settings hold the line back.
    limited: bool = False
