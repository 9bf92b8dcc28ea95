"""Rings realistic bills through the real services, without a window: for soak, crash and upload tests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress

from pos_member.domain.bill import Bill, BillDraft, Tender, TenderKind
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Identified
from pos_member.domain.money import SATANG_PER_BAHT
from pos_member.domain.org import Product
from pos_member.domain.permission import Session
from pos_member.services.till import TillServices

#: Shares of the day, in percent, as a neighbourhood shop sees them.
_MEMBER_SHARE, _REWARD_SHARE, _CARD_SHARE, _PROMPTPAY_SHARE = 60, 15, 20, 30
_NOTES = (20, 50, 100, 500, 1000)


class Shopper:
    """Chooses what the next customer buys, from a seeded source: the same seed rings the same bills."""

    def __init__(self, products: Sequence[Product], member_ids: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._products = products
        self._member_ids = member_ids

    def basket(self, draft: BillDraft) -> BillDraft:
        """One to eight products, some twice, for a member more often than not."""
        if self._member_ids and self._random.randrange(100) < _MEMBER_SHARE:
            draft = draft.with_member(self._member_ids[self._regular()], Identified.CARD)
        for _ in range(self._random.randint(1, 8)):
            draft = draft.add_product(self._random.choice(self._products), 1000 * self._random.choice((1, 1, 1, 2, 3)))
        return draft

    def _regular(self) -> int:
        """An index into the members: some come every day, most now and then (the least of three draws)."""
        return min(self._random.randrange(len(self._member_ids)) for _ in range(3))

    def wants_reward(self) -> bool:
        """Whether this member asks to use points."""
        return self._random.randrange(100) < _REWARD_SHARE

    def tenders(self, total_satang: int, total_cash_satang: int) -> tuple[Tender, ...]:
        """How the bill is paid: a card, PromptPay, or the notes at hand."""
        chance = self._random.randrange(100)
        if chance < _CARD_SHARE:
            return (Tender(TenderKind.CARD, total_satang),) if total_satang else ()
        if chance < _CARD_SHARE + _PROMPTPAY_SHARE:
            return (Tender(TenderKind.PROMPTPAY, total_satang),) if total_satang else ()
        if not total_cash_satang:
            return ()
        note = self._random.choice(_NOTES) * SATANG_PER_BAHT
        return (Tender(TenderKind.CASH, -(-total_cash_satang // note) * note),)


def ring(services: TillServices, session: Session, shopper: Shopper, bills: int) -> Iterator[Bill]:
    """Complete ``bills`` bills; each is yielded after its commit."""
    for _ in range(bills):
        draft = shopper.basket(services.checkout.new_draft())
        draft = _use_what_is_there(services, draft, shopper)
        preview = services.checkout.preview(draft)
        tenders = shopper.tenders(preview.evaluation.total_satang, preview.total_cash_satang)
        yield services.checkout.complete(session, draft, tenders).bill


def _use_what_is_there(services: TillServices, draft: BillDraft, shopper: Shopper) -> BillDraft:
    """Lay the member's first usable coupon, and sometimes points; what is refused is left for another day."""
    preview = services.checkout.preview(draft)
    held = preview.panel.coupons if preview.panel is not None else ()
    usable = [coupon.code for coupon in held if coupon.usable]
    if usable:
        with suppress(Refusal):
            draft = services.redemption.lay_coupon(draft, usable[0])
    rewards = [reward.program_id for reward in preview.evaluation.rewards if reward.times_max > 0]
    if rewards and shopper.wants_reward():
        with suppress(Refusal):
            draft = services.redemption.choose_reward(draft, rewards[0], 1)
    return draft
