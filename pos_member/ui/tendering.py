"""Paying in place, as a value: what was noted so far, what is missing, which notes make sense. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pos_member.domain.bill import Tender, TenderKind

#: Notes of the Thai baht in satang, small to large.
NOTES_SATANG = (20_00, 50_00, 100_00, 500_00, 1_000_00)


@dataclass(frozen=True)
class Tendering:
    """``total_satang`` is to pay; ``total_cash_satang`` where cash alone pays (rounded to the coins in use)."""

    total_satang: int
    total_cash_satang: int
    tenders: tuple[Tender, ...] = ()

    @property
    def to_pay_satang(self) -> int:
        """The total that holds for what was noted: rounding only while everything is cash."""
        only_cash = all(tender.kind is TenderKind.CASH for tender in self.tenders)
        return self.total_cash_satang if only_cash else self.total_satang

    @property
    def paid_satang(self) -> int:
        """Sum of what was noted."""
        return sum(tender.amount_satang for tender in self.tenders)

    def left_satang(self, kind: TenderKind) -> int:
        """What ``kind`` would still have to pay."""
        whole = self.to_pay_satang if kind is TenderKind.CASH else self.total_satang
        return max(0, whole - self.paid_satang)

    @property
    def settled(self) -> bool:
        """Whether nothing is missing."""
        return self.paid_satang >= self.to_pay_satang

    @property
    def change_satang(self) -> int:
        """What goes back to the customer."""
        return max(0, self.paid_satang - self.to_pay_satang)

    def note(self, kind: TenderKind, amount_satang: int, reference: str = "") -> Tendering:
        """With one more means of payment; whether it is too much is for the services to say."""
        return replace(self, tenders=(*self.tenders, Tender(kind, amount_satang, reference)))

    def without_last(self) -> Tendering:
        """Without the last one."""
        return replace(self, tenders=self.tenders[:-1])


def quick_notes(to_pay_satang: int) -> tuple[int, ...]:
    """Up to four sums a customer is likely to hand over for ``to_pay_satang``, above it, rising."""
    found: set[int] = set()
    for note in NOTES_SATANG:
        handed = -(-to_pay_satang // note) * note
        if handed > to_pay_satang:
            found.add(handed)
    for note in NOTES_SATANG:
        if note > to_pay_satang:
            found.add(note)
    return tuple(sorted(found)[:4])
