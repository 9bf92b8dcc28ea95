"""Every problem of a program file at once, warnings of slips, and a sentence for whatever a field has to be."""

from __future__ import annotations

import ast
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.cli.program import said_want
from pos_member.config import resource
from pos_member.domain.program_lint import examine
from pos_member.wording import keys
from tests.source_tree import calls, modules

TODAY = date(2026, 11, 21)


def _demo() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource("programs", "demo.json").read_bytes())
    return data


def _warned(data: Any) -> dict[str, str]:
    found = examine(data, TODAY)
    assert found.problems == () and found.file is not None
    return {warning.key: warning.where for warning in found.warnings}


def test_all_problems_are_found_at_once_shape_and_meaning() -> None:
    data = _demo()
    data["programs"][0]["effect"]["step_satang"] = "25"
    data["programs"][1]["scope"]["tag"] = ["x"]
    data["programs"][2]["window"]["weekdays"] = [3, 8]
    data["programs"][5]["effect"]["coupon"] = "gone"
    data["definitions"][0]["value"] = 0
    data["setings"] = {}
    found = examine(data, TODAY)
    assert found.file is None
    assert {problem.where for problem in found.problems} == {
        "setings",
        "programs[0].effect.step_satang",
        "programs[1].scope.tag",
        "programs[2].window.weekdays[1]",
        "programs[5].effect.coupon",
        "definitions[0].value",
    }


def test_what_is_no_object_ends_the_search() -> None:
    for data in (None, [], 5, {"format": 2}, {"format": 2, "programs": [3]}):
        found = examine(data, TODAY)
        assert found.problems and found.file is None


def _effect(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, **more}


def _file(*programs: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = [
        {"id": f"p{i}", "code": f"P{i}", "name_th": "รายการ", "name_en": "Program", **program}
        for i, program in enumerate(programs)
    ]
    return {"format": 2, "programs": named, **more}


_DEFINITION = {"id": "d", "code": "D", "name_th": "คูปอง", "name_en": "Coupon", "value_kind": "amount", "value": 100_000}
_EARN = _effect("earn_fixed", points=1)


@pytest.mark.parametrize(
    ("data", "key", "where"),
    [
        (_file({"effect": _EARN, "window": {"date_to": "2026-11-20"}}), "window_over", "programs[0].window.date_to"),
        (_file({"effect": _EARN, "active": False}), "inactive", "programs[0].active"),
        (_file({"effect": _effect("moon")}), "unknown_kind", "programs[0].effect.kind"),
        (_file({"effect": _EARN, "format": 3}), "newer_format", "programs[0].format"),
        (
            _file({"effect": _EARN, "stacking": {"combine": "best"}}),
            "combine_without_group",
            "programs[0].stacking.combine",
        ),
        (
            _file({"effect": _EARN, "audience": {"visits": [1], "every_visit": 5}}),
            "visits_twice",
            "programs[0].audience.every_visit",
        ),
        (
            _file({"effect": _EARN, "scope": {"tags": ["a"], "exclude_tags": ["a"]}}),
            "named_and_excluded",
            "programs[0].scope.exclude_tags",
        ),
        (
            _file({"effect": _effect("discount_percent", percent_bp=9_000)}),
            "large_percent",
            "programs[0].effect.percent_bp",
        ),
        (_file({"effect": _EARN, "limits": {"total": 5}}), "needs_quota", "programs[0].limits"),
        (_file({"effect": _EARN, "audience": {"tiers": ["G"]}}), "tier_unknown", "programs[0].audience.tiers[0]"),
        (
            _file({"effect": _effect("earn_fixed", points=1, currency="S")}),
            "currency_unknown",
            "programs[0].effect.currency",
        ),
        (
            _file({"effect": _effect("reward_discount", points=1, amount_satang=1, currency="S")}),
            "currency_not_earned",
            "programs[0].effect.currency",
        ),
        (_file({"effect": _EARN}, definitions=[_DEFINITION]), "coupon_of_no_program", "definitions[0].id"),
        (
            _file({"effect": _EARN}, definitions=[{**_DEFINITION, "valid_until": "2026-01-01"}]),
            "coupon_over",
            "definitions[0].valid_until",
        ),
        (_file({"effect": _EARN}, definitions=[_DEFINITION]), "dear_coupon", "definitions[0].minimum_spend_satang"),
        (
            _file({"effect": _EARN}, definitions=[{**_DEFINITION, "value_kind": "moon"}]),
            "unknown_coupon",
            "definitions[0].value_kind",
        ),
        (
            _file({"effect": _effect("multiply", factor="2")}, {"effect": _effect("multiply", factor="3")}),
            "multipliers_add",
            "programs[1].stacking.group",
        ),
        (
            _file(*({"effect": _effect("earn_per_step", points=n, step_satang=2_500)} for n in (1, 2))),
            "points_twice",
            "programs[1].effect.kind",
        ),
    ],
)
def test_a_slip_is_warned_of_at_its_field(data: Any, key: str, where: str) -> None:
    assert _warned(data)[key] == where
    assert f"warn_{key}" in keys("program")


def test_a_clean_file_has_no_warnings_and_every_warning_is_tried_above() -> None:
    assert _warned(_file({"effect": _EARN})) == {}
    (mark,) = test_a_slip_is_warned_of_at_its_field.pytestmark  # type: ignore[attr-defined]
    tried = {case[1] for case in mark.args[1]}
    assert {f"warn_{key}" for key in tried} == {key for key in keys("program") if key.startswith("warn_")}


def test_whatever_a_field_has_to_be_is_said_in_thai() -> None:
    """Every fixed phrase of the reader and the checks has its sentence; figures speak for themselves."""
    phrases = set()
    for module in modules():
        name = module.path.rpartition("/")[2]
        if name not in (
            "codec.py",
            "program_check.py",
            "effect_check.py",
            "program_files.py",
            "program_try.py",
            "settings_check.py",
        ):
            continue
        for call, called in calls(module):
            if called in ("Problem", "_bad") and len(call.args) == 2:
                wants = [call.args[1]]
            elif called == "Refusal":
                wants = [keyword.value for keyword in call.keywords if keyword.arg == "want"]
            else:
                continue
            phrases |= {want.value for want in wants if isinstance(want, ast.Constant)}
    assert len(phrases) > 15
    assert phrases - keys("wants") == set()
    assert said_want("1 … 5000", "en") == "must be 1 … 5000"
    assert said_want("1 … 5000", "th") == "ต้องเป็น 1 … 5000"


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(["format", "programs", "definitions", "settings", "effect", "kind", "id", "scope"]),
                inner,
            ),
        ),
        max_leaves=12,
    )
)
def test_any_json_is_examined_to_its_end(data: Any) -> None:
    found = examine(data, TODAY)
    assert (found.file is None) == bool(found.problems)


def test_a_file_alone_that_names_its_stamps_names_all_that_it_uses() -> None:
    cup = {"code": "CUP", "name_th": "แก้ว", "name_en": "Cup"}
    data = _file({"effect": _effect("earn_fixed", points=1, currency="CPU")})
    assert [notice.key for notice in examine(data, TODAY, alone=True).warnings] == ["currency_unknown"]
    data["settings"] = {"currencies": [cup]}
    found = examine(data, TODAY, alone=True)
    assert [problem.where for problem in found.problems] == ["programs[0].effect.currency"]
    assert found.warnings == (), "said once"
    # Beside a shop the rest may be the shop's.
    assert examine(data, TODAY).problems == ()
    data["programs"][0]["effect"]["currency"] = "CUP"
    assert examine(data, TODAY, alone=True).problems == ()


def test_settings_of_a_file_are_looked_at() -> None:
    level = {"code": "S", "name_th": "เงิน", "name_en": "Silver", "minimum": 5}
    data = _file({"effect": _EARN})
    data["settings"] = {"points_expiry_day": "31-12", "tiers": {"metric": "spend", "levels": [level, level]}}
    assert [problem.where for problem in examine(data, TODAY).problems] == [
        "settings.points_expiry_day",
        "settings.tiers.levels[1].code",
        "settings.tiers.levels[1].minimum",
    ]
