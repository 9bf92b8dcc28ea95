"""What is promised, by which check it is held, and which planted bug shows that the check can fail.

S1 … S7 are the promises of sync, I1 … I7 the invariants of the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.simulation import checks, commands, orders, replicas
from tests.simulation.world import Simulation


class Proof(NamedTuple):
    """``bugs``: names in ``planted.BUGS``, each of which breaks one of ``held_by``."""

    held_by: tuple[Callable[..., object], ...]
    bugs: tuple[str, ...]


PROOFS: Mapping[str, Proof] = {
    "S1 each bill arrives exactly once": Proof(
        (checks.each_event_once, checks.effects_once, checks.after_round),
        ("no server dedup", "ack before commit", "effects and counter in two transactions", "hello moves what is held"),
    ),
    "S2 the till never waits for the network": Proof((Simulation.doing,), ("an act sends at once",)),
    "S3 a bad fact blocks nothing behind it": Proof(
        (checks.queues_are_empty, checks.only_poison_aside), ("hello moves what is held",)
    ),
    "S4 a till's copy is a prefix of the feed": Proof(
        (replicas.Watch.look, checks.tills_tell_the_same),
        (
            "cursor saved before rows",
            "naive feed cursor",
            "snapshot swapped with an older cursor",
            "seen mark ignored",
            "segment as it was told first",
        ),
    ),
    "S5 a restored or copied till is noticed": Proof(
        (checks.each_event_once, checks.effects_once, checks.claims_are_told),
        (
            "restore without epoch",
            "restore without epoch, nothing copied",
            "numbers not left out after a restore",
        ),
    ),
    "S6 a restored head office is refilled": Proof(
        (checks.each_event_once, checks.tills_tell_the_same), ("feed known by its number alone",)
    ),
    "S7 guaranteed points never overdraw": Proof(
        (checks.rights_hold, checks.nothing_promised_twice, checks.tills_verify),
        ("own right granted twice", "right granted without its sum", "right told twice counts twice"),
    ),
    "I1 I2 effects once, balance is the sum of entries": Proof(
        (checks.effects_once, checks.all_is_applied),
        (
            "applied marker missing",
            "effect applied twice",
            "stick applied twice",
            "effects owed in memory alone",
        ),
    ),
    "I3 I5 a bill, its return and its rights agree": Proof((checks.tills_verify,), ("right told twice counts twice",)),
    "I4 a double use is told, once": Proof((checks.coupons_are_told, checks.claims_are_told), ("case not told",)),
    "I6 no acknowledged fact changes": Proof((checks.each_event_once, checks.after_round), ("ack before commit",)),
    "I7 cases do not depend on the order of tills": Proof((orders.twice,), ("who comes second is blamed",)),
    "a command does for each what it was asked, once": Proof(
        (commands.commands_are_whole,), ("progress of a command before its rows",)
    ),
    "days are complete when all is there": Proof(
        (checks.days_are_told, checks.complete_days_are), ("day complete without its facts",)
    ),
}
