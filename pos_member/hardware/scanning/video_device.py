"""Linux video devices by the kernel's own interface: what they are called, what they can do, what can be turned.

OpenCV knows devices by their number alone and no ranges. A device may be asked while another descriptor streams from
it. Structures and numbers: ``videodev2.h`` and ``v4l2-controls.h`` of the kernel.
"""

from __future__ import annotations

import logging
import os
import re
import struct
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pos_member.domain.readers import CameraControl, FoundCamera

log = logging.getLogger(__name__)

#: ``fcntl.ioctl`` with a buffer: fills it, raises ``OSError``.
Ioctl = Callable[[int, int, bytearray], object]

QUERYCAP, GET, SET, QUERY = 0x80685600, 0xC008561B, 0xC008561C, 0xC0445624
_CAPABILITY = struct.Struct("16s32s32sIII12x")
_QUERY = struct.Struct("II32siiiiI8x")
_CONTROL = struct.Struct("Ii")
_CAPTURES = 0x1 | 0x1000  # one plane, several planes
_HAS_DEVICE_CAPS = 0x8000_0000
#: Disabled or read only.
_FIXED = 0x1 | 0x4
BRIGHTNESS, EXPOSURE_AUTO, EXPOSURE, FOCUS, FOCUS_AUTO = 0x980900, 0x9A0901, 0x9A0902, 0x9A090A, 0x9A090C
#: Control → (its switch, values of it that mean "the camera decides", best first, value that means "by hand").
_SWITCHES = {EXPOSURE: (EXPOSURE_AUTO, (3, 0), 1), FOCUS: (FOCUS_AUTO, (1,), 0)}
_CONTROLS = {"brightness": BRIGHTNESS, "exposure": EXPOSURE, "focus": FOCUS}
_NODE = re.compile(r"video(\d{1,4})")


def system_ioctl(descriptor: int, request: int, buffer: bytearray) -> object:
    """The kernel's answer into ``buffer``. Raises ``OSError``."""
    if sys.platform == "win32":
        raise OSError("no such interface on this system")
    import fcntl

    return fcntl.ioctl(descriptor, request, buffer, True)


class _Device:
    """An open descriptor of one device."""

    def __init__(self, path: Path, ioctl: Ioctl) -> None:
        self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
        self._ioctl = ioctl

    def ask(self, request: int, question: bytes) -> bytes:
        """Raises ``OSError``."""
        buffer = bytearray(question)
        self._ioctl(self._descriptor, request, buffer)
        return bytes(buffer)

    def close(self) -> None:
        os.close(self._descriptor)


# --- which cameras there are -------------------------------------------------------------------------------


class VideoDevices:
    """The cameras of this machine by the names the kernel has for them. Any thread; no stream is disturbed."""

    def __init__(
        self,
        known: Path = Path("/sys/class/video4linux"),
        devices: Path = Path("/dev"),
        ioctl: Ioctl = system_ioctl,
    ) -> None:
        self._known, self._devices, self._ioctl = known, devices, ioctl

    def found(self) -> tuple[FoundCamera, ...]:
        """Cameras in the order of their numbers. Nodes that give no pictures (their data about pictures, output of
        loopbacks) are left out; one that cannot be asked counts when it is the first node of its device."""
        try:
            nodes = sorted(
                (int(match[1]), path) for path in self._known.iterdir() if (match := _NODE.fullmatch(path.name))
            )
        except OSError:
            return ()
        return tuple(
            FoundCamera(str(number), _text(path / "name") or f"video{number}")
            for number, path in nodes
            if self._captures(number, path)
        )

    def _captures(self, number: int, node: Path) -> bool:
        path = self._devices / f"video{number}"
        try:
            with closing(_Device(path, self._ioctl)) as device:
                said = _CAPABILITY.unpack(device.ask(QUERYCAP, bytes(_CAPABILITY.size)))
        except OSError as error:
            # Held by another program, or not ours to open: it is there all the same.
            log.info("%s cannot be asked: %s", path, error)
            return path.exists() and _text(node / "index") in ("0", "")
        whole, own = said[4], said[5]
        return bool((own if whole & _HAS_DEVICE_CAPS else whole) & _CAPTURES)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


# --- what can be turned ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Range:
    low: int
    high: int
    step: int
    usual: int


class VideoDeviceControls:
    """What can be turned at ``/dev/videoN``, with its range. Raises nothing: what does not answer is not offered."""

    def __init__(self, path: Path, ioctl: Ioctl = system_ioctl) -> None:
        self._path, self._ioctl = path, ioctl

    def controls(self) -> tuple[CameraControl, ...]:
        """See ``frames.Adjustable``."""
        try:
            with closing(_Device(self._path, self._ioctl)) as device:
                all_of_them = [_control(device, name, number) for name, number in _CONTROLS.items()]
        except OSError as error:
            log.info("%s cannot be asked: %s", self._path, error)
            return ()
        return tuple(each for each in all_of_them if each is not None)

    def turn(self, name: str, value: int | None) -> None:
        """See ``frames.Adjustable``. A value out of range is brought into it, and onto a step."""
        number = _CONTROLS.get(name)
        if number is None:
            return
        try:
            with closing(_Device(self._path, self._ioctl)) as device:
                _turn(device, number, value)
        except OSError as error:
            log.info("%s: %s cannot be turned: %s", self._path, name, error)


def _turn(device: _Device, number: int, value: int | None) -> None:
    room = _range(device, number)
    if room is None:
        return
    switch, deciding, by_hand = _SWITCHES.get(number, (0, (), 0))
    switched = bool(switch) and _range(device, switch) is not None
    if value is None:
        if switched:
            _first_that_holds(device, switch, deciding)
        else:
            _set(device, number, room.usual)
        return
    if switched:
        _first_that_holds(device, switch, (by_hand,))
    inside = min(max(value, room.low), room.high)
    _set(device, number, room.low + (inside - room.low) // room.step * room.step)


def _first_that_holds(device: _Device, switch: int, values: tuple[int, ...]) -> None:
    # Cameras differ in which of the automatic kinds they have.
    for value in values:
        try:
            _set(device, switch, value)
        except OSError as error:
            log.info("switch %#x does not take %d: %s", switch, value, error)
        else:
            return


def _control(device: _Device, name: str, number: int) -> CameraControl | None:
    room = _range(device, number)
    if room is None:
        return None
    switch, deciding, _ = _SWITCHES.get(number, (0, (), 0))
    switched = bool(switch) and _range(device, switch) is not None
    value = _get(device, number)
    decides = switched and _get(device, switch) in deciding
    return CameraControl(name, room.low, room.high, room.step, None if decides else value, switched)


def _range(device: _Device, number: int) -> _Range | None:
    question = _QUERY.pack(number, 0, b"", 0, 0, 0, 0, 0)
    try:
        _, _, _, low, high, step, usual, flags = _QUERY.unpack(device.ask(QUERY, question))
    except OSError:
        return None
    return None if flags & _FIXED or low >= high else _Range(low, high, max(1, step), usual)


def _get(device: _Device, number: int) -> int | None:
    try:
        return int(_CONTROL.unpack(device.ask(GET, _CONTROL.pack(number, 0)))[1])
    except OSError:
        return None


def _set(device: _Device, number: int, value: int) -> None:
    device.ask(SET, _CONTROL.pack(number, value))
