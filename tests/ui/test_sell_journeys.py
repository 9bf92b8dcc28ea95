"""The cashier's day at the real widgets, over the real use cases and store; keys are counted against the aims."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_member.domain.bill import TenderKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.money import format_baht
from pos_member.ui import i18n
from pos_member.ui.ports import Sound
from tests.factories import PINS, World
from tests.log_watch import ExpectLog
from tests.ui.till_window import KEY, Driver
from tests.ui.wedge import reader_types

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def till(driver: Driver) -> Driver:
    driver.open()
    driver.sign_in()
    return driver


def bills(world: World) -> list[object]:
    return [each for each in world.store.facts.recent() if each.kind == "bill"]


def test_a_member_earns_on_a_bill_by_amount_in_two_interactions(till: Driver) -> None:
    member = till.world.enrol()
    till.scan(member.number)
    till.type("350")
    till.plus()
    till.settle()
    assert till.interactions == 2
    done = till.desk.last
    assert done is not None and done.bill.total_satang == 350_00
    assert done.bill.member_id == member.id
    assert done.bill.points_earned == 14
    assert done.bill.tenders[0].kind is TenderKind.CASH
    assert "14" in till.said("done_points")
    assert done.bill.coupons_issued and till.said("done_coupons")
    assert till.world.store.facts.bill(done.bill.id) == done.bill


def test_goods_are_scanned_paid_in_cash_and_the_change_is_shown_large(till: Driver) -> None:
    for name in ("latte", "mug", "latte"):
        till.scan(till.world.product(name).barcode)
    till.press(KEY.Key_Return)
    assert till.sell.paying
    till.type("500")
    assert till.said("pay_change") == format_baht(500_00 - till.desk.preview.total_cash_satang)
    till.press(KEY.Key_Return)
    till.settle()
    done = till.desk.last
    assert done is not None
    assert till.said("done_change") == format_baht(done.bill.change_satang)
    assert not till.sell.paying


def test_the_next_scan_begins_a_new_bill(till: Driver) -> None:
    till.type("100")
    till.plus()
    till.settle()
    first = till.desk.last
    assert first is not None and till.sell.done.isVisible()
    till.scan(till.world.product("mug").barcode)
    assert till.desk.last is None and not till.sell.done.isVisible()
    assert till.desk.draft.id != first.bill.id and len(till.desk.draft.lines) == 1


def test_a_coupon_is_used_by_scan_and_enter_and_a_used_one_is_refused_in_words(till: Driver) -> None:
    member = till.world.enrol()
    coupon = till.world.sell({"giftbox": 1}, member).bill.coupons_issued[0]
    till.type("200")
    till.press(KEY.Key_Return)
    till.settle()
    till.interactions = 0
    till.scan(coupon.code)
    assert till.desk.draft.coupon_codes == (coupon.code,)
    assert till.said("bill_total") == "฿180.00"
    till.plus()
    till.settle()
    assert till.interactions == 2 and till.desk.last.bill.coupons_used[0].code == coupon.code
    till.type("200")
    till.press(KEY.Key_Return)
    till.settle()
    # Typed this time: the reader's guard against its own echo does not apply to fingers.
    till.type(coupon.code)
    till.press(KEY.Key_Return)
    till.settle()
    assert till.desk.draft.coupon_codes == ()
    assert len(till.desk.draft.lines) == 1
    assert till.sounds[-1] is Sound.ALREADY
    assert till.said("notice_text") == i18n.unwrapped(till.window.strip.notice.text)


def test_points_are_used_by_alt_1_and_taken_off_by_alt_1(till: Driver) -> None:
    member = till.world.enrol()
    till.world.give_points(member, 500)
    till.scan(member.number)
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.alt(1)
    assert till.desk.draft.rewards[0].times == 5
    assert till.said("bill_total") == "฿300.00"
    till.alt(1)
    assert till.desk.draft.rewards == () and till.said("bill_total") == "฿350.00"


@pytest.mark.parametrize(("typed", "times"), [("250", 2), ("๓๐๐", 3), ("99999999999", 3), ("0", 0), ("-1", 0), ("", 0)])
def test_a_customer_may_use_only_part_of_the_points(till: Driver, typed: str, times: int) -> None:
    member = till.world.enrol()
    till.world.give_points(member, 320)
    till.scan(member.number)
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_1, CTRL)
    assert till.window.question.open
    till.focus().setText(typed)
    till.press(KEY.Key_Return)
    till.settle()
    assert sum(each.times for each in till.desk.draft.rewards) == times


def test_f5_says_how_many_bills_are_parked(till: Driver) -> None:
    till.type("100")
    till.press(KEY.Key_Return)
    till.settle()
    till.key(5)
    assert till.said("key_f5_label").endswith("1")


def test_an_unusable_reward_says_why(till: Driver) -> None:
    member = till.world.enrol()
    till.scan(member.number)
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    tile = till.sell.offers.findChild(object, "offer_1")
    assert not tile.isEnabled()
    assert till.said("offer_1_detail")


def test_undo_takes_back_one_act_at_a_time(till: Driver) -> None:
    member = till.world.enrol()
    till.scan(member.number)
    till.type("100")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_Z, CTRL)
    till.settle()
    assert till.desk.draft.lines == () and till.desk.draft.member_id == member.id
    till.press(KEY.Key_Z, CTRL)
    till.settle()
    assert till.desk.draft.empty
    till.press(KEY.Key_Z, CTRL)
    till.settle()
    assert till.desk.draft.empty and till.window.strip.notice is not None


def test_lines_are_steered_by_arrows_while_the_field_is_empty(till: Driver) -> None:
    till.scan(till.world.product("mug").barcode)
    till.scan(till.world.product("latte").barcode)
    till.press(KEY.Key_Right)
    till.settle()
    assert till.desk.draft.lines[1].quantity_milli == 2_000
    till.press(KEY.Key_Up)
    till.press(KEY.Key_Delete)
    till.settle()
    assert [line.product_id for line in till.desk.draft.lines] == ["latte"]
    till.press(KEY.Key_Left)
    till.settle()
    till.press(KEY.Key_Left)
    till.settle()
    assert till.desk.draft.lines == ()


def test_a_quantity_waits_for_the_next_scan_only(till: Driver) -> None:
    till.type("5*")
    till.press(KEY.Key_Return)
    till.settle()
    assert till.sell.bill.findChild(object, "bill_times").isVisible()
    till.scan(till.world.product("mug").barcode)
    till.scan(till.world.product("latte").barcode)
    assert [line.quantity_milli for line in till.desk.draft.lines] == [5_000, 1_000]


def test_of_two_fast_scans_only_the_first_is_multiplied(till: Driver) -> None:
    till.desk.set_multiplier(5_000)
    # Both are waiting before the first is looked up, as from a reader that does not wait for anybody.
    till.desk.look_up(till.world.product("mug").barcode)
    till.desk.look_up(till.world.product("latte").barcode)
    till.settle()
    assert [line.quantity_milli for line in till.desk.draft.lines] == [5_000, 1_000]


def test_split_payment_by_card_and_cash(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_Return)
    till.press(KEY.Key_Right)
    till.type("100")
    till.press(KEY.Key_Return)
    assert till.said("pay_due") == "฿250.00"
    till.press(KEY.Key_Left)
    till.type("300")
    till.press(KEY.Key_Return)
    till.settle()
    bill = till.desk.last.bill
    assert [(each.kind, each.amount_satang) for each in bill.tenders] == [
        (TenderKind.CARD, 100_00),
        (TenderKind.CASH, 300_00),
    ]
    assert bill.change_satang == 50_00


def test_promptpay_on_f8(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.key(8)
    till.press(KEY.Key_Return)
    till.settle()
    assert till.desk.last.bill.tenders[0].kind is TenderKind.PROMPTPAY


def test_esc_steps_back_and_never_loses_the_bill(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_Return)
    till.type("99")
    till.press(KEY.Key_Escape)
    assert till.sell.paying and till.sell.payment.amount.text() == ""
    till.press(KEY.Key_Escape)
    assert not till.sell.paying
    till.press(KEY.Key_Escape)
    assert len(till.desk.draft.lines) == 1


def test_a_parked_bill_comes_back(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    parked = till.desk.draft
    till.key(5)
    assert till.desk.draft.empty and till.desk.draft.id != parked.id
    till.key(5)
    assert till.desk.draft == parked


def test_of_several_parked_bills_one_is_chosen(till: Driver) -> None:
    for amount in ("100", "200"):
        till.type(amount)
        till.press(KEY.Key_Return)
        till.settle()
        till.key(5)
    till.key(5)
    assert till.window.question.open
    till.press(KEY.Key_Return)
    till.settle()
    assert till.desk.draft.gross_satang == 100_00 and len(till.desk.parked) == 1


def test_the_open_bill_survives_a_restart(till: Driver, world: World) -> None:
    member = world.enrol()
    till.scan(member.number)
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    before = till.desk.draft
    till.window.close()
    again = Driver(till.qtbot, world, till.runner)
    again.open()
    again.sign_in()
    assert again.desk.draft == before
    assert again.said("bill_total") == "฿350.00"
    assert "สมหญิง" in again.said("member_name")


def test_a_change_of_cashier_keeps_the_bill(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    till.key(10)
    assert till.window.shell.session is None
    assert till.window.navigation.current.name == "sign_in"
    till.sign_in("1002")
    assert till.window.shell.session.staff.code == "1002"
    assert till.desk.draft.gross_satang == 350_00
    till.plus()
    till.settle()
    assert till.desk.last.bill.staff_id == "staff-1002"


def test_a_scan_before_the_database_is_open_is_kept(driver: Driver) -> None:
    member = driver.world.enrol()
    driver.open(start=False)
    reader_types(driver.window.windowHandle(), member.number)
    driver.window.start()
    driver.settle()
    driver.sign_in()
    driver.settle()
    assert driver.desk.draft.member_id == member.id


def test_an_unknown_phone_leads_to_enrolling_in_place(till: Driver) -> None:
    till.type("0899999999")
    till.press(KEY.Key_Return)
    till.settle()
    assert till.window.question.open
    opened: list[tuple[str, dict[str, object]]] = []
    till.window.shell.open_wanted.connect(lambda name, params: opened.append((name, params)))
    till.press(KEY.Key_Return)
    assert opened == [("enrol", {"phone": "089-999-9999"})]


def test_a_refused_completion_keeps_the_bill_and_says_so(till: Driver, expected_logs: ExpectLog) -> None:
    expected_logs("disk_full")

    def full(*args: object, **more: object) -> None:
        raise EnvironmentProblem(Reason.DISK_FULL)

    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    real = till.world.till.checkout
    till.world.till.checkout = _Broken(real, full)  # type: ignore[assignment]
    till.plus()
    till.settle()
    assert till.desk.draft.gross_satang == 350_00 and not bills(till.world)
    assert till.window.strip.notice is not None
    till.world.till.checkout = real
    till.plus()
    till.settle()
    assert len(bills(till.world)) == 1


class _Broken:
    """The real checkout with ``complete`` taken out."""

    def __init__(self, real: object, complete: object) -> None:
        self._real = real
        self.complete = complete

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_pressing_exact_twice_completes_once(till: Driver) -> None:
    till.type("350")
    till.plus()
    till.plus()
    till.plus()
    till.settle()
    assert len(bills(till.world)) == 1


def test_switching_the_language_rewords_everything_at_once(till: Driver) -> None:
    till.type("350")
    till.press(KEY.Key_Return)
    till.settle()
    assert "ชำระ" in till.said("pay")
    till.key(11)
    assert "Pay" in till.said("pay") and till.said("bill_total_label") == "To pay"
    assert till.said("key_f2_label") == "Enrol"
    till.key(11)
    assert "ชำระ" in till.said("pay")


def test_typing_reaches_the_field_from_anywhere(till: Driver) -> None:
    till.window.setFocus()
    till.sell.entry.clearFocus()
    QTest.keyClicks(till.window, "42")
    assert till.sell.entry.text() == "42"


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-5",
        "99999999999999999999",
        "9999999.99",
        "0.001",
        "*",
        "5*",
        "12345*1",
        "😀",
        "\u202e123",
        "' or 1=1",
        "+",
    ],
)
def test_nonsense_never_breaks_the_till_or_the_bill(till: Driver, text: str) -> None:
    till.type("100")
    till.press(KEY.Key_Return)
    till.settle()
    kept = till.desk.draft.lines[0]
    till.sell.entry.setText(text)
    till.press(KEY.Key_Return)
    till.settle()
    till.window.shell.close_question()
    assert kept in till.desk.draft.lines
    assert replace(till.desk.draft, lines=()).id == till.desk.draft.id


def test_the_locked_till_takes_no_keys_of_the_bar(till: Driver) -> None:
    till.key(10)
    till.key(5)
    till.key(2)
    assert till.window.navigation.current.name == "sign_in"
    assert not till.window.keys.button("enrol").isEnabled()


def test_the_pin_pad_signs_in_by_touch_alone(driver: Driver) -> None:
    driver.open()
    driver.click("staff_1002")
    for figure in PINS["1002"]:
        driver.click(f"sign_in_pad_{figure}")
    driver.click("sign_in_go")
    driver.qtbot.waitUntil(lambda: driver.window.shell.session is not None)
    assert driver.window.shell.session.staff.code == "1002"
    driver.settle()


def test_a_bill_by_touch_alone(till: Driver) -> None:
    for figure in ("1", "00"):
        till.click(f"pad_{figure}")
    till.click("pad_enter")
    till.settle()
    till.click("pay")
    till.click("pay_note_1")
    till.click("pay")
    till.settle()
    assert till.desk.last.bill.total_satang == 100_00 and till.desk.last.bill.change_satang > 0
