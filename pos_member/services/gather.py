"""A draft with everything its rules need to know, read once: what ``evaluate`` runs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pos_member.domain.bill import BillDraft
from pos_member.domain.coupon import Coupon, CouponDefinition, OfflinePolicy
from pos_member.domain.coupons_rules import check_usable
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.domain.points import Account
from pos_member.domain.pricing import EvaluationInput, HeldCoupon
from pos_member.services.context import Book, Shop
from pos_member.services.member_state import member_state, only_presented
from pos_member.services.ports import Facts, TillTransaction
from pos_member.services.signed_coupons import still_vouched_for
from pos_member.services.signed_scans import usable


@dataclass(frozen=True)
class Gathered:
    """``refused`` holds the coupons of the draft that cannot be used (any more), each with its reason."""

    bill: EvaluationInput
    member: Member | None
    account: Account | None
    coupons: tuple[Coupon, ...]
    refused: tuple[tuple[str, Refusal], ...]
    #: Only a signed code told this till of the member: what they have at head office is not known here.
    presented: bool = False


def gather(shop: Shop, draft: BillDraft, at: datetime, tx: TillTransaction | None = None) -> Gathered:
    """Read the member, the coupons of ``draft`` and what the till may still give, as of ``at``.

    ``tx`` reads under its write lock where single use and quotas must be guarded. Raises
    ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``.
    """
    book = shop.book()
    facts = shop.store.facts if tx is None else tx.facts
    member = account = state = None
    presented = False
    if draft.member_id is not None:
        member = usable_member(shop, draft.member_id)
        account = shop.store.members.account(member.id)
        state = member_state(book, member, account, book.day(at))
        presented = only_presented(shop, account)
        if presented:
            # Nothing here is for spending, whatever this till itself gave them.
            state = replace(state, spendable_points=0, stamps={})
    held, found, refused = _coupons(shop, draft, at, tx)
    return Gathered(
        bill=EvaluationInput(
            lines=draft.lines,
            at=at,
            branch_id=book.branch.id,
            brand_id=book.brand.id,
            member=state,
            coupons=held,
            rewards=draft.rewards,
            quotas=book.quotas_left(facts.given()) if book.rationed else {},
        ),
        member=member,
        account=account,
        coupons=found,
        refused=refused,
        presented=presented,
    )


def usable_member(shop: Shop, member_id: str) -> Member:
    """The member, if the card may be used. Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``."""
    return usable(shop.store.members.by_id(member_id))


def holders(facts: Facts, draft_id: str) -> dict[str, BillDraft]:
    """Coupon code → the other bill that holds it: the open one, or one set aside. Nothing is stored for it."""
    opened = facts.draft()
    others = (*facts.parked(), *(() if opened is None else (opened,)))
    return {code: other for other in others if other.id != draft_id for code in other.coupon_codes}


def reserved_by(shop: Shop, holder: BillDraft) -> Refusal:
    """Why a coupon on another bill cannot be used: the bill is told by the time it was begun and what is on it."""
    opened = holder.opened_at.astimezone(shop.book().rules.zone)
    return Refusal(
        Reason.COUPON_RESERVED,
        opened_at=f"{opened:%H:%M}",
        lines=len(holder.lines),
        gross_satang=holder.gross_satang,
        draft_id=holder.id,
    )


def _coupons(
    shop: Shop, draft: BillDraft, at: datetime, tx: TillTransaction | None
) -> tuple[tuple[HeldCoupon, ...], tuple[Coupon, ...], tuple[tuple[str, Refusal], ...]]:
    held: list[HeldCoupon] = []
    found: list[Coupon] = []
    refused: list[tuple[str, Refusal]] = []
    if not draft.coupon_codes:
        return (), (), ()
    read, facts = (shop.store.coupons.by_code, shop.store.facts) if tx is None else (tx.coupon, tx.facts)
    elsewhere = holders(facts, draft.id)
    for code in draft.coupon_codes:
        coupon = read(code)
        if coupon is not None:
            found.append(coupon)
        try:
            coupon = None if coupon is None else still_vouched_for(shop, coupon)
            holding = _hold(shop.book(), draft, coupon, at)
            if code in elsewhere:
                raise reserved_by(shop, elsewhere[code])
            held.append(holding)
        except Refusal as refusal:
            refused.append((code, refusal))
    return tuple(held), tuple(found), tuple(refused)


def _hold(book: Book, draft: BillDraft, coupon: Coupon | None, at: datetime) -> HeldCoupon:
    """The coupon with its definition, if it may be used on this bill. Raises as ``check_usable``."""
    definition = book.definitions.get(coupon.definition_id) if coupon is not None else None
    if coupon is None or definition is None:
        raise Refusal(Reason.COUPON_UNKNOWN)
    check_usable(
        coupon,
        definition,
        today=book.day(at),
        branch_id=book.branch.id,
        member_id=draft.member_id,
        bill_id=draft.id,
    )
    _check_offline(book, coupon, definition)
    return HeldCoupon(coupon, definition)


def _check_offline(book: Book, coupon: Coupon, definition: CouponDefinition) -> None:
    """Another till's coupon may have been used since head office last told: the definition says whether to take it."""
    if coupon.issued_till_id == book.identity.id or definition.offline is OfflinePolicy.ACCEPT_WITHIN_FLOOR:
        return
    if definition.offline is OfflinePolicy.ISSUING_BRANCH and coupon.issued_branch_id == book.branch.id:
        return
    if definition.offline is OfflinePolicy.ISSUING_BRANCH:
        raise Refusal(Reason.COUPON_OTHER_BRANCH)
    raise Refusal(Reason.COUPON_UNKNOWN)
