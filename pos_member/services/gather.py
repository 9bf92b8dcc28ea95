"""A draft with everything its rules need to know, read once: what ``evaluate`` runs on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from pos_member.domain.bill import BillDraft
from pos_member.domain.coupon import Coupon
from pos_member.domain.coupons_rules import check_usable, face_value_satang
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.domain.points import Account
from pos_member.domain.pricing import EvaluationInput, HeldCoupon
from pos_member.domain.rights import SpendingPower
from pos_member.domain.rights_standing import RightsStanding
from pos_member.services.context import Book, Shop
from pos_member.services.member_state import member_state, only_presented
from pos_member.services.ports import Facts, TillTransaction
from pos_member.services.rights import coupon_certain, power_of, require_coupon_floor, standing_of
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
    #: By which rights points may be spent, and what of the member's points; ``None``: all that are spendable.
    standing: RightsStanding = field(default_factory=RightsStanding)
    power: SpendingPower | None = None
    #: Of ``coupons``, codes of those whose state this till does not know for certain.
    uncertain: tuple[str, ...] = ()


def gather(shop: Shop, draft: BillDraft, at: datetime, tx: TillTransaction | None = None) -> Gathered:
    """Read the member, the coupons of ``draft`` and what the till may still give, as of ``at``.

    ``tx`` reads under its write lock where single use and quotas must be guarded. Raises
    ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``.
    """
    book = shop.book()
    facts = shop.store.facts if tx is None else tx.facts
    member = account = state = power = None
    presented = False
    standing = standing_of(shop, draft.member_id, draft.id, draft.coupon_codes, tx)
    if draft.member_id is not None:
        member = usable_member(shop, draft.member_id)
        account = shop.store.members.account(member.id)
        state = member_state(book, member, account, book.day(at))
        presented = only_presented(shop, account)
        if presented:
            # Nothing here is for spending, whatever this till itself gave them.
            state = replace(state, spendable_points=0, stamps={})
        power = power_of(shop, standing, member.id, state.spendable_points, at)
        if power is not None:
            state = replace(state, points_at_hand=power.total)
    coupons = _coupons(shop, draft, standing, at, tx)
    return Gathered(
        bill=EvaluationInput(
            lines=draft.lines,
            at=at,
            branch_id=book.branch.id,
            brand_id=book.brand.id,
            member=state,
            coupons=coupons.held,
            rewards=draft.rewards,
            quotas=book.quotas_left(facts.given()) if book.rationed else {},
        ),
        member=member,
        account=account,
        coupons=coupons.found,
        refused=coupons.refused,
        presented=presented,
        standing=standing,
        power=power,
        uncertain=coupons.uncertain,
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


@dataclass(frozen=True)
class _Coupons:
    """The coupons laid on a bill: usable ones, all that are known, those refused, and those taken on trust."""

    held: tuple[HeldCoupon, ...] = ()
    found: tuple[Coupon, ...] = ()
    refused: tuple[tuple[str, Refusal], ...] = ()
    uncertain: tuple[str, ...] = ()


def _coupons(
    shop: Shop, draft: BillDraft, standing: RightsStanding, at: datetime, tx: TillTransaction | None
) -> _Coupons:
    held: list[HeldCoupon] = []
    found: list[Coupon] = []
    refused: list[tuple[str, Refusal]] = []
    uncertain: dict[str, int] = {}
    if not draft.coupon_codes:
        return _Coupons()
    book = shop.book()
    read, facts = (shop.store.coupons.by_code, shop.store.facts) if tx is None else (tx.coupon, tx.facts)
    elsewhere = holders(facts, draft.id)
    for code in draft.coupon_codes:
        coupon = read(code)
        if coupon is not None:
            found.append(coupon)
        try:
            coupon = None if coupon is None else still_vouched_for(shop, coupon)
            holding = _hold(book, draft, coupon, at)
            certain = coupon_certain(book, holding.coupon, holding.definition, standing, at)
            if code in elsewhere:
                raise reserved_by(shop, elsewhere[code])
            if not certain:
                worth = face_value_satang(holding.definition)
                require_coupon_floor(shop, standing, len(uncertain) + 1, sum(uncertain.values()) + worth, at)
                uncertain[code] = worth
            held.append(holding)
        except Refusal as refusal:
            refused.append((code, refusal))
    return _Coupons(tuple(held), tuple(found), tuple(refused), tuple(uncertain))


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
    return HeldCoupon(coupon, definition)
