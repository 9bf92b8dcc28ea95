"""Screens are built before they are asked for, and nobody who types or scans notices."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_member.ui import ahead
from pos_member.ui.screens import SCREENS
from tests.ui.till_window import KEY, Driver


def test_every_screen_is_there_before_it_is_asked_for(driver: Driver) -> None:
    window = driver.open()
    driver.qtbot.waitUntil(lambda: window._ahead.left == 0)
    assert set(SCREENS) | {"sell"} == set(window.navigation._built)
    assert window.navigation.current.name == "sign_in"


def test_building_takes_no_key_from_the_field_that_is_typed_into(driver: Driver) -> None:
    window = driver.open()
    pin = driver.focus()
    assert pin.objectName() == "sign_in_pin"
    driver.qtbot.waitUntil(lambda: window._ahead.left == 0)
    assert driver.focus() is pin


def test_scanned_keys_put_it_off_and_count_as_touches(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    # So long that no machine is slow enough to see the end of it.
    monkeypatch.setattr(ahead, "_QUIET_MS", 600_000)
    member = driver.world.enrol()
    window = driver.open()
    driver.sign_in()
    window._idle._timer.setTimerType(Qt.TimerType.PreciseTimer)
    window._idle.watch(60)
    window._ahead.begin([], [lambda: None])
    handle = window.windowHandle()
    idle = window._idle._timer
    driver.qtbot.waitUntil(lambda: idle.remainingTime() < 59_900)
    begun_anew = []
    for char in member.number:
        window._ahead._timer.start(300_000)
        QTest.keyClick(handle, char)
        assert window._ahead.left and window._ahead._timer.remainingTime() > 400_000
        begun_anew.append(idle.remainingTime() > 59_900)
    assert any(begun_anew), "all of them only where the machine never pauses for a tenth of a second"
    QTest.keyClick(handle, Qt.Key(KEY.Key_Return))
    driver.settle()
    assert driver.desk.draft.member_id == member.id


def test_a_screen_in_the_background_speaks_the_new_language_once_it_is_shown(driver: Driver) -> None:
    window = driver.open()
    driver.sign_in()
    screen = window.navigation.screen("find")
    window.switch_language()
    driver.settle()
    assert screen._stale
    driver.key(3)
    assert not screen._stale and screen.title() == screen._head.title.said()
