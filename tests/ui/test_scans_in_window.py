"""Scans in the window beyond the table: half-filled pages, questions, badges, two readers, labels, anything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_member.domain.codes import make_staff_badge
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.in_store import make_label
from pos_member.domain.member import Identified
from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.ports import Sound
from pos_member.ui.scan_routes import QUESTION
from pos_member.ui.scanning.feedback import Feedback
from pos_member.ui.scanning.gate import SAME_SCAN_S, ScanGate, Source
from pos_member.ui.screens import SCREENS
from pos_member.ui.shell import Answer, Question
from pos_member.ui.tasks import TaskRunner
from pos_member.wording import say_error
from tests.factories import PINS
from tests.ui.scan_stage import BADGES, PRICE, WEIGHT, ScanStage, staged
from tests.ui.till_window import KEY

K = ScanKind


@pytest.fixture
def stage(tmp_path: Path, runner: TaskRunner, qtbot: QtBot) -> Iterator[ScanStage]:
    yield from staged(tmp_path, runner, qtbot)


def _half_done(stage: ScanStage, kind: ScanKind) -> None:
    """``kind`` is refused, and the page still stands."""
    before = stage.place
    stage.scan_kind(kind)
    assert stage.place == before
    assert stage.told.startswith("หน้านี้ยังทำค้างอยู่") and stage.sounds[-1] is Sound.INVALID


# --- half-filled pages -------------------------------------------------------------------------------------


def test_a_form_of_enrolment_is_not_lost_to_a_scan(stage: ScanStage) -> None:
    stage.go("enrol")
    field = stage.window.navigation.current._form.first
    field.set_text("สมชาย")
    for kind in (K.PRODUCT, K.COUPON, K.PHONE, K.RECEIPT, K.STAFF, K.TEXT):
        _half_done(stage, kind)
        assert field.text() == "สมชาย"
    # A card is that of who brought them, by number: a code of the app would be too old by the time of Enter.
    stage.scan_kind(K.MEMBER_ROTATING)
    assert stage.window.navigation.current._referrer.text() == stage.member.number and field.text() == "สมชาย"


def test_a_return_under_way_is_not_lost_to_a_scan(stage: ScanStage) -> None:
    page = stage.go("return", code=stage.bill.receipt_code)
    for kind in (K.MEMBER, K.COUPON, K.PHONE, K.STAFF):
        _half_done(stage, kind)
    assert page._chosen is not None and page._chosen.found.bill.id == stage.bill.id


def test_points_typed_for_one_member_do_not_end_at_another(stage: ScanStage) -> None:
    page = stage.go("adjust")
    stage.read(stage.member.number)
    page._points.set_text("50")
    stage.read(stage.other.number)
    assert page._panel.card.member_id == stage.member.id and page._points.text() == "50"
    assert stage.told.startswith("หน้านี้ยังทำค้างอยู่")
    stage.read(stage.member.number)
    assert stage.sounds[-1] is Sound.ALREADY


def test_a_count_of_the_drawer_is_not_lost_to_a_scan(stage: ScanStage) -> None:
    page = stage.go("shift")
    page._amount.set_text("1250")
    _half_done(stage, K.MEMBER)
    assert page._amount.text() == "1250"


def test_a_payment_under_way_takes_scans_for_the_bill_and_is_not_left(stage: ScanStage) -> None:
    stage.go("sell", 350_00)
    stage.press(KEY.Key_Return)
    assert stage.sell.paying
    for kind in (K.RECEIPT, K.STAFF):
        _half_done(stage, kind)
    stage.scan_kind(K.MEMBER)
    assert stage.sell.paying and stage.desk.draft.member_id == stage.member.id


# --- returns -----------------------------------------------------------------------------------------------


def test_goods_held_before_the_reader_come_back_one_by_one(stage: ScanStage) -> None:
    page = stage.go("return", code=stage.bill.receipt_code)
    lines = {each.line.product_id: each for each in page._chosen.found.lines}
    latte, mug = lines["latte"], lines["mug"]
    assert (page._chosen.of(latte), page._chosen.of(mug)) == (3_000, 1_000)
    stage.read(latte.line.barcode)
    assert (page._chosen.of(latte), page._chosen.of(mug)) == (1_000, 0)
    stage.read(latte.line.barcode)
    stage.read(mug.line.barcode)
    assert (page._chosen.of(latte), page._chosen.of(mug)) == (2_000, 1_000)
    stage.read(mug.line.barcode)
    assert page._chosen.of(mug) == 1_000 and stage.sounds[-1] is Sound.ALREADY
    stage.read(stage.world.product("beans").barcode)
    assert stage.sounds[-1] is Sound.INVALID and stage.place == "return"
    assert page._chosen.lines() == {latte.line.line_no: 2_000, mug.line.line_no: 1_000}
    assert page._effect.preview.refund_satang == 2 * 70_00 + 200_00


def test_the_same_receipt_again_changes_nothing(stage: ScanStage) -> None:
    page = stage.go("return", code=stage.bill.receipt_code)
    stage.read(stage.world.product("mug").barcode)
    stage.read(stage.bill.receipt_code)
    assert stage.sounds[-1] is Sound.ALREADY and len(page._chosen.lines()) == 1


def test_a_receipt_nobody_knows_stays_where_it_was_scanned(stage: ScanStage) -> None:
    stage.go("report")
    stage.read("50001200000000034588")
    assert stage.place == "report" and stage.sounds == [Sound.UNKNOWN]
    assert stage.told == say_error(Refusal(Reason.BILL_UNKNOWN), "th")


def test_a_receipt_beside_a_member_is_for_points_after_the_bill(stage: ScanStage) -> None:
    stage.read(stage.member.number)
    stage.read(stage.bill.receipt_code)
    assert stage.place == "claim" and stage.bill.number in stage.said("claim_bill")
    # One that has its member already can only come back.
    theirs = stage.world.sell({"mug": 1}, stage.other).bill
    stage.window.shell.back()
    stage.settle()
    stage.read(theirs.receipt_code)
    assert stage.place == "return" and stage.desk.draft.member_id == stage.member.id


# --- members on the bill -----------------------------------------------------------------------------------


def test_the_same_member_again_another_member_and_a_stronger_code(stage: ScanStage) -> None:
    stage.read(stage.member.number)
    assert stage.sounds[-1] is Sound.READ
    stage.read(stage.member.number)
    assert stage.sounds[-1] is Sound.ALREADY
    stage.scan_kind(K.MEMBER_ROTATING)
    assert stage.desk.draft.identified is Identified.FRESH_QR and stage.sounds[-1] is Sound.READ
    stage.read(stage.member.number)
    assert stage.desk.draft.identified is Identified.FRESH_QR and stage.sounds[-1] is Sound.ALREADY
    stage.read(stage.other.number)
    assert stage.desk.draft.member_id == stage.other.id and "มานี" in stage.told
    stage.press(KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert stage.desk.draft.member_id == stage.member.id


def test_what_another_system_made_is_called_by_its_name(stage: ScanStage) -> None:
    told = set()
    for text in ("00020101021129370016A000000677010111", "WIFI:T:WPA;S:x;;", "https://lin.ee/AbC", "RR123456785TH"):
        for place in ("sell", "settings"):
            stage.go(place)
            stage.read(text)
            assert stage.place == place and stage.sounds == [Sound.INVALID]
            told.add(stage.told)
    assert len(told) == 4


# --- labels of scales --------------------------------------------------------------------------------------


def test_weighed_and_priced_goods_come_on_the_bill(stage: ScanStage) -> None:
    stage.read(make_label(WEIGHT, 12345, 350))
    stage.read(make_label(PRICE, 777, 2875))
    pork, bun = stage.desk.draft.lines
    assert (pork.product_id, pork.quantity_milli, pork.gross_satang) == ("pork", 350, 66_15)
    assert (bun.product_id, bun.gross_satang, bun.category_id, bun.brand_id) == ("bun", 28_75, "cat-goods", "brand-1")
    assert stage.desk.preview.evaluation.gross_satang == 66_15 + 28_75


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (make_label(WEIGHT, 12345, 0), Reason.LABEL_EMPTY),
        (make_label(WEIGHT, 54321, 350), Reason.PRODUCT_UNKNOWN),
        ("2200777828753", Reason.CODE_MISTYPED),  # the check digit of the price is wrong, that of the code is right
    ],
)
def test_labels_that_are_not_believed(stage: ScanStage, text: str, reason: Reason) -> None:
    stage.read(text)
    assert stage.desk.draft.empty
    assert stage.told == say_error(Refusal(reason, code=text, looks_like="product"), "th")


def test_a_weight_keyed_before_a_label_without_one(stage: ScanStage) -> None:
    stage.type("0.35*")
    stage.press(KEY.Key_Return)
    stage.settle()
    stage.read(make_label(WEIGHT, 12345, 0))
    assert stage.desk.draft.gross_satang == 66_15


# --- questions ---------------------------------------------------------------------------------------------


def test_scans_wait_for_a_question_and_come_in_order_after_it(stage: ScanStage) -> None:
    stage.go(QUESTION)
    for name in ("mug", "latte"):
        stage.read(stage.world.product(name).barcode)
    stage.read(stage.member.number)
    assert stage.desk.draft.empty and stage.window.question.open
    stage.press(KEY.Key_Return)
    assert stage.answer == "yes"
    stage.qtbot.waitUntil(lambda: stage.desk.draft.member_id is not None)
    stage.settle()
    assert [line.product_id for line in stage.desk.draft.lines] == ["mug", "latte"]


def test_a_scan_right_behind_the_answer_does_not_overtake_those_that_waited(stage: ScanStage) -> None:
    """The answer and the next code may lie in one turn of the loop: what waited comes first."""
    stage.go(QUESTION)
    goods = [stage.world.product(name).barcode for name in ("mug", "beans", "latte", "tea")]
    for code in goods[:2]:
        stage.window.scanned(code)
    stage.window.shell.close_question()
    for code in goods[2:]:
        stage.window.scanned(code)
    stage.qtbot.waitUntil(lambda: not len(stage.window._early))
    stage.settle()
    assert [line.barcode for line in stage.desk.draft.lines] == goods


def test_a_long_question_loses_none_of_many_scans(stage: ScanStage) -> None:
    """Who hears the sound of a scan that is kept will not scan it again: 30 are no flood."""
    mug = stage.world.product("mug").barcode
    stage.go(QUESTION)
    for _ in range(30):
        stage.seconds += 1
        stage.window.scanned(mug)
    assert set(stage.sounds) == {Sound.READ}
    stage.window.shell.close_question()
    stage.qtbot.waitUntil(lambda: not len(stage.window._early))
    stage.settle()
    assert sum(line.quantity_milli for line in stage.desk.draft.lines) == 30_000


def test_a_question_with_a_field_for_words_takes_words(stage: ScanStage) -> None:
    answers: list[tuple[str, str]] = []
    asker = _Asker(answers)
    stage.window.shell.ask(Question("?", (Answer("ok", "ok"), Answer("no", "no")), field="text"), asker.answered)
    stage.read(stage.member.number)
    assert answers == [] and len(stage.window._early) == 1
    stage.read("SLIP-4711")
    assert answers == [("ok", "SLIP-4711")]
    stage.qtbot.waitUntil(lambda: stage.desk.draft.member_id == stage.member.id)
    stage.settle()


class _Asker:
    def __init__(self, answers: list[tuple[str, str]]) -> None:
        self._answers = answers

    def answered(self, key: str, typed: str) -> None:
        self._answers.append((key, typed))


# --- badges ------------------------------------------------------------------------------------------------


def test_a_badge_and_a_pin_change_the_cashier_and_keep_the_bill(stage: ScanStage) -> None:
    stage.read(stage.world.product("mug").barcode)
    stage.read(stage.member.number)
    before = stage.desk.draft
    stage.interactions = 0
    stage.scan(BADGES["1002"])
    assert stage.place == "sign_in" and stage.window.shell.session.staff.code == "1001"
    stage.type(PINS["1002"])
    stage.press(KEY.Key_Return)
    stage.qtbot.waitUntil(lambda: stage.window.shell.session.staff.code == "1002")
    stage.settle()
    assert stage.place == "sell" and stage.desk.draft == before and stage.interactions == 2
    records = stage.audits()
    assert ("sign_in", "staff-1002") in records and ("sign_out", "staff-1001") in records


def test_esc_leaves_everything_as_it_was_and_scans_meanwhile_are_kept(stage: ScanStage) -> None:
    stage.scan(BADGES["1002"])
    stage.read(stage.member.number)
    assert stage.desk.draft.empty
    stage.press(KEY.Key_Escape)
    stage.qtbot.waitUntil(lambda: stage.desk.draft.member_id == stage.member.id)
    stage.settle()
    assert stage.window.shell.session.staff.code == "1001" and stage.place == "sell"


def test_a_badge_at_a_locked_till_chooses_and_the_pin_signs_in(stage: ScanStage) -> None:
    stage.window.lock()
    stage.settle()
    stage.read(BADGES["1003"])
    assert stage.said("sign_in_who") == "คนที่ 1003" and stage.window.shell.session is None
    stage.type(PINS["1003"])
    stage.press(KEY.Key_Return)
    stage.qtbot.waitUntil(lambda: stage.window.shell.session is not None)
    stage.settle()
    assert stage.window.shell.session.staff.code == "1003"


@pytest.mark.parametrize("badge", [BADGES["2001"], make_staff_badge(lambda below: 999_999)])
def test_a_badge_of_nobody_here_is_refused(stage: ScanStage, badge: str) -> None:
    stage.read(badge)
    assert stage.place == "sell" and stage.sounds == [Sound.UNKNOWN]
    assert stage.told == say_error(Refusal(Reason.BADGE_UNKNOWN), "th")


def test_ones_own_badge_changes_nothing(stage: ScanStage) -> None:
    stage.read(BADGES["1001"])
    assert stage.place == "sell" and stage.sounds == [Sound.ALREADY]


def test_a_badge_chooses_who_approves(stage: ScanStage) -> None:
    stage.go("drawer")
    stage.read(BADGES["1004"])
    stage.type(PINS["1004"])
    stage.press(KEY.Key_Return)
    stage.settle()
    assert stage.place in ("sell", "drawer")
    assert stage.audits()[-1] == ("sign_in", "staff-1004")


# --- two readers -------------------------------------------------------------------------------------------


def test_one_card_seen_by_two_readers_counts_once(stage: ScanStage) -> None:
    mug, latte = (stage.world.product(name).barcode for name in ("mug", "latte"))
    scans = stage.window.scans
    scans.take(mug, Source.LINE)
    scans.take(mug, Source.KEYS)
    scans.take(latte, Source.KEYS)
    scans.take(f"]E0{latte}", Source.LINE)
    stage.settle()
    assert [(line.product_id, line.quantity_milli) for line in stage.desk.draft.lines] == [
        ("mug", 1_000),
        ("latte", 1_000),
    ]
    stage.seconds += SAME_SCAN_S
    scans.take(mug, Source.LINE)
    stage.settle()
    assert stage.desk.draft.lines[0].quantity_milli == 2_000


def test_the_gate_keeps_to_its_bounds() -> None:
    from pos_member.domain.scan_meaning import classify

    now = [0.0]
    gate = ScanGate(lambda: now[0])
    for at in range(10_000):
        assert gate.passes(classify(f"CODE-{at}"), Source.LINE)
    assert len(gate._passed) <= 32
    first = classify("A")
    assert gate.passes(first, Source.KEYS) and gate.passes(first, Source.KEYS)
    assert not gate.passes(first, Source.LINE)
    now[0] -= 3600  # a clock that falls back lets through rather than swallow
    assert gate.passes(first, Source.LINE)


# --- anything at all ---------------------------------------------------------------------------------------

HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "'; DROP TABLE product; --",
    "<b>x</b>" * 40,
    "๏" * 600,
    "9" * 10_000,
    "6" + "0" * 221,
    "9" * 202,
    "7" * 24,
    "\u202e8850999320007",
    "{member}",
    "%s%n%x",
    "(01)",
    "]C1",
    "|",
]


def test_two_hundred_random_scans_over_random_pages_lose_nothing(stage: ScanStage) -> None:
    """Never a crash, never a half state: after each the till is idle on some page, and goods on the bill stay there."""
    dice = random.Random(5)
    pages = ["sell", QUESTION, *sorted(SCREENS)]
    told: list[Feedback] = []
    stage.window.shell.fed_back.connect(told.append)
    stage.go("sell", 500_00)
    first = stage.desk.draft.lines[0]
    for _ in range(200):
        if dice.random() < 0.3:
            page = dice.choice(pages)
            if page == QUESTION:
                question = Question("?", (Answer("yes", "ใช่"), Answer("no", "ไม่")))
                stage.window.shell.ask(question, stage.answered)
            elif page == "sign_in":
                stage.window.shell.open("sign_in", staff_id="staff-1002")
            else:
                stage.window.shell.open(page)
        text = dice.choice(HOSTILE) if dice.random() < 0.2 else stage.text(dice.choice(list(ScanKind)))
        stage.read(text)
        assert stage.window.shell.session.staff.code == "1001"
        assert stage.desk.draft.lines[0] == first
        assert stage.place in pages
    assert told and all(each.text for each in told)
    # The till still sells.
    stage.window.shell.close_question()
    stage.window.shell.back()
    stage.settle()
    stage.qtbot.waitUntil(lambda: not len(stage.window._early))
    stage.settle()
    stage.plus()
    stage.settle()
    assert stage.desk.last is not None and stage.desk.last.bill.lines[0].gross_satang == 500_00
