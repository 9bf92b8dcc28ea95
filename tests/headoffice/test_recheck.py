"""Till result = head office's result: bills of a real till come out the same, a planted difference is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from pos_member.domain import codec
from pos_member.domain.bill import Bill
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.points import Account
from pos_member.headoffice import costs, rechecking, rule_books, schema
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.issuing import Given
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.office_jobs import Office
from tests.headoffice.every_kind import PROGRAMS, Shop, open_shop
from tests.headoffice.office_support import open_exceptions, rows

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Shop]:
    """A shop that has traded; tests put right again what they change."""
    with open_shop(tmp_path_factory.mktemp("shop"), 5, 60) as shop:
        yield shop


def recheck(shop: Shop, watch: Watch | None = None) -> tuple[int, int, int]:
    found = rechecking.recheck_bills(shop.database, FIRST, LAST, shop.clock.now(), watch)
    return found.checked, found.different, found.not_checkable


def test_bills_with_every_kind_of_program_come_out_the_same(traded: Shop) -> None:
    assert recheck(traded) == (60, 0, 0)
    assert not [key for key in open_exceptions(traded.database) if key[0] == "evaluation_differs"]
    at_work = {row.program_id for row in rows(traded.database, "bill_program")}
    # Head office runs this one by itself; all others did something on these bills.
    assert {program.id for program in PROGRAMS} - at_work == {"top_spender-0"}
    assert traded.returns and any(bill.coupons_used for bill in traded.bills)


def spoil(shop: Shop, bill: Bill) -> bytes:
    """Write another body of a stored bill; returns the body as it was."""
    before = codec.canonical_bytes(next(each for each in shop.bills if each.id == bill.id))
    with shop.database.write() as connection:
        here = schema.event.c.event_id == bill.id
        connection.execute(update(schema.event).where(here).values(payload=codec.canonical_bytes(bill)))
    return before


@pytest.mark.parametrize("what", ["discount", "points", "tier", "tallies"])
def test_a_planted_difference_is_found_once_and_settles_when_put_right(traded: Shop, what: str) -> None:
    bill = next(each for each in traded.bills if each.points_earned and each.tallies and each.basis)
    assert bill.basis is not None
    planted = {
        "discount": replace(bill, discount_satang=bill.discount_satang + 100),
        "points": replace(bill, points_earned=bill.points_earned + 7),
        "tier": replace(bill, qualifying_satang=bill.qualifying_satang + 1),
        "tallies": replace(bill, tallies=()),
    }[what]
    before = spoil(traded, planted)
    try:
        assert recheck(traded) == (60, 1, 0)
        assert recheck(traded) == (60, 1, 0)
        case = open_exceptions(traded.database)["evaluation_differs", bill.id]
        assert json.loads(case.detail)["number"] == bill.number
        assert case.points == (7 if what == "points" else 0)
    finally:
        spoil(traded, codec.from_bytes(Bill, before))
    assert recheck(traded) == (60, 0, 0)
    assert ("evaluation_differs", bill.id) not in open_exceptions(traded.database)


def test_bills_under_rules_that_nobody_knows_are_no_case(traded: Shop) -> None:
    kept = rows(traded.database, "rule_book")
    with traded.database.write() as connection:
        # A book that was served is not forgotten when the rules change.
        import_catalogue(connection, (replace(PROGRAMS[0], version=2),))
    assert recheck(traded) == (60, 0, 0)
    assert len(rows(traded.database, "rule_book")) == len(kept) + 1
    with traded.database.write() as connection:
        connection.execute(delete(schema.rule_book))
    assert recheck(traded) == (0, 0, 60)
    with traded.database.write() as connection:
        import_catalogue(connection, PROGRAMS)
        assert rule_books.keep(connection)
    assert recheck(traded) == (60, 0, 0)


def test_it_goes_in_parts_and_stops_between_them(traded: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rechecking, "_BILLS", 7)
    told: list[int] = []
    assert recheck(traded, Watch(told.append)) == (60, 0, 0)
    assert told == [7, 14, 21, 28, 35, 42, 49, 56, 60]
    with pytest.raises(JobStopped):
        recheck(traded, Watch(stopped=lambda: True))


def test_head_offices_figures_are_those_the_till_had(tmp_path: Path) -> None:
    """What a till makes of its own facts while the line is down is what head office makes of them later."""
    with open_shop(tmp_path, 11) as shop:
        shop.trade(12)
        for _ in range(40):
            shop.clock.forward(timedelta(hours=7))
            shop._sell()
            if shop.chance.random() < 0.3:
                shop._take_back()
        before = [figures(shop.world.store.members.account(member.id)) for member in shop.members]
        assert shop.returns
        shop.sync()
        after = [figures(shop.world.store.members.account(member.id)) for member in shop.members]
        assert after == before


def figures(account: Account) -> dict[str, object]:
    """All that depends on facts; pending points that have matured are the past."""
    names = ("buckets", "wallets", "months", "qualifying", "visits", "last_visit", "owed", "owed_stamps", "counts")
    return {name: getattr(account, name) for name in names}


def test_a_coupon_head_office_gave_is_used_at_a_till(tmp_path: Path) -> None:
    with open_shop(tmp_path, 3) as shop:
        member, other = shop.members[0], shop.members[1]
        office = Office(str(shop.database.engine.url), "สมศรี", "ลูกค้าหายไป", shop.clock)
        given = office.give_coupons("C20", "win back", [member.number, "2900000000000"])
        assert given == Given(coupons=1, already=0, unknown=1)
        shop.sync()
        (code,) = [row.code for row in rows(shop.database, "coupon")]
        draft = shop.world.till.redemption.lay_coupon(shop.world.draft({"beans": 1}, member), code)
        bill = shop._complete(draft)
        assert [use.code for use in bill.coupons_used] == [code]
        with pytest.raises(Refusal) as caught:
            shop.world.till.redemption.lay_coupon(shop.world.draft({"beans": 1}, other), code)
        assert caught.value.reason is Reason.COUPON_USED
        shop.sync()
        assert recheck(shop) == (1, 0, 0)
        with shop.database.read() as connection:
            cost = costs.costs(connection)["occasion:win back"]
        assert (cost.coupons_issued, cost.coupons_used, cost.coupon_satang) == (1, 1, 2_000)
        assert open_exceptions(shop.database) == {}
