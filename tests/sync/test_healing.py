"""A line that is up for moments only, a cache that mixes things up: queues empty in time, nothing foreign stays."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from pos_member.domain.errors import Reason
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.sync import loading
from pos_member.sync.engine import SyncEngine
from pos_member.sync.transport import HttpTransport
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    LOT,
    MEMBERS,
    Till,
    enrolled_till,
    make_member,
    new_id,
    rows,
    running_office,
)
from tests.log_watch import ExpectLog
from tests.sync.disaster_support import Counter, enrolled_counter
from tests.sync.hostile_proxy import HostileProxy

UP_S, DOWN_S = 0.2, 0.3
#: From the moment the line begins to flap; a till has so long on a machine that does other things too.
EMPTY_WITHIN_S = 240.0
#: On the line as it is; head office is quick to answer, a connection that is cut costs no more than this.
PATIENCE_S = (2.0, 4.0)
#: What each till has to send at first; it goes on selling until the line was down so often.
BILLS, DOWNS = 30, 4

pytestmark = pytest.mark.one_database("the line is what is tried, not what stands behind head office")


@contextmanager
def flapping(proxy: HostileProxy) -> Iterator[list[int]]:
    """The line is up for a moment, then down for longer, again and again; how often it was down so far."""
    over, downs = threading.Event(), [0]

    def flap() -> None:
        while not over.is_set():
            proxy.down = True
            downs[0] += 1
            over.wait(DOWN_S)
            proxy.down = False
            over.wait(UP_S)

    thread = threading.Thread(target=flap)
    thread.start()
    try:
        yield downs
    finally:
        over.set()
        thread.join()


def poison(till: Counter) -> None:
    """A fact of a build that this head office does not know."""
    assert till.folder is not None
    identity = till.store.identity()
    assert identity is not None
    record = AuditRecord(new_id(), "unheard_of", "staff", "", identity.id, CLOCK.now(), "", "")
    with till.folder.store.transaction() as tx:
        tx.announce(EventKind.AUDIT, record.id, record, version=99)


def fork(till: Counter, aside: Path) -> None:
    """The whole machine goes back behind what it sent, and the till sells on without a notion of it."""
    till.sell(3, member=MEMBERS[0], points=1)
    assert till.sync().reason is None
    with till.closed() as path:
        shutil.copytree(path, aside / "image")
        shutil.copytree(till.state, aside / "image-state")
    till.sell(2, member=MEMBERS[0], points=1)
    assert till.sync().reason is None
    till.close()
    for here, then in ((till.path, aside / "image"), (till.state, aside / "image-state")):
        shutil.rmtree(here)
        shutil.copytree(then, here)
    till.open()


def test_every_queue_empties_on_a_line_that_flaps(tmp_path: Path, expected_logs: ExpectLog) -> None:
    """Three tills; in the queue of one is poison, one tells another history than it told before."""
    expected_logs("put event .* aside")
    expected_logs("fork")
    expected_logs("begins epoch 2")
    with (
        ExitStack() as stack,
        running_office(tmp_path) as server,
        HostileProxy(server.url, seed=1, rate=0.0) as proxy,
    ):
        tills = []
        for n in range(3):
            line = stack.enter_context(closing(HttpTransport(proxy.url, timeouts_s=PATIENCE_S)))
            till = enrolled_counter(server.app.state.office, tmp_path / f"at{n}", "till")
            stack.callback(till.close)
            till.line = line
            tills.append(till)
        _, poisoned, forked = tills
        fork(forked, tmp_path)
        for n, till in enumerate(tills):
            for _ in range(BILLS):
                till.sell(1, member=MEMBERS[n], points=3)
                if till is poisoned and len(till.sold) == BILLS // 2:
                    poison(till)
        ended: list[tuple[int, float, int]] = []

        def drain(n: int) -> None:
            """Rounds one after the other, a bill more now and then, until nothing waits."""
            till, pause = tills[n], threading.Event()
            for count in range(1, 10_000):
                outcome = till.sync(till.line)
                if outcome.reason is None and till.store.queue_status().waiting == 0 and downs[0] > DOWNS:
                    ended.append((n, time.monotonic() - began, count))
                    return
                if downs[0] <= DOWNS and count % 3 == 0:
                    till.sell(1, member=MEMBERS[n], points=3)
                if time.monotonic() - began > EMPTY_WITHIN_S:
                    return
                pause.wait(0.02)

        with flapping(proxy) as downs:
            began = time.monotonic()
            threads = [threading.Thread(target=drain, args=(n,)) for n in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(n for n, _, _ in ended) == [0, 1, 2], f"empty after {ended}, down {downs} times"
        assert proxy.met["reset_before"] > DOWNS, "the tills met a line that was down"
        database = server.app.state.office.database
        sold = [bill for till in tills for bill in till.sold]
        assert sorted(row.id for row in rows(database, "bill")) == sorted(bill.id for bill in sold)
        assert sorted(row.id for row in rows(database, "point_entry")) == sorted(
            entry.id for bill in sold for entry in bill.point_entries
        )
        assert [row.kind for row in rows(database, "quarantine")] == ["audit.recorded"]
        assert all(till.folder is not None and not till.store.suspended() for till in tills)


# --- caches -----------------------------------------------------------------------------------------------


def round_of(till: Till, line: HttpTransport) -> Reason | None:
    engine = SyncEngine(till.folder.sync_store, line, CLOCK, app_version="test", intake=till.folder.intake)
    return engine.sync_once().reason


def add_members(server: RunningHeadOffice, first: int, count: int) -> None:
    office = server.app.state.office
    with office.database.write() as connection:
        imports = [MemberImport(make_member(n), buckets={LOT: 3}) for n in range(first, first + count)]
        import_members(connection, imports, CLOCK.now())
    office.stamp()


def known(till: Till) -> int:
    with till.folder.replica.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one())


def test_a_page_made_for_another_till_is_not_taken(tmp_path: Path) -> None:
    with (
        running_office(tmp_path) as server,
        enrolled_till(server, tmp_path, "one") as one,
        enrolled_till(server, tmp_path, "two", BRANCHES[1]) as two,
        HostileProxy(server.url, seed=1, rate=0.0) as proxy,
        closing(HttpTransport(proxy.url)) as first,
        closing(HttpTransport(proxy.url)) as second,
    ):
        assert round_of(one, first) is None
        proxy.from_cache = ("/v1/pull",)
        assert round_of(two, second) is Reason.ANSWER_NOT_OURS
        assert (two.folder.sync_store.cursor(), known(two)) == (0, 0)
        proxy.from_cache = ()
        assert round_of(two, second) is None
        assert known(two) == len(MEMBERS)


def test_a_segment_of_another_history_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    """Head office was set up anew; a cache that keeps what is never to change still gives away what was."""
    monkeypatch.setattr(loading, "FAR_BEHIND", 1_000_000)
    expected_logs("segments of another feed came from 0 on")
    kept = {}
    for turn in ("old", "new"):
        folder = tmp_path / turn
        folder.mkdir()
        with (
            running_office(folder) as server,
            enrolled_till(server, folder, "till") as till,
            HostileProxy(server.url, seed=1, rate=0.0) as proxy,
            closing(HttpTransport(proxy.url)) as line,
        ):
            assert round_of(till, line) is None
            add_members(server, 2_000 if turn == "old" else 7_000, 1_100)
            proxy.kept |= kept
            proxy.from_cache = ("/v1/feed/segments/",) if kept else ()
            assert round_of(till, line) is None
            kept = {path: answer for path, answer in proxy.kept.items() if "/segments/" in path}
            assert len(kept) == 2, "of two thousand changes"
            assert till.folder.sync_store.cursor() == server.app.state.office.horizon()
            assert known(till) == len(MEMBERS) + 1_100
            assert till.folder.store.members.by_number(make_member(7_000).number) is not None or turn == "old"
            assert till.folder.store.members.by_number(make_member(2_000).number) is None or turn == "old"
