"""From codes in many frames to one event per code shown: agreement of bar codes, and "until out of view"."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from pos_member.hardware.scanning.choice import Decoded, chosen
from pos_member.hardware.scanning.readers import QR

#: A code is ignored until it has been out of view for so long; a different one passes at once.
GONE_S = 0.7
_LOOKS = 5
_LOOK_AGE_S = 2.0


class Presence:
    """Lets a code through when it comes into view and not again before it has been away for ``gone_s``."""

    def __init__(self, now_s: Callable[[], float], gone_s: float = GONE_S) -> None:
        self._now_s = now_s
        self._gone_s = gone_s
        self._seen_s: dict[str, float] = {}

    def arrives(self, text: str) -> bool:
        """Note a sighting; True when the code was out of view before it."""
        now_s = self._now_s()
        self._seen_s = {code: at_s for code, at_s in self._seen_s.items() if now_s - at_s < self._gone_s}
        arrived = text not in self._seen_s
        self._seen_s[text] = now_s
        return arrived


class Agreement:
    """Believes a QR code at the first sighting and a bar code when two of the last five looks agree.

    A worn bar code can be misread into another whose check digit holds; twice the same is no accident. ``looks``
    are frames that were searched in full, so that slow searches (three a second) count like quick ones. Of several
    codes in view those are given that are meant (``choice.chosen``).
    """

    def __init__(self, now_s: Callable[[], float], sightings_min: int = 2) -> None:
        self._now_s = now_s
        self._sightings_min = sightings_min
        self._looks: deque[tuple[float, frozenset[str]]] = deque(maxlen=_LOOKS)

    def believed(self, found: Sequence[Decoded]) -> list[Decoded]:
        """Note what one look found (nothing, too) and return what may be believed now."""
        now_s = self._now_s()
        self._looks.append((now_s, frozenset(code.text for code in found)))
        recent = [texts for at_s, texts in self._looks if now_s - at_s <= _LOOK_AGE_S]
        believed = [
            code
            for code in found
            if code.symbology == QR or sum(code.text in texts for texts in recent) >= self._sightings_min
        ]
        return chosen(believed)
