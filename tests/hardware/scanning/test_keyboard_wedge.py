"""Bursts of simulated readers, and people: the first are all caught whole, the second never."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable

import pytest

from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.domain.kedmanee import to_thai_keys
from pos_member.domain.readers import BurstReport, ReaderKind, ReaderSetup
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX, ScanKind, classify
from pos_member.hardware.scanning.keyboard_wedge import (
    BurstClassifier,
    Decision,
    Hold,
    Key,
    ReleaseHeld,
    Repeated,
    Scan,
    WedgeRules,
)

KEY = "00112233445566778899aabbccddeeff"
# The same rows written down again from the PC/AT scan code table, as (scan code, plain, shifted).
SCAN_CODES = {
    **{char: (2 + n, False) for n, char in enumerate("1234567890-=")},
    **{char: (2 + n, True) for n, char in enumerate("!@#$%^&*()_+")},
    **{char: (16 + n, False) for n, char in enumerate("qwertyuiop[]")},
    **{char: (16 + n, True) for n, char in enumerate("QWERTYUIOP{}")},
    **{char: (30 + n, False) for n, char in enumerate("asdfghjkl;'")},
    **{char: (30 + n, True) for n, char in enumerate('ASDFGHJKL:"')},
    **{char: (44 + n, False) for n, char in enumerate("zxcvbnm,./")},
    **{char: (44 + n, True) for n, char in enumerate("ZXCVBNM<>?")},
    "`": (41, False),
    "~": (41, True),
    "\\": (43, False),
    "|": (43, True),
    " ": (57, False),
}


class Window:
    """What the window's event filter does with the decisions."""

    def __init__(self, settings: WedgeRules | None = None) -> None:
        self.classifier = BurstClassifier(settings)
        self.delivered: list[object] = []
        self.scans: list[str] = []
        self.repeats: list[str] = []
        self.reports: list[BurstReport] = []
        self.fed = 0

    def act(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            if not isinstance(decision, Hold) and decision.report is not None:
                self.reports.append(decision.report)
            match decision:
                case ReleaseHeld(keys):
                    self.delivered.extend(key.event for key in keys)
                case Scan(text):
                    self.scans.append(text)
                case Repeated(text):
                    self.repeats.append(text)
                case Hold():
                    assert self.classifier.held

    def press(
        self,
        char: str,
        at_ms: float,
        scan_code: int = 0,
        *,
        end: bool = False,
        shift: bool = False,
        again: bool = False,
    ) -> None:
        self.fed += 1
        self.act(
            self.classifier.key(char, scan_code, at_ms, end, shift=shift, auto_repeat=again, event=(self.fed, char))
        )

    def quiet(self, at_ms: float) -> None:
        self.act(self.classifier.silence(at_ms))

    def typed(self) -> str:
        return "".join(char for _, char in self.delivered)  # type: ignore[misc]


def shown(char: str, layout: str, caps: bool) -> str:
    """What the key of a US character makes under a layout."""
    if layout == "thai":
        if not caps:
            return to_thai_keys(char)
        _, shift = SCAN_CODES[char]
        twin = next(other for other, key in SCAN_CODES.items() if key == (SCAN_CODES[char][0], not shift))
        return to_thai_keys(twin)
    return char.swapcase() if caps and char.isalpha() else char


def burst(window: Window, text: str, start_ms: float, gaps_ms: Iterable[float], **how: object) -> float:
    layout, caps, offset = str(how.get("layout", "us")), bool(how.get("caps", False)), how.get("offset", 0)
    at_ms = start_ms
    for char, gap_ms in zip(text, gaps_ms, strict=False):
        code, shift = SCAN_CODES[char]
        at_ms += gap_ms
        native = 0 if offset is None else code + int(str(offset))
        window.press(shown(char, layout, caps), at_ms, native, shift=shift)
    return at_ms


def test_a_thousand_bursts_of_every_kind() -> None:
    """1–30 ms a key × US and Thai × Caps Lock × scan codes of X11, Windows, none × Enter or silence × a stall."""
    dice = random.Random(2_569)
    caught = 0
    for number in range(1_000):
        offset = dice.choice((0, 8, None))
        window = Window(WedgeRules(scan_code_offset=offset or 0))
        text = dice.choice(
            (
                make_member_number(KEY, 1 + number % 9_999, number),
                make_coupon_code(dice.randrange),
                "8850999320007",
                "96385074",
            )
        )
        gap_ms = dice.uniform(1, 30)
        gaps = [max(0.0, dice.gauss(gap_ms, gap_ms / 4)) for _ in text]
        if dice.random() < 0.3:
            gaps[dice.randrange(1, len(gaps))] = dice.uniform(30, 85)
        at_ms = burst(
            window,
            text,
            dice.uniform(0, 1e9),
            gaps,
            layout=dice.choice(("us", "thai")),
            caps=dice.random() < 0.5,
            offset=offset,
        )
        assert window.scans == []
        if dice.random() < 0.7:
            window.press("\r", at_ms + gap_ms, 28, end=True)
        else:
            window.quiet(at_ms + 599)
            assert window.scans == []
            window.quiet(at_ms + 600)
        assert window.delivered == [], "a character of a scan leaked"
        assert len(window.scans) == 1
        caught += classify(window.scans[0]).code == text
    assert caught == 1_000


def test_ten_thousand_people_lose_nothing() -> None:
    """Names, amounts, phones and codes typed by hand, 60 to 400 keys a minute and faster in runs; none is a scan."""
    dice = random.Random(99)
    words = ["0812345678", "250", "1,250.50", "สมหญิง จันทร์เพ็ญ", "2907780802207", "coffee beans", "8123456789012362"]
    captured = 0
    for _ in range(10_000):
        window = Window()
        text = dice.choice(words)
        pace_ms = dice.uniform(90, 400)
        at_ms = dice.uniform(0, 1e9)
        for place, char in enumerate(text):
            # Two or three keys rolled off at once are common; six are not done by hand.
            rolled = place % 4 == 1
            at_ms += dice.uniform(15, 45) if rolled else max(52.0, dice.gauss(pace_ms, pace_ms / 5))
            window.press(char, at_ms, 2 + ord(char) % 50)
        if dice.random() < 0.5:
            window.press("\r", at_ms + dice.uniform(60, 300), 28, end=True)
            assert window.typed() == text + "\r"
        else:
            window.quiet(at_ms + 90)
            assert window.typed() == text
        captured += len(window.scans) + len(window.repeats)
        assert [order for order, _ in window.delivered] == list(range(1, window.fed + 1))  # type: ignore[misc]
    assert captured == 0


def test_a_fast_typist_is_the_control_that_a_slow_gap_limit_would_capture() -> None:
    """The same hands with the median limit set too high are captured: the measure above can fail."""
    window = Window(WedgeRules((ReaderSetup("k", "", ReaderKind.KEYBOARD, 100, 150),)))
    for place, char in enumerate("0812345678"):
        window.press(char, place * 80.0)
    window.press("\r", 800, end=True)
    assert window.scans == ["0812345678"]


@pytest.mark.parametrize("offset", [0, 8])
def test_every_key_of_the_main_block_by_scan_code(offset: int) -> None:
    """All 95 characters under Thai with Caps Lock on: the physical key decides."""
    text = "".join(SCAN_CODES)
    assert len(text) == 95
    window = Window(WedgeRules(scan_code_offset=offset))
    at_ms = 0.0
    for code, shift in SCAN_CODES.values():
        at_ms += 5
        window.press("ฤ", at_ms, code + offset, shift=shift)
    window.press("\r", at_ms + 5, 28 + offset, end=True)
    assert window.scans == [text]


def test_number_pad_keeps_its_characters() -> None:
    window = Window()
    for place, char in enumerate("8850999320007"):
        window.press(char, place * 10.0, 71 + int(char))
    window.quiet(720)
    assert window.scans == ["8850999320007"]


def test_a_thai_burst_without_scan_codes_is_mapped_whole() -> None:
    window = Window()
    text = "https://example.com/A-1?b=2"
    burst(window, text, 0, [10.0] * len(text), layout="thai", offset=None)
    window.press("\t", 10.0 * len(text) + 5, end=True)
    assert window.scans == [text]


def test_short_runs_go_to_the_field_with_their_enter() -> None:
    window = Window()
    burst(window, "12345", 0, [10.0] * 5)
    window.press("\r", 60, 28, end=True)
    assert window.typed() == "12345\r"
    assert window.scans == []


def test_a_lone_enter_passes() -> None:
    window = Window()
    window.press("\r", 5, end=True)
    assert window.typed() == "\r"


def test_one_key_held_down_is_no_scan() -> None:
    """Without the auto-repeat flag the sameness gives it away, with it the keys pass at once."""
    for flagged in (False, True):
        window = Window()
        for place in range(20):
            window.press("0", place * 30.0, 11, again=flagged and place > 0)
        window.press("\r", 630, 28, end=True)
        assert window.scans == []
        assert window.typed() == "0" * 20 + "\r"


def test_keys_of_a_person_just_before_a_scan_are_given_back() -> None:
    window = Window()
    window.press("a", 0, 30)
    window.press("b", 70, 48)
    at_ms = burst(window, "2907780802207", 130, [12.0] * 13)
    window.press("\r", at_ms + 12, 28, end=True)
    assert window.typed() == "ab"
    assert window.scans == ["2907780802207"]


def test_a_code_with_a_hesitation_is_not_cut() -> None:
    window = Window()
    gaps = [10.0] * 13
    gaps[3] = 80.0
    at_ms = burst(window, "2907780802207", 0, gaps)
    window.quiet(at_ms + 600)
    assert window.scans == ["2907780802207"]


def test_the_next_key_settles_a_burst_whose_timer_came_late() -> None:
    """The event loop was busy: the timer never fired between two scans."""
    window = Window()
    at_ms = burst(window, "2907780802207", 0, [10.0] * 13)
    at_ms = burst(window, "8850999320007", at_ms + 1_000, [10.0] * 13)
    window.quiet(at_ms + 600)
    assert window.scans == ["2907780802207", "8850999320007"]
    assert window.delivered == []


def test_same_code_again_within_half_a_second_is_dropped_and_a_different_one_passes() -> None:
    window = Window()
    at_ms = 0.0
    for pause_ms, text in (
        (0, "96385074"),
        (200, "96385074"),
        (200, "96385074"),
        (100, "8850999320007"),
        (700, "8850999320007"),
    ):
        at_ms = burst(window, text, at_ms + pause_ms, [5.0] * len(text))
        window.press("\r", at_ms + 5, 28, end=True)
    assert window.scans == ["96385074", "8850999320007", "8850999320007"]
    assert window.repeats == ["96385074", "96385074"]
    assert window.delivered == []


def test_flush_gives_everything_back_in_order() -> None:
    window = Window()
    burst(window, "290778080", 0, [10.0] * 9)
    window.act(window.classifier.flush())
    assert window.typed() == "290778080"
    assert window.classifier.flush() == []
    assert window.classifier.silence(10_000) == []


def test_a_flood_is_bounded_and_foreign() -> None:
    window = Window()
    for place in range(20_000):
        window.press(chr(97 + place % 26), place * 2.0)
        assert window.classifier.held <= SCAN_TEXT_MAX + 1
    window.press("\r", 40_002, end=True)
    assert window.delivered == []
    assert len(window.scans) == 1
    assert classify(window.scans[0]).kind is ScanKind.FOREIGN


def test_a_steady_typist_is_not_held_for_a_sentence() -> None:
    window = Window()
    for place in range(40):
        window.press("abcdefgh"[place % 8], place * 70.0)
        assert window.classifier.held < 8
        assert len(window.delivered) + window.classifier.held == window.fed
    window.quiet(39 * 70.0 + 90)
    assert window.typed() == "abcdefgh" * 5


def test_a_clock_that_jumps_back_loses_nothing() -> None:
    window = Window()
    for at_ms, char in ((4_294_967_290.0, "1"), (4.0, "2"), (200.0, "3")):
        window.press(char, at_ms)
    window.quiet(400)
    assert window.typed() == "123"


def test_settings_out_of_reason_are_refused() -> None:
    serial = ReaderSetup("s", "", ReaderKind.SERIAL, address="COM3")
    for wrong in ({"keys_min": 1}, {"setups": ()}, {"setups": (serial,)}):
        with pytest.raises(ValueError):
            WedgeRules(**wrong)  # type: ignore[arg-type]


def test_release_gives_back_the_very_events() -> None:
    classifier = BurstClassifier()
    event = object()
    assert classifier.key("a", 30, 0, False, event=event) == [Hold()]
    (release,) = classifier.silence(90)
    assert isinstance(release, ReleaseHeld)
    assert release.keys[0].event is event
    assert release.keys[0] == Key("a", 30, 0)


def test_a_key_costs_microseconds() -> None:
    """Half a millisecond a key on the slowest machine; the event filter runs on the UI thread."""
    classifier = BurstClassifier()
    start_s = time.thread_time()
    for place in range(13 * 400):
        classifier.key("2907780802207"[place % 13], 0, place * 10.0 + (place // 13) * 200, False)
    assert (time.thread_time() - start_s) / (13 * 400) < 0.000_5
