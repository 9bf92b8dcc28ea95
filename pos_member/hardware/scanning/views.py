"""Other views of a grey picture, in which a reader may find what it did not find in the plain one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pos_member.hardware.scanning import libraries

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

#: (left, top, right, bottom) in pixels.
Box = tuple[int, int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class View:
    """A picture made from a part of another one: a point of it is ``left + x / scale, top + y / scale`` there."""

    picture: Picture
    left: int = 0
    top: int = 0
    scale: float = 1.0

    def back(self, corners: tuple[Point, ...]) -> tuple[Point, ...]:
        """Points of this view as points of the picture it was made from."""
        return tuple((self.left + x / self.scale, self.top + y / self.scale) for x, y in corners)


#: Makes a view with the ``cv2`` module.
ViewMaker = Callable[[Any, "Picture"], View]


def _adaptive(cv2: Any, grey: Picture) -> Picture:
    made: Picture = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 31, 5)
    return made


def plain(cv2: Any, grey: Picture) -> View:
    """As it is."""
    return View(grey)


def smooth(cv2: Any, grey: Picture) -> View:
    """Means of 3 × 3 pixels: against moiré and noise."""
    return View(cv2.blur(grey, (3, 3)))


def sharp(cv2: Any, grey: Picture) -> View:
    """What a blur of some pixels took is given back: against defocus and motion, and for bars."""
    return View(cv2.addWeighted(grey, 3, cv2.GaussianBlur(grey, (0, 0), 4), -2, 0))


def larger(cv2: Any, grey: Picture) -> View:
    """Half as large again: modules between two and three pixels wide get whole pixels."""
    return View(cv2.resize(grey, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), scale=1.5)


def double(cv2: Any, grey: Picture) -> View:
    """Twice as large: for small and far codes."""
    return View(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), scale=2)


def threshold(cv2: Any, grey: Picture) -> View:
    """Black and white by each pixel's neighbourhood: against shadows and glare."""
    return View(_adaptive(cv2, grey))


def smooth_threshold(cv2: Any, grey: Picture) -> View:
    """The same after a slight blur, so that moiré and noise do not become modules."""
    return View(_adaptive(cv2, cv2.GaussianBlur(grey, (0, 0), 1.2)))


def contrast(cv2: Any, grey: Picture) -> View:
    """Contrast stretched tile by tile: for faded paper and bars in half light."""
    return View(cv2.createCLAHE(3, (8, 8)).apply(grey))


def cut(grey: Picture, box: Box) -> View:
    """A part of the picture; ``box`` may reach beyond it."""
    import numpy as np

    height, width = grey.shape
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    right, bottom = max(min(box[2], width), left + 1), max(min(box[3], height), top + 1)
    return View(np.ascontiguousarray(grey[top:bottom, left:right]), left, top)


def shrunk(grey: Picture, side_max: int) -> View:
    """Every second pixel until the longer side is at most ``side_max``."""
    import numpy as np

    step = 1
    while max(grey.shape) // step > side_max:
        step *= 2
    return View(grey) if step == 1 else View(np.ascontiguousarray(grey[::step, ::step]), scale=1 / step)


def around(corners: tuple[Point, ...], margin: float) -> Box:
    """The box about some points, wider on every side by ``margin`` times its longer side (8 pixels at least)."""
    across, down = [x for x, _ in corners], [y for _, y in corners]
    more = max(8.0, margin * max(max(across) - min(across), max(down) - min(down)))
    return int(min(across) - more), int(min(down) - more), int(max(across) + more) + 1, int(max(down) + more) + 1


def opencv_or_none() -> Any | None:
    """The ``cv2`` module, or None where it does not load: then only plain pictures are looked at."""
    try:
        return libraries.opencv()
    except (ImportError, OSError):
        return None
