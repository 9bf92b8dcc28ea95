"""Word boundaries: nothing torn, nothing lost, with ICU and without."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.hardware.printing.wrapping import clusters, wrap
from pos_member.services import thai_words
from pos_member.services.thai_words import ZWSP, break_opportunities

THAI = st.text(alphabet=[chr(code) for code in (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F))], max_size=60)
TORN = re.compile(rf"{ZWSP}[ะาำๅๆฯ\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[เแโใไ]{ZWSP}|{ZWSP}[ก-ฮ][\u0e34-\u0e3a]?\u0e4c")


@pytest.fixture
def without_icu(monkeypatch: pytest.MonkeyPatch):
    break_opportunities.cache_clear()
    thai_words._icu.cache_clear()
    monkeypatch.setattr(thai_words, "_candidates", lambda: [("no-such-library.so", "_1")])
    yield
    monkeypatch.undo()
    break_opportunities.cache_clear()
    thai_words._icu.cache_clear()


def test_words_are_found_with_the_dictionary():
    assert thai_words.has_dictionary()
    assert break_opportunities("กาแฟเย็นแก้วใหญ่วันศุกร์").split(ZWSP) == ["กาแฟ", "เย็น", "แก้ว", "ใหญ่", "วัน", "ศุกร์"]


def test_without_any_icu_the_spelling_still_gives_places(without_icu):
    assert not thai_words.has_dictionary()
    pieces = break_opportunities("กาแฟเย็นแก้วใหญ่").split(ZWSP)
    assert len(pieces) >= 3
    assert "เย็น" in pieces


@given(THAI)
def test_nothing_is_torn_or_lost(text):
    broken = break_opportunities(text)
    assert broken.replace(ZWSP, "") == text
    assert not TORN.search(broken)


@given(THAI)
def test_nothing_is_torn_or_lost_by_spelling(text):
    broken = thai_words._break_run(text, None)
    assert broken.replace(ZWSP, "") == text
    assert not TORN.search(broken)


def test_other_scripts_and_huge_texts_pass_through():
    assert break_opportunities("Iced latte 100 ฿ 🧋") == "Iced latte 100 ฿ 🧋"
    huge = "ก" * 1_000_000
    assert break_opportunities(huge).replace(ZWSP, "") == huge


@given(st.text(max_size=80), st.integers(1, 30))
def test_wrapped_lines_hold_every_visible_character(text, width):
    lines = wrap(text, width, len)
    assert lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace(ZWSP, "") or any(c.isspace() for c in text)
    for line in lines:
        assert len(line) <= width or len(clusters(line)) == 1


def test_an_abbreviation_stays_with_its_name():
    assert wrap("ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่", 12, len)[0] == "ต.สุเทพ"
    assert not any(line.endswith("อ.") for line in wrap("ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่", 12, len))


@given(THAI, st.integers(1, 30))
def test_wrapping_never_parts_what_belongs_together(text, width):
    """Put together again, the lines are the same clusters: no mark lost its letter, no leading vowel its consonant."""
    lines = wrap(text, width, len)
    assert [cluster for line in lines for cluster in clusters(line)] == clusters(text)
    assert not any(line.startswith(tuple("ะาำๅ\u0e31\u0e34\u0e37\u0e38\u0e47\u0e48\u0e49\u0e4c")) for line in lines[1:])
