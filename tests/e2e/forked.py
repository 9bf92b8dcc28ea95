"""A command under way that is a fork of the prepared process, and whoever asks for one."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tests.e2e.prepared import HEAD, PID, ROOT, fits, read


class Forked:
    """A command under way: what ``subprocess.Popen`` is to a process of one's own."""

    def __init__(self, told: socket.socket, args: Sequence[str], stdout: IO[str], stderr: IO[str]) -> None:
        self.args, self.stdout, self.stderr = args, stdout, stderr
        self.returncode: int | None = None
        self._told = told
        note, handles, _, _ = socket.recv_fds(told, PID.size, 1)
        if len(note) != PID.size:
            raise RuntimeError("the prepared process is gone")
        (self.pid,) = PID.unpack(note)
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
            note = read(self._told, PID.size)
            if len(note) != PID.size:
                raise RuntimeError("the prepared process is gone")
            (self.returncode,) = PID.unpack(note)
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
        mine.sendall(HEAD.pack(len(order)) + order)
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
