"""Day certificates held against the facts that were there when each was given."""

from __future__ import annotations

from pos_member.services.context import Shop
from pos_member.services.day_ports import DaySums
from pos_member.services.verify_queue import Findings


def check_days(shop: Shop) -> Findings:
    """Every certificate says what the facts before it come to, and the chain hash of the event before it."""
    days = shop.store.days
    for seq, certificate in days.certificates():
        yield None
        where = f"day {certificate.business_date}, certificate {seq}"
        said = DaySums(
            bills=certificate.bills,
            returns=certificate.returns,
            claims=certificate.claims,
            total_satang=certificate.total_satang,
            refund_satang=certificate.refund_satang,
            points_earned=certificate.points_earned,
            points_redeemed=certificate.points_redeemed,
            members_enrolled=certificate.members_enrolled,
        )
        if days.sums(certificate.business_date, seq) != said:
            yield f"{where}: the sums differ from the facts"
        chain = days.chain_at(certificate.epoch, certificate.last_seq)
        # Where its event went into a later epoch than the one it speaks of, that chain is no more.
        numbered_anew = days.epoch_of(seq, certificate.till_id) not in (None, certificate.epoch)
        if chain not in (None, certificate.chain) and not numbered_anew:
            yield f"{where}: the chain at {certificate.last_seq} is another"
