"""Shift+F1: every program, why it is in the bill or not, in the way of nobody."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from pos_member.domain import explain
from pos_member.domain.bill import TenderKind
from pos_member.domain.pricing import Evaluation, Explanation
from pos_member.ui import i18n
from pos_member.ui import why as why_module
from pos_member.ui.sell import why_panel
from pos_member.ui.sell.why_panel import WhyPanel
from pos_member.ui.why import Standing, Why, nearest_in_pieces, reasons, standing
from tests.ui.program_world import world
from tests.ui.till_window import KEY, Driver

__all__ = ["world"]
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def till(driver: Driver) -> Driver:
    driver.open()
    driver.sign_in()
    return driver


def ask(till: Driver) -> WhyPanel:
    till.press(KEY.Key_F1, SHIFT)
    till.settle()
    panel = till.window.findChild(WhyPanel)
    assert panel is not None
    return panel


def row(panel: WhyPanel, program_id: str) -> Why:
    found = [each for each in panel.rows() if each.program_id == program_id]
    assert len(found) == 1, program_id
    return found[0]


# --- the order, pure ----------------------------------------------------------------------------------------


def why(name: str, key: str, *, fired: bool = False, missing_satang: int = 0, **params: object) -> Explanation:
    return Explanation(name, name, name, fired, key, params, missing_satang)


def evaluation_of(*explanations: Explanation) -> Evaluation:
    empty: tuple[()] = ()
    return Evaluation(empty, empty, 0, 0, 0, empty, 0, 0, empty, empty, empty, empty, explanations, None)


def test_what_fired_comes_first_and_what_is_nearest_before_what_is_far(themed: object) -> None:
    told = evaluation_of(
        why("switched off", "inactive"),
        why("wrong day", "weekday_3"),
        why("no goods", "scope"),
        why("for members", "needs_member"),
        why("four pieces", "near_free", missing_quantity=4, units=1),
        why("far", "near_points", missing_satang=900_00, points=1),
        why("one piece", "near_free", missing_quantity=1, units=1),
        why("near", "near_points", missing_satang=40_00, points=1),
        why("pick it up", "free_waiting", missing_quantity=1),
        why("a reward", "reward_open", points=100, amount_satang=1000),
        why("first", "points_fixed", fired=True, points=5),
        why("second", "discount", fired=True, amount_satang=100, of_satang=1000),
    )
    assert [each.program_id for each in reasons(told)] == [
        *("first", "second", "a reward", "pick it up", "near", "far", "one piece", "four pieces"),
        *("for members", "no goods", "wrong day", "switched off"),
    ]


@pytest.mark.parametrize(
    ("explanation", "stands"),
    [
        (why("x", "points_fixed", fired=True), Standing.FIRED),
        (why("x", "reward_coupon_open"), Standing.USABLE),
        (why("x", "near_points", missing_satang=1), Standing.NEAR),
        (why("x", "stamps_short", missing_points=3), Standing.NEAR),
        (why("x", "goal_bills", missing_bills=2), Standing.NEAR),
        (why("x", "scope"), Standing.OPEN),
        (why("x", "needs_member"), Standing.OPEN),
        (why("x", "weekday_1"), Standing.SHUT),
        (why("x", "branch"), Standing.SHUT),
    ],
)
def test_each_explanation_has_its_standing(explanation: Explanation, stands: Standing) -> None:
    assert standing(explanation) is stands


def test_every_key_of_the_engine_has_a_place_and_a_sentence(themed: object) -> None:
    assert why_module._INERT | why_module._ON_OFFER | {why_module._WAITING, why_module._MEMBERS} <= explain.KEYS
    for language in ("th", "en"):
        i18n.set_language(language)
        told = evaluation_of(*(why(key, key, fired=key in explain.FIRED) for key in sorted(explain.KEYS)))
        rows = reasons(told)
        assert len(rows) == len(explain.KEYS) and all(each.said and "{" not in each.said for each in rows)
        fired = [each.standing is Standing.FIRED for each in rows]
        assert fired == sorted(fired, reverse=True) and sum(fired) == len(explain.FIRED)


def test_a_few_pieces_are_a_near_miss_and_what_is_paid_for_comes_first() -> None:
    one, two = why("one", "near_free", missing_quantity=1), why("two", "near_bundle", missing_quantity=2)
    assert nearest_in_pieces((two, one)) is one
    assert nearest_in_pieces((two,)) is two
    waiting = why("waiting", "free_waiting", missing_quantity=2)
    assert nearest_in_pieces((one, waiting)) is waiting
    far, mission = why("far", "near_free", missing_quantity=9), why("mission", "goal_quantity", missing_quantity=1)
    assert nearest_in_pieces((far, mission, why("done", "near_free", fired=True, missing_quantity=1))) is None


def test_words_are_found_in_any_order_and_case() -> None:
    each = Why("p", "Tea: Buy 2, get 1", Standing.NEAR, "Buy 1 more")
    assert each.holds("MORE tea") and each.holds("") and not each.holds("coffee")


# --- at the counter -----------------------------------------------------------------------------------------


def test_every_program_is_told_in_both_languages(till: Driver) -> None:
    member = till.world.enrol()
    till.scan(member.number)
    till.scan(till.world.product("tea").barcode)
    till.scan(till.world.product("latte").barcode)
    panel = ask(till)
    draft = till.desk.draft
    told = till.world.till.checkout.preview(draft).evaluation
    assert {each.program_id for each in panel.rows()} == {each.program_id for each in told.explanations}
    assert row(panel, "prog-cup").standing is Standing.FIRED
    assert "ดวงกาแฟ" in row(panel, "prog-cup").said
    assert row(panel, "prog-cup-free").standing is Standing.NEAR
    till.key(11)
    assert row(panel, "prog-cup").name == "A stamp for each cup"
    assert row(panel, "prog-cup").said == "1 × coffee stamps"
    for each in panel.rows():
        assert "{" not in each.said and "–" not in each.said, each


def test_typing_searches_and_escape_goes_back_to_the_bill(till: Driver) -> None:
    till.scan(till.world.product("tea").barcode)
    panel = ask(till)
    everything = len(panel.rows())
    till.type("tea")
    assert panel.rows() == ()
    for _ in range(3):
        till.press(KEY.Key_Backspace)
    assert len(panel.rows()) == everything
    panel.search.set_text("แถม")
    assert [each.program_id for each in panel.rows()] == ["prog-tea"]
    till.press(KEY.Key_Escape)
    assert not panel.isVisible() and till.window.focusWidget() is till.sell.entry
    till.type("150")
    assert till.sell.entry.text() == "150"
    # It opens empty the next time.
    assert len(ask(till).rows()) == everything


def test_the_arrows_walk_through_the_list_while_the_search_keeps_the_keys(till: Driver) -> None:
    panel = ask(till)
    for row_wanted in (0, 1):
        till.press(KEY.Key_Down)
        assert panel.list.currentIndex().row() == row_wanted
    till.press(KEY.Key_Up)
    assert panel.list.currentIndex().row() == 0 and till.focus() is panel.search.edit
    assert panel.list.currentIndex().data(Qt.ItemDataRole.ToolTipRole) == panel.rows()[0].name
    till.press(KEY.Key_Return)
    assert not panel.isVisible()


def test_the_key_once_more_closes_it(till: Driver) -> None:
    panel = ask(till)
    assert panel.isVisible()
    ask(till)
    assert not panel.isVisible() and till.sell.offers.isVisible()


def test_a_scan_while_it_is_open_goes_to_the_bill_and_the_reasons_follow(till: Driver) -> None:
    panel = ask(till)
    assert row(panel, "prog-tea").standing is Standing.OPEN
    till.type("tea")
    for name in ("tea", "mug"):
        # As the camera's: a reader's keys, in a field that takes scans, are the matter of test_wedge_filter.
        till.window.scanned(till.world.product(name).barcode)
        till.settle()
    assert [line.product_id for line in till.desk.draft.lines] == ["tea", "mug"]
    assert panel.isVisible() and panel.search.text() == "tea"
    panel.search.set_text("")
    assert row(panel, "prog-tea").standing is Standing.NEAR
    till.desk.change_quantity(0, 2_000)
    till.settle()
    assert row(panel, "prog-tea").standing is Standing.FIRED


def test_a_reader_so_slow_that_it_looks_like_typing_rings_all_the_same(till: Driver) -> None:
    panel = ask(till)
    for code in (till.world.product("tea").barcode, till.world.enrol("0812345678").number):
        till.type(code)
        till.press(KEY.Key_Return)
        till.settle()
        assert panel.isVisible() and panel.search.text() == ""
    assert [line.product_id for line in till.desk.draft.lines] == ["tea"]
    assert till.desk.draft.member_id is not None
    # Figures that are in a row are searched for.
    till.type("25")
    assert panel.rows()
    till.press(KEY.Key_Return)
    till.settle()
    assert not panel.isVisible() and len(till.desk.draft.lines) == 1


def test_a_phone_from_a_reader_is_the_member_and_not_a_search(till: Driver) -> None:
    member = till.world.enrol("0812345678")
    panel = ask(till)
    till.scan("0812345678")
    assert till.desk.draft.member_id == member.id
    assert panel.search.text() == ""


def test_the_payment_under_it_keeps_what_was_noted(till: Driver) -> None:
    till.type("500")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_Return)
    till.type("200")
    till.press(KEY.Key_Return)
    assert [each.amount_satang for each in till.sell.payment.tenders()] == [200_00]
    panel = ask(till)
    assert till.sell.paying and panel.isVisible()
    till.scan(till.world.product("mug").barcode)
    assert till.sell.paying and panel.isVisible()
    till.press(KEY.Key_Escape)
    assert till.sell.payment.isVisible()
    assert [each.amount_satang for each in till.sell.payment.tenders()] == [200_00]
    till.press(KEY.Key_Return)
    till.settle()
    assert till.desk.last is not None
    assert [each.kind for each in till.desk.last.bill.tenders] == [TenderKind.CASH, TenderKind.CASH]
    assert till.desk.last.bill.total_satang == 700_00


def test_the_pay_key_shows_what_was_noted_before_it_completes(till: Driver) -> None:
    till.type("500")
    till.press(KEY.Key_Return)
    till.settle()
    till.press(KEY.Key_Return)
    ask(till)
    till.click("pay")
    till.settle()
    assert till.desk.last is None and till.sell.payment.isVisible()
    till.click("pay")
    till.settle()
    assert till.desk.last is not None


def test_ringing_costs_nothing_for_it_while_it_is_closed(till: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Evaluation] = []

    def counted(evaluation: Evaluation) -> tuple[Why, ...]:
        asked.append(evaluation)
        return reasons(evaluation)

    monkeypatch.setattr(why_panel, "reasons", counted)
    till.sell.build_why()
    for name in ("tea", "mug", "latte"):
        till.scan(till.world.product(name).barcode)
    assert asked == []
    ask(till)
    before = len(asked)
    till.scan(till.world.product("beans").barcode)
    assert len(asked) > before > 0
    till.press(KEY.Key_Escape)
    before = len(asked)
    till.scan(till.world.product("cookie").barcode)
    assert len(asked) == before


def test_after_a_bill_it_tells_of_that_bill(till: Driver) -> None:
    till.type("3*")
    till.press(KEY.Key_Return)
    till.scan(till.world.product("tea").barcode)
    till.plus()
    till.settle()
    assert till.desk.last is not None and till.desk.last.bill.total_satang == 80_00
    panel = ask(till)
    assert row(panel, "prog-tea").standing is Standing.FIRED
    till.press(KEY.Key_Escape)
    till.scan(till.world.product("mug").barcode)
    assert row(ask(till), "prog-tea").standing is not Standing.FIRED


def test_it_opens_from_any_screen_and_from_its_button(till: Driver) -> None:
    till.key(3)
    panel = ask(till)
    assert till.window.navigation.current is till.sell and panel.isVisible()
    till.press(KEY.Key_Escape)
    till.click("offers_why")
    assert panel.isVisible()


def test_nobody_signed_in_is_told_nothing(driver: Driver) -> None:
    driver.open()
    driver.press(KEY.Key_F1, SHIFT)
    assert driver.window.findChild(WhyPanel) is None
