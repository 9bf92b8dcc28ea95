"""How many of the QR photographs each reader reads, how many it misreads, and how long it takes.

    python benchmarks/decode.py [FOLDER]

FOLDER holds pictures with the expected text beside each (``NN.png`` and ``NN.txt``); by default ``qr-photos``
in ``$POS_MEMBER_SHARED`` or in ``../shared/data`` beside the repository. Every picture is tried at 0, 90, 180 and
270 degrees. The last lines are the cost of a 1280×720 colour frame without a code.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pos_member.hardware.scanning.decoder import default_decoder, load_picture, to_grey
from pos_member.hardware.scanning.libraries import opencv
from pos_member.hardware.scanning.readers import ZbarReader, ZxingReader

Texts = Callable[[np.ndarray], list[str]]


def photographs(folder: Path) -> list[tuple[np.ndarray, str]]:
    """Every picture of the folder with its expected text."""
    pairs = []
    for picture in sorted(folder.rglob("*.png")) + sorted(folder.rglob("*.jpg")):
        expected = picture.with_suffix(".txt")
        if expected.exists():
            pairs.append((load_picture(picture), expected.read_bytes().decode("utf-8")))
    return pairs


def contenders() -> dict[str, Texts]:
    """Name → a function from a grey picture to the texts found."""
    zxing, zbar, chain, cv2 = ZxingReader(), ZbarReader(), default_decoder(), opencv()
    detector = cv2.QRCodeDetector()

    def by_opencv(grey: np.ndarray) -> list[str]:
        text = detector.detectAndDecode(grey)[0]
        return [text] if text else []

    return {
        "zxing-cpp": lambda grey: [text for text, _ in zxing.read(grey)],
        "pyzbar": lambda grey: [text for text, _ in zbar.read(grey)],
        "OpenCV QRCodeDetector": by_opencv,
        "our chain": lambda grey: [code.text for code in chain.decode(grey)],
    }


def timed(read: Texts, grey: np.ndarray) -> tuple[list[str], float]:
    """The texts and the milliseconds."""
    start = time.perf_counter()
    found = read(grey)
    return found, (time.perf_counter() - start) * 1_000


def row(name: str, times: list[float]) -> str:
    """Median and 95th percentile of some milliseconds."""
    return f"{name} {statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[18]:8.1f}"


def main() -> int:
    """Print the table."""
    shared = Path(os.environ.get("POS_MEMBER_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "qr-photos"
    pairs = photographs(folder)
    if not pairs:
        print(f"no photographs in {folder}", file=sys.stderr)
        return 1
    frame = np.random.default_rng(1).integers(0, 255, (90, 160), np.uint8).repeat(8, 0).repeat(8, 1)
    frame = np.dstack([opencv().GaussianBlur(frame, (0, 0), 3)] * 3)
    print(f"{len(pairs)} photographs × 4 rotations\n")
    print(f"{'':24}{'right':>8} {'wrong':>6} {'median':>8} {'p95 ms':>8}")
    for name, read in contenders().items():
        right = wrong = 0
        times = []
        for grey, expected in pairs:
            for quarter in range(4):
                found, ms = timed(read, np.ascontiguousarray(np.rot90(grey, quarter)))
                times.append(ms)
                right += expected in found
                wrong += any(text != expected for text in found)
        print(row(f"{name:24}{right / len(pairs) / 4:8.1%} {wrong:6}", times))
    chain = default_decoder()
    print("\n1280×720 without a code")
    print(
        row(
            f"{'level 0':39}",
            [timed(lambda grey: [c.text for c in chain.quick(to_grey(grey))], frame)[1] for _ in range(60)],
        )
    )
    print(
        row(
            f"{'level 1':39}",
            [timed(lambda grey: [c.text for c in chain.thorough(to_grey(grey))], frame)[1] for _ in range(60)],
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
