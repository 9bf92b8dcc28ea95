"""Head office as a process of its own: started, cut off and brought back as a line is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.database import default_database_url

_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 10.0


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OfficeProcess:
    """``pos-member headoffice serve`` on loopback, on the same port each time."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.database_url = default_database_url(folder.resolve())
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        #: The console's password; known after the first start only.
        self.password: str | None = None
        self._log = folder / "headoffice.log"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and return once it answers. Raises ``EnvironmentProblem(HEADOFFICE_NOT_STARTED)``."""
        command = [sys.executable, "-m", "pos_member", "headoffice", "serve", "--json"]
        command += ["--database", self.database_url, "--port", str(self.port)]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        said = self._first_words(self._process)
        if said is None:
            self.kill()
            raise EnvironmentProblem(Reason.HEADOFFICE_NOT_STARTED, log=str(self._log))
        self.password = said.get("password") or self.password

    def _first_words(self, process: subprocess.Popen[str]) -> dict[str, str] | None:
        """The JSON document it prints when it is ready; ``None`` when it ended or took too long."""
        lines: list[str] = []
        done = threading.Event()

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if line.rstrip() == "}":
                    break
            done.set()

        threading.Thread(target=read, name="head-office-words", daemon=True).start()
        if not done.wait(_START_TIMEOUT_S) or not lines or lines[-1].rstrip() != "}":
            return None
        found: dict[str, str] = json.loads("".join(lines))
        return found

    def kill(self) -> None:
        """Cut it off in the middle of whatever it does (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_STOP_TIMEOUT_S)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def stop(self) -> None:
        """End it in an orderly way."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
