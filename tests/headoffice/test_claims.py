"""Points after the bill at head office: the same account, the same rules, once; and a claim that does not hold."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from pos_member.domain import codec
from pos_member.domain.bill import Bill
from pos_member.domain.chain import payload_hash
from pos_member.domain.coupon import Coupon
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import BillClaimed, EventKind
from pos_member.domain.member import Member
from pos_member.domain.points import PointKind
from pos_member.domain.program import EffectKind
from pos_member.headoffice import acts, costs, rechecking, rule_books, schema, settling, spending, till_facts
from pos_member.headoffice.acts import read_act
from pos_member.headoffice.console import figures as overviews
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.past_bills import OfficeSource
from tests.headoffice.every_kind import PROGRAMS, Shop, open_shop
from tests.headoffice.office_support import open_exceptions, rows
from tests.headoffice.test_recheck import FIRST, LAST, figures
from tests.log_watch import ExpectLog
from tests.services.claiming import claim

GOODS = ("espresso", "tea", "beans", "mug", "cookie", "cake", "latte")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, 7) as made:
        yield made


def claimed(shop: Shop, member: Member, goods: dict[str, int]) -> tuple[Bill, BillClaimed]:
    """A bill of nobody and who claims it."""
    bill = shop.world.sell(goods).bill
    shop.bills.append(bill)
    return bill, claim(shop.world, bill, member).claim


def accounts(shop: Shop) -> list[dict[str, object]]:
    return [figures(shop.world.store.members.account(member.id)) for member in shop.members]


def recheck(shop: Shop) -> tuple[int, int, int]:
    found = rechecking.recheck_bills(shop.database, FIRST, LAST, shop.clock.now())
    return found.checked, found.different, found.not_checkable


@pytest.mark.parametrize("dice", [1, 2, 3, 4])
def test_what_a_till_makes_of_claims_head_office_makes_of_them(tmp_path: Path, dice: int) -> None:
    """Bills, claims and returns of claimed bills as they come, half of them while the line is down."""
    with open_shop(tmp_path, dice) as shop:
        chance, claims = random.Random(dice), 0
        for _ in range(40):
            shop.clock.forward(timedelta(hours=chance.choice((1, 5))))
            shop._sell()
            if chance.random() < 0.5:
                shop.bills.append(shop.world.sell({n: chance.randint(1, 4) for n in chance.sample(GOODS, 3)}).bill)
            bill, member = shop.bills[-1], chance.choice(shop.members)
            with suppress(Refusal):
                claim(shop.world, bill, member, approver=shop.world.session("1003"))
                claims += 1
            if chance.random() < 0.4:
                shop._take_back()
            if chance.random() < 0.2:
                shop.sync()
        before = accounts(shop)
        shop.sync()
        assert accounts(shop) == before
        assert claims > 5 and any(shop.world.store.facts.claim_of(document.bill_id) for document in shop.returns)
        assert len(rows(shop.database, "bill_claim")) == claims
        assert recheck(shop) == (len(shop.bills) + claims, 0, 0)
        assert rows(shop.database, "quarantine") == []
        assert not {key for key in open_exceptions(shop.database) if key[0] != "coupon_void_used"}
        result = shop.world.till.verify.run()
        assert result.ok, [check for check in result.checks if not check.ok]


def test_a_claim_is_taken_in_once(shop: Shop) -> None:
    _, done = claimed(shop, shop.members[0], {"beans": 2, "latte": 1})
    shop.sync()
    before = rows(shop.database, "account")
    [(row,)] = [[each for each in rows(shop.database, "event") if each.kind == "bill.claimed"]]
    assert row.event_id == done.id
    shop.engine.sync_once()
    assert rows(shop.database, "account") == before
    [kept] = rows(shop.database, "bill_claim")
    assert (kept.bill_id, kept.member_id, kept.points) == (done.bill_id, done.member_id, done.points_earned)
    at_work = {each.program_id for each in rows(shop.database, "bill_program") if each.bill_id == done.bill_id}
    assert at_work >= {entry.program_id for entry in done.point_entries}


def test_points_given_twice_after_one_bill_are_held_and_told(shop: Shop) -> None:
    """By a till that was set back, or its copy: whichever comes first stands for the bill."""
    _, done = claimed(shop, shop.members[0], {"beans": 2, "latte": 1})
    shop.sync()
    other = shop.members[1].id
    entries = tuple(replace(entry, member_id=other) for entry in done.point_entries)
    again = replace(done, id=shop.world.new_id(), member_id=other, point_entries=entries)
    second = replace(acts.take_apart(again, done.till_id, 10**6), tallies=())
    for _ in range(2):  # told once more it is the same case
        with shop.database.write() as connection:
            till_facts.write(connection, done.till_id, [(10**6, second)], "2026-11-21T05:00:00Z")
    [kept] = rows(shop.database, "bill_claim")
    assert kept.id == done.id
    case = open_exceptions(shop.database)[("claimed_twice", done.bill_id)]
    bills = json.loads(case.detail)["bills"]
    assert {each["member_id"] for each in bills} == {done.member_id, other}
    assert (case.points, case.shard) == (done.points_earned, done.till_id)


def test_a_claim_waits_for_a_bill_that_was_set_aside_and_follows_it(shop: Shop, expected_logs: ExpectLog) -> None:
    expected_logs("put event 7 aside: payload")
    expected_logs("put event 8 aside: waits")
    member = shop.members[0]
    bill, done = claimed(shop, member, {"beans": 1})
    before = accounts(shop)
    with pytest.MonkeyPatch.context() as patched:

        def broken(*_: object) -> object:
            raise Refusal(Reason.PAYLOAD_INVALID, where="bill", want="another one")

        patched.setattr(acts, "_bill", broken)
        shop.sync()
    aside = {row.event_id: row.reason for row in rows(shop.database, "quarantine")}
    assert aside == {bill.id: "payload", done.id: "waits"}
    signature = settling.sign(shop.world.new_id, "สมศรี", "แก้แล้ว", shop.clock.now())
    assert signature is not None
    with shop.database.write() as connection:
        assert settling.reapply(connection, bill.till_id, 10**6, signature) == (2, 0)
    shop.sync()
    assert rows(shop.database, "quarantine") == [] and accounts(shop) == before
    assert recheck(shop) == (2, 0, 0)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("points", lambda c: replace(c, point_entries=(replace(c.point_entries[0], points=999), *c.point_entries[1:]))),
        ("tallies", lambda c: replace(c, tallies=())),
        ("money", lambda c: replace(c, qualifying_satang=c.qualifying_satang + 1)),
        ("of another day", lambda c: replace(c, business_date=c.business_date + timedelta(days=1))),
        ("of another bill", lambda c: c),
    ],
)
def test_a_claim_that_does_not_follow_from_its_bill_is_a_case(
    shop: Shop, what: str, change: Callable[[BillClaimed], BillClaimed]
) -> None:
    bill, done = claimed(shop, shop.members[0], {"beans": 2, "latte": 2})
    shop.sync()
    assert recheck(shop) == (2, 0, 0)
    with shop.database.write() as connection:
        here = schema.event.c.event_id == done.id
        connection.execute(update(schema.event).where(here).values(payload=codec.canonical_bytes(change(done))))
        if what == "of another bill":
            owned = replace(bill, member_id=shop.members[1].id)
            other = schema.event.c.event_id == bill.id
            connection.execute(update(schema.event).where(other).values(payload=codec.canonical_bytes(owned)))
    found = recheck(shop)
    case = open_exceptions(shop.database)["evaluation_differs", done.id]
    assert found[0] == 2 and json.loads(case.detail)["bill_id"] == bill.id
    assert case.points == {"points": 999 - done.point_entries[0].points, "of another bill": done.points_earned}.get(
        what, 0
    )


def test_under_rules_that_nobody_knows_a_claim_is_no_case(shop: Shop) -> None:
    claimed(shop, shop.members[0], {"beans": 1})
    shop.sync()
    with shop.database.write() as connection:
        import_catalogue(connection, (replace(PROGRAMS[0], version=2),))
        connection.execute(schema.rule_book.delete())
    assert recheck(shop) == (0, 0, 2)
    with shop.database.write() as connection:
        import_catalogue(connection, PROGRAMS)
        assert rule_books.keep(connection)
    assert recheck(shop) == (2, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, member_id="somebody-else"),
        lambda c: replace(c, till_id="another-till"),
        lambda c: replace(c, point_entries=(replace(c.point_entries[0], bill_id="another"),)),
        lambda c: replace(c, point_entries=(replace(c.point_entries[0], kind=PointKind.ADJUST),)),
        lambda c: replace(c, tallies=(replace(c.tallies[0], member_id="x"),)),
    ],
)
def test_a_forged_claim_is_not_read(shop: Shop, change: Callable[[BillClaimed], BillClaimed]) -> None:
    _, done = claimed(shop, shop.members[0], {"beans": 2, "latte": 2})
    body = codec.canonical_bytes(done)
    assert payload_hash(body)
    assert read_act(done.till_id, 9, EventKind.BILL_CLAIMED, 1, body).source_id == done.id
    with pytest.raises(Refusal) as refusal:
        read_act(done.till_id, 9, EventKind.BILL_CLAIMED, 1, codec.canonical_bytes(change(done)))
    assert refusal.value.reason is Reason.PAYLOAD_INVALID


def test_claims_count_where_bills_of_members_count(shop: Shop) -> None:
    """Points of the day, what programs cost, who spent most; and a replay has the bill with its member."""
    member = shop.members[0]
    sold = shop.world.sell({"beans": 3}, shop.members[1]).bill
    bill, done = claimed(shop, member, {"beans": 4})
    shop.sync()
    with shop.database.read() as connection:
        day = overviews.overview(connection, shop.clock.now())
        assert next(row for row in day.branches if row.code == "BK01").points_earned == (
            sold.points_earned + done.points_earned
        )
        cost = costs.costs(connection)
        earned = done.point_entries[0].program_id or ""
        assert (cost[earned].bills, cost[earned].points) == (
            2, sum(e.points for each in (sold, done) for e in each.point_entries
                   if e.program_id == earned and not e.currency),
        )  # fmt: skip
        top = next(each for each in PROGRAMS if each.effect.kind == EffectKind.TOP_SPENDER)
        wanted = replace(top, window=replace(top.window, date_from=date(2026, 1, 1), date_to=date(2026, 12, 31)))
        ranked = spending.ranking(connection, wanted)
        assert [each.member_id for each in ranked][:2] == [member.id, shop.members[1].id]
        facts = list(OfficeSource(shop.database, connection).facts(FIRST, LAST))
    found = [each for each in facts if each.shard == member.id]
    assert [each.bill.points_earned for each in found if isinstance(each.bill, Bill)] == [done.points_earned]
    assert found[0].profile is not None and len(facts) == 2 and bill.member_id is None
    assert not isinstance(facts[0].bill, Coupon)
