"""Parts that come several at a time: hashed in their order whatever order they end in, and known again on the disk."""

from __future__ import annotations

import hashlib
import io
import random
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.db.arriving import Arrivals
from pos_member.db.intake import ReplicaIntake
from pos_member.domain.member import MemberStatus
from tests.db.db_values import member
from tests.db.snapshot_support import Made, make_snapshot
from tests.db.test_swap import CURSOR, NEW, OLD, OWN, balance
from tests.db_support import NOW, make_store
from tests.patience import PATIENCE_S

PARTS = [bytes([n]) * (1_000 + n) for n in range(6)]
WHOLE = hashlib.sha256(b"".join(PARTS)).hexdigest()


def arrived(order: list[int]) -> Arrivals:
    made = Arrivals()
    for number in order:
        made.note(number, PARTS[number], zlib.crc32(PARTS[number]))
    return made


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [1, 0, 3, 2, 5, 4], [2, 1, 0, 5, 4, 3], [3, 1, 2, 0, 4, 5]])
def test_the_whole_is_hashed_in_order(order: list[int]) -> None:
    assert arrived(order).sha256(6) == WHOLE


def test_what_waits_for_the_one_before_is_bounded() -> None:
    late = arrived([1, 2, 3, 4, 5, 0])
    assert late.sha256(6) is None, "to be read from the disk"
    assert len(late._early) == 0, "what waited was let go of"


def test_a_part_that_did_not_come_or_came_twice() -> None:
    assert arrived([0, 1, 2]).sha256(6) is None
    assert arrived([0, 0, 1, 2, 1, 3, 4, 5, 5]).sha256(6) == WHOLE


@pytest.mark.parametrize("at_once", [1, 7, 1_000, 4_096])
def test_what_lies_there_is_known_again(at_once: int) -> None:
    made, file = arrived([0, 1, 2, 3, 4, 5]), io.BytesIO(b"".join(PARTS))
    assert all(made.lie_there(file, number, len(part), at_once) for number, part in enumerate(PARTS))
    assert file.read() == b""


@pytest.mark.parametrize("harm", ["changed", "cut", "of another"])
def test_what_changed_is_told(harm: str) -> None:
    part = {"changed": PARTS[3][:-1] + b"x", "cut": PARTS[3][:-1], "of another": PARTS[2] + b"\2"}[harm]
    assert not arrived([0, 1, 2, 3]).lie_there(io.BytesIO(part), 3, len(PARTS[3]), 100)
    assert not arrived([0, 1, 2]).lie_there(io.BytesIO(PARTS[3]), 3, len(PARTS[3]), 100)


def test_noted_by_many_threads() -> None:
    for seed in range(20):
        order = list(range(6))
        random.Random(seed).shuffle(order)
        made, ready = Arrivals(), threading.Barrier(3)

        def note(numbers: list[int], made: Arrivals = made, ready: threading.Barrier = ready) -> None:
            ready.wait(PATIENCE_S)
            for number in numbers:
                made.note(number, PARTS[number], zlib.crc32(PARTS[number]))

        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(note, order[n::3]) for n in range(3)]:
                done.result()
        assert made.sha256(6) in (WHOLE, None)
        assert all(made.lie_there(io.BytesIO(part), n, len(part), 512) for n, part in enumerate(PARTS))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_snapshot(tmp_path_factory.mktemp("made"), NEW, CURSOR)


def test_parts_put_by_several_threads_make_the_replica(tmp_path: Path, snapshot: Made) -> None:
    with make_store(tmp_path, OLD) as folder:
        intake = ReplicaIntake(folder.till, folder.replica)
        with intake.alone():
            intake.begin(snapshot.manifest)
            with ThreadPoolExecutor(4) as writers:
                for done in [
                    writers.submit(intake.put, n, raw) for n, raw in reversed(list(enumerate(snapshot.parts)))
                ]:
                    done.result()
            again = ReplicaIntake(folder.till, folder.replica)
            assert again.begin(snapshot.manifest) == frozenset(range(len(snapshot.parts))), "all of it is noted"
            assert intake.finish(OWN)
        assert balance(folder) == 50
        folder.replica.require_sound()


def test_what_codes_told_of_members_who_are_erased_goes_with_the_exchange(tmp_path: Path) -> None:
    told = [replace(member(n), id=f"told-{n}", number=f"29599146556{n:02d}") for n in range(3)]
    erased = replace(told[1], status=MemberStatus.ERASED, first_name="", last_name="", phone="")
    made = make_snapshot(tmp_path, (*NEW, erased, told[2]), CURSOR)
    with make_store(tmp_path, OLD) as folder:
        for each in told:
            folder.store.presented.remember_member(each, "6…", NOW)
        intake = ReplicaIntake(folder.till, folder.replica)
        intake.begin(made.manifest)
        for number, raw in enumerate(made.parts):
            intake.put(number, raw)
        assert intake.finish(OWN)
        with folder.till.read() as connection:
            kept = connection.exec_driver_sql("SELECT id FROM presented ORDER BY id").scalars().all()
    assert kept == ["told-0", "told-2"], "of the one who is erased nothing is kept, of the others all"
