"""Two tills without a line, one member, the same points and the same coupon: what the cashiers read, and what head
office finds afterwards, whoever comes back first.

``POS_MEMBER_SHOTS=DIR`` keeps a picture of the window at each outcome.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pos_member.app.online import Online
from pos_member.domain.rights import FloorLimits
from pos_member.ui import i18n
from pos_member.ui.ports import Line, SyncStateView, UiSettings
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme
from tests.e2e.shop_over_http import MEMBER, Shop, TillOnHttp, shop_over_http
from tests.factories import make_settings
from tests.headoffice.console_support import signed_in
from tests.ui.till_window import KEY, Driver

pytestmark = [
    pytest.mark.qt_log_level_fail("WARNING"),
    # Said by the offscreen platform of every window.
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]
SMALL = FloorLimits(per_bill=100, per_member=100, per_till=300)
#: The bill: dear enough for all the points there are.
AMOUNT = "350"
GUARANTEED = {"th": "ใช้ 600 แต้ม", "en": "Uses 600 points"}
POWER = {"th": "ใช้ได้แบบรอตรวจ 100 แต้ม", "en": "100 points can be used, to be checked later"}
PROVISIONAL = {"th": "ใช้ 100 แต้ม รอตรวจสอบ", "en": "Uses 100 points, to be checked"}
USED = {"th": "ใช้กับบิลนี้แล้ว", "en": "Used on this bill"}
#: Of points and of a coupon that were taken on trust.
TO_BE_CHECKED = {"th": "รอตรวจสอบ", "en": "to be checked"}
#: What this till's own bill earned it may spend; of all else it has used up what it may lend.
EARNED_HERE = {"th": "ใช้ได้แน่นอน 12 แต้ม", "en": "12 points can be used for certain"}
REFUSED = {
    "th": "ใช้ได้ 12 แต้มโดยไม่ต้องต่อเน็ต ออนไลน์แล้วลองใหม่",
    "en": "Only 12 points without the line. Try again online.",
}
AT_RISK = {
    "th": ("มูลค่าที่เสี่ยงรวม ฿25.40", "มูลค่าที่เสี่ยง ฿20 ผู้รับผิดชอบ: CM02", "54 แต้ม คิดเป็น ฿5.40 ผู้รับผิดชอบ: CM02"),
    "en": ("฿25.40 at risk in all", "At risk ฿20 Owner: CM02", "At risk 54 points worth ฿5.40 Owner: CM02"),
}
SETTLED = {"th": ("ร้านรับความเสียหาย", "Napha", "ours"), "en": ("The shop bears the loss", "Napha", "ours")}


@pytest.fixture(params=["th", "en"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    Theme.load("light").apply(qapp)
    i18n.set_language(request.param)
    yield request.param
    i18n.set_language("en")


@contextmanager
def window_at(till: TillOnHttp, qtbot: QtBot, language: str) -> Iterator[Driver]:
    """The till's window while its line is down, the cashier signed in."""
    runner = TaskRunner()
    view = SyncStateView(line=Line.OFFLINE)
    place = SimpleNamespace(enrolled=True, folder=till.folder, store=till.world.store, clock=till.world.clock)
    driver = Driver(qtbot, till.world, runner, line=view)
    try:
        window = driver.open(settings=UiSettings(language=language), online=Online(lambda: place, lambda: view))  # type: ignore[arg-type,return-value]
        driver.sign_in(till.cashier)
        yield driver
        window.close()
    finally:
        assert runner.stop()


def shot(driver: Driver, language: str, name: str) -> None:
    if folder := os.environ.get("POS_MEMBER_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert driver.window.grab().save(str(Path(folder) / f"{name}-{language}.png"))


def identify(driver: Driver) -> None:
    """By phone, as typed at the counter."""
    assert MEMBER.phone is not None
    driver.type("0" + MEMBER.phone.removeprefix("+66"))
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.desk.draft is not None and driver.desk.draft.member_id == MEMBER.id


def ring(driver: Driver) -> None:
    """The member's phone number, and an amount."""
    identify(driver)
    driver.type(AMOUNT)
    driver.press(KEY.Key_Return)
    driver.settle()


def use_points(driver: Driver) -> str:
    """By the key of the offer that takes points; what stood beside it."""
    for number in range(1, 10):
        detail = driver.window.findChild(QLabel, f"offer_{number}_detail")
        if detail is not None and detail.isVisible() and any(word in detail.text() for word in ("แต้ม", "points")):
            said = detail.text().replace("\u200b", "")  # where a Thai line may break
            driver.alt(number)
            return said
    raise AssertionError("no offer takes points")


def coupon_tile(driver: Driver, language: str) -> str:
    """What stands beside the coupon that is on the bill."""
    found = [label.text().replace("\u200b", "") for label in driver.window.findChildren(QLabel) if label.isVisible()]
    return next(said for said in found if said.startswith(USED[language]))


def pay(driver: Driver) -> Any:
    """For exact cash; the bill."""
    with driver.qtbot.waitSignal(driver.desk.completed):
        driver.plus()
    driver.settle()
    return driver.desk.last.bill


def times_of(driver: Driver) -> int:
    return sum(each.times for each in driver.desk.draft.rewards)


def at_one(till: TillOnHttp, qtbot: QtBot, language: str, code: str, go_offline: Callable[[], None]) -> Any:
    """The member is seen while the line is up; then all the points there are, and the coupon."""
    with window_at(till, qtbot, language) as driver:
        identify(driver)
        go_offline()
        ring(driver)
        assert driver.said("member_power") == "", "all that is there is certain: nothing to say"
        assert use_points(driver) == GUARANTEED[language]
        driver.scan(code)
        assert coupon_tile(driver, language) == USED[language]
        shot(driver, language, "1-guaranteed")
        return pay(driver)


def at_two(till: TillOnHttp, qtbot: QtBot, language: str, code: str) -> Any:
    """The same points and the same coupon; then once more."""
    with window_at(till, qtbot, language) as driver:
        ring(driver)
        assert driver.said("member_power") == POWER[language]
        assert use_points(driver) == PROVISIONAL[language]
        assert times_of(driver) == 1
        driver.scan(code)
        assert TO_BE_CHECKED[language] in coupon_tile(driver, language)
        shot(driver, language, "2-provisional")
        theirs = pay(driver)
        ring(driver)
        assert driver.said("member_power") == EARNED_HERE[language]
        assert use_points(driver) == REFUSED[language]
        assert times_of(driver) == 0 and REFUSED[language] in driver.said("notice_text")
        shot(driver, language, "3-refused")
        return theirs


@pytest.mark.parametrize("first", [0, 1], ids=["one first", "two first"])
def test_what_the_cashiers_read(qtbot: QtBot, tmp_path: Path, language: str, first: int) -> None:
    with shop_over_http(tmp_path, make_settings(floor=SMALL)) as shop:
        one, two = shop.tills
        [coupon, *_] = one.pay(one.draft({"giftbox": 2})).coupons_issued

        def last_talk() -> None:  # from here on the line is down at both
            for till in (one, two):
                till.sync()

        mine = at_one(one, qtbot, language, coupon.code, last_talk)
        # One window to a process: it hears every key there is. And it goes here, not on one of head office's threads.
        gc.collect()
        shop.clock.forward(timedelta(minutes=5))
        theirs = at_two(two, qtbot, language, coupon.code)
        gc.collect()
        assert (mine.points_redeemed, mine.spending.provisional, mine.spending.coupons) == (600, 0, ())
        assert (theirs.spending.provisional, theirs.spending.rights) == (100, ())
        assert theirs.spending.coupons == (coupon.code,)
        for at in (first, 1 - first, first, 1 - first):
            shop.tills[at].sync()
        # The same, whoever came first: what was lost, and at whose till, the coupon at the one that used it later.
        lost = 624 + mine.points_earned + theirs.points_earned - 600 - 100
        assert (shop.balance(), lost) == (-54, -54)
        later = two.folder.sync_store.identity()
        assert later is not None
        cases = [(each.kind, each.subject_id, each.points, each.amount_satang, each.till_id) for each in shop.cases()]
        assert cases == [
            ("coupon_twice", coupon.code, 0, 2_000, later.id),
            ("provisional_overdrawn", MEMBER.id, 54, 0, later.id),
        ]
        assert_console(shop, language, coupon.code)
        assert all(till.world.till.verify.run().ok for till in shop.tills)


def assert_console(shop: Shop, language: str, code: str) -> None:
    """What is at risk, who has to see to it, and what was decided."""
    with signed_in(shop.server) as browser:
        browser.get(f"/language/{language}")
        page = plain(browser.get("/exceptions").text)
        for said in AT_RISK[language]:
            assert said in page, (said, page)
        done = browser.send(
            "/exceptions/settle", resolution="accepted", kind="coupon_twice", subject=code, who="Napha", why="ours"
        )
        assert done.status_code == 200
        page = plain(browser.get("/exceptions").text)
        assert all(said in page for said in SETTLED[language]), page
    assert [case.kind for case in shop.cases()] == ["provisional_overdrawn"]


def plain(page: str) -> str:
    """What a person reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))
