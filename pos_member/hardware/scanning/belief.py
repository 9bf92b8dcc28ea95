"""Which of the codes that a library reports are believed.

A wrong text is worse than none: it can be another member. A QR text from a reader that never misread one is believed
at once, and so is one whose own check digits hold. Everything else (every bar code, QR codes that only zbar read) is
looked at again, closer and differently prepared: it is believed when the second look reads the same and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from pos_member.domain.scan_meaning import classify
from pos_member.hardware.scanning import views
from pos_member.hardware.scanning.choice import OURS
from pos_member.hardware.scanning.readers import MICRO_QR, QR, Reader, Sighting

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

_SQUARE = frozenset({QR, MICRO_QR})
#: Around a code, in parts of its longer side: of bars a part may have been read as a shorter code, so that more
#: of them must be in sight.
_QR_MARGIN, _BARS_MARGIN = 0.35, 0.6


#: In one picture. A shelf full of bar codes must not take the camera's thread for seconds.
SECOND_LOOKS_MAX = 24
_FOR_ALL = frozenset({"smooth", "plain", "turned"})


def sure_at_once(sighting: Sighting, reader: Reader) -> bool:
    """Whether a sighting is believed without a second look."""
    if sighting.symbology != QR:
        return False
    return reader.exact or classify(sighting.text).kind in OURS


class Verdict(Enum):
    """What a second look said."""

    SAME = "same"
    OTHER = "other"
    NOTHING = "nothing"


def second_look(sighting: Sighting, grey: Picture, readers: Sequence[Reader], seen_in: str) -> Verdict:
    """What is read at the place of a sighting, closer and differently prepared.

    ``seen_in`` names the view of the first look, which is left out. The first look that reads one thing decides:
    another text of the same kind at this place means that one of the two is wrong, and nobody knows which.
    """
    if not sighting.corners:
        return Verdict.NOTHING
    margin = _QR_MARGIN if sighting.symbology in _SQUARE else _BARS_MARGIN
    part = views.cut(grey, views.around(sighting.corners, margin)).picture
    for name, closer in _second_looks(part):
        if name == seen_in:
            continue
        # The slow readers look at the views that suit them best.
        for reader in readers if name in _FOR_ALL else readers[:1]:
            seen = [found for found in reader.read(closer) if _one_kind(found, sighting)]
            texts = {found.text for found in seen}
            # A single line across stripes reads the same in every view; bars have a height.
            if texts == {sighting.text} and not all(_thin(found) for found in (sighting, *seen)):
                return Verdict.SAME
            if texts and sighting.text not in texts:
                return Verdict.OTHER
    return Verdict.NOTHING


def _thin(sighting: Sighting) -> bool:
    """Whether bars were read on hardly more than one line: less than a fortieth of their length."""
    if sighting.symbology in _SQUARE or len(sighting.corners) != 4:
        return False
    upper_left, upper_right, lower_right, lower_left = sighting.corners
    along = max(math.dist(upper_left, upper_right), math.dist(lower_left, lower_right))
    down = max(math.dist(upper_left, lower_left), math.dist(upper_right, lower_right))
    return 40 * min(along, down) < max(along, down)


def _one_kind(one: Sighting, other: Sighting) -> bool:
    return (one.symbology in _SQUARE) == (other.symbology in _SQUARE)


def _second_looks(part: Picture) -> Iterator[tuple[str, Picture]]:
    cv2 = views.opencv_or_none()
    if cv2 is None:
        import numpy as np

        # The same print, searched along other lines.
        yield "turned", np.ascontiguousarray(np.rot90(part))
        return
    for make in (views.larger, views.sharp, views.smooth, views.plain):
        yield make.__name__, make(cv2, part).picture


class Doubts:
    """The sightings in one picture that are not believed yet."""

    def __init__(self, grey: Picture, readers: Sequence[Reader]) -> None:
        self._grey = grey
        self._readers = readers
        self._seen_in: dict[str, set[str]] = {}
        self._refused: set[str] = set()
        self._looks_left = SECOND_LOOKS_MAX

    def believed(self, sighting: Sighting, reader: Reader, seen_in: str) -> bool:
        """Whether a sighting (in places of the whole picture) is believed, after all that was seen before it."""
        if sure_at_once(sighting, reader):
            return True
        if sighting.text in self._refused or not self._looks_left:
            return False
        self._looks_left -= 1
        verdict = second_look(sighting, self._grey, self._readers, seen_in)
        if verdict is Verdict.OTHER:
            self._refused.add(sighting.text)
        elif verdict is Verdict.NOTHING:
            looks = self._seen_in.setdefault(sighting.text, set())
            looks.add(seen_in)
            # Too worn for the closer look, and yet the same twice.
            return len(looks) > 1 and not _thin(sighting)
        return verdict is Verdict.SAME
