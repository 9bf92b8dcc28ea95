"""What a rush took of memory is given back when it is over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pos_member.headoffice import memory, serve, upkeep
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import INLINE_EVENTS, HeadOffice
from pos_member.headoffice.upkeep import Upkeep
from tests.headoffice.office_support import MEMBERS, rows
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill

#: Threads hold pieces of every size, each with some that stay: then all but those are free, and nothing at an end.
_RUSH = """
import os, sys, threading
from pathlib import Path
from pos_member.headoffice import memory

def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

kept, lock = [], threading.Lock()
def work():
    pieces = [bytes(20_000 + n % 7 * 4_000) for n in range(2_000)]
    with lock:
        kept.append(pieces[::100])
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
before = held_mb()
memory.give_back()
print(before, held_mb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux keeps what is free")
def test_what_is_free_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", _RUSH], capture_output=True, text=True, check=True, timeout=120)
    before, after = map(int, done.stdout.split())
    assert before - after > 100, (before, after)


#: A thread per batch takes some 50 MB in pieces and lets go of them. Printed: pages that batches after the first took.
_BATCHES = """
import resource, sys, threading
from pos_member.headoffice.memory import one_heap

if sys.argv[1] == "one heap":
    one_heap()

def batch():
    [bytes(20_000 + n % 7 * 4_000) for n in range(1_500)]

def run():
    thread = threading.Thread(target=batch)
    thread.start()
    thread.join()

run()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5): run()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux has a heap for every few threads")
def test_a_batch_takes_no_memory_from_the_system_that_the_one_before_it_had() -> None:
    pages = {}
    for how in ("as it comes", "one heap"):
        told = subprocess.run([sys.executable, "-c", _BATCHES, how], capture_output=True, text=True, check=True)
        pages[how] = int(told.stdout)
    assert 5 * pages["one heap"] < pages["as it comes"], pages


def test_head_office_has_one_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    class Begun(Exception):
        pass

    def begun() -> None:
        raise Begun

    monkeypatch.setattr(memory, "one_heap", begun)
    with pytest.raises(Begun):
        serve.serve_on(None, lambda _url: None)  # type: ignore[arg-type] - not looked at before


def test_connections_of_a_rush_are_let_go(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/office.db")
    lent = [database.engine.connect() for _ in range(5)]
    for connection in lent[1:]:
        connection.close()
    database.rest()
    assert database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]
    lent[0].exec_driver_sql("SELECT 1")  # one that is in use stays
    lent[0].close()
    database.close()


def test_it_is_given_back_once_after_a_rush(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(upkeep, "RUSH_BATCHES", 2)
    monkeypatch.setattr(memory, "give_back", lambda: given.append("memory"))
    monkeypatch.setattr(office.database, "rest", lambda: given.append("connections"))
    office.settler = lambda: None
    keeper, told = Upkeep(office), list[int]()
    for identity in TILLS[:2]:
        till = RawTill(office.database, identity)
        for n in range(INLINE_EVENTS + 1):
            till.sell(MEMBERS[n % 3], 1)
        till.push(office)
        keeper.look()
        keeper.look()
        told.append(len(given))
    assert not rows(office.database, "effect")
    assert told == [0, 2] and given == ["connections", "memory"]
    keeper.look()
    assert len(given) == 2
