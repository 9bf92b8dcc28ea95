"""Points and stamps of a return: which lots, which policy, whose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.ledger import return_entries
from pos_member.domain.org import OwedPolicy, PointsExpiry, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, balances
from pos_member.domain.returns_rules import ReturnPlan, plan_return
from tests.domain.returning import AT, LOT, PENDING_UNTIL, SOON, TODAY, bill_line, entry, hand_made, stored, whole
from tests.domain.ringing import account, context

P = OwedPolicy


def _earned(points: int = 100, **more: Any) -> PointEntry:
    return entry(PointKind.EARN, points, line_no=1, program_id="p", **more)


def _sold(*entries: PointEntry, **more: Any) -> Bill:
    return hand_made([bill_line(1, 10_000, 4_000), bill_line(2, 5_000)], entries, **more)


def _plan(sold: Bill, held: Account, lines: Mapping[int, int] | None = None, **more: Any) -> ReturnPlan:
    asked: dict[str, Any] = {"today": TODAY, "owed_policy": P.WITHIN_BALANCE}
    return plan_return(sold, (), lines or whole(sold), account=held, **(asked | more))


def _parts(plan: ReturnPlan) -> list[tuple[int, date | None, date | None]]:
    return [(move.points, move.bucket, move.spendable_from) for move in plan.movements]


def test_what_is_pending_goes_first_then_the_lot_then_the_others() -> None:
    held = account({LOT: 50, SOON: 30, None: 500}, pending={(PENDING_UNTIL, LOT): 20, (PENDING_UNTIL, SOON): 5})
    plan = _plan(_sold(_earned(spendable_from=PENDING_UNTIL)), held)
    assert _parts(plan) == [
        (-20, LOT, PENDING_UNTIL),
        (-5, SOON, PENDING_UNTIL),
        (-30, LOT, None),
        (-25, SOON, None),
        (-20, None, None),
    ]
    assert (plan.points_taken_back, plan.points_owed) == (100, 0)


def test_a_lot_that_has_become_spendable_meanwhile_is_like_any_other() -> None:
    later = PENDING_UNTIL
    held = account({LOT: 100}, pending={(PENDING_UNTIL, LOT): 100})
    plan = _plan(_sold(_earned(spendable_from=PENDING_UNTIL)), held, today=later)
    assert _parts(plan) == [(-100, LOT, None)]
    after = balances(return_entries(plan.movements, context(AT, later))).plus(held.buckets, held.pending)
    assert (after.buckets, after.clean(later).pending) == ({}, {})


def test_no_more_is_taken_from_a_pending_part_than_came_into_it() -> None:
    """Another return took some of it: the rest comes from the lot as such."""
    held = account({LOT: 100}, pending={(PENDING_UNTIL, LOT): 40})
    plan = _plan(_sold(_earned(spendable_from=PENDING_UNTIL)), held, owed_policy=P.UNLIMITED)
    assert _parts(plan) == [(-40, LOT, PENDING_UNTIL), (-60, LOT, None)]


def test_no_more_is_taken_from_a_pending_part_than_is_in_its_lot() -> None:
    held = account({LOT: 10, None: 200}, pending={(PENDING_UNTIL, LOT): 40})
    plan = _plan(_sold(_earned(spendable_from=PENDING_UNTIL)), held)
    assert _parts(plan) == [(-10, LOT, PENDING_UNTIL), (-90, None, None)]


def test_pending_only_takes_what_is_not_yet_spendable_and_forgives_the_rest() -> None:
    held = account({LOT: 90, None: 200}, pending={(PENDING_UNTIL, LOT): 60})
    plan = _plan(_sold(_earned(spendable_from=PENDING_UNTIL)), held, owed_policy=P.PENDING_ONLY)
    assert _parts(plan) == [(-60, LOT, PENDING_UNTIL)]
    assert (plan.points_taken_back, plan.points_owed, plan.lines[0].points_reversed) == (60, 0, 60)


def test_pending_only_does_not_ask_again_for_what_it_forgave() -> None:
    sold = _sold(_earned(spendable_from=PENDING_UNTIL))
    empty = account({})
    first = _plan(sold, empty, {1: 2_000}, owed_policy=P.PENDING_ONLY)
    assert first.movements == ()
    full = account({LOT: 500}, pending={(PENDING_UNTIL, LOT): 500})
    asked: dict[str, Any] = {"account": full, "today": TODAY, "owed_policy": P.PENDING_ONLY}
    second = plan_return(sold, (stored(sold, first),), {1: 2_000}, **asked)
    assert second.points_taken_back == 50


@pytest.mark.parametrize(("policy", "taken", "owed"), [(P.WITHIN_BALANCE, 4, 6), (P.UNLIMITED, 10, 0)])
def test_stamps_are_taken_from_their_own_wallet(policy: OwedPolicy, taken: int, owed: int) -> None:
    held = account({None: 500}, wallets={"CUP": {LOT: 3, None: 1}, "BOX": {None: 50}})
    plan = _plan(_sold(_earned(10, currency="CUP")), held, owed_policy=policy)
    assert plan.stamps_taken_back == {"CUP": taken}
    assert plan.stamps_owed == ({"CUP": owed} if owed else {})
    assert (plan.points_taken_back, plan.points_owed, plan.lines[0].points_reversed) == (0, 0, 0)
    assert {move.currency for move in plan.movements} == {"CUP"}


def test_stamps_are_never_pending_so_pending_only_leaves_them() -> None:
    held = account({}, wallets={"CUP": {LOT: 30}})
    plan = _plan(_sold(_earned(10, currency="CUP")), held, owed_policy=P.PENDING_ONLY)
    assert (plan.movements, plan.stamps_taken_back, plan.stamps_owed) == ((), {}, {})


def test_redeemed_stamps_come_back_to_their_lots() -> None:
    spent = [entry(PointKind.REDEEM, -4, bucket=SOON, currency="CUP"), entry(PointKind.REDEEM, -6, currency="CUP")]
    sold = _sold(*spent)
    half = _plan(sold, account({}), {1: 4_000})
    assert [(move.points, move.bucket, move.currency) for move in half.movements] == [(2, SOON, "CUP"), (4, LOT, "CUP")]
    assert _plan(sold, account({})).stamps_given_back == {"CUP": 10}
    assert _plan(sold, account({})).points_given_back == 0


def test_the_referrer_loses_the_gift_with_the_last_of_the_bill_whatever_they_have() -> None:
    gift = entry(PointKind.EARN, 80, program_id="r", member_id="friend", qualifying=False, spendable_from=PENDING_UNTIL)
    sold = _sold(_earned(), gift)
    held = account({LOT: 100})
    first = _plan(sold, held, {1: 4_000})
    assert {move.member_id for move in first.movements} == {None}
    asked: dict[str, Any] = {"account": account({}), "today": TODAY, "owed_policy": P.WITHIN_BALANCE}
    last = plan_return(sold, (stored(sold, first),), {2: 1_000}, **asked)
    (taken,) = return_entries(last.movements, context(AT, TODAY))
    assert (taken.member_id, taken.points, taken.bucket, taken.spendable_from) == ("friend", -80, LOT, PENDING_UNTIL)
    assert (taken.reverses_id, taken.qualifying) == (gift.id, False)
    assert (last.points_taken_back, last.points_owed) == (0, 0), "not of the bill's member"


def test_points_without_a_line_come_back_with_the_last_of_the_bill() -> None:
    sold = _sold(entry(PointKind.EARN, 70, program_id="p"))
    held = account({LOT: 100})
    assert _plan(sold, held, {1: 4_000}).movements == ()
    assert _plan(sold, held).points_taken_back == 70
    assert [one.points_reversed for one in _plan(sold, held).lines] == [0, 70]


def test_reversals_say_whether_they_count_towards_a_tier() -> None:
    sold = _sold(_earned(60), _earned(40, qualifying=False))
    plan = _plan(sold, account({LOT: 100}))
    assert [(move.points, move.qualifying) for move in plan.movements] == [(-60, True), (-40, False)]
    assert plan.month.points == -60


@pytest.mark.parametrize("policy", list(P))
def test_what_is_owed_or_forgiven_no_longer_counts_towards_a_tier(policy: OwedPolicy) -> None:
    sold = _sold(_earned(60), _earned(40, qualifying=False), entry(PointKind.EARN, 3))
    spent = account({LOT: 0})
    part = plan_return(sold, (), {1: 2_000}, account=spent, today=TODAY, owed_policy=policy)
    assert (part.month.points, part.month.visits) == (-30, 0)
    assert part.points_owed == (50 if policy is P.WITHIN_BALANCE else 0)
    asked: dict[str, Any] = {"account": spent, "today": TODAY, "owed_policy": policy}
    rest = plan_return(sold, (stored(sold, part),), {1: 2_000, 2: 1_000}, **asked)
    assert part.month.points + rest.month.points == -63, "all that the bill counted, and not more"


def test_points_of_who_stayed_away_are_gone_and_not_owed() -> None:
    own = Settings(points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=1)
    held = account({None: 0, SOON: 300}, last_visit=TODAY - timedelta(days=60))
    sold = _sold(_earned(bucket=None))
    plan = _plan(sold, held, settings=own)
    assert _parts(plan) == [(-100, None, None)]
    assert plan.points_owed == 0
    assert _parts(_plan(sold, held)) == [(-100, SOON, None)], "without the settings nobody knows"


def test_a_bill_without_a_member_moves_nothing() -> None:
    plan = plan_return(
        hand_made([bill_line(1, 100)], member_id=None),
        (),
        {1: 1_000},
        account=None,
        today=TODAY,
        owed_policy=P.UNLIMITED,
    )
    assert (plan.movements, plan.refund_satang) == ((), 100)


def test_a_lot_in_debt_is_paid_by_the_others_first() -> None:
    plan = _plan(_sold(_earned()), account({LOT: 100, None: -80}))
    assert (_parts(plan), plan.points_owed) == ([(-20, LOT, None)], 80)


def test_each_pending_point_is_taken_once() -> None:
    parts = [_earned(30, spendable_from=PENDING_UNTIL), _earned(30, spendable_from=PENDING_UNTIL)]
    plan = _plan(_sold(*parts), account({LOT: 100}, pending={(PENDING_UNTIL, LOT): 40}))
    assert _parts(plan) == [(-30, LOT, PENDING_UNTIL), (-10, LOT, PENDING_UNTIL), (-20, LOT, None)]
