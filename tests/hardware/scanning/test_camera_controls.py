"""What can be turned at a camera: the kernel's ranges, and what other systems let one find out."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import cv2
import pytest

from pos_member.domain.readers import CameraControl, CameraSetup
from pos_member.hardware.scanning.camera_device import apply_controls
from pos_member.hardware.scanning.capture_controls import CaptureControls
from pos_member.hardware.scanning.frames import Adjustable
from pos_member.hardware.scanning.video_device import VideoDeviceControls, system_ioctl
from tests.hardware.scanning.fake_video import Control, Machine, Node

# Numbers of the kernel's ``v4l2-controls.h``.
BRIGHTNESS, EXPOSURE_AUTO, EXPOSURE, FOCUS, FOCUS_AUTO = 9963776, 10094849, 10094850, 10094858, 10094860


@pytest.fixture
def webcam(tmp_path: Path) -> tuple[VideoDeviceControls, Node]:
    """As a common USB camera says it: exposure knows 1 (by hand) and 3 (the camera), not 0."""
    machine = Machine(tmp_path)
    node = machine.plug(
        0,
        "Webcam",
        Node(
            controls={
                BRIGHTNESS: Control(-64, 64, 1, 0, 12),
                EXPOSURE_AUTO: Control(0, 3, 1, 3, 3, takes=(1, 3)),
                EXPOSURE: Control(3, 2047, 1, 250, 250),
                FOCUS: Control(0, 250, 5, 0, 30),
                FOCUS_AUTO: Control(0, 1, 1, 1, 1),
            }
        ),
    )
    return machine.controls(0), node


def test_ranges_and_standing_as_the_driver_says_them(webcam: tuple[VideoDeviceControls, Node]) -> None:
    controls, node = webcam
    assert isinstance(controls, Adjustable)
    assert controls.controls() == (
        CameraControl("brightness", -64, 64, 1, 12, False),
        CameraControl("exposure", 3, 2047, 1, None, True),
        CameraControl("focus", 0, 250, 5, None, True),
    )
    node.controls[FOCUS_AUTO].value = 0
    node.controls[EXPOSURE_AUTO].value = 1
    assert [each.value for each in controls.controls()] == [12, 250, 30]


def test_turning_takes_it_from_the_camera_and_none_gives_it_back(webcam: tuple[VideoDeviceControls, Node]) -> None:
    controls, node = webcam
    controls.turn("focus", 103)
    assert (node.controls[FOCUS_AUTO].value, node.controls[FOCUS].value) == (0, 100), "on a step"
    controls.turn("exposure", 99_999)
    assert (node.controls[EXPOSURE_AUTO].value, node.controls[EXPOSURE].value) == (1, 2047), "inside its range"
    controls.turn("exposure", None)
    assert node.controls[EXPOSURE_AUTO].value == 3
    controls.turn("focus", None)
    assert node.controls[FOCUS_AUTO].value == 1
    controls.turn("brightness", 20)
    assert node.controls[BRIGHTNESS].value == 20
    controls.turn("brightness", None)
    assert node.controls[BRIGHTNESS].value == 0, "as it comes from the factory"


def test_a_camera_that_knows_only_the_other_automatic(webcam: tuple[VideoDeviceControls, Node]) -> None:
    controls, node = webcam
    node.controls[EXPOSURE_AUTO].takes = (0, 1)
    node.controls[EXPOSURE_AUTO].value = 1
    controls.turn("exposure", None)
    assert node.controls[EXPOSURE_AUTO].value == 0
    assert controls.controls()[1].value is None


@pytest.mark.parametrize("flags", [0x1, 0x4])
def test_what_is_disabled_or_read_only_is_not_offered(webcam: tuple[VideoDeviceControls, Node], flags: int) -> None:
    controls, node = webcam
    node.controls[FOCUS].flags = flags
    del node.controls[EXPOSURE]
    assert [each.name for each in controls.controls()] == ["brightness"]
    controls.turn("focus", 5)
    assert node.controls[FOCUS].value == 30


def test_a_control_without_its_switch_is_turned_by_hand_alone(webcam: tuple[VideoDeviceControls, Node]) -> None:
    controls, node = webcam
    del node.controls[FOCUS_AUTO]
    assert controls.controls()[2] == CameraControl("focus", 0, 250, 5, 30, False)
    controls.turn("focus", 10)
    assert node.controls[FOCUS].value == 10
    controls.turn("focus", None)
    assert node.controls[FOCUS].value == 0


def test_nothing_is_raised_by_a_device_that_goes_or_never_was(
    webcam: tuple[VideoDeviceControls, Node], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    controls, node = webcam
    node.trouble = errno.ENODEV
    caplog.set_level(logging.INFO)
    controls.turn("focus", 5)
    controls.turn("shutter", 5)
    assert controls.controls() == ()
    absent = VideoDeviceControls(tmp_path / "video9")
    absent.turn("focus", 5)
    assert absent.controls() == ()
    # A file is no device: the real question of the real system.
    plain = VideoDeviceControls(tmp_path / "dev" / "video0", system_ioctl)
    plain.turn("focus", 5)
    assert plain.controls() == ()


def test_what_was_saved_is_turned_when_it_opens_and_the_rest_given_back(
    webcam: tuple[VideoDeviceControls, Node],
) -> None:
    controls, node = webcam
    node.controls[EXPOSURE_AUTO].value = 1  # left by a hand in another program
    apply_controls(controls, CameraSetup("0", focus=55), {"exposure", "focus"})
    assert node.controls[FOCUS].value == 55 and node.controls[FOCUS_AUTO].value == 0
    assert node.controls[EXPOSURE_AUTO].value == 3
    assert node.controls[BRIGHTNESS].value == 12, "what nobody saved stays"


class Driver:
    """A capture that keeps values inside its ranges, as DirectShow's does; others are refused."""

    def __init__(self, **ranges: tuple[int, int]) -> None:
        kinds = {
            "brightness": cv2.CAP_PROP_BRIGHTNESS,
            "exposure": cv2.CAP_PROP_EXPOSURE,
            "focus": cv2.CAP_PROP_FOCUS,
        }
        self.ranges: dict[int, tuple[float, float]] = {kinds[name]: room for name, room in ranges.items()}
        self.values: dict[int, float] = {kind: float(room[0] + 3) for kind, room in self.ranges.items()}
        self.ranges |= {cv2.CAP_PROP_AUTO_EXPOSURE: (0, 1), cv2.CAP_PROP_AUTOFOCUS: (0, 1)}
        self.values |= {cv2.CAP_PROP_AUTO_EXPOSURE: 0.75, cv2.CAP_PROP_AUTOFOCUS: 1.0}

    def get(self, kind: int) -> float:
        if kind not in self.values:
            raise cv2.error("not supported")
        return self.values[kind]

    def set(self, kind: int, value: float) -> bool:
        if kind not in self.values:
            raise cv2.error("not supported")
        low, high = self.ranges[kind]
        if not low <= value <= high:
            return False
        self.values[kind] = value
        return True


def test_ranges_are_found_by_trying_and_everything_stands_as_before() -> None:
    driver = Driver(brightness=(-64, 64), exposure=(-13, -1))
    before = dict(driver.values)
    controls = CaptureControls(driver)
    assert controls.controls() == (
        CameraControl("brightness", -64, 64, 1, -61, False),
        CameraControl("exposure", -13, -1, 1, None, True),
    )
    assert driver.values == before
    controls.turn("exposure", -6)
    assert controls.controls()[1].value == -6
    controls.turn("exposure", None)
    assert controls.controls()[1].value is None
    controls.turn("focus", 5)
    controls.turn("shutter", 5)


def test_the_widest_range_the_driver_takes() -> None:
    assert CaptureControls(Driver(brightness=(0, 255))).controls()[0].high == 255
    assert CaptureControls(Driver(focus=(0, 1_023))).controls()[0].high == 1_023
    assert CaptureControls(Driver()).controls() == ()
