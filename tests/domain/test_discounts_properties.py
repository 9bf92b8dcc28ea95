"""What holds for discounts, coupons and rewards of every kind, on any bill."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import ChosenReward, DiscountKind, DraftLine, QuotaLeft
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.explain import KEYS
from pos_member.domain.matching import index_scopes
from pos_member.domain.money import Rounding
from pos_member.domain.org import Settings
from pos_member.domain.pricing import Evaluation, EvaluationInput, MemberState, RuleBook
from pos_member.domain.program import Audience, Basis, Combine, Effect, EffectKind, Limits, Program, Stacking, Trigger
from pos_member.domain.tally import TallyKind
from pos_member.wording import say
from tests.domain.evaluating import AT, coupon

_DISCOUNTS = (
    EffectKind.DISCOUNT_PERCENT,
    EffectKind.DISCOUNT_AMOUNT,
    EffectKind.FIXED_PRICE,
    EffectKind.CHEAPEST_FREE,
    EffectKind.BUY_X_GET_Y,
)
_REWARDS = (EffectKind.REWARD_DISCOUNT, EffectKind.REWARD_PRODUCT, EffectKind.REWARD_COUPON)
_tags = st.lists(st.sampled_from(["a", "b", "gift_card"]), max_size=2, unique=True).map(tuple)
_scopes = st.builds(Scope, tags=_tags, exclude_tags=st.sampled_from([(), (), ("a",)]))
_lines = st.builds(
    DraftLine,
    product_id=st.none(),
    barcode=st.just(""),
    name_th=st.just("สินค้า"),
    name_en=st.just("Goods"),
    category_id=st.just(""),
    brand_id=st.just(""),
    tags=_tags,
    quantity_milli=st.sampled_from([1_000, 1_000, 2_000, 3_000, 7_000, 1_500]),
    unit_price_satang=st.one_of(st.sampled_from([0, 1, 100, 100, 333, 5_000]), st.integers(0, 20_000)),
)
_definitions = st.builds(
    CouponDefinition,
    id=st.sampled_from(["d1", "d2", "d3"]),
    code=st.sampled_from(["C", "D"]),
    name_th=st.just("คูปอง"),
    name_en=st.just("Coupon"),
    value_kind=st.sampled_from(CouponValueKind),
    value=st.integers(1, 5),
    value_max_satang=st.one_of(st.none(), st.integers(1, 2_000)),
    scope=_scopes,
    per_bill_max=st.integers(1, 2),
)
_effects = st.builds(
    Effect,
    kind=st.sampled_from([*_DISCOUNTS, *_REWARDS]),
    points=st.sampled_from([1, 10, 100]),
    coupon=st.sampled_from(["d1", "d2"]),
    percent_bp=st.sampled_from([0, 1, 3_333, 5_000, 10_000]),
    amount_satang=st.integers(1, 9_000),
    maximum_satang=st.sampled_from([None, None, 1, 777]),
    buy=st.integers(1, 4),
    get=st.integers(1, 3),
    get_scope=st.one_of(st.none(), _scopes),
    currency=st.sampled_from(["", "", "cup"]),
)


@st.composite
def _programs(draw: st.DrawFn) -> list[Program]:
    effects = draw(st.lists(_effects, min_size=1, max_size=7))
    programs = []
    for i, effect in enumerate(effects):
        reward = effect.kind in _REWARDS
        limits = draw(st.sampled_from([Limits(), Limits(), Limits(per_bill=2), Limits(budget_satang=99, total=9)]))
        programs.append(
            Program(
                id=f"program-{i}",
                code=draw(st.sampled_from(["A", "B"])),
                name_th="รายการ",
                name_en="Program",
                effect=effect if reward else replace(effect, currency=""),
                audience=Audience(members_only=False),
                scope=draw(_scopes),
                trigger=draw(st.builds(Trigger, st.sampled_from([0, 0, 500]), st.just(0), st.sampled_from(Basis))),
                limits=limits,
                stacking=Stacking(
                    draw(st.sampled_from(["", "", "g"])),
                    draw(st.sampled_from(Combine)),
                    draw(st.integers(1, 2)),
                    exclusive=not reward and draw(st.booleans()),
                ),
                rounding=draw(st.sampled_from(Rounding)),
                format=2,
            )
        )
    return programs


@st.composite
def _cases(draw: st.DrawFn) -> tuple[EvaluationInput, RuleBook]:
    programs = draw(_programs())
    definitions = {one.id: one for one in draw(st.lists(_definitions, max_size=3))}
    chosen = draw(st.lists(st.sampled_from(sorted(definitions)), max_size=3)) if definitions else []
    bill = EvaluationInput(
        lines=tuple(draw(st.lists(_lines, max_size=5))),
        at=AT,
        branch_id="branch",
        brand_id="brand",
        member=MemberState("m", spendable_points=draw(st.integers(-5, 500)), stamps={"cup": draw(st.integers(0, 50))}),
        coupons=tuple(coupon(definitions[name], f"code-{i}") for i, name in enumerate(chosen)),
        rewards=tuple(ChosenReward(p.id, draw(st.integers(0, 4))) for p in programs),
        quotas={p.id: QuotaLeft(draw(st.integers(0, 3)), draw(st.integers(0, 3_000))) for p in programs},
    )
    return bill, RuleBook(tuple(programs), definitions, {}, Settings(redeem_points_per_bill_max=300))


def _by_program(result: Evaluation) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in result.discounts:
        if one.program_id:
            found[one.program_id] = found.get(one.program_id, 0) + one.amount_satang
    return found


@given(_cases())
@settings(max_examples=150, deadline=None)
def test_money_limits_and_words(case: tuple[EvaluationInput, RuleBook]) -> None:
    bill, book = case
    result = evaluate(bill, compile_rules(book))
    assert result.total_satang == sum(line.net_satang for line in result.lines)
    assert sum(one.amount_satang for one in result.discounts) == result.discount_satang
    assert sum(line.discount_satang for line in result.lines) == result.discount_satang
    for line in result.lines:
        assert 0 <= line.net_satang <= line.gross_satang
        assert 0 <= line.points_paid_satang <= line.discount_satang
    paid = sum(one.amount_satang for one in result.discounts if one.kind is DiscountKind.POINTS)
    assert paid == sum(line.points_paid_satang for line in result.lines)
    given_away = _by_program(result)
    for program in book.programs:
        off = given_away.get(program.id, 0)
        if program.effect.maximum_satang is not None and program.effect.kind in _DISCOUNTS:
            assert off <= program.effect.maximum_satang
        if program.limits.budget_satang is not None:
            budget = bill.quotas[program.id].satang or 0
            noted = [t.amount for t in result.tallies if (t.kind, t.key) == (TallyKind.BUDGET, program.id)]
            assert off <= sum(noted) <= budget or (off == 0 and not noted)
            times = [t.amount for t in result.tallies if (t.kind, t.key) == (TallyKind.TOTAL, program.id)]
            assert sum(times) <= (bill.quotas[program.id].times or 0)
    for why in (*result.explanations, *((result.nearest,) if result.nearest else ())):
        assert why.key in KEYS
        for language in ("th", "en"):
            assert "–" not in say("explain", why.key, language, why.params)


@given(_cases())
@settings(max_examples=100, deadline=None)
def test_points_and_stamps_are_charged_for_what_was_given(case: tuple[EvaluationInput, RuleBook]) -> None:
    bill, book = case
    result = evaluate(bill, compile_rules(book))
    programs = {program.id: program for program in book.programs}
    spent = {"": 0, "cup": 0}
    for one in result.discounts:
        if one.kind is DiscountKind.POINTS:
            assert one.program_id is not None
            effect = programs[one.program_id].effect
            assert one.points > 0
            assert one.currency == effect.currency
            assert (one.amount_satang == 0) is (effect.kind is EffectKind.REWARD_COUPON)
            spent[one.currency] += one.points
        else:
            assert one.amount_satang > 0
    assert bill.member is not None
    assert spent[""] == result.points_redeemed <= max(0, min(300, bill.member.spendable_points))
    assert spent["cup"] <= bill.member.stamps["cup"]
    for reward in result.rewards:
        assert 0 <= reward.times_chosen <= reward.times_max
        assert bool(reward.why_not) is (reward.times_max == 0)
        taken = [one for one in result.discounts if one.program_id == reward.program_id]
        assert sum(one.points for one in taken) == reward.times_chosen * reward.points_per_time
    for issue in result.coupons_to_issue:
        times = issue.points // programs[issue.program_id].effect.points
        assert issue.count == times * programs[issue.program_id].effect.count


@given(_cases(), st.integers())
@settings(max_examples=150, deadline=None)
def test_the_order_of_lines_and_coupons_changes_nothing(case: tuple[EvaluationInput, RuleBook], seed: int) -> None:
    bill, book = case
    rules = compile_rules(book)
    order = list(range(len(bill.lines)))
    random.Random(seed).shuffle(order)
    first = evaluate(bill, rules)
    other = evaluate(replace(bill, lines=tuple(bill.lines[i] for i in order), coupons=bill.coupons[::-1]), rules)
    assert other.total_satang == first.total_satang
    assert [one.amount_satang for one in other.discounts] == [one.amount_satang for one in first.discounts]
    assert other.points_redeemed == first.points_redeemed
    # Each line has its net, but for lines that are alike in everything.
    assert sorted((line, other.lines[i].net_satang) for i, line in enumerate(_alike(bill, order))) == sorted(
        (line, first.lines[i].net_satang) for i, line in enumerate(_alike(bill, range(len(order))))
    )


def _alike(bill: EvaluationInput, order: list[int] | range) -> list[tuple[object, ...]]:
    return [(bill.lines[i].tags, bill.lines[i].unit_price_satang, bill.lines[i].quantity_milli) for i in order]


@given(_cases())
@settings(max_examples=100, deadline=None)
def test_gift_cards_are_touched_only_where_they_are_named(case: tuple[EvaluationInput, RuleBook]) -> None:
    bill, book = case
    named = [scope for scope in _scopes_of(book) if "gift_card" in scope.tags]
    index = index_scopes([Scope(), *named], {})
    result = evaluate(bill, compile_rules(book))
    for line, priced in zip(bill.lines, result.lines, strict=True):
        if "gift_card" in line.tags and not any(index.mask(line) >> index.number(scope) & 1 for scope in named):
            assert priced.discount_satang == 0


def _scopes_of(book: RuleBook) -> list[Scope]:
    given_scopes = [p.effect.get_scope for p in book.programs if p.effect.get_scope is not None]
    return [*(p.scope for p in book.programs), *given_scopes, *(d.scope for d in book.definitions.values())]


@given(st.lists(_lines, max_size=6), st.integers(1, 5), st.integers(1, 3), st.sampled_from([None, 1, 3]))
@settings(max_examples=150, deadline=None)
def test_the_runs_of_units_say_what_single_pieces_would(
    lines: list[DraftLine], buy: int, get: int, most: int | None
) -> None:
    """The slow twin: every piece on its own, dearest first, cut into groups."""
    pieces: list[int] = []
    for line in lines:
        whole, part = divmod(line.quantity_milli, 1_000)
        if not part and "gift_card" not in line.tags:
            pieces += [line.unit_price_satang] * whole
    pieces = sorted((piece for piece in pieces if piece), reverse=True)

    def run(kind: EffectKind, **more: int) -> int:
        effect = Effect(kind=kind, **more)  # type: ignore[arg-type]
        rule = Program("p", "P", "", "P", effect, audience=Audience(False), limits=Limits(per_bill=most), format=2)
        rules = compile_rules(RuleBook((rule,), {}, {}, Settings()))
        return evaluate(EvaluationInput(tuple(lines), AT, "b", "b"), rules).discount_satang

    def groups(size: int) -> list[list[int]]:
        return [pieces[i : i + size] for i in range(0, len(pieces), size)][:most]

    free = min(get, buy)
    expected = sum(sum(group[-free:]) for group in groups(buy) if len(group) == buy)
    assert run(EffectKind.CHEAPEST_FREE, buy=buy, get=free) == expected
    assert run(EffectKind.BUY_X_GET_Y, buy=buy, get=get) == sum(sum(group[buy:]) for group in groups(buy + get))
    bundled = sum(max(0, sum(group) - 500) for group in groups(buy) if len(group) == buy)
    assert run(EffectKind.FIXED_PRICE, buy=buy, amount_satang=500) == bundled


@given(
    st.lists(_lines, min_size=1, max_size=5),
    st.sampled_from([EffectKind.CHEAPEST_FREE, EffectKind.BUY_X_GET_Y]),
    st.integers(1, 4),
    st.integers(1, 3),
)
@settings(max_examples=100, deadline=None)
def test_what_a_near_miss_in_goods_asks_for_wins_it(
    lines: list[DraftLine], kind: EffectKind, buy: int, get: int
) -> None:
    effect = Effect(kind=kind, buy=buy, get=min(get, buy))
    rule = Program("p", "P", "", "P", effect, audience=Audience(False), format=2)
    rules = compile_rules(RuleBook((rule,), {}, {}, Settings()))
    before = evaluate(EvaluationInput(tuple(lines), AT, "b", "b"), rules)
    near = before.nearest
    if near is None:
        return
    missing = near.params["missing_quantity"]
    assert isinstance(missing, int)
    assert missing > 0
    # Goods to be picked up are free at once; goods to be bought win theirs, which may have to be scanned too.
    scanned = missing + (effect.get if near.key == "near_free" and kind is EffectKind.BUY_X_GET_Y else 0)
    more = DraftLine(None, "more", "", "", "", "", (), scanned * 1_000, 100)
    after = evaluate(EvaluationInput((*lines, more), AT, "b", "b"), rules)
    assert after.discount_satang > before.discount_satang
    if near.key == "free_waiting" and effect.get == missing:
        cheaper = replace(more, unit_price_satang=1)
        after = evaluate(EvaluationInput((*lines, cheaper), AT, "b", "b"), rules)
        assert after.total_satang == before.total_satang


@given(
    st.lists(_lines, max_size=5),
    st.lists(
        st.tuples(st.sampled_from([("a",), ("b",), ("a", "b"), ("gift_card",)]), st.integers(1, 9_000)), max_size=5
    ),
)
@settings(max_examples=150, deadline=None)
def test_goods_of_an_exclusive_program_are_nobody_elses(
    lines: list[DraftLine], rules: list[tuple[tuple[str, ...], int]]
) -> None:
    """The slow twin: each program in turn, on the goods that it may still take."""
    programs = tuple(
        Program(
            f"program-{i}",
            f"P{i}",
            "",
            "P",
            Effect(kind=EffectKind.DISCOUNT_AMOUNT, amount_satang=amount),
            audience=Audience(False),
            scope=Scope(tags=tags),
            stacking=Stacking(exclusive=True),
            format=2,
        )
        for i, (tags, amount) in enumerate(rules)
    )
    result = evaluate(
        EvaluationInput(tuple(lines), AT, "b", "b"), compile_rules(RuleBook(programs, {}, {}, Settings()))
    )
    index = index_scopes([program.scope for program in programs], {})
    taken: set[int] = set()
    expected: dict[str, int] = {}
    for program in programs:
        own = {i for i, line in enumerate(lines) if index.mask(line) >> index.number(program.scope) & 1} - taken
        off = min(program.effect.amount_satang, sum(lines[i].gross_satang for i in own))
        if off:
            expected[program.id] = off
            taken |= own
    assert _by_program(result) == expected
