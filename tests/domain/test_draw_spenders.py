"""The ranking of who spent most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.top_spenders import Spend, Spender, rank, spenders

AT = datetime(2026, 11, 21, 5, tzinfo=UTC)


def _at(hours: int) -> datetime:
    return AT + timedelta(hours=hours)


def test_most_first_returns_taken_off() -> None:
    found = spenders(
        [
            Spend("a", 50_000, _at(1)),
            Spend("b", 80_000, _at(2)),
            Spend("b", -40_000, _at(9)),
            Spend("c", 20_000, _at(3)),
            Spend("c", 25_000, _at(4)),
            Spend("d", -5_000, _at(5)),
        ]
    )
    assert found == (Spender("a", 50_000, _at(1)), Spender("b", 40_000, _at(2)), Spender("c", 45_000, _at(4)))
    assert [(one.place, one.member_id) for one in rank(found, 2)] == [(1, "a"), (2, "c")]


def test_equal_spend_goes_to_who_reached_it_first_then_by_id() -> None:
    tied = [Spender("c", 100, _at(2)), Spender("b", 100, _at(1)), Spender("a", 100, _at(2)), Spender("d", 101, _at(9))]
    assert [one.member_id for one in rank(tied, 9)] == ["d", "b", "a", "c"]
    assert [one.member_id for one in rank(tied, 3)] == ["d", "b", "a"], "never more than there are prizes"


def test_too_little_does_not_count() -> None:
    found = [Spender("a", 1_000, _at(1)), Spender("b", 999, _at(1)), Spender("c", 0, _at(1)), Spender("d", -5, _at(1))]
    assert [one.member_id for one in rank(found, 9, 1_000)] == ["a"]
    assert [one.member_id for one in rank(found, 9, 0)] == ["a", "b"], "nothing spent is no place"
    assert rank(found, 0) == rank(found, -1) == ()


_spends = st.lists(
    st.builds(Spend, st.sampled_from("abcd"), st.integers(-300, 500), st.integers(0, 5).map(_at)),
    max_size=15,
)


@given(_spends, st.integers(0, 5), st.data())
def test_the_order_in_which_bills_come_in_does_not_matter(spends: list[Spend], first: int, data: st.DataObject) -> None:
    ranking = rank(spenders(spends), first)
    assert rank(spenders(data.draw(st.permutations(spends))), first) == ranking
    assert [one.place for one in ranking] == list(range(1, len(ranking) + 1))
    assert all(one.net_satang >= two.net_satang for one, two in pairwise(ranking))
