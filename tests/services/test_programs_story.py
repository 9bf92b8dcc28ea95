"""Stamps, tiers, quotas, missions, rewards in goods, friends: over the real files, from bill to return."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.codes import make_coupon_code
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.documents import ReceiptDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import PointsExpiry
from pos_member.domain.tally import TallyKind, count_key
from pos_member.domain.tiers import TierChange
from pos_member.services.ports import TillStore
from pos_member.services.sync_ports import FeedQuota
from pos_member.wording import say_error
from tests.db_support import put
from tests.factories import World
from tests.services.rich import rich_world


def _receipt(world: World, bill: Bill) -> ReceiptDocument:
    paper = world.store.facts.documents_of(bill.id)[0][1]
    assert isinstance(paper, ReceiptDocument)
    return paper


def _back(world: World, bill: Bill, lines: dict[int, int] | None = None) -> Any:
    returns = world.till.returns
    chosen = lines or {line.line_no: line.quantity_milli for line in bill.lines}
    preview = returns.preview(bill.id, chosen)
    document = returns.complete(world.session("1003"), bill.id, chosen, return_id=returns.new_id()).document
    assert preview.refund_satang == document.refund_satang and preview.stamps_owed == document.stamps_owed
    assert preview.complete == document.complete and preview.coupons_voided == document.coupons_voided
    return preview, document


def _clean(world: World) -> None:
    result = world.till.verify.run()
    assert result.ok, [check for check in result.checks if not check.ok]


def test_a_stamp_card_fills_buys_a_cup_and_goes_back(rich: World) -> None:
    member = rich.enrol()
    first = rich.sell({"latte": 4}, member)
    assert first.member_after is not None
    [card] = first.member_after.stamps
    assert (card.currency, card.count, card.target, card.name_en) == ("COFFEE", 4, 5, "Coffee stamps")
    [stamps] = _receipt(rich, first.bill).points.stamps  # type: ignore[union-attr]
    assert (stamps.earned, stamps.used, stamps.after) == (4, 0, 4)
    with pytest.raises(Refusal) as refusal:
        rich.till.redemption.choose_reward(rich.draft({"tea": 1}, member), "free-cup", 1)
    assert refusal.value.reason is Reason.STAMPS_SHORT
    rich.sell({"espresso": 3}, member)
    draft = rich.till.redemption.choose_reward(rich.draft({"latte": 1, "tea": 1}, member), "free-cup", 1)
    bought = rich.pay(draft)
    # The dearer cup is free and earns no stamp; points are not touched.
    assert (bought.bill.total_satang, bought.bill.points_redeemed) == (4_000, 0)
    assert bought.member_after is not None and bought.member_after.stamps[0].count == 7 - 5 + 1
    [stamps] = _receipt(rich, bought.bill).points.stamps  # type: ignore[union-attr]
    assert (stamps.earned, stamps.used, stamps.after) == (1, 5, 3)
    preview, _ = _back(rich, bought.bill)
    assert (dict(preview.stamps_given_back), dict(preview.stamps_taken_back)) == ({"COFFEE": 5}, {"COFFEE": 1})
    assert rich.till.lookup.panel(member.id).stamps[0].count == 7
    _clean(rich)


def test_stamps_that_are_spent_are_owed_and_repaid(rich: World) -> None:
    member = rich.enrol()
    first = rich.sell({"latte": 5}, member).bill
    rich.pay(rich.till.redemption.choose_reward(rich.draft({"latte": 1}, member), "free-cup", 1))
    preview, document = _back(rich, first)
    assert dict(document.stamps_owed) == {"COFFEE": 5} and dict(preview.stamps_owed) == {"COFFEE": 5}
    slip = rich.store.facts.documents_of(document.id)[0][1]
    assert any("5 ดวง" in note for note in slip.notes)  # type: ignore[union-attr]
    after = rich.sell({"tea": 7}, member).member_after
    assert after is not None and after.stamps[0].count == 2
    _clean(rich)


def test_up_at_once_with_this_bill_and_down_with_its_return(rich: World) -> None:
    member = rich.enrol()
    first = rich.sell({"giftbox": 3}, member)
    assert first.bill.tier_change is None and first.bill.points_earned == 36 + 10
    assert first.member_after is not None and first.member_after.tier is not None
    assert (first.member_after.tier.count, first.member_after.tier.missing) == (90_000, 10_000)
    second = rich.sell({"mug": 2}, member)
    # Silver is reached by this bill, so its points are worth half as much again.
    assert second.bill.tier_change == TierChange("", "silver")
    assert second.member_after is not None and second.member_after.card.tier_code == "silver"
    receipt = _receipt(rich, second.bill)
    assert receipt.points is not None and receipt.points.tier_name == "ซิลเวอร์"
    assert receipt.notes[0] == "ยินดีด้วย! วันนี้คุณขึ้นเป็นระดับซิลเวอร์แล้ว"
    [row] = rich.till.lookup.search_members("สมหญิง")
    assert row.card.tier_name_en == "Silver"
    # The mug at half price counts with what was paid for it.
    assert second.bill.qualifying_satang == 20_000 and second.member_after.tier.count == 110_000  # type: ignore[union-attr]
    preview, _ = _back(rich, first.bill, {1: 1_000})
    assert preview.tier_change == TierChange("silver", "")
    panel = rich.till.lookup.panel(member.id)
    assert panel.card.tier_code == "" and panel.tier is not None and panel.tier.count == 80_000
    assert panel.visits == 2
    _back(rich, first.bill, {1: 2_000})
    assert rich.till.lookup.panel(member.id).visits == 1
    _clean(rich)


def test_a_mission_pays_once_for_the_same_money(rich: World) -> None:
    member = rich.enrol()
    first = rich.sell({"giftbox": 1}, member).bill
    assert any("ซื้ออีก ฿200" in note for note in _receipt(rich, first).notes)
    second = rich.sell({"giftbox": 1}, member).bill
    paid = [e.points for e in second.point_entries if e.program_id == "mission"]
    assert sum(paid) == 10
    _back(rich, first)
    again = rich.sell({"giftbox": 1}, member).bill
    # 300 came back and 300 is spent again: the 500 were paid already.
    assert not [e for e in again.point_entries if e.program_id == "mission"]
    counts = rich.store.members.account(member.id).counts
    assert counts[count_key(TallyKind.PROGRESS, "mission", "2026-11")] == 60_000
    assert counts[count_key(TallyKind.REWARDED, "mission", "2026-11")] == 1
    _clean(rich)


def test_two_friends(rich: World) -> None:
    old = rich.enrol("0811111111", first_name="มาลี", last_name="")
    new = rich.enrol("0822222222", referred_by="081-111-1111")
    assert rich.till.lookup.panel(new.id).referred_by_masked == "มาลี"
    small = rich.sell({"tea": 1}, new).bill
    assert not [e for e in small.point_entries if e.program_id == "friend"]
    _back(rich, small)
    bill = rich.sell({"mug": 1, "cake": 1}, new).bill
    gifts = {e.member_id: 0 for e in bill.point_entries}
    for entry in bill.point_entries:
        if entry.program_id == "friend":
            gifts[entry.member_id] += entry.points
            assert not entry.qualifying
    assert gifts == {new.id: 50, old.id: 30}
    assert bill.points_earned == sum(line.points_earned for line in bill.lines)
    assert rich.till.lookup.panel(old.id).balance == 30
    assert not [e for e in rich.sell({"mug": 1}, new).bill.point_entries if e.program_id == "friend"]
    _back(rich, bill)
    assert rich.till.lookup.panel(old.id).balance == 0
    _clean(rich)


def test_coupons_go_back_with_the_goods_they_were_given_for(rich: World) -> None:
    member = rich.enrol()
    bill = rich.sell({"giftbox": 3, "filter": 1}, member).bill
    steps = [c.code for c in bill.coupons_issued if c.program_id.endswith("106")]
    assert len(steps) == 3
    preview, _ = _back(rich, bill, {1: 1_000})
    # 690 are left: they are worth two coupons.
    assert preview.coupons_voided == (steps[2],) and preview.withheld_satang == 0
    rich.pay(rich.till.redemption.lay_coupon(rich.draft({"mug": 1}, member), steps[0]))
    preview, _ = _back(rich, bill, {1: 2_000})
    # The unused one first; the other has bought 20 baht already.
    assert preview.coupons_voided == (steps[1],)
    assert (dict(preview.coupons_withheld), preview.withheld_satang) == ({steps[0]: 2_000}, 2_000)
    _clean(rich)


class _Between:
    """A store whose next transaction begins just after somebody else's act: what is read before it is stale."""

    def __init__(self, inner: TillStore) -> None:
        self._inner = inner
        self.act: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        act, self.act = self.act, None
        if act is not None:
            act()
        with self._inner.transaction() as tx:
            yield tx


def test_two_windows_cannot_overspend_a_quota(rich: World) -> None:
    put(rich.folder, [FeedQuota("half-mug", "till-1", times=1)])
    members = [rich.enrol("0811111111"), rich.enrol("0822222222")]
    rich.session()
    store = _Between(rich.folder.store)
    rich.use(store)  # type: ignore[arg-type]
    drafts = [rich.draft({"mug": 1}, member) for member in members]
    previews = [rich.till.checkout.preview(draft) for draft in drafts]
    assert [preview.total_cash_satang for preview in previews] == [10_000, 10_000]
    store.act = lambda: rich.pay(drafts[1])
    with pytest.raises(Refusal) as refusal:
        rich.pay(drafts[0])
    assert refusal.value.reason is Reason.BILL_CHANGED
    assert rich.till.checkout.preview(drafts[0]).total_cash_satang == 20_000
    assert rich.store.facts.given()[count_key(TallyKind.TOTAL, "half-mug", "")] == 1
    # A return gives it back to the till.
    _back(rich, rich.store.facts.bill(drafts[1].id))  # type: ignore[arg-type]
    assert rich.till.checkout.preview(drafts[0]).total_cash_satang == 10_000
    assert rich.pay(drafts[0]).bill.total_satang == 10_000
    rich.use(rich.folder.store)
    _clean(rich)


def test_two_windows_cannot_use_one_coupon(rich: World) -> None:
    member = rich.enrol()
    code = rich.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    store = _Between(rich.folder.store)
    rich.session()
    rich.use(store)  # type: ignore[arg-type]
    first, second = (rich.till.redemption.lay_coupon(rich.draft({"giftbox": 1}, member), code) for _ in range(2))
    store.act = lambda: rich.pay(second)
    with pytest.raises(Refusal) as refusal:
        rich.pay(first)
    assert refusal.value.reason is Reason.BILL_CHANGED


def test_without_a_quota_a_rationed_program_does_not_run(tmp_path: Path) -> None:
    world = rich_world(tmp_path, quotas=False)
    try:
        member = world.enrol()
        evaluation = world.till.checkout.preview(world.draft({"mug": 1, "cake": 1}, member)).evaluation
        why = {each.program_id: each.key for each in evaluation.explanations}
        assert why["half-mug"] == why["cake-off"] == "quota_none" and evaluation.discount_satang == 0
        # Quotas come with the feed, and count from the next bill on.
        put(world.folder, [FeedQuota("cake-off", "till-1", satang=500), FeedQuota("half-mug", "till-2", times=9)])
        evaluation = world.till.checkout.preview(world.draft({"mug": 1, "cake": 1}, member)).evaluation
        assert evaluation.discount_satang == 500
    finally:
        world.folder.close()


def test_limits_hold_whatever_is_sold_and_returned(rich: World) -> None:
    dice = random.Random(11)
    members = [rich.enrol("0811111111"), rich.enrol("0822222222")]
    bills: list[Bill] = []
    for _ in range(60):
        if bills and dice.random() < 0.3:
            bill = dice.choice(bills)
            line = dice.choice(bill.lines)
            try:
                _back(rich, bill, {line.line_no: dice.choice((1_000, line.quantity_milli))})
            except Refusal as refusal:
                assert refusal.reason is Reason.RETURN_EXCEEDS
        else:
            goods = {name: dice.randrange(1, 4) for name in dice.sample(("mug", "cake", "cookie", "tea"), 2)}
            bills.append(rich.sell(goods, dice.choice((None, *members))).bill)
        if dice.random() < 0.1:
            rich.clock.forward(timedelta(days=1))
        given = rich.store.facts.given()
        assert 0 <= given.get(count_key(TallyKind.TOTAL, "half-mug", ""), 0) <= 3
        assert 0 <= given.get(count_key(TallyKind.BUDGET, "cake-off", ""), 0) <= 5_000
        for member in members:
            counts = rich.store.members.account(member.id).counts
            assert all(0 <= n <= 1 for key, n in counts.items() if key.startswith("times|half-mug|"))
        cookies = [d.amount_satang for d in bills[-1].discounts if d.program_id == "cookies"]
        assert sum(cookies) <= 2 * 2_500
    assert rich.store.facts.given()[count_key(TallyKind.BUDGET, "cake-off", "")] > 0
    _clean(rich)


def test_what_each_program_did_today(rich: World) -> None:
    member = rich.enrol()
    rich.sell({"latte": 2, "mug": 1, "giftbox": 1}, member)
    rich.sell({"cookie": 3})
    report = rich.till.reports.day()
    rows = {row.program_id: row for row in report.programs}
    assert (rows["half-mug"].times, rows["half-mug"].discount_satang) == (1, 10_000)
    assert (rows["stamp"].stamps, rows["stamp"].points, rows["cookies"].discount_satang) == (2, 0, 2_500)
    assert rows["draw"].entries == 2 and rows["01930000-0000-7000-8000-000000000106"].coupons == 1
    points = [row for row in report.programs if row.points]
    assert sum(row.points for row in points) == report.points_issued
    text = rich.till.reports.csv(report, "th")
    assert "โปรแกรม half-mug,1,0,0,0,100.00,0,0" in text


def test_points_wait_for_their_day(tmp_path: Path) -> None:
    world = rich_world(tmp_path, points_pending_days=7)
    try:
        member = world.enrol()
        sold = world.sell({"giftbox": 9}, member)
        assert sold.member_after is not None and sold.member_after.spendable == 0
        earned = sold.bill.points_earned
        assert (sold.member_after.balance, sold.member_after.pending_points) == (earned, earned)
        assert (
            sold.member_after.pending_until is not None and sold.member_after.pending_until.isoformat() == "2026-11-28"
        )
        assert any("28 พ.ย. 2569" in note for note in _receipt(world, sold.bill).notes)
        reward = "01930000-0000-7000-8000-000000000105"
        with pytest.raises(Refusal) as refusal:
            world.till.redemption.choose_reward(world.draft({"mug": 1}, member), reward, 1)
        assert refusal.value.reason is Reason.POINTS_SHORT
        with pytest.raises(Refusal) as refusal:
            world.till.adjustment.adjust(world.session("1004"), member.id, -1, "ทดสอบ")
        assert refusal.value.reason is Reason.POINTS_SHORT
        # What is pending is the first to be taken back.
        _back(world, sold.bill, {1: 1_000})
        assert world.till.lookup.panel(member.id).pending_points < earned
        world.clock.forward(timedelta(days=7))
        panel = world.till.lookup.panel(member.id)
        assert (panel.pending_points, panel.pending_until, panel.spendable) == (0, None, panel.balance)
        assert world.pay(world.till.redemption.choose_reward(world.draft({"mug": 1}, member), reward, 1)).bill
        _clean(world)
    finally:
        world.folder.close()


def test_points_of_who_stays_away_end(tmp_path: Path) -> None:
    world = rich_world(tmp_path, points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=6)
    try:
        member = world.enrol()
        world.sell({"giftbox": 9}, member)
        panel = world.till.lookup.panel(member.id)
        assert panel.balance == panel.spendable > 100 and panel.expiring_points == 0
        world.clock.forward(timedelta(days=150))
        panel = world.till.lookup.panel(member.id)
        assert (panel.expiring_points, str(panel.expiring_on)) == (panel.balance, "2027-05-21")
        world.clock.forward(timedelta(days=40))
        panel = world.till.lookup.panel(member.id)
        assert (panel.balance, panel.spendable) == (0, 0)
        bill = world.sell({"tea": 1}, member).bill
        assert bill.basis is not None and bill.basis.spendable_points == 0
        _clean(world)
    finally:
        world.folder.close()


@pytest.mark.parametrize(
    ("definition", "goods", "reason"),
    [
        ("cheapest", {"tea": 2}, Reason.COUPON_MINIMUM_QUANTITY),
        ("free-cake", {"tea": 2}, Reason.COUPON_NO_EFFECT),
        ("rare", {"giftbox": 1}, Reason.COUPON_QUOTA),
        ("three-times", {"giftbox": 1}, Reason.COUPON_NEEDS_MEMBER),
    ],
)
def test_why_a_coupon_takes_nothing_off(rich: World, definition: str, goods: dict[str, int], reason: Reason) -> None:
    """A coupon of head office's own, for whoever holds it."""
    code = make_coupon_code(random.Random(3).randrange)
    day = rich.clock.now().date()
    coupon = Coupon(
        code, definition, CouponState.ISSUED, None, None, "office", "branch-1", rich.clock.now(), day,
        day + timedelta(days=9),
    )  # fmt: skip
    put(rich.folder, [coupon, FeedQuota("rare", "till-1", times=0)])
    with pytest.raises(Refusal) as refusal:
        rich.till.redemption.lay_coupon(rich.draft(goods), code)
    assert refusal.value.reason is reason, refusal.value.params
    assert say_error(refusal.value, "th") and "–" not in say_error(refusal.value, "th")
