"""Coupons from a purse: worn, faded, turned, and still read by two readers that know nothing of each other.

More pictures, and other sizes of modules: ``python -m benchmarks.wear``.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from pos_member.domain.check_digits import mod97_digits
from pos_member.hardware.printing.blocks import Qr
from pos_member.hardware.printing.raster import rasterise, rasterise_blocks
from tests.hardware.printing import samples, wear
from tests.hardware.printing.readers import qr_by_both

COUNT = 50
SHARE = 0.98


def coupon_code(chance: random.Random) -> str:
    body = "8" + "".join(chance.choices("0123456789", k=13))
    return body + mod97_digits(body)


@pytest.mark.parametrize("width", [384, 576])
def test_worn_coupons_are_read_by_both(width):
    chance = random.Random(f"worn {width}")
    found = [0, 0]
    for _ in range(COUNT):
        code = coupon_code(chance)
        paper = wear.head(rasterise(replace(samples.COUPON_TH, code=code), width))
        for at, read in enumerate(qr_by_both(wear.worn(paper, wear.everyday(chance), chance))):
            found[at] += code in read
    assert min(found) >= SHARE * COUNT, f"zxing-cpp {found[0]}, zbar {found[1]} of {COUNT} at {width} dots"


@pytest.mark.parametrize("width", [384, 576])
def test_every_fresh_coupon_is_read_by_both(width):
    chance = random.Random(f"fresh {width}")
    for _ in range(6):
        code = coupon_code(chance)
        paper = wear.head(rasterise(replace(samples.COUPON_TH, code=code), width))
        assert qr_by_both(wear.worn(paper, wear.CONDITIONS["fresh"], chance)) == ({code}, {code})


def test_wear_is_wear():
    """Each kind does what its name says; a simulation that changed nothing would prove nothing."""
    bitmap = rasterise_blocks([Qr("8123456789012382", 8)], 384)
    fresh = wear.printed(bitmap, wear.Wear(), random.Random(1))
    assert wear.printed(bitmap, wear.Wear(gain=0.8), random.Random(1)).sum() > 1.05 * fresh.sum()
    assert wear.printed(bitmap, wear.Wear(gain=-0.6), random.Random(1)).sum() < 0.95 * fresh.sum()
    assert wear.printed(bitmap, wear.Wear(dead=40), random.Random(1)).sum() < 0.97 * fresh.sum()
    seen = wear.worn(bitmap, wear.Wear(), random.Random(1))
    assert np.ptp(wear.worn(bitmap, wear.Wear(contrast=0.2, noise=0), random.Random(1))) < np.ptp(seen)
    assert wear.worn(bitmap, wear.Wear(angle=7), random.Random(1)).shape > seen.shape
    assert (wear.worn(bitmap, wear.Wear(), random.Random(1)) == seen).all(), "the same seed wears the same way"
