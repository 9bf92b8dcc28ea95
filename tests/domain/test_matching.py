"""Windows, audiences, scopes, and programs that cannot run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import DraftLine
from pos_member.domain.coupon import CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.matching import Moment, gross_in_scope, index_scopes, last_day, minute_of
from pos_member.domain.member import Birthday
from pos_member.domain.pricing import Evaluation, MemberState
from pos_member.domain.program import Audience, Trigger, VatBasis, Window
from tests.domain.evaluating import AMOUNT, ISSUE, MULTIPLY, PER_STEP, bill, book, definition, keys, line, program, run


def _with(window: Window | None = None, audience: Audience | None = None, **more: Any) -> str:
    rule = program(
        AMOUNT, amount_satang=100, window=window or Window(), audience=audience or Audience(members_only=False)
    )
    return keys(run(bill(line(10), **more), rule))["id-P1"]


def _bangkok(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Bangkok"))


@pytest.mark.parametrize(("day", "key"), [(30, "not_yet"), (1, "discount"), (15, "discount"), (16, "ended")])
def test_dates_are_inclusive(day: int, key: str) -> None:
    window = Window(date_from=date(2026, 5, 1), date_to=date(2026, 5, 15))
    month = 4 if day == 30 else 5
    assert _with(window, at=_bangkok(2026, month, day, 23, 59)) == key
    assert _with(window, at=_bangkok(2026, month, day, 0, 0)) == key


def test_days_and_hours_are_those_of_the_shop() -> None:
    """23:30 on a Tuesday in UTC is Wednesday morning in Bangkok."""
    at = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert _with(Window(weekdays=(3,)), at=at) == "discount"
    assert _with(Window(weekdays=(2,)), at=at) == "weekday_2"
    assert _with(Window(weekdays=(1, 2)), at=at) == "weekday"
    assert _with(Window(hour_from="06:30", hour_to="07:00"), at=at) == "discount"
    assert _with(Window(hour_from="06:00", hour_to="06:30"), at=at) == "hours"


@pytest.mark.parametrize(("hour", "key"), [(21, "hours"), (22, "discount"), (1, "discount"), (2, "hours")])
def test_a_window_over_midnight(hour: int, key: str) -> None:
    assert _with(Window(hour_from="22:00", hour_to="02:00"), at=_bangkok(2026, 5, 1, hour)) == key


@pytest.mark.parametrize(
    ("day", "hour", "key"),
    [(1, 1, "weekday_5"), (1, 22, "discount"), (2, 1, "discount"), (2, 2, "weekday_5"), (2, 22, "weekday_5")],
)
def test_the_night_belongs_to_the_day_it_began(day: int, hour: int, key: str) -> None:
    """1 May 2026 is a Friday: its night ends on Saturday at two."""
    friday_night = Window(weekdays=(5,), hour_from="22:00", hour_to="02:00")
    found = _with(friday_night, at=_bangkok(2026, 5, day, hour))
    assert found == key


@pytest.mark.parametrize(
    ("year", "month", "day", "hour", "key"),
    [
        (2026, 12, 31, 1, "not_yet"),
        (2026, 12, 31, 23, "discount"),
        (2027, 1, 1, 1, "discount"),
        (2027, 1, 1, 3, "ended"),
        (2027, 1, 1, 23, "ended"),
    ],
)
def test_new_years_night_goes_over_the_last_day(year: int, month: int, day: int, hour: int, key: str) -> None:
    new_year = Window(date(2026, 12, 31), date(2026, 12, 31), hour_from="22:00", hour_to="02:00")
    assert _with(new_year, at=_bangkok(year, month, day, hour)) == key


@pytest.mark.parametrize(
    ("hours", "last"),
    [(("22:00", "02:00"), date(2027, 1, 1)), (("22:00", "00:00"), date(2026, 12, 31)), (("", ""), date(2026, 12, 31))],
)
def test_the_last_day_of_a_window(hours: tuple[str, str], last: date) -> None:
    assert last_day(Window(date_to=date(2026, 12, 31), hour_from=hours[0], hour_to=hours[1])) == last
    assert last_day(Window(hour_from=hours[0], hour_to=hours[1])) is None


def test_a_window_open_on_one_side() -> None:
    assert _with(Window(hour_from="22:00"), at=_bangkok(2026, 5, 1, 23, 59)) == "discount"
    assert _with(Window(hour_to="10:00"), at=_bangkok(2026, 5, 1, 10)) == "hours"


def test_branches_brands_tiers_and_birthdays() -> None:
    assert _with(Window(branches=("a",)), branch="a") == "discount"
    assert _with(Window(branches=("a",)), branch="b") == "branch"
    assert _with(Window(brands=("a",)), brand="b") == "brand"
    gold = Audience(tiers=("gold",))
    assert _with(audience=gold, member=MemberState("m", tier="gold")) == "discount"
    assert _with(audience=gold, member=MemberState("m", tier="silver")) == "tier"
    assert _with(audience=Audience(members_only=False, tiers=("gold",)), member=None) == "needs_member"
    month = Audience(birthday_month=True)
    leap = MemberState("m", birthday=Birthday(29, 2))
    assert _with(audience=month, member=leap, at=_bangkok(2027, 2, 1)) == "discount"
    assert _with(audience=month, member=leap, at=_bangkok(2027, 3, 1)) == "birthday"
    assert _with(audience=month, member=MemberState("m")) == "birthday"


@pytest.mark.parametrize("text", ["", "8:00", "08.00", "24:01", "12:60", "ab:cd", "08:00:00", "๐๘:๐๐", "-1:00"])
def test_hours_are_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError):
        minute_of(text)


PARENTS = {"drinks": None, "coffee": "drinks", "beans": "coffee", "food": None, "loop-a": "loop-b", "loop-b": "loop-a"}


@pytest.mark.parametrize(
    ("scope", "matches"),
    [
        (Scope(), True),
        (Scope(products=("p1",)), True),
        (Scope(products=("p2",)), False),
        (Scope(categories=("drinks",)), True),
        (Scope(categories=("beans",)), True),
        (Scope(categories=("food",)), False),
        (Scope(categories=("food", "coffee")), True),
        (Scope(brands=("acme",)), True),
        (Scope(brands=("acme",), categories=("food",)), False),
        (Scope(tags=("x", "new")), True),
        (Scope(tags=("x",)), False),
        (Scope(exclude_products=("p1",)), False),
        (Scope(categories=("beans",), exclude_categories=("drinks",)), False),
        (Scope(exclude_brands=("acme",)), False),
        (Scope(tags=("new",), exclude_tags=("sale",)), False),
        (Scope(categories=("loop-a",)), False),
    ],
)
def test_scopes(scope: Scope, matches: bool) -> None:
    beans = line(10, product_id="p1", category_id="beans", brand_id="acme", tags=("new", "sale"))
    index = index_scopes((Scope(tags=("other",)), scope), PARENTS)
    assert bool(index.mask(beans) >> index.number(scope) & 1) is matches
    assert gross_in_scope([beans, line(7)], scope, PARENTS) in ({1_000, 1_700} if matches else {0, 700})


def test_a_line_keyed_by_amount_belongs_only_to_scopes_that_ask_nothing() -> None:
    assert gross_in_scope([line(10)], Scope(), {}) == 1_000
    assert gross_in_scope([line(10)], Scope(exclude_tags=("sale",)), {}) == 1_000
    assert gross_in_scope([line(10)], Scope(products=("p1",)), {}) == 0


_names = st.sampled_from(["a", "b", "c"])
_some = st.lists(_names, max_size=2).map(tuple)
_scopes = st.builds(Scope, _some, _some, _some, _some, _some, _some, _some, _some)


def _plainly(scope: Scope, goods: DraftLine, parents: dict[str, str | None]) -> bool:
    """The rule as one would say it: the slow twin of the index."""
    up: set[str | None] = set()
    climb: str | None = goods.category_id
    while climb is not None and climb not in up:
        up.add(climb)
        climb = parents.get(climb)
    tags = set(goods.tags)
    included = (
        (not scope.products or goods.product_id in scope.products)
        and (not scope.categories or bool(up & set(scope.categories)))
        and (not scope.brands or goods.brand_id in scope.brands)
        and (not scope.tags or bool(tags & set(scope.tags)))
    )
    barred = (
        goods.product_id in scope.exclude_products
        or bool(up & set(scope.exclude_categories))
        or goods.brand_id in scope.exclude_brands
        or bool(tags & set(scope.exclude_tags))
    )
    return included and not barred


@given(
    st.lists(_scopes, max_size=6),
    _names,
    _names,
    _names,
    _some,
    st.dictionaries(_names, st.one_of(st.none(), _names), max_size=3),
)
def test_the_index_says_what_the_plain_rule_says(
    scopes: list[Scope],
    product: str,
    category: str,
    brand: str,
    tags: tuple[str, ...],
    parents: dict[str, str | None],
) -> None:
    goods = line(1, product_id=product, category_id=category, brand_id=brand, tags=tags)
    index = index_scopes(scopes, parents)
    mask = index.mask(goods)
    for scope in scopes:
        assert bool(mask >> index.number(scope) & 1) is _plainly(scope, goods, parents)


def _result(**more: Any) -> Evaluation:
    return run(bill(line(100)), program(more.pop("kind", PER_STEP), **({"points": 1, "step_satang": 100} | more)))


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"kind": "of_tomorrow"}, "unknown_kind"),
        ({"format": 3}, "newer_format"),
        ({"active": False}, "inactive"),
        ({"step_satang": 0}, "invalid"),
        ({"points": -5}, "invalid"),
        ({"kind": MULTIPLY, "factor": Fraction(1, 2)}, "invalid"),
        ({"kind": ISSUE, "coupon": "nowhere"}, "invalid"),
        ({"window": Window(weekdays=(8,))}, "invalid"),
        ({"window": Window(hour_from="25:00")}, "invalid"),
    ],
)
def test_what_cannot_run_is_inert_and_said(more: dict[str, Any], key: str) -> None:
    result = _result(**more)
    assert (result.points_earned, result.total_satang) == (0, 10_000)
    (why,) = result.explanations
    assert (why.fired, why.key) == (False, key)


def test_rules_are_compiled_once_and_serve_any_bill() -> None:
    rules = compile_rules(book(program(PER_STEP, points=1, step_satang=100)))
    first = evaluate(bill(line(5)), rules)
    evaluate(bill(line(100), line(7)), rules)
    assert evaluate(bill(line(5)), rules) == first


def _why(audience: Audience, member: MemberState | None, **more: Any) -> tuple[str, dict[str, Any]]:
    rule = program(AMOUNT, amount_satang=100, audience=audience)
    (why,) = run(bill(line(10), member=member, **more), rule).explanations
    return why.key, dict(why.params)


def test_segments() -> None:
    some = Audience(members_only=False, segments=("vip", "staff"))
    assert _why(some, MemberState("m", segments=("old", "staff")))[0] == "discount"
    assert _why(some, MemberState("m", segments=("old",))) == ("segment", {"segments": "vip, staff"})
    assert _why(some, None) == ("needs_member", {})
    others = Audience(members_only=False, exclude_segments=("staff",))
    assert _why(others, MemberState("m", segments=("vip",)))[0] == "discount"
    assert _why(others, MemberState("m", segments=("vip", "staff"))) == ("segment_excluded", {})
    assert _why(others, None)[0] == "needs_member"


@pytest.mark.parametrize(
    ("born", "today", "open_"),
    [
        (Birthday(10, 5), (2026, 5, 3), True),
        (Birthday(10, 5), (2026, 5, 2), False),
        (Birthday(10, 5), (2026, 5, 12), True),
        (Birthday(10, 5), (2026, 5, 13), False),
        (Birthday(2, 1), (2026, 12, 26), True),
        (Birthday(2, 1), (2026, 12, 25), False),
        (Birthday(31, 12), (2027, 1, 2), True),
        (Birthday(31, 12), (2027, 1, 3), False),
        (Birthday(29, 2), (2027, 2, 21), True),
        (Birthday(29, 2), (2027, 2, 20), False),
        (Birthday(29, 2), (2027, 3, 2), True),
        (Birthday(29, 2), (2027, 3, 3), False),
        (Birthday(29, 2), (2028, 2, 22), True),
        (Birthday(29, 2), (2028, 2, 21), False),
        (Birthday(29, 2), (2028, 3, 2), True),
        (None, (2026, 5, 3), False),
    ],
)
def test_seven_days_before_a_birthday_to_two_after(
    born: Birthday | None, today: tuple[int, int, int], open_: bool
) -> None:
    audience = Audience(birthday_days_before=7, birthday_days_after=2)
    found = _why(audience, MemberState("m", birthday=born), at=_bangkok(*today))
    assert found[0] == ("discount" if open_ else "birthday_days")
    if not open_:
        assert found[1] == {"before": 7, "after": 2}


def test_a_birthday_window_of_one_side_is_that_side_and_the_day() -> None:
    born = MemberState("m", birthday=Birthday(10, 5))
    for audience, days in (
        (Audience(birthday_days_before=1), {9, 10}),
        (Audience(birthday_days_after=1), {10, 11}),
        (Audience(birthday_days_before=0), {10}),
    ):
        got = {day for day in range(5, 16) if _why(audience, born, at=_bangkok(2026, 5, day))[0] == "discount"}
        assert got == days


def test_visits_count_from_one() -> None:
    first, later = Audience(visits=(1,)), Audience(visits=(5, 10))
    assert _why(first, MemberState("m"))[0] == "discount"
    assert _why(first, MemberState("m", visits=1)) == ("visit", {"visits": "1", "visit": 2})
    assert [n for n in range(12) if _why(later, MemberState("m", visits=n))[0] == "discount"] == [4, 9]
    third = Audience(every_visit=3)
    assert [n for n in range(9) if _why(third, MemberState("m", visits=n))[0] == "discount"] == [2, 5, 8]
    assert _why(third, MemberState("m", visits=3)) == ("every_visit", {"every": 3, "visit": 4, "more": 2})


def test_days_since_the_last_bill() -> None:
    back = Audience(absent_days_min=90, absent_days_max=120)
    today = _bangkok(2026, 11, 21)
    for last, found in (
        (date(2026, 8, 23), ("discount", None)),
        (date(2026, 8, 24), ("absent_min", {"days": 90})),
        (date(2026, 7, 24), ("discount", None)),
        (date(2026, 7, 23), ("absent_max", {"days": 120})),
        (None, ("never_came", {})),
    ):
        key, params = _why(back, MemberState("m", last_visit=last), at=today)
        assert (key, params if found[1] is not None else None) == found
    assert _why(back, None)[0] == "needs_member"


def test_the_tier_of_a_moment_can_be_another() -> None:
    now = Moment.of(_bangkok(2026, 1, 1), "a", "b", MemberState("m", tier="silver", visits=4))
    up = now.with_tier("gold")
    assert up.member == MemberState("m", tier="gold", visits=4)
    assert (up.day, up.minute, up.branch_id) == (now.day, now.minute, now.branch_id)
    assert Moment.of(_bangkok(2026, 1, 1), "a", "b", None).with_tier("gold").member is None


def test_gift_cards_belong_to_scopes_that_name_them() -> None:
    card = line(500, product_id="p1", category_id="beans", tags=("gift_card", "sale"))
    for scope, matches in (
        (Scope(), False),
        (Scope(categories=("beans",)), False),
        (Scope(tags=("sale",)), False),
        (Scope(tags=("gift_card",)), True),
        (Scope(tags=("gift_card",), products=("p2",)), False),
        (Scope(products=("p1",)), True),
        (Scope(products=("p1",), exclude_tags=("gift_card",)), False),
    ):
        assert gross_in_scope([card], scope, PARENTS) == (50_000 if matches else 0)


def test_minimums_without_vat_say_what_is_missing_in_prices() -> None:
    minimum = Trigger(minimum_satang=10_000, vat=VatBasis.EXCLUDED)
    rules = compile_rules(replace(book(program(AMOUNT, amount_satang=1, trigger=minimum)), vat_rate_bp=700))
    # 106.99 holds 99.99 before VAT, 107.00 a hundred.
    short = evaluate(bill(line(106.99)), rules)
    assert short.nearest is not None
    assert (short.discount_satang, short.nearest.missing_satang) == (0, 1)
    assert evaluate(bill(line(107)), rules).discount_satang == 1
    free_of_vat = replace(rules, vat_rate_bp=0)
    assert evaluate(bill(line(100)), free_of_vat).discount_satang == 1


@pytest.mark.parametrize(
    ("kind", "params", "key"),
    [
        ("top_spender", {"coupon": "d1", "window": Window(date(2026, 1, 1), date(2026, 12, 31))}, "head_office"),
        ("top_spender", {"coupon": "d1", "active": False}, "inactive"),
        ("issue_coupon", {"coupon": "d1"}, "unknown_coupon"),
    ],
)
def test_what_only_head_office_or_a_newer_build_can_run(kind: str, params: dict[str, Any], key: str) -> None:
    odd = definition(0, "ODD", id="d1", value_kind=CouponValueKind.UNKNOWN)
    rule = program(kind, **params)
    assert keys(run(bill(line(100)), rule, definitions=(odd,))) == {rule.id: key}
