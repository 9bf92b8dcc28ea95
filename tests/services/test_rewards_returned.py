"""Two rewards on one bill, returned in part: over the real files."""

from __future__ import annotations

from pos_member.domain.bill import LineWeight
from pos_member.domain.program import Stacking
from tests.db_support import put
from tests.factories import World
from tests.services.rich import without

REWARD = "01930000-0000-7000-8000-000000000105"


def test_each_reward_comes_back_with_its_own_goods(rich: World) -> None:
    # The cup before the money off, so that nothing of it is left to pay.
    put(rich.folder, [without("free-cup", stacking=Stacking(priority=1))])
    member = rich.enrol()
    rich.give_points(member, 300)
    rich.sell({"latte": 5}, member)
    before = rich.till.lookup.panel(member.id)
    draft = rich.till.redemption.choose_reward(rich.draft({"latte": 1, "giftbox": 1}, member), "free-cup", 1)
    bought = rich.pay(rich.till.redemption.choose_reward(draft, REWARD, 2)).bill
    cup, off = bought.discounts
    assert (cup.points, cup.currency, cup.lines) == (5, "COFFEE", (LineWeight(1, cup.amount_satang),))
    assert (off.points, off.lines) == (200, (LineWeight(2, 2_000),))
    assert bought.lines[0].net_satang == 0
    stored = rich.store.facts.bill(bought.id)
    assert stored == bought

    returns = rich.till.returns
    preview = returns.preview(bought.id, {1: 1_000})
    assert (preview.points_given_back, dict(preview.stamps_given_back)) == (0, {"COFFEE": 5})
    first = returns.complete(rich.session("1003"), bought.id, {1: 1_000}, return_id=returns.new_id()).document
    assert first.points_given_back == 0 and not first.complete
    assert rich.till.lookup.panel(member.id).stamps[0].count == before.stamps[0].count
    second = returns.complete(rich.session("1003"), bought.id, {2: 1_000}, return_id=returns.new_id()).document
    assert (second.points_given_back, second.complete) == (200, True)
    assert [each for each in second.point_entries if each.currency] == []
    assert rich.till.verify.run().ok
