"""Frames of a webcam at a till, made here: one condition after another, the same ones every time.

Every scene says which texts must be read in it and which others may be; whatever else is read is a wrong read.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import _things as things
from benchmarks._optics import HEIGHT, WIDTH, Camera, Pose, laid, seen

#: Stripes of colour and the gaps between them swallow more than half of what is drawn on a screen.
SCREEN_GAIN = 2.3


@dataclass(frozen=True)
class Scene:
    """A frame (BGR, 1280×720), what must be read in it (nothing: it has no code)."""

    condition: str
    frame: np.ndarray
    texts: tuple[str, ...]


@dataclass
class Draft:
    """A scene in the making."""

    dice: np.random.Generator
    frame: np.ndarray
    camera: Camera
    texts: tuple[str, ...] = ()

    def between(self, low: float, high: float) -> float:
        return float(self.dice.uniform(low, high))

    def a_code(
        self, kinds: tuple[str, ...] = ("member", "rotating", "coupon", "receipt", "signed member", "signed coupon")
    ) -> tuple[str, np.ndarray]:
        make, error = things.QR_TEXTS[kinds[int(self.dice.integers(len(kinds)))]]
        text = make(self.dice)
        return text, things.qr(text, error)

    def lay(self, texture: np.ndarray, pixels: float, texels: float, lens: float = 1.0, **pose: float) -> None:
        """Put a texture into the frame so that ``texels`` of it (a module) become ``pixels``; screens are bright."""
        room_x, room_y = WIDTH / 2 - 220, HEIGHT / 2 - 180
        where = {"x": WIDTH / 2 + self.between(-1, 1) * room_x, "y": HEIGHT / 2 + self.between(-1, 1) * room_y}
        where |= {"degrees": self.between(-20, 20), "tilt_x": self.between(-12, 12), "tilt_y": self.between(-12, 12)}
        self.frame = laid(
            self.frame,
            texture,
            Pose(**{**where, **pose, "scale": pixels / texels}),
            lens,
            1.0 if texels == things.MODULE else SCREEN_GAIN,
        )


def _fit(code: np.ndarray, wanted: float) -> float:
    """Pixels a module, so that the code stays inside the frame."""
    return min(wanted, 520 / (code.shape[0] / things.MODULE))


def _paper(draft: Draft, pixels: float, **pose: float) -> None:
    text, code = draft.a_code()
    draft.texts = (text,)
    draft.lay(things.on_paper(code, draft.dice), _fit(code, pixels), things.MODULE, **pose)


def _phone(draft: Draft, pixels: float, lens: float, cells: int, dark: bool = False) -> None:
    text, code = draft.a_code()
    draft.texts = (text,)
    draft.lay(things.on_screen(code, draft.dice, dark, cells), _fit(code, pixels), 3 * cells, lens)


def phone(draft: Draft) -> None:
    """A phone's screen, fine pixels."""
    _phone(draft, draft.between(2.6, 7), 1.0, 4)


def moire(draft: Draft) -> None:
    """A coarse screen whose pixels beat against those of the sensor."""
    _phone(draft, draft.between(2.2, 5), draft.between(0, 0.25), int(draft.dice.integers(2, 4)))
    draft.camera = replace(draft.camera, defocus=draft.between(0.3, 0.7))


def dark_mode(draft: Draft) -> None:
    """A phone in dark mode: light modules on black."""
    _phone(draft, draft.between(2.4, 6), draft.between(0.4, 1), 3, dark=True)


def glare(draft: Draft) -> None:
    """A lamp mirrored in the glass of a phone, over a part of the code."""
    text, code = draft.a_code()
    draft.texts = (text,)
    x, y = draft.between(400, 880), draft.between(280, 440)
    pixels = _fit(code, draft.between(3, 7))
    draft.lay(things.on_screen(code, draft.dice, cells=4), pixels, 12, 1.0, x=x, y=y)
    half = pixels * code.shape[0] / things.MODULE / 2
    spot = (x + draft.between(-1.1, 1.1) * half, y + draft.between(-1.1, 1.1) * half)
    draft.camera = replace(
        draft.camera, glare=draft.between(90, 330), glare_radius=draft.between(0.35, 1.5) * half, glare_at=spot
    )


def motion(draft: Draft) -> None:
    """A card on its way: smeared over one to two modules."""
    pixels = draft.between(3, 6)
    _paper(draft, pixels)
    draft.camera = replace(
        draft.camera, motion=pixels * draft.between(0.7, 1.9), motion_degrees=draft.between(0, 180), noise=5
    )


def defocus(draft: Draft) -> None:
    """A webcam of fixed focus and a card too near."""
    pixels = draft.between(3, 7)
    _paper(draft, pixels)
    draft.camera = replace(draft.camera, defocus=pixels * draft.between(0.45, 1.0))


def low_light(draft: Draft) -> None:
    """An evening stall: little light, much noise."""
    _paper(draft, draft.between(3, 6))
    draft.camera = replace(
        draft.camera, light=draft.between(0.10, 0.30), noise=draft.between(8, 17), quality=60, defocus=1.1
    )


def small(draft: Draft) -> None:
    """Far away: one and a half to two and a half pixels a module."""
    _paper(draft, draft.between(1.3, 2.5))


def skew(draft: Draft) -> None:
    """Held at an angle, any way up."""
    tilt = {"tilt_x": draft.between(25, 52) * (1 - 2 * (draft.dice.random() < 0.5)), "tilt_y": draft.between(-35, 35)}
    _paper(draft, draft.between(3, 6), degrees=draft.between(0, 360), **tilt)


def curved(draft: Draft) -> None:
    """A coupon curled up, a corner torn off, a crease."""
    text, code = draft.a_code()
    draft.texts = (text,)
    paper = things.torn(things.on_paper(code, draft.dice), draft.dice, draft.between(0.05, 0.3))
    draft.lay(things.bent(paper, draft.between(0.8, 2.6)), _fit(code, draft.between(3, 6)), things.MODULE)


def thermal(draft: Draft) -> None:
    """Thermal paper after a month."""
    text, code = draft.a_code()
    draft.texts = (text,)
    paper = things.worn_out(things.on_paper(code, draft.dice), draft.dice, draft.between(0.45, 0.93))
    draft.lay(paper, _fit(code, draft.between(3, 6)), things.MODULE)


def shadow(draft: Draft) -> None:
    """A hand's shadow across the code and a bright window behind."""
    _paper(draft, draft.between(2.6, 5))
    edge = draft.between(300, 980)
    columns = np.arange(WIDTH)[None, :, None]
    rows = np.arange(HEIGHT)[:, None, None]
    dark = 1 / (1 + np.exp(-(columns + (rows - 360) * draft.between(-0.8, 0.8) - edge) / draft.between(4, 60)))
    draft.frame = (draft.frame * (draft.between(0.08, 0.25) + 0.9 * dark).clip(0, 1)).astype(np.uint8)


def several(draft: Draft) -> None:
    """A member's QR on a phone beside a coupon on paper, and a product's bars below."""
    member, coupon, product = things.member(draft.dice), things.coupon(draft.dice), things.product(draft.dice)
    draft.texts = (member, coupon, product)
    screen = things.on_screen(things.qr(member), draft.dice, cells=4)
    near = {"tilt_x": draft.between(-8, 8), "tilt_y": draft.between(-8, 8)}
    draft.lay(screen, draft.between(4, 7), 12, x=300, y=270, degrees=draft.between(-9, 9), **near)
    draft.lay(things.on_paper(things.qr(coupon), draft.dice), draft.between(4, 6), 8, x=940, y=300, **near)
    bars = things.coloured(things.bars(product, "EAN13"), (20, 20, 20), (235, 235, 235))
    draft.lay(bars, draft.between(2, 3.4), 8, x=620, y=620, degrees=draft.between(-6, 6), tilt_x=0, tilt_y=0)


def _package(draft: Draft, text: str, kind: str, pixels: tuple[float, float]) -> None:
    draft.texts = (text,)
    bars = things.coloured(things.bars(text, kind, int(draft.dice.integers(24, 60))), (40, 30, 30), (235, 240, 240))
    turns = draft.between(0.01, 1.4)
    narrow = min(draft.between(*pixels), 1_050 / (bars.shape[1] / things.MODULE))
    draft.lay(things.bent(bars, turns), narrow, things.MODULE, x=640 + draft.between(-90, 90))
    draft.camera = replace(
        draft.camera, defocus=draft.between(0.5, 1.6), motion=draft.between(0, 3), noise=draft.between(3, 9)
    )


def ean(draft: Draft) -> None:
    """EAN-13 of a product or a member card, on a package or a bottle."""
    text = things.member(draft.dice) if draft.dice.random() < 0.5 else things.product(draft.dice)
    _package(draft, text, "EAN13", (1.1, 3.5))


def code_128(draft: Draft) -> None:
    """Code 128 of a house number."""
    _package(draft, things.article(draft.dice), "Code128", (1.1, 3.5))


def code_39(draft: Draft) -> None:
    """Code 39 of a house number."""
    _package(draft, things.article(draft.dice), "Code39", (1.1, 3.5))


def itf_14(draft: Draft) -> None:
    """ITF-14 of a carton."""
    _package(draft, things.product(draft.dice, 14), "ITF", (1.1, 3.5))


CONDITIONS: dict[str, Callable[[Draft], None]] = {
    make.__name__: make
    for make in (
        phone, moire, dark_mode, glare, motion, defocus, low_light, shadow, small, skew, curved, thermal, several,
        ean, code_128, code_39, itf_14,
    )
}  # fmt: skip


def _draft(name: str, number: int) -> Draft:
    # Not hash(): that differs from run to run.
    dice = np.random.default_rng((zlib.crc32(name.encode()), number))
    return Draft(
        dice, things.counter(dice), Camera(noise=float(dice.uniform(2, 6)), quality=int(dice.integers(60, 92)))
    )


def scene(condition: str, number: int) -> Scene:
    """The ``number``-th scene of a condition; the same frame whenever it is asked for."""
    draft = _draft(condition, number)
    CONDITIONS[condition](draft)
    return Scene(condition, seen(draft.frame, draft.camera, draft.dice), draft.texts)


# --- nothing to read ---------------------------------------------------------------------------------------


def _almost_a_qr(dice: np.random.Generator) -> np.ndarray:
    side = 21 + 4 * int(dice.integers(0, 6))
    picture = dice.integers(0, 2, (side, side)).astype(np.uint8)
    finder = np.zeros((7, 7), np.uint8)
    finder[1:6, 1:6] = 1
    finder[2:5, 2:5] = 0
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        picture[max(0, top - 1) : top + 8, max(0, left - 1) : left + 8] = 1
        picture[top : top + 7, left : left + 7] = finder
    return np.kron(np.pad(picture, 4, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))


def _almost_bars(dice: np.random.Generator) -> np.ndarray:
    widths = dice.integers(1, int(dice.integers(3, 6)), int(dice.integers(20, 90)))
    row = np.concatenate([np.full(int(width), (place % 2) * 255, np.uint8) for place, width in enumerate(widths)])
    row = np.pad(row, 10, constant_values=255)
    return np.kron(np.tile(row, (int(dice.integers(14, 60)), 1)), np.ones((8, 8), np.uint8))


def empty(number: int) -> Scene:
    """A frame without a code: print, receipts, screens, noise, and what looks like a code and is none."""
    draft = _draft("empty", number)
    dice = draft.dice
    kind = number % 5
    if kind == 1:
        paper = np.full((1_100, 620, 3), 225, np.uint8)
        things.words(paper, dice, 0, 1_100, int(dice.integers(18, 44)))
        draft.lay(paper, draft.between(0.5, 1.3), 1)
    elif kind == 2:
        code = _almost_bars(dice)
        draft.lay(things.on_paper(code, dice), min(draft.between(1.5, 5), 1_100 / (code.shape[1] / 8)), 8)
    elif kind == 3:
        code = _almost_a_qr(dice)
        make = things.on_screen if dice.random() < 0.5 else things.on_paper
        draft.lay(make(code, dice), _fit(code, draft.between(2, 8)), 12 if make is things.on_screen else 8)
    elif kind == 4:
        faces = dice.integers(0, 255, (int(dice.integers(5, 200)), int(dice.integers(5, 300)), 3)).astype(np.uint8)
        draft.frame = things.cv2.resize(faces, (WIDTH, HEIGHT), interpolation=int(dice.integers(0, 3)))
    draft.camera = replace(draft.camera, defocus=draft.between(0.3, 3), light=draft.between(0.2, 1.05))
    return Scene("empty", seen(draft.frame, draft.camera, dice), ())


def scenes(per_condition: int, conditions: tuple[str, ...] = ()) -> Iterator[Scene]:
    """So many scenes of every condition (or of those named), one condition after another."""
    for name in conditions or tuple(CONDITIONS):
        for number in range(per_condition):
            yield scene(name, number)
