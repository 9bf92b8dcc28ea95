"""Everything this bill could use, in one list: coupons and rewards, usable first, the most valuable on top. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pos_member.domain.errors import Refusal
from pos_member.domain.money import parse_baht
from pos_member.domain.pricing import UsableReward
from pos_member.domain.program import EffectKind
from pos_member.services.checkout import Preview
from pos_member.services.views import CouponView


@dataclass(frozen=True)
class Offer:
    """One row of the list. ``why_key`` is a key of the ``explain`` wording where it cannot be used now.

    ``value_satang`` is what it takes off, ``rank_satang`` what it is sorted by: the same before and after it is used.
    ``count``: so many coupons of this kind, of which this is the first to end. ``again``: one of the kind stands
    further up.
    """

    reward: UsableReward | None
    coupon: CouponView | None
    value_satang: int
    usable: bool
    chosen: bool
    why_key: str = ""
    missing_satang: int = 0
    rank_satang: int = 0
    count: int = 1
    again: bool = False
    #: Points of it that head office has yet to agree to: used, or about to be, beyond what is certain here.
    provisional: int = 0
    #: A coupon taken on trust: head office has yet to say whether it was still there to be used.
    uncertain: bool = False
    #: With head office's word more of it, or all of it for certain, could be used.
    askable: bool = False

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


def _of_coupon(coupon: CouponView, preview: Preview) -> Offer:
    used = {use.code: use.amount_satang for use in preview.evaluation.coupons_used}
    laid = coupon.code in preview.draft.coupon_codes
    missing = max(0, coupon.minimum_spend_satang - preview.evaluation.gross_satang)
    value = used.get(coupon.code, _face_value(coupon))
    return Offer(
        reward=None,
        coupon=coupon,
        value_satang=value,
        usable=(coupon.usable and missing == 0) or laid,
        chosen=laid,
        why_key="coupon_minimum" if missing else "",
        missing_satang=missing,
        rank_satang=_face_value(coupon),
        uncertain=laid and coupon.code in preview.uncertain,
    )


def _face_value(coupon: CouponView) -> int:
    """Satang of a coupon over an amount; 0 for one whose value depends on the bill."""
    try:
        return parse_baht(coupon.value_text) if coupon.value_text.startswith("฿") else 0
    except Refusal:
        return 0


def usual_times(reward: UsableReward, *, asking: bool = False) -> int:
    """How often one key press takes a reward: money off as far as it goes, goods and coupons one at a time.

    ``asking``: with head office's word.
    """
    most = max(reward.times_max, reward.times_asking) if asking else reward.times_max
    return most if reward.kind == EffectKind.REWARD_DISCOUNT else min(1, most)


def _of_reward(reward: UsableReward, preview: Preview) -> Offer:
    provisional = _provisional(reward, preview)
    return Offer(
        reward=reward,
        coupon=None,
        value_satang=(reward.times_chosen or usual_times(reward)) * reward.amount_per_time_satang,
        usable=reward.times_max > 0 or reward.times_chosen > 0,
        chosen=reward.times_chosen > 0,
        why_key=reward.why_not,
        rank_satang=_most_times(reward) * reward.amount_per_time_satang,
        provisional=provisional,
        askable=provisional > 0 or usual_times(reward, asking=True) > usual_times(reward),
    )


def _provisional(reward: UsableReward, preview: Preview) -> int:
    """Of the points that it costs, those beyond what is certain here; those of other rewards come first."""
    if preview.power is None or reward.currency:
        return 0
    redeemed = preview.evaluation.points_redeemed
    cost = reward.points_per_time * (reward.times_chosen or usual_times(reward))
    after = redeemed if reward.times_chosen else redeemed + cost
    return max(0, min(cost, after - preview.power.guaranteed))


def _most_times(reward: UsableReward) -> int:
    return max(reward.times_max, reward.times_chosen) if reward.kind == EffectKind.REWARD_DISCOUNT else 1


def offers(preview: Preview) -> tuple[Offer, ...]:
    """The list for ``preview``, in an order that does not jump when one of them is switched on."""
    held = {coupon.code: coupon for coupon in (*(preview.panel.coupons if preview.panel else ()), *preview.coupons)}
    found = _one_of_a_kind([_of_coupon(coupon, preview) for coupon in held.values()])
    found += [_of_reward(reward, preview) for reward in preview.evaluation.rewards]
    return tuple(sorted(found, key=_place))


def _place(offer: Offer) -> tuple[bool, bool, int, int, str]:
    return not offer.usable, offer.again, -offer.rank_satang, offer.missing_satang, offer.name_th


def _one_of_a_kind(coupons: list[Offer]) -> list[Offer]:
    """One row for coupons that are alike, so that six of them do not push the rewards out of sight.

    Those laid on the bill keep rows of their own, and what is left of the kind goes behind everything else: the first
    of a kind stays where it was, and so do the keys of all that follow.
    """
    kinds: dict[tuple[str, bool], list[Offer]] = {}
    for offer in coupons:
        if offer.coupon is not None:
            kinds.setdefault((offer.coupon.definition_id, offer.usable), []).append(offer)
    found: list[Offer] = []
    for alike in kinds.values():
        laid = [offer for offer in alike if offer.chosen]
        left = sorted((offer for offer in alike if not offer.chosen), key=_ends)
        rows = [*laid, replace(left[0], count=len(left))] if left else laid
        found += [replace(offer, again=at > 0) for at, offer in enumerate(rows)]
    return found


def _ends(offer: Offer) -> tuple[date, str]:
    return (offer.coupon.valid_to, offer.coupon.code) if offer.coupon is not None else (date.max, "")
