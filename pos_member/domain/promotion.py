"""Up at once: the tier reached with the bill itself."""

from __future__ import annotations

from pos_member.domain.matching import GIFT_CARD
from pos_member.domain.tier_rules import higher, level_for
from pos_member.domain.tiers import TierChange, TierMetric
from pos_member.domain.workings import Workings


def qualifying_satang(w: Workings) -> int:
    """What of the bill counts towards tiers: what is left to pay, less gift cards; 0 without a member."""
    if w.bill.member is None:
        return 0
    return sum(net for net, line in zip(w.net, w.bill.lines, strict=True) if GIFT_CARD not in line.tags)


def promote(w: Workings, *metrics: TierMetric) -> None:
    """From here on the member is in the tier that this bill reaches, if the scheme counts one of ``metrics``."""
    scheme, member = w.rules.settings.tiers, w.now.member
    if scheme is None or member is None or scheme.metric not in metrics or not w.bill.lines:
        return
    match scheme.metric:
        case TierMetric.SPEND:
            more = qualifying_satang(w)
        case TierMetric.VISITS:
            more = 1
        case TierMetric.POINTS:
            more = sum(earn.points for earn in w.output.earns if earn.qualifying and earn.member_id is None)
    after = higher(scheme, member.tier, level_for(scheme, member.tier_count + more))
    if after != member.tier:
        w.output.tier_change = TierChange(member.tier, after)
        w.now = w.now.with_tier(after)
