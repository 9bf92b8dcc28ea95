"""A member whose account has ended comes back: nothing of it comes back with them, over the real files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.documents import ReceiptDocument
from pos_member.domain.member import Member
from pos_member.domain.org import PointsExpiry
from pos_member.domain.points import PointKind
from pos_member.services.recheck import recheck
from tests.factories import World
from tests.services.rich import rich_world

#: Six months from 21 November 2026 are 21 May 2027, the 181st day.
LAST_DAY, DAY_AFTER = timedelta(days=181), timedelta(days=182)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    made = rich_world(tmp_path, points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=6)
    try:
        yield made
    finally:
        made.folder.close()


def _came_once(shop: World) -> tuple[Member, int]:
    member = shop.enrol()
    points = shop.sell({"giftbox": 9, "latte": 2}, member).bill.points_earned
    assert points > 100
    return member, points


def _expired(bill: Bill) -> list[tuple[int, str]]:
    return [(each.points, each.currency) for each in bill.point_entries if each.kind is PointKind.EXPIRE]


def test_the_bill_after_the_end_takes_what_had_ended_and_says_nothing_of_spending(shop: World) -> None:
    member, points = _came_once(shop)
    shop.clock.forward(DAY_AFTER)
    before = shop.till.lookup.panel(member.id)
    assert (before.balance, before.spendable) == (0, 0)
    done = shop.sell({"giftbox": 1}, member)
    bill = done.bill
    assert _expired(bill) == [(-points, "")]
    assert bill.points_redeemed == 0 < bill.points_earned
    assert done.member_after is not None
    assert (done.member_after.balance, done.member_after.spendable) == (bill.points_earned, bill.points_earned)
    # Stamps of this shop never end.
    assert done.member_after.stamps[0].count == before.stamps[0].count == 2
    paper = shop.store.facts.documents_of(bill.id)[0][1]
    assert isinstance(paper, ReceiptDocument) and paper.points is not None
    told = (paper.points.before, paper.points.earned, paper.points.used, paper.points.after)
    assert told == (0, bill.points_earned, 0, bill.points_earned)
    report = shop.till.reports.day()
    assert (report.points_redeemed, report.points_expired) == (0, points)
    book = shop.till.checkout._shop.book()
    assert recheck(bill, book.rules, brand_id=book.brand.id, coupons={}) == ()
    assert shop.till.verify.run().ok


def test_its_return_does_not_bring_them_back_and_the_next_bill_takes_nothing(shop: World) -> None:
    member, _ = _came_once(shop)
    shop.clock.forward(DAY_AFTER)
    bill = shop.sell({"giftbox": 1}, member).bill
    returns = shop.till.returns
    document = returns.complete(shop.session("1003"), bill.id, {1: 1_000}, return_id=returns.new_id()).document
    assert (document.complete, document.points_given_back) == (True, 0)
    assert shop.till.lookup.panel(member.id).balance == 0
    assert _expired(shop.sell({"giftbox": 1}, member).bill) == []
    assert shop.till.verify.run().ok


def test_on_the_last_day_all_is_there(shop: World) -> None:
    member, points = _came_once(shop)
    shop.clock.forward(LAST_DAY)
    done = shop.sell({"giftbox": 1}, member)
    assert _expired(done.bill) == []
    assert done.member_after is not None and done.member_after.balance == points + done.bill.points_earned
