"""Drawing: marks that stack, papers of every width and length, the same bits everywhere."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pos_member.domain.documents import PaperLine
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing import fonts, raster
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Align, Banner, Block, Columns, Qr, Space, Style, Text
from pos_member.hardware.printing.fonts import FACES, load_fonts, missing_characters
from pos_member.hardware.printing.pictures import render_png
from pos_member.hardware.printing.raster import rasterise, rasterise_blocks
from pos_member.services import thai_words
from tests.hardware.printing import samples

WIDTHS = (384, 512, 576, 640)


def dots(bitmap: Bitmap) -> np.ndarray:
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    return np.unpackbits(packed, axis=1)[:, : bitmap.width]


def ink_width(bitmap: Bitmap) -> int:
    columns = np.flatnonzero(dots(bitmap).any(axis=0))
    return int(columns[-1] - columns[0] + 1) if columns.size else 0


@pytest.mark.parametrize("style", list(FACES))
@pytest.mark.parametrize(
    ("bare", "marked"),
    [("ปา", "ป่า"), ("ปี", "ปี่"), ("ปู", "ปู่"), ("กก", "ก็ก"), ("ทีน", "ที่น"), ("นำ", "น้ำ"), ("มน", "มุน")],
)
def test_a_mark_adds_ink_and_no_width(style, bare, marked):
    # Between two letters: a mark may lean over its own letter's edge, but moves no neighbour.
    plain, with_mark = (rasterise_blocks([Text(f"ก{text}ก", style)], 1024) for text in (bare, marked))
    assert with_mark.ink() > plain.ink()
    assert abs(ink_width(with_mark) - ink_width(plain)) <= 1


@pytest.mark.parametrize("style", list(FACES))
def test_a_tone_mark_stands_above_its_vowel(style):
    """Over sara ii the mark goes up a storey: the ink begins higher, and nothing of the vowel is lost."""
    vowel, both = (dots(rasterise_blocks([Space(120), Text(text, style)], 640)) for text in ("ปี", "ปี่"))
    shift = both.shape[0] - vowel.shape[0]
    tops = [int(np.flatnonzero(page.any(axis=1))[0]) for page in (vowel, both[shift:] if shift else both)]
    assert tops[1] < tops[0]
    assert int(both.sum()) > int(vowel.sum())


@pytest.mark.parametrize("style", list(FACES))
def test_marks_are_not_clipped_at_the_edge_of_the_paper(style):
    """A line alone on its paper holds the same ink as between others: nothing is cut off."""
    text = Text("ปี่ ญู ฐู น้ำ ฟื้น", style)
    alone = rasterise_blocks([text], 640)
    between = rasterise_blocks([Space(100), text, Space(100)], 640)
    assert alone.ink() == between.ink()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", list(samples.EVERY))
def test_every_paper_at_every_width(name, width):
    bitmap = rasterise(samples.EVERY[name], width)
    assert bitmap.width == width
    share = bitmap.ink() / (bitmap.width * bitmap.height)
    assert 0.03 < share < 0.30
    assert dots(bitmap).any(axis=1).sum() > bitmap.height * 0.4


def test_no_ink_touches_the_sides_where_lines_are_wrapped():
    """Wrapped text keeps within the paper: a line that runs out of it would be clipped."""
    long = "เมล็ดกาแฟคั่วกลางดอยช้างคัดพิเศษบดสำหรับเครื่องชงแบบหยด" * 3
    for align in Align:
        for style in (Style.SMALL, Style.BODY, Style.HEADING):
            blocks = [Text(long, style, align)]
            narrow = rasterise_blocks(blocks, 384)
            wide = rasterise_blocks(blocks, 2048)
            assert narrow.height > wide.height
            # The type is a little smaller on narrow paper; what counts is that no words are missing.
            scale = 0.9**2
            assert narrow.ink() == pytest.approx(wide.ink() * scale, rel=0.08)


def test_amounts_stand_flush_right_and_never_under_the_name():
    row = Columns(("เมล็ดกาแฟคั่วกลางดอยช้าง คัดพิเศษ บดสำหรับเครื่องชงแบบหยด 250 กรัม", "1,234.00"), lead="1")
    bitmap = rasterise_blocks([row], 384)
    columns = np.flatnonzero(dots(bitmap).any(axis=0))
    assert columns[-1] >= 384 - 4
    first = dots(bitmap)[: bitmap.height // 3]
    amount_left = 384 - 110
    assert not first[:, amount_left - 14 : amount_left - 6].any(), "a gap stands between name and amount"


def test_three_hundred_lines():
    lines = tuple(PaperLine(f"สินค้าลำดับที่ {n} รสดั้งเดิม", 1000, 25_00, 25_00) for n in range(300))
    long = rasterise(replace(samples.RECEIPT_TH, lines=lines), 576)
    short = rasterise(replace(samples.RECEIPT_TH, lines=lines[:1]), 576)
    per_line = (long.height - short.height) / 299
    assert 30 < per_line < 50
    assert long.height > 3 * raster.STRIP_ROWS


def test_strips_are_seamless(monkeypatch):
    whole = rasterise(samples.RECEIPT_TH, 576)
    monkeypatch.setattr(raster, "STRIP_ROWS", 97)
    assert rasterise(samples.RECEIPT_TH, 576) == whole


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "\u200b", "🧋☕👨‍👩‍👧‍👦 ชานม", "קפה הפוך", "قهوة مثلجة", "\u202eevil\u202c", "ก" * 5_000, "W" * 5_000,
        "่" * 50, "ู" * 50, "เ" * 400, "\ud800", "\x00\x1b@\x10\x04\x01", "抹茶ラテ", "a\nb\tc", "e" + "\u0301" * 500,
    ],
)  # fmt: skip
@pytest.mark.parametrize("width", [384, 576])
def test_strange_names_do_no_harm(name, width):
    seller = replace(samples.SELLER_TH, name=name, branch_name=name, address=name, cashier_label=name, till_label=name)
    receipt = replace(
        samples.RECEIPT_TH, seller=seller, number=name, lines=(PaperLine(name, 1, 1, 1),), notes=(name, "", name)
    )
    bitmap = rasterise(receipt, width)
    assert 400 < bitmap.height < 12_000
    coupon = replace(samples.COUPON_TH, seller=seller, title=name, value_text=name, where_text=name, terms=(name,))
    assert rasterise(coupon, width).height > 300


def test_gigantic_figures_fit():
    line = PaperLine("ทองคำ", 999_999_999, 10**11, 10**13, 10**12)
    receipt = replace(samples.RECEIPT_TH, lines=(line,), total_satang=10**13, gross_satang=10**13, change_satang=10**13)
    assert rasterise(receipt, 384).height < 4_000


def test_any_thread_gives_the_same_bits():
    here = rasterise(samples.RECEIPT_TH, 576)
    with ThreadPoolExecutor(4) as pool:
        there = list(pool.map(lambda _: rasterise(samples.RECEIPT_TH, 576), range(8)))
    assert all(bitmap == here for bitmap in there)


def test_a_program_without_a_window_draws_the_same_bits_off_its_main_thread():
    code = (
        "import hashlib, sys, threading\n"
        "from pos_member.hardware.printing.fonts import ensure_gui\n"
        "from pos_member.hardware.printing.raster import rasterise\n"
        "from tests.hardware.printing import samples\n"
        "ensure_gui()\n"
        "out = []\n"
        "thread = threading.Thread(target=lambda: out.append(rasterise(samples.RECEIPT_TH, 576)))\n"
        "thread.start(); thread.join()\n"
        "sys.stdout.write(hashlib.sha256(out[0].data).hexdigest())\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    assert done.stdout == hashlib.sha256(rasterise(samples.RECEIPT_TH, 576).data).hexdigest()


def test_missing_fonts_are_told(tmp_path):
    with pytest.raises(EnvironmentProblem) as caught:
        load_fonts(tmp_path)
    assert caught.value.reason is Reason.FONTS_MISSING
    (tmp_path / fonts.FILES[0]).write_bytes(b"not a font")
    with pytest.raises(EnvironmentProblem) as caught:
        load_fonts(tmp_path)
    assert caught.value.params["file"] == fonts.FILES[0]


def test_what_the_font_lacks_is_known():
    assert missing_characters("กาแฟ ฿20 − × – … ๐๑๒ ABC") == frozenset()
    assert missing_characters("ชา🧋茶") == {"🧋", "茶"}


def test_a_fitted_text_stays_on_one_line():
    one = rasterise_blocks([Text("฿20", Style.BIG, Align.CENTER, fit=True)], 384)
    many = rasterise_blocks([Text("ลด 1,000 บาท", Style.BIG, Align.CENTER, fit=True)], 384)
    assert many.height <= one.height
    assert ink_width(many) > 300


@pytest.mark.parametrize("width", WIDTHS)
def test_qr_modules_are_whole_dots_with_their_quiet_zone(width):
    bitmap = rasterise_blocks([Qr("8123456789012382", 8)], width)
    ink = dots(bitmap)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    side = int(rows[-1] - rows[0] + 1)
    module = side // 21
    assert side == columns[-1] - columns[0] + 1 == 21 * module
    assert module == 6
    assert rows[0] >= 4 * module
    assert bitmap.height - rows[-1] - 1 >= 4 * module
    symbol = ink[rows[0] : rows[0] + side, columns[0] : columns[0] + side]
    blocks = symbol.reshape(21, module, 21, module)
    assert (blocks.min(axis=(1, 3)) == blocks.max(axis=(1, 3))).all()


@pytest.mark.parametrize("width", [0, 100, 63, 4_096])
def test_impossible_widths(width):
    with pytest.raises(ValueError, match="width"):
        rasterise_blocks([Text("x")], width)


def test_png_for_a_preview():
    assert render_png(samples.COUPON_TH, 384).startswith(b"\x89PNG")


# --- long, empty, narrow: with and without a dictionary --------------------------------------------------------------


@pytest.fixture(params=["dictionary", "spelling"])
def breaker(request, monkeypatch):
    """Word boundaries as with ICU, and as on a machine that has none."""
    if request.param == "spelling":
        thai_words.break_opportunities.cache_clear()
        thai_words._icu.cache_clear()
        monkeypatch.setattr(thai_words, "_candidates", lambda: [("no-such-library.so", "_1")])
    yield request.param
    monkeypatch.undo()
    thai_words.break_opportunities.cache_clear()
    thai_words._icu.cache_clear()


LONG = "ชาเขียวมะลิหอมกรุ่นจากยอดดอยแม่สลองคัดพิเศษบรรจุซองซิปล็อกขนาดครอบครัว"


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_never_touch_their_figures(width, breaker):
    """Between the name's lines and the figure's column runs a gap without a dot, from top to bottom."""
    figure = "12,345.00"
    bitmap = rasterise_blocks([Columns((LONG * 2, figure), lead="12")], width)
    alone = rasterise_blocks([Columns(("", figure))], width)
    left = int(np.flatnonzero(dots(alone).any(axis=0))[0])
    assert not dots(bitmap)[:, left - 8 : left - 1].any()
    assert bitmap.height > 2 * alone.height


@pytest.mark.parametrize("width", WIDTHS)
def test_three_hundred_long_lines_and_forty_terms(width, breaker):
    lines = tuple(PaperLine(f"{LONG} {n}", 1500, 25_00, 37_50) for n in range(300))
    assert rasterise(replace(samples.RECEIPT_TH, lines=lines), width).height < raster.HEIGHT_MAX
    terms = tuple(f"{n}. {LONG}" for n in range(40))
    few, many = (rasterise(replace(samples.COUPON_TH, terms=terms[:n]), width).height for n in (1, 40))
    assert many - few > 39 * 30


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["receipt-th", "receipt-en", "return-th", "order-slip-th"])
def test_a_paper_without_goods(name, width):
    empty = replace(samples.EVERY[name], lines=(), notes=())
    assert rasterise(empty, width).height < rasterise(samples.EVERY[name], width).height


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_paper(width, breaker):
    """What runs over the edge would be cut off: the ink is that of the same lines on paper with room to spare."""
    for style in (Style.SMALL, Style.BODY, Style.STRONG, Style.HEADING, Style.TITLE):
        bitmap = rasterise_blocks([Text(LONG, style, Align.LEFT)], width)
        assert ink_width(bitmap) <= width
        assert not dots(bitmap)[:, -1].any()


LETTERS = "ส่วนลดฝั่งปู่ที่นี้ กุ้งผัดน้ำพริก Aj50"


def _every_drawing() -> list[list[Block]]:
    """Every style in every place where texts stand: at 300 dpi some are drawn as outlines, others from a cache."""
    drawings: list[list[Block]] = [[Text(LETTERS, style, align)] for style in Style for align in Align]
    drawings += [[Text(LETTERS, style, Align.CENTER, fit=True)] for style in Style]
    drawings += [[Columns((LETTERS, "1,234.50"), style)] for style in Style]
    return drawings + [[Banner(LETTERS, style)] for style in Style]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_drawn_before_leaves_no_mark_at_300_dpi(seed):
    """Qt's letters above 64 dots carry a shift of whatever small letter came before; ours are the same in any order.

    Narrow papers in between: their small letters stand at other fractions of a dot.
    """
    papers = [(blocks, *size) for blocks in _every_drawing() for size in ((832, 300), (576, 203), (384, 203))]
    order, seen = random.Random(seed), {}
    for _ in range(4):
        order.shuffle(papers)
        for blocks, width, dpi in papers:
            drawn = rasterise_blocks(blocks, width, dpi).data
            assert seen.setdefault((repr(blocks), width, dpi), drawn) == drawn


def test_large_letters_of_several_lines_have_room_for_their_marks():
    """A wrapped line of the largest style keeps its topmost mark: nothing of it lies above the paper's first row."""
    page = dots(rasterise_blocks([Text("ที่นี้ ที่นั่น ที่โน้น ที่ไหน", Style.BIG, Align.CENTER)], 576))
    assert page.shape[0] > 2 * 172 * 8 // 10
    assert not page[0].any() and not page[-1].any()
