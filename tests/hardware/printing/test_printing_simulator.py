"""The virtual printer: answers like a printer, and its papers are pictures."""

from __future__ import annotations

import logging
import threading

import pytest
from PIL import Image

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.escpos_reader import EscPosReader, UnknownCommand
from pos_member.hardware.printing.pictures import DESK_MARGIN, END_MARGIN, SIDE_MARGIN
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter
from pos_member.hardware.printing.transports import TcpConnection, TcpTransport
from tests.hardware.printing import samples


def connect(printer: VirtualPrinter) -> TcpConnection:
    return TcpTransport("127.0.0.1", printer.port).connect()


def ask(connection: TcpConnection, question: bytes, length: int) -> bytes:
    connection.write(question)
    said = b""
    while len(said) < length and (new := connection.read(2)):
        said += new
    return said


def test_a_receipt_becomes_a_picture_of_paper(printer):
    bitmap = rasterise(samples.RECEIPT_TH, 576)
    with connect(printer) as connection:
        connection.write(encode(bitmap, VIRTUAL_80))
        connection.finish()
    assert printer.wait_for_pictures(1)
    (path,) = printer.pictures
    assert path.name == "receipt-0001.png"
    with Image.open(path) as picture:
        assert picture.size == (
            576 + 2 * (SIDE_MARGIN + DESK_MARGIN),
            bitmap.height + 2 * (END_MARGIN + DESK_MARGIN),
        )
        grey = picture.convert("L")
        assert grey.getpixel((DESK_MARGIN + 5, DESK_MARGIN + 5)) == 255
        assert grey.getpixel((1, 1)) < 240
    assert printer.unknown == ()
    assert [entry.name for entry in path.parent.iterdir()] == ["receipt-0001.png"]


def test_one_paper_per_cut_and_numbers_go_on_in_a_second_run(tmp_path):
    payload = encode(rasterise(samples.COUPON_TH, 576), VIRTUAL_80)
    seen: list[str] = []
    for _ in range(2):
        with VirtualPrinter(out_dir=tmp_path, on_cut=lambda path: seen.append(path.name)) as printer:
            connection = connect(printer)
            connection.write(payload * 2)
            connection.finish()
            assert printer.wait_for_pictures(2)
    assert seen == [f"receipt-000{n}.png" for n in (1, 2, 3, 4)]


def test_clients_are_served_one_after_the_other(printer):
    payload = encode(rasterise(samples.COUPON_TH, 576), VIRTUAL_80)

    def send() -> None:
        connection = connect(printer)
        connection.write(payload)
        connection.finish()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert printer.wait_for_pictures(4)
    assert len({path.read_bytes() for path in printer.pictures}) == 1


def test_status_answers(printer):
    with connect(printer) as connection:
        assert ask(connection, b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", 4) == b"\x12" * 4
        assert ask(connection, b"\x1dr\x01", 1) == b"\x00"
        assert ask(connection, b"\x1dI\x43", 2).startswith(b"_POS Member")
        assert ask(connection, b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
        assert ask(connection, b"\x1d(H\x06\x00001234", 7) == b"\x37\x221234\x00"
        connection.write(b"\x1bp\x00\x19\xfa")
        assert ask(connection, b"\x1dr\x01", 1) == b"\x00"
        assert printer.kicks == 1


def test_status_while_the_paper_is_out(printer):
    with connect(printer) as connection:
        assert ask(connection, b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
        printer.set_fault(Fault.PAPER_OUT)
        assert ask(connection, b"", 4) == b"\x18\x00\x0c\x00", "told without being asked"
        assert ask(connection, b"\x10\x04\x02\x10\x04\x04", 2) == b"\x32\x7e"
        printer.set_fault(Fault.COVER_OPEN)
        assert ask(connection, b"", 4) == b"\x38\x00\x00\x00"
        assert ask(connection, b"\x10\x04\x02", 1) == b"\x16"


def test_out_of_paper_the_job_waits_inside_and_goes_on(printer):
    printer.set_fault(Fault.PAPER_OUT)
    with connect(printer) as connection:
        connection.write(encode(rasterise(samples.COUPON_TH, 576), VIRTUAL_80))
        connection.finish()
    assert printer.pictures == ()
    printer.set_fault(Fault.NONE)
    assert printer.wait_for_pictures(1)


def test_a_status_request_is_answered_inside_an_image():
    answers: list[bytes] = []
    reader = EscPosReader(64, answer=answers.append)
    reader.feed(b"\x1dv0\x00\x08\x00\x02\x00" + b"\x00\x10")
    reader.feed(b"\x04\x01" + b"\x00" * 12)
    assert answers == [b"\x12"]
    assert reader.unknown == ["real-time sequence inside an image"]


def test_unknown_commands_are_reported_and_refused_when_strict():
    reader = EscPosReader(64)
    reader.feed(b"\x1b\x99\x1d\x99\x00hello")
    assert reader.unknown[:2] == ["1b 99", "1d 99"]
    strict = EscPosReader(64, strict=True)
    with pytest.raises(UnknownCommand, match="1b 4c"):
        strict.feed(b"\x1b@\x1bL\x00")


def test_a_strict_printer_hangs_up_on_an_unknown_command(printer, expected_logs):
    expected_logs("unknown command 1b 4c", logging.ERROR)
    with connect(printer) as connection:
        connection.write(b"\x1b@\x1bL\x00")
        with pytest.raises(Exception, match="broke_off"):
            ask(connection, b"\x10\x04\x01", 99)
    assert printer.unknown == ("1b 4c",)


def test_an_image_wider_than_the_head_loses_its_right_side():
    papers = []
    reader = EscPosReader(64, on_cut=papers.append)
    reader.feed(b"\x1dv0\x00\x0a\x00\x01\x00" + b"\xaa" * 10 + b"\x1dVB\x00")
    assert papers[0].data == b"\xaa" * 8
    assert "10 bytes" in reader.unknown[0]


def test_feeds_and_an_empty_cut():
    papers = []
    reader = EscPosReader(64, on_cut=papers.append)
    reader.feed(b"\x1dV\x00")
    assert papers == []
    reader.feed(b"\x1bJ\x05\x1bd\x02\n\x1dVA\x00")
    assert papers[0].height == 5 + 3 * 34


def test_a_taken_port_and_an_impossible_folder_are_told(printer, tmp_path):
    other = VirtualPrinter(port=printer.port, out_dir=tmp_path)
    with pytest.raises(EnvironmentProblem) as caught:
        other.start()
    assert caught.value.reason is Reason.PORT_TAKEN
    other.stop()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentProblem) as caught:
        VirtualPrinter(out_dir=tmp_path / "file" / "below").start()
    assert caught.value.reason is Reason.FILE_NOT_WRITABLE


def test_a_folder_that_vanishes_is_made_again_and_one_that_cannot_be_costs_a_picture_only(
    printer, tmp_path, expected_logs
):
    payload = encode(rasterise(samples.COUPON_TH, 576), VIRTUAL_80)
    folder = tmp_path / "paper"
    folder.rmdir()
    with connect(printer) as connection:
        connection.write(payload)
        assert printer.wait_for_pictures(1)
        printer.pictures[0].unlink()
        folder.rmdir()
        folder.write_bytes(b"a file in its place")
        expected_logs("a paper was lost", logging.ERROR)
        connection.write(payload)
        assert ask(connection, b"\x1dr\x01", 1) == b"\x00", "it still answers"
        folder.unlink()
        connection.write(payload)
        assert printer.wait_for_pictures(2)


def test_stopping_twice_and_never_started(tmp_path):
    printer = VirtualPrinter(out_dir=tmp_path)
    printer.stop()
    printer.start()
    printer.stop()
    printer.stop()
