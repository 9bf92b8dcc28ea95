"""What was spent and was not there is a case whenever it is told: before its lot ends or long after, and what simply
ended unspent is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.bill import Bill
from pos_member.domain.points import PointKind
from pos_member.headoffice import expiring
from pos_member.headoffice.overdrawn import short
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.office_support import CLOCK, make_entry, new_id, open_exceptions
from tests.headoffice.rights_support import MEMBER, MemoryTill, admit, give, memory_till, upload

DAY = timedelta(days=1)
TODAY = CLOCK.now().date()
SOON, NEXT, LAST = TODAY + 2 * DAY, TODAY + 90 * DAY, TODAY + 180 * DAY
Story = Callable[[dict[str, MemoryTill]], object]


def moved(till: MemoryTill, kind: PointKind, lot: date | None, points: int, day: date = TODAY, of: str = "") -> Bill:
    """A bill of that day that moves points of one lot; what it spends is provisional."""
    bill_id = new_id()
    at = till.now + (day - TODAY)
    entry = replace(
        make_entry(till.identity, MEMBER.id, kind, points, bill_id), bucket=lot, at=at, business_date=day, currency=of
    )
    more: dict[str, Any] = {"completed_at": at, "opened_at": at, "business_date": day, "point_entries": (entry,)}
    if kind is PointKind.REDEEM and not of:
        return till.sell(bill_id=bill_id, provisional=-points, **more)
    return till.sell(bill_id=bill_id, **more)


def overspent(tills: dict[str, MemoryTill]) -> None:
    """Of the fifty that end soon a hundred and ten."""
    moved(tills["one"], PointKind.REDEEM, SOON, -50)
    moved(tills["two"], PointKind.REDEEM, SOON, -60)


def spent_late(tills: dict[str, MemoryTill]) -> None:
    """Of the fifty that end soon thirty, by two tills."""
    moved(tills["one"], PointKind.REDEEM, SOON, -10)
    moved(tills["two"], PointKind.REDEEM, SOON, -20)


def spent_of_the_next(tills: dict[str, MemoryTill]) -> None:
    """While the first fifty could still be spent, a hundred of the fifty that end later."""
    moved(tills["one"], PointKind.REDEEM, NEXT, -50)
    moved(tills["two"], PointKind.REDEEM, NEXT, -50)


def spent_after_the_end(tills: dict[str, MemoryTill]) -> None:
    """As that, when the first fifty had ended unspent."""
    moved(tills["one"], PointKind.REDEEM, NEXT, -50, SOON + DAY)
    moved(tills["two"], PointKind.REDEEM, NEXT, -50, SOON + DAY)


def earned_back(tills: dict[str, MemoryTill]) -> None:
    """More spent than there was; what another till adds covers it."""
    moved(tills["one"], PointKind.REDEEM, SOON, -80)
    moved(tills["two"], PointKind.EARN, LAST, 30)


def stamps_overspent(tills: dict[str, MemoryTill]) -> None:
    moved(tills["one"], PointKind.EARN, SOON, 5, of="cup")
    moved(tills["one"], PointKind.REDEEM, SOON, -5, of="cup")
    moved(tills["two"], PointKind.REDEEM, SOON, -4, of="cup")


def stamps_spent_late(tills: dict[str, MemoryTill]) -> None:
    moved(tills["one"], PointKind.EARN, SOON, 5, of="cup")
    moved(tills["two"], PointKind.REDEEM, SOON, -4, of="cup")


#: The story, the lots there are at first, the points of each case that is open in the end.
STORIES: list[Any] = [
    pytest.param(overspent, (SOON,), {"provisional_overdrawn": 60}, id="overspent"),
    pytest.param(spent_late, (SOON,), {}, id="spent late"),
    pytest.param(spent_of_the_next, (SOON, NEXT), {}, id="covered by what ended since"),
    pytest.param(spent_after_the_end, (SOON, NEXT), {"provisional_overdrawn": 50}, id="what had ended covers nothing"),
    pytest.param(earned_back, (SOON,), {}, id="covered later"),
    pytest.param(stamps_overspent, (), {"overdraft": 0}, id="stamps"),
    pytest.param(stamps_spent_late, (), {}, id="stamps spent late"),
]
#: The two tills, the run after the lot's end, and a bill that has nothing to do with it.
STEPS = ("one", "two", "run", "another")


def told(office: HeadOffice, story: Story, lots: Iterable[date], order: Iterable[str], early: int) -> dict[str, Any]:
    """Cases in the end, by kind; ``early`` steps are taken before the lot ends."""
    tills = {name: memory_till(n, 1, CLOCK.now()) for n, name in enumerate(("one", "two", "another"), 1)}
    for till in tills.values():
        admit(office.database, till)
    for lot in lots:
        give(office, 50, lot)
    story(tills)
    tills["another"].sell(earn=0)
    began = CLOCK.now()
    try:
        for taken, step in enumerate(order):
            if taken == early:
                CLOCK.forward(4 * DAY)
            if step == "run":
                expiring.expire(office.database, CLOCK.now(), new_id)
            else:
                upload(office, tills[step])
        expiring.expire(office.database, began + 4 * DAY, new_id)
        tills["another"].sell(earn=0)  # touches the account once more, and changes nothing of it
        upload(office, tills["another"])
    finally:
        CLOCK.at = began
    return {kind: (row.points, row.detail) for (kind, _), row in open_exceptions(office.database).items()}


@pytest.mark.parametrize(("story", "lots", "cases"), STORIES)
@pytest.mark.parametrize("early", [0, 2, 4])
@pytest.mark.parametrize("order", list(permutations(STEPS))[::8], ids="-".join)
def test_a_case_does_not_depend_on_when_it_is_told(
    office: HeadOffice, story: Story, lots: tuple[date, ...], cases: dict[str, int], order: tuple[str, ...], early: int
) -> None:
    found = told(office, story, lots, order, early)
    assert {kind: points for kind, (points, _) in found.items()} == cases


def uncovered(usable: dict[str, int], taken: dict[str, int]) -> int:
    """As ``short``, one point after another: the latest day first, each from the lot that ends first."""
    left, missing = dict(usable), 0
    for day in sorted(taken, reverse=True):
        for _ in range(taken[day]):
            lot = min((each for each in left if left[each] > 0 and (not each or each >= day)), default=None)
            if lot is None:
                missing += 1
            else:
                left[lot] -= 1
    return missing


DAYS = st.sampled_from([(TODAY + n * DAY).isoformat() for n in range(5)])
SUMS = st.dictionaries(DAYS, st.integers(0, 6), max_size=5)


@given(lots=SUMS, for_ever=st.integers(0, 6), taken=SUMS)
def test_what_is_short_is_what_nothing_covers(lots: dict[str, int], for_ever: int, taken: dict[str, int]) -> None:
    usable = lots | {"": for_ever}
    assert short(usable, taken) == uncovered(usable, taken)
