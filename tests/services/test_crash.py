"""Raised at each call in turn, whatever it is: nothing is written, and the retry does all of it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pos_member.domain.bill import Tender
from pos_member.domain.consent import Purpose
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.enrolment import EnrolRequest
from tests.factories import CASH, World

REWARD = "01930000-0000-7000-8000-000000000105"


class _Pulled(BaseException):
    """The plug: nothing may catch it."""


class _FailingTransaction:
    def __init__(self, inner: Any, plan: _FailsAt) -> None:
        self._inner, self._plan = inner, plan

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            result = found(*args, **named)
            self._plan.step(name)
            return result

        return call


class _FailsAt:
    """A store that fails right after the n-th call inside a transaction; ``at`` None counts only."""

    def __init__(self, inner: Any, at: int | None, error: BaseException) -> None:
        self._inner, self._at, self._error = inner, at, error
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def step(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) - 1 == self._at:
            raise self._error

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._inner.transaction() as tx:
            yield _FailingTransaction(tx, self)


def _state(world: World) -> tuple[object, ...]:
    """Everything a use case could have written."""
    store = world.folder.store
    return (
        list(store.evidence.queue()),
        store.evidence.counters(),
        list(store.evidence.entries()),
        list(store.evidence.coupons()),
        store.facts.print_jobs(500),
        store.facts.draft(),
        store.facts.given(),
        list(store.evidence.tallies()),
        list(store.evidence.wallets()),
        store.facts.recent(500),
        store.members.search("08"),
    )


def _sale(world: World) -> tuple[Callable[[], object], set[str]]:
    """A bill with everything on it: points spent, a coupon used, coupons issued, five writes at least."""
    member = world.enrol()
    world.give_points(member, 300)
    code = world.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    draft = world.till.redemption.lay_coupon(world.draft({"giftbox": 2}, member), code)
    draft = world.till.redemption.choose_reward(draft, REWARD, 2)
    world.till.checkout.save_draft(draft)
    session = world.session()
    expected = {"next_counter", "announce", "add_bill", "add_print_job", "save_draft", "unpark", "coupon"}
    return lambda: world.till.checkout.complete(session, draft, (Tender(CASH, 56_000),)), expected


def _return(world: World) -> tuple[Callable[[], object], set[str]]:
    bill = world.sell({"giftbox": 2, "tea": 1}, world.enrol()).bill
    session, return_id = world.session("1003"), world.till.returns.new_id()
    lines = {line.line_no: line.quantity_milli for line in bill.lines}
    expected = {"next_counter", "announce", "add_return", "add_print_job", "add_audit", "coupon"}
    return lambda: world.till.returns.complete(session, bill.id, lines, return_id=return_id), expected


def _enrolment(world: World) -> tuple[Callable[[], object], set[str]]:
    session = world.session()
    request = EnrolRequest("0899999999", membership_consent=True, marketing=(Purpose.MARKETING_LINE,))
    expected = {"next_counter", "announce", "add_member", "add_consents", "add_print_job"}
    return lambda: world.till.enrolment.enrol(session, request), expected


def _adjustment(world: World) -> tuple[Callable[[], object], set[str]]:
    member, session = world.enrol(), world.session("1004")
    expected = {"announce", "add_point_entries", "add_audit"}
    return lambda: world.till.adjustment.adjust(session, member.id, 40, "ชดเชย"), expected


def _cancelled(world: World) -> tuple[Callable[[], object], set[str]]:
    code = world.sell({"giftbox": 1}, world.enrol()).bill.coupons_issued[0].code
    session = world.session("1003")
    expected = {"announce", "set_coupon", "add_audit", "coupon"}
    return lambda: world.till.coupons.cancel(session, code, "พิมพ์เสีย"), expected


def _closing(world: World) -> tuple[Callable[[], object], set[str]]:
    session = world.session()
    world.till.shifts.open(session, 100_000)
    world.sell({"tea": 1})
    return lambda: world.till.shifts.close(session, 104_000, "th"), {"announce", "add_shift_closed", "add_print_job"}


def _opening(world: World) -> tuple[Callable[[], object], set[str]]:
    session = world.session()
    return lambda: world.till.shifts.open(session, 100_000), {"announce", "add_shift_opened"}


def _rich_sale(world: World) -> tuple[Callable[[], object], set[str]]:
    """Tallies, stamps earned and spent, a quota used, a friend paid, a tier reached."""
    world.enrol("0811111111")
    member = world.enrol("0822222222", referred_by="0811111111")
    draft = world.draft({"latte": 8, "mug": 1, "giftbox": 2, "cake": 1}, world.enrol("0833333333"))
    world.pay(draft)
    draft = world.draft({"latte": 2, "mug": 1, "giftbox": 3, "cake": 1}, member)
    session = world.session()
    expected = {"next_counter", "announce", "add_bill", "add_print_job", "save_draft", "unpark"}
    return lambda: world.till.checkout.complete(session, draft, (Tender(CASH, 200_000),)), expected


def _rich_return(world: World) -> tuple[Callable[[], object], set[str]]:
    """Stamps that were spent are owed; tallies, quotas and the tier go back."""
    member = world.enrol()
    bill = world.sell({"latte": 5, "mug": 1, "giftbox": 4}, member).bill
    world.pay(world.till.redemption.choose_reward(world.draft({"latte": 1}, member), "free-cup", 1))
    session, return_id = world.session("1003"), world.till.returns.new_id()
    lines = {line.line_no: line.quantity_milli for line in bill.lines}
    expected = {"next_counter", "announce", "add_return", "add_owed", "add_print_job", "add_audit", "coupon"}
    return lambda: world.till.returns.complete(session, bill.id, lines, return_id=return_id), expected


Prepare = Callable[[World], tuple[Callable[[], object], set[str]]]
ERRORS = [_Pulled(), EnvironmentProblem(Reason.DISK_FULL)]


@pytest.mark.parametrize("error", ERRORS, ids=["plug", "disk"])
@pytest.mark.parametrize("prepare", [_rich_sale, _rich_return])
def test_all_of_what_programs_do_or_none_of_it(rich: World, prepare: Prepare, error: BaseException) -> None:
    _try_everywhere(rich, prepare, error)


@pytest.mark.parametrize("error", ERRORS, ids=["plug", "disk"])
@pytest.mark.parametrize("prepare", [_sale, _return, _enrolment, _adjustment, _cancelled, _opening, _closing])
def test_all_of_it_or_none_of_it(world: World, prepare: Prepare, error: BaseException) -> None:
    _try_everywhere(world, prepare, error)


def _try_everywhere(world: World, prepare: Prepare, error: BaseException) -> None:
    act, expected = prepare(world)
    before = _state(world)
    at = 0
    while True:
        store = _FailsAt(world.folder.store, at, error)
        world.use(store)  # type: ignore[arg-type]
        try:
            act()
        except type(error):
            assert _state(world) == before, f"something was kept after {store.calls[-1]}"
            at += 1
            continue
        break
    # The attempt that failed nowhere is the retry, with the same ids: it wrote, and everything was tried.
    assert expected <= set(store.calls), store.calls
    assert at == len(store.calls) and _state(world) != before
    world.use(world.folder.store)
    result = world.till.verify.run()
    assert result.ok, result
