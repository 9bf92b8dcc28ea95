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
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import patch

from pos_member.db import epochs
from pos_member.domain.bill import Bill
from pos_member.domain.errors import EnvironmentProblem, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.sync.round_figures import SyncOutcome
from tests.simulation.clocks import World, WrongClock
from tests.simulation.crashing import Died, Points, watching
from tests.simulation.ledger import Ledger
from tests.simulation.line import ANSWERLESS, FAULTS, OF_THE_LINE, Cache, Refused, Sent, path_of
from tests.simulation.office import FILE, Wire, Worker
from tests.simulation.profile import Profile
from tests.simulation.smaller import made_small
from tests.simulation.template import TILLS, Template, template
from tests.simulation.till import SimTill

if TYPE_CHECKING:
    from tests.simulation.commands import Command

T = TypeVar("T")
WORKERS = 2
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
    #: What was started on head office's database, by kind and name.
    commands: dict[tuple[str, str], Command] = field(default_factory=dict)
    #: On the way of all tills.
    cache: Cache = field(default_factory=Cache)
    #: Requests that are still on their way.
    late: list[Sent] = field(default_factory=list)
    #: Points until the worker that serves then dies. Counted are those whose name begins with ``office_fuse_at``.
    office_fuse: int | None = None
    office_fuse_at: str = ""
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
                    raise self.points.end(owner, point)
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
        if self.office_fuse is not None and point.startswith(self.office_fuse_at):
            self.office_fuse -= 1
            if self.office_fuse < 0:
                self.office_fuse = None
                raise self.points.end(worker, point)
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
                self.profile,
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
        with self._working(worker, path_of(sent)):
            answer = worker.serve(sent.method, sent.url, sent.headers, sent.body)
        self.met["segment told"] += answer[0] == 200 and "/feed/segments/" in sent.url
        if worker.woken and not self.healed and self.chance(0.25):
            self._ends(worker, "owing effects")
        elif worker.woken and (self.healed or self.chance(0.5)):
            with suppress(Refused), self._working(worker, "what it owes"):
                worker.background()
        return answer

    @contextmanager
    def _working(self, worker: Worker, what: str) -> Iterator[None]:
        """A worker is busy. Raises ``Refused`` when it died over it."""
        self._serving.append(worker)
        try:
            yield
        except Died as died:
            if died.who is not worker:
                raise
            self.points.ending = None
            self._ends(worker, f"at {died.point} over {what}")
            raise Refused from None
        finally:
            self._serving.remove(worker)

    def _ends(self, worker: Worker, how: str) -> None:
        self.say(f"{worker} died {how}")
        self.met["office died"] += 1
        self.met["office died owing effects"] += worker.woken
        self.workers[self.workers.index(worker)] = None
        worker.close()

    def serve_till(self, till: SimTill, life: int, sent: Sent) -> Wire:
        """As ``serve``, for a till whose cashier goes on meanwhile. Raises ``Died`` when the till ended over it."""
        if self.chance(self.profile.meanwhile):
            self.aside(till)
        answer = None
        if till.life == life and till.data is not None:
            self.met["segment out of a cache"] += sent.url in self.cache.kept
            answer = self.cache.answer(sent, self.serve)
            if self.chance(self.profile.meanwhile):
                self.aside(till)
        if till.life != life or till.data is None or answer is None:
            raise Died(till, "while it waited for an answer")
        return answer

    def fault_of(self, till: SimTill, sent: Sent) -> str:
        """What befalls a request."""
        till.spoken += not till.asks
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
        try:
            with self._working(worker, what):
                return work(worker)
        except Refusal as refusal:
            self.say(f"{worker}: {what}: refused, {refusal.reason.value}")
            self.met[f"office refused {refusal.reason.value}"] += 1
        except Refused:
            pass
        return None

    def settles_beside(self) -> bool:
        """The worker that serves gets to what it owes, on another thread of its. ``False`` where it owes nothing."""
        owing = bool(self._serving) and self._serving[-1].woken
        if owing:
            self.met["settled beside a call"] += 1
            self._serving[-1].background()
        return owing

    def stop_office(self) -> None:
        """Every worker ends."""
        assert not self._serving
        self.office_stops += 1
        for number, worker in enumerate(self.workers):
            if worker is not None:
                worker.close()
                self.workers[number] = None

    # Tills -------------------------------------------------------------------------------------------------------

    def doing(self, till: SimTill, what: str, work: Callable[[], T], *, online: bool = False) -> T | None:
        """Something is done at a till. Its process may die over it; then and after a refusal the answer is None.

        ``online``: its network lane does it; anything else never speaks with head office.
        """
        spoken = till.spoken
        try:
            till.open()
            found = work()
            self.say(f"{till}: {what}")
            self.met["act with the line down" if till.down else "act by itself"] += not online
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
            self.points.ending = None
            self.say(f"{till}: {what}: died at {died.point}")
            self.met["till died"] += 1
            till.stop(died=True)
            return None
        finally:
            if not online and till.spoken != spoken:
                raise Broken(f"{till}: {what}: waited for the network")
            if till.data is not None:
                till.note()

    def round(self, till: SimTill) -> SyncOutcome | None:
        """One round of a till's network lane."""
        if till.syncing:
            return None
        outcome = self.doing(till, "syncs", till.sync, online=True)
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
        news = self.doing(till, "listens", till.news, online=True)
        if self.chance(0.3):
            self.aside(till if self.chance(0.5) else None)
        if news is None or till.syncing or till.life != life:
            return None
        agreed_at = till.engine._agreed_at
        outcome = self.doing(till, "hears", lambda: till.hear(news), online=True)
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
        stack.enter_context(made_small(profile, folder / "office" / FILE))
        sim = Simulation(seed, folder, shop, profile, dice, points=points)
        stack.callback(_closed, sim)
        yield sim


def _closed(sim: Simulation) -> None:
    sim.points.hook = lambda _who, _point: None
    for till in sim.tills:
        till.stop()
    sim.stop_office()
