"""What may go wrong in one run, drawn from its seed: faults of the printers, deaths of the till, deeds of persons."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from pos_member.hardware.printing.simulator import Do, Lasting, Step, When

#: A fault ends by itself after so long, or somebody mends it: all in real milliseconds, with the till's waits scaled.
SOON_MS = (5, 120)
#: Bytes of a short paper and more, so that some moments never come.
BYTES_MAX = 45_000
ROWS_MAX = 2_500
KILLED = "killed"
RACED = "raced"
PERSON = "person"


@dataclass
class Chances:
    """One run's fate. ``steps`` per printer; ``kills`` count the moments of the till at which it dies."""

    seed: int
    steps: list[list[Step]]
    kills: set[int]
    two_printers: bool
    twins: bool
    fallback: bool
    process_id: bool
    mute_model: bool
    identity: bool
    sales: int
    person: float
    race: float
    dice: random.Random = field(repr=False, default_factory=random.Random)

    @property
    def faults(self) -> set[str]:
        """What is planned, by name."""
        found = {step.do.value for steps in self.steps for step in steps}
        return found | ({KILLED} if self.kills else set()) or {"none"}


def drawn(seed: int) -> Chances:
    """The fate of run ``seed``, always the same."""
    dice = random.Random(f"spool {seed}")
    two = dice.random() < 0.4
    twins = two and dice.random() < 0.5
    troubles = [dice.choice((0, 1, 1, 2, 3)) for _ in range(2 if two else 1)]
    kills = {dice.randint(1, 90) for _ in range(dice.choice((0, 0, 1, 2)))}
    return Chances(
        seed,
        [[step for _ in range(count) for step in _trouble(dice)] for count in troubles],
        kills,
        two_printers=two,
        twins=twins,
        fallback=two and not twins and dice.random() < 0.8,
        process_id=dice.random() < 0.7,
        mute_model=dice.random() < 0.08,
        identity=dice.random() < 0.3,
        sales=dice.choice((1, 1, 2)),
        person=dice.choice((0.0, 0.0, 0.01, 0.04)),
        race=0.5 if twins else 0.0,
        dice=dice,
    )


def _trouble(dice: random.Random) -> list[Step]:
    do = dice.choice(sorted(Do))
    value: int | str | None = {
        Do.SLOW: dice.choice((50_000, 200_000)), Do.LATE: dice.randint(5, 150), Do.GARBLE: dice.randint(1, 40)
    }.get(do)  # fmt: skip
    moment = _moment(dice)
    if do in (Do.RELOAD, Do.CLOSE_COVER, Do.MEND):
        # By itself that is no trouble: what it mends comes first.
        trouble = {Do.RELOAD: Do.PAPER_OUT, Do.CLOSE_COVER: Do.COVER_OPEN}.get(do, Do.OFFLINE)
        return [Step(moment, trouble, lasting=Lasting(ms=dice.randint(*SOON_MS)))]
    if do is Do.KEEPS_REST:
        # Alone that is no trouble: what breaks the line comes besides, here or when the till dies.
        ends = dice.choice((Do.RESET, Do.FINISH, Do.BREAK_OFF))
        broken = Step(When(job=dice.randint(1, 3), byte=dice.randint(100, 20_000)), ends)
        return [Step(When(byte=1), do), *([broken] if dice.random() < 0.7 else [])]
    once = do in (Do.RESET, Do.FINISH, Do.BREAK_OFF, Do.POWER_CYCLE, Do.GARBLE)
    lasting = None if once or dice.random() < 0.4 else Lasting(ms=dice.randint(*SOON_MS))
    return [Step(moment, do, value, lasting)]


def _moment(dice: random.Random) -> When:
    match dice.randrange(6):
        case 0:
            return When(byte=dice.randint(1, BYTES_MAX))
        case 1:
            return When(row=dice.randint(1, ROWS_MAX))
        case 2:
            return When(cut=dice.randint(1, 4))
        case 3:
            return When(job=dice.randint(1, 6))
        case 4:
            return When(job=dice.randint(1, 6), byte=dice.randint(1, 25_000))
        case _:
            return When(paper=dice.randint(1, 4), row=dice.randint(1, 700))
