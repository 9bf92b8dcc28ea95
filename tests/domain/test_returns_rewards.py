"""Several rewards on one bill: what each cost comes back with the goods it was spent on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn, LineWeight
from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import Currency
from pos_member.domain.points import PointKind
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import EffectKind
from tests.domain.evaluating import REWARD, bill, book, line, program
from tests.domain.returning import SOON, TODAY, in_sequence, plan_of, stored
from tests.domain.ringing import account, complete

COFFEE, BEANS = Scope(tags=("coffee",)), Scope(tags=("beans",))
BOOK = book(
    program(EffectKind.REWARD_PRODUCT, "CUP", points=10, get=1, currency="CUP", scope=COFFEE),
    program(REWARD, "OFF", points=100, amount_satang=1_000, scope=BEANS),
    program(REWARD, "ANY", points=30, amount_satang=700),
    currencies=(Currency("CUP", "แสตมป์", "Stamps"),),
)
RULES = compile_rules(BOOK)


def _sold(goods: list[Any], **times: int) -> Bill:
    held = account({SOON: 250, None: 450}, wallets={"CUP": {SOON: 7, None: 30}})
    member = MemberState("m", spendable_points=700, stamps={"CUP": 37})
    ringing = bill(*goods, member=member, rewards={f"id-{code}": n for code, n in times.items()})
    return complete(ringing, evaluate(ringing, RULES), BOOK, held, today=TODAY)


def _cup_and_beans(**times: int) -> Bill:
    return _sold([line(65, tags=("coffee",)), line(10.5, tags=("beans",))], **(times or {"CUP": 1, "OFF": 1}))


def _given(sold: Bill, past: list[BillReturn], lines: dict[int, int]) -> tuple[int, dict[str, int]]:
    plan = plan_of(sold, past, lines)
    past.append(stored(sold, plan))
    return plan.points_given_back, dict(plan.stamps_given_back)


def test_each_reward_comes_back_with_its_own_goods() -> None:
    """Also where nothing was left to pay on them: the cup was free."""
    sold = _cup_and_beans()
    assert [one.net_satang for one in sold.lines] == [0, 50]
    past: list[BillReturn] = []
    assert _given(sold, past, {1: 1_000}) == (0, {"CUP": 10})
    assert _given(sold, past, {2: 1_000}) == (100, {})
    past.clear()
    assert _given(sold, past, {2: 1_000}) == (100, {})
    assert _given(sold, past, {1: 1_000}) == (0, {"CUP": 10})


def test_a_bill_that_does_not_say_gives_back_by_all_that_was_paid_with_points() -> None:
    new = _cup_and_beans()
    old = replace(new, discounts=tuple(replace(one, lines=()) for one in new.discounts))
    past: list[BillReturn] = []
    assert _given(old, past, {1: 1_000}) == (86, {"CUP": 8})
    assert _given(old, past, {2: 1_000}) == (14, {"CUP": 2})


def test_a_part_of_a_line_gives_back_its_part() -> None:
    sold = _sold([line(60, 3, tags=("coffee",)), line(40, tags=("beans",))], CUP=2, OFF=1)
    past: list[BillReturn] = []
    # Out of two lots, 7 and 13: a third of each, towards zero.
    assert [_given(sold, past, {1: 1_000})[1]["CUP"] for _ in range(3)] == [6, 6, 8]
    assert _given(sold, past, {2: 1_000}) == (100, {})


def test_only_rewards_that_took_something_off_say_where() -> None:
    sold = _cup_and_beans()
    assert [one.lines for one in sold.discounts] == [(LineWeight(1, 6_500),), (LineWeight(2, 1_000),)]
    plain = replace(sold.discounts[0], lines=())
    assert "lines" not in codec.to_wire(plain)
    assert codec.from_wire(type(plain), codec.to_wire(sold.discounts[0])) == sold.discounts[0]


_goods = st.builds(
    lambda satang, quantity, tag: line(satang / 100, quantity / 1000, tags=(tag,)),
    st.integers(0, 20_000),
    st.one_of(st.sampled_from([1_000, 2_000, 5_000]), st.integers(1, 5_000)),
    st.sampled_from(["coffee", "beans", "other"]),
)
_chosen = st.fixed_dictionaries({"CUP": st.integers(0, 3), "OFF": st.integers(0, 3), "ANY": st.integers(0, 3)})


@given(st.lists(_goods, min_size=1, max_size=5), _chosen, st.data())
@settings(max_examples=120, deadline=None)
def test_with_the_last_of_its_goods_all_of_a_reward_is_back_and_never_more(
    goods: list[Any], times: dict[str, int], data: st.DataObject
) -> None:
    sold = _sold(goods, **times)
    spent = Counter[str | None]()
    for entry in sold.point_entries:
        if entry.kind is PointKind.REDEEM:
            spent[entry.program_id] -= entry.points
    _, past = in_sequence(sold, data)
    back, left = Counter[str | None](), {one.line_no: one.quantity_milli for one in sold.lines}
    for document in past:
        for each in document.point_entries:
            back[each.program_id] += each.points
        for part in document.lines:
            left[part.line_no] -= part.quantity_milli
        for reward in sold.discounts:
            came = back[reward.program_id]
            assert sum(part.weight for part in reward.lines) == reward.amount_satang
            assert 0 <= came <= reward.points == spent[reward.program_id]
            if not any(left[part.line_no] for part in reward.lines):
                assert came == reward.points
            if all(left[part.line_no] == sold.lines[part.line_no - 1].quantity_milli for part in reward.lines):
                assert came == 0
