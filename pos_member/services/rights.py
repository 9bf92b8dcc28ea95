"""What may be spent at this till now, by the rights it holds and within its floor; and why not more.

Stamps are not under rights (``docs/decisions/0230-spending-rights-at-the-till.md``): they are spent as this till knows
them. A till without a head office, and practice, spend what they know too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pos_member.domain.coupon import Coupon, CouponDefinition, OfflinePolicy
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.pricing import Evaluation
from pos_member.domain.rights import FloorStop, Spending, SpendingPower
from pos_member.domain.rights_standing import RightsStanding
from pos_member.services.context import Book, Shop
from pos_member.services.ports import TillTransaction


def standing_of(
    shop: Shop,
    member_id: str | None,
    bill_id: str = "",
    codes: Sequence[str] = (),
    tx: TillTransaction | None = None,
) -> RightsStanding:
    """How this till stands with a member and the coupons of a bill; ``tx`` reads under its write lock."""
    if shop.context.practice:
        return RightsStanding()
    return (shop.store.rights if tx is None else tx.rights).standing(member_id, bill_id, codes)


def power_of(
    shop: Shop, standing: RightsStanding, member_id: str, spendable: int, at: datetime
) -> SpendingPower | None:
    """What of ``spendable`` points may be spent here; ``None`` where no head office gives rights."""
    return standing.power(member_id, spendable, shop.book().settings, at) if standing.bound else None


def stop_words(shop: Shop, stop: FloorStop) -> Mapping[str, object]:
    """``stop_th`` and ``stop_en``: which limit it is, and what to do."""
    key = stop.value or FloorStop.PER_BILL.value
    return {f"stop_{language}": shop.say(key, language) for language in ("th", "en")}


def beyond_rights(shop: Shop, power: SpendingPower, wanted: int) -> Refusal:
    """Why ``wanted`` points cannot be spent here, and what would help."""
    if not power.total:
        return Refusal(Reason.POINTS_ONLINE_ONLY, wanted=wanted, **stop_words(shop, power.stop))
    return Refusal(
        Reason.POINTS_BEYOND_RIGHTS,
        wanted=wanted,
        guaranteed=power.guaranteed,
        total=power.total,
        **stop_words(shop, power.stop),
    )


def coupon_certain(
    book: Book, coupon: Coupon, definition: CouponDefinition, standing: RightsStanding, at: datetime
) -> bool:
    """Whether the coupon's state is known for certain; not so, its use counts against the floor.

    Another till's coupon may have been used since head office last told: the definition says whether to take it.
    Raises ``Refusal(COUPON_DENIED | COUPON_ONLINE_ONLY | COUPON_OTHER_BRANCH)``.
    """
    if standing.coupon_good(coupon.code, at):
        return True
    if coupon.code in standing.denied_coupons:
        raise Refusal(Reason.COUPON_DENIED)
    own = coupon.issued_till_id == book.identity.id
    if definition.offline is OfflinePolicy.ONLINE_ONLY and (standing.bound or not own):
        raise Refusal(Reason.COUPON_ONLINE_ONLY)
    if own and not standing.suspended:
        return True
    other_branch = coupon.issued_branch_id != book.branch.id
    if definition.offline is OfflinePolicy.ISSUING_BRANCH and other_branch:
        raise Refusal(Reason.COUPON_OTHER_BRANCH)
    return not standing.bound


def require_coupon_floor(shop: Shop, standing: RightsStanding, coupons: int, satang: int, at: datetime) -> None:
    """Raises ``Refusal(COUPON_BEYOND_FLOOR)`` when so many coupons, worth so much, may not be taken unknown."""
    if not coupons:
        return
    stop = standing.coupons_stop(coupons, satang, shop.book().settings, at)
    if stop is not FloorStop.NONE:
        raise Refusal(Reason.COUPON_BEYOND_FLOOR, **stop_words(shop, stop))


def require_uncertain(
    shop: Shop, standing: RightsStanding, uncertain: Sequence[str], evaluation: Evaluation, at: datetime
) -> tuple[str, ...]:
    """Of the coupons used, those whose state is not known. Raises ``Refusal(COUPON_BEYOND_FLOOR)`` beyond the floor."""
    used = [use for use in evaluation.coupons_used if use.code in uncertain]
    require_coupon_floor(shop, standing, len(used), sum(use.amount_satang for use in used), at)
    return tuple(use.code for use in used)


def spending_of(
    shop: Shop, standing: RightsStanding, uncertain: Sequence[str], evaluation: Evaluation, at: datetime
) -> Spending | None:
    """How the points of a bill are spent, to stand on it; ``None`` where there is nothing to tell.

    Raises ``Refusal``: BILL_CHANGED when less may be spent than the bill was seen with, COUPON_BEYOND_FLOOR.
    """
    if not standing.bound:
        return None
    codes = require_uncertain(shop, standing, uncertain, evaluation, at)
    points = evaluation.points_redeemed
    if not points and not codes:
        return None
    uses, rest = standing.draw(points, shop.book().settings, at)
    return Spending(rights=uses, provisional=rest, contact_at=standing.contact_at, coupons=codes)
