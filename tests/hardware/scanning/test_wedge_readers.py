"""Several readers at a till, their prefixes, suffixes and endings; layouts that are in doubt; readers that stop."""

from __future__ import annotations

import random

import pytest

from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.domain.kedmanee import has_thai
from pos_member.domain.keyboards import typed_on
from pos_member.domain.readers import Ending, Layout, ReaderKind, ReaderSetup
from pos_member.domain.scan_meaning import classify
from pos_member.hardware.scanning.keyboard_wedge import WedgeRules
from tests.hardware.scanning.test_keyboard_wedge import KEY, Window, burst

PRODUCT, MEMBER = "8850999320007", "2907780802207"


def reader(key: str, **how: object) -> ReaderSetup:
    return ReaderSetup(key, key, ReaderKind.KEYBOARD, **how)  # type: ignore[arg-type]


def typed(setups: tuple[ReaderSetup, ...], text: str, gap_ms: float, end: str = "\r", **how: object) -> Window:
    window = Window(WedgeRules(setups))
    at_ms = burst(window, text, 0, [gap_ms] * len(text), **how)
    if end:
        window.press(end, at_ms + gap_ms, 28, end=True)
    else:
        window.quiet(at_ms + 600)
    return window


BOTH = (reader("plain"), reader("marked", prefix="#7", suffix=";", ending=Ending.TAB, gap_max_ms=30))


@pytest.mark.parametrize(
    ("text", "end", "heard", "who"),
    [
        (PRODUCT, "\r", PRODUCT, "plain"),
        (f"#7{PRODUCT};", "\t", PRODUCT, "marked"),
        (f"#7{MEMBER};", "\r", MEMBER, "marked"),  # its ending was changed: the code proves itself
        ("#7ABC;", "\t", "ABC", "marked"),
        ("ABC-123-X", "\r", "ABC-123-X", "plain"),
    ],
)
def test_a_burst_may_fit_any_of_the_readers(text: str, end: str, heard: str, who: str) -> None:
    window = typed(BOTH, text, 12, end)
    assert window.scans == [heard] and window.delivered == []
    assert window.reports[-1].reader == who and window.reports[-1].text == heard


def test_where_every_reader_has_a_prefix_only_a_code_that_proves_itself_does_without() -> None:
    """A reader put in the place of another must not stop the shop."""
    marked = (reader("marked", prefix="#7"),)
    assert typed(marked, PRODUCT, 12).scans == [PRODUCT]
    assert typed(marked, "ABC-123-X", 12).typed() == "ABC-123-X\r"


def test_a_prefix_nobody_types_makes_a_slow_reader_known() -> None:
    slow = (reader("slow", prefix="~#"),)
    assert typed(slow, "~#ABC-123", 70).scans == ["ABC-123"]
    assert typed(slow, "ABC-123XY", 70).scans == []
    # At a person's pace it is a person's, prefix or not; and a letter is no proof.
    assert typed(slow, "~#ABC-123", 90).scans == []
    assert typed((reader("a", prefix="A"),), "ABC-123XY", 70).scans == []


def test_an_ending_that_is_set_up_is_asked_of_what_proves_nothing() -> None:
    tab = (reader("tab", ending=Ending.TAB),)
    assert typed(tab, "ABC-123-X", 12, "\t").scans == ["ABC-123-X"]
    assert typed(tab, "ABC-123-X", 12, "\r").typed() == "ABC-123-X\r"
    assert typed(tab, MEMBER, 12, "\r").scans == [MEMBER]


def test_a_reader_that_ends_in_silence_is_not_waited_for() -> None:
    silent = Window(WedgeRules((reader("silent", ending=Ending.SILENCE),)))
    at_ms = burst(silent, MEMBER, 0, [10.0] * 13)
    silent.quiet(at_ms + 90)
    assert silent.scans == [MEMBER]
    at_ms = burst(silent, "ABC-XYZ", at_ms + 1_000, [10.0] * 7)
    silent.quiet(at_ms + 90)
    assert silent.scans == [MEMBER, "ABC-XYZ"]


def test_silence_is_learned_from_the_first_code_that_ends_so() -> None:
    window = Window()
    at_ms = burst(window, MEMBER, 0, [10.0] * 13)
    window.quiet(at_ms + 90)
    assert window.scans == []
    window.quiet(at_ms + 600)
    at_ms = burst(window, PRODUCT, at_ms + 2_000, [10.0] * 13)
    window.quiet(at_ms + 90)
    assert window.scans == [MEMBER, PRODUCT]


@pytest.mark.parametrize("place", range(4, 13))
def test_a_reader_that_stops_for_half_a_second_is_waited_for(place: int) -> None:
    """Its pace has shown that it is one, and its code is not whole: nothing is decided before it goes on."""
    window = Window()
    at_ms = burst(window, MEMBER[:place], 0, [10.0] * place)
    for waited in (90, 180, 270, 360, 450):
        window.quiet(at_ms + waited)
    at_ms = burst(window, MEMBER[place:], at_ms + 490, [10.0] * 13)
    window.press("\r", at_ms + 10, 28, end=True)
    assert window.scans == [MEMBER] and window.delivered == []


def test_a_few_keys_and_half_a_second_later_a_code_are_two_things() -> None:
    window = Window()
    burst(window, "ab", 0, [10.0, 70.0])
    at_ms = burst(window, MEMBER, 500, [10.0] * 13)
    window.press("\r", at_ms + 10, 28, end=True)
    assert window.typed() == "ab" and window.scans == [MEMBER]


def test_a_code_that_two_layouts_could_have_typed_is_not_acted_upon() -> None:
    """Kedmanee under Caps Lock and Pattachote share six signs; here both readings have their check digit."""
    code = next(
        text
        for text in ("".join(random.Random(number).choices("345860", k=8)) for number in range(100_000))
        if classify(text).kind.value == "product"
        and classify("".join(str("234567"["345860".index(figure)]) for figure in text)).kind.value == "product"
    )
    shown = typed_on(code, Layout.KEDMANEE, shifted=True)

    def heard(*setups: ReaderSetup) -> list[str]:
        window = Window(WedgeRules(setups))
        for place, char in enumerate(shown):
            window.press(char, place * 10.0)
        window.press("\r", 100, end=True)
        return window.scans

    assert [classify(text).kind.value for text in heard(reader("any"))] == ["text"]
    # Where the reader's layout is set up there is no doubt.
    assert heard(reader("known", layout=Layout.KEDMANEE)) == [code]


@pytest.mark.parametrize("layout", [Layout.KEDMANEE, Layout.PATTACHOTE])
@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("place", [1, 7, 12])
def test_the_layout_changed_in_the_middle(layout: Layout, shifted: bool, place: int) -> None:
    for code in (make_member_number(KEY, 9, place), make_coupon_code(random.Random(place).randrange)):
        for shown in (
            typed_on(code[:place], layout, shifted=shifted) + code[place:],
            code[:place] + typed_on(code[place:], layout, shifted=shifted),
        ):
            window = Window()
            for at, char in enumerate(shown):
                window.press(char, at * 10.0)
            window.press("\r", len(shown) * 10.0, end=True)
            if has_thai(shown):
                assert window.scans == [code], shown
            else:
                # Signs alone (Pattachote under Caps Lock): a US text may look like this.
                assert [classify(text).kind.value for text in window.scans] == ["text"]


def test_a_remote_desktop_with_key_numbers_of_its_own() -> None:
    """The numbers say another text than the characters: the one that proves itself is believed."""
    window = Window()
    for place, char in enumerate(MEMBER):
        window.press(char, place * 10.0, 100 + place if place else 30)
    window.press("\r", 200, 28, end=True)
    assert window.scans == [MEMBER]


def test_caps_lock_that_locks_shift() -> None:
    window = Window()
    for place, char in enumerate(typed_on(MEMBER, Layout.US, shifted=True)):
        window.press(char, place * 10.0)
    window.press("\r", 200, end=True)
    assert window.scans == [MEMBER]


def test_a_roll_of_seven_keys_inside_a_word_is_a_person_s() -> None:
    window = Window()
    gaps = [110.0] * 4 + [30.0] * 7 + [120.0] * 4
    at_ms = burst(window, "understandingly", 0, gaps)
    window.press("\r", at_ms + 130, 28, end=True)
    assert window.scans == [] and window.typed() == "understandingly\r"


def test_a_person_s_keys_at_once_before_a_burst_keep_out_of_it_after_a_whole_sentence() -> None:
    """However long somebody typed without a rest, the first key of a code is not theirs."""
    window = Window()
    at_ms = burst(window, "coffee" * 10, 0, [80.0] * 60)
    at_ms = burst(window, MEMBER, at_ms + 70, [10.0] * 13)
    window.press("\r", at_ms + 10, 28, end=True)
    assert window.typed() == "coffee" * 10 and window.scans == [MEMBER]


def test_signs_in_a_text_are_no_figures_of_another_layout() -> None:
    """``-`` is 3 under Kedmanee: a serial number with a dash must not become a product once in ten times."""
    for number in range(200):
        text = f"{number * 7919 + 10**8:09d}-{number:03d}"
        window = Window()
        for place, char in enumerate(text):
            window.press(char, place * 10.0)
        window.press("\r", 200, end=True)
        assert window.scans == [text]
