"""The calls head office answers, by the beginning of their path: what they are counted as, and whose places they take.

Few and fixed, so that labels stay bounded whatever a stranger asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """Who shares places. Lanes do not wait for each other: a rush of downloads holds no bill up."""

    GREETING = "greeting"
    #: A few bills, as a till that sells sends them.
    SALE = "sale"
    PUSH = "push"
    PULL = "pull"
    #: Tills that wait for news; they hold neither a thread nor a connection.
    POLL = "poll"
    SNAPSHOT = "snapshot"
    RIGHTS = "rights"
    CONSOLE = "console"
    #: Never refused: whoever watches over head office has to see it when it is full.
    PROBE = "probe"


@dataclass(frozen=True)
class Room:
    """``places`` at work at once, ``waiting`` more that wait for one of them; who comes then is sent away."""

    places: int
    waiting: int


ROOMS = {
    Lane.GREETING: Room(8, 500),
    Lane.SALE: Room(8, 200),
    Lane.PUSH: Room(12, 100),
    Lane.PULL: Room(12, 200),
    Lane.POLL: Room(2_000, 0),
    Lane.SNAPSHOT: Room(6, 30),
    Lane.RIGHTS: Room(8, 50),
    Lane.CONSOLE: Room(8, 30),
}

#: A push of no more is let in beside those that bring days: some ten bills, packed.
SALE_BYTES_MAX = 8 << 10
_TILL = {
    "enrol": Lane.GREETING,
    "token": Lane.GREETING,
    "hello": Lane.GREETING,
    "push": Lane.PUSH,
    "pull": Lane.PULL,
    "feed": Lane.PULL,
    "snapshot": Lane.SNAPSHOT,
    "rights": Lane.RIGHTS,
    "redeem": Lane.RIGHTS,
    "members": Lane.RIGHTS,
}
_PROBES = ("healthz", "readyz", "metrics")
CONSOLE, OTHER = "console", "other"
#: Every name a request is counted under.
NAMES = (*_TILL, *_PROBES, CONSOLE, OTHER)


def call_of(path: str) -> str:
    """One of ``NAMES``."""
    parts = path.split("/", 3)
    first, second = parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else ""
    if first == "v1":
        return second if second in _TILL else OTHER
    return first if first in _PROBES else CONSOLE


def lane_of(path: str, query: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> Lane:
    """Whose places a request takes."""
    call = call_of(path)
    if call in _PROBES:
        return Lane.PROBE
    lane = _TILL.get(call, Lane.CONSOLE)
    if lane is Lane.PUSH:
        size = next((value for name, value in headers if name == b"content-length"), b"")
        small = size.isdigit() and len(size) < 7 and int(size) <= SALE_BYTES_MAX
        return Lane.SALE if small else Lane.PUSH
    return Lane.POLL if lane is Lane.PULL and b"wait_s=" in query else lane
