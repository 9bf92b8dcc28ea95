"""Settings that no till could work by: each problem points at its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Currency, Settings
from pos_member.domain.settings_check import check_settings, refuse_bad_settings
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme

SILVER, GOLD = TierLevel("silver", "เงิน", "Silver", 100), TierLevel("gold", "ทอง", "Gold", 200)
SCHEME = TierScheme(TierMetric.SPEND, (SILVER, GOLD))
CUP = Currency("CUP", "แก้ว", "Cup")


def test_usable_settings_have_no_problem() -> None:
    assert check_settings(Settings()) == []
    every = Settings(tiers=SCHEME, currencies=(CUP, replace(CUP, code="BOWL")), points_expiry_day="02-29")
    assert check_settings(every) == []
    refuse_bad_settings(every, "settings")


@pytest.mark.parametrize(
    ("changes", "where", "want"),
    [
        ({"zone": "Asia"}, "zone", "a time zone such as Asia/Bangkok"),
        ({"vat_rate_bp": -1}, "vat_rate_bp", "0 … 10000"),
        ({"points_paid_earns_bp": 10_001}, "points_paid_earns_bp", "0 … 10000"),
        ({"points_pending_days": -1}, "points_pending_days", "0 … 3650"),
        ({"point_value_satang": -1}, "point_value_satang", "0 … 10000000000"),
        ({"points_expiry_months": -1}, "points_expiry_months", "0 … 1200"),
        ({"points_expiry_day": "02-30"}, "points_expiry_day", "a day of the year such as 12-31"),
        ({"points_expiry_day": "31/12"}, "points_expiry_day", "a day of the year such as 12-31"),
        ({"points_expiry_period_months": 13}, "points_expiry_period_months", "1 … 12"),
        ({"currencies": (CUP, CUP)}, "currencies[1].code", "a value of its own"),
        ({"currencies": (replace(CUP, code=" "),)}, "currencies[0].code", "a value"),
        (
            {"currencies": (CUP, replace(CUP, code="B", expiry_day="13-01"))},
            "currencies[1].expiry_day",
            "a day of the year such as 12-31",
        ),
        ({"tiers": replace(SCHEME, levels=())}, "tiers.levels", "a value"),
        ({"tiers": replace(SCHEME, levels=(GOLD, SILVER))}, "tiers.levels[1].minimum", "> 200"),
        ({"tiers": replace(SCHEME, levels=(SILVER, replace(GOLD, minimum=100)))}, "tiers.levels[1].minimum", "> 100"),
        (
            {"tiers": replace(SCHEME, levels=(SILVER, replace(GOLD, code="silver")))},
            "tiers.levels[1].code",
            "a value of its own",
        ),
        ({"tiers": replace(SCHEME, levels=(replace(SILVER, code=""), GOLD))}, "tiers.levels[0].code", "a value"),
        ({"tiers": replace(SCHEME, levels=(replace(SILVER, minimum=-1),))}, "tiers.levels[0].minimum", None),
        ({"tiers": replace(SCHEME, window_months=0)}, "tiers.window_months", "1 … 1200"),
        ({"tiers": replace(SCHEME, start_month=13)}, "tiers.start_month", "1 … 12"),
        ({"tiers": replace(SCHEME, grace_days=-1)}, "tiers.grace_days", "0 … 3650"),
    ],
)
def test_a_problem_points_at_its_field(changes: dict[str, Any], where: str, want: str | None) -> None:
    settings = replace(Settings(), **changes)
    [problem] = check_settings(settings)
    assert problem.where == where
    assert want in (None, problem.want)
    with pytest.raises(Refusal) as told:
        refuse_bad_settings(settings, "shop")
    assert (told.value.reason, told.value.params["where"]) == (Reason.PAYLOAD_INVALID, f"shop.{where}")
