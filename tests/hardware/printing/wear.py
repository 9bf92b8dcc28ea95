"""What happens to a printed paper before it is scanned: the head, the pocket, and the camera.

``printed`` works on dots (ink that spreads or fails, dead dots, paper that slips), ``photographed`` on what a camera of
a telephone or a counter scanner makes of them (blur, angle, perspective, faded contrast, noise, compression).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from statistics import NormalDist

import cv2
import numpy as np

from pos_member.hardware.printing.bitmap import Bitmap

#: Pictures of one dot are this many pixels wide while ink is spread.
FINE = 3
#: How far heat spreads around a dot, in dots.
SPREAD = 0.6
#: What a camera smooths away of its sensor's grain: sigma in its own pixels.
GRAIN = 0.7
#: Of white paper and of fresh ink, in grey.
PAPER, INK = 235, 30


@dataclass(frozen=True)
class Wear:
    """One way for a paper to be worn.

    ``gain``: edges of ink move outwards by so many dots (below 0: thin print). ``dead``: columns that print nothing.
    ``blur``: sigma in dots. ``angle``: degrees. ``tilt``: a far edge is this share shorter. ``contrast``: 1 is fresh.
    ``noise``: of the sensor, sigma in grey. ``quality``: of the JPEG. ``scale``: pixels of the camera for one dot.
    """

    gain: float = 0.0
    dead: int = 0
    blur: float = 0.4
    angle: float = 0.0
    tilt: float = 0.0
    contrast: float = 1.0
    noise: float = 4.0
    quality: int = 90
    scale: float = 1.25


#: What a coupon meets on its way, one at a time and strong; benchmarks.wear prints how codes stand each of them.
CONDITIONS: dict[str, Wear] = {
    "fresh": Wear(),
    "ink gain 0.8 dot": Wear(gain=0.8),
    "ink loss 0.6 dot": Wear(gain=-0.6),
    "6 dead columns": Wear(dead=6),
    "blur 2 dots": Wear(blur=2.0),
    "turned 7°": Wear(angle=7.0),
    "faded to 25 %": Wear(contrast=0.25, noise=6.0),
    "tilted 12 %": Wear(tilt=0.12),
    "noise 20, JPEG 40": Wear(noise=20.0, quality=40),
    "from afar, 0.7 px/dot": Wear(scale=0.7),
}


def everyday(chance: random.Random) -> Wear:
    """A mixture: everything at once, each as strong as a month in a purse and a hurried scan make it."""
    return Wear(
        gain=chance.uniform(-0.4, 0.6),
        # One head in eight has a dead dot; more are a printer to be repaired.
        dead=int(chance.random() < 0.125),
        blur=chance.uniform(0.4, 1.4),
        angle=chance.uniform(-7, 7),
        tilt=chance.uniform(0, 0.06),
        contrast=chance.uniform(0.35, 1.0),
        noise=chance.uniform(2, 10),
        quality=chance.randint(55, 95),
        scale=chance.uniform(0.9, 1.6),
    )


def strong(chance: random.Random) -> Wear:
    """A mixture at the edge of what is still a coupon: it tells module sizes apart."""
    return Wear(
        gain=chance.uniform(-0.8, 1.2),
        dead=chance.randint(2, 8),
        blur=chance.uniform(1.0, 2.6),
        angle=chance.uniform(-7, 7),
        tilt=chance.uniform(0.04, 0.12),
        contrast=chance.uniform(0.2, 0.5),
        noise=chance.uniform(6, 16),
        quality=chance.randint(35, 70),
        scale=chance.uniform(0.7, 1.1),
    )


def head(bitmap: Bitmap, rows: int = 460) -> Bitmap:
    """The upper part of a paper, where a coupon has its QR code: wearing the rest would only take time."""
    return Bitmap(bitmap.width, bitmap.data[: bitmap.stride * rows])


def worn(bitmap: Bitmap, wear: Wear, chance: random.Random) -> np.ndarray:
    """A grey photograph of ``bitmap`` on paper, worn; ``chance`` places what is placed at random."""
    return photographed(printed(bitmap, wear, chance), wear, chance)


def printed(bitmap: Bitmap, wear: Wear, chance: random.Random) -> np.ndarray:
    """The ink on the paper, 0 to 1, ``FINE`` pixels a dot."""
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    dots = np.unpackbits(packed, axis=1)[:, : bitmap.width].copy()
    for _ in range(wear.dead):
        dots[:, chance.randrange(bitmap.width)] = 0
    fine = cv2.resize(dots.astype(np.float32), None, fx=FINE, fy=FINE, interpolation=cv2.INTER_NEAREST)
    spread = cv2.GaussianBlur(fine, (0, 0), SPREAD * FINE)
    # A straight edge, blurred, has this value at ``gain`` dots beyond it.
    return (spread > NormalDist().cdf(-wear.gain / SPREAD)).astype(np.float32)


def photographed(ink: np.ndarray, wear: Wear, chance: random.Random) -> np.ndarray:
    """What a camera makes of the paper on a dark desk."""
    margin = 24 * FINE
    paper = np.pad(ink, margin)
    level = PAPER - paper * (PAPER - INK) * wear.contrast
    grey = cv2.GaussianBlur(level, (0, 0), max(0.1, wear.blur * FINE))
    height, width = grey.shape
    share = wear.scale / FINE
    wide, high = width * share, height * share
    turn = math.radians(wear.angle)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    pulled = wide * wear.tilt / 2
    seen = np.array([[pulled, 0], [wide - pulled, 0], [wide, high], [0, high]], dtype=np.float32)
    middle = np.array([wide / 2, high / 2])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    seen = (seen - middle) @ rotation.T
    seen -= seen.min(axis=0) - 20
    size = np.ceil(seen.max(axis=0) + 20).astype(int)
    warp = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    # Shrinking by a warp alone would sample single pixels: what a camera's sensor does is average.
    soft = cv2.GaussianBlur(grey, (0, 0), 0.45 / share)
    view = cv2.warpPerspective(soft, warp, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderValue=90)
    noise = np.random.default_rng(chance.getrandbits(32)).normal(0, wear.noise, view.shape)
    # No camera hands out the bare sensor: colours are put together from neighbours and grain is smoothed.
    frame = np.clip(cv2.GaussianBlur(view + noise, (0, 0), GRAIN), 0, 255).astype(np.uint8)
    done, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, wear.quality])
    assert done
    return cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
