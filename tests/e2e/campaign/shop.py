"""One run: a till on a real spool, its workers, one or two virtual printers, persons, deaths. Judged by ``judge``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from pos_member.db.print_store import RETRY_AFTER, SqlPrintStore
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.errors import Refusal
from pos_member.domain.printers import Answers, PrinterProfile, PrinterSetup
from pos_member.hardware.printing import sending, status, tcp, worker
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.simulator import Build, Fault, VirtualPrinter
from pos_member.hardware.printing.tcp import TcpTransport
from pos_member.hardware.printing.virtual.machine import Identity
from pos_member.hardware.printing.worker import Outcome, PrintWorker, Timing
from pos_member.services.print_jobs import JobAct, acts_of
from pos_member.services.print_ports import UNTOUCHED, NewPrintJob, PrintJobInfo, PrintJobState
from tests.e2e.campaign.chances import Chances
from tests.e2e.campaign.moments import KilledError, WatchedJobs, WatchedWay
from tests.e2e.campaign.papers import CUT_PROFILE, DOTS, Paper, coupon, drawn_once, kind_of, receipt
from tests.factories import World
from tests.hardware.printing.print_shop import Seconds

#: The product's waits, forty times faster and more: the printer is on this machine, and its head needs no time.
QUICK = Timing(
    ready_s=0.08, ready_unknown_s=0.05, one_answer_s=0.03, identity_s=0.05, poll_s=0.01, proof_s=0.2,
    proof_alive_s=0.15, proof_unlikely_s=0.08, stall_s=0.08, job_s=1.0, gone_s=0.12, pulse_proof_s=0.05,
)  # fmt: skip
ROUNDS = 8
CALM_ROUNDS = 60
#: So often a worker asks whether a paper is still wanted before somebody puts in a new roll.
_PATIENCE = 3
_IDENTITY = "/".join(part.decode() for part in (Identity().maker, Identity().model, Identity().serial_number))


class _Papers:
    """Where papers fall: kept as dots, not as pictures in a folder."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def prepare(self) -> None:
        """Nothing to make ready."""

    def lay_down(self, piece: Bitmap) -> Path:
        """Keep its dots."""
        self.pieces.append(piece.data)
        return Path(f"{len(self.pieces)}")


class DotPrinter(VirtualPrinter):
    """A virtual printer whose papers are kept as dots."""

    def __init__(self) -> None:
        super().__init__(build=Build(dots=DOTS))
        self.fallen = _Papers()
        self._papers = self.fallen  # type: ignore[assignment]

    def all_paper(self) -> list[bytes]:
        """Everything that came out, the piece that hangs in the slot too."""
        return [*self.fallen.pieces, self.paper_since(self.cuts, 0)[2]]


@dataclass
class Made:
    """A job of this run. ``paper`` None: a pulse. ``base``: which paper it shows, whatever its copy number."""

    job_id: str
    paper: Paper | None
    base: int
    made_at: float


@contextmanager
def quick() -> Iterator[None]:
    """The waits that are no part of ``Timing``, as quick as those that are; each paper drawn once."""
    with ExitStack() as stack:
        for module, name, value in (
            (sending, "_LOOK_S", 0.01), (sending, "SLOWEST_ROWS_S", 40_000), (status, "_HALF_S", 0.1),
            (status, "_SETTLE_S", 0.005), (status, "_DRAIN_MAX_S", 0.01), (tcp, "_POLL_S", 0.005),
            (worker, "payload_of", drawn_once),
        ):  # fmt: skip
            stack.enter_context(patch.object(module, name, value))
        yield


class Run:
    """One seed. Everything but the printers happens on the caller's thread, at moments that the seed decides."""

    def __init__(self, world: World, chances: Chances) -> None:
        self.world, self.chances, self.dice = world, chances, chances.dice
        self.dice.seed(f"deeds {chances.seed}")
        self.seconds = Seconds()
        self.jobs: dict[str, Made] = {}
        self.seen: set[str] = set()
        self.cancelled: set[str] = set()
        self.copies: list[str] = []
        self.claims: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.deaths = self.races = self.deeds = 0
        self._moments = self._asked = self._nested = 0
        self._calm = False
        self._at_work: PrintWorker | None = None

    # --- the day ------------------------------------------------------------------------------------------

    def play(self) -> None:
        """From the first sale until nothing moves any more, everything mended."""
        with ExitStack() as stack:
            self.printers = [stack.enter_context(DotPrinter()) for _ in self.chances.steps]
            for printer, steps in zip(self.printers, self.chances.steps, strict=True):
                printer.plan(*steps)
            self.setups = self._setups()
            self.world.printers = self.setups
            self._start()
            for number in range(self.chances.sales):
                self._sell(number)
                for _ in range(ROUNDS):
                    if not self._round():
                        break
            self._calm = True
            for _ in range(CALM_ROUNDS):
                self._mend()
                if not self._round() and not any(job.state in UNTOUCHED for job in self.infos()):
                    break
            self._mend()
            for printer in self.printers:
                if not printer.settle():
                    self.wrong.append("a printer does not come to rest")
            self.pieces = [piece for printer in self.printers for piece in printer.all_paper()]
            self.kicks = sum(printer.kicks for printer in self.printers)
            self.fired = {step.do for printer in self.printers for step in printer.fired}

    def infos(self) -> list[PrintJobInfo]:
        """The run's jobs as they stand."""
        found = [self.world.store.facts.print_job(job_id) for job_id in self.jobs]
        return [info for info in found if info is not None]

    def _setups(self) -> tuple[PrinterSetup, ...]:
        chances = self.chances
        profile: PrinterProfile = replace(CUT_PROFILE, process_id=chances.process_id)
        if chances.mute_model:
            profile = replace(profile, answers=Answers.NO, automatic_status=Answers.NO, process_id=False)
        front = PrinterSetup(
            "front", "หน้าร้าน", "", profile, drawer=True, identity=_IDENTITY if chances.identity else "",
            fallback="second" if chances.fallback else "",
        )  # fmt: skip
        if not chances.two_printers:
            return (front,)
        second = replace(front, key="second", name="เครื่องสอง", fallback="", drawer=False)
        return (front, second if chances.twins else replace(second, roles=()))

    def _start(self) -> None:
        """As the program starts: what was in flight is settled, then a worker for each printer."""
        store = SqlPrintStore(self.world.folder.till, self.world.clock, monotonic=self.seconds)
        store.recover_all()
        self.workers = []
        for setup, printer in zip(self.setups, self.printers, strict=True):
            limits = {"connect_timeout_s": 0.3, "stall_timeout_s": 0.15, "linger_timeout_s": 0.01}
            way = WatchedWay(TcpTransport("127.0.0.1", printer.port, **limits), self._moment)
            jobs = WatchedJobs(store.for_printer(setup, self.setups), self._moment)
            self.workers.append(PrintWorker(jobs, setup, way, timing=QUICK))
        for each in self.workers:
            each.recover()

    def _sell(self, number: int) -> None:
        base = 2 * number
        papers: list[Paper] = [receipt(base), coupon(base + 1)][: self.dice.choice((1, 2, 2))]
        with self.world.store.transaction() as tx:
            if self.dice.random() < 0.7:
                job_id = self._note(None, -1)
                document = DrawerDocument("sale", self.world.clock.now())
                tx.add_print_job(NewPrintJob(job_id, DocumentKind.DRAWER, document, f"s-{job_id}"))
            for at, paper in enumerate(papers):
                job_id = self._note(paper, base + at)
                tx.add_print_job(NewPrintJob(job_id, kind_of(paper), paper, f"s-{job_id}"))

    def _note(self, paper: Paper | None, base: int) -> str:
        job_id = self.world.new_id()
        self.jobs[job_id] = Made(job_id, paper, base, self.seconds.at)
        return job_id

    def _round(self) -> bool:
        """Each worker once, then two seconds of the till's clocks; whether anything was to be done."""
        try:
            outcomes = [self._once(each) for each in self.workers]
        except KilledError:
            self.deaths += 1
            self._start()
            return True
        self._person()
        self.world.clock.forward(RETRY_AFTER)
        self.seconds.at += RETRY_AFTER.total_seconds()
        return any(outcome is not Outcome.IDLE for outcome in outcomes)

    def _once(self, each: PrintWorker) -> Outcome:
        self._at_work = each
        return each.run_once()

    def _mend(self) -> None:
        for printer in self.printers:
            printer.set_fault(Fault.NONE)

    # --- moments ------------------------------------------------------------------------------------------

    def _moment(self, name: str, job_id: str) -> None:
        self._moments += 1
        if self._moments in self.chances.kills:
            raise KilledError
        if name == "claim" and self.chances.twins and not self._nested and self.dice.random() < self.chances.race:
            self._other_worker_first()
        if name == "claimed":
            self._claimed(job_id)
        if name == "waiting":
            self._asked = 0
            if self.dice.random() < 0.5:
                self._mend()
        if name == "wanted":
            self._asked += 1
            if self._asked >= _PATIENCE or self._calm:
                self._mend()
        if name in ("claim", "waiting", "wanted", "sent", "write") and not self._calm:
            self._person()

    def _other_worker_first(self) -> None:
        """Between the look and the claim of one worker, all of another's work on the same spool."""
        self.races += 1
        self._nested += 1
        try:
            for each in self.workers:
                if each is not self._at_work:
                    each.run_once()
        finally:
            self._nested -= 1

    def _claimed(self, job_id: str) -> None:
        made = self.jobs[job_id]
        self.claims[job_id] += 1
        if made.paper is None and timedelta(seconds=self.seconds.at - made.made_at).total_seconds() > QUICK.pulse_s:
            self.wrong.append(f"pulse {job_id} given {self.seconds.at - made.made_at:.0f} s late")

    # --- persons ------------------------------------------------------------------------------------------

    def _person(self) -> None:
        if self.dice.random() >= self.chances.person * (1 if self._nested else 2):
            return
        jobs = [(info, acts) for info in self.infos() if (acts := sorted(acts_of(info)))]
        if not jobs:
            return
        info, acts = self.dice.choice(jobs)
        act = self.dice.choice(acts)
        services, session = self.world.till.print_jobs, self.world.session()
        self.deeds += 1
        try:
            match act:
                case JobAct.SEEN:
                    services.seen(session, info.id, expected=info.state)
                    self.seen.add(info.id)
                case JobAct.CANCEL:
                    services.cancel(session, info.id, expected=info.state)
                    self.cancelled.add(info.id)
                case JobAct.PRINT | JobAct.OTHER:
                    key = self.dice.choice(self.setups).key if act is JobAct.OTHER else ""
                    self._again(info, services.print_again(session, info.id, key, expected=info.state))
        except Refusal:
            return  # it moved on, or is under way: the person is told so

    def _again(self, old: PrintJobInfo, new_id: str) -> None:
        if new_id == old.id:
            self.cancelled.discard(old.id)
            return
        if old.state is PrintJobState.CANCELLED:
            self.cancelled.discard(old.id)
        before = self.jobs[old.id]
        new = self.world.store.facts.print_job(new_id)
        assert before.paper is not None and new is not None
        paper = replace(before.paper, copy_number=new.copy_number)
        self.jobs[new_id] = Made(new_id, paper, before.base, self.seconds.at)
        self.copies.append(new_id)
