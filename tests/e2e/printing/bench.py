"""A till with a real encrypted folder, real sales, real workers on lanes of their own, and printers that misbehave.

Both clocks are the test's; the lanes look when they are told to and rest when there is nothing left to do.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pos_member.app.printer_views import Heard, state_view
from pos_member.db.print_store import SqlPrintStore
from pos_member.domain.bill import Bill
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.errors import EnvironmentProblem
from pos_member.domain.printers import PrinterCondition, PrinterProfile, PrinterSetup, Proof
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.serial_port import SerialTransport
from pos_member.hardware.printing.simulator import Build, ManualClock, Step, VirtualPrinter
from pos_member.hardware.printing.transports import TcpTransport, Transport
from pos_member.hardware.printing.virtual.links import Link
from pos_member.hardware.printing.worker import Outcome, PrintWorker
from pos_member.services.print_jobs import PrintJobs as Decisions
from pos_member.services.print_ports import PrintJobInfo, PrintJobState
from pos_member.ui.ports import PrinterStateView
from tests.db_support import make_folder
from tests.e2e.printing.papers import paper_of, read_piece
from tests.e2e.printing.plants import Parts, hasty
from tests.factories import World, make_world
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S

S = PrintJobState
#: Longer than any sale takes, shorter than a proof is waited for.
SALE_S = 12.0
#: A lane lets go of a paper within half a second, and one that does not waits for ever; the rest is for a busy machine.
LET_GO_S = 60.0
#: For a line that takes nothing.
STALL_S = 0.3
LATER = timedelta(seconds=12)
_tick = threading.Event()


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until ``true()``; fails with ``what`` otherwise."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"never came: {what}"
        _tick.wait(0.01)


@dataclass
class Seconds:
    """A clock that nobody sets."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at


class Lane:
    """A worker on its own thread, driven like the till's lanes: it looks when told to, until nothing is left."""

    def __init__(self, make: Callable[[Callable[[], bool]], PrintWorker]) -> None:
        self._stopping = False
        self.worker = make(lambda: self._stopping)
        self.outcomes: list[Outcome] = []
        self.refused: list[EnvironmentProblem] = []
        self._thread = ThreadPoolExecutor(1)
        self._looks: list[Future[None]] = []

    @property
    def busy(self) -> bool:
        """Whether the worker is at it."""
        return not all(look.done() for look in self._looks)

    def look(self) -> None:
        """There may be something to print."""
        self._looks.append(self._thread.submit(self._work))

    def rest(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until nothing is left to do."""
        while self._looks:
            done, _ = wait(self._looks[:1], patience_s)
            assert done, f"the lane does not come to rest: {self.outcomes}"
            self._looks.pop(0).result()

    def stop(self) -> None:
        """The till closes."""
        self._stopping = True
        self.rest()
        self._thread.shutdown()

    def _work(self) -> None:
        for _ in range(60):
            if self._stopping:
                return
            try:
                self.outcomes.append(self.worker.run_once())
            except EnvironmentProblem as problem:
                self.refused.append(problem)
                return
            if self.outcomes[-1] is Outcome.IDLE:
                return
        raise AssertionError(f"no end: {self.outcomes}")


@dataclass(frozen=True)
class Sale:
    """A sale for cash to a member, and the jobs of its transaction ("" where there is none)."""

    bill_id: str
    number: str
    pulse: str
    receipt: str
    coupon: str


def _unannounced(_pattern: str) -> None:
    """Nobody watches the log."""


@dataclass
class Bench:
    """One till. ``expect``: announce a log record."""

    folder: Path
    parts: Parts = field(default_factory=Parts)
    expect: Callable[[str], None] = _unannounced
    printers: dict[str, VirtualPrinter] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = make_world(self.folder)
        self.member = self.world.enrol()
        for job in self.world.store.facts.print_jobs():
            self.decide.cancel(self.world.session("1003"), job.id)
        self._before = {job.id for job in self.world.store.facts.print_jobs()}
        self.seconds = Seconds()
        self.store = SqlPrintStore(self.world.folder.till, self.world.clock, monotonic=self.seconds)
        self.heard: dict[str, Heard] = {}
        self._open = ExitStack()

    @property
    def decide(self) -> Decisions:
        """What a person decides about a job."""
        return self.world.till.print_jobs

    # --- furnishing ---------------------------------------------------------------------------------------

    def hurry(self) -> None:
        """Before any printer: nobody is waited for for long."""
        self.parts = replace(self.parts, timing=hasty(self.parts.timing))

    def printer(
        self,
        key: str = "front",
        *steps: Step,
        link: Link | None = None,
        clock: ManualClock | None = None,
        build: Mapping[str, Any] | None = None,
        profile: PrinterProfile = VIRTUAL_80,
        way: Callable[[VirtualPrinter], Transport] | None = None,
        **setup: Any,
    ) -> VirtualPrinter:
        """A virtual printer, set up at the till with a drawer and all papers; its lane begins."""
        made = VirtualPrinter(
            out_dir=self.folder / key, build=Build(**(build or {})), link=link, clock=clock, steps=steps
        )
        self._open.enter_context(made)
        self.printers[key] = made
        found = way(made) if way is not None else parse(made.address)
        if isinstance(found, TcpTransport | SerialTransport):
            found = replace(found, stall_timeout_s=STALL_S)
        self.attach(key, found, profile, made.address, **setup)
        return made

    def attach(
        self, key: str, way: Transport, profile: PrinterProfile = VIRTUAL_80, address: str = "", **more: Any
    ) -> PrinterSetup:
        """A printer behind ``way``; its lane begins."""
        about = {"drawer": True} | more
        setup = PrinterSetup(key, f"เครื่อง {key}", address or key, profile, **about)
        self.world.printers = (*self.world.printers, setup)
        self.ways = {**getattr(self, "ways", {}), key: way}
        self.start_lane(key)
        return setup

    def start_lane(self, key: str, name: str = "") -> Lane:
        """The lane of a printer begins (again): a worker of its own, which settles what was in flight."""
        setup = next(each for each in self.world.printers if each.key == key)

        def told(condition: PrinterCondition) -> None:
            self.heard[key] = Heard(condition)

        def make(stopping: Callable[[], bool]) -> PrintWorker:
            jobs = self.parts.jobs(self.store.for_printer(setup, self.world.printers), self.world)
            return self.parts.worker(
                jobs, setup, self.ways[key], on_condition=told, stopping=stopping, timing=self.parts.timing
            )

        self.lanes[name or key] = lane = Lane(make)
        lane.worker.recover()
        return lane

    def furnished(self) -> None:
        """Every printer is set up: the workers know of all of them from now on."""
        for key, lane in list(self.lanes.items()):
            lane.stop()
            self.start_lane(key)

    def close(self) -> None:
        """Lanes, printers and files, each of them whatever became of the others."""
        with ExitStack() as ends:
            ends.callback(self.world.folder.close)
            ends.callback(self._open.close)
            for lane in self.lanes.values():
                ends.callback(lane.stop)

    def shut(self) -> str:
        """The till closes its files, the printers stay; where they are, for another process."""
        for lane in self.lanes.values():
            lane.stop()
        self.world.folder.close()
        return str(self.folder)

    def start_again(self) -> None:
        """The till starts: what was in flight is settled, then the lanes begin."""
        printers, clock = self.world.printers, self.world.clock
        self.world = World(make_folder(self.folder, clock), clock, self.world.hasher, seed=3)
        self.world.printers = printers
        self.store = SqlPrintStore(self.world.folder.till, clock, monotonic=self.seconds)
        self.parts.recover(self.store, self.world)
        for setup in printers:
            self.start_lane(setup.key)

    # --- what happens -------------------------------------------------------------------------------------

    def sale(self, goods: Mapping[str, int] | None = None) -> Sale:
        """A sale for cash. Whatever the printers do, it is done at once."""
        began = FairTime()
        bill = self.world.sell(goods or {"beans": 1}, self.member).bill
        assert began.took_s < SALE_S, "the sale was held up"
        return self.noted(bill)

    def noted(self, bill: Bill) -> Sale:
        """A sale that was made: the jobs of its transaction."""
        assert self.world.store.facts.bill(bill.id) == bill
        jobs = {job.kind: job.id for job in self.jobs() if job.subject_id == bill.id}
        kinds = (DocumentKind.DRAWER, DocumentKind.RECEIPT, DocumentKind.COUPON)
        made = Sale(bill.id, bill.number, *(jobs.get(kind, "") for kind in kinds))
        self.sales.append(made)
        return made

    def look(self) -> None:
        """The lanes look whether there is something to print."""
        for lane in self.lanes.values():
            lane.look()

    def rest(self) -> None:
        """The lanes look, and do what can be done."""
        self.look()
        for lane in self.lanes.values():
            lane.rest()

    def later(self, step: timedelta = LATER) -> None:
        """Time passes, by both clocks."""
        self.world.clock.forward(step)
        self.seconds.at += step.total_seconds()

    def nothing_more_comes(self) -> None:
        """Hours of looking again change nothing: no state, no byte, no pulse."""

        def stand() -> object:
            printers = [(each.cuts, each.kicks, each.settle()) for each in self.printers.values()]
            return printers, [(job.id, job.state, job.reason, job.attempts) for job in self.jobs()]

        before = stand()
        for _ in range(3):
            self.later(timedelta(hours=1))
            self.rest()
        assert stand() == before

    def came_out_once(self, *sales: Sale, kicks: int, key: str = "front", proof: Proof = Proof.PROCESS_ID) -> None:
        """Receipt and coupon of each sale, and no others: proved, whole, once, and so they stay."""
        papers = [job for sale in sales for job in (sale.receipt, sale.coupon)]
        assert [self.stands(job) for job in papers] == [(S.CONFIRMED, "", proof)] * len(papers)
        assert self.papers(key) == [[self.name_of(self.info(job))] for job in papers]
        assert self.printers[key].kicks == kicks
        assert self.printers[key].unknown == ()
        self.nothing_more_comes()

    def settle_decision(self, mend: Callable[[], None]) -> None:
        """A person has decided: the lanes do what they can, the printer is mended, and they look again.

        A lane whose printer waits must have let go of a paper that is not waited for any more.
        """
        for lane in self.lanes.values():
            lane.look()
            lane.rest(LET_GO_S)
        mend()
        self.rest()
        self.later()
        self.rest()

    # --- what can be seen ---------------------------------------------------------------------------------

    def jobs(self) -> list[PrintJobInfo]:
        """The jobs of this test's sales, oldest first."""
        found = self.world.store.facts.print_jobs(200)
        return [job for job in reversed(found) if job.id not in self._before]

    def info(self, job_id: str) -> PrintJobInfo:
        """One job."""
        found = self.world.store.facts.print_job(job_id)
        assert found is not None
        return found

    def state(self, job_id: str) -> PrintJobState:
        """How a job stands."""
        return self.info(job_id).state

    def stands(self, job_id: str) -> tuple[PrintJobState, str, Proof]:
        """How a job stands, why, and what that rests on."""
        info = self.info(job_id)
        return info.state, info.reason, info.proof

    def comes_to(self, job_id: str, state: PrintJobState) -> None:
        """Wait until a job stands so, while its lane works."""
        until(lambda: self.state(job_id) is state, f"{state.value}, it is {self.stands(job_id)}")

    def name_of(self, job: PrintJobInfo) -> str:
        """``receipt 1``, ``coupon 2 copy 1``."""
        at = next((n for n, sale in enumerate(self.sales, 1) if sale.bill_id == job.subject_id), 0)
        return f"{job.kind.value} {at}" + (f" copy {job.copy_number}" if job.copy_number else "")

    def papers(self, key: str = "front", printer: VirtualPrinter | None = None) -> list[list[str]]:
        """What lies under a printer: the papers of each piece that was cut off, read from the dots."""
        made = printer if printer is not None else self.printers[key]
        assert made.settle()
        known = []
        for job in self.jobs():
            document = self.world.store.facts.print_job_document(job.id)
            assert document is not None
            if not isinstance(document, DrawerDocument):
                known.append(paper_of(self.name_of(job), document, job.copy_number, made.dots))
        return [read_piece(path, known) for path in made.pictures]

    def flat(self, key: str) -> list[str]:
        """The papers under a printer, wherever they were cut."""
        return [paper for piece in self.papers(key) for paper in piece]

    def view(self) -> PrinterStateView:
        """What the window's badge is made of."""
        return state_view(self.world.printers, self.world.store.facts.print_jobs(60), self.heard)

    def developed(self, sent: bytes) -> tuple[list[list[str]], int]:
        """The bytes of another way, printed: the papers they make, and how often they open the drawer."""
        with VirtualPrinter(out_dir=self.folder / f"developed-{time.monotonic_ns()}") as made:
            with socket.create_connection(("127.0.0.1", made.port)) as line:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                until(lambda: made.settle() and made.connected == 0, "the bytes are taken")
            return self.papers(printer=made), made.kicks

    def claims(self, key: str, then: Callable[[], None]) -> list[str]:
        """Once: as soon as a printer's next job is claimed, and before its first byte, ``then``; the jobs so met."""
        worker = self.lanes[key].worker
        jobs = worker._jobs
        claim, met = jobs.mark_sending, list[str]()

        def watched(job_id: str, payload: bytes) -> bool:
            taken = claim(job_id, payload)
            if taken and not met:
                met.append(job_id)
                then()
            return taken

        jobs.mark_sending = watched  # type: ignore[method-assign]
        return met
