"""Pictures as the readers want them: the grey plane of a frame, and of a picture file."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.scanning import libraries

if TYPE_CHECKING:
    from pathlib import Path

    from pos_member.hardware.scanning.libraries import Picture

PICTURE_BYTES_MAX = 64 * 1024 * 1024


def to_grey(picture: Picture) -> Picture:
    """The grey plane, contiguous, of uint8 or uint16: grey, grey + alpha, BGR or BGRA. Transparent becomes white.

    Raises ``ValueError`` for an array of any other shape.
    """
    import numpy as np

    plane = picture
    if plane.dtype == np.uint16:
        plane = (plane >> 8).astype(np.uint8)
    if plane.ndim == 3 and plane.shape[2] in (2, 4):
        alpha = plane[:, :, -1:].astype(np.uint16)
        # A transparent QR is black on nothing; without its paper it would be black on black.
        plane = ((plane[:, :, :-1].astype(np.uint16) * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    if plane.ndim == 3 and plane.shape[2] == 1:
        plane = plane[:, :, 0]
    elif plane.ndim == 3 and plane.dtype == np.uint8 and plane.size:
        plane = _luma(plane) if plane.shape[2] == 3 else plane
    if plane.dtype != np.uint8 or plane.ndim != 2 or plane.size == 0:
        raise ValueError(f"not a picture: {picture.dtype} {picture.shape}")
    return np.ascontiguousarray(plane)


def _luma(bgr: Picture) -> Picture:
    """Brightness of blue, green, red (ITU-R BT.601). OpenCV takes 0.4 ms for a 720p frame, numpy 3."""
    import numpy as np

    try:
        cv2 = libraries.opencv()
    except (ImportError, OSError):
        blue, green, red = (bgr[:, :, channel].astype(np.uint16) for channel in range(3))
        return ((blue * 29 + green * 150 + red * 77) >> 8).astype(np.uint8)
    grey: Picture = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    return grey


def load_picture(path: Path) -> Picture:
    """The grey plane of a picture file.

    Raises ``EnvironmentProblem(FILE_NOT_READABLE)`` when the file cannot be opened and ``PICTURE_UNREADABLE`` when
    it is no picture, damaged, or larger than 64 MiB or 64 million pixels.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path))
        if about.st_size > PICTURE_BYTES_MAX:
            raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=str(path))
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from error
    return picture_from_bytes(data, str(path))


def picture_from_bytes(data: bytes, name: str = "") -> Picture:
    """The grey plane of an encoded picture (PNG, JPEG, WebP, BMP …). Raises as ``load_picture`` does."""
    try:
        cv2 = libraries.opencv()
        import numpy as np
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name) from error
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        grey = None if picture is None else to_grey(picture)
    except (cv2.error, ValueError, MemoryError) as error:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name) from error
    if grey is None:
        raise EnvironmentProblem(Reason.PICTURE_UNREADABLE, path=name)
    return grey
