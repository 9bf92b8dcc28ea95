"""Several workers on one PostgreSQL: killed at random nothing is lost or doubled, and what one knows all know."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import requests

from pos_member.headoffice import admin, workers
from pos_member.headoffice.stamper import LEASE_LASTS
from pos_member.headoffice.workers import Supervisor
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport
from tests.db_support import make_folder
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    MEMBERS,
    Till,
    assert_exactly_once,
    database_url,
    rows,
)
from tests.headoffice.offices import open_seeded
from tests.headoffice.until import until
from tests.log_watch import ExpectLog

pytestmark = pytest.mark.one_database("several processes need a server behind them", on="postgresql")
ROOT = Path(__file__).parents[2]
WITHIN_S = 120
COMMAND = (sys.executable, "-m", "tests.headoffice.worker_process")
#: One that is killed at once has not been told where to work.
KILLED = "a worker ended (and is started anew|before it was told anything)"
ROUNDS, BILLS, KILLS = 6, 7, 6
#: Rounds of a till until its queue has to be empty, once nobody is killed any more.
ENDS_WITHIN = 25


@contextmanager
def supervised(url: str, count: int) -> Iterator[tuple[Supervisor, str]]:
    """Workers with the tests' clock, and their address; all ended afterwards."""
    supervisor = Supervisor(url, count, port=0, command=COMMAND)
    # One after the other dies here: how long the next is put off is not what is tried, nor how long it takes a busy
    # machine to end one.
    apart = patch.multiple(workers, _PAUSE_MAX_S=0.4, GRACE_S=WITHIN_S / 2)
    answers, address = threading.Event(), []

    def ready(base: str) -> None:
        address.append(base)
        answers.set()

    thread = threading.Thread(target=supervisor.run, args=(ready,))
    with apart:
        thread.start()
        try:
            assert answers.wait(WITHIN_S)
            yield supervisor, address[0]
        finally:
            supervisor.stop()
            thread.join(WITHIN_S)
            assert not thread.is_alive() and supervisor.pids == []


class Killer(threading.Thread):
    """Kills a worker now and then while ``busy``."""

    def __init__(self, supervisor: Supervisor, dice: random.Random) -> None:
        super().__init__()
        self._supervisor, self._dice = supervisor, dice
        self.over = threading.Event()
        self.killed: list[int] = []

    def run(self) -> None:
        while len(self.killed) < KILLS and not self.over.wait(self._dice.uniform(0.1, 0.9)):
            if pids := self._supervisor.pids:
                os.kill(pid := self._dice.choice(pids), signal.SIGKILL)
                self.killed.append(pid)


def test_workers_killed_at_random_lose_and_double_nothing(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs(KILLED)
    office = open_seeded(tmp_path)
    url = database_url(tmp_path)
    with supervised(url, 3) as (supervisor, address), ExitStack() as stack:
        tills = []
        for n in range(3):
            data = stack.enter_context(make_folder(tmp_path, CLOCK, f"till{n}"))
            with closing(HttpTransport(address)) as line:
                code = office.enrol_code(BRANCHES[n % 2].code)
                tills.append(Till(data, enrol(address, code, data.sync_store, transport=line)))
        killer = Killer(supervisor, random.Random(5))

        def trade(till: Till, number: int) -> None:
            with closing(HttpTransport(address)) as line:
                engine = till.engine(line, number)
                for _ in range(ROUNDS):
                    for n in range(BILLS):
                        till.ring(member=MEMBERS[n % 3], points=3)
                    engine.sync_once()
                killer.join(WITHIN_S)
                for _ in range(ENDS_WITHIN):
                    outcome = engine.sync_once()
                    if outcome.reason is None and till.folder.sync_store.queue_status().waiting == 0:
                        return

        threads = [threading.Thread(target=trade, args=(till, n)) for n, till in enumerate(tills)]
        killer.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WITHIN_S)
        killer.over.set()
        killer.join(WITHIN_S)
        assert len(killer.killed) == KILLS
        # The clock stands still here: the lease of a killed worker runs out for one that looks later.
        office.settle_effects()
        office.stamper.run(CLOCK.now() + LEASE_LASTS + timedelta(seconds=1))
        with closing(HttpTransport(address)) as line:
            for till in tills:
                assert till.engine(line).sync_once().reason is None
        assert_exactly_once(office.database, tills)
        assert rows(office.database, "effect") == [] and rows(office.database, "outgoing") == []
        numbers = sorted(row.publish_no for row in rows(office.database, "feed"))
        assert numbers == list(range(1, len(numbers) + 1))
        for till in tills:
            for member in MEMBERS[:3]:
                entries = [e for each in tills for bill in each.rung for e in bill.point_entries]
                expected = sum(entry.points for entry in entries if entry.member_id == member.id)
                assert till.folder.store.members.account(member.id).balance == expected
    office.database.close()


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and that still run."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@contextmanager
def command(url: str, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``headoffice serve`` with ``more``, and where it answers."""
    serve = [sys.executable, "-m", "pos_member", "headoffice", "serve", "--port", "0", "--json", "--database", url]
    with subprocess.Popen([*serve, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stdout is not None
        said = ""
        in_time = threading.Timer(WITHIN_S, run.kill)
        in_time.start()
        while '"url"' not in said:
            line = run.stdout.readline()
            assert line, run.communicate()[1]
            said += line
        in_time.cancel()
        try:
            yield run, said.partition('"url": "')[2].partition('"')[0]
        finally:
            run.kill()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the children of a process are looked up in /proc")
def test_what_one_worker_knows_all_know_and_they_end_together(tmp_path: Path) -> None:
    url = database_url(tmp_path)
    password = admin.reset_password(url)
    with command(url, "--workers", "2") as (run, address):
        workers = children(run.pid)
        assert len(workers) == 2
        once = {"Connection": "close"}  # so that any of them may answer
        with requests.Session() as browser:
            browser.post(f"{address}/login", data={"password": password}, headers=once, timeout=WITHIN_S)
            for _ in range(12):
                page = browser.get(f"{address}/", headers=once, allow_redirects=False, timeout=WITHIN_S)
                assert page.status_code == 200, "the session is good at every worker"
        answers = [
            requests.post(f"{address}/login", data={"password": "x"}, headers=once, timeout=WITHIN_S).status_code
            for _ in range(8)
        ]
        assert answers == [403] * 5 + [429] * 3, "wrong passwords are counted together"
        for _ in range(10):
            assert requests.get(f"{address}/healthz", headers=once, timeout=WITHIN_S).status_code == 200
        for _ in range(6):
            told = requests.get(f"{address}/metrics", headers=once, timeout=WITHIN_S).text
            assert 'pos_member_headoffice_requests_total{route="healthz",status="2xx"} 10\n' in told
        run.send_signal(signal.SIGTERM)
        err = run.communicate(timeout=WITHIN_S)[1]
        assert run.returncode == 0 and "Traceback" not in err
        assert [json.loads(line)["message"] for line in err.splitlines()][-1] == "stopped"
        assert all(gone(pid) for pid in workers)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the children of a process are looked up in /proc")
def test_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    with command(database_url(tmp_path), "--workers", "2") as (run, _):
        workers = children(run.pid)
        run.kill()
        until(lambda: all(gone(pid) for pid in workers))
