"""Everything the new programs say at once: it fits at 1366 × 768 in both languages, and no figure is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pos_member.ui.ports import UiSettings
from pos_member.ui.widgets import Text
from tests.factories import World
from tests.ui.program_world import SETTINGS, make_program_world
from tests.ui.till_window import KEY, SIZE, Driver


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Points of a bill can be used a week later."""
    made = make_program_world(tmp_path, replace(SETTINGS, points_pending_days=7))
    yield made
    made.folder.close()


def cut(root: QWidget) -> list[str]:
    """Labels that show less than their text: those that elide say so themselves and carry it in a tooltip."""
    found = []
    for label in root.findChildren(QLabel):
        elides = isinstance(label, Text) and label._elide
        if label.isVisible() and label.text() and not elides and not label.wordWrap():
            needed = label.fontMetrics().horizontalAdvance(label.text())
            if label.contentsRect().width() < needed or label.height() < label.fontMetrics().height():
                found.append(f"{label.objectName()}: {label.text()}")
    return found


def overlaps(card: QWidget) -> list[tuple[str, str]]:
    """Labels of ``card`` that stand on one another."""
    labels = [each for each in card.findChildren(QLabel) if each.isVisible() and each.text()]
    areas = [(each.objectName(), each.rect().translated(each.mapTo(card, each.rect().topLeft()))) for each in labels]
    return [
        (one, other)
        for at, (one, area) in enumerate(areas)
        for other, below in areas[at + 1 :]
        if area.intersects(below) and area.intersected(below).height() > 1
    ]


def check(driver: Driver, what: str) -> None:
    driver.settle()
    QApplication.processEvents()
    needed = driver.window.centralWidget().minimumSizeHint()
    assert needed.width() <= SIZE[0] and needed.height() <= SIZE[1], (what, needed)
    screen = driver.window.navigation.current
    assert screen is not None
    assert (what, cut(screen)) == (what, [])


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_member_with_everything_and_a_bill_with_everything(driver: Driver, language: str) -> None:
    world = driver.world
    friend = world.enrol("0899999999", first_name="ประสิทธิ์ชัย", last_name="รักดี")
    member = world.enrol("0812345678", birthday="21/11/2533", referred_by=friend.number)
    world.give_points(member, 150)
    world.sell({"latte": 2, "giftbox": 2}, member)
    driver.open(settings=UiSettings(language=language))
    driver.sign_in()
    driver.scan(member.number)
    panel = driver.desk.panel
    assert panel is not None and panel.pending_points and panel.stamps and panel.tier and panel.referred_by_masked
    assert f"{panel.pending_points:,}" in driver.said("member_pending")
    assert driver.said("member_stamps") and driver.said("member_tier_way") and driver.said("member_note")
    for name in ("tea", "latte", "mug", "espresso"):
        driver.scan(world.product(name).barcode)
    driver.desk.change_quantity(0, 2_000)
    driver.settle()
    check(driver, "the bill")
    assert overlaps(driver.sell.member) == [] and overlaps(driver.sell.offers.goals) == []
    driver.key(8)
    check(driver, "the payment")
    driver.press(KEY.Key_Escape)
    driver.sell.ask_why()
    check(driver, "why")
    driver.sell.ask_why()
    driver.plus()
    driver.settle()
    check(driver, "done")
    bill = driver.desk.last.bill
    driver.window.shell.open("return", code=bill.receipt_code)
    check(driver, "the return")
    driver.window.shell.open("find")
    driver.settle()
    driver.type("5678")
    check(driver, "the member's page")
    driver.window.shell.open("coupons", code=bill.coupons_issued[0].code)
    check(driver, "the coupon desk")
    driver.window.shell.open("enrol")
    driver.settle()
    driver.type("0877777777")
    driver.settle()
    driver.scan(friend.number)
    check(driver, "enrolling with who brought them")
