"""The camera behind the window: what it says to the window's thread, and when it lets go of the device."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_member.app.camera_need import CameraNeed
from pos_member.domain.readers import CameraControl, CameraSetup
from pos_member.hardware.scanning.fed import FedSource
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import Sight
from tests.app.camera_stage import Stage
from tests.patience import PATIENCE_S

MEMBER, COUPON = "2907780802207", "8123456789012362"
FOCUS = CameraControl("focus", 0, 250, 5, None, True)
FRONT = CameraSetup("front")


def scene(text: str, colour: int = 180) -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    code = np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))
    frame = np.full((720, 1_280, 3), colour, np.uint8)
    frame[200 : 200 + len(code), 400 : 400 + len(code)] = code[:, :, None]
    return frame


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(qtbot)
    yield made
    made.close()


@pytest.fixture
def watcher(stage: Stage) -> QObject:
    made = QObject()
    stage.sights.watch(made)
    return made


def test_a_code_before_the_camera_comes_out_and_is_told(stage: Stage) -> None:
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    assert stage.lights[0] is CameraLight.OPENING
    stage.scene("front").show(scene(MEMBER))
    stage.until(lambda: bool(stage.reads))
    assert stage.codes == [MEMBER]
    read = stage.reads[0]
    assert (read.text, read.symbology, read.by) == (MEMBER, "QR", "zxing-cpp") and read.took_us > 0
    assert stage.frames == [], "nobody watches"
    assert stage.camera.first_frame_s is not None


def test_pictures_come_while_somebody_watches_with_the_codes_in_their_places(stage: Stage, watcher: QObject) -> None:
    stage.camera.use(FRONT)
    frame = scene(MEMBER)
    frame[:, :100] = (200, 10, 10)  # blue, on the left
    stage.scene("front").show(frame)
    stage.until(lambda: any(each.codes for each in stage.frames))
    sight = next(each for each in stage.frames if each.codes)
    assert (sight.image.width(), sight.image.height()) == (640, 360)
    left, right = sight.image.pixelColor(10, 50), sight.image.pixelColor(630, 50)
    assert left.blue() > 190 > 60 > left.red(), "never mirrored"
    assert right.red() == right.blue()
    # The code with its quiet zone: 232 pixels from (400, 200) of 1280 × 720.
    (code,) = sight.codes
    across, down = zip(*code.corners, strict=True)
    assert 312 <= min(across) < max(across) <= 494 and 277 <= min(down) < max(down) <= 600
    stage.sights.unwatch(watcher)
    stage.frames.clear()
    stage.scene("front").show(scene(COUPON))
    stage.until(lambda: COUPON in stage.codes)
    # One that was on its way may still come.
    assert len(stage.frames) <= 1


def test_everything_is_said_on_the_thread_of_the_window(stage: Stage, watcher: QObject) -> None:
    threads = set()
    for signal in (stage.sights.frame, stage.sights.read, stage.sights.light):
        signal.connect(lambda _: threads.add(threading.get_ident()))
    stage.scene("front").show(scene(MEMBER))
    stage.camera.use(FRONT)
    stage.until(lambda: bool(stage.frames and stage.reads and stage.lights))
    assert threads == {threading.get_ident()}


def test_a_busy_window_gets_the_newest_picture_and_no_queue(stage: Stage, watcher: QObject) -> None:
    stage.camera.use(FRONT)
    stage.until(lambda: bool(stage.frames))
    stage.frames.clear()
    # The window's thread is away for as long as twenty pictures take, and shows one picture after another meanwhile.
    made = threading.Semaphore(0)
    original = stage.camera._glanced

    def counted(glance: object) -> None:
        original(glance)  # type: ignore[arg-type]
        made.release()

    assert stage.camera._reader is not None
    stage.camera._reader._on_glance = counted
    for number in range(20):
        stage.scene("front").show(np.full((72, 128), 10 * number, np.uint8))
        assert made.acquire(timeout=PATIENCE_S)
    stage.until(lambda: len(stage.frames) >= 2)
    first: Sight = stage.frames[0]
    # Where one was posted just before the first was counted, two may have been on their way.
    assert first.image.pixelColor(5, 5).red() >= 180


def test_unplugged_and_plugged_in_again_without_a_word_from_anybody(stage: Stage) -> None:
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    stage.scene("front").unplug()
    stage.lit(CameraLight.LOST)
    stage.scene("front").plug_in()
    stage.lit(CameraLight.LIVE)
    stage.scene("front").show(scene(MEMBER))
    stage.until(lambda: stage.codes == [MEMBER])
    assert stage.lights == [CameraLight.OPENING, CameraLight.LIVE, CameraLight.LOST, CameraLight.LIVE]


def test_released_at_once_and_opened_again(stage: Stage) -> None:
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    stage.camera.use(None)
    stage.lit(CameraLight.NONE)
    stage.until(lambda: stage.scene("front").opened == 0)
    assert stage.camera.controls() == ()
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    assert stage.scene("front").opened == 1


def test_another_camera_takes_the_place_of_the_first(stage: Stage) -> None:
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    stage.camera.use(CameraSetup("back"))
    stage.until(lambda: stage.scene("back").opened == 1 and stage.scene("front").opened == 0)
    stage.scene("back").show(scene(COUPON))
    stage.until(lambda: stage.codes == [COUPON])


def test_the_same_camera_set_otherwise_is_turned_and_not_opened_again(stage: Stage) -> None:
    opened: list[str] = []

    class Counted(FedSource):
        def open(self) -> None:
            opened.append("open")
            super().open()

    stage.scenes["front"] = Counted(controls=(FOCUS, replace(FOCUS, name="exposure", value=7)))
    stage.camera.use(FRONT)
    stage.lit(CameraLight.LIVE)
    stage.camera.use(replace(FRONT, focus=30, mirrored=False))
    stage.until(lambda: stage.camera.controls()[0].value == 30)
    assert stage.camera.controls()[1].value == 7, "what was not changed is not touched"
    stage.camera.turn("focus", 60)
    assert stage.camera.controls()[0].value == 60
    stage.camera.use(FRONT)
    stage.until(lambda: stage.camera.controls()[0].value is None)
    assert opened == ["open"]


def test_closed_while_it_opens_it_is_not_opened_afterwards(stage: Stage) -> None:
    making, go_on = threading.Event(), threading.Event()
    original = stage.camera._make

    def make() -> object:
        making.set()
        assert go_on.wait(PATIENCE_S)
        return original()

    stage.camera._make = make  # type: ignore[method-assign, assignment]
    stage.camera.use(FRONT)
    assert making.wait(PATIENCE_S)
    stage.camera.close()
    go_on.set()
    stage.until(lambda: not stage.runner.busy("camera"))
    assert stage.scene("front").opened == 0 and stage.camera.light is CameraLight.NONE


def test_a_driver_that_hangs_does_not_keep_the_till_from_closing(stage: Stage) -> None:
    let_go = threading.Event()

    class HangingSource(FedSource):
        def open(self) -> None:
            assert let_go.wait(PATIENCE_S)

    stage.scenes["front"] = HangingSource()
    stage.camera.use(FRONT)
    stage.lit(CameraLight.OPENING)
    stage.camera.close()
    assert not let_go.is_set()
    let_go.set()


def test_a_picture_in_place_of_a_camera(qtbot: QtBot, tmp_path: Path) -> None:
    from pos_member.app.camera import Camera

    path = tmp_path / "card.png"
    path.write_bytes(cv2.imencode(".png", scene(MEMBER))[1].tobytes())
    stage = Stage(qtbot)
    stage.camera = Camera(stage.runner, stage.sights, stage.codes.append)
    stage.camera.use(CameraSetup(str(path)))
    stage.until(lambda: stage.codes == [MEMBER])
    stage.lit(CameraLight.NONE)
    stage.close()


# --- when it is needed ------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_needed_while_somebody_is_signed_in(window: QWidget) -> None:
    need = CameraNeed(window)
    said: list[bool] = []
    need.changed.connect(said.append)
    need.somebody(None)
    need.somebody("a session")
    need.somebody("another")
    need.somebody(None)
    assert said == [True, False]


def test_put_away_for_long_it_is_let_go_of_and_needed_again_when_it_is_seen(window: QWidget, qtbot: QtBot) -> None:
    need = CameraNeed(window, release_ms=20)
    need.somebody("a session")
    with qtbot.waitSignal(need.changed) as told:
        window.showMinimized()
    assert told.args == [False]
    with qtbot.waitSignal(need.changed) as told:
        window.showNormal()
    assert told.args == [True]
    with qtbot.waitSignal(need.changed) as told:
        window.hide()
    assert told.args == [False]
    need.somebody(None)
    window.show()
    assert need.needed is False, "seen, but nobody is signed in"


def test_put_away_for_a_moment_it_is_kept(window: QWidget, qtbot: QtBot) -> None:
    need = CameraNeed(window, release_ms=60_000)
    said: list[bool] = []
    need.somebody("a session")
    need.changed.connect(said.append)
    window.hide()
    assert need._timer.isActive()
    window.show()
    assert not need._timer.isActive() and said == [] and need.needed
    assert QThread.currentThread() is need.thread()
