"""The hardware's burst classifier in the window's words: ``ui`` and ``hardware`` do not know one another."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pos_member.domain.readers import ReaderKind, ReaderSetup
from pos_member.hardware.scanning.keyboard_wedge import (
    BurstClassifier,
    Decision,
    Hold,
    ReleaseHeld,
    Repeated,
    Scan,
)
from pos_member.hardware.scanning.wedge_keys import ANY_READER, WedgeRules
from pos_member.ui.ports import Burst, BurstDecision


def keyboard_readers(setups: Sequence[ReaderSetup], gap_ms: int = 50, silence_ms: int = 90) -> tuple[ReaderSetup, ...]:
    """Those of a till's readers that type; without any, one of the two figures, which every reader fits."""
    typing = tuple(each for each in setups if each.kind is ReaderKind.KEYBOARD)
    if typing:
        return typing
    # Figures that somebody wrote into the file by hand are no reason to have no reader at all.
    gap_ms = min(100, max(10, gap_ms))
    silence_ms = min(1_000, max(gap_ms + 1, silence_ms))
    return (ReaderSetup(ANY_READER.key, "", ReaderKind.KEYBOARD, gap_ms, silence_ms),)


class WindowBursts:
    """``ui.ports.KeyBursts`` over ``BurstClassifier``. ``setups``: the till's readers (others than keyboards are left
    out; none at all: any reader that types). ``silence_ms``: what to give ``WedgeFilter`` along with it.
    """

    def __init__(
        self, setups: Sequence[ReaderSetup] = (), *, gap_ms: int = 50, silence_ms: int = 90, offset: int | None = None
    ) -> None:
        if offset is None:
            # X11 and Wayland number keys eight above the set-1 codes that Windows reports.
            offset = 0 if sys.platform == "win32" else 8
        rules = WedgeRules(keyboard_readers(setups, gap_ms, silence_ms), scan_code_offset=offset)
        self.silence_ms = rules.silence_ms
        self._classifier = BurstClassifier(rules)

    @property
    def running(self) -> bool:
        """Whether a reader is typing now."""
        return self._classifier.running

    def key(
        self,
        char: str,
        scan_code: int,
        at_ms: float,
        terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        chord: bool = False,
        event: object = None,
    ) -> Sequence[BurstDecision]:
        """Judge one key press."""
        return _decisions(
            self._classifier.key(
                char, scan_code, at_ms, terminator, shift=shift, auto_repeat=auto_repeat, chord=chord, event=event
            )
        )

    def silence(self, at_ms: float) -> Sequence[BurstDecision]:
        """Nothing was typed for a while."""
        return _decisions(self._classifier.silence(at_ms))

    def flush(self) -> Sequence[BurstDecision]:
        """Give back whatever is held."""
        return _decisions(self._classifier.flush())


def _decisions(found: Sequence[Decision]) -> list[BurstDecision]:
    return [_decision(each) for each in found]


def _decision(found: Decision) -> BurstDecision:
    match found:
        case Scan():
            return BurstDecision(Burst.SCAN, text=found.text, report=found.report)
        case ReleaseHeld():
            return BurstDecision(Burst.RELEASE, events=[key.event for key in found.keys], report=found.report)
        case Repeated():
            return BurstDecision(Burst.REPEATED, text=found.text, report=found.report)
        case Hold():
            return BurstDecision(Burst.HOLD)
