"""Members changed at head office → seen at the tills that are connected: the feed with everybody listening.

Run: ``python -m benchmarks.fan_out [--members N] [--changes N] [--rate N] [--seconds N] [--tills N] [--readers N]
[--databases SQLite,PostgreSQL] [--postgresql] [--quick] [--json]``; all of it: ``--members 100000
--changes 100000 --seconds 60``.

Head office serves from a process of its own; members are changed by another process, as the console and jobs do, one
transaction of ten at a time. ``tills``: the real engine with the real, encrypted replica, that wait for news as the
window's lane does, in two processes. ``readers``: the same conversation, the changes counted and not written: on two
cores twenty replicas cost more than the head office that is measured.

Steady: ``rate`` changes a second. ``visible``: from the commit of a change until the till's replica (the reader's
cursor) has it. ``number``: from its commit until it has its number in the feed (the stamper's lag; looked at every
5 ms). Rush: ``changes`` in one import, 2,000 a transaction; until its last commit, until all have their numbers, until
each till has all.
"""

from __future__ import annotations

import argparse
import bisect
import multiprocessing
import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import _members
from benchmarks._office import POSTGRESQL, SQLITE, Office, make_snapshot, on_each, opened, serving, share, stocked
from pos_member.db.folder import DataFolder
from pos_member.db.sync_store import SqlSyncStore
from pos_member.domain.clock import SystemClock
from pos_member.headoffice import admin, feed
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.schema import feed as feed_table
from pos_member.services.sync_ports import FeedChange
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport
from pos_member.sync.watching import Watcher

CLOCK = SystemClock()
AT_ONCE = 10
PROCESSES = 2
#: A wait for news that was over sooner, without any: the line is not there (as the window's lane has it).
_WAITED_S = 1.0
#: Members of one transaction of the rush: an SQLite that is written to holds up every hello.
_IMPORT_AT_ONCE = 2_000
#: (position in the feed, when it was reached)
Reached = tuple[int, float]


class NotedStore(SqlSyncStore):
    """A till's own storage, that notes when the replica has reached which position. ``writes`` False: nothing but the
    position is written from now on."""

    noted: list[Reached]
    writes = True

    def apply_changes(
        self,
        changes: Sequence[FeedChange],
        cursor: int,
        included_seq: int | None,
        as_of: datetime,
        feed_mark: str = "",
    ) -> None:
        """As ``SqlSyncStore.apply_changes``."""
        super().apply_changes(changes if self.writes else (), cursor, included_seq, as_of, feed_mark)
        self.noted.append((cursor, time.time()))


class Till:
    """One till that waits for news and fetches it, on a thread of its own."""

    def __init__(self, folder: Path, address: str, code: str, *, writes: bool) -> None:
        self._stack = ExitStack()
        data = self._stack.enter_context(
            DataFolder(folder / "data", CLOCK, find_keystore=lambda: None, state=folder / "state")
        )
        self.store = NotedStore(data.till, data.replica, CLOCK, data.beside.keeper.keep, data.store.sql_rights)
        self.store.noted = []
        self._line = HttpTransport(address)
        enrol(address, code, self.store, transport=self._line)
        self._engine = SyncEngine(self.store, self._line, CLOCK, intake=data.intake if writes else None)
        self.store.writes = writes
        outcome = self._engine.sync_once()
        assert outcome.reason is None, outcome
        self.troubles = 0
        self._watcher = Watcher(self.store, lambda: HttpTransport(address), CLOCK)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def listen(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._stop.set()
        self._watcher.stop()
        self._thread.join(30)
        self._line.close()
        self._stack.close()

    def _listen(self) -> None:
        """As ``app.lanes.NetworkLane``: a round when there is news; where the line is in trouble, its waits."""
        while not self._stop.is_set():
            began = time.monotonic()
            news = self._watcher.news()
            if self._stop.is_set() or (news is None and time.monotonic() - began >= _WAITED_S):
                continue
            outcome = self._engine.sync_once() if news is None else self._engine.hear(news)
            if outcome.reason is not None:
                self.troubles += 1
                self._stop.wait(self._engine.next_delay_s())


def _tills(folder: Path, address: str, codes: list[tuple[str, bool]], told: Connection) -> None:
    """Some tills, in a process of their own: "ready", then what each reached when asked, until told to end."""
    tills = [Till(folder / f"{n}", address, code, writes=writes) for n, (code, writes) in enumerate(codes)]
    for till in tills:
        till.listen()
    told.send("ready")
    while told.recv() == "reached":
        told.send([(list(till.store.noted), till.troubles) for till in tills])
    for till in tills:
        till.close()


def _change(url: str, branch: str, members: int, plan: tuple[int, int, int], told: Connection) -> None:
    """The other process: ``(rate, seconds, rush)``. Sends [(ids, commit time)] of the steady part, then the times of
    the import."""
    rate, seconds, rush = plan
    dice = random.Random(3)
    with opened(url) as database:
        commits: list[tuple[list[str], float]] = []
        began = time.time()
        for step in range(rate * seconds // AT_ONCE):
            time.sleep(max(0.0, began + step * AT_ONCE / rate - time.time()))
            changed = [_changed(n, branch, f"08{step:04d}") for n in dice.sample(range(members), AT_ONCE)]
            with database.write() as connection:
                import_members(connection, changed, CLOCK.now())
            commits.append(([each.member.id for each in changed], time.time()))
        told.send(commits)
        told.recv()
        began = time.time()
        source = (_changed(n % members, branch, f"R{n // members}") for n in range(rush))
        while part := list(islice(source, _IMPORT_AT_ONCE)):
            with database.write() as connection:
                import_members(connection, part, CLOCK.now())
        told.send((began, time.time()))


def _changed(n: int, branch: str, word: str) -> MemberImport:
    one = _members.imported(_members.person(n), branch)
    return replace(one, member=replace(one.member, first_name=f"{one.member.first_name} {word}"))


class Horizon:
    """Notes how far the feed is, every 5 ms."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self.reached: list[Reached] = []
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        with opened(self._url) as database:
            while not self._stop.wait(0.005):
                with database.read() as connection:
                    newest = feed.horizon(connection)
                if not self.reached or newest > self.reached[-1][0]:
                    self.reached.append((newest, time.time()))

    @contextmanager
    def looking(self) -> Iterator[Horizon]:
        """From now until the end of the block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()


def when(reached: Sequence[Reached], number: int) -> float:
    """When a position was reached."""
    return reached[bisect.bisect_left(reached, (number, 0.0))][1]


def numbers_of(url: str, after: int, commits: Sequence[tuple[list[str], float]]) -> list[Reached]:
    """The number of each change, with the time of its commit: of one member the first telling is the first change."""
    times: dict[str, list[float]] = defaultdict(list)
    for ids, at in commits:
        for member_id in ids:
            times[member_id].append(at)
    query = select(feed_table.c.publish_no, feed_table.c.id).where(
        feed_table.c.publish_no > after, feed_table.c.entity == "member"
    )
    taken: dict[str, int] = defaultdict(int)
    found = []
    with opened(url) as database, database.read() as connection:
        for row in connection.execute(query.order_by(feed_table.c.publish_no)):
            if taken[row.id] < len(times[row.id]):
                found.append((int(row.publish_no), times[row.id][taken[row.id]]))
                taken[row.id] += 1
    assert len(found) == sum(len(ids) for ids, _ in commits)
    return found


class Listeners:
    """All tills, in their processes."""

    def __init__(self, processes: Sequence[Any], lines: Sequence[Connection]) -> None:
        self._processes, self._lines = processes, lines
        #: Rounds that were broken off, as of the last look.
        self.troubles = 0

    def reached(self) -> list[list[Reached]]:
        """Of every till."""
        for line in self._lines:
            line.send("reached")
        found = [till for line in self._lines for till in line.recv()]
        self.troubles = sum(troubles for _, troubles in found)
        return [reached for reached, _ in found]

    def wait_for(self, number: int) -> list[list[Reached]]:
        """Until all of them are there."""
        while True:
            found = self.reached()
            if all(till[-1][0] >= number for till in found):
                return found
            time.sleep(0.2)

    def end(self) -> None:
        """All of them."""
        for line, process in zip(self._lines, self._processes, strict=True):
            line.send("end")
            process.join(60)


def listening(office: Office, folder: Path, tills: int, readers: int) -> Listeners:
    """Enrol and load them all, and let them wait for news."""
    spawn = multiprocessing.get_context("spawn")
    codes = [(admin.enrol_code(office.url, "KS01"), n < tills) for n in range(tills + readers)]
    lines, processes = [], []
    for n in range(PROCESSES):
        here, there = spawn.Pipe()
        processes.append(
            spawn.Process(
                target=_tills, args=(folder / f"p{n}", office.address, codes[n::PROCESSES], there), daemon=True
            )
        )
        processes[-1].start()
        there.close()  # else nobody would hear that the process ended
        lines.append(here)
    for line in lines:
        assert line.recv() == "ready"
    return Listeners(processes, lines)


def measure(url: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures on one database."""
    stocked(url, options.members)
    make_snapshot(url, folder)
    with serving(url, folder) as office, opened(url) as database, Horizon(url).looking() as numbered:
        tills = listening(office, folder, options.tills, options.readers)
        with database.read() as connection:
            start, branch = feed.horizon(connection), connection.exec_driver_sql("SELECT branch_id FROM till").first()
        assert branch is not None
        here, there = multiprocessing.get_context("spawn").Pipe()
        plan = (options.rate, options.seconds, options.changes)
        cpu = office.cpu_s()
        changing = multiprocessing.get_context("spawn").Process(
            target=_change, args=(url, branch[0], options.members, plan, there), daemon=True
        )
        changing.start()
        there.close()
        commits = here.recv()
        steady_end = start + options.rate * options.seconds // AT_ONCE * AT_ONCE
        found = tills.wait_for(steady_end)
        steady_cpu = office.cpu_s() - cpu
        changes = numbers_of(url, start, commits)
        figures = steady(changes, numbered.reached, found) | {"office_cpu": round(steady_cpu / options.seconds, 2)}
        here.send("go")
        began, committed = here.recv()
        found = tills.wait_for(steady_end + options.changes)
        figures |= rush(began, committed, steady_end + options.changes, numbered.reached, found)
        figures["rounds_broken_off"] = tills.troubles
        figures["rush_office_cpu_s"] = round(office.cpu_s() - cpu - steady_cpu, 1)
        changing.join()
        tills.end()
    return figures


def steady(changes: Sequence[Reached], numbered: Sequence[Reached], tills: list[list[Reached]]) -> dict[str, Any]:
    """Milliseconds of every change at every till."""
    seen = [(when(till, number) - at) * 1e3 for till in tills for number, at in changes]
    lag = [(when(numbered, number) - at) * 1e3 for number, at in changes]
    rounds = sum(1 for till in tills for _, at in till if at >= changes[0][1])
    return {
        "changes": len(changes),
        "visible_p50_ms": round(share(seen, 50)),
        "visible_p99_ms": round(share(seen, 99)),
        "visible_max_ms": round(max(seen)),
        "number_p50_ms": round(share(lag, 50)),
        "number_p99_ms": round(share(lag, 99)),
        "pages_per_till": round(rounds / len(tills)),
    }


def rush(
    began: float, committed: float, number: int, numbered: Sequence[Reached], tills: list[list[Reached]]
) -> dict[str, Any]:
    """Seconds from the beginning of the import."""
    there = sorted(when(till, number) - began for till in tills)
    return {
        "rush_committed_s": round(committed - began, 1),
        "rush_numbered_s": round(when(numbered, number) - began, 1),
        "rush_first_till_s": round(there[0], 1),
        "rush_all_tills_s": round(there[-1], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--tills", type=int, default=5)
    parser.add_argument("--readers", type=int, default=15)
    parser.add_argument("--databases", default=f"{SQLITE},{POSTGRESQL}")
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL alone, quick or not")
    parser.add_argument("--quick", action="store_true", help="SQLite, 1,000 members, 6 tills, 5 seconds")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.members, options.changes, options.seconds = 1_000, 2_000, 5
        options.tills, options.readers, options.databases = 2, 4, SQLITE
    if options.postgresql:
        options.databases = POSTGRESQL
    head = (
        f"{options.tills} tills with a replica, {options.readers} that only read; {options.members:,} members; "
        f"{options.rate} changes/s for {options.seconds} s, then {options.changes:,} at once"
    )
    on_each(options.databases, lambda url, folder: measure(url, folder, options), head, as_json=options.json)


if __name__ == "__main__":
    main()
