"""A process that has read the program's modules once and forks for each command.

Most of what a command takes is the reading of some thousand modules, the same each time. Here one process for each test
process has read them and done nothing else: no thread, no file, no database, no application of Qt. A command is a fork
of it: a process of its own, with its own streams, environment, folder and end, that runs the same module in the same
way as ``python -m``. What Python reads of its environment only as it starts cannot be given to it later: whoever asks
for another value of that gets a cold start (``fits``), as on a system that does not fork.

Client and server speak over a pair of sockets. An order is one byte with the four ends the command gets (where its
state is told, and its three streams); the rest of it follows where its state is told: length and JSON one way, pid with
a handle of the process and, in the end, how it ended the other way.
"""

from __future__ import annotations

import array
import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
#: Everything that commands read on their way, apart from what starts threads as it is read (the libraries of pictures).
MODULES = (
    *("pos_member.app.composition", "pos_member.app.load", "pos_member.app.replay_till", "pos_member.app.replaying"),
    *("pos_member.app.seeding", "pos_member.app.settings", "pos_member.app.shop_fonts", "pos_member.cli.arguments"),
    *("pos_member.cli.carrying", "pos_member.cli.data", "pos_member.cli.line", "pos_member.cli.line_status"),
    *("pos_member.cli.office", "pos_member.cli.office_backup", "pos_member.cli.program", "pos_member.cli.replay"),
    *("pos_member.cli.reporting", "pos_member.cli.tools", "pos_member.doctor", "pos_member.headoffice.admin"),
    *("pos_member.headoffice.backing", "pos_member.headoffice.carrying", "pos_member.headoffice.serve"),
    *("pos_member.db.pin_hasher", "pos_member.hardware.printing.probing", "pos_member.sync.loading"),
    *("pos_member.headoffice.workers", "pos_member.sync.carry", "pos_member.sync.engine", "pos_member.sync.enrol"),
    *("pos_member.ui.report_pdf", "alembic.command", "argon2", "multiprocessing.spawn", "requests"),
)
_BY_INTERPRETER = ("PYTHON", "LANG", "LC_", "TZ", "LD_", "MALLOC_", "OPENSSL_")
_HEAD = struct.Struct("!I")
_PID = struct.Struct("!i")
_ENDS = 4


def possible() -> bool:
    """Whether this system has what it takes."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def fits(environment: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a process that was started with one environment can become one of the other."""

    def read_at_start(names: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in names.items() if name.startswith(_BY_INTERPRETER)}

    return read_at_start(environment) == read_at_start(other)


# --- the process that forks -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """A command to become: where its state is told, its streams, and what it is."""

    told: socket.socket
    streams: tuple[int, int, int]
    module: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    cwd: str


def _read(connection: socket.socket, size: int) -> bytes:
    """Exactly ``size`` bytes, or fewer where the other side has gone."""
    pieces = []
    while size and (piece := connection.recv(min(size, 1 << 16))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _receive(control: socket.socket) -> Order | None:
    """The next order; ``None``: nobody is left to give one."""
    note, ends, _, _ = socket.recv_fds(control, 1, _ENDS)
    if not note:
        return None
    told = socket.socket(fileno=ends[0])
    (size,) = _HEAD.unpack(_read(told, _HEAD.size))
    return Order(told, (ends[1], ends[2], ends[3]), **json.loads(_read(told, size)))


def _threads() -> int:
    """How many threads this process has, Python's or not."""
    return len(list(Path("/proc/self/task").iterdir()))


def serve(control: socket.socket) -> Order | None:
    """Fork for every order that comes. Returns the order in the process that is to become it, and ``None`` in the end
    in the one that forks."""
    running: dict[int, tuple[int, socket.socket]] = {}
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        for ready, _ in waiting.poll():
            if ready in running:
                waiting.unregister(ready)
                pid, told = running.pop(ready)
                _, status = os.waitpid(pid, 0)
                _tell(told, _PID.pack(os.waitstatus_to_exitcode(status)))
                told.close()
                os.close(ready)
                continue
            order = _receive(control)
            if order is None:
                return None
            assert _threads() == 1, "a fork takes one thread along, and the locks of all"
            pid = os.fork()
            if pid == 0:
                for handle, (_, told) in running.items():
                    os.close(handle)
                    told.close()
                control.close()
                return order
            for stream in order.streams:
                os.close(stream)
            handle = os.pidfd_open(pid)
            running[handle] = pid, order.told
            waiting.register(handle, select.POLLIN)
            _tell(order.told, _PID.pack(pid), handle)


def _tell(told: socket.socket, what: bytes, *handles: int) -> None:
    """Tell whoever ordered it; somebody who has gone wants to know nothing."""
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", handles))] if handles else []
    try:
        told.sendmsg([what], ancillary, socket.MSG_NOSIGNAL)
    except (BrokenPipeError, ConnectionResetError):
        return


def become(order: Order) -> None:
    """Be the command: ends with ``SystemExit`` as ``python -m`` does."""
    order.told.close()
    for number, stream in enumerate(order.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.cwd)
    sys.argv[1:] = order.arguments
    runpy.run_module(order.module, run_name="__main__", alter_sys=True)


# --- the test's side --------------------------------------------------------------------------------------


class Forked:
    """A command under way: what ``subprocess.Popen`` is to a process of one's own."""

    def __init__(self, told: socket.socket, args: Sequence[str], stdout: IO[str], stderr: IO[str]) -> None:
        self.args, self.stdout, self.stderr = args, stdout, stderr
        self.returncode: int | None = None
        self._told = told
        note, handles, _, _ = socket.recv_fds(told, _PID.size, 1)
        if len(note) != _PID.size:
            raise RuntimeError("the prepared process is gone")
        (self.pid,) = _PID.unpack(note)
        (self._handle,) = handles
        self._said: dict[str, str] = {}
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is not None:
            self.kill()  # a test that failed leaves nothing running
        for reader in self._readers:
            reader.join()
        self.stdout.close()
        self.stderr.close()
        self.wait()
        self._told.close()
        os.close(self._handle)

    def poll(self) -> int | None:
        """The exit code where it ended: below zero the signal that ended it."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code once it ended. Raises ``subprocess.TimeoutExpired``."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            note = _read(self._told, _PID.size)
            if len(note) != _PID.size:
                raise RuntimeError("the prepared process is gone")
            (self.returncode,) = _PID.unpack(note)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it said until its end. After ``subprocess.TimeoutExpired`` it may be asked again."""
        until = None if timeout is None else time.monotonic() + timeout
        if not self._readers:
            for name, stream in (("out", self.stdout), ("err", self.stderr)):
                self._readers.append(threading.Thread(target=self._listen, args=(name, stream), daemon=True))
                self._readers[-1].start()
        for reader in self._readers:
            reader.join(None if until is None else max(0.0, until - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(None if until is None else max(0.0, until - time.monotonic()))
        return self._said["out"], self._said["err"]

    def _listen(self, name: str, stream: IO[str]) -> None:
        self._said[name] = stream.read()

    def send_signal(self, number: int) -> None:
        """As a person's ``kill``; nothing where it has ended."""
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            self.poll()

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Prepared:
    """The process that forks, as the tests of one process have it. It goes with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._control, other = socket.socketpair()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.prepared", str(other.fileno())],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
            )
        self._guard = threading.Lock()
        atexit.register(self.close)

    def can(self, environment: Mapping[str, str]) -> bool:
        """Whether a command with this environment can be a fork."""
        return fits(self._environment, environment)

    def start(self, module: str, arguments: Sequence[str], environment: Mapping[str, str], cwd: Path) -> Forked:
        """``python -m module arguments``; nothing to read on its standard input, and both other streams are pipes."""
        mine, told = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        wanted: dict[str, Any] = {"module": module, "arguments": list(arguments), "environment": dict(environment)}
        order = json.dumps(wanted | {"cwd": str(cwd)}).encode()
        with self._guard:
            socket.send_fds(self._control, [b"c"], [told.fileno(), nothing, out_end, err_end])
        mine.sendall(_HEAD.pack(len(order)) + order)
        told.close()
        for end in (nothing, out_end, err_end):
            os.close(end)
        streams = (open(stream, encoding="utf-8") for stream in (out, err))  # noqa: SIM115, PTH123 - closed with it
        return Forked(mine, ["-m", module, *arguments], *streams)

    def close(self) -> None:
        """No further command; those under way go on."""
        self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        self._process.wait()


def _main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in MODULES:
        importlib.import_module(module)
    # What stays is not looked through, and so not copied, by the collections of every fork.
    gc.collect()
    gc.freeze()
    order = serve(control)
    if order is not None:
        become(order)


if __name__ == "__main__":
    _main()
