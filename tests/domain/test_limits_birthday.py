"""Once a year around a birthday: the year of the birthday it stands for, on both sides of a year's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.matching import near_birthday
from pos_member.domain.member import Birthday
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import Audience, Limits
from pos_member.domain.tally import TallyKind, count_key, merged, sums
from tests.domain.evaluating import FIXED, bill, book, line, program

AROUND = Audience(birthday_days_before=7, birthday_days_after=7)


def _gift(audience: Audience = AROUND, **limits: Any) -> Any:
    own = Limits(**(limits or {"per_member_year": 1}))
    return compile_rules(book(program(FIXED, "GIFT", points=50, audience=audience, limits=own)))


def _year(birthday: Birthday, days: list[str], rules: Any = None) -> list[str]:
    """The days of ``days`` on which it fires, and the sum it is counted in: ``2026-12-30 in 2027``."""
    rules = rules or _gift()
    member, found = MemberState("m", birthday=birthday), []
    for day in days:
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=5)
        result = evaluate(bill(line(100), member=member, at=at), rules)
        member = replace(member, counts=merged(member.counts, sums(result.tallies)))
        if result.points_earned:
            [tally] = [each for each in result.tallies if each.kind is TallyKind.TIMES]
            found.append(f"{day} in {tally.period}")
        else:
            assert [why.key for why in result.explanations if not why.fired] in (["limit_year"], ["birthday_days"])
    return found


@pytest.mark.parametrize(
    ("birthday", "days", "fires"),
    [
        (Birthday(1, 1), ["2026-12-30", "2027-01-01", "2027-01-03"], ["2026-12-30 in 2027"]),
        (Birthday(1, 1), ["2027-01-03", "2027-12-30", "2028-01-03"], ["2027-01-03 in 2027", "2027-12-30 in 2028"]),
        (Birthday(31, 12), ["2026-12-25", "2027-01-03", "2027-12-31"], ["2026-12-25 in 2026", "2027-12-31 in 2027"]),
        (Birthday(31, 12), ["2027-01-03", "2027-12-30", "2028-01-03"], ["2027-01-03 in 2026", "2027-12-30 in 2027"]),
        (Birthday(29, 2), ["2027-02-22", "2027-03-05", "2027-03-08"], ["2027-02-22 in 2027"]),
        (Birthday(29, 2), ["2027-03-07", "2028-02-23", "2028-03-07"], ["2027-03-07 in 2027", "2028-02-23 in 2028"]),
        (Birthday(10, 5), ["2026-05-03", "2026-05-17", "2027-05-03"], ["2026-05-03 in 2026", "2027-05-03 in 2027"]),
    ],
)
def test_once_for_a_birthday_and_again_for_the_next(birthday: Birthday, days: list[str], fires: list[str]) -> None:
    assert _year(birthday, days) == fires


def test_without_a_birthday_window_the_year_is_the_calendar_s() -> None:
    always = _gift(Audience())
    days = ["2026-12-30", "2026-12-31", "2027-01-03"]
    assert _year(Birthday(1, 1), days, always) == ["2026-12-30 in 2026", "2027-01-03 in 2027"]


def test_other_periods_stay_those_of_the_bill() -> None:
    rules = _gift(per_member_day=1, per_member_month=1, per_member_year=1)
    member = MemberState("m", birthday=Birthday(1, 1))
    result = evaluate(bill(line(100), member=member, at=datetime(2026, 12, 30, 5, tzinfo=UTC)), rules)
    assert [each.period for each in result.tallies] == ["2026-12-30", "2026-12", "2027"]


def test_a_sum_of_the_other_year_does_not_count() -> None:
    name = count_key(TallyKind.TIMES, "id-GIFT", "2026")
    member = MemberState("m", birthday=Birthday(1, 1), counts={name: 1})
    result = evaluate(bill(line(100), member=member, at=datetime(2026, 12, 30, 5, tzinfo=UTC)), _gift())
    assert result.points_earned == 50


@given(
    st.dates(date(1999, 1, 1), date(2032, 12, 31)), st.dates(date(2020, 1, 1), date(2031, 12, 31)), st.integers(0, 183)
)
def test_the_nearer_birthday_within_the_window(born: date, today: date, around: int) -> None:
    def on(year: int) -> date:
        try:
            return born.replace(year=year)
        except ValueError:
            return date(year, 2, 28)

    nearest = min((on(today.year + k) for k in (-1, 0, 1)), key=lambda day: abs((today - day).days))
    found = near_birthday(Birthday(born.day, born.month), today, around, around)
    if abs((today - nearest).days) <= around:
        assert found == nearest
    else:
        assert found is None
