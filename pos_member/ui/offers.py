"""Everything this bill could use, in one list: coupons and rewards, usable first, the most valuable on top. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos_member.domain.pricing import UsableReward
from pos_member.services.checkout import Preview
from pos_member.services.views import CouponView


@dataclass(frozen=True)
class Offer:
    """One row of the list. ``why_key`` is a key of the ``explain`` wording where it cannot be used now."""

    reward: UsableReward | None
    coupon: CouponView | None
    value_satang: int
    usable: bool
    chosen: bool
    why_key: str = ""
    missing_satang: int = 0

    @property
    def name_th(self) -> str:
        """Thai name."""
        source = self.reward or self.coupon
        return source.name_th if source is not None else ""

    @property
    def name_en(self) -> str:
        """English name."""
        source = self.reward or self.coupon
        return source.name_en if source is not None else ""

    @property
    def valid_to(self) -> date | None:
        """Last day, for a coupon."""
        return self.coupon.valid_to if self.coupon is not None else None


def _of_coupon(coupon: CouponView, preview: Preview) -> Offer:
    used = {use.code: use.amount_satang for use in preview.evaluation.coupons_used}
    laid = coupon.code in preview.draft.coupon_codes
    missing = max(0, coupon.minimum_spend_satang - preview.evaluation.gross_satang)
    digits = "".join(char for char in coupon.value_text if char.isdigit())
    value = used.get(coupon.code, int(digits or 0) * 100 if "%" not in coupon.value_text else 0)
    return Offer(
        reward=None,
        coupon=coupon,
        value_satang=value,
        usable=(coupon.usable and missing == 0) or laid,
        chosen=laid,
        why_key="coupon_minimum" if missing else "",
        missing_satang=missing,
    )


def _of_reward(reward: UsableReward) -> Offer:
    return Offer(
        reward=reward,
        coupon=None,
        value_satang=max(reward.times_max, reward.times_chosen) * reward.amount_per_time_satang,
        usable=reward.times_max > 0 or reward.times_chosen > 0,
        chosen=reward.times_chosen > 0,
        why_key=reward.why_not,
    )


def offers(preview: Preview) -> tuple[Offer, ...]:
    """The list for ``preview``, in an order that does not jump when one of them is switched on."""
    held = {coupon.code: coupon for coupon in (*(preview.panel.coupons if preview.panel else ()), *preview.coupons)}
    found = [_of_coupon(coupon, preview) for coupon in held.values()]
    found += [_of_reward(reward) for reward in preview.evaluation.rewards]
    return tuple(
        sorted(found, key=lambda offer: (not offer.usable, -offer.value_satang, offer.missing_satang, offer.name_th))
    )
