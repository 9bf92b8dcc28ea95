"""A process that has read the program's modules once and forks for each command.

Most of what a command takes is the reading of some thousand modules, the same each time. Here one process for each test
process has read them and done nothing else: no thread, no file, no database, no application of Qt. A command is a fork
of it: a process of its own, with its own streams, environment, folder and end, that runs the same module in the same
way as ``python -m``. What Python reads of its environment only as it starts cannot be given to it later: whoever asks
for another value of that gets a cold start (``fits``), as on a system that does not fork.

Client (``forked``) and server speak over a pair of sockets. An order is one byte with the four ends the command gets
(where its state is told, and its three streams); the rest of it follows where its state is told: length and JSON one
way, pid with a handle of the process and, in the end, how it ended the other way.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import runpy
import select
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
HEAD = struct.Struct("!I")
PID = struct.Struct("!i")
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


@dataclass(frozen=True)
class Order:
    """A command to become: where its state is told, its streams, and what it is."""

    told: socket.socket
    streams: tuple[int, int, int]
    module: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    cwd: str


def read(connection: socket.socket, size: int) -> bytes:
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
    (size,) = HEAD.unpack(read(told, HEAD.size))
    return Order(told, (ends[1], ends[2], ends[3]), **json.loads(read(told, size)))


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
                _tell(told, PID.pack(os.waitstatus_to_exitcode(status)))
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
            _tell(order.told, PID.pack(pid), handle)


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
