"""Signed coupons are taken before head office hears of their issue: cases close by themselves, double uses stay."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.events import EventKind
from pos_member.domain.org import TillIdentity
from pos_member.headoffice.portable import Database
from tests.headoffice.office_support import make_bill, make_coupon, make_return, open_exceptions, rows, use
from tests.headoffice.program_facts import CODE_ONCE, CODE_TWICE, TILLS, TWICE, Event, empty_office, later, state

ISSUER, FIRST, SECOND = TILLS
SOLD, BACK = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_office(tmp_path) as opened:
        yield opened


def issued(code: str = CODE_ONCE, definition: str = "definition") -> Event:
    coupon = replace(make_coupon(ISSUER, code), definition_id=definition)
    return ISSUER, SOLD, make_bill(ISSUER, 1, member=None, points=0, redeem=0, coupons_issued=(coupon,))


def used(till: TillIdentity, code: str = CODE_ONCE, amount: int = 2_000) -> tuple[TillIdentity, EventKind, Bill]:
    return till, SOLD, make_bill(till, 1, member=None, points=0, redeem=0, coupons_used=(use(code, amount),))


def brought_back(sold: tuple[TillIdentity, EventKind, Bill]) -> tuple[TillIdentity, EventKind, BillReturn]:
    till, _, bill = sold
    codes = tuple(each.code for each in bill.coupons_used)
    return till, BACK, make_return(till, bill, coupons_restored=codes, complete=True, bill_date=bill.business_date)


def upload(database: Database, *events: Event) -> None:
    for event in events:
        held = [row.seq for row in rows(database, "event") if row.till_id == event[0].id]
        later(database, event, max(held, default=0) + 1)


def cases(database: Database) -> set[str]:
    assert {subject for _, subject in open_exceptions(database)} <= {CODE_ONCE, CODE_TWICE}
    return {kind for kind, _ in open_exceptions(database)}


def test_the_case_of_an_unknown_coupon_closes_when_its_issue_comes_in(database: Database) -> None:
    sold = used(FIRST)
    upload(database, sold)
    assert cases(database) == {"coupon_unknown"}
    assert rows(database, "coupon") == []
    upload(database, issued())
    assert cases(database) == set()
    assert {row.kind: row.state for row in rows(database, "exception")} == {"coupon_unknown": "settled"}
    (coupon,) = rows(database, "coupon")
    assert coupon.state == "redeemed" and sold[2].id in coupon.body, "the feed tells every till that it is gone"
    (told,) = [row for row in rows(database, "feed") if row.entity == "coupon"]
    assert '"state":"redeemed"' in told.body


def test_used_at_two_tills_it_is_a_case_before_and_after_its_issue_is_known(database: Database) -> None:
    upload(database, used(FIRST), used(SECOND, amount=1_500))
    assert cases(database) == {"coupon_unknown", "coupon_twice"}
    upload(database, issued())
    assert cases(database) == {"coupon_twice"}
    ((_, found),) = open_exceptions(database).items()
    assert found.amount_satang in (1_500, 2_000), "what the second use cost"


def test_a_return_of_one_of_the_two_bills_settles_it(database: Database) -> None:
    second = used(SECOND)
    upload(database, used(FIRST), second, issued(), brought_back(second))
    assert cases(database) == set()
    (coupon,) = rows(database, "coupon")
    assert coupon.state == "redeemed"


def test_one_that_may_be_used_twice_is_no_case_once_that_is_known(database: Database) -> None:
    """Before its issue is known nobody knows its definition either."""
    upload(database, used(FIRST, CODE_TWICE), used(SECOND, CODE_TWICE))
    assert cases(database) == {"coupon_unknown", "coupon_twice"}
    upload(database, issued(CODE_TWICE, TWICE.id))
    assert cases(database) == set()


def test_a_coupon_that_nobody_issued_stays_a_case(database: Database) -> None:
    upload(database, used(FIRST), issued(CODE_TWICE, TWICE.id))
    assert cases(database) == {"coupon_unknown"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_order_of_uploads_makes_no_difference(tmp_path: Path, order: tuple[int, ...]) -> None:
    parts: list[Event] = [issued(), used(FIRST, amount=2_000), used(SECOND, amount=2_000)]
    found = []
    for name, sequence in (("plain", range(3)), ("mixed", order)):
        with empty_office(tmp_path, name) as database:
            upload(database, *(parts[n] for n in sequence))
            assert cases(database) == {"coupon_twice"}
            held = state(database)
            found.append([held["coupon"], held["coupon_event"], held["exception"]])
    assert found[0] == found[1]
