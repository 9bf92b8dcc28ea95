"""Codes on paper are read back from the printer's picture by two decoders that know nothing of each other."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from pyzbar import pyzbar

from pos_member.config import resource
from pos_member.domain.check_digits import gs1_digit, mod97_digits
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterProfile
from pos_member.domain.signed_codes import COUPON_DIGITS
from pos_member.hardware.printing import code128, ean13, qr
from pos_member.hardware.printing.blocks import Align, Code128, Qr, Style, Text
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.placed import Scale
from pos_member.hardware.printing.placing_codes import qr_module
from pos_member.hardware.printing.raster import rasterise, rasterise_blocks
from pos_member.hardware.printing.simulator import VirtualPrinter
from pos_member.hardware.printing.templates import Template, parse
from pos_member.hardware.printing.transports import TcpTransport
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both

WIDTHS = (384, 512, 576, 640)


def coupon_codes(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    bodies = ("8" + "".join(chance.choices("0123456789", k=13)) for _ in range(count))
    return [body + mod97_digits(body) for body in bodies]


def print_all(printer: VirtualPrinter, payloads: list[bytes]) -> None:
    connection = TcpTransport("127.0.0.1", printer.port).connect()
    for payload in payloads:
        connection.write(payload)
    connection.finish()
    assert printer.wait_for_pictures(len(payloads))


@pytest.mark.parametrize("width", WIDTHS)
def test_coupons_read_back_by_both(tmp_path, width):
    codes = coupon_codes(50 if width in (384, 576) else 12, seed=width)
    profile = PrinterProfile("x", dots=width)
    payloads = [encode(rasterise(replace(samples.COUPON_TH, code=code), width), profile) for code in codes]
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, payloads)
        pictures = printer.pictures
    for code, path in zip(codes, pictures, strict=True):
        by_zxing, by_zbar = read_both(path)
        assert by_zxing == {code}
        assert by_zbar == {code}


@pytest.mark.parametrize("width", [384, 512, 576, 640])
def test_member_cards_read_back_as_qr_and_bars(tmp_path, width):
    chance = random.Random(width)
    bodies = ["29" + "".join(chance.choices("0123456789", k=10)) for _ in range(12)]
    numbers = [body + gs1_digit(body) for body in bodies]
    profile = PrinterProfile("x", dots=width)
    cards = [replace(samples.MEMBER_CARD_TH, member_number=number) for number in numbers]
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, [encode(rasterise(card, width), profile) for card in cards])
        pictures = printer.pictures
    for number, path in zip(numbers, pictures, strict=True):
        by_zxing, by_zbar = read_both(path)
        assert by_zxing == {number}
        assert by_zbar == {number}
        assert count_symbols(path) == {"QRCode", "EAN13"}


def count_symbols(path) -> set[str]:
    found = zxingcpp.read_barcodes(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    return {result.format.name for result in found}


@pytest.mark.parametrize("width", [384, 576])
def test_signed_coupons_read_back(tmp_path, width):
    """Twenty whole signed forms: read by both, 30 mm or more, the plain code beside them in figures."""
    chance = random.Random(width)
    signed = ["9" + "".join(chance.choices("0123456789", k=COUPON_DIGITS - 1)) for _ in range(20)]
    coupons = [replace(samples.COUPON_TH, signed_code=each) for each in signed]
    profile = PrinterProfile("x", dots=width)
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, [encode(rasterise(coupon, width), profile) for coupon in coupons])
        pictures = printer.pictures
    for each, path in zip(signed, pictures, strict=True):
        assert read_both(path) == ({each}, {each})
    blocks = lay_out(coupons[0])
    code = next(block for block in blocks if isinstance(block, Qr))
    modules = len(qr.modules(code.data))
    assert modules == 37  # version 5
    assert qr_module(code, Scale(profile.dpi), width) * modules * 25.4 / profile.dpi >= 30
    assert "8123 4567 8901 2382" in {block.text for block in blocks if isinstance(block, Text)}


def test_bars_and_figures_of_a_signed_coupon_hold_its_plain_code():
    blocks = lay_out(samples.COUPON_SIGNED, coupon_with_bars())
    assert {block.data for block in blocks if isinstance(block, Code128)} == {samples.COUPON_SIGNED.code}
    assert {block.data for block in blocks if isinstance(block, Qr)} == {samples.COUPON_SIGNED.signed_code}


@pytest.mark.parametrize("width", [384, 576])
def test_the_receipt_code_reads_back(tmp_path, width):
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, [encode(rasterise(samples.RECEIPT_TH, width), PrinterProfile("x", dots=width))])
        code = samples.RECEIPT_TH.receipt_code
        assert read_both(printer.pictures[0]) == ({code}, {code})


@pytest.mark.parametrize("code", ["", "123", "2912345678904", "๒๙๑๒๓๔๕๖๗๘๙๐๖", "29123456789o6"])
def test_no_bars_for_a_number_that_is_no_ean(code):
    with pytest.raises(ValueError, match="EAN-13"):
        ean13.modules(code)


# --- CODE128 ------------------------------------------------------------------------------------------------------

ASCII = st.text(alphabet=st.sampled_from([chr(code) for code in range(32, 127)]) | st.sampled_from("0123456789"))


def read_bars(bars: bytes) -> tuple[set[str], set[str]]:
    row = np.frombuffer(bytes(10) + bars + bytes(10), dtype=np.uint8)
    picture = np.repeat(np.repeat((255 * (1 - row))[None, :], 60, axis=0), 3, axis=1).astype(np.uint8)
    by_zxing = {found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.Code128)}
    by_zbar = {found.data.decode() for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.CODE128])}
    return by_zxing, by_zbar


@given(ASCII.filter(lambda text: 1 <= len(text) <= 40))
def test_any_code128_reads_back(text):
    assert read_bars(code128.modules(text)) == ({text}, {text})


def fewest(text: str) -> int:
    """The least number of characters between start and check, found by trying everything."""

    @cache
    def rest(at: int, code_set: str) -> int:
        if at == len(text):
            return 0
        pair = text[at : at + 2]
        two = [1 + (code_set == "B") + rest(at + 2, "C")] if len(pair) == 2 and pair.isdigit() else []
        return min([1 + (code_set == "C") + rest(at + 1, "B"), *two])

    return min(rest(0, "B"), rest(0, "C"))


@given(st.text(alphabet="0123456789A-", min_size=1, max_size=14))
def test_code128_is_as_short_as_it_can_be(text):
    assert len(code128.values(text)) == fewest(text) + 2


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("8123456789012382", (105, 81, 23, 45, 67, 89, 1, 23, 82, 49)),
        ("A1", (104, 33, 17, 68)),
        ("AB123456C", (104, 33, 34, 99, 12, 34, 56, 100, 35, 79)),
    ],
)
def test_code128_by_hand(text, values):
    assert code128.values(text) == values


@pytest.mark.parametrize("text", ["", "ก", "a\x1d", "x" * 81, "é"])
def test_what_is_no_code128(text):
    with pytest.raises(ValueError, match="CODE128"):
        code128.modules(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_code128_modules_are_whole_dots_with_quiet_zones(width):
    bitmap = rasterise_blocks([Code128("8123456789012382")], width)
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    ink = np.unpackbits(packed, axis=1)
    columns = np.flatnonzero(ink.any(axis=0))
    span = int(columns[-1] - columns[0] + 1)
    bars = code128.modules("8123456789012382")
    module = span // len(bars)
    assert span == module * len(bars)
    assert module == (2 if width == 384 else 3)
    assert min(columns[0], width - 1 - columns[-1]) >= code128.QUIET_MODULES * module
    row = ink[bitmap.height // 2, columns[0] : columns[-1] + 1]
    assert row[::module].tobytes() == bars


def test_a_code128_too_long_for_the_paper_leaves_its_caption():
    long = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert rasterise_blocks([Code128(long)], 384).ink() == 0
    assert rasterise_blocks([Code128(long, caption=long)], 384) == rasterise_blocks([Code128(long, caption=long)], 384)
    assert rasterise_blocks([Code128(long, caption=long)], 384).ink() > 500


def coupon_with_bars() -> Template:
    data = json.loads(resource("receipts", "coupon.json").read_text(encoding="utf-8"))
    (block,) = (block for block in data["blocks"] if "code128" in block)
    assert block.pop("off") is True
    return parse(json.dumps(data), DocumentKind.COUPON)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_coupon_with_bars_reads_back(tmp_path, width):
    codes = coupon_codes(8, seed=width + 1)
    template = coupon_with_bars()
    profile = PrinterProfile("x", dots=width)
    papers = [rasterise(replace(samples.COUPON_TH, code=code), width, template=template) for code in codes]
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, [encode(paper, profile) for paper in papers])
        pictures = printer.pictures
    for code, path in zip(codes, pictures, strict=True):
        assert read_both(path) == ({code}, {code})
        assert count_symbols(path) == {"QRCode", "Code128"}


def test_a_coupon_has_no_bars_unless_the_shop_wants_them():
    assert not any(isinstance(block, Code128) for block in lay_out(samples.COUPON_TH))
    assert any(isinstance(block, Code128) for block in lay_out(samples.COUPON_TH, coupon_with_bars()))


@pytest.mark.parametrize("width", WIDTHS)
def test_every_code_of_the_test_page_says_which_it_is(tmp_path, width):
    wanted = {"POSM-TEST-4", "POSM-TEST-5", "POSM-TEST-6", "POSM128"}
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        print_all(printer, [encode(rasterise(samples.TEST_PAGE, width), PrinterProfile("x", dots=width))])
        assert read_both(printer.pictures[0]) == (wanted, wanted)


@pytest.mark.parametrize(
    ("code", "written"), [("8" * 17 + "ก", True), ("ก" * 41, False), ("9" * 3_000, False)], ids=["odd", "long", "huge"]
)
def test_a_code_that_cannot_be_drawn_holds_up_no_paper(code, written):
    """What is no EAN stands in figures in its place, where somebody could type them."""
    card = replace(samples.MEMBER_CARD_TH, member_number=code)
    in_place_of_bars = Text(code, Style.BODY, Align.CENTER)
    assert (in_place_of_bars in lay_out(card)) is written
    assert rasterise(card, 384).height > 200


def test_control_characters_never_reach_a_code():
    blocks = lay_out(replace(samples.COUPON_TH, code="81234\x1b@\x10\x0456789012382\u202e"), coupon_with_bars())
    data = [block.data for block in blocks if hasattr(block, "data")]
    assert data == ["81234@56789012382"] * 2
