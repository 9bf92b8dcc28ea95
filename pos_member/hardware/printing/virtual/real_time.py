"""What a printer obeys the moment it arrives, wherever it stands: ``DLE EOT``, ``DLE ENQ``, ``DLE DC4``."""

from __future__ import annotations

from collections.abc import Iterator

from pos_member.hardware.printing.virtual import lexing

#: ``DLE DC4 8 1 3 20 1 6 2 8``: clear the buffers. The last seven bytes guard against accidents.
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
POWER_OFF = b"\x10\x14\x02\x01\x08"


class RealTimeScanner:
    """Finds real-time commands in a stream that comes in pieces of any size."""

    def __init__(self) -> None:
        self._tail = b""

    def commands(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Every whole real-time command that ``data`` completes, in order, and where in ``data`` it ends."""
        seen, at = self._tail + data, 0
        before = len(self._tail)
        self._tail = b""
        while (at := seen.find(b"\x10", at)) >= 0:
            length = lexing.dle(seen, at)
            if length == lexing.UNKNOWN:
                at += 1
                continue
            if length == lexing.MORE or at + length > len(seen):
                self._tail = seen[at:]
                return
            yield seen[at : at + length], at + length - before
            at += length
