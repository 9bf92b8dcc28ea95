"""What people hold in front of a camera: cards, phones, coupons, packages; and a counter with no code on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import segno
import zxingcpp

from pos_member.domain.check_digits import gs1_digit
from pos_member.domain.codes import make_coupon_code, make_member_number, make_receipt_code
from pos_member.domain.rotating_codes import make_rotating_code, member_secret, time_step
from pos_member.domain.signed_codes import (
    CouponClaims,
    MemberClaims,
    definition_tag,
    make_signed_coupon,
    make_signed_member,
)
from pos_member.hardware.scanning.libraries import opencv

cv2 = opencv()
KEY = "00112233445566778899aabbccddeeff"
_DAY = datetime(2026, 3, 1, 3, tzinfo=UTC)
#: Texels per module of every code drawn here.
MODULE = 8


# --- texts -------------------------------------------------------------------------------------------------


def member(dice: np.random.Generator) -> str:
    """A member number."""
    return make_member_number(KEY, int(dice.integers(1, 9_999)), int(dice.integers(0, 99_999)))


def coupon(dice: np.random.Generator) -> str:
    """A coupon's 16 digits."""
    return make_coupon_code(lambda below: int(dice.integers(below)))


def receipt(dice: np.random.Generator) -> str:
    """A receipt's 20 digits."""
    return make_receipt_code(int(dice.integers(1, 9_999)), int(dice.integers(1, 10**6)))


def rotating(dice: np.random.Generator) -> str:
    """A rotating code's 24 digits."""
    number = member(dice)
    return make_rotating_code(member_secret(bytes(range(32)), number), 1, number, time_step(_DAY))


def signed_member(dice: np.random.Generator) -> str:
    """222 digits; the signature is noise, as any signature looks."""
    claims = MemberClaims(3, str(UUID(bytes=dice.bytes(16))), member(dice), _DAY, _DAY + timedelta(days=30))
    return make_signed_member(claims, dice.bytes(64))


def signed_coupon(dice: np.random.Generator) -> str:
    """202 digits."""
    tag = definition_tag(str(dice.integers(10**6)))
    return make_signed_coupon(CouponClaims(7, coupon(dice), tag, date(2026, 3, 1), date(2026, 4, 1)), dice.bytes(64))


def product(dice: np.random.Generator, digits: int = 13) -> str:
    """A product's EAN-13 (Thailand), EAN-8 or ITF-14."""
    body = "885"[: digits - 1] + "".join(str(digit) for digit in dice.integers(0, 10, digits - 4))
    body = ("1" + body[:-1]) if digits == 14 else body
    return body + gs1_digit(body)


def article(dice: np.random.Generator) -> str:
    """A house number as it stands in Code 128 or Code 39."""
    letters = "".join(chr(65 + int(letter)) for letter in dice.integers(0, 26, 3))
    return f"{letters}-{int(dice.integers(10_000, 99_999))}"


QR_TEXTS = {
    "member": (member, "q"),
    "rotating": (rotating, "q"),
    "coupon": (coupon, "q"),
    "receipt": (receipt, "q"),
    "signed member": (signed_member, "l"),
    "signed coupon": (signed_coupon, "m"),
}


# --- codes as pictures -------------------------------------------------------------------------------------


def qr(text: str, error: str = "q", quiet: int = 4) -> np.ndarray:
    """Grey, ``MODULE`` texels a module."""
    matrix = np.array([list(row) for row in segno.make_qr(text, error=error).matrix], np.uint8)
    picture = np.pad(1 - matrix, quiet, constant_values=1) * np.uint8(255)
    return np.kron(picture, np.ones((MODULE, MODULE), np.uint8))


def bars(text: str, kind: str, height: int = 40) -> np.ndarray:
    """Grey; ``kind`` is a name of zxing-cpp's (``EAN13``, ``Code128``, ``Code39``, ``ITF``)."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    row = np.array(made.to_image(scale=1, add_quiet_zones=False), np.uint8)
    row = row[row.shape[0] // 2][None]
    picture = np.pad(np.repeat(row, height, 0), ((8, 8), (11, 11)), constant_values=255)
    return np.kron(picture, np.ones((MODULE, MODULE), np.uint8))


def coloured(grey: np.ndarray, dark: tuple[int, int, int], light: tuple[int, int, int]) -> np.ndarray:
    """BGR: 0 becomes ``dark``, 255 ``light``."""
    part = grey[:, :, None].astype(np.float32) / 255
    return (np.array(dark, np.float32) * (1 - part) + np.array(light, np.float32) * part).astype(np.uint8)


# --- what carries them -------------------------------------------------------------------------------------


def words(picture: np.ndarray, dice: np.random.Generator, top: int, bottom: int, step: int, ink: int = 40) -> None:
    """Lines of print, as on a receipt, drawn onto a BGR picture."""
    for row in range(top + step, bottom, step):
        line = "".join(chr(int(char)) for char in dice.integers(33, 126, int(dice.integers(5, 60))))
        cv2.putText(
            picture, line, (step, row), cv2.FONT_HERSHEY_SIMPLEX, step / 34, (ink, ink, ink), max(1, step // 14)
        )


def on_paper(code: np.ndarray, dice: np.random.Generator, ink: int = 30, white: int = 225) -> np.ndarray:
    """A slip with the code in its middle and print around it, BGR."""
    height, width = code.shape
    paper = np.full((height + 60 * MODULE, width + 24 * MODULE, 3), white, np.uint8)
    words(paper, dice, 0, 26 * MODULE, 4 * MODULE, ink)
    words(paper, dice, height + 34 * MODULE, paper.shape[0], 4 * MODULE, ink)
    top, left = 30 * MODULE, 12 * MODULE
    paper[top : top + height, left : left + width] = coloured(code, (ink,) * 3, (white,) * 3)
    return paper


def on_screen(code: np.ndarray, dice: np.random.Generator, dark_mode: bool = False, cells: int = 2) -> np.ndarray:
    """A phone that shows the code, BGR. Every screen pixel is ``3 × 3`` texels of red, green and blue stripes, and
    a module has ``cells`` screen pixels."""
    small = code[::MODULE, ::MODULE]
    small = np.kron(small, np.ones((cells, cells), np.uint8))
    pad = 6 * cells
    screen = np.pad(small, ((4 * pad, 3 * pad), (pad, pad)), constant_values=255)
    shown = coloured(screen, (12, 10, 8), (250, 250, 250))
    words(shown, dice, 0, 3 * pad, max(8, 3 * cells), 60)
    if dark_mode:
        shown = 255 - shown
        shown = np.maximum(shown, 18)
    texels = np.repeat(np.repeat(shown, 3, 0), 3, 1).astype(np.float32)
    stripes = np.full((3, 3, 3), 0.12, np.float32)  # row, column, channel
    for column, channel in enumerate((2, 1, 0)):
        stripes[:, column, channel] = 2.3
    stripes[2] *= 0.45  # the gap between two rows
    height, width = texels.shape[:2]
    lit = np.clip(texels * np.tile(stripes, (height // 3, width // 3, 1)), 0, 255).astype(np.uint8)
    return cv2.copyMakeBorder(lit, 40, 40, 24, 24, cv2.BORDER_CONSTANT, value=(20, 20, 20))


def bent(texture: np.ndarray, turns: float) -> np.ndarray:
    """The texture wrapped around a bottle: ``turns`` radians of it are seen."""
    height, width = texture.shape[:2]
    columns = np.linspace(-np.sin(turns / 2), np.sin(turns / 2), int(width * 2 * np.sin(turns / 2) / turns))
    source = (np.arcsin(columns) / turns + 0.5) * (width - 1)
    rows = np.arange(height, dtype=np.float32)
    # The rim of a bottle is seen as an arc.
    arc = (1 - np.cos(np.arcsin(columns))) * width * 0.18
    at_x = np.tile(source.astype(np.float32), (height, 1))
    at_y = rows[:, None] - arc[None].astype(np.float32)
    made: np.ndarray = cv2.remap(texture, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return made


def torn(texture: np.ndarray, dice: np.random.Generator, part: float) -> np.ndarray:
    """A corner torn off and a crease across; ``part`` of the smaller side."""
    height, width = texture.shape[:2]
    made = texture.copy()
    reach = part * min(height, width)
    corner = np.array(
        [(width, height), (width - reach, height), (width - reach * 0.4, height - reach * 0.5), (width, height - reach)]
    )
    cv2.fillPoly(made, [corner.astype(np.int32)], (70, 80, 90))
    row = int(height * dice.uniform(0.3, 0.7))
    cv2.line(made, (0, row), (width, row + int(dice.uniform(-80, 80))), (150, 150, 150), int(dice.integers(3, 9)))
    return made


def worn_out(texture: np.ndarray, dice: np.random.Generator, fade: float) -> np.ndarray:
    """Thermal paper after a month in a purse: faded, with pale streaks of a dirty head and rubbed spots."""
    height, width = texture.shape[:2]
    strength = np.full((height, width), 1 - fade, np.float32)
    for _ in range(int(dice.integers(2, 6))):
        column = int(dice.integers(width))
        strength[:, column : column + int(dice.integers(2, MODULE))] *= 0.15
    rubbed = cv2.resize(dice.random((9, 9), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    strength *= np.clip(1.25 - fade * rubbed * 1.4, 0.12, 1)
    paper = np.array([205, 222, 228], np.float32)
    return np.clip(paper - (paper - texture) * strength[:, :, None], 0, 255).astype(np.uint8)


def counter(dice: np.random.Generator) -> np.ndarray:
    """A background: a shelf, hands and boxes out of noise, print here and there, BGR 720 × 1280."""
    coarse = dice.integers(40, 200, (int(dice.integers(3, 9)), int(dice.integers(4, 14)), 3)).astype(np.uint8)
    frame = cv2.resize(coarse, (1280, 720), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(dice.integers(2, 9))):
        left, top = int(dice.integers(-100, 1200)), int(dice.integers(-100, 680))
        right, bottom = left + int(dice.integers(40, 400)), top + int(dice.integers(40, 300))
        cv2.rectangle(frame, (left, top), (right, bottom), dice.integers(0, 255, 3).tolist(), -1)
    if dice.random() < 0.5:
        words(frame, dice, int(dice.integers(0, 300)), int(dice.integers(350, 720)), int(dice.integers(14, 30)), 30)
    return frame
