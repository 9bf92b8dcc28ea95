"""One run: tills, head office, time, and everything that goes wrong, out of one seed and in one thread."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

from pos_member.db import epochs
from pos_member.domain.bill import Bill
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.sync.round_figures import SyncOutcome
from tests.simulation.clocks import World, WrongClock
from tests.simulation.crashing import Died, Points, watching
from tests.simulation.ledger import Ledger
from tests.simulation.line import ANSWERLESS, FAULTS, Refused, Sent, path_of
from tests.simulation.office import Wire, Worker
from tests.simulation.profile import Profile
from tests.simulation.quick import soon_behind
from tests.simulation.template import TILLS, Template, template
from tests.simulation.till import SimTill

T = TypeVar("T")
WORKERS = 2
#: What ends a question at the counter: the till goes by what it holds.
OF_THE_LINE = frozenset(
    {Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS, Reason.HEADOFFICE_BUSY, Reason.HEADOFFICE_FAILED, Reason.TILL_COPIED}
)
#: Something else that happens while a process stands between two of its own steps; no deeper than this.
_DEPTH_MAX = 2
#: Looks at the database are many: after one of so many as after a commit something else happens.
_READS = 0.25


class Broken(AssertionError):
    """A promise that was not kept."""


@dataclass(eq=False)
class Simulation:
    """State of one run. ``dice`` decides everything that is not decided by the code under test."""

    seed: int
    folder: Path
    shop: Template
    profile: Profile
    dice: random.Random
    time: World = field(default_factory=World)
    ledger: Ledger = field(default_factory=Ledger)
    points: Points = field(default_factory=Points)
    tills: list[SimTill] = field(default_factory=list)
    workers: list[Worker | None] = field(default_factory=lambda: [None] * WORKERS)
    #: Bills by the till that rang them, codes of coupons and ids of members that anybody has heard of.
    sold: list[tuple[SimTill, Bill]] = field(default_factory=list)
    coupons: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    #: By the mark of a snapshot: the (entity, id) of what stood in it before it had a number.
    ahead_of: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    #: Copies of head office's file.
    office_backups: list[Path] = field(default_factory=list)
    #: Files on their way by stick: those for head office with the till that wrote them, and the answers to them.
    sticks: list[tuple[SimTill, Path]] = field(default_factory=list)
    answers: list[tuple[SimTill, Path]] = field(default_factory=list)
    #: Requests that are still on their way.
    late: list[Sent] = field(default_factory=list)
    #: Points until the worker that serves then dies.
    office_fuse: int | None = None
    office_clock: WrongClock = field(init=False)
    #: How often all of head office ended: its file may be another afterwards.
    office_stops: int = 0
    healed: bool = False
    trace: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    #: What a till does while something else is under way; set by the run.
    meanwhile: Callable[[SimTill | None], None] = lambda _till: None
    #: Called after every commit of a till's replica, and when it is another file; set by the run.
    on_replica: Callable[[SimTill, bool], None] = lambda _till, _swapped: None
    _serving: list[Worker] = field(default_factory=list)
    _depth: int = 0
    _births: int = 0
    _asides: int = field(init=False)

    def __post_init__(self) -> None:
        self._asides = self.profile.asides
        self.office_clock = WrongClock(self.time)
        self.new_id = IdMaker(self.time, random.Random(f"ids {self.seed}").getrandbits)
        self.members += [member.id for member in self.shop.members]
        self.office_folder = self.folder / "office"
        self.points.hook = self._at_point
        self.points.owners[self.office_folder] = self
        for name in TILLS[: self.profile.tills]:
            self.add(SimTill(self, name, self.folder / name, WrongClock(self.time)))

    def add(self, till: SimTill) -> None:
        self.tills.append(till)
        self.points.owners[till.folder] = till

    def births(self) -> int:
        """A number for every process that ever began: none has the random source of another."""
        self._births += 1
        return self._births

    def say(self, text: str) -> None:
        self.trace.append(f"{self.time.at:%d %H:%M:%S} {'  ' * self._depth}{text}")

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    # Points at which processes can die ---------------------------------------------------------------------------

    def _at_point(self, owner: Any, point: str) -> None:
        self.met[f"point {'office' if owner is self else 'till'} {point}"] += 1
        if isinstance(owner, SimTill):
            if point in ("replica:committed", "replica:swapped"):
                self.on_replica(owner, point == "replica:swapped")
            if owner.fuse is not None and point.startswith(owner.fuse_at):
                owner.fuse -= 1
                if owner.fuse < 0:
                    raise Died(owner, point)
        elif self._serving:
            self._office_point(self._serving[-1], point)

    def step(self, worker: Worker, name: str) -> None:
        """A point that head office names itself."""
        self.met[f"step {name}"] += 1
        if self._serving and self._serving[-1] is worker:
            self._office_point(worker, name)

    def _office_point(self, worker: Worker, point: str) -> None:
        if point == "office:read":
            if self.profile.interleave and self.chance(self.profile.interleave * _READS):
                self.met["something between a look and what follows from it"] += 1
                self.aside(None)
            return
        if self.office_fuse is not None:
            self.office_fuse -= 1
            if self.office_fuse < 0:
                self.office_fuse = None
                raise Died(worker, point)
        # Between two commits nothing is locked: the other worker may get on with its own work.
        if point == "office:committed" and self.chance(self.profile.interleave):
            self.met["something between two commits of a worker"] += 1
            self.aside(None)

    def aside(self, till: SimTill | None) -> None:
        """Something else happens here: at ``till``, or anywhere."""
        if self.healed or self._depth >= _DEPTH_MAX or self._asides <= 0:
            return
        self._asides -= 1
        self._depth += 1
        try:
            self.meanwhile(till)
        finally:
            self._depth -= 1

    # Head office -------------------------------------------------------------------------------------------------

    def worker(self, number: int) -> Worker:
        """A worker, started where it does not run."""
        found = self.workers[number]
        if found is None:
            name = f"worker {number}"
            found = Worker(
                self.office_folder,
                self.office_clock,
                name,
                f"{self.seed} {self.births()}",
                self.step,
                self.profile.distributed,
                "snapshot" in self.profile.troubles,
                self.profile.page,
            )
            self.workers[number] = found
        return found

    def serve(self, sent: Sent) -> Wire:
        """Head office's answer. Raises ``Refused`` when the worker died over it."""
        free = [n for n, worker in enumerate(self.workers) if worker is None or worker not in self._serving]
        if not free:
            raise Refused
        worker = self.worker(self.dice.choice(free))
        self.met["served beside another worker"] += bool(self._serving)
        self._serving.append(worker)
        try:
            return worker.serve(sent.method, sent.url, sent.headers, sent.body)
        except Died as died:
            if died.who is not worker:
                raise
            self.say(f"{worker} died at {died.point} over {path_of(sent)}")
            self.met["office died"] += 1
            self.workers[self.workers.index(worker)] = None
            worker.close()
            raise Refused from None
        finally:
            self._serving.remove(worker)

    def serve_till(self, till: SimTill, life: int, sent: Sent) -> Wire:
        """As ``serve``, for a till whose cashier goes on meanwhile. Raises ``Died`` when the till ended over it."""
        if self.chance(self.profile.meanwhile):
            self.aside(till)
        answer = None
        if till.life == life and till.data is not None:
            answer = self.serve(sent)
            if self.chance(self.profile.meanwhile):
                self.aside(till)
        if till.life != life or till.data is None or answer is None:
            raise Died(till, "while it waited for an answer")
        return answer

    def fault_of(self, till: SimTill, sent: Sent) -> str:
        """What befalls a request."""
        if till.down > 0:
            return "lost_request"
        if self.healed or not self.chance(self.profile.faults):
            return ""
        fault = self.dice.choice(FAULTS)
        self.met[f"fault {fault}"] += 1
        if fault in ANSWERLESS:
            self.met[f"answer lost of {path_of(sent)}"] += 1
        self.say(f"{till}: {path_of(sent)} {fault}")
        return fault

    def deliver_late(self) -> None:
        """One of the requests that were held up arrives after all; nobody waits for the answer."""
        if self.late:
            sent = self.late.pop(self.dice.randrange(len(self.late)))
            self.say(f"a late {path_of(sent)} arrives")
            with suppress(Refused):
                status, _, _ = self.serve(sent)
                self.met[f"late {path_of(sent)} {status}"] += 1

    def in_background(self) -> None:
        """What a worker does by itself between requests."""
        self.at_office("the background", Worker.background)

    def at_office(self, what: str, work: Callable[[Worker], T]) -> T | None:
        """A worker that is free does ``work``; ``None`` where there is none, and where it died or refused."""
        free = [n for n, each in enumerate(self.workers) if each is None or each not in self._serving]
        if not free:
            return None
        worker = self.worker(self.dice.choice(free))
        self._serving.append(worker)
        try:
            return work(worker)
        except Refusal as refusal:
            self.say(f"{worker}: {what}: refused, {refusal.reason.value}")
            self.met[f"office refused {refusal.reason.value}"] += 1
        except Died as died:
            if died.who is not worker:
                raise
            self.say(f"{worker} died at {died.point} over {what}")
            self.met["office died"] += 1
            self.workers[self.workers.index(worker)] = None
            worker.close()
        finally:
            self._serving.remove(worker)
        return None

    def stop_office(self) -> None:
        """Every worker ends."""
        assert not self._serving
        self.office_stops += 1
        for number, worker in enumerate(self.workers):
            if worker is not None:
                worker.close()
                self.workers[number] = None

    # Tills -------------------------------------------------------------------------------------------------------

    def doing(self, till: SimTill, what: str, work: Callable[[], T]) -> T | None:
        """Something is done at a till. Its process may die over it; then and after a refusal the answer is None."""
        try:
            till.open()
            found = work()
            self.say(f"{till}: {what}")
            return found
        except Refusal as refusal:
            self.say(f"{till}: {what}: refused, {refusal.reason.value}")
            self.met[f"refused {refusal.reason.value}"] += 1
            return None
        except EnvironmentProblem as problem:
            if problem.reason in OF_THE_LINE:
                self.say(f"{till}: {what}: {problem.reason.value}")
                return None
            raise Broken(f"{till}: {what}: {problem}") from problem
        except Died as died:
            if died.who is not till:
                raise
            self.say(f"{till}: {what}: died at {died.point}")
            self.met["till died"] += 1
            till.stop(died=True)
            return None
        finally:
            if till.data is not None:
                till.note()

    def round(self, till: SimTill) -> SyncOutcome | None:
        """One round of a till's network lane."""
        if till.syncing:
            return None
        outcome = self.doing(till, "syncs", till.sync)
        if outcome is not None:
            self.met[f"round {outcome.reason.value if outcome.reason else 'whole'}"] += 1
            if till.revoked and outcome.applied:
                self.met["a revoked till uploads"] += 1
            said = outcome.reason.value if outcome.reason else "whole"
            self.say(f"{till}: round {said}: {outcome.applied}+{outcome.duplicate} up, {outcome.pulled} down")
        return outcome

    def listens(self, till: SimTill) -> SyncOutcome | None:
        """A till waits for news, while others bring them: what it hears it takes in, however late that comes."""
        if till.syncing or till.life == 0:
            return None
        life = till.life
        others = [each for each in self.tills if each is not till and not each.syncing]
        if others and self.chance(0.8):
            self.meanwhile(self.dice.choice(others))
            self.round(self.dice.choice(others))
        news = self.doing(till, "listens", till.news)
        if self.chance(0.3):
            self.aside(till if self.chance(0.5) else None)
        if news is None or till.syncing or till.life != life:
            return None
        agreed_at = till.engine._agreed_at
        outcome = self.doing(till, "hears", lambda: till.hear(news))
        if outcome is not None:
            alone = till.engine._agreed_at is agreed_at
            self.met["news taken in" if alone else "news made a round"] += 1
            self.say(f"{till}: {'took in' if alone else 'made a round of'} {outcome.pulled} of news")
        return outcome

    def passes(self, most: timedelta) -> None:
        """Time passes, up to ``most``."""
        self.time.forward(timedelta(milliseconds=self.dice.randrange(1, int(most.total_seconds() * 1000))))


@contextmanager
def started(seed: int, profile: Profile | None = None) -> Iterator[Simulation]:
    """A fresh simulation; everything is closed and removed in the end."""
    shop = template()
    folder = shop.fresh()
    dice = random.Random(f"run {seed}")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        points = Points()
        stack.enter_context(watching(points))
        # The only chance that a story can see and that the product takes from the machine: by it two copies part.
        chance = SimpleNamespace(randbelow=random.Random(f"gaps {seed}").randrange)
        stack.enter_context(patch.object(epochs, "secrets", chance))
        profile = profile or Profile.drawn(dice)
        if "snapshot" in profile.troubles:
            stack.enter_context(soon_behind())
        sim = Simulation(seed, folder, shop, profile, dice, points=points)
        stack.callback(_closed, sim)
        yield sim


def _closed(sim: Simulation) -> None:
    sim.points.hook = lambda _who, _point: None
    for till in sim.tills:
        till.stop()
    sim.stop_office()
