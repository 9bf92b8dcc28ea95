"""Cameras by their names: the kernel's list, whatever number a socket gives them."""

from __future__ import annotations

import errno
from pathlib import Path

import cv2
import numpy as np
import pytest

from pos_member.domain.readers import CameraSetup, FoundCamera
from pos_member.hardware.scanning import camera_device, libraries
from pos_member.hardware.scanning.camera_names import NoNames, numbered, system_cameras
from pos_member.hardware.scanning.frames import SourceState, SourceTrouble
from pos_member.hardware.scanning.sources import CameraSource, camera_maker
from pos_member.hardware.scanning.video_device import VideoDevices
from tests.hardware.scanning.fake_video import METADATA, OUTPUT, Machine, Node

NAME = "HD Webcam: HD Webcam"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_cameras_are_listed_by_number_without_nodes_that_give_no_pictures(machine: Machine) -> None:
    machine.plug(10, "Document camera")
    machine.plug(2, NAME)
    machine.plug(3, NAME, Node(METADATA), index=1)
    machine.plug(4, "Loopback", Node(OUTPUT))
    (machine.known / "v4l-subdev0").mkdir()
    assert machine.cameras().found() == (FoundCamera("2", NAME), FoundCamera("10", "Document camera"))


def test_one_that_cannot_be_asked_counts_by_its_first_node(machine: Machine) -> None:
    machine.plug(0, NAME, Node(trouble=errno.EBUSY))
    machine.plug(1, NAME, Node(trouble=errno.EBUSY), index=1)
    assert machine.cameras().found() == (FoundCamera("0", NAME),)
    # A name that is left over after its device has gone is none.
    machine.plug(5, "Gone")
    (machine.devices / "video5").unlink()
    assert machine.cameras().found() == (FoundCamera("0", NAME),)


def test_a_machine_without_video_and_a_nameless_camera(machine: Machine) -> None:
    assert machine.cameras().found() == ()
    machine.plug(0, "")
    assert machine.cameras().found() == (FoundCamera("0", "video0"),)


def test_the_camera_of_a_name_is_found_at_any_number_the_remembered_one_first() -> None:
    found = (FoundCamera("0", "a"), FoundCamera("2", "b"), FoundCamera("4", "b"))
    assert numbered(found, CameraSetup("9", "b")) == "2"
    assert numbered(found, CameraSetup("4", "b")) == "4"
    assert numbered(found, CameraSetup("0", "b")) == "2", "the number of another camera is not taken"
    assert numbered(found, CameraSetup("0", "c")) is None
    assert numbered((), CameraSetup("0", "a")) is None


def test_every_system_has_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(system_cameras(), VideoDevices)
    monkeypatch.setattr("sys.platform", "darwin")
    assert isinstance(system_cameras(), NoNames)
    assert [(each.where, each.name) for each in system_cameras().found()] == [("0", ""), ("1", "")]
    monkeypatch.setattr("sys.platform", "win32")
    assert system_cameras().found() == (), "without the libraries of that system nothing is raised"


class Opened:
    """``cv2`` that opens any number, and writes it down."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._dice = np.random.default_rng(5)

    def __getattr__(self, name: str) -> object:
        return getattr(cv2, name)

    def VideoCapture(self, number: int, *more: object) -> Opened:
        self.numbers.append(number)
        return self

    def isOpened(self) -> bool:
        return True

    def set(self, prop: int, value: float) -> bool:
        return True

    def read(self) -> tuple[bool, object]:
        return True, self._dice.integers(0, 255, (72, 128, 3), np.uint8)

    def release(self) -> None:
        pass


def test_it_is_opened_where_its_name_is_and_lost_while_the_name_is_gone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Opened()
    monkeypatch.setattr(libraries, "opencv", lambda: library)
    monkeypatch.setattr(camera_device, "_DEVICES", machine.devices)
    machine.plug(0, "Built in")
    machine.plug(1, NAME)
    make = camera_maker(lambda: CameraSetup("1", NAME), machine.cameras())

    def attempt() -> None:
        source = make()
        source.open()
        assert source.read() is not None
        source.close()

    attempt()
    machine.unplug(1)
    with pytest.raises(SourceTrouble) as caught:
        attempt()
    assert caught.value.state is SourceState.LOST
    assert library.numbers == [1], "the camera that is left is another one"
    machine.plug(4, NAME)
    attempt()
    assert library.numbers == [1, 4]


def test_a_set_up_without_number_or_name_is_lost() -> None:
    with pytest.raises(SourceTrouble) as caught:
        CameraSource(CameraSetup("front door")).open()
    assert caught.value.state is SourceState.LOST
