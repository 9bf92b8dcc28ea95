"""The library of ready-made programs: sound, explained, and every example true, with the cashier's sentence."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pos_member.cli.program import ready_made, sentence
from pos_member.config import resource
from pos_member.domain.errors import Refusal
from pos_member.domain.evaluation import compile_rules
from pos_member.domain.ids import is_id
from pos_member.domain.program import KNOWN_KINDS
from pos_member.domain.program_library import Example, LibraryEntry, read_entry
from pos_member.domain.program_lint import examine
from pos_member.domain.program_try import tried, try_programs

ENTRIES = ready_made()
#: What an entry may say of itself: quotas are meant, and a ranking's days are the shop's to choose.
_MEANT = {"needs_quota"}


def within(expected: Any, actual: Any) -> bool:
    """Whether ``actual`` holds all that ``expected`` says."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and within(expected[key], actual[key]) for key in expected
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(within, expected, actual))
    return bool(expected == actual)


def test_the_library_holds_what_a_thai_shop_starts_with() -> None:
    names = {entry.name for entry in ENTRIES}
    assert len(names) == len(ENTRIES) >= 10
    assert names >= {
        *("points-25", "points-100", "double-wednesday", "coffee-card", "next-bill-20"),
        *("birthday-month", "category-coupon", "member-price", "win-back-90", "tiers"),
    }
    files = {path.stem for path in resource("programs", "library").glob("*.json")}
    assert files == names, "a file is named as its entry"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_sound_and_speaks_two_languages(entry: LibraryEntry) -> None:
    found = examine(entry.written, date(2026, 11, 21))
    assert found.problems == ()
    assert {warning.key for warning in found.warnings} - _MEANT == set()
    assert compile_rules(entry.file.book).inert == () or entry.name == "top-spender"
    for text in (entry.name_th, entry.name_en, entry.description_th, entry.description_en):
        assert text.strip() == text and text
    for one in (*entry.file.programs, *entry.file.definitions):
        assert is_id(one.id) and one.name_th and one.name_en
    assert entry.examples


def test_entries_can_be_launched_side_by_side() -> None:
    """What has one id is one thing: the base points that several entries bring are earned once."""
    things: dict[str, object] = {}
    for entry in ENTRIES:
        for one in (*entry.file.programs, *entry.file.definitions):
            assert things.setdefault(one.id, one) == one, (entry.name, one.code)
    codes = {(type(one), one.code) for one in things.values()}  # type: ignore[attr-defined]
    assert len(codes) == len(things)


_EXAMPLES = [(entry, example) for entry in ENTRIES for example in entry.examples]


@pytest.mark.parametrize(("entry", "example"), _EXAMPLES, ids=lambda one: getattr(one, "name", None) or one.name_en)
def test_an_example_is_true(entry: LibraryEntry, example: Example) -> None:
    gives = try_programs(entry.written, example.bill, example.member)
    assert within(example.gives, gives), json.dumps(gives, ensure_ascii=False, indent=1)
    told = {why.program_id: why for why in tried(entry.written, example.bill, example.member).explanations}
    for said in example.says:
        why = told[said.program]
        assert (sentence(why, "th"), sentence(why, "en")) == (said.th, said.en)


def test_every_kind_has_a_ready_made_program_or_an_example_in_the_guide() -> None:
    kinds = {program.effect.kind for entry in ENTRIES for program in entry.file.programs}
    assert KNOWN_KINDS - kinds <= {"earn_in_proportion", "add_points", "reward_coupon"}


def test_an_entry_that_does_not_fit_is_refused_with_its_field() -> None:
    written = json.loads(resource("programs", "library", "points-25.json").read_bytes())
    with pytest.raises(Refusal) as refused:
        read_entry(json.dumps(written | {"nmae": "x"}).encode())
    assert refused.value.params["where"] == "entry.nmae"
