"""Program files: read, refused with the field, inert where newer; the demo programs; the guide's examples."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.config import resource
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.explain import KEYS
from pos_member.domain.ids import is_id
from pos_member.domain.program import KNOWN_KINDS
from pos_member.domain.program_files import parse, read_bytes, read_program, validate, write
from pos_member.domain.program_try import try_programs
from pos_member.wording import keys, say
from tests.domain.evaluating import bill, line

DEMO = resource("programs", "demo.json").read_bytes()
REDEEM = "01930000-0000-7000-8000-000000000105"
GUIDE = Path(__file__).parents[2] / "docs" / "programs.md"


def _file() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(DEMO)
    return data


def _refused(data: Any) -> dict[str, Any]:
    with pytest.raises(Refusal) as refused:
        parse(data)
    assert refused.value.reason is Reason.PAYLOAD_INVALID
    return dict(refused.value.params)


def test_the_demo_programs_are_sound_and_written_as_they_were_read() -> None:
    file = read_bytes(DEMO)
    assert read_bytes(write(file)) == file
    assert len(file.programs) == 13
    assert all(is_id(one.id) for one in (*file.programs, *file.definitions))
    assert all(one.name_th and one.name_en for one in (*file.programs, *file.definitions))
    assert compile_rules(file.book).inert == ()
    assert read_bytes(b"\xef\xbb\xbf" + DEMO) == file


def _demo(lines: list[dict[str, Any]], at: str = "2026-11-21T12:00:00+07:00", **more: Any) -> dict[str, Any]:
    member = {"points": 250, "birthday": {"day": 5, "month": 3}}
    return try_programs(_file(), {"at": at, "lines": lines, **more}, member)


def test_the_demo_day() -> None:
    """A Saturday: 360 baht of coffee and beans; 14 points + 5 for the bag, one coupon, 240 baht to the next."""
    beans = {"price_satang": 30_000, "tags": ["coffee_beans"]}
    result = _demo([{"price_satang": 6_000}, beans])
    assert (result["points_earned"], result["total_satang"]) == (19, 36_000)
    assert [one["count"] for one in result["coupons_to_issue"]] == [1]
    assert result["nearest"]["missing_satang"] == 24_000


def test_the_demo_wednesday_birthday_and_reward() -> None:
    wednesday = _demo([{"price_satang": 26_000}], at="2027-03-03T12:00:00+07:00")
    assert wednesday["points_earned"] == 30  # 10, doubled twice by adding
    reward = "01930000-0000-7000-8000-000000000105"
    result = _demo([{"price_satang": 26_000}], rewards=[{"program": reward, "times": 5}])
    assert (result["points_redeemed"], result["total_satang"], result["points_earned"]) == (200, 24_000, 9)


_STEP = ("programs", 0, "effect", "step_satang")


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (_STEP, 0, "programs[0].effect.step_satang"),
        (_STEP, -1, "programs[0].effect.step_satang"),
        (_STEP, "25", "programs[0].effect.step_satang"),
        (_STEP, 25.5, "programs[0].effect.step_satang"),
        (("programs", 0, "effect", "points"), 0, "programs[0].effect.points"),
        (("programs", 1, "scope", "tag"), ["x"], "programs[1].scope.tag"),
        (("programs", 2, "window", "weekdays"), [3, 0], "programs[2].window.weekdays[1]"),
        (("programs", 2, "window", "weekdays"), [8], "programs[2].window.weekdays[0]"),
        (("programs", 2, "window", "hour_from"), "9:00", "programs[2].window.hour_from"),
        (("programs", 2, "effect", "factor"), "1/2", "programs[2].effect.factor"),
        (("programs", 2, "effect", "factor"), "a", "programs[2].effect.factor"),
        (("programs", 3, "window"), {"date_from": "2026-02-02", "date_to": "2026-02-01"}, "programs[3].window.date_to"),
        (("programs", 4, "effect", "amount_satang"), 0, "programs[4].effect.amount_satang"),
        (("programs", 5, "effect", "coupon"), "x", "programs[5].effect.coupon"),
        (("programs", 5, "effect", "count"), 0, "programs[5].effect.count"),
        (("programs", 5, "limits", "per_bill"), 0, "programs[5].limits.per_bill"),
        (("programs", 5, "trigger"), {"minimum_satang": -1}, "programs[5].trigger.minimum_satang"),
        (("programs", 5, "id"), "", "programs[5].id"),
        (("programs", 5, "rounding"), "sideways", "programs[5].rounding"),
        (("programs", 5, "code"), "POINTS-25", "programs[5].code"),
        (
            ("programs", 5, "effect"),
            {"kind": "discount_percent", "percent_bp": 10_001},
            "programs[5].effect.percent_bp",
        ),
        (("programs", 5, "effect"), {"kind": "discount_percent"}, "programs[5].effect.percent_bp"),
        (("programs", 5, "effect"), {}, "programs[5].effect.kind"),
        (("programs", 5, "effect"), None, "programs[5].effect"),
        (("programs", 5), [], "programs[5]"),
        (("programs",), {}, "programs"),
        (("definitions", 0, "value"), 0, "definitions[0].value"),
        (("definitions", 0, "value_kind"), "percent", None),
        (("definitions", 0, "valid_days"), 0, "definitions[0].valid_days"),
        (("definitions", 0, "valid_days"), None, "definitions[0].valid_days"),
        (("settings",), {"zone": 5}, "settings.zone"),
        (("settings",), {"zone": "Asia"}, "settings.zone"),
        (("settings",), {"zone": "../etc"}, "settings.zone"),
        (("settings",), {"zone": "Mars/Olympus"}, "settings.zone"),
        (("categories",), {"a": 1}, "categories.a"),
        (("format",), "1", "format"),
        (("program",), [], "program"),
    ],
)
def test_a_message_points_at_the_field(path: tuple[str | int, ...], value: Any, where: str | None) -> None:
    data = _file()
    place: Any = data
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[path[-1]] = value
    if where is None:
        parse(data)
        return
    found = _refused(data)
    assert found["where"] == where
    assert found["want"]


def test_programs_of_a_group_combine_in_one_way_and_ids_are_used_once() -> None:
    data = _file()
    for i, combine in ((0, "best"), (1, "sum")):
        data["programs"][i]["stacking"] = {"group": "g", "combine": combine}
    assert _refused(data) == {"where": "programs[1].stacking.combine", "want": "best, as the others of group g"}
    data = _file()
    data["programs"][3]["id"] = data["programs"][0]["id"]
    assert _refused(data)["where"] == "programs[3].id"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\x00", b"[]", b"null", b"{}", b"<html></html>", b"[" * 200_000])
def test_what_is_no_program_file(raw: bytes) -> None:
    with pytest.raises(Refusal):
        read_bytes(raw)


def test_an_unknown_kind_and_a_newer_format_are_read_and_inert() -> None:
    data = _file()
    data["programs"][0]["effect"] = {"kind": "moon_phase", "buy": 2, "phase": "full"}
    data["programs"][1] |= {"format": 3, "moon_phase": "full"}
    file = parse(data)
    result = evaluate(bill(line(100, tags=("coffee_beans",))), compile_rules(file.book))
    told = {why.program_id: why.key for why in result.explanations if why.key in ("unknown_kind", "newer_format")}
    assert told == {file.programs[0].id: "unknown_kind", file.programs[1].id: "newer_format"}
    assert result.points_earned == 0


def test_a_whole_file_of_a_newer_format_is_read_and_inert() -> None:
    data = {"format": 9, "programs": _file()["programs"], "tiers": []}
    file = parse(data)
    assert {one.key for one in compile_rules(file.book).inert} == {"newer_format"}
    assert [one.code for one in file.programs] == [one["code"] for one in _file()["programs"]]


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from(["format", "programs", "effect", "kind", "id", "scope", "x"]), inner),
        ),
        max_leaves=10,
    )
)
def test_any_json_is_read_or_refused(data: Any) -> None:
    for read in (parse, read_program, lambda one: try_programs(_file(), one), lambda one: try_programs(one, one, one)):
        try:
            read(data)
        except Refusal as refused:
            assert refused.params["where"]


def test_a_mutated_file_is_read_or_refused_and_what_is_read_runs() -> None:
    """Every single field of the demo replaced by odd values: nothing but a refusal comes out."""
    odd: list[Any] = [None, True, -1, 0, 2**60, 1.5, "", "x", "\x00", [], {}, ["a"], {"a": 1}]

    def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(place for key, item in inner for place in places(item, (*path, key)))]

    read = 0
    for path in places(_file())[1:]:
        for value in odd:
            data = copy.deepcopy(_file())
            place: Any = data
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            try:
                file = parse(data)
            except Refusal:
                continue
            evaluate(bill(line(500, tags=("coffee_beans",))), compile_rules(file.book))
            read += 1
    assert read > 50


def test_validate_names_every_problem() -> None:
    program = read_program({"id": "", "code": " ", "name_th": "", "name_en": "", "effect": {"kind": "earn_per_step"}})
    assert [problem.where for problem in validate(program)] == [
        "id",
        "code",
        "name_th",
        "effect.points",
        "effect.step_satang",
    ]


@pytest.mark.parametrize(
    ("bill_json", "where"),
    [
        ({}, "bill.at"),
        ({"at": "2026-11-21", "lines": []}, "bill.at"),
        ({"at": "9999-12-31T23:59:59Z", "lines": []}, "bill.at"),
        ({"at": "2026-11-21T12:00:00+07:00", "lines": [{"price_satang": -1}]}, "bill.lines[0].price_satang"),
        (
            {"at": "2026-11-21T12:00:00Z", "lines": [{"price_satang": 1, "quantity_milli": 0}]},
            "bill.lines[0].quantity_milli",
        ),
        ({"at": "2026-11-21T12:00:00Z", "lines": [{"price_satang": 1}] * 501}, "bill.lines"),
        ({"at": "2026-11-21T12:00:00Z", "lines": [], "coupons": [{"definition": "x"}]}, "bill.coupons[0].definition"),
        ({"at": "2026-11-21T12:00:00Z", "lines": [], "rewards": [{"program": "x"}]}, "bill.rewards[0].program"),
        (
            {"at": "2026-11-21T12:00:00Z", "lines": [], "rewards": [{"program": REDEEM, "times": -1}]},
            "bill.rewards[0].times",
        ),
    ],
)
def test_a_bill_to_try_is_checked_too(bill_json: Any, where: str) -> None:
    with pytest.raises(Refusal) as refused:
        try_programs(_file(), bill_json)
    assert refused.value.params["where"] == where


@pytest.mark.parametrize(
    ("member_json", "where"),
    [
        ({"months": {"2026-13": {"visits": 1}}}, "member.months.2026-13"),
        ({"months": {"november": {}}}, "member.months.november"),
        ({"months": {"2026-11": {"visit": 1}}}, "member.months.2026-11.visit"),
        ({"stamps": {"S": "3"}}, "member.stamps.S"),
        ({"counts": {"times|p|": None}}, "member.counts.times|p|"),
        ({"segment": "x"}, "member.segment"),
        ({"visits": -1}, "member.visits"),
        ({"birthday": {"day": 31, "month": 2}}, None),
        ({"birthday": {"day": 10**15, "month": 2}}, None),
    ],
)
def test_a_member_to_try_with_is_checked_too(member_json: Any, where: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        try_programs(_file(), {"at": "2026-11-21T12:00:00Z", "lines": []}, member_json)
    if where is None:
        assert refused.value.reason is Reason.DATE_INVALID
    else:
        assert refused.value.params["where"] == where


def test_every_explanation_has_its_words() -> None:
    assert keys("explain") == KEYS
    named = {"missing_satang": 4_000, "coupon_th": "คูปอง 20 บาท", "coupon_en": "20-baht coupon", "count": 1}
    assert say("explain", "near_coupon", "th", named) == "ซื้ออีก ฿40 รับคูปอง 20 บาท 1 ใบ"
    assert say("explain", "near_coupon", "en", named) == "Spend ฿40 more for 1 × 20-baht coupon"


_EXAMPLE = re.compile(r"```json (programs|bill|member|gives)\n(.*?)```", re.DOTALL)


def _examples() -> list[dict[str, Any]]:
    """The worked examples of the guide: each begins with its ``programs`` and ends with what they ``give``."""
    found: list[dict[str, Any]] = []
    for part, body in _EXAMPLE.findall(GUIDE.read_text(encoding="utf-8")):
        if part == "programs":
            found.append({})
        found[-1][part] = json.loads(body)
    return found


def _within(expected: Any, actual: Any) -> bool:
    """Whether ``actual`` holds all that ``expected`` says."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and _within(expected[key], actual[key]) for key in expected
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(_within, expected, actual))
    return bool(expected == actual)


@pytest.mark.parametrize("number", range(len(_examples())))
def test_the_examples_of_the_guide_are_true(number: int) -> None:
    example = _examples()[number]
    result = try_programs(example["programs"], example["bill"], example.get("member"))
    assert _within(example["gives"], result), json.dumps(result, ensure_ascii=False, indent=1)


def test_the_guide_has_an_example_of_every_effect() -> None:
    shown = {one["effect"]["kind"] for example in _examples() for one in example["programs"]["programs"]}
    assert shown == KNOWN_KINDS
    assert all("gives" in example for example in _examples())


def test_a_tier_that_the_file_does_not_have_is_no_tier_to_try_with() -> None:
    gold = {"code": "GOLD", "name_th": "โกลด์", "name_en": "Gold", "minimum": 100}
    file = {**_file(), "settings": {"tiers": {"metric": "spend", "levels": [gold]}}}
    empty = {"at": "2026-11-21T12:00:00Z", "lines": []}
    with pytest.raises(Refusal) as refused:
        try_programs(file, empty, {"tier": "GLOD"})
    assert refused.value.params["where"] == "member.tier"
    assert try_programs(file, empty, {"tier": "GOLD"})["total_satang"] == 0
