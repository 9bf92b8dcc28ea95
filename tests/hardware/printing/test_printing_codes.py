"""Codes on paper are read back from the printer's picture by two decoders that know nothing of each other."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pos_member.domain.check_digits import gs1_digit, mod97_digits
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing import ean13
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.simulator import VirtualPrinter
from pos_member.hardware.printing.transports import TcpTransport
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both


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


@pytest.mark.parametrize("width", [384, 576])
def test_fifty_coupons_read_back_by_both(tmp_path, width):
    codes = coupon_codes(50, seed=width)
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
    import cv2
    import zxingcpp

    found = zxingcpp.read_barcodes(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    return {result.format.name for result in found}


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("digits", [40, 120, 202])
def test_signed_coupons_read_back(tmp_path, width, digits):
    code = "9" + "".join(random.Random(digits).choices("0123456789", k=digits - 1))
    with VirtualPrinter(out_dir=tmp_path, dots=width, strict=True) as printer:
        coupon = replace(samples.COUPON_TH, code=code)
        print_all(printer, [encode(rasterise(coupon, width), PrinterProfile("x", dots=width))])
        assert read_both(printer.pictures[0]) == ({code}, {code})


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
