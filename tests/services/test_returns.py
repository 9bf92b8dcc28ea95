"""Returns by line, several times: never more back than the bill took, and once per id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pos_member.domain.bill import BillReturn, Tender, TenderKind
from pos_member.domain.coupon import CouponState
from pos_member.domain.documents import DocumentKind, ReceiptDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import OwedPolicy
from pos_member.services.ports import TillTransaction
from tests.db_support import put
from tests.factories import CARD, CASH, World, make_organisation, make_settings

REWARD = "01930000-0000-7000-8000-000000000105"


def _back(world: World, bill_id: str, lines: dict[int, int], **more: object) -> BillReturn:
    returns = world.till.returns
    arguments: dict[str, object] = {"return_id": returns.new_id(), **more}
    return returns.complete(world.session("1003"), bill_id, lines, **arguments).document  # type: ignore[arg-type]


def test_two_partial_returns_make_the_whole(world: World) -> None:
    member = world.enrol()
    bill = world.sell({"giftbox": 2, "tea": 1}, member).bill  # 640 baht: 25 points, 2 coupons
    assert (bill.points_earned, len(bill.coupons_issued)) == (25, 2)
    first = _back(world, bill.id, {1: 1000})
    # 340 baht are left: they support one coupon, so the last one issued goes.
    assert (first.refund_satang, first.coupons_voided) == (30_000, (bill.coupons_issued[1].code,))
    found = world.till.returns.find(bill.receipt_code)
    assert [(line.returned_milli, line.left_milli) for line in found.lines] == [(1000, 1000), (0, 1000)]
    assert found.earlier == (first,) and found.member is not None
    second = _back(world, bill.id, {1: 1000, 2: 1000})
    assert first.refund_satang + second.refund_satang == bill.total_satang
    assert first.points_taken_back + second.points_taken_back == 25
    assert second.coupons_voided == (bill.coupons_issued[0].code,)
    assert (first.complete, second.complete, second.bill_date) == (False, True, bill.business_date)
    with pytest.raises(Refusal) as refusal:
        _back(world, bill.id, {2: 1000})
    assert refusal.value.reason is Reason.RETURN_EXCEEDS
    assert [document.number for document in (first, second)] == ["BK0101-R000001", "BK0101-R000002"]
    assert world.till.verify.run().ok


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({}, Reason.RETURN_NOTHING),
        ({1: 0}, Reason.RETURN_NOTHING),
        ({1: 3000}, Reason.RETURN_EXCEEDS),
        ({1: -1000}, Reason.RETURN_EXCEEDS),
        ({9: 1000}, Reason.RETURN_EXCEEDS),
    ],
)
def test_what_cannot_come_back(world: World, lines: dict[int, int], reason: Reason) -> None:
    bill = world.sell({"giftbox": 2}).bill
    for act in (lambda: world.till.returns.preview(bill.id, lines), lambda: _back(world, bill.id, lines)):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is reason
    assert "return" not in world.store.evidence.counters()


def test_one_return_id_returns_once(world: World) -> None:
    bill = world.sell({"giftbox": 2}).bill
    return_id = world.till.returns.new_id()
    first = _back(world, bill.id, {1: 1000}, return_id=return_id)
    assert _back(world, bill.id, {1: 1000}, return_id=return_id) == first
    assert world.store.facts.returns_of(bill.id) == (first,)


def test_bills_are_found_by_code_or_number_and_nothing_else(world: World) -> None:
    bill = world.sell({"tea": 1}).bill
    assert world.till.returns.find(f" {bill.number.lower()} ").bill == bill
    mistyped = bill.receipt_code[:-1] + str((int(bill.receipt_code[-1]) + 1) % 10)
    for text, reason in (
        ("", Reason.BILL_UNKNOWN),
        ("BK0101-999999", Reason.BILL_UNKNOWN),
        (mistyped, Reason.CODE_MISTYPED),
        ("0812345678", Reason.BILL_UNKNOWN),
        ("x" * 100_000, Reason.BILL_UNKNOWN),
    ):
        with pytest.raises(Refusal) as refusal:
            world.till.returns.find(text)
        assert refusal.value.reason is reason, text[:20]


def test_the_value_of_an_issued_coupon_already_used_is_withheld(world: World) -> None:
    member = world.enrol()
    bill = world.sell({"giftbox": 1}, member).bill
    code = bill.coupons_issued[0].code
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code))
    preview = world.till.returns.preview(bill.id, {1: 1000})
    assert (preview.refund_satang, preview.withheld_satang, preview.coupons_voided) == (28_000, 2_000, ())
    document = _back(world, bill.id, {1: 1000})
    assert (document.refund_satang, document.withheld_satang) == (28_000, 2_000)
    [(kind, slip)] = world.store.facts.documents_of(document.id)
    assert kind is DocumentKind.RETURN and isinstance(slip, ReceiptDocument)
    assert (slip.gross_satang, slip.total_satang, slip.original_number) == (30_000, 28_000, bill.number)
    assert slip.gross_satang - sum(d.amount_satang for d in slip.discounts) == slip.total_satang
    assert world.till.verify.run().ok


def test_a_coupon_given_back_works_again_and_once(world: World) -> None:
    member = world.enrol()
    code = world.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    used_on = world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code)).bill
    assert _back(world, used_on.id, {1: 1000}).coupons_restored == (code,)
    again = world.pay(world.till.redemption.lay_coupon(world.draft({"cake": 1}, member), code)).bill
    assert again.total_satang == 10_000
    coupon = world.store.coupons.by_code(code)
    assert coupon is not None and (coupon.state, coupon.redeemed_bill_id) == (CouponState.REDEEMED, again.id)
    assert world.till.verify.run().ok


def test_a_used_coupon_that_head_office_cancelled_does_not_come_back(world: World) -> None:
    member = world.enrol()
    code = world.sell({"giftbox": 1}, member).bill.coupons_issued[0].code
    bill = world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), code)).bill
    used = world.store.coupons.by_code(code)
    assert used is not None
    head = world.store.facts.queue_status().head_seq
    put(world.folder, [replace(used, state=CouponState.CANCELLED)], included_seq=head)
    assert _back(world, bill.id, {1: 1000}).coupons_restored == ()
    after = world.store.coupons.by_code(code)
    assert after is not None and after.state is CouponState.CANCELLED


def test_the_same_return_made_twice_at_once_is_one(world: World) -> None:
    bill = world.sell({"giftbox": 2}).bill
    return_id, till, supervisor = world.till.returns.new_id(), world.till, world.session("1003")
    arguments = {"return_id": return_id}

    class Meanwhile:
        """Lets the same return in between the first look and the lock."""

        def __init__(self, inner: object) -> None:
            self.inner, self.first = inner, True

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        @contextmanager
        def transaction(self) -> Iterator[TillTransaction]:
            if self.first:
                self.first = False
                till.returns.complete(supervisor, bill.id, {1: 1000}, **arguments)
            with self.inner.transaction() as tx:  # type: ignore[attr-defined]
                yield tx

    world.use(Meanwhile(world.folder.store))  # type: ignore[arg-type]
    document = world.till.returns.complete(supervisor, bill.id, {1: 1000}, **arguments).document
    assert world.store.facts.returns_of(bill.id) == (document,)


def test_redeemed_points_come_back_to_their_lots(world: World) -> None:
    member = world.enrol()
    world.give_points(member, 300)
    draft = world.till.redemption.choose_reward(world.draft({"mug": 2}, member), REWARD, 3)
    bill = world.pay(draft).bill  # 400 − 30 = 370 baht: 14 points
    assert (bill.total_satang, bill.points_earned, bill.points_redeemed) == (37_000, 14, 300)
    half = _back(world, bill.id, {1: 1000})
    rest = _back(world, bill.id, {1: 1000})
    assert (half.points_given_back, rest.points_given_back) == (150, 150)
    assert (half.refund_satang, rest.refund_satang) == (18_500, 18_500)
    spent = {entry.id: entry.bucket for entry in bill.point_entries if entry.points < 0}
    back = [entry for entry in (*half.point_entries, *rest.point_entries) if entry.points > 0]
    assert {entry.reverses_id: entry.bucket for entry in back} == spent
    assert world.till.lookup.panel(member.id).balance == 300 and world.till.verify.run().ok


def test_the_unlimited_policy_overdraws_and_owes_nothing(world: World) -> None:
    put(world.folder, [make_organisation(make_settings(owed_policy=OwedPolicy.UNLIMITED))])
    member = world.enrol()
    world.give_points(member, 64)
    bill = world.sell({"giftbox": 3}, member).bill
    world.pay(world.till.redemption.choose_reward(world.draft({"tea": 1}, member), REWARD, 1))
    document = _back(world, bill.id, {1: 3000})
    assert (document.points_taken_back, document.points_owed) == (36, 0)
    panel = world.till.lookup.panel(member.id)
    assert (panel.balance, panel.spendable, panel.owed) == (-35, 0, 0)
    assert world.till.verify.run().ok


def test_a_bill_without_a_member_gives_money_back_alone(world: World) -> None:
    draft = world.draft({"tea": 2})
    bill = world.pay(draft, Tender(CARD, 8_000)).bill
    document = _back(world, bill.id, {1: 2000}, tender=TenderKind.CARD, reason="  ชำรุด\n", language="en")
    assert (document.refund_satang, document.point_entries, document.tender) == (8_000, (), CARD)
    assert document.reason == "ชำรุด"
    [(_, slip)] = world.store.facts.documents_of(document.id)
    assert isinstance(slip, ReceiptDocument) and slip.points is None and slip.tenders[0].label == "Card"


def test_cash_rounding_is_never_given_back_twice(world: World) -> None:
    draft = world.till.checkout.new_draft().add_amount(10_013).add_amount(20_013)
    bill = world.pay(draft, Tender(CASH, 30_025)).bill
    assert bill.total_satang == 30_025
    refunds = [_back(world, bill.id, {number: 1000}).refund_satang for number in (1, 2)]
    assert sum(refunds) == 30_025


def test_a_reason_too_long_or_unprintable_is_refused(world: World) -> None:
    bill = world.sell({"tea": 1}).bill
    for reason, expected in (("ก" * 201, Reason.TEXT_TOO_LONG), ("\x00\x01", Reason.TEXT_NOT_PRINTABLE)):
        with pytest.raises(Refusal) as refusal:
            _back(world, bill.id, {1: 1000}, reason=reason)
        assert refusal.value.reason is expected
    with pytest.raises(Refusal) as refusal:
        _back(world, "no-such-bill", {1: 1000})
    assert refusal.value.reason is Reason.BILL_UNKNOWN


def test_a_coupon_used_at_another_till_is_withheld_at_its_face_value(world: World) -> None:
    member = world.enrol()
    bill = world.sell({"giftbox": 1}, member).bill
    coupon = bill.coupons_issued[0]
    head = world.store.facts.queue_status().head_seq
    elsewhere = replace(coupon, state=CouponState.REDEEMED, redeemed_bill_id="a-bill-of-another-till")
    put(world.folder, [elsewhere], included_seq=head)
    document = _back(world, bill.id, {1: 1000})
    assert (document.refund_satang, document.withheld_satang) == (28_000, 2_000)
