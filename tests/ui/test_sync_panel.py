"""F12: what waits, since when, why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt

from pos_member.ui.i18n import set_language
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.screens.sync_panel import SyncScreen
from pos_member.ui.widgets import Badge, Button, Text
from pos_member.ui.widgets.facts import FactList
from tests.ui.on_screen import Stage, find, press, stage

__all__ = ["stage"]


def everything_at_once(now: datetime) -> SyncStateView:
    """All that can be told of a line."""
    return SyncStateView(
        Line.TROUBLE,
        12,
        31,
        now - timedelta(hours=3),
        now - timedelta(hours=2),
        "till_revoked",
        loading_percent=40,
        suspended=True,
        clock_off_s=-7_200,
        waits_for_night="22:00",
        limited=True,
    )


def test_offline_is_calm_and_says_what_waits_since_when_and_why(stage: Stage) -> None:
    now = stage.world.clock.now()
    stage.sync_state = SyncStateView(
        Line.OFFLINE, 12, 31, now - timedelta(hours=1), now - timedelta(days=1), "line_down"
    )
    screen = stage.show(SyncScreen)
    assert "ขายได้ตามปกติ" in find(screen, Badge, "sync_state").said()
    assert find(screen, Text, "sync_waiting").said() == "31"
    label = find(screen, Text, "sync_waiting_label").said()
    assert "12" in label
    assert "13:05" in label
    assert find(screen, Text, "sync_why").said()
    assert "20 พ.ย. 2569 14:05" in find(screen, FactList, "sync_facts").said()
    press(find(screen, Button, "sync_now"), Qt.Key.Key_Return)
    assert stage.asked == ["sync"]


def test_the_line_in_one_sentence_with_what_to_do_and_what_else_is_so(stage: Stage) -> None:
    stage.sync_state = everything_at_once(stage.world.clock.now())
    screen = stage.show(SyncScreen)
    assert find(screen, Text, "sync_told").said() == (
        "12 บิลรอส่ง · เก่าสุด 3 ชม. · ติดต่อล่าสุด 12:05 · สาเหตุ: เครื่องนี้ถูกถอนสิทธิ์"
    )
    assert "ไม่ได้รับข้อมูลใหม่ ติดต่อสำนักงานใหญ่" in find(screen, Text, "sync_why").said()
    notes = find(screen, Text, "sync_notes").said()
    assert all(part in notes for part in ("40%", "กู้คืน", "ช้ากว่าสำนักงานใหญ่ 2 ชม.", "22:00", "จำกัดความเร็ว"))
    set_language("en")
    stage.qtbot.waitUntil(lambda: "waiting" in find(screen, Text, "sync_told").said())
    assert find(screen, Text, "sync_told").said() == (
        "12 bill(s) waiting · oldest 3 h · last contact 12:05 · because this till was revoked"
    )


@pytest.mark.parametrize(
    ("more", "tone"),
    [({"clock_off_s": 7_200}, "warn"), ({"suspended": True}, "warn"), ({"limited": True}, "none")],
)
def test_what_the_head_of_the_window_sends_one_to_look_at_stands_out(
    stage: Stage, more: dict[str, Any], tone: str
) -> None:
    stage.sync_state = SyncStateView(Line.ONLINE, 0, 0, None, stage.world.clock.now(), **more)
    notes = find(stage.show(SyncScreen), Text, "sync_notes")
    assert notes.said() and notes.property("tone") == tone


def test_all_there_is_to_tell_at_once_is_read_to_its_last_word(stage: Stage) -> None:
    stage.sync_state = everything_at_once(stage.world.clock.now())
    screen = stage.show(SyncScreen)
    for language, said in (("th", "บิลรอส่ง"), ("en", "bill(s) waiting")):
        set_language(language)
        stage.until(lambda said=said: said in find(screen, Text, "sync_told").said())
        stage.settle()
        for name in ("sync_waiting_label", "sync_told", "sync_meaning", "sync_why", "sync_notes"):
            text = find(screen, Text, name)
            stage.until(lambda text=text: text.height() >= text.heightForWidth(text.width()))


@pytest.mark.parametrize(
    ("days", "th", "en"),
    [(9 * 365, "เร็วกว่าสำนักงานใหญ่ 9 ปี", "9 years ahead of"), (-400, "ช้ากว่าสำนักงานใหญ่ 400 วัน", "400 d behind")],
)
def test_a_clock_that_differs_sends_nobody_to_set_a_right_one_wrong(stage: Stage, days: int, th: str, en: str) -> None:
    """It may be head office's that is wrong: what is here is looked at first."""
    now = stage.world.clock.now()
    stage.sync_state = SyncStateView(Line.ONLINE, 0, 0, None, now, clock_off_s=days * 86_400)
    notes = find(stage.show(SyncScreen), Text, "sync_notes")
    assert th in notes.said() and "ถ้าตรงแล้วให้แจ้งสำนักงานใหญ่" in notes.said()
    set_language("en")
    stage.qtbot.waitUntil(lambda: "head office's" in notes.said())
    assert en in notes.said() and "if they are right, tell head office" in notes.said()


def test_it_follows_the_line_while_it_is_open(stage: Stage) -> None:
    stage.sync_state = SyncStateView(Line.SENDING, 1, 2)
    screen = stage.show(SyncScreen)
    assert find(screen, Text, "sync_waiting").said() == "2"
    stage.sync_state = SyncStateView(Line.ONLINE, 0, 0, None, stage.world.clock.now())
    stage.until(lambda: find(screen, Text, "sync_waiting").said() == "0")
    assert "ครบ" in find(screen, Text, "sync_waiting_label").said()


def test_a_till_alone_says_how_to_join_and_sends_nothing(stage: Stage) -> None:
    screen = stage.show(SyncScreen)
    assert "pos-member enrol" in find(screen, Text, "sync_meaning").said()
    assert not find(screen, Button, "sync_now").isEnabled()
    screen.go_on()
    assert stage.asked == []


@pytest.mark.parametrize("line", list(Line))
def test_every_state_is_worded_in_both_languages(stage: Stage, line: Line) -> None:
    stage.sync_state = SyncStateView(line, 1, 1)
    screen = stage.show(SyncScreen)
    thai = find(screen, Badge, "sync_state").said()
    set_language("en")
    stage.qtbot.waitUntil(lambda: find(screen, Badge, "sync_state").said() != thai)
    assert find(screen, Badge, "sync_state").said().isascii()
