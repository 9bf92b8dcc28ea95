"""The coupon desk over a real till: a coupon's life, its end with a reason, its paper again."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea

from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.documents import CouponDocument, DocumentKind
from pos_member.ui.ports import Sound
from pos_member.ui.screens.coupons import CouponsScreen
from pos_member.ui.widgets import Badge, Button, Text
from pos_member.ui.widgets.facts import FactList
from tests.factories import PINS
from tests.ui.on_screen import Stage, find, press, stage, type_in
from tests.ui.till_window import KEY, Driver

__all__ = ["stage"]
CTRL = Qt.KeyboardModifier.ControlModifier


def issue(stage: Stage, phone: str = "0812345678") -> Coupon:
    return stage.world.sell({"giftbox": 1}, stage.world.enrol(phone)).bill.coupons_issued[0]


def look(stage: Stage, code: str) -> CouponsScreen:
    screen = stage.show(CouponsScreen)
    assert screen.scanned(code)
    stage.settle()
    return screen


def state(screen: CouponsScreen) -> str:
    return find(screen, Badge, "coupon_state").said()


def text_of(screen: CouponsScreen) -> QLineEdit:
    return find(screen, QLineEdit, "coupons_text")


def stored(stage: Stage, coupon: Coupon) -> CouponState:
    found = stage.world.store.coupons.by_code(coupon.code)
    assert found is not None
    return found.state


def test_a_scan_shows_what_it_is_worth_whose_it_is_and_where_it_came_from(stage: Stage) -> None:
    coupon = issue(stage)
    screen = look(stage, coupon.code)
    assert find(screen, Text, "coupon_value").said() == "฿20" and state(screen) == "ใช้ได้"
    facts = find(screen, FactList, "coupon_facts").said()
    assert "สมหญิง จ." in facts and "BK0101-000001" in facts and "ครบทุก 300 บาท" in facts
    assert find(screen, FactList, "coupon_steps").said() == "14:05 ออกคูปอง · บิล BK0101-000001"
    assert text_of(screen).hasSelectedText()


def test_typed_digits_do_as_well_and_a_wrong_one_is_said_under_the_field(stage: Stage) -> None:
    coupon = issue(stage)
    screen = stage.show(CouponsScreen)
    type_in(text_of(screen), coupon.code)
    press(text_of(screen), KEY.Key_Return)
    stage.settle()
    assert state(screen) == "ใช้ได้"
    last = str((int(coupon.code[-1]) + 1) % 10)
    screen.opened()
    type_in(text_of(screen), coupon.code[:-1] + last)
    press(text_of(screen), KEY.Key_Return)
    stage.settle()
    assert find(screen, Text, "coupons_text_problem").isVisible()
    assert not find(screen, Badge, "coupon_state").isVisible()
    assert not find(screen, Button, "coupons_cancel").isEnabled()


def test_its_whole_life_is_told(stage: Stage) -> None:
    coupon = issue(stage)
    world = stage.world
    draft = world.till.redemption.lay_coupon(world.draft({"mug": 1}), coupon.code)
    world.clock.forward(timedelta(minutes=2))
    used = world.pay(draft).bill
    screen = look(stage, coupon.code)
    assert state(screen) == "ใช้แล้ว"
    assert f"ใช้แล้ว · บิล {used.number}" in find(screen, FactList, "coupon_steps").said()
    assert not find(screen, Button, "coupons_cancel").isEnabled()
    assert not find(screen, Button, "coupons_print").isEnabled()
    world.till.returns.complete(world.session("1003"), used.id, {1: 1_000}, return_id=world.till.returns.new_id())
    assert screen.scanned(coupon.code)
    stage.settle()
    assert state(screen) == "กลับมาใช้ได้อีก"
    assert find(screen, FactList, "coupon_steps").said().count("\n") == 2
    assert find(screen, Button, "coupons_cancel").isEnabled()


def test_a_supervisor_cancels_with_a_reason_and_is_asked_once(driver: Driver) -> None:
    coupon = driver.world.sell({"giftbox": 1}, driver.world.enrol()).bill.coupons_issued[0]
    driver.open()
    driver.sign_in("1003")
    driver.press(KEY.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    driver.settle()
    driver.scan(coupon.code)
    driver.press(KEY.Key_T, CTRL)
    # The reason first.
    assert driver.focus().objectName() == "coupons_reason" and not driver.window.question.open
    driver.press(KEY.Key_Return)
    assert driver.said("coupons_reason_problem") and not driver.window.question.open
    driver.type("lost")
    driver.press(KEY.Key_Return)
    assert driver.window.question.open
    driver.press(KEY.Key_Escape)
    assert driver.world.store.coupons.by_code(coupon.code).state is CouponState.ISSUED
    driver.press(KEY.Key_Return)
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.world.store.coupons.by_code(coupon.code).state is CouponState.CANCELLED
    assert driver.said("coupon_state") == "ยกเลิกแล้ว"
    steps = driver.window.findChild(FactList, "coupon_steps")
    assert steps is not None and steps.said().endswith("lost")
    # At the counter it is refused, in words.
    driver.press(KEY.Key_Escape)
    driver.press(KEY.Key_Escape)
    driver.scan(driver.world.product("mug").barcode)
    driver.type(coupon.code)
    driver.press(KEY.Key_Return)
    driver.settle()
    assert driver.desk.draft.coupon_codes == () and driver.sounds[-1] is Sound.INVALID


def test_a_cashier_needs_a_pin_of_somebody_who_may(stage: Stage) -> None:
    coupon = issue(stage)
    screen = look(stage, coupon.code)
    find(screen, Button, "coupons_reason_1").click()
    press(find(screen, QLineEdit, "coupons_reason"), KEY.Key_Return)
    stage.settle()
    assert stored(stage, coupon) is CouponState.ISSUED
    # Esc gives it up; the reason stays.
    assert screen.back()
    assert find(screen, QLineEdit, "coupons_reason").text() == "คูปองหาย"
    press(find(screen, QLineEdit, "coupons_reason"), KEY.Key_Return)
    stage.settle()
    pin = find(screen, QLineEdit, "coupons_approval_pin")
    type_in(pin, PINS["1003"])
    press(pin, KEY.Key_Return)
    stage.settle()
    assert stored(stage, coupon) is CouponState.CANCELLED and state(screen) == "ยกเลิกแล้ว"


def test_a_copy_carries_the_same_code_and_its_number(stage: Stage) -> None:
    coupon = issue(stage)
    screen = look(stage, coupon.code)
    for number in (1, 2):
        find(screen, Button, "coupons_print").click()
        stage.settle()
        assert str(number) in stage.said[-1].text
    papers = [
        paper
        for kind, paper in stage.world.store.facts.documents_of(coupon.issued_bill_id or "")
        if kind is DocumentKind.COUPON and isinstance(paper, CouponDocument)
    ]
    assert {paper.code for paper in papers} == {coupon.code}
    copies = [job.copy_number for job in stage.world.till.reprint.jobs() if job.kind is DocumentKind.COUPON]
    assert sorted(copies) == [0, 1, 2]
    assert "พิมพ์สำเนาแล้ว 2" in find(screen, FactList, "coupon_facts").said()


def test_one_on_a_parked_bill_is_not_cancelled_under_it(stage: Stage) -> None:
    coupon = issue(stage)
    world = stage.world
    world.till.checkout.park(world.till.redemption.lay_coupon(world.draft({"mug": 1}), coupon.code))
    stage.sign_in("1004")
    screen = look(stage, coupon.code)
    assert state(screen) == "อยู่ในบิลอื่นที่เปิดไว้ในเครื่องนี้"
    assert "บิลที่ถืออยู่ ฿200 เปิดเมื่อ 14:05" in find(screen, FactList, "coupon_facts").said()
    assert not find(screen, Button, "coupons_cancel").isEnabled()
    # Its paper may be lost all the same.
    assert find(screen, Button, "coupons_print").isEnabled()


def test_one_whose_time_is_over_is_neither_cancelled_nor_printed(stage: Stage) -> None:
    coupon = issue(stage)
    stage.world.clock.forward(timedelta(days=60))
    stage.sign_in("1004")
    screen = look(stage, coupon.code)
    assert state(screen) == "หมดอายุแล้ว"
    assert not find(screen, Button, "coupons_cancel").isEnabled()
    assert not find(screen, Button, "coupons_print").isEnabled()


def test_one_that_is_used_meanwhile_shows_how_it_stands_now(stage: Stage) -> None:
    coupon = issue(stage)
    world = stage.world
    stage.sign_in("1004")
    screen = look(stage, coupon.code)
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), coupon.code))
    asked: list[object] = []
    stage.shell.asked.connect(lambda question, answered: asked.append(answered))
    find(screen, QLineEdit, "coupons_reason").setText("x")
    find(screen, Button, "coupons_cancel").click()
    assert len(asked) == 1
    screen._answered("cancel", "")
    stage.settle()
    assert state(screen) == "ใช้แล้ว" and stage.said[-1].tone.value == "bad"


def test_it_speaks_english_and_nothing_of_the_last_coupon_stays(stage: Stage) -> None:
    from pos_member.ui import i18n

    coupon = issue(stage)
    screen = look(stage, coupon.code)
    i18n.set_language("en")
    stage.until(lambda: state(screen) == "Can be used")
    assert "Given out · bill BK0101-000001" in find(screen, FactList, "coupon_steps").said()
    screen.left()
    assert text_of(screen).text() == "" and not find(screen, Badge, "coupon_state").isVisible()


def test_a_long_life_is_read_with_the_page_keys(stage: Stage) -> None:
    coupon = issue(stage)
    world = stage.world
    for _ in range(8):
        used = world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), coupon.code)).bill
        world.till.returns.complete(world.session("1003"), used.id, {1: 1_000}, return_id=world.till.returns.new_id())
    screen = look(stage, coupon.code)
    bar = find(screen, QScrollArea, "coupon_life_area").verticalScrollBar()
    stage.until(lambda: bar.maximum() > 0)
    press(text_of(screen), KEY.Key_PageDown)
    assert bar.value() > 0
    press(text_of(screen), KEY.Key_PageUp)
    assert bar.value() == 0
