"""What was paid against what is to pay: cash may give change, nothing else may exceed."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.bill import Tender, TenderKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import AMOUNT_MAX_SATANG

TENDERS_MAX = 20
REFERENCE_MAX = 64


@dataclass(frozen=True)
class Settlement:
    """How a bill is paid. ``rounding_satang`` is ≤ 0; ``total_satang`` is what was to pay after it."""

    tenders: tuple[Tender, ...]
    total_satang: int
    rounding_satang: int
    change_satang: int


def cash_rounding(total_satang: int, step_satang: int) -> int:
    """What rounding down to the coins in use takes off: ≤ 0. Steps of 0 and 1 round nothing."""
    return -(total_satang % step_satang) if step_satang > 1 else 0


def settle(total_satang: int, tenders: tuple[Tender, ...], step_satang: int) -> Settlement:
    """Hold ``tenders`` against ``total_satang``; rounding applies only where the bill is paid in cash alone.

    Raises ``Refusal``: TENDER_INVALID (an amount ≤ 0 or above the limit, too many, a reference that cannot be kept),
    TENDER_SHORT(missing_satang), TENDER_EXCESS(excess_satang) for card or PromptPay above the total.
    """
    if total_satang + cash_rounding(total_satang, step_satang) == 0:
        # Nothing to pay, or less than the smallest coin: an empty tender is the same as none.
        tenders = tuple(tender for tender in tenders if tender.amount_satang != 0)
    _check(tenders)
    cash = sum(tender.amount_satang for tender in tenders if tender.kind is TenderKind.CASH)
    other = sum(tender.amount_satang for tender in tenders if tender.kind is not TenderKind.CASH)
    rounding = cash_rounding(total_satang, step_satang) if other == 0 else 0
    to_pay = total_satang + rounding
    if other > to_pay:
        raise Refusal(Reason.TENDER_EXCESS, excess_satang=other - to_pay)
    if cash + other < to_pay:
        raise Refusal(Reason.TENDER_SHORT, missing_satang=to_pay - cash - other)
    if cash and other >= to_pay:
        raise Refusal(Reason.TENDER_EXCESS, excess_satang=cash)
    return Settlement(tenders, to_pay, rounding, cash + other - to_pay)


def _check(tenders: tuple[Tender, ...]) -> None:
    if len(tenders) > TENDERS_MAX:
        raise Refusal(Reason.TENDER_INVALID)
    for tender in tenders:
        reference_kept = len(tender.reference) <= REFERENCE_MAX and tender.reference.isprintable()
        if not 0 < tender.amount_satang <= AMOUNT_MAX_SATANG or not reference_kept:
            raise Refusal(Reason.TENDER_INVALID)
