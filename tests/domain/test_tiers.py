"""Which tier on which day: examples, a walk day by day as the oracle, and what must hold for any history."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.tier_rules import higher, level_for, standing
from pos_member.domain.tiers import Demotion, MonthSum, TierLevel, TierMetric, TierScheme, TierWindow

LEVELS = (
    TierLevel("silver", "ซิลเวอร์", "Silver", 1_000),
    TierLevel("gold", "โกลด์", "Gold", 5_000),
    TierLevel("platinum", "แพลทินัม", "Platinum", 20_000),
)
CALENDAR = TierScheme(TierMetric.POINTS, LEVELS)
ROLLING = TierScheme(TierMetric.POINTS, LEVELS, TierWindow.ROLLING, window_months=12)


def months(**points: int) -> dict[str, MonthSum]:
    """``m2026_01=500``."""
    return {name[1:].replace("_", "-"): MonthSum(points=n) for name, n in points.items()}


def tier(scheme: TierScheme, of: dict[str, MonthSum], day: str, floor: str = "") -> str:
    return standing(scheme, of, date.fromisoformat(day), floor).code


@pytest.mark.parametrize(
    ("count", "code"), [(-5, ""), (0, ""), (999, ""), (1_000, "silver"), (19_999, "gold"), (20_000, "platinum")]
)
def test_the_level_of_a_count(count: int, code: str) -> None:
    assert level_for(CALENDAR, count) == code
    assert level_for(replace(CALENDAR, levels=LEVELS[::-1]), count) == code


def test_the_higher_of_two_and_codes_that_no_scheme_knows() -> None:
    assert higher(CALENDAR, "silver", "gold") == higher(CALENDAR, "gold", "silver") == "gold"
    assert higher(CALENDAR, "", "staff") == higher(CALENDAR, "staff", "") == "staff"
    assert higher(CALENDAR, "staff", "silver") == "silver"
    assert higher(CALENDAR, "", "") == ""


def test_a_calendar_tier_falls_when_its_year_and_the_grace_have_ended() -> None:
    history = months(m2025_11=5_000, m2026_02=1_000)
    assert tier(CALENDAR, history, "2025-10-31") == ""
    assert tier(CALENDAR, history, "2025-11-01") == "gold"
    assert tier(CALENDAR, history, "2025-12-31") == "gold"
    # By the running year alone: this year's 1,000 are silver (from February; the sums are of whole months).
    assert tier(CALENDAR, history, "2026-01-01") == ""
    assert tier(CALENDAR, history, "2026-02-01") == "silver"
    graced = replace(CALENDAR, grace_days=90)
    assert tier(graced, history, "2026-03-31") == "gold"
    assert tier(graced, history, "2026-04-01") == "silver"
    # 365 days of grace: what was reached in a year is held through the next.
    assert tier(replace(CALENDAR, grace_days=365), history, "2026-12-31") == "gold"


def test_one_step_lower_is_held_for_one_window() -> None:
    history = months(m2024_06=20_000)
    steps = replace(CALENDAR, demotion=Demotion.ONE_STEP)
    held = [tier(steps, history, f"{year}-07-01") for year in range(2024, 2028)]
    assert held == ["platinum", "gold", "silver", ""]
    assert [tier(CALENDAR, history, f"{year}-07-01") for year in (2024, 2025)] == ["platinum", ""]


def test_years_may_start_in_another_month() -> None:
    fiscal = replace(CALENDAR, start_month=10)
    history = months(m2025_10=600, m2026_09=400)
    assert tier(fiscal, history, "2026-09-30") == "silver"
    assert tier(fiscal, history, "2026-10-01") == ""
    assert standing(fiscal, history, date(2026, 10, 1)).count == 0


def test_rolling_counts_the_last_twelve_months_and_keeps_while_they_suffice() -> None:
    history = months(m2025_03=600, m2025_12=400)
    found = standing(ROLLING, history, date(2025, 12, 1))
    assert (found.code, found.count, found.next_code, found.missing) == ("silver", 1_000, "gold", 4_000)
    assert found.keeps_until == date(2026, 2, 28)
    assert tier(ROLLING, history, "2026-02-28") == "silver"
    assert tier(ROLLING, history, "2026-03-01") == ""
    assert tier(replace(ROLLING, grace_days=30), history, "2026-03-30") == "silver"
    assert tier(replace(ROLLING, grace_days=30), history, "2026-03-31") == ""


def test_rolling_falls_one_step_for_a_window_at_a_time() -> None:
    steps = replace(ROLLING, demotion=Demotion.ONE_STEP, window_months=6)
    history = months(m2026_01=20_000)
    expected = {"2026-06-30": "platinum", "2026-07-01": "gold", "2026-12-31": "gold", "2027-01-01": "silver"}
    assert {day: tier(steps, history, day) for day in expected} == expected
    assert tier(steps, history, "2027-06-30") == "silver"
    assert tier(steps, history, "2027-07-01") == ""


def test_what_a_member_keeps_and_until_when() -> None:
    gold = standing(replace(CALENDAR, grace_days=31), months(m2026_05=6_000), date(2026, 6, 1))
    assert (gold.code, gold.keeps_until, gold.next_code, gold.missing) == (
        "gold",
        date(2027, 1, 31),
        "platinum",
        14_000,
    )
    none = standing(CALENDAR, {}, date(2026, 6, 1))
    assert (none.code, none.count, none.keeps_until, none.next_code, none.missing) == ("", 0, None, "silver", 1_000)
    top = standing(CALENDAR, months(m2026_05=20_000), date(2026, 6, 1))
    assert (top.next_code, top.missing) == ("", 0)


def test_a_tier_given_by_hand_is_the_least() -> None:
    assert tier(CALENDAR, months(m2026_01=1_000), "2026-06-01", "gold") == "gold"
    by_hand = standing(CALENDAR, {}, date(2026, 6, 1), "gold")
    assert (by_hand.keeps_until, by_hand.next_code, by_hand.missing) == (None, "platinum", 20_000)
    assert tier(CALENDAR, months(m2026_01=20_000), "2026-06-01", "gold") == "platinum"


def test_a_changed_scheme_holds_at_once() -> None:
    history = months(m2026_01=1_200)
    dearer = replace(CALENDAR, levels=(replace(LEVELS[0], minimum=1_500), *LEVELS[1:]))
    assert tier(CALENDAR, history, "2026-06-01") == "silver"
    assert tier(dearer, history, "2026-06-01") == ""
    assert standing(replace(CALENDAR, levels=()), history, date(2026, 6, 1)).code == ""


def test_a_return_takes_the_tier_that_rested_on_it() -> None:
    before = months(m2026_05=1_000)
    after = {"2026-05": before["2026-05"] + MonthSum(points=-1)}
    assert tier(CALENDAR, before, "2026-06-01") == "silver"
    assert tier(CALENDAR, after, "2026-06-01") == ""


@pytest.mark.parametrize("metric", TierMetric)
def test_each_metric_counts_its_own(metric: TierMetric) -> None:
    sums = {"2026-05": MonthSum(points=1_000, spend_satang=5_000, visits=20_000)}
    expected = {TierMetric.POINTS: "silver", TierMetric.SPEND: "gold", TierMetric.VISITS: "platinum"}
    assert tier(replace(CALENDAR, metric=metric), sums, "2026-06-01") == expected[metric]


def test_the_end_of_the_calendar_is_no_end_of_the_till() -> None:
    far = replace(CALENDAR, grace_days=10**9, demotion=Demotion.ONE_STEP)
    found = standing(far, months(m9999_01=20_000), date(9999, 12, 31))
    assert (found.code, found.keeps_until) == ("platinum", None)
    assert tier(replace(ROLLING, window_months=10**6), months(m2026_01=1_000), "2026-06-01") == "silver"


_schemes = st.builds(
    TierScheme,
    metric=st.just(TierMetric.POINTS),
    levels=st.just(LEVELS),
    window=st.sampled_from(TierWindow),
    window_months=st.integers(1, 14),
    start_month=st.integers(1, 12),
    grace_days=st.sampled_from([0, 0, 1, 15, 31, 90, 365, 400]),
    demotion=st.sampled_from(Demotion),
)
_histories = st.dictionaries(
    st.integers(0, 47).map(lambda n: f"{2023 + n // 12}-{n % 12 + 1:02d}"),
    st.sampled_from([-100, 400, 600, 1_000, 2_500, 5_000, 19_000, 20_000]).map(lambda n: MonthSum(points=n)),
    max_size=12,
)
_days = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def _month_end(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _walked(scheme: TierScheme, history: dict[str, MonthSum], today: date) -> str:
    """The tier of ``today`` found by living through every day since 2022: reach, hold, grace, fall."""
    rolling = scheme.window is TierWindow.ROLLING
    length = scheme.window_months if rolling else 12
    held: dict[int, int] = {}
    grace = timedelta(days=scheme.grace_days)
    day = date(2022, 12, 1)
    while day <= today:
        month = day.year * 12 + day.month - 1
        last = month
        while not rolling and last % 12 != (scheme.start_month - 2) % 12:
            last += 1
        window = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - length + 1, last + 1)]
        now = f"{today.year}-{today.month:02d}"
        count = sum(history[name].points for name in window if name in history and name <= now)
        # What a later month of a past calendar year brought is known only from the month it came in.
        if not rolling:
            mine = f"{day.year}-{day.month:02d}"
            count = sum(history[name].points for name in window if name in history and name <= mine)
        for i, level in enumerate(LEVELS):
            if count >= level.minimum:
                held[i] = max(last, held.get(i, last))
        for i in (2, 1):
            fallen = i in held and day == _month_end(held[i]) + grace + timedelta(days=1)
            if fallen and scheme.demotion is Demotion.ONE_STEP:
                held[i - 1] = max(held.get(i - 1, 0), held[i] + length)
        day += timedelta(days=1)
    reached = [i for i, month in held.items() if _month_end(month) + grace >= today]
    return LEVELS[max(reached)].code if reached else ""


@given(_schemes, _histories, _days)
@settings(max_examples=60, deadline=None)
def test_it_is_what_living_through_the_days_gives(
    scheme: TierScheme, history: dict[str, MonthSum], today: date
) -> None:
    positive = {name: month for name, month in history.items() if month.points > 0}
    assert standing(scheme, positive, today).code == _walked(scheme, positive, today)


@given(_schemes, _histories, _days, st.integers(0, 59), st.integers(0, 30_000))
@settings(max_examples=300)
def test_more_never_gives_a_lower_tier(
    scheme: TierScheme, history: dict[str, MonthSum], today: date, month: int, points: int
) -> None:
    name = f"{2023 + month // 12}-{month % 12 + 1:02d}"
    more = history | {name: history.get(name, MonthSum()) + MonthSum(points=points)}
    before, after = standing(scheme, history, today), standing(scheme, more, today)
    assert higher(scheme, after.code, before.code) == after.code
    assert after.count >= before.count


@given(_schemes, _histories, _days, st.sampled_from(["", "silver", "gold", "staff"]))
@settings(max_examples=300)
def test_what_a_standing_says_is_true(
    scheme: TierScheme, history: dict[str, MonthSum], today: date, floor: str
) -> None:
    positive = {name: month for name, month in history.items() if month.points > 0}
    found = standing(scheme, positive, today, floor)
    assert higher(scheme, found.code, floor) == found.code
    assert higher(scheme, found.code, level_for(scheme, found.count)) == found.code
    known = {name: month for name, month in positive.items() if name <= f"{today.year}-{today.month:02d}"}
    assert standing(scheme, known, today, floor) == found
    if found.keeps_until is not None:
        assert found.keeps_until >= today
        assert standing(scheme, known, found.keeps_until, floor).code == found.code
        assert standing(scheme, known, found.keeps_until + timedelta(days=1), floor).code != found.code
    if found.next_code:
        this = f"{today.year}-{today.month:02d}"
        for short, reached in ((1, False), (0, True)):
            more = known | {this: known.get(this, MonthSum()) + MonthSum(points=found.missing - short)}
            up = standing(scheme, more, today, floor).code
            assert (higher(scheme, up, found.next_code) == up) is reached


def test_sums_of_a_newer_head_office_are_passed_over() -> None:
    told = months(m2026_05=6_000) | {"2026-W21": MonthSum(points=99_000), "life": MonthSum(points=1)}
    assert standing(CALENDAR, told, date(2026, 6, 1)).count == 6_000
