"""What three reads of one code tell about a reader, and when they tell nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.keyboards import typed_on
from pos_member.domain.readers import BurstReport, Ending, HeardKey, Layout
from pos_member.hardware.scanning.calibration import calibrated
from pos_member.hardware.scanning.keyboard_wedge import BurstClassifier, Scan, WedgeRules
from tests.hardware.scanning.test_keyboard_wedge import SCAN_CODES

MEMBER, PRODUCT = "2907780802207", "8850999320007"


def report(
    text: str,
    gaps_ms: Sequence[float],
    ending: Ending = Ending.ENTER,
    *,
    layout: Layout = Layout.US,
    shifted: bool = False,
    by_keys: bool = True,
) -> BurstReport:
    shown = typed_on(text, layout, shifted=shifted)
    gaps = [0, *(round(1000 * gap) for gap in gaps_ms)][: len(text)]
    keys = tuple(
        HeardKey(char, SCAN_CODES[us][0] if by_keys else 0, gap, SCAN_CODES[us][1])
        for us, char, gap in zip(text, shown, gaps, strict=True)
    )
    median = sorted(gaps[1:])[len(gaps) // 2 - 1]
    return BurstReport("scan", keys, shown, "", median, ending, layout, by_keys)


def three(text: str, gap_ms: float, ending: Ending = Ending.ENTER, **how: object) -> list[BurstReport]:
    dice = random.Random(f"{text}{gap_ms}")
    return [
        report(text, [max(0.5, dice.gauss(gap_ms, gap_ms / 8)) for _ in text[1:]], ending, **how)  # type: ignore[arg-type]
        for _ in range(3)
    ]


@pytest.mark.parametrize(("gap_ms", "low", "high"), [(1, 20, 20), (8, 20, 30), (16, 40, 50), (50, 60, 75)])
def test_the_largest_median_has_a_margin_above_the_reader_and_below_people(gap_ms: int, low: int, high: int) -> None:
    setup = calibrated(three(PRODUCT, gap_ms))
    assert low <= setup.gap_max_ms <= high
    assert setup.silence_ms >= 90 and setup.silence_ms >= 2 * setup.gap_max_ms


def test_a_reader_as_slow_as_a_person_is_refused_with_its_pace() -> None:
    with pytest.raises(Refusal) as refused:
        calibrated(three(PRODUCT, 90))
    assert refused.value.reason is Reason.READER_TOO_SLOW
    assert 80 <= int(str(refused.value.params["gap_ms"])) <= 100


def test_silence_is_twice_the_largest_hesitation() -> None:
    bursts = three(PRODUCT, 10)
    bursts[1] = report(PRODUCT, [10.0] * 5 + [140.0] + [10.0] * 6)
    assert calibrated(bursts).silence_ms == 280


@pytest.mark.parametrize("ending", [Ending.ENTER, Ending.TAB, Ending.SILENCE])
def test_the_ending_is_the_one_seen(ending: Ending) -> None:
    assert calibrated(three(PRODUCT, 10, ending)).ending is ending


def test_different_endings_are_either() -> None:
    bursts = [*three(PRODUCT, 10)[:2], *three(PRODUCT, 10, Ending.TAB)[:1]]
    assert calibrated(bursts).ending is Ending.EITHER


@pytest.mark.parametrize(
    ("around", "prefix", "suffix"),
    [("{}", "", ""), ("~{}", "~", ""), ("A-{}#", "A-", "#"), ("]E0{}", "", ""), ("SHOP]E0{};", "SHOP", ";")],
)
@pytest.mark.parametrize("layout", list(Layout)[1:])
@pytest.mark.parametrize("by_keys", [True, False])
def test_prefix_and_suffix_are_what_stands_around_the_code(
    around: str, prefix: str, suffix: str, layout: Layout, by_keys: bool
) -> None:
    for code in (PRODUCT, MEMBER):
        setup = calibrated(three(around.format(code), 10, layout=layout, by_keys=by_keys))
        assert (setup.prefix, setup.suffix) == (prefix, suffix)
        assert setup.layout is (Layout.AUTO if by_keys or layout is Layout.US else layout)


@pytest.mark.parametrize("layout", [Layout.KEDMANEE, Layout.PATTACHOTE])
def test_under_caps_lock_that_shifts_every_key(layout: Layout) -> None:
    setup = calibrated(three(f"A{MEMBER}", 10, layout=layout, shifted=True, by_keys=False))
    assert setup.prefix == "A"


@pytest.mark.parametrize(
    "bursts",
    [
        three(PRODUCT, 10)[:2],  # too few
        [*three(PRODUCT, 10)[:2], *three(MEMBER, 10)[:1]],  # two codes
        three("hello world", 10),  # no code
        three("12345678901234567", 10),  # figures without a check digit
        three(f"1{PRODUCT}", 10),  # where does the prefix end?
        three("12345", 10),  # too short
        three("X" * 17 + PRODUCT, 10),  # a prefix longer than any
        [],
    ],
)
def test_what_is_unclear_is_refused(bursts: list[BurstReport]) -> None:
    with pytest.raises(Refusal) as refused:
        calibrated(bursts)
    assert refused.value.reason is Reason.READER_UNCLEAR


def test_a_calibrated_reader_is_read_from_then_on() -> None:
    """A set-up made of what was typed, in a classifier of its own: the same keys are a scan."""
    for gap_ms, around in ((2.0, "{}"), (16.0, "#{}"), (45.0, "A{};"), (52.0, "{}")):
        text = around.format(PRODUCT)
        bursts = three(text, gap_ms)
        classifier = BurstClassifier(WedgeRules((calibrated(bursts),)))
        at_ms, found = 0.0, []
        for key in bursts[0].keys:
            at_ms += key.gap_us / 1000
            found += classifier.key(key.char, key.scan_code, at_ms, False, shift=key.shift)
        found += classifier.key("\r", 28, at_ms + gap_ms, True)
        assert [each.text for each in found if isinstance(each, Scan)] == [PRODUCT]


def test_every_calibration_has_a_key_of_its_own() -> None:
    assert calibrated(three(PRODUCT, 10)).key != calibrated(three(PRODUCT, 10)).key
