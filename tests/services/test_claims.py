"""Points after the bill: what the very bill would have earned, to one member, once, that day, at that till."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.codes import make_coupon_code, make_receipt_code
from pos_member.domain.documents import DocumentKind, ReceiptDocument
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import BillClaimed
from pos_member.domain.member import Identified, MemberStatus
from pos_member.domain.org import OwedPolicy, PointsExpiry, TillIdentity
from pos_member.domain.points import PointKind
from pos_member.domain.program import Audience, EffectKind, Limits, Window
from pos_member.domain.tally import TallyKind
from pos_member.domain.tiers import MonthSum, TierChange
from pos_member.services.claims import CLAIMS_A_DAY
from pos_member.services.sync_ports import FeedQuota
from tests.db_support import put
from tests.factories import World, make_organisation, make_settings
from tests.services.claiming import claim, refused
from tests.services.rich import PROGRAMS, program, rich_settings, rich_world, without

GOODS = {"latte": 3, "syrup": 3, "cake": 1, "cookie": 3, "giftbox": 1}


def _gives(given: Bill | BillClaimed) -> set[tuple[object, ...]]:
    """What somebody earned, by program, line, lot; whatever the entry's id and time."""
    return {
        (e.program_id, e.line_no, e.points, e.currency, e.bucket, e.spendable_from, e.qualifying, e.kind, e.bill_id)
        for e in given.point_entries
    }


def test_the_member_gets_what_the_card_before_paying_would_have_given(world: World) -> None:
    early, late = world.enrol("0811111111"), world.enrol("0822222222")
    shown = world.sell(GOODS, early).bill
    bill = world.sell(GOODS).bill
    assert (bill.points_earned, bill.member_id, bill.point_entries) == (0, None, ())
    preview = world.till.claims.preview(bill.receipt_code, late.id)
    assert (preview.points, preview.claims_today, preview.needs_approval) == (shown.points_earned, 0, False)
    done = claim(world, bill, late)
    assert done.claim.points_earned == shown.points_earned == done.member_after.balance
    assert {each[:-1] for each in _gives(done.claim)} == {each[:-1] for each in _gives(shown)}
    assert done.claim.qualifying_satang == shown.qualifying_satang
    assert all(entry.bill_id == bill.id and entry.member_id == late.id for entry in done.claim.point_entries)
    account, other = world.store.members.account(late.id), world.store.members.account(early.id)
    assert (account.visits, account.months, account.last_visit) == (other.visits, other.months, other.last_visit)
    assert world.store.facts.bill(bill.id) == bill, "the bill stays as it was"
    assert world.store.facts.claim_of(bill.id) == done.claim
    assert world.till.verify.run().ok


def test_stamps_missions_carried_rests_and_the_tier_follow_as_with_the_card(rich: World) -> None:
    early, late = rich.enrol("0811111111"), rich.enrol("0822222222")
    goods = {**GOODS, "giftbox": 4}  # 1,200 baht and more: silver with this bill, points times 1.5
    shown, bill = rich.sell(goods, early).bill, rich.sell(goods).bill
    assert bill.discounts == shown.discounts, "the prices of this bill are no member's"
    done = claim(rich, bill, late).claim
    assert {each[:-1] for each in _gives(done)} == {each[:-1] for each in _gives(shown)}
    assert done.tier_change == shown.tier_change == TierChange("", "silver")
    kinds = (TallyKind.PROGRESS, TallyKind.REWARDED, TallyKind.REMAINDER)
    earning = {"mission", "syrup-carry"}

    def counted(given: Bill | BillClaimed) -> list[tuple[object, ...]]:
        return [
            (t.kind, t.key, t.period, t.amount, t.line_no)
            for t in given.tallies
            if t.kind in kinds and t.key in earning
        ]

    assert counted(done) == counted(shown) != []
    # No entries in draws, no steps towards coupons, nothing that was counted when the bill was paid.
    assert {tally.key for tally in done.tallies} == earning
    panel = rich.till.lookup.panel(late.id)
    assert panel.card.tier_code == "silver" and panel.coupons == () and panel.stamps[0].count == 3
    assert rich.store.members.account(late.id).months == rich.store.members.account(early.id).months
    assert rich.till.verify.run().ok


def test_what_a_members_price_would_have_saved_is_not_made_up_for(rich: World) -> None:
    """Half price on mugs is for members: the bill was paid in full, and earns on what was paid."""
    early, late = rich.enrol("0811111111"), rich.enrol("0822222222")
    shown, bill = rich.sell({"mug": 2}, early).bill, rich.sell({"mug": 2}).bill
    assert (shown.total_satang, bill.total_satang) == (30_000, 40_000) or shown.total_satang < bill.total_satang
    done = claim(rich, bill, late).claim
    assert done.points_earned == 40_000 // 2_500 > shown.points_earned
    assert (done.qualifying_satang, rich.store.facts.bill(bill.id)) == (40_000, bill)
    given = rich.store.facts.given()
    assert given["total|half-mug|"] == sum(t.amount for t in shown.tallies if t.kind is TallyKind.TOTAL)
    assert not any(tally.key == "half-mug" for tally in done.tallies)


def test_goods_given_free_and_paid_by_a_coupon_earn_as_they_were_paid(rich: World) -> None:
    member = rich.enrol()
    cheapest = without("filter-coupon", audience=Audience(members_only=False))
    put(rich.folder, [cheapest])
    bill = rich.sell({"filter": 1, "giftbox": 1}).bill
    [code] = [coupon.code for coupon in bill.coupons_issued if coupon.definition_id == "cheapest"]
    late = rich.pay(rich.till.redemption.lay_coupon(rich.draft({"cookie": 3, "latte": 3}), code)).bill
    assert late.coupons_used and late.discount_satang > 0
    done = claim(rich, late, member).claim
    assert done.qualifying_satang == late.total_satang == sum(line.net_satang for line in late.lines)
    assert done.points_earned == late.total_satang // 2_500
    stamps = sum(entry.points for entry in done.point_entries if entry.currency == "COFFEE")
    # The cheapest of six was a cookie or a cup: cups that were free have no stamp.
    cups = next(line for line in late.lines if line.product_id == "latte")
    assert stamps == cups.net_satang // cups.unit_price_satang
    assert rich.till.verify.run().ok


def test_rules_that_changed_since_move_no_price_and_earn_on_what_was_paid(rich: World) -> None:
    member = rich.enrol()
    bill = rich.sell({"cookie": 3, "latte": 1}).bill  # one cookie free
    assert bill.discount_satang == 2_500
    put(rich.folder, [without("cookies", active=False), without("cake-off", active=False)])
    done = claim(rich, bill, member).claim
    assert (done.qualifying_satang, done.points_earned) == (12_000, 4)
    assert rich.store.facts.bill(bill.id) == bill
    assert rich.till.verify.run().ok


def test_windows_go_by_the_time_of_the_bill(world: World) -> None:
    member = world.enrol()
    local = world.clock.now() + timedelta(hours=7)
    window = Window(hour_from=f"{local:%H}:00", hour_to=f"{local:%H}:50")
    put(world.folder, [replace(program("early", EffectKind.EARN_FIXED, points=7), window=window)])
    bill = world.sell({"giftbox": 1}).bill
    world.clock.forward(timedelta(hours=2))
    assert world.sell({"giftbox": 1}, member).bill.points_earned == 12
    assert claim(world, bill, member).claim.points_earned == 12 + 7


def test_limits_of_the_member_and_quotas_are_those_of_now_and_are_used_up(world: World) -> None:
    member = world.enrol()
    daily = program("daily", EffectKind.EARN_FIXED, points=5, limits=Limits(per_member_day=1, total=2))
    put(world.folder, [daily, FeedQuota("daily", "till-1", times=2)])
    first, second, third = (world.sell({"giftbox": 1}).bill for _ in range(3))
    one = claim(world, first, member).claim
    assert one.points_earned == 12 + 5
    assert {(t.kind, t.amount) for t in one.tallies} == {(TallyKind.TIMES, 1), (TallyKind.TOTAL, 1)}
    assert claim(world, second, member).claim.points_earned == 12, "once a day, whichever bill it was"
    assert world.store.facts.given()["total|daily|"] == 1
    other = world.enrol("0822222222")
    assert claim(world, third, other).claim.points_earned == 17
    assert world.sell({"giftbox": 1}, world.enrol("0833333333")).bill.points_earned == 12, "the quota is used up"
    assert world.till.verify.run().ok


def test_a_debt_is_repaid_out_of_what_a_claim_gives(world: World) -> None:
    put(world.folder, [make_organisation(make_settings(owed_policy=OwedPolicy.WITHIN_BALANCE))])
    member = world.enrol()
    bill = world.sell({"giftbox": 2}, member).bill
    world.give_points(member, -24)
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id())
    owed = world.store.members.owed(member.id)
    assert owed > 0
    done = claim(world, world.sell({"giftbox": 2}).bill, member)
    repaid = [entry for entry in done.claim.point_entries if entry.kind is PointKind.REVERSE]
    assert [entry.points for entry in repaid] == [-owed] and world.store.members.owed(member.id) == 0
    assert world.till.verify.run().ok


def test_points_that_inactivity_had_ended_do_not_come_back_with_a_claim(tmp_path: Path) -> None:
    world = rich_world(tmp_path, points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=6)
    try:
        member = world.enrol()
        world.sell({"giftbox": 2}, member)
        world.clock.forward(timedelta(days=300))
        bill = world.sell({"giftbox": 1}).bill
        done = claim(world, bill, member)
        assert any(entry.kind is PointKind.EXPIRE for entry in done.claim.point_entries)
        assert done.member_after.spendable == done.claim.points_earned
        assert world.till.verify.run().ok
    finally:
        world.folder.close()


def test_each_way_a_bill_cannot_be_claimed(world: World) -> None:
    member = world.enrol()
    claims = world.till.claims
    mine, taken, back = world.sell({"tea": 1}, member).bill, world.sell({"mug": 1}).bill, world.sell({"mug": 2}).bill
    claim(world, taken, member)
    returns = world.till.returns
    returns.complete(world.session("1003"), back.id, {1: 1000}, return_id=returns.new_id())
    fresh = world.sell({"mug": 1}).bill
    mistyped = fresh.receipt_code[:-1] + str((int(fresh.receipt_code[-1]) + 1) % 10)
    here = world.store.facts.identity()
    assert isinstance(here, TillIdentity)
    cases = {
        mine.receipt_code: Reason.CLAIM_HAS_MEMBER,
        taken.receipt_code: Reason.CLAIM_DONE,
        back.receipt_code: Reason.CLAIM_RETURNED,
        make_receipt_code(here.number + 1, 1): Reason.CLAIM_ELSEWHERE,
        make_receipt_code(here.number, 999): Reason.BILL_UNKNOWN,
        mistyped: Reason.CODE_MISTYPED,
        make_coupon_code(lambda below: below - 1): Reason.BILL_UNKNOWN,
        "": Reason.BILL_UNKNOWN,
        "9" * 10_000: Reason.BILL_UNKNOWN,
    }
    before = world.store.facts.queue_status().head_seq
    for code, reason in cases.items():
        for act in (
            lambda code=code: claims.find(code),
            lambda code=code: claims.preview(code, member.id),
            lambda code=code: claim(world, code, member),
        ):
            assert refused(act).reason is reason, code[:24]
    world.clock.forward(timedelta(days=1))
    refusal = refused(lambda: claim(world, fresh, member))
    assert (refusal.reason, refusal.params["date"]) == (Reason.CLAIM_OTHER_DAY, fresh.business_date)
    world.clock.forward(timedelta(days=-1))
    put(world.folder, [make_organisation(make_settings(points_after_bill=False))])
    assert refused(lambda: claim(world, fresh, member)).reason is Reason.CLAIM_OFF
    assert world.store.facts.queue_status().head_seq == before, "what is refused leaves nothing"


def test_who_may_not_use_a_card_claims_nothing(world: World) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 1}).bill
    for status, reason in (
        (MemberStatus.BLOCKED, Reason.MEMBER_BLOCKED),
        (MemberStatus.ERASED, Reason.MEMBER_UNKNOWN),
    ):
        put(world.folder, [replace(member, status=status)], included_seq=world.store.facts.queue_status().head_seq)
        assert refused(lambda: claim(world, bill, member)).reason is reason
        assert refused(lambda: world.till.claims.preview(bill.receipt_code, member.id)).reason is reason
    assert world.store.facts.claim_of(bill.id) is None


def test_a_bill_on_which_nothing_earns(rich: World) -> None:
    member = rich.enrol()
    put(rich.folder, [replace(each, active=False) for each in rich.store.catalogue.programs()])
    put(rich.folder, [replace(rich.product("tea"), tags=("gift_card",))])
    bill = rich.sell({"tea": 1}).bill
    assert refused(lambda: claim(rich, bill, member)).reason is Reason.CLAIM_NOTHING
    # Nothing but money that counts towards a tier is something.
    bill = rich.sell({"cookie": 1}).bill
    done = claim(rich, bill, member).claim
    assert (done.points_earned, done.qualifying_satang) == (0, 2_500)
    assert rich.store.members.account(member.id).months == {"2026-11": MonthSum(0, 2_500, 1)}


def test_one_claim_id_claims_once_and_another_not_at_all(world: World) -> None:
    member, other, bill = world.enrol("0811111111"), world.enrol("0822222222"), world.sell({"giftbox": 1}).bill
    claim_id = world.till.claims.new_id()
    first = claim(world, bill, member, claim_id=claim_id)
    assert claim(world, bill, member, claim_id=claim_id) == first
    assert refused(lambda: claim(world, bill, other)).reason is Reason.CLAIM_DONE
    assert world.store.members.account(member.id).balance == first.claim.points_earned


def test_what_identified_the_member_and_who_gave_it_are_on_record(world: World) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 1}).bill
    done = claim(world, bill, member, identified=Identified.PHONE_TYPED)
    assert (done.claim.identified, done.claim.staff_id, done.claim.approved_by) == (
        Identified.PHONE_TYPED, "staff-1001", "staff-1001",
    )  # fmt: skip
    [row] = [row for row in world.store.evidence.queue() if row.kind == "bill.claimed"]
    assert row.event_id == done.claim.id


def test_more_than_a_few_a_day_need_a_second_person_and_are_recorded(world: World) -> None:
    member, other = world.enrol("0811111111"), world.enrol("0822222222")
    bills = [world.sell({"mug": 1}).bill for _ in range(CLAIMS_A_DAY + 2)]
    for bill in bills[:CLAIMS_A_DAY]:
        assert not world.till.claims.preview(bill.receipt_code, member.id).needs_approval
        claim(world, bill, member)
    last, spare = bills[CLAIMS_A_DAY:]
    assert world.till.claims.preview(last.receipt_code, member.id).needs_approval
    cashier, colleague = world.session("1001"), world.session("1002")
    before = world.store.facts.queue_status().head_seq
    for approver, reason in (
        (None, Reason.NOT_PERMITTED),
        (colleague, Reason.NOT_PERMITTED),
        (cashier, Reason.OVERRIDE_SELF),
    ):
        assert refused(lambda approver=approver: claim(world, last, member, approver=approver)).reason is reason
    assert world.store.facts.queue_status().head_seq == before
    done = claim(world, last, member, approver=world.session("1003")).claim
    assert (done.staff_id, done.approved_by) == ("staff-1001", "staff-1003")
    queue = list(world.store.evidence.queue())
    assert queue[-1].kind == "audit.recorded" and b"claimed_many" in queue[-1].payload
    assert b"0811111111" not in queue[-1].payload
    claim(world, spare, other)
    # The next day counts anew.
    world.clock.forward(timedelta(days=1))
    assert not world.till.claims.preview(world.sell({"mug": 1}).bill.receipt_code, member.id).needs_approval
    assert world.till.verify.run().ok


def test_the_paper_is_a_copy_of_the_receipt_with_the_points(world: World) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 2, "tea": 1}).bill
    first = world.store.facts.document(bill.id, DocumentKind.RECEIPT)
    done = claim(world, bill, member)
    job = world.store.facts.print_job(done.print_job_id)
    paper = world.store.facts.print_job_document(done.print_job_id)
    assert job is not None and (job.kind, job.copy_number) == (DocumentKind.RECEIPT, 1)
    assert isinstance(paper, ReceiptDocument) and isinstance(first, ReceiptDocument)
    assert paper.points is not None and first.points is None
    assert (paper.points.before, paper.points.earned, paper.points.after) == (0, 25, 25)
    assert paper.notes == ("สะสมแต้มย้อนหลังให้บิลนี้แล้ว",) and paper.copy_number == 1
    assert replace(paper, points=None, notes=first.notes, copy_number=0) == first
    assert world.store.facts.document(bill.id, DocumentKind.RECEIPT) == first


def test_a_disk_that_fails_leaves_no_half_a_claim(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    member, bill = world.enrol(), world.sell({"giftbox": 1}).bill
    before = world.store.facts.queue_status().head_seq
    from pos_member.db import unit_of_work

    def full(*_: object) -> None:
        raise EnvironmentProblem(Reason.DISK_FULL)

    with monkeypatch.context() as patched:
        patched.setattr(unit_of_work, "insert_tallies", full)
        with pytest.raises(EnvironmentProblem):
            claim(world, bill, member)
    assert world.store.facts.claim_of(bill.id) is None
    assert world.store.facts.queue_status().head_seq == before
    assert world.store.members.account(member.id).balance == 0
    assert claim(world, bill, member).claim.points_earned == 12
    assert world.till.verify.run().ok


def test_a_member_of_every_tier_gets_the_multiplier_of_theirs(rich: World) -> None:
    assert any(each.audience == Audience(tiers=("silver", "gold")) for each in PROGRAMS)
    member = rich.enrol()
    rich.sell({"giftbox": 4}, member)  # silver
    bill = rich.sell({"giftbox": 2}).bill
    done = claim(rich, bill, member).claim
    assert {e.program_id for e in done.point_entries} >= {"silver-x15"}
    assert rich.till.verify.run().ok
    assert rich_settings().tiers is not None
