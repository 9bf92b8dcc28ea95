"""kill -9 at random moments of real tills and a real head office over HTTP: what was said is there, and once.

``POS_MEMBER_KILLS=10000`` in the environment kills more often; ``POS_MEMBER_KILL_SEED`` chooses other moments.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pytest

from pos_member.domain import codec
from pos_member.domain.bill import Bill
from pos_member.domain.events import EventKind
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from tests.db_support import SetClock
from tests.headoffice.office_support import rows
from tests.ports import held_port
from tests.simulation.nursery import Order
from tests.simulation.office import FILE
from tests.simulation.template import Template, make_shop, open_folder

if sys.platform == "win32":
    pytest.skip("no kill -9 and no fork there", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("POS_MEMBER_KILLS", "300"))
SEED = int(os.environ.get("POS_MEMBER_KILL_SEED", "20261122"))
#: Kills of one test: a fresh shop each, so that the files stay small however many there are.
PART = 50
TILLS = ("A1", "B1")
PATIENCE_S = 60.0


@dataclass
class Child:
    """A process, and what it said."""

    order: Order
    pid: int
    voice: socket.socket
    lines: list[str] = field(default_factory=list)
    ended: bool = False
    _rest: bytes = b""

    def hear(self, timeout_s: float) -> bool:
        """Wait for more, at most ``timeout_s``. Whether anything came."""
        self.voice.settimeout(max(timeout_s, 0.000_001))
        try:
            data = self.voice.recv(1 << 16)
        except (TimeoutError, BlockingIOError):
            return False
        self.ended = not data
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode() for line in whole]
        return bool(data)

    def wait_for(self, lines: int) -> None:
        """Until it said so much, or ended."""
        until = time.monotonic() + PATIENCE_S
        while len(self.lines) < lines and not self.ended:
            assert time.monotonic() < until, f"{self.order.name} said only {self.lines[-3:]}"
            self.hear(1.0)

    def kill(self) -> None:
        """kill -9; what it said before is heard to the end."""
        os.kill(self.pid, signal.SIGKILL)
        while not self.ended:
            self.hear(PATIENCE_S)
        self.voice.close()


class Street:
    """A shop of real processes: head office, tills, and the nursery they come from."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.shop: Template = make_shop(folder / "shop")
        self.folder = self.shop.folder
        self.seed = seed
        self.began = time.time()
        self.dice = random.Random(seed)
        self.children: dict[str, Child] = {}
        self.sold: dict[str, list[str]] = {name: [] for name in TILLS}
        self.births = 0
        # Held to the end: head office is killed and comes back to it, and nobody else may have taken it meanwhile.
        self._held = ExitStack()
        self.port = self._held.enter_context(held_port())
        self._meeting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # A path of a socket may be no longer than 107 bytes.
        self._path = f"/tmp/pos-member-{os.getpid()}-{seed}.sock"
        Path(self._path).unlink(missing_ok=True)
        self._meeting.bind(self._path)
        self._meeting.listen(8)
        self._meeting.settimeout(PATIENCE_S)
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.nursery", self._path], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Street:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.children.values():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            child.voice.close()
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(PATIENCE_S)
        self._meeting.close()
        self._held.close()
        Path(self._path).unlink()

    def bear(self, name: str, **more: object) -> Child:
        """A process in the place of the last one of its name."""
        before = self.children.get(name)
        self.births += 1
        place = self.folder / "office" / FILE if name == "office" else self.folder / name
        members = tuple(member.id for member in self.shop.members)
        order = Order(
            name,
            str(place),
            self.port,
            self.seed * 100_000 + self.births,
            self.began,
            after=before.pid if before else 0,
            members=members,
            **more,  # type: ignore[arg-type]
        )
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(order.line())
        self._nursery.stdin.flush()
        voice, _ = self._meeting.accept()
        child = Child(order, 0, voice)
        child.wait_for(1)
        child.pid = int(child.lines.pop(0).split()[1])
        self.children[name] = child
        return child

    def end(self, name: str) -> None:
        """kill -9, and what it said is written down."""
        child = self.children[name]
        child.kill()
        if name != "office":
            self.sold[name] += [line.split()[1] for line in child.lines if line.startswith("sold ")]

    def kill_some(self, count: int, **more: object) -> None:
        """Kill ``count`` times, each time one of them, at a random moment of its life."""
        self.bear("office").wait_for(1)
        for name in TILLS:
            self.bear(name, **more)
        for _ in range(count):
            name = self.dice.choice(("office", *TILLS, *TILLS))
            child = self.children[name]
            # One in four dies while it starts, the others when they have come to work.
            child.wait_for(0 if self.dice.random() < 0.25 else 1 if name == "office" else self.dice.randrange(1, 9))
            pause = time.monotonic() + self.dice.uniform(0, 0.3 if name == "office" else 0.05)
            while (left := pause - time.monotonic()) > 0 and not child.ended:
                child.hear(left)
            assert not child.ended, f"{name} ended by itself: {child.lines[-3:]}"
            self.end(name)
            self.bear(name, **({} if name == "office" else more))
        for name in self.children:
            self.end(name)

    def drain(self) -> None:
        """All of it up and down, undisturbed."""
        self.bear("office").wait_for(1)
        for _ in range(2):
            for name in TILLS:
                child = self.bear(name, drain=True)
                while not child.ended:
                    child.hear(PATIENCE_S)
                child.voice.close()
                assert child.lines == ["up", "drained"], (name, child.lines)
        self.end("office")


def assert_once(street: Street) -> None:
    """Every bill that was said is at its till and at head office, once, with every effect, and sums agree."""
    database = open_database(f"sqlite:///{street.folder / 'office' / FILE}")
    try:
        made: list[Bill] = []
        for name in TILLS:
            made += _bills_of(street, name, database)
        held = Counter(row.id for row in rows(database, "bill"))
        assert held == Counter(bill.id for bill in made)
        entries = [entry for bill in made for entry in bill.point_entries]
        assert Counter(row.id for row in rows(database, "point_entry")) == Counter(entry.id for entry in entries)
        assert not rows(database, "quarantine")
    finally:
        database.close()


def _bills_of(street: Street, name: str, database: Database) -> list[Bill]:
    """The bills in a till's queue; its own checks, and that it tells head office's figures."""
    with open_folder(street.folder / name, SetClock()) as data:
        assert data.till.damage() == ()
        queue = [row for row in data.store.evidence.queue() if row.kind == EventKind.BILL_COMPLETED]
        ids = {row.event_id for row in queue}
        lost = set(street.sold[name]) - ids
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        assert data.sync_store.queue_status().waiting == 0
        for account in rows(database, "account"):
            mine = data.store.members.account(account.member_id)
            told = {lot.isoformat() if lot else "": points for lot, points in mine.buckets.items() if points}
            held = {lot: points for lot, points in json.loads(account.buckets).items() if points}
            assert told == held, (name, account.member_id)
        return [codec.from_bytes(Bill, row.payload) for row in queue]


@pytest.mark.parametrize("part", range(-(-KILLS // PART)))
def test_what_was_said_is_there_once(tmp_path: Path, part: int) -> None:
    with Street(tmp_path, SEED + part) as street:
        street.kill_some(min(PART, KILLS - part * PART))
        street.drain()
        assert all(street.sold.values())
        assert_once(street)


def test_control_bills_said_before_their_commit_are_found_missing(tmp_path: Path) -> None:
    """The check above must be able to fail."""
    with Street(tmp_path, SEED) as street:
        street.kill_some(20, hasty=True)
        street.drain()
        with pytest.raises(AssertionError, match="acknowledged and lost"):
            assert_once(street)
