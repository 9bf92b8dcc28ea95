"""Online redemption: points and coupons for one bill, once however often and from how many sides it is asked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.domain.rights import RightKind, RightUse
from pos_member.headoffice import member_codes, rights_ends, schema
from pos_member.headoffice.online import FOUND_MAX, SEARCHES_MAX, Online
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_rights import CouponVerdict, RedeemAnswer, RedeemRequest, RightsRequest
from tests.headoffice.office_support import CLOCK, MEMBERS, make_coupon, new_id, rows, use
from tests.headoffice.rights_support import MEMBER, MemoryTill, give, upload

CODE = make_coupon_code(lambda below: below // 3)
OTHER = make_coupon_code(lambda below: below // 2)


@pytest.fixture
def online(office: HeadOffice) -> Online:
    return Online(office)


def ask(online: Online, till: MemoryTill, bill: str, points: int = 0, coupons: tuple[str, ...] = ()) -> RedeemAnswer:
    member = MEMBER.id if points else ""
    return online.redeem(till.id, RedeemRequest(till.epoch, bill, member, points, coupons))


def refused(run: Any) -> ErrorCode:
    with pytest.raises(Problem) as caught:
        run()
    return caught.value.code


def test_a_right_of_exactly_the_points_once(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    give(office, 300)
    bill = new_id()
    first, again = ask(online, tills[0], bill, 200), ask(online, tills[0], bill, 200)
    assert first.right == again.right
    assert first.right is not None
    assert (first.right.id, first.right.kind, first.right.points) == (f"{bill}:online", RightKind.BILL, 200)
    assert first.right.lapses_at == CLOCK.now() + timedelta(minutes=15)
    assert (first.free, again.free) == (100, 100)
    assert ask(online, tills[1], new_id(), 101).right is None
    tills[0].hold(first.right)
    tills[0].sell(spend=200, bill_id=bill)
    upload(office, tills[0])
    assert ask(online, tills[1], new_id(), 100).right is not None


def test_the_same_bill_asked_from_many_threads_takes_once(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    give(office, 300)
    bill, start = new_id(), threading.Barrier(6)

    def run(_n: int) -> RedeemAnswer:
        start.wait(60)
        return ask(online, tills[0], bill, 200)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(run, range(6)))
    assert len({answer.right for answer in answers}) == 1
    assert len(rows(office.database, "spending_right")) == 1


def test_bills_that_race_for_the_same_points_get_them_once(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    give(office, 300)
    start = threading.Barrier(6)

    def run(n: int) -> RedeemAnswer:
        start.wait(60)
        return ask(online, tills[n % 2], new_id(), 100)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(run, range(6)))
    assert sum(answer.right is not None for answer in answers) == 3


def test_a_bill_that_wants_more_gets_the_difference(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    give(office, 300)
    bill = new_id()
    first = ask(online, tills[0], bill, 100)
    more = ask(online, tills[0], bill, 250)
    assert more.right == first.right
    assert [each.points for each in more.more] == [150]
    assert ask(online, tills[0], bill, 250).more == more.more
    assert ask(online, tills[0], bill, 50).right == first.right
    assert len(rows(office.database, "spending_right")) == 2


def test_a_right_for_a_bill_that_was_never_rung_comes_back(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    give(office, 300)
    ask(online, tills[0], new_id(), 300)
    CLOCK.forward(timedelta(hours=1))
    assert ask(online, tills[1], new_id(), 300).right is None  # its till was not heard since
    till = tills[0]
    rights_ends.heard(office.units, till.id, 1, acked_seq=0, head_seq=0, applied_seq=0, now=CLOCK.now())
    assert ask(online, tills[1], new_id(), 300).right is not None


def test_coupons_are_held_for_one_bill(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    issued = replace(make_coupon(one.identity, CODE), valid_to=CLOCK.now().date() + timedelta(days=3))
    one.sell(coupons_issued=(issued,))
    upload(office, one)
    bill = new_id()
    for _ in range(2):
        assert ask(online, one, bill, coupons=(CODE, OTHER)).coupons == {
            CODE: CouponVerdict.GOOD,
            OTHER: CouponVerdict.UNKNOWN,
        }
    assert ask(online, two, new_id(), coupons=(CODE,)).coupons == {CODE: CouponVerdict.HELD}
    CLOCK.forward(timedelta(hours=2))
    # The bill may have used it: its till was not heard since.
    assert ask(online, two, new_id(), coupons=(CODE,)).coupons == {CODE: CouponVerdict.HELD}
    one.sell(bill_id=bill, coupons_used=(use(CODE),))
    upload(office, one)
    assert ask(online, two, new_id(), coupons=(CODE,)).coupons == {CODE: CouponVerdict.USED}
    assert ask(online, one, bill, coupons=(CODE,)).coupons == {CODE: CouponVerdict.GOOD}


def test_a_coupon_that_was_not_used_after_all_is_good_again(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    one, two = tills
    one.sell(coupons_issued=(replace(make_coupon(one.identity, CODE), valid_to=CLOCK.now().date()),))
    upload(office, one)
    ask(online, one, new_id(), coupons=(CODE,))
    CLOCK.forward(timedelta(hours=1))
    rights_ends.heard(office.units, one.id, 1, acked_seq=1, head_seq=1, applied_seq=1, now=CLOCK.now())
    assert ask(online, two, new_id(), coupons=(CODE,)).coupons == {CODE: CouponVerdict.GOOD}
    CLOCK.forward(timedelta(days=2))
    assert ask(online, two, new_id(), coupons=(CODE,)).coupons == {CODE: CouponVerdict.ENDED}


def test_rights_by_touch_and_back(office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]) -> None:
    give(office, 300)
    answer = online.rights(tills[0].id, RightsRequest(1, (MEMBER.id, MEMBERS[1].id)))
    (right,) = answer.granted
    again = online.rights(tills[0].id, RightsRequest(1, (MEMBER.id,)))
    assert again.granted == (right,)
    back = online.rights(tills[0].id, RightsRequest(1, (), (RightUse(right.id, 0), RightUse("never given", 0))))
    assert set(back.released) == {right.id, "never given"}
    assert sum(each.points for each in online.rights(tills[1].id, RightsRequest(1, (MEMBER.id,))).granted) == 300


def test_who_may_not_ask(office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]) -> None:
    till, table = tills[0], schema.till
    give(office, 300)
    assert refused(lambda: online.redeem(till.id, RedeemRequest(2, new_id(), MEMBER.id, 1))) is ErrorCode.EPOCH
    assert refused(lambda: online.rights(till.id, RightsRequest(2, (MEMBER.id,)))) is ErrorCode.EPOCH
    with office.database.write() as connection:
        connection.execute(update(table).where(table.c.id == till.id).values(revoked=True))
    for run in (
        lambda: ask(online, till, new_id(), 1),
        lambda: online.rights(till.id, RightsRequest(1, (MEMBER.id,))),
        lambda: online.members(till.id, number=MEMBER.number),
    ):
        assert refused(run) is ErrorCode.REVOKED


@pytest.mark.parametrize(
    "request_",
    [
        RedeemRequest(1, "x", MEMBER.id, 1),
        RedeemRequest(1, "", MEMBER.id, 1),
        RedeemRequest(1, new_id(), "", 1),
        RedeemRequest(1, new_id(), MEMBER.id, -1),
        RedeemRequest(1, new_id(), MEMBER.id, 10**12),
        RedeemRequest(1, new_id(), "", 0, ("1234567890123456",)),
        RedeemRequest(1, new_id(), "", 0, (CODE,) * 21),
    ],
)
def test_what_makes_no_sense_is_refused(
    online: Online, tills: tuple[MemoryTill, MemoryTill], request_: RedeemRequest
) -> None:
    assert refused(lambda: online.redeem(tills[0].id, request_)) is ErrorCode.MALFORMED


def test_a_scanned_code_names_its_member(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    number = make_member_number("00" * 16, 1, 1)
    table = schema.member
    with office.database.write() as connection:
        connection.execute(update(table).where(table.c.id == MEMBER.id).values(number=number))
        shown = member_codes.signed_code(connection, number, timedelta(days=1), CLOCK.now())
    for code in (number, shown.code):
        assert MEMBER.id in [each.id for each in online.members(tills[0].id, code=code).changes]


def test_members_are_found_exactly_and_not_read_through(
    office: HeadOffice, online: Online, tills: tuple[MemoryTill, MemoryTill]
) -> None:
    till = tills[0]
    till.sell(earn=70)
    upload(office, till)
    by_number = online.members(till.id, number=MEMBER.number)
    by_phone = online.members(till.id, phone="081-000-0000")
    assert by_number.changes == by_phone.changes
    person, figures = by_number.changes
    assert (person.entity, person.id, figures.entity, figures.seen) == (
        "member",
        MEMBER.id,
        "account",
        {till.id: "1.1"},
    )
    assert online.members(till.id, number=MEMBER.number[:-1]).changes == ()
    assert refused(lambda: online.members(till.id)) is ErrorCode.MALFORMED
    assert refused(lambda: online.members(till.id, number="1", phone="2")) is ErrorCode.MALFORMED
    assert refused(lambda: online.members(till.id, code="no code")) is ErrorCode.MALFORMED
    for _ in range(SEARCHES_MAX - 4):
        online.members(till.id, number=MEMBERS[1].number)
    assert refused(lambda: online.members(till.id, number=MEMBER.number)) is ErrorCode.RATE_LIMITED
    assert online.members(tills[1].id, number=MEMBER.number).changes  # each till has its own measure
    CLOCK.forward(timedelta(minutes=2))
    assert len(online.members(till.id, number=MEMBER.number).changes) <= 3 * FOUND_MAX
