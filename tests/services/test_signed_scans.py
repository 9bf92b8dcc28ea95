"""Signed and rotating codes of members, without a line: who it is, how well proved, and every way to be refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pos_member.domain.bill import BillDraft
from pos_member.domain.consent import Purpose
from pos_member.domain.documents import ReceiptDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified, Member, MemberStatus
from pos_member.domain.points import PointKind
from pos_member.services.signed_scans import USED_MAX
from pos_member.services.views import Resolved
from pos_member.wording import say_error
from tests.db_support import NOW, put
from tests.factories import World
from tests.signing import STRANGER_ID, Signer, enrol_with, key_from, number_of, rotating_code

REWARD = "01930000-0000-7000-8000-000000000105"
NUMBER = number_of(7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def signer(world: World) -> Signer:
    """A head office whose keys the till has."""
    made = Signer(member_keys={1: key_from(11), 2: key_from(12), 9: key_from(19)})
    enrol_with(world, made.office, key_from(31))
    put(world.folder, [made.code_key(1), made.code_key(2), made.rotating_key()])
    return made


def _refused(world: World, code: str) -> Reason:
    with pytest.raises(Refusal) as refusal:
        world.till.lookup.resolve(code)
    assert say_error(refusal.value, "th") and say_error(refusal.value, "en")
    return refusal.value.reason


def _laid(world: World, found: Resolved, goods: dict[str, int] | None = None) -> BillDraft:
    assert found.member is not None
    draft = world.draft(goods or {"beans": 2})
    return draft.with_member(found.member.card.member_id, found.identified)


# --- signed codes ------------------------------------------------------------------------------------------


def test_a_member_never_heard_of_earns_by_a_signed_code(world: World, signer: Signer) -> None:
    found = world.till.lookup.resolve(signer.member_code(NUMBER))
    assert found.member is not None and found.identified is Identified.SIGNED_QR
    panel = found.member
    assert panel.presented and panel.as_of is None
    assert (panel.card.member_id, panel.card.number, panel.card.name_masked) == (STRANGER_ID, NUMBER, "")
    assert (panel.balance, panel.spendable, panel.coupons) == (0, 0, ())
    done = world.pay(_laid(world, found))
    assert done.bill.member_id == STRANGER_ID and done.bill.identified is Identified.SIGNED_QR
    assert done.bill.points_earned > 0
    assert done.member_after is not None and done.member_after.balance == done.bill.points_earned
    assert world.till.verify.run().ok


def test_what_the_code_told_is_found_by_number_and_outlives_a_restart(world: World, signer: Signer) -> None:
    world.till.lookup.resolve(signer.member_code(NUMBER))
    world.use(world.folder.store)
    found = world.till.lookup.resolve(NUMBER)
    assert found.member is not None and found.member.presented and found.identified is Identified.CARD


def test_a_second_code_of_the_same_member_writes_nothing(world: World, signer: Signer) -> None:
    world.till.lookup.resolve(signer.member_code(NUMBER))
    with world.folder.till.read() as connection:
        before = connection.exec_driver_sql("SELECT proof FROM presented").all()
    world.till.lookup.resolve(signer.member_code(NUMBER, at=NOW - timedelta(days=1)))
    with world.folder.till.read() as connection:
        assert connection.exec_driver_sql("SELECT proof FROM presented").all() == before


def test_a_known_member_is_who_the_till_knows(world: World, signer: Signer) -> None:
    member = world.enrol()
    world.give_points(member, 500)
    found = world.till.lookup.resolve(signer.member_code(member.number, member.id))
    assert found.member is not None and not found.member.presented
    assert found.member.balance == 500 and found.member.card.name_masked == "สมหญิง จ."
    assert not world.store.presented.member(member.id)


def test_a_code_of_ten_minutes_is_fresh(world: World, signer: Signer) -> None:
    for minutes, proof in ((10, Identified.FRESH_QR), (11, Identified.SIGNED_QR)):
        code = signer.member_code(NUMBER, life=timedelta(minutes=minutes))
        assert world.till.lookup.resolve(code).identified is proof


def test_time_counts_with_five_minutes_of_grace_on_both_sides(world: World, signer: Signer) -> None:
    issued = NOW.replace(second=0)
    code = signer.member_code(NUMBER, at=issued, life=10 * MINUTE)
    world.clock.at = issued - 5 * MINUTE
    assert world.till.lookup.resolve(code).member is not None
    world.clock.at = issued - 5 * MINUTE - timedelta(seconds=1)
    assert _refused(world, code) is Reason.CODE_EARLY
    # The last minute is good to its end, then the grace.
    world.clock.at = issued + 16 * MINUTE - timedelta(seconds=1)
    assert world.till.lookup.resolve(code).member is not None
    world.clock.at = issued + 16 * MINUTE
    assert _refused(world, code) is Reason.CODE_OUTDATED


def test_two_keys_are_good_at_once_and_a_retired_one_is_not(world: World, signer: Signer) -> None:
    old, new = signer.member_code(NUMBER, key_number=1), signer.member_code(NUMBER, key_number=2)
    for code in (old, new):
        assert world.till.lookup.resolve(code).member is not None
    put(world.folder, [signer.code_key(1, retired_at=NOW + MINUTE)])
    assert world.till.lookup.resolve(old).member is not None
    world.clock.forward(MINUTE)
    assert _refused(world, old) is Reason.CODE_OUTDATED
    assert world.till.lookup.resolve(new).member is not None
    assert _refused(world, signer.member_code(NUMBER, key_number=9)) is Reason.CODE_KEY_UNKNOWN


def test_a_code_of_another_organisation_does_not_hold(world: World, signer: Signer) -> None:
    other = Signer(member_keys={1: key_from(99)})
    assert _refused(world, other.member_code(NUMBER)) is Reason.CODE_SIGNATURE
    assert world.store.members.by_number(NUMBER) is None


def test_no_digit_of_a_code_can_be_changed(world: World, signer: Signer) -> None:
    """Every place once: nothing but a refusal comes of it, and nothing is remembered."""
    code, dice = signer.member_code(NUMBER), random.Random(5)
    allowed = {Reason.CODE_SIGNATURE, Reason.CODE_KEY_UNKNOWN, Reason.CODE_MISTYPED, Reason.CODE_FOREIGN}
    for place in range(1, len(code)):
        digit = dice.choice([each for each in "0123456789" if each != code[place]])
        assert _refused(world, code[:place] + digit + code[place + 1 :]) in allowed
    with world.folder.till.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM presented").scalar() == 0


def test_blocked_and_erased_members_are_refused_and_forgotten(world: World, signer: Signer) -> None:
    code = signer.member_code(NUMBER)
    world.till.lookup.resolve(code)
    member = world.store.members.by_id(STRANGER_ID)
    assert member is not None
    put(world.folder, [replace(member, status=MemberStatus.BLOCKED)])
    assert _refused(world, code) is Reason.MEMBER_BLOCKED
    put(world.folder, [replace(member, status=MemberStatus.ERASED)])
    assert _refused(world, code) is Reason.MEMBER_UNKNOWN
    assert _refused(world, NUMBER) is Reason.MEMBER_UNKNOWN
    with world.folder.till.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM presented").scalar() == 0


def test_a_code_for_a_number_the_member_no_longer_has_is_outdated(world: World, signer: Signer) -> None:
    member = world.enrol()
    assert _refused(world, signer.member_code(NUMBER, member.id)) is Reason.CODE_OUTDATED


def test_a_number_given_up_before_this_till_heard_of_the_member_is_outdated_too(world: World, signer: Signer) -> None:
    """A later code had another number: the card from before it is no card any more."""
    old, new = signer.member_code(NUMBER, at=NOW - timedelta(days=2)), signer.member_code(number_of(8), at=NOW)
    assert world.till.lookup.resolve(old).member is not None
    found = world.till.lookup.resolve(new).member
    assert found is not None and (found.card.member_id, found.card.number) == (STRANGER_ID, number_of(8))
    assert _refused(world, old) is Reason.CODE_OUTDATED


def test_head_office_tells_more_and_that_counts(world: World, signer: Signer) -> None:
    found = world.till.lookup.resolve(signer.member_code(NUMBER))
    world.pay(_laid(world, found))
    told = Member(STRANGER_ID, NUMBER, "+66811110000", "มานะ", "ดีงาม", None, MemberStatus.ACTIVE, "", "b", "t", NOW)
    put(world.folder, [told])
    panel = world.till.lookup.panel(STRANGER_ID)
    assert not panel.presented and panel.card.name_masked == "มานะ ด." and panel.as_of == NOW
    assert world.till.verify.run().ok


def test_a_presented_member_cannot_spend_and_the_receipt_claims_no_balance(world: World, signer: Signer) -> None:
    found = world.till.lookup.resolve(signer.member_code(NUMBER))
    first = world.pay(_laid(world, found, {"beans": 9}))
    assert first.bill.points_earned >= 100
    with pytest.raises(Refusal) as refusal:
        world.till.redemption.choose_reward(_laid(world, found), REWARD, 1)
    assert refusal.value.reason is Reason.POINTS_NOT_HERE
    # A draft that has the reward all the same: nothing is spent.
    done = world.pay(_laid(world, found).with_reward(REWARD, 1))
    assert not any(entry.kind is PointKind.REDEEM for entry in done.bill.point_entries)
    papers = dict(world.store.facts.documents_of(first.bill.id))
    receipt = next(paper for paper in papers.values() if isinstance(paper, ReceiptDocument))
    assert receipt.points is None and any(str(first.bill.points_earned) in note for note in receipt.notes)


def test_papers_of_a_claim_and_a_return_claim_no_balance_either(world: World, signer: Signer) -> None:
    """What this till gave a member before is not what the member has."""
    found = world.till.lookup.resolve(signer.member_code(NUMBER))
    world.pay(_laid(world, found))
    assert found.member is not None
    bill, claims, returns = world.sell({"giftbox": 2}).bill, world.till.claims, world.till.returns
    who = found.member.card.member_id
    proof = Identified.SIGNED_QR
    done = claims.give(world.session("1001"), bill.receipt_code, who, proof, claim_id=claims.new_id())
    paper = world.store.facts.print_job_document(done.print_job_id)
    assert isinstance(paper, ReceiptDocument) and paper.points is None
    assert any(str(done.claim.points_earned) in note for note in paper.notes)
    document = returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id()).document
    [(_, slip)] = world.store.facts.documents_of(document.id)
    assert isinstance(slip, ReceiptDocument) and slip.points is None
    assert document.points_taken_back and any(str(document.points_taken_back) in note for note in slip.notes)
    assert world.till.verify.run().ok


def test_data_of_a_presented_member_is_not_written_over(world: World, signer: Signer) -> None:
    world.till.lookup.resolve(signer.member_code(NUMBER))
    session, enrolment = world.session(), world.till.enrolment
    before = world.store.facts.queue_status().head_seq
    acts: tuple[Callable[[], object], ...] = (
        lambda: enrolment.correct(session, STRANGER_ID, first_name="ชื่อ"),
        lambda: enrolment.correct(session, STRANGER_ID, phone="0899999999"),
        lambda: enrolment.change_consent(session, STRANGER_ID, Purpose.MEMBERSHIP, False, "th"),
    )
    for act in acts:
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is Reason.MEMBER_NOT_HERE
    assert world.store.facts.queue_status().head_seq == before


def test_lists_reports_and_exports_bear_a_member_without_a_name(world: World, signer: Signer) -> None:
    found = world.till.lookup.resolve(signer.member_code(NUMBER))
    done = world.pay(_laid(world, found))
    day = done.bill.business_date
    assert world.till.reports.day(day) is not None
    assert world.till.lookup.search_members(NUMBER) == ()
    assert world.till.returns.find(done.bill.receipt_code).member is not None
    returned = world.till.returns.complete(
        world.session("1003"), done.bill.id, {1: 1000}, return_id=world.till.returns.new_id()
    )
    assert returned.document.member_id == STRANGER_ID
    assert world.till.verify.run().ok


def test_without_keys_every_code_is_refused(world: World) -> None:
    code = Signer().member_code(NUMBER)
    assert _refused(world, code) is Reason.CODE_KEY_UNKNOWN
    assert _refused(world, rotating_code(NUMBER, NOW)) is Reason.CODE_KEY_UNKNOWN


def test_a_key_that_is_no_key_is_one_not_known(world: World, signer: Signer) -> None:
    put(world.folder, [replace(signer.code_key(1), key="zz")])
    assert _refused(world, signer.member_code(NUMBER)) is Reason.CODE_KEY_UNKNOWN


# --- rotating codes ----------------------------------------------------------------------------------------


def test_a_rotating_code_is_taken_once(world: World, signer: Signer) -> None:
    member = world.enrol()
    code = rotating_code(member.number, NOW)
    found = world.till.lookup.resolve(code)
    assert found.member is not None and found.identified is Identified.FRESH_QR
    for later in (0, 20, 10):
        world.clock.forward(timedelta(seconds=later))
        assert _refused(world, code) is Reason.CODE_REPLAYED
    assert world.till.lookup.resolve(rotating_code(member.number, world.clock.now())).member is not None


def test_two_readers_at_one_time_take_a_rotating_code_once(
    world: World, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = world.enrol()
    code = rotating_code(member.number, NOW)
    members = world.store.members
    look_up = members.by_number
    second: list[Reason] = []

    def meanwhile(number: str) -> Member | None:
        monkeypatch.setattr(members, "by_number", look_up)
        second.append(_refused(world, code))
        return look_up(number)

    monkeypatch.setattr(members, "by_number", meanwhile)
    assert world.till.lookup.resolve(code).member is not None
    assert second == [Reason.CODE_REPLAYED]


def test_a_rotating_code_that_came_to_nothing_is_as_good_as_before(
    world: World, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = world.enrol()
    code = rotating_code(member.number, NOW)
    with monkeypatch.context() as patched:
        patched.setattr(world.store.members, "by_number", lambda number: None)
        assert _refused(world, code) is Reason.MEMBER_UNKNOWN
    assert world.till.lookup.resolve(code).member is not None


def test_a_rotating_code_is_good_one_step_before_and_after(world: World, signer: Signer) -> None:
    member = world.enrol()
    for seconds in (-30, 30):
        assert world.till.lookup.resolve(rotating_code(member.number, NOW + timedelta(seconds=seconds))).member
    cases = ((-60, Reason.CODE_OUTDATED), (60, Reason.CODE_EARLY), (-7_200, Reason.CODE_OUTDATED))
    for seconds, reason in cases:
        assert _refused(world, rotating_code(member.number, NOW + timedelta(seconds=seconds))) is reason


def test_a_rotating_code_that_nobody_here_made(world: World, signer: Signer) -> None:
    member = world.enrol()
    assert _refused(world, rotating_code(member.number, NOW, secret=bytes(32))) is Reason.CODE_SIGNATURE
    assert _refused(world, rotating_code(member.number, NOW, generation=4)) is Reason.CODE_KEY_UNKNOWN
    assert _refused(world, rotating_code(NUMBER, NOW)) is Reason.MEMBER_UNKNOWN
    put(world.folder, [signer.rotating_key(retired_at=NOW)])
    assert _refused(world, rotating_code(member.number, NOW)) is Reason.CODE_OUTDATED


def test_the_memory_of_used_codes_stays_small(world: World, signer: Signer) -> None:
    member = world.enrol()
    signed = world.till.lookup._signed
    for _ in range(200):
        world.clock.forward(timedelta(seconds=30))
        world.till.lookup.resolve(rotating_code(member.number, world.clock.now()))
        assert len(signed._used) <= 4
    for n in range(USED_MAX + 50):
        signed._take((3, f"{n}", 10**9), world.clock.now())
    assert len(signed._used) == USED_MAX


# --- how well it is proved -----------------------------------------------------------------------------------


def test_a_stronger_scan_of_the_same_member_counts_and_a_weaker_one_does_not_lower_it(world: World) -> None:
    draft = world.draft({"tea": 1})
    for shown, held in (
        (Identified.SEARCH, Identified.SEARCH),
        (Identified.CARD, Identified.CARD),
        (Identified.PHONE_TYPED, Identified.CARD),
        (Identified.FRESH_QR, Identified.FRESH_QR),
        (Identified.SIGNED_QR, Identified.FRESH_QR),
        (None, Identified.FRESH_QR),
    ):
        draft = draft.with_member("m", shown)
        assert draft.identified is held
    kept = draft.with_reward("p", 1).with_member("m", Identified.CARD)
    assert kept.rewards and kept.identified is Identified.FRESH_QR
    assert draft.with_member("other", Identified.SEARCH).identified is Identified.SEARCH
    assert draft.with_member(None, None).identified is None


ORDER = list(Identified)


@pytest.mark.parametrize("wanted", ["", *(each.value for each in ORDER), "retina"])
@pytest.mark.parametrize("shown", [*ORDER, None])
def test_points_are_spent_only_by_who_is_proved_well_enough(
    world: World, settings_of: Callable[..., None], wanted: str, shown: Identified | None
) -> None:
    settings_of(redeem_identified=wanted)
    member = world.enrol()
    world.give_points(member, 500)
    draft = world.draft({"beans": 1}).with_member(member.id, shown)
    least = {"": len(ORDER), "retina": 0}.get(wanted, ORDER.index(Identified(wanted)) if wanted in ORDER else 0)
    allowed = wanted == "" or (shown is not None and ORDER.index(shown) <= least)
    if allowed:
        laid = world.till.redemption.choose_reward(draft, REWARD, 1)
        assert world.pay(laid).bill.points_redeemed == 100
        return
    with pytest.raises(Refusal) as refusal:
        world.till.redemption.choose_reward(draft, REWARD, 1)
    assert refusal.value.reason is Reason.REDEEM_NEEDS_CODE
    for language in ("th", "en"):
        assert "{" not in say_error(refusal.value, language) and "–" not in say_error(refusal.value, language)
    # Chosen before the setting came, or by other means: not at the end either, and nothing is written.
    before = world.store.facts.queue_status().head_seq
    with pytest.raises(Refusal) as late:
        world.pay(draft.with_reward(REWARD, 1))
    assert late.value.reason is Reason.REDEEM_NEEDS_CODE
    assert world.store.facts.queue_status().head_seq == before
    assert world.pay(draft).bill.points_earned > 0


@pytest.fixture
def settings_of(world: World) -> Callable[..., None]:
    def put_settings(**changes: object) -> None:
        organisation = world.store.catalogue.organisation()
        settings = replace(organisation.settings, **changes)  # type: ignore[arg-type]
        put(world.folder, [replace(organisation, settings=settings)])

    return put_settings
