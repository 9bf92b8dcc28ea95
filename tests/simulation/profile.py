"""What kind of run a seed is: which troubles it has, and how many. Runs with few kinds of trouble find most."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

#: Troubles beyond the line, by name; a run has some of them.
TROUBLES = (
    "till_dies",
    "office_dies",
    "late",
    "poison",
    "clock",
    "long_down",
    "token",
    "revoke",
    "restore",
    "clone",
    "office_restore",
    "stick",
    "snapshot",
    "online",
    "days",
    "weeks",
    "years",
    "leave",
)
#: Those that a run has twice as often as others: what goes wrong with them needs the most to come together.
TWICE = ("stick", "snapshot", "office_restore", "years")
#: Drawn apart from the rest.
COMMAND = "command"


@dataclass(frozen=True)
class Profile:
    """``faults``: of requests; ``interleave``: of commits of head office; ``meanwhile``: of requests; ``asides``: how
    often at most something else happens while something is under way."""

    tills: int = 3
    steps: int = 30
    faults: float = 0.0
    interleave: float = 0.0
    meanwhile: float = 0.0
    asides: int = 10
    #: Head office with a transaction of its own for every shard.
    distributed: bool = False
    #: So many changes to a page of the feed: one event's changes come in several; so many events to a batch, too. 0: as
    #: many as the product sends.
    page: int = 0
    #: Drained twice from the same files, the tills in the opposite order.
    two_orders: bool = False
    #: Head office applies what came in batches of more than one event after its answer, when its worker gets to it.
    settler: bool = False
    #: Changes of one segment of the feed; 0: as many as in the product, more than a run ever tells.
    segment: int = 0
    troubles: frozenset[str] = field(default_factory=frozenset)

    @staticmethod
    def drawn(dice: random.Random) -> Profile:
        """A profile out of a seed."""
        # By dice of their own: what the others say for a seed stays what it was.
        apart = random.Random(str(dice.getstate()[1][:8]))
        wanted = dice.randrange(len(TROUBLES) // 3)
        return Profile(
            tills=dice.choice((2, 3, 3)),
            steps=dice.randrange(12, 27),
            faults=dice.choice((0.0, 0.1, 0.3, 0.5)),
            interleave=dice.choice((0.0, 0.05, 0.2)),
            meanwhile=dice.choice((0.0, 0.1, 0.3)),
            distributed=dice.random() < 0.25,
            page=dice.choice((0, 0, 0, 0, 3)),
            two_orders=dice.random() < 0.08,
            settler=apart.random() < 0.3,
            segment=apart.choice((0, 0, 0, 4)),
            troubles=frozenset(dice.sample((*TROUBLES, *TWICE), wanted))
            | ({COMMAND} if apart.random() < 0.12 else frozenset()),
        )
