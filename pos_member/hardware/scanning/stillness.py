"""Whether a thorough search of the next frame can find what the last ones did not: an empty counter is searched rarely.

A thorough search takes some 60 ms. Three of them a second before a still counter cost a fifth of a core all day, and
the frame in which a code is shown at last may have to wait for the end of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

#: Fields that a frame is averaged over: large enough that the noise of a dark room evens out, small enough for a hand.
_ACROSS, _DOWN = 32, 18
#: By so much of 255 one field has to change; slow drifts of the exposure move all fields and are taken out first.
_CHANGE_MIN = 6
#: The scene has been searched by every step by then, and every third of a second more adds only luck.
SEARCHED_S = 4.0
#: How often luck is tried after that.
RARELY_S = 2.0


class Stillness:
    """One per opened camera; asked before each thorough search. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._fields: np.ndarray | None = None
        self._changed_s = 0.0
        self._searched_s = float("-inf")

    def worth(self, grey: Picture, now_s: float) -> bool:
        """Whether to search this frame; it is taken to be searched then."""
        fields = _fields(grey)
        if self._fields is None or _differ(fields, self._fields):
            self._changed_s = now_s
        # Against the frame before, not against the first one: a shadow that creeps over the counter is no event.
        self._fields = fields
        if now_s - self._changed_s > SEARCHED_S and now_s - self._searched_s < RARELY_S:
            return False
        self._searched_s = now_s
        return True


def _fields(grey: Picture) -> np.ndarray:
    """Means of ``_DOWN`` × ``_ACROSS`` fields; every second pixel each way will do."""
    height, width = grey.shape[0] // 2 // _DOWN, grey.shape[1] // 2 // _ACROSS
    if not height or not width:
        return grey.astype(np.float32)
    part = grey[::2, ::2][: height * _DOWN, : width * _ACROSS]
    means: np.ndarray = part.reshape(_DOWN, height, _ACROSS, width).mean(axis=(1, 3), dtype=np.float32)
    return means


def _differ(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return True
    change = one - other
    return bool(np.abs(change - np.median(change)).max() >= _CHANGE_MIN)
