"""What one round of sync did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_member.domain.errors import PosMemberError, Reason


@dataclass(frozen=True)
class SyncOutcome:
    """What one round did. ``reason`` is ``None`` when it went through to the horizon."""

    pushed: int
    applied: int
    duplicate: int
    quarantined: int
    pulled: int
    reason: Reason | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class RoundFigures:
    """Figures of the round under way."""

    applied: int = 0
    duplicate: int = 0
    quarantined: int = 0
    pulled: int = 0

    def outcome(self, error: PosMemberError | None = None) -> SyncOutcome:
        """The round as it ended."""
        pushed = self.applied + self.duplicate + self.quarantined
        reason, params = (None, {}) if error is None else (error.reason, dict(error.params))
        return SyncOutcome(pushed, self.applied, self.duplicate, self.quarantined, self.pulled, reason, params)
