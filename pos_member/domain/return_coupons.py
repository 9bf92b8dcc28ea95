"""What becomes of the coupons that a bill gave, when part of it comes back.

The goods that are kept support only so many coupons (``CouponGrant``): the rest are voided, the last issued first. Of
coupons used already the value is withheld from the refund, each once over all returns of the bill; one that has been
withheld in full is paid for, and stays usable should the bill that used it come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pos_member.domain.bill import Bill, BillReturn, CouponGrant
from pos_member.domain.coupon import CouponState
from pos_member.domain.return_shares import Progress, share

_HELD = frozenset({CouponState.ISSUED, CouponState.REVERSED, CouponState.RESERVED})


@dataclass(frozen=True)
class IssuedCoupon:
    """What has become of a coupon that the bill gave; ``used_satang`` is what it took off other bills."""

    code: str
    state: CouponState
    used_satang: int = 0


@dataclass(frozen=True)
class CouponsBack:
    """Codes to void, in the order of issue, and satang to withhold by code."""

    voided: tuple[str, ...]
    withheld: Mapping[str, int]

    @property
    def withheld_satang(self) -> int:
        """All that is taken off the refund."""
        return sum(self.withheld.values())


def coupons_back(
    bill: Bill, past: Sequence[BillReturn], progress: Progress, issued: Iterable[IssuedCoupon], refund_satang: int
) -> CouponsBack:
    """What the return does to the bill's coupons. No more is withheld than ``refund_satang``.

    What a refund could not cover is withheld from the next return of the bill.
    """
    now = {coupon.code: coupon for coupon in issued}
    settled = {code for document in past for code in document.coupons_voided}
    before: dict[str, int] = {}
    for document in past:
        for code, satang in document.coupons_withheld.items():
            before[code] = before.get(code, 0) + satang
    # Returns that do not say of which coupon: a credit towards whatever is due.
    credit = sum(document.withheld_satang for document in past) - sum(before.values())
    order = list(dict.fromkeys([*(coupon.code for coupon in bill.coupons_issued), *now]))
    voided: set[str] = set()
    withheld: dict[str, int] = {}
    left = refund_satang
    for codes, kept in _supported(bill, progress, order):
        for code in _excess([now[code] for code in codes if code in now], kept, settled, before):
            coupon = now[code]
            due = max(0, coupon.used_satang - before.get(code, 0))
            covered = min(due, max(0, credit))
            credit -= covered
            taken = min(due - covered, left)
            left -= taken
            if taken:
                withheld[code] = taken
            if coupon.state in _HELD:
                voided.add(code)
    return CouponsBack(tuple(code for code in order if code in voided), withheld)


def _supported(bill: Bill, progress: Progress, order: Sequence[str]) -> list[tuple[Sequence[str], int]]:
    """For each grant its codes, and how many of them what is left of the bill still supports.

    Coupons without a grant (``order`` holds all) are the customer's until nothing of the bill is.
    """
    found: list[tuple[Sequence[str], int]] = []
    granted: set[str] = set()
    for grant in bill.grants:
        granted.update(grant.codes)
        found.append((grant.codes, 0 if progress.complete else _still_due(grant, progress)))
    rest = [code for code in order if code not in granted]
    found.append((rest, 0 if progress.complete else len(rest)))
    return found


def _still_due(grant: CouponGrant, progress: Progress) -> int:
    given = len(grant.codes)
    whole = sum(each.weight for each in grant.lines)
    if grant.points or whole <= 0:
        return given
    gone = sum(
        share(each.weight, progress.after.get(each.line_no, 0), progress.sold.get(each.line_no, 1))
        for each in grant.lines
    )
    rest = whole - gone
    if rest < grant.minimum_satang:
        return 0
    if grant.step_satang > 0:
        return min(given, rest // grant.step_satang * grant.per_step)
    return given if rest > 0 else 0


def _excess(coupons: Sequence[IssuedCoupon], kept: int, settled: set[str], withheld: Mapping[str, int]) -> list[str]:
    """The codes to act on now so that no more than ``kept`` of ``coupons`` (in the order of issue) are the customer's.

    What is gone without any use counts first, then what earlier returns settled, then unused ones, then used ones; the
    last issued first.
    """

    def rank(coupon: IssuedCoupon) -> int:
        if coupon.used_satang == 0 and coupon.state not in _HELD and coupon.state is not CouponState.REDEEMED:
            return 0
        if coupon.code in settled or coupon.code in withheld:
            return 1
        return 2 if coupon.state in _HELD and coupon.used_satang == 0 else 3

    over = len(coupons) - kept
    ordered = sorted(enumerate(coupons), key=lambda pair: (rank(pair[1]), -pair[0]))[: max(0, over)]
    # Of a settled one only what a refund could not cover may still be due; it is not voided again.
    return [
        coupon.code
        for _, coupon in ordered
        if rank(coupon) >= 2 or (rank(coupon) == 1 and coupon.used_satang > withheld.get(coupon.code, 0))
    ]
