"""What a run must not have done, by what really stands on paper; and the tally of many."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from pos_member.domain.documents import DocumentKind
from pos_member.hardware.printing.simulator import Do
from pos_member.services.print_ports import IN_FLIGHT, UNTOUCHED, PrintJobInfo, PrintJobState
from tests.e2e.campaign.chances import Chances, drawn
from tests.e2e.campaign.papers import Paper, times_on
from tests.e2e.campaign.shop import Run
from tests.factories import World

S = PrintJobState
#: Wrong bytes on the way: no printer and no till can know what they made of a paper.
_GARBLED = frozenset({Do.GARBLE})


@dataclass(frozen=True)
class Judged:
    """One run and what it did wrong: (kind, what) each, kind being doubled, lost, or another fault."""

    chances: Chances
    states: Counter[str]
    wrong: tuple[tuple[str, str], ...]
    deaths: int
    races: int
    deeds: int
    papers: int


def judged(world: World, seed: int) -> Judged:
    """Play ``seed`` and judge it."""
    run = Run(world, drawn(seed))
    run.play()
    infos = run.infos()
    wrong = [("other", what) for what in run.wrong]
    for info in infos:
        wrong += [(kind, f"{info.kind.value} {info.id} {info.state.value}: {what}") for kind, what in _wrong(run, info)]
    pulses = [info for info in infos if info.kind is DocumentKind.DRAWER]
    if run.kicks > sum(1 for pulse in pulses if run.claims[pulse.id]) and not run.fired & _GARBLED:
        wrong.append(("drawer", f"{run.kicks} kicks for {len(pulses)} pulses"))
    _sweep(world, infos)
    states = Counter(info.state.value for info in infos if info.kind is not DocumentKind.DRAWER)
    papers = sum(times_on(run.pieces, made.paper) for made in run.jobs.values() if made.paper is not None)
    return Judged(run.chances, states, tuple(wrong), run.deaths, run.races, run.deeds, papers)


def _wrong(run: Run, info: PrintJobInfo) -> list[tuple[str, str]]:
    made = run.jobs[info.id]
    found: list[tuple[str, str]] = []
    if info.state in IN_FLIGHT:
        found.append(("lost", "left in flight"))
    if info.state in UNTOUCHED:
        found.append(("lost", f"never printed, all is well: {info.reason}"))
    if made.paper is None:
        return found
    paper: Paper = replace(made.paper, copy_number=info.copy_number)
    on = times_on(run.pieces, paper)
    by_person = info.id in run.seen
    if on > 1:
        found.append(("doubled", f"{on} times on paper"))
    if on and not info.begun:
        found.append(("other", "on paper, and never begun"))
    if info.state is S.CONFIRMED and not by_person and not on and not run.fired & _GARBLED:
        found.append(("lost", f"confirmed by {info.proof.value}, and not on paper"))
    if info.state is S.CANCELLED and info.id not in run.cancelled:
        found.append(("lost", f"given up by itself: {info.reason}"))
    if info.state is S.SUPERSEDED and info.replaced_by not in run.jobs:
        found.append(("lost", "superseded by nothing"))
    if info.id in run.copies and info.copy_number < 1:
        found.append(("other", "a copy without a mark"))
    calm = not run.fired and not run.deaths and not run.deeds and not run.chances.identity
    # Its waits are scaled: a machine that is busy elsewhere can outlast one, and then a person is asked, rightly.
    if calm and info.state is not S.UNCONFIRMED and (info.state not in (S.CONFIRMED, S.UNVERIFIABLE) or on != 1):
        found.append(("lost", f"nothing went wrong, and it is {on} times on paper"))
    return found


def _sweep(world: World, infos: list[PrintJobInfo]) -> None:
    """Nothing of a run that went wrong may go on in the next."""
    left = [info for info in infos if info.state in IN_FLIGHT | UNTOUCHED]
    if left:
        with world.store.transaction() as tx:
            for info in left:
                tx.settle_print_job(info.id, info.state, S.CANCELLED)


@dataclass
class Tally:
    """Many runs: what became of the papers beside each fault, and what went wrong where."""

    runs: int = 0
    papers: int = 0
    deaths: int = 0
    races: int = 0
    deeds: int = 0
    by_fault: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    runs_of: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, one: Judged) -> None:
        """Count a run."""
        self.runs += 1
        self.papers += one.papers
        self.deaths += one.deaths
        self.races += one.races
        self.deeds += one.deeds
        for fault in one.chances.faults:
            self.runs_of[fault] += 1
            self.by_fault[fault] += one.states
        self.wrong += [(one.chances.seed, kind, what) for kind, what in one.wrong]

    def count(self, kind: str) -> int:
        """How many went wrong this way: doubled, lost, drawer, other."""
        return sum(1 for _, each, _ in self.wrong if each == kind)
