"""Draw every sample paper at every width, to look at: ``python -m scripts.papers DIR [--against OLD] [--renew]``.

``--against`` compares with the folder of an earlier run: what is gone is red, what is new is blue. ``--renew`` writes
the fingerprints that the tests hold the papers to; look at the pictures first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import qVersion

from pos_member.config import fonts_folder
from pos_member.domain.documents import Document
from pos_member.hardware.printing.fonts import FILES, ensure_gui
from pos_member.hardware.printing.pictures import paper_png
from pos_member.hardware.printing.raster import rasterise
from tests.hardware.printing.samples import EVERY

WIDTHS = (384, 512, 576, 640)
GOLDENS = Path(__file__).resolve().parent.parent / "tests" / "hardware" / "printing" / "goldens.json"


def main() -> int:
    """Write the pictures. Returns 1 where ``--against`` found a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path, metavar="OLD")
    parser.add_argument("--renew", action="store_true")
    wanted = parser.parse_args()
    ensure_gui()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    for name, document in EVERY.items():
        for width in WIDTHS:
            (wanted.folder / f"{name}-{width}.png").write_bytes(paper_png(rasterise(document, width)))
    print(f"{len(EVERY) * len(WIDTHS)} papers in {wanted.folder}")
    if wanted.renew:
        GOLDENS.write_text(json.dumps(fingerprints(), indent=1) + "\n", encoding="utf-8")
        print(f"fingerprints in {GOLDENS}")
    return differing(wanted.folder, wanted.against) if wanted.against else 0


def fingerprints() -> dict[str, object]:
    """What the papers look like, in numbers: Qt's version, the fonts, and the SHA-256 of every paper's dots."""
    papers = {name: {str(width): fingerprint(document, width) for width in WIDTHS} for name, document in EVERY.items()}
    fonts = {name: hashlib.sha256((fonts_folder() / name).read_bytes()).hexdigest() for name in FILES}
    return {"qt": qVersion(), "fonts": fonts, "papers": papers}


def fingerprint(document: Document, width: int) -> str:
    """SHA-256 of the width and the dots of one paper."""
    bitmap = rasterise(document, width)
    return hashlib.sha256(bitmap.width.to_bytes(2, "big") + bitmap.data).hexdigest()


def differing(new: Path, old: Path) -> int:
    """Draw the differences of two folders into ``new/differences``. Returns 1 where there are any."""
    place = new / "differences"
    found = 0
    for path in sorted(new.glob("*.png")):
        now = _grey(path)
        before = _grey(old / path.name) if (old / path.name).exists() else np.full_like(now, 255)
        height, width = np.maximum(now.shape, before.shape)
        now, before = (_grown(each, height, width) for each in (now, before))
        if (now == before).all():
            continue
        found += 1
        place.mkdir(exist_ok=True)
        # OpenCV's order is blue, green, red: ink of the old paper alone is red, of the new one alone blue.
        cv2.imwrite(str(place / path.name), np.dstack([before, np.maximum(now, before), now]))
    print(f"{found} papers differ" + (f", see {place}" if found else ""))
    return 1 if found else 0


def _grey(path: Path) -> np.ndarray:
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def _grown(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.pad(picture, ((0, height - picture.shape[0]), (0, width - picture.shape[1])), constant_values=255)


if __name__ == "__main__":
    sys.exit(main())
