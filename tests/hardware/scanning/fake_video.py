"""A machine with cameras that are not there: a tree of the kernel's names, device files, and answers to questions."""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path

from pos_member.hardware.scanning import video_device as video

CAPTURE, METADATA, OUTPUT, DEVICE_CAPS = 0x1, 0x0080_0000, 0x2, 0x8000_0000


@dataclass
class Control:
    """What a driver says of one control."""

    low: int
    high: int
    step: int
    usual: int
    value: int
    flags: int = 0
    takes: tuple[int, ...] | None = None


@dataclass
class Node:
    """One device node."""

    caps: int = CAPTURE
    controls: dict[int, Control] = field(default_factory=dict)
    trouble: int = 0


@dataclass
class Machine:
    """Answers ``ioctl`` for the nodes under a folder."""

    root: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    open_now: set[int] = field(default_factory=set)

    @property
    def known(self) -> Path:
        return self.root / "sys"

    @property
    def devices(self) -> Path:
        return self.root / "dev"

    def plug(self, number: int, name: str, node: Node | None = None, index: int = 0) -> Node:
        made = node or Node()
        folder = self.known / f"video{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(name + "\n", encoding="utf-8")
        (folder / "index").write_text(f"{index}\n", encoding="utf-8")
        self.devices.mkdir(exist_ok=True)
        (self.devices / f"video{number}").write_bytes(b"")
        self.nodes[f"video{number}"] = made
        return made

    def unplug(self, number: int) -> None:
        for path in (self.known / f"video{number}").iterdir():
            path.unlink()
        (self.known / f"video{number}").rmdir()
        (self.devices / f"video{number}").unlink()

    def cameras(self) -> video.VideoDevices:
        return video.VideoDevices(self.known, self.devices, self.ioctl)

    def controls(self, number: int) -> video.VideoDeviceControls:
        return video.VideoDeviceControls(self.devices / f"video{number}", self.ioctl)

    def ioctl(self, descriptor: int, request: int, buffer: bytearray) -> object:
        node = self.nodes[Path(f"/proc/self/fd/{descriptor}").readlink().name]
        if node.trouble:
            raise OSError(node.trouble, os.strerror(node.trouble))
        if request == 0x8068_5600:  # VIDIOC_QUERYCAP
            struct.pack_into(
                "<16s32s32sIII", buffer, 0, b"uvcvideo", b"card", b"bus", 1, node.caps | DEVICE_CAPS, node.caps
            )
            return 0
        (number,) = struct.unpack_from("<I", buffer)
        control = node.controls.get(number)
        if control is None:
            raise OSError(errno.EINVAL, "no such control")
        if request == 0xC044_5624:  # VIDIOC_QUERYCTRL
            struct.pack_into(
                "<II32siiiiI", buffer, 0, number, 1, b"control", control.low, control.high, control.step,
                control.usual, control.flags,
            )  # fmt: skip
        elif request == 0xC008_561B:  # VIDIOC_G_CTRL
            struct.pack_into("<Ii", buffer, 0, number, control.value)
        elif request == 0xC008_561C:  # VIDIOC_S_CTRL
            _, value = struct.unpack_from("<Ii", buffer)
            if control.takes is not None and value not in control.takes:
                raise OSError(errno.ERANGE, "not a value of it")
            if not control.low <= value <= control.high:
                raise OSError(errno.ERANGE, "out of range")
            control.value = value
        else:
            raise OSError(errno.ENOTTY, "no such question")
        return 0
