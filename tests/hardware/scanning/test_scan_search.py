"""The search of one picture: its order, its time, what is believed in it, and what it remembers of a camera."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import segno
import zxingcpp

from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.hardware.scanning import libraries, search, views
from pos_member.hardware.scanning.belief import SECOND_LOOKS_MAX, Verdict, second_look
from pos_member.hardware.scanning.decoder import Decoder, Look, default_decoder
from pos_member.hardware.scanning.readers import Sighting, ZbarReader, ZxingReader
from pos_member.hardware.scanning.search import STEPS

MEMBER = make_member_number("00112233445566778899aabbccddeeff", 1, 0)
COUPON = make_coupon_code(lambda below: 1_234_567_890_123)
FRAME = np.zeros((720, 1280), np.uint8)
HERE = ((600.0, 300.0), (700.0, 300.0), (700.0, 400.0), (600.0, 400.0))


def qr(text: str, scale: int = 6) -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    return np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((scale, scale), np.uint8))


def in_frame(code: np.ndarray, x: int, y: int) -> np.ndarray:
    frame = np.full((720, 1280), 200, np.uint8)
    frame[y : y + code.shape[0], x : x + code.shape[1]] = code
    return frame


class Clock:
    """Time that passes only when somebody reads: ``ms`` for every look."""

    def __init__(self, ms: float = 10.0) -> None:
        self.now_s = 0.0
        self.ms = ms

    def __call__(self) -> float:
        return self.now_s


class Scripted:
    """A reader that answers from a script and notes what it was shown."""

    def __init__(self, name: str, *answers: list[Sighting], exact: bool = True, clock: Clock | None = None) -> None:
        self.name = name
        self.exact = exact
        self.answers = list(answers)
        self.clock = clock
        self.shapes: list[tuple[int, ...]] = []

    def read(self, grey: np.ndarray, coarse: bool = False) -> list[Sighting]:
        self.shapes.append(grey.shape)
        if self.clock is not None:
            self.clock.now_s += self.clock.ms / 1_000
        return self.answers.pop(0) if self.answers else []


def test_level_1_waits_for_level_0_and_goes_through_every_step() -> None:
    first, second = Scripted("first"), Scripted("second", exact=False)
    assert Decoder([first, second]).decode(FRAME) == []
    assert first.shapes[0] == (720, 1280)
    assert len(first.shapes) == 1 + sum(not step.second for step in STEPS)
    assert len(second.shapes) == sum(step.second for step in STEPS)

    first, second = Scripted("first", [Sighting(MEMBER, "QR")]), Scripted("second")
    (found,) = Decoder([first, second]).decode(FRAME)
    assert (found.text, found.reader, found.corners, second.shapes) == (MEMBER, "first", (), [])


def test_huge_pictures_are_shrunk_before_level_1() -> None:
    first, second = Scripted("first"), Scripted("second")
    Decoder([first, second]).decode(np.zeros((6_000, 8_000), np.uint8), budget_ms=100_000)
    assert first.shapes[0] == (6_000, 8_000)
    assert second.shapes and max(second.shapes[0]) <= search.SIDE_MAX


@pytest.mark.parametrize("slowness", [1.0, 4.0])
@pytest.mark.parametrize("budget_ms", [20.0, 60.0, 120.0])
def test_the_budget_is_kept_on_a_fast_and_on_a_slow_computer(budget_ms: float, slowness: float) -> None:
    clock = Clock(12 * slowness)
    readers = [Scripted("first", clock=clock), Scripted("second", clock=clock)]
    Decoder(readers, now_s=clock).thorough(FRAME, budget_ms)
    # One step is always taken; after it only what fits. A step may cost more than was expected of it.
    assert 0 < clock.now_s * 1_000 <= max(budget_ms + 12 * slowness / 2, 12 * slowness)
    assert len(readers[0].shapes) > 1 or budget_ms / slowness < 40


def test_a_camera_goes_on_in_the_next_frame_where_the_time_ended() -> None:
    clock = Clock(12)
    readers = [Scripted("first", clock=clock), Scripted("second", clock=clock)]
    decoder, look = Decoder(readers, now_s=clock), Look()
    starts = []
    for _ in range(12):
        starts.append(look.next_step)
        decoder.thorough(FRAME, 30, look)
    assert len(set(starts)) > 3
    assert readers[1].shapes, "no frame got as far as the second reader"
    decoder.thorough(FRAME, 30)
    fresh = len(readers[0].shapes)
    decoder.thorough(FRAME, 30)
    assert len(readers[0].shapes) - fresh <= 3  # without a memory it is always the first steps


def test_the_step_that_found_a_code_is_first_in_the_next_frame() -> None:
    silent: list[list[Sighting]] = [[]] * 2
    first = Scripted("first", *silent, [Sighting(MEMBER, "QR", ((30, 30), (90, 30), (90, 90), (30, 90)))])
    look = Look()
    (found,) = Decoder([first]).thorough(FRAME, 10_000, look)
    assert found.text == MEMBER
    assert look.next_step == 2 and STEPS[2].view is views.larger
    # Seen in a view half as large again; told in parts of the frame.
    assert found.corners[0] == pytest.approx((20 / 1280, 20 / 720))
    assert look.place == pytest.approx((20 / 1280, 20 / 720, 60 / 1280, 60 / 720))


def test_the_place_of_the_last_code_is_looked_at_first() -> None:
    first = Scripted("first", [], [Sighting(MEMBER, "QR", HERE)])
    look = Look(place=(0.5, 0.5, 0.6, 0.6))
    decoder = Decoder([first])
    assert decoder.quick(FRAME, look) == []
    (found,) = decoder.thorough(FRAME, look=look)
    assert first.shapes[1][0] < 720 and first.shapes[1][1] < 1280 and len(first.shapes) == 2
    x, y = found.corners[0]
    assert 0.5 < x < 1 and 0.5 < y < 1


def test_corners_mark_the_code() -> None:
    frame = in_frame(qr(MEMBER), 700, 300)
    (found,) = default_decoder().quick(frame)
    expected = [(724, 324), (849, 324), (849, 449), (724, 449)]
    for (x, y), (wanted_x, wanted_y) in zip(found.corners, expected, strict=True):
        assert abs(x * 1280 - wanted_x) < 4 and abs(y * 720 - wanted_y) < 4
    marked = found.for_window()
    assert (marked.text, marked.symbology) == (MEMBER, "QR")
    assert abs(marked.corners[0][0] - 566) <= 3 and abs(marked.corners[0][1] - 450) <= 6
    (turned,) = default_decoder().quick(np.ascontiguousarray(np.rot90(frame, 2)))
    assert turned.corners[0][0] * 1280 == pytest.approx(1280 - 724, abs=4)  # the code's own upper left


def test_corners_of_a_code_found_by_zbar_alone() -> None:
    frame = in_frame(qr(COUPON), 100, 400)
    (found,) = Decoder([ZbarReader()]).quick(frame)
    xs, ys = [x * 1280 for x, _ in found.corners], [y * 720 for _, y in found.corners]
    assert min(xs) == pytest.approx(124, abs=6) and max(ys) == pytest.approx(400 + 24 + 126, abs=6)


# --- belief ------------------------------------------------------------------------------------------------

LIES = [
    Sighting("https://example.com/other", "QR", HERE),
    Sighting("8850999320007", "EAN-13", HERE),
    Sighting("COFFEE-250", "Code 128", HERE),
    Sighting("COFFEE-250", "Code 39", HERE),
    Sighting("18850999320004", "ITF-14", HERE),
]


class Liar(Scripted):
    """Reads whole frames wrong and, where it is shown a part of one, something else or nothing."""

    def __init__(self, lie: Sighting, then: list[Sighting]) -> None:
        super().__init__("liar", exact=False)
        self.lie = lie
        self.then = then

    def read(self, grey: np.ndarray, coarse: bool = False) -> list[Sighting]:
        super().read(grey, coarse)
        if min(grey.shape) < 540:
            return self.then
        # One whole frame only: the same lie in two different views would be a reading.
        return [self.lie] if len(self.shapes) == 1 else []


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("then", [[], [Sighting("8850999320014", "EAN-13", HERE), Sighting("x" * 9, "QR", HERE)]])
def test_what_one_doubtful_look_saw_and_no_other_is_refused(lie: Sighting, then: list[Sighting]) -> None:
    decoder = Decoder([Scripted("first"), Liar(lie, then)])
    assert decoder.decode(FRAME) == []


@pytest.mark.parametrize("lie", LIES)
def test_what_the_second_look_confirms_is_believed(lie: Sighting) -> None:
    decoder = Decoder([Scripted("first"), Liar(lie, [lie])])
    assert [code.text for code in decoder.decode(FRAME)] == [lie.text]


def test_our_own_check_digits_are_enough_and_theirs_are_not() -> None:
    ours, theirs = Sighting(MEMBER, "QR", HERE), Sighting("2907780802208", "QR", HERE)
    assert [code.text for code in Decoder([Scripted("first"), Liar(ours, [])]).decode(FRAME)] == [MEMBER]
    assert Decoder([Scripted("first"), Liar(theirs, [])]).decode(FRAME) == []


def test_a_reader_that_never_misread_is_believed_for_qr_and_not_for_bars() -> None:
    url, bar = Sighting("https://example.com", "QR", HERE), Sighting("8850999320007", "EAN-13", HERE)
    assert [code.text for code in Decoder([Scripted("first", [url, bar])]).quick(FRAME)] == [url.text]


def test_a_bar_code_read_twice_in_different_views_is_believed() -> None:
    bar = Sighting("8850999320007", "EAN-13", HERE)
    nothing: list[Sighting] = []
    # quick, its four closer looks, the first step, its closer looks …
    first = Scripted("first", [bar], *[nothing] * 4, nothing, *[nothing] * 10)
    assert Decoder([first]).decode(FRAME) == []

    class TwiceWhole(Liar):
        def read(self, grey: np.ndarray, coarse: bool = False) -> list[Sighting]:
            self.shapes.append(grey.shape)
            return [self.lie] if min(grey.shape) >= 540 else []

    (found,) = Decoder([Scripted("first"), TwiceWhole(bar, [])]).thorough(FRAME, 10_000)
    assert found.text == bar.text


def test_a_part_of_a_bar_code_is_not_taken_for_a_shorter_one() -> None:
    picture = np.array(zxingcpp.create_barcode("18850999320004", zxingcpp.ITF).to_image(scale=3), np.uint8)
    frame = in_frame(np.pad(picture, 20, constant_values=255), 300, 200)
    part = Sighting("0999320004", "Code 128", ((360.0, 230.0), (640.0, 230.0), (640.0, 232.0), (360.0, 232.0)))
    assert second_look(part, frame, [ZxingReader(), ZbarReader()], "plain") is Verdict.OTHER


def test_one_line_across_stripes_is_no_bar_code() -> None:
    """Stripes of a picture gave the same EAN in two views, on six lines of twelve hundred pixels."""
    line = Sighting("7212121111111", "EAN-13", ((18.0, 126.0), (1275.0, 126.0), (1275.0, 132.0), (18.0, 132.0)))

    class Stripes(Scripted):
        def read(self, grey: np.ndarray, coarse: bool = False) -> list[Sighting]:
            super().read(grey, coarse)
            return [line]

    assert Decoder([Stripes("first")]).decode(FRAME) == []
    high = Sighting(line.text, line.symbology, ((18.0, 126.0), (1275.0, 126.0), (1275.0, 632.0), (18.0, 632.0)))
    line = high
    assert [code.text for code in Decoder([Stripes("first")]).decode(FRAME)] == ["7212121111111"]


def test_a_shelf_of_bar_codes_does_not_take_seconds() -> None:
    shelf = [Sighting(f"LABEL-{number:04d}", "Code 128", HERE) for number in range(300)]
    first = Scripted("first", shelf)
    assert Decoder([first]).quick(FRAME) == []
    assert len(first.shapes) == 1 + 3 * SECOND_LOOKS_MAX  # the plain view is known


def test_zbar_alone_does_not_guess_encodings() -> None:
    picture = in_frame(qr("สวัสดี"), 500, 200)
    assert [code.text for code in default_decoder().decode(picture)] == ["สวัสดี"]
    assert Decoder([ZbarReader()]).decode(picture) == []


# --- without a library -------------------------------------------------------------------------------------


@pytest.fixture
def without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> Any:
        raise ImportError("no cv2")

    monkeypatch.setattr(libraries, "opencv", absent)


@pytest.mark.usefixtures("without_opencv")
def test_without_opencv_the_plain_views_remain() -> None:
    first, second = Scripted("first"), Scripted("second")
    assert Decoder([first, second]).decode(FRAME) == []
    assert (len(first.shapes), len(second.shapes)) == (1, 1)
    bars = np.pad(
        np.array(zxingcpp.create_barcode("8850999320007", zxingcpp.EAN13).to_image(scale=3), np.uint8),
        40,
        constant_values=255,
    )
    for readers in ([ZxingReader(), ZbarReader()], [ZxingReader()], [ZbarReader()]):
        assert [code.text for code in Decoder(readers).decode(qr(MEMBER))] == [MEMBER]
        assert [code.text for code in Decoder(readers).decode(bars)] == ["8850999320007"]
        look = Look(place=(0.4, 0.3, 0.6, 0.7))
        assert Decoder(readers).thorough(FRAME, look=look) == []


@pytest.mark.parametrize("readers", [[ZxingReader], [ZbarReader], [ZxingReader, ZbarReader]])
def test_any_reader_alone_serves(readers: list[Any]) -> None:
    decoder = Decoder([make() for make in readers])
    turned = cv2.warpAffine(
        in_frame(qr(COUPON, 4), 500, 300), cv2.getRotationMatrix2D((640, 360), 33, 1), (1280, 720), borderValue=200
    )
    assert [code.text for code in decoder.decode(turned)] == [COUPON]


def test_no_reader_at_all_finds_nothing_and_does_not_fail() -> None:
    decoder = Decoder([])
    assert not decoder.works
    assert decoder.quick(FRAME) == decoder.thorough(FRAME) == decoder.decode(FRAME) == []


def test_micro_qr_is_read() -> None:
    matrix = np.array([list(row) for row in segno.make_micro("123456789").matrix], np.uint8)
    code = np.kron(np.pad(1 - matrix, 2, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))
    (found,) = default_decoder().decode(in_frame(code, 500, 300))
    assert (found.text, found.symbology) == ("123456789", "Micro QR")
