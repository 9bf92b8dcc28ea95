"""Setting cameras and readers up: kept in the settings, in use at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos_member.app import reading as reading_module
from pos_member.app.reader_admin_camera import CameraAdmin
from pos_member.app.reading import Reading, SerialBehind, silence_ms
from pos_member.app.settings import TillSettings, load_settings, save_settings
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.readers import (
    CameraControl,
    CameraSetup,
    FoundCamera,
    ReaderKind,
    ReaderSetup,
    SerialReport,
)
from pos_member.ui.ports import CameraLight, ReaderAdmin
from pos_member.ui.tasks import TaskRunner
from tests.patience import PATIENCE_S

FOCUS = CameraControl("focus", 0, 250, 5, 30, True)
TYPING = ReaderSetup("front", "Front", ReaderKind.KEYBOARD, gap_max_ms=30, silence_ms=120)
SERIAL = ReaderSetup("side", "Side", ReaderKind.SERIAL, address="/dev/ttyNONE9")


class Kept:
    """The settings as a till keeps them."""

    def __init__(self, folder: Path, settings: TillSettings | None = None) -> None:
        self.folder = folder
        self.now = settings or TillSettings()

    def change(self, how: Callable[[TillSettings], TillSettings]) -> None:
        wanted = how(self.now)
        save_settings(self.folder, wanted)
        self.now = wanted


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.fixture
def reading(kept: Kept, qtbot: QtBot) -> Iterator[Reading]:
    runner = TaskRunner()
    made = Reading(runner, lambda: kept.now, kept.change)
    yield made
    made.stop()
    assert runner.stop(PATIENCE_S)


def test_a_camera_is_kept_and_comes_before_one_of_the_command_line(reading: Reading, kept: Kept) -> None:
    kept.now = TillSettings(camera="3")
    admin: ReaderAdmin = reading.admin()
    assert admin is reading.admin()
    assert admin.camera_setup() == CameraSetup("3"), "the number alone is a set-up as well"
    chosen = CameraSetup("1", "HD Webcam", mirrored=False, focus=30)
    admin.use_camera(chosen)
    assert admin.camera_setup() == chosen
    assert load_settings(kept.folder).camera_setup == chosen and load_settings(kept.folder).camera == ""


def test_one_of_the_command_line_comes_before_the_set_up() -> None:
    assert TillSettings(camera="2", camera_setup=CameraSetup("0", "HD Webcam")).camera_chosen == CameraSetup("2")
    assert TillSettings(camera_setup=CameraSetup("0", "HD Webcam")).camera_chosen.name == "HD Webcam"
    assert TillSettings().camera_chosen == CameraSetup()


def test_settings_that_cannot_be_written_change_nothing(reading: Reading, kept: Kept) -> None:
    kept.folder = kept.folder / "gone"
    before = kept.now
    admin = reading.admin()
    for change in (lambda: admin.use_camera(CameraSetup("1")), lambda: admin.save_readers([TYPING])):
        with pytest.raises(EnvironmentProblem) as caught:
            change()
        assert caught.value.reason is Reason.FILE_NOT_WRITABLE
    assert kept.now is before


def test_readers_are_kept(reading: Reading, kept: Kept) -> None:
    admin = reading.admin()
    assert admin.readers() == ()
    admin.save_readers([TYPING, SERIAL])
    assert admin.readers() == (TYPING, SERIAL) == load_settings(kept.folder).readers


def test_the_silence_is_the_longest_that_a_typing_reader_needs() -> None:
    settings = TillSettings(reader_silence_ms=95)
    assert silence_ms(settings) == 95
    slow = replace(TYPING, key="slow", silence_ms=300)
    assert silence_ms(replace(settings, readers=(TYPING, slow, SERIAL))) == 300
    assert silence_ms(replace(settings, readers=(SERIAL,))) == 95


def test_without_a_camera_nothing_can_be_turned_and_the_libraries_say_how_they_are(reading: Reading) -> None:
    admin = reading.admin()
    assert admin.camera_controls() == ()
    admin.turn_control("focus", 3)
    assert {each.name for each in admin.decoders() if each.works} >= {"zxing-cpp"}
    assert reading.light() is CameraLight.NONE


def test_calibration_says_what_is_wrong(reading: Reading) -> None:
    with pytest.raises(Refusal) as caught:
        reading.admin().calibrated(())
    assert caught.value.reason is Reason.READER_UNCLEAR


def test_serial_ports_and_one_that_is_not_there(reading: Reading) -> None:
    admin = reading.admin()
    assert isinstance(admin.serial_ports(), tuple)
    with pytest.raises(EnvironmentProblem) as caught:
        admin.listen(SERIAL, lambda report: None)
    assert caught.value.reason is Reason.READER_ABSENT


class Names:
    def found(self) -> tuple[FoundCamera, ...]:
        return (FoundCamera("0", "HD Webcam"),)


class Live:
    def __init__(self) -> None:
        self.turned: list[tuple[str, int | None]] = []

    def controls(self) -> tuple[CameraControl, ...]:
        return (FOCUS,)

    def turn(self, name: str, value: int | None) -> None:
        self.turned.append((name, value))


def test_the_camera_in_use_is_asked_and_turned() -> None:
    live = Live()
    admin = CameraAdmin(CameraSetup, lambda setup: None, lambda: live, Names())
    assert admin.cameras(lambda: False) == (FoundCamera("0", "HD Webcam"),)
    assert admin.cameras(lambda: True) == (), "nobody waits for the answer any more"
    assert admin.camera_controls() == (FOCUS,)
    admin.turn_control("focus", None)
    assert live.turned == [("focus", None)]


# --- serial readers behind the window ---------------------------------------------------------------------


class Ports:
    """``app.serial_readers.SerialReaders``, written down."""

    made: list[Ports]

    def __init__(self, on_code: Callable[[str], None]) -> None:
        self.on_code = on_code
        self.used: list[tuple[ReaderSetup, ...]] = []
        self.closed = self.ended = 0
        Ports.made.append(self)

    def use(self, setups: tuple[ReaderSetup, ...]) -> None:
        self.used.append(setups)

    def found(self) -> tuple[()]:
        return ()

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        def over() -> None:
            self.ended += 1

        return over

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[Ports]:
    Ports.made = []
    monkeypatch.setattr("pos_member.app.serial_readers.SerialReaders", Ports)
    return Ports.made


def test_ports_are_opened_when_the_first_serial_reader_is_set_up(
    reading: Reading, kept: Kept, ports: list[Ports], qtbot: QtBot
) -> None:
    reading.begin()
    reading.admin().save_readers([TYPING])
    qtbot.waitUntil(lambda: not reading._runner.busy("setup"))
    assert ports == []
    reading.admin().save_readers([SERIAL])
    qtbot.waitUntil(lambda: bool(ports and ports[0].used))
    assert ports[0].used == [(SERIAL,)]
    reading.admin().save_readers([])
    qtbot.waitUntil(lambda: len(ports[0].used) == 2)
    reading.stop()
    assert ports[0].closed == 1


def test_nothing_is_opened_once_the_till_closes(ports: list[Ports]) -> None:
    behind = SerialBehind(lambda text: None)
    end = behind.listen(SERIAL, lambda report: None)
    behind.close()
    behind.use((SERIAL,))
    assert ports[0].used == [] and ports[0].closed == 1
    end()
    assert ports[0].ended == 0


def test_a_port_that_hangs_while_it_is_opened_does_not_keep_the_till(
    ports: list[Ports], monkeypatch: pytest.MonkeyPatch, expected_logs: Callable[..., None]
) -> None:
    expected_logs("a serial port was being opened")
    opening, let_go = threading.Event(), threading.Event()

    def listen(self: Ports, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        opening.set()
        assert let_go.wait(PATIENCE_S)
        return lambda: None

    monkeypatch.setattr(Ports, "listen", listen)
    monkeypatch.setattr(reading_module, "_CLOSE_S", 0.05)
    behind = SerialBehind(lambda text: None)
    thread = threading.Thread(target=behind.listen, args=(SERIAL, lambda report: None))
    thread.start()
    assert opening.wait(PATIENCE_S)
    behind.close()
    assert ports[0].closed == 0
    let_go.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
