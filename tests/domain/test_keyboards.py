"""All 94 keys × the layouts × Caps Lock, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.kedmanee import to_thai_keys, to_us_keys
from pos_member.domain.keyboards import (
    KEDMANEE_KEYS,
    PATTACHOTE_KEYS,
    THAI_LAYOUTS,
    US_KEYS,
    could_type,
    read_from,
    twin,
    typed_on,
)
from pos_member.domain.readers import Layout

#: Keys whose sign another key types, too (`_` of Pattachote): (plain, under Caps Lock) of what is read for them.
SHARED = {Layout.PATTACHOTE: {False: {"`": "&"}, True: {"~": "7"}}}


@pytest.mark.parametrize("layout", list(Layout)[1:])
@pytest.mark.parametrize("shifted", [False, True])
def test_every_key_comes_back(layout: Layout, shifted: bool) -> None:
    shared = SHARED.get(layout, {}).get(shifted, {})
    for key in US_KEYS:
        typed = typed_on(key, layout, shifted=shifted)
        assert len(typed) == 1
        assert read_from(typed, layout, shifted=shifted) == shared.get(key, key)


@given(
    st.text(st.sampled_from([*US_KEYS, " "]), max_size=60),
    st.sampled_from([Layout.US, Layout.KEDMANEE, Layout.PATTACHOTE]),
    st.booleans(),
)
def test_every_text_comes_back(text: str, layout: Layout, shifted: bool) -> None:
    wanted = "".join(SHARED.get(layout, {}).get(shifted, {}).get(char, char) for char in text)
    assert read_from(typed_on(text, layout, shifted=shifted), layout, shifted=shifted) == wanted


def test_there_are_94_keys_in_each_and_every_character_of_kedmanee_is_one_key() -> None:
    assert len(US_KEYS) == len(set(US_KEYS)) == 94
    assert len(KEDMANEE_KEYS) == len(set(KEDMANEE_KEYS)) == 94
    assert len(PATTACHOTE_KEYS) == 94 and len(set(PATTACHOTE_KEYS)) == 93


def test_the_two_tables_of_kedmanee_agree() -> None:
    assert to_thai_keys(US_KEYS) == KEDMANEE_KEYS and to_us_keys(KEDMANEE_KEYS) == US_KEYS


def test_a_twin_is_the_same_key_with_shift_the_other_way() -> None:
    assert twin("1aA!`~ ก") == "!Aa1~` ก"
    assert twin(twin(US_KEYS)) == US_KEYS


def test_no_digit_of_one_layout_is_a_digit_of_the_other() -> None:
    """What makes check digits enough to tell the layouts apart, as long as Caps Lock is off."""
    typed = {typed_on("0123456789", layout) for layout in THAI_LAYOUTS}
    kedmanee, pattachote = (set(each) for each in sorted(typed, key=lambda each: "ค" in each, reverse=True))
    assert not kedmanee & pattachote and not (kedmanee | pattachote) & set("0123456789")


@pytest.mark.parametrize("layout", [Layout.US, Layout.AUTO])
def test_us_keys_stay(layout: Layout) -> None:
    assert typed_on("a1 ก", layout) == read_from("a1 ก", layout) == "a1 ก"


def test_what_a_layout_could_have_typed() -> None:
    assert could_type(KEDMANEE_KEYS + " ", Layout.KEDMANEE) and could_type(PATTACHOTE_KEYS, Layout.PATTACHOTE)
    assert could_type(US_KEYS, Layout.US) and could_type("", Layout.KEDMANEE)
    assert not any(could_type("12", layout) or could_type("a", layout) for layout in THAI_LAYOUTS)
    assert not could_type("ก", Layout.US)
