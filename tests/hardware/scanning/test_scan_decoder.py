"""Pictures that were made here, photographs where there are some, and everything that is not a picture."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno
import zxingcpp

from pos_member.domain.codes import make_coupon_code, make_member_number, make_receipt_code
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.scanning import libraries
from pos_member.hardware.scanning.decoder import (
    Decoder,
    available,
    decode_file,
    decode_image,
    default_decoder,
    load_picture,
    picture_from_bytes,
    scan_file,
    to_grey,
)
from pos_member.hardware.scanning.readers import (
    MAKERS,
    OpencvReader,
    ReaderStatus,
    Sighting,
    ZbarReader,
    ZxingReader,
    acceptable,
    make_readers,
    self_test_picture,
)

KEY = "00112233445566778899aabbccddeeff"
MEMBER = make_member_number(KEY, 1, 0)
COUPON = make_coupon_code(lambda below: 1_234_567_890_123)
SHARED = Path(os.environ.get("POS_MEMBER_SHARED", Path(__file__).resolve().parents[4] / "shared" / "data"))


def qr(text: str, scale: int = 6, error: str = "q") -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error=error).matrix], np.uint8)
    return np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((scale, scale), np.uint8))


def bars(text: str, kind: Any) -> np.ndarray:
    picture = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=3), np.uint8)
    return np.pad(picture, 40, constant_values=255)


def texts(picture: np.ndarray) -> list[tuple[str, str]]:
    return [(found.text, found.symbology) for found in decode_image(picture)]


@pytest.mark.parametrize("text", [MEMBER, COUPON, make_receipt_code(12, 345), "https://example.com/a?b=ก", "x" * 300])
def test_qr_in_every_direction_and_inverted(text: str) -> None:
    picture = qr(text)
    for quarter in range(4):
        turned = np.ascontiguousarray(np.rot90(picture, quarter))
        assert texts(turned) == [(text, "QR")]
        assert texts(255 - turned) == [(text, "QR")]


@pytest.mark.parametrize(
    ("text", "kind", "expected", "symbology"),
    [
        ("8850999320007", zxingcpp.EAN13, "8850999320007", "EAN-13"),
        (MEMBER, zxingcpp.EAN13, MEMBER, "EAN-13"),
        ("96385074", zxingcpp.EAN8, "96385074", "EAN-8"),
        ("04252614", zxingcpp.UPCE, "0042100005264", "UPC-E"),
        ("042100005264", zxingcpp.UPCA, "0042100005264", "EAN-13"),  # the same bars
        ("COFFEE-250", zxingcpp.Code128, "COFFEE-250", "Code 128"),
        ("COFFEE-250", zxingcpp.Code39, "COFFEE-250", "Code 39"),
        ("18850999320004", zxingcpp.ITF, "18850999320004", "ITF-14"),
    ],
)
def test_bar_codes(text: str, kind: Any, expected: str, symbology: str) -> None:
    assert texts(bars(text, kind)) == [(expected, symbology)]
    assert [found.text for found in ZbarReader().read(bars(text, kind))] == [expected]


def test_several_codes_in_one_picture_come_once_each() -> None:
    picture = np.hstack([qr(MEMBER), qr(COUPON)])
    assert sorted(text for text, _ in texts(picture)) == sorted([MEMBER, COUPON])


def worn(seed: int) -> np.ndarray:
    """A coupon under uneven light, out of focus, with the noise of a cheap camera."""
    dice = np.random.default_rng(seed)
    picture = qr(COUPON, scale=int(dice.integers(3, 8))).astype(np.float64)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]] / picture.shape[0]
    light = np.clip(1.1 - 1.6 * np.hypot(columns - dice.random(), rows - dice.random()), 0.05, 1)
    seen = cv2.GaussianBlur((20 + picture * 0.8) * light, (0, 0), dice.uniform(0.5, 2.2))
    return np.clip(seen + dice.normal(0, dice.uniform(0, 12), seen.shape), 0, 255).astype(np.uint8)


def test_level_1_reads_what_level_0_does_not_and_misreads_nothing() -> None:
    decoder = default_decoder()
    by_level_0 = by_both = 0
    for seed in range(120):
        picture = worn(seed)
        found = decoder.decode(picture)
        assert [code.text for code in found] in ([], [COUPON])
        by_level_0 += bool(decoder.quick(picture))
        by_both += bool(found)
    assert 0 < by_level_0 < by_both - 10


def test_nothing_in_nothing() -> None:
    dice = np.random.default_rng(5)
    for picture in (
        np.zeros((720, 1280), np.uint8),
        np.full((1, 1), 255, np.uint8),
        dice.integers(0, 255, (480, 640), np.uint8),
        dice.integers(0, 255, (31, 7, 3), np.uint8),
    ):
        assert decode_image(picture) == []


def test_no_code_in_stripes_blocks_and_print() -> None:
    """What looks like a code to a careless reader: turned stripes, squares, lines of text."""
    for seed in range(30):
        dice = np.random.default_rng(seed)
        if seed % 3 == 0:
            frame = np.tile(np.repeat(dice.integers(0, 2, 214) * 200 + 20, 3)[:640], (360, 1)).astype(np.uint8)
            frame = cv2.warpAffine(frame, cv2.getRotationMatrix2D((320, 180), dice.uniform(0, 180), 1), (640, 360))
        elif seed % 3 == 1:
            frame = np.kron(dice.integers(0, 2, (45, 80)) * 255, np.ones((8, 8))).astype(np.uint8)
        else:
            frame = np.full((360, 640), 230, np.uint8)
            for row in range(20, 360, 24):
                words = "".join(chr(int(char)) for char in dice.integers(33, 126, 40))
                cv2.putText(frame, words, (5, row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 10, 1 + seed % 2)
        assert decode_image(frame) == []


def test_grey_plane_of_every_shape() -> None:
    grey = qr(MEMBER)
    bgr = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    black_on_nothing = np.dstack([np.zeros_like(bgr), 255 - grey])
    shapes = [grey, bgr, black_on_nothing, grey[:, :, None], grey.astype(np.uint16) * 257, bgr[:, ::-1][:, ::-1]]
    for picture in shapes:
        assert texts(picture) == [(MEMBER, "QR")]
    colour = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert np.abs(to_grey(colour).astype(int) - cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY).astype(int)).max() <= 1
    wrong_shapes = ((0, 4), (4,), (0, 4, 3), (4, 4, 5), (2, 2, 2, 2))
    for wrong in (np.zeros((4, 4), np.float32), *(np.zeros(shape, np.uint8) for shape in wrong_shapes)):
        with pytest.raises(ValueError):
            to_grey(wrong)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp"])
def test_files_of_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"บัตร สมาชิก{suffix}"
    path.write_bytes(cv2.imencode(suffix, qr(MEMBER))[1].tobytes())
    (row,) = scan_file(path)
    assert (row["text"], row["symbology"], row["kind"], row["code"]) == (MEMBER, "QR", "member", MEMBER)
    assert row["reader"] == "zxing-cpp" and row["ms"] >= 0
    assert json.loads(json.dumps(row)) == row


def test_transparent_png(tmp_path: Path) -> None:
    grey = qr(MEMBER)
    path = tmp_path / "logo.png"
    cv2.imwrite(str(path), np.dstack([np.zeros((*grey.shape, 3), np.uint8), 255 - grey]))
    assert [found.text for found in decode_file(path)] == [MEMBER]


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1_000,
        b"not a picture",
        "ไม่ใช่รูป".encode(),
        b"\x89PNG\r\n\x1a\n",
        b"<html></html>",
        png_claiming(60_000, 60_000),
        png_claiming(9_000, 9_000),
    ],
)
def test_what_is_no_picture_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "damaged.png"
    path.write_bytes(data)
    with pytest.raises(EnvironmentProblem) as caught:
        decode_file(path)
    assert caught.value.reason is Reason.PICTURE_UNREADABLE
    assert caught.value.params["path"] == str(path)


def test_a_picture_cut_short_is_read_or_refused_but_never_more() -> None:
    whole = cv2.imencode(".jpg", qr(MEMBER))[1].tobytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        try:
            found = decode_image(picture_from_bytes(whole[:length]))
        except EnvironmentProblem as problem:
            assert problem.reason is Reason.PICTURE_UNREADABLE
        else:
            assert [code.text for code in found] in ([], [MEMBER])


def test_too_many_bytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(EnvironmentProblem) as caught:
        load_picture(path)
    assert caught.value.reason is Reason.PICTURE_UNREADABLE


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.png", tmp_path, Path("/dev/null"), Path("a\0b.png")):
        with pytest.raises(EnvironmentProblem) as caught:
            load_picture(path)
        assert caught.value.reason is Reason.FILE_NOT_READABLE


def test_all_readers_work_here_and_say_so() -> None:
    assert available() == tuple(ReaderStatus(name, True) for name in MAKERS)
    assert [code.text for code in decode_image(self_test_picture())] == ["2907780802207"]


def missing() -> Any:
    raise ImportError("Unable to find zbar shared library")


def blind() -> Any:
    class Blind:
        name = "blind"

        exact = True

        def read(self, grey: object, coarse: bool = False) -> list[Sighting]:
            return []

    return Blind()


@pytest.mark.parametrize(
    ("makers", "used", "not_working"),
    [
        ({"zxing-cpp": ZxingReader, "zbar": missing, "opencv": OpencvReader}, ["zxing-cpp"], ["zbar"]),
        ({"zxing-cpp": missing, "zbar": ZbarReader, "opencv": OpencvReader}, ["zbar"], ["zxing-cpp"]),
        ({"zxing-cpp": missing, "zbar": missing, "opencv": OpencvReader}, ["opencv"], ["zxing-cpp", "zbar"]),
        ({"zxing-cpp": blind, "zbar": ZbarReader}, ["zbar"], ["zxing-cpp"]),
        ({"zxing-cpp": missing, "zbar": missing, "opencv": missing}, [], ["zxing-cpp", "zbar", "opencv"]),
    ],
)
def test_a_missing_library_degrades_and_is_named(
    makers: dict[str, Any], used: list[str], not_working: list[str]
) -> None:
    readers, statuses = make_readers(makers)
    assert [reader.name for reader in readers] == used
    assert [status.name for status in statuses if not status.works] == not_working
    assert all(status.trouble for status in statuses if not status.works)
    decoder = Decoder(readers, statuses)
    assert decoder.works == bool(used)
    assert [code.text for code in decoder.decode(qr(MEMBER))] == ([MEMBER] if used else [])
    assert decoder.available() == tuple(statuses)


def test_without_opencv_the_threshold_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> Any:
        raise ImportError("no cv2")

    monkeypatch.setattr(libraries, "opencv", absent)
    assert decode_image(np.zeros((64, 64), np.uint8)) == []
    assert texts(np.dstack([qr(MEMBER)] * 3)) == [(MEMBER, "QR")]
    colour = np.random.default_rng(2).integers(0, 255, (20, 30, 3), np.uint8)
    assert np.abs(to_grey(colour).astype(int) - cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY).astype(int)).max() <= 1
    assert texts(qr(MEMBER)) == [(MEMBER, "QR")]
    with pytest.raises(EnvironmentProblem) as caught:
        picture_from_bytes(b"x")
    assert caught.value.reason is Reason.PICTURE_UNREADABLE


@pytest.mark.parametrize(
    ("text", "symbology", "believed"),
    [
        ("8850999320007", "EAN-13", True),
        ("8850999320008", "EAN-13", False),
        ("96385075", "EAN-8", False),
        ("abc", "Code 128", True),
        ("a", "Code 128", False),
        ("18850999320004", "ITF-14", True),
        ("18850999320005", "ITF-14", False),
        ("8850999320", "ITF-14", False),
        ("ABC-123", "Code 39", True),
        ("abc-123", "Code 39", False),
        ("AB1", "Code 39", False),
        ("A" * 33, "Code 39", False),
        ("123", "Micro QR", False),
        ("a", "QR", True),
        ("", "QR", False),
    ],
)
def test_bar_codes_need_their_check_digits(text: str, symbology: str, believed: bool) -> None:
    assert acceptable(text, symbology) is believed


def test_photographs() -> None:
    """Real photographs × 4 rotations: at least zxing-cpp alone, and not one wrong text."""
    folder = SHARED / "qr-photos"
    if not folder.is_dir():
        pytest.skip(f"no photographs in {folder}")
    pairs = [(path, path.with_suffix(".txt")) for path in sorted(folder.rglob("*.png")) + sorted(folder.rglob("*.jpg"))]
    pairs = [pair for pair in pairs if pair[1].exists()]
    assert len(pairs) > 50, f"{folder} is there but holds almost nothing"
    zxing = ZxingReader()
    ours = alone = 0
    for picture, expected_file in pairs:
        expected = expected_file.read_bytes().decode("utf-8")
        for quarter in range(4):
            grey = np.ascontiguousarray(np.rot90(load_picture(picture), quarter))
            found = [code.text for code in decode_image(grey)]
            assert found in ([], [expected]), picture
            ours += found == [expected]
            alone += [found.text for found in zxing.read(grey)] == [expected]
    assert ours >= alone
    assert ours >= 0.98 * 4 * len(pairs)
