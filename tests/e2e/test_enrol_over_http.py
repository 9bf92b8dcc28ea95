"""F2 with a real head office behind it: who joined at another branch is shown, and not enrolled a second time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.app.online import Online
from pos_member.services.enrolment import EnrolRequest
from pos_member.ui import i18n
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme
from tests.e2e.shop_over_http import shop_over_http
from tests.factories import make_settings
from tests.headoffice.office_support import rows
from tests.log_watch import ExpectLog
from tests.ui.till_window import KEY, Driver

pytestmark = [
    pytest.mark.qt_log_level_fail("WARNING"),
    # Said by the offscreen platform of every window.
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]
PHONE, NOBODYS, LATER = "0865551234", "0865550001", "0865550002"


@pytest.fixture
def in_thai(qapp: QApplication) -> Iterator[None]:
    Theme.load("light").apply(qapp)
    i18n.set_language("th")
    yield
    i18n.set_language("en")


def test_a_member_of_another_branch_is_not_enrolled_twice(
    qtbot: QtBot, tmp_path: Path, in_thai: None, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_(down|slow)")
    runner = TaskRunner()
    with shop_over_http(tmp_path, make_settings()) as shop:
        one, two = shop.tills
        asked = EnrolRequest(PHONE, True, first_name="วิภา", last_name="ทองดี")
        joined = one.world.till.enrolment.enrol(one.world.session(one.cashier), asked).member
        one.sync()
        assert two.world.store.members.by_phone(joined.phone or "") is None, "it has not heard of them"
        view = SyncStateView(line=Line.OFFLINE)
        place = SimpleNamespace(enrolled=True, folder=two.folder, store=two.world.store, clock=two.world.clock)
        online = Online(lambda: place, lambda: view)  # type: ignore[arg-type,return-value]
        driver = Driver(qtbot, two.world, runner, line=view)
        try:
            window = driver.open(online=online)
            driver.sign_in(two.cashier)
            driver.key(2)
            driver.type(PHONE)
            driver.settle()
            assert "ถามสำนักงานใหญ่ไม่ได้" in driver.said("enrol_not_asked")
            driver.press(KEY.Key_Return)
            qtbot.waitUntil(lambda: "วิภา ท." in driver.said("enrol_phone_state"))
            driver.settle()
            driver.press(KEY.Key_Return)
            driver.settle()
            assert driver.desk.draft is not None and driver.desk.draft.member_id == joined.id

            view = SyncStateView(line=Line.ONLINE)
            driver.key(2)
            driver.type(NOBODYS)
            qtbot.waitUntil(lambda: "ยังไม่มีใครใช้" in driver.said("enrol_phone_state"))
            driver.press(KEY.Key_Escape)
            shop.server.stop()
            driver.type(LATER)
            qtbot.waitUntil(lambda: LATER[-4:] in driver.said("enrol_not_asked"))
            driver.plus()
            driver.type("*")
            qtbot.waitUntil(lambda: two.world.store.members.by_phone("+66" + LATER[1:]) is not None)
            driver.settle()
            window.close()
        finally:
            assert runner.stop()
            online.close()
        phones = [row.phone for row in rows(shop.database, "member")]
        assert phones.count(joined.phone) == 1
