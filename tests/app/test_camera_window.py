"""The camera at the till's own window: from a picture before it to the member on the bill, and what set-up changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import segno
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_member.app.seeding import demo_member_ids
from pos_member.app.settings import TillSettings, load_settings
from pos_member.app.window import TillProgram
from pos_member.domain.readers import CameraSetup, ReaderKind, ReaderSetup
from pos_member.hardware.scanning.fed import FedSource
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import Sight
from pos_member.ui.wedge_filter import WedgeFilter
from tests.e2e.commands import demo_till
from tests.e2e.test_window_troubles import sign_in

CAMERA = CameraSetup("0", "HD Webcam")


def scene(text: str) -> np.ndarray:
    matrix = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], np.uint8)
    code = np.kron(np.pad(1 - matrix, 4, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))
    frame = np.full((720, 1_280, 3), 180, np.uint8)
    frame[200 : 200 + len(code), 400 : 400 + len(code)] = code[:, :, None]
    return frame


class Counter:
    """The program, and the scene before its camera."""

    def __init__(self, program: TillProgram, qtbot: QtBot) -> None:
        self.program, self.qtbot = program, qtbot
        self.scene = FedSource()
        program.reading.cameras = lambda setup: lambda: self.scene
        self.sights = program.reading.sights

    def until(self, true: object) -> None:
        self.qtbot.waitUntil(true)

    def lit(self, light: CameraLight) -> None:
        self.until(lambda: self.program.reading.light() is light)


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    program = TillProgram(demo_till(tmp_path / "till"), TillSettings(language="en", camera_setup=CAMERA))
    try:
        made = Counter(program, qtbot)
        program.window.resize(1366, 768)
        program.window.show()
        program.start()
        yield made
    finally:
        program.close()
        assert made.scene.opened == 0, "a till that is closed holds no device"


def test_signed_in_it_sees_and_locked_it_is_let_go_of(counter: Counter, qtbot: QtBot) -> None:
    program = counter.program
    qtbot.waitUntil(lambda: program.window.shell.ready)
    assert counter.scene.opened == 0, "nobody is signed in"
    sign_in(program, qtbot)
    counter.lit(CameraLight.LIVE)
    assert program.till is not None
    (member_id,) = demo_member_ids(program.till, 1)
    member = program.till.store.members.by_id(member_id)
    assert member is not None
    counter.scene.show(scene(member.number))
    counter.until(lambda: program.window.desk.draft is not None and program.window.desk.draft.member_id == member_id)
    program.window.lock()
    counter.until(lambda: counter.scene.opened == 0)
    assert program.reading.light() is CameraLight.NONE


def test_what_set_up_keeps_is_in_use_at_once(counter: Counter, qtbot: QtBot) -> None:
    program = counter.program
    sign_in(program, qtbot)
    counter.lit(CameraLight.LIVE)
    admin = program.window.shell.services.reader_admin()
    assert admin is not None
    frames: list[Sight] = []
    watcher = QObject()
    counter.sights.frame.connect(frames.append)
    counter.sights.watch(watcher)
    counter.until(lambda: bool(frames))
    # Switched off.
    admin.use_camera(CameraSetup())
    counter.until(lambda: counter.scene.opened == 0)
    assert load_settings(program._data).camera_setup == CameraSetup()
    # And on again.
    admin.use_camera(CAMERA)
    counter.lit(CameraLight.LIVE)


def test_readers_that_type_are_taken_by_the_new_set_up(counter: Counter, qtbot: QtBot) -> None:
    program = counter.program
    sign_in(program, qtbot)
    wedge = program.window.findChild(WedgeFilter)
    assert wedge is not None
    before = wedge._bursts
    setup = ReaderSetup("front", "Front", ReaderKind.KEYBOARD, gap_max_ms=30, silence_ms=120, prefix="#")
    admin = program.window.shell.services.reader_admin()
    assert admin is not None
    admin.save_readers([setup])
    counter.until(lambda: wedge._bursts is not before)
    assert wedge._silence_ms == 120
    # A key of a person goes where it was typed, as before.
    QTest.keyClicks(program.window.focusWidget() or program.window, "7")
