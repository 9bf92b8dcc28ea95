"""Signed coupons: what the issuing till prints, and what another till believes of it without having heard of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_member.domain.bill import TenderKind
from pos_member.domain.codes import format_coupon_code, member_core
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, CouponValueKind, OfflinePolicy
from pos_member.domain.documents import CouponDocument, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.signed_codes import COUPON_DIGITS, coupon_message, read_signed_coupon
from pos_member.services.signed_coupons import signed_form
from pos_member.wording import say_error
from tests.db_support import NOW, put
from tests.factories import World, make_world
from tests.log_watch import ExpectLog
from tests.signing import STRANGER_ID, IssuingTill, Signer, enrol_with, key_from, number_of, public

DEFINITION = CouponDefinition("def-s", "S50", "คูปองลงนาม", "Signed coupon", CouponValueKind.AMOUNT, 5_000, signed=True)
OWN_KEY = key_from(31)


@pytest.fixture
def signer(world: World) -> Signer:
    """A head office that told the till of another one, and of the definition."""
    made = Signer()
    enrol_with(world, made.office, OWN_KEY)
    put(world.folder, [made.code_key(), made.certificate(IssuingTill()), DEFINITION])
    return made


def _refused(world: World, code: str, draft: object = None) -> Reason:
    with pytest.raises(Refusal) as refusal:
        world.till.redemption.lay_coupon(draft or world.draft({"mug": 1}), code)  # type: ignore[arg-type]
    assert say_error(refusal.value, "th") and say_error(refusal.value, "en")
    return refusal.value.reason


def _use(world: World, code: str) -> object:
    return world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), code)).bill


# --- at the other till -------------------------------------------------------------------------------------


def test_a_coupon_never_heard_of_is_used_by_its_signed_form(world: World, signer: Signer) -> None:
    plain, signed = IssuingTill().coupon("def-s")
    assert _refused(world, plain) is Reason.COUPON_UNKNOWN
    found = world.till.lookup.resolve(signed)
    assert found.coupon is not None and found.coupon.code == plain
    assert (found.coupon.issued_till_id, found.coupon.issued_branch_id) == ("till-9", "branch-2")
    draft = world.till.redemption.lay_coupon(world.draft({"mug": 1}), signed)
    assert draft.coupon_codes == (plain,)
    bill = world.pay(draft).bill
    assert [(use.code, use.amount_satang) for use in bill.coupons_used] == [(plain, 5_000)]
    for again in (plain, signed, format_coupon_code(plain)):
        assert _refused(world, again) is Reason.COUPON_USED
    assert world.till.verify.run().ok


def test_once_shown_its_figures_will_do(world: World, signer: Signer) -> None:
    plain, signed = IssuingTill().coupon("def-s")
    world.till.lookup.resolve(signed)
    world.use(world.folder.store)
    assert world.till.redemption.lay_coupon(world.draft({"mug": 1}), plain).coupon_codes == (plain,)
    assert world.till.coupons.find(signed).state is CouponState.ISSUED


def test_a_return_gives_it_back_and_it_is_used_again(world: World, signer: Signer) -> None:
    plain, signed = IssuingTill().coupon("def-s")
    bill = world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), signed)).bill
    done = world.till.returns.complete(
        world.session("1003"), bill.id, {1: 1000}, return_id=world.till.returns.new_id(), tender=TenderKind.CASH
    )
    assert done.document.coupons_restored == (plain,)
    assert world.till.coupons.find(plain).state is CouponState.REVERSED
    world.pay(world.till.redemption.lay_coupon(world.draft({"mug": 1}), signed))
    assert world.till.verify.run().ok


def test_it_is_cancelled_like_any_other(world: World, signer: Signer) -> None:
    _, signed = IssuingTill().coupon("def-s")
    assert world.till.coupons.cancel(world.session("1004"), signed, "พบของปลอม").state is CouponState.CANCELLED
    assert _refused(world, signed) is Reason.COUPON_CANCELLED
    assert world.till.verify.run().ok


def test_what_head_office_tells_counts_for_more(world: World, signer: Signer) -> None:
    plain, signed = IssuingTill().coupon("def-s")
    coupon = world.till.lookup.resolve(signed).coupon
    assert coupon is not None
    told = replace(coupon, state=CouponState.REDEEMED, redeemed_bill_id="bill-x", issued_bill_id="bill-9")
    put(world.folder, [told])
    assert _refused(world, signed) is Reason.COUPON_USED
    assert world.store.coupons.by_code(plain) == told
    assert world.store.presented.coupon(plain) == ""


def test_a_known_coupon_needs_nobodys_word(world: World) -> None:
    """No certificate here at all: the signed form leads to what head office told of the coupon."""
    enrol_with(world, key_from(1), OWN_KEY)
    plain, signed = IssuingTill().coupon("def-s")
    known = Coupon(
        plain, "def-s", CouponState.ISSUED, None, "bill-9", "till-9", "branch-2", NOW, date(2026, 11, 18),
        date(2026, 12, 17),
    )  # fmt: skip
    put(world.folder, [DEFINITION])
    assert _refused(world, signed) is Reason.COUPON_ISSUER_UNKNOWN
    put(world.folder, [known])
    assert world.till.lookup.resolve(signed).coupon == known


# --- what is not believed ------------------------------------------------------------------------------------


def test_no_digit_can_be_changed(world: World, signer: Signer) -> None:
    _, signed = IssuingTill().coupon("def-s")
    dice = random.Random(7)
    allowed = {Reason.CODE_SIGNATURE, Reason.CODE_MISTYPED, Reason.CODE_FOREIGN, Reason.COUPON_ISSUER_UNKNOWN}
    allowed |= {Reason.COUPON_UNKNOWN}  # claims to be this till's own
    for place in range(1, len(signed)):
        digit = dice.choice([each for each in "0123456789" if each != signed[place]])
        assert _refused(world, signed[:place] + digit + signed[place + 1 :]) in allowed
    with world.folder.till.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM presented").scalar() == 0


def test_a_wrong_signature_on_a_known_coupon_is_a_wrong_code(world: World, signer: Signer) -> None:
    plain, signed = IssuingTill().coupon("def-s")
    _use(world, signed)
    forged = IssuingTill(key=key_from(66)).coupon("def-s")[1]
    assert read_signed_coupon(forged).claims.code == plain
    assert _refused(world, forged) is Reason.CODE_SIGNATURE


def test_a_certificate_that_head_office_did_not_sign_is_none(
    world: World, signer: Signer, expected_logs: ExpectLog
) -> None:
    expected_logs("certificate of till 12 is not signed by head office")
    stranger = IssuingTill(number=12, id="till-12", key=key_from(41))
    put(world.folder, [Signer(office=key_from(500)).certificate(stranger)])
    assert _refused(world, stranger.coupon("def-s")[1]) is Reason.COUPON_ISSUER_UNKNOWN
    # What was signed is for that number alone.
    honest = signer.certificate(IssuingTill())
    put(world.folder, [replace(honest, id="till-12", number=12, public_key=public(stranger.key).hex())])
    assert _refused(world, stranger.coupon("def-s")[1]) is Reason.COUPON_ISSUER_UNKNOWN
    put(world.folder, [signer.certificate(stranger)])
    assert world.till.lookup.resolve(stranger.coupon("def-s")[1]).coupon is not None


def test_a_till_taken_out_of_use(world: World, signer: Signer) -> None:
    """Coupons from before it was revoked are good, later ones not; none dated back lives longer than it may."""
    till = IssuingTill()
    _, before = till.coupon("def-s", 1, first=date(2026, 11, 20), last=date(2027, 11, 20))
    _, after = till.coupon("def-s", 2, first=date(2026, 11, 21), last=date(2026, 12, 20))
    _, shown = till.coupon("def-s", 3, first=date(2026, 11, 21), last=date(2026, 12, 20))
    laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}), shown)
    put(world.folder, [signer.certificate(till, revoked_at=NOW - timedelta(days=1))])
    assert _refused(world, after) is Reason.COUPON_ISSUER_REVOKED
    coupon = world.till.lookup.resolve(before).coupon
    assert coupon is not None and coupon.valid_to == date(2026, 12, 19)
    # It was on a bill already when the word came: it ceases to be usable, by its figures too.
    assert not world.till.checkout.preview(laid).coupons[0].usable
    with pytest.raises(Refusal) as refusal:
        world.pay(laid)
    assert refusal.value.reason is Reason.COUPON_ISSUER_REVOKED
    assert _refused(world, laid.coupon_codes[0]) is Reason.COUPON_ISSUER_REVOKED


BEYOND: list[tuple[Reason, dict[str, object], dict[str, object]]] = [
    (Reason.COUPON_UNKNOWN, {"offline": OfflinePolicy.ONLINE_ONLY}, {}),
    (Reason.COUPON_OTHER_BRANCH, {"offline": OfflinePolicy.ISSUING_BRANCH}, {}),
    (Reason.COUPON_UNKNOWN, {"offline": OfflinePolicy.ISSUING_BRANCH}, {"branch_id": "branch-1"}),
    (Reason.COUPON_UNKNOWN, {"signed": False}, {}),
    (Reason.COUPON_UNKNOWN, {}, {"face_max_satang": 4_999}),
    (Reason.COUPON_UNKNOWN, {"value_kind": CouponValueKind.PERCENT, "value": 1_000}, {"face_max_satang": 9_999}),
    (Reason.COUPON_OTHER_BRANCH, {"branches": ("branch-2",)}, {}),
    (Reason.COUPON_EXPIRED, {"valid_until": date(2026, 11, 20)}, {}),
]


@pytest.mark.parametrize(("reason", "definition", "certificate"), BEYOND)
def test_limits_of_what_a_tills_word_is_good_for(
    world: World, signer: Signer, reason: Reason, definition: dict[str, object], certificate: dict[str, object]
) -> None:
    till = replace(IssuingTill(), **certificate) if "branch_id" in certificate else IssuingTill()  # type: ignore[arg-type]
    more = {name: value for name, value in certificate.items() if name != "branch_id"}
    put(world.folder, [replace(DEFINITION, **definition), signer.certificate(till, **more)])  # type: ignore[arg-type]
    plain, signed = till.coupon("def-s")
    assert _refused(world, signed) is reason
    assert _refused(world, plain) in {Reason.COUPON_UNKNOWN, reason}


def test_within_its_bound_a_coupon_is_good(world: World, signer: Signer) -> None:
    put(world.folder, [signer.certificate(IssuingTill(), face_max_satang=5_000)])
    assert world.till.lookup.resolve(IssuingTill().coupon("def-s")[1]).coupon is not None


def test_a_definition_not_held_here(world: World, signer: Signer) -> None:
    assert _refused(world, IssuingTill().coupon("def-elsewhere")[1]) is Reason.COUPON_DEFINITION_UNKNOWN


def test_a_stolen_key_makes_no_coupons_of_this_till(world: World, signer: Signer) -> None:
    """Signed by the other till in this one's name, or even with this one's key: it knows what it issued."""
    assert _refused(world, IssuingTill().coupon("def-s", number=1)[1]) is Reason.COUPON_UNKNOWN
    assert _refused(world, IssuingTill(number=1, key=OWN_KEY).coupon("def-s")[1]) is Reason.COUPON_UNKNOWN


def test_days_are_held_to(world: World, signer: Signer) -> None:
    late = IssuingTill().coupon("def-s", 1, first=date(2026, 11, 22))[1]
    over = IssuingTill().coupon("def-s", 2, first=date(2026, 11, 1), last=date(2026, 11, 20))[1]
    assert _refused(world, late) is Reason.COUPON_NOT_YET
    assert _refused(world, over) is Reason.COUPON_EXPIRED


def test_a_personal_coupon_is_for_that_member_alone(world: World, signer: Signer) -> None:
    put(world.folder, [replace(DEFINITION, bearer=False)])
    number = number_of(7)
    _, signed = IssuingTill().coupon("def-s", core=member_core(number))
    other = world.enrol()
    assert _refused(world, signed) is Reason.COUPON_OF_OTHER_MEMBER
    assert _refused(world, signed, world.draft({"mug": 1}, other)) is Reason.COUPON_OF_OTHER_MEMBER
    world.till.lookup.resolve(signer.member_code(number))
    assert _refused(world, signed, world.draft({"mug": 1}, other)) is Reason.COUPON_OF_OTHER_MEMBER
    laid = world.till.redemption.lay_coupon(world.draft({"mug": 1}, STRANGER_ID), signed)
    assert world.pay(laid).bill.coupons_used


def test_a_personal_coupon_of_nobody_is_nobodys(world: World, signer: Signer) -> None:
    put(world.folder, [replace(DEFINITION, bearer=False)])
    member = world.enrol()
    assert _refused(world, IssuingTill().coupon("def-s")[1], world.draft({"mug": 1}, member)) is (
        Reason.COUPON_OF_OTHER_MEMBER
    )


# --- at the till that issues ---------------------------------------------------------------------------------


@pytest.fixture
def issuing(world: World) -> Callable[..., CouponDocument]:
    """Sell for a coupon; its paper."""

    def sell(**changes: object) -> CouponDocument:
        definition = next(each for each in world.store.catalogue.definitions())
        put(world.folder, [replace(definition, **{"signed": True, **changes})])  # type: ignore[arg-type]
        member = world.store.members.by_phone("+66812345678") or world.enrol()
        bill = world.sell({"beans": 3}, member).bill
        assert bill.coupons_issued
        papers = world.store.facts.documents_of(bill.id)
        return next(paper for kind, paper in papers if kind is DocumentKind.COUPON)  # type: ignore[return-value]

    return sell


def test_the_paper_bears_the_signed_form(world: World, issuing: Callable[..., CouponDocument]) -> None:
    enrol_with(world, key_from(1), OWN_KEY)
    paper = issuing()
    signed = read_signed_coupon(paper.signed_code)
    assert len(paper.code) == 16 and len(paper.signed_code) == COUPON_DIGITS
    assert signed.claims.code == paper.code and signed.claims.till_number == 1
    assert (signed.claims.valid_from, signed.claims.valid_to) == (paper.valid_from, paper.valid_to)
    assert signed.claims.member_core is None
    assert signed.message == coupon_message(signed.claims)
    OWN_KEY.public_key().verify(signed.signature, signed.message)
    # At its own till it is the coupon that the till knows.
    assert world.till.lookup.resolve(paper.signed_code).coupon == world.store.coupons.by_code(paper.code)


def test_a_copy_bears_the_same(world: World, issuing: Callable[..., CouponDocument]) -> None:
    enrol_with(world, key_from(1), OWN_KEY)
    paper = issuing()
    job = world.till.coupons.reprint(world.session("1003"), paper.code)
    copy = world.store.facts.print_job_document(job)
    assert isinstance(copy, CouponDocument) and copy.signed_code == paper.signed_code and copy.copy_number == 1


def test_a_personal_coupon_names_its_member(world: World, issuing: Callable[..., CouponDocument]) -> None:
    enrol_with(world, key_from(1), OWN_KEY)
    claims = read_signed_coupon(issuing(bearer=False).signed_code).claims
    member = world.store.members.by_phone("+66812345678")
    assert member is not None and claims.member_core == member_core(member.number)


def test_papers_stay_plain_without_a_key_and_where_nobody_asked(
    world: World, issuing: Callable[..., CouponDocument]
) -> None:
    assert issuing().signed_code == ""
    enrol_with(world, key_from(1), OWN_KEY)
    assert issuing(signed=False).signed_code == ""


def test_practice_signs_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    try:
        enrol_with(world, key_from(1), OWN_KEY)
        world.practice = True
        world.use(world.folder.store)
        definition = replace(world.store.catalogue.definitions()[0], signed=True)
        put(world.folder, [definition])
        member = world.enrol()
        bill = world.sell({"beans": 3}, member).bill
        papers = [paper for _, paper in world.store.facts.documents_of(bill.id) if isinstance(paper, CouponDocument)]
        assert papers and all(paper.signed_code == "" for paper in papers)
        assert world.context.signatures.sign(b"anything") is None
    finally:
        world.folder.close()


def test_days_beyond_what_a_code_can_say_leave_the_plain_code(world: World, signer: Signer) -> None:
    coupon = Coupon(
        IssuingTill().coupon("def-s")[0], "def-s", CouponState.ISSUED, None, "b", "till-1", "branch-1", NOW,
        date(2026, 11, 21), date(9999, 12, 31),
    )  # fmt: skip
    shop = world.till.lookup._shop
    assert signed_form(shop, coupon, DEFINITION) == ""
    assert len(signed_form(shop, replace(coupon, valid_to=date(2027, 1, 1)), DEFINITION)) == COUPON_DIGITS
    assert signed_form(shop, replace(coupon, issued_till_id="till-9", valid_to=date(2027, 1, 1)), DEFINITION) == ""
