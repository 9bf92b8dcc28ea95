"""Completing a bill: what is paid, once only, and what guards it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from pos_member.domain.bill import BillDraft, Tender
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.member import Identified, MemberStatus
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.services.ports import TillTransaction
from pos_member.services.tendering import TENDERS_MAX, Settlement, cash_rounding, settle
from tests.db_support import change
from tests.factories import CARD, CASH, PROMPTPAY, World

# --- tenders ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "tenders", "to_pay", "rounding", "back"),
    [
        (10_000, (Tender(CASH, 10_000),), 10_000, 0, 0),
        (10_000, (Tender(CASH, 50_000),), 10_000, 0, 40_000),
        (10_013, (Tender(CASH, 10_000),), 10_000, -13, 0),
        (10_049, (Tender(CASH, 10_100),), 10_025, -24, 75),
        (10_013, (Tender(CARD, 10_013),), 10_013, 0, 0),
        (10_013, (Tender(PROMPTPAY, 10_013, "ref-1"),), 10_013, 0, 0),
        (10_013, (Tender(CARD, 5_013), Tender(CASH, 5_000)), 10_013, 0, 0),
        (10_013, (Tender(CARD, 5_000), Tender(CASH, 10_000)), 10_013, 0, 4_987),
        (10_000, (Tender(CASH, 4_000), Tender(CASH, 6_000)), 10_000, 0, 0),
        (0, (), 0, 0, 0),
        (0, (Tender(CASH, 0),), 0, 0, 0),
        (24, (), 0, -24, 0),
    ],
)
def test_what_settles_a_bill(total: int, tenders: tuple[Tender, ...], to_pay: int, rounding: int, back: int) -> None:
    settled = settle(total, tenders, 25)
    kept = tuple(tender for tender in tenders if tender.amount_satang)
    assert settled == Settlement(kept, to_pay, rounding, back)
    assert sum(t.amount_satang for t in settled.tenders) - settled.change_satang == settled.total_satang


@pytest.mark.parametrize(
    ("total", "tenders", "reason", "params"),
    [
        (10_000, (), Reason.TENDER_SHORT, {"missing_satang": 10_000}),
        (10_000, (Tender(CASH, 9_975),), Reason.TENDER_SHORT, {"missing_satang": 25}),
        (10_013, (Tender(CARD, 10_000),), Reason.TENDER_SHORT, {"missing_satang": 13}),
        (10_013, (Tender(CARD, 5_000), Tender(CASH, 5_000)), Reason.TENDER_SHORT, {"missing_satang": 13}),
        (10_000, (Tender(CARD, 10_001),), Reason.TENDER_EXCESS, {"excess_satang": 1}),
        (10_000, (Tender(PROMPTPAY, 6_000), Tender(CARD, 6_000)), Reason.TENDER_EXCESS, {"excess_satang": 2_000}),
        (10_000, (Tender(CARD, 10_000), Tender(CASH, 500)), Reason.TENDER_EXCESS, {"excess_satang": 500}),
        (10_000, (Tender(CASH, 0),), Reason.TENDER_INVALID, {}),
        (10_000, (Tender(CASH, -1), Tender(CASH, 10_001)), Reason.TENDER_INVALID, {}),
        (10_000, (Tender(CASH, AMOUNT_MAX_SATANG + 1),), Reason.TENDER_INVALID, {}),
        (10_000, (Tender(CARD, 10_000, "x" * 65),), Reason.TENDER_INVALID, {}),
        (10_000, (Tender(CARD, 10_000, "a\x00b"),), Reason.TENDER_INVALID, {}),
        (10_000, (Tender(CASH, 500),) * (TENDERS_MAX + 1), Reason.TENDER_INVALID, {}),
    ],
)
def test_what_does_not(total: int, tenders: tuple[Tender, ...], reason: Reason, params: dict[str, int]) -> None:
    with pytest.raises(Refusal) as refusal:
        settle(total, tenders, 25)
    assert refusal.value.reason is reason and dict(refusal.value.params) == params


@pytest.mark.parametrize(("total", "step", "rounding"), [(113, 25, -13), (125, 25, 0), (113, 0, 0), (113, 1, 0)])
def test_cash_rounding_goes_down_to_the_step(total: int, step: int, rounding: int) -> None:
    assert cash_rounding(total, step) == rounding


def test_rounding_is_on_the_bill_and_a_receipt_adds_up(world: World) -> None:
    draft = world.till.checkout.new_draft().add_amount(10_013)
    assert world.till.checkout.preview(draft).total_cash_satang == 10_000
    bill = world.pay(draft).bill
    assert (bill.gross_satang, bill.cash_rounding_satang, bill.total_satang) == (10_013, -13, 10_000)
    receipt = world.store.facts.documents_of(bill.id)[0][1]
    assert receipt.gross_satang - sum(d.amount_satang for d in receipt.discounts) == receipt.total_satang  # type: ignore[union-attr]
    by_card = world.pay(world.till.checkout.new_draft().add_amount(10_013), Tender(CARD, 10_013)).bill
    assert (by_card.cash_rounding_satang, by_card.total_satang) == (0, 10_013)


def test_a_bill_below_the_smallest_coin_is_settled_with_nothing(world: World) -> None:
    for tenders in ((), (Tender(CASH, 0),)):
        draft = world.till.checkout.new_draft().add_amount(24)
        bill = world.till.checkout.complete(world.session(), draft, tenders).bill
        assert (bill.total_satang, bill.cash_rounding_satang, bill.tenders) == (0, -24, ())
    assert world.till.verify.run().ok


# --- once -------------------------------------------------------------------------------------------------


def test_the_same_draft_completes_once(world: World) -> None:
    member = world.enrol()
    draft = world.draft({"giftbox": 2}, member)
    first = world.pay(draft, Tender(CASH, 60_000))
    again = world.pay(draft, Tender(CARD, 60_000))
    assert again.bill == first.bill and set(again.print_job_ids) == set(first.print_job_ids)
    assert world.till.lookup.panel(member.id).balance == 24
    assert world.store.evidence.counters()["bill"] == 1


def test_numbers_follow_one_another_and_codes_read_back(world: World) -> None:
    bills = [world.sell({"tea": 1}).bill for _ in range(3)]
    assert [bill.number for bill in bills] == ["BK0101-000001", "BK0101-000002", "BK0101-000003"]
    for bill in bills:
        assert world.till.lookup.resolve(bill.receipt_code).bill == bill
        assert world.till.returns.find(bill.number.lower()).bill == bill


class _CommitFails:
    """A store whose commits report an error: after the rows are kept, or before."""

    def __init__(self, inner: object, *, kept: bool) -> None:
        self._inner, self._kept = inner, kept
        self.failing = True

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    @contextmanager
    def transaction(self) -> Iterator[TillTransaction]:
        with self._inner.transaction() as tx:  # type: ignore[attr-defined]
            yield tx
            if self.failing and not self._kept:
                raise EnvironmentProblem(Reason.DISK_FULL)
        if self.failing:
            raise EnvironmentProblem(Reason.DISK_FULL)


def test_a_commit_that_only_seemed_to_fail_is_found(world: World, expected_logs) -> None:
    expected_logs("the commit reported disk_full, and the rows are there")
    session, draft = world.session(), world.draft({"tea": 1})
    world.use(_CommitFails(world.folder.store, kept=True))  # type: ignore[arg-type]
    done = world.till.checkout.complete(session, draft, (Tender(CASH, 4_000),))
    assert world.folder.store.facts.bill(draft.id) == done.bill


def test_an_adjustment_and_a_shift_whose_commit_only_seemed_to_fail_are_there_once(world: World, expected_logs) -> None:
    expected_logs("the commit reported disk_full, and the rows are there")
    member, manager = world.enrol(), world.session("1004")
    store = _CommitFails(world.folder.store, kept=True)
    world.use(store)  # type: ignore[arg-type]
    assert world.till.adjustment.adjust(manager, member.id, 40, "ชดเชย").balance == 40
    shift = world.till.shifts.open(manager, 5_000)
    store.failing = False
    assert world.till.shifts.current() == shift
    assert len(list(world.store.evidence.entries())) == 1


def test_a_commit_that_failed_is_said_and_the_retry_sells_once(world: World) -> None:
    session, draft = world.session(), world.draft({"tea": 1})
    store = _CommitFails(world.folder.store, kept=False)
    world.use(store)  # type: ignore[arg-type]
    with pytest.raises(EnvironmentProblem) as problem:
        world.till.checkout.complete(session, draft, (Tender(CASH, 4_000),))
    assert problem.value.reason is Reason.DISK_FULL
    assert world.folder.store.facts.bill(draft.id) is None
    store.failing = False
    bill = world.till.checkout.complete(session, draft, (Tender(CASH, 4_000),)).bill
    assert bill.number == "BK0101-000001" and world.till.verify.run().ok


# --- guards -----------------------------------------------------------------------------------------------


class _Meanwhile:
    """A store in which something happens between the look and the lock."""

    def __init__(self, inner: object, act: object) -> None:
        self._inner, self._act = inner, act

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    @contextmanager
    def transaction(self) -> Iterator[TillTransaction]:
        act, self._act = self._act, None
        if act is not None:
            act()  # type: ignore[operator]
        with self._inner.transaction() as tx:  # type: ignore[attr-defined]
            yield tx


def _refused_meanwhile(world: World, draft: BillDraft, act: object) -> Reason:
    session = world.session()
    total = world.till.checkout.preview(draft).total_cash_satang
    world.use(_Meanwhile(world.folder.store, act))  # type: ignore[arg-type]
    before = world.folder.store.evidence.counters()
    with pytest.raises(Refusal) as refusal:
        world.till.checkout.complete(session, draft, (Tender(CASH, total),))
    assert world.folder.store.facts.bill(draft.id) is None
    after = world.folder.store.evidence.counters()
    assert after.get("bill", 0) - before.get("bill", 0) in (0, 1)
    return refusal.value.reason


def test_a_coupon_used_between_the_look_and_the_lock_refuses_the_bill(world: World) -> None:
    code = world.sell({"giftbox": 1}, world.enrol()).bill.coupons_issued[0].code
    draft = world.till.redemption.lay_coupon(world.draft({"mug": 1}), code)
    other = world.till.redemption.lay_coupon(world.draft({"cake": 1}), code)
    till = world.till

    def use_it() -> None:
        till.checkout.complete(world.session(), other, (Tender(CASH, 10_000),))

    assert _refused_meanwhile(world, draft, use_it) is Reason.BILL_CHANGED
    assert world.till.verify.run().ok


def test_points_spent_between_the_look_and_the_lock_refuse_the_bill(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 100)
    draft = world.till.redemption.choose_reward(
        world.draft({"mug": 1}, member), "01930000-0000-7000-8000-000000000105", 1
    )
    till, manager = world.till, world.session("1004")
    reason = _refused_meanwhile(world, draft, lambda: till.adjustment.adjust(manager, member.id, -1, "แก้"))
    assert reason is Reason.BILL_CHANGED


def test_a_birthday_corrected_between_the_look_and_the_lock_refuses_the_bill(world: World) -> None:
    member = world.enrol()
    till, cashier = world.till, world.session()
    act = lambda: till.enrolment.correct(cashier, member.id, birthday="5/11")  # noqa: E731  # points are doubled now
    assert _refused_meanwhile(world, world.draft({"giftbox": 1}, member), act) is Reason.BILL_CHANGED


def test_the_same_draft_completed_twice_at_once_is_one_bill(world: World) -> None:
    draft, session, till = world.draft({"tea": 1}), world.session(), world.till
    tenders = (Tender(CASH, 4_000),)
    world.use(_Meanwhile(world.folder.store, lambda: till.checkout.complete(session, draft, tenders)))  # type: ignore[arg-type]
    bill = world.till.checkout.complete(session, draft, tenders).bill
    assert bill == world.store.facts.bill(draft.id) and world.store.evidence.counters()["bill"] == 1


def test_points_that_came_meanwhile_change_nothing_that_was_seen(world: World) -> None:
    member = world.enrol()
    draft, session, manager, till = world.draft({"mug": 1}, member), world.session(), world.session("1004"), world.till
    world.use(_Meanwhile(world.folder.store, lambda: till.adjustment.adjust(manager, member.id, 7, "แก้")))  # type: ignore[arg-type]
    done = world.till.checkout.complete(session, draft, (Tender(CASH, 20_000),))
    assert done.member_after is not None and done.member_after.balance == 15


def test_programs_that_changed_since_the_preview_refuse_the_payment(world: World) -> None:
    member = world.enrol()
    draft = world.draft({"giftbox": 1}, member)
    seen = world.till.checkout.preview(draft)
    program = next(p for p in world.store.catalogue.programs() if p.code == "POINTS-25")
    change_of = change(dataclasses.replace(program, active=False))
    world.folder.sync_store.apply_changes([change_of], 9, None, world.clock.now())
    with pytest.raises(Refusal) as refusal:
        world.till.checkout.complete(world.session(), draft, (Tender(CASH, 30_000),), seen=seen)
    assert refusal.value.reason is Reason.BILL_CHANGED
    # Without what was seen, the bill is what it is now.
    assert world.pay(draft).bill.points_earned == 0


def test_head_offices_change_in_the_middle_counts_from_the_next_bill_on(world: World) -> None:
    member = world.enrol()
    draft, session = world.draft({"giftbox": 1}, member), world.session()
    programs = [dataclasses.replace(p, active=False) for p in world.store.catalogue.programs()]
    sync, at = world.folder.sync_store, world.clock.now()
    switch_off = lambda: sync.apply_changes([change(p) for p in programs], 9, None, at)  # noqa: E731
    world.use(_Meanwhile(world.folder.store, switch_off))  # type: ignore[arg-type]
    bill = world.till.checkout.complete(session, draft, (Tender(CASH, 30_000),)).bill
    assert (bill.points_earned, len(bill.coupons_issued)) == (12, 1)
    assert world.sell({"giftbox": 1}, member).bill.points_earned == 0


def test_an_empty_bill_an_unknown_member_and_a_blocked_card_are_refused(world: World) -> None:
    member = world.enrol()
    for draft, reason in (
        (world.draft({}), Reason.BILL_EMPTY),
        (world.draft({"tea": 1}, "nobody"), Reason.MEMBER_UNKNOWN),
    ):
        with pytest.raises(Refusal) as refusal:
            world.till.checkout.complete(world.session(), draft, (Tender(CASH, 4_000),))
        assert refusal.value.reason is reason
    blocked = dataclasses.replace(member, status=MemberStatus.BLOCKED)
    head = world.store.facts.queue_status().head_seq
    world.folder.sync_store.apply_changes([change(blocked)], 9, head, world.clock.now())
    for act in (lambda: world.sell({"tea": 1}, member), lambda: world.till.lookup.resolve(member.number)):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is Reason.MEMBER_BLOCKED


def test_points_spent_on_a_typed_phone_leave_an_audit_record(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 100)
    draft = world.draft({"mug": 1}).with_member(member.id, Identified.PHONE_TYPED)
    bill = world.pay(world.till.redemption.choose_reward(draft, "01930000-0000-7000-8000-000000000105", 1)).bill
    last = list(world.store.evidence.queue())[-1]
    assert last.kind == "audit.recorded" and b"redeemed_weak_identification" in last.payload
    assert bill.id.encode() in last.payload and b"0812345678" not in last.payload


# --- drafts and the book ----------------------------------------------------------------------------------


def test_the_open_bill_survives_a_restart_and_ends_with_completion(world: World) -> None:
    checkout = world.till.checkout
    draft = world.draft({"tea": 2})
    checkout.save_draft(draft)
    world.use(world.folder.store)
    assert world.till.checkout.saved_draft() == draft
    world.pay(draft)
    assert world.till.checkout.saved_draft() is None
    world.till.checkout.save_draft(world.draft({}))
    assert world.till.checkout.saved_draft() is None


class _NoRoom:
    """A store on a disk that is nearly full."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def require_room(self) -> None:
        raise EnvironmentProblem(Reason.DISK_FULL)


def test_on_a_full_disk_the_open_bill_is_finished_and_no_other_begins(world: World) -> None:
    session, draft, other = world.session(), world.draft({"tea": 1}), world.draft({"mug": 1})
    world.till.checkout.save_draft(draft)
    world.use(_NoRoom(world.folder.store))  # type: ignore[arg-type]
    more = draft.add_product(world.product("tea"))
    world.till.checkout.save_draft(more)
    world.till.checkout.complete(session, more, (Tender(CASH, 8_000),))
    with pytest.raises(EnvironmentProblem) as problem:
        world.till.checkout.save_draft(other)
    assert problem.value.reason is Reason.DISK_FULL
    assert world.till.checkout.saved_draft() is None
    world.till.checkout.save_draft(None)


def test_parked_bills_come_back_once(world: World) -> None:
    checkout = world.till.checkout
    one = world.draft({"tea": 1})
    world.clock.forward(timedelta(seconds=1))
    two = world.draft({"mug": 1})
    checkout.park(two)
    checkout.park(one)
    assert [draft.id for draft in checkout.parked()] == [one.id, two.id]
    assert checkout.unpark(one.id) == one and checkout.saved_draft() == one
    for act in (lambda: checkout.unpark(one.id), lambda: checkout.park(world.draft({}))):
        with pytest.raises(Refusal):
            act()
    world.pay(two)
    assert checkout.parked() == ()


def test_rules_are_compiled_once_until_the_catalogue_changes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from pos_member.services import context

    calls = []
    compiled = context.compile_rules
    monkeypatch.setattr(context, "compile_rules", lambda book: calls.append(1) or compiled(book))
    world.use(world.folder.store)
    for _ in range(3):
        world.till.checkout.preview(world.draft({"tea": 1}))
    assert len(calls) == 1
    world.folder.sync_store.apply_changes([change(world.product("tea"))], 9, None, world.clock.now())
    world.till.checkout.preview(world.draft({"tea": 1}))
    assert len(calls) == 2


def test_a_member_head_office_knows_shows_its_figures_and_their_time(world: World) -> None:
    member = world.enrol()
    panel = world.till.checkout.preview(world.draft({"beans": 1}, member)).panel
    assert panel is not None and panel.as_of is not None
    evaluation = world.till.checkout.preview(world.draft({"beans": 1}, member)).evaluation
    # 350 baht: 14 points for the money, 5 for the bag of beans; one coupon.
    assert evaluation.points_earned == 19 and [issue.count for issue in evaluation.coupons_to_issue] == [1]
