"""Logos: any picture a shop has becomes dots, and no file can hurt the till."""

from __future__ import annotations

import io
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pos_member.config import resource
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing import logos
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Picture
from pos_member.hardware.printing.encoder import REAL_TIME, encode, make_safe
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.raster import rasterise, rasterise_blocks
from pos_member.hardware.printing.templates import parse
from tests.hardware.printing import samples


def dots(bitmap: Bitmap) -> np.ndarray:
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    return np.unpackbits(packed, axis=1)[:, : bitmap.width]


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    sink = io.BytesIO()
    picture.save(sink, kind)
    return sink.getvalue()


def shaded(width: int = 400, height: int = 200) -> Image.Image:
    """A grey ramp inside a black edge."""
    ramp = np.tile(np.linspace(0, 255, width, dtype=np.uint8), (height, 1))
    ramp[:4], ramp[-4:], ramp[:, :4], ramp[:, -4:] = 0, 0, 0, 0
    return Image.fromarray(ramp)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("width", [384, 512, 576, 640])
def test_a_picture_fits_the_paper(kind, width):
    made = logos.prepare(saved(shaded(1_600, 600), kind), width)
    assert made.width == width
    assert made.height == pytest.approx(width * 600 / 1_600, abs=1)


def test_greys_become_shares_of_black():
    made = dots(logos.prepare(saved(shaded()), 400))[10:-10, 10:-10]
    shares = [made[:, at : at + 76].mean() for at in range(0, 380, 76)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.75 and shares[-1] < 0.12


def test_a_drawing_keeps_its_edges():
    drawing = np.full((120, 240), 255, dtype=np.uint8)
    drawing[20:100, 30:90] = 0
    drawing[40:80, 150:210] = 0
    made = dots(logos.prepare(saved(Image.fromarray(drawing)), 384))
    assert (made == (drawing[20:100, 30:210] < 128)).all(), "what is black and white stays so, and margins are cut"


def test_transparent_parts_are_paper():
    picture = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (20, 10, 80, 50))
    made = logos.prepare(saved(picture), 384)
    assert (made.width, made.height) == (60, 40)
    assert dots(made).all()


def test_a_tall_picture_is_no_taller_than_allowed():
    assert logos.prepare(saved(shaded(200, 2_000)), 384).height == logos.ROWS_MAX


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge, in a few bytes."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no picture", bomb(100_000, 100_000), bomb(50_000, 600), bytes(logos.BYTES_MAX + 1),
        saved(shaded(3, logos.SIDE_MAX + 1)),
        saved(Image.new("L", (50, 50), 255)), saved(Image.new("L", (50, 50), 0)), saved(shaded(), "GIF"),
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>",
    ],
    ids=["empty", "junk", "bomb", "wide bomb", "too heavy", "thin", "white", "black", "gif", "svg"],
)  # fmt: skip
def test_what_is_no_logo_is_refused(content):
    with pytest.raises(Refusal) as caught:
        logos.prepare(content, 384)
    assert caught.value.reason is Reason.LOGO_UNFIT
    assert caught.value.params["limit"] == logos.LIMIT


def test_a_picture_that_breaks_off_does_no_harm(capfd):
    """Half a file is refused, or shows the half there is; Qt never crashes on it."""
    whole = saved(shaded(), "PNG")
    for length in range(40, len(whole), max(1, len(whole) // 40)):
        try:
            assert logos.prepare(whole[:length], 384).height >= 1
        except Refusal as refusal:
            assert refusal.reason is Reason.LOGO_UNFIT


@settings(max_examples=20, deadline=None)
@given(st.integers(8, 120), st.integers(1, 60), st.integers(0, 2**32), st.sampled_from([384, 512, 576, 640]))
def test_the_printer_prints_the_logo_that_was_prepared(width, height, seed, paper):
    """Dithering makes many lone dots, the stuff of real-time sequences: they are gone before anyone sees the logo."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.float64)
    made = logos._dithered(noise)
    drawn = rasterise_blocks([Picture(made)], paper)
    payload = encode(drawn, PrinterProfile("x", dots=paper))
    assert not REAL_TIME.search(payload)
    papers: list[Bitmap] = []
    EscPosReader(paper, on_cut=papers.append, strict=True).feed(payload)
    assert papers[0].data == drawn.data
    assert drawn.ink() == made.ink()


def test_safety_is_not_seen():
    """Of a photograph's dots fewer than one in five hundred are added for the printer's sake."""
    ramp = np.tile(np.linspace(40, 250, 576), (300, 1))
    made = logos._dithered(ramp)
    assert make_safe(made.data) == made.data
    sure = logos.make_safe
    try:
        logos.make_safe = lambda raster: raster
        bare = logos._dithered(ramp)
    finally:
        logos.make_safe = sure
    added = made.ink() - bare.ink()
    assert 0 <= added < made.width * made.height / 500


def test_a_logo_for_wide_paper_is_made_narrower():
    made = logos.prepare(saved(shaded(1_600, 600)), 576)
    drawn = rasterise_blocks([Picture(made)], 384)
    assert dots(drawn).any(axis=0).sum() > 370
    share = made.ink() / (made.width * made.height)
    small = logos.fitted(made, 384)
    assert small.ink() / (small.width * small.height) == pytest.approx(share, abs=0.02)


def receipt_with(logo: str, width: int) -> str:
    data = json.loads(resource("receipts", "receipt.json").read_text(encoding="utf-8"))
    (block,) = (block for block in data["blocks"] if "logo" in block)
    block |= {"logo": logo, "width": width}
    return json.dumps(data)


@pytest.mark.parametrize("width", [384, 576])
def test_a_receipt_carries_the_shop_s_logo(width):
    made = logos.prepare(saved(shaded()), 300)
    template = parse(receipt_with(logos.to_text(made), made.width), DocumentKind.RECEIPT)
    plain, with_logo = rasterise(samples.RECEIPT_TH, width), rasterise(samples.RECEIPT_TH, width, template=template)
    assert with_logo.ink() == plain.ink() + made.ink()
    added = with_logo.height - plain.height
    assert made.height < added < made.height + 20
    columns = np.flatnonzero(dots(with_logo)[: made.height].any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - width / 2) <= 8


@pytest.mark.parametrize(("text", "width"), [("%%%", 384), ("AAAA", 384), ("AA==", 4), ("AAAA" * 20_000, 8)])
def test_a_template_with_a_broken_logo_is_refused(text, width):
    with pytest.raises(EnvironmentProblem, match="logo"):
        parse(receipt_with(text, width), DocumentKind.RECEIPT)
