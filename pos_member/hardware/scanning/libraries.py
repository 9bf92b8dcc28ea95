"""The picture libraries, loaded late: a till without one of them still starts and says what is missing."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    #: A picture: uint8, height × width (grey) or height × width × 3 (BGR, as OpenCV gives it).
    Picture = NDArray[np.uint8]

#: Pictures with more pixels are refused before they are unpacked (a few kB of PNG can claim gigabytes).
PIXELS_MAX = 64_000_000


@cache
def opencv() -> Any:
    """The ``cv2`` module. Raises ``ImportError`` or ``OSError`` when it cannot be loaded.

    The settings are read once, when the library loads, so this is the one place that imports it.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(PIXELS_MAX))
    # Media Foundation's hardware transforms make opening a camera on Windows take minutes.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    import cv2

    # Views of a frame take milliseconds; on a till of two cores the other one belongs to the window.
    cv2.setNumThreads(1)
    # Damaged pictures and absent cameras are answered by us; OpenCV would repeat them on standard error.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2


@cache
def zxing() -> Any:
    """The ``zxingcpp`` module. Raises ``ImportError`` or ``OSError``."""
    import zxingcpp

    return zxingcpp


@cache
def zbar() -> Any:
    """The ``pyzbar.pyzbar`` module. Raises ``ImportError`` or ``OSError`` (no shared library or runtime)."""
    from pyzbar import pyzbar

    return pyzbar
