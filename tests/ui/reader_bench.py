"""Cameras and readers in memory: everything ``ReaderAdmin`` promises, with devices that a test plugs in and out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.readers import (
    BurstReport,
    CameraControl,
    CameraSetup,
    DecoderState,
    Ending,
    FoundCamera,
    FoundCode,
    FoundReader,
    HeardKey,
    Layout,
    ReaderKind,
    ReaderSetup,
    SerialReport,
)
from pos_member.domain.scan_meaning import classify
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import CameraSights, Sight

CONTROLS = (
    CameraControl("brightness", 0, 255, 1, 128, False),
    CameraControl("exposure", -13, -1, 1, None, True),
    CameraControl("focus", 0, 250, 5, 60, True),
)


@dataclass
class ReaderBench:
    """The till's cameras and readers. ``sights`` shows what the camera that is used sees."""

    sights: CameraSights
    plugged: list[FoundCamera] = field(default_factory=list)
    setup: CameraSetup = field(default_factory=CameraSetup)
    controls: dict[str, CameraControl] = field(default_factory=dict)
    saved: tuple[ReaderSetup, ...] = ()
    ports: list[FoundReader] = field(default_factory=list)
    #: Ports that another program has.
    taken: set[str] = field(default_factory=set)
    #: A file that cannot be written.
    read_only: bool = False
    uses: list[CameraSetup] = field(default_factory=list)
    _open: dict[str, Callable[[SerialReport], None]] = field(default_factory=dict)
    #: Held by a test for as long as a search is to last.
    searching: threading.Event = field(default_factory=threading.Event)
    slow: bool = False

    def cameras(self, stopping: Callable[[], bool]) -> tuple[FoundCamera, ...]:
        while self.slow and not stopping() and not self.searching.wait(0.01):
            pass
        return tuple(self.plugged)

    def camera_setup(self) -> CameraSetup:
        return self.setup

    def use_camera(self, setup: CameraSetup) -> None:
        self._writable()
        moved = (setup.where, setup.name) != (self.setup.where, self.setup.name)
        self.setup = setup
        self.uses.append(setup)
        if not moved:
            return
        if not setup.where:
            self.controls = {}
            self.sights.light.emit(CameraLight.NONE)
            return
        self.sights.light.emit(CameraLight.OPENING)
        there = any(each.name == setup.name or each.where == setup.where for each in self.plugged)
        self.controls = {each.name: each for each in CONTROLS} if there else {}
        self.sights.light.emit(CameraLight.LIVE if there else CameraLight.LOST)

    def camera_controls(self) -> tuple[CameraControl, ...]:
        return tuple(self.controls.values())

    def turn_control(self, name: str, value: int | None) -> None:
        if name in self.controls:
            self.controls[name] = replace(self.controls[name], value=value)

    def decoders(self) -> tuple[DecoderState, ...]:
        return (DecoderState("zxing-cpp", True), DecoderState("zbar", False, "library missing"))

    def readers(self) -> tuple[ReaderSetup, ...]:
        return self.saved

    def save_readers(self, setups: Sequence[ReaderSetup]) -> None:
        self._writable()
        self.saved = tuple(setups)

    def calibrated(self, bursts: Sequence[BurstReport]) -> ReaderSetup:
        codes = {each.text or each.raw for each in bursts}
        if len(bursts) < 3 or len(codes) > 1:
            raise Refusal(Reason.READER_UNCLEAR)
        gap = max(round(median(key.gap_us for key in each.keys[1:])) for each in bursts) // 1_000
        if gap > 100:
            raise Refusal(Reason.READER_TOO_SLOW, gap_ms=gap)
        pace = min(100, max(10, 2 * gap))
        return ReaderSetup("r1", "", ReaderKind.KEYBOARD, pace, max(90, pace + 40), ending=bursts[0].ending)

    def serial_ports(self) -> tuple[FoundReader, ...]:
        return tuple(self.ports)

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        if setup.address not in [each.address for each in self.ports]:
            raise EnvironmentProblem(Reason.READER_ABSENT, address=setup.address)
        if setup.address in self.taken or setup.address in self._open:
            raise EnvironmentProblem(Reason.READER_BUSY, address=setup.address)
        self._open[setup.address] = heard
        return lambda: self._open.pop(setup.address, None) and None

    # --- hands of a test -----------------------------------------------------------------------------------

    def _writable(self) -> None:
        if self.read_only:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path="till.json")

    @property
    def listened(self) -> set[str]:
        """The ports that are open."""
        return set(self._open)

    def send(self, address: str, raw: bytes) -> None:
        """Bytes through an open port, on a thread of its own."""
        text = raw.strip(b"\r\n\t\x1d").decode("ascii", "replace") if raw.endswith((b"\r", b"\n")) else ""
        sender = threading.Thread(target=self._open[address], args=(SerialReport(raw, text),))
        sender.start()
        sender.join()

    def see(self, text: str = "", symbology: str = "QR") -> FoundCode | None:
        """A frame of the live camera, with a code in it or none; a code is read as well."""
        code = None
        if text:
            code = FoundCode(text, symbology, ((100, 200), (400, 200), (400, 700), (100, 700)), "zxing-cpp", 3_400)
        if self.sights.wanted:
            self.sights.frame.emit(Sight(picture(), (code,) if code else ()))
        if code is not None:
            self.sights.read.emit(code)
        return code


def picture(width: int = 640, height: int = 360) -> QImage:
    """Left half red, right half blue, a white square where ``ReaderBench.see`` finds its code."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 2, height, QColor("#C03030"))
    painter.fillRect(width // 2, 0, width - width // 2, height, QColor("#3040C0"))
    painter.fillRect(width // 10, height // 5, 3 * width // 10, height // 2, Qt.GlobalColor.white)
    painter.end()
    return image


def burst(
    code: str,
    *,
    gap_ms: int = 8,
    taken: str = "scan",
    layout: Layout = Layout.US,
    by_keys: bool = True,
    raw: str = "",
    ending: Ending = Ending.ENTER,
    reader: str = "",
) -> BurstReport:
    """What the keyboard's filter tells of ``code`` typed at one pace."""
    typed = raw or code
    keys = tuple(
        HeardKey(char, 10 + at % 40 if by_keys else 0, 0 if at == 0 else gap_ms * 1_000)
        for at, char in enumerate(typed)
    )
    if ending is Ending.ENTER:
        keys += (HeardKey("\r", 36 if by_keys else 0, gap_ms * 1_000),)
    text = code if taken == "scan" else ""
    return BurstReport(taken, keys, typed, text, gap_ms * 1_000, ending, layout, by_keys, reader)


def means(text: str) -> str:
    """The kind of a code, for a test's own comparison."""
    return classify(text).kind.value
