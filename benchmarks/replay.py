"""Replay of past bills under draft programs: bills per second, against what reading the same bills costs.

The floor is decoding each bill from the bytes a till announced it with: no replay can be faster than that. With
several processes the parent hands the bytes out and each process decodes its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from benchmarks.preview import DEFINITION, PARENTS, bill_of, programs_of
from pos_member.app.replaying import cores, run
from pos_member.domain.bill import Bill
from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.domain.compiled import compile_rules
from pos_member.domain.evaluation import evaluate
from pos_member.domain.org import Settings
from pos_member.domain.pricing import EvaluationInput, RuleBook, as_completed
from pos_member.domain.replay import Past
from pos_member.domain.replay_member import Profile
from pos_member.services.past_bills import Fact

FIRST = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
LINES = (1, 2, 3, 3, 5, 8, 12)
DIFFERENT = 2_000


def book_of(programs: int) -> RuleBook:
    """The mix of a big shop, open every day."""
    made = tuple(replace(each, window=replace(each.window, weekdays=())) for each in programs_of(programs))
    return RuleBook(made, {DEFINITION.id: DEFINITION}, PARENTS, Settings())


def stored_bills(count: int, members: int, seed: int = 1) -> list[tuple[str, bytes]]:
    """(member or bill, bytes) of ``count`` bills; four in five have a member. Ids and times differ, goods repeat."""
    rng = random.Random(seed)
    rules = compile_rules(book_of(20))
    models = [_model(bill_of(rng.choice(LINES), number), rules, number) for number in range(DIFFERENT)]
    made = []
    for number in range(count):
        member = f"member-{rng.randrange(members)}" if rng.random() < 0.8 else None
        at = FIRST + timedelta(seconds=number * 20)
        model = models[number % len(models)]
        bill = replace(
            model,
            id=f"bill-{number:08d}",
            number=f"B{number:08d}",
            member_id=member,
            opened_at=at,
            completed_at=at,
            business_date=at.date(),
        )
        made.append((member or bill.id, canonical_bytes(bill)))
    return made


def _model(of: EvaluationInput, rules: object, number: int) -> Bill:
    result = evaluate(replace(of, coupons=(), rewards=()), rules)  # type: ignore[arg-type]
    lines = tuple(as_completed(*pair) for pair in zip(of.lines, result.lines, strict=True))
    return Bill(
        id=f"model-{number}",
        number="",
        receipt_code="",
        till_id="till",
        branch_id="branch",
        staff_id="staff",
        shift_id=None,
        member_id=None,
        identified=None,
        opened_at=FIRST,
        completed_at=FIRST,
        business_date=FIRST.date(),
        lines=lines,
        discounts=result.discounts,
        tenders=(),
        gross_satang=result.gross_satang,
        discount_satang=result.discount_satang,
        total_satang=result.total_satang,
        cash_rounding_satang=0,
        change_satang=0,
        vat_satang=0,
        points_earned=0,
        points_redeemed=0,
        point_entries=(),
        coupons_issued=(),
        coupons_used=(),
    )


class Stored:
    """``past_bills.Source`` of bills in memory."""

    def __init__(self, bills: list[tuple[str, bytes]], book: RuleBook) -> None:
        self._bills, self._book = bills, book

    def past(self) -> Past:
        return Past(self._book.definitions, {"branch": "brand"})

    def book(self) -> RuleBook:
        return self._book

    def count(self, first: date, last: date) -> int | None:
        return len(self._bills)

    def returned(self, first: date, last: date) -> frozenset[str]:
        return frozenset()

    def facts(self, first: date, last: date) -> Iterator[Fact]:
        return (Fact(shard, bill=raw, profile=Profile()) for shard, raw in self._bills)

    def number(self, member_id: str) -> str:
        return member_id


def measure(bills: list[tuple[str, bytes]], programs: int, workers: int) -> dict[str, object]:
    """Bills per second of one replay, start of the processes included, and the sum it came to."""
    source = Stored(bills, book_of(programs))
    start, worked = time.perf_counter(), _processor_s()
    report = run(source, source.book(), date.min, date.max, workers=workers)
    taken, worked = time.perf_counter() - start, _processor_s() - worked
    return {
        "workers": workers,
        "programs": programs,
        "bills": report.total.draft.bills,
        "seconds": round(taken, 2),
        "bills_per_s": round(len(bills) / taken),
        "processor_s": round(worked, 2),
        "cost_satang": report.total.draft.cost_satang,
    }


def _processor_s() -> float:
    """Seconds of processor time of this process and of those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def floor_of(bills: list[tuple[str, bytes]]) -> float:
    """Bills per second of processor time, of decoding alone."""
    part = bills[: min(len(bills), 10_000)]
    start = _processor_s()
    for _, raw in part:
        from_bytes(Bill, raw)
    return len(part) / (_processor_s() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bills", type=int, default=100_000)
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    bills = stored_bills(options.bills, options.members)
    floor = floor_of(bills)
    rows = [measure(bills, options.programs, workers) for workers in sorted({1, cores()})]
    assert len({row["cost_satang"] for row in rows}) == 1, "the number of processes changed the result"
    for row in rows:
        row["ratio_to_floor"] = round(float(str(row["processor_s"])) / (options.bills / floor), 2)
    if options.json:
        print(json.dumps({"decode_bills_per_s": round(floor), "replay": rows}))
        return
    print(f"replay of {options.bills:,} bills x {options.programs} programs; decoding alone: {floor:,.0f} bills/s")
    for row in rows:
        print(
            f"  {row['workers']:>2} process(es) {row['bills_per_s']:>8,} bills/s in {row['seconds']:>7} s"
            f"  (processor {row['processor_s']} s, {row['ratio_to_floor']} times decoding alone)"
        )


if __name__ == "__main__":
    main()
