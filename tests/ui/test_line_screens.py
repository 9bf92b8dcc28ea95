"""Limits of the line, sticks, and the large load put off, over a real till and real files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.permission import Session
from pos_member.ui.i18n import set_language
from pos_member.ui.line_ports import AnswerFile, CarriedIn, CarriedOut, Place, Stopping, Tell
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.screens.line import LineScreen
from pos_member.ui.screens.stick import StickScreen
from pos_member.ui.screens.sync_panel import SyncScreen
from pos_member.ui.widgets import Badge, Button, Field, Table, Text
from pos_member.ui.widgets.facts import FactList
from pos_member.ui.widgets.progress import ThinBar
from tests.log_watch import ExpectLog
from tests.patience import PATIENCE_S
from tests.ui.on_screen import Stage, find, press, stage, type_in

__all__ = ["stage"]
KEY = Qt.Key
MANAGER, CASHIER = "1004", "1001"


@dataclass
class Desk:
    """A line admin whose files and figures a test sets."""

    stick: Path
    written: datetime
    held: LineSetup = field(default_factory=LineSetup)
    outcome: CarriedOut | CarriedIn | Exception | None = None
    asked: list[tuple[str, Path, int]] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    going: threading.Event = field(default_factory=threading.Event)
    stopped: list[bool] = field(default_factory=list)
    sticks: bool = True
    #: The work is done before it looks whether to stop.
    done_anyway: bool = False

    def __post_init__(self) -> None:
        self.going.set()

    def setup(self) -> LineSetup:
        return self.held

    def save(self, session: Session, setup: LineSetup) -> None:
        self.held = setup

    def places(self) -> tuple[Place, ...]:
        stick = (Place(self.stick, "KINGSTON", True, 3 << 30),) if self.sticks else ()
        return (*stick, Place(self.stick.parent, "Documents", False, 200 << 20))

    def answers(self) -> tuple[AnswerFile, ...]:
        return tuple(
            AnswerFile(path, self.written, "KINGSTON") for path in sorted(self.stick.glob("*.pmdown")) if self.sticks
        )

    def _do(self, tell: Tell, stopping: Stopping) -> CarriedOut | CarriedIn | None:
        tell(40, 100)
        assert self.going.wait(PATIENCE_S)
        self.stopped.append(stopping())
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return None if stopping() and not self.done_anyway else self.outcome

    def carry_out(self, session: Session, folder: Path, first: int, tell: Tell, stopping: Stopping) -> object:
        self.asked.append(("out", folder, first))
        return self._do(tell, stopping)

    def take_in(self, session: Session, path: Path, tell: Tell, stopping: Stopping) -> object:
        self.asked.append(("in", path, 0))
        return self._do(tell, stopping)

    def pause_load(self) -> None:
        self.paused.append("off")

    def go_on_loading(self) -> None:
        self.paused.append("on")


@pytest.fixture
def desk(stage: Stage, tmp_path: Path) -> Iterator[Desk]:
    stick = tmp_path / "stick"
    stick.mkdir()
    made = Desk(stick, stage.world.clock.now() - timedelta(hours=2))
    stage.shell.services = replace(stage.shell.services, line_admin=lambda: made)  # type: ignore[arg-type, return-value]
    stage.sign_in(MANAGER)
    yield made
    made.going.set()


def fill(screen: LineScreen, **texts: str) -> None:
    for name, text in texts.items():
        edit = getattr(screen, name).edit
        edit.clear()
        type_in(edit, text)


# --- limits -----------------------------------------------------------------------------------------------


def test_limits_are_typed_as_people_type_them_and_hold_at_once(stage: Stage, desk: Desk) -> None:
    desk.held = LineSetup(upload_kbit=512)
    screen = stage.show(LineScreen)
    assert screen.upload.text() == "512" and screen.download.text() == ""
    fill(screen, upload="", download="๒,๐๐๐", night_from="22", night_to="6.30", large="50")
    press(screen.large.edit, KEY.Key_Return)
    stage.settle()
    assert desk.held == LineSetup(0, 2000, "22:00", "06:30", 50)
    now = find(screen, FactList, "line_now").said()
    assert "2,000 กิโลบิต" in now and "22:00–06:30" in now and "50 MB" in now
    assert screen.night_from.text() == "22:00"
    press(find(screen, Button, "line_free"), KEY.Key_Return)
    stage.settle()
    assert desk.held == LineSetup(large_mb=50)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("upload", "15", "16"),
        ("download", "fast", "1,000,000"),
        ("night_from", "25:00", "22:00"),
        ("night_to", "06:00", ""),
        ("large", "0", "10,000"),
    ],
)
def test_what_cannot_be_is_said_below_its_field_and_nothing_is_kept(
    stage: Stage, desk: Desk, name: str, text: str, says: str
) -> None:
    screen = stage.show(LineScreen)
    fill(screen, **{name: text})
    press(screen.upload.edit, KEY.Key_Return)
    stage.settle()
    wrong = [each for each in screen.findChildren(Field) if each.problem.isVisibleTo(each)]
    expected = "night_from" if name == "night_to" else name
    assert [each.edit.objectName() for each in wrong] == [f"line_{expected}"]
    assert says in wrong[0].problem.said() and wrong[0].problem.said()
    assert desk.held == LineSetup()
    fill(screen, **{name: "" if name != "large" else "20"})
    press(screen.upload.edit, KEY.Key_Return)
    assert not wrong[0].problem.isVisibleTo(wrong[0])


def test_a_night_of_no_length_is_none(stage: Stage, desk: Desk) -> None:
    screen = stage.show(LineScreen)
    fill(screen, night_from="22:00", night_to="22")
    press(screen.upload.edit, KEY.Key_Return)
    assert screen.night_to.problem.isVisibleTo(screen.night_to) and desk.held == LineSetup()


def test_a_cashier_looks_and_changes_nothing(stage: Stage, desk: Desk) -> None:
    stage.sign_in(CASHIER)
    desk.held = LineSetup(upload_kbit=64)
    screen = stage.show(LineScreen)
    assert find(screen, Text, "line_only_look").isVisible()
    assert not find(screen, Button, "line_save").isEnabled() and not screen.upload.edit.isEnabled()
    screen.go_on()
    stage.settle()
    assert desk.held == LineSetup(upload_kbit=64)
    assert "64 กิโลบิต" in find(screen, FactList, "line_now").said()


def test_the_panel_leads_to_limits_and_sticks(stage: Stage, desk: Desk) -> None:
    stage.sync_state = SyncStateView(Line.OFFLINE, 3, 5)
    screen = stage.show(SyncScreen)
    for name in ("sync_stick_out", "sync_stick_in", "sync_limits"):
        press(find(screen, Button, name), KEY.Key_Return)
    assert stage.opened == [("stick", {"way": "out"}), ("stick", {"way": "in"}), ("line", {})]


# --- the large load ---------------------------------------------------------------------------------------


def test_a_load_is_put_off_and_gone_on_with(stage: Stage, desk: Desk) -> None:
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=40)
    screen = stage.show(SyncScreen)
    bar, button = find(screen, ThinBar, "sync_loading"), find(screen, Button, "sync_load")
    assert bar.isVisible() and bar.value() == 400
    press(button, KEY.Key_Return)
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=40, loading_paused=True)
    stage.until(lambda: "ต่อ" in button.text())
    assert "40%" in find(screen, Text, "sync_notes").said()
    press(button, KEY.Key_Return)
    stage.sync_state = SyncStateView(Line.ONLINE)
    stage.until(lambda: not bar.isVisible() and not button.isVisible())
    assert desk.paused == ["off", "on"]


# --- sticks -----------------------------------------------------------------------------------------------


def test_bills_go_out_by_enter_and_it_says_what_is_on_the_stick(stage: Stage, desk: Desk) -> None:
    now = stage.world.clock.now()
    desk.outcome = CarriedOut(desk.stick / "0001.pmup", 31, 12, now - timedelta(days=3), now)
    screen = stage.show(StickScreen, way="out")
    places = find(screen, Table, "stick_places")
    assert [place.label for place in places.shown_rows()] == ["KINGSTON", "Documents"]
    press(places, KEY.Key_Return)
    stage.settle()
    assert desk.asked == [("out", desk.stick, 0)]
    said = find(screen, FactList, "stick_facts").said()
    assert all(part in said for part in ("0001.pmup", "12", "31", "18 พ.ย. 2569 14:05", "14:05"))
    assert ".pmdown" in find(screen, Text, "stick_next").said()
    set_language("en")
    stage.until(lambda: "whole" in find(screen, Text, "stick_told").said())
    assert find(screen, Text, "stick_next").said().isascii()


@pytest.mark.parametrize(("on_stick", "says"), [(True, "ถอดแฟลชไดรฟ์"), (False, "คัดลอกลงแฟลชไดรฟ์")])
def test_what_was_left_on_this_machine_is_not_said_to_be_on_a_stick(
    stage: Stage, desk: Desk, on_stick: bool, says: str
) -> None:
    desk.outcome = CarriedOut(desk.stick / "0001.pmup", 31, 12, None, None, on_stick)
    screen = stage.show(StickScreen, way="out")
    press(find(screen, Table, "stick_places"), KEY.Key_Return)
    stage.settle()
    assert says in find(screen, Text, "stick_next").said()
    set_language("en")
    stage.until(lambda: "whole" in find(screen, Text, "stick_told").said())
    assert ("on the stick" in find(screen, Text, "stick_told").said()) is on_stick


def test_a_folder_can_be_typed_where_no_stick_is_found(stage: Stage, desk: Desk, tmp_path: Path) -> None:
    desk.sticks = False
    desk.outcome = CarriedOut(tmp_path / "x.pmup", 0, 0, None, None)
    screen = stage.show(StickScreen, way="out")
    assert find(screen, Text, "stick_none").isVisible()
    path = next(each for each in screen.findChildren(Field) if each.edit.objectName() == "stick_path")
    path.set_text(str(tmp_path / "elsewhere"))
    press(path.edit, KEY.Key_Return)
    stage.settle()
    assert desk.asked == [("out", tmp_path / "elsewhere", 0)]
    desk.sticks = True
    press(find(screen, Button, "stick_look"), KEY.Key_Return)
    stage.settle()
    assert not find(screen, Text, "stick_none").isVisible()


def begin_and_stop(stage: Stage, desk: Desk, way: str) -> StickScreen:
    """Begun, stopped with Esc while it is at work, and not ended yet."""
    (desk.stick / "0001.pmdown").write_bytes(b"x")
    screen = stage.show(StickScreen, way=way)
    desk.going.clear()
    press(find(screen, Table, "stick_places" if way == "out" else "stick_files"), KEY.Key_Return)
    stage.until(lambda: find(screen, ThinBar, "stick_bar").value() == 400)
    assert screen.begun and find(screen, Button, "stick_stop").isVisible()
    assert not find(screen, Button, "stick_go").isEnabled()
    assert screen.back()
    assert screen.begun and not find(screen, Button, "stick_stop").isVisible()
    assert "กำลังหยุด" in find(screen, Text, "stick_told").said()
    return screen


@pytest.mark.parametrize(("way", "says"), [("out", "ไม่มีไฟล์ค้าง"), ("in", "เก็บไว้แล้ว")])
def test_esc_stops_what_is_under_way_and_the_till_can_go_on(stage: Stage, desk: Desk, way: str, says: str) -> None:
    screen = begin_and_stop(stage, desk, way)
    assert not screen.back()  # stopping already: Esc leads away
    desk.going.set()
    stage.until(lambda: not screen.begun)
    assert desk.stopped == [True]
    assert find(screen, Button, "stick_go").isEnabled() and not find(screen, FactList, "stick_facts").isVisible()
    assert says in find(screen, Text, "stick_told").said()


def test_a_stop_that_comes_too_late_says_what_is_on_the_stick(stage: Stage, desk: Desk) -> None:
    desk.outcome, desk.done_anyway = CarriedOut(desk.stick / "0001.pmup", 1, 1, None, None), True
    screen = begin_and_stop(stage, desk, "out")
    desk.going.set()
    stage.until(lambda: not screen.begun)
    assert "0001.pmup" in find(screen, FactList, "stick_facts").said()
    assert "เขียนไฟล์ครบแล้ว" in find(screen, Text, "stick_told").said()
    assert "ไม่ทัน" in stage.said[-1].text


@pytest.mark.parametrize("way", ["out", "in"])
def test_a_fault_inside_ends_what_was_under_way(stage: Stage, desk: Desk, way: str, expected_logs: ExpectLog) -> None:
    expected_logs("bug on lane")
    (desk.stick / "0001.pmdown").write_bytes(b"x")
    desk.outcome = ZeroDivisionError("a bug")
    screen = stage.show(StickScreen, way=way)
    screen.go_on()
    stage.settle()
    assert not screen.begun and find(screen, Button, "stick_go").isEnabled()
    assert "ผิดพลาด" in find(screen, Text, "stick_told").said()
    desk.outcome = CarriedOut(desk.stick / "0001.pmup", 1, 1, None, None) if way == "out" else CarriedIn(1, 0)
    screen.go_on()
    stage.settle()
    assert len(desk.asked) == 2 and find(screen, FactList, "stick_facts").isVisible()


class LoadOverTheLine(QObject):
    """What keeps the lane that talks to head office, until ``ends``."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.ends = threading.Event()
        stage.shell.runner.run("network", lambda: self.ends.wait(PATIENCE_S), self, self.ended)

    def ended(self, in_time: bool) -> None:
        assert in_time


def test_an_answer_behind_a_load_says_how_far_that_is_and_can_go_first(stage: Stage, desk: Desk) -> None:
    (desk.stick / "0001.pmdown").write_bytes(b"x")
    desk.outcome = CarriedIn(12, 0)
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=40)
    screen = stage.show(StickScreen, way="in")
    load = LoadOverTheLine(stage)
    screen.go_on()
    told, bar, button = (
        find(screen, Text, "stick_told"),
        find(screen, ThinBar, "stick_bar"),
        find(screen, Button, "stick_load"),
    )
    stage.until(lambda: "40%" in told.said())
    assert bar.value() == 400 and button.isVisible() and desk.asked == []
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=41)
    stage.until(lambda: bar.value() == 410 and "41%" in told.said())
    button.click()
    assert desk.paused == ["off"]
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=41, loading_paused=True)
    stage.until(lambda: not button.isVisible())
    load.ends.set()
    stage.until(lambda: not screen.begun)
    assert "นำคำตอบเข้าแล้ว" in told.said() and desk.paused == ["off", "on"]


def test_stopped_before_it_began_nothing_happens_at_all(stage: Stage, desk: Desk) -> None:
    (desk.stick / "0001.pmdown").write_bytes(b"x")
    screen = stage.show(StickScreen, way="in")
    load = LoadOverTheLine(stage)
    screen.go_on()
    assert screen.back() and not screen.begun
    assert "ก่อนเริ่ม" in find(screen, Text, "stick_told").said()
    load.ends.set()
    stage.settle()
    assert desk.asked == [] and not screen.back()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (EnvironmentProblem(Reason.CARRY_FULL, path="x"), "เต็ม"),
        (EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path="/media/x"), "/media/x"),
        (Refusal(Reason.CARRY_OTHER_TILL, till="0007"), "0007"),
        (EnvironmentProblem(Reason.CARRY_DAMAGED, path="a.pmdown"), "a.pmdown"),
    ],
)
def test_what_went_wrong_stays_on_the_page_with_what_to_do(
    stage: Stage, desk: Desk, error: PosMemberError, says: str, expected_logs: ExpectLog
) -> None:
    if isinstance(error, EnvironmentProblem):
        expected_logs("on lane setup")
    desk.outcome = error
    screen = stage.show(StickScreen, way="out")
    screen.go_on()
    stage.settle()
    assert says in find(screen, Text, "stick_told").said()
    assert find(screen, Button, "stick_go").isEnabled()


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (CarriedIn(12, 0), "นำคำตอบเข้าแล้ว"),
        (CarriedIn(0, 3, nothing_new=True), "ไม่มีข้อมูลใหม่"),
        (CarriedIn(0, 3, left=True), "ข้อมูลใหม่ยังไม่เข้า"),
        (CarriedIn(0, 9, new_epoch=True), "ชุดเลขใหม่"),
        (CarriedIn(0, 9, again_from=4), "เคยได้รับ"),
    ],
)
def test_an_answer_says_what_it_came_to(stage: Stage, desk: Desk, outcome: CarriedIn, says: str) -> None:
    (desk.stick / "0001.pmdown").write_bytes(b"x")
    desk.outcome = outcome
    screen = stage.show(StickScreen, way="in")
    press(find(screen, Table, "stick_files"), KEY.Key_Return)
    stage.settle()
    assert desk.asked == [("in", desk.stick / "0001.pmdown", 0)]
    assert says in find(screen, Text, "stick_told").said() and find(screen, Text, "stick_next").said()
    press(find(screen, Button, "stick_out"), KEY.Key_Return)
    stage.settle()
    desk.outcome = CarriedOut(desk.stick / "x.pmup", 1, 1, None, None)
    screen.go_on()
    stage.settle()
    assert desk.asked[-1] == ("out", desk.stick, outcome.again_from)


def test_a_cashier_carries_nothing(stage: Stage, desk: Desk) -> None:
    stage.sign_in(CASHIER)
    screen = stage.show(StickScreen, way="out")
    assert find(screen, Text, "stick_only_look").isVisible()
    screen.go_on()
    stage.settle()
    assert desk.asked == []


def test_the_badge_keeps_to_the_state_while_a_load_is_put_off(stage: Stage) -> None:
    stage.sync_state = SyncStateView(Line.ONLINE, loading_percent=40, loading_paused=True)
    screen = stage.show(SyncScreen)
    assert find(screen, Badge, "sync_state").said()
    assert "พัก" in find(screen, Text, "sync_notes").said()
