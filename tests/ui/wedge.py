"""The real burst classifier behind the window's port, as the composition root puts it."""

from __future__ import annotations

from collections.abc import Sequence

from pos_member.hardware.scanning.keyboard_wedge import (
    BurstClassifier,
    Decision,
    Hold,
    ReleaseHeld,
    Scan,
    WedgeSettings,
)
from pos_member.ui.ports import Burst, BurstDecision


class RealBursts:
    def __init__(self) -> None:
        self._classifier = BurstClassifier(WedgeSettings())

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
        found = self._classifier.key(
            char, scan_code, at_ms, terminator, shift=shift, auto_repeat=auto_repeat, event=event
        )
        return [_ported(each) for each in found]

    def silence(self, at_ms: float) -> Sequence[BurstDecision]:
        return [_ported(each) for each in self._classifier.silence(at_ms)]

    def flush(self) -> Sequence[BurstDecision]:
        return [_ported(each) for each in self._classifier.flush()]


def _ported(decision: Decision) -> BurstDecision:
    match decision:
        case Hold():
            return BurstDecision(Burst.HOLD)
        case ReleaseHeld(keys):
            return BurstDecision(Burst.RELEASE, events=[key.event for key in keys])
        case Scan(text):
            return BurstDecision(Burst.SCAN, text)
    return BurstDecision(Burst.REPEATED, decision.text)
