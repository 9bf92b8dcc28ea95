"""What each program did on the bills of a day: from the stored facts, whatever the programs say by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pos_member.domain.bill import Bill
from pos_member.domain.events import BillClaimed
from pos_member.domain.points import PointKind
from pos_member.domain.program import Program
from pos_member.domain.tally import TallyKind


@dataclass(frozen=True)
class ProgramRow:
    """One program: ``times`` bills it had an effect on, what it gave there; returns are not taken off.

    ``points`` are those earned, not stamps, which are ``stamps``; ``points_spent`` what its reward cost (points or
    stamps). A program that is there no more goes by its id.
    """

    program_id: str
    name_th: str
    name_en: str
    times: int
    points: int
    stamps: int
    points_spent: int
    discount_satang: int
    coupons: int
    entries: int


def program_rows(bills: Iterable[Bill | BillClaimed], programs: Mapping[str, Program]) -> tuple[ProgramRow, ...]:
    """The programs that did something on ``bills``, or with the points given after them, by name."""
    found: dict[str, dict[str, int]] = {}
    for bill in bills:
        did = _of_claim(bill) if isinstance(bill, BillClaimed) else _of_bill(bill)
        for program_id, figures in did.items():
            sums = found.setdefault(program_id, {"times": 0})
            sums["times"] += 1
            for name, amount in figures.items():
                sums[name] = sums.get(name, 0) + amount
    rows = (_row(program_id, programs.get(program_id), sums) for program_id, sums in found.items())
    return tuple(sorted(rows, key=lambda row: (row.name_en, row.program_id)))


def _of_bill(bill: Bill) -> dict[str, dict[str, int]]:
    """Program id → what it did on this bill."""
    found: dict[str, dict[str, int]] = {}

    def add(program_id: str | None, name: str, amount: int) -> None:
        if program_id:
            figures = found.setdefault(program_id, {})
            figures[name] = figures.get(name, 0) + amount

    for discount in bill.discounts:
        add(discount.program_id, "discount_satang", discount.amount_satang)
        add(discount.program_id, "points_spent", discount.points)
    for entry in bill.point_entries:
        if entry.kind is PointKind.EARN:
            add(entry.program_id, "stamps" if entry.currency else "points", entry.points)
    for coupon in bill.coupons_issued:
        add(coupon.program_id, "coupons", 1)
    for tally in bill.tallies:
        if tally.kind is TallyKind.ENTRIES:
            add(tally.key, "entries", tally.amount)
    return found


def _of_claim(claim: BillClaimed) -> dict[str, dict[str, int]]:
    """As ``_of_bill``: a claim gives points and stamps alone."""
    found: dict[str, dict[str, int]] = {}
    for entry in claim.point_entries:
        if entry.kind is PointKind.EARN and entry.program_id:
            figures = found.setdefault(entry.program_id, {})
            name = "stamps" if entry.currency else "points"
            figures[name] = figures.get(name, 0) + entry.points
    return found


def _row(program_id: str, program: Program | None, sums: Mapping[str, int]) -> ProgramRow:
    return ProgramRow(
        program_id=program_id,
        name_th=program_id if program is None else program.name_th,
        name_en=program_id if program is None else program.name_en,
        times=sums["times"],
        points=sums.get("points", 0),
        stamps=sums.get("stamps", 0),
        points_spent=sums.get("points_spent", 0),
        discount_satang=sums.get("discount_satang", 0),
        coupons=sums.get("coupons", 0),
        entries=sums.get("entries", 0),
    )
