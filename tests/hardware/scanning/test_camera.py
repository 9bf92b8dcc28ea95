"""The camera without a camera: scripted sources, files, hanging drivers, and a clean end."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno

from pos_member.hardware.scanning import libraries
from pos_member.hardware.scanning.camera import CameraReader, CameraSettings, probe
from pos_member.hardware.scanning.decoder import Decoded, Decoder, default_decoder
from pos_member.hardware.scanning.presence import Agreement, Presence
from pos_member.hardware.scanning.preview import Glance
from pos_member.hardware.scanning.sources import (
    CameraSource,
    FrameSource,
    PicturesSource,
    SourceState,
    SourceTrouble,
    VideoSource,
    source_maker,
)
from tests.patience import PATIENCE_S, comes

MEMBER, COUPON = "2907780802207", "8123456789012362"
QUICK = CameraSettings(open_max_s=5, frame_max_s=5, retry_s=0.01, preview_s=0, thorough_s=0, look_s=0)


def qr(text: str, scale: int = 8) -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    return np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((scale, scale), np.uint8))


BLANK = np.full((240, 240), 255, np.uint8)


class Scripted:
    """A source that gives frames from an iterator, one for each ``read``."""

    interval_s = 0.0

    def __init__(self, frames: Iterator[Any], live: bool = False) -> None:
        self.frames = frames
        self.live = live
        self.closed = threading.Event()

    def open(self) -> None:
        pass

    def read(self) -> Any:
        frame = next(self.frames, None)
        if isinstance(frame, Exception):
            raise frame
        return frame

    def close(self) -> None:
        self.closed.set()


class Watcher:
    """Collects what a reader says, and waits for it."""

    def __init__(
        self,
        make: Callable[[], FrameSource],
        settings: CameraSettings = QUICK,
        decoder: Decoder | None = None,
        on_code: Callable[[Decoded], None] | None = None,
        **how: Any,
    ) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.frames: queue.Queue[Glance] = queue.Queue()
        self.states: queue.Queue[SourceState] = queue.Queue()
        self.reader = CameraReader(
            make,
            decoder or default_decoder(),
            on_code or (lambda code: self.codes.put(code.text)),
            self.frames.put,
            self.states.put,
            settings,
            **how,
        )

    def until(self, state: SourceState) -> list[SourceState]:
        seen = []
        while not seen or seen[-1] is not state:
            seen.append(self.states.get(timeout=PATIENCE_S))
        return seen

    def all_codes(self) -> list[str]:
        return [self.codes.get_nowait() for _ in range(self.codes.qsize())]


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    made: list[Watcher] = []

    def make(*args: Any, **how: Any) -> Watcher:
        made.append(Watcher(*args, **how))
        return made[-1]

    yield make
    for watcher in made:
        watcher.reader.stop(PATIENCE_S)


def test_a_file_is_read_to_its_end_and_each_code_comes_once(watch: Callable[..., Watcher]) -> None:
    source = Scripted(iter([BLANK, qr(MEMBER), qr(MEMBER), qr(COUPON), qr(COUPON), BLANK]))
    watcher = watch(lambda: source)
    watcher.reader.start()
    assert watcher.until(SourceState.STOPPED) == [SourceState.OPENING, SourceState.LIVE, SourceState.STOPPED]
    assert watcher.all_codes() == [MEMBER, COUPON]
    assert watcher.frames.qsize() == 6
    assert source.closed.is_set()
    assert watcher.reader.state is SourceState.STOPPED


def test_presence_lets_a_code_through_after_it_was_away_long_enough() -> None:
    clock = [0.0]
    presence = Presence(lambda: clock[0])
    arrivals = []
    for at_s in (0.0, 0.3, 0.9, 1.55, 2.3):
        clock[0] = at_s
        arrivals.append(presence.arrives(MEMBER))
    # 0.3 → 0.9 and 0.9 → 1.55 are shorter than 700 ms, 1.55 → 2.3 is longer.
    assert arrivals == [True, False, False, False, True]
    assert presence.arrives(COUPON), "a different code passes at once"


def test_the_reader_keeps_a_code_back_until_it_was_out_of_view(watch: Callable[..., Watcher]) -> None:
    """Frame n is looked at n × 100 ms into the scene; the code is in view in some of them."""
    in_view = {0, 1, 2, 8, 9, 17, 18}
    now = [0.0]

    class Scene(Decoder):
        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            number = int(grey[0, 0])
            now[0] = number / 10
            return [Decoded(MEMBER, "QR", 1, "scene")] if number in in_view else []

    told: list[float] = []
    watcher = watch(
        lambda: Scripted(iter([np.full((8, 8), number, np.uint8) for number in range(20)])),
        decoder=Scene([]),
        now_s=lambda: now[0],
        on_code=lambda code: told.append(now[0]),
    )
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    # Away from 0.2 to 0.8 s is too short; away from 0.9 to 1.7 s is not.
    assert told == [0.0, 1.7]


def test_bar_codes_need_two_looks_and_qr_one() -> None:
    clock = [0.0]
    agreement = Agreement(lambda: clock[0])
    bar, other, square = (
        Decoded("8850999320007", "EAN-13", 1, "x"),
        Decoded("8850999320014", "EAN-13", 1, "x"),
        Decoded("https://example.com", "QR", 1, "x"),
    )
    assert agreement.believed([square]) == [square]
    assert agreement.believed([bar]) == []
    assert agreement.believed([other]) == []
    assert agreement.believed([bar]) == [bar]
    for _ in range(5):
        assert agreement.believed([]) == []
    assert agreement.believed([bar]) == []
    clock[0] = 3.0
    assert agreement.believed([bar]) == [], "a look of three seconds ago is no witness"
    assert agreement.believed([bar]) == [bar]
    assert Agreement(lambda: 0.0, 1).believed([bar]) == [bar]


def test_a_live_bar_code_is_believed_at_the_second_frame(watch: Callable[..., Watcher]) -> None:
    seen = Decoded("8850999320007", "EAN-13", 1, "fake")

    class Fake(Decoder):
        def __init__(self) -> None:
            super().__init__([])
            self.asked = 0

        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            self.asked += 1
            return [seen]

    for live, needed in ((True, 2), (False, 1)):
        fake = Fake()
        asked: queue.Queue[int] = queue.Queue()
        reader = CameraReader(
            lambda live=live: Scripted(itertools.repeat(BLANK), live=live),  # type: ignore[misc]
            fake,
            lambda code, fake=fake, asked=asked: asked.put(fake.asked),  # type: ignore[misc]
            settings=QUICK,
        )
        reader.start()
        assert asked.get(timeout=PATIENCE_S) == needed
        assert reader.stop(PATIENCE_S)


def test_a_live_source_keeps_the_newest_frame_only(watch: Callable[..., Watcher]) -> None:
    """While the decoder is busy with the first frame the camera gives fifty more: it looks at the last of them next."""
    looked: queue.Queue[int] = queue.Queue()
    busy, given = threading.Event(), threading.Event()

    def frames() -> Iterator[np.ndarray]:
        yield np.full((8, 8), 0, np.uint8)
        assert busy.wait(PATIENCE_S)
        for number in range(1, 51):
            yield np.full((8, 8), number, np.uint8)
        given.set()

    class Slow(Decoder):
        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            busy.set()
            assert given.wait(PATIENCE_S)
            looked.put(int(grey[0, 0]))
            return []

    watcher = watch(lambda: Scripted(frames(), live=True), decoder=Slow([]))
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    assert [looked.get_nowait() for _ in range(looked.qsize())] == [0, 50]


def test_lost_and_found_again_without_a_word(watch: Callable[..., Watcher]) -> None:
    sources: list[FrameSource] = [
        Scripted(iter([qr(MEMBER), SourceTrouble(SourceState.LOST, "unplugged")])),
        Scripted(iter([SourceTrouble(SourceState.BUSY, "in use")])),
        Scripted(iter([qr(COUPON)])),
    ]
    made = iter(sources)
    watcher = watch(lambda: next(made))
    watcher.reader.start()
    assert watcher.until(SourceState.STOPPED) == [
        SourceState.OPENING,
        SourceState.LIVE,
        SourceState.LOST,
        SourceState.BUSY,
        SourceState.LIVE,
        SourceState.STOPPED,
    ]
    assert watcher.all_codes() == [MEMBER, COUPON]
    assert all(source.closed.is_set() for source in sources)  # type: ignore[attr-defined]


@pytest.mark.parametrize("hangs_in", ["open", "read"])
def test_a_driver_that_hangs_is_abandoned_and_closed_when_it_returns(
    watch: Callable[..., Watcher], hangs_in: str
) -> None:
    let_go = threading.Event()

    class Hanging(Scripted):
        def open(self) -> None:
            if hangs_in == "open":
                assert let_go.wait(PATIENCE_S)

        def read(self) -> Any:
            if hangs_in == "read":
                assert let_go.wait(PATIENCE_S)
            return super().read()

    hanging = Hanging(iter([BLANK]), live=True)
    # On a busy machine the second source may be given up too; there is always a next one.
    made = itertools.chain([hanging], (Scripted(iter([qr(MEMBER)])) for _ in itertools.count()))
    watcher = watch(lambda: next(made), CameraSettings(open_max_s=0.05, frame_max_s=0.05, retry_s=0.01))
    watcher.reader.start()
    assert SourceState.LIVE in watcher.until(SourceState.STOPPED)
    assert watcher.all_codes() == [MEMBER]
    assert not hanging.closed.is_set()
    let_go.set()
    assert hanging.closed.wait(PATIENCE_S), "the device of an abandoned source must be released"


def test_stop_is_bounded_while_a_driver_hangs(watch: Callable[..., Watcher]) -> None:
    opening, let_go = threading.Event(), threading.Event()

    class Hanging(Scripted):
        def open(self) -> None:
            opening.set()
            assert let_go.wait(PATIENCE_S)

    hanging = Hanging(iter([]))
    watcher = watch(lambda: hanging)
    watcher.reader.start()
    assert opening.wait(PATIENCE_S)
    assert watcher.reader.stop(0.05) is False
    let_go.set()
    assert hanging.closed.wait(PATIENCE_S)
    assert watcher.reader.stop(PATIENCE_S) is True


def test_stop_ends_both_threads_and_start_begins_again(watch: Callable[..., Watcher]) -> None:
    before = set(threading.enumerate())
    endless = [Scripted(itertools.repeat(qr(MEMBER)), live=live) for live in (True, False)]
    made = iter(endless)
    watcher = watch(lambda: next(made), CameraSettings(gone_s=0))
    for source in endless:
        watcher.reader.start()
        watcher.reader.start()
        assert watcher.codes.get(timeout=PATIENCE_S) == MEMBER
        assert watcher.reader.stop(PATIENCE_S)
        assert source.closed.is_set()
        assert watcher.reader.state is SourceState.STOPPED
        assert set(threading.enumerate()) == before


def test_stop_before_start_and_twice(watch: Callable[..., Watcher]) -> None:
    watcher = watch(lambda: Scripted(iter([])))
    assert watcher.reader.stop(PATIENCE_S)
    assert watcher.reader.stop(PATIENCE_S)
    assert watcher.reader.state is SourceState.STOPPED


def test_a_listener_may_stop_the_reader(watch: Callable[..., Watcher]) -> None:
    stopped: queue.Queue[bool] = queue.Queue()
    source = Scripted(itertools.repeat(qr(MEMBER)))
    reader = CameraReader(lambda: source, default_decoder(), lambda code: stopped.put(reader.stop(0)), settings=QUICK)
    reader.start()
    stopped.get(timeout=PATIENCE_S)
    assert source.closed.wait(PATIENCE_S)
    assert reader.stop(PATIENCE_S)


def test_a_broken_listener_and_a_broken_source_are_logged_and_the_camera_goes_on(
    watch: Callable[..., Watcher], caplog: pytest.LogCaptureFixture
) -> None:
    made = iter([Scripted(iter([ZeroDivisionError("driver")])), Scripted(iter([qr(MEMBER), qr(COUPON)]))])
    codes: list[str] = []

    def listener(code: Decoded) -> None:
        codes.append(code.text)
        raise KeyError(code.text)

    states: queue.Queue[SourceState] = queue.Queue()
    reader = CameraReader(lambda: next(made), default_decoder(), listener, on_state=states.put, settings=QUICK)
    reader.start()
    comes(states, SourceState.STOPPED)
    assert reader.stop(PATIENCE_S)
    assert codes == [MEMBER, COUPON]
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors == ["the source of frames failed", *["a listener of the camera failed"] * 2]


@pytest.mark.parametrize("live", [True, False])
def test_a_glance_is_small_of_its_own_memory_and_never_mirrored(watch: Callable[..., Watcher], live: bool) -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    bgr = np.dstack([grey, grey + 20, grey + 40])
    watcher = watch(lambda: Scripted(iter([grey, bgr]), live=live), decoder=Decoder([]))
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    shown = {watcher.frames.get_nowait() for _ in range(watcher.frames.qsize())}
    opaque = np.full((3, 4), 255, np.uint8)
    expected = {Glance(np.dstack([*parts, opaque]).tobytes(), 4, 3) for parts in ([grey] * 3, cv2.split(bgr))}
    # Of a live source the first frame may be over before it is looked at.
    assert shown == expected if not live else shown <= expected and shown


def test_a_wide_frame_is_shown_at_640_with_what_was_found_in_it(watch: Callable[..., Watcher]) -> None:
    frame = np.full((720, 1280, 3), 200, np.uint8)
    frame[100:332, 200:432] = qr(MEMBER)[:232, :232, None]
    watcher = watch(lambda: Scripted(iter([frame])))
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    shown = watcher.frames.get_nowait()
    assert (shown.width, shown.height, len(shown.pixels)) == (640, 360, 640 * 360 * 4)
    assert [(code.text, code.symbology) for code in shown.codes] == [(MEMBER, "QR")]


def test_nothing_is_made_for_a_window_that_nobody_watches(watch: Callable[..., Watcher]) -> None:
    watched = threading.Event()

    def frames() -> Iterator[np.ndarray]:
        yield from [BLANK] * 5
        assert taken.wait(PATIENCE_S)
        watched.set()
        yield from [BLANK] * 3

    taken = threading.Event()
    looked = itertools.count(1)

    class Counting(Decoder):
        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            return []

        def thorough(self, grey: Any, *how: Any) -> list[Decoded]:
            if next(looked) == 5:
                taken.set()
            return []

    watcher = watch(lambda: Scripted(frames()), decoder=Counting([]), glances_wanted=watched.is_set)
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    assert watcher.frames.qsize() == 3


def test_preview_and_thorough_search_are_rationed(watch: Callable[..., Watcher]) -> None:
    """A hundred live frames within one second of the clock: 15 previews, 3 thorough searches (first ones included)."""
    ticks = iter(number / 100 for number in range(100_000))
    now = [0.0]
    thorough: list[float] = []

    class Counting(Decoder):
        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            taken.release()
            return []

        def thorough(self, grey: Any, *how: Any) -> list[Decoded]:
            thorough.append(now[0])
            return []

    taken = threading.Semaphore(0)

    def frames() -> Iterator[np.ndarray]:
        for _ in range(100):
            now[0] = next(ticks)
            yield BLANK
            assert taken.acquire(timeout=PATIENCE_S)

    settings = CameraSettings(preview_s=0.066, thorough_s=0.33, look_s=0)
    watcher = watch(lambda: Scripted(frames(), live=True), settings, decoder=Counting([]), now_s=lambda: now[0])
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    assert 12 <= watcher.frames.qsize() <= 16
    assert 2 <= len(thorough) <= 4


def test_probe_says_whether_there_is_a_picture(tmp_path: Path) -> None:
    assert probe(source_maker(str(save(tmp_path / "card.png", qr(MEMBER))))) is SourceState.LIVE
    assert probe(source_maker("999")) is SourceState.LOST
    assert probe(lambda: Scripted(iter([SourceTrouble(SourceState.BUSY, "in use")]))) is SourceState.BUSY
    let_go = threading.Event()

    class Hanging(Scripted):
        def open(self) -> None:
            assert let_go.wait(PATIENCE_S)

    hanging = Hanging(iter([]))
    threading.Timer(0.1, let_go.set).start()
    assert probe(lambda: hanging, 0.02) is SourceState.BUSY
    assert hanging.closed.wait(PATIENCE_S)


# --- sources ----------------------------------------------------------------------------------------------


def save(path: Path, picture: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    return path


def test_a_folder_in_the_order_of_its_names_without_its_damaged_ones(
    watch: Callable[..., Watcher], tmp_path: Path
) -> None:
    save(tmp_path / "2.png", qr(COUPON))
    save(tmp_path / "1.jpg", qr(MEMBER))
    (tmp_path / "0.png").write_bytes(b"damaged")
    (tmp_path / "notes.txt").write_text("no picture")
    watcher = watch(lambda: PicturesSource(tmp_path, interval_s=0.001))
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    assert watcher.all_codes() == [MEMBER, COUPON]


def test_a_still_stays_in_view(watch: Callable[..., Watcher], tmp_path: Path) -> None:
    path = save(tmp_path / "card.png", qr(MEMBER))
    watcher = watch(lambda: PicturesSource(path, interval_s=0.001, repeat=True))
    watcher.reader.start()
    for _ in range(5):
        watcher.frames.get(timeout=PATIENCE_S)
    assert watcher.reader.stop(PATIENCE_S)
    assert watcher.all_codes() == [MEMBER]


def test_a_video_file(watch: Callable[..., Watcher], tmp_path: Path) -> None:
    path = tmp_path / "counter.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 100, (232, 232))
    assert writer.isOpened()
    for picture in [np.full((232, 232), 255, np.uint8)] * 3 + [qr(MEMBER)] * 3 + [qr(COUPON)[:232, :232]] * 3:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    watcher = watch(lambda: VideoSource(path))
    watcher.reader.start()
    watcher.until(SourceState.STOPPED)
    assert watcher.all_codes() == [MEMBER, COUPON]
    assert watcher.frames.qsize() == 9
    again = VideoSource(path, repeat=True)
    again.open()
    assert all(again.read() is not None for _ in range(20))
    again.close()


@pytest.mark.parametrize("where", ["999", "absent.png", "absent.mp4", "notes.txt", ""])
def test_what_is_not_there_is_lost_and_nothing_is_raised(
    watch: Callable[..., Watcher], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("no video")
    watcher = watch(source_maker(where))
    watcher.reader.start()
    watcher.until(SourceState.LOST)
    assert watcher.reader.stop(PATIENCE_S)


def test_source_maker_knows_what_is_meant(tmp_path: Path) -> None:
    assert isinstance(source_maker("0")(), CameraSource)
    assert isinstance(source_maker(str(tmp_path))(), PicturesSource)
    assert isinstance(source_maker("card.PNG")(), PicturesSource)
    assert isinstance(source_maker("counter.mp4")(), VideoSource)


class FakeCapture:
    """OpenCV's capture, scripted. ``frames`` gives arrays, None for a failed read, or an exception to raise."""

    def __init__(self, opened: bool, frames: Iterator[Any]) -> None:
        self.opened, self.frames, self.released = opened, frames, False

    def isOpened(self) -> bool:
        return self.opened

    def set(self, prop: int, value: float) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        frame = next(self.frames, None)
        if isinstance(frame, Exception):
            raise frame
        return frame is not None, frame

    def release(self) -> None:
        self.released = True


class FakeLibrary:
    """``cv2`` with a capture of our own; everything else is the real one."""

    def __init__(self, capture: FakeCapture) -> None:
        self._capture = capture

    def __getattr__(self, name: str) -> Any:
        return getattr(cv2, name)

    def VideoCapture(self, *args: object) -> FakeCapture:
        return self._capture


def noise() -> Iterator[np.ndarray]:
    dice = np.random.default_rng(3)
    while True:
        yield dice.integers(0, 255, (72, 128, 3), np.uint8)


def test_camera_source_drops_warm_up_frames_and_notices_a_frozen_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    still = np.zeros((72, 128, 3), np.uint8)
    given = [frame for frame, _ in zip(noise(), range(5), strict=False)]
    capture = FakeCapture(True, iter([*given, still, still, still, still]))
    monkeypatch.setattr(libraries, "opencv", lambda: FakeLibrary(capture))
    source = CameraSource(0, now_s=lambda: clock[0])
    source.open()
    assert (source.read() == given[3]).all()
    assert (source.read() == given[4]).all()
    assert source.read() is still
    clock[0] = 1.0
    assert source.read() is still
    clock[0] = 1.6
    with pytest.raises(SourceTrouble) as caught:
        source.read()
    assert caught.value.state is SourceState.LOST
    source.close()
    assert capture.released


@pytest.mark.parametrize(
    ("opened", "frames", "state"),
    [(True, [], SourceState.BUSY), (False, [], SourceState.LOST)],
)
def test_camera_that_does_not_open(
    monkeypatch: pytest.MonkeyPatch, opened: bool, frames: list[Any], state: SourceState
) -> None:
    capture = FakeCapture(opened, iter(frames))
    monkeypatch.setattr(libraries, "opencv", lambda: FakeLibrary(capture))
    with pytest.raises(SourceTrouble) as caught:
        CameraSource(998).open()
    assert caught.value.state is state
    assert capture.released


@pytest.mark.parametrize("end", [None, cv2.error("gone")])
def test_camera_that_is_unplugged(monkeypatch: pytest.MonkeyPatch, end: Any) -> None:
    given = [frame for frame, _ in zip(noise(), range(4), strict=False)]
    monkeypatch.setattr(libraries, "opencv", lambda: FakeLibrary(FakeCapture(True, iter([*given, end]))))
    source = CameraSource(0)
    source.open()
    assert source.read() is not None
    with pytest.raises(SourceTrouble):
        source.read()


def test_without_opencv_the_camera_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> Any:
        raise ImportError("no cv2")

    monkeypatch.setattr(libraries, "opencv", absent)
    for source in (CameraSource(0), VideoSource(Path("a.mp4"))):
        with pytest.raises(SourceTrouble) as caught:
            source.open()
        assert caught.value.state is SourceState.LOST
