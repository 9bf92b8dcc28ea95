"""Points and coupons that the till may not let go by itself: shown, refused with what helps, asked of head office."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from pos_member.domain.codes import make_coupon_code
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, CouponValueKind, OfflinePolicy
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.member import Member
from pos_member.domain.rights import ONLINE_SUFFIX, FloorLimits, RightKind
from pos_member.services.online import CouponWord, OnlineWord
from pos_member.ui import standing_words
from pos_member.ui.tasks import TaskRunner
from tests.db_support import NOW, put
from tests.factories import World
from tests.log_watch import ExpectLog
from tests.services.rights_support import NO_FLOOR, SMALL_FLOOR, give_right, rights_world
from tests.ui.till_window import Driver

KEY = Qt.Key
WAIT_MS = 10_000


class FakeOffice:
    """Head office as the window sees it: it answers when it is let, and what it grants is on disk."""

    def __init__(self) -> None:
        self.line_up = True
        self.belongs = True
        self.answers = threading.Event()
        self.answers.set()
        self.grant: Callable[[str, int], OnlineWord] = lambda bill_id, points: OnlineWord(points)
        self.verdict = CouponWord.GOOD
        self.verdict_comes: Callable[[], None] = lambda: None
        #: Its answer never arrives.
        self.lost = False
        self.asked: list[tuple[str, int, tuple[str, ...]]] = []
        self.given_up = False
        self.knows: Callable[[str], bool] = lambda text: False
        self.sought: list[str] = []

    def up(self) -> bool:
        return self.line_up

    def alone(self) -> bool:
        return not self.belongs

    def redeem(self, bill_id: str, member_id: str, points: int, coupons: Sequence[str]) -> OnlineWord:
        self.asked.append((bill_id, points, tuple(coupons)))
        assert self.answers.wait(WAIT_MS / 1000)
        if self.given_up:
            raise EnvironmentProblem(Reason.LINE_SLOW)
        if self.lost:
            raise EnvironmentProblem(Reason.LINE_DOWN)
        if coupons:
            self.verdict_comes()
            return OnlineWord(0, coupons=dict.fromkeys(coupons, self.verdict))
        return self.grant(bill_id, points)

    def find_member(self, text: str) -> bool:
        self.sought.append(text)
        assert self.answers.wait(WAIT_MS / 1000)
        if self.given_up:
            raise EnvironmentProblem(Reason.LINE_SLOW)
        return self.knows(text)

    def give_up(self) -> None:
        self.given_up = True
        self.answers.set()


@pytest.fixture
def office() -> FakeOffice:
    return FakeOffice()


@pytest.fixture
def counter(tmp_path: Path, runner: TaskRunner, qtbot: QtBot, office: FakeOffice) -> Iterator[Callable[..., Driver]]:
    """A window over a till with these floors; its member has 500 points and ฿350 is on the bill."""
    worlds: list[World] = []

    def made(floor: FloorLimits, right: int = 0) -> Driver:
        world = rights_world(tmp_path, floor)
        worlds.append(world)
        member = world.enrol()
        world.give_points(member, 500)
        world.folder.sync_store.rights.note_contact(world.clock.now())
        if right:
            give_right(world, member, right)
        office.grant = lambda bill_id, points: _granted(world, member, bill_id, points)
        driver = Driver(qtbot, world, runner)
        driver.open(online=office)
        driver.sign_in()
        driver.scan(member.number)
        driver.type("350")
        driver.press(KEY.Key_Return)
        driver.settle()
        return driver

    yield made
    for world in worlds:
        world.folder.close()


def _granted(world: World, member: Member, bill_id: str, points: int) -> OnlineWord:
    give_right(world, member, points, right_id=bill_id + ONLINE_SUFFIX, kind=RightKind.BILL, hours=1)
    return OnlineWord(points, points)


def times_of(till: Driver) -> int:
    assert till.desk.draft is not None
    return sum(each.times for each in till.desk.draft.rewards)


def test_what_is_certain_and_what_waits_for_a_check_is_shown(
    counter: Callable[..., Driver], office: FakeOffice
) -> None:
    office.line_up = False
    till = counter(SMALL_FLOOR, 120)
    assert till.said("member_power") == "ใช้ได้แน่นอน 120 · แบบรอตรวจ 100"
    power = till.window.findChild(QLabel, "member_power")
    assert power is not None
    told = "{sure} certain · {more} to be checked"
    assert f'tr("{told}"' in Path(standing_words.__file__).read_text(encoding="utf-8"), "the English it is measured by"
    for text in (power.text(), told.format(sure="1,200", more="1,000")):
        assert power.fontMetrics().horizontalAdvance(text) <= power.contentsRect().width(), f"cut off: {text}"
    till.alt(1)
    assert times_of(till) == 2 and not office.asked
    assert "รอตรวจ 80" in till.said("offer_1_detail")
    shown = till.window.findChild(QScrollArea, "offers_list")
    detail = till.window.findChild(QLabel, "offer_1_detail")
    assert shown is not None and detail is not None
    assert shown.widget().width() == shown.viewport().width(), "nothing stands out over the edge of the list"
    assert detail.height() >= detail.heightForWidth(detail.width())


def test_refused_without_a_line_it_says_what_helps(counter: Callable[..., Driver], office: FakeOffice) -> None:
    office.line_up = False
    till = counter(NO_FLOOR)
    assert till.said("member_power") == "ใช้แต้มได้เมื่อออนไลน์"
    assert "ออนไลน์แล้วลองใหม่" in till.said("offer_1_detail")
    till.alt(1)
    assert times_of(till) == 0 and not office.asked
    assert "ออนไลน์แล้วลองใหม่" in till.said("notice_text")


def test_online_the_key_asks_for_what_is_missing_and_uses_all_of_it(
    counter: Callable[..., Driver], office: FakeOffice
) -> None:
    till = counter(NO_FLOOR, 200)
    assert till.desk.draft is not None
    bill_id = till.desk.draft.id
    till.alt(1)
    till.qtbot.waitUntil(lambda: times_of(till) == 5)
    till.settle()
    assert office.asked == [(bill_id, 300, ())]
    assert till.said("bill_total") == "฿300.00" and till.said("member_power") == ""
    till.alt(1)
    assert times_of(till) == 0, "the same key takes it off"


def test_esc_goes_on_without_an_answer_with_what_the_till_may(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_slow")
    office.answers.clear()
    till = counter(SMALL_FLOOR, 120)
    till.press(KEY.Key_1, Qt.KeyboardModifier.AltModifier)
    till.qtbot.waitUntil(lambda: bool(office.asked))
    assert "กำลังถามสำนักงานใหญ่" in till.said("notice_text")
    till.type("55")
    till.press(KEY.Key_Escape)
    assert not office.given_up, "one step back at a time: what was typed goes first"
    till.press(KEY.Key_Escape)
    till.settle()
    assert office.given_up and times_of(till) == 2
    assert "ใช้เท่าที่เครื่องนี้ให้ได้" in till.said("notice_text")


def test_too_few_free_points_are_told_with_where_they_are(counter: Callable[..., Driver], office: FakeOffice) -> None:
    till = counter(NO_FLOOR)
    now = till.world.clock.now()
    office.grant = lambda _bill, points: OnlineWord(points, 0, 40, 460, now + timedelta(hours=2))
    till.alt(1)
    till.qtbot.waitUntil(lambda: "40" in till.said("notice_text"))
    assert "460" in till.said("notice_text") and "ถึง 16:05 น." in till.said("notice_text")
    assert times_of(till) == 0
    office.grant = lambda _bill, points: OnlineWord(points, 0, 40, 460, now + timedelta(hours=12, minutes=30))
    till.alt(1)
    till.qtbot.waitUntil(lambda: "ถึง 22 พ.ย. 2569 02:35 น." in till.said("notice_text"))


def test_a_slow_head_office_is_told_and_nothing_is_used(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_slow")
    till = counter(NO_FLOOR)

    def slow(_bill: str, _points: int) -> OnlineWord:
        raise EnvironmentProblem(Reason.LINE_SLOW)

    office.grant = slow
    till.alt(1)
    till.qtbot.waitUntil(lambda: "ตอบช้า" in till.said("notice_text"))
    assert times_of(till) == 0 and till.desk.idle


def test_points_whose_answer_was_lost_are_told_as_not_used_and_asked_for_again(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_down")
    till = counter(NO_FLOOR)
    office.lost = True
    till.alt(1)
    till.qtbot.waitUntil(lambda: "ยังไม่ได้ใช้แต้ม กดอีกครั้ง" in till.said("notice_text"))
    assert times_of(till) == 0 and till.desk.idle
    office.lost = False
    till.alt(1)
    till.qtbot.waitUntil(lambda: times_of(till) == 5)


def test_what_is_lent_though_the_answer_was_lost_is_not_told_as_not_used(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_down")
    till = counter(SMALL_FLOOR, 120)
    office.lost = True
    till.alt(1)
    till.qtbot.waitUntil(lambda: times_of(till) == 2)
    till.qtbot.waitUntil(lambda: "ใช้เท่าที่เครื่องนี้ให้ได้" in till.said("notice_text"))
    assert "ยังไม่ได้ใช้แต้ม" not in till.said("notice_text")


def _coupon_for_asking(till: Driver) -> str:
    """A coupon that only head office may let go by."""
    definition = CouponDefinition("def-x", "X50", "คูปองลอง", "Trial coupon", CouponValueKind.AMOUNT, 5_000)
    code, today = make_coupon_code(lambda n: 55_433 % n), NOW.date()
    issued = Coupon(code, "def-x", CouponState.ISSUED, None, None, "till-9", "branch-2", NOW, today, today)
    put(till.world.folder, [replace(definition, offline=OfflinePolicy.ONLINE_ONLY), issued])
    return code


def _type_in(till: Driver, text: str) -> None:
    till.type(text)
    till.press(KEY.Key_Return)


@pytest.mark.parametrize("given_up", [False, True], ids=["lost", "esc"])
def test_a_coupon_whose_answer_was_lost_is_asked_about_again_when_it_is_typed_again(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog, given_up: bool
) -> None:
    expected_logs("on lane online: line_(slow|down)")
    till = counter(NO_FLOOR)
    code = _coupon_for_asking(till)
    assert till.desk.draft is not None
    bill_id = till.desk.draft.id
    office.lost = not given_up
    if given_up:
        office.answers.clear()
    _type_in(till, code)
    till.qtbot.waitUntil(lambda: len(office.asked) == 1)
    if given_up:
        till.press(KEY.Key_Escape)
    till.qtbot.waitUntil(lambda: not till.runner.busy("online") and till.desk.idle)
    assert till.desk.draft.coupon_codes == ()
    if not given_up:
        assert "คูปองยังไม่ถูกใช้ สแกนอีกครั้ง" in till.said("notice_text"), "what is so of the coupon, and what to do"
    office.lost = office.given_up = False
    office.verdict_comes = lambda: till.world.folder.sync_store.rights.keep_good(
        bill_id, {code: till.world.clock.now() + timedelta(minutes=15)}
    )
    _type_in(till, code)
    till.qtbot.waitUntil(lambda: till.desk.draft is not None and till.desk.draft.coupon_codes == (code,))
    assert office.asked == [(bill_id, 0, (code,))] * 2, "the same bill, so that the same coupon is held for it"


def test_a_member_whom_nobody_could_be_asked_about_is_asked_about_again(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_down")
    till = counter(NO_FLOOR)

    def lost(_text: str) -> bool:
        raise EnvironmentProblem(Reason.LINE_DOWN)

    office.knows = lost
    for times in (1, 2):
        _look_for_nobody(till)
        assert office.sought == [PHONE] * times


PHONE = "0865551234"


def _look_for_nobody(till: Driver) -> None:
    """To enrol somebody is offered, and declined."""
    _type_in(till, PHONE)
    till.qtbot.waitUntil(lambda: till.window.question.open)
    till.press(KEY.Key_Escape)
    till.settle()


def _shown_on_bill(till: Driver) -> str | None:
    return till.desk.draft.member_id if till.desk.draft is not None else None


def test_a_member_this_till_has_not_heard_of_is_fetched(counter: Callable[..., Driver], office: FakeOffice) -> None:
    till = counter(NO_FLOOR)
    before = _shown_on_bill(till)

    def brought(_text: str) -> bool:
        till.world.enrol(PHONE)
        return True

    office.knows = brought
    till.type(PHONE)
    till.press(KEY.Key_Return)
    till.qtbot.waitUntil(lambda: _shown_on_bill(till) != before)
    till.settle()
    member = till.world.store.members.by_phone("+66865551234")
    assert member is not None and _shown_on_bill(till) == member.id
    assert office.sought == [PHONE] and not till.window.question.open


def test_nobody_knows_the_member_then_enrolling_is_offered(counter: Callable[..., Driver], office: FakeOffice) -> None:
    till = counter(NO_FLOOR)
    for times in (1, 2):
        _look_for_nobody(till)
        assert office.sought == [PHONE], f"asked once for this bill, though tried {times} times"


def test_a_card_nobody_knows_is_refused_once_head_office_has_said_so(
    counter: Callable[..., Driver], office: FakeOffice
) -> None:
    till = counter(NO_FLOOR)
    unknown = "2977208766558"
    till.scan(unknown)
    till.qtbot.waitUntil(lambda: office.sought == [unknown] and not till.runner.busy())
    till.qtbot.waitUntil(lambda: "ไม่พบสมาชิก" in till.said("notice_text"))


def _lost(_text: str) -> bool:
    raise EnvironmentProblem(Reason.LINE_DOWN)


CARD = "2977208766558"


@pytest.mark.parametrize("who", [PHONE, CARD])
@pytest.mark.parametrize("line_up", [True, False], ids=["lost", "down"])
def test_where_nobody_could_be_asked_to_ask_again_comes_before_enrolling(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog, line_up: bool, who: str
) -> None:
    """A member of another branch, enrolled again, would be two."""
    expected_logs("on lane online: line_down")
    office.line_up, office.knows = line_up, _lost
    till = counter(NO_FLOOR)
    _type_in(till, who)
    till.qtbot.waitUntil(lambda: till.window.question.open)
    before = len(office.sought)
    assert before == line_up
    assert "ถามสำนักงานใหญ่ไม่ได้" in till.said("question_text") and "สองครั้ง" in till.said("question_detail")
    till.press(KEY.Key_Return)  # asked again, whatever the line was like when it was last tried: there is no answer
    till.qtbot.waitUntil(lambda: len(office.sought) == before + 1 and till.window.question.open)
    till.qtbot.waitUntil(lambda: not till.runner.busy())
    office.knows = lambda text: bool(till.world.enrol(PHONE))
    if who == CARD:
        office.knows = lambda text: False
    till.press(KEY.Key_Return)
    till.qtbot.waitUntil(lambda: len(office.sought) == before + 2)
    till.settle()
    member = till.world.store.members.by_phone("+66865551234")
    if who == PHONE:
        assert member is not None and _shown_on_bill(till) == member.id and not till.window.question.open
    else:
        assert not till.window.question.open and "ไม่พบสมาชิก" in till.said("notice_text")


def test_to_enrol_all_the_same_is_a_second_choice_and_takes_the_phone_along(
    counter: Callable[..., Driver], office: FakeOffice
) -> None:
    office.line_up = False
    till = counter(NO_FLOOR)
    _type_in(till, PHONE)
    till.qtbot.waitUntil(lambda: till.window.question.open)
    till.press(KEY.Key_Left)
    till.press(KEY.Key_Return)
    till.qtbot.waitUntil(lambda: till.window.navigation.current.name == "enrol")
    till.settle()
    assert till.said("enrol_phone") == "086-555-1234"


def test_a_till_of_no_head_office_offers_to_enrol_at_once(counter: Callable[..., Driver], office: FakeOffice) -> None:
    office.line_up, office.belongs = False, False
    till = counter(NO_FLOOR)
    _type_in(till, PHONE)
    till.qtbot.waitUntil(lambda: till.window.question.open)
    assert "ยังไม่ได้เป็นสมาชิก" in till.said("question_text") and till.said("question_detail") == ""


def test_without_a_line_nobody_is_asked_for_a_member(counter: Callable[..., Driver], office: FakeOffice) -> None:
    office.line_up = False
    till = counter(NO_FLOOR)
    till.type(PHONE)
    till.press(KEY.Key_Return)
    till.qtbot.waitUntil(lambda: till.window.question.open)
    assert not office.sought


def test_esc_ends_the_question_for_a_member(
    counter: Callable[..., Driver], office: FakeOffice, expected_logs: ExpectLog
) -> None:
    expected_logs("on lane online: line_slow")
    till = counter(NO_FLOOR)
    before = _shown_on_bill(till)
    office.answers.clear()
    till.type(PHONE)
    till.press(KEY.Key_Return)
    till.qtbot.waitUntil(lambda: bool(office.sought))
    assert "กำลังถามสำนักงานใหญ่" in till.said("notice_text")
    till.press(KEY.Key_Escape)
    till.settle()
    assert office.given_up and _shown_on_bill(till) == before and not till.window.question.open
