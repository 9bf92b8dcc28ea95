"""Why a program fired or not: keys of ``resources/i18n/explain.json`` and their parameters, never sentences.

Parameters whose name ends in ``_satang`` are worded in baht; ``…_th`` and ``…_en`` are read by the text of that
language.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.pricing import Explanation, MemberState
from pos_member.domain.program import Program

#: Keys of the explanations that ``evaluate`` makes; the wording table has each of them, by test.
FIRED = frozenset(
    {"fixed_price", "units_free", "units_cheaper", "reward_stamps", "reward_product", "reward_product_stamps"}
    | {"reward_coupon", "reward_coupon_stamps"}
    | {"discount", "coupon", "reward", "points_step", "points_unit", "points_fixed", "multiplied", "coupon_issued"}
)
#: Of these, ``points`` went to the bill's member; of ``STAMPS``, ``stamps``.
POINTS = frozenset(
    {"points_step", "points_share", "points_unit", "points_fixed", "points_added", "points_goal", "multiplied"}
    | {"points_cut_bill", "points_cut_member", "points_cut_shared", "referral"}
)
STAMPS = frozenset({"stamps", "stamps_cut_bill", "stamps_cut_member", "stamps_cut_shared"})
COUPONS = frozenset({"coupon_issued", "coupon_cut_bill", "coupon_cut_member", "coupon_cut_shared"})
ENTRIES = frozenset({"entries", "entries_cut_bill", "entries_cut_member", "entries_cut_shared"})
FIRED |= POINTS | STAMPS | COUPONS | ENTRIES
CLOSED = frozenset(
    {"inactive", "invalid", "unknown_kind", "newer_format", "not_yet", "ended", "branch", "brand", "weekday", "hours"}
    | {"needs_member", "tier", "birthday", "segment", "segment_excluded", "birthday_days", "visit", "every_visit"}
    | {"never_came", "absent_min", "absent_max", "head_office", "unknown_coupon"}
)
MISSED = frozenset(
    {"scope", "quantity", "near_points", "near_coupon", "near_discount", "no_effect", "beaten", "limit"}
    | {"no_points_to_multiply", "reward_open", "points_short", "points_beyond_rights", "points_limit", "nothing_left"}
    | {"points_online_only"}
    | {"exclusive", "no_units", "not_cheaper", "near_bundle", "near_free", "near_cheaper", "free_waiting"}
    | {"reward_scan", "stamps_short", "reward_open_stamps", "reward_product_open", "reward_product_open_stamps"}
    | {"reward_coupon_open", "reward_coupon_open_stamps"}
    | {"coupon_unknown_kind", "coupon_used_up", "coupon_quantity", "coupon_ended"}
    | {"limit_day", "limit_month", "limit_year", "limit_life", "quota_none", "quota_spent", "budget_spent"}
    | {"no_points_to_add", "near_stamps", "near_entries", "goal_spend", "goal_quantity", "goal_bills", "goal_done"}
    | {"self_referral", "referral_none", "referral_first", "referral_done"}
    | {"coupon_minimum", "coupon_per_bill", "coupon_other_member", "near_coupon_again"}
)
SINGLE_DAYS = frozenset(f"weekday_{day}" for day in range(1, 8))
KEYS = FIRED | CLOSED | MISSED | SINGLE_DAYS


def fired(program: Program, key: str, params: Mapping[str, object]) -> Explanation:
    """A program that had an effect."""
    return Explanation(program.id, program.name_th, program.name_en, True, key, params)


def missed(
    program: Program, key: str, params: Mapping[str, object] | None = None, missing_satang: int = 0
) -> Explanation:
    """A program that had none; ``missing_satang`` > 0 marks a near miss and becomes a parameter too."""
    told = dict(params or {})
    if missing_satang:
        told["missing_satang"] = missing_satang
    return Explanation(program.id, program.name_th, program.name_en, False, key, told, missing_satang)


def of_coupon(
    definition: CouponDefinition,
    code: str,
    key: str,
    *,
    amount_satang: int = 0,
    told: Mapping[str, object] | None = None,
) -> Explanation:
    """What became of a coupon laid on the bill, told under the id of its definition; used where it had an amount."""
    params: dict[str, object] = {"code": code, **(told or {})}
    if amount_satang:
        params["amount_satang"] = amount_satang
    missing = params.get("missing_satang", 0)
    return Explanation(
        definition.id,
        definition.name_th,
        definition.name_en,
        amount_satang > 0,
        key,
        params,
        missing if isinstance(missing, int) else 0,
    )


def closed(program: Program, key: str, member: MemberState | None = None) -> Explanation:
    """A program whose window or audience is shut; ``key`` as ``matching.Gate.closed_by`` gives it."""
    window = program.window
    if key == "weekday" and len(window.weekdays) == 1:
        return missed(program, f"weekday_{window.weekdays[0]}")
    return missed(program, key, _closed_params(program, key, member))


def _closed_params(program: Program, key: str, member: MemberState | None) -> dict[str, object]:
    window, audience = program.window, program.audience
    visit = 0 if member is None else member.visits + 1
    match key:
        case "hours":
            return {"hour_from": window.hour_from or "00:00", "hour_to": window.hour_to or "24:00"}
        case "not_yet":
            return {"date_from": window.date_from}
        case "ended":
            return {"date_to": window.date_to}
        case "tier":
            return {"tiers": ", ".join(audience.tiers)}
        case "segment":
            return {"segments": ", ".join(audience.segments)}
        case "birthday_days":
            return {"before": audience.birthday_days_before or 0, "after": audience.birthday_days_after or 0}
        case "visit":
            return {"visits": ", ".join(str(each) for each in audience.visits), "visit": visit}
        case "every_visit":
            every = audience.every_visit or 1
            return {"every": every, "visit": visit, "more": -visit % every}
        case "absent_min":
            return {"days": audience.absent_days_min}
        case "absent_max":
            return {"days": audience.absent_days_max}
        case _:
            return {}


def percent_text(percent_bp: int) -> str:
    """``50``, ``12.5``: hundredths of a percent as one reads them, without the sign."""
    return factor_text(Fraction(percent_bp, 100))


def factor_text(factor: Fraction) -> str:
    """``2``, ``1.5``, or ``4/3`` where decimals do not end soon."""
    if factor.denominator == 1:
        return str(factor.numerator)
    thousandths = factor * 1000
    if thousandths.denominator == 1:
        whole, rest = divmod(thousandths.numerator, 1000)
        return f"{whole}.{rest:03d}".rstrip("0")
    return f"{factor.numerator}/{factor.denominator}"
