"""The hardware's burst classifier in the window's words: ``ui`` and ``hardware`` do not know one another."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pos_member.hardware.scanning.keyboard_wedge import (
    BurstClassifier,
    Hold,
    ReleaseHeld,
    Repeated,
    Scan,
    WedgeSettings,
)
from pos_member.ui.ports import Burst, BurstDecision


class WindowBursts:
    """``ui.ports.KeyBursts`` over ``BurstClassifier``."""

    def __init__(self, gap_ms: int, silence_ms: int) -> None:
        # X11 and Wayland number keys eight above the set-1 codes that Windows reports.
        offset = 0 if sys.platform == "win32" else 8
        self._classifier = BurstClassifier(
            WedgeSettings(gap_max_ms=gap_ms, silence_ms=silence_ms, scan_code_offset=offset)
        )

    def key(
        self,
        char: str,
        scan_code: int,
        at_ms: float,
        terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        event: object = None,
    ) -> Sequence[BurstDecision]:
        """Judge one key press."""
        return _decisions(
            self._classifier.key(char, scan_code, at_ms, terminator, shift=shift, auto_repeat=auto_repeat, event=event)
        )

    def silence(self, at_ms: float) -> Sequence[BurstDecision]:
        """Nothing was typed for a while."""
        return _decisions(self._classifier.silence(at_ms))

    def flush(self) -> Sequence[BurstDecision]:
        """Give back whatever is held."""
        return _decisions(self._classifier.flush())


def _decisions(found: Sequence[Hold | ReleaseHeld | Scan | Repeated]) -> list[BurstDecision]:
    return [_decision(each) for each in found]


def _decision(found: Hold | ReleaseHeld | Scan | Repeated) -> BurstDecision:
    match found:
        case Scan():
            return BurstDecision(Burst.SCAN, text=found.text)
        case ReleaseHeld():
            return BurstDecision(Burst.RELEASE, events=[key.event for key in found.keys])
        case Repeated():
            return BurstDecision(Burst.REPEATED, text=found.text)
        case Hold():
            return BurstDecision(Burst.HOLD)
