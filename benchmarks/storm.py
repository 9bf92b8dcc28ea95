"""Many tills come back at once after days without head office, each with all it sold: how long until all of it is in.

Run: ``python -m benchmarks.storm [--tills N] [--bills N] [--members N] [--faster N] [--databases SQLite,PostgreSQL]
[--postgresql] [--quick] [--json]``; all of it: ``--tills 1000 --bills 1200 --members 100000 --faster 1``.
``bills``: of each till.

Tills are light (``_light_tills``): production protocol, tokens, packing and retries, no disk; 100 in a process. Each is
in the last of its waits when head office comes back (up to five minutes, as ``sync.retries`` has it) and waits as that
says whenever it is sent away. ``faster``: by how much all these waits are cut short; what is stated in seconds here is
as it was on the clock. The tills' own machine is this one too: on two cores the clients take what head office lacks.
What a till reads once it is through is not part of this (``fan_out``, ``bootstrap``).

``held``: until the last batch was acknowledged. ``applied``: until balances and feed include all. ``sale``: a healthy
till sells a bill now and then and sends it with a hello before, as its lane does; with the waits it was sent into, cut
short as those of the others. ``alone``: the same before the storm. ``refused``: answers 503. Memory is that of the
server process; ``memory_after_mb``: ten seconds after everything was applied.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks._light_tills import BillPress, Enrolled, LightTill, connect, enrol_all
from benchmarks._office import (
    POSTGRESQL,
    SQLITE,
    Office,
    make_snapshot,
    on_each,
    opened,
    serving,
    share,
    stocked,
    wait_until_applied,
)
from benchmarks.upload import Goods
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.sync.retries import Retries

TILLS_OF_A_PROCESS = 100
#: Seconds between two sales of the healthy till.
SALE_EVERY_S = 0.5
#: Sales before the storm.
ALONE = 20
#: How long after the storm memory is looked at again: head office gives back what it used within seconds.
AFTER_S = 10
#: After three days every wait is as long as waits become.
_LOST_ROUNDS = 50


class Waits:
    """The production waits of one till, cut short."""

    def __init__(self, seed: int, faster: float) -> None:
        self._retries = Retries(random.Random(seed))
        self._faster = faster
        self._pause = threading.Event()
        self.refused = 0
        self.lost: Counter[str] = Counter()

    def were_long(self) -> None:
        """Head office was away for days."""
        for _ in range(_LOST_ROUNDS):
            self._retries.failed(EnvironmentProblem(Reason.LINE_DOWN))

    def until_through(self, till: LightTill) -> None:
        """Rounds until nothing waits; the first at once."""
        while True:
            try:
                till.round()
            except EnvironmentProblem as problem:
                self._note(problem)
            else:
                self._retries.well()
                return
            self.wait()

    def wait(self) -> None:
        """Until the next round."""
        self._pause.wait(self._retries.delay_s() / self._faster)

    def _note(self, problem: PosMemberError) -> None:
        self._retries.failed(problem)
        self.refused += problem.reason is Reason.HEADOFFICE_BUSY
        self.lost[problem.reason.value] += problem.reason is not Reason.HEADOFFICE_BUSY


def _come_back(
    address: str, enrolled: Sequence[Enrolled], goods: Goods, plan: tuple[int, float, int], told: Connection
) -> None:
    """Some tills, in a process of their own: "ready"; at the word, off they go; then what became of each."""
    bills, faster, seed = plan
    tills = connect(address, enrolled, BillPress(goods, seed), bills)
    found: list[tuple[float, int, dict[str, int]]] = []
    told.send("ready")
    told.recv()

    def live(till: LightTill, number: int) -> None:
        waits = Waits(seed * TILLS_OF_A_PROCESS + number, faster)
        waits.were_long()
        waits.wait()
        waits.until_through(till)
        found.append((time.time(), waits.refused, dict(waits.lost)))

    threads = [threading.Thread(target=live, args=(till, n)) for n, till in enumerate(tills)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(till.acked == bills for till in tills) and len(found) == len(tills)
    told.send(found)


class HealthyTill:
    """One that was never away: a bill now and then, each sent at once."""

    def __init__(self, address: str, enrolled: Enrolled, goods: Goods, faster: float) -> None:
        [self._till] = connect(address, [enrolled], BillPress(goods, 0), 0)
        self.waits = Waits(-1, faster)
        self._stop = threading.Event()
        self.took_ms: list[float] = []
        self.first_try_ms: list[float] = []

    def sell(self) -> None:
        """One bill, until head office holds it."""
        began, refused = time.perf_counter(), self.waits.refused
        self._till.bills += 1
        self.waits.until_through(self._till)
        self.took_ms.append((time.perf_counter() - began) * 1e3)
        if self.waits.refused == refused:
            self.first_try_ms.append(self.took_ms[-1])

    def sell_on(self) -> None:
        """Until ``stop``."""
        while not self._stop.wait(SALE_EVERY_S):
            self.sell()

    def stop(self) -> None:
        """After the sale that is being made (any thread)."""
        self._stop.set()


class Memory:
    """What the server process holds, four times a second."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stop = threading.Event()
        self.mb: list[float] = [office.rss_mb()]
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.25):
            self.mb.append(self._office.rss_mb())

    def stop(self) -> dict[str, list[int] | int]:
        """The most, and ten values over the time."""
        self._stop.set()
        self._thread.join()
        tenths = [round(self.mb[(len(self.mb) - 1) * n // 9]) for n in range(10)]
        return {"memory_max_mb": round(max(self.mb)), "memory_over_time_mb": tenths}


def measure(url: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures on one database."""
    goods = stocked(url, options.members)
    healthy_one, *enrolled = enrol_all(url, options.tills + 1)
    spawn = multiprocessing.get_context("spawn")
    make_snapshot(url, folder)
    with serving(url, folder) as office, opened(url) as database:
        lines = []
        for seed, start in enumerate(range(0, options.tills, TILLS_OF_A_PROCESS), 1):
            here, there = spawn.Pipe()
            part = enrolled[start : start + TILLS_OF_A_PROCESS]
            plan = (options.bills, options.faster, seed)
            spawn.Process(target=_come_back, args=(office.address, part, goods, plan, there), daemon=True).start()
            lines.append(here)
        for line in lines:
            assert line.recv() == "ready"
        healthy = HealthyTill(office.address, healthy_one, goods, options.faster)
        for _ in range(ALONE):
            healthy.sell()
        alone, healthy.took_ms, healthy.first_try_ms = healthy.took_ms, [], []
        memory, cpu = Memory(office), office.cpu_s()
        selling = threading.Thread(target=healthy.sell_on)
        selling.start()
        began = time.time()
        for line in lines:
            line.send("go")
        found = [each for line in lines for each in line.recv()]
        held_s = max(at for at, _, _ in found) - began
        healthy.stop()
        selling.join()
        wait_until_applied(database)
        applied_s = time.time() - began
        figures = {"held_s": round(held_s, 1), "applied_s": round(applied_s, 1)}
        figures |= _of_all(found, options.tills * options.bills, held_s, began)
        figures |= {f"alone_p{percent}_ms": round(share(alone, percent)) for percent in (50, 99)}
        figures |= {f"sale_p{percent}_ms": round(share(healthy.took_ms, percent)) for percent in (50, 99)}
        figures |= {"sale_p99_not_refused_ms": round(share(healthy.first_try_ms, 99))}
        figures |= {"sales": len(healthy.took_ms), "sale_refused": healthy.waits.refused}
        figures |= {"office_cpu_s": round(office.cpu_s() - cpu, 1), **memory.stop()}
        time.sleep(AFTER_S)
        figures["memory_after_mb"] = round(office.rss_mb())
        _check(url, options.tills * options.bills)
    return figures


def _of_all(
    found: Sequence[tuple[float, int, dict[str, int]]], bills: int, held_s: float, began: float
) -> dict[str, Any]:
    """How the tills came through; ``worst_of_median``: the last till's time by the middle one's."""
    times = [at - began for at, _, _ in found]
    other = sum((Counter(lost) for _, _, lost in found), Counter())
    return {
        "bills_per_s": round(bills / held_s),
        "till_median_s": round(share(times, 50), 1),
        "till_worst_s": round(max(times), 1),
        "refused": sum(refused for _, refused, _ in found),
        "refused_worst_till": max(refused for _, refused, _ in found),
        "other_troubles": dict(other),
    }


def _check(url: str, bills: int) -> None:
    """Every bill is there once, none was put aside."""
    with opened(url) as database, database.read() as connection:
        held = connection.exec_driver_sql("SELECT count(*) FROM bill").scalar_one()
        aside = connection.exec_driver_sql("SELECT count(*) FROM quarantine").scalar_one()
    assert held >= bills and not aside, (held, bills, aside)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tills", type=int, default=50)
    parser.add_argument("--bills", type=int, default=100)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--faster", type=float, default=60)
    parser.add_argument("--databases", default=f"{SQLITE},{POSTGRESQL}")
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL alone, quick or not")
    parser.add_argument("--quick", action="store_true", help="SQLite, 10 tills with 50 bills each")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.tills, options.bills, options.members, options.databases = 10, 50, 1_000, SQLITE
    if options.postgresql:
        options.databases = POSTGRESQL
    head = (
        f"{options.tills:,} tills with {options.bills:,} bills each, {options.members:,} members, "
        f"waits {options.faster:g} times as short; nothing is extrapolated"
    )
    on_each(options.databases, lambda url, folder: measure(url, folder, options), head, as_json=options.json)


if __name__ == "__main__":
    main()
