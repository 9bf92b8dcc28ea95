"""A camera behind a window that is not there: a fed scene, the lanes, and what came out."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from pos_member.app.camera import Camera
from pos_member.domain.readers import CameraSetup, FoundCode
from pos_member.hardware.scanning.fed import FedSource
from pos_member.hardware.scanning.frames import SourceMaker
from pos_member.ui.garbage import UiGarbage
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import CameraSights, Sight
from pos_member.ui.tasks import TaskRunner
from tests.patience import PATIENCE_S


class Stage:
    """``scenes``: one for every place that was asked for, made when it is first looked at."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.garbage = UiGarbage()
        self.runner = TaskRunner()
        self.sights = CameraSights()
        self.codes: list[str] = []
        self.frames: list[Sight] = []
        self.reads: list[FoundCode] = []
        self.lights: list[CameraLight] = []
        self.scenes: dict[str, FedSource] = {}
        self.sights.frame.connect(self.frames.append)
        self.sights.read.connect(self.reads.append)
        self.sights.light.connect(self.lights.append)
        self.camera = Camera(self.runner, self.sights, self.codes.append, maker=self.maker)

    def scene(self, where: str) -> FedSource:
        return self.scenes.setdefault(where, FedSource())

    def maker(self, setup: Callable[[], CameraSetup]) -> SourceMaker:
        return lambda: self.scene(setup().where)

    def until(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true)

    def lit(self, light: CameraLight) -> None:
        self.until(lambda: self.sights.standing is light)

    def close(self) -> None:
        self.camera.close()
        assert self.runner.stop(PATIENCE_S)
        self.garbage.stop()
