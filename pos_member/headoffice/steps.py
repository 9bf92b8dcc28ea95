"""The places in which a process can die while it takes a batch in, applies and publishes it, in order."""

from __future__ import annotations

from collections.abc import Callable

#: Before the commit that makes an upload durable: a crash here leaves nothing.
INTAKE = ("locked", "inserted", "applied", "advanced")
#: After it: what a crash leaves undone here is done by whoever comes next.
AFTER = ("taken", "unit", "settling", "settled", "stamping", "numbered", "clearing", "stamped", "committed")
STEPS = INTAKE + AFTER

Step = Callable[[str], None]


def no_step(_name: str) -> None:
    """Nothing happens here."""
