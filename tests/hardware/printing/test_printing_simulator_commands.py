"""Commands: what they put on paper. Letters in cells, Thai, codes that others read, pictures of all kinds."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image

from pos_member.domain.printers import Marks
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.escpos_reader import LINE_FEED_ROWS, EscPosReader
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.virtual import bars, lexing
from pos_member.hardware.printing.virtual.letters import letter
from pos_member.hardware.printing.virtual.line import Language
from tests.hardware.printing import samples

CUT = b"\x1dV\x00"
PAGE = 21


def printed(data: bytes, dots: int = 576, marks: Marks = Marks.STACKED, *, known: bool = True) -> np.ndarray:
    """One byte per dot of the paper that ``data`` prints."""
    papers: list[Bitmap] = []
    reader = EscPosReader(dots, on_cut=papers.append, language=Language(PAGE, marks))
    reader.feed(data + CUT)
    assert (reader.unknown == []) is known, reader.unknown
    assert reader.waiting == 0
    (paper,) = papers
    rows = np.frombuffer(paper.data, np.uint8).reshape(paper.height, paper.stride)
    return np.unpackbits(rows, axis=1)


def columns(paper: np.ndarray) -> tuple[int, int]:
    """First and last column with ink."""
    inked = np.flatnonzero(paper.any(axis=0))
    return int(inked[0]), int(inked[-1])


def thai(text: str) -> bytes:
    return b"\x1bt" + bytes((PAGE,)) + text.encode("cp874")


# --- letters ----------------------------------------------------------------------------------------------


def test_letters_stand_in_cells_and_a_line_feed_is_a_sixth_of_an_inch():
    paper = printed(b"HH\nHH\n")
    assert paper.shape == (2 * LINE_FEED_ROWS, 576)
    assert (paper[:24, :12] == letter("H", 0, False)).all()
    assert (paper[:24, :12] == paper[:24, 12:24]).all()
    assert (paper[:LINE_FEED_ROWS] == paper[LINE_FEED_ROWS:]).all()


def test_no_two_figures_look_alike():
    drawn = {letter(char, font, False).tobytes() for char in "0123456789ABCDEFกขคงจ" for font in (0, 1)}
    assert len(drawn) == 42


@pytest.mark.parametrize(
    ("settings", "height", "width"),
    [
        (b"", 24, 12),
        (b"\x1bM\x01", 17, 9),
        (b"\x1b!\x01", 17, 9),
        (b"\x1b!\x10", 48, 12),
        (b"\x1b!\x20", 24, 24),
        (b"\x1d!\x77", 24 * 8, 12 * 8),
        (b"\x1d!\x12", 72, 24),
        (b"\x1bV\x01", 12, 24),
        (b"\x1b!\x30\x1b@", 24, 12),
    ],
)
def test_sizes(settings, height, width):
    # Inverse: the whole cell is black but for the letter.
    paper = printed(settings + b"\x1dB\x01M\n")
    inked = np.flatnonzero(paper.any(axis=1))
    assert (int(inked[-1]) - int(inked[0]) + 1, columns(paper)) == (height, (0, width - 1))


def test_bold_is_blacker_and_a_line_lies_under_the_underlined():
    plain, bold, under = printed(b"M\n"), printed(b"\x1bE\x01M\x1bE\x00\n"), printed(b"\x1b-\x02M\n")
    assert bold.sum() > plain.sum()
    assert under[22:24, :12].all() and not plain[22:24].any()


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        (b"", 0),
        (b"\x1ba\x01", (576 - 24) // 2),
        (b"\x1ba\x02", 576 - 24),
        (b"\x1dL\x64\x00", 100),
        (b"\x1dL\x64\x00\x1dW\x64\x00\x1ba\x02", 176),
        (b"\x1b$\x32\x01", 306),
        (b"\x1b$\x32\x01\x1b\\\xce\xff", 256),
        (b"\t", 96),
        (b"\x1bD\x05\x0a\x00\t\t", 120),
    ],
)
def test_places(settings, left):
    assert columns(printed(settings + b"\x1dB\x01 M\n"))[0] == left


def test_a_full_line_goes_on_below_and_upside_down_is_turned():
    paper = printed(b"X" * 49 + b"\n")
    assert paper.shape[0] == 2 * LINE_FEED_ROWS
    assert columns(paper[LINE_FEED_ROWS:])[1] < 12
    straight, turned = printed(b"AB\n")[:24, :24], printed(b"\x1b{\x01AB\n")[:24]
    assert (turned[:, :24] == straight[::-1, ::-1]).all()


def test_feeds():
    assert printed(b"M\x1bJ\x40").shape[0] == 64
    assert printed(b"M\x1bd\x03").shape[0] == 3 * LINE_FEED_ROWS
    assert printed(b"\x1b3\x30M\nM\n").shape[0] == 96
    assert printed(b"\x1b3\x08M\n").shape[0] == 24, "never less than the letters need"
    assert printed(b"M").shape[0] == LINE_FEED_ROWS, "a cut prints what waits"
    assert printed(b"\x0a\x1dVB\x20").shape[0] == LINE_FEED_ROWS + 32


def test_thai_marks_stack_or_take_cells_of_their_own():
    text = "ที่นี่"
    stacked, apart = printed(thai(text) + b"\n"), printed(thai(text) + b"\n", marks=Marks.OWN_CELL)
    assert columns(stacked)[1] < 2 * 12
    assert 5 * 12 <= columns(apart)[1] < 6 * 12
    without = printed(thai("ทน") + b"\n")
    assert stacked.sum() > without.sum()
    assert (stacked[13:24] == without[13:24]).all(), "marks change nothing below the letters' tops"


def test_thai_is_there_on_its_own_page_only():
    right, wrong = printed(thai("สวัสดี") + b"\n"), printed(b"\x1bt\x00" + "สวัสดี".encode("cp874") + b"\n")
    assert not np.array_equal(right, wrong)
    assert columns(wrong)[1] > 5 * 12, "six letters of another alphabet"


def test_each_page_of_a_page_of_code_pages_prints_its_own():
    codes = bytes(range(0xC0, 0xDF))
    lines = {printed(b"\x1bt" + bytes((page,)) + codes + b"\n").tobytes() for page in (0, 16, PAGE)}
    assert len(lines) == 3


def test_without_an_application_letters_are_boxes_and_the_log_says_so(expected_logs, monkeypatch):
    from pos_member.hardware.printing.virtual import letters

    expected_logs("letters print as boxes: no application")
    letters._warn.cache_clear()
    monkeypatch.setattr(letters.QGuiApplication, "instance", staticmethod(lambda: None))
    drawn: list[np.ndarray] = []
    thread = threading.Thread(target=lambda: drawn.append(letters.letter("A", 0, False)))
    thread.start()
    thread.join()
    assert (drawn[0] == letters.letter("□", 0, False)).all()


# --- codes ------------------------------------------------------------------------------------------------


def read(paper: np.ndarray) -> list[tuple[str, str]]:
    picture = np.pad(255 - paper * np.uint8(255), 40, constant_values=255)
    return [(str(code.format), code.text) for code in zxingcpp.read_barcodes(picture.astype(np.uint8))]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (b"\x1dkC\x0c885012345678", ("EAN-13", "8850123456787")),
        (b"\x1dk\x028850123456787\x00", ("EAN-13", "8850123456787")),
        (b"\x1dk\x0001234567890\x00", ("EAN-13", "0012345678905")),
        (b"\x1dkD\x071234567", ("EAN-8", "12345670")),
        (b"\x1dkE\x08POS-1234", ("Code 39", "POS-1234")),
        (b"\x1dk\x04*POS-1234*\x00", ("Code 39", "POS-1234")),
        (b"\x1dkF\x0e88501234567890", ("ITF", "88501234567890")),
        (b"\x1dk\x06A12345B\x00", ("Codabar", "A12345B")),
        (b"\x1dkI\x0a{BPOS-{C\x0c\x22", ("Code 128", "POS-1234")),
        (b"\x1dkI\x09{Ba{{b{CE", ("Code 128", "a{b69")),
    ],
)
def test_bar_codes_are_read_by_others(command, code):
    assert read(printed(b"\x1ba\x01\x1dh\x50\x1dw\x02\x1dH\x03" + command + b"\n")) == [code]


@pytest.mark.parametrize(
    "command",
    [
        b"\x1dkC\x0c88501234567x",
        b"\x1dkC\x0d8850123456780",
        b"\x1dkE\x03abc",
        b"\x1dkF\x03123",
        b"\x1dkI\x03ABC",
        b"\x1dkI\x04{B{1",
        b"\x1dkH\x03ABC",
        b"\x1dkA\x00",
        b"\x1dw\x06\x1dkE\x1e" + b"A" * 30,
    ],
)
def test_codes_that_cannot_be_drawn_are_reported(command):
    assert not printed(command + b"\n", known=False).any()


def test_ean_8_is_two_halves():
    modules = bars.bar_code(68, b"1234567")
    assert len(modules) == 67 and modules[:3] == modules[-3:] == b"\1\0\1"


def test_qr_codes_are_stored_and_printed():
    code = b"2912345678905"
    store = b"\x1d(k" + (len(code) + 3).to_bytes(2, "little") + b"1P0" + code
    paper = printed(b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1" + store + b"\x1d(k\x03\x001Q0")
    assert paper.shape[0] == 21 * 6
    assert read(paper) == [("QR Code", code.decode())]


@pytest.mark.parametrize("rest", [b"\x03\x001Q0", b"\x03\x000A1", b"\x00\x00", b"\x03\x001E9"])
def test_qr_commands_that_mean_nothing_are_reported(rest):
    assert not printed(b"\x1d(k" + rest + b"\n", known=False).any()


# --- pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_every_way_of_python_escpos_prints_the_same_picture(way):
    bitmap = rasterise(samples.COUPON_TH, 576)
    height = bitmap.height // 24 * 24
    image = Image.frombytes("1", (576, bitmap.height), bytes(255 - byte for byte in bitmap.data)).crop(
        (0, 0, 576, height)
    )
    other = Dummy(profile="TM-P80")
    other.image(image, impl=way, fragment_height=240)
    assert (printed(other.output)[:height] == np.array(image) ^ 1).all()


def test_its_text_and_codes_print_too():
    other = Dummy(profile="TM-P80")
    other.set(align="center", bold=True, double_height=True, double_width=True)
    other.textln("POS MEMBER")
    other.set_with_default()
    other.textln("one two three")
    other.barcode("{B12345", "CODE128", function_type="B")
    other.qr("2912345678905", native=True, size=6)
    other.cashdraw(2)
    paper = printed(other.output)
    assert ("Code 128", "12345") in read(paper)
    assert ("QR Code", "2912345678905") in read(paper)


def test_enlarged_and_placed_rasters():
    dots = np.zeros((2, 8), np.uint8)
    dots[0, 0] = dots[1, 7] = 1
    rows = b"\x80\x01"
    for mode, wide, high in ((0, 1, 1), (1, 2, 1), (50, 1, 2), (3, 2, 2)):
        paper = printed(b"\x1dv0" + bytes((mode,)) + b"\x01\x00\x02\x00" + rows, dots=64)
        assert (paper[:, : 8 * wide] == np.kron(dots, np.ones((high, wide)))).all()
    paper = printed(b"\x1ba\x01\x1dv0\x00\x01\x00\x02\x00" + rows, dots=64)
    assert (paper[:, 28:36] == dots).all()


def test_a_downloaded_image():
    paper = printed(b"\x1d*\x01\x01" + b"\x80" * 7 + b"\xff" + b"\x1d/\x00", dots=64)
    assert paper[0, :8].all() and paper[:, 7].all() and paper.sum() == 15


def test_graphics_that_lie_about_their_size_are_reported():
    wrong = b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x05\x00\xff\xff"
    assert not printed(wrong + b"\x1d(L\x02\x0002\n", known=False).any()


# --- lengths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        b"\x1b@",
        b"\x1b!\x00",
        b"\x1b$\x00\x00",
        b"\x1bD\x01\x02\x00",
        b"\x1b*\x21\x02\x00abcdef",
        b"\x1b&\x03AB\x01abc\x02abcdef",
        b"\x1bp\x00\x19\xfa",
        b"\x1bc5\x01",
        b"\x1dL\x00\x00",
        b"\x1dVA\x00",
        b"\x1dV\x00",
        b"\x1d(K\x02\x0001",
        b"\x1dk\x04A\x00",
        b"\x1dkI\x03{BA",
        b"\x1d8L\x03\x00\x00\x00abc",
        b"\x1d*\x01\x01abcdefgh",
        b"\x1c(A\x02\x00ab",
        b"\x1c.",
        b"\x1cp\x01\x00",
        b"\x10\x04\x01",
        b"\x10\x04\x07\x01",
        b"\x10\x05\x01",
        b"\x10\x14\x01\x00\x01",
        b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    ],
)
def test_the_length_of_every_command_is_known_as_soon_as_it_can_be(command):
    assert lexing.length(command + b"rest", 0) == len(command)
    for end in range(1, len(command)):
        known = lexing.length(command[:end], 0)
        assert known == lexing.MORE or known >= end


@pytest.mark.parametrize(
    "command", [b"\x1bL", b"\x1c(A\x02\x00ab", b"\x1cp\x01\x00", b"\x1d\x99\x00", b"\x07", b"\x1be\x01"]
)
def test_what_is_not_understood_is_reported_once_and_passed_over(command):
    reader = EscPosReader(64)
    reader.feed(command + b"\x1bJ\x05")
    assert len(reader.unknown) == 1
    assert reader.roll.height == 5


def test_a_printer_that_is_not_selected_listens_to_status_only():
    answers: list[bytes] = []
    reader = EscPosReader(64, answer=answers.append)
    reader.feed(b"\x1b=\x00text\x1bJ\x05\x1dv0\x00\x01\x00\x01\x00\xff\x10\x04\x01\x1b=\x01\x1bJ\x03")
    assert reader.roll.height == 3 and answers == [b"\x12"]


def test_a_mebibyte_that_is_announced_is_not_waited_for():
    reader = EscPosReader(64)
    reader.feed(b"\x1d8L\xff\xff\xff\xff\x30\x70")
    assert reader.unknown[0] == "1d 38"
