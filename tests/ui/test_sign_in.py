"""Getting in, getting locked out, and being locked when away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.ui.idle import IdleWatch
from pos_member.ui.screens.sign_in import SignInScreen
from tests.factories import PINS
from tests.log_watch import ExpectLog
from tests.ui.till_window import KEY, Driver


def screen(driver: Driver) -> SignInScreen:
    found = driver.window.navigation.screen("sign_in")
    assert isinstance(found, SignInScreen)
    return found


def try_pin(driver: Driver, pin: str) -> None:
    driver.type(pin)
    driver.press(KEY.Key_Return)
    driver.settle()


def test_the_people_of_the_branch_are_tiles_chosen_by_arrows(driver: Driver) -> None:
    driver.open()
    assert driver.said("sign_in_who") == "คนที่ 1001"
    driver.press(KEY.Key_Right)
    assert driver.said("sign_in_who") == "คนที่ 1002"
    driver.press(KEY.Key_Down)
    assert driver.said("sign_in_who") == "คนที่ 1004"
    try_pin(driver, PINS["1004"])
    assert driver.window.shell.session.staff.code == "1004"


def test_a_wrong_pin_is_told_and_empties_the_field(driver: Driver) -> None:
    driver.open()
    try_pin(driver, "000000")
    assert driver.window.shell.session is None
    assert driver.said("sign_in_pin_problem")
    assert driver.focus().text() == ""
    try_pin(driver, PINS["1001"])
    assert driver.window.shell.session is not None


def test_too_many_wrong_pins_lock_with_a_countdown(driver: Driver) -> None:
    driver.open()
    for _ in range(6):
        try_pin(driver, "000000")
    told = driver.said("sign_in_pin_problem")
    assert "0:3" in told or "0:2" in told
    assert not driver.window.findChild(QObject, "sign_in_go").isEnabled()
    # Another person is not locked out with them.
    driver.press(KEY.Key_Right)
    try_pin(driver, PINS["1002"])
    assert driver.window.shell.session.staff.code == "1002"


def test_the_till_locks_itself(driver: Driver, qtbot: QtBot) -> None:
    driver.open()
    driver.sign_in()
    driver.window._idle.idle.emit()
    assert driver.window.shell.session is None
    assert driver.window.navigation.current.name == "sign_in"
    driver.settle()


def test_idling_begins_anew_with_every_touch(qtbot: QtBot, qapp) -> None:
    watch = IdleWatch()
    watch._timer.setInterval(600_000)
    seen: list[int] = []
    watch.idle.connect(lambda: seen.append(1))
    watch._timer.start()
    left_before = watch._timer.remainingTime()
    qtbot.waitUntil(lambda: watch._timer.remainingTime() < left_before - 20)

    def touch() -> bool:
        watch.eventFilter(watch, QEvent(QEvent.Type.KeyPress))
        return watch._timer.remainingTime() > left_before - 20

    # Not once: the machine may let no test run for so long between the touch and the look.
    qtbot.waitUntil(touch)
    watch._timer.setInterval(20)
    qtbot.waitUntil(lambda: seen == [1])
    watch.watch(0)
    assert not watch._timer.isActive()


def test_signing_out_is_recorded(driver: Driver) -> None:
    driver.open()
    driver.sign_in()
    before = driver.world.store.facts.queue_status().head_seq
    driver.key(10)
    assert driver.world.store.facts.queue_status().head_seq > before


def test_a_database_that_cannot_be_opened_is_told_and_stays_on_screen(
    driver: Driver, qtbot: QtBot, expected_logs: ExpectLog
) -> None:
    expected_logs("database_corrupt")

    def corrupt() -> object:
        raise EnvironmentProblem(Reason.DATABASE_CORRUPT)

    driver.open(start=False, open_till=corrupt)
    driver.window.start()
    qtbot.waitUntil(lambda: driver.window.strip.notice is not None)
    assert driver.window.strip.notice.lasting and not driver.window.shell.ready


def test_a_pin_does_not_stay_in_the_field(driver: Driver) -> None:
    driver.open()
    driver.type("2718")
    driver.key(1)
    driver.press(KEY.Key_Escape)
    assert screen(driver).findChild(QObject, "sign_in_pin").text() == ""


@pytest.mark.parametrize("minutes", [1, 60])
def test_a_kept_scan_grows_too_old(driver: Driver, minutes: int) -> None:
    member = driver.world.enrol()
    driver.open()
    driver.scan(member.number)
    driver.world.clock.forward(timedelta(minutes=minutes))
    driver.sign_in()
    # Kept scans come after the sign-in, in a turn of their own.
    driver.qtbot.waitUntil(lambda: not len(driver.window._early))
    driver.settle()
    assert (driver.desk.draft.member_id == member.id) is (minutes == 1)
