"""From the bytes of a serial reader to its codes. Pure: no port, no clock.

A code ends with what its reader was set to send after it, or when nothing more comes for a while. Readers disagree on
everything else: carriage return, line feed or both, STX and ETX around the text, an AIM prefix, NULs while plugging in.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.readers import Ending, ReaderSetup, SerialReport
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX

_CR, _LF, _TAB, _STX, _ETX, _NUL = 0x0D, 0x0A, 0x09, 0x02, 0x03, 0x00
_ENDS: dict[Ending, frozenset[int]] = {
    Ending.ENTER: frozenset({_CR, _LF, _ETX}),
    Ending.TAB: frozenset({_TAB, _ETX}),
    Ending.EITHER: frozenset({_CR, _LF, _TAB, _ETX}),
    Ending.SILENCE: frozenset(),
}
#: UTF-8 first; a reader made for Thailand may send the Thai code page.
_ENCODINGS = ("utf-8", "cp874", "latin-1")
_GROUP_SEPARATOR = "\x1d"
#: A line at the wrong speed is noise: of a real code nearly every character can be shown.
_SHOWABLE_TENTHS = 7


@dataclass
class _Line:
    """What came since the last end; ``flooded``: it was too long and is thrown away up to its end."""

    raw: bytearray
    flooded: bool = False


class Framer:
    """One per open port. Times are seconds of one clock; at most ``SCAN_TEXT_MAX`` bytes are held."""

    def __init__(self, setup: ReaderSetup) -> None:
        self._setup = setup
        self._ends = _ENDS[setup.ending]
        self._line = _Line(bytearray())
        self._last_s = 0.0

    @property
    def silence_s(self) -> float:
        """How long nothing has to come for a code to end without its terminator."""
        return self._setup.silence_ms / 1_000

    def feed(self, data: bytes, now_s: float) -> list[SerialReport]:
        """Bytes that came now, and the codes they complete."""
        # Where an ending is to come, bytes that nobody fetched for a while (a busy program) are the same code still:
        # only a look that found nothing proves a silence. Without an ending it is all that parts two codes.
        found = [] if self._ends else self.silence(now_s)
        for byte in data:
            if byte in self._ends:
                found += self._end()
            elif len(self._line.raw) >= SCAN_TEXT_MAX:
                self._line.flooded = True
            else:
                self._line.raw.append(byte)
        if data:
            self._last_s = now_s
        return found

    def silence(self, now_s: float) -> list[SerialReport]:
        """Nothing came until now: the code that ends with that, if one does."""
        if not (self._line.raw or self._line.flooded) or now_s - self._last_s < self.silence_s:
            return []
        return self._end()

    def _end(self) -> list[SerialReport]:
        line, self._line = self._line, _Line(bytearray())
        raw = bytes(line.raw)
        if not raw.strip(b"\x00\r\n\t \x02\x03"):
            return []  # the second half of CR LF, or the noise of plugging in
        return [SerialReport(raw, "" if line.flooded else text_of(raw, self._setup))]


def text_of(raw: bytes, setup: ReaderSetup) -> str:
    """The code in some bytes, without what its reader puts around it; empty for noise.

    GS stays: it parts the fields of a GS1 code. Everything else that cannot be shown goes.
    """
    text = _decoded(raw.strip(b"\x00"))
    showable = sum(char.isprintable() for char in text)
    if not text or showable * 10 < len(text) * _SHOWABLE_TENTHS:
        return ""
    text = "".join(char for char in text if char.isprintable() or char == _GROUP_SEPARATOR).strip()
    if setup.prefix:
        text = text.removeprefix(setup.prefix)
    if setup.suffix:
        text = text.removesuffix(setup.suffix)
    return text.strip()


def _decoded(raw: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("unreachable: every byte is a character of Latin-1")
