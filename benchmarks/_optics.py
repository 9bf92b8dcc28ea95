"""A cheap webcam, simulated: a flat thing in front of it becomes a 1280×720 frame as its driver would give it.

Thing → perspective → lens → motion → light → sensor noise → JPEG. Sampling is that of a real sensor: what is finer
than a pixel and not blurred away by the lens comes out as moiré.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pos_member.hardware.scanning.libraries import opencv

WIDTH, HEIGHT = 1280, 720
cv2 = opencv()


@dataclass(frozen=True)
class Camera:
    """What the camera does to a frame. Lengths in pixels of the frame, brightness in 0 … 255.

    ``defocus``: radius of the blur disc. ``motion``: length of the smear, ``motion_degrees`` its direction.
    ``light``: how much of the light is left (1 all). ``glare``: brightness added in the middle of a bright spot of
    radius ``glare_radius`` at ``glare_at``. ``noise``: standard deviation at mid grey. ``quality``: of the JPEG.
    """

    defocus: float = 0.8
    motion: float = 0.0
    motion_degrees: float = 0.0
    light: float = 1.0
    glare: float = 0.0
    glare_radius: float = 120.0
    glare_at: tuple[float, float] = (WIDTH / 2, HEIGHT / 2)
    noise: float = 3.0
    quality: int = 80


@dataclass(frozen=True)
class Pose:
    """Where a thing lies: its middle in the frame, its turn, its tilt away from the camera, pixels per texel."""

    x: float = WIDTH / 2
    y: float = HEIGHT / 2
    degrees: float = 0.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    scale: float = 1.0

    def matrix(self, width: int, height: int) -> np.ndarray:
        """The homography from a texture of this size into the frame; tilts in degrees, seen from near."""
        turn, tilt_x, tilt_y = np.radians([self.degrees, self.tilt_x, self.tilt_y])
        about_x = np.array([[1, 0, 0], [0, np.cos(tilt_x), -np.sin(tilt_x)], [0, np.sin(tilt_x), np.cos(tilt_x)]])
        about_y = np.array([[np.cos(tilt_y), 0, np.sin(tilt_y)], [0, 1, 0], [-np.sin(tilt_y), 0, np.cos(tilt_y)]])
        about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        distance = 2.2 * max(width, height) * self.scale
        corners = np.array([[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]], np.float64)
        seen = (about_z @ about_y @ about_x @ ((corners - [width / 2, height / 2, 0]) * self.scale).T).T
        flat = seen[:, :2] * (distance / (distance + seen[:, 2:])) + [self.x, self.y]
        made: np.ndarray = cv2.getPerspectiveTransform(corners[:, :2].astype(np.float32), flat.astype(np.float32))
        return made


def laid(frame: np.ndarray, texture: np.ndarray, pose: Pose, lens: float = 1.0, gain: float = 1.0) -> np.ndarray:
    """The frame (BGR) with a texture (BGR) on it, ``gain`` times as bright as drawn.

    ``lens``: 1 averages what is finer than a pixel, 0 leaves moiré.
    """
    height, width = texture.shape[:2]
    matrix = pose.matrix(width, height)
    sigma = 0.45 * lens / pose.scale if pose.scale < 1 else 0.0
    seen = cv2.GaussianBlur(texture, (0, 0), sigma) if sigma > 0.3 else texture
    placed = cv2.warpPerspective(seen, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    if gain != 1:
        placed = cv2.convertScaleAbs(placed, alpha=gain)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (WIDTH, HEIGHT))
    made: np.ndarray = np.where(mask[:, :, None] > 127, placed, frame)
    return made


def _disc(radius: float) -> np.ndarray:
    reach = int(np.ceil(radius)) + 1
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1)
    return kernel / kernel.sum()


def _smear(length: float, degrees: float) -> np.ndarray:
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side + 2, side + 2), np.float32)
    middle = (side + 2) / 2 - 0.5
    reach = length / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    for part in np.linspace(-1, 1, 8 * side):
        column, row = middle + reach * part
        kernel[round(row), round(column)] += 1
    return kernel / kernel.sum()


def seen(frame: np.ndarray, camera: Camera, dice: np.random.Generator) -> np.ndarray:
    """The frame (BGR) as the camera gives it: BGR, 1280×720, through a JPEG."""
    light = frame
    if camera.defocus > 0.3:
        light = cv2.filter2D(light, -1, _disc(camera.defocus))
    if camera.motion > 1:
        light = cv2.filter2D(light, -1, _smear(camera.motion, camera.motion_degrees))
    linear = light.astype(np.float32) * camera.light
    if camera.glare:
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        away = np.hypot(columns - camera.glare_at[0], rows - camera.glare_at[1]) / camera.glare_radius
        linear += (camera.glare * np.exp(-(away**2)))[:, :, None]
    # Shot noise grows with the root of the light; the rest is the sensor's own.
    strength = camera.noise * np.sqrt(0.35 + 0.65 * linear[:, :, 1:2] / 128)
    grain = dice.standard_normal((HEIGHT, WIDTH, 1), np.float32) + 0.5 * dice.standard_normal(linear.shape, np.float32)
    sensed = np.clip(linear + grain * strength * 0.9, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", sensed, [cv2.IMWRITE_JPEG_QUALITY, camera.quality])[1]
    unpacked: np.ndarray = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return unpacked
