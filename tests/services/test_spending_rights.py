"""What may be spent here: guaranteed by rights, provisional within the floor, refused with what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.domain.bill import Tender
from pos_member.domain.codec import to_wire
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.rights import FloorLimits, FloorStop, RightKind, RightUse, Spending, SpendingPower
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange, FeedDenied, FeedEntity
from pos_member.wording import say, say_error
from tests.db_support import NOW, put
from tests.factories import CASH, World
from tests.headoffice.office_support import make_member
from tests.services.rights_support import NO_FLOOR, REWARD, SMALL_FLOOR, acked, give_right, rights_world, spend

MEMBER = make_member(1)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., World]]:
    worlds: list[World] = []

    def made(floor: FloorLimits = NO_FLOOR, points: int = 600, **more: object) -> World:
        world = rights_world(tmp_path / str(len(worlds)), floor, **more)
        worlds.append(world)
        put(world.folder, [MEMBER, FeedAccount(MEMBER.id, (FeedBucket("2027-12-31", points),))])
        return world

    yield made
    for world in worlds:
        world.folder.close()


def power(world: World) -> SpendingPower:
    preview = world.till.checkout.preview(world.draft({"giftbox": 2}, MEMBER))
    assert preview.power is not None and preview.panel is not None
    assert preview.panel.power == preview.power
    return preview.power


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def test_without_rights_and_floor_nothing_is_spent_and_the_refusal_says_what_helps(make: Callable[..., World]) -> None:
    world = make()
    assert power(world) == SpendingPower(0, 0, FloorStop.OFF)
    refusal = refusal_of(lambda: spend(world, MEMBER))
    assert refusal.reason is Reason.POINTS_ONLINE_ONLY and refusal.params["wanted"] == 100
    for language, none in (("th", "ใช้ได้ 0 แต้ม"), ("en", "0 points can be")):
        said = (say_error(refusal, language), say("explain", "points_online_only", language))
        assert all(("ต่อเน็ต" in each or "online" in each) and none not in each for each in said)
    [reward] = world.till.checkout.preview(world.draft({"giftbox": 2}, MEMBER)).evaluation.rewards
    assert (reward.times_max, reward.times_asking, reward.why_not) == (0, 6, "points_online_only")


def test_what_is_spent_of_a_right_stands_on_the_bill_and_is_gone(make: Callable[..., World]) -> None:
    world = make()
    give_right(world, MEMBER, 250)
    assert power(world) == SpendingPower(250, 0, FloorStop.OFF)
    bill = world.pay(spend(world, MEMBER, 2)).bill
    assert bill.spending == Spending((RightUse("right-1", 200),))
    assert world.store.facts.bill(bill.id) == bill
    earned = bill.points_earned
    assert power(world).guaranteed == 50 + earned, "what the bill earned is a right of its own"
    assert refusal_of(lambda: spend(world, MEMBER, 2)).reason is Reason.POINTS_BEYOND_RIGHTS
    assert world.till.verify.run().ok


def test_rights_lapse_before_their_time_and_by_head_offices_clock(make: Callable[..., World]) -> None:
    world = make()
    give_right(world, MEMBER, 100, hours=2)
    world.clock.forward(timedelta(hours=1, minutes=29))
    assert power(world).guaranteed == 100
    world.clock.forward(timedelta(minutes=1))
    assert power(world).guaranteed == 0, "30 minutes before it lapses it is left alone"
    world.clock.at = NOW - timedelta(days=400)
    assert power(world).guaranteed == 100, "before any contact this till has no other clock than its own"
    world.folder.sync_store.rights.note_contact(world.clock.now(), NOW + timedelta(hours=3))
    assert power(world).guaranteed == 0, "a clock that is years behind brings nothing back"


def test_beyond_rights_the_floor_bounds_what_passes(make: Callable[..., World]) -> None:
    world = make(SMALL_FLOOR, 5_000)
    rights = world.folder.sync_store.rights
    assert power(world) == SpendingPower(0, 0, FloorStop.CONTACT), "never heard of head office"
    rights.note_contact(world.clock.now())
    assert power(world) == SpendingPower(0, 100, FloorStop.PER_BILL)
    give_right(world, MEMBER, 150)
    assert power(world) == SpendingPower(150, 100, FloorStop.PER_BILL)
    bill = world.pay(spend(world, MEMBER, 2)).bill
    assert bill.spending == Spending((RightUse("right-1", 150),), 50, NOW)
    assert refusal_of(lambda: spend(world, MEMBER, 3)).params["stop_en"].startswith("this is the most")  # type: ignore[attr-defined]
    bills = [world.pay(spend(world, MEMBER, 1)).bill]
    first = bills[0].spending
    assert first is not None and sum(use.points for use in first.rights) == bill.points_earned
    while power(world).total >= 100:
        bills.append(world.pay(spend(world, MEMBER)).bill)
    assert power(world).stop is FloorStop.COUNT or power(world).stop is FloorStop.PER_MEMBER
    spent = [made.spending.provisional for made in (bill, *bills) if made.spending is not None]
    assert sum(spent) <= 200
    acked(world)
    assert power(world).provisional == 100, "what head office knows counts no more"
    world.clock.forward(timedelta(hours=73))
    assert power(world).stop is FloorStop.CONTACT
    assert world.till.verify.run().ok


def test_own_earnings_are_a_right_until_head_office_has_the_bill(make: Callable[..., World]) -> None:
    world = make(points=0)
    bill = world.sell({"giftbox": 20}, MEMBER).bill
    assert bill.points_earned >= 200 and power(world).guaranteed == bill.points_earned
    spent = world.pay(spend(world, MEMBER, 1)).bill
    assert spent.spending == Spending((RightUse(bill.id, 100),))
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 10_000}, return_id=returns.new_id())
    taken = bill.points_earned - bill.points_earned // 2
    assert power(world).guaranteed <= bill.points_earned - 100 - taken + spent.points_earned + 1
    acked(world)
    assert power(world).guaranteed == 0
    assert world.till.verify.run().ok


def test_points_given_back_by_a_return_wait_for_head_office(make: Callable[..., World]) -> None:
    world = make()
    give_right(world, MEMBER, 200)
    bill = world.pay(spend(world, MEMBER, 2)).bill
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 2_000}, return_id=returns.new_id())
    assert world.till.lookup.panel(MEMBER.id).spendable == 600
    assert power(world).guaranteed == 0
    assert world.till.verify.run().ok


def test_released_rights_and_those_of_another_epoch_are_not_spent(make: Callable[..., World]) -> None:
    world = make()
    rights = world.folder.sync_store.rights
    give_right(world, MEMBER, 100)
    give_right(world, MEMBER, 300, right_id="old", epoch=7)
    assert power(world).guaranteed == 100
    draft = spend(world, MEMBER)
    seen = world.till.checkout.preview(draft)
    world.till.checkout.save_draft(draft)
    assert rights.release(["right-1"], world.clock.now()) == (), "the open bill uses it"
    world.till.checkout.save_draft(None)
    assert rights.release(["right-1", "old", "never-heard-of"], world.clock.now()) == ("right-1", "old")
    assert rights.to_tell(10) == (RightUse("right-1", 0),), "of the other epoch head office knows"
    rights.told(["right-1"])
    assert rights.to_tell(10) == ()
    give_right(world, MEMBER, 100)
    assert power(world).guaranteed == 0, "told again it is the one that was given back"
    paid = (Tender(CASH, seen.total_cash_satang),)
    refusal = refusal_of(lambda: world.till.checkout.complete(world.session(), draft, paid, seen=seen))
    assert refusal.reason is Reason.BILL_CHANGED


def test_a_right_for_a_bill_is_that_bills_and_lives_to_its_last_minute(make: Callable[..., World]) -> None:
    world = make()
    rights = world.folder.sync_store.rights
    draft = world.draft({"giftbox": 2}, MEMBER)
    assert world.till.redemption.points_to_ask(draft, REWARD, 2) == 200
    give_right(world, MEMBER, 200, right_id=f"{draft.id}:online", kind=RightKind.BILL, hours=1)
    assert power(world).guaranteed == 0, "of another bill"
    world.clock.forward(timedelta(minutes=59))
    chosen = world.till.redemption.choose_reward(draft, REWARD, 2)
    assert world.till.redemption.points_to_ask(draft, REWARD, 3) == 300, "asked for in all"
    world.till.checkout.save_draft(chosen)
    assert rights.release([], world.clock.now()) == ()
    bill = world.pay(chosen).bill
    assert bill.spending == Spending((RightUse(f"{draft.id}:online", 200),))
    other = world.draft({"giftbox": 2}, MEMBER)
    give_right(world, MEMBER, 100, right_id=f"{other.id}:online:2", kind=RightKind.BILL, hours=1)
    assert set(rights.release([], world.clock.now())) == {f"{other.id}:online:2"}, "nobody rings that bill"


def test_denied_members_spend_by_head_offices_word_only(make: Callable[..., World]) -> None:
    world = make(SMALL_FLOOR)
    world.folder.sync_store.rights.note_contact(world.clock.now())
    give_right(world, MEMBER, 300)
    body = to_wire(FeedDenied("member", MEMBER.id, "stolen card"))
    store = world.folder.sync_store
    denied = FeedChange(FeedEntity.DENIED.value, f"member:{MEMBER.id}", body=body)
    store.apply_changes([denied], store.cursor() + 1, None, NOW)
    assert power(world) == SpendingPower(0, 0, FloorStop.DENIED)
    draft = world.draft({"giftbox": 2}, MEMBER)
    give_right(world, MEMBER, 100, right_id=f"{draft.id}:online", kind=RightKind.BILL, hours=1)
    bill = world.pay(world.till.redemption.choose_reward(draft, REWARD, 1)).bill
    assert bill.spending is not None and bill.spending.rights == (RightUse(f"{draft.id}:online", 100),)
    store.apply_changes([replace(denied, deleted=True)], store.cursor() + 1, None, NOW)
    assert power(world).guaranteed >= 300


def test_practice_and_a_till_without_head_office_spend_what_they_know(make: Callable[..., World]) -> None:
    world = make()
    assert world.folder.sync_store.identity() is not None
    world.practice = True
    world.use(world.store)
    bill = world.pay(spend(world, MEMBER)).bill
    assert bill.spending is None
    world.practice = False
    world.use(world.store)
    identity = world.folder.sync_store.identity()
    assert identity is not None
    world.folder.sync_store.set_identity(identity, "")
    assert world.pay(spend(world, MEMBER)).bill.spending is None
    assert world.till.checkout.preview(world.draft({"tea": 1}, MEMBER)).power is None


def test_members_on_a_bill_are_asked_about_once(make: Callable[..., World]) -> None:
    world = make()
    rights = world.folder.sync_store.rights
    draft = world.draft({"tea": 1}, MEMBER)
    for _ in range(3):
        world.till.checkout.preview(draft)
    assert rights.take_touched(10) == (MEMBER.id,)
    world.till.checkout.preview(draft.with_member(None, None))
    assert rights.take_touched(10) == ()


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        ("UPDATE spending_right SET points = 10 WHERE id = 'right-1'", "150 of 10 points are spent"),
        ("DELETE FROM right_use", "those marked as used differ"),
        ("DELETE FROM floor_use", "not noted as it says"),
        ("UPDATE bill SET points_redeemed = 300 WHERE points_redeemed = 200", "rights and floor make 200"),
    ],
)
def test_verify_holds_rights_against_bills(make: Callable[..., World], break_it: str, said: str) -> None:
    world = make(SMALL_FLOOR)
    world.folder.sync_store.rights.note_contact(world.clock.now())
    give_right(world, MEMBER, 150)
    world.pay(spend(world, MEMBER, 2))
    assert world.till.verify.run().ok
    with world.folder.till.write() as connection:
        connection.exec_driver_sql(break_it)
    checks = {check.name: check for check in world.till.verify.run().checks}
    assert any(said in problem for problem in checks["rights"].problems), checks["rights"]
