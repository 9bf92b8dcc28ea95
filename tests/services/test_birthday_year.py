"""Once a year around a birthday at the turn of the year: what the till stores, reads again and re-checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pos_member.domain.bill import Bill
from pos_member.domain.member import Member
from pos_member.domain.program import Audience, EffectKind, Limits
from pos_member.services.recheck import recheck
from tests.db_support import put
from tests.factories import World
from tests.services.rich import program

GIFT = program(
    "gift",
    EffectKind.EARN_FIXED,
    points=50,
    audience=Audience(birthday_days_before=7, birthday_days_after=7),
    limits=Limits(per_member_year=1),
)


def _sell(world: World, member: Member, day: tuple[int, int, int]) -> Bill:
    world.clock.forward(datetime(*day, 5, tzinfo=UTC) - world.clock.now())
    return world.sell({"tea": 1}, member).bill


def test_one_gift_for_a_birthday_over_the_years_end(rich: World) -> None:
    put(rich.folder, [GIFT])
    member = rich.enrol(birthday="1/1/2533")
    days = ((2026, 12, 30), (2027, 1, 3), (2027, 12, 30), (2028, 1, 3))
    bills = [_sell(rich, member, day) for day in days]
    gifts = [sum(each.points for each in bill.point_entries if each.program_id == "gift") for bill in bills]
    assert gifts == [50, 0, 50, 0]
    assert [bill.basis.counts.get("times|gift|2027") for bill in bills if bill.basis] == [None, 1, 1, 1]
    # A program around birthdays reads the sums of the years beside too: the last bill stands for the birthday of 2028.
    assert all(bill.basis is not None and "times|gift|2028" not in bill.basis.counts for bill in bills[:3])
    book = rich.till.checkout._shop.book()
    for bill in bills:
        assert recheck(bill, book.rules, brand_id=book.brand.id, coupons={}, birthdays=(member.birthday,)) == ()
    assert rich.till.verify.run().ok
    # Given back, the birthday is free again: on the other side of the year's end.
    returns = rich.till.returns
    returns.complete(rich.session("1003"), bills[2].id, {1: 1_000}, return_id=returns.new_id())
    again = _sell(rich, member, (2028, 1, 4))
    assert [each.points for each in again.point_entries if each.program_id == "gift"] == [50]
    rich.clock.forward(timedelta(days=1))
    assert rich.till.verify.run().ok
