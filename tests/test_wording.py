"""Every reason has its two sentences, they say what to do next, and whoever raises it fills their gaps."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from datetime import date
from string import Formatter

import pytest

from pos_member import wording
from pos_member.config import resource
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from tests.source_tree import Module, calls, dotted, modules, parse

TABLES = sorted(path.stem for path in resource("i18n").glob("*.json"))
_RAISERS = {"Refusal", "EnvironmentProblem", "PosMemberError"}
_THAI = re.compile(r"[\u0e01-\u0e5b]")
# A vowel or tone mark with no letter to sit on: what a slip of the keyboard leaves behind.
_STRAY_MARK = re.compile(r"(?:^|[^\u0e01-\u0e2e\u0e30-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


def _table(name: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = json.loads(resource("i18n", f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _uncovered(sources: Iterable[Module], texts: dict[str, dict[str, str]]) -> list[str]:
    """Raise sites that leave a gap of their sentence open."""
    found: list[str] = []
    for module in sources:
        for call, name in calls(module):
            if name.split(".")[-1] not in _RAISERS or not call.args or any(k.arg is None for k in call.keywords):
                continue
            reason = dotted(call.args[0])
            if not reason.startswith("Reason."):
                continue
            gaps = _gaps(texts[Reason[reason.removeprefix("Reason.")].value]["th"])
            given = {keyword.arg for keyword in call.keywords}
            # What comes in words of each language, ``why_th`` beside ``why_en``, fills ``{why}``.
            given |= {name.removesuffix("_th") for name in given if name and f"{name.removesuffix('_th')}_en" in given}
            missing = gaps - given
            if missing:
                found.append(f"{module.path}:{call.lineno} {reason} without {', '.join(sorted(missing))}")
    return found


def test_every_reason_has_both_sentences_and_nothing_else() -> None:
    texts = _table("reasons")
    assert set(texts) == {reason.value for reason in Reason}
    assert {key: sorted(value) for key, value in texts.items() if sorted(value) != ["en", "th"]} == {}


@pytest.mark.parametrize("name", TABLES)
def test_both_languages_say_the_same_with_the_same_gaps(name: str) -> None:
    for key, texts in _table(name).items():
        # ``{name_th}`` beside ``{name_en}`` is the same gap, filled in the sentence's own language.
        gaps = [{gap.removesuffix(f"_{language}") for gap in _gaps(texts[language])} for language in ("th", "en")]
        assert gaps[0] == gaps[1], key
        for language, text in texts.items():
            assert text == text.strip() and text, (key, language)
            assert "  " not in text, (key, language)
            assert not _STRAY_MARK.search(text), (key, language)
        assert not _THAI.search(texts["en"].replace("ไทย", "")), f"{key}: Thai in the English sentence"


def test_a_reason_is_said_in_thai_and_says_what_to_do_next() -> None:
    for key, texts in _table("reasons").items():
        assert _THAI.search(texts["th"]), key
        # What is wrong and what to do are at least two clauses: Thai parts them by a space, English by a stop.
        assert " " in texts["th"], key
        assert len(re.findall(r"[.;,:]", texts["en"])) >= 1, key
        assert len(texts["en"]) <= 200 and len(texts["th"]) <= 200, f"{key}: too long to read at a till"


def test_whoever_raises_a_reason_fills_its_gaps() -> None:
    assert _uncovered(modules(), _table("reasons")) == []


def test_an_unfilled_gap_is_found() -> None:
    planted = parse("pos_member/planted.py", "raise Refusal(Reason.TEXT_TOO_LONG, other=1)\n")
    assert _uncovered([planted], _table("reasons")) == [
        "pos_member/planted.py:1 Reason.TEXT_TOO_LONG without length_max"
    ]


def test_a_gap_filled_in_one_language_alone_is_found() -> None:
    half = parse("pos_member/planted.py", "raise Refusal(Reason.FONT_UNFIT, font=1, why_th=2)\n")
    assert _uncovered([half], _table("reasons")) == ["pos_member/planted.py:1 Reason.FONT_UNFIT without why"]


def test_a_sentence_in_code_where_a_reason_belongs_is_found() -> None:
    """Errors for people carry a ``Reason``, never a sentence."""

    def worded(sources: Iterable[Module]) -> list[str]:
        return [
            f"{module.path}:{call.lineno}"
            for module in sources
            for call, name in calls(module)
            if name.split(".")[-1] in _RAISERS and call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
        ]

    assert worded([parse("planted.py", "raise Refusal('no, you cannot')\n")]) == ["planted.py:1"]
    assert worded(modules()) == []


def test_saying_an_error_formats_its_parameters() -> None:
    assert "100,000,000" in wording.say_error(Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=10_000_000_000), "th")
    assert "฿" in wording.say_error(Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=10_000_000_000), "en")
    assert wording.say("reasons", "date_invalid", "th", {"text": date(2026, 11, 21)}).startswith("“21 พ.ย. 2569”")


def test_a_parameter_that_is_missing_leaves_a_dash_and_not_a_crash() -> None:
    assert "– characters" in wording.say_error(EnvironmentProblem(Reason.TEXT_TOO_LONG), "en")


@pytest.mark.parametrize("reason", ["till_revoked", "till_not_known", "till_not_enrolled"])
def test_a_till_without_its_right_is_told_how_to_get_it_back(reason: str) -> None:
    thai, english = (wording.say("reasons", reason, language) for language in ("th", "en"))
    assert "รหัส" in thai and "ลงทะเบียน" in thai and "สำนักงานใหญ่" in thai
    assert "code" in english and "enrol" in english and "ead office" in english


@pytest.mark.parametrize("reason", ["carry_other_till", "carry_other_office"])
def test_a_file_that_is_not_this_tills_says_where_its_own_is_found(reason: str) -> None:
    assert "คำตอบ" in wording.say("reasons", reason, "th", {"till": "x"})
    assert "answer" in wording.say("reasons", reason, "en", {"till": "x"})
