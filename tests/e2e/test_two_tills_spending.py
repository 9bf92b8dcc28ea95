"""Two tills, one member, both offline: the same points, the same coupon. Guaranteed, provisional, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_member.domain.coupon import OfflinePolicy
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.rights import FloorLimits, FloorStop
from pos_member.sync.protocol_rights import CouponVerdict
from tests.e2e.shop_over_http import MEMBER, shop_over_http
from tests.factories import make_settings

CLOSED = FloorLimits(0, 0, 0, 0, coupons_per_till=0)
SMALL = FloorLimits(per_bill=100, per_member=100, per_till=300)
GOODS = {"giftbox": 2}


def test_guaranteed_where_the_right_is_and_refused_at_the_other(tmp_path: Path) -> None:
    with shop_over_http(tmp_path, make_settings(floor=CLOSED)) as shop:
        one, two = shop.tills
        here, there = one.draft(GOODS), two.draft(GOODS)
        one.sync()
        two.sync()
        assert (one.power(here).guaranteed, one.power(here).provisional) == (600, 0)
        assert (two.power(there).total, two.power(there).stop) == (0, FloorStop.OFF)
        # From here on the line is down at both.
        bill = one.spend(here, 4)
        assert bill.spending is not None
        assert (sum(use.points for use in bill.spending.rights), bill.spending.provisional) == (400, 0)
        with pytest.raises(Refusal) as refused:
            two.spend(there, 1)
        assert refused.value.reason is Reason.POINTS_ONLINE_ONLY
        # The line of the second is up again: head office knows where the points are, and asks them back.
        word = two.desk.redeem(there.id, MEMBER.id, 100)
        assert (word.right, word.free, word.elsewhere) == (None, 0, 600)
        assert word.elsewhere_until is not None
        one.sync()
        word = two.desk.redeem(there.id, MEMBER.id, 100)
        assert word.right is not None and word.right.points == 100
        assert two.desk.redeem(there.id, MEMBER.id, 100).right == word.right
        bought = two.spend(there, 1)
        assert bought.spending is not None and bought.spending.provisional == 0
        for till in (one, two, one, two):
            till.sync()
        assert shop.cases() == []
        assert shop.balance() == 600 - 500 + bill.points_earned + bought.points_earned
        assert all(till.world.till.verify.run().ok for till in shop.tills)


@pytest.mark.parametrize("first", [0, 1])
def test_provisional_at_the_other_is_bounded_and_the_loss_is_a_case(tmp_path: Path, first: int) -> None:
    with shop_over_http(tmp_path, make_settings(floor=SMALL)) as shop:
        one, two = shop.tills
        here = one.draft(GOODS)
        one.sync()
        two.sync()
        there = two.draft({"cookie": 2, "tea": 1})
        assert (two.power(there).guaranteed, two.power(there).provisional) == (0, 100)
        mine, theirs = one.spend(here, 6), two.spend(there, 1)
        assert mine.spending is not None and mine.spending.provisional == 0
        assert theirs.spending is not None and theirs.spending.provisional == 100
        assert (theirs.spending.rights, theirs.spending.contact_at) == ((), shop.clock.now())
        with pytest.raises(Refusal) as refused:
            two.spend(two.draft(GOODS), 1)
        assert refused.value.reason is Reason.POINTS_BEYOND_RIGHTS, "the floor of this member here is used up"
        for at in (first, 1 - first, first, 1 - first):
            shop.tills[at].sync()
        lost = -shop.balance()
        assert lost == 100 - mine.points_earned - theirs.points_earned > 0
        # What the floor let pass was lost at the till that let it, and no right was spent twice.
        [case] = shop.cases()
        identity = two.folder.sync_store.identity()
        assert identity is not None
        assert (case.kind, case.subject_id, case.points) == ("provisional_overdrawn", MEMBER.id, lost)
        assert case.till_id == identity.id
        assert all(till.world.till.verify.run().ok for till in shop.tills)


@pytest.mark.parametrize("policy", list(OfflinePolicy))
def test_one_coupon_at_two_tills_by_its_policy(tmp_path: Path, policy: OfflinePolicy) -> None:
    with shop_over_http(tmp_path, make_settings(floor=SMALL), policy) as shop:
        one, two = shop.tills
        [coupon, *_] = one.pay(one.draft(GOODS)).coupons_issued
        one.sync()
        two.sync()
        mine, theirs = one.draft(GOODS), two.draft(GOODS)
        redeem_one, redeem_two = one.world.till.redemption, two.world.till.redemption
        if policy is OfflinePolicy.ONLINE_ONLY:
            for redeem, draft in ((redeem_one, mine), (redeem_two, theirs)):
                with pytest.raises(Refusal) as refused:
                    redeem.lay_coupon(draft, coupon.code)
                assert refused.value.reason is Reason.COUPON_ONLINE_ONLY
            assert two.desk.redeem(theirs.id, coupons=[coupon.code]).coupons == {coupon.code: CouponVerdict.GOOD}
            assert one.desk.redeem(mine.id, coupons=[coupon.code]).coupons == {coupon.code: CouponVerdict.HELD}
            used = two.pay(redeem_two.lay_coupon(theirs, coupon.code))
            assert used.spending is None, "its state was known for certain"
            two.sync()
            assert one.desk.redeem(mine.id, coupons=[coupon.code]).coupons == {coupon.code: CouponVerdict.USED}
        else:
            assert one.pay(redeem_one.lay_coupon(mine, coupon.code)).spending is None
            if policy is OfflinePolicy.ISSUING_BRANCH:
                with pytest.raises(Refusal) as refused:
                    redeem_two.lay_coupon(theirs, coupon.code)
                assert refused.value.reason is Reason.COUPON_OTHER_BRANCH
            else:
                used = two.pay(redeem_two.lay_coupon(theirs, coupon.code))
                assert used.spending is not None and used.spending.coupons == (coupon.code,)
        for till in (one, two, one, two):
            till.sync()
        twice = [(case.kind, case.subject_id) for case in shop.cases()]
        assert twice == ([("coupon_twice", coupon.code)] if policy is OfflinePolicy.ACCEPT_WITHIN_FLOOR else [])
        assert all(till.world.till.verify.run().ok for till in shop.tills)


def test_a_member_nobody_told_of_is_found_at_once(tmp_path: Path) -> None:
    with shop_over_http(tmp_path, make_settings(floor=CLOSED)) as shop:
        one, two = shop.tills
        member = one.world.enrol("0899999999")
        one.sync()
        assert two.world.store.members.by_id(member.id) is None
        assert two.desk.find_member(number=member.number)
        assert two.world.store.members.by_number(member.number) == two.world.store.members.by_id(member.id)
        assert two.world.store.members.by_id(member.id) is not None
        assert two.desk.find_member(phone="0811111111") == ()
