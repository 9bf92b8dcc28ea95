"""A camera over a day: unplugged and back, held elsewhere, hanging drivers, what can be turned, frames without end."""

from __future__ import annotations

import gc
import itertools
import queue
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno

from pos_member.domain.readers import CameraControl
from pos_member.hardware.scanning.camera import CameraReader, CameraSettings
from pos_member.hardware.scanning.decoder import Decoded, Decoder, default_decoder
from pos_member.hardware.scanning.fed import FedSource
from pos_member.hardware.scanning.frames import FrameSource, SourceState
from pos_member.hardware.scanning.grabber import Hanging
from pos_member.hardware.scanning.sources import source_maker
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S, comes

MEMBER, COUPON = "2907780802207", "8123456789012362"
FOCUS = CameraControl("focus", 0, 250, 5, None, True)


def scene(text: str) -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    code = np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))
    frame = np.full((720, 1_280), 180, np.uint8)
    frame[200 : 200 + len(code), 400 : 400 + len(code)] = code
    return frame


class Eyes:
    """A reader, and what it said."""

    def __init__(self, make: Callable[[], FrameSource], **how: Any) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[SourceState] = queue.Queue()
        self.reader = CameraReader(
            make,
            how.pop("decoder", None) or default_decoder(),
            lambda code: self.codes.put(code.text),
            on_state=self.states.put,
            **how,
        )

    def until(self, wanted: SourceState) -> None:
        comes(self.states, wanted)


@pytest.fixture
def eyes() -> Iterator[Callable[..., Eyes]]:
    made: list[Eyes] = []

    def make(*args: Any, **how: Any) -> Eyes:
        made.append(Eyes(*args, **how))
        return made[-1]

    yield make
    for each in made:
        assert each.reader.stop(PATIENCE_S)


def test_a_frame_is_handed_in_and_its_code_comes_out(eyes: Callable[..., Eyes]) -> None:
    counter = FedSource()
    watch = eyes(lambda: counter)
    watch.reader.start()
    watch.until(SourceState.LIVE)
    counter.show(scene(MEMBER))
    assert watch.codes.get(timeout=PATIENCE_S) == MEMBER
    counter.show(scene(COUPON))
    assert watch.codes.get(timeout=PATIENCE_S) == COUPON
    assert watch.reader.first_frame_s is not None and watch.reader.first_frame_s < PATIENCE_S
    counter.end()
    watch.until(SourceState.STOPPED)
    assert watch.codes.empty(), "what stays in view comes once"


def test_unplugged_is_noticed_and_plugged_in_is_live_again_in_time(eyes: Callable[..., Eyes]) -> None:
    """With the times of a till: two seconds to notice, three to be live again."""
    counter = FedSource()
    watch = eyes(lambda: counter)
    watch.reader.start()
    watch.until(SourceState.LIVE)
    unplugged = FairTime()
    counter.unplug()
    watch.until(SourceState.LOST)
    assert unplugged.took_s < 2
    plugged = FairTime()
    counter.plug_in()
    watch.until(SourceState.LIVE)
    assert plugged.took_s < 3
    counter.show(scene(MEMBER))
    assert watch.codes.get(timeout=PATIENCE_S) == MEMBER


def test_a_driver_that_goes_silent_is_noticed_as_well(eyes: Callable[..., Eyes]) -> None:
    silent = threading.Event()

    class Stuck(FedSource):
        def read(self) -> Any:
            if silent.is_set():
                assert let_go.wait(PATIENCE_S)
            return super().read()

    let_go = threading.Event()
    stuck = Stuck()
    watch = eyes(lambda: stuck)
    watch.reader.start()
    watch.until(SourceState.LIVE)
    began = FairTime()
    silent.set()
    watch.until(SourceState.LOST)
    assert began.took_s < 2
    silent.clear()
    let_go.set()
    watch.until(SourceState.LIVE)


def test_held_by_another_program_until_it_lets_go(eyes: Callable[..., Eyes]) -> None:
    counter = FedSource()
    counter.unplug(SourceState.BUSY)
    watch = eyes(lambda: counter, settings=CameraSettings(retry_s=0.01))
    watch.reader.start()
    watch.until(SourceState.BUSY)
    counter.plug_in()
    watch.until(SourceState.LIVE)
    assert watch.reader.state is SourceState.LIVE


def test_a_lost_camera_is_looked_for_without_a_flicker(eyes: Callable[..., Eyes]) -> None:
    tries = threading.Semaphore(0)
    counter = FedSource()
    counter.unplug()

    def make() -> FedSource:
        tries.release()
        return counter

    watch = eyes(make, settings=CameraSettings(retry_s=0.01))
    watch.reader.start()
    for _ in range(10):
        assert tries.acquire(timeout=PATIENCE_S)
    assert [watch.states.get_nowait() for _ in range(watch.states.qsize())] == [
        SourceState.OPENING,
        SourceState.LOST,
    ]


def test_drivers_that_hang_do_not_pile_up(eyes: Callable[..., Eyes]) -> None:
    """Every attempt hangs in the driver: three threads are left in it, then nobody tries before one comes back."""
    let_go, opened = threading.Event(), itertools.count(1)
    tried: queue.Queue[int] = queue.Queue()

    class HangingSource(FedSource):
        def open(self) -> None:
            tried.put(next(opened))
            assert let_go.wait(PATIENCE_S)
            super().open()

    class Watched(Hanging):
        @property
        def full(self) -> bool:
            answer = super().full
            if answer:
                looked.release()
            return answer

    looked = threading.Semaphore(0)
    hanging = Watched(3)
    times = CameraSettings(open_max_s=0.02, retry_s=0.001)
    watch = eyes(HangingSource, settings=times, hanging=hanging)
    before = threading.active_count()
    watch.reader.start()
    assert [tried.get(timeout=PATIENCE_S) for _ in range(3)] == [1, 2, 3]
    for _ in range(50):
        assert looked.acquire(timeout=PATIENCE_S), "it goes on asking whether one has come back"
    assert tried.empty()
    assert threading.active_count() == before + 4
    assert watch.reader.state is SourceState.BUSY
    let_go.set()
    watch.until(SourceState.LIVE)
    assert watch.reader.stop(PATIENCE_S)
    assert not hanging.full


def test_the_count_of_hanging_threads_is_one_for_all_readers_of_a_till(eyes: Callable[..., Eyes]) -> None:
    hanging = Hanging(1)
    let_go = threading.Event()
    stuck = threading.Thread(target=let_go.wait, args=(PATIENCE_S,), daemon=True)
    stuck.start()
    hanging.add(stuck)
    watch = eyes(FedSource, settings=CameraSettings(retry_s=0.01), hanging=hanging)
    watch.reader.start()
    watch.until(SourceState.BUSY)
    let_go.set()
    watch.until(SourceState.LIVE)


def test_what_can_be_turned_is_turned_on_the_thread_that_reads(eyes: Callable[..., Eyes]) -> None:
    threads: list[str] = []

    class Noted(FedSource):
        def turn(self, name: str, value: int | None) -> None:
            threads.append(threading.current_thread().name)
            super().turn(name, value)

    counter = Noted(controls=(FOCUS,))
    watch = eyes(lambda: counter)
    assert watch.reader.controls() == (), "nothing is live yet"
    watch.reader.start()
    watch.until(SourceState.LIVE)
    assert watch.reader.controls() == (FOCUS,)
    watch.reader.turn("focus", 40)
    assert watch.reader.controls()[0].value == 40
    assert threads == ["camera-grabber"]
    counter.unplug()
    watch.until(SourceState.LOST)
    watch.reader.turn("focus", 50)
    assert watch.reader.controls() == ()
    assert threads == ["camera-grabber"]


def test_a_control_that_fails_or_hangs_raises_nothing(
    eyes: Callable[..., Eyes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    let_go = threading.Event()

    class Bad(FedSource):
        def controls(self) -> tuple[CameraControl, ...]:
            raise ZeroDivisionError

        def turn(self, name: str, value: int | None) -> None:
            assert let_go.wait(PATIENCE_S)

    monkeypatch.setattr("pos_member.hardware.scanning.camera._ASK_S", 0.05)
    bad = Bad()
    watch = eyes(lambda: bad)
    watch.reader.start()
    watch.until(SourceState.LIVE)
    assert watch.reader.controls() == ()
    watch.reader.turn("focus", 3)
    let_go.set()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "turning something at the camera failed"
    ]


def test_a_file_has_nothing_to_turn(eyes: Callable[..., Eyes], tmp_path: Path) -> None:
    path = tmp_path / "card.png"
    path.write_bytes(cv2.imencode(".png", scene(MEMBER))[1].tobytes())
    watch = eyes(source_maker(str(path), repeat=True))
    watch.reader.start()
    watch.until(SourceState.LIVE)
    assert watch.reader.controls() == ()
    watch.reader.turn("focus", 3)


def test_looks_at_a_live_camera_are_rationed(eyes: Callable[..., Eyes]) -> None:
    """A camera of 1,000 frames a second, three seconds of its own clock: at most thirty looks in each."""
    now = [0.0]
    looks: list[float] = []

    class Counting(Decoder):
        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            looks.append(now[0])
            return []

        def thorough(self, grey: Any, *how: Any) -> list[Decoded]:
            return []

    class Fast(FedSource):
        def read(self) -> Any:
            now[0] += 0.001
            if now[0] > 3:
                self.end()
            return super().read()

    fast = Fast(pace_s=0)
    watch = eyes(lambda: fast, decoder=Counting([]), now_s=lambda: now[0])
    watch.reader.start()
    watch.until(SourceState.STOPPED)
    assert looks and all(later - earlier >= 1 / 30 - 1e-9 for earlier, later in itertools.pairwise(looks[:-1]))


def test_twenty_thousand_frames_leave_no_memory_behind(eyes: Callable[..., Eyes]) -> None:
    """Codes come and go, previews are made; what is held after the last thousand is what was held after the first."""
    cards = [cv2.resize(scene(f"29{number:011d}"), (320, 180), interpolation=cv2.INTER_AREA) for number in range(20)]
    now = [0.0]
    held: list[int] = []
    taken = itertools.count(1)
    every, rounds = 2_500, 8
    reached, go_on = threading.Semaphore(0), threading.Semaphore(0)

    class Known(Decoder):
        """Finds what was shown without searching for it: the search is the library's, the rest is ours."""

        def quick(self, grey: Any, look: Any = None) -> list[Decoded]:
            number = int(now[0] * 30) // 25
            return [Decoded(f"29{number % 20:011d}", "QR", 1, "x")] if number % 2 else []

        def thorough(self, grey: Any, *how: Any) -> list[Decoded]:
            return []

    def frames() -> Iterator[np.ndarray]:
        for number in range(every * rounds):
            now[0] = number / 30
            if number % every == every - 1:
                reached.release()
                assert go_on.acquire(timeout=PATIENCE_S)
            yield cards[number % 20].copy()

    class Film(FedSource):
        def __init__(self) -> None:
            super().__init__(live=False)
            self.frames = frames()

        def read(self) -> Any:
            return next(self.frames, None)

    glances = []
    watch = eyes(
        Film,
        decoder=Known([]),
        # The film stands still while memory is counted, which takes long where other tests left much of it.
        settings=CameraSettings(frame_max_s=PATIENCE_S),
        now_s=lambda: now[0],
        on_glance=lambda glance: glances.append(next(taken)) if not glances else next(taken),
    )
    tracemalloc.start()
    try:
        watch.reader.start()
        for _ in range(rounds):
            assert reached.acquire(timeout=PATIENCE_S)
            # Here, not on the camera's thread: what other tests left behind may be widgets.
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
            go_on.release()
        watch.until(SourceState.STOPPED)
    finally:
        tracemalloc.stop()
    assert len(held) == rounds
    assert watch.codes.qsize() > 100 and next(taken) > every
    # A preview in flight is 230 kB: each half is judged by its lowest. The queue of codes grows by some bytes each.
    assert min(held[rounds // 2 :]) - min(held[2 : rounds // 2]) < 60_000, held
