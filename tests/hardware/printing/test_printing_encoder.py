"""Bytes: what comes out of the printer is what was drawn, and nothing in it acts in real time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pos_member.domain.documents import PaperLine
from pos_member.domain.printers import BAND_ROWS, Cut, PrinterProfile
from pos_member.hardware.printing import ean13, qr
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Bars, Qr
from pos_member.hardware.printing.encoder import REAL_TIME, drawer_pulse, encode, encode_pieces, make_safe
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.profile import GENERIC_58, GENERIC_80, known_profiles
from pos_member.hardware.printing.raster import rasterise, rasterise_blocks
from tests.hardware.printing import samples

SMALL = PrinterProfile("small", dots=64)
#: Bytes that make real-time sequences likely: one in three rows of such noise holds one.
NASTY = st.sampled_from(b"\x10\x04\x05\x14\x1d\x03\x01\x02\x00\x00\x00\xff\x18")


def printed(payload: bytes, dots: int, pieces: int = 0) -> list[Bitmap]:
    """The papers a strict printer of ``dots`` cuts from ``payload``, fed in pieces of a size."""
    papers: list[Bitmap] = []
    reader = EscPosReader(dots, on_cut=papers.append, strict=True)
    for at in range(0, len(payload), pieces or len(payload)):
        reader.feed(payload[at : at + (pieces or len(payload))])
    assert reader.waiting == 0
    assert reader.unknown == []
    return papers


@st.composite
def bitmaps(draw, width: int = 64, values=NASTY) -> Bitmap:
    rows = draw(st.integers(0, 130))
    data = bytearray(draw(st.lists(values, min_size=rows * 8, max_size=rows * 8)))
    for blank in draw(st.lists(st.integers(0, 120), max_size=8)):
        data[blank * 8 : blank * 8 + 24] = bytes(len(data[blank * 8 : blank * 8 + 24]))
    return Bitmap(width, bytes(data))


@settings(max_examples=60)
@given(bitmaps())
def test_no_payload_holds_a_real_time_sequence(bitmap):
    assert not REAL_TIME.search(encode(bitmap, SMALL))


@settings(max_examples=60)
@given(bitmaps(), st.integers(0, 50))
def test_what_is_printed_differs_by_the_broken_sequences_only(bitmap, pieces):
    papers = printed(encode(bitmap, SMALL), 64, pieces)
    if not bitmap.height:
        assert papers == []
        return
    (paper,) = papers
    assert paper.height == bitmap.height
    added = sum((a ^ b).bit_count() for a, b in zip(bitmap.data, paper.data, strict=True))
    lost = sum((a & ~b).bit_count() for a, b in zip(bitmap.data, paper.data, strict=True))
    assert lost == 0
    assert added <= len(REAL_TIME.findall(bitmap.data + b"\x00")) + bitmap.data.count(b"\x10") + bitmap.data.count(
        b"\x1d"
    )
    if not any(byte in bitmap.data for byte in b"\x10\x1d"):
        assert added == 0


@pytest.mark.parametrize("width", [384, 512, 576, 640])
@pytest.mark.parametrize("name", list(samples.EVERY))
def test_every_paper_comes_out_as_drawn(name, width):
    profile = PrinterProfile("any", dots=width)
    bitmap = rasterise(samples.EVERY[name], width)
    payload = encode(bitmap, profile)
    assert not REAL_TIME.search(payload)
    (paper,) = printed(payload, width, 1_000)
    assert paper.height == bitmap.height
    differing = sum((a ^ b).bit_count() for a, b in zip(bitmap.data, paper.data, strict=True))
    assert differing <= 4


THAI_WORDS = st.sampled_from(
    [
        "กาแฟ",
        "ชา",
        "นม",
        "เย็น",
        "ปั่น",
        "หวานน้อย",
        "ขนมปัง",
        "น้ำผึ้ง",
        "ที่",
        "ใหญ่",
        "ผู้ดี",
        "ฟื้น",
        "7",
        "฿",
        "(",
        ")",
        "-",
        "!",
        "i",
        "l",
        ".",
    ]
)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.lists(THAI_WORDS, min_size=1, max_size=6).map("".join), st.integers(1, 10**7)),
        min_size=1,
        max_size=6,
    )
)
def test_no_receipt_holds_a_real_time_sequence(goods):
    lines = tuple(PaperLine(name, 1000 * (price % 5 + 1), price, price) for name, price in goods)
    bitmap = rasterise(replace(samples.RECEIPT_TH, lines=lines), 576)
    payload = encode(bitmap, GENERIC_80)
    assert not REAL_TIME.search(payload)
    (paper,) = printed(payload, 576)
    assert paper.height == bitmap.height


@given(st.binary(max_size=400))
def test_make_safe_is_idempotent_and_adds_dots_only(raster):
    safe = make_safe(raster)
    assert make_safe(safe) == safe
    assert not REAL_TIME.search(safe)
    assert len(safe) == len(raster)
    assert all(a & b == a for a, b in zip(raster, safe, strict=True))


@settings(max_examples=25)
@given(st.integers(2, 8), st.integers(0, 7), st.integers(0, 2**32))
def test_codes_are_never_touched(module, offset, seed):
    """No row of a QR or bar code with modules of two dots or more holds a byte that is broken."""
    chance = random.Random(seed)
    digits = "".join(chance.choices("0123456789", k=12))
    check = next(
        d for d in "0123456789" if (sum(map(int, (digits + d)[0::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0
    )
    rows = [*qr.modules(digits + "8123"), ean13.modules(digits + check)]
    raster = b""
    for row in rows:
        bits = [0] * offset + [bit for bit in row for _ in range(module)]
        bits += [0] * (-len(bits) % 8)
        raster += bytes(int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits), 8))
    assert b"\x10" not in raster
    assert make_safe(raster) == raster


def test_a_drawn_code_survives_with_text_around_it():
    bitmap = rasterise_blocks([Qr("8123456789012382"), Bars("2912345678906")], 384)
    assert make_safe(bitmap.data) == bitmap.data


@pytest.mark.parametrize("rows", [1, 24, 112, 255])
def test_bands_are_no_taller_than_the_printer_takes(rows):
    profile = PrinterProfile("clone", band_rows=rows)
    for piece in encode_pieces(rasterise(samples.RECEIPT_TH, 576), profile):
        if piece.startswith(b"\x1dv0"):
            width, height = int.from_bytes(piece[4:6], "little"), int.from_bytes(piece[6:8], "little")
            assert 1 <= height <= rows
            assert len(piece) == 8 + width * height


def test_a_default_band_fits_into_eight_kibibytes():
    """8 KiB of NUL must be enough to complete any image a dead job has begun."""
    assert GENERIC_80.dots // 8 * BAND_ROWS <= 8_192


@pytest.mark.parametrize(
    ("cut", "tail"), [(Cut.PARTIAL, b"\x1dVB\x00"), (Cut.FULL, b"\x1dVA\x00"), (Cut.NONE, b"\x00" * 60)]
)
def test_the_cut_is_the_profile_s(cut, tail):
    bitmap = Bitmap(64, b"\xff" * 80)
    payload = encode(bitmap, PrinterProfile("x", dots=64, cut=cut))
    assert payload.endswith(tail)
    assert (b"\x1dV" in payload) is (cut is not Cut.NONE)
    assert b"\x1dV" not in encode(bitmap, PrinterProfile("x", dots=64, cut=cut), cut=False)


def test_without_a_cutter_there_is_paper_to_tear_at():
    reader = EscPosReader(384, strict=True)
    reader.feed(encode(rasterise(samples.COUPON_TH, 384), GENERIC_58))
    drawn = rasterise(samples.COUPON_TH, 384).height
    assert len(reader.roll.rows) // 48 == drawn + round(12 * 203 / 25.4)


def test_blank_paper_costs_a_byte_a_row():
    payload = encode(Bitmap(576, bytes(72 * 1_000)), GENERIC_80)
    assert len(payload) < 1_000 + 9 * 10 + 10


def test_receipt_and_coupon_are_small():
    """A bill of two items with points, and its coupon, at 80 mm: at most 60 kB, under half of the picture."""
    lines, points = (samples.LINES_TH[0], samples.LINES_TH[2]), replace(samples.POINTS, used=0)
    usual = replace(samples.RECEIPT_TH, lines=lines, discounts=(), points=points)
    pictures = [rasterise(document, 576) for document in (usual, samples.COUPON_TH)]
    size = sum(len(encode(picture, GENERIC_80)) for picture in pictures)
    assert size <= 60_000
    assert size < 0.5 * sum(len(picture.data) for picture in pictures)


def test_the_bands_come_close_to_the_best_possible():
    """No split of the rows into bands can beat the sum of each row's own width."""
    bitmap = rasterise(samples.RECEIPT_TH, 576)
    least = sum(max(1, len(row.rstrip(b"\x00"))) for row in bitmap.rows())
    assert len(encode(bitmap, GENERIC_80)) < 1.06 * least


def test_the_drawer_pulse_is_understood():
    reader = EscPosReader(64, strict=True)
    reader.feed(drawer_pulse(PrinterProfile("x", dots=64, drawer_pin=1)))
    assert reader.kicks == 1
    assert drawer_pulse(PrinterProfile("x", dots=64, drawer_pin=1))[2] == 1


def test_a_picture_too_wide_is_refused():
    with pytest.raises(ValueError, match="wide"):
        encode(rasterise(samples.COUPON_TH, 576), GENERIC_58)


def test_an_independent_encoder_prints_the_same_on_the_virtual_printer():
    """python-escpos's raster of the same picture, read by our reader, is the same paper."""
    bitmap = rasterise(samples.COUPON_TH, 576)
    image = Image.frombytes("1", (576, bitmap.height), bytes(255 - byte for byte in bitmap.data))
    other = Dummy(profile="TM-P80")
    other.image(image, impl="bitImageRaster", fragment_height=255)
    other.cut(mode="PART", feed=False)
    papers: list[Bitmap] = []
    reader = EscPosReader(576, on_cut=papers.append)
    reader.feed(other.output)
    assert [paper.data for paper in papers] == [bitmap.data]


def test_profiles_come_from_our_own_and_from_python_escpos():
    profiles = known_profiles()
    assert profiles["TM-T88V"].dots == 512
    assert profiles["TM-T88V"].dpi == 180
    assert profiles["CT-S651"].dots == 640
    assert profiles["NT-5890K"].cut is Cut.NONE
    assert profiles["TM-P80-42col"].dots == 544
    assert "TM-U220" not in profiles, "prints no raster"
    assert profiles["generic-80"] is GENERIC_80
    assert len(profiles) > 20


@pytest.mark.parametrize("wrong", [{"dots": 100}, {"dots": 8}, {"band_rows": 0}, {"band_rows": 256}, {"drawer_pin": 2}])
def test_impossible_profiles(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        PrinterProfile("wrong", **wrong)
