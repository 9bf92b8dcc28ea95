"""No promise without a check, no check without a bug that breaks it, no bug that is there for nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from tests.simulation import checks, commands
from tests.simulation.census import MINIMUM
from tests.simulation.planted import BUGS
from tests.simulation.proofs import PROOFS

#: Called by other checks, or of no promise by themselves.
_HELPERS = {"require", "looked", "rows", "everything", "round_was_whole"}


def _checks() -> list[Callable[..., object]]:
    return [
        function
        for name, function in inspect.getmembers(checks, inspect.isfunction)
        if function.__module__ == checks.__name__ and not name.startswith("_") and name not in _HELPERS
    ]


def test_every_promise_is_held_and_can_be_seen_to_fail() -> None:
    for promise, proof in PROOFS.items():
        assert proof.held_by and proof.bugs, promise
        assert set(proof.bugs) <= BUGS.keys(), promise


def test_no_planted_bug_and_no_check_stands_outside() -> None:
    named = {bug for proof in PROOFS.values() for bug in proof.bugs}
    assert named == BUGS.keys()
    held = {check for proof in PROOFS.values() for check in proof.held_by}
    public = set(_checks())
    assert public <= held, public - held


def test_no_check_is_kept_for_want_of_anything_to_look_at() -> None:
    """Over an empty set each of them holds: the census of a thousand seeds asks how much there was."""
    unasked = {check.__name__ for check in [*_checks(), commands.commands_are_whole]} - {
        what.removeprefix("held ") for what in MINIMUM if what.startswith("held ")
    }
    assert not unasked
