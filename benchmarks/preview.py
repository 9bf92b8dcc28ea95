"""How long the preview of a bill takes: median and p99, and how it grows with lines and with programs.

Run: ``python -m benchmarks.preview [--runs N] [--json]``. Compiling the rules is timed apart: it happens once per
change of programs. Every run sees a bill of other goods, so nothing can be remembered from the run before. Beside the
time on the wall stands the processor time of the thread, which a busy machine does not blur.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from datetime import UTC, date, datetime
from fractions import Fraction

from pos_member.domain.bill import ChosenReward, DraftLine
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, CouponValueKind, Scope
from pos_member.domain.evaluation import CompiledRules, compile_rules, evaluate
from pos_member.domain.member import Birthday
from pos_member.domain.org import Settings
from pos_member.domain.pricing import EvaluationInput, HeldCoupon, MemberState, RuleBook
from pos_member.domain.program import Effect, EffectKind, Limits, Program, Stacking, Trigger, Window

AT = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)  # a Wednesday, noon in Bangkok
CATEGORIES = [f"category-{i}" for i in range(60)]
PARENTS: dict[str, str | None] = {name: (f"category-{i // 5}" if i >= 5 else None) for i, name in enumerate(CATEGORIES)}
BRANDS = [f"brand-{i}" for i in range(20)]
TAGS = [f"tag-{i}" for i in range(30)]
PRODUCTS = [f"product-{i}" for i in range(3000)]
#: How the programs of a big shop are made up: of every twenty this many of each kind.
MIX = [
    (EffectKind.EARN_PER_STEP, 4),
    (EffectKind.EARN_PER_UNIT, 4),
    (EffectKind.EARN_FIXED, 1),
    (EffectKind.MULTIPLY, 2),
    (EffectKind.ISSUE_COUPON, 3),
    (EffectKind.DISCOUNT_PERCENT, 3),
    (EffectKind.DISCOUNT_AMOUNT, 2),
    (EffectKind.REWARD_DISCOUNT, 1),
]
DEFINITION = CouponDefinition("definition", "C20", "คูปอง", "Coupon", CouponValueKind.AMOUNT, 2000)


def effect_of(kind: EffectKind) -> Effect:
    return Effect(
        kind=kind,
        points=100 if kind is EffectKind.REWARD_DISCOUNT else 2,
        step_satang=30_000 if kind is EffectKind.ISSUE_COUPON else 2_500,
        factor=Fraction(3, 2),
        coupon=DEFINITION.id,
        percent_bp=150,
        amount_satang=500,
    )


def scope_of(rng: random.Random) -> Scope:
    part = rng.randrange(6)
    return Scope(
        products=tuple(rng.sample(PRODUCTS, 40)) if part == 1 else (),
        categories=tuple(rng.sample(CATEGORIES, 3)) if part in (2, 5) else (),
        brands=tuple(rng.sample(BRANDS, 2)) if part == 3 else (),
        tags=tuple(rng.sample(TAGS, 2)) if part == 4 else (),
        exclude_categories=tuple(rng.sample(CATEGORIES, 2)) if part in (0, 3) else (),
    )


def programs_of(count: int, seed: int = 1) -> tuple[Program, ...]:
    """``count`` programs of the mix, all active; three in four are open at ``AT``."""
    rng = random.Random(seed)
    kinds = [kind for kind, share in MIX for _ in range(share)]
    return tuple(
        Program(
            id=f"program-{i}",
            code=f"P{i}",
            name_th=f"รายการ {i}",
            name_en=f"Program {i}",
            effect=effect_of(kinds[i % len(kinds)]),
            window=Window(weekdays=(3,) if i % 4 else (6, 7), date_from=date(2026, 1, 1)),
            scope=scope_of(rng),
            trigger=Trigger(minimum_satang=rng.choice((0, 0, 10_000, 500_000))),
            limits=Limits(per_bill=rng.choice((None, 5))),
            stacking=Stacking(priority=rng.randrange(100)),
        )
        for i in range(count)
    )


def bill_of(lines: int, seed: int) -> EvaluationInput:
    rng = random.Random(seed)
    goods = tuple(
        DraftLine(
            product_id=rng.choice(PRODUCTS),
            barcode="",
            name_th="สินค้า",
            name_en="Goods",
            category_id=rng.choice(CATEGORIES),
            brand_id=rng.choice(BRANDS),
            tags=tuple(rng.sample(TAGS, 2)),
            quantity_milli=rng.choice((1000, 2000, 750)),
            unit_price_satang=rng.randrange(1_000, 60_000),
        )
        for _ in range(lines)
    )
    coupon = Coupon("1", DEFINITION.id, CouponState.ISSUED, None, None, "till", "branch", AT, AT.date(), AT.date())
    return EvaluationInput(
        lines=goods,
        at=AT,
        branch_id="branch",
        brand_id="brand",
        member=MemberState("member", birthday=Birthday(1, 11), spendable_points=3_000),
        coupons=(HeldCoupon(coupon, DEFINITION),),
        rewards=(ChosenReward("program-19", 3),),
    )


def rules_of(count: int) -> CompiledRules:
    return compile_rules(RuleBook(programs_of(count), {DEFINITION.id: DEFINITION}, PARENTS, Settings()))


def measure(lines: int, programs: int, runs: int) -> dict[str, float]:
    """Milliseconds of ``runs`` evaluations: median, 99th percentile, median of processor time; programs fired last."""
    rules = rules_of(programs)
    bills = [bill_of(lines, seed) for seed in range(runs)]
    evaluate(bills[0], rules)
    taken: list[float] = []
    worked: list[float] = []
    gc.collect()
    for bill in bills:
        start, start_cpu = time.perf_counter(), time.thread_time()
        result = evaluate(bill, rules)
        worked.append((time.thread_time() - start_cpu) * 1_000)
        taken.append((time.perf_counter() - start) * 1_000)
    taken.sort()
    return {
        "lines": lines,
        "programs": programs,
        "median_ms": round(statistics.median(taken), 3),
        "p99_ms": round(taken[min(len(taken) - 1, len(taken) * 99 // 100)], 3),
        "cpu_median_ms": round(statistics.median(worked), 3),
        "fired": sum(why.fired for why in result.explanations),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    start = time.perf_counter()
    rules_of(200)
    compile_ms = (time.perf_counter() - start) * 1_000
    main_figure = measure(50, 200, options.runs)
    by_lines = [measure(lines, 200, options.runs // 3) for lines in (1, 10, 25, 50, 100, 200)]
    by_programs = [measure(50, count, options.runs // 3) for count in (20, 50, 100, 200, 400, 800)]
    if options.json:
        figures = {"preview": main_figure, "compile_ms": round(compile_ms, 3)}
        print(json.dumps({**figures, "by_lines": by_lines, "by_programs": by_programs}))
        return
    print(f"preview, 50 lines x 200 programs: median {main_figure['median_ms']} ms, p99 {main_figure['p99_ms']} ms")
    print(f"processor time: median {main_figure['cpu_median_ms']} ms")
    print(f"({main_figure['fired']} programs fired; aim: median <= 5 ms; compiling 200 programs: {compile_ms:.1f} ms)")
    for title, rows in (("growth with lines", by_lines), ("growth with programs", by_programs)):
        print(title)
        for row in rows:
            print(
                f"  {row['lines']:>4} lines {row['programs']:>4} programs {row['median_ms']:>8.3f} ms"
                f"  p99 {row['p99_ms']:>8.3f} ms  cpu {row['cpu_median_ms']:>8.3f} ms  fired {row['fired']}"
            )


if __name__ == "__main__":
    main()
