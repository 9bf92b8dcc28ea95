"""The next batch is made ready while head office works on one: sent once, in order, and only where it still fits."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.line_setup import KBIT_MIN, LineSetup
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import packing, protocol, pushing
from pos_member.sync.ahead import Helper, InTurn, beside
from pos_member.sync.engine import SyncEngine
from pos_member.sync.packing import Body
from pos_member.sync.transport import Answer
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till, open_office, rows, seed
from tests.patience import PATIENCE_S

BATCH, BILLS = 7, 30
WAYS = pytest.mark.parametrize("helper", [beside, InTurn])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    made = open_office(tmp_path)
    seed(made.database)
    made.limits = protocol.Limits(batch_events=BATCH)
    yield made
    made.database.close()


class Line(DirectLine):
    """Notes the first and last number of every push; ``meet`` is called before head office has it."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.pushed: list[tuple[int, int]] = []
        self.meet: Callable[[int], Answer | None] = lambda _push: None

    def exchange(self, method: str, path: str, *, body: bytes | None = None, **more: Any) -> Answer:
        if path == "/v1/push":
            metas = [json.loads(part) for part in (body or b"").split(b"\n") if part.startswith(b'{"created_at"')]
            numbers = [meta["seq"] for meta in metas if "sha256" in meta]
            self.pushed.append((numbers[0], numbers[-1]))
            answer = self.meet(len(self.pushed))
            if answer is not None:
                return answer
        return super().exchange(method, path, body=body, **more)


@pytest.fixture
def line(office: HeadOffice) -> Line:
    return Line(office)


@pytest.fixture
def till(line: Line, tmp_path: Path) -> Iterator[Till]:
    with line.enrolled(tmp_path, "one") as made:
        for n in range(BILLS):
            made.ring(member=MEMBERS[n % 5], points=1)
        yield made


def engine_of(till: Till, line: Line, helper: Helper, **more: Any) -> SyncEngine:
    return SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1), helper=helper, **more)


def in_order(line: Line) -> bool:
    """Every batch begins where the one before ended."""
    return all(after[0] == before[1] + 1 for before, after in zip(line.pushed, line.pushed[1:], strict=False))


@WAYS
def test_all_goes_up_once_and_in_order(line: Line, till: Till, office: HeadOffice, helper: Helper) -> None:
    outcome = engine_of(till, line, helper).sync_once()
    assert (outcome.applied, outcome.duplicate, outcome.reason) == (BILLS, 0, None)
    assert len(line.pushed) == 5 and in_order(line)
    assert len(rows(office.database, "bill")) == BILLS
    assert till.folder.sync_store.queue_status().waiting == 0


def test_the_next_batch_is_read_while_one_is_under_way(line: Line, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    read, store = threading.Event(), till.folder.sync_store
    original = store.events_from

    def noted(seq: int, limit: int, max_bytes: int) -> tuple[QueuedEvent, ...]:
        found = original(seq, limit, max_bytes)
        read.set()
        return found

    monkeypatch.setattr(store, "events_from", noted)
    waited = []

    def meet(push: int) -> None:
        if push < 5:  # the last one has none behind it
            waited.append(read.wait(PATIENCE_S))
            read.clear()

    line.meet = meet
    assert engine_of(till, line, beside).sync_once().applied == BILLS
    assert waited == [True] * 4


def test_one_batch_asks_nobody_for_help(line: Line, till: Till) -> None:
    class Counted(InTurn):
        asked = 0

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            Counted.asked += 1
            return super().submit(fn, *args, **kwargs)

    engine = engine_of(till, line, Counted)
    assert engine.sync_once().applied == BILLS
    assert Counted.asked == 4
    till.ring()
    assert engine.sync_once().applied == 1
    assert Counted.asked == 4


@WAYS
def test_what_is_ready_is_thrown_away_for_a_smaller_mouth(line: Line, till: Till, helper: Helper) -> None:
    line.meet = lambda push: Answer(413, {"error": "too_large"}) if push == 2 else None
    engine = engine_of(till, line, helper)
    assert engine.sync_once().applied == BILLS
    again = [first for first, _ in line.pushed]
    assert again[1] == again[2] == BATCH + 1, "the refused batch comes again, not the one behind it"
    assert again == sorted(again)


@WAYS
def test_what_is_ready_is_thrown_away_for_a_gap(line: Line, till: Till, helper: Helper) -> None:
    gap = Answer(409, {"error": protocol.ErrorCode.GAP.value, "expected_seq": 3})
    line.meet = lambda push: gap if push == 2 else None
    outcome = engine_of(till, line, helper).sync_once()
    assert (outcome.applied, outcome.duplicate) == (BILLS, BATCH - 2)
    assert [first for first, _ in line.pushed][:4] == [1, BATCH + 1, 3, 3 + BATCH]


@WAYS
def test_under_other_limits_it_is_read_anew(line: Line, till: Till, office: HeadOffice, helper: Helper) -> None:
    engine = engine_of(till, line, helper)

    def meet(push: int) -> None:
        if push == 2:
            engine._line.limits = protocol.Limits(batch_events=2)

    line.meet = meet
    assert engine.sync_once().applied == BILLS
    sizes = [last - first + 1 for first, last in line.pushed]
    assert sizes == [7, 7, *[2] * 8] and in_order(line)


@WAYS
def test_under_a_slower_line_it_is_read_anew(
    line: Line, till: Till, office: HeadOffice, helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "_BATCH_S", 1)
    office.limits = protocol.Limits(batch_events=20)
    for _ in range(50):
        till.ring(member=MEMBERS[0], points=1)
    setup = [LineSetup()]

    def meet(push: int) -> None:
        if push == 2:
            setup[0] = LineSetup(upload_kbit=KBIT_MIN)

    line.meet = meet
    assert engine_of(till, line, helper, setup=lambda: setup[0]).sync_once().applied == BILLS + 50
    assert line.pushed[:2] == [(1, 20), (21, 40)] and in_order(line)
    assert line.pushed[2][1] < 60, "no more than goes through in the time"


@WAYS
def test_what_another_brought_meanwhile_is_not_sent_again(line: Line, till: Till, helper: Helper) -> None:
    """The queue went up by stick while a batch was under way."""
    store = till.folder.sync_store

    def meet(push: int) -> None:
        if push == 2:
            store.mark_acked(BILLS, CLOCK.now())

    line.meet = meet
    engine = engine_of(till, line, helper)
    engine.sync_once()
    assert line.pushed == [(1, BATCH), (BATCH + 1, 2 * BATCH)]


@WAYS
def test_trouble_while_making_ready_is_told_after_the_batch_under_way(
    line: Line, till: Till, helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = till.folder.sync_store
    trouble = EnvironmentProblem(Reason.DATABASE_BUSY, path="till.db")

    def broken(seq: int, limit: int, max_bytes: int) -> tuple[QueuedEvent, ...]:
        raise trouble

    monkeypatch.setattr(store, "events_from", broken)
    engine = engine_of(till, line, helper)
    with pytest.raises(EnvironmentProblem) as told:
        engine.sync_once()
    assert told.value is trouble
    assert line.pushed == [(1, BATCH)] and store.acked_seq() == BATCH, "it was held, and the till knows"
    monkeypatch.undo()
    assert engine.sync_once().applied == BILLS - BATCH


@WAYS
def test_a_lost_answer_ends_the_round_with_what_is_ready(line: Line, till: Till, helper: Helper) -> None:
    def lost(push: int) -> None:
        if push == 2:
            raise EnvironmentProblem(Reason.LINE_DOWN, detail="lost")

    line.meet = lost
    engine = engine_of(till, line, helper)
    outcome = engine.sync_once()
    assert (outcome.applied, outcome.reason) == (BATCH, Reason.LINE_DOWN)
    assert till.folder.sync_store.acked_seq() == BATCH
    line.meet = lambda _push: None
    assert engine.sync_once().applied == BILLS - BATCH


@WAYS
def test_stopped_nothing_that_is_ready_goes(line: Line, till: Till, helper: Helper) -> None:
    engine = engine_of(till, line, helper, stop=lambda: len(line.pushed) == 2)
    outcome = engine.sync_once()
    assert (outcome.applied, outcome.reason) == (2 * BATCH, None)
    assert len(line.pushed) == 2 and till.folder.sync_store.acked_seq() == 2 * BATCH
    assert not [each for each in threading.enumerate() if each.name.startswith("ahead")]


def test_in_turn_keeps_what_was_raised_and_lets_the_end_through() -> None:
    with InTurn() as turn:
        assert turn.submit(lambda: 1).result() == 1
        kept = turn.submit(int, "none")
        with pytest.raises(ValueError, match="none"):
            kept.result()
        with pytest.raises(KeyboardInterrupt):
            turn.submit(end)


def end() -> None:
    raise KeyboardInterrupt


def test_beside_is_one_thread() -> None:
    executor: Executor
    with beside() as executor:
        names = {executor.submit(lambda: threading.current_thread().name).result() for _ in range(5)}
    assert len(names) == 1 and threading.current_thread().name not in names


def test_a_body_is_packed_once_for_who_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[str] = []
    original = packing.pack

    def pack(raw: bytes, encoding: str) -> bytes:
        packed.append(encoding)
        return original(raw, encoding)

    monkeypatch.setattr(packing, "pack", pack)
    body = Body(b"x" * 1_000)
    assert body.encoding == "" and body == b"x" * 1_000
    for encoding in ("zstd", "zstd", "gzip", "gzip"):
        assert packing.unpack(body.packed(encoding), encoding, 2_000) == body
        assert body.encoding == encoding
    assert packed == ["zstd", "gzip"]
