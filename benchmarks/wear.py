"""How worn coupons are read, by size of module, by two readers: ``python -m benchmarks.wear [PICTURES [MIXED]]``.

Each condition alone and strong, then two mixtures. The peer is python-escpos's QR code as it comes (3 dots, level L).
"""

from __future__ import annotations

import json
import logging
import random
import sys
import time
from dataclasses import replace

import numpy as np
from escpos.printer import Dummy

from pos_member.config import resource
from pos_member.domain.check_digits import mod97_digits
from pos_member.domain.documents import DocumentKind
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.fonts import ensure_gui
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.templates import Template, parse
from tests.hardware.printing import samples, wear
from tests.hardware.printing.readers import qr_by_both

PICTURES = 20
MIXED_PICTURES = 200
MODULES = (4, 5, 6, 7, 8)
WIDTHS = (384, 576)


def main() -> int:
    """Print a table per width: shares read by zxing-cpp / zbar, in percent."""
    logging.disable(logging.WARNING)
    ensure_gui()
    each = int(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    mixed = int(sys.argv[2]) if len(sys.argv) > 2 else MIXED_PICTURES
    started = time.perf_counter()
    for width in WIDTHS:
        kinds = ["shipped", *(f"{dots} dots" for dots in MODULES), "peer"]
        print(f"\n{width} dots of paper: read by zxing-cpp / zbar, %")
        print(f"{'':24}" + "".join(f"{kind:>15}" for kind in kinds))
        for name, wears in _conditions():
            count = mixed if name in ("everyday", "strong") else each
            shares = [_share(kind, width, name, wears, count) for kind in kinds]
            print(f"{name:24}" + "".join(f"{f'{a:.1f} / {b:.1f}':>15}" for a, b in shares), flush=True)
    print(f"\n{each} pictures a cell, {mixed} in mixtures; {time.perf_counter() - started:.0f} s")
    return 0


def _conditions():
    for name, one in wear.CONDITIONS.items():
        yield name, lambda chance, one=one: one
    yield "everyday", wear.everyday
    yield "strong", wear.strong


def _share(kind: str, width: int, name: str, wears, count: int) -> tuple[float, float]:
    chance = random.Random(f"{name} {width}")
    found = np.zeros(2)
    for _ in range(count):
        body = "8" + "".join(chance.choices("0123456789", k=13))
        code = body + mod97_digits(body)
        picture = wear.worn(_paper(kind, code, width), wears(chance), chance)
        found += [code in read for read in qr_by_both(picture)]
    return float(100 * found[0] / count), float(100 * found[1] / count)


def _paper(kind: str, code: str, width: int) -> Bitmap:
    if kind == "peer":
        return _peer(code, width)
    coupon = replace(samples.COUPON_TH, code=code)
    template = None if kind == "shipped" else _with_module(int(kind.split()[0]))
    return wear.head(rasterise(coupon, width, template=template))


def _with_module(dots: int) -> Template:
    data = json.loads(resource("receipts", "coupon.json").read_text(encoding="utf-8"))
    for block in data["blocks"]:
        if "qr" in block:
            block["dots"] = dots
    return parse(json.dumps(data), DocumentKind.COUPON)


def _peer(code: str, width: int) -> Bitmap:
    """python-escpos's raster of its default QR code, on white paper."""
    other = Dummy(profile="TM-P80")
    other.text(" \n")
    other.qr(code, native=False, center=False)
    other.text("\n" * 3)
    other.cut(mode="PART", feed=False)
    papers: list[Bitmap] = []
    EscPosReader(width, on_cut=papers.append).feed(other.output)
    return papers[-1]


if __name__ == "__main__":
    sys.exit(main())
