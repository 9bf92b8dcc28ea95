"""The till's process ended at random moments: what it said is there and whole, and the next start goes on.

``POS_MEMBER_KILLS=500`` in the environment kills more often; ``POS_MEMBER_KILL_SEED`` chooses other moments.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from pos_member.app.composition import open_till
from pos_member.app.seeding import seed_till
from pos_member.db.sync_store import SqlSyncStore
from pos_member.domain.bill import Bill
from pos_member.domain.codec import from_bytes
from pos_member.domain.documents import DocumentKind
from pos_member.domain.events import EventKind
from tests.e2e.commands import (
    MEMBERS,
    PATIENCE_S,
    assert_clean,
    assert_told,
    demo_till,
    run,
    start,
)

if sys.platform == "win32":
    pytest.skip("no kill -9 there", allow_module_level=True)

KILLS = int(os.environ.get("POS_MEMBER_KILLS", "25"))
KILLS_EACH = 9
SEED = int(os.environ.get("POS_MEMBER_KILL_SEED", "20261121"))
MANY = 100_000
COUNTERS = ("bill", "return", "member")


@dataclass(frozen=True)
class Moment:
    """When a process ends: after it said ``lines`` numbers, and ``pause_s`` later; ``part`` is of the time that the
    least there is to do takes on this machine, from start to end."""

    lines: int
    pause_s: float
    how: signal.Signals
    part: float = 0.0


def moments(count: int, seed: int) -> list[Moment]:
    """One in five about the first bill, while files are opened; one in five by Ctrl-C instead of kill -9."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        lines = 0 if number % 5 == 4 else chance.randint(1, 12)
        pause = chance.uniform(0, 0.06) if lines else 0.0
        part = 0.0 if lines else chance.uniform(0.1, 1.1)
        made.append(Moment(lines, pause, signal.SIGINT if number % 5 == 3 else signal.SIGKILL, part))
    return made


def ended_at(moment: Moment, command: Sequence[str], whole_s: float = 0.0) -> tuple[list[str], int, str]:
    """Run ``command`` until ``moment``: (every whole line it said, exit code, standard error)."""
    module, *words = command
    with start(*words, module=module) as process:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(moment.lines))
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment.pause_s + moment.part * whole_s)
        process.send_signal(moment.how)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode is not None
    said += out
    # What was cut off in the middle of a line was not said yet.
    return said[: said.rfind("\n") + 1].splitlines(), process.returncode, err


def assert_whole(folder: Path, said: Sequence[str]) -> int:
    """All that was said is there; all that is there is whole; numbers run without a gap. Returns how many bills."""
    with open_till(folder) as till:
        bills = list(till.store.facts.bills_between(date.min, date.max))
        lost = set(said) - {bill.number for bill in bills}
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        events = {row.event_id: row for row in till.store.evidence.queue() if row.kind == EventKind.BILL_COMPLETED}
        assert set(events) == {bill.id for bill in bills}
        for bill in bills:
            assert from_bytes(Bill, events[bill.id].payload) == bill
            assert till.store.facts.document(bill.id, DocumentKind.RECEIPT) is not None
            assert sum(line.net_satang for line in bill.lines) == bill.gross_satang - bill.discount_satang
            assert all(till.store.coupons.by_code(coupon.code) is not None for coupon in bill.coupons_issued)
        numbers = sorted(int(bill.number.rsplit("-", 1)[1]) for bill in bills)
        assert numbers == list(range(1, len(bills) + 1))
        assert till.store.evidence.counters().get("bill", 0) == len(bills)
        result = till.services.verify.run()
        assert result.ok, [problem for check in result.checks for problem in check.problems]
        assert till.folder.till.damage() == ()
    return len(bills)


def load(folder: Path, seed: int, module: str = "pos_member") -> list[str]:
    """The command that rings bills until it is stopped."""
    return [module, "load", "--bills", str(MANY), "--seed", str(seed), "--data", str(folder)]


def test_every_bill_that_was_said_survives_the_end_of_its_process(tmp_path: Path) -> None:
    """Again and again on one folder; after some ends on the next one, for all of its bills are looked at each time."""
    ends = moments(KILLS, SEED)
    for at in range(0, KILLS, KILLS_EACH):
        killed_again_and_again(tmp_path / f"till-{at}", ends[at : at + KILLS_EACH], at)


def killed_again_and_again(place: Path, ends: Sequence[Moment], seed: int) -> None:
    """One folder, one process after the other: what each has said is there after its end, and the next goes on."""
    folder = demo_till(place)
    began = time.monotonic()
    first = run("load", "--bills", 1, "--data", folder)
    bill_s = time.monotonic() - began
    assert first.code == 0, first
    before = assert_whole(folder, first.lines()[:1])
    for number, moment in enumerate(ends, seed):
        said, code, err = ended_at(moment, load(folder, number), bill_s)
        assert "Traceback" not in err, (moment, err)
        assert code == (130 if moment.how is signal.SIGINT else -signal.SIGKILL), (moment, err)
        assert len(said) >= moment.lines
        after = assert_whole(folder, said)
        # At most the one that was under way was committed without having been said.
        assert len(said) <= after - before <= len(said) + 1, moment
        before = after
    said = run("load", "--bills", 3, "--data", folder)
    assert said.code == 0, said
    assert assert_whole(folder, said.lines()[:3]) == before + 3
    assert_clean(folder)


def test_control_numbers_said_before_the_commit_are_found_missing(tmp_path: Path) -> None:
    """The check above must be able to fail."""
    folder = demo_till(tmp_path / "till")
    chance = random.Random(SEED)
    for number in range(30):
        moment = Moment(chance.randint(2, 4), 0, signal.SIGKILL)
        said, _, _ = ended_at(moment, load(folder, number, "tests.e2e.hasty"))
        try:
            assert_whole(folder, said)
        except AssertionError as error:
            assert "acknowledged and lost" in str(error)
            return
    pytest.fail("30 kills right after a number was said, and each bill was there all the same")


def test_seeding_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    """Before anything is sold a folder may be half made; then the same command finishes it, or says that it is done."""
    chance = random.Random(SEED)
    began = time.monotonic()
    whole = run("seed", "--members", MEMBERS, "--data", tmp_path / "whole")
    seed_s = time.monotonic() - began
    assert whole.code == 0, whole
    for number in range(4):
        folder = tmp_path / f"till-{number}"
        command = ["pos_member", "seed", "--members", str(MEMBERS), "--data", str(folder)]
        moment = Moment(0, 0, signal.SIGKILL, chance.uniform(0.1, 0.9))
        said, _, _ = ended_at(moment, command, seed_s)
        again = run("seed", "--members", MEMBERS, "--data", folder, "--lang", "en")
        if said or again.code:
            assert_told(again, 4, "already_seeded", "en")
        assert_whole(folder, [])
    rung = run("load", "--bills", 1, "--data", folder)
    assert rung.code == 0, rung


@pytest.mark.parametrize("step", ["bulk_load", "set_identity"])
def test_seeding_stopped_at_a_step_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    folder = tmp_path / "till"
    with monkeypatch.context() as patched:

        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(SqlSyncStore, step, stop)
        with pytest.raises(KeyboardInterrupt):
            seed_till(folder, 5)
    assert seed_till(folder, 5).members == 5
    with open_till(folder) as till:
        assert till.services.lookup.header().till_label
        assert till.store.catalogue.products(limit=1)
