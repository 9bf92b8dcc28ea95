"""Large batches are read in a process beside head office; whatever becomes of that process, they are taken in once."""

from __future__ import annotations

import marshal
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.chain import GENESIS
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.errors import Refusal
from pos_member.domain.events import PAYLOADS, EventKind
from pos_member.domain.org import TillIdentity
from pos_member.headoffice import outlines, reader, reader_process, service
from pos_member.headoffice.acts import Act, take_apart
from pos_member.headoffice.outlines import Outline
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.reader_process import ReaderProcess
from pos_member.headoffice.reading import Read, read_batch
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.transport import HttpTransport
from tests.headoffice.office_support import (
    MEMBERS,
    assert_exactly_once,
    database_url,
    enrolled_till,
    new_id,
    rows,
    running_office,
)
from tests.headoffice.program_facts import BRANCHES
from tests.headoffice.raw_till import RawTill, facts
from tests.log_watch import ExpectLog
from tests.patience import eventually
from tests.sync.test_quick_read import any_of

ROOT = Path(__file__).parents[2]
LIMITS = protocol.Limits()
TOLD = LIMITS.batch_events, LIMITS.event_bytes
#: A process that says it is up, and then does as the rest of the line says with what it is asked.
_STUB = "import struct, sys, time; i, o = sys.stdin.buffer, sys.stdout.buffer; o.write(b'R'); o.flush(); i.read(1); "


@pytest.fixture
def beside(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderProcess]:
    """The reader of ``office``, for which every batch is a large one."""
    yield from _beside(office, monkeypatch, ReaderProcess(*TOLD))


def _beside(office: HeadOffice, monkeypatch: pytest.MonkeyPatch, made: ReaderProcess) -> Iterator[ReaderProcess]:
    monkeypatch.setattr(service, "LARGE_BYTES", 0)
    office.read_apart(made)
    yield made
    made.close()


@pytest.fixture
def till(office: HeadOffice) -> RawTill:
    return RawTill(office.database, TillIdentity(new_id(), 1, BRANCHES[0].id, "T", 1))


def up(beside: ReaderProcess) -> int:
    """Have it started; its process."""
    body = b"no batch"
    with pytest.raises(Problem):
        beside.read("t", body) or read_batch("t", body, *TOLD)
    assert eventually(lambda: beside.ready) and beside.pid is not None
    return beside.pid


def bills(till: RawTill, count: int = 4) -> None:
    for n in range(count):
        till.sell(MEMBERS[n % 3], 2)


def all_that_is_held(office: HeadOffice) -> dict[str, list[str]]:
    tables = ("event", "bill", "bill_program", "tally", "effect", "quarantine", "event_again", "exception", "till")
    return {table: sorted(str(row) for row in rows(office.database, table)) for table in tables}


# --- what it tells is what is read here -------------------------------------------------------------------


def as_told(event: Read) -> tuple[Any, ...]:
    act = event.act
    if isinstance(act, Act):
        act = Outline(act.rows, act.tallies, act.waits_for, act.source_id, act.day, outlines.has_effects(act))
    return event.meta, event.payload, act, event.fault, event.detail


@pytest.mark.parametrize(("kind", "version"), list(PAYLOADS), ids=str)
def test_of_every_kind_the_outline_goes_over_whole(kind: EventKind, version: int) -> None:
    dice, seen = random.Random(kind.value), 0
    for _ in range(60):
        try:
            said = any_of(PAYLOADS[kind, version], dice)
            if isinstance(said, DayClosed):  # the one form that is not left to chance
                said = replace(said, last_seq=dice.randrange(9), chain=GENESIS)
            act = take_apart(said, "till", 7)
        except Refusal:
            continue
        seen += 1
        made = outlines.outline(marshal.loads(marshal.dumps(outlines.plain(act))))
        assert made.rows == act.rows and made.tallies == act.tallies
        assert (made.waits_for, made.source_id, made.day) == (act.waits_for, act.source_id, act.day)
        assert outlines.has_effects(made) == outlines.has_effects(act)
    assert seen


def test_a_batch_is_told_as_it_is_read_here_bad_events_and_all(till: RawTill) -> None:
    bills(till)
    till.add_bytes(EventKind.BILL_COMPLETED, b'{"not": "a bill"}', new_id())
    till.add_bytes(EventKind.BILL_COMPLETED, b"", new_id())
    till.add_bytes(EventKind.BILL_COMPLETED, b"x" * (LIMITS.event_bytes + 1), new_id())
    till.sell(None)
    body = protocol.encode_batch(1, till.queue)
    body = body.replace(till.queue[1].sha256.encode(), b"0" * 64)
    here, told = (
        read_batch(till.identity.id, body, *TOLD),
        reader.answered(reader.tell(till.identity.id, body, *TOLD), body),
    )
    assert told.header == here.header
    assert list(map(as_told, told.events)) == list(map(as_told, here.events))
    assert [event.fault for event in told.events] == ["", "hash", "", "", "payload", "payload", "too_large", ""]


@pytest.mark.parametrize("body", [b"", b"x", b"\n", b'{"protocol":9}\n', b"\xff\xfe\n\n"])
def test_what_is_no_batch_is_refused_alike(body: bytes) -> None:
    with pytest.raises(Problem) as here:
        read_batch("t", body, *TOLD)
    with pytest.raises(Problem) as told:
        reader.answered(reader.tell("t", body, *TOLD), body)
    assert (told.value.code, told.value.extra) == (here.value.code, here.value.extra)


# --- a real process ---------------------------------------------------------------------------------------


def test_the_same_is_held_whoever_read_it(
    office: HeadOffice, till: RawTill, beside: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills(till, 6)
    till.add_bytes(EventKind.BILL_COMPLETED, b"{}", new_id())
    till.sell(MEMBERS[1], 5)
    up(beside)
    with monkeypatch.context() as patch:
        patch.setattr(service.reading, "read_batch", None)  # nobody reads here
        answer = till.push(office)
    told, applied = all_that_is_held(office), facts(office.database)
    other = HeadOffice(office.database, office.clock, new_id)
    again = till.push(other)
    assert {item.status for item in again.items} == {protocol.ItemStatus.DUPLICATE}
    assert all_that_is_held(office) == told and facts(office.database) == applied
    assert [item.status for item in answer.items].count(protocol.ItemStatus.QUARANTINED) == 1
    assert len(rows(office.database, "bill")) == 7 and not rows(office.database, "effect")


def test_two_tills_alike_one_read_here_one_beside(
    office: HeadOffice, till: RawTill, beside: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows of the first stage are the same, but for whose they are."""
    twin = RawTill(office.database, TillIdentity(till.identity.id[::-1], 1, BRANCHES[0].id, "T", 1))
    office.settler = lambda: None
    monkeypatch.setattr(service, "INLINE_EVENTS", 0)
    bills(till, 5)
    for event in till.queue:
        payload = event.payload.replace(till.identity.id.encode(), twin.identity.id.encode())
        twin.add_bytes(EventKind(event.kind), payload, event.event_id)
    up(beside)
    assert till.push(office).items == twin_of(office).push(twin.identity.id, protocol.encode_batch(1, twin.queue)).items
    for table in ("event", "bill", "bill_program", "tally", "effect"):
        left_out = {"till_id", "payload", "sha256", "chain"}
        per_till: dict[str, list[str]] = {}
        for row in rows(office.database, table):
            plain = {name: value for name, value in row._mapping.items() if name not in left_out}
            per_till.setdefault(row.till_id, []).append(str(plain))
        if per_till:
            mine, other = per_till[till.identity.id], per_till[twin.identity.id]
            assert sorted(mine) == sorted(other), table


def twin_of(office: HeadOffice) -> HeadOffice:
    """One that reads for itself."""
    other = HeadOffice(office.database, office.clock, new_id)
    other.settler = lambda: None
    return other


def test_batches_are_read_here_until_it_is_up(office: HeadOffice, till: RawTill, beside: ReaderProcess) -> None:
    bills(till)
    assert not beside.ready and beside.pid is None
    assert till.push(office).last_seq == 4
    assert beside.pid is not None


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_killed_it_is_missed_by_nobody_and_comes_back(
    office: HeadOffice,
    till: RawTill,
    beside: ReaderProcess,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectLog,
) -> None:
    monkeypatch.setattr(reader_process, "_PAUSE_S", 0.0)
    expected_logs("the reader is gone")
    bills(till)
    first = up(beside)
    os.kill(first, signal.SIGKILL)
    assert till.push(office, 1, 2).last_seq == 2
    second = up(beside)
    assert second != first
    assert till.push(office, 3, 4).last_seq == 4 and len(rows(office.database, "bill")) == 4


@pytest.mark.parametrize(
    "does",
    [
        pytest.param("sys.exit(3)", id="dies"),
        pytest.param("o.write(struct.pack('<I', 1000) + b'half'); o.flush(); sys.exit(0)", id="dies in its answer"),
        pytest.param("time.sleep(600)", id="is silent"),
        pytest.param("o.write(struct.pack('<I', 4) + b'what'); o.flush(); time.sleep(600)", id="tells nonsense"),
    ],
)
def test_one_that_fails_costs_nobody_a_bill(
    office: HeadOffice, till: RawTill, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog, does: str
) -> None:
    expected_logs("the reader is gone|what the reader told cannot be read")
    made = ReaderProcess(*TOLD, (sys.executable, "-c", _STUB + does), answer_s=0.5)
    for beside in _beside(office, monkeypatch, made):
        bills(till)
        assert till.push(office, 1, 1).last_seq == 1
        assert eventually(lambda made=beside: made.ready)  # type: ignore[misc]
        assert till.push(office, 2).last_seq == 4
        assert len(rows(office.database, "bill")) == 4


def test_one_that_cannot_be_started_is_not_tried_at_every_batch(
    office: HeadOffice, till: RawTill, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    expected_logs("the reader is gone")
    tried: list[object] = []

    def nothing_left(*_how: object, **_more: object) -> None:
        tried.append(_how)
        raise OSError("no process")

    monkeypatch.setattr(subprocess, "Popen", nothing_left)
    for _beside_it in _beside(office, monkeypatch, ReaderProcess(*TOLD)):
        bills(till)
        for seq in range(1, 5):
            assert till.push(office, seq, seq).last_seq == seq
    assert len(tried) == 1


def test_without_work_it_ends_and_with_work_it_is_there_again(
    beside: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(beside)
    beside.look()
    assert beside.ready, "it had work just now"
    monkeypatch.setattr(reader_process, "IDLE_S", 0.0)
    beside.look()
    assert beside.pid is None
    up(beside)
    beside.close()
    assert beside.pid is None and beside.read("t", b"") is None and beside.pid is None, "closed is closed"


_ASKER = """
import sys, time
from pos_member.headoffice.reader_process import ReaderProcess
made = ReaderProcess(500, 10**6)
made.read("t", b"")
while not made.ready: time.sleep(0.01)
print(made.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_ends_with_the_one_who_asks_however_that_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", _ASKER], stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        pid = int(asker.stdout.readline())
        os.kill(pid, signal.SIGTERM)  # as to all of a service: it is the other who says when it is over
        assert "reader" in Path(f"/proc/{pid}/cmdline").read_text()
        asker.kill()
    assert eventually(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


_SERVER = """
import sys
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice, serve_on
from tests.db_support import SetClock
serve_on(RunningHeadOffice(HeadOfficeSettings(sys.argv[1], clock=SetClock())), lambda url: print(url, flush=True))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.skipif(not reader_process.worth_it(), reason="there is one processor")
def test_a_server_has_one_for_a_large_upload_and_none_when_it_ends(tmp_path: Path) -> None:
    with (
        running_office(tmp_path) as one,
        enrolled_till(one, tmp_path, "a") as till,
        subprocess.Popen(
            [sys.executable, "-c", _SERVER, database_url(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as served,
    ):
        assert served.stdout is not None
        line = HttpTransport(served.stdout.readline().strip())
        readers: list[int] = []
        for number in range(2):  # it is up for the second at the latest
            for _ in range(service.LARGE_BYTES // 800):
                till.ring(member=MEMBERS[0], points=3)
            assert till.engine(line).sync_once().reason is None
            readers = _readers_of(served.pid)
            assert len(readers) == 1, number
        line.close()
        served.terminate()
        assert served.wait(60) in (0, -signal.SIGTERM)
        assert eventually(lambda: not any(map(_runs, readers)))
        assert_exactly_once(one.app.state.office.database, [till])


def _readers_of(pid: int) -> list[int]:
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _words(task / "children")]
    return [child for child in children if "reader" in Path(f"/proc/{child}/cmdline").read_text()]


def _words(path: Path) -> list[str]:
    return path.read_text().split()
