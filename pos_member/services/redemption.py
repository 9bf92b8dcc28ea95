"""Coupons and points rewards on the open bill: checked in full before they are laid on it."""

from __future__ import annotations

from pos_member.domain.bill import BillDraft
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.evaluation import evaluate
from pos_member.domain.pricing import Evaluation, EvaluationInput, UsableReward
from pos_member.services.context import Shop, one_book
from pos_member.services.gather import Gathered, gather
from pos_member.services.rights import beyond_rights, require_uncertain
from pos_member.services.signed_coupons import plain_coupon_code
from pos_member.services.spending import require_spending

TIMES_MAX = 1_000
#: What keeps a sound coupon off a bill (``explain`` key) and needs more than "it takes nothing off".
_IDLE = {
    "coupon_quantity": Reason.COUPON_MINIMUM_QUANTITY,
    "coupon_used_up": Reason.COUPON_USED,
    "needs_member": Reason.COUPON_NEEDS_MEMBER,
    **dict.fromkeys(("limit_day", "limit_month", "limit_life"), Reason.COUPON_LIMIT),
    **dict.fromkeys(("quota_none", "quota_spent"), Reason.COUPON_QUOTA),
}


class Redemption:
    """Nothing is consumed here: a coupon or reward is used when the bill is completed."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def lay_coupon(self, draft: BillDraft, code: str) -> BillDraft:
        """``draft`` with the coupon. ``code`` as scanned or typed, with or without spaces, plain or signed.

        Raises ``Refusal``: CODE_MISTYPED, CODE_FOREIGN, COUPON_ON_BILL, COUPON_UNKNOWN, COUPON_USED, COUPON_CANCELLED,
        COUPON_VOIDED, COUPON_RESERVED, COUPON_NOT_YET, COUPON_EXPIRED, COUPON_OTHER_BRANCH, COUPON_OF_OTHER_MEMBER,
        COUPON_SAME_BILL, COUPON_MINIMUM, COUPON_MINIMUM_QUANTITY, COUPON_NEEDS_MEMBER, COUPON_LIMIT, COUPON_QUOTA,
        COUPON_UNKNOWN_KIND, COUPON_NO_EFFECT, COUPON_DENIED, COUPON_ONLINE_ONLY,
        COUPON_BEYOND_FLOOR, and of signed ones as ``coupon_of_signed``.
        """
        plain = plain_coupon_code(self._shop, code)
        laid = draft.with_coupon(plain)
        at = self._shop.now()
        gathered = gather(self._shop, laid, at)
        for refused_code, refusal in gathered.refused:
            if refused_code == plain:
                raise refusal
        evaluation = evaluate(gathered.bill, self._shop.book().rules)
        if plain in evaluation.coupons_idle:
            raise _why_idle(plain, gathered.bill, evaluation)
        require_uncertain(self._shop, gathered.standing, gathered.uncertain, evaluation, at)
        return laid

    def code_of(self, text: str) -> str:
        """The plain code of a coupon as scanned or typed. Raises ``Refusal(CODE_MISTYPED | CODE_FOREIGN …)``."""
        return plain_coupon_code(self._shop, text)

    @one_book
    def points_to_ask(self, draft: BillDraft, program_id: str, times: int) -> int:
        """How many points head office must grant for this bill in all, so that a reward can be used ``times`` times.

        0 or less when what the till holds is enough. Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``.
        """
        shop, at = self._shop, self._shop.now()
        others = gather(shop, draft.with_reward(program_id, 0), at)
        evaluation = evaluate(others.bill, shop.book().rules)
        reward = next((each for each in evaluation.rewards if each.program_id == program_id), None)
        state = others.bill.member
        if reward is None or reward.currency or state is None or draft.member_id is None or others.power is None:
            return 0
        wanted = min(evaluation.points_redeemed + reward.points_per_time * times, state.spendable_points)
        without = others.standing.without_bill()
        return wanted - without.power(draft.member_id, state.spendable_points, shop.book().settings, at).guaranteed

    @one_book
    def choose_reward(self, draft: BillDraft, program_id: str, times: int) -> BillDraft:
        """``draft`` with a reward chosen ``times`` times; zero takes it off.

        Raises ``Refusal``: POINTS_NEED_MEMBER, POINTS_SHORT, STAMPS_SHORT, REWARD_NOT_USABLE, and
        POINTS_BEYOND_RIGHTS(wanted, guaranteed, total) where the till may not let so many points go by itself,
        POINTS_ONLINE_ONLY(wanted) where it may let none go.
        """
        if times <= 0:
            return draft.with_reward(program_id, 0)
        if draft.member_id is None:
            raise Refusal(Reason.POINTS_NEED_MEMBER)
        if times > TIMES_MAX:
            raise Refusal(Reason.REWARD_NOT_USABLE)
        require_spending(self._shop, draft.member_id, draft.identified)
        chosen = draft.with_reward(program_id, times)
        gathered = gather(self._shop, chosen, self._shop.now())
        evaluation = evaluate(gathered.bill, self._shop.book().rules)
        reward = next((reward for reward in evaluation.rewards if reward.program_id == program_id), None)
        if reward is None:
            raise Refusal(Reason.REWARD_NOT_USABLE)
        if reward.times_chosen < times:
            raise _why_not(self._shop, gathered, evaluation, reward, times)
        return chosen


def _why_not(shop: Shop, gathered: Gathered, evaluation: Evaluation, reward: UsableReward, times: int) -> Refusal:
    """Too few points or stamps for it, no right to let them go, or what else keeps it from being used."""
    member = gathered.bill.member
    needed = reward.points_per_time * times
    if reward.currency:
        short, spendable = Reason.STAMPS_SHORT, 0 if member is None else member.stamps.get(reward.currency, 0)
    else:
        short, spendable = Reason.POINTS_SHORT, 0 if member is None else member.spendable_points
    if reward.why_not == short.value or needed > spendable:
        return Refusal(short, needed=needed, spendable=spendable, missing=needed - spendable)
    if gathered.power is not None and not reward.currency and reward.times_asking >= times:
        others = evaluation.points_redeemed - reward.points_per_time * reward.times_chosen
        return beyond_rights(shop, gathered.power, others + needed)
    return Refusal(Reason.REWARD_NOT_USABLE, why=reward.why_not, times_max=reward.times_max)


def _why_idle(code: str, bill: EvaluationInput, evaluation: Evaluation) -> Refusal:
    """Why a sound coupon would take nothing off this bill: below its minimum, used too often, no goods it is for."""
    definition = next(held.definition for held in bill.coupons if held.coupon.code == code)
    for why in evaluation.explanations:
        if why.params.get("code") == code and why.missing_satang > 0:
            return Refusal(
                Reason.COUPON_MINIMUM,
                minimum_satang=definition.minimum_spend_satang,
                missing_satang=why.missing_satang,
            )
        if why.params.get("code") == code and why.key in _IDLE:
            return Refusal(_IDLE[why.key], **{name: value for name, value in why.params.items() if name != "code"})
    return Refusal(Reason.COUPON_NO_EFFECT)
