"""The second level of the search: which views are tried with which reader, in which order, for how long.

The order is that of the measured gain per millisecond (``benchmarks/decode.py --steps``, decision 0180). A camera's
search goes on in the next frame where the time ended in this one (``Look``), so that every step has its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pos_member.hardware.scanning import views
from pos_member.hardware.scanning.views import Box, View, ViewMaker

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

#: Longer sides are halved first: the time grows with every pixel, a code's readability does not.
SIDE_MAX = 2_000
_FRAME_PIXELS = 1_280 * 720
#: Around the place where a code was seen last, in parts of its longer side.
_PLACE_MARGIN = 0.6


@dataclass(frozen=True)
class Step:
    """One view, shown to the first reader or to those after it. ``ms``: what it takes for a frame of 1280×720."""

    view: ViewMaker
    second: bool
    coarse: bool
    ms: float

    @property
    def name(self) -> str:
        """For tables: reader, view, threshold."""
        reader = "second" if self.second else "first"
        return f"{reader} reader, {self.view.__name__}{', one threshold' if self.coarse else ''}"


STEPS = (
    Step(views.smooth, False, False, 5),
    Step(views.sharp, False, True, 12),
    Step(views.larger, False, False, 10),
    Step(views.smooth_threshold, False, False, 10),
    Step(views.contrast, False, False, 14),
    Step(views.double, False, True, 12),
    Step(views.smooth_threshold, True, False, 17),
    Step(views.sharp, False, False, 15),
    Step(views.threshold, True, False, 33),
    Step(views.plain, True, False, 41),
)


@dataclass
class Look:
    """What the search remembers of one camera. Made by whoever reads the camera, used by one thread at a time.

    ``place``: where a code was found last, as fractions left, top, right, bottom; ``next_step``: of ``STEPS``.
    """

    place: tuple[float, float, float, float] | None = None
    next_step: int = 0

    def saw(self, corners: Sequence[tuple[float, float]]) -> None:
        """Note where a code is (fractions)."""
        if corners:
            across, down = [x for x, _ in corners], [y for _, y in corners]
            self.place = (min(across), min(down), max(across), max(down))

    def box(self, width: int, height: int) -> Box | None:
        """The part of a picture around that place, or None when no code was seen yet."""
        if self.place is None:
            return None
        left, top, right, bottom = self.place
        return views.around(((left * width, top * height), (right * width, bottom * height)), _PLACE_MARGIN)


@dataclass
class Views:
    """The views of one picture, each made once. Without OpenCV there is the plain one alone."""

    base: View
    _made: dict[ViewMaker, View] = field(default_factory=dict)

    def of(self, make: ViewMaker) -> View | None:
        """A view, with its place in the picture that ``base`` was made from."""
        if make is views.plain:
            return self.base
        if make not in self._made:
            cv2 = views.opencv_or_none()
            if cv2 is None:
                return None
            view = make(cv2, self.base.picture)
            self._made[make] = View(view.picture, self.base.left, self.base.top, self.base.scale * view.scale)
        return self._made[make]


def expected_ms(step: Step, picture: Picture) -> float:
    """What a step will take for this picture, by its size; small pictures still cost a call."""
    return step.ms * max(0.05, picture.size / _FRAME_PIXELS)


def from_step(first: int) -> Iterator[tuple[int, Step]]:
    """All steps with their numbers, beginning with one of them and going round once."""
    for number in range(len(STEPS)):
        place = (first + number) % len(STEPS)
        yield place, STEPS[place]
