"""A part of a snapshot on a line that is too poor for it, and on one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.services.snapshot_ports import SnapshotManifest, SnapshotPart
from pos_member.sync import loading, pieces
from pos_member.sync.pieces import PartReader
from pos_member.sync.protocol_feed import PIECE_BYTES_MAX
from pos_member.sync.transport import Answer, HttpTransport
from tests.headoffice.office_support import CLOCK, MEMBERS, enrolled_till, running_office
from tests.sync.test_snapshots import Counted, add_members, engine, known
from tests.sync.throttled_line import ThrottledLine

#: What the line lets through, and how long one answer may take: a part is some three times more than that.
BYTES_S, WHOLE_S = 8_000, 2.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningHeadOffice]:
    with running_office(tmp_path) as running:
        add_members(running, 100, 2_500)
        yield running


@pytest.mark.parametrize("in_pieces", [True, False])
def test_on_a_poor_line_a_part_comes_in_pieces_and_in_one_it_never_would(
    server: RunningHeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_pieces: bool
) -> None:
    monkeypatch.setattr(loading, "_WORTH", 5)
    monkeypatch.setattr(pieces, "FIRST_BYTES", 4_000 if in_pieces else 1 << 30)
    monkeypatch.setattr(pieces, "LEAST_BYTES", 2_000 if in_pieces else 1 << 30)
    monkeypatch.setattr(pieces, "PIECE_S", 0.4)
    made = server.app.state.snapshots.make()
    assert max(part.bytes for part in made.parts) > BYTES_S * WHOLE_S * 1.5
    with ThrottledLine(server.url, BYTES_S) as line, enrolled_till(server, tmp_path, "till") as till:
        asked: list[tuple[str, dict[str, int] | None]] = []

        class Noted(HttpTransport):
            def exchange(self, method: str, path: str, **more: Any) -> Answer:
                asked.append((path, more.get("params")))
                return super().exchange(method, path, **more)

        transport = Noted(line.url, exchange_timeout_s=WHOLE_S)
        round_ = engine(till, transport)
        rounds = 0
        while not known(till) and rounds < (40 if in_pieces else 2):
            rounds += 1
            outcome = round_.sync_once()
            assert outcome.reason in (None, Reason.LINE_DOWN)
        assert (known(till) > 2_500) is in_pieces
        starts = [params["after"] for path, params in asked if made.id in path and params]
        assert bool(starts) is in_pieces
        assert starts == sorted(starts) and (not starts or starts[0] == 0), "what came is not asked for again"
        transport.close()


def test_a_bill_goes_between_two_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: RunningHeadOffice
) -> None:
    monkeypatch.setattr(loading, "_WORTH", 5)
    monkeypatch.setattr(pieces, "FIRST_BYTES", 4_000)
    made = server.app.state.snapshots.make()
    with enrolled_till(server, tmp_path, "till") as till:
        line = Counted(server.url)
        rung: list[int] = []

        def sell() -> None:
            if line.count(made.id) == 2 and not rung:
                till.ring(member=MEMBERS[0], points=1)
                rung.append(len(line.asked))

        line.before[made.id] = sell
        assert engine(till, line).sync_once().reason is None
        later = line.asked[rung[0] :]
        assert later.index("/v1/push") < next(at for at, path in enumerate(later) if made.id in path)
        line.close()


# --- sizes ------------------------------------------------------------------------------------------------

PART = bytes(range(256)) * 20_000


@dataclass
class Line:
    """Gives pieces of ``PART`` at ``bytes_s``; what it was asked for is in ``asked``."""

    bytes_s: float = 1e9
    knows_pieces: bool = True
    fails: list[Exception] = field(default_factory=list)
    gone: bool = False
    asked: list[tuple[int, int] | None] = field(default_factory=list)
    now: float = 0.0

    def call(self, method: str, path: str, *, params: dict[str, int] | None = None) -> Answer:
        self.asked.append(None if params is None else (params["after"], params["most"]))
        if self.gone:
            return Answer(404, {"error": "not_found"})
        if self.fails:
            raise self.fails.pop(0)
        raw = PART
        if params is not None and self.knows_pieces:
            raw = PART[params["after"] : params["after"] + params["most"]]
        self.now += len(raw) / self.bytes_s
        return Answer(200, {}, raw)


def manifest(snapshot_id: str = "a", parts: int = 4) -> SnapshotManifest:
    part = SnapshotPart(bytes=len(PART), sha256="", plain_bytes=1)
    return SnapshotManifest(
        id=snapshot_id, format=1, cursor=1, mark="", at=CLOCK.now(), bytes=1, sha256="", parts=(part,) * parts
    )


def reader(line: Line) -> PartReader:
    return PartReader(line, lambda: line.now)  # type: ignore[arg-type]


def never() -> bool:
    return False


def test_a_quick_line_gets_whole_parts_after_the_first() -> None:
    line = Line()
    parts = reader(line)
    assert [parts.fetch(manifest(), number, never) == PART for number in range(4)] == [True] * 4
    assert line.asked[0] == (0, pieces.FIRST_BYTES) and line.asked[-3:] == [None] * 3
    assert all(each is None or each[1] <= PIECE_BYTES_MAX for each in line.asked)


def test_a_poor_line_gets_what_comes_in_ten_seconds() -> None:
    line = Line(bytes_s=32_000)
    parts = reader(line)
    assert parts.fetch(manifest(), 0, never) == PART
    sizes = [each[1] for each in line.asked if each is not None]
    assert sizes[0] == pieces.FIRST_BYTES and set(sizes[1:-1]) == {320_000}
    line.bytes_s = 1_000
    assert parts.fetch(manifest(), 1, never) == PART
    assert line.asked[-2] is not None and line.asked[-2][1] == pieces.LEAST_BYTES


def test_a_line_that_breaks_loses_nothing_and_is_asked_for_less() -> None:
    line = Line(bytes_s=32_000)
    parts = reader(line)
    line.fails = []
    stop = iter([False, False, True])
    assert parts.fetch(manifest(), 0, lambda: next(stop)) is None
    line.fails = [EnvironmentProblem(Reason.LINE_DOWN)]
    with pytest.raises(EnvironmentProblem):
        parts.fetch(manifest(), 0, never)
    assert parts.fetch(manifest(), 0, never) == PART
    after = [each[0] for each in line.asked if each is not None]
    assert after[:4] == [0, 262_144, 582_144, 582_144] and line.asked[3] == (582_144, 160_000)


def test_an_older_head_office_gives_the_whole() -> None:
    line = Line(knows_pieces=False)
    assert reader(line).fetch(manifest(), 0, never) == PART and len(line.asked) == 1


def test_what_came_damaged_is_asked_for_without_a_query() -> None:
    """A cache on the way that minds no query would give the first piece again and again."""
    line = Line(bytes_s=32_000)
    parts = reader(line)
    parts.fetch(manifest(), 2, never)
    line.asked.clear()
    assert parts.fetch(manifest(), 2, never) == PART and line.asked == [None]
    # Of another snapshot nothing is known.
    parts.fetch(manifest("b"), 2, never)
    assert line.asked[1] is not None and line.asked[1][0] == 0


def test_gone_is_told() -> None:
    assert reader(Line(gone=True)).fetch(manifest(), 0, never) is None
